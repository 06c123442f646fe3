import { expect, it } from 'vitest';
import { usedSummary, usedWords } from './grant-use-words.ts';

it('keeps what could not be seen apart from what was not used', () => {
  expect(usedWords({ state: 'cannot_tell', times: 0, denied: 0 })).toBe('cannot tell');
  expect(usedWords({ state: 'not_used', times: 0, denied: 0 })).toBe('never');
  expect(usedWords({ state: 'not_used', times: 0, denied: 2 })).toBe('tried, never let');
  expect(usedWords({ state: 'used', times: 1, denied: 0 })).toBe('1 time');
  expect(usedWords({ state: 'used', times: 1_204, denied: 3 })).toBe('1,204 times');
});

it('counts them apart', () => {
  expect(usedSummary([{ use: { state: 'used' } }, { use: { state: 'cannot_tell' } }, { use: { state: 'used' } }])).toBe('2 used, 1 cannot tell');
});
