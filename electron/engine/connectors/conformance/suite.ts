/** The suite: every kind of runtime is put through the same, and every connector has to hold the same. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { capabilityNames } from '../../../../shared/domain.ts';
import type { Connector } from '../connector.ts';
import { testIo } from '../test-io.ts';
import type { TestIo } from '../test-io.ts';
import { describeOutcome, endless, misbehaviours } from './behaviours.ts';
import { FaultProxy } from './fault-proxy.ts';
import type { Kit, RunningRuntime } from './kit.ts';
import { approvalsOf, collectAll, keysOf, look, namesOf, outcomeOf } from './look.ts';
import type { Outcome, Seen } from './look.ts';
import { losing, rewriting } from './rewrite.ts';
import { stopping } from './stop-suite.ts';
import { Table } from './table.ts';

/** For what never comes: short, or waiting for it would take the suite's time. */
const shortMs = 1_500;
const lookMs = 12_000;
const promptMs = 1_500;
/** The limit of 32 MiB, and what lies in the sockets between. */
const mostBytes = 64 * 1024 * 1024;
const mostCheckpoint = 256 * 1024;
/** A flood is borne when its batches keep coming, each within its time; how long all of it takes is the flood's doing. */
const floodMs = 10_000;
const batchMs = 25_000;
/** Looks at answers with other values missing each time. */
const seeds = 30;

interface Opened { readonly connector: Connector; readonly io: TestIo }

class Bench {
  readonly #kit: Kit;
  readonly #opened: Opened[] = [];
  proxy!: FaultProxy;
  runtime!: RunningRuntime;
  honest!: Seen;

  constructor(kit: Kit) { this.#kit = kit; }

  open({ patient = true }: { readonly patient?: boolean } = {}): Opened {
    const { url } = this.proxy;
    const io = testIo({ url, secret: this.#kit.secret, ...(patient ? {} : { timeoutMs: shortMs }) });
    const opened = { connector: this.#kit.open(url, io), io };
    this.#opened.push(opened);
    return opened;
  }

  async closeAll(): Promise<void> {
    for (const { connector, io } of this.#opened.splice(0)) {
      io.end();
      await connector.close();
    }
  }

  writes(): readonly string[] {
    return this.proxy.requests.filter((request) => !this.#kit.reads(request)).map(({ method, path, body }) => `${method} ${path} ${body.slice(0, 200)}`);
  }
}

const never = (): AbortSignal => new AbortController().signal;

/** Each of them; prints their table at the end. */
export function conform(kits: readonly Kit[]): void {
  const table = new Table();
  for (const kit of kits) conformOne(kit, table);
  afterAll(() => { process.stdout.write(`\nConformance, connector by connector\n\n${table.text()}\n\n`); });
}

function conformOne(kit: Kit, table: Table): void {
  const bench = new Bench(kit);
  const note: Note = (row) => {
    table.begin(row, kit.name);
    return (cell) => table.end(row, kit.name, cell);
  };

  describe(`${kit.name}`, () => {
    beforeAll(async () => {
      bench.runtime = await kit.start();
      bench.proxy = await FaultProxy.start(bench.runtime.url);
      await bench.runtime.work();
      const { connector } = bench.open();
      bench.honest = await look(connector, null, never());
      await bench.closeAll();
    }, 120_000);
    beforeEach(() => {
      bench.proxy.behaviour = null;
      bench.proxy.requests.length = 0;
      bench.proxy.sentBytes = 0;
    });
    afterEach(() => bench.closeAll());
    afterAll(async () => {
      await bench.proxy.unlisten();
      await bench.runtime.stop();
    });

    watching(kit, bench, note);
    misbehaving(kit, bench, note);
    returning(kit, bench, note);
    stopping(kit, bench, note);
  });
}

function keysBeyond(outcome: Outcome, honest: Seen): string[] {
  return outcome.t === 'seen' ? [...keysOf(outcome.seen)].filter((key) => !keysOf(honest).has(key)) : [];
}

function seenOf(outcome: Outcome): Seen {
  if (outcome.t !== 'seen') throw new Error(`Nothing was seen: ${describeOutcome(outcome)}`);
  return outcome.seen;
}

/** Begins a cell of the table; what it gives back ends it. */
export type Note = (row: string) => (cell: string) => void;

function watching(kit: Kit, bench: Bench, note: Note): void {
  it('declares itself whole', async () => {
    const held = note('declares itself');
    const { facts } = bench.honest.discovered;
    expect(facts.capabilities.map(({ name }) => name).toSorted()).toEqual([...capabilityNames].toSorted());
    expect(facts.visibilityText).not.toBe('');
    // A lever that ends work promises more than an acknowledgement can keep; it has to say what it leaves alive.
    expect(facts.levers.filter(({ doesNotStop }) => doesNotStop.length === 0)).toEqual([]);
    held(`${facts.levers.length} ${facts.levers.length === 1 ? 'lever' : 'levers'}, visibility ${facts.visibility}`);
  });

  it('sees what is there, and asks only what reads', async () => {
    const held = note('watching only reads');
    const { connector } = bench.open();
    const seen = await look(connector, null, never());
    const { checks } = await connector.test(never());
    expect(namesOf(seen).size).toBeGreaterThan(0);
    expect([keysOf(seen).size > 0, approvalsOf(seen).length > 0]).toEqual([kit.seesWork, kit.asks]);
    expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(bench.writes()).toEqual([]);
    held(`${bench.proxy.requests.length} requests, 0 writes`);
  });

  it('tells the same facts under the same keys', async () => {
    const held = note('same facts, same keys');
    const again = await collectAll(bench.open().connector, null, never());
    expect(keysOf(again)).toEqual(keysOf(bench.honest));
    const after = await collectAll(bench.open().connector, bench.honest.checkpoint, never());
    expect([...keysOf(after)].filter((key) => !keysOf(bench.honest).has(key))).toEqual([]);
    held(`${keysOf(again).size} keys twice`);
  });

  it.for(['', 'not json', '{}', '[]', '{"v":99}', 'null', '"text"'])('takes the strange checkpoint %j for none', async (checkpoint) => {
    const held = note('strange checkpoints');
    const seen = await collectAll(bench.open().connector, checkpoint, never());
    expect(keysOf(seen)).toEqual(keysOf(bench.honest));
    held('begins anew');
  });

  it.each(kit.asks ? [] : ['nobody'])('asks %s', async (whom) => {
    const { connector } = bench.open();
    expect(approvalsOf(await look(connector, null, never()))).toEqual([]);
    note('answers nothing that changed')(`asks ${whom}`);
  });

  it.each(kit.asks ? ['changed'] : [])('answers nothing that %s, and nothing that is not asked', async () => {
    const held = note('answers nothing that changed');
    const { connector } = bench.open();
    const seen = await look(connector, null, never());
    const [waiting] = approvalsOf(seen);
    const kind = waiting!.answers[0] ?? 'respond';
    const decision = kind === 'reject' ? { answer: 'reject' as const, reason: 'no' } : { answer: 'respond' as const, response: '"x"' };
    bench.proxy.requests.length = 0;
    const changed = connector.answer!(waiting!.key, decision, () => false, never());
    await expect(changed).rejects.toMatchObject({ name: 'RuntimeFault', kind: 'conflict' });
    await expect(connector.answer!(`${waiting!.key}-other`, decision, () => true, never())).rejects.toMatchObject({ name: 'RuntimeFault' });
    expect(bench.writes()).toEqual([]);
    held('conflict, 0 writes');
  });

  it('ends a watch with its signal', async () => {
    const held = note('ends promptly');
    const { connector } = bench.open();
    if (!connector.watch) return held('by its signal');
    await connector.discover(never());
    const ended = new AbortController();
    const watch = connector.watch(() => undefined, ended.signal).catch(() => undefined);
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    const startedMs = performance.now();
    ended.abort();
    await watch;
    expect(performance.now() - startedMs).toBeLessThan(promptMs);
    expect(bench.writes()).toEqual([]);
    held('by its signal');
  });

  // A stream that watches has no end of its own: what it may cost hangs on each of its events.
  it.each([
    { stream: 'rings without pause', piece: 'id: 1\nevent: message\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n' },
    { stream: 'one event without end', piece: `data: ${'x'.repeat(64 * 1024)}` },
  ])('bears a watch that gets $stream', async ({ stream, piece }) => {
    const held = note(`watch: ${stream}`);
    const { connector } = bench.open();
    await look(connector, null, never());
    bench.proxy.sentBytes = 0;
    bench.proxy.behaviour = (exchange) => (/event-stream/.test(exchange.request.headers.accept ?? '') ? endless(exchange, 'text/event-stream', piece) : exchange.forward().then(exchange.send));
    const before = process.memoryUsage().rss;
    const ended = new AbortController();
    let rings = 0;
    const watch = connector.watch?.(() => { rings += 1; }, ended.signal).catch(() => undefined);
    await new Promise((resolve) => { setTimeout(resolve, watch ? 2_500 : 0); });
    const startedMs = performance.now();
    ended.abort();
    await watch;
    expect(performance.now() - startedMs).toBeLessThan(promptMs);
    expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024);
    expect(bench.proxy.sentBytes).toBeLessThan(mostBytes);
    expect(bench.writes()).toEqual([]);
    held(watch === undefined ? 'no watch' : bench.proxy.sentBytes === 0 ? 'opens no stream' : `${rings} rings of ${Math.round(bench.proxy.sentBytes / 1_048_576)} MiB`);
  }, 20_000);
}

function misbehaving(kit: Kit, bench: Bench, note: Note): void {
  it.each(misbehaviours)('$name: $must', async ({ name, behave, silent, holds }) => {
    const held = note(name);
    bench.proxy.behaviour = behave;
    const before = process.memoryUsage().heapUsed;
    const whole = await outcomeOf(() => look(bench.open({ patient: !silent }).connector, null, never()));
    const { discovered } = bench.honest;
    const collected = await outcomeOf(async () => ({ discovered, ...await collectAll(bench.open({ patient: !silent }).connector, bench.honest.checkpoint, never()) }));
    for (const outcome of [whole, collected]) {
      expect(describeOutcome(outcome)).not.toMatch(/^MISTAKE/);
      expect(outcome.ms).toBeLessThan(lookMs);
    }
    holds(whole, bench.honest);
    expect(keysBeyond(collected, bench.honest)).toEqual([]);
    expect(bench.proxy.requests.length).toBeLessThan(kit.mostRequests);
    expect(bench.proxy.sentBytes / 2).toBeLessThan(mostBytes);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(300 * 1024 * 1024);
    expect(bench.writes()).toEqual([]);
    held(describeOutcome(whole));
  }, 60_000);

  it.each(misbehaviours.filter(({ name }) => ['silent', 'resets', '401', '403', '429, seconds', '500', 'HTML', 'huge'].includes(name)))('its test says what is wrong: $name', async ({ behave, silent }) => {
    const held = note('its test says what is wrong');
    bench.proxy.behaviour = behave;
    const startedMs = performance.now();
    const { checks } = await bench.open({ patient: !silent }).connector.test(never());
    expect(performance.now() - startedMs).toBeLessThan(lookMs);
    const wrong = checks.filter(({ result }) => result === 'failed' || result === 'missing');
    expect(wrong.length).toBeGreaterThan(0);
    for (const { fix, detail } of wrong) expect([fix === null || fix === '', detail === '']).toEqual([false, false]);
    expect(checks.every(({ id, title }) => id !== '' && title !== '')).toBe(true);
    expect(bench.writes()).toEqual([]);
    held('with what would mend it');
  }, 60_000);

  it('makes nothing of values that are missing at random but garbage or less', async () => {
    const held = note('values missing at random');
    const outcomes: Outcome[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      bench.proxy.behaviour = rewriting(losing(seed));
      outcomes.push(await outcomeOf(() => look(bench.open().connector, null, never())));
      await bench.closeAll();
    }
    const words = outcomes.map((outcome) => describeOutcome(outcome).replace(/^read.*/, 'read'));
    expect(words.filter((word) => !['read', 'garbage', 'gone', 'conflict', 'runtime_error'].includes(word))).toEqual([]);
    expect(bench.writes()).toEqual([]);
    held(`${words.filter((word) => word === 'read').length} of ${seeds} read`);
  }, 60_000);

  it('sends its credential nowhere else', async () => {
    const held = note('redirects elsewhere');
    const elsewhere = await FaultProxy.start(bench.runtime.url);
    bench.proxy.behaviour = ({ request, send }) => send({ status: 307, headers: { location: new URL(request.path, elsewhere.origin).href }, body: '' });
    const outcome = await outcomeOf(() => look(bench.open().connector, null, never()));
    await elsewhere.unlisten();
    expect(outcome).toMatchObject({ t: 'fault', fault: { kind: 'garbage' } });
    expect(elsewhere.requests).toEqual([]);
    held(describeOutcome(outcome));
  });

  it('keeps a credential that cannot be sent out of what it says', async () => {
    const held = note('credential that cannot be sent');
    const io = testIo({ url: bench.proxy.url, secret: 'a-very-secret\nline' });
    const connector = kit.open(bench.proxy.url, io);
    const outcome = await outcomeOf(() => look(connector, null, never()));
    const { checks } = await connector.test(never());
    await connector.close();
    expect(describeOutcome(outcome)).toMatch(/^(credential_refused|credential_missing)/);
    expect(JSON.stringify([outcome.t === 'fault' ? outcome.fault.message : '', checks, io.lines])).not.toContain('very-secret');
    held(describeOutcome(outcome));
  });

  it('bears a flood', async () => {
    const held = note('flood of 10,000');
    bench.proxy.behaviour = rewriting(kit.flood);
    const before = process.memoryUsage().heapUsed;
    const outcome = await outcomeOf(() => look(bench.open().connector, null, never(), floodMs));
    expect(describeOutcome(outcome)).toMatch(/^read/);
    const { batches, checkpoint, more, slowestMs } = outcome.t === 'seen' ? outcome.seen : { batches: [], checkpoint: '', more: false, slowestMs: outcome.ms };
    expect(slowestMs).toBeLessThan(batchMs);
    expect(Buffer.byteLength(checkpoint)).toBeLessThanOrEqual(mostCheckpoint);
    expect(Math.max(0, ...batches.map(({ records }) => records.length))).toBeLessThanOrEqual(20_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(500 * 1024 * 1024);
    expect(bench.writes()).toEqual([]);
    held(`${describeOutcome(outcome)} in ${(outcome.ms / 1_000).toFixed(0)} s${more ? ', goes on' : ''}`);
  }, 90_000);

  it.each(kit.lies)('sees through a lie: $name', async ({ name, tell, ask, again, mayFail, holds }) => {
    const held = note(`lie: ${name}`);
    const { connector } = bench.open();
    bench.proxy.behaviour = rewriting(tell, ask);
    const outcome = await outcomeOf(() => look(connector, null, never()));
    expect(describeOutcome(outcome)).toMatch(mayFail ? /^(read|garbage)/ : /^read/);
    bench.proxy.behaviour = again ? rewriting(again, ask) : null;
    const next = await outcomeOf(() => look(connector, outcome.t === 'seen' ? outcome.seen.checkpoint : null, never()));
    expect(describeOutcome(next)).toMatch(/^read/);
    if (outcome.t === 'seen') holds(outcome.seen, bench.honest, seenOf(next));
    expect(bench.proxy.requests.length).toBeLessThan(kit.mostRequests * 4);
    expect(bench.writes()).toEqual([]);
    held(outcome.t === 'seen' ? 'seen through' : describeOutcome(outcome));
  }, 60_000);

  it.each(['discover', 'collect', 'test'] as const)('gives up promptly: %s', async (method) => {
    const held = note('ends promptly');
    const { connector } = bench.open();
    bench.proxy.behaviour = () => undefined;
    const ended = new AbortController();
    const startedMs = performance.now();
    const work: Promise<unknown> = method === 'collect' ? connector.collect(null, ended.signal) : connector[method](ended.signal);
    const settled = work.then(() => 'resolved', () => 'rejected');
    setTimeout(() => ended.abort(), 150);
    await settled;
    expect(performance.now() - startedMs).toBeLessThan(150 + promptMs);
    held('by its signal');
  });

  it('gives up when the connection ends', async () => {
    const { connector, io } = bench.open();
    bench.proxy.behaviour = () => undefined;
    const startedMs = performance.now();
    const work = connector.discover(never()).then(() => 'resolved', () => 'rejected');
    setTimeout(io.end, 150);
    expect(await work).toBe('rejected');
    expect(performance.now() - startedMs).toBeLessThan(150 + promptMs);
  });
}

function returning(kit: Kit, bench: Bench, note: Note): void {
  it('goes on after a fault, without duplicates', async () => {
    const held = note('goes on after a fault');
    const { connector } = bench.open();
    const before = await look(connector, null, never());
    await bench.proxy.unlisten();
    const away = await outcomeOf(() => look(connector, before.checkpoint, never()));
    expect(away).toMatchObject({ t: 'fault', fault: { kind: 'unreachable' } });
    await bench.proxy.listen();
    const after = await look(connector, before.checkpoint, never());
    expect(namesOf(after)).toEqual(namesOf(bench.honest));
    expect(new Set([...keysOf(before), ...keysOf(after)])).toEqual(keysOf(bench.honest));
    held('same keys');
  });

  it('bears a runtime that dies and comes back with what it knew', async () => {
    const held = note('comes back');
    const { connector } = bench.open();
    const before = await look(connector, null, never());
    await bench.runtime.crash();
    const away = await outcomeOf(() => look(connector, before.checkpoint, never()));
    expect(away).toMatchObject({ t: 'fault', fault: { kind: expect.stringMatching(/^(unreachable|runtime_error)$/) as string } });
    bench.proxy.moveTo(await bench.runtime.comeBack('same'));
    const after = await look(connector, before.checkpoint, never());
    expect(namesOf(after)).toEqual(namesOf(bench.honest));
    held('goes on');
  }, 120_000);

  it('bears a runtime that comes back with nothing', async () => {
    const held = note('comes back with nothing');
    const { connector } = bench.open();
    const before = await look(connector, null, never());
    await bench.runtime.crash();
    bench.proxy.moveTo(await bench.runtime.comeBack('lost'));
    const after = await outcomeOf(() => look(connector, before.checkpoint, never()));
    // What vanished is not told as completed: that nobody knows.
    const told = seenOf(after).batches.flatMap(({ records }) => records).filter(({ draft }) => draft.taskOutcome === 'completed' && draft.run !== undefined && before.batches.some(({ records }) => records.some((known) => known.draft.run?.id === draft.run?.id && known.draft.taskOutcome !== 'completed')));
    expect(told).toEqual([]);
    await bench.runtime.work();
    const again = await look(connector, seenOf(after).checkpoint, never());
    expect([...keysOf(again)].some((key) => !keysOf(before).has(key))).toBe(kit.seesWork);
    held('goes on');
  }, 120_000);
}

