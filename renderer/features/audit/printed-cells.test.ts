import { describe, expect, it } from 'vitest';
import { printedCell, unbroken } from './printed-cells.ts';

const hash = 'sha256:d1e9567da9a8a4b0c43da0791da1d2594cf5d7b78547fea132d06bccc1b06091';
const column = (name: string) => ({ name, align: 'start' as const });

it('prints the beginning of a hash, and of nothing else', () => {
  expect(printedCell(`${hash} (4)`)).toBe('sha256:d1e9567da9a8… (4)');
  expect(printedCell('d1e9567da9a8')).toBe('d1e9567da9a8');
  expect(printedCell(`${hash}0`)).toBe(`${hash}0`);
});

describe('columns that are not broken', () => {
  it('are those of short cells', () => {
    expect(unbroken({ columns: ['When, UTC', 'State', 'In words'].map(column), rows: [['2026-11-23 19:19:56', 'attention', 'Added the connection to somewhere.'], ['2026-11-23 19:19:57', '', 'x']] })).toEqual(new Set([0, 1]));
  });

  it('are the shortest ones where there is not room for all', () => {
    const columns = Array.from({ length: 8 }, (_unused, at) => column(String(at)));
    expect([...unbroken({ columns, rows: [columns.map((_one, at) => 'x'.repeat(at === 5 ? 3 : 19))] })]).toEqual([5, 0, 1, 2]);
  });
});
