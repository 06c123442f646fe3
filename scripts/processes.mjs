import { spawn } from 'node:child_process';
import os from 'node:os';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {import('node:child_process').StdioOptions} [stdio]
 * @property {number} [timeoutMs] after this long the child is ended and `timedOut` is true
 */

/** @typedef {{ code: number, timedOut: boolean }} Outcome */

/** Standard output of a set-up step must not mix with the output of the program that follows. */
export const toStandardError = /** @type {import('node:child_process').StdioOptions} */ (['ignore', 2, 2]);

/** @type {NodeJS.Signals | undefined} */
let interruption;

/** The signal that asked this process to end, when one came while a program ran: then nothing further is to be started. */
export function interruptedBy() {
  return interruption;
}

/**
 * Runs a program to its end and hands on the signals that end us, by the child's own pid.
 * A child that a signal ended is reported the way shells do: 128 + number.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function run(command, args, options = {}) {
  const { timeoutMs, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...spawnOptions });
    const stopForwarding = forwardSignals(child);
    let timedOut = false;
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const settle = () => {
      clearTimeout(timer);
      stopForwarding();
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code, signal) => {
      settle();
      resolve({ code: code ?? 128 + (signal ? os.constants.signals[signal] : 0), timedOut });
    });
  });
}

/**
 * Runs a program and returns what it printed; for short look-ups only.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

/**
 * A terminal sends Ctrl+C to the whole foreground group, so the child has it already: handing it on too
 * would look like a second, impatient Ctrl+C.
 * @param {import('node:child_process').ChildProcess} child
 */
function forwardSignals(child) {
  const handlers = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']).map((signal) => {
    const handler = () => {
      interruption = signal;
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  // npm hands a SIGTERM to the shell between it and us, which dies without a word: then nobody is left to stop us.
  const parent = process.ppid;
  const orphaned = setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, 500).unref();
  // The last resort: whatever ends this process, the child does not stay behind.
  const onExit = () => child.kill('SIGTERM');
  process.on('exit', onExit);
  return () => {
    for (const { signal, handler } of handlers) process.off(signal, handler);
    process.off('exit', onExit);
    clearInterval(orphaned);
  };
}
