import { expect, it } from 'vitest';
import { isShorter, readRetention, retentionOptions, retentionValue } from './retention-choice.ts';

it('offers the present value too, in order', () => {
  expect(retentionOptions(45).map((option) => option.value)).toEqual(['7', '30', '45', '90', '180', '365', 'all']);
  expect(retentionOptions(null).map((option) => option.value)).toEqual(['7', '30', '90', '180', '365', 'all']);
});

it('reads back what it wrote', () => {
  for (const days of [null, 7, 365, 3650]) expect(readRetention(retentionValue(days))).toBe(days);
});

it('keeps everything rather than delete on a value that means nothing', () => {
  for (const value of ['', '0', '-3', '1.5', 'abc']) expect(readRetention(value)).toBeNull();
});

it('knows what would delete', () => {
  expect([isShorter(90, 30), isShorter(null, 365), isShorter(30, 90), isShorter(30, null), isShorter(30, 30)]).toEqual([true, true, false, false, false]);
});
