/** Drives the program as a person at a terminal would: `serve` in one process, the other commands beside it. */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Activity, Agent, Failure, Task } from '../../shared/domain.ts';

const cli = fileURLToPath(new URL('../../electron/engine/cli.ts', import.meta.url));
const builtCli = fileURLToPath(new URL('../../dist/engine/cli.js', import.meta.url));
/** `npm test` builds before it tests; its engines start from what was built, in half the processor time of the source. */
const testsBuilt = process.env['GATEHOUSE_TEST_BUILT'] === '1';
const run = promisify(execFile);

export interface AddedConnection { readonly id: string; readonly endpoint: string; readonly token: string }
export interface Lists { agents: Agent[]; tasks: Task[]; activity: Activity[]; failures: Failure[] }

export interface ServeOptions {
  readonly folder?: string;
  readonly port?: number;
  /** arguments of node itself, e.g. a preload */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** the engine as it is packed, which must have been built: it takes less memory than one that runs from its source. Left out: as `npm test` says. */
  readonly built?: boolean;
}

export class ServedEngine {
  readonly folder: string;
  readonly process: ChildProcess;

  private readonly program: string;

  private constructor(folder: string, process: ChildProcess, program: string) {
    this.folder = folder;
    this.process = process;
    this.program = program;
  }

  /** Starts `serve` (port 0: a free one; no folder: a new one) and waits until it says that it is ready. */
  static async start(options: ServeOptions = {}): Promise<ServedEngine> {
    const data = options.folder ?? (await mkdtemp(join(tmpdir(), 'gatehouse-')));
    const program = options.built ?? testsBuilt ? builtCli : cli;
    const child = spawn(process.execPath, [...(options.nodeArgs ?? []), program, 'serve', '--otlp', `127.0.0.1:${options.port ?? 0}`, '--data', data, '--json'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
    let said = '';
    await new Promise<void>((resolve, reject) => {
      const hear = (chunk: Buffer): void => { said += chunk.toString(); if (said.includes('\n')) resolve(); };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', (code) => { reject(new Error(`serve ended with ${code}: ${said}`)); });
    });
    return new ServedEngine(data, child, program);
  }

  async cli<T>(...args: string[]): Promise<T> {
    const { stdout } = await run(process.execPath, [this.program, ...args, '--data', this.folder, '--json'], { maxBuffer: 256 * 1024 * 1024 });
    return JSON.parse(stdout) as T;
  }

  addOtlp(name: string, content?: 'none' | 'redacted' | 'full'): Promise<AddedConnection> {
    return this.cli<AddedConnection>('connections', 'add', 'otlp', '--name', name, ...(content ? ['--content', content] : []));
  }

  async lists(): Promise<Lists> {
    const [agents, tasks, activity, failures] = await Promise.all([
      this.cli<Agent[]>('agents'), this.cli<Task[]>('tasks'), this.cli<Activity[]>('activity', '--limit', '5000'), this.cli<Failure[]>('failures'),
    ]);
    return { agents, tasks, activity, failures };
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => { this.process.once('exit', () => { resolve(); }); });
    this.process.kill(signal);
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }
}
