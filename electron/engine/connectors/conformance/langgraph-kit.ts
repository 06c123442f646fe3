import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ConnectorIo } from '../connector.ts';
import { isObject } from '../foreign-json.ts';
import { langgraph } from '../langgraph/langgraph.ts';
import { TestServer, textOf } from '../langgraph/test-server.ts';
import type { Recorded } from './fault-proxy.ts';
import type { Kit, Lie, RunningRuntime, StopKit } from './kit.ts';
import { keysOf } from './look.ts';
import type { Seen } from './look.ts';
import { mapValues } from './rewrite.ts';
import type { Rewrite } from './rewrite.ts';

const key = 'key-admin';
const states = '.langgraph_api';

async function start(which: '1.5' | '2.0'): Promise<RunningRuntime> {
  const server = await TestServer.start(which, '--auth', '--closed-studio', '--also', 'backup-sweep');
  return {
    get url() { return server.url; },
    async work() {
      const done = await server.startRun('key-ada', 'invoice-desk', { messages: [{ role: 'user', content: 'Pay INV-1' }] });
      const failed = await server.startRun('key-ada', 'ledger-check', { period: '2026-10' });
      const asks = await server.startRun('key-ada', 'contract-reader', {});
      await Promise.all([done, failed, asks].map((ids) => server.until('key-admin', ids)));
    },
    // The server of developers keeps its work in memory and writes it down at its end: a kill would be the loss of it.
    crash: () => server.end('stop'),
    async comeBack(state) {
      if (state === 'lost') await rm(join(server.folder, states), { recursive: true, force: true });
      await server.again();
      return server.url;
    },
    stop: () => server.close(),
  };
}

const searches = /^\/(assistants|threads|runs\/crons)\/(search|count)$/;

function reads({ method, path, headers }: Recorded): boolean {
  const { pathname } = new URL(path, 'http://x');
  if (headers.upgrade !== undefined) return false;
  // Whoever joins a run takes its events away from its owner.
  if (method === 'GET') return !/\/runs\/[^/]+\/(stream|join)$/.test(pathname);
  return method === 'POST' && (searches.test(pathname) || /^\/threads\/[^/]+\/(history|stream\/events)$/.test(pathname));
}

function manyOf(value: unknown, id: string, most = 10_000): unknown {
  if (!Array.isArray(value) || !isObject(value[0]) || !(id in value[0])) return value;
  const first = value[0] as Readonly<Record<string, unknown>>;
  return Array.from({ length: most }, (_, i) => ({ ...first, [id]: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}` }));
}

const flood: Rewrite = (value, { path }) => {
  const { pathname } = new URL(path, 'http://x');
  if (pathname === '/threads/search') return manyOf(value, 'thread_id');
  if (pathname === '/assistants/search') return manyOf(value, 'assistant_id');
  // Of the threads that there really are; the others are unknown when they are looked at.
  if (pathname.endsWith('/runs') && !pathname.includes('/00000000-')) return manyOf(value, 'run_id');
  return value;
};

const isRun = (value: unknown): value is Readonly<Record<string, unknown>> => isObject(value) && typeof value['run_id'] === 'string' && typeof value['status'] === 'string';
const runs = (status: string): Rewrite => (value) => mapValues(value, (one) => (isRun(one) ? { ...one, status, updated_at: new Date().toISOString() } : one));
const isThread = (value: unknown): value is Readonly<Record<string, unknown>> => isObject(value) && typeof value['thread_id'] === 'string' && 'updated_at' in value && !isRun(value);
/** Threads change their time, or nobody would look at their runs again. */
const touched: Rewrite = (value) => mapValues(value, (one) => (isThread(one) ? { ...one, updated_at: new Date().toISOString(), status: 'busy' } : one));
const times = (change: (time: string) => string): Rewrite => (value) => mapValues(value, (one, name) => ((name === 'created_at' || name === 'updated_at') && typeof one === 'string' ? change(one) : one));

function lastOutcomes({ batches }: Seen): Set<string> {
  const last = new Map<string, string>();
  for (const { draft } of batches.flatMap(({ records }) => records)) if (draft.role === 'agent' && draft.run && draft.taskOutcome) last.set(draft.run.id, draft.taskOutcome);
  return new Set(last.values());
}

const beyond = (seen: Seen, honest: Seen): string[] => [...keysOf(seen)].filter((one) => !keysOf(honest).has(one));

const lies: readonly Lie[] = [
  {
    name: 'says it ended, then goes on', tell: (value) => value, again: (value, request) => touched(runs('running')(value, request), request),
    holds: (seen, _honest, next) => { expect(lastOutcomes(seen)).toEqual(new Set(['completed', 'failed', 'waiting'])); expect([...lastOutcomes(next)].filter((outcome) => outcome !== 'running' && outcome !== 'waiting')).toEqual([]); },
  },
  {
    name: 'cancelled says it, and works on', tell: runs('interrupted'), again: (value, request) => touched(runs('running')(value, request), request),
    holds: (_seen, _honest, next) => { expect([...lastOutcomes(next)].filter((outcome) => outcome !== 'running' && outcome !== 'waiting')).toEqual([]); },
  },
  {
    name: 'times in the future', tell: times((time) => time.replace(/^\d{4}/, '2099')),
    holds: (seen, honest, next) => { expect([...keysOf(honest)].filter((one) => !keysOf(seen).has(one) && !keysOf(next).has(one))).toEqual([]); },
  },
  {
    name: 'pages in a circle',
    tell: (value, { path, body }) => {
      if (!path.startsWith('/threads/search') || !Array.isArray(value) || value.length === 0) return value;
      const limit = Number((JSON.parse(body) as { limit?: number }).limit ?? 10);
      return Array.from({ length: limit }, (_, i) => value[i % value.length] as unknown);
    },
    ask: (request) => (request.path.startsWith('/threads/search') ? { ...request, body: request.body.replace(/"offset":\d+/, '"offset":0') } : request),
    holds: (seen, honest) => { expect(beyond(seen, honest)).toEqual([]); },
  },
  {
    name: 'the same work twice', tell: (value) => (Array.isArray(value) ? [...value as unknown[], ...value as unknown[]] : value),
    holds: (seen, honest) => { expect(keysOf(seen)).toEqual(keysOf(honest)); },
  },
  {
    name: 'the newest state is none', mayFail: true, tell: (value, { path }) => (/\/history/.test(path) && Array.isArray(value) ? [null, ...value.slice(1) as unknown[]] : value),
    holds: (seen, honest) => { expect(beyond(seen, honest)).toEqual([]); },
  },
  {
    name: 'forgets its threads', tell: (value) => value, again: (value, { path }) => (path.startsWith('/threads/search') ? [] : value),
    holds: (_seen, _honest, next) => { expect([...lastOutcomes(next)].filter((outcome) => outcome === 'completed' || outcome === 'failed')).toEqual([]); },
  },
];

async function asAda(url: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${url}${path}`, { method: body === undefined ? 'GET' : 'POST', headers: { 'content-type': 'application/json', 'x-api-key': 'key-ada' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const value: unknown = await response.json();
  return isObject(value) ? value : {};
}

/** One long step that looks at its abort signal. */
function begin(url: string, count: number): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: count }, async () => {
    const thread = textOf((await asAda(url, '/threads', {}))['thread_id']);
    const run = textOf((await asAda(url, `/threads/${thread}/runs`, { assistant_id: 'backup-sweep', input: { how: 'honours', file: `${thread}.txt`, acts: 1_200, ms: 100 } }))['run_id']);
    for (const deadline = Date.now() + 10_000; ;) {
      if ((await asAda(url, `/threads/${thread}/runs/${run}`))['status'] === 'running') return run;
      if (Date.now() > deadline) throw new Error('The run did not begin.');
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }));
}

const stops = (which: '1.5' | '2.0'): StopKit => ({
  lever: 'langgraph.cancel-runs', begin, lists: true, floods: which === '1.5',
  pulls: ({ method, path }) => method === 'POST' && /\/runs\/[^/]+\/cancel/.test(path),
  ignores: () => Promise.resolve({ status: 202, headers: {}, body: '' }), lies: null,
});

const kit = (which: '1.5' | '2.0'): Kit => ({
  kind: 'langgraph', name: `LangGraph ${which}`, secret: key,
  start: () => start(which),
  open: (url: string, io: ConnectorIo) => langgraph.open({ kind: 'langgraph', url }, io),
  reads, flood, lies, seesWork: true, asks: true, mostRequests: 150, stops: stops(which),
});

export const langGraphKits: readonly Kit[] = [kit('1.5'), kit('2.0')];
