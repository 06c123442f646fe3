import { expect, test } from 'vitest';
import { holdOrder, selectTo, step, toggled } from './data-table-order.ts';

test('without a held order the sort decides', () => {
  expect(holdOrder(null, ['b', 'a'])).toEqual({ order: ['b', 'a'], waiting: [], moved: false });
});

test('a refresh keeps rows where they are, drops those that are gone, and counts the new ones', () => {
  expect(holdOrder(['a', 'b', 'c'], ['d', 'c', 'a'])).toEqual({ order: ['a', 'c'], waiting: ['d'], moved: true });
});

test('values that changed without changing the order are no reason to ask', () => {
  expect(holdOrder(['a', 'b'], ['a', 'b'])).toEqual({ order: ['a', 'b'], waiting: [], moved: false });
});

test('the focus steps inside the list and finds an end when it was nowhere', () => {
  expect(step(['a', 'b', 'c'], 'b', 1)).toBe('c');
  expect(step(['a', 'b', 'c'], 'c', 1)).toBe('c');
  expect(step(['a', 'b', 'c'], 'b', -20)).toBe('a');
  expect(step(['a', 'b', 'c'], 'gone', 1)).toBe('a');
  expect(step(['a', 'b', 'c'], null, -1)).toBe('c');
  expect(step([], null, 1)).toBeNull();
});

test('selection grows over every row between', () => {
  expect([...selectTo(['a', 'b', 'c', 'd'], new Set(['d']), 'c', 'a')].toSorted()).toEqual(['a', 'b', 'c', 'd']);
  expect([...selectTo(['a', 'b'], new Set(), null, 'b')]).toEqual(['b']);
  expect([...toggled(new Set(['a']), 'a')]).toEqual([]);
  expect([...toggled(new Set(['a']), 'b')]).toEqual(['a', 'b']);
});
