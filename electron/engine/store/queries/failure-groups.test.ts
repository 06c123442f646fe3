import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FailureState } from '../../../../shared/failures.ts';
import { KIND } from '../codes.ts';
import { agentDraft, second, t0, TestHistory, trace } from '../test-history.ts';
import { words } from '../test-runtime.ts';
import { sortOf, stateOf } from './failure-state.ts';
import { asker, command, day, nowUs, period, spendSome, spendUnpriced } from './test-cost.ts';

let history: TestHistory;
let reader: ReturnType<typeof asker> | null;
beforeEach(() => {
  history = new TestHistory();
  reader = null;
  spendSome(history);
});
afterEach(() => {
  reader?.close();
  history.close();
});

function ready(): ReturnType<typeof asker>['ask'] {
  history.fold();
  reader = asker(history);
  return reader.ask;
}

const all = { period, limit: 100 };
const long = { from: new Date(t0 / 1_000 - 30 * 86_400_000).toISOString(), to: null };
const say = (state: 'known' | 'resolved' | 'snoozed' | 'open', untilUs: number | null = null): unknown => command(history, 'failures.setState', { id: 1, state, untilUs, note: null, audit: words('ann') });

describe('groups of failures', () => {
  it('tell how often, which tasks, and what was lost by it', () => {
    const { rows, total, counts, next, quiet } = ready()('failures.groups', all);
    expect(total).toBe(1);
    expect(next).toBeNull();
    expect(counts).toEqual({ new: 1, back: 0, known: 0, snoozed: 0, resolved: 0 });
    // Task 2 finished after it: its failed call cost 1000. Task 3 failed by it: 200 in all.
    expect(rows[0]).toMatchObject({ id: 'fal-1', state: 'new', sort: 'model', count: 2, agentNames: ['planner'], kind: 'model_call', name: 'chat', tasks: { failed: 1, finishedAfter: 1, other: 0 }, cost: { amountMicros: 1_200, currency: 'USD', provenance: 'computed', unpriced: 0 }, notes: 0, snoozedUntil: null });
    expect(rows[0]?.spark).toHaveLength(48);
    expect(rows[0]?.spark.reduce((sum, bar) => (sum ?? 0) + (bar ?? 0), 0)).toBe(2);
    expect(quiet).toEqual({ agents: 0, notSeen: 0 });
  });

  it('say the same of a month, in whole days', () => {
    const { rows } = ready()('failures.groups', { ...all, period: long });
    expect(rows[0]).toMatchObject({ count: 2, tasks: { failed: 1, finishedAfter: 1, other: 0 }, cost: { amountMicros: 1_200 } });
    expect(rows[0]?.spark).toHaveLength(31);
    expect(rows[0]?.spark.at(-1)).toBe(2);
    // Nothing was connected on the first of those days: nobody can say that nothing failed.
    expect(rows[0]?.spark[0]).toBeNull();
  });

  it('keep what was read of days that are over until something of them changes', () => {
    const failedOn = (n: number, daysAgo: number): unknown => history.tell([agentDraft(1, 0, 'planner', { traceId: trace(n), at: -daysAgo * 86_400, for: 30, status: 'error', statusExplicit: true, error: { type: 'Boom', message: 'given up' } })], nowUs);
    failedOn(50, 3);
    failedOn(51, 3);
    failedOn(54, 0);
    const ask = ready();
    const told = (): unknown => ask('failures.groups', { ...all, period: long }).rows.filter((row) => row.name === 'planner').map(({ count, tasks }) => [count, tasks.failed]);
    expect(told()).toEqual([[3, 3]]);
    // Nobody writes like that: it shows that those days are not read again.
    history.db.exec(`UPDATE failure_day SET count = count + 10 WHERE day < ${day}; UPDATE failure_hit SET tasks = tasks + 10 WHERE day < ${day}`);
    expect(told()).toEqual([[3, 3]]);
    failedOn(52, 0);
    history.fold();
    expect(told()).toEqual([[4, 4]]);
    // Late: both are read again.
    failedOn(53, 2);
    expect(told()).toEqual([[15, 4]]);
    history.fold();
    expect(told()).toEqual([[15, 15]]);
  });

  it('name every version and add up one currency, also where tasks differ in both', () => {
    const ask = ready();
    const word = history.db.prepare('INSERT INTO string (id, hash, text) VALUES (?, ?, ?)');
    for (const [at, text] of ['v2', 'v1', 'EUR'].entries()) word.run(9_001 + at, 9_001 + at, text);
    const tasks = history.all<{ task: number }>('SELECT task FROM failure_task ORDER BY task');
    expect(tasks).toHaveLength(2);
    // One ran as v2, the other as v1 and cost something else in another currency.
    history.db.prepare('UPDATE failure_task SET version = CASE task WHEN ? THEN 9001 ELSE 9002 END, currency = CASE task WHEN ? THEN currency ELSE 9003 END').run(tasks[0]?.task, tasks[0]?.task);
    history.db.exec(`DELETE FROM failure_hit;
      INSERT INTO failure_hit (failure, day, agent, version, outcome, currency, tasks, own, lost, computed, unpriced) SELECT failure, last_us / 86400000000, agent, version, outcome, currency, 1, micros, lost, computed, unpriced FROM failure_task`);
    const own = history.all<{ micros: number }>('SELECT micros + lost AS micros FROM failure_task ORDER BY micros + lost DESC').map((one) => one.micros);
    for (const over of [period, long]) {
      const [row] = ask('failures.groups', { ...all, period: over }).rows;
      expect(row).toMatchObject({ versions: ['v1', 'v2'], tasks: { failed: 1, finishedAfter: 1, other: 0 } });
      expect(row?.cost.amountMicros).toBe(own[0]);
      expect(ask('failures.get', { id: 'fal-1', period: over }).perVersion.map(({ version, count }) => [version, count])).toEqual([['v2', 1], ['v1', 1]]);
    }
  });

  it('are chosen by agent, connection, kind, text and state', () => {
    spendUnpriced(history);
    const ask = ready();
    const ids = (more: object): string[] => ask('failures.groups', { ...all, ...more }).rows.map((row) => row.id);
    expect(ids({ agentId: 'agt-1', connectionId: 'con-1', kinds: ['model_call'], text: 'NO LUCK' })).toEqual(['fal-1']);
    for (const more of [{ agentId: 'agt-2' }, { kinds: ['tool_call'] }, { text: 'planet' }, { version: 'never' }, { states: ['known'] as FailureState[] }, { before: '1.0' }]) expect(ids(more)).toEqual([]);
    expect(ask('failures.groups', all).quiet).toEqual({ agents: 1, notSeen: 1 });
  });

  it('say of each connection how much of it was seen', () => {
    const { seen } = ready()('failures.groups', { ...all, period: { from: new Date(t0 / 1_000).toISOString(), to: null } });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ connectionId: 'con-1', name: 'one', share: 1, groups: 1 });
    expect(new Set(seen[0]?.seen)).toEqual(new Set([1]));
  });
});

describe('one group', () => {
  it('tells what is alike, what came before, and what people said', () => {
    say('known');
    command(history, 'failures.note', { id: 1, text: 'ask the provider', audit: words('bob') });
    const found = ready()('failures.get', { id: 'fal-1', period });
    expect(found).toMatchObject({ state: 'known', messages: 2, notes: 1, notesList: [{ by: 'bob', text: 'ask the provider' }], history: [{ by: 'ann', state: 'known' }] });
    expect(found.alike).toEqual([{ name: 'kind', value: 'model call' }, { name: 'name', value: 'chat' }, { name: 'error', value: 'Boom' }, { name: 'message', value: 'no luck with "…"' }]);
    expect(found.before).toMatchObject([{ kind: 'lifecycle', name: 'planner', ancestor: true }]);
    expect(found.perVersion).toMatchObject([{ agentName: 'planner', version: null, count: 2, tasks: 3 }]);
    // Whole days say it by their sums.
    expect(reader?.ask('failures.get', { id: 'fal-1', period: long }).perVersion).toEqual(found.perVersion);
    expect(found.occurrences.map((one) => [one.taskId, one.outcome, one.cost.amountMicros]).toSorted((a, b) => String(a[0]).localeCompare(String(b[0])))).toEqual([['tsk-2', 'completed', 4_000], ['tsk-3', 'failed', 200]]);
  });

  it('is shown without a failure in the period too', () => {
    const found = ready()('failures.get', { id: 'fal-1', period: { from: new Date(t0 / 1_000 + 600_000).toISOString(), to: null } });
    expect(found).toMatchObject({ count: 0, agentNames: [], occurrences: [], tasks: { failed: 0, finishedAfter: 0, other: 0 } });
    expect(() => reader?.ask('failures.get', { id: 'fal-9', period })).toThrow('This group of failures is no longer in the history');
  });
});

describe('the state of a group', () => {
  const row = { state: null, stateUs: null, untilUs: null, seen: null, count: 5, lastUs: t0 };
  const snoozed = { ...row, state: 'snoozed', stateUs: t0 - second, seen: 5 };
  it.each([
    ['nobody said anything', row, 'new'], ['somebody knows', { ...row, state: 'known', stateUs: t0 - second }, 'known'],
    ['it was resolved after the last time', { ...row, state: 'resolved', stateUs: t0 + second }, 'resolved'], ['it came again after it was resolved', { ...row, state: 'resolved', stateUs: t0 - second }, 'back'],
    ['it is snoozed until later', { ...snoozed, untilUs: nowUs + 1 }, 'snoozed'], ['its snooze is over and it came again', { ...snoozed, untilUs: nowUs - 1 }, 'back'], ['its snooze is over and it did not', { ...snoozed, stateUs: t0 + second, untilUs: nowUs - 1 }, 'known'],
    ['it is snoozed until it happens as often again', { ...snoozed, count: 9 }, 'snoozed'], ['it happened as often again', { ...snoozed, count: 10 }, 'back'],
  ] as const)('where %s', (_what, given, state) => {
    expect(stateOf(given, nowUs)).toBe(state);
  });

  it('is new again when a person takes back what was said', () => {
    say('resolved');
    say('open');
    expect(ready()('failures.groups', all).rows[0]?.state).toBe('new');
  });

  it.each([[KIND.model_call, 'RateLimitError', '', 'rate_limit'], [KIND.model_call, '', 'HTTP 429', 'rate_limit'], [KIND.tool_call, '', 'connection timed out', 'timeout'], [KIND.tool_call, 'Boom', '', 'tool'], [KIND.handoff, '', 'gone', 'handoff'], [KIND.lifecycle, '', '', 'other']] as const)('kind %i, %s %s is of the sort %s', (kind, type, message, sort) => {
    expect(sortOf(kind, type, message)).toBe(sort);
  });
});
