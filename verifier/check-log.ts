/** The lines of the log: each spelled as it was hashed, each naming the one before, and as many and as such as the seals counted. */
import { fromHex, hex, utf8 } from './bytes.ts';
import { isFields, readCanonical } from './canonical.ts';
import type { KnownSeal } from './check-seals.ts';
import type { Findings } from './findings.ts';
import { sha256Hex } from './hashing.ts';
import type { Hashing } from './hashing.ts';
import { hourText, isHash } from './notes.ts';
import { leafHash, subtreesOf, Tree } from './tree.ts';

const none = '0'.repeat(64);
const fields = ['action', 'actorKind', 'at', 'body', 'outcome', 'previous', 'seq', 'subject'];

export interface Line { readonly action: string; readonly at: string; readonly body: string; readonly previous: string; readonly seq: number }

/** Entries 1 to `upTo` are gone; `frontier`: the roots of the perfect subtrees over them, `last`: the hash of the last of them. */
export interface Tombstone { readonly upTo: number; readonly entry: number; readonly last: string; readonly frontier: readonly Uint8Array[] }

/** Null: not the spelling of an entry. */
export function readLine(text: string): Line | null {
  const value = readCanonical(text);
  if (!isFields(value) || Object.keys(value).length !== fields.length || !fields.every((name) => name in value)) return null;
  const { action, at, body, previous, seq } = value;
  return typeof action === 'string' && typeof at === 'string' && isHash(body) && isHash(previous) && Number.isSafeInteger(seq) ? { action, at, body, previous, seq: Number(seq) } : null;
}

/** Null: not the spelling of a tombstone. */
export function readTombstone(text: string): Tombstone | null {
  const value = readCanonical(text);
  if (!isFields(value) || !Number.isSafeInteger(value['upTo']) || !isHash(value['last']) || !Array.isArray(value['frontier'])) return null;
  const frontier = value['frontier'].map((one: unknown) => (typeof one === 'string' ? fromHex(one) : null));
  return frontier.every((one) => one !== null) && Number(value['upTo']) > 0 && subtreesOf(Number(value['upTo'])) === frontier.length ? { upTo: Number(value['upTo']), entry: Number(value['entry']), last: value['last'], frontier } : null;
}

export class LogCheck {
  readonly #hashing: Hashing;
  readonly #findings: Findings;
  readonly #seals: readonly KnownSeal[];
  readonly #tree: Tree;
  #last: string;
  #next: number;
  #atSeal = 0;
  #matched = 0;
  #unmatched: KnownSeal | null = null;

  constructor(seals: readonly KnownSeal[], tombstone: Tombstone | null, hashing: Hashing, findings: Findings) {
    this.#hashing = hashing;
    this.#findings = findings;
    this.#seals = seals;
    this.#tree = new Tree(hashing, tombstone?.upTo ?? 0, tombstone?.frontier ?? []);
    this.#last = tombstone?.last ?? none;
    this.#next = (tombstone?.upTo ?? 0) + 1;
    // What was counted before the oldest entry that is left can be held against nothing but its signature.
    while ((seals[this.#atSeal]?.seal.size ?? Number.MAX_SAFE_INTEGER) < this.#tree.size) this.#atSeal += 1;
    this.#passSeals();
  }

  get size(): number { return this.#tree.size; }
  get root(): string { return hex(this.#tree.root()); }
  /** Seals whose count and head the lines gave. */
  get matched(): number { return this.#matched; }

  /** Answers with the line, if it is one. */
  take(text: string): Line | null {
    const line = readLine(text);
    const [at, seq] = [this.#next, line?.seq ?? this.#next];
    if (line === null) this.#say('changed', at, `Entry ${at} is not spelled as an entry is: it was changed.`);
    else if (seq > at) this.#say('missing', at, seq === at + 1 ? `Entry ${at} is missing.` : `Entries ${at} to ${seq - 1} are missing.`);
    else if (seq < at) this.#say('out_of_order', seq, `Entry ${seq} stands where entry ${at} should.`);
    else if (line.previous !== this.#last) this.#say('changed', Math.max(1, at - 1), at === 1 ? 'Entry 1 does not begin the log.' : `Entry ${at - 1} is not what entry ${at} follows: one of the two was changed.`);
    const bytes = utf8(text);
    this.#tree.add(leafHash(this.#hashing, bytes));
    this.#last = sha256Hex(this.#hashing, bytes);
    this.#next = Math.max(at, seq) + 1;
    this.#passSeals();
    return line;
  }

  /** `told`: as the manifest has it. */
  end(told: { readonly size: number; readonly root: string }): void {
    const size = this.#tree.size;
    const behind = this.#seals[this.#atSeal];
    if (behind !== undefined) this.#say('cut', size + 1, `The log ends after ${size} entries; the seal of ${hourText(behind.seal.hour)} counted ${behind.seal.size}.`);
    else if (told.size > size) this.#say('cut', size + 1, `The log ends after ${size} entries; the manifest tells ${told.size}.`);
    const newest = this.#seals.at(-1)?.seal;
    if (newest !== undefined && size > newest.size) this.#findings.add('log', 'does_not_match', 'entry', newest.size + 1, `There are ${size} entries; the newest seal counted ${newest.size}.`);
    if (this.#unmatched !== null) {
      const { number, seal } = this.#unmatched;
      this.#findings.add('log', 'does_not_match', 'seal', number, `What stands in the log up to entry ${seal.size} is not what was sealed at ${hourText(seal.hour)}. The ${this.#matched === 0 ? 'seals before it held nothing that is here' : `${this.#matched} seals before it match`}.`);
    } else if (told.size === size && told.root !== this.root) this.#findings.add('log', 'does_not_match', 'entry', size, 'The head of the log is not the one that the manifest tells.');
  }

  /** Seals that count as many entries as were read. Only the first that does not match is told: no later one can. */
  #passSeals(): void {
    for (;;) {
      const one = this.#seals[this.#atSeal];
      if (one === undefined || one.seal.size > this.#tree.size) return;
      this.#atSeal += 1;
      const whole = one.seal.size === this.#tree.size && one.seal.last === this.#last && one.seal.root === this.root;
      if (whole) this.#matched += 1;
      else this.#unmatched ??= one;
    }
  }

  #say(kind: 'changed' | 'missing' | 'out_of_order' | 'cut', at: number, text: string): void {
    this.#findings.add('log', kind, 'entry', at, text);
  }
}
