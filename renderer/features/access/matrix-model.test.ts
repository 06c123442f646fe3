import { describe, expect, it } from 'vitest';
import type { AccessCell, AccessColumn, AccessRow } from '../../../shared/access.ts';
import { arranged, cellsOf, columnPage, firstSpot, headSize, moved, spotOf, startsGroup } from './matrix-model.ts';

const cell = (column: number, state: AccessCell['state']): AccessCell => ({ column, state, grants: 1, times: 0, denied: 0, lastUsedAt: null, lastDeniedAt: null, irreversible: false, shared: false, expiring: false, fresh: false });
const row = (id: string, ...cells: AccessCell[]): AccessRow => ({ id, holder: 'agent', name: id, identity: 'own', held: cells.length, used: 0, findings: 0, notSeen: null, cells });
const column = (id: string, resource: string | null): AccessColumn => ({ id, resource, class: 'read', reversibility: 'read_only', agents: 1 });

describe('a key in the grid', () => {
  const size = { rows: 50, columns: 8, page: 20 };
  it.each([
    ['ArrowRight', { row: 3, column: 4 }, { row: 3, column: 5 }], ['ArrowRight', { row: 3, column: 7 }, { row: 3, column: 7 }],
    ['ArrowLeft', { row: 3, column: 0 }, { row: 3, column: -1 }], ['ArrowLeft', { row: 3, column: -1 }, { row: 3, column: -1 }],
    ['ArrowUp', { row: 0, column: 2 }, { row: 0, column: 2 }], ['ArrowDown', { row: 49, column: 2 }, { row: 49, column: 2 }],
    ['Home', { row: 5, column: 4 }, { row: 5, column: -1 }], ['End', { row: 5, column: 4 }, { row: 5, column: 7 }],
    ['mod+Home', { row: 5, column: 4 }, { row: 0, column: -1 }], ['mod+End', { row: 5, column: 4 }, { row: 49, column: 7 }],
    ['PageDown', { row: 5, column: 4 }, { row: 25, column: 4 }], ['PageUp', { row: 5, column: 4 }, { row: 0, column: 4 }],
  ])('%s leads from %o to %o', (key, from, to) => { expect(moved(from, key, size)).toEqual(to); });

  it('leaves other keys alone', () => {
    expect(moved({ row: 1, column: 1 }, 'a', size)).toBeNull();
    expect(moved({ row: 1, column: 1 }, 'Tab', size)).toBeNull();
  });
});

it('lands on what needs a look before what is only granted', () => {
  expect(firstSpot([])).toBeNull();
  expect(firstSpot([row('a')])).toEqual({ row: 0, column: -1 });
  expect(firstSpot([row('a', cell(30, 'ungranted')), row('b', cell(17, 'granted'))])).toEqual({ row: 1, column: 17 });
  expect(firstSpot([row('a', cell(2, 'cannot_tell')), row('b', cell(1, 'granted'))])).toEqual({ row: 1, column: 1 });
  expect(firstSpot([row('a', cell(0, 'used')), row('b', cell(3, 'tried'), cell(4, 'ungranted'))])).toEqual({ row: 1, column: 4 });
});

it('finds what the address names, or says that it is not there', () => {
  const rows = [row('a'), row('b')];
  const columns = [column('x', 'Mail'), column('y', 'Mail'), column('z', 'Files')];
  expect(spotOf(rows, columns, 'b', 'y')).toEqual({ row: 1, column: 1 });
  expect(spotOf(rows, columns, 'b', null)).toEqual({ row: 1, column: -1 });
  expect(spotOf(rows, columns, 'gone', 'y')).toBeNull();
  expect(spotOf(rows, columns, 'b', 'gone')).toBeNull();
  expect([0, 1, 2].map((at) => startsGroup(columns, at))).toEqual([false, false, true]);
});

it('keeps cells by their column', () => {
  expect(cellsOf(row('a', cell(4, 'used'))).get(4)?.state).toBe('used');
  expect(cellsOf(row('a', cell(4, 'used'))).get(3)).toBeUndefined();
});

it('pages columns forth and back', () => {
  expect(columnPage(0, 40, 272, 40)).toEqual({ from: 1, to: 40, of: 312, before: null, next: 40 });
  expect(columnPage(280, 32, 0, 40)).toEqual({ from: 281, to: 312, of: 312, before: 240, next: null });
  expect(columnPage(0, 0, 0, 40)).toEqual({ from: 0, to: 0, of: 0, before: null, next: null });
});

it('makes the head as high as its longest name needs, within limits', () => {
  const short = headSize([column('a', 'Mail')]);
  const middle = headSize([column('a', 'export_customers')]);
  const long = headSize([column('a', 'x'.repeat(300))]);
  expect(short).toEqual(headSize([]));
  expect(middle.height).toBeGreaterThan(short.height);
  expect(long.height).toBeGreaterThan(middle.height);
  expect(long.height).toBeLessThan(152);
});

describe('the arranged matrix', () => {
  const columns = [column('m1', 'Mail'), column('f1', 'Files'), column('m2', 'Mail'), column('b1', 'Bank'), column('f2', 'Files')];
  const unseen = { ...row('a', cell(0, 'cannot_tell')), notSeen: 'nobody tells' };
  const rows = [unseen, { ...row('b'), held: 0 }, row('c', cell(2, 'used'), cell(4, 'granted'))];

  it('keeps the classes of a resource together, and every cell under its column', () => {
    const all = arranged(columns, rows, true);
    expect(all.columns.map((one) => one.id)).toEqual(['m1', 'm2', 'f1', 'f2', 'b1']);
    expect(all.rows.find((one) => one.id === 'c')?.cells.map((one) => [all.columns[one.column]?.id, one.state])).toEqual([['m2', 'used'], ['f2', 'granted']]);
  });

  it('puts last whom nobody sees, but only when every row is here', () => {
    expect(arranged(columns, rows, true).rows.map((one) => one.id)).toEqual(['c', 'b', 'a']);
    expect(arranged(columns, rows, false).rows.map((one) => one.id)).toEqual(['a', 'b', 'c']);
  });

  it('leaves the classes in their order', () => {
    const classes = [column('x', null), column('y', null)];
    expect(arranged(classes, [], true).columns).toEqual(classes);
  });
});
