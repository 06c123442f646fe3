/** SIGKILL at every step of an order: the next engine goes on, nothing that must not is sent twice, and nothing leaves before it is written down. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LeverReply, OpenRun } from '../connectors/stopping.ts';
import { systemClock } from '../ports.ts';
import { History } from '../store/history.ts';
import { historyFile } from '../store/open.ts';
import { ada, facts, openCrashHouse } from './crash-house.ts';
import type { CrashHouse } from './crash-house.ts';

/** The runtime of one case: what it was asked, and what the history held in the instant of the first request that changes something. */
class Runtime {
  readonly folder: string;
  readonly pulls: string[] = [];
  cronsOn = true;
  runs: OpenRun[] = [{ id: 'run-1', agent: 'clerk-1', state: 'running', sinceUs: Date.now() * 1_000 - 60_000_000, what: 'clerk' }];
  firstSaw: { orders: number; intents: number; asked: number } | null = null;
  #cuts = 0;

  constructor(folder: string) { this.folder = folder; }

  answer(path: string, body: { readonly target?: { readonly runs: readonly string[] | null } }): unknown {
    const [what, id = ''] = path.split('/');
    if (what === 'survey') return { runs: this.runs, complete: true, schedules: [], residual: [], alsoHits: [], targets: [], notes: [] };
    if (what === 'look') return { atUs: Date.now() * 1_000, open: this.runs, complete: true, signs: [], opaque: [], readBack: [], notes: [] };
    if (what === 'save') return { saved: JSON.stringify({ on: this.cronsOn }) };
    if (what === 'undo') { this.cronsOn = true; return { text: 'Enabled again.' }; }
    this.firstSaw ??= this.#written();
    this.pulls.push(id);
    if (id === 'crash.crons') this.cronsOn = false;
    if (id === 'crash.cut') this.#cut(body.target?.runs ?? null);
    return { reported: 'accepted', text: 'Done.', runs: [], complete: true } satisfies LeverReply;
  }

  /** The first time something starts a new run behind its back: the hold's to end. */
  #cut(runs: readonly string[] | null): void {
    this.runs = this.runs.filter((run) => runs !== null && !runs.includes(run.id));
    this.#cuts += 1;
    if (this.#cuts === 1) this.runs.push({ id: 'run-2', agent: 'clerk-1', state: 'running', sinceUs: Date.now() * 1_000, what: 'clerk' });
  }

  #written(): { orders: number; intents: number; asked: number } {
    const db = new Database(historyFile(this.folder), { readonly: true });
    const count = (sql: string): number => db.prepare<[], { n: number }>(sql).get()?.n ?? 0;
    const found = { orders: count('SELECT count(*) AS n FROM stop_order'), intents: count("SELECT count(*) AS n FROM stop_event WHERE kind = 'intent'"), asked: count("SELECT count(*) AS n FROM audit_entry WHERE action = 'stop.order' AND outcome = 'asked'") };
    db.close();
    return found;
  }
}

/** of the server of this test. */
const mistakes: unknown[] = [];
const runtimes = new Map<string, Runtime>();
let server: Server;
let root: string;
let template: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-crash-'));
  template = join(root, 'template');
  const history = await History.open({ dataDir: template, clock: systemClock });
  const audit = { actor: 'ada', actorKind: 'desktop', action: 'connection.add', subject: null, outcome: 'done', text: 'Added.', details: {} } as const;
  const { id } = await history.command('runtimes.add', { name: 'Crash', target: { kind: 'langgraph', url: 'http://127.0.0.1:1/' }, credential: null, credentialHint: null, content: 'none', demo: false, audit });
  await history.command('runtimes.discovered', {
    connection: id, content: 'none', service: 'Crash', receivedUs: Date.now() * 1_000,
    found: { facts, agents: [{ claim: { id: 'clerk-1', name: 'clerk' }, aliases: [], grants: [], atUs: Date.now() * 1_000 }], grants: [], complete: true, refused: [] },
  });
  await history.command('settings.set', { stopSilenceS: 5, stopWatchS: 0 });
  await history.close();
  server = createServer((request, response) => {
    const [, name = '', ...rest] = (request.url ?? '').split('/');
    let text = '';
    request.on('data', (part: Buffer) => { text += part.toString(); });
    request.on('end', () => {
      try {
        response.end(JSON.stringify(runtimes.get(name)?.answer(rest.join('/'), JSON.parse(text) as never)));
      } catch (error) {
        mistakes.push(error);
        response.writeHead(500).end();
      }
    });
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  // Reads every module once for all that follow, and shows that an engine that nobody kills comes to the end of it.
  expect(await ended('never', 1)).toBe('0');
}, 120_000);
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true, force: true });
});

async function until<T>(what: string, read: () => Promise<T | null>): Promise<T> {
  const endMs = Date.now() + 60_000;
  for (;;) {
    const found = await read();
    if (found !== null) return found;
    if (Date.now() > endMs) throw new Error(`waited in vain for ${what}`);
    await new Promise((done) => { setTimeout(done, 50); });
  }
}

interface Killed { readonly runtime: Runtime; readonly folder: string; readonly base: string }

function prepared(step: string, time: number): Killed {
  const name = `${step}-${time}`;
  const folder = join(root, name);
  cpSync(template, folder, { recursive: true });
  const runtime = new Runtime(folder);
  runtimes.set(name, runtime);
  return { runtime, folder, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}` };
}

/** How the process that ordered a stop ended: by a signal, or with a code and what it said. */
async function ended(step: string, time: number, { folder, base }: Killed = prepared(step, time)): Promise<string> {
  const child = spawn(process.execPath, [new URL('crash-child.ts', import.meta.url).pathname, folder, base, step, String(time)], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'cache') } });
  let said = '';
  child.stderr.on('data', (part: Buffer) => { said += part.toString(); });
  return new Promise((done) => { child.once('exit', (code, by) => done(by ?? `${code}${said.slice(0, 500)}`)); });
}

async function killedAt(step: string, time: number): Promise<{ runtime: Runtime; house: CrashHouse }> {
  const killed = prepared(step, time);
  expect(await ended(step, time, killed), `${step}, time ${time}`).toBe('SIGKILL');
  const house = await openCrashHouse(killed.folder, killed.base);
  await house.stopping.start(null);
  return { runtime: killed.runtime, house };
}

/** What must hold wherever it was killed. */
async function isFinished(step: string, time: number): Promise<void> {
  const { runtime, house } = await killedAt(step, time);
  try {
    const answered = await until(`the levers after ${step}`, async () => {
      const [order] = await house.orders();
      return order?.answeredUs != null && !order.levers.some((one) => one.state === 'waiting' || one.state === 'sending') ? order : null;
    });
    expect(mistakes, step).toEqual([]);
    expect(runtime.firstSaw, step).toEqual({ orders: 1, intents: 1, asked: 1 });
    const calls = (id: string): number => runtime.pulls.filter((one) => one === id).length;
    expect(calls('crash.once'), step).toBeLessThanOrEqual(1);
    for (const id of ['crash.crons', 'crash.cut', 'crash.remove']) expect(calls(id), `${step}: ${id}`).toBeGreaterThanOrEqual(1);
    const state = (id: string): string | undefined => answered.levers.find((one) => one.plan.leverId === id)?.state;
    expect(['reported', 'unknown'], step).toContain(state('crash.once'));
    if (state('crash.once') === 'reported') expect(calls('crash.once'), step).toBe(1);
    for (const id of ['crash.crons', 'crash.cut', 'crash.remove', 'console.hold']) expect(state(id), `${step}: ${id}`).toBe('reported');
    await until(`the run that the hold ends after ${step}`, () => Promise.resolve(runtime.runs.length === 0 ? true : null));
    await isReleased(runtime, house, step);
  } finally {
    await house.close();
  }
}

/** Put back by the first engine, by the second one now, or by both in part: in the end it stands as it was. */
async function isReleased(runtime: Runtime, house: CrashHouse, step: string): Promise<void> {
  await house.stopping.desk['stop.release']({ id: 'stp-1', reason: '' }, ada);
  const [released] = await house.orders();
  expect(released?.levers.filter((one) => one.undoState === 'open' || one.undoState === 'failed'), step).toEqual([]);
  expect(runtime.cronsOn, step).toBe(true);
}

/** The levers let go one after the other: crons, the one that must not be repeated, the cut, and what waits for nothing to run. */
const kills: readonly (readonly [step: string, time: number])[] = [
  ['intent_written', 1], ['saving', 1], ['saved', 1], ['sending_written', 1], ['sent', 1], ['answered', 1], ['reported_written', 1], ['hold_written', 1], ['hold_look', 1],
  ['sending_written', 2], ['sent', 2], ['answered', 2], ['idle_waiting', 1], ['idle_look', 1], ['look', 1], ['verdict_written', 1], ['answered_written', 1], ['release_written', 1], ['undone', 1],
];

describe('an engine that is killed in the middle of a stop', () => {
  it('at each step: the next one finishes it, and sends nothing twice that must not be', { timeout: 240_000 }, async () => {
    const waiting = [...kills];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await isFinished(...next);
    };
    await Promise.all([work(), work(), work()]);
  });

  it('and the order that it left comes to its own end', { timeout: 120_000 }, async () => {
    const { house } = await killedAt('sent', 3);
    try {
      const ended = await until('the end of the order', async () => {
        const [order] = await house.orders();
        return order?.endedUs == null ? null : order;
      });
      expect(ended.state).toBe('verified');
      const detail = JSON.parse(await house.history.queryJson('stop.get', { id: 'stp-1' })) as { events: { kind: string }[] };
      expect(detail.events.some((one) => one.kind === 'resumed')).toBe(true);
    } finally {
      await house.close();
    }
  });
});
