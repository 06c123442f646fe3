/**
 * From the word to the wire: how soon the first lever of a stop order arrives at its server, and how soon that of an auto-stop after the span
 * that breached a rule or a budget, while a million activities are in the history and 500 spans a second arrive. Orders go over the engine's socket, whose
 * messages are those of the page's port. Arrival is when a door before the real LangGraph server has the request's head; sender, engine
 * and server are processes of their own, so that both times are of one clock that nothing else holds up.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServedEngine } from '../e2e/engine/serve.ts';
import { startLangGraph } from '../e2e/runtimes/start-langgraph.ts';
import { connectCaller } from '../electron/engine/control-client.ts';
import type { Caller } from '../electron/engine/control-client.ts';
import { largeHistory } from './history.ts';
import { Sender } from './live.ts';
import { quantile } from './table.ts';
import type { Row } from './table.ts';

const orders = 24;
const breaches = 6;
const overBudget = 6;
const spansPerSecond = 500;
const tool = 'forbidden_tool_of_the_bench';
const model = 'dear-model-of-the-bench';
const pause = (ms: number): Promise<void> => new Promise((done) => { setTimeout(done, ms); });

/** Stands before the server and notes when a cancel of a run arrives. */
class Door {
  readonly #waiting = new Map<string, (atMs: number) => void>();
  readonly #server: Server;

  constructor(port: number) {
    this.#server = createServer((request, response) => {
      const run = /\/runs\/([^/]+)\/cancel/.exec(request.url ?? '')?.[1];
      if (run !== undefined) this.#waiting.get(run)?.(performance.now());
      pass(port, request, response);
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => { this.#server.listen(0, '127.0.0.1', resolve); });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  cancelled(run: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => { reject(new Error(`no cancel of ${run} arrived in 30 s`)); }, 30_000);
      this.#waiting.set(run, (atMs) => { clearTimeout(late); resolve(atMs); });
    });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function pass(port: number, request: IncomingMessage, response: ServerResponse): void {
  const onward = ask({ host: '127.0.0.1', port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

interface Victim { readonly assistant: string; readonly run: string }

async function begin(url: string, name: string): Promise<Victim> {
  const post = async (path: string, body: unknown): Promise<Record<string, string>> => (await (await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json()) as Record<string, string>;
  const assistant = (await post('/assistants', { graph_id: 'stock-watch', name }))['assistant_id'] ?? '';
  const thread = (await post('/threads', {}))['thread_id'] ?? '';
  const run = (await post(`/threads/${thread}/runs`, { assistant_id: assistant, input: { ticks: 100_000, ms: 2_000 } }))['run_id'] ?? '';
  return { assistant, run };
}

/** Their agents' ids, once all are known. */
async function agentsOf(caller: Caller, names: readonly string[]): Promise<string[]> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const { rows } = await caller.call('agents.list', { period: { from: new Date(Date.now() - 3_600_000).toISOString(), to: null } });
    const found = names.map((name) => rows.find((row) => row.name === name)?.id ?? '');
    if (!found.includes('')) return found;
    if (Date.now() > deadline) throw new Error('not all agents became known in 90 s');
    await pause(500);
  }
}

interface Ordered { readonly planMs: number; readonly wireMs: number }

/** As the dialog does it: the plan with its survey is shown, then it is confirmed. */
async function order(caller: Caller, door: Door, agent: string, { run }: Victim): Promise<Ordered> {
  const began = performance.now();
  const plan = await caller.call('stop.plan', { scope: { kind: 'agent', id: agent }, level: 'cancel', survey: true });
  const planMs = performance.now() - began;
  const levers = plan.levers.filter((one) => one.wanted).map((one) => one.id);
  const arrives = door.cancelled(run);
  const clicked = performance.now();
  await caller.call('stop.order', { planId: plan.id, levers, reasonKind: 'other', reason: 'Measured.' });
  return { planMs, wireMs: await arrives - clicked };
}

/** What a rule forbids, or what costs more than a budget has. */
const acts = {
  tool: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool },
  money: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': model },
} as const;
const spent = [{ key: 'gen_ai.usage.input_tokens', value: { intValue: '2000000' } }, { key: 'gen_ai.usage.output_tokens', value: { intValue: '0' } }];

/** A span of it in OTLP JSON, of the agent whose id the assistant's is. */
async function breach(what: keyof typeof acts, { endpoint, token }: { readonly endpoint: string; readonly token: string }, door: Door, { assistant, run }: Victim, number: number): Promise<number> {
  const nano = `${Date.now()}000000`;
  const attributes = [...Object.entries({ ...acts[what], 'gen_ai.agent.id': assistant, 'gen_ai.agent.name': `breach ${number}` }).map(([key, value]) => ({ key, value: { stringValue: value } })), ...(what === 'money' ? spent : [])];
  const span = { traceId: String(number + 1).padStart(32, 'b'), spanId: String(number + 1).padStart(16, 'c'), name: what === 'tool' ? `execute_tool ${tool}` : `chat ${model}`, kind: 1, startTimeUnixNano: nano, endTimeUnixNano: nano, attributes };
  const body = JSON.stringify({ resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'bench-breach' } }] }, scopeSpans: [{ scope: { name: 'bench' }, spans: [span] }] }] });
  const arrives = door.cancelled(run);
  const posted = performance.now();
  const response = await fetch(`${endpoint}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body });
  if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
  return await arrives - posted;
}

interface Measured { readonly ordered: readonly Ordered[]; readonly breached: readonly number[]; readonly overspent: readonly number[]; readonly arrivedPerSecond: number }

/** One for each of them, and one for everything that is never reached: all that arrives is added up for it. */
async function keepBudgets(caller: Caller, agents: readonly string[]): Promise<void> {
  await caller.call('prices.save', { entry: { provider: null, model, region: null, tier: null, currency: 'USD', units: [{ unit: 'input', per: 1_000_000, price: '1' }], from: null, to: null, source: 'the bench', note: null } });
  const usual = { per: 'month' as const, currency: 'USD', softMicros: null, forecast: false, onHard: 'stop' as const, level: 'cancel' as const, stops: 'agent' as const };
  await caller.call('budgets.save', { draft: { ...usual, name: 'everything', scope: { kind: 'everything' }, hardMicros: 1_000_000_000_000_000 } });
  for (const id of agents) await caller.call('budgets.save', { draft: { ...usual, name: id, scope: { kind: 'agent', id }, hardMicros: 1_000_000 } });
}

async function measure(engine: ServedEngine, caller: Caller, url: string, door: Door): Promise<Measured> {
  const names = Array.from({ length: orders + breaches + overBudget }, (_, at) => `victim ${at}`);
  const victims = await Promise.all(names.map((name) => begin(url, name)));
  await caller.call('settings.set', { stopSilenceS: 5, stopWatchS: 0 });
  await caller.call('connections.addRuntime', { name: 'bench', target: { kind: 'langgraph', url }, credential: { from: 'none' } });
  const agents = await agentsOf(caller, names);
  await caller.call('stop.saveRule', { name: 'bench', trigger: { kind: 'tool', names: [tool] }, watches: { kind: 'everything' }, level: 'cancel', stops: 'agent', mode: 'fire' });
  await keepBudgets(caller, agents.slice(orders + breaches));
  const told = await engine.addOtlp('bench load', 'full');
  const sender = new Sender(told.endpoint, told.token, spansPerSecond);
  try {
    await pause(5_000);
    const [before, began] = [sender.latest, performance.now()];
    const ordered: Ordered[] = [];
    const breached: number[] = [];
    const overspent: number[] = [];
    for (const [at, victim] of victims.entries()) {
      if (at < orders) ordered.push(await order(caller, door, agents[at] ?? '', victim));
      else if (at < orders + breaches) breached.push(await breach('tool', told, door, victim, at));
      else overspent.push(await breach('money', told, door, victim, at));
      await pause(400);
    }
    return { ordered, breached, overspent, arrivedPerSecond: (sender.latest.acknowledged - before.acknowledged) / ((performance.now() - began) / 1_000) };
  } finally {
    await sender.stop();
  }
}

export async function benchStopDispatch(rows: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-stop-'));
  // The kept history is for others too: this part writes into a copy.
  cpSync(await largeHistory(rows), folder, { recursive: true });
  const server = await startLangGraph({ which: '1.5', workers: orders + breaches + overBudget });
  const door = new Door(server.port);
  const engine = await ServedEngine.start({ folder });
  try {
    const caller = await connectCaller(folder);
    if (caller === null) throw new Error('the engine cannot be asked');
    const measured = await measure(engine, caller, await door.open(), door);
    await caller.close();
    return rowsOf(rows, measured);
  } finally {
    await engine.stop();
    door.close();
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowsOf(rows: number, { ordered, breached, overspent, arrivedPerSecond }: Measured): Row[] {
  const wire = ordered.map((one) => one.wireMs);
  const plans = ordered.map((one) => one.planMs);
  const beside = `${rows.toLocaleString('en')} activities`;
  return [
    { what: 'spans that arrived meanwhile, of what was meant', measured: arrivedPerSecond / spansPerSecond, limit: 0.95, sense: 'min', unit: ' x', note: `${arrivedPerSecond.toFixed(0)}/s acknowledged` },
    { what: 'stop confirmed to first lever on the wire, p95', measured: quantile(wire, 0.95), limit: 100, sense: 'max', unit: ' ms', note: `${wire.length} orders, p50 ${quantile(wire, 0.5).toFixed(0)}, longest ${Math.max(...wire).toFixed(0)} ms, ${beside}; the plan with its survey before: p50 ${quantile(plans, 0.5).toFixed(0)} ms` },
    { what: 'breaching span to auto-stop lever on the wire, longest', measured: Math.max(...breached), limit: 2_000, sense: 'max', unit: ' ms', note: `${breached.length} breaches, p50 ${quantile(breached, 0.5).toFixed(0)} ms` },
    { what: 'span beyond a budget to its stop\'s lever on the wire, longest', measured: Math.max(...overspent), limit: 2_000, sense: 'max', unit: ' ms', note: `${overspent.length} budgets, p50 ${quantile(overspent, 0.5).toFixed(0)} ms` },
  ];
}
