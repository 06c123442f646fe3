import { expect, test } from 'vitest';
import { Doubts, nestOf, type Nest } from './doubtful.ts';
import { TestMachine, type Pretended } from './test-machine.ts';
import { Tree } from './tree.ts';

const [unit, elsewhere] = ['0::/desk', '0::/cellar'];
const never = new Set([0, 1, 900]);
/** A container (pid 1), a terminal (50) in it, an agent (100) with a tool (120), Gatehouse (900). */
const usual: readonly Pretended[] = [{ pid: 1, parent: 0, unit }, { pid: 50, parent: 1, unit }, { pid: 100, parent: 50, unit }, { pid: 120, parent: 100, unit }, { pid: 900, parent: 1, unit }];

async function doubted(more: readonly Pretended[], { until = null, nest }: { readonly until?: number | null; readonly nest?: Nest | null } = {}): Promise<number[]> {
  const machine = new TestMachine(...usual, ...more);
  const tree = Tree.of({ pid: 100, start: 's100' });
  tree.take(machine.now(), never);
  const found = await new Doubts(machine).find(machine.now(), { nest: nest === undefined ? await nestOf(machine, tree) : nest, tree, never, until });
  return found.map(({ pid }) => pid);
}

test('who was left to the first process where the tree lives, since it began, may be of it', async () => {
  expect(await doubted([{ pid: 130, parent: 1, unit }])).toEqual([130]);
  // By the hundredth of a second it may be as old as the root that began it.
  expect(await doubted([{ pid: 131, parent: 1, unit, start: 's100' }])).toEqual([131]);
});

test.each<[string, Pretended]>([
  ['lived before the tree began', { pid: 130, parent: 1, unit, start: 's99' }],
  ['lives in another unit', { pid: 130, parent: 1, unit: elsewhere }],
  ['lives in no unit that can be read', { pid: 130, parent: 1 }],
  ['has a parent that would have taken in nobody', { pid: 130, parent: 50, unit }],
  ['was put here from outside of the container', { pid: 130, parent: 0, unit }],
])('nobody who %s', async (_what, one) => {
  expect(await doubted([one])).toEqual([]);
});

test('who is of the tree, or of Gatehouse, is not in doubt', async () => {
  expect(await doubted([])).toEqual([]);
  expect(await doubted([{ pid: 900, parent: 1, unit }])).toEqual([]);
});

test.each(['systemd', 'containerd-shim', 'tini', 'dumb-init', 'catatonit', 'conmon', 's6-svscan', 'runsvdir'])('%s takes in orphans', async (name) => {
  expect(await doubted([{ pid: 60, parent: 1, start: 's60', unit, name }, { pid: 130, parent: 60, unit }])).toEqual([130]);
});

test('so does the first process of a container, whatever its name, and who is no longer in the list', async () => {
  expect(await doubted([{ pid: 60, parent: 1, start: 's60', unit, innerPid: 1 }, { pid: 130, parent: 60, unit }])).toEqual([130]);
  expect(await doubted([{ pid: 130, parent: 77, unit }])).toEqual([130]);
});

test('who was born after the last of the tree was gone is somebody else', async () => {
  expect(await doubted([{ pid: 130, parent: 1, unit }, { pid: 140, parent: 1, unit }], { until: 130 })).toEqual([130]);
});

test('the earliest of several roots counts, though it is gone, and every unit that one of them lives in', async () => {
  const machine = new TestMachine(...usual, { pid: 110, parent: 100, unit: elsewhere });
  const tree = Tree.of({ pid: 90, start: 's90' }, { pid: 100, start: 's100' });
  tree.take(machine.now(), never);
  expect(await nestOf(machine, tree)).toEqual({ units: [unit, elsewhere], since: 90 });
  expect(await nestOf(machine, tree, { units: ['0::/loft'], since: 80 })).toEqual({ units: ['0::/loft', unit, elsewhere], since: 80 });
});

test('where the system tells of no units nobody is in doubt', async () => {
  expect(await doubted([{ pid: 130, parent: 1 }], { nest: null })).toEqual([]);
  const machine = new TestMachine({ pid: 100, parent: 1 });
  const tree = Tree.of({ pid: 100, start: 's100' });
  tree.take(machine.now(), never);
  expect(await nestOf(machine, tree)).toBeNull();
});
