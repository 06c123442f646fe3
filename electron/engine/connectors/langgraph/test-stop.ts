/** What tests of stopping need: a port on a server, its work on a file that grows, and looks until something is so. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { testIo } from '../test-io.ts';
import type { LeverReply, Sight, StopPort, StopTarget } from '../stopping.ts';
import { langgraph } from './langgraph.ts';
import type { TestServer } from './test-server.ts';
import { textOf } from './test-server.ts';

export const signal: AbortSignal = new AbortController().signal;
export const nowUs = (): number => Date.now() * 1_000;
export const wait = (ms: number): Promise<void> => new Promise((done) => { setTimeout(done, ms); });

export interface Opened { readonly port: StopPort; readonly asked: string[] }

/** With a record of every request that leaves. */
export function openPort(server: Pick<TestServer, 'url'>, secret: string | null = null, stopSecret: string | null = secret): Opened {
  const io = { ...testIo({ url: server.url, secret }), stopSecret: () => Promise.resolve(stopSecret) };
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    asked.push(`${init?.method ?? 'GET'} ${url.pathname}${url.search}`);
    return io.fetch(input, init);
  };
  const { stop } = langgraph.open({ kind: 'langgraph', url: server.url }, { ...io, fetch });
  if (stop === undefined) throw new Error('it has no levers');
  return { port: stop, asked };
}

export const cancel = (port: StopPort, target: StopTarget, tell: (done: number, of: number) => void = () => undefined): Promise<LeverReply> =>
  port.pull({ leverId: 'langgraph.cancel-runs', target, saved: null, attempt: 1 }, signal, tell);

export async function lookUntil(port: StopPort, target: StopTarget, sinceUs: number, so: (sight: Sight) => boolean, ms = 10_000): Promise<Sight> {
  const deadline = Date.now() + ms;
  for (;;) {
    const sight = await port.look(target, sinceUs, [], signal);
    if (so(sight)) return sight;
    if (Date.now() > deadline) throw new Error(`not so within ${ms} ms: ${JSON.stringify(sight)}`);
    await wait(100);
  }
}

/** What the work left outside of the server. */
export class Trace {
  readonly path: string;
  constructor(server: TestServer, name: string) { this.path = join(server.folder, name); }
  get lines(): readonly string[] {
    try {
      return readFileSync(this.path, 'utf8').trim().split('\n');
    } catch {
      // Nothing was written yet.
      return [];
    }
  }
  get lastMs(): number { return statSync(this.path).mtimeMs; }
  async has(count: number): Promise<void> {
    const deadline = Date.now() + 15_000;
    while (this.lines.length < count) {
      if (Date.now() > deadline) throw new Error(`fewer than ${count} acts in 15 s`);
      await wait(20);
    }
  }
  /** Until nothing was added for so long. */
  async still(ms: number): Promise<number> {
    for (let count = -1; count !== this.lines.length;) {
      count = this.lines.length;
      await wait(ms);
    }
    return this.lines.length;
  }
}

/** The assistant that the server made of a graph. */
export async function assistantOf(server: TestServer, graph: string, key: string | null = null): Promise<string> {
  const found = await server.as(key, 'POST', '/assistants/search', { graph_id: graph, limit: 10 });
  return textOf(found.body['0']?.['assistant_id']);
}
