import { describe, expect, it } from 'vitest';
import type { OrderLever, PlanLever, StopEvent, StopOrderDetail, StopPlan, StopState } from '../../shared/stop.ts';
import { CallFailure } from './call-failure.ts';
import { readInvocation } from './cli-arguments.ts';
import type { KeyPlaces } from './cli-keys.ts';
import { runLine } from './cli-test-run.ts';
import type { Answers, Printed } from './cli-test-run.ts';

const at = '2026-11-23T12:00:00.000Z';
const lever: PlanLever = {
  id: 'l1', leverId: 'x.cancel', connectionId: 'con-1', connectionName: 'Lab', step: 'cut', kind: 'cut', level: 'cancel', title: 'Cancel runs', target: '2 known runs', reaches: 'Work in hand', doesNotStop: ['Code that ignores it'],
  alsoHits: [{ agentId: null, name: 'ledger\u202ewriter', why: 'same key' }], usual: null, undo: 'none', undoText: '', wanted: true, problem: null, after: null,
};
const server: PlanLever = { ...lever, id: 'l2', leverId: 'process.end-server', title: 'End the server', wanted: false };
const broken: PlanLever = { ...lever, id: 'l3', leverId: 'x.suspend', problem: 'No stop credential.' };
const plan: StopPlan = {
  id: 'pln-1', scope: { kind: 'agent', id: 'agt-1' }, scopeName: 'refunds', level: 'cancel', madeAt: at, agents: [{ id: 'agt-1', name: 'refunds', connectionNames: ['Lab'] }], tasksOpen: 2, lastActAt: at, levers: [lever, server, broken],
  residual: [{ id: 'r', title: 'OAuth token', detail: 'payments.write', endsAt: null, startedAt: null, close: null }], checks: [{ text: 'State read back', can: true }, { text: 'Inside of a step', can: false }], warnings: ['A parent may start it.'],
  survey: { at, asked: 1, failed: [{ connectionName: 'Far', text: 'no answer' }] }, silenceS: 90, watchS: 900, lastTried: null, needs: { typed: null, reason: false, second: false },
};
const event = (id: string, kind: StopEvent['kind'], text: string): StopEvent => ({ id, at, kind, leverId: 'l1', by: 'read back', text });
const orderLever: OrderLever = { ...lever, state: 'reported', sentAt: at, reportedAt: at, reported: 'stopped', reportedText: '2 of 2', confirmed: 'not_yet', confirmedAt: null, confirmedText: null, attempts: 1, undoState: 'none', undoneAt: null, undoneText: null, actsAt: [] };
const order = (state: StopState, headline: string, events: StopEvent[]): StopOrderDetail => ({
  id: 'stp-1', number: 7, scope: plan.scope, scopeName: 'refunds', level: 'cancel', origin: 'person', state, headline, orderedBy: 'ada', secondBy: null, reasonKind: 'other', reason: 'test', ticket: null, intentAt: at, commandedAt: at, firstAnswerAt: at,
  answeredAt: at, lastActAt: null, containedAt: state === 'verified' ? at : null, verifiedAt: state === 'verified' ? at : null, silenceS: 90, watchUntil: null, reopened: 0, endedAt: null, releasedAt: null, agents: [], landed: 0,
  levers: { all: 1, reported: 1, confirmed: 0, failed: 0, undoable: 0, holds: 0 }, plan, orderLevers: [orderLever], events, moreEvents: 0, landedActs: [], stillOpen: [], residual: [], notSeen: [], next: null, auditIds: [],
});

const keysWith = (typed: string | null): KeyPlaces => ({ variable: (name) => (name === 'PASS' ? 'correct horse battery\n' : undefined), file: () => '', stdin: () => Promise.resolve(''), line: () => Promise.resolve(typed) });
const agents = { 'agents.list': () => ({ rows: [{ id: 'agt-1', name: 'refunds' }], more: 0 }) } as unknown as Answers;

const run = (line: string, answers: Answers, typed: string | null = null): Promise<Printed> => runLine(line, { answers, keys: keysWith(typed) });

function fired(states: StopOrderDetail[], asked: unknown[] = []): Answers {
  let look = 0;
  return {
    ...agents, 'stop.plan': (params) => { asked.push(params); return plan; }, 'stop.order': (params) => { asked.push(params); return states[0] as StopOrderDetail; },
    'stop.get': () => states[Math.min(look++, states.length - 1)] as StopOrderDetail,
  };
}
const command = 'stop --agent refunds --level cancel --reason test';

describe('stop', () => {
  it('prints the plan with all that it does not stop and hits, then fires the ticked levers, and ends with 0 when verified', async () => {
    const asked: unknown[] = [];
    const { out, code } = await run(`${command} --yes`, fired([order('stopping', 'Every lever answered.', [event('1', 'sent', 'sent')]), order('verified', 'Stopped, verified.', [event('1', 'sent', 'sent'), event('2', 'for', 'nothing open')])], asked));
    expect(code).toBe(0);
    expect(asked).toEqual([{ scope: { kind: 'agent', id: 'agt-1' }, level: 'cancel', survey: true }, { planId: 'pln-1', levers: ['l1'], reasonKind: 'other', reason: 'test' }]);
    for (const words of ['does not stop: Code that ignores it', 'also hits: ledger[U+202E]writer (same key)', 'cannot be pulled: No stop credential.', 'no end that we can see', 'Cannot be checked here', 'Could not be asked: Far', 'A parent may start it.', 'VERIFIED']) expect(out).toContain(words);
    expect(out.match(/sent$/gm)).toHaveLength(1);
  });

  it('as JSON: one line for the plan, each event, each state and the end', async () => {
    const { out, code } = await run(`${command} --yes --json`, fired([order('stopping', 'a', [event('1', 'sent', 'sent')]), order('unverified', 'Unverified.', [event('1', 'sent', 'sent')])]));
    const lines = out.trim().split('\n').map((text) => JSON.parse(text) as { t: string; state?: string; code?: number });
    expect(lines.map(({ t, state }) => (state === undefined ? t : `${t} ${state}`))).toEqual(['plan', 'event', 'state stopping', 'state unverified', 'end unverified']);
    expect([code, lines.at(-1)?.code]).toEqual([4, 4]);
  });

  it('says what is still acting with a code of its own when the patience ends', async () => {
    const { code } = await run(`${command} --yes --wait 0s`, fired([order('still_acting', 'The agent has not stopped.', [])]));
    expect(code).toBe(3);
  });

  it('says that an order goes on when the engine hangs up', async () => {
    const answers: Answers = { ...fired([order('stopping', 'a', [])]), 'stop.get': () => { throw new CallFailure('unavailable', 'The engine hung up before it had answered.'); } };
    await expect(run(`${command} --yes`, answers)).rejects.toThrow(/hung up before it had answered\. Order 7 \(stp-1\) is written down: .* the next engine .* goes on with it/);
  });

  it('sends nothing where nobody can agree, and nothing on another word', async () => {
    const answers: Answers = { ...agents, 'stop.plan': () => plan };
    expect((await run(command, answers)).code).toBe(2);
    expect((await run(command, answers, 'yes')).code).toBe(2);
    const typed = { ...plan, needs: { ...plan.needs, typed: '41' } };
    const asked: unknown[] = [];
    const { code } = await run(command, { ...fired([order('verified', 'Stopped.', [])], asked), 'stop.plan': () => typed }, '41');
    expect([code, asked]).toEqual([0, [{ planId: 'pln-1', levers: ['l1'], reasonKind: 'other', reason: 'test', typed: '41' }]]);
  });

  it('ticks and unticks by name, and takes no lever that the plan does not have', async () => {
    const asked: unknown[] = [];
    await run(`${command} --yes --with process.end-server --without x.cancel`, fired([order('verified', 'Stopped.', [])], asked));
    expect(asked[1]).toMatchObject({ levers: ['l2'] });
    await expect(run(`${command} --yes --with nothing`, fired([order('verified', 'Stopped.', [])]))).rejects.toThrow('Nothing was sent');
    expect(await run(`${command} --yes --without x.cancel`, fired([order('verified', 'Stopped.', [])]))).toMatchObject({ code: 2, err: 'No lever of this plan is ticked. What could be pulled: --with x.cancel, --with process.end-server. Nothing was sent.\n' });
    expect(await run(`${command} --yes`, { ...fired([]), 'stop.plan': () => ({ ...plan, levers: [broken] }) })).toMatchObject({ code: 2, err: 'No lever of this plan can be pulled. Nothing was sent.\n' });
  });

  it.each([
    ['stop --level cancel --reason x', 'A stop has one scope'], ['stop --agent a --all --level cancel --reason x', 'A stop has one scope'], ['stop --agent a --reason x', '--level'], ['stop --agent a --level stop --reason x', '--level is one of'],
    ['stop --agent a --level cancel', '--reason TEXT'], ['stop --all --level cancel --reason x --wait soon', '--wait is a span'],
  ])('refuses "%s"', (words, why) => {
    expect(() => readInvocation(words.split(' '), '/', 0)).toThrow(why);
  });

  it('reads a wide scope', () => {
    expect(readInvocation('stop --all --level revoke --reason x --wait 10m'.split(' '), '/', 0).command).toMatchObject({ scope: { kind: 'everything' }, waitMs: 600_000, yes: false });
  });
});

describe('what stands beside it', () => {
  it('finds an order by its number', async () => {
    const answers: Answers = { 'stop.list': () => ({ rows: [order('verified', 'Stopped.', [])], next: null, open: 0 }), 'stop.release': ({ id }) => { expect(id).toBe('stp-1'); return order('verified', 'Stopped, released.', []); } };
    expect((await run('release 7', answers)).out).toContain('Stopped, released.');
    await expect(run('release 8', answers)).rejects.toThrow('There is no stop order 8');
  });

  it('says of a release that there was nothing to put back', async () => {
    const released = (undoState: OrderLever['undoState']): Answers => ({ 'stop.release': () => ({ ...order('verified', 'Stopped.', []), orderLevers: [{ ...orderLever, undoState, attempts: 2 }] }) });
    const { out } = await run('release stp-1', released('none'));
    expect(out).toContain('There was nothing to put back');
    expect(out).toContain('12:00:00.000, 2 attempts');
    expect((await run('release stp-1', released('done'))).out).not.toContain('nothing to put back');
  });

  it('never takes a passphrase from the words', async () => {
    expect(() => readInvocation('stops confirm stp-1 --operator bo'.split(' '), '/', 0)).toThrow('passphrase');
    const asked: unknown[] = [];
    const answers: Answers = {
      'operators.list': () => ({ rows: [{ id: 'opr-1', name: 'bo', createdAt: at }] }), 'stop.second': (params) => { asked.push(params); return order('verified', 'Stopped.', []); }, 'stop.get': () => order('verified', 'Stopped.', []),
    };
    expect((await run('stops confirm stp-1 --operator bo --passphrase-env PASS', answers)).code).toBe(0);
    expect(asked).toEqual([{ id: 'stp-1', operatorId: 'opr-1', passphrase: 'correct horse battery' }]);
  });
});
