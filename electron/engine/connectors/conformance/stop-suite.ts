/** The suite's part for levers: whatever a runtime answers to one, nothing is called stopped that its words do not call so, and a look shows what goes on. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RuntimeFault } from '../connector.ts';
import type { Connector } from '../connector.ts';
import type { LeverReply, Sight, StopPort, StopTarget } from '../stopping.ts';
import { testIo } from '../test-io.ts';
import type { TestIo } from '../test-io.ts';
import { misbehaviours } from './behaviours.ts';
import type { Behaviour, Exchange, FaultProxy } from './fault-proxy.ts';
import type { Kit, RunningRuntime, StopKit } from './kit.ts';
import { rewriting } from './rewrite.ts';
import type { Note } from './suite.ts';

/** What the engine gives one lever, but shorter. */
const pullMs = 12_000;
const promptMs = 1_500;
/** Each run is asked for at most so often in one pull. */
const mostPulls = 5;
const work = 2;
const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

type Pulled = { readonly t: 'reply'; readonly reply: LeverReply; readonly ms: number } | { readonly t: 'fault'; readonly fault: RuntimeFault; readonly ms: number } | { readonly t: 'mistake'; readonly error: unknown; readonly ms: number };

interface Misbehaviour {
  readonly name: string;
  readonly must: string;
  /** what comes of a request that pulls the lever. */
  readonly pulls: (stop: StopKit) => Behaviour | null;
  /** what the lever may report; 'fault': it may fail. */
  readonly may: readonly (LeverReply['reported'] | RuntimeFault['kind'])[];
  /** the work goes on, and a look has to show it. */
  readonly goesOn: boolean;
  /** most pulls for each run; without it the usual. */
  readonly most?: number;
}

const says = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Misbehaviour['pulls'] => () => ({ send }) => send({ status, headers: { 'content-type': 'application/json', ...headers }, body });
const unclear: Misbehaviour['may'] = ['accepted', 'refused', 'garbage', 'runtime_error', 'unreachable', 'conflict'];

/** What the runtime does with the request, and then says nothing about. */
async function dropsAfter({ forward, res }: Exchange): Promise<void> {
  await forward();
  res.destroy();
}

const levers: readonly Misbehaviour[] = [
  { name: 'ignores it', must: 'taken, and shown as open', pulls: ({ ignores }) => async ({ request, forward, send }) => send(await ignores(request, forward)), may: ['accepted'], goesOn: true },
  { name: 'says done, does nothing', must: 'its word, and shown as open', pulls: ({ lies }) => (lies === null ? null : async ({ request, forward, send }) => send(await lies(request, forward))), may: ['stopped', 'accepted'], goesOn: true },
  { name: 'nothing in its answer', must: 'not called stopped', pulls: (stop) => (stop.lies === null ? null : says(200, '{}')(stop)), may: unclear, goesOn: true },
  { name: 'HTML', must: 'not called stopped', pulls: says(200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' }), may: unclear, goesOn: true },
  { name: 'throttles', must: 'waits as it was told, asks no second time before', pulls: says(429, '{}', { 'retry-after': '7' }), may: ['throttled'], goesOn: true, most: 1 },
  { name: '403', must: 'a right is missing', pulls: says(403, '{"error":"not yours"}'), may: ['refused', 'forbidden'], goesOn: true, most: 1 },
  { name: '401', must: 'the credential is refused', pulls: says(401, '{"error":"no"}'), may: ['credential_refused', 'credential_missing'], goesOn: true, most: 1 },
  { name: '500', must: 'not called stopped', pulls: says(500, 'Internal Server Error'), may: unclear, goesOn: true },
  { name: 'resets', must: 'not called stopped', pulls: () => ({ res }) => { res.socket?.resetAndDestroy(); }, may: unclear, goesOn: true },
  { name: 'drops the reply after doing it', must: 'no longer open; nothing else is done', pulls: () => dropsAfter, may: ['stopped', 'nothing_to_stop', 'unreachable'], goesOn: false },
  { name: 'slow', must: 'as if it were fast', pulls: () => async ({ forward, send }) => { const answer = await forward(); await wait(150); send(answer); }, may: ['stopped', 'accepted'], goesOn: false },
];

/** What the rest of the suite has open already. */
interface Shared { readonly proxy: FaultProxy; readonly runtime: RunningRuntime }

class StopBench {
  readonly #kit: Kit;
  readonly stop: StopKit;
  readonly #opened: { readonly connector: Connector; readonly io: TestIo }[] = [];
  readonly #main: Shared;
  /** goes on through all of the tests that stop nothing. */
  lasting: readonly string[] = [];

  constructor(kit: Kit, stop: StopKit, main: Shared) {
    this.#kit = kit;
    this.stop = stop;
    this.#main = main;
  }

  get proxy(): FaultProxy { return this.#main.proxy; }
  async begin(): Promise<readonly string[]> { return (await this.stop.begin(this.#main.runtime.url, work)).toSorted(); }

  open(): StopPort {
    const { url } = this.proxy;
    const io = testIo({ url, secret: this.#kit.secret });
    const connector = this.#kit.open(url, io);
    this.#opened.push({ connector, io });
    if (!connector.stop) throw new Error('It has no levers.');
    return connector.stop;
  }

  async closeAll(): Promise<void> {
    for (const { connector, io } of this.#opened.splice(0)) {
      io.end();
      await connector.close();
    }
  }

  /** Only what pulls the lever is met by it. */
  onPulls(behaviour: Behaviour): void {
    this.proxy.behaviour = (exchange) => (this.stop.pulls(exchange.request) ? behaviour(exchange) : exchange.forward().then(exchange.send));
  }

  pulls(): number { return this.proxy.requests.filter((request) => this.stop.pulls(request)).length; }
  writes(): readonly string[] { return this.proxy.requests.filter((request) => !this.#kit.reads(request)).map(({ method, path, body }) => `${method} ${path} ${body.slice(0, 200)}`); }

  async pull(port: StopPort, target: StopTarget, ms = pullMs): Promise<Pulled> {
    const startedMs = performance.now();
    const took = (): number => Math.round(performance.now() - startedMs);
    try {
      return { t: 'reply', reply: await port.pull({ leverId: this.stop.lever, target, saved: null, attempt: 1 }, AbortSignal.timeout(ms), () => undefined), ms: took() };
    } catch (error) {
      return error instanceof RuntimeFault ? { t: 'fault', fault: error, ms: took() } : { t: 'mistake', error, ms: took() };
    }
  }
}

const named = (runs: readonly string[]): StopTarget => ({ agents: null, runs });
const everything: StopTarget = { agents: null, runs: null };
const usual = (): AbortSignal => AbortSignal.timeout(pullMs);
const nowUs = (): number => Date.now() * 1_000;

function wordOf(pulled: Pulled): string {
  if (pulled.t === 'mistake') return `MISTAKE ${String(pulled.error)}`;
  return pulled.t === 'fault' ? pulled.fault.kind : pulled.reply.reported;
}

/** Seconds. */
const waitOf = (pulled: Pulled): number | null => (pulled.t === 'fault' && pulled.fault.retryAfterMs !== null ? Math.round(pulled.fault.retryAfterMs / 1_000) : null);
const runsOf = (pulled: Pulled): LeverReply['runs'] => (pulled.t === 'reply' ? pulled.reply.runs : []);
const openIds = ({ open }: Sight): string[] => open.map(({ id }) => id).toSorted();

async function lookUntil(port: StopPort, target: StopTarget, sinceUs: number, so: (sight: Sight) => boolean): Promise<Sight> {
  for (const deadline = Date.now() + 8_000; ;) {
    const sight = await port.look(target, sinceUs, [], usual());
    if (so(sight) || Date.now() > deadline) return sight;
    await wait(50);
  }
}

function withoutLevers(kit: Kit, note: Note): void {
  it('has nothing to stop with, and says so', async () => {
    const held = note('levers');
    const io = testIo({ url: 'http://127.0.0.1:9', secret: kit.secret });
    const connector = kit.open('http://127.0.0.1:9', io);
    expect(connector.stop).toBeUndefined();
    io.end();
    await connector.close();
    held('none');
  });
}

export function stopping(kit: Kit, main: Shared, note: Note): void {
  if (kit.stops === null) return withoutLevers(kit, note);
  const bench = new StopBench(kit, kit.stops, main);
  describe('levers', () => {
    beforeAll(async () => { bench.lasting = await bench.begin(); }, 60_000);
    afterEach(() => bench.closeAll());
    reading(bench, note);
    pulling(bench, note);
    blinded(kit, bench, note);
  });
}

function reading(bench: StopBench, note: Note): void {
  it('plans and looks without a trace, and shows what is open', async () => {
    const held = note('lever: survey and look');
    const port = bench.open();
    const target = named(bench.lasting);
    const survey = await port.survey(target, usual());
    expect(survey.runs.map(({ id }) => id).toSorted()).toEqual(bench.lasting);
    expect(survey.targets.find(({ leverId }) => leverId === bench.stop.lever)?.text).not.toBe('');
    const sight = await port.look(target, nowUs(), [], usual());
    expect([openIds(sight), sight.complete]).toEqual([bench.lasting, true]);
    const all = await port.look(everything, nowUs(), [], usual());
    // Other work may wait there; what is not listed is not taken for none.
    expect(bench.stop.lists ? bench.lasting.filter((id) => !openIds(all).includes(id)) : []).toEqual([]);
    expect(bench.stop.lists || !all.complete).toBe(true);
    expect(bench.writes()).toEqual([]);
    held(`${bench.lasting.length} open, 0 writes`);
  });

  it('asks for its rights, and nothing has changed', async () => {
    const held = note('lever: rights');
    const port = bench.open();
    const checks = await port.rights(usual());
    expect(checks.find(({ level }) => level === 'cancel')).toMatchObject({ result: 'ok' });
    expect(checks.filter(({ text }) => text === '')).toEqual([]);
    expect(openIds(await port.look(named(bench.lasting), nowUs(), [], usual()))).toEqual(bench.lasting);
    held('nothing changed');
  });

  it('knows no lever that it did not declare', async () => {
    const port = bench.open();
    const target = named(bench.lasting);
    await expect(port.pull({ leverId: 'no.such-lever', target, saved: null, attempt: 1 }, usual(), () => undefined)).rejects.toMatchObject({ name: 'RuntimeFault' });
    expect(bench.writes()).toEqual([]);
  });
}

function pulling(bench: StopBench, note: Note): void {
  it.each(levers.filter(({ pulls }) => pulls(bench.stop) !== null))('$name: $must', async ({ name, pulls, may, goesOn, most = mostPulls }) => {
    const held = note(`lever: ${name}`);
    const port = bench.open();
    const ids = goesOn ? bench.lasting : await bench.begin();
    const target = named(ids);
    await port.survey(target, usual());
    const sinceUs = nowUs();
    bench.proxy.requests.length = 0;
    bench.onPulls(pulls(bench.stop)!);
    const pulled = await bench.pull(port, target);
    expect(may).toContain(wordOf(pulled));
    expect(pulled.ms).toBeLessThan(pullMs);
    expect(bench.pulls()).toBeGreaterThan(0);
    expect(bench.pulls()).toBeLessThanOrEqual(most * work);
    expect(waitOf(pulled)).toBe(wordOf(pulled) === 'throttled' ? 7 : null);
    expect(runsOf(pulled).filter(({ id, text }) => !ids.includes(id) || text === '')).toEqual([]);
    const sight = goesOn ? await port.look(target, sinceUs, [{ leverId: bench.stop.lever, saved: null }], usual()) : await lookUntil(port, target, sinceUs, ({ open }) => open.length === 0);
    expect(openIds(sight)).toEqual(goesOn ? ids : []);
    expect(sight.complete).toBe(true);
    expect(sight.readBack.filter(({ holds }) => holds === true && goesOn)).toEqual([]);
    // A runtime's word for the end of a run says nothing about the step that was under way.
    expect(sight.opaque.map(({ run }) => run).toSorted()).toEqual(goesOn ? [] : ids);
    held(`${wordOf(pulled)}, ${sight.open.length} open`);
  }, 30_000);

  it('ends with its signal where the runtime never answers', async () => {
    const held = note('lever: silent');
    const port = bench.open();
    await port.survey(named(bench.lasting), usual());
    bench.onPulls(() => undefined);
    const pulled = await bench.pull(port, named(bench.lasting), 400);
    expect(pulled.t).toBe('fault');
    expect(pulled.ms).toBeLessThan(400 + promptMs);
    expect(bench.pulls()).toBeLessThanOrEqual(work);
    bench.proxy.behaviour = null;
    expect(openIds(await port.look(named(bench.lasting), nowUs(), [], usual()))).toEqual(bench.lasting);
    held(`${wordOf(pulled)}, ${work} open`);
  }, 30_000);

  it('does not take a runtime that dies for one that has stopped', async () => {
    const held = note('lever: dies in the middle');
    const port = bench.open();
    await port.survey(named(bench.lasting), usual());
    bench.onPulls(async ({ res }) => { res.destroy(); await bench.proxy.unlisten(); });
    const pulled = await bench.pull(port, named(bench.lasting));
    expect(wordOf(pulled)).toBe('unreachable');
    const look = port.look(named(bench.lasting), nowUs(), [], usual());
    await expect(look).rejects.toMatchObject({ name: 'RuntimeFault', kind: 'unreachable' });
    await bench.proxy.listen();
    bench.proxy.behaviour = null;
    expect(openIds(await port.look(named(bench.lasting), nowUs(), [], usual()))).toEqual(bench.lasting);
    held('unreachable, not seen');
  }, 30_000);
}

const faultWord = (error: unknown): string => (error instanceof RuntimeFault ? 'fault' : `MISTAKE ${String(error)}`);
const reads = ['resets', '401', '403', '429, seconds', '500', '404', 'HTML', 'nothing', 'half a JSON text', 'null', 'other JSON', 'wrong types', 'wrong entries', 'drops in mid-body'];

function blinded(kit: Kit, bench: StopBench, note: Note): void {
  it('never takes what it cannot read for silence', async () => {
    const held = note('lever: looks that are answered badly');
    const came: string[] = [];
    for (const { behave } of misbehaviours.filter(({ name }) => reads.includes(name))) {
      for (const target of bench.stop.lists ? [named(bench.lasting), everything] : [named(bench.lasting)]) {
        bench.proxy.behaviour = behave;
        const port = bench.open();
        came.push(await port.look(target, nowUs(), [], usual()).then((sight) => (sight.complete && sight.open.length === 0 ? 'silence' : 'told'), faultWord));
        await bench.closeAll();
      }
    }
    expect([came.filter((one) => one !== 'told' && one !== 'fault'), came.includes('fault')]).toEqual([[], true]);
    held(`${came.filter((one) => one === 'fault').length} of ${came.length} are faults, no silence`);
  }, 60_000);

  it.each(bench.stop.floods ? ['open work'] : [])('bears a flood of %s', async () => {
    const held = note('lever: flood of 10,000');
    bench.proxy.behaviour = rewriting(kit.flood);
    const startedMs = performance.now();
    const outcome = await bench.open().look(everything, nowUs(), [], usual()).then(({ complete }) => (complete ? 'complete' : 'not complete'), faultWord);
    expect(performance.now() - startedMs).toBeLessThan(pullMs + promptMs);
    expect(outcome).toMatch(/^(not complete|fault)$/);
    held(outcome);
  }, 60_000);
}
