import { describe, expect, it } from 'vitest';
import { TaskMemory } from './stop-memory.ts';
import { readTask, wireState } from './task.ts';
import type { State, WireTask } from './task.ts';

const t0 = Date.parse('2026-11-20T10:00:00.000Z') * 1_000;
const s = 1_000_000;
const all = (): boolean => true;

function task(state: State, atUs: number | null, { says = '', artifacts = 0, id = 'a' }: { readonly says?: string; readonly artifacts?: number; readonly id?: string } = {}): WireTask {
  const history = says === '' ? [] : [{ messageId: says, role: 'ROLE_AGENT', parts: [{ text: says }] }];
  return readTask({ id, status: { state: wireState(state), ...(atUs === null ? {} : { timestamp: new Date(atUs / 1_000).toISOString() }) }, history, artifacts: Array.from({ length: artifacts }, (_, n) => ({ artifactId: `${n}` })) })!;
}

const at = (us: number, whole = false) => ({ fromUs: us - 10_000, toUs: us, whole });
const signs = (memory: TaskMemory, sinceUs: number) => memory.signs(sinceUs, all).map(({ atUs }) => (atUs - t0) / s);

describe('signs', () => {
  it('are changes that came after, by the server\'s time', () => {
    const memory = new TaskMemory();
    memory.see(task('working', t0 - 5 * s), at(t0 - 1 * s));
    memory.see(task('working', t0 - 5 * s), at(t0 + 1 * s));
    expect(signs(memory, t0)).toEqual([]);
    memory.see(task('working', t0 + 1.4 * s), at(t0 + 2 * s));
    memory.see(task('completed', t0 + 2.1 * s), at(t0 + 3 * s));
    expect(signs(memory, t0)).toEqual([1.4, 2.1]);
    expect(signs(memory, t0 + 2 * s)).toEqual([2.1]);
  });

  it('are dated by the look where the server\'s clock is another one', () => {
    for (const skew of [-60 * s, 60 * s]) {
      const memory = new TaskMemory();
      memory.see(task('working', t0 - 5 * s + skew), at(t0 - 1 * s));
      expect(signs(memory, t0)).toEqual([]);
      memory.see(task('working', t0 + 1 * s + skew), at(t0 + 2 * s));
      expect(signs(memory, t0)).toEqual([2]);
    }
  });

  it('are none for a cancellation, nor for an end that brought nothing', () => {
    for (const state of ['canceled', 'failed', 'rejected'] as const) {
      const memory = new TaskMemory();
      memory.see(task('working', t0 - 5 * s), at(t0 - 1 * s));
      memory.see(task(state, t0 + 1 * s), at(t0 + 2 * s));
      expect(signs(memory, t0)).toEqual([]);
    }
  });

  it('show a task that goes on after it was called cancelled', () => {
    const memory = new TaskMemory();
    memory.see(task('working', t0 - 5 * s), at(t0 - 1 * s));
    memory.see(task('canceled', t0 + 1 * s, { artifacts: 1 }), at(t0 + 2 * s, true));
    memory.see(task('canceled', t0 + 1 * s, { artifacts: 2 }), at(t0 + 3 * s, true));
    memory.see(task('canceled', t0 + 1 * s, { artifacts: 2, says: 'more' }), at(t0 + 4 * s, true));
    expect(signs(memory, t0)).toEqual([3, 4]);
    memory.see(task('working', t0 + 4.5 * s, { says: 'more' }), at(t0 + 5 * s));
    expect(memory.signs(t0, all).at(-1)?.what).toContain('after it was shown as canceled');
    expect(memory.openRuns('agent', all)).toMatchObject([{ id: 'a', state: 'running' }]);
    expect(memory.opaque(t0, 'agent', all)).toEqual([]);
  });

  it('are also what began after it and was never seen open', () => {
    const memory = new TaskMemory();
    memory.see(task('completed', t0 + 1 * s), at(t0 + 2 * s));
    memory.see(task('completed', t0 - 60 * s, { id: 'old' }), at(t0 + 2 * s));
    expect(memory.signs(t0, all).map(({ run }) => run)).toEqual(['a']);
  });
});

it('dates a task that was named no later than it was named', () => {
  const memory = new TaskMemory();
  memory.see(task('working', t0 + 5 * s), at(t0 + 6 * s));
  expect(memory.openRuns('agent', all)[0]?.sinceUs).toBe(t0 + 5 * s);
  memory.knownBy(['a', 'unknown'], t0);
  memory.see(task('working', t0 + 7 * s), at(t0 + 8 * s));
  expect(memory.openRuns('agent', all)[0]?.sinceUs).toBe(t0);
});

describe('what ended by word only', () => {
  const opaque = (memory: TaskMemory) => memory.opaque(t0, 'agent', all).map(({ run }) => run);

  it('is what was cancelled while it was under way, also where nobody saw it before', () => {
    const memory = new TaskMemory();
    memory.see(task('working', t0 - 5 * s), at(t0 - 1 * s));
    memory.see(task('canceled', t0 + 1 * s), at(t0 + 2 * s));
    memory.see(task('canceled', t0 + 1 * s, { id: 'unseen' }), at(t0 + 2 * s));
    memory.see(task('canceled', t0 - 60 * s, { id: 'long ago' }), at(t0 + 2 * s));
    expect(opaque(memory)).toEqual(['a', 'unseen']);
  });

  it('is not what waited for a person, nor what came to its own end', () => {
    const memory = new TaskMemory();
    memory.see(task('input-required', t0 - 5 * s, { id: 'waits' }), at(t0 - 1 * s));
    memory.see(task('canceled', t0 + 1 * s, { id: 'waits' }), at(t0 + 2 * s));
    memory.see(task('working', t0 - 5 * s, { id: 'done' }), at(t0 - 1 * s));
    memory.see(task('completed', t0 + 1 * s, { id: 'done' }), at(t0 + 2 * s));
    expect(opaque(memory)).toEqual([]);
  });

  it('is what failed because it was to be cancelled, and what the server forgot', () => {
    const memory = new TaskMemory();
    for (const id of ['asked', 'by itself', 'forgotten']) memory.see(task('working', t0 - 5 * s, { id }), at(t0 - 1 * s));
    memory.ask(['asked']);
    for (const id of ['asked', 'by itself']) memory.see(task('failed', t0 + 1 * s, { id }), at(t0 + 2 * s));
    memory.lose('forgotten', t0 + 2 * s);
    expect(opaque(memory)).toEqual(['asked', 'forgotten']);
    expect(memory.openRuns('agent', all)).toEqual([]);
  });

  it('stays bounded, whatever a server lists', () => {
    const memory = new TaskMemory();
    for (let n = 0; n < 20_000; n++) memory.see(task('working', t0, { id: `t${n}` }), at(t0 + n));
    expect(memory.openRuns('agent', all).length).toBeLessThanOrEqual(6_000);
    expect(memory.openRuns('agent', all).at(-1)?.id).toBe('t19999');
  });
});
