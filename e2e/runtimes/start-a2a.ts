/** A real A2A server in a process of its own, for tests. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../demo/runtimes/a2a-server.ts', import.meta.url));

export interface A2aProcess { readonly url: string; kill(): Promise<void> }

/** `tokens`: token to account. */
export async function startA2a(args: readonly string[], tokens: Readonly<Record<string, string>>): Promise<A2aProcess> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, A2A_TOKENS: JSON.stringify(tokens) } });
  const gone = new Promise<void>((resolve) => { child.once('exit', () => { resolve(); }); });
  const said = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => { reject(new Error(`The A2A server ended with ${code}.`)); });
  });
  return {
    url: (JSON.parse(said) as { url: string }).url,
    kill: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await gone;
    },
  };
}
