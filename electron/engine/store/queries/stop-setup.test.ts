/** Readiness, drills, rules, operators and tags: what people set up, and what the kill switch reads of it. */
import { describe, expect, it } from 'vitest';
import { contract, type Overview, type Result } from '../../../../shared/contract.ts';
import type { Lever } from '../../../../shared/domain.ts';
import type { ReadinessCell, ReadinessRow, RuleTrigger } from '../../../../shared/stop.ts';
import { US_DAY } from '../codes.ts';
import type { DrillFact, NewOrder, OperatorFact, OrderPatch, RuleFact, RuleRow, Spent } from '../stop-commands.ts';
import { logDraft, refusal, second, t0 } from '../test-history.ts';
import { emptyFacts, freshRuntime, runDraft, words, type TestRuntime } from '../test-runtime.ts';
import { begin, newLever, planLever } from '../test-stop.ts';

const at = (seconds: number): number => t0 + seconds * second;
const iso = (seconds: number): string => new Date(at(seconds) / 1_000).toISOString();
const lever = (id: string, more: Partial<Lever>): Lever => ({ id, level: 'cancel', kind: 'cut', title: id, reach: 'task', step: 'cut', undo: 'not_needed', undoText: '', repeatable: true, idleOnly: false, wanted: true, pulled: true, doesNotStop: [], ...more });

/** Agent 1 at a runtime that cancels runs and drops an assistant. */
function clerk(levers: readonly Lever[] = [lever('cancel-run', {}), lever('drop-assistant', { level: 'revoke', kind: 'catalogue', reach: 'agent' }), lever('told-only', { level: 'suspend', kind: 'cut', pulled: false, reach: 'agent' })]): TestRuntime {
  const runtime = freshRuntime();
  runtime.discover({ facts: { ...emptyFacts, levers }, agents: [{ claim: { id: 'assistant-1', name: 'clerk' }, aliases: [], grants: [], atUs: at(1) }] });
  runtime.collect({ records: [{ draft: runDraft('r1', 'running', { at: 10 }), raw: '{}' }] });
  return runtime;
}

function ready(runtime: TestRuntime, nowUs = at(600)): ReadinessRow {
  const answer: Result<'stop.readiness'> = contract['stop.readiness'].result.parse(runtime.ask('stop.readiness', {}, nowUs));
  const row = answer.rows.find((one) => one.agentName === 'clerk');
  if (row === undefined) throw new Error('no clerk');
  return row;
}
const states = (row: ReadinessRow): [ReadinessCell['state'], ReadinessCell['kind']][] => [row.cancel, row.suspend, row.revoke].map((cell) => [cell.state, cell.kind]);

function tried(runtime: TestRuntime, order: Partial<NewOrder>, patch: OrderPatch, seconds: number): number {
  const { id } = begin(runtime, order, at(seconds));
  runtime.command('stops.write', { id, order: { commandedUs: at(seconds), ...patch } });
  return id;
}

describe('readiness', () => {
  it('names the lever of each level that can be pulled, and says that nothing was tried', () => {
    expect(states(ready(clerk()))).toEqual([['never', 'cut'], ['never', 'hold'], ['never', 'catalogue']]);
    expect(states(ready(clerk([])))).toEqual([['none', null], ['none', null], ['none', null]]);
  });

  it('is ready by a verdict of that level, stale with time, failed by the newest that did not stop', () => {
    const runtime = clerk();
    tried(runtime, { origin: 'drill' }, { state: 'verified', verifiedUs: at(200), containedUs: at(102.5) }, 100);
    expect(ready(runtime).cancel).toMatchObject({ state: 'ready', triedAt: iso(100), tookMs: 2_500 });
    expect(ready(runtime).suspend.state).toBe('never');
    expect(ready(runtime, at(100) + 30 * US_DAY).cancel.state).toBe('ready');
    expect(ready(runtime, at(100) + 31 * US_DAY).cancel).toMatchObject({ state: 'stale', text: 'Drill 1 was verified 31 days ago; the limit is 30 days.' });
    // What is not judged yet says nothing.
    tried(runtime, {}, { state: 'stopping' }, 300);
    expect(ready(runtime).cancel.state).toBe('ready');
    tried(runtime, {}, { state: 'unverified', headline: 'Nothing could be checked.' }, 400);
    expect(ready(runtime).cancel).toMatchObject({ state: 'failed', text: 'Order 3: Nothing could be checked.', tookMs: null });
    // An older one that is judged late changes nothing; the newest that is judged anew does.
    runtime.command('stops.write', { id: 2, order: { state: 'verified', verifiedUs: at(500) } });
    expect(ready(runtime).cancel.text).toBe('Order 3: Nothing could be checked.');
    runtime.command('stops.write', { id: 3, order: { state: 'verified', verifiedUs: at(500), containedUs: at(401) } });
    expect(ready(runtime).cancel).toMatchObject({ state: 'ready', text: 'Order 3 was verified.', tookMs: 1_000 });
  });

  it('fails where the right is missing, however well it went before', () => {
    const runtime = clerk();
    tried(runtime, {}, { state: 'verified', verifiedUs: at(200), containedUs: at(102) }, 100);
    runtime.command('rights.write', { connection: 2, checks: [{ level: 'cancel', result: 'ok', text: 'Let in.' }, { level: 'revoke', result: 'missing', text: 'It needs the role assistants:delete.' }], atUs: at(300) });
    expect(ready(runtime).cancel).toMatchObject({ state: 'ready', rights: 'ok', rightsAt: iso(300) });
    expect(ready(runtime).revoke).toMatchObject({ state: 'failed', rights: 'missing', text: 'It needs the role assistants:delete.' });
    runtime.command('rights.write', { connection: 2, checks: [{ level: 'cancel', result: 'missing', text: 'Refused.' }], atUs: at(400) });
    expect(ready(runtime).cancel).toMatchObject({ state: 'failed', text: 'Refused.' });
    expect((runtime.ask('stop.readiness', {}) as Result<'stop.readiness'>).rightsAt).toBe(iso(400));
  });

  it('knows a process as a lever of an agent that only sends, once it was one', () => {
    const runtime = freshRuntime();
    runtime.tell([logDraft('tool:t', 30, { agent: { name: 'clerk' } })], 1);
    expect(states(ready(runtime))).toEqual([['none', null], ['none', null], ['none', null]]);
    begin(runtime, { levers: [newLever(planLever('p', { leverId: 'process.end' }), { connection: 1 })] });
    expect(states(ready(runtime))[0]).toEqual(['never', 'cut']);
  });
});

describe('drills', () => {
  it('are orders that were fired on purpose, with their times', () => {
    const runtime = clerk();
    tried(runtime, {}, { state: 'verified' }, 50);
    tried(runtime, { origin: 'drill' }, { state: 'verified', firstAnswerUs: at(100.2), lastActUs: at(99), containedUs: at(101) }, 100);
    tried(runtime, { origin: 'drill', level: 'suspend' }, { state: 'still_acting', lastActUs: at(203) }, 200);
    const drills = (params: Record<string, unknown>): Result<'stop.drills'>['rows'] => contract['stop.drills'].result.parse(runtime.ask('stop.drills', contract['stop.drills'].params.parse(params))).rows;
    expect(drills({ agentId: 'agt-1' })).toEqual([
      { orderId: 'stp-3', orderNumber: 3, agentId: 'agt-1', agentName: 'clerk', level: 'suspend', at: iso(200), state: 'still_acting', timeToLastActMs: 3_000, timeToContainMs: null, firstAnswerMs: null },
      { orderId: 'stp-2', orderNumber: 2, agentId: 'agt-1', agentName: 'clerk', level: 'cancel', at: iso(100), state: 'verified', timeToLastActMs: 0, timeToContainMs: 1_000, firstAnswerMs: 200 },
    ]);
    expect([drills({ since: iso(150) }).length, drills({ agentId: 'agt-9' }).length]).toEqual([1, 0]);
  });

  it('come due at canaries with a schedule, and move on', () => {
    const runtime = clerk();
    const due = (seconds: number): DrillFact[] => runtime.ask('drillsDue', { nowUs: at(seconds) }) as DrillFact[];
    runtime.command('canary.set', { agent: 1, canary: { level: 'cancel', everyHours: 24 }, nextUs: at(500), audit: words('ann', { action: 'canary.set' }) });
    expect([due(499), due(500)]).toEqual([[], [{ agent: 1, publicId: 'agt-1', level: 'cancel', everyHours: 24, nextUs: at(500) }]]);
    expect(ready(runtime).canary).toEqual({ level: 'cancel', everyHours: 24, nextAt: iso(500) });
    runtime.command('canary.next', { agent: 1, nextUs: at(900) });
    expect([due(500).length, due(900).length]).toEqual([0, 1]);
    runtime.command('canary.set', { agent: 1, canary: { level: 'suspend', everyHours: null }, nextUs: null, audit: words('ann') });
    expect([due(9_000), ready(runtime).canary]).toEqual([[], { level: 'suspend', everyHours: null, nextAt: null }]);
    runtime.command('canary.set', { agent: 1, canary: null, nextUs: null, audit: words('ann') });
    expect(ready(runtime).canary).toBeNull();
    expect(refusal(() => runtime.command('canary.next', { agent: 1, nextUs: 1 })).code).toBe('not_found');
    expect(runtime.history.all("SELECT subject FROM audit_entry WHERE action = 'canary.set'")).toEqual([{ subject: 'agt-1' }]);
  });
});

describe('rules', () => {
  const failures: RuleTrigger = { kind: 'failures', count: 3, withinS: 60 };
  const rule = { id: null, name: 'Too many failures', trigger: failures, watches: { kind: 'agent', id: 'agt-1' }, level: 'cancel', stops: 'agent', mode: 'would', changedBy: 'ann', audit: words('ann', { action: 'rule.save' }) } as const;
  const rules = (runtime: TestRuntime): Result<'stop.rules'>['rows'] => contract['stop.rules'].result.parse(runtime.ask('stop.rules', {})).rows;
  const facts = (runtime: TestRuntime): RuleFact[] => runtime.ask('ruleFacts', {}) as RuleFact[];
  const firings = (runtime: TestRuntime, params: Record<string, unknown> = {}): Result<'stop.firings'> => contract['stop.firings'].result.parse(runtime.ask('stop.firings', contract['stop.firings'].params.parse(params)));

  it('are saved, changed and removed with the audit log, and are asked only while they are on', () => {
    const runtime = clerk();
    const { id } = runtime.command('rules.save', rule);
    expect(rules(runtime)).toMatchObject([{ id: 'rul-1', name: 'Too many failures', trigger: failures, watchesName: 'clerk', mode: 'would', fired: 0, would: 0, lastAt: null, changedBy: 'ann' }]);
    expect(facts(runtime)).toEqual([{ id, name: rule.name, trigger: failures, watches: rule.watches, level: 'cancel', stops: 'agent', mode: 'would', agents: [1], lastFiredUs: {} }]);
    runtime.command('rules.save', { ...rule, id, mode: 'off', changedBy: 'bob' });
    expect([rules(runtime)[0]?.changedBy, facts(runtime)]).toEqual(['bob', []]);
    runtime.command('rules.remove', { id, audit: words('ann', { action: 'rule.remove' }) });
    expect(rules(runtime)).toEqual([]);
    expect(refusal(() => runtime.command('rules.remove', { id, audit: words('ann') })).code).toBe('not_found');
    expect(refusal(() => runtime.command('rules.save', { ...rule, id })).code).toBe('not_found');
    expect(runtime.history.all("SELECT action, subject FROM audit_entry WHERE action LIKE 'rule.%'")).toEqual([{ action: 'rule.save', subject: 'rul-1' }, { action: 'rule.save', subject: 'rul-1' }, { action: 'rule.remove', subject: 'rul-1' }]);
  });

  it('watch agents as they are shown now', () => {
    const runtime = clerk();
    runtime.tell([logDraft('tool:t', 30, { agent: { name: 'clerk by telemetry' } })], 1);
    const watching = (watches: RuleFact['watches']): readonly number[] | null | undefined => {
      const { id } = runtime.command('rules.save', { ...rule, watches: watches as typeof rule.watches });
      return facts(runtime).find((one) => one.id === id)?.agents;
    };
    runtime.command('tags.set', { agent: 2, tags: ['prod'], audit: words('ann') });
    expect([watching({ kind: 'everything' }), watching({ kind: 'connection', id: 'con-1' }), watching({ kind: 'tag', tag: 'Prod' }), watching({ kind: 'agent', id: 'agt-77' })]).toEqual([null, [2], [2], []]);
    runtime.command('agents.link', { agent: 2, to: 1, audit: words('ann') });
    expect(facts(runtime).map((one) => one.agents)).toEqual([null, [1], [1], []]);
  });

  it('tell what they fired and what they would have, also once they are gone', () => {
    const runtime = clerk();
    const { id } = runtime.command('rules.save', rule);
    const fire = (seconds: number, fired: boolean): unknown => runtime.command('rules.fired', { rule: id, agent: 1, activity: 1, fired, order: fired ? 7 : null, text: 'Three failures.', atUs: at(seconds), audit: words('Gatehouse', { action: 'stop.rule', subject: 'agt-1' }) });
    fire(100, false);
    fire(200, true);
    fire(300, false);
    expect(rules(runtime)[0]).toMatchObject({ fired: 1, would: 2, lastAt: iso(300) });
    expect(facts(runtime)[0]?.lastFiredUs).toEqual({ 1: at(300) });
    runtime.command('rules.remove', { id, audit: words('ann') });
    const page = firings(runtime, { limit: 2 });
    expect(page.rows.map((row) => [row.at, row.fired, row.orderId, row.ruleName, row.agentName, row.activityId])).toEqual([[iso(300), false, null, rule.name, 'clerk', 'act-1'], [iso(200), true, 'stp-7', rule.name, 'clerk', 'act-1']]);
    expect(firings(runtime, { limit: 2, before: page.next }).rows.map((row) => row.at)).toEqual([iso(100)]);
    expect(firings(runtime, { ruleId: 'rul-2' }).rows).toEqual([]);
  });

  it('are judged by rows as they come in and as they change', () => {
    const runtime = clerk();
    runtime.tell([logDraft('tool:a', 30, { name: 'search', agent: { name: 'cook' }, status: 'error', reportedCost: { micros: 5, currency: 'EUR' } }), logDraft('tool:b', 31, { name: 'write', agent: { name: 'cook' } })], 1);
    runtime.command('agents.link', { agent: 2, to: 1, audit: words('ann') });
    const rows = (after: number, upTo: number, updated: number[] = []): RuleRow[] => runtime.ask('ruleRows', { after, upTo, updated }) as RuleRow[];
    expect(rows(1, 99).map((row) => [row.id, row.name, row.status, row.agent, row.head, row.connection, row.micros, row.currency])).toEqual([[2, 'search', 'error', 2, 1, 1, 5, 'EUR'], [3, 'write', 'ok', 2, 1, 1, null, null]]);
    expect([rows(2, 3, [1, 3, 99]).map((row) => row.id), rows(3, 3).map((row) => row.id)]).toEqual([[1, 3], []]);
  });

  it('sum known money since any moment, in one currency, and of two sides of an agent the larger', () => {
    const runtime = clerk();
    const spend = (key: string, seconds: number, micros: number, currency = 'USD', more: object = {}): ReturnType<typeof logDraft> => logDraft(`model:${key}`, seconds, { kind: 'model_call', agent: { name: 'cook' }, reportedCost: { micros, currency }, ...more });
    runtime.tell([spend('a', -7_300, 1), spend('b', -3_601, 10), spend('c', -3_599, 100), spend('d', 10, 1_000), spend('e', 20, 7, 'EUR'), spend('f', 30, 20_000, 'USD', { run: { kind: 'session', id: 's2' } })], 1);
    const spent = (sinceUs: number, currency = 'USD', task: number | null = null, head = 2): number => (runtime.ask('spentSince', { head, task, sinceUs, currency }) as Spent).micros;
    // 12:00 is a whole hour; 11:00:00.5 is not.
    expect([spent(at(0)), spent(at(-3_600)), spent(at(-3_599.5)), spent(at(-3_598.5)), spent(at(-9_000))]).toEqual([21_000, 21_100, 21_100, 21_000, 21_111]);
    expect([spent(at(-9_000), 'EUR'), spent(at(-9_000), 'GBP')]).toEqual([7, 0]);
    const task = (key: string): number => runtime.history.all<{ id: number }>('SELECT id FROM task WHERE key = ?', key)[0]?.id ?? 0;
    expect([spent(at(0), 'USD', task('s2')), spent(at(0), 'EUR', task('s2'))]).toEqual([20_000, 0]);
    runtime.collect({ records: [{ draft: runDraft('r9', 'completed', { at: 40, until: 41, key: 'model:x', role: 'activity', kind: 'model_call', name: 'm', reportedCost: { micros: 30_000, currency: 'USD' } }), raw: '{}' }] });
    runtime.command('agents.link', { agent: 2, to: 1, audit: words('ann') });
    expect(spent(at(0), 'USD', null, 1)).toBe(30_000);
  });
});

describe('operators', () => {
  it('are added once under a name, are read with their hash by the engine only, and removed', () => {
    const runtime = clerk();
    const add = (name: string): number => runtime.command('operators.add', { name, salt: new Uint8Array([1, 2]), hash: new Uint8Array([3, 4]), audit: words('ann', { action: 'operator.add' }) }).id;
    const id = add('Bob');
    expect(refusal(() => add('bob')).code).toBe('conflict');
    const { rows } = contract['operators.list'].result.parse(runtime.ask('operators.list', {}));
    expect(rows.map((row) => [row.id, row.name])).toEqual([['opr-1', 'Bob']]);
    expect(JSON.stringify(runtime.ask('operators.list', {}))).not.toMatch(/salt|hash/);
    expect(runtime.ask('operatorFact', { id }) as OperatorFact).toEqual({ id, name: 'Bob', salt: new Uint8Array([1, 2]), hash: new Uint8Array([3, 4]) });
    runtime.command('operators.remove', { id, audit: words('ann', { action: 'operator.remove' }) });
    expect(runtime.ask('operatorFact', { id })).toBeNull();
    expect(refusal(() => runtime.command('operators.remove', { id, audit: words('ann') })).code).toBe('not_found');
    expect(runtime.history.all("SELECT action, subject FROM audit_entry WHERE action LIKE 'operator.%'")).toEqual([{ action: 'operator.add', subject: 'opr-1' }, { action: 'operator.remove', subject: 'opr-1' }]);
  });
});

describe('tags', () => {
  it('have one spelling, belong to the agent with all its sides, and are counted by agents', () => {
    const runtime = clerk();
    runtime.tell([logDraft('tool:t', 30, { agent: { name: 'cook' } }), logDraft('tool:u', 31, { agent: { name: 'waiter' } })], 1);
    for (const [agent, tags] of [[1, ['Prod', 'night']], [2, ['prod ']], [3, ['PROD']]] as const) runtime.command('tags.set', { agent, tags, audit: words('ann', { action: 'tags.set' }) });
    const tags = (): Result<'tags.list'>['rows'] => contract['tags.list'].result.parse(runtime.ask('tags.list', {})).rows;
    expect(tags()).toEqual([{ tag: 'night', agents: 1 }, { tag: 'Prod', agents: 3 }]);
    runtime.command('agents.link', { agent: 2, to: 1, audit: words('ann') });
    expect(tags()).toEqual([{ tag: 'night', agents: 1 }, { tag: 'Prod', agents: 2 }]);
    expect(ready(runtime).tags).toEqual(['night', 'Prod']);
    runtime.command('tags.set', { agent: 2, tags: ['night'], audit: words('ann') });
    expect(ready(runtime).tags).toEqual(['night']);
    expect(refusal(() => runtime.command('tags.set', { agent: 99, tags: [], audit: words('ann') })).code).toBe('not_found');
  });
});

describe('the first screen', () => {
  it('names stops that did not stop, came back, or wait for somebody, before all else', () => {
    const runtime = clerk();
    const needs = (nowUs = at(600)): string[] => (runtime.ask('overview.get', { period: { from: iso(0), to: null }, since: iso(0) }, nowUs) as Overview).needsYou.filter((one) => one.kind === 'stop').map((one) => `${one.id} ${one.text}`);
    tried(runtime, {}, { state: 'verified', headline: 'verified' }, 100);
    tried(runtime, {}, { state: 'still_acting', headline: 'acts' }, 110);
    tried(runtime, { state: 'waiting_second' }, { headline: 'waits' }, 120);
    tried(runtime, {}, { state: 'verified', reopened: 1, headline: 'came back' }, 130);
    const ended = tried(runtime, {}, { state: 'unverified', headline: 'not seen', endedUs: at(140) }, 135);
    expect(needs()).toEqual(['stp-5 not seen', 'stp-4 came back', 'stp-3 waits', 'stp-2 acts']);
    expect(needs(at(141) + US_DAY)).toEqual(['stp-4 came back', 'stp-3 waits', 'stp-2 acts']);
    runtime.command('stops.write', { id: ended, order: { releasedUs: at(150) } });
    expect(needs()).toEqual(['stp-4 came back', 'stp-3 waits', 'stp-2 acts']);
    const [first] = (runtime.ask('overview.get', { period: { from: iso(0), to: null }, since: iso(0) }) as Overview).needsYou;
    expect(first).toEqual({ id: 'stp-4', kind: 'stop', agentId: 'agt-1', agentName: 'clerk', text: 'came back', since: iso(130), target: { screen: 'stop', id: 'stp-4' } });
  });
});
