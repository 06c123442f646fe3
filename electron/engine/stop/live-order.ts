/** One order that is not over: its levers, its holds and the looks that verify it, all by the same book. */
import { auditBy } from '../audit-words.ts';
import { CallFailure } from '../call-failure.ts';
import type { Actor } from '../ports.ts';
import { publicId } from '../store/ids.ts';
import type { LeverFact, OrderFact } from '../store/stop-commands.ts';
import { within } from './deadline.ts';
import { Hold } from './hold.ts';
import { OrderBook } from './order-book.ts';
import { runAgain, runOrder, tellAnswered } from './order-run.ts';
import type { RunParts } from './order-run.ts';
import { holdLeverId } from './plan-input.ts';
import { mayRelease, release } from './release.ts';
import { usOf } from './stop-context.ts';
import type { OrderContext, StopContext } from './stop-context.ts';
import { SteadyClock } from './steady-clock.ts';
import { VerdictWriter } from './verdict-writer.ts';
import { VerifyLoop } from './verify-loop.ts';
import type { Watched } from './watched.ts';

const storedWithinMs = 500;

export interface LiveParts {
  readonly context: StopContext;
  readonly fact: OrderFact;
  /** what is looked at; asked for once, when looking begins. */
  readonly watched: () => Promise<Watched>;
  /** null: the order is of this engine; otherwise the evidence that an engine before it has written (`kind text`). */
  readonly written: readonly string[] | null;
  /** nothing of it goes on any more. */
  readonly over: () => void;
}

const holdText = 'The console cancels every new run as it appears. It works only while the engine runs.';

export class LiveOrder {
  readonly book: OrderBook;
  readonly #parts: LiveParts;
  readonly #context: OrderContext;
  readonly #holds = new Map<number, Hold>();
  #running: Promise<void> = Promise.resolve();
  #verify: VerifyLoop | null = null;
  /** releases and retries of one order come one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#context = { ...parts.context, clock: new SteadyClock(parts.context.clock, newestUs(parts.fact) / 1_000) };
    this.book = new OrderBook(this.#context, parts.fact);
  }

  get isWaiting(): boolean { return this.book.fact.state === 'waiting_second'; }
  get isOver(): boolean { return this.book.fact.endedUs !== null && this.#holds.size === 0; }

  /** Lets go what is to be let go and begins to look; the same for a new order and for one that was left in the middle. */
  start(): void {
    for (const lever of this.book.fact.levers) if (isHolding(lever)) this.#hold(lever.id);
    if (this.book.fact.endedUs !== null) return this.#afterDrill();
    const open = this.book.fact.levers.some((one) => one.state === 'waiting' || one.state === 'sending');
    if (open || this.book.fact.answeredUs === null) this.#running = runOrder(this.#runParts);
    this.#look();
  }

  /** What was stored may be a new run. */
  kick(): void {
    for (const hold of this.#holds.values()) hold.kick();
    this.#verify?.kick();
  }

  retry(lever: LeverFact, actor: Actor): Promise<void> {
    return this.inTurn(async () => {
      const { state, repeatable, plan } = this.book.lever(lever.id);
      if (state === 'waiting' || state === 'sending') throw new CallFailure('conflict', 'This lever is on its way. Nothing more was sent.');
      if (state !== 'failed' && state !== 'unknown' && state !== 'skipped') throw new CallFailure('conflict', 'This lever has answered. Nothing was sent; order a new stop to pull it again.');
      if (state === 'unknown' && !repeatable) throw new CallFailure('conflict', 'It may have been carried out, and sent twice it would do more than once. Nothing was sent.');
      if (this.book.fact.releasedUs !== null) throw new CallFailure('conflict', 'This order was released. Nothing was sent; order a new stop.');
      const ended = this.book.fact.endedUs !== null;
      await this.book.before({
        // SECURITY: on its way from here on: asked for twice, or released meanwhile, it must not leave twice or behind a person's back.
        levers: [{ id: lever.id, state: 'waiting' }],
        order: { watchUntilUs: this.#watchAnew(), ...(ended ? { endedUs: null, state: 'stopping' as const, headline: 'A lever is sent once more. Whether it stopped is not known yet.', containedUs: null, verifiedUs: null } : {}) },
        audit: [auditBy(actor, { action: 'stop.retry', subject: publicId('stop', this.book.id), outcome: 'asked', text: `Sends "${plan.title}" (${plan.connectionName}) of stop order ${this.book.fact.number} once more.`, details: { order: this.book.fact.number, lever: plan.id } })],
        events: [{ atUs: usOf(this.#context.clock), kind: 'note', lever: lever.id, by: 'console', text: `${actor.name} has "${plan.title}" sent once more.` }],
      });
      this.#running = this.#again(lever.id);
      // Looks that were just ending when it was asked for end first: else nobody would look at it again.
      if (ended) await this.#verify?.ended;
      if (this.#verify === null && !this.#context.life.aborted) this.#look();
    });
  }

  release(actor: Actor | null, reason: string, only: number | null): Promise<void> {
    return this.inTurn(async () => {
      mayRelease(this.book.fact.levers);
      const { done, failed } = await release({ context: this.#context, book: this.book, actor, reason, only, endHold: (id) => this.#endHold(id), watchedOn: () => this.#watchedOn() });
      if (this.#context.life.aborted) return;
      if (this.book.fact.endedUs === null && (done > 0 || failed === 0)) await this.#released(actor?.name ?? 'Gatehouse', only);
      if (this.isOver) this.#parts.over();
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#running, this.#turn.catch(() => undefined), this.#verify?.ended, ...[...this.#holds.values()].map((hold) => hold.end())]);
    await this.book.settled();
  }

  /** Resolves when the first lever was let go, or none can be, and whoever reads the order finds it said so; a history that takes nothing is not waited for. */
  async begun(): Promise<void> {
    if (this.isWaiting) return;
    await Promise.race([this.book.commanded, this.#running]);
    await within(storedWithinMs, [this.#context.life], () => this.book.settled()).catch(() => undefined);
  }
  /** Resolves when all levers were let go and answered, failed or were left out. */
  get answered(): Promise<void> { return this.#running; }

  /** What people ask of one order comes one after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.catch(() => undefined).then(work);
    this.#turn = turn;
    return turn;
  }

  async #again(id: number): Promise<void> {
    await runAgain(this.#runParts, id);
    if (!this.#context.life.aborted) await tellAnswered(this.#context, this.book, true);
  }

  get #runParts(): RunParts { return { context: this.#context, book: this.book, startHold: (id) => this.#startHold(id) }; }

  /** What acts from now on may do so: behind a single lever only what that one kept from acting; the rest of the order is watched on. */
  async #released(by: string, only: number | null): Promise<void> {
    if (only === null || !(await this.#watchedOn())) return this.#endWatch(`Released by ${by}: it is no longer watched.`);
    const { connectionName } = this.book.lever(only).plan;
    await this.book.after({ events: [{ atUs: usOf(this.#context.clock), kind: 'note', lever: only, by: 'console', text: `Released by ${by}: the agents at ${connectionName} are no longer watched; the rest of the order is.` }] });
  }

  async #watchedOn(): Promise<boolean> { return this.#verify?.narrow() ?? false; }

  #watchAnew(): number {
    const { silenceS, watchS } = this.book.fact;
    return usOf(this.#context.clock) + (silenceS + watchS) * 1_000_000;
  }

  async #startHold(id: number): Promise<void> {
    const atUs = usOf(this.#context.clock);
    const { plan } = this.book.lever(id);
    await this.book.after({
      ...(this.book.fact.commandedUs === null ? { order: { commandedUs: atUs } } : {}),
      levers: [{ id, state: 'reported', reported: 'accepted', reportedText: holdText, sentUs: atUs, reportedUs: atUs, attempts: 1, undoState: 'open' }],
      events: [{ atUs, kind: 'hold', lever: id, by: 'console', text: `${plan.title} (${plan.connectionName}): ${holdText}` }],
    });
    this.#context.onStep('hold_written');
    this.#hold(id);
  }

  #hold(id: number): void {
    if (this.#holds.has(id) || this.#context.life.aborted) return;
    const hold = new Hold(this.#context, this.book, id);
    this.#holds.set(id, hold);
    hold.start();
  }

  async #endHold(id: number): Promise<void> {
    const hold = this.#holds.get(id);
    this.#holds.delete(id);
    await hold?.end();
  }

  #look(): void {
    const { watched, written } = this.#parts;
    const writer = new VerdictWriter(this.#context, this.book, written ?? []);
    const loop = new VerifyLoop({ context: this.#context, book: this.book, watched, late: written !== null, writer });
    this.#verify = loop;
    loop.start();
    void loop.ended.then(() => {
      if (this.#verify === loop) this.#verify = null;
      if (this.#context.life.aborted) return;
      this.#afterDrill();
      if (this.isOver) this.#parts.over();
    });
  }

  /** A drill is to show that the levers work, not to keep the canary stopped. */
  #afterDrill(): void {
    const { origin, endedUs, levers } = this.book.fact;
    if (origin !== 'drill' || endedUs === null || !levers.some((one) => one.undoState === 'open')) return;
    this.release(null, 'The drill is over.', null).catch((error: unknown) => this.#context.log.error('what a drill changed could not be put back', error, { order: this.book.id }));
  }

  async #endWatch(text: string): Promise<void> {
    await this.#verify?.end();
    const atUs = usOf(this.#context.clock);
    const early = this.book.fact.state === 'stopping' ? { state: 'unverified' as const, headline: 'Unverified: it was released before that was known.' } : {};
    await this.book.after({ order: { endedUs: atUs, ...early }, events: [{ atUs, kind: 'ended', lever: null, by: 'console', text }] });
  }
}

/** Of what has happened: until when it is watched lies ahead. */
function newestUs({ intentUs, commandedUs, firstAnswerUs, answeredUs, verifiedUs, endedUs, releasedUs, levers }: OrderFact): number {
  const times = [intentUs, commandedUs, firstAnswerUs, answeredUs, verifiedUs, endedUs, releasedUs, ...levers.flatMap((one) => [one.sentUs, one.reportedUs, one.confirmedUs])];
  return Math.max(...times.map((us) => us ?? 0));
}

export const isHolding = ({ plan, state, undoState }: LeverFact): boolean => plan.leverId === holdLeverId && state === 'reported' && (undoState === 'open' || undoState === 'failed');
