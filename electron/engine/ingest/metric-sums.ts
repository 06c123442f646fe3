import { limits } from './decoded-body.ts';
import type { MetricSum } from './decoded-body.ts';

/** One sum per service, metric and unit, at most `limits.metricSeries` of them; every point is counted. */
export class MetricSums {
  points = 0;
  private readonly sums = new Map<string, MetricSum>();

  add(metric: MetricSum, points: number): void {
    this.points += points;
    const key = `${metric.service}\0${metric.name}\0${metric.unit}`;
    const known = this.sums.get(key);
    if (known === undefined && this.sums.size >= limits.metricSeries) return;
    const value = (known?.value ?? 0) + (Number.isFinite(metric.value) ? metric.value : 0);
    this.sums.set(key, { ...metric, value, timeUs: Math.max(metric.timeUs, known?.timeUs ?? 0) });
  }

  list(): MetricSum[] {
    return [...this.sums.values()];
  }
}
