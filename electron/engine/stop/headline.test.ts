import { describe, expect, it } from 'vitest';
import type { LeverFact } from '../store/stop-commands.ts';
import { headlineBefore, headlineOf } from './headline.ts';
import type { HeadlineOrder } from './headline.ts';
import { judge } from './judge.ts';
import type { JudgeInput, Verdict } from './judge-input.ts';
import { at, clearSight, everySecond, judged, looked, looksConnection, row, run, telemetryConnection } from './test-judged.ts';

const order = (states: readonly LeverFact['state'][] = ['reported', 'reported'], more: Partial<HeadlineOrder> = {}): HeadlineOrder => ({ scope: { kind: 'agent', id: 'agt-1' }, agents: [11], silenceS: 90, reopened: 0, levers: states.map((state) => ({ state })), ...more });
const verdictOf = (s: number, more: Partial<JudgeInput> = {}): Verdict => judge(judged(s, more));

describe('the headline', () => {
  it('says that an answer is no stop', () => {
    const acting = verdictOf(20, { rows: [row(1, 10, 10)] });
    expect(headlineOf(acting, order())).toBe('Every lever answered. The agent has not stopped.');
    expect(headlineOf(acting, order(['reported']))).toBe('The lever answered. The agent has not stopped.');
    expect(headlineOf(acting, order(['reported', 'sending']))).toBe('1 of 2 levers answered. The agent has not stopped.');
    expect(headlineOf(acting, order(['sending']))).toBe('The lever has not answered yet. The agent has not stopped.');
    expect(headlineOf(acting, order(['sending', 'waiting']))).toBe('No lever has answered yet. The agent has not stopped.');
    expect(headlineOf(acting, order(['failed', 'reported', 'skipped']))).toBe('1 of 2 levers failed or gave no answer. The agent has not stopped.');
    expect(headlineOf(acting, order(['unknown']))).toBe('The lever failed or gave no answer. The agent has not stopped.');
    expect(headlineOf(acting, order(['skipped']))).toBe('No lever was pulled. The agent has not stopped.');
    expect(headlineOf(acting, order(['reported'], { scope: { kind: 'task', id: 'tsk-1' } }))).toBe('The lever answered. The task has not stopped.');
    expect(headlineOf(acting, order(['reported'], { scope: { kind: 'everything' }, agents: [1, 2, 3] }))).toBe('The lever answered. Not all of the 3 agents have stopped.');
  });

  it('says when it was verified, and by what', () => {
    expect(headlineOf(verdictOf(91), order())).toBe('Stopped, verified 13:31:31 UTC: no act for 91 s.');
    expect(headlineOf(verdictOf(91, { rows: [row(1, 9, 9, { status: 'denied' })] }), order())).toBe('Stopped, verified 13:31:31 UTC: no act for 91 s, 1 denied.');
    expect(headlineOf(verdictOf(14, { connections: [telemetryConnection({ process: { state: 'gone', sinceUs: at(2), covers: null } })] }), order())).toBe('Stopped, verified 13:30:14 UTC: its process is gone.');
  });

  it('says no more than was seen where a window was not silent from its begin', () => {
    const verdict = { ...verdictOf(91), containedUs: at(40) };
    expect(headlineOf(verdict, order())).toBe('Stopped, verified 13:31:31 UTC: no act since 13:30:40 UTC.');
  });

  it('says that it acts again', () => {
    const again = verdictOf(200, { verifiedUs: at(91), containedUs: at(1), rows: [row(1, 199, 199)] });
    expect(headlineOf(again, order())).toBe('The agent acts again after its stop was verified, last 13:33:19 UTC.');
    expect(headlineOf(verdictOf(201, { rows: [row(1, 199, 199)] }), order(['reported'], { reopened: 1 }))).toBe('The agent acts again after its stop was verified, last 13:33:19 UTC.');
  });

  it('says what could not be seen', () => {
    expect(headlineOf(verdictOf(300, { connections: [telemetryConnection()] }), order())).toBe('Unverified: nothing outside the lever could be checked.');
    const seen = looksConnection(looked(everySecond(1, 300)));
    expect(headlineOf(verdictOf(300, { connections: [seen, telemetryConnection({ agents: [12] })] }), order())).toBe('Unverified: what happens behind otlp could not be seen well enough.');
    expect(headlineOf(verdictOf(300, { connections: [seen, telemetryConnection({ agents: [12] }), telemetryConnection({ agents: [13], connection: 3, name: 'second' })] }), order())).toBe('Unverified: 2 connections could not be seen well enough.');
    const waits = looked(everySecond(1, 300), (s) => clearSight(s, { open: [run('run-1', 'waiting')] }));
    expect(headlineOf(verdictOf(300, { connections: [looksConnection(waits)] }), order())).toBe('Unverified: work is still open that may go on.');
  });

  it('changes only when something happened, because it is stored', () => {
    const said = everySecond(2, 89).map((s) => headlineOf(verdictOf(s), order()));
    expect(new Set(said)).toEqual(new Set(['Stopping: no act seen since 13:30:00 UTC; 90 s of silence are needed.']));
    expect(headlineOf(verdictOf(3, { answeredUs: null }), order(['reported', 'sending']))).toBe('Stopping: 1 of 2 levers answered.');
    expect(headlineOf(verdictOf(3, { answeredUs: null }), order(['sending']))).toBe('Stopping: the lever has not answered yet.');
    expect(headlineOf(verdictOf(3, { connections: [looksConnection(looked([1, 2, 3], (s) => clearSight(s, { open: [run('run-1')] })))] }), order())).toBe('Stopping: open work is still shown.');
    const levers = everySecond(2, 89).map((s) => JSON.stringify(verdictOf(s).levers));
    expect(new Set(levers).size).toBe(1);
  });

  it('says before anything is judged that nothing was', () => {
    expect(headlineBefore('waiting_second')).toBe('Nothing was sent: it waits for the second operator.');
    expect(headlineBefore('withdrawn')).toBe('Given up before anything was sent.');
    expect(headlineBefore('stopping')).toBe('Stopping: no lever has answered yet.');
  });
});
