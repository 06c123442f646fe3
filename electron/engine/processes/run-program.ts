/** Runs one of the system's own programs to ask it something. */
import { execFile } from 'node:child_process';

/** Its standard output, also where the program says by its exit code that it found nothing. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>;

const timeoutMs = 4_000;
const mostBytes = 16 * 1024 * 1024;

export const runProgram: RunProgram = (program, args) => new Promise((resolve, reject) => {
  // SECURITY: no shell; words of our own only, and numbers. The language is fixed, so that dates are always written the same.
  execFile(program, [...args], { timeout: timeoutMs, maxBuffer: mostBytes, windowsHide: true, env: { ...process.env, LC_ALL: 'C', LANG: 'C' } }, (error, stdout) => {
    if (error !== null && typeof error.code !== 'number') reject(error);
    else resolve(stdout);
  });
});
