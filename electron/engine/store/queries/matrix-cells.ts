/**
 * Cells of a page of the matrix, thousands at once. Most were never used and never refused: such a one is read as one number, since
 * making a row of twelve values of it takes longer than finding it. The others are read as a line of numbers.
 */
import type { AccessCell } from '../../../../shared/access.ts';
import { stateOf, type CellRow, type Cuts } from './access-columns.ts';
import { iso, type Reading } from './reading.ts';

/** 51 bits, so JavaScript knows the number exactly; the lower 32 are the column (27) and the flags (5), the upper the holder's place (9) and how many grants (10). */
const places = 2 ** 9;
const columns = 2 ** 27;
const grants = 2 ** 10;
const word = 2 ** 32;
const FLAG = { irreversible: 1, shared: 2, expiring: 4, fresh: 8, cannotTell: 16 } as const;
/** Ids of columns begin here: those of the classes are negative. */
const firstColumn = -8;

const isQuiet = `x.times = 0 AND x.denied = 0 AND x.last_used_us IS NULL AND x.last_denied_us IS NULL AND x.grants < ${grants} AND x.column_id < ${columns + firstColumn} AND h.key < ${places}`;
const flags = `${FLAG.cannotTell} * (x.cannot_tell > 0) + ${FLAG.fresh} * (x.first_us >= ? IS TRUE) + ${FLAG.expiring} * (x.expires_us < ? IS TRUE) + ${FLAG.shared} * x.shared + ${FLAG.irreversible} * x.irreversible`;
const packed = `(h.key * ${grants} + x.grants) * ${word} + (x.column_id + ${-firstColumn}) * 32 + ${flags}`;
const line = ['h.key', 'x.column_id', 'x.grants', 'x.times', 'x.denied', "coalesce(x.last_used_us, '')", "coalesce(x.last_denied_us, '')", `(${flags})`].join(" || ',' || ");
const select = `SELECT CASE WHEN ${isQuiet} THEN ${packed} ELSE ${line} END FROM json_each(?) h CROSS JOIN access_cell x ON x.holder = h.value AND x.column_id IN (SELECT value FROM json_each(?))`;

type Sums = Pick<CellRow, 'column' | 'grants' | 'times' | 'denied' | 'lastUsedUs' | 'lastDeniedUs'> & { readonly holder: number; readonly flag: number };

const numberOrNull = (text: string | undefined): number | null => (text === '' ? null : Number(text));

function sumsOf(text: string): Sums {
  const [holder, column, held, times, denied, used, refused, flag] = text.split(',');
  return { holder: Number(holder), column: Number(column), grants: Number(held), times: Number(times), denied: Number(denied), lastUsedUs: numberOrNull(used), lastDeniedUs: numberOrNull(refused), flag: Number(flag) };
}

function usedCell(place: number, sums: Sums, cuts: Cuts): AccessCell | null {
  const { flag, times, denied, lastUsedUs, lastDeniedUs } = sums;
  const state = stateOf({ ...sums, cannotTell: flag & FLAG.cannotTell }, cuts.usedSinceUs);
  if (state === null) return null;
  return {
    column: place, state, grants: sums.grants, times, denied, lastUsedAt: lastUsedUs === null ? null : iso(lastUsedUs), lastDeniedAt: lastDeniedUs === null ? null : iso(lastDeniedUs),
    irreversible: (flag & FLAG.irreversible) > 0, shared: (flag & FLAG.shared) > 0, expiring: (flag & FLAG.expiring) > 0, fresh: (flag & FLAG.fresh) > 0,
  };
}

function quietCell(place: number, held: number, flag: number): AccessCell | null {
  if (held === 0) return null;
  return {
    column: place, state: (flag & FLAG.cannotTell) > 0 ? 'cannot_tell' : 'granted', grants: held, times: 0, denied: 0, lastUsedAt: null, lastDeniedAt: null,
    irreversible: (flag & FLAG.irreversible) > 0, shared: (flag & FLAG.shared) > 0, expiring: (flag & FLAG.expiring) > 0, fresh: (flag & FLAG.fresh) > 0,
  };
}

/** By the place of their holder. One statement for all: one for each of a hundred holders takes twice as long. */
export function matrixCells(reading: Reading, holders: readonly number[], ids: readonly number[], cuts: Cuts): AccessCell[][] {
  const placeOf = new Map(ids.map((id, place) => [id, place]));
  const found = holders.map((): AccessCell[] => []);
  const { newSinceUs, expiresBeforeUs } = cuts;
  const put = (holder: number, cell: AccessCell | null): void => { if (cell !== null) found[holder]?.push(cell); };
  const rows = reading.sql<[number, number, number, number, string, string], number | string>(select).pluck().all(newSinceUs, expiresBeforeUs, newSinceUs, expiresBeforeUs, JSON.stringify(holders), JSON.stringify(ids));
  for (const row of rows) {
    if (typeof row === 'number') {
      const upper = Math.floor(row / word);
      const lower = row - upper * word;
      put(upper >> 10, quietCell(placeOf.get((lower >>> 5) + firstColumn) ?? 0, upper & (grants - 1), lower & 31));
    } else {
      const sums = sumsOf(row);
      put(sums.holder, usedCell(placeOf.get(sums.column) ?? 0, sums, cuts));
    }
  }
  return found;
}
