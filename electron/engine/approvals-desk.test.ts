import { describe, expect, it } from 'vitest';
import type { ApprovalDetail } from '../../shared/domain.ts';
import { approvalFingerprint } from './approval-fingerprint.ts';
import { ApprovalsDesk } from './approvals-desk.ts';
import type { DeskParts } from './approvals-desk.ts';
import { foundApproval } from './collect/fake-runtime.ts';
import { RuntimeFault } from './connectors/connector.ts';
import type { Connector } from './connectors/connector.ts';
import type { CallContext } from './ports.ts';
import { StoreError } from './store/errors.ts';

const found = foundApproval('q1');
const fingerprint = approvalFingerprint(found);
const ada: CallContext = { actor: { kind: 'desktop', name: 'ada', place: 'page', readOnly: false }, signal: new AbortController().signal };

/** A desk before a history whose `fails` names the command that it does not take, and a runtime that answers by `answer`. */
function deskWith(answer: NonNullable<Connector['answer']>, fails: string, pollNow: () => Promise<void> = () => Promise.resolve()): ApprovalsDesk {
  const detail = { state: 'waiting', answers: found.answers, actions: found.actions } as unknown as ApprovalDetail;
  const runtime = { connector: { answer }, mask: () => <T>(value: T) => value, signal: new AbortController().signal };
  const parts = {
    history: { command: (name: string) => (name === fails ? Promise.reject(new StoreError('disk_full', 'The disk is full.')) : Promise.resolve({ id: 1 })) },
    fact: () => Promise.resolve({ id: 1, connection: 1, key: 'q1', state: 'waiting', fingerprint, title: 'pay', agentName: 'clerk' }),
    detail: () => Promise.resolve(detail),
    collectors: { borrow: () => Promise.resolve({ fact: {}, runtime, giveBack: () => Promise.resolve() }), pollNow },
    lookWithinMs: 50, log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  };
  return new ApprovalsDesk(parts as unknown as DeskParts);
}

const decide = (desk: ApprovalsDesk): Promise<unknown> => desk.decide({ id: 'apr-1', fingerprint, decision: { answer: 'approve' } }, ada);

it('is told what became of the answer although the runtime hangs at the next look', async () => {
  const desk = deskWith(() => Promise.reject(new RuntimeFault('unreachable', 'It did not answer in time.')), 'nothing', () => new Promise(() => undefined));
  await expect(decide(desk)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('Nothing was answered') as string });
}, 2_000);

describe('an answer that cannot be written down', () => {
  it('is told as given when it was given', async () => {
    const desk = deskWith((_key, _decision, stillTheSame) => { stillTheSame(found); return Promise.resolve({ text: 'It goes on.', answered: found }); }, 'approvals.settle');
    await expect(decide(desk)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('took the answer') as string });
  });

  it('is told as not known when it may have been given', async () => {
    const desk = deskWith((_key, _decision, stillTheSame) => { stillTheSame(found); return Promise.reject(new RuntimeFault('unreachable', 'It did not answer in time.')); }, 'approvals.settle');
    await expect(decide(desk)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(/whether the runtime took it is not known.*could not be written/s) as string });
  });

  it('is not given at all when its intent could not be written first', async () => {
    let asked = 0;
    const desk = deskWith(() => { asked += 1; return Promise.reject(new Error('never asked')); }, 'approvals.begin');
    await expect(decide(desk)).rejects.toMatchObject({ message: 'The disk is full.' });
    expect(asked).toBe(0);
  });
});
