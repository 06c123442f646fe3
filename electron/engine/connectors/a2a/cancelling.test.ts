import { describe, expect, it } from 'vitest';
import { RuntimeFault } from '../connector.ts';
import { cancelAll } from './cancelling.ts';
import type { CancelCalls, CancelTimes } from './cancelling.ts';
import { operationFault } from './link.ts';
import { readTask, wireState } from './task.ts';
import type { State, WireTask } from './task.ts';

const times: CancelTimes = { callMs: 80, askMs: 50, allMs: 2_000 };
const task = (id: string, state: State): WireTask => readTask({ id, status: { state: wireState(state) } })!;
const hang = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => { signal.addEventListener('abort', () => reject(signal.reason as Error)); });
const ids = (n: number): string[] => Array.from({ length: n }, (_, i) => `t${i}`);
const never = (): AbortSignal => new AbortController().signal;

interface Server extends CancelCalls { readonly cancelled: string[] }

function server({ cancel, get = (id) => Promise.resolve(task(id, 'working')) }: { readonly cancel: (id: string, signal: AbortSignal, nth: number) => Promise<WireTask>; readonly get?: CancelCalls['get'] }): Server {
  const cancelled: string[] = [];
  return { cancelled, cancel: (id, signal) => { cancelled.push(id); return cancel(id, signal, cancelled.filter((one) => one === id).length); }, get };
}

const pull = (calls: CancelCalls, wanted: readonly string[], more: Partial<CancelTimes> = {}, signal = never()) => cancelAll(calls, wanted, signal, () => undefined, { ...times, ...more });

describe('what a server says to a cancellation', () => {
  it.each([
    ['the task, cancelled', 'canceled', 'stopped'], ['the task, still at work', 'working', 'accepted'], ['the task, waiting', 'input-required', 'accepted'], ['a state that nobody knows', 'unknown', 'accepted'], ['the task, at its end', 'completed', 'nothing_to_stop'],
  ] as const)('%s', async (_name, state, reported) => {
    expect(await pull(server({ cancel: (id) => Promise.resolve(task(id, state)) }), ['a'])).toMatchObject({ reported, complete: true, runs: [{ reported }] });
  });

  it.each([
    ['nothing, and the task goes on', () => hang, 'working', 'accepted', true],
    ['nothing, and the task is cancelled', () => hang, 'canceled', 'stopped', true],
    ['that it cannot be cancelled, though it goes on', () => () => Promise.reject(operationFault(-32_002, 'no')), 'working', 'refused', false],
    ['that it cannot be cancelled, since it is over', () => () => Promise.reject(operationFault(-32_002, 'no')), 'failed', 'nothing_to_stop', true],
    ['that it knows no such operation', () => () => Promise.reject(operationFault(-32_601, 'no')), 'working', 'refused', false],
    ['that it knows no such task', () => () => Promise.reject(operationFault(-32_001, 'no')), 'working', 'refused', false],
    ['something that is no task, and the task is cancelled', () => () => Promise.reject(new RuntimeFault('garbage', 'It gave an answer that is not JSON.')), 'canceled', 'stopped', true],
    ['nothing any more, after it did it', () => () => Promise.reject(new RuntimeFault('unreachable', 'It broke the connection off.')), 'canceled', 'stopped', true],
  ] as const)('%s', async (_name, cancel, state, reported, complete) => {
    const reply = await pull(server({ cancel: (_id, signal) => cancel()(signal), get: (id) => Promise.resolve(task(id, state)) }), ['a']);
    expect(reply).toMatchObject({ reported, complete, runs: [{ reported }] });
    expect(reply.text).not.toBe('');
  });

  it.each([new RuntimeFault('garbage', 'It gave an answer that is not JSON.'), new RuntimeFault('runtime_error', 'It failed.')])('makes no answer of %s while the task goes on', async (fault) => {
    await expect(pull(server({ cancel: () => Promise.reject(fault) }), ['a'])).rejects.toBe(fault);
  });

  it('never calls it stopped, whatever else it answers', async () => {
    for (const state of ['submitted', 'working', 'completed', 'failed', 'rejected', 'input-required', 'auth-required', 'unknown'] as const) {
      expect((await pull(server({ cancel: (id) => Promise.resolve(task(id, state)) }), ['a'])).reported).not.toBe('stopped');
      expect((await pull(server({ cancel: (_id, signal) => hang(signal), get: (id) => Promise.resolve(task(id, state)) }), ['a'])).reported).not.toBe('stopped');
    }
  });

  it('tells the worst of many, with counts', async () => {
    const states: Record<string, State> = { t0: 'canceled', t1: 'canceled', t2: 'working', t3: 'completed' };
    const reply = await pull(server({ cancel: (id) => Promise.resolve(task(id, states[id]!)) }), ids(4));
    expect(reply).toMatchObject({ reported: 'accepted', text: 'Asked to cancel 4 tasks: 1 had ended before, 2 reported as cancelled, 1 taken, but still at work.' });
    expect(await pull(server({ cancel: () => hang(never()) }), [])).toMatchObject({ reported: 'nothing_to_stop', text: 'It shows no open task.', complete: true });
  });
});

describe('a server in trouble', () => {
  it('is for the engine to wait for where nothing went through', async () => {
    const calls = server({ cancel: () => Promise.reject(new RuntimeFault('throttled', 'It asks us to wait.', { retryAfterMs: 7_000 })) });
    await expect(pull(calls, ids(3))).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: 7_000 });
    expect(calls.cancelled).toHaveLength(3);
  });

  it('is asked again for the few that failed among many', async () => {
    const calls = server({ cancel: (id, _signal, nth) => (id === 't1' && nth === 1 ? Promise.reject(new RuntimeFault('runtime_error', 'It failed.')) : Promise.resolve(task(id, 'canceled'))) });
    expect(await pull(calls, ids(3))).toMatchObject({ reported: 'stopped', complete: true });
    expect(calls.cancelled).toHaveLength(4);
  });

  it('is not called done where one of them brought no word', async () => {
    const calls = server({ cancel: (id) => (id === 't1' ? Promise.reject(new RuntimeFault('unreachable', 'It broke off.')) : Promise.resolve(task(id, 'canceled'))), get: () => Promise.reject(new RuntimeFault('unreachable', 'gone')) });
    expect(await pull(calls, ids(3), { allMs: 1_000 })).toMatchObject({ complete: false, text: expect.stringContaining('what became of 1 is not known') as string });
  });

  it('is asked no second time with a credential that it refuses', async () => {
    const calls = server({ cancel: (id) => (id === 't1' ? Promise.reject(new RuntimeFault('forbidden', 'It lacks the right.')) : Promise.resolve(task(id, 'canceled'))) });
    expect(await pull(calls, ids(3))).toMatchObject({ complete: false });
    expect(calls.cancelled).toHaveLength(3);
  });

  it('holds nobody up who does not hang', async () => {
    const done: string[] = [];
    const calls = server({ cancel: (id, signal) => (Number(id.slice(1)) < 20 ? hang(signal) : Promise.resolve(task(id, 'canceled')).then((one) => { done.push(id); return one; })) });
    const beganMs = performance.now();
    const reply = await pull(calls, ids(40), { callMs: 1_500, allMs: 10_000 });
    expect(performance.now() - beganMs).toBeLessThan(4_500);
    expect(done).toHaveLength(20);
    expect(reply.text).toContain('20 reported as cancelled, 20 taken, but still at work');
  });

  it('ends before its time is up, and says how many were not asked', async () => {
    const reply = await pull(server({ cancel: (_id, signal) => hang(signal) }), ids(100), { allMs: 100 });
    expect(reply.complete).toBe(false);
    expect(reply.text).toMatch(/\d+ were not asked, since the time was up/);
  });

  it('ends with its signal', async () => {
    const ended = new AbortController();
    const pulling = pull(server({ cancel: (_id, signal) => hang(signal) }), ids(5), { callMs: 60_000 }, ended.signal);
    setTimeout(() => ended.abort(), 30);
    await expect(pulling).rejects.toMatchObject({ name: 'AbortError' });
  });
});
