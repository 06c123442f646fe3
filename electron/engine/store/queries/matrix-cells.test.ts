/** Cells that are kept from one question to the next say exactly what their rows say, whatever stands in them; and times are written as `Date` writes them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openReader } from '../database.ts';
import { historyFile } from '../open.ts';
import { TestHistory } from '../test-history.ts';
import { cellColumns, cellOf, type CellRow, type Cuts } from './access-columns.ts';
import { matrixCells } from './matrix-cells.ts';
import { iso, Reading } from './reading.ts';

const us = 1_780_000_000_000_000;
const cuts: Cuts = { usedSinceUs: us - 30, expiresBeforeUs: us + 30, newSinceUs: us - 7 };
/** Around the cuts, and long before. */
const time = fc.oneof(fc.integer({ min: us - 60, max: us + 60 }), fc.integer({ min: 0, max: us }));
const timeOrNull = fc.option(time, { nil: null });
const count = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1_020, max: 1_030 }));
const column = fc.oneof(fc.integer({ min: -8, max: -1 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2 ** 27 - 11, max: 2 ** 27 + 2 }), fc.constant(2 ** 40));
const bit = fc.integer({ min: 0, max: 1 });
const sums = fc.tuple(count, count, count, count, timeOrNull, timeOrNull, bit, bit, timeOrNull, timeOrNull);
/** Most have no use. */
const cell = fc.oneof({ weight: 2, arbitrary: sums.map(([grants, cannotTell, , , , , ...flags]) => [grants, cannotTell, 0, 0, null, null, ...flags]) }, sums);
const holders = [-2, -1, 1, 7, 2 ** 33];
const cells = fc.uniqueArray(fc.tuple(fc.constantFrom(...holders), column, cell), { selector: ([holder, of]) => `${holder} ${of}`, maxLength: 60 });

it('tells each cell as its row does', () => {
  const history = new TestHistory();
  const db = openReader(historyFile(history.dir));
  const reading = new Reading(db);
  const put = history.db.prepare('INSERT INTO access_cell (holder, column_id, grants, cannot_tell, times, denied, last_used_us, last_denied_us, irreversible, shared, expires_us, first_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const one = db.prepare<[number, string], CellRow>(`SELECT ${cellColumns} FROM access_cell x WHERE x.holder = ? AND x.column_id IN (SELECT value FROM json_each(?)) ORDER BY x.column_id`);
  let turn = 0;
  const same = (asked: readonly number[], ids: readonly number[], at: Cuts): void => {
    const slow = asked.map((holder) => one.all(holder, JSON.stringify(ids)).flatMap((row) => cellOf(row, ids.indexOf(row.column), at) ?? []));
    expect(matrixCells(reading, asked.map((holder) => ({ holder, turn })), ids, at)).toEqual(slow);
  };
  try {
    fc.assert(fc.property(cells, fc.shuffledSubarray(holders), fc.boolean(), fc.integer({ min: -70, max: 70 }), (rows, asked, all, later) => {
      history.db.exec('DELETE FROM access_cell');
      history.db.transaction(() => { for (const [holder, of, values] of rows) put.run(holder, of, ...values); })();
      turn += 1;
      const ids = [...new Set(rows.map(([, of]) => of))].filter((_, at) => all || at % 2 === 0);
      same(asked, ids, cuts);
      // From what is kept: at another time, of other holders, with columns that were not asked before.
      same(asked.toReversed(), ids, { usedSinceUs: cuts.usedSinceUs + later, expiresBeforeUs: cuts.expiresBeforeUs + later, newSinceUs: cuts.newSinceUs + later });
      same(holders, [...new Set(rows.map(([, of]) => of)), 5_000], cuts);
    }), { numRuns: 150 });
  } finally {
    db.close();
    history.close();
  }
});

it('writes every time as Date does', () => {
  fc.assert(fc.property(fc.oneof(time, fc.integer({ min: -4_000_000_000_000, max: 4_000_000_000_000 }), fc.maxSafeInteger()), (at) => {
    expect(iso(at)).toBe(new Date(Math.floor(at / 1_000)).toISOString());
  }), { numRuns: 2_000 });
  expect(() => iso(Number.NaN)).toThrow(RangeError);
  expect(() => iso(1e19)).toThrow(RangeError);
});
