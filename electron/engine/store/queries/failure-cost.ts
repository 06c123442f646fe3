/** What groups of failures cost, which tasks they hit, and as what version those ran. */
import type { Cost } from '../../../../shared/domain.ts';
import type { FailureGroup } from '../../../../shared/failures.ts';
import { OUTCOME } from '../codes.ts';
import type { Bins } from './failure-bins.ts';
import type { Reading } from './reading.ts';
import { toldTwice } from './told-twice.ts';

interface Line { readonly failure: number; readonly outcome: number | null; readonly version: number | null; readonly currency: number; readonly tasks: number; readonly own: number; readonly lost: number; readonly computed: number; readonly unpriced: number }

export interface Hit { readonly tasks: FailureGroup['tasks']; readonly versions: string[]; readonly cost: Cost }

const mostVersions = 20;

/** Own: of its calls that failed. Lost: the rest of tasks that failed with it as their last failure. Each task once, at its last time in the period. */
export function hitsOf(reading: Reading, { fromUs, toUs }: Bins, ids: readonly number[]): Map<number, Hit> {
  const twice = JSON.stringify(toldTwice(reading, [Math.floor(fromUs / 3_600_000_000), Math.floor((toUs - 1) / 3_600_000_000)]));
  const lines = reading.sql<(number | string)[], Line>(`SELECT ft.failure, tc.outcome, tc.version, ft.currency, count(*) AS tasks, sum(ft.micros) AS own, sum(CASE WHEN ft.is_last = 1 AND tc.outcome = ${OUTCOME.failed} THEN max(0, tc.micros - ft.micros) ELSE 0 END) AS lost,
    coalesce(sum(tc.only_computed > 0), 0) AS computed, coalesce(sum(tc.unpriced > 0), 0) AS unpriced FROM json_each(?) j CROSS JOIN failure_task ft ON ft.failure = j.value AND ft.last_us >= ? AND ft.last_us < ? LEFT JOIN task_cost tc ON tc.task = ft.task AND tc.currency = ft.currency
    WHERE ft.agent NOT IN (SELECT value FROM json_each(?)) GROUP BY ft.failure, tc.outcome, tc.version, ft.currency`).all(JSON.stringify(ids), fromUs, toUs, twice);
  const byFailure = Map.groupBy(lines, (line) => line.failure);
  return new Map(ids.map((id) => [id, hitOf(reading, byFailure.get(id) ?? [])]));
}

function hitOf(reading: Reading, lines: readonly Line[]): Hit {
  const tasks = { failed: 0, finishedAfter: 0, other: 0 };
  for (const line of lines) {
    if (line.outcome === OUTCOME.failed) tasks.failed += line.tasks;
    else if (line.outcome === OUTCOME.completed) tasks.finishedAfter += line.tasks;
    else tasks.other += line.tasks;
  }
  const versions = [...new Set(lines.map((line) => line.version ?? 0).filter((version) => version !== 0))].map((version) => reading.texts.of(version)).toSorted();
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
