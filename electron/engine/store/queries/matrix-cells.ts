/** Cells of a page of the matrix. One statement for all of its holders: a hundred of them take twice as long. */
import type { AccessRow } from '../../../../shared/access.ts';
import { cellColumns, cellOf, type CellRow, type Cuts } from './access-columns.ts';
import type { Reading } from './reading.ts';

/** For each holder, in the order in which they are given. */
export function matrixCells(reading: Reading, holders: readonly number[], ids: readonly number[], cuts: Cuts): AccessRow['cells'][] {
  const places = new Map(ids.map((id, place) => [id, place]));
  const found = new Map<number, AccessRow['cells']>(holders.map((holder) => [holder, []]));
  const rows = reading.sql<[string, string], CellRow & { holder: number }>(
    `SELECT x.holder, ${cellColumns} FROM json_each(?) h CROSS JOIN access_cell x ON x.holder = h.value AND x.column_id IN (SELECT value FROM json_each(?))`).iterate(JSON.stringify(holders), JSON.stringify(ids));
  for (const row of rows) {
    const cell = cellOf(row, places.get(row.column) ?? 0, cuts);
    if (cell !== null) found.get(row.holder)?.push(cell);
  }
  return holders.map((holder) => found.get(holder) ?? []);
}
