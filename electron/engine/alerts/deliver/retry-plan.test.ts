import { describe, expect, it } from 'vitest';
import { isGivenUp, waitMs } from './retry-plan.ts';

const hour = 3_600_000_000;

describe('the retry plan', () => {
  it('doubles from 5 s to 15 min, and spreads by a fifth', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map((failures) => waitMs(failures, null, 0.5) / 1_000)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
    expect([waitMs(1, null, 0), waitMs(1, null, 1)]).toEqual([4_000, 6_000]);
  });

  it('waits as long as it is asked to, and neither shorter than its own nor for ever', () => {
    expect(waitMs(1, 90_000, 0.5)).toBe(90_000);
    expect(waitMs(9, 1_000, 0.5)).toBe(900_000);
    expect(waitMs(1, 1e12, 0.5)).toBe(6 * 3_600_000);
  });

  it('gives up after a day from the first attempt, not from when it was made', () => {
    const madeLongAgo = { createdUs: 0, failingUs: 100 * hour };
    expect(isGivenUp({ ...madeLongAgo, firstUs: null, nowUs: 100 * hour })).toBe(false);
    expect(isGivenUp({ ...madeLongAgo, firstUs: 100 * hour, nowUs: 124 * hour - 1 })).toBe(false);
    expect(isGivenUp({ ...madeLongAgo, firstUs: 100 * hour, nowUs: 124 * hour })).toBe(true);
  });

  it('does not take a day for each that stood behind a target that took nothing for a day', () => {
    expect(isGivenUp({ createdUs: 1 * hour, firstUs: null, failingUs: 0, nowUs: 25 * hour })).toBe(true);
    expect(isGivenUp({ createdUs: 2 * hour, firstUs: null, failingUs: 0, nowUs: 25 * hour })).toBe(false);
  });
});
