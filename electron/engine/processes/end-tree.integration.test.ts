/** Real trees of processes on Linux. Each process that is started here is ended by its number. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endTree, stillThere, type Ended } from './end-tree.ts';
import { LinuxMachine } from './linux-machine.ts';
import type { Proc, Processes } from './machine.ts';
import { readSnapshot, writeSnapshot } from './saved-tree.ts';
import { ancestorsOf, Tree } from './tree.ts';

const machine = new LinuxMachine();
const limits = { graceMs: 600, lookEveryMs: 50, killMs: 1_500 };
/** The processes of the tests are children of the test itself. */
const never = (processes: Processes): ReadonlySet<number> => new Set([0, 1, process.pid, ...ancestorsOf(process.pid, processes).map(({ pid }) => pid)]);

let folder: string;
const started = new Set<number>();

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'gatehouse-tree-')); });
afterEach(() => {
  for (const pid of started) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone, as it should be.
    }
  }
  started.clear();
  rmSync(folder, { recursive: true, force: true });
});

/** Every process of the tests writes its number under a name as soon as it is ready. */
const head = `
  const { spawn } = require('node:child_process');
  const { writeFileSync } = require('node:fs');
  const ready = (name) => writeFileSync(process.env.FOLDER + '/' + name + '.tmp', String(process.pid)) || require('node:fs').renameSync(process.env.FOLDER + '/' + name + '.tmp', process.env.FOLDER + '/' + name);
  const start = (script, options = {}) => spawn(process.execPath, ['-e', process.env.HEAD + script], { stdio: 'ignore', env: process.env, ...options });
  const stay = () => setInterval(() => {}, 1000);
  const deaf = () => process.on('SIGTERM', () => {});
`;

async function begin(script: string, options: { readonly detached?: boolean } = {}): Promise<void> {
  spawn(process.execPath, ['-e', head + script], { stdio: 'ignore', env: { ...process.env, FOLDER: folder, HEAD: head }, detached: options.detached ?? false });
  await pidOf('root');
}

async function pidOf(name: string): Promise<number> {
  const until = Date.now() + 10_000;
  for (;;) {
    try {
      const pid = Number(readFileSync(join(folder, name), 'utf8'));
      started.add(pid);
      return pid;
    } catch {
      if (Date.now() > until) throw new Error(`"${name}" was never ready`);
      await pause(20);
    }
  }
}

async function proc(pid: number): Promise<Proc> {
  const found = await machine.one(pid);
  if (found === null) throw new Error(`process ${pid} is gone`);
  return found;
}

async function treeOf(pid: number): Promise<Tree> {
  const { start } = await proc(pid);
  const tree = Tree.of({ pid, start });
  const processes = await machine.read();
  tree.take(processes, never(processes));
  return tree;
}

const end = (tree: Tree, more: Partial<typeof limits> = {}): Promise<Ended> => endTree({ machine, tree, never, signal: AbortSignal.timeout(8_000), tell: () => undefined, limits: { ...limits, ...more } });
/** '' when it is gone. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  } catch {
    return '';
  }
}

const isGone = async (pid: number): Promise<boolean> => (await machine.one(pid)) === null;

describe.runIf(process.platform === 'linux')('ends a tree', () => {
  test('that ends when it is asked to, without killing, and tells how it goes', async () => {
    await begin(`start("ready('child'); stay();"); ready('root'); stay();`);
    const [root, child] = [await pidOf('root'), await pidOf('child')];
    const told: string[] = [];
    const ended = await endTree({ machine, tree: await treeOf(root), never, signal: AbortSignal.timeout(8_000), tell: (gone, of) => told.push(`${gone}/${of}`), limits });
    expect(ended).toMatchObject({ left: [], killed: 0, born: 0, forbidden: [] });
    expect(ended.all.map(({ pid }) => pid).toSorted((a, b) => a - b)).toEqual([root, child].toSorted((a, b) => a - b));
    expect([told[0], told.at(-1)]).toEqual(['0/2', '2/2']);
    expect([await isGone(root), await isGone(child)]).toEqual([true, true]);
  });

  test('whose child survives the request to end', async () => {
    await begin(`start("deaf(); ready('child'); stay();"); ready('root'); stay();`);
    const [root, child] = [await pidOf('root'), await pidOf('child')];
    const ended = await end(await treeOf(root));
    expect(ended).toMatchObject({ left: [], killed: 1 });
    // The parent went at once, the child only after the grace.
    expect(ended.goneMs.get(root)).toBeLessThan(limits.graceMs);
    expect(ended.goneMs.get(child)).toBeGreaterThanOrEqual(limits.graceMs);
    expect([await isGone(root), await isGone(child)]).toEqual([true, true]);
  });

  test('whose child lives in a session of its own', async () => {
    await begin(`start("deaf(); ready('child'); stay();", { detached: true }); ready('root'); stay();`);
    const [root, child] = [await pidOf('root'), await pidOf('child')];
    expect((await proc(child)).session).toBe(child);
    expect(await end(await treeOf(root))).toMatchObject({ left: [], killed: 1 });
    expect([await isGone(root), await isGone(child)]).toEqual([true, true]);
  });

  test('whose grandchild was left to the first process before the command, but had been seen', async () => {
    await begin(`start("start(\\"deaf(); ready('grandchild'); stay();\\", { detached: true }); ready('child'); process.on('SIGUSR2', () => process.exit()); stay();"); ready('root'); stay();`);
    const [root, child, grandchild] = [await pidOf('root'), await pidOf('child'), await pidOf('grandchild')];
    const tree = await treeOf(root);
    process.kill(child, 'SIGUSR2');
    await expect.poll(() => isGone(child), { timeout: 5_000 }).toBe(true);
    expect((await proc(grandchild)).parent).not.toBe(child);
    expect(await end(tree)).toMatchObject({ left: [], killed: 1 });
    expect([await isGone(root), await isGone(grandchild)]).toEqual([true, true]);
  });

  test('out of the text that an order keeps, when the agent itself is gone already', async () => {
    await begin(`start("deaf(); ready('child'); stay();", { detached: true }); ready('root'); stay();`);
    const [root, child] = [await pidOf('root'), await pidOf('child')];
    const text = writeSnapshot(await treeOf(root), Date.now());
    process.kill(root, 'SIGKILL');
    await expect.poll(() => isGone(root), { timeout: 5_000 }).toBe(true);
    const tree = readSnapshot(text)?.tree ?? Tree.of();
    expect((await stillThere(machine, tree, never, AbortSignal.timeout(5_000))).map(({ pid }) => pid)).toEqual([child]);
    expect(await end(tree)).toMatchObject({ left: [], killed: 1 });
    expect(await stillThere(machine, tree, never, AbortSignal.timeout(5_000))).toEqual([]);
  });

  test('that starts another one the moment it is asked to end, and dies', async () => {
    await begin(`process.on('SIGTERM', () => { start("deaf(); ready('born'); stay();"); setTimeout(() => process.exit(), 0); }); ready('root'); stay();`, { detached: true });
    const root = await pidOf('root');
    const ended = await end(await treeOf(root));
    expect(ended).toMatchObject({ left: [], born: 1 });
    for (const { pid } of ended.all) expect([pid, await isGone(pid)]).toEqual([pid, true]);
  });

  test('that never stops starting others', async () => {
    await begin(`deaf(); setInterval(() => start("deaf(); setTimeout(() => process.exit(), 3000);"), 60); ready('root');`);
    const root = await pidOf('root');
    const tree = await treeOf(root);
    const ended = await end(tree);
    expect(ended.left).toEqual([]);
    expect(ended.born).toBeGreaterThan(1);
    expect(await stillThere(machine, tree, never, AbortSignal.timeout(5_000))).toEqual([]);
  });

  test('and says of one that slipped out of it that it may be of it, without touching it', async () => {
    // A session of its own, and its parents gone at once: nothing that the system says ties it to the tree.
    const long = `3600.${process.pid}`;
    await begin(`process.on('SIGTERM', () => { require('node:child_process').spawnSync('sh', ['-c', 'setsid -f sleep ${long}']); process.exit(); }); ready('root'); stay();`);
    const tree = await treeOf(await pidOf('root'));
    const ended = await end(tree, { graceMs: 300 });
    expect(ended.left).toEqual([]);
    const slipped = [...(await machine.read()).values()].filter(({ pid }) => commandOf(pid) === `sleep ${long}`);
    for (const { pid } of slipped) started.add(pid);
    // Either a look fell between its birth and its parent's death, and it was ended too, or it is told: never neither.
    const doubtful = ended.doubtful.map(({ pid }) => pid);
    for (const { pid } of slipped) expect(doubtful).toContain(pid);
    expect(slipped.length === 1 || ended.born > 0).toBe(true);
  });

  test('and no other process: same program, same parent, same session, same group', async () => {
    await begin(`ready('root'); stay();`);
    const root = await pidOf('root');
    rmSync(join(folder, 'root'));
    await begin(`ready('root'); stay();`);
    const beside = await pidOf('root');
    expect(beside).not.toBe(root);
    expect((await proc(beside)).group).toBe((await proc(root)).group);
    expect(await end(await treeOf(root))).toMatchObject({ left: [], killed: 0 });
    expect([await isGone(root), await isGone(beside)]).toEqual([true, false]);
  });

  test('given up in the middle, it says so and leaves nobody frozen', async () => {
    await begin(`deaf(); ready('root'); stay();`);
    const root = await pidOf('root');
    const tree = await treeOf(root);
    await expect(endTree({ machine, tree, never, signal: AbortSignal.timeout(200), tell: () => undefined, limits })).rejects.toThrow('aborted');
    expect(readFileSync(`/proc/${root}/stat`, 'latin1')).not.toMatch(/\) T /);
  });
});
