import { describe, expect, it } from 'vitest';
import { contract, type Result } from '../../../shared/contract.ts';
import type { StopOrder, StopOrderDetail } from '../../../shared/stop.ts';
import type { OrderFact } from './stop-commands.ts';
import { logDraft, refusal, second, t0 } from './test-history.ts';
import { freshRuntime, runDraft, words, type TestRuntime } from './test-runtime.ts';
import { begin, newLever, planLever, stopPlan } from './test-stop.ts';

const at = (seconds: number): number => t0 + seconds * second;
const iso = (seconds: number): string => new Date(at(seconds) / 1_000).toISOString();
const event = (kind: 'for' | 'against' | 'sent' | 'note', seconds: number, lever: number | null = null): { atUs: number; kind: typeof kind; lever: number | null; by: string; text: string } => ({ atUs: at(seconds), kind, lever, by: 'activity', text: `${kind} at ${seconds}` });

function get(runtime: TestRuntime, id = 'stp-1', seconds = 600): StopOrderDetail {
  return contract['stop.get'].result.parse(runtime.ask('stop.get', { id }, at(seconds)));
}
const list = (runtime: TestRuntime, params: Record<string, unknown> = {}): Result<'stop.list'> => contract['stop.list'].result.parse(runtime.ask('stop.list', contract['stop.list'].params.parse(params), at(600)));
const facts = (runtime: TestRuntime, ids: number[] | null = null): OrderFact[] => runtime.ask('stopFacts', { ids }) as OrderFact[];

/** An agent with one run that began, at the connection that asks a runtime. */
function clerk(): TestRuntime {
  const runtime = freshRuntime();
  runtime.collect({ records: [{ draft: runDraft('r1', 'running', { at: 10 }), raw: '{}' }] });
  return runtime;
}

describe('an order', () => {
  it('is written whole with its levers, its audit entry and its first event, before anything is sent', () => {
    const runtime = clerk();
    const made = begin(runtime, { levers: [newLever(planLever('a')), newLever(planLever('b', { leverId: 'console.hold', kind: 'hold' }), { repeatable: false, idleOnly: true })] });
    expect(made).toEqual({ id: 1, number: 1, levers: [1, 2] });
    const order = get(runtime);
    expect(order).toMatchObject({
      id: 'stp-1', number: 1, state: 'stopping', scope: { kind: 'agent', id: 'agt-1' }, level: 'cancel', orderedBy: 'ann', secondBy: null, reasonKind: 'security', ticket: 'OPS-1', intentAt: iso(60), commandedAt: null, verifiedAt: null,
      agents: [{ id: 'agt-1', name: 'clerk' }], levers: { all: 2, reported: 0, confirmed: 0, failed: 0, undoable: 0, holds: 0 }, landed: 0, auditIds: ['aud-2'], plan: stopPlan(), moreEvents: 0,
    });
    expect(order.orderLevers.map((lever) => [lever.id, lever.state, lever.confirmed, lever.sentAt])).toEqual([['a', 'waiting', 'not_yet', null], ['b', 'waiting', 'not_yet', null]]);
    expect(order.events.map((one) => one.kind)).toEqual(['intent']);
    expect(runtime.history.all('SELECT action, subject FROM audit_entry WHERE id = 2')).toEqual([{ action: 'stop.order', subject: 'stp-1' }]);
    expect(facts(runtime)[0]?.levers.map((lever) => [lever.repeatable, lever.idleOnly, lever.target])).toEqual([[true, false, { agents: ['assistant-1'], runs: ['r1'] }], [false, true, { agents: ['assistant-1'], runs: ['r1'] }]]);
  });

  it('that cannot be written leaves no audit entry and no lever behind', () => {
    const runtime = clerk();
    const count = (): unknown => runtime.history.all('SELECT (SELECT count(*) FROM audit_entry) AS audit, (SELECT count(*) FROM stop_order) AS orders, (SELECT count(*) FROM stop_lever) AS levers');
    const before = count();
    expect(() => begin(runtime, { silenceS: 1.5 })).toThrow(/INTEGER/);
    expect(count()).toEqual(before);
  });

  it('keeps requested, reported and confirmed apart, and takes back a verdict', () => {
    const runtime = clerk();
    const { id, levers: [lever = 0] } = begin(runtime);
    runtime.command('stops.write', { id, order: { commandedUs: at(61) }, levers: [{ id: lever, state: 'sending', sentUs: at(61), saved: '{"was":1}', attempts: 1 }], events: [event('sent', 61, lever)] });
    runtime.command('stops.write', { id, levers: [{ id: lever, state: 'reported', reported: 'stopped', reportedUs: at(62), reportedText: 'cancelled', undoState: 'open' }], order: { firstAnswerUs: at(62), answeredUs: at(62) } });
    expect(get(runtime).orderLevers[0]).toMatchObject({ state: 'reported', reported: 'stopped', confirmed: 'not_yet', sentAt: iso(61), reportedAt: iso(62), confirmedAt: null });
    runtime.command('stops.write', { id, order: { state: 'verified', verifiedUs: at(160), containedUs: at(65), headline: 'Stopped.' }, levers: [{ id: lever, confirmed: 'yes', confirmedUs: at(160) }], audit: [words('Gatehouse', { action: 'stop.verified' })] });
    expect(get(runtime)).toMatchObject({ state: 'verified', verifiedAt: iso(160), levers: { reported: 1, confirmed: 1, undoable: 1 }, auditIds: ['aud-2', 'aud-3'] });
    runtime.command('stops.write', { id, order: { state: 'still_acting', verifiedUs: null, containedUs: null, reopened: 1 }, levers: [{ id: lever, confirmed: 'no', confirmedUs: null, actsUs: [at(170), at(169)] }] });
    const order = get(runtime);
    expect([order.state, order.verifiedAt, order.containedAt, order.reopened, order.firstAnswerAt]).toEqual(['still_acting', null, null, 1, iso(62)]);
    expect([order.orderLevers[0]?.confirmedAt, order.orderLevers[0]?.actsAt]).toEqual([null, [iso(169), iso(170)]]);
    expect(facts(runtime)[0]).toMatchObject({ reopened: 1, levers: [{ saved: '{"was":1}', attempts: 1 }] });
    // What is needed to undo it may hold anything: no screen gets it.
    expect(JSON.stringify(order)).not.toContain('was');
  });

  it('keeps where its agents were, for an engine that comes after their connections are gone', () => {
    const runtime = clerk();
    const source = { head: 1, agent: 1, key: 'assistant-1', connection: 2, connectionName: 'Server', kind: 'langgraph' as const };
    begin(runtime, { watched: [source] });
    begin(runtime);
    expect(facts(runtime).map((one) => one.watched)).toEqual([[source], undefined]);
    expect(get(runtime).agents).toEqual([{ id: 'agt-1', name: 'clerk' }]);
  });

  it('lets go what its levers kept as soon as nobody can need it: put back, released, or over with nothing left to send or to put back', () => {
    const runtime = clerk();
    const saved = (): unknown[] => runtime.history.all('SELECT saved FROM stop_lever ORDER BY id').map((one) => (one as { saved: string | null }).saved);
    const { id, levers: [assistant = 0, process = 0, late = 0] } = begin(runtime, { levers: ['a', 'b', 'c'].map((one) => newLever(planLever(one))) });
    const sent = { state: 'reported', sentUs: at(61), reportedUs: at(62), reported: 'stopped' } as const;
    runtime.command('stops.write', { id, levers: [{ id: assistant, ...sent, saved: '{"instructions":"secret"}', undoState: 'open' }, { id: process, ...sent, saved: '{"pid":7}' }, { id: late, state: 'unknown', saved: '{"key":1}' }] });
    runtime.command('stops.write', { id, order: { endedUs: at(200) } });
    // The last one may be sent once more, and what it changed may be put back.
    expect(saved()).toEqual(['{"instructions":"secret"}', '{"pid":7}', '{"key":1}']);
    runtime.command('stops.write', { id, levers: [{ id: assistant, undoState: 'failed' }] });
    expect(saved()[0]).not.toBeNull();
    runtime.command('stops.write', { id, levers: [{ id: assistant, undoState: 'done' }] });
    expect(saved()).toEqual([null, '{"pid":7}', '{"key":1}']);
    runtime.command('stops.write', { id, order: { releasedUs: at(300) } });
    expect(saved()).toEqual([null, null, null]);
    const other = begin(runtime);
    runtime.command('stops.write', { id: other.id, levers: [{ id: other.levers[0] ?? 0, ...sent, saved: '{"pid":8}' }] });
    runtime.command('stops.write', { id: other.id, order: { state: 'verified', verifiedUs: at(160) } });
    expect(saved()[3]).toBe('{"pid":8}');
    runtime.command('stops.write', { id: other.id, order: { endedUs: at(400) } });
    expect(saved()[3]).toBeNull();
  });

  it('belongs to its levers only: a lever of another order is refused, and nothing of the write happens', () => {
    const runtime = clerk();
    begin(runtime);
    begin(runtime);
    expect(refusal(() => runtime.command('stops.write', { id: 1, order: { headline: 'changed' }, levers: [{ id: 2, state: 'reported' }] })).code).toBe('not_found');
    expect(get(runtime).headline).toBe('Stopping: no lever was sent yet.');
    expect(refusal(() => runtime.command('stops.write', { id: 9, order: { headline: 'changed' } })).code).toBe('not_found');
    expect(refusal(() => runtime.command('stops.write', { id: 1, levers: [{ id: 1, saved: 'x'.repeat(1024 * 1024 + 1) }] })).code).toBe('bad_request');
  });

  it('keeps 10,000 lines of evidence, says how many went, and never drops what was done', () => {
    const runtime = clerk();
    const { id, levers: [lever = 0] } = begin(runtime);
    runtime.command('stops.write', { id, events: [event('sent', 61, lever)] });
    for (let round = 0; round < 11; round += 1) runtime.command('stops.write', { id, events: Array.from({ length: 1_000 }, (_, n) => event(n % 2 === 0 ? 'for' : 'against', 100 + round)) });
    const kinds = runtime.history.all<{ kind: string; n: number }>('SELECT kind, count(*) AS n FROM stop_event GROUP BY kind ORDER BY kind');
    expect(kinds.reduce((sum, one) => sum + one.n, 0)).toBeLessThanOrEqual(10_000);
    expect(kinds).toContainEqual({ kind: 'sent', n: 1 });
    // The others go before what speaks against it.
    expect(kinds).toContainEqual({ kind: 'against', n: 5_500 });
    const [{ dropped, events } = { dropped: 0, events: 0 }] = runtime.history.all<{ dropped: number; events: number }>('SELECT dropped, events FROM stop_order');
    expect([dropped > 0, events]).toEqual([true, kinds.reduce((sum, one) => sum + one.n, 0)]);
    expect(dropped + events).toBe(1 + 1 + 11_000 + 1);
    expect(runtime.history.all<{ text: string }>("SELECT text FROM stop_event WHERE kind = 'note'")[0]?.text).toContain(`${dropped} older lines`);
    const order = get(runtime);
    expect([order.events.length, order.moreEvents]).toEqual([500, events - 500]);
  });

  it('is listed newest first by pages, by agent and by whether it is watched', () => {
    const runtime = clerk();
    runtime.collect({ records: [{ draft: runDraft('r2', 'running', { at: 10, agent: { id: 'assistant-2', name: 'cook' } }), raw: '{}' }] });
    for (const agent of [1, 2, 1]) begin(runtime, { agents: [agent], sources: [agent] });
    runtime.command('stops.write', { id: 1, order: { state: 'unverified' } });
    runtime.command('stops.write', { id: 2, order: { state: 'verified', endedUs: at(400) } });
    const ids = (answer: { rows: readonly StopOrder[] }): string[] => answer.rows.map((row) => row.id);
    const first = list(runtime, { limit: 2 });
    expect([ids(first), first.open]).toEqual([['stp-3', 'stp-2'], 2]);
    expect([ids(list(runtime, { limit: 2, before: first.next })), list(runtime, { limit: 2, before: first.next }).next]).toEqual([['stp-1'], null]);
    expect([ids(list(runtime, { state: 'open' })), ids(list(runtime, { state: 'ended' })), ids(list(runtime, { agentId: 'agt-1' })), ids(list(runtime, { agentId: 'agt-2', state: 'open' }))]).toEqual([['stp-3', 'stp-1'], ['stp-2'], ['stp-3', 'stp-1'], []]);
    expect(runtime.ask('counts', {})).toMatchObject({ stopsOpen: 2, stopsFailing: 1 });
  });

  it('is gone on with after a restart while it is watched, and while its hold stands', () => {
    const runtime = clerk();
    for (const kind of ['watched', 'held', 'ended', 'changed'] as const) {
      const { id, levers: [lever = 0] } = begin(runtime, { scopeName: kind, levers: [newLever(planLever('a', { leverId: kind === 'changed' ? 'langgraph.pause' : 'console.hold', kind: 'hold' }))] });
      runtime.command('stops.write', { id, levers: [{ id: lever, state: 'reported', sentUs: at(61), undoState: kind === 'ended' ? 'done' : 'open', hold: { cancelled: 3, lastCancelledUs: at(70), lastLookUs: at(71), problem: null } }], order: kind === 'watched' ? {} : { endedUs: at(500) } });
    }
    runtime.restart();
    expect(facts(runtime).map((one) => one.scopeName)).toEqual(['watched', 'held']);
    expect(facts(runtime, [3]).map((one) => one.endedUs)).toEqual([at(500)]);
    const standing = contract['stop.standing'].result.parse(runtime.ask('stop.standing', {}));
    expect(standing.holds.map((one) => [one.orderId, one.cancelled, one.lastCancelledAt, one.lastLookAt])).toEqual([['stp-2', 3, iso(70), iso(71)], ['stp-1', 3, iso(70), iso(71)]]);
    expect(standing.changes.map((one) => [one.orderId, one.leverId, one.since])).toEqual([['stp-4', 'a', iso(61)]]);
    expect(new Set(standing.holds.map((one) => one.id)).size).toBe(2);
    expect(standing.holds.map((one) => one.leverId)).toEqual(['a', 'a']);
  });

  it('stands with what went wrong when its hold could not be released, also after a restart', () => {
    const runtime = clerk();
    const { id, levers: [lever = 0] } = begin(runtime, { levers: [newLever(planLever('a', { leverId: 'console.hold', kind: 'hold' }))] });
    runtime.command('stops.write', { id, levers: [{ id: lever, state: 'reported', sentUs: at(61), undoState: 'failed', undoneText: 'The disk is full.' }], order: { endedUs: at(500) } });
    runtime.restart();
    const { holds } = contract['stop.standing'].result.parse(runtime.ask('stop.standing', {}));
    expect(holds.map((one) => [one.orderId, one.leverId, one.problem])).toEqual([['stp-1', 'a', 'The disk is full.']]);
    expect(facts(runtime).map((one) => one.id)).toEqual([id]);
    expect(list(runtime, {}).rows[0]?.levers).toMatchObject({ undoable: 1, holds: 1 });
  });
});

describe('what landed after the command', () => {
  const call = (key: string, from: number, to: number | null, status: 'ok' | 'error' | 'denied' | 'cancelled' | 'running' = 'ok'): Parameters<TestRuntime['tell']>[0][number] =>
    logDraft(`tool:${key}`, from, { name: key, status, agent: { name: 'clerk' }, startUs: at(from), endUs: to === null ? undefined : at(to) });

  /** Telemetry of agent 1; the command came at 100 s. */
  function acting(): TestRuntime {
    const runtime = freshRuntime();
    runtime.tell([call('before', 90, 95), call('ends-after', 95, 105), call('fails-after', 40, 110, 'error'), call('cut', 98, 101, 'cancelled'), call('begins', 120, 121), call('denied', 130, 130.5, 'denied'), call('runs', 99, null, 'running'), call('late', 700, 701)], 1, 'svc', [], at(800));
    const { id } = begin(runtime, {}, at(99));
    runtime.command('stops.write', { id, order: { commandedUs: at(100) } });
    return runtime;
  }

  it('is what began after it, and what ended well or badly though it began before', () => {
    const runtime = acting();
    const order = get(runtime);
    expect(order.landedActs.map((act) => [act.name, act.began, act.status])).toEqual([['fails-after', false, 'error'], ['ends-after', false, 'ok'], ['begins', true, 'ok'], ['denied', true, 'denied']]);
    expect([order.landed, list(runtime).rows[0]?.landed]).toEqual([4, 4]);
    expect(order.landedActs[0]).toMatchObject({ at: iso(40), endAt: iso(110), agentName: 'clerk', kind: 'tool_call' });
  });

  it('is no run that says it was cancelled, and nothing after the release', () => {
    const runtime = clerk();
    const { id } = begin(runtime);
    runtime.command('stops.write', { id, order: { commandedUs: at(100) } });
    runtime.collect({ records: [{ draft: runDraft('r1', 'cancelled', { at: 10, until: 101 }), raw: '{}' }, { draft: runDraft('r2', 'cancelled', { at: 105, until: 106 }), raw: '{}' }] });
    expect(get(runtime).landedActs).toEqual([]);
    runtime.collect({ records: [{ draft: runDraft('r3', 'completed', { at: 300, until: 301 }), raw: '{}' }] });
    expect(get(runtime).landed).toBe(1);
    runtime.command('stops.write', { id, order: { releasedUs: at(200) } });
    expect(get(runtime).landed).toBe(0);
  });

  it('is no state by which a server tells that it stopped, and no run that broke off', () => {
    const runtime = freshRuntime('a2a');
    const told = (key: string, name: string, seconds: number, more: object = {}): { draft: ReturnType<typeof runDraft>; raw: string } =>
      ({ draft: runDraft('r1', undefined, { key, name, at: seconds, until: seconds, role: 'activity', source: 'a2a/task', status: 'ok', ...more }), raw: '{}' });
    runtime.collect({ records: [told('s0', 'working', 90), told('s1', 'working', 100.3), told('s2', 'canceled', 101), told('s3', 'completed', 102), told('s4', 'working', 103), told('s5', 'canceled', 104, { source: 'a2a/artifact' }), { draft: runDraft('r2', 'failed', { at: 95, until: 105, key: 'run:r2' }), raw: '{}' }] }, at(200));
    const { id } = begin(runtime);
    runtime.command('stops.write', { id, order: { commandedUs: at(100) } });
    // What begins as the command is given, and the word that it is done, are told but do not speak against the stop.
    expect(get(runtime).landedActs.map((act) => [act.name, act.at, act.began])).toEqual([['working', iso(100.3), false], ['completed', iso(102), false], ['working', iso(103), true], ['canceled', iso(104), true]]);
  });

  it('of one task is what happened in that task', () => {
    const runtime = acting();
    runtime.tell([logDraft('tool:other', 125, { name: 'other', agent: { name: 'clerk' }, run: { kind: 'session', id: 's2' } })], 1, 'svc', [], at(800));
    const { id } = begin(runtime, { tasks: [2] }, at(99));
    runtime.command('stops.write', { id, order: { commandedUs: at(100) } });
    expect(get(runtime, 'stp-2').landedActs.map((act) => act.name)).toEqual(['other']);
  });

  it('stays with the order when the records go', () => {
    const runtime = acting();
    runtime.command('stops.write', { id: 1, order: { endedUs: at(600) } });
    runtime.history.db.prepare('DELETE FROM activity').run();
    const order = get(runtime, 'stp-1', 9_000);
    expect([order.landed, order.landedActs.length, order.landedActs[0]?.name]).toEqual([4, 4, 'fails-after']);
    expect(list(runtime).rows[0]?.landed).toBe(4);
  });

  it('is told with the periods that could not be seen, of its own connections only', () => {
    const runtime = acting();
    const gap = (connection: number | null, from: number, to: number | null): void => { runtime.command('gaps.open', { connection, fromUs: at(from), toUs: to === null ? null : at(to), reason: 'receiver_down', text: `gap of ${connection}` }); };
    gap(1, 50, 99);
    gap(1, 90, 110);
    gap(2, 120, null);
    gap(null, 200, null);
    const other = runtime.add('a2a', 'Elsewhere');
    gap(other, 120, 130);
    gap(1, 650, null);
    expect(get(runtime).notSeen.map((one) => [one.from, one.to, one.connectionName])).toEqual([[iso(90), iso(110), 'one'], [iso(120), null, 'Server'], [iso(200), null, null]]);
  });
});
