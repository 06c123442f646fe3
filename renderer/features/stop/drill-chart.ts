/** Where the drills of one agent stand in their chart: time to the right, duration upwards. Pure. */
import type { Drill } from '../../../shared/stop.ts';
import { niceTicks, timeTicks } from '../../ui/time-chart-geometry.ts';

export const plotLeft = 56;
const plotRight = 12;
const plotTop = 20;
const plotBottom = 22;
const shortestSpanMs = 3_600_000;

export interface DrillPoint { readonly drill: Drill; readonly x: number; /** null: no act came after the command, or nothing is known. */ readonly lastActY: number | null; /** null: it was not contained; then it stands above the plot. */ readonly containY: number | null }
export interface DrillPlot {
  readonly points: readonly DrillPoint[];
  readonly yTicks: readonly { y: number; ms: number }[];
  readonly xTicks: readonly { x: number; at: number; day: boolean }[];
  readonly top: number; readonly bottom: number; readonly right: number;
  /** neighbours that were contained, oldest first, as one line. */
  readonly line: readonly { x: number; y: number }[];
}

export function drillPlot(drills: readonly Drill[], width: number, height: number): DrillPlot {
  const rows = drills.toSorted((a, b) => a.at.localeCompare(b.at));
  const times = rows.map((drill) => Date.parse(drill.at));
  const from = Math.min(...times);
  const to = Math.max(from + shortestSpanMs, ...times);
  const pad = (to - from) * 0.03;
  const [first, last] = [from - pad, to + pad];
  const right = width - plotRight;
  const bottom = height - plotBottom;
  const ticks = niceTicks(Math.max(1, ...rows.flatMap((drill) => [drill.timeToContainMs ?? 0, drill.timeToLastActMs ?? 0])));
  const most = ticks.at(-1) ?? 1;
  const x = (at: number): number => plotLeft + ((at - first) / (last - first)) * (right - plotLeft);
  const y = (ms: number): number => bottom - (Math.max(0, ms) / most) * (bottom - plotTop);
  const points = rows.map((drill) => ({ drill, x: x(Date.parse(drill.at)), lastActY: drill.timeToLastActMs === null || drill.timeToLastActMs <= 0 ? null : y(drill.timeToLastActMs), containY: drill.timeToContainMs === null ? null : y(drill.timeToContainMs) }));
  return {
    points, top: plotTop, bottom, right,
    yTicks: ticks.map((ms) => ({ ms, y: y(ms) })),
    xTicks: rows.length === 0 ? [] : timeTicks(first, last, Math.max(2, Math.floor((right - plotLeft) / 96))).map((tick) => ({ ...tick, x: x(tick.at) })),
    line: points.flatMap((point) => (point.containY === null ? [] : [{ x: point.x, y: point.containY }])),
  };
}
