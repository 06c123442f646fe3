import { describe, expect, it, vi } from 'vitest';
import { ApprovalTeller } from './approval-teller.ts';
import type { ApprovalsMessage } from './approval-teller.ts';

function open(): { teller: ApprovalTeller; sent: ApprovalsMessage[]; state: { waiting: number; notify: boolean; fails: boolean; asked: number } } {
  const sent: ApprovalsMessage[] = [];
  const state = { waiting: 0, notify: true, fails: false, asked: 0 };
  const teller = new ApprovalTeller({
    send: (message) => sent.push(message), waiting: () => { state.asked += 1; return state.fails ? Promise.reject(new Error('the history is closed')) : Promise.resolve(state.waiting); }, notify: () => Promise.resolve(state.notify), publicId: (row) => `apr-${row}`,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  return { teller, sent, state };
}
const one = (id: number) => ({ id, title: 't'.repeat(500), agentName: 'payer' });

describe('ApprovalTeller', () => {
  it('gathers what comes together, cut, with the count', async () => {
    const { teller, sent, state } = open();
    state.waiting = 2;
    teller.tell([one(1)]);
    teller.tell([one(2)]);
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toMatchObject({ waiting: 2, fresh: [{ id: 'apr-1', agent: 'payer' }, { id: 'apr-2' }] });
    expect(sent[0]?.fresh[0]?.title).toHaveLength(200);
  });

  it('tells the count when it changed, and keeps quiet when nothing did', async () => {
    const { teller, sent, state } = open();
    teller.tell();
    await vi.waitFor(() => expect(sent).toEqual([{ t: 'approvals', waiting: 0, fresh: [] }]));
    teller.tell();
    await new Promise((resolve) => { setTimeout(resolve, 400); });
    expect(sent).toHaveLength(1);
    state.waiting = 1;
    teller.tell();
    await vi.waitFor(() => expect(sent).toHaveLength(2));
  });

  it('tells of new ones later when they could not be told at once', async () => {
    const { teller, sent, state } = open();
    state.fails = true;
    teller.tell([one(1)]);
    await vi.waitFor(() => expect(state.asked).toBe(1));
    state.fails = false;
    state.waiting = 2;
    teller.tell([one(2)]);
    await vi.waitFor(() => expect(sent).toMatchObject([{ waiting: 2, fresh: [{ id: 'apr-1' }, { id: 'apr-2' }] }]));
  });

  it('names none where the person wants no notification', async () => {
    const { teller, sent, state } = open();
    state.notify = false;
    state.waiting = 1;
    teller.tell([one(1)]);
    await vi.waitFor(() => expect(sent).toEqual([{ t: 'approvals', waiting: 1, fresh: [] }]));
  });
});
