/** Keeps the receiver listening, counts what it turns away, and says when nothing could be taken in. */
import type { Alarms } from './alarms.ts';
import type { Doors } from './doors.ts';
import type { GapKeeper } from './gap-keeper.ts';
import type { HistoryPort } from './history-port.ts';
import { startReceiver } from './ingest/receiver.ts';
import type { Receiver, ReceiverEvent, ReceiverStatus, SubmitResult, SubmittedBody } from './ingest/receiver.ts';
import { systemClock } from './ports.ts';
import type { Clock, Log } from './ports.ts';
import type { SenderWatch } from './processes/process-ports.ts';

export interface Address { readonly host: string; readonly port: number }

export interface ReceiverParts {
  readonly history: HistoryPort;
  readonly doors: Doors;
  readonly gaps: GapKeeper;
  readonly alarms: Alarms;
  readonly log: Log;
  readonly changed: () => void;
  /** learns which processes of this machine send. */
  readonly senders?: SenderWatch;
  readonly clock?: Clock;
}

/** Nothing was refused for so long: what filled the buffer is over. */
const calmMs = 10_000;
const tickMs = 5_000;
const retryMs = 30_000;
/** Counts are written together: a flood of refused requests must not become a flood of transactions. */
const mostStrangers = 50;

type Refused = Extract<ReceiverEvent, { t: 'refused' }>;
type Stranger = Extract<ReceiverEvent, { t: 'stranger' }>;

export class ReceiverKeeper {
  readonly #parts: ReceiverParts;
  readonly #clock: Clock;
  #receiver: Receiver | null = null;
  #wanted: Address;
  #timer: NodeJS.Timeout | null = null;
  #lastTry = 0;
  #lastFull = 0;
  #lastFailed = 0;
  #heardFromUs = 0;
  readonly #refused = new Map<string, { event: Refused; count: number }>();
  readonly #strangers = new Map<string, { event: Stranger; count: number }>();

  constructor(parts: ReceiverParts, wanted: Address) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#wanted = wanted;
  }

  async start(): Promise<void> {
    await this.#open();
    this.#heardFromUs = this.#nowUs();
    this.#timer = setInterval(() => void this.#tick(), tickMs);
  }

  status(): ReceiverStatus {
    return this.#receiver?.status() ?? { state: 'off', host: this.#wanted.host, port: null, wantedPort: this.#wanted.port, message: 'The receiver is off.' };
  }

  endpoint(): string { return endpointOf(this.status()); }

  async moveTo(port: number): Promise<void> {
    if (port === this.#wanted.port) return;
    this.#wanted = { host: this.#wanted.host, port };
    await this.#receiver?.close();
    await this.#open();
  }

  /** Writes what was counted until now, so that whoever asks next sees it. */
  flush(): Promise<void> { return this.#writeCounts(); }

  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    const heard = this.status().state === 'listening';
    await this.#receiver?.close();
    await this.#writeCounts();
    if (heard) await this.#sawUntilNow();
  }

  #nowUs(): number { return this.#clock.now() * 1_000; }

  async #open(): Promise<void> {
    this.#lastTry = this.#clock.now();
    const { doors, senders } = this.#parts;
    this.#receiver = await startReceiver({
      ...this.#wanted, lookUp: doors.lookUp, submit: (body) => this.#submit(body), count: (event) => this.#count(event), ...(senders === undefined ? {} : { senders }),
    });
    const { state, message, port } = this.#receiver.status();
    this.#parts.log.info('receiver', { state, port: port ?? 0 });
    if (state === 'listening') {
      this.#parts.gaps.end('receiver_down', this.#nowUs());
      if (message === null) this.#parts.alarms.clear('receiver');
      else this.#parts.alarms.raise('receiver', 'attention', message);
    } else {
      const text = message ?? 'The receiver does not listen.';
      this.#parts.gaps.begin('receiver_down', { connection: null, fromUs: this.#nowUs(), reason: 'receiver_down', text });
      this.#parts.alarms.raise('receiver', 'failed', text);
    }
    this.#parts.changed();
  }

  /** Tells a full buffer from a history that cannot be written: people act differently on the two. */
  async #submit(body: SubmittedBody): Promise<SubmitResult> {
    const result = await this.#parts.history.submit(body);
    if (result.t !== 'unavailable') return result;
    if (result.reason.startsWith('The buffer')) this.#full(result.reason);
    else {
      this.#lastFailed = this.#clock.now();
      this.#parts.gaps.begin('database_failed', { connection: null, fromUs: this.#nowUs(), reason: 'database_failed', text: result.reason });
      this.#parts.alarms.raise('database', 'failed', result.reason);
    }
    return result;
  }

  #full(text: string): void {
    this.#lastFull = this.#clock.now();
    this.#parts.gaps.begin('buffer_full', { connection: null, fromUs: this.#nowUs(), reason: 'buffer_full', text });
    this.#parts.alarms.raise('buffer', 'attention', `${text} Agents that send again lose nothing; those that do not, do.`);
  }

  #count(event: ReceiverEvent): void {
    if (event.t === 'received') return;
    if (event.t === 'stranger') return this.#countStranger(event);
    // The writer counts what it could not read, with the body it was in; here it would be counted twice.
    if (event.reason === 'malformed body' && event.sample !== 'The body is not valid gzip.') return;
    if (event.reason === 'buffer is full' && this.#clock.now() - this.#lastFailed > 1_000) this.#full(event.sample ?? 'The buffer before the history is full.');
    const key = `${event.connection} ${event.reason}`;
    const before = this.#refused.get(key);
    this.#refused.set(key, { event, count: (before?.count ?? 0) + 1 });
  }

  #countStranger(event: Stranger): void {
    const known = `${event.process?.pid ?? 0} ${event.path}`;
    // SECURITY: a stranger that invents paths fills no memory: beyond a bound all are one.
    const key = this.#strangers.has(known) || this.#strangers.size < mostStrangers ? known : 'others';
    const before = this.#strangers.get(key);
    this.#strangers.set(key, { event: before?.event ?? (key === 'others' ? { ...event, process: null, path: '(several)' } : event), count: (before?.count ?? 0) + 1 });
  }

  async #tick(): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#lastFull > calmMs && this.#parts.gaps.isOpen('buffer_full')) {
      this.#parts.gaps.end('buffer_full', this.#lastFull * 1_000);
      this.#parts.alarms.clear('buffer');
    }
    if (this.#parts.gaps.isOpen('database_failed')) await this.#tryHistory(now);
    await this.#parts.gaps.settle();
    await this.#writeCounts();
    if (this.status().state === 'listening') await this.#sawUntilNow();
    else if (now - this.#lastTry > retryMs) await this.#open();
  }

  /** Seen is what was listened to; the end of a gap is only known when a write works again. */
  async #sawUntilNow(): Promise<void> {
    const toUs = this.#nowUs();
    try {
      await this.#parts.history.command('seen.extend', { fromUs: Math.min(this.#heardFromUs, toUs), toUs });
      this.#heardFromUs = toUs;
    } catch (error) {
      this.#parts.log.error('the life sign could not be written', error);
    }
  }

  async #tryHistory(now: number): Promise<void> {
    if (now - this.#lastFailed < calmMs) return;
    try {
      await this.#parts.history.command('seen.extend', { fromUs: this.#nowUs(), toUs: this.#nowUs() });
    } catch {
      this.#lastFailed = now;
      return; // Still failing: the gap and its alarm stay.
    }
    this.#parts.gaps.end('database_failed', this.#nowUs());
    this.#parts.alarms.clear('database');
  }

  async #writeCounts(): Promise<void> {
    const refused = [...this.#refused.values()];
    const strangers = [...this.#strangers.values()];
    this.#refused.clear();
    this.#strangers.clear();
    try {
      for (const { event, count } of refused) {
        await this.#parts.history.command('refusals.count', { connection: event.connection, reason: event.reason, count, sample: event.sample, us: this.#nowUs() });
      }
      for (const { event: { process, path }, count } of strangers) {
        await this.#parts.history.command('strangers.count', { process: process?.name ?? null, pid: process?.pid ?? null, path, us: this.#nowUs(), count });
      }
    } catch (error) {
      this.#parts.log.error('counts of refused requests could not be written', error);
    }
    if (refused.length + strangers.length > 0) this.#parts.changed();
  }
}

export function endpointOf({ host, port, wantedPort }: ReceiverStatus): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port ?? wantedPort}`;
}

export type ReceiverPart = Pick<ReceiverKeeper, 'status' | 'endpoint' | 'moveTo' | 'flush' | 'close'>;

/** Used where no receiver runs: a command line that opened the history for one question, or a program that was started read-only. */
export const noReceiver = (wanted: Address, message = 'No engine runs, so nothing is received.'): ReceiverPart => {
  const status: ReceiverStatus = { state: 'off', host: wanted.host, port: null, wantedPort: wanted.port, message };
  return { status: () => status, endpoint: () => endpointOf(status), moveTo: () => Promise.resolve(), flush: () => Promise.resolve(), close: () => Promise.resolve() };
};
