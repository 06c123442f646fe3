/** What a draft would have done: the periods of the last 90 days that are over, or the tasks that began in them. */
import type { BudgetDraft, BudgetPreview } from '../../../../shared/budgets.ts';
import { periodAt } from '../../budgets/budget-period.ts';
import { US_DAY, US_HOUR } from '../codes.ts';
import { currencyIds } from './budget-scope.ts';
import { spentByBin } from './budget-sums.ts';
import { newestTasks } from './newest-tasks.ts';
import type { Reading } from './reading.ts';

const previewDays = 90;

type Past = Pick<BudgetPreview, 'periods' | 'overSoft' | 'overHard' | 'dearestMicros' | 'medianMicros'>;

/** Periods and tasks in which nothing was spent are none: every hour of a quiet night would make the median nothing. */
export function pastOf(reading: Reading, heads: readonly number[] | null, draft: BudgetDraft, nowUs: number): Past {
  const spent = (draft.per === 'task' ? taskSums(reading, heads, draft, nowUs) : periodSums(reading, heads, draft, nowUs)).filter((one) => one > 0).toSorted((a, b) => a - b);
  const over = (limit: number | null): number => (limit === null ? 0 : spent.filter((one) => one >= limit).length);
  const middle = spent.length >> 1;
  return {
    periods: spent.length, overSoft: over(draft.softMicros), overHard: over(draft.hardMicros), dearestMicros: spent.at(-1) ?? 0,
    medianMicros: spent.length === 0 ? null : spent.length % 2 === 1 ? spent[middle] ?? 0 : Math.round(((spent[middle - 1] ?? 0) + (spent[middle] ?? 0)) / 2),
  };
}

function periodSums(reading: Reading, heads: readonly number[] | null, { per, currency }: BudgetDraft, nowUs: number): number[] {
  const toUs = periodAt(per, nowUs).fromUs;
  const { fromUs } = periodAt(per, nowUs - previewDays * US_DAY);
  const binUs = per === 'hour' ? US_HOUR : US_DAY;
  const sums = new Map<number, number>();
  // By hour: a stretch that begins at midnight would be read by day.
  const stretch = per === 'hour' && fromUs % US_DAY === 0 && toUs % US_DAY === 0 ? { fromUs: fromUs - US_HOUR, toUs } : { fromUs, toUs };
  if (stretch.toUs <= stretch.fromUs) return [];
  for (const [bin, micros] of spentByBin(reading, heads, stretch, currency)) {
    const period = periodAt(per, bin * binUs).fromUs;
    sums.set(period, (sums.get(period) ?? 0) + micros);
  }
  return [...sums.values()];
}

function taskSums(reading: Reading, heads: readonly number[] | null, { currency }: BudgetDraft, nowUs: number): number[] {
  const currencies = currencyIds(reading, currency);
  if (currencies.length === 0) return [];
  const tasks = newestTasks(reading, heads, nowUs - previewDays * US_DAY);
  // Added up here: a task has several lines, if any, and grouping them in the file sorts thousands for it. The plus: one look at a task, not one for each currency.
  const rows = reading.sql<(number | string)[], [number, number]>(`SELECT c.task, c.micros FROM json_each(?) n CROSS JOIN task_cost c ON c.task = n.value AND +c.currency IN (${currencies.map(() => '?').join(', ')}) AND c.micros <> 0`).raw()
    .all(JSON.stringify(tasks), ...currencies);
  const sums = new Map<number, number>();
  for (const [task, micros] of rows) sums.set(task, (sums.get(task) ?? 0) + micros);
  return [...sums.values()];
}
