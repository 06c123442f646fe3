/**
 * What `npm start`, `npm test` and the others do first, from a bare clone and with nothing installed: this file and
 * what it imports at the top run on Node 20 without any package. Everything that needs one is imported late.
 */
import { realpathSync } from 'node:fs';
import { ensureDependencies, ensureRuntimes } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { lockFolder, pinnedNode, root, say } from './paths.mjs';
import { run } from './processes.mjs';

/**
 * Installs what is missing, then goes on under the Node that the repository brings: under any other Node this runs
 * the script again there and does not return.
 */
export async function useOwnNode() {
  await locked(ensureDependencies);
  if (realpathSync(process.execPath) === realpathSync(pinnedNode)) return;
  const { code } = await run(pinnedNode, process.argv.slice(1), { cwd: process.cwd() });
  process.exit(code);
}

/** Installs the real runtimes of the demo fleet and the tests. */
export async function ensureDemoRuntimes() {
  await locked(ensureRuntimes);
}

/** Builds what is older than its source. @param {string[]} [targets] all of them when left out */
export async function ensureBuilt(targets) {
  const { buildStale } = await import('./build.mjs');
  await locked(() => buildStale({ only: targets }));
}

/**
 * Finds an Electron and the system's share in running it.
 * @returns {Promise<import('./electron-runtime.mjs').ElectronRuntime>}
 */
export async function ensureElectron() {
  const { resolveElectron } = await import('./electron-runtime.mjs');
  const { ensureSystemLibraries } = await import('./system-libraries.mjs');
  const runtime = await locked(() => resolveElectron());
  await ensureSystemLibraries(runtime.executable);
  return runtime;
}

/** @template T @param {() => Promise<T>} work */
function locked(work) {
  return withLock(lockFolder(), work, { onWait: () => say(`Another command is setting up ${root}; waiting for it ...`) });
}

/**
 * Runs a script's own work; a failed set-up is told in one sentence, not as a stack trace.
 * @param {() => Promise<number | void>} main
 */
export async function runScript(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (process.env['GATEHOUSE_DEBUG']) throw error;
    say(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
