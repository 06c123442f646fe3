import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FLAG } from '../codes.ts';
import { mostRowsReadBack } from './row-cache.ts';
import { agentDraft, later, logDraft, second, span, spanDraft, t0, TestHistory, trace } from '../test-history.ts';

let history: TestHistory;
beforeEach(() => { history = new TestHistory(); });
afterEach(() => { history.close(); });

const key = (n: number): string => `span:${span(n)}`;
const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 1, cacheWriteTokens: 0, reasoningTokens: 2 };

describe('whose it is', () => {
  it('inherits the agent of the nearest ancestor', () => {
    history.tell([agentDraft(1, 0, 'planner'), spanDraft(2, 1), agentDraft(3, 2, 'helper'), spanDraft(4, 3)]);
    expect(history.row(key(2)).agent).toBe('planner');
    expect(history.row(key(4)).agent).toBe('helper');
    expect(history.agents()).toEqual(['helper', 'planner']);
  });

  it('calls an agent at the top life cycle, one inside another hand-off', () => {
    history.tell([agentDraft(1, 0, 'planner'), agentDraft(3, 1, 'helper')]);
    expect(history.row(key(1)).kind).toBe('lifecycle');
    expect(history.row(key(3)).kind).toBe('handoff');
    expect(history.all('SELECT (SELECT name FROM agent WHERE id = caller) AS caller, (SELECT name FROM agent WHERE id = called) AS called FROM agent_link')).toEqual([{ caller: 'planner', called: 'helper' }]);
  });

  it('makes a hand-off of a life cycle when the parent agent comes late', () => {
    history.tell([agentDraft(3, 1, 'helper')]);
    expect(history.row(key(3)).kind).toBe('lifecycle');
    history.restart();
    history.tell([agentDraft(1, 0, 'planner')]);
    expect(history.row(key(3)).kind).toBe('handoff');
  });

  it('moves the rows of a provisional agent, with their sums, to the root that comes late', () => {
    history.tell([spanDraft(2, 1, { kind: 'model_call', usage }), spanDraft(3, 2)]);
    expect(history.agents()).toEqual(['svc']);
    history.tell([agentDraft(1, 0, 'planner')]);
    expect(history.agents()).toEqual(['planner']);
    expect(history.all('SELECT DISTINCT (SELECT name FROM agent WHERE id = agent) AS name FROM by_hour')).toEqual([{ name: 'planner' }]);
    for (const [kept, counted] of Object.values(history.sumsTwice())) expect(kept).toEqual(counted);
  });

  it('gives the agent of the task to rows that name nobody', () => {
    const run = { kind: 'session' as const, id: 's1' };
    history.tell([agentDraft(1, 0, 'planner', { run }), logDraft('event:a', 5)]);
    expect(history.row('event:a').agent).toBe('planner');
  });

  it('ties records that know only the id of a run to the agent that has the name', () => {
    history.tell([logDraft('tool:1', 1, { agent: { runId: 'r7' } })]);
    expect(history.row('tool:1').agent).toBe('svc');
    history.restart();
    history.tell([logDraft('model:1', 2, { kind: 'model_call', agent: { name: 'explorer', runId: 'r7' } })]);
    expect(history.row('tool:1').agent).toBe('explorer');
    expect(history.agents()).toEqual(['explorer']);
  });

  it('keeps agents of the same name in different services apart, and one with an id together', () => {
    history.tell([agentDraft(1, 0, 'bot')], undefined, 'a');
    history.tell([agentDraft(2, 0, 'bot', { traceId: trace(2) })], undefined, 'b');
    history.tell([agentDraft(3, 0, 'x', { traceId: trace(3), agent: { id: 'id-1', name: 'first' } }), agentDraft(4, 0, 'x', { traceId: trace(4), agent: { id: 'id-1', name: 'second' } })]);
    expect(history.all<{ key: string }>('SELECT key FROM agent ORDER BY key').map((one) => one.key)).toEqual(['a/bot', 'b/bot', 'id-1']);
  });

  it('is not confused by parents in a circle', () => {
    history.tell([spanDraft(1, 2), spanDraft(2, 1), spanDraft(3, 3)]);
    expect(history.rows()).toHaveLength(3);
  });
});

describe('a task too big to be read back', { timeout: 60_000 }, () => {
  it('keeps what was found out about its rows while they were in memory', () => {
    const count = mostRowsReadBack + 500;
    const running = { status: 'running' as const, endUs: undefined };
    history.tell([agentDraft(1, 0, 'planner'), agentDraft(2, 1, 'helper'), spanDraft(3, 2, running)]);
    const first = count + 10;
    history.tell(Array.from({ length: count }, (_, i) => spanDraft(first + i, 1, { at: 5 })));
    history.restart();
    // The result of a call whose ancestors are no longer in memory.
    history.tell([spanDraft(3, 2, { status: 'error', statusExplicit: true, error: { message: 'no' } })]);
    expect(history.row(key(3))).toMatchObject({ agent: 'helper', status: 'error', failed: true });
    for (const [kept, counted] of Object.values(history.sumsTwice())) expect(kept).toEqual(counted);
  });
});

describe('hostile trees', { timeout: 60_000 }, () => {
  const failed = { status: 'error' as const, statusExplicit: true, error: { message: 'x' } };

  it.each([
    ['a deep chain of failures', (i: number) => spanDraft(i + 1, i, { at: 1, ...failed })],
    ['a deep chain that joins its parents', (i: number) => spanDraft(i + 1, i, { at: 1, joins: 'parent' as const, ...failed })],
    ['joins without a parent', (i: number) => spanDraft(i + 2, i + 1, { at: 1, role: 'structure' as const, joins: 'parent' as const, name: '' })],
    ['a wide tree that joins one parent', (i: number) => spanDraft(i + 1, i === 0 ? 0 : 1, { at: 1, ...(i === 0 ? {} : { joins: 'parent' as const }) })],
  ])('%s takes no longer than it should', (_what, draft) => {
    const begun = performance.now();
    history.tell(Array.from({ length: 20_000 }, (_, i) => draft(i)));
    history.tell(Array.from({ length: 10 }, (_, i) => spanDraft(30_000 + i, 20_000, { at: 1 })));
    expect(performance.now() - begun).toBeLessThan(15_000);
    for (const [kept, counted] of Object.values(history.sumsTwice())) expect(kept).toEqual(counted);
  });
});

describe('what belongs together', () => {
  it('puts a trace into the session that it names later', () => {
    history.tell([spanDraft(2, 1), spanDraft(3, 1)]);
    expect(history.tasks().map((one) => one.key)).toEqual([trace(1)]);
    history.restart();
    history.tell([spanDraft(1, 0, { run: { kind: 'session', id: 's1' } })]);
    expect(history.tasks()).toMatchObject([{ key: 's1', activities: 3 }]);
    history.tell([spanDraft(4, 1)]);
    expect(history.tasks()).toMatchObject([{ key: 's1', activities: 4 }]);
  });

  it('joins rows that turn out to be the same when their tasks are joined', () => {
    history.tell([logDraft('tool:x', 2, { status: 'running', endUs: undefined, name: 'Bash' })]);
    history.tell([spanDraft(2, 1, { key: 'tool:x', name: 'Bash', at: 2, for: 3 })]);
    expect(history.rows()).toHaveLength(2);
    history.tell([spanDraft(1, 0, { run: { kind: 'session', id: 's1' } })]);
    expect(history.row('tool:x')).toMatchObject({ status: 'ok', dur: 3 * second, task: 's1' });
    for (const [kept, counted] of Object.values(history.sumsTwice())) expect(kept).toEqual(counted);
  });

  it('takes a run that another run began into that task, whichever came first', () => {
    const child = { kind: 'conversation' as const, id: 'child' };
    history.tell([logDraft('a', 1, { run: child })]);
    history.tell([logDraft('b', 2, { startsRun: child })]);
    expect(history.tasks()).toMatchObject([{ key: 's1', activities: 2 }]);
    history.restart();
    history.tell([logDraft('c', 3, { run: child })]);
    expect(history.tasks()).toMatchObject([{ key: 's1', activities: 3 }]);
  });

  it('makes one row of decision and result', () => {
    history.tell([logDraft('tool:1', 1, { status: 'running', endUs: undefined, name: 'Bash' })]);
    expect(history.row('tool:1')).toMatchObject({ status: 'running', dur: null });
    history.tell([logDraft('tool:1', 4, { status: 'error', error: { message: 'no' }, name: 'Bash' })]);
    expect(history.row('tool:1')).toMatchObject({ status: 'error', dur: 3 * second, error: 'no' });
  });

  it('counts the usage of a call that is told twice once', () => {
    history.tell([logDraft('model:1', 1, { kind: 'model_call', usage, reportedCost: { micros: 700, currency: 'USD' } })]);
    history.tell([spanDraft(1, 0, { key: 'model:1', kind: 'model_call', usage, run: { kind: 'session', id: 's1' } })]);
    expect(history.all('SELECT sum(input) AS input, sum(output) AS output, sum(micros) AS micros, sum(priced) AS priced, sum(unpriced) AS unpriced FROM by_day'))
      .toEqual([{ input: 10, output: 5, micros: 700, priced: 1, unpriced: 0 }]);
  });

  it('says unpriced where units were used and nobody named the money', () => {
    history.tell([spanDraft(1, 0, { kind: 'model_call', usage })]);
    expect(history.all('SELECT micros, provenance FROM activity')).toEqual([{ micros: null, provenance: 4 }]);
  });

  it('prefers a real name to a stand-in, whichever came first', () => {
    history.tell([logDraft('tool:1', 1, { name: 'lookup' }), logDraft('tool:2', 1, { name: 'mcp_tool', namePlaceholder: true })]);
    history.tell([logDraft('tool:1', 2, { name: 'mcp_tool', namePlaceholder: true }), logDraft('tool:2', 2, { name: 'lookup' })]);
    expect(history.row('tool:1').name).toBe('lookup');
    expect(history.row('tool:2').name).toBe('lookup');
  });

  it('lets another layer speak of its parent\'s activity', () => {
    history.tell([agentDraft(1, 0, 'a'), spanDraft(2, 1, { name: 'client' }), spanDraft(3, 2, { name: 'server', joins: 'parent', status: 'error', statusExplicit: true, error: { message: 'inside' } })]);
    expect(history.rows()).toHaveLength(2);
    expect(history.row(key(2))).toMatchObject({ name: 'client', status: 'error', error: 'inside' });
  });

  it('does so also when the parent comes after a restart, and does not take it apart when it is sent again', () => {
    const guest = spanDraft(3, 2, { joins: 'parent', status: 'denied', statusExplicit: true });
    history.tell([guest, spanDraft(4, 3, { kind: 'model_call' })]);
    history.restart();
    history.tell([spanDraft(2, 0)]);
    history.restart();
    expect(history.tell([guest]).inserted).toBe(0);
    expect(history.rows()).toHaveLength(2);
    expect(history.row(key(2)).status).toBe('denied');
    expect(history.row(key(4)).parent).toBe(history.row(key(2)).key);
  });

  it('takes the status of a structure span for the row above it', () => {
    history.tell([spanDraft(2, 1, { role: 'structure', joins: 'parent', kind: 'tool_call', status: 'denied', statusExplicit: true })]);
    expect(history.rows()).toHaveLength(0);
    history.tell([spanDraft(1, 0)]);
    expect(history.row(key(1)).status).toBe('denied');
  });

  it('makes no task of a trace in which no agent does anything', () => {
    history.tell([spanDraft(1, 0, { role: 'structure', plain: true }), spanDraft(2, 1, { role: 'structure', plain: true })]);
    expect(history.tasks()).toEqual([]);
    expect(history.agents()).toEqual([]);
    history.tell([spanDraft(3, 2)]);
    expect(history.tasks()).toHaveLength(1);
  });
});

describe('status', () => {
  it.each([
    ['denied', 'error'], ['error', 'cancelled'], ['cancelled', 'ok'], ['ok', 'interrupted'], ['interrupted', 'running'],
  ] as const)('%s wins over %s', (stronger, weaker) => {
    history.tell([logDraft('a', 1, { status: stronger }), logDraft('b', 1, { status: weaker })]);
    history.tell([logDraft('a', 2, { status: weaker }), logDraft('b', 2, { status: stronger })]);
    expect(history.row('a').status).toBe(stronger);
    expect(history.row('b').status).toBe(stronger);
  });
});

describe('failures', () => {
  const failed = (message: string): { status: 'error'; statusExplicit: true; error: { message: string } } => ({ status: 'error', statusExplicit: true, error: { message } });
  const count = (): number => history.all<{ n: number }>('SELECT coalesce(sum(failures), 0) AS n FROM by_hour')[0]?.n ?? -1;

  it('counts an error that travelled upwards once, where it happened', () => {
    history.tell([agentDraft(1, 0, 'a', failed('boom')), spanDraft(2, 1, failed('boom')), agentDraft(3, 2, 'b', failed('boom')), spanDraft(4, 3, { kind: 'model_call', ...failed('boom') })]);
    expect(count()).toBe(1);
    expect(history.row(key(4)).failed).toBe(true);
  });

  it('counts a life cycle that failed with nothing failed beneath it, until something does', () => {
    history.tell([agentDraft(1, 0, 'a', failed('timed out'))]);
    expect(count()).toBe(1);
    history.tell([spanDraft(2, 1, failed('other'))]);
    expect(count()).toBe(1);
    expect(history.row(key(1)).failed).toBe(false);
    expect(history.all('SELECT count FROM failure')).toEqual([{ count: 1 }]);
  });

  it('counts a tool that failed in its own way although a call in it failed too', () => {
    history.tell([spanDraft(1, 0, failed('gave up after one attempt')), spanDraft(2, 1, { kind: 'model_call', ...failed('overloaded') })]);
    expect(count()).toBe(2);
  });

  it('counts retries of a call each', () => {
    history.tell([agentDraft(1, 0, 'a'), spanDraft(2, 1, { kind: 'model_call', name: 'm', ...failed('529 overloaded') }), spanDraft(3, 1, { kind: 'model_call', name: 'm', ...failed('529 overloaded') })]);
    expect(history.all('SELECT count FROM failure')).toEqual([{ count: 2 }]);
  });

  it('does not count denials as failures', () => {
    history.tell([spanDraft(1, 0, { status: 'denied', statusExplicit: true })]);
    expect(history.all('SELECT failures, denials FROM by_hour')).toEqual([{ failures: 0, denials: 1 }]);
  });
});

describe('open and interrupted work', () => {
  const open = (id: string, at: number): ReturnType<typeof logDraft> => logDraft(id, at, { status: 'running', endUs: undefined });

  it('is interrupted when the session ended after it began, also when it is told later; a late result wins', () => {
    history.tell([open('tool:1', 1), logDraft('event:end', 5, { kind: 'lifecycle', endsSession: true })]);
    history.tell([open('tool:2', 2), open('tool:3', 9)]);
    expect(history.row('tool:1')).toMatchObject({ status: 'interrupted', dur: null });
    expect(history.row('tool:2').status).toBe('interrupted');
    expect(history.row('tool:3').status).toBe('running');
    expect(history.row('tool:1').flags & FLAG.interruptedInferred).toBe(FLAG.interruptedInferred);
    history.restart();
    history.tell([logDraft('tool:1', 6, { status: 'ok' })]);
    expect(history.row('tool:1')).toMatchObject({ status: 'ok', dur: 5 * second });
    expect(history.row('tool:1').flags & FLAG.interruptedInferred).toBe(0);
  });

  it('is interrupted when the agent went on without it', () => {
    history.tell([open('tool:1', 1)]);
    history.sweep(t0 + 10 * second);
    expect(history.row('tool:1').status).toBe('running');
    history.tell([logDraft('model:2', 3, { kind: 'model_call' })]);
    history.sweep(t0 + 10 * second);
    expect(history.row('tool:1').status).toBe('interrupted');
  });

  it('is interrupted after ten quiet minutes of the record\'s own time', () => {
    history.tell([open('tool:1', 1)]);
    history.sweep(t0 + 9 * 60 * second);
    expect(history.row('tool:1').status).toBe('running');
    expect(history.tasks()).toMatchObject([{ outcome: 'running', open: 1 }]);
    history.sweep(later);
    expect(history.row('tool:1').status).toBe('interrupted');
    expect(history.tasks()).toMatchObject([{ outcome: 'unknown', open: 0 }]);
  });

  it('makes a turn that ended with a call left open unknown, not completed', () => {
    history.tell([agentDraft(1, 0, 'a', { at: 1, for: 9, run: { kind: 'session', id: 's1' } }), open('tool:1', 4)]);
    expect(history.tasks()).toMatchObject([{ outcome: 'unknown' }]);
  });
});

describe('outcome of a task', () => {
  it('is what its root said, else completed when the root ended', () => {
    history.tell([agentDraft(1, 0, 'a')]);
    history.tell([agentDraft(2, 0, 'a', { traceId: trace(2), taskOutcome: 'cancelled' })]);
    history.tell([agentDraft(3, 0, 'a', { traceId: trace(3), status: 'error' })]);
    expect(history.tasks().map((one) => one.outcome)).toEqual(['completed', 'cancelled', 'failed']);
  });

  it('is the agent\'s that stands under nothing but plain spans', () => {
    history.tell([agentDraft(2, 1, 'a')], t0 + 20 * second);
    expect(history.tasks()).toMatchObject([{ outcome: 'running' }]);
    history.tell([spanDraft(1, 0, { role: 'structure', plain: true })], t0 + 20 * second);
    expect(history.tasks()).toMatchObject([{ outcome: 'completed' }]);
  });

  it('runs again when a session goes on after its end', () => {
    const run = { kind: 'session' as const, id: 's1' };
    history.tell([agentDraft(1, 0, 'a', { run })], t0 + 30 * second);
    expect(history.tasks()).toMatchObject([{ outcome: 'completed' }]);
    history.tell([logDraft('model:9', 20, { kind: 'model_call' })], t0 + 30 * second);
    expect(history.tasks()).toMatchObject([{ outcome: 'running' }]);
  });

  it('does not stay running because somebody once said so', () => {
    history.tell([logDraft('a', 1, { kind: 'model_call', taskOutcome: 'running' })]);
    history.sweep(later);
    expect(history.tasks()).toMatchObject([{ outcome: 'completed' }]);
  });

  it.each([['ok', 'completed'], ['error', 'failed']] as const)('of a task that fell quiet after a model call that was %s is %s', (status, outcome) => {
    history.tell([logDraft('model:1', 1, { kind: 'model_call', status })], t0 + 10 * second);
    expect(history.tasks()).toMatchObject([{ outcome: 'running' }]);
    history.sweep(later);
    expect(history.tasks()).toMatchObject([{ outcome }]);
  });
});

describe('clocks', () => {
  it('places what cannot be right at the time it was received, and says so', () => {
    const received = t0 + 100 * second;
    history.tell([spanDraft(1, 0, { startUs: received + 3_600 * second, endUs: received + 3_601 * second }), spanDraft(2, 0, { traceId: trace(2), startUs: 5, endUs: 9 })], received);
    expect(history.row(key(1))).toMatchObject({ ts: 100 * second, dur: second });
    expect(history.rows().every((row) => (row.flags & FLAG.clockSkew) !== 0)).toBe(true);
  });

  it('knows no duration when the end is before the start', () => {
    history.tell([spanDraft(1, 0, { endUs: t0 - second })]);
    expect(history.row(key(1))).toMatchObject({ dur: null, status: 'ok' });
    expect(history.row(key(1)).flags & FLAG.badDuration).toBe(FLAG.badDuration);
  });
});

describe('identity', () => {
  const identity = (kind: 'borrowed' | 'own', of: string): { kind: 'borrowed' | 'own'; of: string; attribute: string } => ({ kind, of, attribute: 'user.email' });
  const shown = (): unknown => history.all('SELECT identity, identity_of AS of FROM agent');

  it('is the latest evidence', () => {
    history.tell([agentDraft(1, 0, 'a', { identity: identity('own', 'svc-1') }), agentDraft(2, 0, 'a', { traceId: trace(2), identity: identity('borrowed', 'eve@example.com') })]);
    expect(shown()).toEqual([{ identity: 3, of: 'eve@example.com' }]);
    expect(history.all('SELECT was, is_now FROM identity_change')).toEqual([{ was: 5, is_now: 3 }]);
  });

  it('is shared when two persons\' accounts were seen', () => {
    history.tell([agentDraft(1, 0, 'a', { identity: identity('borrowed', 'ann@example.com') })]);
    history.tell([agentDraft(2, 0, 'a', { traceId: trace(2), identity: identity('borrowed', 'bob@example.com') })]);
    expect(shown()).toEqual([{ identity: 4, of: 'ann@example.com, bob@example.com' }]);
  });

  it('goes with the rows when their agent becomes known', () => {
    history.tell([spanDraft(2, 1, { identity: identity('borrowed', 'ann@example.com') })]);
    history.tell([agentDraft(1, 0, 'a')]);
    expect(shown()).toEqual([{ identity: 3, of: 'ann@example.com' }]);
  });
});
