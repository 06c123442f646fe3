import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AsBefore } from './as-before.ts';
import type { Cell, Column } from './columns.ts';

const columns: readonly Column[] = [{ name: 'a', type: 'text', note: 'one' }, { name: 'b', type: 'int', note: 'other' }];
const told = ({ name }: Column, value: Cell): string => `${name} ${typeof value} ${String(value)}`;
const cell: fc.Arbitrary<Cell> = fc.constantFrom<Cell>(null, true, false, 0, 1, -1, '', '0', 'null', 'true', 'x'.repeat(200), 'x'.repeat(201), 'y'.repeat(201));

it('tells of each cell what was made of it, whatever stood there before', () => {
  fc.assert(fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 40 }), (rows) => {
    const kept = new AsBefore(columns, told);
    for (const row of rows) expect(columns.map((_, i) => kept.of(i, row[i] as Cell))).toEqual(columns.map((column, i) => told(column, row[i] as Cell)));
  }));
});

it('makes what is as before once, and keeps no long text', () => {
  let made = 0;
  const kept = new AsBefore(columns, () => { made += 1; return made; });
  expect([kept.of(0, 'x'), kept.of(1, 'x'), kept.of(0, 'x'), kept.of(0, null), kept.of(0, 'x')]).toEqual([1, 2, 1, 3, 4]);
  const long = 'x'.repeat(201);
  expect([kept.of(1, long), kept.of(1, long), kept.of(1, 'x')]).toEqual([5, 6, 2]);
});
