/** What groups of failures cost, which tasks they hit, and as what version those ran. */
import type { Cost } from '../../../../shared/domain.ts';
import type { FailureGroup } from '../../../../shared/failures.ts';
import { OUTCOME, US_HOUR } from '../codes.ts';
import { hitColumns } from '../failure-hits.ts';
import type { Bins } from './failure-bins.ts';
import type { Reading } from './reading.ts';
import { toldTwice } from './told-twice.ts';

interface Line { readonly failure: number; readonly outcome: number; readonly version: number; readonly currency: number; readonly tasks: number; readonly own: number; readonly lost: number; readonly computed: number; readonly unpriced: number }

export interface Hit { readonly tasks: FailureGroup['tasks']; readonly versions: string[]; readonly cost: Cost }

const mostVersions = 20;

/** Each task once, at its last time in the period: of a short one by looking at each, of a long one by sums of whole days. */
export function hitsOf(reading: Reading, bins: Bins, ids: readonly number[]): Map<number, Hit> {
  const twice = JSON.stringify(toldTwice(reading, [Math.floor(bins.fromUs / US_HOUR), Math.floor((bins.toUs - 1) / US_HOUR)]));
  const byFailure = Map.groupBy(linesOf(reading, bins, JSON.stringify(ids), twice), (line) => line.failure);
  return new Map(ids.map((id) => [id, hitOf(reading, byFailure.get(id) ?? [])]));
}

function linesOf(reading: Reading, { fromUs, toUs, days }: Bins, ids: string, twice: string): Line[] {
  const sums = 'sum(own) AS own, sum(lost) AS lost, sum(computed) AS computed, sum(unpriced) AS unpriced';
  if (days === null) {
    return reading.sql<(number | string)[], Line>(`SELECT failure, outcome, version, currency, count(*) AS tasks, ${sums} FROM (SELECT h.failure, ${hitColumns} FROM json_each(?) j CROSS JOIN failure_task h ON h.failure = j.value AND h.last_us >= ? AND h.last_us < ?
      LEFT JOIN task_cost c ON c.task = h.task AND c.main = 1 WHERE h.agent NOT IN (SELECT value FROM json_each(?))) GROUP BY failure, outcome, version, currency`).all(ids, fromUs, toUs, twice);
  }
  return reading.sql<(number | string)[], Line>(`SELECT h.failure, h.outcome, h.version, h.currency, sum(h.tasks) AS tasks, ${sums} FROM json_each(?) j CROSS JOIN failure_hit h ON h.failure = j.value AND h.day BETWEEN ? AND ?
    WHERE h.agent NOT IN (SELECT value FROM json_each(?)) GROUP BY h.failure, h.outcome, h.version, h.currency`).all(ids, days.from, days.to, twice);
}

function hitOf(reading: Reading, lines: readonly Line[]): Hit {
  const tasks = { failed: 0, finishedAfter: 0, other: 0 };
  for (const line of lines) {
    if (line.outcome === OUTCOME.failed) tasks.failed += line.tasks;
    else if (line.outcome === OUTCOME.completed) tasks.finishedAfter += line.tasks;
    else tasks.other += line.tasks;
  }
  const versions = [...new Set(lines.map((line) => line.version).filter((version) => version !== 0))].map((version) => reading.texts.of(version)).toSorted();
  return { tasks, versions: versions.slice(0, mostVersions), cost: costOfLines(reading, lines) };
}

/** In the currency that most of it is in. */
function costOfLines(reading: Reading, lines: readonly Line[]): Cost {
  const sums = new Map<number, number>();
  for (const line of lines) if (line.currency !== 0) sums.set(line.currency, (sums.get(line.currency) ?? 0) + line.own + line.lost);
  const [main] = [...sums].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]);
  const unpriced = lines.reduce((sum, line) => sum + line.unpriced, 0);
  const computed = lines.some((line) => line.currency === main?.[0] && line.computed > 0);
  return {
    amountMicros: main === undefined ? (unpriced > 0 ? null : 0) : main[1], currency: (main === undefined ? '' : reading.texts.of(main[0])) || 'USD',
    provenance: unpriced > 0 ? 'unpriced' : main === undefined || computed ? 'computed' : 'reported', unpriced,
  };
}
