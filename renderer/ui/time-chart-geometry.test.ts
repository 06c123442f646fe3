import { expect, test } from 'vitest';
import { blindRuns, isBlind, laneRuns, niceTicks, placeLabels, runningSums, spanTicks, tallest, timeTicks, type TimeBin } from './time-chart-geometry.ts';

const bin = (values: number[], seen: number[], at = 0): TimeBin => ({ at, values, seen });

test('a column is blind only when no source was seen, and less than half counts as not seen', () => {
  expect(isBlind(bin([0, 0], [0, 0.49]))).toBe(true);
  expect(isBlind(bin([0, 0], [0, 0.5]))).toBe(false);
  expect(isBlind(bin([], []))).toBe(true);
});

test('neighbouring unseen bins become one hatched column, also at both ends', () => {
  const bins = [bin([1], [0]), bin([1], [1]), bin([1], [0.2]), bin([1], [0]), bin([1], [1]), bin([1], [0])];
  expect(blindRuns(bins)).toEqual([{ from: 0, to: 1 }, { from: 2, to: 4 }, { from: 5, to: 6 }]);
});

test('a lane is hatched where its own source was blind, whatever the others saw', () => {
  const bins = [bin([1, 1], [1, 0]), bin([1, 1], [1, 1]), bin([1, 1], [0, 1])];
  expect(laneRuns(bins, 0)).toEqual([{ from: 2, to: 3 }]);
  expect(laneRuns(bins, 1)).toEqual([{ from: 0, to: 1 }]);
  expect(laneRuns(bins, 2)).toEqual([{ from: 0, to: 3 }]);
});

test('axis ticks are round, begin at zero and reach the tallest bar', () => {
  expect(niceTicks(2480)).toEqual([0, 1000, 2000, 3000]);
  expect(niceTicks(9)).toEqual([0, 5, 10]);
  expect(niceTicks(0.31)).toEqual([0, 0.2, 0.4]);
  expect(niceTicks(0)).toEqual([0]);
  expect(niceTicks(Number.NaN)).toEqual([0]);
  for (const most of [1, 3, 7, 12, 99, 101, 5431, 1e9, 0.0004]) {
    const ticks = niceTicks(most);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
    expect(ticks.length).toBeLessThanOrEqual(6);
  }
});

test('time ticks stand on local hours and midnights', () => {
  const from = Date.parse('2026-11-16T13:32:07Z');
  const ticks = timeTicks(from, from + 24 * 3_600_000, 6, 60);
  expect(new Date(ticks[0]?.at ?? 0).toISOString()).toBe('2026-11-16T15:00:00.000Z');
  expect(ticks).toHaveLength(6);
  const week = timeTicks(from, from + 7 * 86_400_000, 7, 330);
  expect(week.every((tick) => tick.day)).toBe(true);
  expect(new Date(week[0]?.at ?? 0).toISOString()).toBe('2026-11-16T18:30:00.000Z');
});

test('marks of a task count from its start', () => {
  expect(spanTicks(0, 276_000, 0, 5)).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
  expect(spanTicks(1040, 1100, 1000, 4)).toEqual([40, 60, 80]);
});

test('a running sum breaks where nothing was seen and goes on with what was kept', () => {
  expect(runningSums([bin([1, 2], [1, 1]), bin([0, 0], [0, 0]), bin([4, 0], [1, 0])])).toEqual([3, null, 7]);
  expect(tallest([bin([1, 2], [1, 1]), bin([4, 0], [1, 0])])).toBe(4);
});

test('labels keep inside the plot and never stand on each other', () => {
  expect(placeLabels([{ at: 5, width: 40 }, { at: 30, width: 40 }, { at: 100, width: 30 }, { at: 195, width: 60 }], 0, 200)).toEqual([
    { x: 0, anchor: 'start', index: 0 }, { x: 100, anchor: 'middle', index: 2 }, { x: 200, anchor: 'end', index: 3 },
  ]);
});
