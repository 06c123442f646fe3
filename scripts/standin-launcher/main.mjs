// Does what Electron's own default app does for `electron <folder> args...`: becomes the program in that folder.
// A module with a top-level await, because Electron holds back `ready` until its main module has loaded: what a program
// must do before `ready` (schemes, sandbox) is in the module that is imported here.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const require = createRequire(import.meta.url);
/** @type {string[]} */
const preloads = [];
/** @type {string | undefined} */
let folder;
for (let at = 1; at < process.argv.length && folder === undefined; at++) {
  const word = process.argv[at] ?? '';
  if (word === '-r' || word === '--require') preloads.push(process.argv[++at] ?? '');
  else if (!word.startsWith('-')) folder = path.resolve(word);
}
if (folder === undefined) {
  process.stderr.write('The stand-in for Electron starts a folder with a package.json: electron FOLDER [arguments]\n');
  process.exit(1);
}
const described = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
// Electron's types leave out what only its own default app is meant to call.
const shell = /** @type {import('electron').App & { setVersion(version: string): void, setAppPath(folder: string): void }} */ (app);
shell.setName(described.productName ?? described.name);
shell.setVersion(described.version);
shell.setAppPath(folder);
shell.setPath('userData', path.join(shell.getPath('appData'), shell.getName()));
Object.assign(process, { defaultApp: true });

try {
  for (const file of preloads) require(path.resolve(file));
  await import(pathToFileURL(path.join(folder, described.main ?? 'index.js')).href);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  app.exit(1);
}
