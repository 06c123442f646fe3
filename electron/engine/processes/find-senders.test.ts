import { expect, test, vi } from 'vitest';
import type { BodySample } from './body-sample.ts';
import { FindSenders } from './find-senders.ts';
import type { Found } from './found.ts';
import { SenderBook } from './sender-book.ts';
import { TestMachine, type Pretended } from './test-machine.ts';

const never = (): ReadonlySet<number> => new Set([0, 1]);
const bash = { program: '/usr/bin/bash', title: 'bash', script: '', name: 'bash' };
/** A terminal with an agent (100) that runs another one (120), and one beside (200). */
const usual: readonly Pretended[] = [{ pid: 1, parent: 0 }, { pid: 50, parent: 1, ...bash }, { pid: 100, parent: 50 }, { pid: 120, parent: 100, script: 'sub.js' }, { pid: 200, parent: 50, name: 'code', program: '/usr/bin/code', title: 'code' }];
type Heard = readonly [pid: number, connection: number, sample: Partial<BodySample>];
const named = (...keys: readonly string[]): Partial<BodySample> => ({ agents: keys.map((key) => ({ service: 'desk', key })) });

const find = (agents: readonly string[] | null, ...heard: readonly Heard[]): Promise<Found> => finderFor(new TestMachine(...usual), ...heard).find({ agents, runs: null });

function finderFor(machine: TestMachine, ...heard: readonly Heard[]): FindSenders {
  return finderOf(machine, () => Promise.resolve(), heard);
}

function finderOf(machine: TestMachine, settled: () => Promise<void>, heard: readonly Heard[]): FindSenders {
  const book = new SenderBook();
  for (const [pid, connection, sample] of heard) {
    const proc = machine.now().get(pid);
    if (proc !== undefined) book.note(proc, connection, { agents: [], services: ['desk'], unnamed: [], resources: [], more: false, ...sample }, 'x', pid);
  }
  const follow = (): Promise<ReturnType<TestMachine['now']>> => {
    book.follow(machine.now(), never());
    return Promise.resolve(machine.now());
  };
  return new FindSenders({ connection: 7, machine, book, senders: { settled, follow }, never, servers: () => Promise.resolve([new URL('http://127.0.0.1:2024')]) });
}
const told = ({ subjects }: Found): unknown[] => subjects.map(({ leverId, agent, alsoHits, tree }) => [leverId, tree.alive().map(({ pid }) => pid), agent, alsoHits.map((hit) => `${hit.agent ?? '?'}: ${hit.name}`)]);

test('an agent of its own is ended with what it started', async () => {
  expect(told(await find(['a'], [100, 7, named('a')]))).toEqual([['process.end', [100, 120], 'a', []]]);
});

test('an agent that runs below another one hits it alone; the one above hits both', async () => {
  const both: Heard[] = [[100, 7, named('a')], [120, 7, named('b')]];
  expect(told(await find(['b'], ...both))).toEqual([['process.end', [120], 'b', []]]);
  expect(told(await find(['a'], ...both))).toEqual([['process.end-shared', [100, 120], 'a', ['b: b']]]);
  expect(told(await find(['a', 'b'], ...both))).toEqual([['process.end', [100, 120], null, []]]);
});

test('one that also sends to another connection hits whom that one knows', async () => {
  const both: Heard[] = [[100, 7, named('a')], [100, 8, named('c')]];
  expect(told(await find(['a'], ...both))).toEqual([['process.end-shared', [100, 120], 'a', ['?: c']]]);
  expect(told(await find(null, ...both))).toEqual([['process.end-shared', [100, 120], 'a', ['?: c']]]);
});

test('one that also sends for a service without agents, or is an editor, is shared', async () => {
  expect(told(await find(['a'], [100, 7, { ...named('a'), services: ['desk', 'shop'] }]))).toEqual([['process.end-shared', [100, 120], 'a', ['?: service shop']]]);
  expect(told(await find(['a'], [200, 7, named('a')]))).toEqual([['process.end-shared', [200], 'a', ['?: what else is open in code']]]);
});

test('one that serves a connected runtime is everybody\'s, though it sends for one agent only', async () => {
  const machine = new TestMachine(...usual);
  machine.owners.set(2024, [120]);
  expect(told(await finderFor(machine, [100, 7, named('a')]).find({ agents: ['a'], runs: null }))).toEqual([['process.end-shared', [100, 120], 'a', ['?: everybody who uses 127.0.0.1:2024']]]);
});

test('a service whose records name nobody is the agent of that name', async () => {
  expect(told(await find(['desk'], [100, 7, { unnamed: ['desk'] }]))).toEqual([['process.end', [100, 120], 'desk', []]]);
  expect(told(await find(['desk'], [100, 7, { ...named('desk/a'), unnamed: ['desk'] }]))).toEqual([]);
});

test('nobody is found for an agent that no process was heard as, nor on another connection', async () => {
  expect(await find(['z'], [100, 7, named('a')])).toEqual({ subjects: [], notes: [], others: [], elsewhere: [], missing: null });
  expect(await find(['a'], [100, 8, named('a')])).toEqual({ subjects: [], notes: [], others: [], elsewhere: [], missing: null });
});

test('what an agent left behind is still its, if it was proven while it lived', async () => {
  const machine = new TestMachine(...usual);
  const finder = finderFor(machine, [100, 7, named('a')]);
  expect(told(await finder.find({ agents: ['a'], runs: null }))).toEqual([['process.end', [100, 120], 'a', []]]);
  machine.pretended.delete(100);
  machine.add({ pid: 120, parent: 1, script: 'sub.js' });
  expect(told(await finder.find({ agents: ['a'], runs: null }))).toEqual([['process.end', [120], 'a', []]]);
  machine.pretended.delete(120);
  expect(told(await finder.find({ agents: ['a'], runs: null }))).toEqual([]);
});

test('look-ups that wait for each other on a busy machine do not hold a stop: who is known is found, and what may be missing is said', async () => {
  vi.useFakeTimers();
  try {
    const finding = finderOf(new TestMachine(...usual), () => new Promise(() => undefined), [[100, 7, named('a')]]).find({ agents: ['a'], runs: null });
    await vi.advanceTimersByTimeAsync(1_000);
    const found = await finding;
    expect(told(found)).toEqual([['process.end', [100, 120], 'a', []]]);
    expect(found.notes).toEqual([expect.stringContaining('still being looked up')]);
  } finally {
    vi.useRealTimers();
  }
});
