import { expect, test } from 'vitest';
import type { Gap } from '../../../shared/domain.ts';
import { binWords, chartGaps, dayAndTime, gapWords, sumOf } from './chart-data.ts';

const gap: Gap = { id: 'g', connectionId: null, connectionName: null, from: '2026-11-17T05:00:00.000Z', to: '2026-11-17T05:46:00.000Z', reason: 'machine_asleep', text: 'This machine slept.' };

test('an open gap reaches until now', () => {
  expect(chartGaps([{ ...gap, to: null }], 1e15)[0]).toMatchObject({ to: 1e15, text: 'This machine slept' });
});

test('says from when to when, and cleans what a connection is called', () => {
  const at = (iso: string): string => { const date = new Date(iso); return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`; };
  const now = new Date(gap.from);
  expect(gapWords(gap, now)).toBe(`This machine slept, ${at(gap.from)} to ${at('2026-11-17T05:46:00.000Z')}`);
  expect(gapWords({ ...gap, to: '2026-11-17T05:00:03.000Z' }, now)).toBe(`This machine slept, ${at(gap.from)}:00 to ${at(gap.from)}:03`);
  expect(gapWords({ ...gap, to: null, text: 'a\u202Eb' }, now)).toBe(`a[U+202E]b, since ${at(gap.from)}`);
  expect(gapWords({ ...gap, to: null }, new Date('2027-01-01T00:00:00Z'))).toContain('17 Nov');
});

test('bars are as long as they are', () => {
  expect([1000, 60_000, 900_000, 3_600_000, 5_400_000, 7 * 3_600_000 + 120_000].map(binWords)).toEqual(['1 s', '1 min', '15 min', '1 h', '1 h 30 min', '7 h']);
});

test('adds up every series of every bin', () => {
  expect(sumOf({ binMs: 1, names: ['a', 'b'], bins: [{ at: gap.from, values: [1, 2], seen: [1] }, { at: gap.from, values: [4], seen: [1] }] })).toBe(7);
});

test('names yesterday, also over the turn of a month', () => {
  const now = new Date(2026, 11, 1, 9, 0);
  expect(dayAndTime(new Date(2026, 10, 30, 14, 5), now)).toBe('yesterday 14:05');
  expect(dayAndTime(new Date(2026, 11, 1, 0, 5), now)).toBe('00:05');
  expect(dayAndTime(new Date(2026, 10, 29, 14, 5), now)).toBe('29 Nov 14:05');
});
