/**
 * The audit log as a chain and a tree, and what its seals say of it. Pure: entries and seals come in, damage comes out, located to the entry or the hour.
 *
 * Each entry is spelled as canonical JSON together with the hash of the entry before it; that spelling is the leaf of an RFC 6962 tree. A seal is a signed
 * checkpoint: how many entries there are, the tree's head, the hash of the last entry, the hour that it closes and the hash of the seal before it. The chain
 * alone would not show a tail that was cut off; the count and the head in a signed seal do. A seal is written for an hour without entries too, so that an hour
 * that was taken away shows.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Json } from './canonical-json.ts';
import { emptyFrontier, grown, leafHash, rootOf } from './merkle.ts';
import type { Frontier } from './merkle.ts';
import { checkpointText, openNote, readCheckpoint } from './signed-note.ts';
import type { NoteKey } from './signed-note.ts';

/** One line of the log. `seq` counts from 1 without a break; `at` is ISO 8601 with microseconds, UTC. */
export interface LogEntry {
  readonly seq: number; readonly at: string; readonly actor: string; readonly actorKind: string; readonly action: string; readonly subject: string | null; readonly outcome: string; readonly text: string;
  /** JSON text as it is kept: hashed as text, so that what was kept is what is proven. */
  readonly details: string;
}

/** An entry as it is kept: with its hash, hex. */
export interface KeptEntry { readonly entry: LogEntry; readonly hash: string }

export const firstPrevious = '0'.repeat(64);

/** What is hashed: the bytes that a leaf proves. */
export const entryBytes = (entry: LogEntry, previous: string): Buffer => Buffer.from(canonicalJson({ ...entry, previous } as unknown as Json));
export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Where the log stands: enough to go on with it and to seal it. */
export interface LogHead { readonly frontier: Frontier; readonly last: string }
export const emptyLog: LogHead = { frontier: emptyFrontier, last: firstPrevious };

export function appended({ frontier, last }: LogHead, entry: LogEntry): { readonly head: LogHead; readonly hash: string } {
  const bytes = entryBytes(entry, last);
  const hash = hashOf(bytes);
  return { head: { frontier: grown(frontier, leafHash(bytes)), last: hash }, hash };
}

/** One hour of the log, closed. `hour`: since the epoch, UTC. `previous`: SHA-256 of the seal before, as it was written. */
export interface Seal { readonly size: number; readonly root: Buffer; readonly last: string; readonly hour: number; readonly previous: string; /** `name value` of what else it covers. */ readonly more: readonly string[] }

const hourText = (hour: number): string => new Date(hour * 3_600_000).toISOString().replace(':00.000Z', 'Z');

export function sealText(origin: string, { frontier, last }: LogHead, { hour, previous, more }: Pick<Seal, 'hour' | 'previous' | 'more'>): string {
  return checkpointText({ origin, size: frontier.size, root: rootOf(frontier), extra: [`last ${last}`, `hour ${hourText(hour)}`, `previous ${previous}`, ...more] });
}

/** Null: not a seal of this log by this key. */
export function readSeal(note: string, key: NoteKey): Seal | null {
  const text = openNote(note, key);
  const checkpoint = text === null ? null : readCheckpoint(text);
  if (checkpoint === null || checkpoint.origin !== key.name) return null;
  const [last, hour, previous, ...more] = checkpoint.extra;
  const lastHash = /^last ([0-9a-f]{64})$/.exec(last ?? '')?.[1];
  const before = /^previous ([0-9a-f]{64})$/.exec(previous ?? '')?.[1];
  const at = Date.parse(/^hour (\d{4}-\d\d-\d\dT\d\d:00Z)$/.exec(hour ?? '')?.[1]?.replace('Z', ':00.000Z') ?? '');
  if (lastHash === undefined || before === undefined || Number.isNaN(at)) return null;
  return { size: checkpoint.size, root: checkpoint.root, last: lastHash, hour: at / 3_600_000, previous: before, more };
}

/** `at`: the entry's number, or the number of the seal (from 1), as `where` says. */
export interface Damage { readonly kind: 'changed' | 'missing' | 'out_of_order' | 'cut' | 'does_not_match' | 'seal_forged' | 'hour_missing' | 'seal_missing' | 'rolled_back'; readonly where: 'entry' | 'seal'; readonly at: number; readonly text: string }

/** What is known from elsewhere of the newest seal (the vault, a pack that was exported): its hash and the size that it tells. */
export interface Remembered { readonly seal: string; readonly size: number; readonly hour: number }

const mostDamage = 100;

/** Reads a log through. Feed it every entry in the order in which they are kept, then ask. */
export class LogCheck {
  #head: LogHead = emptyLog;
  #next = 1;
  readonly #damage: Damage[] = [];
  readonly #key: NoteKey;
  readonly #seals: readonly { readonly note: string; readonly seal: Seal | null }[];
  #atSeal = 0;

  constructor(seals: readonly string[], key: NoteKey) {
    this.#key = key;
    this.#seals = seals.map((note) => ({ note, seal: readSeal(note, key) }));
    this.#checkSeals();
    this.#passSeals();
  }

  take({ entry, hash }: KeptEntry): void {
    if (entry.seq !== this.#next) {
      this.#say(entry.seq > this.#next ? { kind: 'missing', where: 'entry', at: this.#next, text: entry.seq === this.#next + 1 ? `Entry ${this.#next} is missing.` : `Entries ${this.#next} to ${entry.seq - 1} are missing.` } : { kind: 'out_of_order', where: 'entry', at: entry.seq, text: `Entry ${entry.seq} stands where entry ${this.#next} should.` });
    }
    const { head, hash: is } = appended(this.#head, entry);
    if (is !== hash && entry.seq === this.#next) this.#say({ kind: 'changed', where: 'entry', at: entry.seq, text: `Entry ${entry.seq} is not what was written, or what stands before it is not.` });
    // Gone on with what was kept, so that one damage is told once and not of everything behind it.
    this.#head = { frontier: head.frontier, last: hash };
    this.#next = Math.max(this.#next, entry.seq) + 1;
    this.#passSeals();
  }

  /** `remembered`: what a place outside of the file knows of its newest seal. */
  end(remembered: Remembered | null): readonly Damage[] {
    const size = this.#head.frontier.size;
    const behind = this.#seals.slice(this.#atSeal).find((one) => one.seal !== null);
    if (behind?.seal) this.#say({ kind: 'cut', where: 'entry', at: size + 1, text: `The log ends after ${size} entries; the seal of ${hourText(behind.seal.hour)} counted ${behind.seal.size}.` });
    if (remembered !== null && !this.#seals.some((one) => hashOf(Buffer.from(one.note)) === remembered.seal)) {
      const newest = this.#seals.at(-1)?.seal;
      this.#say({ kind: 'rolled_back', where: 'seal', at: this.#seals.length + 1, text: `The seal of ${hourText(remembered.hour)}, which counted ${remembered.size} entries, is known outside of this file and is not in it${newest ? `; its newest is of ${hourText(newest.hour)}` : ''}. The file was put back to an earlier one, or its seals were taken away.` });
    }
    return this.#damage;
  }

  get head(): LogHead { return this.#head; }

  /** The seals among themselves. */
  #checkSeals(): void {
    let [previous, hour] = [firstPrevious, Number.NaN];
    this.#seals.forEach(({ note, seal }, i) => {
      const at = i + 1;
      if (seal === null) this.#say({ kind: 'seal_forged', where: 'seal', at, text: `Seal ${at} is not signed by the key ${this.#key.name}, or was changed.` });
      else {
        if (seal.previous !== previous) this.#say({ kind: 'seal_missing', where: 'seal', at, text: `The seal of ${hourText(seal.hour)} does not follow the one that stands before it: a seal was taken away or put in.` });
        if (seal.hour > hour + 1) this.#say({ kind: 'hour_missing', where: 'seal', at, text: `There is no seal between ${hourText(hour)} and ${hourText(seal.hour)}.` });
        else if (seal.hour < hour + 1) this.#say({ kind: 'out_of_order', where: 'seal', at, text: `The seal of ${hourText(seal.hour)} stands behind that of ${hourText(hour)}.` });
        hour = seal.hour;
      }
      previous = hashOf(Buffer.from(note));
    });
  }

  /** Seals that count as many entries as were read. */
  #passSeals(): void {
    for (;;) {
      const one = this.#seals[this.#atSeal];
      const size = this.#head.frontier.size;
      if (one === undefined || (one.seal !== null && one.seal.size > size)) return;
      this.#atSeal += 1;
      if (one.seal === null) continue;
      const whole = one.seal.size === size && one.seal.last === this.#head.last && one.seal.root.equals(rootOf(this.#head.frontier));
      if (!whole) this.#say({ kind: 'does_not_match', where: 'seal', at: this.#atSeal, text: `What stands in the log up to entry ${one.seal.size} is not what was sealed at ${hourText(one.seal.hour)}.` });
    }
  }

  #say(damage: Damage): void {
    if (this.#damage.length < mostDamage) this.#damage.push(damage);
  }
}
