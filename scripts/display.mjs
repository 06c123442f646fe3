import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { needsVirtualDisplay } from './system-libraries.mjs';

/**
 * Runs the work with a display: the one that is there, else a virtual one that ends with the work.
 * Xvfb is started itself, not through `xvfb-run`: it picks a free number and tells it, so two runs never meet,
 * and it is ended by its own pid.
 * @template T
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withDisplay(work) {
  return await withDisplays(1, ([display]) => work(display === undefined ? process.env : { ...process.env, DISPLAY: display }));
}

/**
 * The same with several virtual displays, so that windows side by side do not take the focus from each other. None where there is a real display.
 * @template T
 * @param {number} count
 * @param {(displays: string[]) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withDisplays(count, work) {
  if (!needsVirtualDisplay()) return await work([]);
  /** @type {{ child: import('node:child_process').ChildProcess, display: string }[]} */
  const started = [];
  const end = () => { for (const { child } of started) child.kill('SIGTERM'); };
  process.on('exit', end);
  try {
    while (started.length < count) started.push(await startXvfb());
    return await work(started.map(({ display }) => display));
  } finally {
    process.off('exit', end);
    // Waited for, so that no dead process is left to a container's init, which may never look.
    const ended = Promise.all(started.filter(({ child }) => child.exitCode === null && child.signalCode === null).map(({ child }) => new Promise((resolve) => child.once('exit', resolve))));
    end();
    await ended;
  }
}

async function startXvfb() {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    // Out of the terminal's group: Ctrl+C ends the app first, and the display after it.
    detached: true,
  });
  let complaint = '';
  child.stderr?.on('data', (chunk) => (complaint += chunk));
  const number = await new Promise((resolve, reject) => {
    let told = '';
    child.stdio[3]?.on('data', (chunk) => {
      told += chunk;
      if (told.includes('\n')) resolve(told.trim());
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The virtual display (Xvfb) ended with code ${code}: ${complaint.trim()}`)));
  });
  return { child, display: `:${number}` };
}

/**
 * The switches that Chromium needs on this machine.
 * SECURITY: without its sandbox only where the sandbox cannot work at all: as root, which is how containers and CI run.
 * @param {NodeJS.ProcessEnv} env as it was before a virtual display was put in
 */
export function chromiumSwitches(env = process.env) {
  if (process.platform !== 'linux') return [];
  return [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...(needsVirtualDisplay(env) || !existsSync('/dev/dri') ? ['--disable-gpu'] : []),
  ];
}
