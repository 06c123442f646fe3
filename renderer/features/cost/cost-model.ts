/** What the Cost screen shows and asks for, apart from drawing. Pure. Sums stay in whole micro-units; shares are only for bars and words. */
import type { CostDay, CostGroup, CostRow, CostSummary, MoneyBySide } from '../../../shared/cost.ts';
import type { Params } from '../../../shared/contract.ts';
import { formatMoney, formatPercent, plural } from '../../ui/format.ts';

// Written out here: importing the contract's values would bring all its checks into the page.
export const groups: readonly CostGroup[] = ['agent', 'owner', 'model', 'kind', 'version', 'connection'];
export const groupWords: Record<CostGroup, { by: string; one: string; many: string }> = {
  agent: { by: 'By agent', one: 'Agent', many: 'agents' },
  owner: { by: 'By owner', one: 'Owner', many: 'owners' },
  model: { by: 'By model', one: 'Model', many: 'models' },
  kind: { by: 'By task kind', one: 'Task kind', many: 'task kinds' },
  version: { by: 'By version', one: 'Version', many: 'versions' },
  connection: { by: 'By connection', one: 'Connection', many: 'connections' },
};
/** A row that has no name says why; it is never left out, or the rows would not add up. */
const unnamed: Record<CostGroup, string> = { agent: 'unknown agent', owner: 'no owner', model: 'no model named', kind: 'no kind named', version: 'no version told', connection: 'unknown connection' };
export const rowName = (row: Pick<CostRow, 'name'>, by: CostGroup): string => (row.name.trim() === '' ? unnamed[by] : row.name);

export const costTabs = ['spend', 'budgets', 'prices', 'reconciliation'] as const;
export type CostTab = (typeof costTabs)[number];

export type CostSort = NonNullable<Params<'cost.rows'>['sort']>;
export const sorts: readonly CostSort[] = ['name', 'finished', 'failed', 'spend', 'perTask', 'wasted', 'change'];
export const sortWords: Record<CostSort, string> = { name: 'name', finished: 'finished', failed: 'failed', spend: 'spend', perTask: 'cost per task', wasted: 'wasted', change: 'change' };
/** Names read from A; figures from the largest. */
export const firstDown = (sort: CostSort): boolean => sort !== 'name';
/** The next column that can be sorted by, for the keyboard. */
export const nextSort = (sort: CostSort): CostSort => sorts[(sorts.indexOf(sort) + 1) % sorts.length] ?? 'spend';

const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** `November 16,312 USD so far, forecast 28,100 (26,000 to 31,000)`. Unknown parts make it "at least". */
export function headerLine(summary: Pick<CostSummary, 'month' | 'age'>, nothingSeen = false): string {
  const { cost, forecastMicros, lowMicros, highMicros } = summary.month;
  const month = monthNames[new Date(summary.age).getUTCMonth()] ?? '';
  // Of a history in which nothing was ever seen, 0.00 would be said of agents that nobody watched.
  if (nothingSeen) return 'nothing was seen yet, so nothing can be said';
  if (cost.amountMicros === null) return cost.unpriced > 0 ? `${month}: ${plural(cost.unpriced, 'activity', 'activities')} without a price` : `${month}: nothing was spent that we know of`;
  const soFar = `${month} ${cost.unpriced > 0 ? 'at least ' : ''}${formatMoney(cost.amountMicros)} ${cost.currency} so far`;
  if (forecastMicros === null) return `${soFar}; too little to forecast`;
  const range = lowMicros === null || highMicros === null ? '' : ` (${formatMoney(lowMicros)} to ${formatMoney(highMicros)})`;
  return `${soFar}, forecast ${formatMoney(forecastMicros)}${range}`;
}

export interface DayBar {
  day: string;
  billed: number; reported: number; computed: number;
  /** best figure of the day; null: nothing of it is known. */
  shown: number | null;
  unpriced: number;
  /** share of connection time seen; null: nothing was connected. */
  seen: number | null;
  low: number | null; high: number | null;
}

/** Less than this part of a day seen: its column is hatched above what is known. */
export const seenEnough = 0.995;

/** Days that rest on computed money may be off by its error. Where work has no price, the true sum is higher by an unknown part: no bar says how much. */
export function dayBar(day: CostDay, errorShare: number): DayBar {
  const shown = day.shown.amountMicros;
  const off = Math.round(day.shownComputedMicros * errorShare);
  const estimated = shown !== null && off > 0;
  return {
    day: day.day, billed: day.shownBilledMicros, reported: day.shownReportedMicros, computed: day.shownComputedMicros,
    shown, unpriced: day.unpriced, seen: day.seen, low: estimated ? shown - off : null, high: estimated ? shown + off : null,
  };
}

/** How far computed money may be off, as the engine's own range says: half its width over what is computed of ended work. Null: it gives none. */
export function errorShareOf(summary: Pick<CostSummary, 'perTaskMicros' | 'lowMicros' | 'highMicros' | 'finished' | 'money'>): number | null {
  const { perTaskMicros, lowMicros, finished, money } = summary;
  if (perTaskMicros === null || lowMicros === null || money.shownComputedMicros <= 0) return null;
  return Math.min(1, ((perTaskMicros - lowMicros) * finished) / money.shownComputedMicros);
}

export interface Shares { billed: number; reported: number; computed: number }
/** How the shown money is known, as shares of it; null: no money is known, so nothing can be said. */
export function knownShares(money: MoneyBySide): Shares | null {
  const sum = money.shownBilledMicros + money.shownReportedMicros + money.shownComputedMicros;
  if (sum <= 0) return null;
  return { billed: money.shownBilledMicros / sum, reported: money.shownReportedMicros / sum, computed: money.shownComputedMicros / sum };
}

export function knownWords(money: MoneyBySide): string {
  const shares = knownShares(money);
  const unpriced = money.unpriced > 0 ? [`${plural(money.unpriced, 'activity', 'activities')} without a price`] : [];
  if (shares === null) return [money.shown.amountMicros === null ? 'no amount is known' : 'nothing was spent', ...unpriced].join(', ');
  const parts = (['billed', 'reported', 'computed'] as const).filter((side) => shares[side] > 0).map((side) => `${formatPercent(shares[side])} ${side}`);
  return [...parts, ...unpriced].join(', ');
}

/** Rounded to a whole percent, with its sign: `+58 %`, `0 %`. */
export function signedPercent(share: number, digits = 0): string {
  const scaled = (Math.abs(share) * 100).toFixed(digits);
  const zero = Number(scaled) === 0;
  const sign = zero ? '' : share < 0 ? '\u2212' : '+';
  return `${sign}${scaled}\u2009%`;
}

export const wholePercent = (share: number): string => (share > 0 && share < 0.005 ? '< 1\u2009%' : `${Math.round(share * 100)}\u2009%`);

/** Colour asks for a person only where much is lost or much has changed. */
export const muchWasted = (share: number | null): boolean => share !== null && share >= 0.2;
export const muchChanged = (change: number | null): boolean => change !== null && change >= 0.2;

export type OutcomeId = 'finished' | 'retried' | 'failed' | 'afterStop' | 'open' | 'unknown';
export const outcomeWords: Record<OutcomeId, { label: string; says: string }> = {
  finished: { label: 'Finished work', says: 'Spent in tasks that finished, without the calls in them that failed' },
  retried: { label: 'Failed, then retried', says: 'Spent on calls that failed inside tasks that finished' },
  failed: { label: 'Failed, given up', says: 'All of tasks that failed or were cancelled' },
  afterStop: { label: 'After a stop command', says: 'Spent after a stop command was sent for the agent or task' },
  open: { label: 'Open, not known yet', says: 'Tasks that go on: not in the cost per finished task' },
  unknown: { label: 'End not known', says: 'Nothing says how these tasks ended: not in the cost per finished task' },
};
const wasteIds: ReadonlySet<OutcomeId> = new Set(['retried', 'failed', 'afterStop']);

export interface OutcomeLine { id: OutcomeId; micros: number; share: number; waste: boolean }
/** In a fixed order, so that the eye finds each again; widths against the largest. */
export function outcomeLines(spent: CostSummary['spent']): OutcomeLine[] {
  const micros: Record<OutcomeId, number> = { finished: spent.finishedMicros, retried: spent.retriedMicros, failed: spent.failedMicros, afterStop: spent.afterStopMicros, open: spent.openMicros, unknown: spent.unknownMicros };
  const ids: readonly OutcomeId[] = ['finished', 'retried', 'failed', 'afterStop', 'open', 'unknown'];
  const most = Math.max(1, ...ids.map((id) => micros[id]));
  return ids.map((id) => ({ id, micros: micros[id], share: micros[id] / most, waste: wasteIds.has(id) }));
}

/** A round upper end for the error bars of a list, in micro-units: 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten. */
export function barScale(rows: readonly Pick<CostRow, 'perTaskMicros' | 'highMicros'>[]): number {
  const most = Math.max(0, ...rows.map((row) => Math.max(row.perTaskMicros ?? 0, row.highMicros ?? 0)));
  if (most <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((one) => one * power >= most) ?? 10;
  return Math.round(step * power);
}

export const noFigureWords = (row: Pick<CostRow, 'perTaskMicros' | 'finished' | 'money'>): string => (
  row.perTaskMicros !== null ? '' : row.money.shown.amountMicros === null ? (row.money.unpriced > 0 ? 'no figure: no price known' : 'no figure: nothing was spent') : row.finished === 0 ? 'no figure: none finished' : 'no figure'
);

/** `0.23 to 0.28`; an upper end that nobody can name is "or more". */
export function rangeWords(row: Pick<CostRow, 'perTaskMicros' | 'lowMicros' | 'highMicros'>): string {
  if (row.perTaskMicros === null || row.lowMicros === null) return '';
  if (row.highMicros === null) return `${formatMoney(row.lowMicros)} or more`;
  return row.lowMicros === row.highMicros ? 'no estimate in it' : `${formatMoney(row.lowMicros)} to ${formatMoney(row.highMicros)}`;
}

/** The figures of a row as text to paste elsewhere: a head and a line, tab-separated, amounts as plain decimals. */
export function rowAsText(row: CostRow, by: CostGroup): string {
  const plain = (micros: number | null): string => (micros === null ? '' : decimalOf(micros));
  const cells: readonly (readonly [string, string])[] = [
    [groupWords[by].one, rowName(row, by)], ['Finished', String(row.finished)], ['Failed', String(row.failed)], ['Open', String(row.open)], ['End not known', String(row.unknown)],
    [`Spend ${row.money.shown.currency}`, plain(row.money.shown.amountMicros)], ['Activities without a price', String(row.money.unpriced)],
    ['Per finished task', plain(row.perTaskMicros)], ['Low', plain(row.lowMicros)], ['High', plain(row.highMicros)],
    ['Wasted', row.wasted === null ? '' : row.wasted.toFixed(4)], ['Change to 14 d before', row.change === null ? '' : row.change.toFixed(4)], ['Against bill', row.againstBill === null ? '' : row.againstBill.toFixed(4)],
  ];
  // A name that an agent chose must not break the line or become a formula where it is pasted.
  const safe = (text: string): string => text.replace(/[\t\r\n]+/g, ' ').replace(/^(?=[=+@])/, "'");
  return `${cells.map(([head]) => head).join('\t')}\n${cells.map(([, cell]) => safe(cell)).join('\t')}`;
}

/** Exact: six digits after the point, trailing zeros beyond two taken off. */
export function decimalOf(micros: number): string {
  const size = Math.abs(micros);
  const whole = Math.floor(size / 1_000_000);
  const rest = String(size % 1_000_000).padStart(6, '0').replace(/0{1,4}$/, '');
  return `${micros < 0 ? '-' : ''}${whole}.${rest}`;
}

/** `17 Nov` of a UTC day. */
export function dayWords(day: string): string {
  const [, month = '1', date = '1'] = day.split('-');
  return `${Number(date)} ${(monthNames[Number(month) - 1] ?? '').slice(0, 3)}`;
}
export const dayAndYear = (day: string): string => `${dayWords(day)} ${day.slice(0, 4)}`;

/** Tells between what days a summary's chart speaks, and how much of it nobody saw. */
export function chartSummary(days: readonly DayBar[], currency: string): string {
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return 'No day is shown.';
  const total = days.reduce((sum, day) => sum + (day.shown ?? 0), 0);
  const blind = days.filter((day) => day.seen !== null && day.seen < seenEnough).length;
  const unpriced = days.reduce((sum, day) => sum + day.unpriced, 0);
  const atLeast = blind > 0 || unpriced > 0 ? 'at least ' : '';
  return `${dayWords(first.day)} to ${dayWords(last.day)}: ${atLeast}${formatMoney(total)} ${currency}.${blind > 0 ? ` ${plural(blind, 'day')} not wholly seen.` : ''}${unpriced > 0 ? ` ${plural(unpriced, 'activity', 'activities')} without a price.` : ''}`;
}

/** As many decimals for every tick as the finest needs: `0, 5, 10`, or `0.00, 0.25, 0.50`. */
export function axisDecimals(ticks: readonly number[]): number {
  return [0, 2, 4].find((places) => ticks.every((tick) => tick % 10 ** (6 - places) === 0)) ?? 6;
}

interface TrendDay { day: string; micros: number; finished: number; perTaskMicros: number | null }
const dayMs = 86_400_000;
/** Days without a task stand there too, so that a gap is as wide as it was. */
export function everyDay(days: readonly TrendDay[]): TrendDay[] {
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return [];
  const known = new Map(days.map((day) => [day.day, day]));
  const from = Date.parse(first.day);
  return Array.from({ length: Math.min(400, Math.round((Date.parse(last.day) - from) / dayMs) + 1) }, (_unused, index) => {
    const day = new Date(from + index * dayMs).toISOString().slice(0, 10);
    return known.get(day) ?? { day, micros: 0, finished: 0, perTaskMicros: null };
  });
}

/** By how much the days differ from the tasks that began in them: a bill names no task, and older tasks still spent. That stands in no outcome. Null: by nothing. */
export function besideTasks(summary: Pick<CostSummary, 'money' | 'spent'>): number | null {
  const known = summary.money.shown.amountMicros;
  if (known === null) return null;
  const rest = known - outcomeLines(summary.spent).reduce((sum, line) => sum + line.micros, 0);
  return rest === 0 ? null : rest;
}
