/**
 * Reads an audit log through and says what is wrong with it, located to the entry, the seal or the key. Pure: entries, seals and keys come in, damage comes out;
 * it does not matter whether they come out of the history or out of a pack.
 */
import type { AuditDamage } from '../../../shared/audit.ts';
import { bodyText, emptyLog, hashOf, hourText, lineText, readSeal } from './chain.ts';
import type { LogBody, LogHead, LogLine, Seal } from './chain.ts';
import { grown, leafHash, rootOf } from './merkle.ts';
import { openNote, verifierKey } from './signed-note.ts';
import type { NoteKey } from './signed-note.ts';

/** An entry as it is kept. `body` null: erased (then `erasure` is the number of the entry that says so) or withheld. */
export interface KeptEntry { readonly line: LogLine; readonly hash: string; readonly body: LogBody | null; readonly erasure: number | null }
/** `handover`: note by the key before it; null: there is none. */
export interface KeptKey { readonly key: NoteKey; readonly handover: string | null }
/** What a prune let go: entries up to `head`'s size, behind seal number `seal`; entry `entry` says so. */
export interface KeptTombstone { readonly entries: number; readonly seal: number; readonly head: LogHead; readonly entry: number }
/** What is known from elsewhere of the newest seal (the vault, a pack that was exported): SHA-256 of its note, and what it said. */
export interface Remembered { readonly seal: string; readonly size: number; readonly hour: number }

/** `held`: the key that this machine signs with; null: not known here. `end`: where the file itself says that the log ends. */
export interface CheckedLog { readonly seals: readonly string[]; readonly keys: readonly KeptKey[]; readonly tombstones?: readonly KeptTombstone[]; readonly held?: NoteKey | null; readonly end?: { readonly size: number; readonly last: string } | null }

export const erasureAction = 'erasure.audit';
export const pruneAction = 'audit.prune';
const mostDamage = 100;

/** What the key before says of the one after it. */
export const handoverText = (to: NoteKey): string => `${to.name}/key\n${verifierKey(to)}\n`;

interface OpenedSeal { readonly note: string; readonly seal: Seal | null }

/** Feed it every entry in the order in which they are kept, then ask. */
export class LogCheck {
  #head: LogHead;
  /** What the next line may name as the one before it: more than one behind a changed entry, of which either the words or the hash were changed. */
  #lasts: string[];
  #size: number;
  /** The tree can be compared with what was sealed; not any more once a leaf of it is known to be another. */
  #sound = true;
  #matched = true;
  #run: { readonly from: number; to: number } | null = null;
  #atSeal = 0;
  #more = false;
  readonly #damage: AuditDamage[] = [];
  readonly #log: CheckedLog;
  readonly #seals: readonly OpenedSeal[];
  readonly #erased = new Map<number, number[]>();
  #pruneSaid = false;

  constructor(log: CheckedLog) {
    this.#log = log;
    this.#checkKeys();
    this.#seals = this.#openSeals();
    this.#checkSeals();
    const base = (log.tombstones ?? []).reduce<LogHead>((most, { head }) => (head.frontier.size > most.frontier.size ? head : most), emptyLog);
    this.#head = base;
    this.#lasts = [base.last];
    this.#size = base.frontier.size;
    this.#checkTombstones();
    while ((this.#seals[this.#atSeal]?.seal?.size ?? Number.POSITIVE_INFINITY) < this.#size || (this.#atSeal < this.#seals.length && this.#seals[this.#atSeal]?.seal === null)) this.#atSeal += 1;
    this.#passSeals();
  }

  take(entry: KeptEntry): void {
    const { seq } = entry.line;
    if (seq <= this.#size) {
      this.#say('out_of_order', 'entry', seq, `Entry ${seq} stands where entry ${this.#size + 1} should.`);
      return;
    }
    if (seq > this.#size + 1) {
      this.#miss(seq);
      this.#lasts = [entry.hash];
      this.#checkBody(entry);
    } else if (this.#follows(entry)) this.#checkBody(entry);
    this.#checkDeeds(entry);
    this.#size = seq;
    this.#passSeals();
  }

  get more(): boolean { return this.#more; }
  /** The number of the last entry. */
  get size(): number { return this.#size; }
  get head(): LogHead { return this.#head; }

  /** `remembered`: what places outside of the file know of its seals. */
  end(remembered: readonly Remembered[] = []): readonly AuditDamage[] {
    this.#endRun();
    for (const [by, entries] of this.#erased) this.#blanked(entries, by);
    const newest = (this.#log.tombstones ?? []).at(-1);
    if (newest !== undefined && !this.#pruneSaid) this.#say('missing', 'entry', 1, `Entries up to ${newest.head.frontier.size} are gone, and entry ${newest.entry} does not say that they were removed.`);
    this.#checkEnd();
    const known = new Set(this.#seals.map(({ note }) => hashOf(note)));
    const last = this.#seals.at(-1)?.seal;
    for (const one of remembered) {
      if (!known.has(one.seal)) this.#say('rolled_back', 'seal', this.#seals.length + 1, `The seal of ${hourText(one.hour)}, which counted ${one.size} entries, is known outside of this log and is not in it${last ? `; its newest is of ${hourText(last.hour)} and counts ${last.size}` : ''}. The log was put back to an earlier one, or its seals were taken away.`);
    }
    return this.#damage;
  }

  #checkEnd(): void {
    const behind = this.#seals.slice(this.#atSeal).find((one) => one.seal !== null && one.seal.size > this.#size);
    if (behind?.seal) this.#say('cut', 'entry', this.#size + 1, `The log ends after entry ${this.#size}; the seal of ${hourText(behind.seal.hour)} counted ${behind.seal.size}.`);
    const { end } = this.#log;
    if (end === undefined || end === null) return;
    if (end.size > this.#size && !behind) this.#say('cut', 'entry', this.#size + 1, `The log ends after entry ${this.#size}; the file itself counted ${end.size}.`);
    else if (end.size < this.#size) this.#say('does_not_match', 'entry', end.size + 1, `Entries stand behind number ${end.size}, where the file itself says that the log ends.`);
    else if (end.size === this.#size && !this.#lasts.includes(end.last)) this.#say('does_not_match', 'entry', end.size, `The last entry, ${end.size}, is not the one that the file itself names as the last.`);
  }

  #miss(seq: number): void {
    const [from, to] = [this.#size + 1, seq - 1];
    this.#endRun();
    this.#say('missing', 'entry', from, from === to ? `Entry ${from} is missing.` : `Entries ${from} to ${to} are missing.`);
    this.#sound = false;
    // What was sealed within the stretch cannot be compared any more.
    while ((this.#seals[this.#atSeal]?.seal?.size ?? Number.POSITIVE_INFINITY) < seq) this.#atSeal += 1;
  }

  /** Whether it is what was written, behind what was written. */
  #follows({ line, hash }: KeptEntry): boolean {
    const spelled = isSpelled(line) ? this.#lasts.map((last) => lineText(line, last)) : [''];
    const hashes = spelled.map((text) => hashOf(text));
    const at = hashes.indexOf(hash);
    this.#head = { frontier: this.#sound ? grown(this.#head.frontier, leafHash(Buffer.from(spelled[Math.max(at, 0)] ?? ''))) : this.#head.frontier, last: hash };
    this.#lasts = at >= 0 ? [hash] : [...new Set([hash, ...hashes])].slice(0, 4);
    if (at >= 0) this.#endRun();
    else if (this.#run === null) this.#run = { from: line.seq, to: line.seq };
    else this.#run.to = line.seq;
    return at >= 0;
  }

  #checkBody({ line, body }: KeptEntry): void {
    if (body === null) return;
    if (!areWellFormed([body.actor, body.details, body.salt, body.text]) || hashOf(bodyText(body)) !== line.body) this.#say('body_changed', 'entry', line.seq, `Who did it, or the words or details of entry ${line.seq}, are not what was written.`);
  }

  /** What the log says of itself: erasures and prunes. */
  #checkDeeds({ line, body, erasure }: KeptEntry): void {
    if (erasure !== null && body !== null) this.#say('body_changed', 'entry', line.seq, `Entry ${line.seq} is said to be erased by entry ${erasure}, and its words stand there.`);
    else if (erasure !== null) this.#erased.set(erasure, [...(this.#erased.get(erasure) ?? []), line.seq]);
    const entries = this.#erased.get(line.seq);
    if (entries !== undefined && line.action === erasureAction && body !== null) {
      const ranges = rangesOf(body.details);
      const unsaid = entries.filter((seq) => !ranges.some(([from, to]) => seq >= from && seq <= to));
      this.#erased.delete(line.seq);
      if (unsaid.length > 0) this.#blanked(unsaid, line.seq);
    }
    const newest = (this.#log.tombstones ?? []).at(-1);
    if (newest?.entry === line.seq && line.action === pruneAction) this.#pruneSaid = body === null || numberOf(body.details, 'upTo') === newest.head.frontier.size;
  }

  #blanked(entries: readonly number[], by: number): void {
    for (const seq of entries) this.#say('body_changed', 'entry', seq, `Who did it, and the words and details of entry ${seq}, are gone, and entry ${by} does not say that they were erased.`);
  }

  #checkKeys(): void {
    this.#log.keys.forEach(({ key, handover }, i) => {
      const before = this.#log.keys[i - 1];
      if (before !== undefined && (handover === null || openNote(handover, before.key) !== handoverText(key))) this.#say('key_changed', 'key', i + 1, `The log was signed by another key from then on, and the one before it did not hand over to it. The earlier one was lost, or the log was signed anew.`);
    });
    const { held } = this.#log;
    const newest = this.#log.keys.at(-1)?.key;
    if (held && (newest === undefined || verifierKey(newest) !== verifierKey(held))) this.#say('key_changed', 'key', this.#log.keys.length, 'The newest key that the log names is not the one that this machine signs with. The log was signed anew, or is that of another machine.');
  }

  #openSeals(): OpenedSeal[] {
    let at = 0;
    return this.#log.seals.map((note) => {
      for (let i = at; i < this.#log.keys.length; i++) {
        const key = this.#log.keys[i]?.key;
        const seal = key === undefined ? null : readSeal(note, key);
        if (seal === null) continue;
        at = i;
        return { note, seal };
      }
      return { note, seal: null };
    });
  }

  /** The seals among themselves. Of one that is forged nothing is known, so the next is not measured by it. */
  #checkSeals(): void {
    let [previous, hour, size]: [string | null, number | null, number] = [null, null, 0];
    this.#seals.forEach(({ note, seal }, i) => {
      const at = i + 1;
      if (seal === null) {
        this.#say('seal_forged', 'seal', at, `Seal ${at} is not signed by a key of this log, or was changed.`);
        [previous, hour] = [null, null];
        return;
      }
      const is = hourText(seal.hour);
      const first = i === 0 ? firstSeal : previous;
      if (first !== null && seal.previous !== first) this.#say('seal_missing', 'seal', at, i === 0 ? `The first seal, of ${is}, names one before it: seals were taken away.` : `The seal of ${is} does not follow the one that stands before it: a seal was taken away, put in or put elsewhere.`);
      if (hour !== null && seal.hour > hour) this.#say('hour_missing', 'seal', at, `There is no seal for ${hourText(hour)}${seal.hour - hour > 1 ? ` to ${hourText(seal.hour - 1)}` : ''}.`);
      else if (hour !== null && seal.hour < hour) this.#say('out_of_order', 'seal', at, `The seal of ${is} stands behind that of ${hourText(hour - 1)}.`);
      if (seal.size < size) this.#say('does_not_match', 'seal', at, `The seal of ${is} counts ${seal.size} entries; one before it counted ${size}.`);
      [previous, hour, size] = [hashOf(note), seal.reason === null ? seal.hour + 1 : seal.hour, Math.max(size, seal.size)];
    });
  }

  #checkTombstones(): void {
    let from = 1;
    for (const { head, seal: number, entries } of this.#log.tombstones ?? []) {
      const upTo = head.frontier.size;
      const seal = this.#seals[number - 1]?.seal;
      const sealed = seal !== undefined && seal !== null && seal.size === upTo && seal.last === head.last && seal.root.equals(rootOf(head.frontier));
      if (!sealed || entries !== upTo - from + 1) this.#say('missing', 'entry', from, `Entries ${from} to ${upTo} are gone, and no seal counts exactly these.`);
      from = upTo + 1;
    }
  }

  /** Seals that count as many entries as were read. What does not match is told once, not again with every seal behind it. */
  #passSeals(): void {
    for (;;) {
      const one = this.#seals[this.#atSeal];
      if (one === undefined || (one.seal !== null && one.seal.size > this.#size)) return;
      this.#atSeal += 1;
      if (one.seal === null) continue;
      const matches = one.seal.size === this.#size && this.#lasts.includes(one.seal.last) && (!this.#sound || one.seal.root.equals(rootOf(this.#head.frontier)));
      if (!matches) {
        this.#endRun();
        if (this.#matched || this.#sound) this.#say('does_not_match', 'seal', this.#atSeal, `What stands in the log up to entry ${one.seal.size} is not what was sealed at ${hourText(one.seal.hour)}.`);
        this.#sound = false;
      }
      this.#matched = matches;
    }
  }

  #endRun(): void {
    const run = this.#run;
    this.#run = null;
    if (run !== null) this.#say('changed', 'entry', run.from, run.from === run.to ? `Entry ${run.from} is not what was written.` : `Entries ${run.from} to ${run.to} are not what was written, or were numbered anew.`);
  }

  #say(kind: AuditDamage['kind'], where: AuditDamage['where'], at: number, text: string): void {
    if (this.#damage.length < mostDamage) this.#damage.push({ kind, where, at, text });
    else this.#more = true;
  }
}

const firstSeal = '0'.repeat(64);
const areWellFormed = (texts: readonly string[]): boolean => texts.every((text) => text.isWellFormed());
const isSpelled = ({ at, actorKind, action, subject, outcome, body }: LogLine): boolean => areWellFormed([at, actorKind, action, subject ?? '', outcome, body]);

function read(details: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(details);
    return typeof value === 'object' && value !== null ? value as Readonly<Record<string, unknown>> : {};
  } catch {
    // What is no JSON says nothing, and what nothing says is reported.
    return {};
  }
}

const numberOf = (details: string, name: string): unknown => read(details)[name];

/** `entries` of an erasure: first and last number of each stretch. */
function rangesOf(details: string): readonly (readonly [number, number])[] {
  const list = read(details)['entries'];
  return Array.isArray(list) ? list.filter((one): one is [number, number] => Array.isArray(one) && one.length === 2 && one.every((n) => Number.isSafeInteger(n))) : [];
}
