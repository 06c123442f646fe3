/**
 * A thousand runs on the local LangGraph server, stopped: our port against a bare script that cancels the same runs by the official client and
 * reads each until it has ended. Every way gets a server of its own, freshly started, with the same work. The official client's cancel makes
 * the server wait half a second for each run (it always sends `wait`, which the server takes for yes), so the limit is held against a script
 * that does without that: the harder one.
 */
import { Client } from '@langchain/langgraph-sdk';
import { langgraph } from '../electron/engine/connectors/langgraph/langgraph.ts';
import type { StopPort } from '../electron/engine/connectors/stopping.ts';
import { testIo } from '../electron/engine/connectors/test-io.ts';
import { startLangGraph } from '../e2e/runtimes/start-langgraph.ts';
import type { Row } from './table.ts';

const lanes = 16;
const workers = 50;
const ended = (status: string): boolean => status !== 'pending' && status !== 'running';
const everything = { agents: null, runs: null };

interface Ids { readonly thread: string; readonly run: string }
interface Work { readonly url: string; readonly client: Client; readonly runs: readonly Ids[] }

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Long runs of short steps, each on a thread of its own; as many as there are workers go on, the others wait. */
async function begin(url: string, count: number): Promise<Work> {
  const client = new Client({ apiUrl: url, apiKey: null, callerOptions: { maxConcurrency: lanes, maxRetries: 0 } });
  const runs: Ids[] = [];
  await inLanes(Array.from({ length: count }, (_, at) => at), async () => {
    const thread = await client.threads.create();
    const run = await client.runs.create(thread.thread_id, 'stock-watch', { input: { ticks: 100_000, ms: 2_000 } });
    runs.push({ thread: thread.thread_id, run: run.run_id });
  });
  const deadline = Date.now() + 30_000;
  while ((await client.threads.search({ status: 'busy', limit: 1_000 })).length < Math.min(count, 1_000) && Date.now() < deadline) await new Promise((done) => { setTimeout(done, 100); });
  await new Promise((done) => { setTimeout(done, 3_000); });
  return { url, client, runs };
}

async function withWork<T>(count: number, measure: (work: Work) => Promise<T>): Promise<T> {
  const server = await startLangGraph({ which: '1.5', workers });
  try {
    return await measure(await begin(server.url, count));
  } finally {
    await server.kill();
  }
}

async function bare({ client, runs }: Work, cancel: (ids: Ids) => Promise<void>): Promise<number> {
  const began = performance.now();
  await inLanes(runs, cancel);
  await inLanes(runs, async ({ thread, run }) => {
    while (!ended((await client.runs.get(thread, run)).status)) await new Promise((done) => { setTimeout(done, 20); });
  });
  return performance.now() - began;
}

const byClient = (work: Work): Promise<number> => bare(work, ({ thread, run }) => work.client.runs.cancel(thread, run));
const byFetch = (work: Work): Promise<number> => bare(work, async ({ thread, run }) => {
  const response = await fetch(`${work.url}/threads/${thread}/runs/${run}/cancel`, { method: 'POST' });
  await response.body?.cancel();
});

interface Ours { readonly surveyMs: number; readonly found: number; readonly ms: number }

/** `planned`: the plan's survey came before, as in the console; without it the port must first find the runs. */
async function ours({ url, client, runs }: Work, planned: boolean): Promise<Ours> {
  const io = testIo({ url });
  const { stop } = langgraph.open({ kind: 'langgraph', url }, io);
  if (stop === undefined) throw new Error('it has no levers');
  try {
    const known = planned ? await survey(stop, runs.length) : { surveyMs: Number.NaN, found: 0 };
    const sinceUs = Date.now() * 1_000;
    const began = performance.now();
    const reply = await stop.pull({ leverId: 'langgraph.cancel-runs', target: everything, saved: null, attempt: 1 }, io.signal, () => undefined);
    let sight = await stop.look(everything, sinceUs, [], io.signal);
    for (; sight.open.length > 0 || !sight.complete; sight = await stop.look(everything, sinceUs, [], io.signal));
    const ms = performance.now() - began;
    if (reply.runs.length !== runs.length || sight.opaque.length === 0) throw new Error(`it cancelled ${reply.runs.length} of ${runs.length} and found ${sight.opaque.length} steps`);
    // Somebody else's word for it.
    await inLanes(runs, async ({ thread, run }) => { if (!ended((await client.runs.get(thread, run)).status)) throw new Error(`${run} has not ended`); });
    return { ...known, ms };
  } finally {
    io.end();
  }
}

/** As in the console, after the check of rights that it makes on a timer. What one survey cannot read in its time the next ones do. */
async function survey(stop: StopPort, expected: number): Promise<{ surveyMs: number; found: number }> {
  const { signal } = new AbortController();
  await stop.rights(signal);
  const began = performance.now();
  let { runs } = await stop.survey(everything, signal);
  const surveyMs = performance.now() - began;
  const found = runs.length;
  for (const deadline = Date.now() + 120_000; runs.length < expected && Date.now() < deadline;) ({ runs } = await stop.survey(everything, signal));
  if (runs.length !== expected) throw new Error(`the surveys found ${runs.length} of ${expected} runs`);
  return { surveyMs, found };
}

export async function benchStop(count: number): Promise<Row[]> {
  const script = await withWork(count, byFetch);
  const planned = await withWork(count, (work) => ours(work, true));
  const client = await withWork(count, byClient);
  const cold = await withWork(count, (work) => ours(work, false));
  const said = (ms: number): string => `${Math.round(ms)} ms`;
  return [
    { what: `stop ${count} runs, all read back as ended / bare script`, measured: planned.ms / script, limit: 1.3, sense: 'max', unit: 'x', note: `${said(planned.ms)} beside ${said(script)} (${lanes} requests at a time, ${workers} run, the rest waits)` },
    { what: 'the same / the official client\'s own cancel', measured: planned.ms / client, limit: 1.3, sense: 'max', unit: 'x', note: `${said(client)}; the server waits for each` },
    { what: `survey of ${count} threads`, measured: planned.surveyMs, limit: 2_000, sense: 'max', unit: ' ms', note: `after a check of rights; it told ${planned.found} of the ${count} runs` },
    { what: 'the same stop without a plan / bare script', measured: cold.ms / script, limit: 3, sense: 'max', unit: 'x', note: `${said(cold.ms)}; it must find the runs, the script is told them` },
  ];
}
