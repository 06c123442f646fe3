/** How a budget stands: what was spent in its period, what of that is sure, and what the period comes to. */
import type { BudgetDraft, BudgetStanding } from '../../../../shared/budgets.ts';
import { periodAt, type PeriodSpan } from '../../budgets/budget-period.ts';
import { monthForecast, type Forecast } from '../../cost/forecast.ts';
import { PROVENANCE, US_DAY } from '../codes.ts';
import { publicId } from '../ids.ts';
import { agentsIn, currencyIds } from './budget-scope.ts';
import { moneyIn, spentByBin, spentByTask, type Bins } from './budget-sums.ts';
import { newestTasks } from './newest-tasks.ts';
import { iso, type Reading } from './reading.ts';

const forecastDays = 56;
/** Days of scopes and currencies that were read already: budgets of one scope have them in common. */
export type DaysKnown = Map<string, Bins>;

/** Null: too little was seen, or the period is shorter than a day. */
export function forecastOf(reading: Reading, heads: readonly number[] | null, { per, currency, scope }: Pick<BudgetDraft, 'per' | 'currency' | 'scope'>, nowUs: number, known: DaysKnown = new Map()): Forecast | null {
  if (per === 'task' || per === 'hour') return null;
  const { fromUs, toUs } = periodAt(per, nowUs);
  const today = Math.floor(nowUs / US_DAY);
  const monthFrom = Math.round(fromUs / US_DAY);
  const key = `${currency} ${JSON.stringify(scope)}`;
  const spent = known.get(key) ?? spentByBin(reading, heads, { fromUs: (today - forecastDays) * US_DAY, toUs: (today + 1) * US_DAY }, currency);
  known.set(key, spent);
  if (spent.size === 0) return null;
  return monthForecast({ monthFrom, monthTo: Math.round(toUs / US_DAY), today, firstDay: Math.min(...spent.keys()), spent });
}

const stateOf = ({ softMicros, hardMicros }: Pick<BudgetDraft, 'softMicros' | 'hardMicros'>, spent: number): BudgetStanding['state'] =>
  hardMicros !== null && spent >= hardMicros ? 'hard' : softMicros !== null && spent >= softMicros ? 'soft' : 'within';

export function standingOf(reading: Reading, heads: readonly number[] | null, draft: BudgetDraft, nowUs: number, known: DaysKnown = new Map()): BudgetStanding {
  const agents = agentsIn(reading, heads);
  if (draft.per === 'task') return taskStanding(reading, heads, draft, agents, nowUs);
  const span: PeriodSpan = periodAt(draft.per, nowUs);
  const money = moneyIn(reading, heads, span, draft.currency);
  const forecast = forecastOf(reading, heads, draft, nowUs, known);
  return {
    state: stateOf(draft, money.micros), from: iso(span.fromUs), to: iso(span.toUs), taskId: null, spentMicros: money.micros, computedMicros: money.computed, unpriced: money.unpriced, otherCurrency: money.other,
    forecastMicros: forecast?.micros ?? null, lowMicros: forecast?.lowMicros ?? null, highMicros: forecast?.highMicros ?? null, agents,
  };
}

interface Dear { readonly id: number; readonly micros: number }

/** The dearest of those that began or still ran in the last 24 hours, of more than are looked at the newest. */
function dearest(reading: Reading, heads: readonly number[] | null, currencies: readonly number[], sinceUs: number): Dear | undefined {
  const dear = `t.activities > 0 AND t.currency IN (${currencies.map(() => '?').join(', ')})`;
  const first = 'ORDER BY t.micros DESC, t.id DESC LIMIT 1';
  const sources = heads === null ? null : JSON.stringify(heads.flatMap((head) => reading.sourcesOf(head)));
  const began = reading.sql<(number | string)[], Dear>(`SELECT t.id, t.micros FROM json_each(?) n CROSS JOIN task t ON t.id = n.value WHERE ${dear} ${first}`);
  const open = reading.sql<(number | string)[], Dear>(`SELECT t.id, t.micros FROM task t INDEXED BY task_live WHERE t.outcome IN (4, 5) AND t.last_us >= ? AND ${dear}
    ${sources === null ? '' : 'AND EXISTS (SELECT 1 FROM json_each(?) j CROSS JOIN task_agent g ON g.task = t.id AND g.agent = j.value)'} ${first}`);
  const stillOpen = open.get(sinceUs, ...currencies, ...(sources === null ? [] : [sources]));
  return [began.get(JSON.stringify(newestTasks(reading, heads, sinceUs)), ...currencies), stillOpen].filter((one) => one !== undefined).toSorted((a, b) => b.micros - a.micros || b.id - a.id)[0];
}

function taskStanding(reading: Reading, heads: readonly number[] | null, draft: BudgetDraft, agents: number, nowUs: number): BudgetStanding {
  const currencies = currencyIds(reading, draft.currency);
  const task = currencies.length === 0 ? undefined : dearest(reading, heads, currencies, nowUs - US_DAY);
  const none = { from: null, to: null, forecastMicros: null, lowMicros: null, highMicros: null, agents };
  if (task === undefined) return { ...none, state: 'within', taskId: null, spentMicros: 0, computedMicros: 0, unpriced: 0, otherCurrency: 0 };
  const spentMicros = spentByTask(reading, task.id, draft.currency);
  return { ...none, state: stateOf(draft, spentMicros), taskId: publicId('task', task.id), spentMicros, ...sureOf(reading, task.id, currencies) };
}

function sureOf(reading: Reading, task: number, currencies: readonly number[]): Pick<BudgetStanding, 'computedMicros' | 'unpriced' | 'otherCurrency'> {
  const own = `coalesce(currency, 0) IN (${currencies.map(() => '?').join(', ')})`;
  return reading.sql<number[], Pick<BudgetStanding, 'computedMicros' | 'unpriced' | 'otherCurrency'>>(`SELECT coalesce(sum(CASE WHEN provenance = ${PROVENANCE.computed} AND ${own} THEN micros END), 0) AS computedMicros,
    coalesce(sum(provenance = ${PROVENANCE.unpriced}), 0) AS unpriced, coalesce(sum(micros IS NOT NULL AND NOT ${own}), 0) AS otherCurrency FROM activity INDEXED BY activity_key WHERE task = ?`).get(...currencies, ...currencies, task)
    ?? { computedMicros: 0, unpriced: 0, otherCurrency: 0 };
}
