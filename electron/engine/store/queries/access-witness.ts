/**
 * Which rows and columns of the matrix have a cell that fits one word of a filter. One cell that does is enough, and it goes on to while its
 * holder's turn (`access_turn`) stands and the time has not passed over it: so it is kept as the witness of its row or column, and only those
 * are asked whose witness is gone. To ask all of them at each look takes four times as long as all the rest of an answer.
 */
import type { Cuts } from './access-columns.ts';
import type { Reading } from './reading.ts';

export type Word = 'unused' | 'attempted' | 'irreversible' | 'shared' | 'expiring' | 'new';

interface Asked {
  /** On `access_cell x`; one mark, if `cut` says anything. */
  readonly sql: string;
  /** Of a cell that fits: what the time goes over. */
  readonly value: string;
  /** An index that has all of it by column. */
  readonly index: string;
  /** Few cells have it at all: then the index itself says which columns do. */
  readonly few: string | null;
  readonly cut: (cuts: Cuts) => number | null;
  /** true: what fits must lie before the cut, which goes on to; false: at or after it. */
  readonly before: boolean;
}

const words: Readonly<Record<Word, Asked>> = {
  unused: { sql: 'x.grants > 0 AND x.cannot_tell = 0 AND (x.last_used_us IS NULL OR x.last_used_us < ?)', value: 'coalesce(x.last_used_us, 0)', index: 'access_cell_column', few: null, cut: (cuts) => cuts.usedSinceUs, before: true },
  attempted: { sql: 'x.denied > 0 AND (x.grants = 0 OR x.last_denied_us >= ?)', value: 'iif(x.grants = 0, 1 << 53, x.last_denied_us)', index: 'access_cell_denied', few: 'x.denied > 0', cut: (cuts) => cuts.usedSinceUs, before: false },
  irreversible: { sql: 'x.irreversible = 1', value: '0', index: 'access_cell_column', few: null, cut: () => null, before: true },
  shared: { sql: 'x.shared = 1', value: '0', index: 'access_cell_shared', few: null, cut: () => null, before: true },
  expiring: { sql: 'x.expires_us < ?', value: 'x.expires_us', index: 'access_cell_expires', few: 'x.expires_us IS NOT NULL', cut: (cuts) => cuts.expiresBeforeUs, before: true },
  new: { sql: 'x.first_us >= ?', value: 'x.first_us', index: 'access_cell_new', few: null, cut: (cuts) => cuts.newSinceUs, before: false },
};

/** A cell of this holder that fitted; value null: none did. turn: the holder's, or where none did, of all together. cut: as it was then. */
interface Witness { readonly holder: number; readonly turn: number; readonly value: number | null; readonly cut: number | null }

function stands({ value, cut }: Witness, { before }: Asked, now: number | null): boolean {
  if (now === null || cut === null) return true;
  if (value !== null) return before ? value < now : value >= now;
  return before ? now <= cut : now >= cut;
}

type Witnesses = Map<number, Witness>;
const mostKept = 40_000;

class Kept {
  private readonly of = new Map<string, Witnesses>();

  for(what: string): Witnesses {
    let size = 0;
    for (const one of this.of.values()) size += one.size;
    if (size > mostKept) this.of.clear();
    let found = this.of.get(what);
    if (found === undefined) this.of.set(what, found = new Map());
    return found;
  }
}
const keptBy = new WeakMap<Reading, Kept>();

function keptOf(reading: Reading, what: string): Witnesses {
  let kept = keptBy.get(reading);
  if (kept === undefined) keptBy.set(reading, kept = new Kept());
  return kept.for(what);
}

/** Turns of all holders; read before any of their cells. */
export type Turns = ReadonlyMap<number, number>;

/** Of these holders those that have such a cell, in their order. `range`: which of their cells count. */
export function rowsWith(reading: Reading, word: Word, cuts: Cuts, range: string, turns: Turns): number[] {
  const asked = words[word];
  const cut = asked.cut(cuts);
  const kept = keptOf(reading, `rows ${word} ${range}`);
  const unknown: number[] = [];
  for (const [holder, turn] of turns) {
    const one = kept.get(holder);
    if (one?.turn !== turn || !stands(one, asked, cut)) unknown.push(holder);
  }
  if (unknown.length > 0) {
    const rows = reading.sql<(number | string)[], [number, number | null]>(`SELECT h.value, (SELECT ${asked.value} FROM access_cell x WHERE x.holder = h.value AND ${range} AND ${asked.sql} LIMIT 1) FROM json_each(?) h`).raw().all(...(cut === null ? [] : [cut]), JSON.stringify(unknown));
    for (const [holder, value] of rows) kept.set(holder, { holder, turn: turns.get(holder) ?? 0, value, cut });
  }
  return [...turns.keys()].filter((holder) => kept.get(holder)?.value !== null);
}

/** So many columns are asked at once. */
const chunk = 500;

/** Of these columns the first that have such a cell, in their order, at most `most`. */
export function columnsWith(reading: Reading, word: Word, cuts: Cuts, among: { readonly ids: readonly number[]; readonly turns: Turns; readonly most: number }): number[] {
  const { ids, most } = among;
  const few = fewColumns(reading, words[word], cuts);
  if (few !== null) return ids.filter((id) => few.has(id)).slice(0, most);
  const all = reading.sql<[], number>('SELECT total(n) FROM access_turn').pluck().get() ?? 0;
  const kept = keptOf(reading, `columns ${word}`);
  const found: number[] = [];
  for (let at = 0; at < ids.length && found.length < most; at += chunk) {
    const some = ids.slice(at, at + chunk);
    look(reading, words[word], cuts, { some, kept, turns: among.turns, all });
    for (const id of some) if (kept.get(id)?.value !== null) found.push(id);
  }
  return found.slice(0, most);
}

interface Looked { readonly some: readonly number[]; readonly kept: Witnesses; readonly turns: Turns; readonly all: number }

function look(reading: Reading, asked: Asked, cuts: Cuts, { some, kept, turns, all }: Looked): void {
  const cut = asked.cut(cuts);
  const unknown = some.filter((id) => {
    const one = kept.get(id);
    return one === undefined || one.turn !== (one.value === null ? all : turns.get(one.holder)) || !stands(one, asked, cut);
  });
  if (unknown.length === 0) return;
  for (const id of unknown) kept.set(id, { holder: 0, turn: all, value: null, cut });
  const first = `SELECT x.holder FROM access_cell x INDEXED BY ${asked.index} WHERE x.column_id = c.value AND ${asked.sql} LIMIT 1`;
  const rows = reading.sql<(string | number)[], [number, number, number]>(`SELECT c.value, x.holder, ${asked.value} FROM json_each(?) c CROSS JOIN access_cell x INDEXED BY access_cell_column ON x.column_id = c.value AND x.holder = (${first})`).raw().all(JSON.stringify(unknown), ...(cut === null ? [] : [cut]));
  for (const [id, holder, value] of rows) kept.set(id, { holder, turn: turns.get(holder) ?? -1, value, cut });
}

const mostFew = 2_000;

/** null: so many cells have it that asking column by column is quicker. */
function fewColumns(reading: Reading, asked: Asked, cuts: Cuts): ReadonlySet<number> | null {
  const cut = asked.cut(cuts);
  if (asked.few === null || cut === null) return null;
  const rows = reading.sql<number[], number>(`SELECT iif(${asked.sql}, x.column_id, 0) FROM access_cell x INDEXED BY ${asked.index} WHERE ${asked.few} AND x.column_id > 0 LIMIT ${mostFew + 1}`).pluck().all(cut);
  return rows.length > mostFew ? null : new Set(rows);
}
