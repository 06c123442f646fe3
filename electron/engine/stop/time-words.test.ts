import { expect, it } from 'vitest';
import { clockOf, duration, inert, list, shortIds } from './time-words.ts';
import { at } from './test-judged.ts';

it('says durations as people do', () => {
  expect([0, 40_000, 400_000, 9_960_000, 48_000_000, 119_600_000, 232_000_000, 3_600_000_000, 7_500_000_000].map(duration)).toEqual(['0 s', '0 s', '0.4 s', '10 s', '48 s', '120 s', '3 min 52 s', '1 h', '2 h 5 min']);
  expect(duration(-5)).toBe('0 s');
  expect(clockOf(at(63.4))).toBe('13:31:03 UTC');
});

it('makes names harmless and says where it cut them', () => {
  expect(inert('a\u202Eb\n\tc\u0000')).toBe('a b c');
  expect(inert('x'.repeat(90))).toBe(`${'x'.repeat(79)}…`);
  expect(inert('\u{1F600}'.repeat(4), 3)).toBe('\u{1F600}\u{1F600}…');
});

it('cuts identifiers only as far as they still differ', () => {
  expect(shortIds(['4f1c99-1', '9ab000-2'])).toBe('4f1c…, 9ab0…');
  expect(shortIds(['4f1c99-1', '4f1c99-2'])).toBe('4f1c99-1, 4f1c99-2');
  expect(shortIds(['aaaa-0001-1', 'aaaa-0002-1'])).toBe('aaaa-0001-1, aaaa-0002-1');
  expect(shortIds(['ab', '1', '2', '3', '4'])).toBe('ab, 1, 2 and 2 more');
  expect(list(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
});
