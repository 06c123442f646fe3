/**
 * Which findings are of a rule, or say a text. To reach ten thousand and compare them takes eight milliseconds: so rules and texts of each holder's
 * are kept, the texts in one piece, while its count of turns (`access_turn`) stands, which the fold counts up whenever a finding of it changed.
 */
import type { Reading } from './reading.ts';
import { joined, placesWith, type Joined } from './searchable.ts';

interface Kept { readonly turn: number; readonly ids: readonly number[]; readonly rules: readonly string[]; /** in small letters. */ readonly texts: Joined }
/** SECURITY: more characters than these are not kept, but read again. */
const mostKept = 8_000_000;

export class FindingWords {
  private readonly holders = new Map<number, Kept>();
  private readonly rules = new Map<string, string>();
  private erased = '';
  private size = 0;

  /** Turns are read first: what is newer than they are is read again the next time. */
  read(reading: Reading): void {
    const erased = reading.textsTurn();
    if (erased !== this.erased || this.size > mostKept) this.forget();
    this.erased = erased;
    const turns = reading.sql<[], [number, number]>('SELECT r.holder, coalesce(t.n, 0) FROM access_row r LEFT JOIN access_turn t ON t.holder = r.holder').raw().all();
    const read = reading.sql<[number], [number, string, string]>('SELECT id, rule, lower(text) FROM finding WHERE holder = ?').raw();
    for (const [holder, turn] of turns) if (this.holders.get(holder)?.turn !== turn) this.keep(holder, turn, read.all(holder));
  }

  private keep(holder: number, turn: number, rows: readonly [number, string, string][]): void {
    this.size -= this.holders.get(holder)?.texts.text.length ?? 0;
    const texts = joined(rows.map(([, , text]) => text));
    this.holders.set(holder, { turn, ids: rows.map(([id]) => id), rules: rows.map(([, rule]) => this.one(rule)), texts });
    this.size += texts.text.length;
  }

  /** There are a dozen of them: not one copy for each finding. */
  private one(rule: string): string {
    const known = this.rules.get(rule);
    if (known === undefined) this.rules.set(rule, rule);
    return known ?? rule;
  }

  private forget(): void {
    this.holders.clear();
    this.size = 0;
  }

  /** Ids, gone ones too. */
  ofRule(wanted: string): number[] {
    const found: number[] = [];
    for (const { ids, rules } of this.holders.values()) for (let at = rules.indexOf(wanted); at !== -1; at = rules.indexOf(wanted, at + 1)) found.push(ids[at] ?? 0);
    return found;
  }

  /** Ids, gone ones too. As SQLite compares: letters of other alphabets only as they are written. */
  saying(wanted: string): number[] {
    const lower = wanted.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    return [...this.holders.values()].flatMap(({ texts, ids }) => placesWith(texts, lower).map((place) => ids[place] ?? 0));
  }
}

const keptBy = new WeakMap<Reading, FindingWords>();

export function findingWords(reading: Reading): FindingWords {
  let kept = keptBy.get(reading);
  if (kept === undefined) keptBy.set(reading, kept = new FindingWords());
  kept.read(reading);
  return kept;
}
