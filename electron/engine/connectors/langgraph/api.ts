/** The server as the connector speaks to it: the official client over our bounded fetch, answers checked, failures as faults. */
import { Client } from '@langchain/langgraph-sdk/client';
import type { z } from 'zod';
import type { ConnectorIo, TargetOf } from '../connector.ts';
import { RuntimeFault } from '../connector.ts';
import { setCredential } from '../credential-header.ts';
import { nestsTooDeeply } from '../depth.ts';
import { faultFrom, faultOf } from '../faults.ts';
import { assistant, cron, graph, readList, run, serverInfo, thread, threadState } from './shapes.ts';
import type { Assistant, Cron, Graph, Run, ServerInfo, Thread, ThreadState } from './shapes.ts';

export interface Page<T> { readonly items: readonly T[]; /** how many came, those that cannot be read included. */ readonly count: number; readonly bad: number; /** more came than was asked for; the rest was not read. */ readonly over?: true }

export interface RunOrder {
  readonly input?: null;
  readonly resume?: unknown;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly context?: unknown;
  readonly interruptBefore?: '*' | string[];
  readonly interruptAfter?: '*' | string[];
  readonly webhook?: string;
}

export interface Api {
  info(): Promise<ServerInfo>;
  assistants(offset: number, limit: number): Promise<Page<Assistant>>;
  assistant(id: string): Promise<Assistant>;
  graph(assistantId: string): Promise<Graph>;
  crons(): Promise<Page<Cron>>;
  threads(query: { readonly offset: number; readonly limit: number; readonly status?: 'busy' | 'interrupted' }): Promise<Page<Thread>>;
  thread(id: string): Promise<Thread>;
  runs(threadId: string, offset: number, limit: number): Promise<Page<Run>>;
  run(threadId: string, runId: string): Promise<Run>;
  state(threadId: string): Promise<ThreadState>;
  history(threadId: string, limit: number, before: string | null): Promise<Page<ThreadState>>;
  startRun(threadId: string, assistantId: string, order: RunOrder): Promise<Run>;
  /** for what the client does not serve: the answer as it is, whatever its status. */
  raw(path: string, init: RequestInit, credential?: 'with' | 'without'): Promise<Response>;
}

/** States are the graph's own values: deeper than a record of ours would be. */
const mostNested = 200;

const garbage = (what: string): RuntimeFault => new RuntimeFault('garbage', `It gave an answer that is not ${what} of a LangGraph server.`);

function one<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const read = schema.safeParse(value);
  if (!read.success) throw garbage(what);
  return read.data;
}

/** SECURITY: a server that gives more than was asked for gets no more read than that; the next page brings the rest. */
function page<T>(schema: z.ZodType<T>, value: unknown, what: string, most: number): Page<T> {
  const read = readList(schema, Array.isArray(value) ? value.slice(0, most) : value);
  if (read === null) throw garbage(what);
  return { ...read, count: read.items.length + read.bad, ...(Array.isArray(value) && value.length > most ? { over: true } : {}) };
}

async function asFault<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw faultFrom(error);
  }
}

/** SECURITY: whoever may start a run writes its metadata: one entry that is nested without end is refused by itself, and hides no other. */
function withoutNesting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => (nestsTooDeeply(one, mostNested) ? null : one));
  if (nestsTooDeeply(value, mostNested)) throw new RuntimeFault('garbage', 'It gave an answer that is nested without end.');
  return value;
}

/** How a stop asks: with its own credential, in its own time, on more lanes than a collector takes. */
export interface ApiOptions {
  readonly secret?: () => Promise<string | null>;
  /** for each request by itself; a frozen server must not hold what is beside it. */
  readonly timeoutMs?: number;
  readonly lanes?: number;
  /** each answer with our time when its request left. */
  readonly heard?: (response: Response, sentMs: number) => void;
}

const headerOf = (target: TargetOf<'langgraph'>): string => target.header ?? 'x-api-key';

/** Requests that begin at about the same time share one limit: with a thousand of them, a timer and a joined signal for each costs more than the request. */
function timeLimit(signal: AbortSignal, timeoutMs: number): (nowMs: number) => AbortSignal {
  const shareMs = timeoutMs / 10;
  let begunMs = Number.NEGATIVE_INFINITY;
  let limit = signal;
  return (nowMs) => {
    if (nowMs < begunMs || nowMs - begunMs > shareMs) {
      begunMs = nowMs;
      limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs + shareMs)]);
    }
    return limit;
  };
}

export function openApi(target: TargetOf<'langgraph'>, io: ConnectorIo, signal: AbortSignal, { secret: ownSecret, timeoutMs, lanes = 4, heard }: ApiOptions = {}): Api {
  const base = target.url.replace(/\/+$/, '');
  const within = timeoutMs === undefined ? () => signal : timeLimit(signal, timeoutMs);
  const send = async (url: string | URL, init: RequestInit, credential: 'with' | 'without'): Promise<Response> => {
    const headers = new Headers(init.headers);
    const secret = credential === 'with' ? await (ownSecret ?? io.secret)() : null;
    if (secret !== null) setCredential(headers, headerOf(target), target.scheme ?? 'plain', secret);
    const sentMs = io.clock.now();
    const life = within(sentMs);
    const response = await io.fetch(url, { ...init, headers, signal: init.signal ? AbortSignal.any([life, init.signal]) : life });
    heard?.(response, sentMs);
    return response;
  };
  // The client gets answers that are successes only: what failed is a fault before it can dress it in words of its own.
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    if (input instanceof Request) throw new TypeError('the client asks by address');
    const response = await send(input, init, 'with');
    if (!response.ok) throw faultOf(response.status, response.headers, await response.text(), io.clock.now());
    return response;
  };
  // SECURITY: `apiKey: null` keeps the client from taking a key out of this machine's environment.
  const client = new Client({ apiUrl: base, apiKey: null, callerOptions: { fetch, maxRetries: 0, maxConcurrency: lanes } });
  const ask = <T>(work: () => Promise<unknown>, read: (value: unknown) => T): Promise<T> => asFault(async () => read(withoutNesting(await work())), signal);
  return {
    info: () => ask(async () => (await fetch(`${base}/info`)).json(), (value) => one(serverInfo, value, 'the description')),
    assistants: (offset, limit) => ask(
      () => client.assistants.search({ offset, limit, sortBy: 'created_at', sortOrder: 'asc', select: ['assistant_id', 'graph_id', 'name', 'version', 'metadata', 'updated_at'] }),
      (value) => page(assistant, value, 'a list of assistants', limit),
    ),
    assistant: (id) => ask(() => client.assistants.get(id), (value) => one(assistant, value, 'an assistant')),
    graph: (id) => ask(() => client.assistants.getGraph(id, { xray: true }), (value) => one(graph, value, 'a graph')),
    crons: () => ask(() => client.crons.search({ limit: 100 }), (value) => page(cron, value, 'a list of crons', 100)),
    threads: ({ offset, limit, status }) => ask(
      () => client.threads.search({ offset, limit, ...(status === undefined ? {} : { status }), sortBy: 'updated_at', sortOrder: 'desc', select: ['thread_id', 'status', 'updated_at', 'metadata'] }),
      (value) => page(thread, value, 'a list of threads', limit),
    ),
    thread: (id) => ask(() => client.threads.get(id), (value) => one(thread, value, 'a thread')),
    runs: (threadId, offset, limit) => ask(() => client.runs.list(threadId, { offset, limit }), (value) => page(run, value, 'a list of runs', limit)),
    run: (threadId, runId) => ask(() => client.runs.get(threadId, runId), (value) => one(run, value, 'a run')),
    state: (threadId) => ask(() => client.threads.getState(threadId), (value) => one(threadState, value, 'a state')),
    // Not by the client: its `before` is a configuration, the server wants the id alone.
    history: (threadId, limit, before) => ask(
      async () => (await fetch(`${base}/threads/${encodeURIComponent(threadId)}/history?limit=${limit}${before === null ? '' : `&before=${encodeURIComponent(before)}`}`)).json(),
      (value) => page(threadState, value, 'a history', limit),
    ),
    startRun: (threadId, assistantId, order) => ask(() => client.runs.create(threadId, assistantId, {
      ...('input' in order ? { input: null } : {}), ...('resume' in order ? { command: { resume: order.resume } } : {}),
      ...(order.config === undefined ? {} : { config: order.config }), ...(order.context === undefined ? {} : { context: order.context }),
      ...(order.interruptBefore === undefined ? {} : { interruptBefore: order.interruptBefore }), ...(order.interruptAfter === undefined ? {} : { interruptAfter: order.interruptAfter }),
      ...(order.webhook === undefined ? {} : { webhook: order.webhook }), multitaskStrategy: 'reject',
    }), (value) => one(run, value, 'a run')),
    raw: (path, init, credential = 'with') => asFault(() => send(`${base}${path}`, init, credential), signal),
  };
}
