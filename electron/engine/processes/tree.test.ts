import { expect, test } from 'vitest';
import { readSnapshot, writeSnapshot } from './saved-tree.ts';
import { procOf, processesOf } from './test-machine.ts';
import { neverSignalled, Tree } from './tree.ts';

const never = new Set([1]);
const pids = (tree: Tree): number[] => tree.alive().map(({ pid }) => pid);
const root = procOf({ pid: 100, parent: 50 });

test('takes in everything below its root, parents first, and nothing beside it', () => {
  const tree = Tree.of(root);
  tree.take(processesOf({ pid: 50, parent: 1 }, { pid: 99, parent: 50 }, { pid: 100, parent: 50 }, { pid: 130, parent: 120 }, { pid: 120, parent: 100 }), never);
  expect(pids(tree)).toEqual([100, 120, 130]);
});

test('keeps a child that was seen before its parent died, and what that child starts then', () => {
  const tree = Tree.of(root);
  tree.take(processesOf({ pid: 100, parent: 50 }, { pid: 120, parent: 100, session: 120 }), never);
  tree.take(processesOf({ pid: 120, parent: 1, session: 120 }, { pid: 140, parent: 120, session: 140 }), never);
  expect(pids(tree)).toEqual([120, 140]);
});

test.each(['session', 'group'] as const)('knows by its %s a process whose parent came and went between two looks', (by) => {
  const tree = Tree.of(root);
  tree.take(processesOf({ pid: 1, parent: 0 }, { pid: 100, parent: 50 }, { pid: 120, parent: 100, [by]: 120 }), never);
  tree.take(processesOf({ pid: 1, parent: 0 }, { pid: 150, parent: 1, [by]: 120 }), never);
  expect(pids(tree)).toEqual([150]);
  tree.take(processesOf({ pid: 1, parent: 0 }, { pid: 160, parent: 1, [by]: 120 }), never);
  expect(pids(tree)).toEqual([160]);
});

test('knows who was born in a session that it opened before it was first looked at', () => {
  const tree = Tree.of(root);
  tree.take(processesOf({ pid: 100, parent: 50, session: 100 }, { pid: 150, parent: 1, session: 100 }), never);
  expect(pids(tree)).toEqual([100, 150]);
});

test('a group in which others live proves nothing, nor does one that was its own long ago', () => {
  const tree = Tree.of(root);
  tree.take(processesOf({ pid: 99, parent: 50, group: 99 }, { pid: 100, parent: 50, group: 99 }), never);
  tree.take(processesOf({ pid: 99, parent: 50, group: 99 }, { pid: 150, parent: 1, group: 99 }), never);
  expect(pids(tree)).toEqual([]);
  const old = Tree.of(root);
  old.take(processesOf({ pid: 100, parent: 50, group: 100 }), never, 1_000);
  old.take(processesOf({ pid: 150, parent: 1, group: 100 }), never, 62_000);
  expect(pids(old)).toEqual([]);
});

test('does not take the session that it was itself started in for its own', () => {
  const tree = Tree.of(procOf({ pid: 100, parent: 50, session: 50 }));
  tree.take(processesOf({ pid: 50, parent: 1, session: 50 }, { pid: 100, parent: 50, session: 50 }, { pid: 101, parent: 50, session: 50 }), never);
  expect(pids(tree)).toEqual([100]);
});

test('a number that was given to another process is nobody of it: as root, as child, as session', () => {
  const tree = Tree.of(root);
  tree.take(processesOf({ pid: 100, parent: 50 }, { pid: 120, parent: 100, session: 120 }), never);
  tree.take(processesOf({ pid: 100, parent: 50, start: 'other' }, { pid: 101, parent: 100 }, { pid: 120, parent: 1, start: 'other', session: 120 }, { pid: 121, parent: 120, session: 120 }), never);
  expect(pids(tree)).toEqual([]);
});

test('forgets session and group as soon as nobody lives in them', () => {
  const tree = Tree.of(root);
  tree.take(processesOf({ pid: 100, parent: 50 }, { pid: 120, parent: 100, session: 120 }), never);
  tree.take(processesOf({ pid: 100, parent: 50 }), never);
  tree.take(processesOf({ pid: 100, parent: 50 }, { pid: 500, parent: 1, session: 120 }), never);
  expect(pids(tree)).toEqual([100]);
});

test('a parent younger than its child is another process under an old number', () => {
  const tree = Tree.of(root);
  tree.take(processesOf({ pid: 100, parent: 50, startedMs: 900 }, { pid: 120, parent: 100, startedMs: 800 }), never);
  expect(pids(tree)).toEqual([100]);
});

test('follows nobody who must never be signalled, nor what that one started', () => {
  const tree = Tree.of(root);
  tree.take(processesOf({ pid: 100, parent: 50 }, { pid: 120, parent: 100 }, { pid: 121, parent: 120 }), new Set([1, 120]));
  expect(pids(tree)).toEqual([100]);
});

test('never signalled: the first process, ourselves, who started us and what we started', () => {
  const all = processesOf({ pid: 1, parent: 0 }, { pid: 10, parent: 1 }, { pid: 20, parent: 10 }, { pid: 30, parent: 20 }, { pid: 31, parent: 30, session: 31 }, { pid: 11, parent: 1 }, { pid: 21, parent: 10 });
  expect([...neverSignalled(20, all)].toSorted((a, b) => a - b)).toEqual([0, 1, 10, 20, 30, 31]);
});

test('is the same after it was kept as text; a text that names anything else is refused', () => {
  const tree = Tree.of(root);
  tree.take(processesOf({ pid: 100, parent: 50 }, { pid: 120, parent: 100, session: 120 }), never);
  const text = writeSnapshot(tree, 5_000.4);
  const read = readSnapshot(text);
  expect(read).toMatchObject({ atMs: 5_000, whole: true });
  read?.tree.take(processesOf({ pid: 120, parent: 1, session: 120 }, { pid: 150, parent: 1, session: 120 }), never);
  expect(read === null ? [] : pids(read.tree)).toEqual([120, 150]);
  for (const bad of ['', '{}', 'null', '[]', text.replace('"pid":100', '"pid":1'), text.replace('"pid":100', '"pid":-5'), text.replace('"start":"s100"', '"start":""'), text.replace('"v":1', '"v":2')]) expect([bad, readSnapshot(bad)]).toEqual([bad, null]);
});
