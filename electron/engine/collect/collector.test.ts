import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Batch, Connector, Declaration, Discovered, FoundApproval } from '../connectors/connector.ts';
import { RuntimeFault } from '../connectors/connector.ts';
import type { GapWords } from '../gap-keeper.ts';
import type { RuntimeCommands, RuntimeFact } from '../store/runtime-commands.ts';
import { StoreError } from '../store/errors.ts';
import { Collector } from './collector.ts';
import type { CollectorParts } from './collector.ts';
import { maskOf } from './masking.ts';

const facts = { product: 'fake', version: '1', visibility: 'all' as const, visibilityText: '', capabilities: [], levers: [], findings: [] };
const discovered: Discovered = { facts, agents: [], grants: [], complete: true, refused: [] };
const batch = (more: Partial<Batch> = {}): Batch => ({ records: [], approvals: null, stuck: null, refused: [], checkpoint: 'c', more: false, gaps: [], ...more });
const record = (key: string): Batch['records'][number] => ({
  draft: { source: 'fake/poll', role: 'activity', traceId: '', spanId: '', parentSpanId: '', key, kind: 'tool_call', name: key, status: 'ok', statusExplicit: true, startUs: 1 }, raw: '{}',
});
const approval = (key: string): FoundApproval => ({
  key, agent: { id: 'a', name: 'a' }, run: null, kind: 'input', title: 't', askedUs: 1, askedInferred: false, expiresUs: null, answers: ['respond'], actions: [], question: null,
  responseShape: 'text', destructive: null, onBehalfOf: null, evidence: [], note: null, raw: '{}',
});

type Written = { [N in keyof RuntimeCommands]: { name: N; params: RuntimeCommands[N]['params'] } }[keyof RuntimeCommands];

class Bench {
  readonly written: Written[] = [];
  readonly gaps: (GapWords & { toUs: number | null })[] = [];
  readonly counted: string[] = [];
  readonly errors: unknown[] = [];
  readonly fresh: unknown[] = [];
  checkpoints: (string | null)[] = [];
  discoveries = 0;
  discoverFault: Error | null = null;
  closed = 0;
  storeError: Error | null = null;
  /** the clock's lead. */
  laterMs = 0;
  /** what the next polls answer; the last stays. */
  script: (Batch | Error | ((signal: AbortSignal) => Promise<Batch>))[] = [batch()];
  watch: Connector['watch'];

  open(options: { pollEveryMs?: number; checkpoint?: string; secret?: string; random?: number; pollWithinMs?: number } = {}): Collector {
    const { pollEveryMs = 20, checkpoint = null, secret, random = 0, pollWithinMs } = options;
    const fact: RuntimeFact = { id: 7, kind: 'langgraph', name: 'Lab', target: { kind: 'langgraph', url: 'http://127.0.0.1:9' }, credential: null, stopCredential: null, enabled: true, content: 'redacted', consent: null, checkpoint, discoveredUs: null };
    const declaration: Declaration = { kind: 'langgraph', title: 'Fake', capabilities: [], levers: [], pollEveryMs, discoverEveryMs: 60_000, auth: null };
    const parts: CollectorParts = {
      fact, runtime: { declaration, connector: this.#connector(), mask: () => maskOf(secret === undefined ? [] : [secret]), longestMs: 300_000, close: () => { this.closed++; return Promise.resolve(); } },
      history: { command: (name, params) => this.#write(name, params) },
      gaps: { begin: (_key, words) => { this.gaps.push({ ...words, toUs: null }); }, end: (_key, toUs) => { const last = this.gaps.at(-1); if (last) last.toUs = toUs; } },
      count: (reason) => this.counted.push(reason), changed: () => undefined,
      newApprovals: (fresh) => this.fresh.push(...fresh), log: { info: () => undefined, warn: () => undefined, error: (_text, error) => this.errors.push(error) },
      clock: { now: () => Date.now() + this.laterMs }, random: () => random, ...(pollWithinMs === undefined ? {} : { pollWithinMs }),
    };
    const collector = new Collector(parts);
    open.push(collector);
    collector.start();
    return collector;
  }

  #connector(): Connector {
    return {
      discover: () => { this.discoveries++; return this.discoverFault === null ? Promise.resolve(discovered) : Promise.reject(this.discoverFault); },
      collect: (checkpoint, signal) => {
        this.checkpoints.push(checkpoint);
        const next = this.script.length > 1 ? this.script.shift() : this.script[0];
        if (next instanceof Error) return Promise.reject(next);
        return typeof next === 'function' ? next(signal) : Promise.resolve(next ?? batch());
      },
      ...(this.watch === undefined ? {} : { watch: this.watch }),
      test: () => Promise.resolve({ checks: [], facts: null }),
      close: () => Promise.resolve(),
    };
  }

  async #write<N extends keyof RuntimeCommands>(name: N, params: RuntimeCommands[N]['params']): Promise<RuntimeCommands[N]['result']> {
    if (this.storeError !== null) throw this.storeError;
    this.written.push({ name, params } as Written);
    const waiting = name === 'runtimes.collected' ? (params as RuntimeCommands['runtimes.collected']['params']).batch.approvals ?? [] : [];
    return { id: 7, newApprovals: waiting.map((one, at) => ({ id: at, title: one.title, agentName: 'a' })) } as unknown as RuntimeCommands[N]['result'];
  }

  all<N extends keyof RuntimeCommands>(name: N): RuntimeCommands[N]['params'][] { return this.written.filter((one) => one.name === name).map((one) => one.params as RuntimeCommands[N]['params']); }
}

const open: Collector[] = [];
afterEach(async () => { for (const collector of open.splice(0)) await collector.close(); });
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 5_000, interval: 5 });

describe('Collector', () => {
  it('discovers, then collects from the stored checkpoint on, each time from where it was', async () => {
    const bench = new Bench();
    bench.script = [batch({ checkpoint: 'two', records: [record('a')] }), batch({ checkpoint: 'three', records: [record('b')] }), batch({ checkpoint: 'three' })];
    bench.open({ checkpoint: 'one' });
    await until(() => expect(bench.checkpoints.slice(0, 3)).toEqual(['one', 'two', 'three']));
    expect(bench.discoveries).toBe(1);
    expect(bench.all('runtimes.collected').map((job) => [job.connection, job.service, job.content, job.batch.checkpoint])).toEqual([[7, 'Lab', 'redacted', 'two'], [7, 'Lab', 'redacted', 'three']]);
  });

  it('reads a backlog without waiting', async () => {
    const bench = new Bench();
    bench.script = [batch({ checkpoint: '1', more: true, records: [record('a')] }), batch({ checkpoint: '2', more: true, records: [record('b')] }), batch({ checkpoint: '3', records: [record('c')] })];
    bench.open({ pollEveryMs: 60_000 });
    await until(() => expect(bench.all('runtimes.collected').map((job) => job.batch.checkpoint)).toEqual(['1', '2', '3']));
  });

  it('stores nothing while nothing is new, but what waits once', async () => {
    const bench = new Bench();
    bench.script = [batch({ approvals: [approval('k')], stuck: [] })];
    bench.open({ pollEveryMs: 5 });
    await until(() => expect(bench.checkpoints.length).toBeGreaterThan(5));
    expect(bench.all('runtimes.collected')).toHaveLength(1);
    expect(bench.all('runtimes.state')).toHaveLength(1);
    expect(bench.fresh).toHaveLength(1);
  });

  it('stores the same again when a person or an answer asks for it: the history may hold something else by then', async () => {
    const bench = new Bench();
    bench.script = [batch({ approvals: [approval('k')] })];
    const collector = bench.open({ pollEveryMs: 60_000 });
    await until(() => expect(bench.all('runtimes.collected')).toHaveLength(1));
    await collector.pollNow();
    expect(bench.all('runtimes.collected')).toHaveLength(2);
  });

  it('stores the same again after a while: an answer that the runtime took for nothing shows by then', async () => {
    const bench = new Bench();
    bench.script = [batch({ approvals: [approval('k')] })];
    bench.open({ pollEveryMs: 5 });
    await until(() => expect(bench.all('runtimes.collected')).toHaveLength(1));
    bench.laterMs = 31_000;
    await until(() => expect(bench.all('runtimes.collected')).toHaveLength(2));
  });

  it('stores nothing that comes after its end: by then it may be another server that is asked', async () => {
    const bench = new Bench();
    let release = (): void => undefined;
    bench.script = [() => new Promise((done) => { release = () => done(batch({ checkpoint: 'of the old server', records: [record('a')] })); })];
    const collector = bench.open();
    await until(() => expect(bench.checkpoints).toHaveLength(1));
    const closing = collector.close();
    release();
    await closing;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    expect([bench.all('runtimes.collected'), bench.counted, bench.errors]).toEqual([[], [], []]);
  });

  it('tells a fault within the poll, writes the gap from the last good one, and ends both with the next good one', async () => {
    const bench = new Bench();
    bench.script = [batch(), new RuntimeFault('unreachable', 'Nothing listens at its address.'), new RuntimeFault('unreachable', 'Nothing listens at its address.'), batch()];
    const collector = bench.open();
    await until(() => expect(collector.state.fault).toMatchObject({ kind: 'unreachable' }));
    expect(bench.all('runtimes.state').at(-1)).toMatchObject({ circuit: 'closed', fault: { kind: 'unreachable', text: 'Nothing listens at its address.' } });
    const lastGoodUs = bench.all('runtimes.state')[0]?.lastPollUs ?? 0;
    expect(bench.gaps).toEqual([expect.objectContaining({ connection: 7, fromUs: lastGoodUs, reason: 'runtime_unreachable', toUs: null })]);
    await until(() => expect(collector.state.fault).toBeNull());
    expect(bench.gaps).toHaveLength(1);
    expect(bench.gaps[0]?.toUs).toBeGreaterThan(lastGoodUs);
    expect(bench.all('runtimes.state').at(-1)).toMatchObject({ fault: null, circuit: 'closed' });
    // At the start, and before each poll that follows a failed one.
    expect(bench.discoveries).toBe(3);
  });

  it('reads work although it may not list what is there, and says so', async () => {
    const bench = new Bench();
    bench.discoverFault = new RuntimeFault('forbidden', 'The credential lacks the right to this (HTTP 403).');
    bench.script = [batch({ records: [record('a')] })];
    const collector = bench.open();
    await until(() => expect(bench.all('runtimes.collected')).toHaveLength(1));
    await until(() => expect(collector.state).toMatchObject({ circuit: 'closed', fault: { kind: 'forbidden', text: 'What is there could not be listed: The credential lacks the right to this (HTTP 403).' } }));
    await until(() => expect(bench.checkpoints.length).toBeGreaterThan(4));
    expect([bench.gaps, bench.discoveries]).toEqual([[], 1]);
  });

  it('reads work although what is there is too much to be kept', async () => {
    const bench = new Bench();
    bench.discoverFault = new StoreError('bad_request', 'What the runtime says of itself is too long.');
    bench.script = [batch({ records: [record('a')] })];
    const collector = bench.open();
    await until(() => expect(bench.all('runtimes.collected')).toHaveLength(1));
    await until(() => expect(collector.state).toMatchObject({ fault: { kind: 'garbage', text: expect.stringContaining('too long') as string } }));
    expect(bench.gaps).toEqual([]);
  });

  it('fails as a whole when discovery finds nobody', async () => {
    const bench = new Bench();
    bench.discoverFault = new RuntimeFault('unreachable', 'Nothing listens.');
    const collector = bench.open();
    await until(() => expect(collector.state.fault?.kind).toBe('unreachable'));
    expect([bench.gaps.length, bench.checkpoints]).toEqual([1, []]);
  });

  it('says what was seen, never across a gap', async () => {
    const bench = new Bench();
    bench.script = [batch(), batch(), new RuntimeFault('throttled', 'wait', { retryAfterMs: 10 }), batch()];
    const collector = bench.open({ pollEveryMs: 30 });
    await until(() => expect(bench.gaps[0]?.toUs).toBeTypeOf('number'));
    await collector.close();
    const seen = bench.all('runtimes.state').map((state) => state.seen).filter((one) => one !== null);
    expect(seen.length).toBeGreaterThan(0);
    for (const { fromUs, toUs } of seen) expect(toUs <= (bench.gaps[0]?.fromUs ?? 0) || fromUs >= (bench.gaps[0]?.toUs ?? 0)).toBe(true);
  });

  it('writes a gap also when the clock was set back meanwhile: it begins no later than now', async () => {
    const bench = new Bench();
    bench.script = [batch(), () => { bench.laterMs = -3_600_000; return Promise.reject(new RuntimeFault('unreachable', 'gone')); }];
    bench.open({ pollEveryMs: 20 });
    await until(() => expect(bench.gaps).toHaveLength(1));
    expect(bench.gaps[0]?.fromUs).toBeLessThanOrEqual((Date.now() - 3_600_000) * 1_000);
  });

  it('begins another gap when the reason becomes another', async () => {
    const bench = new Bench();
    bench.script = [new RuntimeFault('unreachable', 'gone'), new RuntimeFault('credential_refused', 'It refuses the credential.')];
    const collector = bench.open();
    await until(() => expect(collector.state.fault?.kind).toBe('credential_refused'));
    expect(bench.gaps.map((gap) => [gap.reason, gap.toUs === null])).toEqual([['runtime_unreachable', false], ['credential_refused', true]]);
    expect(collector.state.circuit).toBe('open');
  });

  it('waits as long as the runtime asks, and a ring does not shorten that', async () => {
    const bench = new Bench();
    let ring = (): void => undefined;
    bench.watch = (given, signal) => { ring = given; return new Promise((done) => { signal.addEventListener('abort', () => done()); }); };
    bench.script = [batch(), new RuntimeFault('throttled', 'It asks us to wait.', { retryAfterMs: 30_000 })];
    const collector = bench.open();
    await until(() => expect(collector.state.fault?.kind).toBe('throttled'));
    expect(collector.state.nextPollMs - Date.now()).toBeGreaterThan(29_000);
    const asked = bench.checkpoints.length;
    ring();
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    expect(bench.checkpoints).toHaveLength(asked);
  });

  it('polls when it rings, and joins rings that come together', async () => {
    const bench = new Bench();
    let ring: (() => void) | null = null;
    bench.watch = (given, signal) => { ring = given; return new Promise((done) => { signal.addEventListener('abort', () => done()); }); };
    bench.open({ pollEveryMs: 60_000 });
    await until(() => expect(ring).not.toBeNull());
    for (let n = 0; n < 100; n++) (ring as unknown as () => void)();
    await until(() => expect(bench.checkpoints.length).toBeGreaterThan(1));
    await new Promise((resolve) => { setTimeout(resolve, 400); });
    expect(bench.checkpoints.length).toBeLessThanOrEqual(3);
  });

  it('polls at once when a person asks, also while one runs, and says when it has ended', async () => {
    const bench = new Bench();
    let release = (): void => undefined;
    bench.script = [() => new Promise((done) => { release = () => done(batch()); }), batch()];
    const collector = bench.open({ pollEveryMs: 60_000 });
    await until(() => expect(bench.checkpoints).toHaveLength(1));
    const asked = collector.pollNow();
    release();
    await asked;
    expect(bench.checkpoints).toHaveLength(2);
  });

  it('discovers anew when a person asks for that, and not for every poll', async () => {
    const bench = new Bench();
    const collector = bench.open({ pollEveryMs: 60_000 });
    await until(() => expect(bench.checkpoints).toHaveLength(1));
    await collector.pollNow();
    expect(bench.all('runtimes.discovered')).toHaveLength(1);
    await collector.pollNow(true);
    await collector.pollNow();
    expect(bench.all('runtimes.discovered')).toHaveLength(2);
  });

  it('lists the agents again for one that works and was not listed, once and not at once', async () => {
    const bench = new Bench();
    const work = (key: string): Batch['records'] => [{ ...record(key), draft: { ...record(key).draft, agent: { id: 'runaway', name: 'runaway' } } }];
    bench.script = [batch({ checkpoint: '1', records: work('a') }), batch({ checkpoint: '2', records: work('b') }), batch({ checkpoint: '2' })];
    const collector = bench.open({ pollEveryMs: 60_000 });
    await until(() => expect(bench.checkpoints).toHaveLength(1));
    await collector.pollNow();
    expect(bench.discoveries).toBe(1);
    bench.laterMs = 5_001;
    await collector.pollNow();
    expect(bench.discoveries).toBe(2);
    bench.script = [batch({ checkpoint: '3', records: work('c') })];
    await collector.pollNow();
    bench.laterMs = 11_000;
    await collector.pollNow();
    expect(bench.discoveries).toBe(2);
  });

  it('survives a mistake of ours: logged, counted, backed off', async () => {
    const bench = new Bench();
    bench.script = [new TypeError('x is not a function'), batch()];
    const collector = bench.open();
    await until(() => expect(bench.counted).toHaveLength(1));
    expect(bench.errors).toHaveLength(1);
    await until(() => expect(collector.state).toMatchObject({ fault: null, circuit: 'closed' }));
    expect(bench.gaps).toMatchObject([{ reason: 'runtime_faulty' }]);
  });

  it('keeps the checkpoint when what was read could not be stored', async () => {
    const bench = new Bench();
    bench.script = [batch({ checkpoint: 'new', records: [record('a')] })];
    bench.storeError = new StoreError('disk_full', 'The disk is full.');
    const collector = bench.open({ checkpoint: 'old' });
    await until(() => expect(collector.state.fault).toMatchObject({ kind: 'history' }));
    expect(bench.gaps).toMatchObject([{ reason: 'database_failed' }]);
    bench.storeError = null;
    await until(() => expect(bench.all('runtimes.collected')).toHaveLength(1));
    expect(bench.checkpoints.slice(0, -1).every((one) => one === 'old')).toBe(true);
  });

  it('gives up on a poll that does not end', async () => {
    const bench = new Bench();
    bench.script = [(signal) => new Promise((_done, fail) => { signal.addEventListener('abort', () => fail(signal.reason as Error)); })];
    const collector = bench.open({ pollWithinMs: 50 });
    await until(() => expect(collector.state.fault).toMatchObject({ kind: 'unreachable', text: 'It did not answer in time.' }));
  });

  it('never stores or tells the credential, however the runtime echoes it', async () => {
    const bench = new Bench();
    const secret = 'sk-0123456789';
    bench.script = [batch({ records: [{ ...record('a'), raw: `{"x-api-key":"${secret}"}` }] }), new RuntimeFault('credential_refused', `It refuses "${secret}".`)];
    const collector = bench.open({ secret });
    await until(() => expect(collector.state.fault?.kind).toBe('credential_refused'));
    expect(JSON.stringify([bench.written, bench.gaps, collector.state])).not.toContain(secret);
    expect(collector.state.fault?.text).toBe('It refuses "[credential]".');
  });

  it('ends: nothing runs on, the connector is closed, an open gap ends', async () => {
    const bench = new Bench();
    bench.script = [new RuntimeFault('runtime_error', 'HTTP 500')];
    const collector = bench.open();
    await until(() => expect(bench.gaps).toHaveLength(1));
    await collector.close();
    const asked = bench.checkpoints.length;
    expect([bench.closed, bench.gaps[0]?.toUs === null]).toEqual([1, false]);
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    expect(bench.checkpoints).toHaveLength(asked);
  });
});
