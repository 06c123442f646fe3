import { expect, test } from 'vitest';
import { fakeLog } from './test-log.ts';
import type { BodySample } from './body-sample.ts';
import type { Owners } from './machine.ts';
import { SenderBook } from './sender-book.ts';
import { Senders } from './sender-watch.ts';
import { TestMachine } from './test-machine.ts';

const sample: BodySample = { agents: [{ service: 'coder', key: 'coder/one' }], services: ['coder'], unnamed: [], resources: [], more: false };
const never = (): ReadonlySet<number> => new Set([0, 1]);

function begin() {
  const machine = new TestMachine({ pid: 1, parent: 0 }, { pid: 50, parent: 1 }, { pid: 100, parent: 50 }, { pid: 120, parent: 100 });
  machine.owners.set(40_000, [100]);
  const book = new SenderBook();
  return { machine, book, senders: new Senders(machine, book, fakeLog(), never) };
}
const owners = (...pids: readonly number[]): Owners => ({ pids, holds: (pid) => Promise.resolve(pids.includes(pid)) });
const socket = (remotePort = 40_000) => ({ localPort: 4318, remotePort, localAddress: '127.0.0.1', remoteAddress: '127.0.0.1' });

test('looks a socket up once, reads its first bodies and then one in ten seconds', async () => {
  const { machine, book, senders } = begin();
  const one = socket();
  let read = 0;
  for (let ms = 0; ms < 60_000; ms += 10) {
    const ticket = senders.body(one, 'x', 7, ms);
    if (ticket === null) continue;
    read++;
    ticket.told(sample);
    await senders.settled();
  }
  expect(read).toBe(4 + 5);
  // Once to find it, once more to be sure that its number did not change hands.
  expect(machine.lookUps).toBe(2);
  expect(book.of(7).map(({ pin, said }) => [pin, [...(said.get(7)?.agents.keys() ?? [])]])).toEqual([[{ pid: 100, start: 's100' }, ['coder/one']]]);
});

test('only the first body of a socket waits for the look-up', async () => {
  const { machine, senders } = begin();
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => { go = resolve; });
  machine.ownersOf = () => held.then(() => owners(100));
  const one = socket();
  const order: string[] = [];
  const first = senders.body(one, 'x', 7, 0)?.looked.then(() => order.push('first'));
  await senders.body(one, 'x', 7, 1)?.looked.then(() => order.push('second'));
  go();
  await first;
  expect(order).toEqual(['second', 'first']);
  await senders.settled();
});

/** Answers for each socket when it is told to. */
function heldBack(machine: TestMachine) {
  const asked: number[] = [];
  const answers = new Map<number, (found: Owners) => void>();
  machine.ownersOf = ({ remotePort }) => new Promise((resolve) => {
    asked.push(remotePort);
    answers.set(remotePort, resolve);
  });
  return { asked, answer: (remotePort: number, pid: number) => { answers.get(remotePort)?.(owners(pid)); } };
}
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

test('sockets do not wait for each other, and what they told stands in the order in which it came', async () => {
  const { machine, book, senders } = begin();
  const { asked, answer } = heldBack(machine);
  const slow = senders.body(socket(40_001), 'slow', 7, 0);
  const fast = senders.body(socket(40_002), 'fast', 7, 1);
  slow?.told(sample);
  fast?.told({ ...sample, agents: [{ service: 'coder', key: 'coder/two' }] });
  await turn();
  expect(asked).toEqual([40_001, 40_002]);
  answer(40_002, 100);
  await fast?.looked;
  expect(book.size).toBe(0);
  answer(40_001, 100);
  await senders.settled();
  expect(book.all().map(({ userAgent, said }) => [userAgent, [...(said.get(7)?.agents.keys() ?? [])]])).toEqual([['fast', ['coder/one', 'coder/two']]]);
});

test('one after the other where each look-up starts programs', async () => {
  const { machine, book } = begin();
  machine.parallelLookUps = 1;
  const { asked, answer } = heldBack(machine);
  const senders = new Senders(machine, book, fakeLog(), never);
  const [, second] = [senders.body(socket(40_001), 'x', 7, 0), senders.body(socket(40_002), 'x', 7, 0)];
  await turn();
  expect(asked).toEqual([40_001]);
  answer(40_001, 100);
  await turn();
  expect(asked).toEqual([40_001, 40_002]);
  answer(40_002, 120);
  await second?.looked;
});

test('one whose look-up fails keeps no other from being known', async () => {
  const { machine, book } = begin();
  const said: string[] = [];
  const senders = new Senders(machine, book, { ...fakeLog(), error: (message) => { said.push(message); } }, never);
  const { ownersOf } = machine;
  machine.ownersOf = (ends) => (ends.remotePort === 40_001 ? Promise.reject(new Error('no table')) : ownersOf.call(machine, ends));
  senders.body(socket(40_001), 'x', 7, 0)?.told(sample);
  senders.body(socket(40_000), 'x', 7, 0)?.told(sample);
  await senders.settled();
  expect([said, book.all().map(({ pin }) => pin.pid)]).toEqual([['a sender could not be looked up'], [100]]);
});

test('takes nobody for a sender who let go of the socket while its start was read', async () => {
  const { machine, book, senders } = begin();
  machine.ownersOf = () => Promise.resolve({ pids: [100], holds: () => Promise.resolve(false) });
  senders.body(socket(), 'x', 7, 0)?.told(sample);
  await senders.settled();
  expect([book.size, book.elsewhere(7, null, 0)]).toEqual([0, []]);
});

test('looks again when the process behind a socket is another one', async () => {
  const { machine, book, senders } = begin();
  const one = socket();
  senders.body(one, 'x', 7, 0)?.told(sample);
  await senders.settled();
  machine.add({ pid: 100, parent: 50, start: 'other' });
  machine.owners.set(40_000, [120]);
  senders.body(one, 'x', 7, 1)?.told(sample);
  await senders.settled();
  expect(book.all().map(({ pin }) => pin)).toEqual([{ pid: 100, start: 's100' }, { pid: 120, start: 's120' }]);
});

test('a socket that a child was born with is of the one above', async () => {
  const { machine, book, senders } = begin();
  machine.owners.set(40_001, [120, 100]);
  senders.body(socket(40_001), 'x', 7, 0)?.told(sample);
  await senders.settled();
  expect(book.all().map(({ pin }) => pin.pid)).toEqual([100]);
});

test.each<[string, number[]]>([['nobody', []], ['two that have nothing to do with each other', [100, 60]]])('knows no sender when the socket is held by %s', async (_what, owners) => {
  const { machine, book, senders } = begin();
  machine.add({ pid: 60, parent: 50 });
  machine.owners.set(40_002, owners);
  senders.body(socket(40_002), 'x', 7, 0)?.told(sample);
  await senders.settled();
  expect(book.size).toBe(0);
});

test('a socket for each body does not keep the engine busy', async () => {
  const { machine, senders } = begin();
  for (let at = 0; at < 2_000; at++) {
    senders.body(socket(), 'x', 7, at)?.told(sample);
    if (at % 10 === 0) await senders.settled();
  }
  await senders.settled();
  // 20 at once and 5 a second, each looked at twice.
  expect(machine.lookUps).toBeGreaterThan(0);
  expect(machine.lookUps).toBeLessThanOrEqual(2 * (20 + 10));
});

test('a body without records of anybody says nothing, and one after the end is not read', async () => {
  const { book, senders } = begin();
  senders.body(socket(), 'x', 7, 0)?.told({ ...sample, services: [], agents: [] });
  await senders.close();
  expect(book.size).toBe(0);
  expect(senders.body(socket(), 'x', 7, 1)).toBeNull();
});

test('remembers an agent whose socket nobody is seen to hold, for a day, and not one that has hung up', async () => {
  const { book, senders } = begin();
  senders.body({ ...socket(40_003), readyState: 'open' }, 'x', 7, 0)?.told(sample);
  senders.body({ ...socket(40_004), readyState: 'closed' }, 'x', 7, 0)?.told({ ...sample, agents: [{ service: 'coder', key: 'coder/two' }] });
  await senders.settled();
  const hour = 3_600_000;
  expect(book.elsewhere(7, ['coder/one', 'coder/two'], 23 * hour)).toEqual([{ agent: 'coder/one', lastMs: 0 }]);
  expect([book.elsewhere(7, ['coder/one'], 25 * hour), book.elsewhere(8, null, 0)]).toEqual([[], []]);
});

test('bounds what it remembers of those, whatever they name', () => {
  const { book } = begin();
  for (let at = 0; at < 5_000; at++) book.noteElsewhere(7, [`agent ${at}`], at);
  expect(book.elsewhere(7, null, 5_000)).toHaveLength(512);
});

test('takes nobody for one that nobody is seen to hold because the table of sockets left it out once', async () => {
  const { machine, book, senders } = begin();
  const { ownersOf } = machine;
  machine.ownersOf = () => { machine.ownersOf = ownersOf; return Promise.resolve(owners()); };
  senders.body(socket(), 'x', 7, 0)?.told(sample);
  await senders.settled();
  expect([book.elsewhere(7, null, 0), book.all().map(({ pin }) => pin.pid)]).toEqual([[], [100]]);
});
