import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from './lock.mjs';

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-lock-'));
  lock = path.join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('two set-ups never overlap, and the second says that it waits', async () => {
  const events: string[] = [];
  let begun = (): void => undefined;
  const first = new Promise<void>((done) => { begun = done; });
  const work = (name: string) => async () => {
    events.push(`${name} in`);
    begun();
    await sleep(40);
    events.push(`${name} out`);
  };
  const a = withLock(lock, work('a'), { pollMs: 5 });
  // Asked for at the same moment, whoever makes the folder first would have it.
  await first;
  await Promise.all([a, withLock(lock, work('b'), { pollMs: 5, onWait: () => void events.push('waits') })]);
  expect(events.filter((event) => event !== 'waits')).toEqual(['a in', 'a out', 'b in', 'b out']);
  expect(events).toContain('waits');
  expect(existsSync(lock)).toBe(false);
});

test('a lock is given back when the work fails', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('broke')))).rejects.toThrow('broke');
  expect(existsSync(lock)).toBe(false);
});

test('a lock whose owner is dead is taken over', async () => {
  mkdirSync(lock);
  // Above the highest process number that Linux gives out.
  writeFileSync(path.join(lock, 'pid'), '4194999');
  expect(await withLock(lock, async () => 'done', { pollMs: 5 })).toBe('done');
});

test('a lock whose owner died before it wrote its number is taken over', async () => {
  mkdirSync(lock);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(lock, longAgo, longAgo);
  expect(await withLock(lock, async () => 'done', { pollMs: 5 })).toBe('done');
});
