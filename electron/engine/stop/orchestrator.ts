/** All stop orders that are not over: begins them, goes on with those an engine before this one left, lets people confirm, repeat and release them. */
import { auditBy, auditByEngine } from '../audit-words.ts';
import { CallFailure } from '../call-failure.ts';
import type { Actor } from '../ports.ts';
import { publicId, rowIdOf } from '../store/ids.ts';
import type { LeverFact, NewOrder, OrderFact, ScopeFacts } from '../store/stop-commands.ts';
import { leftMs } from './deadline.ts';
import { headlineBefore } from './headline.ts';
import { LiveOrder } from './live-order.ts';
import { usOf } from './stop-context.ts';
import type { StopContext } from './stop-context.ts';
import { watchedOf } from './watched.ts';
import type { WatchedScope } from './watched.ts';
import { writeIntent } from './write-intent.ts';

export interface OrchestratorParts {
  readonly context: StopContext;
  /** a server on this machine may be looked at more often. */
  readonly isLocal: (address: string | null) => boolean;
}

/** SECURITY: a stop that nobody confirmed in this time is of another situation. */
const secondWithinUs = 15 * 60_000_000;

export class Orchestrator {
  readonly #context: StopContext;
  readonly #isLocal: OrchestratorParts['isLocal'];
  readonly #live = new Map<number, LiveOrder>();
  readonly #expiry = new Map<number, NodeJS.Timeout>();
  /** orders of before are read one at a time, so that none is taken up twice. */
  readonly #taking = new Map<number, Promise<LiveOrder>>();

  constructor({ context, isLocal }: OrchestratorParts) {
    this.#context = context;
    this.#isLocal = isLocal;
  }

  /** Writes the intent with its audit entry, then lets the first levers go. Resolves when the intent is written. */
  async begin(order: NewOrder, facts: ScopeFacts): Promise<{ id: number; number: number }> {
    const written = await writeIntent(this.#context, order, (fact) => { this.#go(fact, facts); });
    this.#context.onStep('intent_written');
    const { id, number } = written;
    this.#go('plan' in written ? written : newFact(order, id, number, written.levers, usOf(this.#context.clock)), facts);
    return { id, number };
  }

  #go(fact: OrderFact, facts: ScopeFacts): void {
    const live = this.#take(fact, null, facts);
    if (live.isWaiting) this.#expire(live);
    else live.start();
  }

  /** What an engine before this one left open. `seenUs`: until when that one was there. */
  async resume(seenUs: number | null): Promise<void> {
    for (const fact of await this.#context.history.read.stopFacts(null)) {
      const live = this.#take(fact, await this.#written(fact), null);
      if (live.isWaiting) this.#expire(live);
      else {
        if (fact.endedUs === null) this.#tellResumed(live, seenUs);
        live.start();
      }
    }
  }

  /** The second person has confirmed. */
  async second(publicOrder: string, name: string, actor: Actor): Promise<number> {
    const live = await this.#waiting(publicOrder);
    return live.inTurn(async () => {
      mustWait(live);
      const { number, scopeName } = live.book.fact;
      await live.book.before({
        order: { state: 'stopping', secondBy: name, headline: headlineBefore('stopping') },
        events: [{ atUs: usOf(this.#context.clock), kind: 'second', lever: null, by: 'console', text: `${name} confirmed as the second operator.` }],
        audit: [auditBy(actor, { action: 'stop.second', subject: publicOrder, outcome: 'done', text: `${name} confirmed stop order ${number} (${scopeName}) as the second operator.`, details: { order: number, second: name } })],
      });
      this.#unexpire(live.book.id);
      live.start();
      return live.book.id;
    });
  }

  async withdraw(publicOrder: string, actor: Actor): Promise<number> {
    const live = await this.#waiting(publicOrder);
    await this.#withdraw(live, `${actor.name} withdrew it before anything was sent.`, actor);
    return live.book.id;
  }

  async retry(publicOrder: string, planLever: string, actor: Actor): Promise<number> {
    const live = await this.#known(publicOrder);
    try {
      this.#mustHaveBegun(live);
      await live.retry(leverOf(live, planLever), actor);
      return live.book.id;
    } finally {
      // One that was over is watched anew; one that stays over need not be kept.
      if (live.isOver) this.#forget(live);
      else this.#live.set(live.book.id, live);
    }
  }

  async release(publicOrder: string, planLever: string | null, actor: Actor, reason: string): Promise<number> {
    const live = await this.#known(publicOrder);
    try {
      this.#mustHaveBegun(live);
      await live.release(actor, reason, planLever === null ? null : leverOf(live, planLever).id);
      return live.book.id;
    } finally {
      this.#forget(live);
    }
  }

  /** The order as it waits for its second person. */
  async waitingFact(publicOrder: string): Promise<OrderFact> { return (await this.#waiting(publicOrder)).book.fact; }

  /** Something was stored: it may be a new run, or an act. */
  kick(): void { for (const live of this.#live.values()) live.kick(); }

  async begun(id: number): Promise<void> { await this.#live.get(id)?.begun(); }

  /** Resolves when the levers of that order were all let go and answered. */
  async answered(id: number): Promise<void> { await this.#live.get(id)?.answered; }

  /** The context's life has ended: resolves when nothing of any order goes on. */
  async close(): Promise<void> {
    for (const timer of this.#expiry.values()) clearTimeout(timer);
    await Promise.all([...this.#live.values()].map((live) => live.close()));
  }

  #take(fact: OrderFact, written: readonly string[] | null, facts: ScopeFacts | null): LiveOrder {
    const read = async (): Promise<WatchedScope> => facts ?? this.#context.history.read.scopeFacts(fact.scope).catch(() => noScope);
    const live: LiveOrder = new LiveOrder({
      context: this.#context, fact, written, over: () => this.#forget(live),
      watched: async () => watchedOf(live.book.fact, await read(), this.#isLocal),
    });
    this.#live.set(fact.id, live);
    return live;
  }

  #forget(live: LiveOrder): void {
    if (live.isOver && this.#live.get(live.book.id) === live) this.#live.delete(live.book.id);
  }

  /** Also one that is over: what it changed may still be put back. */
  async #known(publicOrder: string): Promise<LiveOrder> {
    const id = rowIdOf('stop', publicOrder);
    const live = id === null ? undefined : this.#live.get(id);
    if (live !== undefined) return live;
    if (id === null) throw noSuchOrder(publicOrder);
    const taking = this.#taking.get(id) ?? this.#read(id, publicOrder).finally(() => this.#taking.delete(id));
    this.#taking.set(id, taking);
    return taking;
  }

  async #read(id: number, publicOrder: string): Promise<LiveOrder> {
    const [fact] = await this.#context.history.read.stopFacts([id]);
    if (fact === undefined) throw noSuchOrder(publicOrder);
    return this.#take(fact, await this.#written(fact), null);
  }

  /** Evidence that is in the record already, so that it is not written twice. */
  async #written(fact: OrderFact): Promise<readonly string[]> {
    try {
      return (await this.#context.history.read.order(publicId('stop', fact.id))).events.map((one) => `${one.kind} ${one.text}`);
    } catch (error) {
      this.#context.log.error('the evidence of an order could not be read again', error, { order: fact.id });
      return [];
    }
  }

  #tellResumed(live: LiveOrder, seenUs: number | null): void {
    const nowUs = usOf(this.#context.clock);
    const { fact } = live.book;
    const fromUs = Math.min(nowUs, Math.max(seenUs ?? 0, fact.intentUs, ...fact.levers.map((one) => Math.max(one.sentUs ?? 0, one.reportedUs ?? 0))));
    const text = `The engine began again and goes on with this order. Nobody watched from ${iso(fromUs)} to ${iso(nowUs)} (${Math.max(1, Math.round((nowUs - fromUs) / 1_000_000))} s): that time was not seen.`;
    void live.book.after({ events: [{ atUs: nowUs, kind: 'resumed', lever: null, by: 'console', text }] });
  }

  async #waiting(publicOrder: string): Promise<LiveOrder> {
    const live = await this.#known(publicOrder);
    this.#forget(live);
    mustWait(live);
    return live;
  }

  #mustHaveBegun(live: LiveOrder): void {
    const { state } = live.book.fact;
    if (state === 'waiting_second') throw new CallFailure('conflict', 'This order waits for the second operator; nothing was sent yet.');
    if (state === 'withdrawn') throw new CallFailure('conflict', 'This order was withdrawn; nothing was sent.');
  }

  #expire(live: LiveOrder): void {
    const { id, intentUs } = live.book.fact;
    const wait = leftMs(secondWithinUs / 1_000, intentUs / 1_000, this.#context.clock.now());
    this.#expiry.set(id, setTimeout(() => {
      this.#expiry.delete(id);
      if (!live.isWaiting || this.#context.life.aborted) return;
      this.#withdraw(live, 'Nobody confirmed it as the second operator within 15 minutes. Nothing was sent.', null).catch((error: unknown) => this.#context.log.error('an order that expired could not be withdrawn', error, { order: id }));
    }, wait));
  }

  #unexpire(id: number): void {
    clearTimeout(this.#expiry.get(id));
    this.#expiry.delete(id);
  }

  #withdraw(live: LiveOrder, text: string, actor: Actor | null): Promise<void> {
    return live.inTurn(async () => {
      mustWait(live);
      const { id, number, scopeName } = live.book.fact;
      const nowUs = usOf(this.#context.clock);
      const deed = { action: 'stop.withdraw', subject: publicId('stop', id), outcome: 'done' as const, text: `Stop order ${number} (${scopeName}): ${text}`, details: { order: number } };
      await live.book.before({
        order: { state: 'withdrawn', headline: headlineBefore('withdrawn'), endedUs: nowUs },
        events: [{ atUs: nowUs, kind: 'ended', lever: null, by: 'console', text }], audit: [actor === null ? auditByEngine(deed) : auditBy(actor, deed)],
      });
      this.#unexpire(id);
      this.#forget(live);
    });
  }
}

const iso = (us: number): string => new Date(us / 1_000).toISOString();
function mustWait(live: LiveOrder): void {
  if (live.isWaiting) return;
  throw new CallFailure('conflict', live.book.fact.state === 'withdrawn' ? 'This order was withdrawn. Nothing was sent.' : 'This order does not wait for a second operator.');
}

const noSuchOrder = (id: string): CallFailure => new CallFailure('not_found', `There is no stop order with the identifier ${id}. Nothing was changed.`);

function leverOf(live: LiveOrder, planLever: string): LeverFact {
  const found = live.book.fact.levers.find((one) => one.plan.id === planLever);
  if (found === undefined) throw new CallFailure('not_found', 'This order has no such lever. Nothing was changed.');
  return found;
}

/** As the history has it, without asking: the first lever must not wait for a question. */
function newFact(order: NewOrder, id: number, number: number, levers: readonly number[], nowUs: number): OrderFact {
  const { plan, scope, scopeName, level, origin, state, agents, sources, watched, tasks, orderedBy, silenceS, watchS } = order;
  return {
    id, number, plan, scope, scopeName, level, origin, state, agents, sources, ...(watched === undefined ? {} : { watched }), tasks, orderedBy, silenceS, watchS, headline: '', intentUs: nowUs, commandedUs: null, firstAnswerUs: null, answeredUs: null, lastActUs: null,
    containedUs: null, verifiedUs: null, watchUntilUs: null, reopened: 0, endedUs: null, releasedUs: null,
    levers: order.levers.map((lever, at) => ({
      ...lever, id: levers[at] ?? 0, state: 'waiting', saved: null, attempts: 0, sentUs: null, reportedUs: null, reported: null, confirmed: 'not_yet', confirmedUs: null, undoState: 'none', holdCancelled: 0,
    })),
  };
}

/** The scope is gone since (a connection was removed): what its levers aimed at is all that is left to look at. */
const noScope: WatchedScope = { agents: [], tasks: [], connections: [] };
