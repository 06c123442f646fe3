import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fingerprint } from './build.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-build-'));
  put('room/a.ts', 'export const a = 1;');
  put('room/inner/b.ts', 'export const b = 1;');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, content: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), content);
}

test('changed, new and moved source is stale; touched source is not', () => {
  const before = fingerprint(['room'], folder);
  utimesSync(path.join(folder, 'room/a.ts'), new Date(), new Date());
  expect(fingerprint(['room'], folder)).toBe(before);
  put('room/inner/b.ts', 'export const b = 2;');
  const changed = fingerprint(['room'], folder);
  expect(changed).not.toBe(before);
  put('room/c.ts', '');
  expect(fingerprint(['room'], folder)).not.toBe(changed);
});

test('tests and their fixtures do not make a build stale, the lock file does', () => {
  const before = fingerprint(['room'], folder);
  put('room/a.test.ts', 'test');
  put('room/fixtures/big.json', '{}');
  put('other/x.ts', 'x');
  expect(fingerprint(['room'], folder)).toBe(before);
  put('package-lock.json', '{}');
  expect(fingerprint(['room'], folder)).not.toBe(before);
});
