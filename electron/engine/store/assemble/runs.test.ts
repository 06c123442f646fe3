/** Runs: what the runtime itself says of them holds, in whatever order it is heard. */
import { describe, expect, it } from 'vitest';
import type { Draft } from '../../ingest/draft.ts';
import { freshHistory, later, second, spanDraft, t0, type TestHistory, trace } from '../test-history.ts';
import { runDraft } from '../test-runtime.ts';
import { BASIS } from '../codes.ts';

const step = (n: number, more: Parameters<typeof runDraft>[2] = {}): Draft => runDraft('r1', undefined, { role: 'activity', kind: 'tool_call', key: `step:${n}`, name: `step-${n}`, status: 'running', at: n, ...more });
const outcome = (history: TestHistory): [string, number] | undefined => {
  const task = history.tasks()[0];
  return task === undefined ? undefined : [task.outcome, task.basis];
};

describe('a run that is said to go on', () => {
  it.each(['running', 'waiting'] as const)('is %s however quiet it is, and its open work is not taken to be lost', (said) => {
    const history = freshHistory();
    history.tell([runDraft('r1', said, { at: 1 }), step(2), runDraft('r1', undefined, { role: 'activity', key: 'model', kind: 'model_call', name: 'm', status: 'ok', at: 5, until: 6 })]);
    history.sweep();
    history.restart();
    history.sweep(later + 86_400 * second);
    expect(outcome(history)).toEqual([said, BASIS.reported]);
    expect(history.row('step:2').status).toBe('running');
  });

  it('costs a sweep nothing more', () => {
    const history = freshHistory();
    history.tell([runDraft('r1', 'running', { at: 1 }), step(2, { status: 'ok', until: 900 })]);
    const before = history.all('SELECT * FROM task');
    const changes = history.db.prepare('SELECT total_changes() AS n').get();
    history.sweep();
    history.sweep(later + second);
    expect([history.all('SELECT * FROM task'), history.db.prepare('SELECT total_changes() AS n').get()]).toEqual([before, changes]);
  });
});

describe('the end of a run', () => {
  it('cuts off what was left open, but not what began later or was told to have ended', () => {
    const history = freshHistory();
    history.tell([runDraft('r1', 'running', { at: 1 }), step(2), step(3), step(40)]);
    history.tell([runDraft('r1', 'failed', { at: 1, until: 30 }), step(3, { status: 'ok', until: 9 })]);
    expect(outcome(history)).toEqual(['failed', BASIS.reported]);
    expect(['step:2', 'step:3', 'step:40'].map((key) => history.row(key).status)).toEqual(['interrupted', 'ok', 'running']);
    history.tell([step(2, { status: 'ok', until: 31 })]);
    expect(history.row('step:2').status).toBe('ok');
  });

  it('holds when more is heard of it later', () => {
    const history = freshHistory();
    history.tell([runDraft('r1', 'completed', { at: 1, until: 10 }), step(400, { status: 'ok', until: 401 })]);
    expect(outcome(history)).toEqual(['completed', BASIS.reported]);
  });

  it('is the runtime\'s to say: the top of a trace in it says less', () => {
    const history = freshHistory();
    const top = spanDraft(1, 0, { role: 'agent', kind: 'lifecycle', name: 'graph', agent: { name: 'graph' }, at: 1, for: 60, run: { kind: 'run', id: 'r1' }, traceId: trace(7) });
    history.tell([runDraft('r1', 'running', { at: 2 })]);
    history.tell([top]);
    expect(outcome(history)).toEqual(['running', BASIS.reported]);
    const other = freshHistory();
    other.tell([top]);
    other.tell([runDraft('r1', 'running', { at: 2 })]);
    expect(outcome(other)).toEqual(['running', BASIS.reported]);
  });
});

it('a session that is said to run falls quiet as before', () => {
  const history = freshHistory();
  history.tell([runDraft('s', 'running', { run: { kind: 'session', id: 's' } })]);
  history.sweep();
  expect(history.tasks()[0]?.outcome).not.toBe('running');
});

describe('in whatever order', () => {
  const told: Draft[] = [
    runDraft('r1', 'running', { at: 1 }), step(2), step(3, { status: 'ok', until: 4 }), runDraft('r1', 'waiting', { at: 5 }), runDraft('r1', 'running', { at: 8 }), step(9), step(3),
    runDraft('r1', 'completed', { at: 1, until: 20 }), runDraft('r2', 'running', { at: 2 }), runDraft('r2', 'waiting', { at: 2 }), runDraft('r3', 'cancelled', { at: 1, until: 2 }), runDraft('r3', 'running', { at: 1 }),
  ];
  /** Rotations, forwards and backwards. */
  const orders = [0, 2, 5, 7, 10].flatMap((n) => [[...told.slice(n), ...told.slice(0, n)], [...told.slice(n), ...told.slice(0, n)].toReversed()]);

  it('and in whatever transactions, with restarts, the history is the same', () => {
    const once = freshHistory();
    once.tell(told);
    const expected = once.snapshot();
    expect(once.tasks().map((task) => [task.key, task.outcome])).toEqual([['r1', 'completed'], ['r2', 'waiting'], ['r3', 'cancelled']]);
    for (const [n, order] of orders.entries()) {
      const history = freshHistory();
      for (let from = 0; from < order.length; from += 1 + (n % 4)) history.tell(order.slice(from, from + 1 + (n % 4)));
      if (n % 3 === 0) history.restart();
      history.tell(order.slice(0, 3));
      expect(history.snapshot()).toEqual(expected);
      for (const [kept, counted] of Object.values(history.sumsTwice())) expect(kept).toEqual(counted);
    }
  });
});

it('two runs are found again by their own ids after a restart, each in its connection', () => {
  const history = freshHistory();
  const two = history.connect('two');
  history.tell([runDraft('r1', 'running', { at: 1 })]);
  history.tell([runDraft('r1', 'running', { at: 1 })], t0 + 60 * second, 'svc', two);
  history.restart();
  history.tell([runDraft('r1', 'completed', { at: 1, until: 5 })], t0 + 60 * second, 'svc', two);
  expect(history.all('SELECT connection, key, outcome FROM task ORDER BY connection')).toEqual([{ connection: 1, key: 'r1', outcome: 4 }, { connection: 2, key: 'r1', outcome: 1 }]);
  expect(history.all<{ detail: string }>("EXPLAIN QUERY PLAN SELECT id FROM task WHERE connection = 1 AND key_kind = 4 AND key_kind IN (1, 2, 4) AND key = 'r1'")[0]?.detail).toMatch(/task_key/);
});
