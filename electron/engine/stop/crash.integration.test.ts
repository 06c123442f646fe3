/** SIGKILL at every step of an order: the next engine goes on, nothing that must not is sent twice, and nothing leaves before it is written down. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LeverReply, OpenRun } from '../connectors/stopping.ts';
import { systemClock } from '../ports.ts';
import { History } from '../store/history.ts';
import { openReader } from '../store/database.ts';
import { historyFile } from '../store/open.ts';
import { listAudit } from '../store/queries/audit.ts';
import { Reading } from '../store/queries/reading.ts';
import { getStop } from '../store/queries/stops.ts';
import { ada, facts, openCrashHouse } from './crash-house.ts';
import type { CrashHouse } from './crash-house.ts';

/** The runtime of one case: what it was asked, and what the history held in the instant of the first request that changes something. */
class Runtime {
  readonly folder: string;
  readonly pulls: string[] = [];
  cronsOn = true;
  runs: OpenRun[] = [{ id: 'run-1', agent: 'clerk-1', state: 'running', sinceUs: Date.now() * 1_000 - 60_000_000, what: 'clerk' }];
  firstSaw: string[] | null = null;
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

  #written(): string[] {
    const db = openReader(historyFile(this.folder));
    const reading = new Reading(db);
    reading.begin();
    const nowUs = Date.now() * 1_000;
    const { events, orderLevers } = getStop(reading, { id: 'stp-1' }, nowUs);
    const asked = listAudit(reading, { limit: 100 }).rows.filter((row) => row.action === 'stop.order');
    db.close();
    return [...events.filter((one) => one.kind === 'intent').map((one) => one.kind), ...asked.map((one) => `${one.action} ${one.outcome}`), ...orderLevers.filter((one) => one.state === 'sending').map((one) => `${one.leverId} ${one.state}`)];
  }
}

/** of the server of this test. */
const mistakes: unknown[] = [];
const runtimes = new Map<string, Runtime>();
let server: Server;
let root: string;
let template: string;
let unkilled = '';

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
  // Reads every module once for all that follow: reading them is most of the time.
  unkilled = await ended('never', 1);
}, 120_000);
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true, force: true });
});

async function until<T>(what: string, read: () => Promise<T | null>): Promise<T> {
  const endMs = Date.now() + 110_000;
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

async function killedAt(step: string, time: number): Promise<{ runtime: Runtime; house: CrashHouse; by: string }> {
  const killed = prepared(step, time);
  const by = await ended(step, time, killed);
  const house = await openCrashHouse(killed.folder, killed.base);
  await house.stopping.start(null);
  return { runtime: killed.runtime, house, by };
}

const repeatable = ['crash.crons', 'crash.cut', 'crash.remove'];

/** What is found after the next engine has finished it. */
interface Outcome {
  readonly at: string;
  readonly by: string;
  readonly firstSaw: readonly string[] | null;
  /** that lever's state and how often it was called. */
  readonly once: string;
  readonly calledAll: boolean;
  readonly states: readonly string[];
  readonly stillToPutBack: number;
  readonly cronsOn: boolean;
}

async function outcomeOf(step: string, time: number): Promise<Outcome> {
  const { runtime, house, by } = await killedAt(step, time);
  try {
    const { levers } = await until(`the levers after ${step}`, async () => {
      const [order] = await house.orders();
      return typeof order?.answeredUs === 'number' && !order.levers.some((one) => one.state === 'waiting' || one.state === 'sending') ? order : null;
    });
    await until(`the run that the hold ends after ${step}`, () => Promise.resolve(runtime.runs.length === 0 ? true : null));
    // Put back by the first engine, by this one, or by both in part: in the end it stands as it was.
    await house.stopping.desk['stop.release']({ id: 'stp-1', reason: '' }, ada);
    const [released] = await house.orders();
    const calls = (id: string): number => runtime.pulls.filter((one) => one === id).length;
    return {
      at: `${step} ${time}`, by, firstSaw: runtime.firstSaw, once: `${levers.find((one) => one.plan.leverId === 'crash.once')?.state} ${calls('crash.once')}`,
      calledAll: repeatable.every((id) => calls(id) >= 1), states: levers.filter((one) => one.plan.leverId !== 'crash.once').map((one) => one.state),
      stillToPutBack: released?.levers.filter((one) => one.undoState === 'open' || one.undoState === 'failed').length ?? -1, cronsOn: runtime.cronsOn,
    };
  } finally {
    await house.close();
  }
}

/** The levers let go one after the other: crons, the one that must not be repeated, the cut, and what waits for nothing to run. */
const kills: readonly (readonly [step: string, time: number])[] = [
  ['intent_written', 1], ['saving', 1], ['saved', 1], ['sending_written', 1], ['sent', 1], ['answered', 1], ['reported_written', 1], ['hold_written', 1], ['hold_look', 1],
  ['sending_written', 2], ['sent', 2], ['answered', 2], ['idle_waiting', 1], ['idle_look', 1], ['look', 1], ['verdict_written', 1], ['answered_written', 1], ['release_written', 1], ['undone', 1],
];
/** Between two of these the state of that lever is a matter of microseconds; more than one call is never right. */
const rightOnce: readonly string[] = ['reported 1', 'unknown 0', 'unknown 1'];

describe('an engine that is killed in the middle of a stop', () => {
  it('comes to the end of it by itself when nobody kills it', () => {
    expect(unkilled).toBe('0');
  });

  it('at each step: the next one finishes it, and sends nothing twice that must not be', { timeout: 400_000 }, async () => {
    const waiting = [...kills];
    const outcomes: Outcome[] = [];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) outcomes.push(await outcomeOf(...next));
    };
    await Promise.all([work(), work(), work()]);
    expect(mistakes).toEqual([]);
    expect(outcomes.map((one) => one.at).toSorted()).toEqual(kills.map(([step, time]) => `${step} ${time}`).toSorted());
    for (const { at, once, ...outcome } of outcomes) {
      expect({ at, ...outcome }).toEqual({ at, by: 'SIGKILL', firstSaw: ['intent', 'stop.order asked', 'crash.crons sending'], calledAll: true, states: ['reported', 'reported', 'reported', 'reported'], stillToPutBack: 0, cronsOn: true });
      expect(rightOnce).toContain(once);
    }
  });

  it('and the order that it left comes to its own end', { timeout: 120_000 }, async () => {
    const { house } = await killedAt('sent', 3);
    try {
      const order = await until('the end of the order', async () => {
        const [found] = await house.orders();
        return typeof found?.endedUs === 'number' ? found : null;
      });
      expect(order.state).toBe('verified');
      const detail = JSON.parse(await house.history.queryJson('stop.get', { id: 'stp-1' })) as { events: { kind: string }[] };
      expect(detail.events.some((one) => one.kind === 'resumed')).toBe(true);
    } finally {
      await house.close();
    }
  });
});
