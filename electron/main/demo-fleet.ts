/** The demo fleet: pretend agents in a process of their own that speak real OTLP to our receiver. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { RuntimeTarget } from '../../shared/contract.ts';
import type { Connection } from '../../shared/domain.ts';
import type { DemoState } from '../../shared/page-api.ts';
import { papersLine, sayPapers } from './demo-papers.ts';
import type { EngineCaller } from './engine-caller.ts';

const companies = [
  { id: 'halden', name: 'Halden Retail (demo)' },
  { id: 'norrland', name: 'Norrland Bank (demo)' },
  { id: 'brightwater', name: 'Brightwater Logistics (demo)' },
] as const;

interface Order { readonly endpoint: string; readonly tokens: readonly { readonly company: string; readonly token: string }[] }

/** What the fleet says on its standard output, a line each; other lines are for people who run it by hand. */
const fleetLine = z.union([z.object({ missing: z.string().max(400) }), papersLine, z.object({ runtimes: z.array(z.object({ kind: z.enum(['langgraph', 'a2a', 'mcp']), name: z.string().max(80), url: z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ }) })).max(4) })]);
type DemoRuntimes = Extract<z.infer<typeof fleetLine>, { runtimes: unknown }>['runtimes'];

const atWork = 'Eight pretend agents in three pretend companies are at work.';

/** A running fleet. */
interface Fleet {
  end(): void;
  onExit(listener: (code: number | null) => void): void;
}

export interface DemoParts {
  readonly script: string;
  readonly environment: Record<string, string>;
  readonly externalNode: string | undefined;
  readonly openCaller: () => EngineCaller;
  readonly onState: (state: DemoState) => void;
}

export class DemoFleet {
  readonly #parts: DemoParts;
  #fleet: Fleet | null = null;
  #state: DemoState = { state: 'off', text: 'The demo fleet is off.' };

  constructor(parts: DemoParts) { this.#parts = parts; }

  get state(): DemoState { return this.#state; }

  async start(): Promise<void> {
    if (this.#state.state === 'starting' || this.#state.state === 'running') return;
    this.#tell('starting', 'The demo fleet starts.');
    const caller = this.#parts.openCaller();
    try {
      const { order, tellPast } = await connect(caller);
      const fleet = this.#launch(order, tellPast ? [] : ['--hours', '0']);
      this.#fleet = fleet;
      fleet.onExit((code) => { if (this.#fleet === fleet) this.#gone(code); });
      this.#tell('running', atWork);
    } catch (error) {
      this.#tell('failed', `The demo fleet could not start: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      caller.close();
    }
  }

  stop(): void {
    const fleet = this.#fleet;
    this.#fleet = null;
    fleet?.end();
    if (this.#state.state === 'off') return;
    this.#tell('off', 'The demo fleet is off. What it sent stays in the history.');
    void this.leaveRuntimes();
  }

  /** Its servers are gone with it: nobody asks them until they run again. Also for a console that starts without the demo that it had before. */
  async leaveRuntimes(): Promise<void> {
    const caller = this.#parts.openCaller();
    try {
      const { rows } = await caller.call('connections.list', {});
      for (const row of rows) if (row.demo && row.runtime !== null && row.enabled && this.#fleet === null) await caller.call('connections.update', { id: row.id, enabled: false });
    } catch {
      // The engine is away: they are asked in vain and say so; the next start comes by here again.
    } finally {
      caller.close();
    }
  }

  #gone(code: number | null): void {
    this.#fleet = null;
    this.#tell('failed', `The demo fleet ended by itself${code === null ? '' : ` (code ${code})`}.`);
    void this.leaveRuntimes();
  }

  #launch(order: Order, words: readonly string[]): Fleet {
    const { script, environment, externalNode } = this.#parts;
    if (!externalNode) throw new Error('It is part of the source, not of this build.');
    // SECURITY: the tokens go over standard input, never over the command line, which every process can read.
    const child = spawn(externalNode, [script, ...words], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] });
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => void this.#hear(line));
    child.stdin.write(`${JSON.stringify(order)}\n`);
    return { end: () => { child.stdin.end(); child.kill('SIGTERM'); }, onExit: (listener) => { child.once('close', listener); } };
  }

  /** Its servers listen: the console is connected to them like to anybody's. */
  async #hear(line: string): Promise<void> {
    const read = fleetLine.safeParse(parsed(line));
    if (!read.success) return;
    if ('missing' in read.data) {
      if (this.#fleet) this.#tell('running', `${atWork} One part is missing: ${read.data.missing}.`);
      return;
    }
    const caller = this.#parts.openCaller();
    const fleet = this.#fleet;
    try {
      if ('papers' in read.data) return await sayPapers(caller, read.data.papers, () => fleet !== null && this.#fleet === fleet);
      await connectRuntimes(caller, read.data.runtimes);
    } catch (error) {
      if (this.#fleet) this.#tell('running', `The demo fleet is at work, but part of it could not be said to the console: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      caller.close();
    }
  }

  #tell(state: DemoState['state'], text: string): void {
    this.#state = { state, text };
    this.#parts.onState(this.#state);
  }
}

/** Tokens are shown once, so connections of an earlier demo get new ones; the past is told only to an empty history. */
async function connect(caller: EngineCaller): Promise<{ order: Order; tellPast: boolean }> {
  const { rows } = await caller.call('connections.list', {});
  const old = rows.filter((row) => row.demo && row.kind === 'otlp');
  const tokens: { company: string; token: string }[] = [];
  let endpoint = '';
  for (const company of companies) {
    const added = await connectOne(caller, company.name, old.find((row) => row.name === company.name));
    endpoint = added.endpoint;
    tokens.push({ company: company.id, token: added.token });
  }
  return { order: { endpoint, tokens }, tellPast: old.every((row) => row.activities === 0) };
}

async function connectOne(caller: EngineCaller, name: string, old: Connection | undefined): Promise<{ token: string; endpoint: string }> {
  if (!old) return caller.call('connections.addOtlp', { name, demo: true });
  if (!old.enabled) await caller.call('connections.update', { id: old.id, enabled: true });
  return caller.call('connections.rotateToken', { id: old.id });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null; // A line for people.
  }
}

/** Their ports are new at each start; the connections, with their history, stay. */
async function connectRuntimes(caller: EngineCaller, runtimes: DemoRuntimes): Promise<void> {
  const { rows } = await caller.call('connections.list', {});
  for (const { kind, name, url } of runtimes) {
    const old = rows.find((row) => row.demo && row.kind === kind);
    const target: RuntimeTarget = kind === 'mcp' ? { kind, transport: 'http', url } : { kind, url };
    if (!old) await caller.call('connections.addRuntime', { name, target, demo: true });
    else {
      await caller.call('connections.retarget', { id: old.id, target });
      if (!old.enabled) await caller.call('connections.update', { id: old.id, enabled: true });
    }
  }
}
