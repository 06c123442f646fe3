/**
 * Seals the audit log: each hour once it is over, hours in which nothing ran at the next start, and in between when somebody needs the newest acts covered.
 * The head that is signed is read first and written with its seal later: entries are only ever added, so what is signed stays true.
 */
import type { HistoryPort } from '../history-port.ts';
import { ask } from '../history-port.ts';
import type { Clock, Log } from '../ports.ts';
import type { NewSeal } from '../store/audit-commands.ts';
import { frontierOf } from '../store/audit-head.ts';
import type { AuditStand } from '../store/queries/audit-stand.ts';
import { firstPrevious, hashOf, sealText } from './chain.ts';
import type { LogHead } from './chain.ts';
import { KeyOutOfReach, openSealKey, renewSealKey } from './seal-key.ts';
import type { SealKey } from './seal-key.ts';
import type { SealMemory } from './seal-memory.ts';
import type { SecretPlace } from './secret-place.ts';
import { signNote } from './signed-note.ts';

export const hourMs = 3_600_000;
/** Looked at so often: a machine that slept must not wait for a timer of an hour. */
const everyMs = 20_000;
/** So many notes are one transaction. */
const mostAtOnce = 240;
/** A clock that stands years ahead would have a seal written for each of their hours. */
const mostHours = 5 * 366 * 24;

export type SealReason = 'began' | 'pack' | 'closing';
export interface WrittenSeal { readonly number: number; readonly hour: number; readonly size: number; readonly hash: string }

export interface SealerParts {
  readonly history: HistoryPort;
  readonly places: readonly SecretPlace[];
  readonly memory: SealMemory;
  readonly alarms: { raise(id: string, severity: 'attention', text: string): void; clear(id: string): void };
  readonly log: Log;
  readonly clock: Clock;
}

export class Sealer {
  readonly #parts: SealerParts;
  #key: SealKey | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  /** hours before this one are sealed, as far as is known. */
  #next = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(parts: SealerParts) { this.#parts = parts; }

  /** Does not wait: a keyring may ask its owner first. */
  start(): void {
    void this.tick();
    this.#timer = setInterval(() => void this.tick(), everyMs);
    this.#timer.unref();
  }

  /** The key in use; null: not yet, or it is out of reach. */
  get key(): SealKey | null { return this.#key; }

  get nextSealAt(): string | null {
    return this.#key === null ? null : new Date((Math.floor(this.#parts.clock.now() / hourMs) + 1) * hourMs).toISOString();
  }

  /** Seals what is due. Never rejects: what stands in the way is an alarm until it is gone. */
  async tick(): Promise<void> {
    if (this.#closed || Math.floor(this.#parts.clock.now() / hourMs) < this.#next) return;
    await this.#quietly(() => this.#due());
  }

  /** Covers what stands in the log now. Rejects when it cannot. */
  sealNow(reason: SealReason): Promise<WrittenSeal> {
    return this.#inTurn(async () => {
      await this.#due();
      return this.#write([Math.max(this.#next, Math.floor(this.#parts.clock.now() / hourMs))], reason);
    });
  }

  /** A signed note of the text, e.g. of what a pack holds. Rejects when the key is out of reach. */
  async sign(text: string): Promise<string> {
    const key = await this.#inTurn(() => this.#open());
    return signNote(text, key.name, key.privateKey);
  }

  /** Another key from now on. Rejects when the present one is out of reach. */
  renew(): Promise<SealKey> {
    return this.#inTurn(async () => {
      const present = await this.#open();
      this.#key = await renewSealKey(this.#parts, present, (await this.#stand()).keys);
      return this.#key;
    });
  }

  /** Covers what was written since the last seal, unless that takes too long: nobody waits for a keyring at the end. */
  async close(withinMs = 2_000): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#closed = true;
    if (this.#key === null) return;
    const seal = this.#quietly(async () => {
      const { head, seal: newest } = await this.#stand();
      if (head !== null && (newest === null || head.size > newest.size)) await this.#write([Math.max(this.#next, Math.floor(this.#parts.clock.now() / hourMs))], 'closing');
    });
    let late: NodeJS.Timeout | undefined;
    await Promise.race([seal, new Promise((done) => { late = setTimeout(done, withinMs); })]);
    clearTimeout(late);
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#last.then(run);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #quietly(run: () => Promise<void>): Promise<void> {
    try {
      await this.#inTurn(run);
      this.#parts.alarms.clear('audit-seal');
    } catch (error) {
      if (this.#closed) return;
      if (!(error instanceof KeyOutOfReach)) this.#parts.log.error('the audit log could not be sealed', error);
      this.#parts.alarms.raise('audit-seal', 'attention', error instanceof KeyOutOfReach ? error.message : 'The audit log could not be sealed. Entries are chained all the same; it is tried again.');
    }
  }

  #stand(): Promise<AuditStand> { return ask(this.#parts.history, 'auditStand', {}); }

  async #open(): Promise<SealKey> {
    this.#key ??= await openSealKey(this.#parts, (await this.#stand()).keys);
    return this.#key;
  }

  /** Every hour that is over and has no seal. The first of all seals is written at once, so that the log is not bare until the hour is over. */
  async #due(): Promise<void> {
    await this.#open();
    const { seal } = await this.#stand();
    const now = Math.floor(this.#parts.clock.now() / hourMs);
    if (seal === null) {
      await this.#write([now], 'began');
      this.#next = now;
      return;
    }
    const from = seal.reason === null ? seal.hour + 1 : seal.hour;
    if (now - from > mostHours) throw new KeyOutOfReach(`The newest seal of the audit log is of ${new Date(seal.hour * hourMs).toISOString()} and this machine's clock says ${new Date(now * hourMs).toISOString()}. Nothing is sealed until the clock is right.`);
    if (from < now) {
      // What connections brought until now is told in the log first, so that the seals count it.
      await this.#parts.history.command('digests.close', {});
      for (let at = from; at < now; at += mostAtOnce) await this.#write(Array.from({ length: Math.min(mostAtOnce, now - at) }, (_, i) => at + i), null);
    }
    this.#next = Math.max(now, from);
  }

  async #write(hours: readonly number[], reason: SealReason | null): Promise<WrittenSeal> {
    const key = await this.#open();
    const { head, seal } = await this.#stand();
    const at = headOf(head);
    let previous = seal?.hash ?? firstPrevious;
    const written = this.#parts.clock.now();
    const seals = hours.map((hour): NewSeal => {
      const note = signNote(sealText(key.name, at, { hour, previous, written, reason, more: [] }), key.name, key.privateKey);
      previous = hashOf(note);
      return { hour, size: at.frontier.size, writtenUs: written * 1_000, reason, note };
    });
    const { number } = await this.#parts.history.command('audit.seal', { after: seal?.number ?? 0, seals });
    const newest = { number, hour: hours.at(-1) ?? 0, size: at.frontier.size, hash: previous };
    await this.#parts.memory.keep({ log: key.name, number, seal: newest.hash, size: newest.size, hour: newest.hour });
    return newest;
  }
}

function headOf(head: AuditStand['head']): LogHead {
  const frontier = head === null ? null : frontierOf(head.size, Buffer.from(head.roots, 'hex'));
  if (head === null || frontier === null) throw new Error('the head of the audit log does not fit its entries; the next entry counts them anew');
  return { frontier, last: head.last };
}
