/** A real LangGraph Agent Server for this connector's tests, in a process and a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRuntime } from '../conformance/start-runtime.ts';
import type { StartedRuntime } from '../conformance/start-runtime.ts';

interface Json { readonly [key: string]: Json }
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export class TestServer {
  readonly which: '1.5' | '2.0';
  readonly folder: string;
  readonly args: readonly string[];
  url = '';
  #running: StartedRuntime | null = null;

  private constructor(which: '1.5' | '2.0', folder: string, args: readonly string[]) {
    this.which = which;
    this.folder = folder;
    this.args = args;
  }

  static async start(which: '1.5' | '2.0', ...args: readonly string[]): Promise<TestServer> {
    const server = new TestServer(which, await mkdtemp(join(tmpdir(), 'langgraph-')), args);
    await server.begin(0);
    return server;
  }

  /** Again where it was, with the state that it wrote down. */
  async again(): Promise<void> { await this.begin(Number(new URL(this.url).port)); }

  async begin(port: number): Promise<void> {
    this.#running = await startRuntime('langgraph/serve.mjs', ['--which', this.which, '--folder', this.folder, '--port', String(port), ...this.args]);
    this.url = this.#running.url;
  }

  async end(how: 'kill' | 'stop'): Promise<void> { await this.#running?.[how](); }

  async close(): Promise<void> {
    await this.end('kill');
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Somebody else at the server, with a key of their own. */
  async as(key: string | null, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${this.url}${path}`, { method, headers: { 'content-type': 'application/json', 'x-caller-secret': 'hunter2', ...(key === null ? {} : { 'x-api-key': key }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, body: (/^[[{]/.test(text) ? JSON.parse(text) : { text }) as Json };
  }

  async startRun(key: string | null, graph: string, input: unknown, more: object = {}): Promise<{ thread: string; run: string }> {
    const thread = await this.as(key, 'POST', '/threads', {});
    const run = await this.as(key, 'POST', `/threads/${textOf(thread.body['thread_id'])}/runs`, { assistant_id: graph, input, ...more });
    return { thread: textOf(thread.body['thread_id']), run: textOf(run.body['run_id']) };
  }

  /** The run's status once it has ended (or `wanted`). */
  async until(key: string | null, ids: { thread: string; run: string }, wanted?: string): Promise<string> {
    for (let tries = 0; tries < 200; tries++) {
      const status = textOf((await this.as(key, 'GET', `/threads/${ids.thread}/runs/${ids.run}`)).body['status']);
      if (wanted === undefined ? !['pending', 'running'].includes(status) : status === wanted) return status;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error('the run did not come to it in 10 s');
  }
}
