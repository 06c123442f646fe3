import { describe, expect, it } from 'vitest';
import { RunBook, Scope } from './run-book.ts';
import type { KnownRun } from './run-book.ts';
import { StateTrails, underWayOf } from './state-trails.ts';
import type { UnderWay } from './state-trails.ts';
import { aRun, aState, usAt } from './test-facts.ts';
import type { StateFacts } from './test-facts.ts';

const nowMs = usAt(100) / 1_000;

function known(status: string, kwargs: Record<string, unknown>, first = 'running'): { run: KnownRun; book: RunBook } {
  const book = new RunBook();
  book.take('t-1', null, [aRun('r-1', first, [10, 10], kwargs)], nowMs);
  book.take('t-1', null, status === 'gone' ? [] : [aRun('r-1', status, [10, 20], kwargs)], nowMs);
  const run = book.run('r-1');
  if (run === undefined) throw new Error('not known');
  return { run, book };
}

function reading(run: KnownRun, states: readonly StateFacts[], { whole = true, neverBegan = false } = {}): UnderWay {
  const trails = new StateTrails();
  trails.take('t-1', states.map(aState), whole, nowMs);
  const trail = trails.of('t-1');
  if (trail === undefined) throw new Error('not kept');
  return underWayOf(run, trail, neverBegan);
}

const input = { input: { acts: 3 } };
const step = (id: string, seconds: number, tasks: readonly object[], run = 'r-1', source = 'loop'): StateFacts => ({ id, run, seconds, tasks, source });

describe('what was under way when a run was broken off', () => {
  it('is the steps after its newest state, of which nothing says that they ended', () => {
    const { run } = known('interrupted', input);
    expect(reading(run, [step('a', 12, [{ name: 'read' }]), step('b', 15, [{ name: 'write' }, { name: 'check', result: {} }])])).toEqual({ steps: ['write'], sinceUs: usAt(15) });
    expect(reading(run, [step('b', 15, [])])).toBe('nothing');
    expect(reading(run, [step('b', 15, [{ name: 'write', error: '{"name":"TypeError","message":"no"}' }])])).toBe('nothing');
    expect(reading(run, [step('b', 15, [{ name: 'write', error: '{"name":"AbortError","message":"aborted"}' }])])).toMatchObject({ steps: ['write'] });
    expect(reading(run, [step('b', 15, [{ name: 'write', error: '{"name":"Error","message":"interrupt"}' }, { name: 'ask', interrupts: [{ id: 'i', value: 1 }] }])])).toMatchObject({ steps: ['write'] });
    expect(reading(run, [step('b', 15, [{ name: 'ask', interrupts: [{ id: 'i', value: 1 }] }])])).toBe('nothing');
    expect(reading(run, [step('b', 15, [{ name: 'write', error: '{"name":"TypeError","message":"no"}' }, { name: 'beside' }])])).toMatchObject({ steps: ['beside'] });
  });

  it('is nothing when it never began, which its first state would tell', () => {
    const { run } = known('interrupted', input, 'pending');
    expect(reading(run, [])).toBe('nothing');
    // What another run left on the thread is not its own.
    expect(reading(run, [step('o', 5, [{ name: 'question' }], 'r-0')])).toBe('nothing');
  });

  it('is what stood before it when it goes on from where another stopped', () => {
    const { run } = known('interrupted', { input: null });
    expect(reading(run, [step('o', 5, [{ name: 'export' }], 'r-0')])).toEqual({ steps: ['export'], sinceUs: usAt(10) });
    expect(reading(run, [step('o', 5, [{ name: 'export' }], 'r-0')], { neverBegan: true })).toBe('nothing');
    expect(reading(run, [step('later', 25, [{ name: 'other' }], 'r-2'), step('o', 5, [{ name: 'export' }], 'r-0')])).toMatchObject({ steps: ['export'] });
  });

  it('is the step that asked, when it goes on from the answer: its state still shows the question', () => {
    const { run } = known('interrupted', { command: { resume: 'yes' } });
    const asked = step('o', 5, [{ name: 'pay', interrupts: [{ id: 'i', value: 1 }] }, { name: 'note', result: {}, interrupts: [{ id: 'j', value: 1 }] }], 'r-0');
    expect(reading(run, [asked])).toEqual({ steps: ['pay'], sinceUs: usAt(10) });
    expect(reading(run, [asked], { neverBegan: true })).toBe('nothing');
  });

  it.each([
    ['deleted with its states', known('gone', input), [], true],
    ['without states of its own kind', known('interrupted', { ...input, temporary: true }), [], true],
    ['that writes them at its end', known('interrupted', { ...input, durability: 'exit' }), [], true],
    ['behind more states than were read', known('interrupted', input), [step('later', 50, [{ name: 'x' }], 'r-2')], false],
  ] as const)('is not known of a run %s', (_title, { run }, states, whole) => {
    expect(reading(run, states, { whole })).toBe('unknown');
  });

  it('is read from a state as it is now: a result can come after it', () => {
    const { run } = known('error', input);
    const trails = new StateTrails();
    trails.take('t-1', [aState(step('b', 15, [{ name: 'write' }]))], true, nowMs);
    trails.take('t-1', [aState(step('b', 15, [{ name: 'write', result: { ok: true } }]))], true, nowMs + 1_000);
    expect(underWayOf(run, trails.of('t-1') ?? { states: [], cut: true, readMs: 0 }, false)).toBe('nothing');
  });
});

describe('the book of runs', () => {
  const agent = new Scope({ agents: ['a-1'], runs: null });

  it('keeps what a run was once seen to be', () => {
    expect(known('interrupted', input).run).toMatchObject({ seen: 'running', status: 'interrupted', endedMs: nowMs });
    expect(known('interrupted', input, 'pending').run).toMatchObject({ seen: 'waiting' });
    expect(known('success', input, 'success').run).toMatchObject({ seen: 'ended' });
  });

  it('knows an open run that is no longer there from one that ended', () => {
    const { book, run } = known('gone', input);
    expect(run).toMatchObject({ status: 'gone', endedMs: nowMs });
    expect(book.openIn(agent)).toEqual([]);
    expect(book.endedIn(agent)).toHaveLength(1);
    const ended = known('success', input).book;
    ended.take('t-1', null, [], nowMs + 5);
    expect(ended.run('r-1')).toMatchObject({ status: 'success' });
  });

  it('knows that a run never began only where another one held its thread until it was cancelled', () => {
    const book = new RunBook();
    const held = (end: number, holders: readonly (readonly [string, number])[]): boolean => {
      const runs = holders.map(([status, to]) => aRun('r-0', status, [5, to]));
      book.take('t-1', null, [...runs, aRun('r-1', 'interrupted', [10, end])], nowMs + 1_000);
      const run = book.run('r-1');
      return run !== undefined && book.neverBegan(run);
    };
    book.tellBefore(aRun('r-1', 'pending', [10, 10]), nowMs);
    // A worker may have taken it between the question and the cancel.
    expect(held(20, [['running', 5]])).toBe(false);
    book.tellBefore(aRun('r-1', 'pending', [10, 10]), nowMs);
    expect([held(20, [['running', 5]]), held(20, [['interrupted', 21]]), held(20, [['interrupted', 19]])]).toEqual([true, true, false]);
    book.tellBefore(aRun('r-1', 'running', [10, 10]), nowMs);
    expect(held(20, [['running', 5]])).toBe(false);
  });

  it('counts runs as meant by their own id, or by their agent', () => {
    const { run } = known('running', input);
    expect([new Scope({ agents: null, runs: null }), agent, new Scope({ agents: null, runs: ['r-1'] }), new Scope({ agents: ['other'], runs: ['r-1'] })].map((scope) => scope.has(run))).toEqual([true, true, true, true]);
    expect([new Scope({ agents: ['other'], runs: null }), new Scope({ agents: [], runs: null }), new Scope({ agents: ['a-1'], runs: ['r-2'] })].map((scope) => scope.has(run))).toEqual([false, false, false]);
  });

  it('forgets ended runs before it fills the memory, and never an open one', () => {
    const book = new RunBook();
    for (let thread = 0; thread < 60; thread++) {
      book.take(`t-${thread}`, null, Array.from({ length: 500 }, (_, at) => ({ ...aRun(`r-${thread}-${at}`, at === 0 ? 'running' : 'success', [1, 2]), thread_id: `t-${thread}` })), nowMs);
    }
    expect(book.openIn(agent)).toHaveLength(60);
    expect(book.endedIn(agent).length).toBeLessThanOrEqual(24_000);
    expect(book.runsOf('t-59')).toHaveLength(500);
  });
});
