import { expect, test } from 'vitest';
import { itemAt, placeExtras, positionOf } from './feed-items.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 10, 17, 14, 0, second)).toISOString();
const rows = [{ id: 'd', time: at(40) }, { id: 'c', time: at(30) }, { id: 'b', time: at(20) }, { id: 'a', time: at(10) }];
const ms = (second: number): number => Date.parse(at(second));

test('a gap stands between the rows that it separates', () => {
  const extras = placeExtras(rows, new Map(), [{ from: ms(21), to: ms(29), text: 'slept' }]);
  expect(extras).toEqual([{ before: 2, kind: 'gap', id: `gap ${ms(21)} slept`, text: 'slept' }]);
  expect([0, 1, 2, 3, 4].map((position) => { const item = itemAt(extras, position); return 'row' in item ? rows[item.row]?.id : item.extra.kind; })).toEqual(['d', 'c', 'gap', 'b', 'a']);
});

test('an open gap stands on top, one from before the oldest row is not shown', () => {
  expect(placeExtras(rows, new Map(), [{ from: ms(5), to: Infinity, text: 'off' }, { from: ms(1), to: ms(5), text: 'old' }]).map((extra) => extra.before)).toEqual([0]);
  expect(placeExtras([], new Map(), [{ from: 0, to: 1, text: 'x' }])).toEqual([]);
});

test('activities that passed unseen are counted below the row after which they are missing', () => {
  const extras = placeExtras(rows, new Map([['c', 12], ['gone', 3]]), [{ from: ms(31), to: ms(39), text: 'gap' }]);
  expect(extras.map((extra) => [extra.before, extra.kind])).toEqual([[1, 'gap'], [2, 'skipped']]);
  expect([0, 1, 2, 3].map((row) => positionOf(extras, row))).toEqual([0, 2, 4, 5]);
  for (let row = 0; row < rows.length; row += 1) expect(itemAt(extras, positionOf(extras, row))).toEqual({ row });
});
