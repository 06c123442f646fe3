import { expect, test } from 'vitest';
import { sparkName, unseenRuns } from './sparkline.tsx';

test('neighbouring unseen bins are one box', () => {
  expect(unseenRuns([null, null, 0, 1, null])).toEqual([[0, 2], [4, 5]]);
  expect(unseenRuns([0, 1])).toEqual([]);
});

test('the name says how much was not seen, and never counts it as zero', () => {
  expect(sparkName([1, 0, 2], 'failure')).toBe('3 failures');
  expect(sparkName([1, null, 0, null], 'failure')).toBe('1 failure, not seen in 2 of 4 parts of the period');
  expect(sparkName([null, null], 'failure')).toBe('Not seen at any time');
});
