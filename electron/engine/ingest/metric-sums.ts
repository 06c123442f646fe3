import { limits } from './decoded-body.ts';
import type { MetricSum } from './decoded-body.ts';

/** SECURITY: names come from strangers and are kept in memory and shown. */
const longestName = 200;

/** One sum per service, metric and unit, at most `limits.metricSeries` of them; every point is counted. */
export class MetricSums {
  points = 0;
  private readonly sums = new Map<string, MetricSum>();

  add(told: MetricSum, points: number): void {
    this.points += points;
    const metric = { ...told, name: told.name.slice(0, longestName), service: told.service.slice(0, longestName), unit: told.unit.slice(0, longestName) };
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
