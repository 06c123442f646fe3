/** A real runtime in a process of its own. By path, not by import: the engine takes nothing from the demo, and a runtime that crashes takes no test with it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface StartedRuntime {
  readonly url: string;
  /** all that its first line told. */
  readonly said: unknown;
  /** a crash: nothing is written down, nothing is said. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const demo = new URL('../../../../demo/runtimes/', import.meta.url);

/** `script` lies in the demo's runtimes and prints one JSON line with its `url` when it listens. */
export async function startRuntime(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<StartedRuntime> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, demo)), ...args], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => { log = `${log}${chunk.toString()}`.slice(-10_000); });
  const gone = new Promise<void>((resolve) => { child.once('exit', () => resolve()); });
  const said = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) => { reject(new Error(`${script} ended with ${code}: ${log}`)); });
  });
  const { url } = JSON.parse(said) as { url: string };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
  };
  return { url, said: JSON.parse(said), kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}
