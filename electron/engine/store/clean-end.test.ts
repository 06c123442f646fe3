import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { noteCleanEnd, takeCleanEnd } from './clean-end.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-end-'));
  file = join(dir, 'history.db');
  writeFileSync(file, 'pages');
});
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });

it('holds once', () => {
  expect(takeCleanEnd(file)).toBe(false);
  noteCleanEnd(file);
  expect(takeCleanEnd(file)).toBe(true);
  expect(takeCleanEnd(file)).toBe(false);
});

it.each<[string, () => void]>([
  ['has other bytes of the same length', () => { writeFileSync(file, 'spoil'); utimesSync(file, 1, 1); }],
  ['is longer', () => { writeFileSync(file, 'pages and more'); }],
  ['is gone', () => { rmSync(file); }],
  ['has a log beside it', () => { writeFileSync(`${file}-wal`, ''); }],
])('does not hold for a file that %s', (_what, change) => {
  noteCleanEnd(file);
  change();
  expect(takeCleanEnd(file)).toBe(false);
});

it('is not written while a log is still to be folded in, and its absence is no failure', () => {
  writeFileSync(`${file}-wal`, '');
  noteCleanEnd(file);
  expect(existsSync(`${file}-closed`)).toBe(false);
  rmSync(dir, { recursive: true });
  expect(() => { noteCleanEnd(file); }).not.toThrow();
});
