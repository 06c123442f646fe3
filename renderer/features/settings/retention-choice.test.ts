import { expect, it } from 'vitest';
import { daysOf, isShorter, periodOptions, readPeriod, readRetention, retentionOptions, retentionValue } from './retention-choice.ts';

it('offers the present value too, in order', () => {
  expect(retentionOptions(45).map((option) => option.value)).toEqual(['7', '30', '45', '90', '180', '365', '1095', 'all']);
  expect(retentionOptions(null).map((option) => option.value)).toEqual(['7', '30', '90', '180', '365', '1095', 'all']);
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

it('offers a connection the general period, its own and for ever, and reads back what it wrote', () => {
  expect(periodOptions(45, 30).map((option) => option.value)).toEqual(['general', '7', '30', '45', '90', '180', '365', '1095', 'forever']);
  expect(periodOptions('general', 365)[0]?.label).toBe('General: 1 year');
  for (const period of ['general', 'forever', 7, 45] as const) expect(readPeriod(String(period))).toBe(period);
  for (const value of ['', '0', 'abc']) expect(readPeriod(value)).toBe('forever');
  expect([daysOf('general', 30), daysOf('forever', 30), daysOf(7, 30)]).toEqual([30, null, 7]);
});
