/**
 * Brings alerts to their targets: one request at a time for each target and in order, targets side by side. What failed is tried again, what quiet hours
 * catch stands aside. The queue itself is in the history, so that an end of the engine, however it comes, loses nothing; a message whose arrival could not be
 * written down any more goes out again after the next start, under the same delivery id.
 */
import { alertMessage } from '../../../../shared/alerts.ts';
import type { AlertMessage } from '../../../../shared/alerts.ts';
import type { Alarms } from '../../alarms.ts';
import { RuntimeFault } from '../../connectors/connector.ts';
import type { Clock, Log } from '../../ports.ts';
import type { DueDelivery, TargetFact } from '../../store/alert-commands.ts';
import type { CredentialReference } from '../../store/runtime-commands.ts';
import type { DeliveryBook } from './delivery-book.ts';
import { boundedMessage } from './plain-text.ts';
import { heldUntilUs } from './quiet-hours.ts';
import { isGivenUp, waitMs } from './retry-plan.ts';
import type { Outgoing } from './send.ts';
import { DeliveryFault, usualLimits } from './sending.ts';
import type { Remark, SendLimits } from './sending.ts';

export interface CourierParts {
  readonly book: DeliveryBook;
  /** resolves when the receiver took it, throws a DeliveryFault. */
  readonly send: (outgoing: Outgoing) => Promise<Remark>;
  readonly readCredential: (reference: CredentialReference | null) => Promise<string | null>;
  readonly alarms: Pick<Alarms, 'raise' | 'clear'>;
  readonly log: Log;
  readonly clock: Clock;
  readonly limits?: SendLimits;
  readonly random?: () => number;
  readonly wait?: typeof waitMs;
  /** how long a message that is on its way may take when Gatehouse ends. */
  readonly endWithinMs?: number;
}

/** `text` holds nothing secret. */
export interface TestResult { readonly ok: boolean; readonly text: string }

const alarmAfter = 3;
/** A clock that was moved, a machine that slept: nothing waits longer for being looked at. */
const longestSleepMs = 60_000;
const readAgainMs = 5_000;
const noteAgainMs = 1_000;
const usualEndMs = 3_000;

/** What this engine saw of a target; ends with it. */
interface Seen { failures: number; failingUs: number | null }

export class Courier {
  readonly #parts: CourierParts;
  readonly #limits: SendLimits;
  readonly #life = new AbortController();
  readonly #busy = new Map<number, Promise<void>>();
  readonly #seen = new Map<number, Seen>();
  /** targets that work again, as far as a test shows: what waits for them is tried at once. */
  readonly #eager = new Set<number>();
  readonly #alarmed = new Set<number>();
  #looking: Promise<void> | null = null;
  #again = false;
  #timer: NodeJS.Timeout | null = null;
  #started = false;
  #closing = false;
  #leave: () => void = () => undefined;

  constructor(parts: CourierParts) {
    this.#parts = parts;
    this.#limits = parts.limits ?? usualLimits;
  }

  start(): void {
    this.#started = true;
    this.#leave = this.#parts.book.onChange(() => this.#wake());
    this.#wake();
  }

  /** Now, past the queue, also to a target that is switched off. */
  async test(target: TargetFact, message: AlertMessage, signal: AbortSignal): Promise<TestResult> {
    const outcome = await this.#attempt(target, boundedMessage(message), AbortSignal.any([signal, this.#life.signal]));
    if (outcome instanceof DeliveryFault) return { ok: false, text: outcome.message };
    this.#eager.add(target.id);
    this.#wake();
    return { ok: true, text: outcome ?? arrived(target) };
  }

  /** What is on its way gets a moment to arrive, then is broken off; it stays in the queue. Nothing of it runs once this resolves. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#leave();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
    const impatient = setTimeout(() => this.#life.abort(), this.#parts.endWithinMs ?? usualEndMs);
    await Promise.all(this.#busy.values());
    clearTimeout(impatient);
    this.#life.abort();
  }

  #wake(): void {
    if (this.#closing || !this.#started) return;
    this.#again = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
      // Woken in the moment in which it ended.
      if (this.#again) this.#wake();
    });
  }

  async #look(): Promise<void> {
    while (this.#again && !this.#closing) {
      this.#again = false;
      if (this.#timer !== null) clearTimeout(this.#timer);
      let sleepMs = longestSleepMs;
      try {
        // What is on its way now may have arrived by the time the queue is read: what was read of it says nothing. Its end wakes us again.
        const busy = new Set(this.#busy.keys());
        const [targets, due] = [await this.#parts.book.targets(), await this.#parts.book.due()];
        this.#forget(targets);
        for (const target of targets) if (target.enabled && !busy.has(target.id)) sleepMs = Math.min(sleepMs, await this.#serve(target, due.find((one) => one.target === target.id)));
      } catch (error) {
        this.#parts.log.error('the queue of alerts could not be read', error);
        sleepMs = readAgainMs;
      }
      if (!this.#closing) this.#timer = setTimeout(() => this.#wake(), sleepMs);
    }
  }

  /** Begins with what is due. Resolves with how long nothing is. */
  async #serve(target: TargetFact, due: DueDelivery | undefined): Promise<number> {
    const nowUs = this.#nowUs();
    const quietUntilUs = heldUntilUs(target.quiet, 'attention', nowUs);
    if (target.held > 0 && quietUntilUs === null) {
      await this.#parts.book.wake({ target: target.id, failedToo: false, atUs: nowUs });
      this.#again = true;
      return 0;
    }
    const untilQuietEndsMs = quietUntilUs === null ? longestSleepMs : Math.max(1, (quietUntilUs - nowUs) / 1_000);
    if (due === undefined || this.#closing) return untilQuietEndsMs;
    const heldUs = heldUntilUs(target.quiet, due.severity, nowUs);
    if (heldUs !== null) {
      await this.#parts.book.tried({ id: due.id, result: 'held', atUs: nowUs, dueUs: heldUs, error: null });
      this.#again = true;
      return 0;
    }
    if (due.dueUs > nowUs && !this.#eager.has(target.id)) return Math.min(untilQuietEndsMs, (due.dueUs - nowUs) / 1_000);
    this.#eager.delete(target.id);
    const work = this.#deliver(target, due).catch((error: unknown) => this.#parts.log.error('a delivery failed by a mistake of ours', error, { target: target.id, delivery: due.id })).finally(() => {
      this.#busy.delete(target.id);
      this.#wake();
    });
    this.#busy.set(target.id, work);
    return untilQuietEndsMs;
  }

  async #deliver(target: TargetFact, due: DueDelivery): Promise<void> {
    // Tried before and yet for the first time: a person asked for another day.
    if (due.attempts > 0 && due.firstUs === null) this.#seen.delete(target.id);
    const message = readBody(due.body);
    const outcome = message === null ? new DeliveryFault('What was kept of this alert cannot be read by this version.', { forGood: true }) : await this.#attempt(target, { ...boundedMessage(message), delivery: due.uid }, this.#life.signal);
    if (!(outcome instanceof DeliveryFault)) {
      if (outcome !== null) this.#parts.log.warn('a target took an alert with a remark', { target: target.id, remark: outcome });
      this.#works(target.id);
      return this.#note({ id: due.id, result: 'sent', atUs: this.#nowUs(), dueUs: null, error: null });
    }
    // Broken off by the end of the engine: that was no attempt. Whatever arrived all the same is told by its delivery id.
    if (this.#life.signal.aborted) return;
    const nowUs = this.#nowUs();
    const seen = this.#fails(target, due, outcome, nowUs);
    const failed = outcome.forGood || isGivenUp({ nowUs, createdUs: due.createdUs, firstUs: due.firstUs, failingUs: seen.failingUs ?? nowUs });
    const dueUs = failed ? null : nowUs + (this.#parts.wait ?? waitMs)(due.attempts + 1, outcome.retryAfterMs, (this.#parts.random ?? Math.random)()) * 1_000;
    await this.#note({ id: due.id, result: failed ? 'failed' : 'again', atUs: nowUs, dueUs, error: outcome.message });
  }

  async #attempt(target: TargetFact, message: AlertMessage, signal: AbortSignal): Promise<Remark | DeliveryFault> {
    try {
      const credential = await this.#parts.readCredential(target.credential);
      return await this.#parts.send({ config: target.config, credential, message, signal, limits: this.#limits });
    } catch (error) {
      if (error instanceof DeliveryFault) return error;
      // Words of the vault, written for people.
      if (error instanceof RuntimeFault) return new DeliveryFault(error.message);
      this.#parts.log.error('a sender failed by a mistake of ours', error, { target: target.id, kind: target.config.kind });
      return new DeliveryFault('It could not be sent because of a mistake in Gatehouse; the log of the engine says more.');
    }
  }

  /** What was sent and cannot be written down (a full disk) would be sent again: writing is tried as long as this engine lives. */
  async #note(tried: Parameters<DeliveryBook['tried']>[0]): Promise<void> {
    for (;;) {
      try {
        await this.#parts.book.tried(tried);
        return;
      } catch (error) {
        this.#parts.log.error('the outcome of a delivery could not be stored', error, { delivery: tried.id, result: tried.result });
        if (this.#closing) return;
        await new Promise((done) => { setTimeout(done, noteAgainMs); });
      }
    }
  }

  #fails(target: TargetFact, due: DueDelivery, fault: DeliveryFault, nowUs: number): Seen {
    const before = this.#seen.get(target.id);
    const seen: Seen = { failures: Math.max((before?.failures ?? 0) + 1, due.attempts + 1), failingUs: before?.failingUs ?? due.firstUs ?? nowUs };
    this.#seen.set(target.id, seen);
    this.#parts.log.warn('an alert did not arrive', { target: target.id, delivery: due.id, attempts: due.attempts + 1, forGood: fault.forGood });
    if (seen.failures < alarmAfter || !fault.alarming) return seen;
    this.#alarmed.add(target.id);
    this.#parts.alarms.raise(alarmId(target.id), 'attention', `Alerts do not reach "${target.name}": ${fault.message} Alerts > Targets shows what waits and what was given up.`);
    return seen;
  }

  #works(target: number): void {
    this.#seen.delete(target);
    if (this.#alarmed.delete(target)) this.#parts.alarms.clear(alarmId(target));
  }

  /** A target that is gone or off troubles nobody. */
  #forget(targets: readonly TargetFact[]): void {
    const on = new Set(targets.filter((one) => one.enabled).map((one) => one.id));
    for (const id of [...this.#seen.keys(), ...this.#alarmed]) if (!on.has(id)) this.#works(id);
  }

  #nowUs(): number { return this.#parts.clock.now() * 1_000; }
}

const alarmId = (target: number): string => `alerts-target-${target}`;

function arrived({ config }: TargetFact): string {
  switch (config.kind) {
    case 'desktop': return 'The desktop was given the notification.';
    case 'syslog': return 'The receiver took the message. Syslog answers nothing, so look whether it is there.';
    case 'email': return `${config.host} took the message. Whether it reaches the mailbox is up to the mail servers behind it.`;
    case 'slack':
    case 'webhook': return 'The receiver took the message.';
  }
}

function readBody(body: string): AlertMessage | null {
  try {
    const read = alertMessage.safeParse(JSON.parse(body));
    return read.success ? read.data : null;
  } catch {
    // Not JSON: said by the caller.
    return null;
  }
}
