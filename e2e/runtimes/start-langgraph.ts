/** A real LangGraph Agent Server in a process and a folder of its own, for tests and whoever else needs one. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../demo/runtimes/langgraph/serve.mjs', import.meta.url));

export interface LangGraphOptions {
  readonly which: '1.5' | '2.0';
  /** keys in `x-api-key`: key-admin (sees all), key-ada and key-bo (their own), key-reader (may only read). */
  readonly auth?: boolean;
  /** with `auth`: does not let `x-auth-scheme: langsmith` in. */
  readonly closedStudio?: boolean;
  /** a fixed port, to start again where one was; left out: a free one. */
  readonly port?: number;
  /** where its state lies, to start again with it (and the file `revoked`: keys, one a line); left out: a new one that goes with it. */
  readonly folder?: string;
  readonly workers?: number;
  /** graphs beside the usual ones: `backup-sweep`, whose work leaves a trace in a file and takes a cancel in four ways. */
  readonly also?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface LangGraphServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly folder: string;
  /** the end of what it logged. */
  readonly log: () => string;
  /** An orderly end: it writes its state down. */
  stop(): Promise<void>;
  /** A crash: SIGKILL. Its folder stays when it was handed in. */
  kill(): Promise<void>;
}

export async function startLangGraph({ which, auth = false, closedStudio = false, port = 0, folder, workers = 10, also = [], env = {} }: LangGraphOptions): Promise<LangGraphServer> {
  const state = folder ?? (await mkdtemp(join(tmpdir(), 'langgraph-')));
  const args = [program, '--which', which, '--port', String(port), '--folder', state, '--workers', String(workers), '--also', also.join(','), ...(auth ? ['--auth'] : []), ...(closedStudio ? ['--closed-studio'] : [])];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => { log = `${log}${chunk.toString()}`.slice(-20_000); });
  const gone = new Promise<void>((resolve) => { child.once('exit', () => { resolve(); }); });
  const said = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) => { reject(new Error(`The LangGraph server ended with ${code}: ${log}`)); });
  });
  const { url, pid } = JSON.parse(said) as { url: string; pid: number };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
    if (folder === undefined) await rm(state, { recursive: true, force: true });
  };
  return { url, pid, port: Number(new URL(url).port), folder: state, log: () => log, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
