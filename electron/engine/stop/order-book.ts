/**
 * One order as it stands: what is written is at the same time what its parts know. What must be written before something is done is waited for;
 * what has happened already is written as soon as the history takes it. What comes together is one transaction.
 */
import { StoreError } from '../store/errors.ts';
import type { AuditWords } from '../store/runtime-commands.ts';
import type { LeverFact, LeverPatch, NewEvent, OrderFact, OrderPatch } from '../store/stop-commands.ts';
import type { StopContext } from './stop-context.ts';

export interface Change {
  readonly order?: OrderPatch;
  readonly levers?: readonly LeverPatch[];
  readonly events?: readonly NewEvent[];
  readonly audit?: readonly AuditWords[];
}

interface Waiting {
  readonly change: Change;
  /** null: it has happened, so it is written again and again until it is. */
  readonly refuse: ((error: unknown) => void) | null;
  readonly done: () => void;
}

const againAfterMs = 1_000;
/** It will never be taken, however often it is tried. */
const hopeless: readonly string[] = ['bad_request', 'contract', 'not_found'];

export class OrderBook {
  readonly #context: Pick<StopContext, 'history' | 'log' | 'life'>;
  #fact: OrderFact;
  #waiting: Waiting[] = [];
  #writing = false;
  #again: NodeJS.Timeout | null = null;

  constructor(context: Pick<StopContext, 'history' | 'log' | 'life'>, fact: OrderFact) {
    this.#context = context;
    this.#fact = fact;
    this.commanded = new Promise((done) => { this.#tellCommanded = done; });
    if (fact.commandedUs !== null) this.#tellCommanded();
  }

  /** Resolves when the first lever is let go. */
  readonly commanded: Promise<void>;
  #tellCommanded: () => void = () => undefined;

  get fact(): OrderFact { return this.#fact; }
  get id(): number { return this.#fact.id; }

  lever(id: number): LeverFact {
    const found = this.#fact.levers.find((one) => one.id === id);
    if (found === undefined) throw new Error('an order has no such lever');
    return found;
  }

  /** Before something is done: rejects when it could not be stored, and then nothing is known of it. */
  before(change: Change): Promise<void> {
    return new Promise((done, refuse) => this.#add({ change, refuse, done: () => { this.#apply(change); done(); } }));
  }

  /** After something happened: known at once, stored as soon as the history takes it. Resolves when it is stored or never will be. */
  after(change: Change): Promise<void> {
    this.#apply(change);
    return new Promise((done) => this.#add({ change, refuse: null, done }));
  }

  /** Resolves when what has happened is stored, or this engine cannot store it. */
  async settled(): Promise<void> {
    if (this.#waiting.length > 0 || this.#writing) await this.after({});
  }

  #add(one: Waiting): void {
    this.#waiting.push(one);
    if (!this.#writing) void this.#write();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    if (this.#again !== null) clearTimeout(this.#again);
    for (let healthy = true; healthy && this.#waiting.length > 0;) healthy = await this.#send(this.#waiting.splice(0));
    this.#writing = false;
  }

  /** False: the history takes nothing now. */
  async #send(now: readonly Waiting[]): Promise<boolean> {
    try {
      await this.#context.history.command('stops.write', { id: this.id, ...merged(now.map((one) => one.change)) });
      for (const one of now) one.done();
      return true;
    } catch (error) {
      if (!isHopeless(error)) return this.#later(now, error);
      // One that is never taken must not take the others with it.
      if (now.length > 1) return (await Promise.all(now.map((one) => this.#send([one])))).every(Boolean);
      this.#context.log.error('a part of a stop order is not taken by the history', error, { order: this.id });
      for (const one of now) (one.refuse ?? one.done)(error);
      return true;
    }
  }

  #later(now: readonly Waiting[], error: unknown): boolean {
    this.#context.log.error('a stop order could not be written', error, { order: this.id });
    for (const one of now) one.refuse?.(error);
    const owed = now.filter((one) => one.refuse === null);
    if (this.#context.life.aborted) for (const one of owed) one.done();
    else this.#waiting.unshift(...owed);
    if (this.#context.life.aborted || owed.length === 0) return true;
    this.#again = setTimeout(() => { if (!this.#writing) void this.#write(); }, againAfterMs);
    return false;
  }

  #apply({ order, levers = [] }: Change): void {
    const fact = order === undefined ? this.#fact : { ...this.#fact, ...known(order) };
    if (fact.commandedUs !== null) this.#tellCommanded();
    const patches = new Map<number, LeverFact>();
    for (const patch of levers) patches.set(patch.id, patched(patches.get(patch.id) ?? this.lever(patch.id), patch));
    this.#fact = patches.size === 0 ? fact : { ...fact, levers: fact.levers.map((one) => patches.get(one.id) ?? one) };
  }
}

const isHopeless = (error: unknown): boolean => error instanceof StoreError && hopeless.includes(error.code);

/** Undefined leaves as it is. */
function known<T extends object>(patch: T): Partial<T> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function patched(lever: LeverFact, patch: LeverPatch): LeverFact {
  const next = { ...lever, ...known(patch) };
  return patch.hold === undefined ? next : { ...next, holdCancelled: patch.hold.cancelled };
}

function merged(changes: readonly Change[]): Change {
  if (changes.length === 1) return changes[0] ?? {};
  const levers = new Map<number, LeverPatch>();
  for (const patch of changes.flatMap((one) => one.levers ?? [])) {
    const before = levers.get(patch.id);
    const acts = [...before?.actsUs ?? [], ...patch.actsUs ?? []];
    levers.set(patch.id, { ...before, ...known(patch), ...(acts.length > 0 ? { actsUs: acts } : {}), id: patch.id });
  }
  return {
    order: Object.assign({}, ...changes.map((one) => known(one.order ?? {}))) as OrderPatch,
    levers: [...levers.values()], events: changes.flatMap((one) => one.events ?? []), audit: changes.flatMap((one) => one.audit ?? []),
  };
}
