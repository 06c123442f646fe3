/** The top of the Cost screen: money day by day by how it is known, what a finished task costs, the month and what it comes to. */
import type { ParsedParams } from '../../../../shared/contract.ts';
import type { CostDay, CostSummary } from '../../../../shared/cost.ts';
import { US_DAY } from '../codes.ts';
import { monthForecast } from '../../cost/forecast.ts';
import { bookFacts } from './cost-book.ts';
import { cellsOf, currenciesOf, daysOf, dayText, moneyOf, payingAgents, payingParams, spentOf, type Cell, type Days, type Spent } from './cost-days.ts';
import { EstimateError } from './cost-error.ts';
import { daysBefore } from './cost-rows.ts';
import { TaskSum, taskSums, type TaskLine } from './cost-tasks.ts';
import { inOneView } from './one-view.ts';
import { iso, type Reading } from './reading.ts';
import { Sight } from './span-of-time.ts';

const mostDays = 400;
/** Days of the 14 with a figure, for a median to mean anything. */
const leastForMedian = 5;
const forecastDays = 56;

const shownOf = (cell: Cell): number => cell.billed ?? cell.reported + cell.onlyComputed;
const within = ({ from, to }: Days) => ({ day }: { readonly day: number }): boolean => day >= from && day <= to;

/** Calendar month (UTC) of a day: its first day and the first of the next. */
function monthOf(day: number): { readonly from: number; readonly next: number } {
  const at = new Date(day * 86_400_000);
  return { from: Date.UTC(at.getUTCFullYear(), at.getUTCMonth()) / 86_400_000, next: Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1) / 86_400_000 };
}

export const costSummary = (reading: Reading, params: ParsedParams<'cost.summary'>, nowUs: number): CostSummary => inOneView(reading, () => summaryOf(reading, params, nowUs));

function summaryOf(reading: Reading, { period }: ParsedParams<'cost.summary'>, nowUs: number): CostSummary {
  const days = daysOf(period, nowUs);
  const today = Math.floor(nowUs / US_DAY);
  const month = monthOf(today);
  const far: Days = { from: Math.min(days.from, month.from, today - forecastDays), to: Math.max(days.to, today) };
  const spent = spentOf(reading, far);
  const inPeriod: Spent = { lines: spent.lines.filter(within(days)), billed: new Map([...spent.billed].filter(([, one]) => within(days)(one))) };
  const [main, ...others] = currenciesOf(reading, inPeriod);
  const currency = main?.currency ?? 'USD';
  const all = cellsOf(reading, spent, currency);
  const cells = all.filter(within(days));
  return {
    currency, others: others.map((one) => moneyOf(cellsOf(reading, inPeriod, one.currency), one.currency).shown).map((shown) => ({ ...shown, unpriced: 0, provenance: shown.provenance === 'unpriced' ? 'computed' as const : shown.provenance })),
    money: moneyOf(cells, currency), ...tasksOf(reading, days, currency, nowUs), days: daysOfCells(reading, cells, days, currency, nowUs),
    month: monthly(all, month, today, currency), book: bookFacts(reading), newestBill: newestBill(reading), agreement: agreementOf(cells), age: iso(nowUs),
  };
}

interface DayLine extends TaskLine { readonly day: number }

function tasksOf(reading: Reading, days: Days, currency: string, nowUs: number): Pick<CostSummary, 'spent' | 'finished' | 'perTaskMicros' | 'lowMicros' | 'highMicros' | 'medianPerTaskMicros'> {
  const from = days.from - daysBefore;
  const lines = reading.sql<(number | string)[], DayLine>(`SELECT s.day, s.model, s.outcome, s.currency, ${taskSums} FROM ${payingAgents} a CROSS JOIN task_day s ON s.agent = a.id AND s.day BETWEEN ? AND ? GROUP BY s.day, s.model, s.outcome, s.currency`)
    .all(...payingParams(reading, { from, to: days.to }), from, days.to);
  const sum = new TaskSum();
  const byDay = new Map<number, TaskSum>();
  let id = 0;
  for (const line of lines) {
    if (line.currency !== 0 && reading.texts.of(line.currency) === currency) id = line.currency;
    if (line.day >= days.from) { sum.add(line); continue; }
    let day = byDay.get(line.day);
    if (day === undefined) byDay.set(line.day, day = new TaskSum());
    day.add(line);
  }
  const before = [...byDay.values()].map((day) => day.perTask(id, null).perTaskMicros).filter((one) => one !== null).toSorted((a, b) => a - b);
  return { spent: sum.spent(id), finished: sum.finished, ...sum.perTask(id, new EstimateError(reading, nowUs)), medianPerTaskMicros: before.length < leastForMedian ? null : median(before) };
}

function median(values: readonly number[]): number {
  const at = values.length >> 1;
  const high = values[at] ?? 0;
  return values.length % 2 === 1 ? high : Math.round(((values[at - 1] ?? 0) + high) / 2);
}

/** From the first day on which anything is known. */
function daysOfCells(reading: Reading, cells: readonly Cell[], days: Days, currency: string, nowUs: number): CostDay[] {
  const byDay = Map.groupBy(cells, (cell) => cell.day);
  const first = Math.max(days.from, days.to - mostDays + 1, cells.length === 0 || days.to - days.from < 62 ? days.from : Math.min(...byDay.keys()));
  const sight = new Sight(reading, { fromUs: first * US_DAY, toUs: (days.to + 1) * US_DAY }, nowUs);
  return Array.from({ length: days.to - first + 1 }, (_, at) => {
    const day = first + at;
    const seen = day * US_DAY >= nowUs ? null : sight.overall({ fromUs: day * US_DAY, toUs: Math.min((day + 1) * US_DAY, nowUs) });
    return { day: dayText(day), ...moneyOf(byDay.get(day) ?? [], currency), seen };
  });
}

function monthly(all: readonly Cell[], month: { readonly from: number; readonly next: number }, today: number, currency: string): CostSummary['month'] {
  const spent = new Map<number, number>();
  for (const cell of all) if (cell.day <= today) spent.set(cell.day, (spent.get(cell.day) ?? 0) + shownOf(cell));
  const { shown } = moneyOf(all.filter(within({ from: month.from, to: today })), currency);
  const forecast = spent.size === 0 ? null : monthForecast({ monthFrom: month.from, monthTo: month.next, today, firstDay: Math.min(...spent.keys()), spent });
  return { cost: shown, forecastMicros: forecast?.micros ?? null, lowMicros: forecast?.lowMicros ?? null, highMicros: forecast?.highMicros ?? null };
}

function newestBill(reading: Reading): CostSummary['newestBill'] {
  const row = reading.sql<[], { day: number; connection: string | null }>('SELECT d.day, c.name AS connection FROM bill_day d LEFT JOIN connection c ON c.id = d.connection ORDER BY d.day DESC LIMIT 1').get();
  return row === undefined ? null : { day: dayText(row.day), connection: row.connection ?? 'removed' };
}

/** The day on which ours and the bill are furthest apart, of those where both are known. */
function agreementOf(cells: readonly Cell[]): CostSummary['agreement'] {
  const both = Map.groupBy(cells.filter((cell) => cell.billed !== null && cell.reportedN + cell.computedN > 0), (cell) => cell.day);
  const apart = [...both.values()].flatMap((day) => {
    const billed = day.reduce((sum, cell) => sum + (cell.billed ?? 0), 0);
    return billed === 0 ? [] : [Math.abs(day.reduce((sum, cell) => sum + cell.reported + cell.onlyComputed, 0) - billed) / Math.abs(billed)];
  });
  return apart.length === 0 ? null : { days: apart.length, within: Math.max(...apart) };
}
