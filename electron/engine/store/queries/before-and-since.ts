/**
 * What was counted since a moment, and in a time of the same length before it. The two never share a rolled-up minute or
 * hour: a visit of four minutes was once compared with its own hour.
 */
import type { Cost } from '../../../../shared/domain.ts';
import { STATUS, US_HOUR, US_MINUTE } from '../codes.ts';
import { costOf, sumColumns, type Reading, type Sums } from './reading.ts';
import type { Span } from './span-of-time.ts';
import { withoutTwice } from './told-twice.ts';

export interface BeforeAndSince {
  readonly before: Span;
  readonly activities: number;
  readonly activitiesBefore: number;
  readonly failures: number;
  readonly failuresBefore: number;
  readonly denials: number;
  readonly cost: Cost;
  readonly costBefore: Cost;
}

/** Minutes are counted for so long; above it, hours are fine enough and far fewer. */
const minutesServe = 49 * US_HOUR;

export function hourSums(reading: Reading, span: Span): Sums {
  const hours = [Math.floor(span.fromUs / US_HOUR), Math.floor((span.toUs - 1) / US_HOUR)] as const;
  return withoutTwice(reading, reading.sql<number[], Sums>(`SELECT ${sumColumns} FROM hour_total WHERE hour BETWEEN ? AND ?`).get(...hours) as Sums, hours);
}

interface Counts { readonly activities: number; readonly failures: number }

function minuteSums(reading: Reading, span: Span): Counts {
  return reading.sql<[number, number], Counts>('SELECT coalesce(sum(activities), 0) AS activities, coalesce(sum(failures), 0) AS failures FROM by_minute WHERE minute BETWEEN ? AND ?')
    .get(Math.floor(span.fromUs / US_MINUTE), Math.floor((span.toUs - 1) / US_MINUTE)) as Counts;
}

function deniedSince(reading: Reading, sinceUs: number): number {
  // `status > 3` names the partial index: these ends are rare.
  return reading.sql<[number, number], { n: number }>('SELECT count(*) AS n FROM activity WHERE status > 3 AND status = ? AND ts_us >= ?').get(STATUS.denied, sinceUs)?.n ?? 0;
}

/** Whole steps on both sides of the one in which `sinceUs` lies. */
function twoSpans(sinceUs: number, nowUs: number, step: number): { since: Span; before: Span } {
  const fromUs = Math.floor(sinceUs / step) * step;
  const length = Math.ceil((nowUs - fromUs) / step) * step;
  return { since: { fromUs, toUs: nowUs }, before: { fromUs: fromUs - length, toUs: fromUs } };
}

export function beforeAndSince(reading: Reading, sinceUs: number, nowUs: number): BeforeAndSince {
  // Money is rolled up by the hour only.
  const hours = twoSpans(sinceUs, nowUs, US_HOUR);
  const hoursSince = hourSums(reading, hours.since);
  const hoursBefore = hourSums(reading, hours.before);
  const short = nowUs - sinceUs <= minutesServe;
  const spans = short ? twoSpans(sinceUs, nowUs, US_MINUTE) : hours;
  const since = short ? minuteSums(reading, spans.since) : hoursSince;
  const earlier = short ? minuteSums(reading, spans.before) : hoursBefore;
  return {
    before: spans.before,
    activities: since.activities, activitiesBefore: earlier.activities, failures: since.failures, failuresBefore: earlier.failures,
    denials: short ? deniedSince(reading, sinceUs) : hoursSince.denials,
    cost: costOf(reading, hoursSince), costBefore: costOf(reading, hoursBefore),
  };
}
