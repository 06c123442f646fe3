/** Asks one runtime, again and again: reads what is new, stores it with its checkpoint, says how it stands, writes down when it could not see. */
import type { CollectedResult } from '../ingest/collected.ts';
import type { GapWords } from '../gap-keeper.ts';
import type { Batch } from '../connectors/connector.ts';
import type { Clock, Log } from '../ports.ts';
import type { RuntimeCommands, RuntimeFact } from '../store/runtime-commands.ts';
import { gapReason, judgeError } from './judge-error.ts';
import type { Judged } from './judge-error.ts';
import { Newcomers } from './newcomers.ts';
import type { OpenedRuntime } from './open-runtime.ts';
import { after, asking, hurried, startStanding } from './schedule.ts';
import type { FailureKind, Standing } from './schedule.ts';
import { Watcher } from './watcher.ts';

export interface RuntimeWriter {
  command<N extends keyof RuntimeCommands>(name: N, params: RuntimeCommands[N]['params']): Promise<RuntimeCommands[N]['result']>;
}

export interface CollectorParts {
  readonly fact: RuntimeFact;
  readonly runtime: Pick<OpenedRuntime, 'connector' | 'declaration' | 'mask' | 'longestMs' | 'close'>;
  readonly history: RuntimeWriter;
  readonly gaps: { begin(key: string, words: GapWords): void; end(key: string, toUs: number): void };
  /** counted on the connection, where people see it. */
  readonly count: (reason: string, sample: string | null) => void;
  readonly changed: () => void;
  readonly newApprovals: (fresh: CollectedResult['newApprovals']) => void;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pollWithinMs?: number;
}

export interface CollectorState {
  readonly circuit: Standing['circuit'];
  readonly lastPollMs: number | null;
  readonly nextPollMs: number;
  readonly fault: { readonly kind: FailureKind; readonly text: string; readonly sinceMs: number } | null;
  /** work that the runtime calls running although nothing shows that it is. */
  readonly stuck: number;
}

/** One request has 10 s; a poll is a handful of them. Beyond this a runtime is as good as silent. */
const usualPollWithinMs = 60_000;
/** The state is written on every change; while nothing changes this often, so that an idle fleet does not keep the disk busy. */
const writeStateEveryMs = 5_000;
/** The history decides what an unchanged list means, and with time it may mean something else: an answer that was given, and still it waits. */
const storeSameEveryMs = 30_000;
const mostBatchesInOnePoll = 50;
const mostCheckpoint = 256 * 1024;
const endWithinMs = 3_000;
const partial: readonly FailureKind[] = ['forbidden', 'gone', 'garbage', 'conflict'];
/** Between two good polls, beyond their interval: a slow answer, a busy machine. */
const longestPauseMs = 30_000;

export class Collector {
  readonly #parts: CollectorParts;
  readonly #life = new AbortController();
  readonly #gapKey: string;
  readonly #watcher: Watcher | null;
  #fact: RuntimeFact;
  #standing: Standing;
  #checkpoint: string | null;
  #fault: CollectorState['fault'] = null;
  /** discovery was refused although work can be read: shown, but no gap. */
  #trouble: CollectorState['fault'] = null;
  #lastPollMs: number | null = null;
  #lastGoodMs: number;
  /** what was seen since then is not written yet; null: nothing was. */
  #seenFromMs: number | null = null;
  #stateWrittenMs = Number.NEGATIVE_INFINITY;
  #discoveredMs: number | null = null;
  readonly #newcomers = new Newcomers();
  #anew = false;
  #storedMs = Number.NEGATIVE_INFINITY;
  #storedAs: string | null = null;
  #gapOpen: GapWords['reason'] | null = null;
  #stuck = 0;
  #wake: (() => void) | null = null;
  #polling = false;
  #waiters: (() => void)[] = [];
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: CollectorParts) {
    this.#parts = parts;
    this.#fact = parts.fact;
    this.#checkpoint = parts.fact.checkpoint;
    this.#gapKey = `runtime ${parts.fact.id}`;
    this.#standing = startStanding(parts.clock.now());
    this.#lastGoodMs = parts.clock.now();
    this.#watcher = parts.runtime.connector.watch === undefined ? null : new Watcher({
      watch: (ring, signal) => parts.runtime.connector.watch?.(ring, signal) ?? Promise.resolve(),
      ring: () => this.#ring(), log: parts.log, clock: parts.clock, random: parts.random, signal: this.#life.signal,
    });
  }

  get state(): CollectorState {
    return { circuit: this.#standing.circuit, lastPollMs: this.#lastPollMs, nextPollMs: this.#standing.nextAtMs, fault: this.#fault ?? this.#trouble, stuck: this.#stuck };
  }

  get fact(): RuntimeFact { return this.#fact; }

  start(): void { this.#ended = this.#run(); }

  /** Another name or content level: what comes from now on is stored so. */
  update(fact: RuntimeFact): void { this.#fact = fact; }

  /** Polls at once, whatever the schedule says; resolves when that poll has ended. `anew`: agents, grants and features too. */
  pollNow(anew = false): Promise<void> {
    if (this.#life.signal.aborted) return Promise.resolve();
    this.#anew ||= anew;
    return new Promise((done) => {
      this.#waiters.push(done);
      this.#hurry();
    });
  }

  /** Resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    if (this.#life.signal.aborted) return;
    this.#life.abort();
    this.#wake?.();
    let impatient: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => { impatient = setTimeout(done, endWithinMs); });
    // Its requests end with the connector's life; a poll that does not listen to that is left behind.
    await Promise.race([Promise.all([this.#ended, this.#parts.runtime.close()]), late]);
    clearTimeout(impatient);
    this.#endGap(this.#parts.clock.now());
    for (const done of this.#waiters.splice(0)) done();
    if (this.#fault === null) await this.#writeState();
  }

  async #run(): Promise<void> {
    while (!this.#life.signal.aborted) {
      await this.#untilDue();
      if (!this.#life.signal.aborted) await this.#poll();
    }
  }

  #untilDue(): Promise<void> {
    // Asked for while the last poll ran: that one may have missed what it was asked for.
    if (this.#waiters.length > 0) return Promise.resolve();
    return new Promise((done) => {
      const timer = setTimeout(() => this.#wake?.(), Math.max(0, this.#standing.nextAtMs - this.#parts.clock.now()));
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        done();
      };
    });
  }

  #hurry(): void {
    this.#standing = hurried(this.#standing, this.#parts.clock.now());
    this.#wake?.();
  }

  /** SECURITY: a ring is the runtime's own doing: it never shortens a wait that was laid on it. */
  #ring(): void {
    if (this.#fault === null && !this.#polling) this.#hurry();
    else if (this.#polling) this.#watcher?.again();
  }

  async #poll(): Promise<void> {
    const waiters = this.#waiters.splice(0);
    const anew = this.#anew;
    this.#anew = false;
    const beganMs = this.#parts.clock.now();
    this.#polling = true;
    this.#standing = asking(this.#standing);
    if (this.#standing.circuit === 'half_open') this.#parts.changed();
    try {
      if (anew || this.#discoverDue(beganMs)) await this.#tryDiscover(beganMs);
      const more = await this.#collect(waiters.length > 0);
      await this.#wentWell(beganMs, more);
    } catch (error) {
      if (!this.#life.signal.aborted) await this.#failed(error);
    } finally {
      this.#polling = false;
      this.#lastPollMs = beganMs;
      for (const done of waiters) done();
    }
  }

  #discoverDue(nowMs: number): boolean {
    const { connector, declaration } = this.#parts.runtime;
    return this.#discoveredMs === null || this.#fault !== null || nowMs - this.#discoveredMs >= (connector.discoverEveryMs ?? declaration.discoverEveryMs) || nowMs < this.#discoveredMs || this.#newcomers.due(nowMs);
  }

  /** A credential may read work and yet not list what is there; the work is read all the same. */
  async #tryDiscover(beganMs: number): Promise<void> {
    this.#newcomers.asked(beganMs);
    try {
      await this.#discover(beganMs);
      this.#trouble = null;
    } catch (error) {
      const { kind, text } = judgeError(error);
      if (!partial.includes(kind) || this.#life.signal.aborted) throw error;
      this.#trouble = { kind, text: this.#parts.runtime.mask()(`What is there could not be listed: ${text}`), sinceMs: this.#trouble?.kind === kind ? this.#trouble.sinceMs : beganMs };
      this.#discoveredMs = beganMs;
      this.#parts.changed();
    }
  }

  async #discover(beganMs: number): Promise<void> {
    const found = this.#parts.runtime.mask()(await this.#parts.runtime.connector.discover(this.#limit()));
    this.#life.signal.throwIfAborted();
    await this.#parts.history.command('runtimes.discovered', { ...this.#job(), found });
    this.#discoveredMs = beganMs;
    this.#newcomers.listed(found.agents);
  }

  /** True: a backlog is left. `asked`: by a person, or after an answer. */
  async #collect(asked: boolean): Promise<boolean> {
    for (let batches = 0; batches < mostBatchesInOnePoll; batches++) {
      const batch = this.#parts.runtime.mask()(await this.#parts.runtime.connector.collect(this.#checkpoint, this.#limit()));
      // A connector that does not listen to its end: by now the connection may lead to another server, and the checkpoint be that one's.
      this.#life.signal.throwIfAborted();
      if (batch.checkpoint.length > mostCheckpoint) throw new Error('the connector\'s checkpoint is longer than a checkpoint may be');
      await this.#store(batch, asked);
      this.#checkpoint = batch.checkpoint;
      if (!batch.more) return false;
      if (this.#life.signal.aborted) return false;
    }
    return true;
  }

  async #store(batch: Batch, asked: boolean): Promise<void> {
    const { records, gaps, refused, approvals, stuck } = batch;
    this.#stuck = stuck?.length ?? this.#stuck;
    const as = JSON.stringify([approvals, stuck]);
    const nowMs = this.#parts.clock.now();
    const agoMs = nowMs - this.#storedMs;
    const news = asked || agoMs < 0 || agoMs >= storeSameEveryMs || records.length > 0 || gaps.length > 0 || refused.length > 0 || as !== this.#storedAs;
    // A checkpoint alone may wait: the same facts again make the same rows.
    if (!news && (batch.checkpoint === this.#checkpoint || agoMs < writeStateEveryMs)) return;
    const { newApprovals } = await this.#parts.history.command('runtimes.collected', { ...this.#job(), batch });
    this.#newcomers.saw(records);
    this.#storedAs = as;
    this.#storedMs = nowMs;
    if (newApprovals.length > 0) this.#parts.newApprovals(newApprovals);
  }

  #job(): { connection: number; content: RuntimeFact['content']; service: string; receivedUs: number } {
    return { connection: this.#fact.id, content: this.#fact.content, service: this.#fact.name, receivedUs: this.#parts.clock.now() * 1_000 };
  }

  #limit(): AbortSignal {
    return AbortSignal.any([this.#life.signal, AbortSignal.timeout(this.#parts.pollWithinMs ?? usualPollWithinMs)]);
  }

  async #wentWell(beganMs: number, more: boolean): Promise<void> {
    const recovered = this.#fault !== null || this.#lastPollMs === null;
    const nowMs = this.#parts.clock.now();
    this.#endGap(beganMs);
    // The machine slept, or this process was stopped: nobody looked in between.
    const slept = beganMs - this.#lastGoodMs > 2 * this.#parts.runtime.declaration.pollEveryMs + longestPauseMs;
    this.#seenFromMs = slept ? beganMs : this.#seenFromMs ?? beganMs;
    this.#fault = null;
    this.#lastGoodMs = beganMs;
    this.#lastPollMs = beganMs;
    this.#standing = after(this.#standing, { t: 'good', more, tookMs: nowMs - beganMs }, this.#pace(), { nowMs, random: this.#parts.random() });
    this.#watcher?.start();
    if (recovered) this.#parts.changed();
    if (recovered || nowMs - this.#stateWrittenMs >= writeStateEveryMs || nowMs < this.#stateWrittenMs) await this.#writeState();
  }

  async #failed(error: unknown): Promise<void> {
    const judged = judgeError(error);
    const nowMs = this.#parts.clock.now();
    const text = this.#parts.runtime.mask()(judged.text);
    this.#report(judged, text, error);
    this.#standing = after(this.#standing, { t: 'failed', kind: judged.kind, retryAfterMs: judged.retryAfterMs }, this.#pace(), { nowMs, random: this.#parts.random() });
    this.#fault = { kind: judged.kind, text, sinceMs: this.#fault?.kind === judged.kind ? this.#fault.sinceMs : nowMs };
    this.#beginGap(judged.kind, text, nowMs);
    this.#parts.changed();
    await this.#writeState();
  }

  #report(judged: Judged, text: string, error: unknown): void {
    const facts = { connection: this.#fact.id, kind: judged.kind };
    if (judged.kind === 'ours' || judged.kind === 'history') this.#parts.log.error('a collector failed', error, facts);
    else if (this.#fault?.kind !== judged.kind) this.#parts.log.warn('a runtime could not be read', facts);
    if (judged.kind === 'ours') this.#parts.count('a mistake in Gatehouse while it read this (its log knows it)', null);
    if (judged.kind === 'garbage') this.#parts.count('an answer that is not what the protocol says', text);
  }

  /** One gap for as long as one reason holds; it began when we last could see. */
  #beginGap(kind: FailureKind, text: string, nowMs: number): void {
    const reason = gapReason(kind);
    if (this.#gapOpen === reason) return;
    // A clock that was set back would have it begin when it is long over.
    const fromMs = this.#gapOpen === null ? Math.min(this.#lastGoodMs, nowMs) : nowMs;
    this.#endGap(nowMs);
    this.#gapOpen = reason;
    this.#parts.gaps.begin(this.#gapKey, { connection: this.#fact.id, fromUs: fromMs * 1_000, reason, text: `"${this.#fact.name}" could not be read: ${text}` });
  }

  #endGap(atMs: number): void {
    if (this.#gapOpen === null) return;
    this.#gapOpen = null;
    this.#seenFromMs = null;
    this.#parts.gaps.end(this.#gapKey, atMs * 1_000);
  }

  async #writeState(): Promise<void> {
    const toUs = this.#lastGoodMs * 1_000;
    const seen = this.#seenFromMs !== null && toUs > this.#seenFromMs * 1_000 ? { fromUs: this.#seenFromMs * 1_000, toUs } : null;
    const shown = this.state.fault;
    const fault = shown === null ? null : { kind: shown.kind, text: shown.text, sinceUs: shown.sinceMs * 1_000 };
    try {
      await this.#parts.history.command('runtimes.state', {
        id: this.#fact.id, circuit: this.#standing.circuit, fault, seen,
        lastPollUs: this.#lastPollMs === null ? null : this.#lastPollMs * 1_000, nextPollUs: this.#standing.nextAtMs * 1_000,
      });
      this.#stateWrittenMs = this.#parts.clock.now();
      // What was seen is written; a gap that is open begins a new span when it ends.
      this.#seenFromMs = this.#fault === null ? this.#lastGoodMs : null;
    } catch (error) {
      this.#parts.log.error('the state of a runtime could not be written', error, { connection: this.#fact.id });
    }
  }

  #pace(): { pollEveryMs: number; longestMs: number } {
    return { pollEveryMs: this.#parts.runtime.declaration.pollEveryMs, longestMs: this.#parts.runtime.longestMs };
  }
}
