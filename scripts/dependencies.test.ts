import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { whyStale } from './dependencies.mjs';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-deps-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const zod = { version: '4.6.7', integrity: 'sha512-a' };
const macOnly = { version: '1.0.0', integrity: 'sha512-b', optional: true };

function house(locked: object, installed?: object): void {
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': { name: 'house' }, ...locked } }));
  if (!installed) return;
  mkdirSync(path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
}

test('nothing installed is stale', () => {
  house({ 'node_modules/zod': zod });
  expect(whyStale(folder)).toBe('they are not installed');
});

test('what the lock says is fresh, with another platform’s packages left out', () => {
  house({ 'node_modules/zod': zod, 'node_modules/mac': macOnly }, { 'node_modules/zod': zod });
  expect(whyStale(folder)).toBeUndefined();
});

test('another version, another content and a missing package are stale', () => {
  house({ 'node_modules/zod': zod }, { 'node_modules/zod': { ...zod, version: '4.6.6' } });
  expect(whyStale(folder)).toBe('node_modules/zod has changed');
  rmSync(path.join(folder, 'node_modules'), { recursive: true });
  house({ 'node_modules/zod': zod }, { 'node_modules/zod': { ...zod, integrity: 'sha512-x' } });
  expect(whyStale(folder)).toBe('node_modules/zod has changed');
  rmSync(path.join(folder, 'node_modules'), { recursive: true });
  house({ 'node_modules/zod': zod, 'node_modules/new': zod }, { 'node_modules/zod': zod });
  expect(whyStale(folder)).toBe('node_modules/new is missing');
});
