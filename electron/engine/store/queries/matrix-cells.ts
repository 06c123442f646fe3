/**
 * Cells of a page of the matrix, thousands at once. Finding and reading that many takes longer than all the rest of the answer, and between two
 * looks at the matrix few holders change: so the cells of each are kept while its count of turns (`access_turn`) stands.
 */
import type { AccessCell } from '../../../../shared/access.ts';
import { cellOf, type CellRow, type Cuts } from './access-columns.ts';
import type { Reading } from './reading.ts';

/** `turn` must have been read before: cells that are newer than it are read again the next time, older ones never stay. */
export interface TurnedHolder { readonly holder: number; readonly turn: number }

type Line = [place: number, column: number, grants: number, cannotTell: number, times: number, denied: number, lastUsedUs: number | null, lastDeniedUs: number | null, irreversible: number, shared: number, expiresUs: number | null, firstUs: number | null];

const select = `SELECT h.key, x.column_id, x.grants, x.cannot_tell, x.times, x.denied, x.last_used_us, x.last_denied_us, x.irreversible, x.shared, x.expires_us, x.first_us
  FROM json_each(?) h CROSS JOIN access_cell x ON x.holder = h.value AND x.column_id IN (SELECT value FROM json_each(?))`;

/** Cells of one holder by their columns; null: it has none there. */
interface Kept { readonly turn: number; readonly cells: Map<number, CellRow | null> }
const mostKept = 20_000;

class CellsOfHolders {
  private readonly holders = new Map<number, Kept>();
  private size = 0;

  /** Those that this holder's next answer must not lack, read or not yet. */
  of({ holder, turn }: TurnedHolder): Map<number, CellRow | null> {
    let kept = this.holders.get(holder);
    if (kept?.turn !== turn) {
      this.size -= kept?.cells.size ?? 0;
      kept = { turn, cells: new Map() };
      this.holders.set(holder, kept);
    }
    return kept.cells;
  }

  /** Reads what is not known of these. One statement for all: one for each of a hundred holders takes twice as long. */
  read(reading: Reading, wanted: readonly { readonly holder: number; readonly cells: Map<number, CellRow | null> }[], ids: readonly number[]): void {
    for (const { cells } of wanted) {
      this.size -= cells.size;
      for (const id of ids) cells.set(id, null);
      this.size += cells.size;
    }
    for (const line of reading.sql<[string, string], Line>(select).raw().all(JSON.stringify(wanted.map(({ holder }) => holder)), JSON.stringify(ids))) {
      const [place, column, grants, cannotTell, times, denied, lastUsedUs, lastDeniedUs, irreversible, shared, expiresUs, firstUs] = line;
      wanted[place]?.cells.set(column, { column, grants, cannotTell, times, denied, lastUsedUs, lastDeniedUs, irreversible, shared, expiresUs, firstUs });
    }
  }

  /** Whoever looks through all columns of all holders does not keep them all. */
  bound(): void {
    if (this.size <= mostKept) return;
    this.holders.clear();
    this.size = 0;
  }
}

const keptBy = new WeakMap<Reading, CellsOfHolders>();

/** By the place of their holder; each holder's in the order of the columns' ids. */
export function matrixCells(reading: Reading, holders: readonly TurnedHolder[], ids: readonly number[], cuts: Cuts): AccessCell[][] {
  let kept = keptBy.get(reading);
  if (kept === undefined) keptBy.set(reading, kept = new CellsOfHolders());
  kept.bound();
  const known = holders.map((one) => ({ holder: one.holder, cells: kept.of(one) }));
  const lacking = known.filter(({ cells }) => ids.some((id) => !cells.has(id)));
  if (lacking.length > 0) kept.read(reading, lacking, ids);
  const places = ids.map((id, place) => ({ id, place })).sort((a, b) => a.id - b.id);
  return known.map(({ cells }) => {
    const found: AccessCell[] = [];
    for (const { id, place } of places) {
      const row = cells.get(id);
      const cell = row === undefined || row === null ? null : cellOf(row, place, cuts);
      if (cell !== null) found.push(cell);
    }
    return found;
  });
}
