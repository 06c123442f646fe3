/**
 * The columns of the matrix by resource in their order, kept in memory while none came, went or moved (`allColumns` in access_turn). Walking their
 * index with an offset, or counting them, took longer than all the rest of an answer; a page needs forty of ten thousand.
 */
import { allColumns } from '../access-save.ts';
import { columnRank } from './access-columns.ts';
import type { Reading } from './reading.ts';

export interface Ranked { readonly ids: readonly number[]; readonly present: ReadonlySet<number>; /** by the same places: the worst that can come of it cannot be undone, or nobody knows. */ readonly irreversible: Uint8Array }
interface Kept extends Ranked { readonly turn: number }

const keptBy = new WeakMap<Reading, Kept>();

/** Stands while no column changes, nor which grants stand behind one. To be read first: what is newer than it is read again the next time. */
export const columnsTurn = (reading: Reading): number => reading.sql<[number], number>('SELECT n FROM access_turn WHERE holder = ?').pluck().get(allColumns) ?? 0;

export function rankedColumns(reading: Reading): Ranked {
  const turn = columnsTurn(reading);
  let kept = keptBy.get(reading);
  if (kept?.turn !== turn) {
    // The worse ones as numbers below zero: making a row of two takes twice as long.
    const rows = reading.sql<[], number>(`SELECT iif(reversibility IN ('irreversible', 'unknown'), -id, id) FROM access_column WHERE holders > 0 ORDER BY ${columnRank}`).pluck().all();
    const ids = rows.map((id) => Math.abs(id));
    keptBy.set(reading, kept = { turn, ids, present: new Set(ids), irreversible: Uint8Array.from(rows, (id) => (id < 0 ? 1 : 0)) });
  }
  return kept;
}
