/** How a budget stands, in figures for its bar and in words. Pure. Sums stay in whole micro-units; shares are only for bars. */
import type { Budget, BudgetEvent, BudgetPeriod, BudgetStanding } from '../../../shared/budgets.ts';
import type { CostDay, CostSummary } from '../../../shared/cost.ts';
import { inertString } from '../../ui/agent-text.ts';
import { formatDuration, formatMoney, plural } from '../../ui/format.ts';
import type { State } from '../../ui/state-shapes.tsx';

// Written out here: importing the contract's values would bring all its checks into the page.
export const periods: readonly BudgetPeriod[] = ['task', 'hour', 'day', 'week', 'month'];
export const periodWords: Record<BudgetPeriod, { per: string; one: string; many: string; now: string }> = {
  task: { per: 'one task', one: 'task', many: 'tasks', now: 'dearest task of 24 h' },
  hour: { per: 'an hour', one: 'hour', many: 'hours', now: 'this hour' },
  day: { per: 'a day', one: 'day', many: 'days', now: 'today' },
  week: { per: 'a week', one: 'week', many: 'weeks', now: 'this week' },
  month: { per: 'a month', one: 'month', many: 'months', now: 'this month' },
};

type Limits = Pick<Budget, 'softMicros' | 'hardMicros'>;
type Standing = Pick<Budget, 'softMicros' | 'hardMicros' | 'forecast'> & { standing: Pick<BudgetStanding, 'state' | 'spentMicros' | 'forecastMicros'> };

/** Worst first. `forecast`: within its limits, and expected to end above one. */
export const looks = ['hard', 'soft', 'forecast', 'within'] as const;
export type Look = (typeof looks)[number];
/** Red is for stops and failures: a budget that is reached asks for a person and is drawn so. */
export const lookBadges: Record<Look, { state: State; word: string }> = {
  hard: { state: 'serious', word: 'Over the hard limit' },
  soft: { state: 'attention', word: 'Over the soft limit' },
  forecast: { state: 'forecast_over', word: 'Forecast to go over' },
  within: { state: 'completed', word: 'Within' },
};

/** What a forecast is held against. */
export const lastLimit = ({ softMicros, hardMicros }: Limits): number | null => hardMicros ?? softMicros;

export function lookOf({ standing, forecast, ...limits }: Standing): Look {
  if (standing.state !== 'within') return standing.state;
  const limit = lastLimit(limits);
  return forecast && limit !== null && standing.forecastMicros !== null && standing.forecastMicros > limit ? 'forecast' : 'within';
}

/** Larger is worse: the state first, then how near the spending is to the last limit. */
export function worseness(budget: Standing): number {
  const limit = lastLimit(budget);
  const share = limit === null ? 0 : budget.standing.spentMicros / limit;
  return (looks.length - looks.indexOf(lookOf(budget))) * 1_000 + Math.min(999, share * 10);
}

export const worstFirst = <T extends Standing>(budgets: readonly T[]): T[] => budgets.toSorted((a, b) => worseness(b) - worseness(a));

export interface BarGeometry {
  /** what was spent, without what is only computed; then the computed part. In percent of the whole bar. */
  known: number; computed: number;
  soft: number | null; hard: number | null;
  /** from the end of what was spent to what the period comes to; null: nothing is expected above it. */
  ghost: { from: number; width: number } | null;
}

/** The bar ends a little behind the largest of them, so that a limit at the very end is still seen. */
export function barOf(limits: Limits, standing: Pick<BudgetStanding, 'spentMicros' | 'computedMicros' | 'forecastMicros'>): BarGeometry {
  const spent = Math.max(0, standing.spentMicros);
  const computed = Math.min(spent, Math.max(0, standing.computedMicros));
  const most = Math.max(spent, limits.softMicros ?? 0, limits.hardMicros ?? 0, standing.forecastMicros ?? 0);
  const at = (micros: number): number => (most <= 0 ? 0 : (micros / most) * 96);
  const expected = standing.forecastMicros;
  return {
    known: at(spent - computed), computed: at(computed),
    soft: limits.softMicros === null ? null : at(limits.softMicros), hard: limits.hardMicros === null ? null : at(limits.hardMicros),
    ghost: expected === null || expected <= spent ? null : { from: at(spent), width: at(expected) - at(spent) },
  };
}

/** From a thousand on without the part behind the point: nobody reads it, and the line has little room. */
export const shortMoney = (micros: number): string => formatMoney(micros, Math.abs(micros) >= 1_000_000_000 ? 0 : undefined);

/** `20.00 soft, 40.00 hard`. */
export function limitWords({ softMicros, hardMicros }: Limits): string {
  return [softMicros === null ? null : `${formatMoney(softMicros)} soft`, hardMicros === null ? null : `${formatMoney(hardMicros)} hard`].filter((one) => one !== null).join(', ');
}

/** For a row, after what was spent: `of 20.00 / 40.00`, or the one limit with its name. */
export function ofLimits({ softMicros, hardMicros }: Limits): string {
  if (softMicros !== null && hardMicros !== null) return `of ${shortMoney(softMicros)} / ${shortMoney(hardMicros)}`;
  const one = hardMicros ?? softMicros;
  return one === null ? '' : `of ${shortMoney(one)} ${hardMicros === null ? 'soft' : 'hard'}`;
}

/** Hours are too short to be forecast, and tasks have no end that is known. */
export const canForecast = (per: BudgetPeriod): boolean => per !== 'task' && per !== 'hour';

/** The bar as a sentence. Work without a price counts nothing, so the sum is then "at least". */
export function standingWords(budget: Limits & Pick<Budget, 'currency' | 'per'>, standing: Pick<BudgetStanding, 'spentMicros' | 'unpriced' | 'forecastMicros'>): string {
  const spent = `${standing.unpriced > 0 ? 'at least ' : ''}${formatMoney(standing.spentMicros)} ${budget.currency} ${budget.per === 'task' ? 'in its dearest task of 24 h' : periodWords[budget.per].now}`;
  return `${spent}, limits ${limitWords(budget) || 'none'}${standing.forecastMicros === null ? '' : `, forecast ${formatMoney(standing.forecastMicros)}`}`;
}

/** A tag and an owner are their own names; what the engine calls their scope is a sentence. */
export const namedIn = (scope: Budget['scope'], scopeName: string): string => (scope.kind === 'tag' ? scope.tag : scope.kind === 'owner' ? scope.name : scopeName);

export const scopeKindWords = { agent: 'Agent', connection: 'Connection', owner: 'Owner', tag: 'Tag', everything: 'Everything' } as const;
/** Whose money; names come from runtimes and people, so they are cleaned. */
export function scopeWords({ scope, scopeName }: Pick<Budget, 'scope' | 'scopeName'>, most = 60): string {
  if (scope.kind === 'everything') return 'every agent';
  return `${scope.kind} ${inertString(namedIn(scope, scopeName), most)}`;
}

/** Short, for a row: what happens when the hard limit is reached. */
export function onHardWords({ hardMicros, onHard, stops }: Pick<Budget, 'hardMicros' | 'onHard' | 'stops'>): string {
  return hardMicros === null || onHard === 'tell' ? 'tells' : `stops the ${stops}`;
}

/** `over 13.20` above the last limit that was passed, `left 6.80` to the next one. */
export function roomWords({ softMicros, hardMicros }: Limits, spentMicros: number): string {
  const next = [softMicros, hardMicros].find((limit): limit is number => limit !== null && limit > spentMicros);
  if (next !== undefined) return `${formatMoney(next - spentMicros)} left to the ${next === hardMicros ? 'hard' : 'soft'} limit`;
  const last = lastLimit({ softMicros, hardMicros });
  return last === null ? '' : spentMicros === last ? `at the ${hardMicros === null ? 'soft' : 'hard'} limit` : `${formatMoney(spentMicros - last)} above the ${hardMicros === null ? 'soft' : 'hard'} limit`;
}

export const eventWords: Record<BudgetEvent['kind'], { state: State; word: string }> = {
  soft: { state: 'attention', word: 'Soft limit reached' }, hard: { state: 'serious', word: 'Hard limit reached' }, forecast: { state: 'forecast_over', word: 'Forecast to go over' },
};
/** What came of it, apart from what is told. */
export function outcomeOf(event: Pick<BudgetEvent, 'kind' | 'fired' | 'tookMs'>): string {
  if (!event.fired) return '';
  return event.tookMs === null ? 'A stop was ordered' : `A stop was ordered ${formatDuration(event.tookMs)} after the activity was kept`;
}

/** Typed filter: name and whose money. */
export function fits(budget: Pick<Budget, 'name' | 'scope' | 'scopeName' | 'changedBy'>, text: string): boolean {
  const hay = `${budget.name} ${scopeWords(budget, 200)} ${budget.changedBy}`.toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => hay.includes(word));
}

const monthNames = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

const everythingIn = (budgets: readonly Budget[], currency: string): Budget[] => budgets.filter((one) => one.scope.kind === 'everything' && one.currency === currency && lastLimit(one) !== null);
const tightest = (budgets: readonly Budget[]): Budget | undefined => budgets.toSorted((a, b) => (lastLimit(a) ?? 0) - (lastLimit(b) ?? 0))[0];

/** `November 16,312 of 26,000 USD, forecast 28,100`, by the tightest budget a month for everything; null: there is none. */
export function monthBudgetLine(budgets: readonly Budget[], summary: Pick<CostSummary, 'currency' | 'age'>): string | null {
  const budget = tightest(everythingIn(budgets, summary.currency).filter((one) => one.per === 'month'));
  const limit = budget === undefined ? null : lastLimit(budget);
  if (budget === undefined || limit === null) return null;
  const { spentMicros, forecastMicros, unpriced } = budget.standing;
  const month = monthNames[new Date(summary.age).getUTCMonth()] ?? '';
  return `${month} ${unpriced > 0 ? 'at least ' : ''}${shortMoney(spentMicros)} of ${shortMoney(limit)} ${budget.currency}${forecastMicros === null ? '; too little to forecast' : `, forecast ${shortMoney(forecastMicros)}`}`;
}

export interface CannotGroup { why: string; agents: { agentId: string; name: string }[] }
/** Many agents cannot be stopped for the same reason: it is said once. */
export function byReason(list: Budget['cannotStop']): CannotGroup[] {
  const groups = new Map<string, CannotGroup>();
  for (const { why, agentId, name } of list) {
    const group = groups.get(why) ?? { why, agents: [] };
    group.agents.push({ agentId, name });
    groups.set(why, group);
  }
  return [...groups.values()];
}

export interface DayBudget { micros: number; words: string }
/** What a day may cost, for the line in the chart: the budget a day for everything, else that of the month over its days. */
export function dayBudget(budgets: readonly Budget[], currency: string, today: string): DayBudget | null {
  const known = everythingIn(budgets, currency);
  const daily = tightest(known.filter((one) => one.per === 'day'));
  const byDay = daily === undefined ? null : lastLimit(daily);
  if (daily !== undefined && byDay !== null) return { micros: byDay, words: `${formatMoney(byDay)} a day, by the budget ${inertString(daily.name, 60)}` };
  const monthly = tightest(known.filter((one) => one.per === 'month'));
  const byMonth = monthly === undefined ? null : lastLimit(monthly);
  if (monthly === undefined || byMonth === null) return null;
  const [year = 0, month = 1] = today.split('-').map(Number);
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { micros: Math.round(byMonth / days), words: `${formatMoney(byMonth)} a month over ${plural(days, 'day')}, by the budget ${inertString(monthly.name, 60)}` };
}

export interface ForecastDay { day: string; micros: number; low: number | null; high: number | null }
const dayMs = 86_400_000;
const leastDays = 14;
const weekday = (day: string): number => new Date(`${day}T00:00:00.000Z`).getUTCDay();

/** What each weekday brought of late, from whole days on which something was connected; null: fewer than two weeks of them. */
export function usualWeekdays(days: readonly Pick<CostDay, 'day' | 'seen' | 'shown'>[], today: string): number[] | null {
  const first = days.findIndex((day) => day.seen !== null || (day.shown.amountMicros ?? 0) > 0);
  const whole = first < 0 ? [] : days.slice(first).filter((day) => day.day < today);
  if (whole.length < leastDays) return null;
  return Array.from({ length: 7 }, (_unused, at) => {
    const same = whole.filter((day) => weekday(day.day) === at);
    return same.reduce((sum, day) => sum + (day.shown.amountMicros ?? 0), 0) / Math.max(1, same.length);
  });
}

/**
 * The rest of the month's forecast, laid on the days still to come as their weekdays go; equal parts where too little is known for that. The rest
 * of today has its part too, but no bar: today is not over. Low and high are the month's own range, laid on in the same parts.
 */
export function forecastByDay(summary: Pick<CostSummary, 'age' | 'days' | 'month'>): { days: ForecastDay[]; byWeekday: boolean } | null {
  const { cost, forecastMicros, lowMicros, highMicros } = summary.month;
  if (forecastMicros === null || cost.amountMicros === null) return null;
  const soFar = cost.amountMicros;
  const today = summary.age.slice(0, 10);
  const [year = 0, month = 1, date = 1] = today.split('-').map(Number);
  const left = new Date(Date.UTC(year, month, 0)).getUTCDate() - date;
  if (left <= 0) return null;
  const usual = usualWeekdays(summary.days, today);
  const names = Array.from({ length: left }, (_unused, index) => new Date(Date.UTC(year, month - 1, date) + (index + 1) * dayMs).toISOString().slice(0, 10));
  const spentToday = summary.days.find((day) => day.day === today)?.shown.amountMicros ?? 0;
  const weights = usual === null ? names.map(() => 1) : names.map((day) => usual[weekday(day)] ?? 0);
  const restOfToday = usual === null ? 0 : Math.max(0, (usual[weekday(today)] ?? 0) - spentToday);
  const sum = weights.reduce((total, one) => total + one, 0) + restOfToday;
  const share = (index: number): number => (sum <= 0 ? 1 / left : (weights[index] ?? 0) / sum);
  const part = (total: number | null, index: number): number | null => (total === null ? null : Math.round(Math.max(0, total - soFar) * share(index)));
  return { byWeekday: usual !== null && sum > 0, days: names.map((day, index) => ({ day, micros: part(forecastMicros, index) ?? 0, low: part(lowMicros, index), high: part(highMicros, index) })) };
}
