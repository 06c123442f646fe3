import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The Node that the repository brings. The name in .bin is a shell script on Windows, so the file itself is named. */
export const pinnedNode = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Where things live that must survive a fresh clone. @param {NodeJS.ProcessEnv} env */
export function cacheFolder(env = process.env) {
  const base = env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache');
  return path.join(base, 'gatehouse');
}

/** One lock per work tree, outside of it: `npm ci` empties node_modules. */
export function lockFolder() {
  const tree = createHash('sha256').update(root).digest('hex').slice(0, 12);
  return path.join(os.tmpdir(), `gatehouse-setup-${tree}.lock`);
}

/** Progress goes to standard error: standard output belongs to the program that a script runs. @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}
