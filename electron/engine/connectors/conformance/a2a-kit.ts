import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { a2a } from '../a2a/a2a.ts';
import type { ConnectorIo } from '../connector.ts';
import { isObject } from '../foreign-json.ts';
import type { Recorded } from './fault-proxy.ts';
import type { Kit, Lie, RunningRuntime, StopKit } from './kit.ts';
import { keysOf } from './look.ts';
import type { Seen } from './look.ts';
import { mapValues } from './rewrite.ts';
import type { Rewrite } from './rewrite.ts';
import { startRuntime } from './start-runtime.ts';

const secret = 'a-token-of-the-operator';
const tokens = JSON.stringify({ 'a-token-of-ada': 'ada', [secret]: 'operator' });

async function start(flags: readonly string[]): Promise<RunningRuntime> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-a2a-'));
  const stateFile = join(folder, 'tasks.json');
  const begin = (port = '0') => startRuntime('a2a-server.ts', [...flags, '--shared', '--state', stateFile, '--step', '15', '--steps', '3', '--port', port], { A2A_TOKENS: tokens });
  let server = await begin();
  return {
    get url() { return server.url; },
    async work() {
      for (const scenario of ['work', 'fail', 'ask']) await fetch(`${server.url}/demo/start`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ scenario, account: 'ada' }) });
      await settled(server.url);
    },
    crash: () => server.kill(),
    async comeBack(state) {
      if (state === 'lost') await rm(stateFile, { force: true });
      server = await begin(new URL(server.url).port);
      return server.url;
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Until nothing is at work any more: asked of the server itself, not through the connector. */
async function settled(url: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const response = await fetch(`${url}/rpc`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}`, 'a2a-version': '1.0' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ListTasks', params: {} }) });
    const text = await response.text();
    if (!/TASK_STATE_(SUBMITTED|WORKING)/.test(text)) return;
    if (Date.now() > deadline) throw new Error(`The tasks did not settle: ${text.slice(0, 500)}`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

const questions = ['ListTasks', 'GetTask', 'SubscribeToTask', 'GetExtendedAgentCard', 'tasks/get', 'tasks/resubscribe', 'agent/getAuthenticatedExtendedCard'];

function reads({ method, path, body }: Recorded): boolean {
  if (method === 'GET') return true;
  if (method !== 'POST') return false;
  if (/^\/rest\/.*:subscribe$/.test(path)) return true;
  const message: unknown = JSON.parse(body);
  return isObject(message) && questions.includes(String(message['method']));
}

/** In the answer of a list and nowhere else: `tell` gets its tasks. */
function inLists(value: unknown, tell: (result: Readonly<Record<string, unknown>>, tasks: readonly unknown[]) => unknown): unknown {
  if (!isObject(value)) return value;
  if (isObject(value['result']) && Array.isArray(value['result']['tasks'])) return { ...value, result: tell(value['result'], value['result']['tasks'] as readonly unknown[]) };
  return Array.isArray(value['tasks']) ? tell(value, value['tasks'] as readonly unknown[]) : value;
}

const flood: Rewrite = (value) => inLists(value, (result, tasks) => ({
  ...result, nextPageToken: '', totalSize: 10_000,
  tasks: Array.from({ length: 10_000 }, (_, i) => ({ ...(isObject(tasks[0]) ? tasks[0] : { status: { state: 'TASK_STATE_COMPLETED', timestamp: new Date().toISOString() }, contextId: 'c' }), id: `flood-${i}` })),
}));

function withoutToken(request: Recorded): Recorded {
  return { ...request, path: request.path.replace(/[?&]pageToken=[^&]*/, ''), body: request.body.replace(/,?"pageToken":"[^"]*"/, '') };
}

const states = (change: (state: string) => string): Rewrite => (value) => mapValues(value, (one, key) => (key === 'state' && typeof one === 'string' && one.startsWith('TASK_STATE_') ? change(one) : one));
const times = (change: (time: string) => string): Rewrite => (value) => mapValues(value, (one, key) => (key === 'timestamp' && typeof one === 'string' ? change(one) : one));

const recordsOf = ({ batches }: Seen) => batches.flatMap(({ records }) => records);
const outcomesOf = (seen: Seen) => new Set(recordsOf(seen).map(({ draft }) => draft.taskOutcome).filter((outcome) => outcome !== undefined));

const lies: readonly Lie[] = [
  {
    name: 'says it ended, then goes on', tell: (value, request) => states(() => 'TASK_STATE_COMPLETED')(value, request), again: (value, request) => states(() => 'TASK_STATE_WORKING')(times(() => new Date().toISOString())(value, request), request),
    holds: (seen, _honest, next) => { expect([...outcomesOf(seen)]).toEqual(['completed']); expect([...outcomesOf(next)]).toEqual(['running']); },
  },
  {
    name: 'cancelled says it, and works on', tell: states(() => 'TASK_STATE_CANCELED'), again: (value, request) => states(() => 'TASK_STATE_WORKING')(times(() => new Date().toISOString())(value, request), request),
    holds: (seen, _honest, next) => { expect([...outcomesOf(seen)]).toEqual(['cancelled']); expect([...outcomesOf(next)]).toEqual(['running']); },
  },
  {
    name: 'times in the future', tell: times((time) => time.replace(/^\d{4}/, '2099')),
    holds: (seen, honest, next) => { expect([...keysOf(honest)].filter((key) => !/:\d+$/.test(key) && !keysOf(seen).has(key) && !keysOf(next).has(key))).toEqual([]); expect(seen.checkpoint).not.toContain('"after":407'); },
  },
  {
    name: 'counts that do not agree', tell: (value) => inLists(value, (result, tasks) => ({ ...result, tasks, totalSize: 1_000_000 })),
    holds: (seen, honest) => { expect([...keysOf(honest)].filter((key) => !keysOf(seen).has(key))).toEqual([]); },
  },
  {
    name: 'pages in a circle', mayFail: true, ask: withoutToken, tell: (value) => inLists(value, (result, tasks) => ({ ...result, tasks, nextPageToken: 'round-and-round' })),
    holds: (seen, honest) => { expect([...keysOf(seen)].filter((key) => !keysOf(honest).has(key))).toEqual([]); expect(seen.batches.flatMap(({ refused }) => refused).length).toBeGreaterThan(0); },
  },
  {
    name: 'the same task twice', tell: (value) => inLists(value, (result, tasks) => ({ ...result, tasks: [...tasks, ...tasks] })),
    holds: (seen, honest) => { expect(keysOf(seen)).toEqual(keysOf(honest)); },
  },
  {
    name: 'forgets its tasks', tell: (value) => value, again: (value) => inLists(value, (result) => ({ ...result, tasks: [], totalSize: 0 })),
    holds: (_seen, _honest, next) => { expect([...outcomesOf(next)].filter((outcome) => outcome === 'completed')).toEqual([]); },
  },
];

/** It says "working" and no more: for a lever as good as work, and lighter. */
function begin(url: string, count: number, account: string): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: count }, async () => {
    const response = await fetch(`${url}/demo/start`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ scenario: 'zombie', account }) });
    return ((await response.json()) as { id: string }).id;
  }));
}

const isCancel = ({ method, path, body }: Recorded): boolean => method === 'POST' && (path.includes(':cancel') || /"method":"(CancelTask|tasks\/cancel)"/.test(body));

/** The same question as a question for the task. */
function askedFor(request: Recorded): Recorded {
  if (/:cancel/.test(request.path)) return { ...request, method: 'GET', path: request.path.replace(':cancel', ''), body: '' };
  return { ...request, body: request.body.replace('"CancelTask"', '"GetTask"').replace('"tasks/cancel"', '"tasks/get"') };
}

const stops = (flags: readonly string[], speaks: '1.0' | '0.3'): StopKit => ({
  lever: 'a2a.cancel', begin: (url, count) => begin(url, count, speaks === '1.0' ? 'ada' : 'operator'), pulls: isCancel, lists: speaks === '1.0', floods: flags.length === 0,
  ignores: (request, ask) => ask(askedFor(request)),
  lies: async (request, ask) => {
    const answer = await ask(askedFor(request));
    return { ...answer, body: answer.body.replace(/"TASK_STATE_WORKING"/g, '"TASK_STATE_CANCELED"').replace(/"state":"working"/g, '"state":"canceled"') };
  },
});

const kit = (name: string, flags: readonly string[], speaks: '1.0' | '0.3'): Kit => ({
  kind: 'a2a', name, secret,
  start: () => start(flags),
  open: (url: string, io: ConnectorIo) => a2a.open({ kind: 'a2a', url }, io),
  reads, flood, lies: speaks === '1.0' ? lies : [], seesWork: speaks === '1.0', asks: speaks === '1.0', mostRequests: 120, stops: stops(flags, speaks),
});

export const a2aKits: readonly Kit[] = [kit('A2A 1.0', [], '1.0'), kit('A2A 1.0 REST', ['--rest-only'], '1.0'), kit('A2A 0.3', ['--only03'], '0.3')];
