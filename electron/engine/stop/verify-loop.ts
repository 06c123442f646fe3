/**
 * Looks from outside until an order is verified, and on until its watch is over. What it finds is judged elsewhere (`judge.ts`, pure) and written
 * only when it changed something. Also without sight it ends: in the state that is true.
 */
import type { StopState } from '../../../shared/stop.ts';
import { auditByEngine } from '../audit-words.ts';
import { publicId } from '../store/ids.ts';
import { leftMs, pause } from './deadline.ts';
import { EvidenceReader } from './evidence-reader.ts';
import { judge } from './judge.ts';
import type { JudgeInput } from './judge-input.ts';
import { Looker } from './looker.ts';
import type { OrderBook } from './order-book.ts';
import { behindUs, usOf } from './stop-context.ts';
import type { OrderContext } from './stop-context.ts';
import { duration, inert, list } from './time-words.ts';
import type { VerdictWriter } from './verdict-writer.ts';
import { stillWatched } from './watched.ts';
import type { Watched } from './watched.ts';

export interface VerifyParts {
  readonly context: OrderContext;
  readonly book: OrderBook;
  /** null: it cannot be found out now; tried again. */
  readonly watched: () => Promise<Watched>;
  /** The order is older than this engine. */
  readonly late: boolean;
  readonly writer: VerdictWriter;
}

const eagerForMs = 10_000;
const eagerMs = 500;
const usualMs = 1_000;
const watchLocalMs = 2_000;
const watchMs = 5_000;
const weary = 10_000;
/** A look that takes longer is judged when it comes; the others are not kept waiting. */
const waitForLooksMs = 1_000;
/** SECURITY: nobody looked in a time as long as this: the machine slept, this process was stopped, or the clock was set. An agent beside us slept too: its silence then is none. */
const lostUs = 15_000_000;
const mostLost = 20;

export class VerifyLoop {
  readonly #parts: VerifyParts;
  readonly #end = new AbortController();
  readonly #reader: EvidenceReader;
  #watched: Watched | null = null;
  /** with what was put back since. */
  #whole: Watched | null = null;
  /** sources that may act again. */
  #free: ReadonlySet<number> = new Set();
  #lookers: readonly Looker[] = [];
  #beganMs = 0;
  #tickedUs: number | null = null;
  #behind = false;
  /** the newest look that came to nothing by a mistake, or because the history could not be read. */
  #failedUs = 0;
  #lost: JudgeInput['connections'][number]['gaps'] = [];
  #kick: () => void = () => undefined;
  ended: Promise<void> = Promise.resolve();

  constructor(parts: VerifyParts) {
    this.#parts = parts;
    this.#reader = new EvidenceReader(parts.context, () => parts.book.fact, parts.late);
  }

  start(): void {
    const { context, book } = this.#parts;
    this.#beganMs = context.clock.now();
    this.ended = this.#run().catch((error: unknown) => context.log.error('verifying a stop ended by a mistake of ours', error, { order: book.id }));
  }

  /** Something was stored that may speak for or against it. */
  kick(): void {
    this.#reader.kick();
    this.#kick();
  }

  /** Resolves when nothing is looked at any more. */
  async end(): Promise<void> {
    this.#end.abort();
    await this.ended;
    await this.#parts.writer.tellTurns();
  }

  /** Levers were put back: false when nothing is left to be watched. */
  async narrow(): Promise<boolean> {
    this.#watch(this.#whole ?? await this.#parts.watched());
    return this.#lookers.length > 0;
  }

  #watch(whole: Watched): void {
    const { context, book } = this.#parts;
    const left = stillWatched(whole, book.fact.levers);
    const before = new Map(this.#lookers.map((one) => [one.watched.connection, one]));
    const sources = (watched: Watched): number[] => watched.connections.flatMap((one) => one.agents.flatMap((agent) => agent.sources));
    const watchedOn = new Set(sources(left));
    [this.#whole, this.#watched] = [whole, left];
    this.#free = new Set(sources(whole).filter((source) => !watchedOn.has(source)));
    // Where fewer are looked at than before it is another look.
    this.#lookers = left.connections.map((one) => {
      const known = before.get(one.connection);
      return known?.watched.agents.length === one.agents.length ? known : new Looker(context, one, () => book.fact.levers.filter((lever) => lever.connection === one.connection));
    });
  }

  async #run(): Promise<void> {
    const { context } = this.#parts;
    const signal = AbortSignal.any([this.#end.signal, context.life]);
    while (!signal.aborted) {
      const beganMs = context.clock.now();
      await this.#tick(signal).catch((error: unknown) => this.#failed(error, signal));
      if (signal.aborted || await this.#isOver()) return;
      await this.#rest(beganMs, signal);
    }
  }

  #failed(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    const { context, book } = this.#parts;
    this.#failedUs = usOf(context.clock);
    context.log.error('a stop could not be verified now', error, { order: book.id });
  }

  /** Time in which this did not run proves nothing. */
  #tellLost(): void {
    this.#tellSetBack();
    const nowUs = usOf(this.#parts.context.clock);
    const fromUs = this.#tickedUs ?? nowUs;
    this.#tickedUs = nowUs;
    if (nowUs - fromUs > lostUs) this.#lost = [...this.#lost, { fromUs, toUs: nowUs, text: 'The engine did not look: the machine slept, the engine was stopped, or the clock was set.' }].slice(-mostLost);
  }

  #tellSetBack(): void {
    const { context: { clock }, book } = this.#parts;
    const isBehind = behindUs(clock) > 0;
    if (isBehind === this.#behind) return;
    this.#behind = isBehind;
    const text = isBehind ? `This machine's clock was set back by ${duration(behindUs(clock))}. The times of this order go on as if it had not been: they count what really passed.` : 'This machine\'s clock has come up with the times of this order again.';
    void book.after({ events: [{ atUs: usOf(clock), kind: 'note', lever: null, by: 'console', text }] });
  }

  async #tick(signal: AbortSignal): Promise<void> {
    const { book } = this.#parts;
    this.#tellLost();
    const sinceUs = book.fact.commandedUs ?? book.fact.intentUs;
    if (this.#watched === null) {
      // Activity that is known before the command did not begin after it.
      const [watched] = await Promise.all([this.#parts.watched(), this.#reader.read(sinceUs, [])]);
      this.#watch(watched);
    }
    const looks = Promise.all(this.#lookers.map((one) => one.look(sinceUs, signal)));
    const enough = new AbortController();
    await Promise.race([looks, pause(waitForLooksMs, AbortSignal.any([signal, enough.signal]))]);
    enough.abort();
    await this.#reader.read(sinceUs, this.#lookers);
    const { commandedUs } = book.fact;
    if (signal.aborted || commandedUs === null) return;
    await this.#parts.writer.write(judge(this.#input(commandedUs)));
  }

  #input(commandUs: number): JudgeInput {
    const { fact } = this.#parts.book;
    return {
      nowUs: usOf(this.#parts.context.clock), commandUs, answeredUs: fact.answeredUs, silenceUs: fact.silenceS * 1_000_000, scopeIsTask: fact.scope.kind === 'task', openBefore: this.#watched?.openBefore ?? null,
      connections: this.#lookers.map(({ watched, track, process }) => ({
        connection: watched.connection, name: watched.name, enabled: this.#reader.isEnabled(watched.connection), shows: watched.shows, visibility: watched.visibility, agents: watched.agents.map((one) => one.head),
        looks: watched.shows === 'looks' ? track : null, gaps: [...this.#reader.gapsOf(watched.connection), ...this.#lost], clockBehindUs: null, process,
      })),
      levers: fact.levers.map(({ id, plan, connection, state, reported, reportedUs, undoState }) => ({ id, leverId: plan.leverId, title: plan.title, connection, step: plan.step, kind: plan.kind, state, answeredUs: reportedUs, reported, undone: undoState === 'done' })),
      ...this.#reader.told, rows: this.#reader.told.rows.filter(({ row }) => !this.#free.has(row.agent)), signs: [], verifiedUs: fact.verifiedUs, containedUs: fact.containedUs,
    };
  }

  /** True: nobody need look any more, and that is written. */
  async #isOver(): Promise<boolean> {
    const { context, book, writer } = this.#parts;
    const { state, number, answeredUs, silenceS, watchS } = book.fact;
    const watchUntilUs = book.fact.watchUntilUs ?? (answeredUs === null ? null : answeredUs + (silenceS + watchS) * 1_000_000);
    const nowUs = usOf(context.clock);
    // Nothing has left, so there is nothing whose effect could be seen.
    const nothing = answeredUs !== null && book.fact.commandedUs === null;
    if (!nothing && (watchUntilUs === null || nowUs < watchUntilUs)) return false;
    if (nothing) await writer.give('unverified', 'Nothing was sent: no lever could be pulled. It was not stopped from here.');
    else if (state === 'stopping') await writer.give('unverified', 'Unverified: the watch is over, and what was seen is not enough to say that it stopped.');
    await writer.tellEnd();
    if (book.fact.state === 'still_acting') return false;
    await writer.tellTurns();
    const headline = book.fact.state === 'verified' ? this.#quietWords(book.fact.verifiedUs ?? nowUs) : nothing ? book.fact.headline : 'The watch is over: it could not be verified.';
    await book.after({
      order: { endedUs: nowUs },
      events: [{ atUs: nowUs, kind: 'ended', lever: null, by: 'console', text: headline }],
      audit: [auditByEngine({ action: 'stop.ended', subject: publicId('stop', book.id), outcome: book.fact.state === 'verified' ? 'done' : 'failed', text: `Stop order ${number}: ${headline}`, details: { order: number, state: book.fact.state } })],
    });
    context.onStep('ended_written');
    return true;
  }

  /** What was verified stays so without sight; but then nobody may say that nothing acted. */
  #quietWords(verifiedUs: number): string {
    const after = (us: number | null): boolean => us !== null && us > verifiedUs;
    const unseen = this.#lookers.filter(({ watched, track, process }) => process.state !== 'gone'
      && ((watched.shows === 'looks' && after(track.badUs)) || [...this.#reader.gapsOf(watched.connection), ...this.#lost].some((gap) => gap.toUs === null || gap.toUs > verifiedUs)));
    if (unseen.length === 0 && !after(this.#failedUs)) return 'Nothing acted until the watch was over.';
    return `No act was seen until the watch was over, but not all of that time was seen${unseen.length === 0 ? '' : `: ${list(unseen.map(({ watched }) => inert(watched.name)))}`}.`;
  }

  async #rest(beganMs: number, signal: AbortSignal): Promise<void> {
    const { context, book } = this.#parts;
    const nowMs = context.clock.now();
    const kicked = new AbortController();
    this.#kick = () => kicked.abort();
    // News bring the next look forward, but looks are never closer than the eager ones.
    await pause(leftMs(eagerMs, beganMs, nowMs), signal);
    await pause(leftMs(this.#paceMs(book.fact.state, book.fact.watchUntilUs, nowMs), beganMs, context.clock.now()), AbortSignal.any([signal, kicked.signal]));
    this.#kick = () => undefined;
  }

  #paceMs(state: StopState, watchUntilUs: number | null, nowMs: number): number {
    const local = this.#lookers.every((one) => one.watched.local || one.watched.shows !== 'looks');
    const watch = local ? watchLocalMs : watchMs;
    if (watchUntilUs !== null && nowMs * 1_000 > watchUntilUs) return weary;
    if (nowMs - this.#beganMs < eagerForMs) return eagerMs;
    return state === 'verified' ? watch : usualMs;
  }
}
