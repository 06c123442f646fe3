/** What tests of stops on real runtimes share: an engine that is asked over its control socket, orders that are watched, files that work writes to. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Connection, StopLevel } from '../../shared/domain.ts';
import type { StopCertificate, StopOrderDetail, StopPlan, StopScope, StopState } from '../../shared/stop.ts';
import type { WorkerOptions, WorkerWish } from '../agents/file-worker.ts';
import { ContractCaller } from './contract-caller.ts';
import { ServedEngine } from './serve.ts';

/** What is told may differ from what was done by so much. */
export const agreesMs = 250;
export const timeOf = (iso: string | null): number => (iso === null ? Number.NaN : Date.parse(iso));
export const wait = (ms: number): Promise<void> => new Promise((done) => { setTimeout(done, ms); });

export async function until<T>(what: string, read: () => Promise<T | null | undefined | false> | T | null | undefined | false, withinMs = 30_000, everyMs = 100): Promise<T> {
  const endMs = Date.now() + withinMs;
  for (;;) {
    const found = await read();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > endMs) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await wait(everyMs);
  }
}

/** What work left outside of everything that is told. */
export class Trail {
  readonly path: string;
  constructor(path: string) { this.path = path; }
  get lines(): readonly string[] {
    try {
      return readFileSync(this.path, 'utf8').trim().split('\n');
    } catch {
      // Nothing was written yet.
      return [];
    }
  }
  get lastMs(): number { return statSync(this.path).mtimeMs; }
  has(count: number): Promise<true> { return until(`${count} lines in ${this.path}`, () => this.lines.length >= count); }
  /** Until nothing was added for so long. */
  async still(ms: number): Promise<number> {
    for (let count = -1; count !== this.lines.length;) {
      count = this.lines.length;
      await wait(ms);
    }
    return this.lines.length;
  }
}

export interface Seen { readonly atMs: number; readonly state: StopState; readonly lastActAt: string | null; readonly containedAt: string | null }
export interface Ticks { readonly with?: readonly string[]; readonly without?: readonly string[] }

/** An order under watch: every state that it showed. */
export class Order {
  readonly id: string;
  readonly plan: StopPlan;
  readonly seen: Seen[] = [];
  readonly #house: StopHouse;
  constructor(house: StopHouse, id: string, plan: StopPlan) {
    this.#house = house;
    this.id = id;
    this.plan = plan;
  }

  async read(): Promise<StopOrderDetail> {
    const order = await this.#house.caller.call('stop.get', { id: this.id });
    this.seen.push({ atMs: Date.now(), state: order.state, lastActAt: order.lastActAt, containedAt: order.containedAt });
    return order;
  }

  async is(what: string, so: (order: StopOrderDetail) => boolean, withinMs = 40_000): Promise<StopOrderDetail> {
    let last: StopOrderDetail | null = null;
    try {
      return await until(what, async () => { last = await this.read(); return so(last) && last; }, withinMs);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}; it is ${JSON.stringify(last, (key, value: unknown) => (key === 'plan' || key === 'landedActs' ? undefined : value))}`, { cause: error });
    }
  }

  becomes(state: StopState, withinMs?: number): Promise<StopOrderDetail> { return this.is(`${this.plan.scopeName} to become ${state}`, (order) => order.state === state, withinMs); }
  get states(): StopState[] { return this.seen.map((one) => one.state).filter((state, at, all) => state !== all[at - 1]); }
  certificate(): Promise<StopCertificate> { return this.#house.caller.call('stop.certificate', { id: this.id }); }
}

export class Worker {
  readonly pid: number;
  readonly tools: readonly number[];
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>, tools: readonly number[]) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.tools = tools;
  }

  static async start(options: WorkerOptions, env: Readonly<Record<string, string>>): Promise<Worker> {
    const child = spawn(process.execPath, [fileURLToPath(new URL('../agents/file-worker.ts', import.meta.url)), JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    // An agent that was ended takes no more wishes.
    child.stdin.on('error', () => undefined);
    const said = await new Promise<string>((resolve) => { createInterface({ input: child.stdout }).once('line', resolve); });
    return new Worker(child, (JSON.parse(said) as { tools: number[] }).tools);
  }

  /** One act more. */
  do(wish: WorkerWish): void { this.#child.stdin.write(`${JSON.stringify(wish)}\n`); }
  get pids(): number[] { return [this.pid, ...this.tools]; }
  get alive(): number[] { return this.pids.filter(isAlive); }
  end(): void { for (const pid of this.alive) process.kill(pid, 'SIGKILL'); }
}

/** A process that ended and was not yet fetched by its parent does nothing any more. */
export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

export class StopHouse {
  readonly engine: ServedEngine;
  readonly caller: ContractCaller;
  private constructor(engine: ServedEngine, caller: ContractCaller) {
    this.engine = engine;
    this.caller = caller;
  }

  /** Five seconds of silence, the shortest that is allowed. */
  static async open(env: Readonly<Record<string, string>> = {}): Promise<StopHouse> {
    const engine = await ServedEngine.start({ env });
    const caller = await ContractCaller.open(engine.folder);
    await caller.call('settings.set', { stopSilenceS: 5, stopWatchS: 120 });
    return new StopHouse(engine, caller);
  }

  /** One that a rule made. */
  async ordered(id: string): Promise<Order> {
    const { plan } = await this.caller.call('stop.get', { id });
    return new Order(this, id, plan);
  }

  async close(): Promise<void> {
    await this.caller.close();
    await this.engine.stop();
  }

  /** For the environment of programs that export by the official SDK. */
  async otlp(name: string): Promise<{ id: string; env: Record<string, string> }> {
    const { connection, token, endpoint } = await this.caller.call('connections.addOtlp', { name });
    return { id: connection.id, env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${token}` } };
  }

  runtime(name: string, kind: 'langgraph' | 'a2a', url: string, variable?: string): Promise<Connection> {
    return this.caller.call('connections.addRuntime', { name, target: { kind, url }, credential: variable === undefined ? { from: 'none' } : { from: 'env', name: variable } });
  }

  /** The agent's id once it is known. */
  agent(name: string, connectionId?: string): Promise<string> {
    return until(`the agent ${name}`, async () => {
      const { rows } = await this.caller.call('agents.list', { period: { from: new Date(Date.now() - 3_600_000).toISOString(), to: null } });
      return rows.find((row) => row.name === name && (connectionId === undefined || row.connectionId === connectionId))?.id;
    });
  }

  task(key: string): Promise<string> {
    return until(`the task ${key}`, async () => (await this.caller.call('tasks.list', {})).rows.find((row) => row.key === key)?.id);
  }

  plan(scope: StopScope, level: StopLevel): Promise<StopPlan> { return this.caller.call('stop.plan', { scope, level, survey: true }); }

  /** A plan with what is ticked in it, fired. */
  async order(scope: StopScope, level: StopLevel, ticks: Ticks = {}): Promise<Order> { return this.fire(await this.plan(scope, level), ticks); }

  async fire(plan: StopPlan, { with: more = [], without = [] }: Ticks = {}): Promise<Order> {
    const levers = plan.levers.filter((one) => (one.wanted || more.includes(one.leverId)) && !without.includes(one.leverId)).map((one) => one.id);
    if (levers.length === 0) throw new Error(`nothing of the plan is ticked: ${JSON.stringify(plan)}`);
    const { id } = await this.caller.call('stop.order', { planId: plan.id, levers, reasonKind: 'security', reason: 'It must not write any more.', ...(plan.needs.typed === null ? {} : { typed: plan.needs.typed }) });
    return new Order(this, id, plan);
  }
}
