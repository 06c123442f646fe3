import { describe, expect, it } from 'vitest';
import type { Drill } from '../../../shared/stop.ts';
import { drillPlot, plotLeft } from './drill-chart.ts';

const drill = (changes: Partial<Drill>): Drill => ({ orderId: 'o', orderNumber: 1, agentId: 'a', agentName: 'canary-eu', level: 'cancel', at: '2026-11-01T12:00:00.000Z', state: 'verified', timeToLastActMs: 900, timeToContainMs: 4_000, firstAnswerMs: 10, ...changes });

describe('the chart of drills', () => {
  it('puts time to the right and duration upwards', () => {
    const { points, top, bottom, right } = drillPlot([drill({ at: '2026-11-05T12:00:00.000Z', timeToContainMs: 8_000 }), drill({})], 600, 180);
    expect(points.map((point) => point.drill.timeToContainMs)).toEqual([4_000, 8_000]);
    expect(points[1]?.x).toBeGreaterThan(points[0]?.x ?? 0);
    expect(points[1]?.containY).toBeLessThan(points[0]?.containY ?? 0);
    for (const point of points) {
      expect(point.x).toBeGreaterThan(plotLeft);
      expect(point.x).toBeLessThan(right);
      expect(point.containY).toBeGreaterThanOrEqual(top);
      expect(point.containY).toBeLessThanOrEqual(bottom);
    }
  });

  it('draws no time for a drill that was not contained', () => {
    const { points, line } = drillPlot([drill({}), drill({ state: 'still_acting', timeToContainMs: null, at: '2026-11-02T12:00:00.000Z' })], 600, 180);
    expect(points[1]?.containY).toBeNull();
    expect(line).toHaveLength(1);
  });

  it('draws no last act where none came after the command', () => {
    expect(drillPlot([drill({ timeToLastActMs: 0 })], 600, 180).points[0]?.lastActY).toBeNull();
  });

  it('draws a single drill, and none', () => {
    expect(drillPlot([drill({})], 600, 180).points[0]?.x).toBeGreaterThan(plotLeft);
    expect(drillPlot([], 600, 180)).toMatchObject({ points: [], line: [], xTicks: [] });
  });
});
