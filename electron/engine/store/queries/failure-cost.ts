/** What groups of failures cost, which tasks they hit, and as what version those ran. */
import type { Cost } from '../../../../shared/domain.ts';
import type { FailureGroup } from '../../../../shared/failures.ts';
import { OUTCOME, US_HOUR } from '../codes.ts';
import { hitColumns } from '../failure-hits.ts';
import type { Bins } from './failure-bins.ts';
import type { Reading } from './reading.ts';
import { toldTwice } from './told-twice.ts';

interface Line {
  readonly failure: number; readonly tasks: number; readonly failed: number; readonly finished: number; readonly micros: number; readonly computed: number; readonly unpriced: number;
  /** string ids, with commas between. */
  readonly versions: string; readonly currencies: string;
}

export interface Hit { readonly tasks: FailureGroup['tasks']; readonly versions: string[]; readonly cost: Cost }

const mostVersions = 20;

/** Each task once, at its last time in the period: of a short one by looking at each, of a long one by sums of whole days. */
export function hitsOf(reading: Reading, bins: Bins, ids: readonly number[]): Map<number, Hit> {
  const twice = JSON.stringify(toldTwice(reading, [Math.floor(bins.fromUs / US_HOUR), Math.floor((bins.toUs - 1) / US_HOUR)]));
  return new Map(linesOf(reading, bins, JSON.stringify(ids), twice).map((line) => [line.failure, hitOf(reading, bins, line, twice)]));
}

/** One line a group, so that nothing needs sorting. */
const sums = `sum(tasks) AS tasks, sum(CASE outcome WHEN ${OUTCOME.failed} THEN tasks ELSE 0 END) AS failed, sum(CASE outcome WHEN ${OUTCOME.completed} THEN tasks ELSE 0 END) AS finished, sum(own + lost) AS micros,
  sum(computed) AS computed, sum(unpriced) AS unpriced, group_concat(DISTINCT version) AS versions, group_concat(DISTINCT currency) AS currencies`;
const ofAgents = (twice: string): string => (twice === '[]' ? '' : 'AND h.agent NOT IN (SELECT value FROM json_each(?))');

function linesOf(reading: Reading, { fromUs, toUs, days }: Bins, ids: string, twice: string, currency: number | null = null): Line[] {
  const more = [...(twice === '[]' ? [] : [twice]), ...(currency === null ? [] : [currency])];
  const only = `${ofAgents(twice)} ${currency === null ? '' : 'AND h.currency = ?'}`;
  if (days === null) {
    return reading.sql<(number | string)[], Line>(`SELECT failure, ${sums} FROM (SELECT h.failure, 1 AS tasks, ${hitColumns} FROM json_each(?) j CROSS JOIN failure_task h ON h.failure = j.value AND h.last_us >= ? AND h.last_us < ? ${only}
      LEFT JOIN task_cost c ON c.task = h.task AND c.main = 1) GROUP BY failure`).all(ids, fromUs, toUs, ...more);
  }
  return reading.sql<(number | string)[], Line>(`SELECT f.id AS failure, ${sums} FROM failure f CROSS JOIN failure_hit h ON h.failure = f.id AND h.day BETWEEN ? AND ? ${only} WHERE f.id IN (SELECT value FROM json_each(?)) GROUP BY f.id`).all(days.from, days.to, ...more, ids);
}

const idsIn = (text: string): number[] => text.split(',').map(Number).filter((id) => id !== 0);

function hitOf(reading: Reading, bins: Bins, line: Line, twice: string): Hit {
  const versions = idsIn(line.versions).map((version) => reading.texts.of(version)).toSorted();
  const currencies = idsIn(line.currencies);
  // Of several currencies the one that most of it is in; the others are never added to it.
  const money = currencies.length < 2 ? [{ currency: currencies[0] ?? 0, line }] : currencies.flatMap((currency) => linesOf(reading, bins, JSON.stringify([line.failure]), twice, currency).map((one) => ({ currency, line: one })));
  const [main] = money.toSorted((a, b) => b.line.micros - a.line.micros || a.currency - b.currency);
  const { currency = 0, line: { micros, computed } = line } = main ?? {};
  return {
    tasks: { failed: line.failed, finishedAfter: line.finished, other: line.tasks - line.failed - line.finished }, versions: versions.slice(0, mostVersions),
    cost: {
      amountMicros: currency === 0 ? (line.unpriced > 0 ? null : 0) : micros, currency: reading.texts.of(currency) || 'USD',
      provenance: line.unpriced > 0 ? 'unpriced' : currency === 0 || computed > 0 ? 'computed' : 'reported', unpriced: line.unpriced,
    },
  };
}
