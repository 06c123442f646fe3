import { expect, it } from 'vitest';
import { wholeNumber } from './whole-number.ts';

it.each([['90', 90], [' 5 ', 5], ['3600', 3_600], ['4', null], ['3601', null], ['', null], ['9.5', null], ['-9', null], ['1e2', null], ['ten', null]])('%j', (text, number) => {
  expect(wholeNumber(text, 5, 3_600)).toBe(number);
});
