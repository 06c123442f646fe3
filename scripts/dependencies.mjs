import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pinnedNode, root, say } from './paths.mjs';
import { run, toStandardError } from './processes.mjs';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, peer?: boolean, link?: boolean }} LockedPackage */

/**
 * Compares package-lock.json with the list that npm keeps of what it really installed. A stamp of our own was
 * rejected: it would be wrong after a plain `npm install`, and then a start would empty a good node_modules.
 * @param {string} folder
 * @returns {string | undefined} why the dependencies are stale, or undefined when they are not
 */
export function whyStale(folder = root) {
  const installedList = path.join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installedList)) return 'they are not installed';
  const wanted = readPackages(path.join(folder, 'package-lock.json'));
  const installed = readPackages(installedList);
  for (const [name, locked] of Object.entries(wanted)) {
    if (name === '') continue;
    const found = installed[name];
    if (found === undefined && locked.optional) continue;
    if (found === undefined) return `${name} is missing`;
    if (found.version !== locked.version || found.integrity !== locked.integrity) return `${name} has changed`;
  }
  return undefined;
}

/** @param {string} file @returns {Record<string, LockedPackage>} */
function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/** Installs exactly what the lock file says, when that is not what is there. */
export async function ensureDependencies() {
  const reason = whyStale() ?? (existsSync(pinnedNode) ? undefined : 'Node 24 is missing');
  if (reason === undefined) return;
  say(`Installing dependencies (${reason}) ...`);
  const outcome = await npm(['ci', '--include=dev', '--no-fund', '--no-audit', '--loglevel=error']);
  if (outcome.code !== 0) throw new Error(`npm ci failed with code ${outcome.code}; its own words are above.`);
  if (!existsSync(pinnedNode)) {
    // Install scripts may be switched off on this machine; this one only fetches the locked Node.
    await npm(['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error']);
  }
  if (!existsSync(pinnedNode)) throw new Error('The package `node` was installed without its program. Run: npm rebuild node --ignore-scripts=false');
}

/**
 * The real runtimes that the demo fleet and the tests start. They stand apart with locks of their own, since they want other versions
 * than the console (the LangGraph server wants TypeScript 5); nobody who only starts the console waits for them.
 */
const runtimes = ['demo/runtimes/langgraph'];

/** Installs the runtimes that are missing or not what their locks say. */
export async function ensureRuntimes() {
  for (const name of runtimes) {
    const folder = path.join(root, name);
    const reason = whyStale(folder);
    if (reason === undefined) continue;
    say(`Installing ${name} (${reason}) ...`);
    const outcome = await npm(['ci', '--no-fund', '--no-audit', '--loglevel=error'], { cwd: folder });
    if (outcome.code !== 0) throw new Error(`npm ci in ${name} failed with code ${outcome.code}; its own words are above.`);
  }
}

/**
 * npm as it was started, else the one on the path. On Windows that one is a script, which needs a shell.
 * @param {string[]} args
 * @param {{ cwd?: string, stdio?: import('node:child_process').StdioOptions }} [options]
 */
export function npm(args, { cwd = root, stdio = toStandardError } = {}) {
  const script = process.env['npm_execpath'];
  if (script?.endsWith('npm-cli.js')) return run(process.execPath, [script, ...args], { cwd, stdio });
  if (process.platform === 'win32') return run('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], { cwd, stdio });
  return run('npm', args, { cwd, stdio });
}
