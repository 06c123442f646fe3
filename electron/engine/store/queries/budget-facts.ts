/** What budgets are watched by as activity comes in (budget-commands.ts). Not in the contract. */
import type { BudgetDraft, BudgetScope } from '../../../../shared/budgets.ts';
import type { StopLevel } from '../../../../shared/domain.ts';
import type { StopState } from '../../../../shared/stop.ts';
import { periodAt } from '../../budgets/budget-period.ts';
import { budgetMark } from '../../budgets/budget-words.ts';
import { toldKey, type BudgetFact, type BudgetQuestion, type BudgetSum, type PendingBudget, type SpendRow } from '../budget-commands.ts';
import { headsIn } from './budget-scope.ts';
import { forecastOf } from './budget-standing.ts';
import { spentByTask, spentIn } from './budget-sums.ts';
import type { Reading } from './reading.ts';

export interface StoredBudget {
  readonly id: number; readonly name: string; readonly scope: string; readonly per: BudgetDraft['per']; readonly currency: string; readonly soft: number | null; readonly hard: number | null; readonly forecast: number;
  readonly onHard: BudgetDraft['onHard']; readonly level: StopLevel; readonly stops: BudgetDraft['stops']; readonly createdUs: number; readonly changedUs: number; readonly changedBy: string; readonly removedUs: number | null;
}
export const budgetColumns = 'b.id, b.name, b.scope, b.per, b.currency, b.soft, b.hard, b.forecast, b.on_hard AS onHard, b.level, b.stops, b.created_us AS createdUs, b.changed_us AS changedUs, b.changed_by AS changedBy, b.removed_us AS removedUs';

export const draftOf = (row: StoredBudget): BudgetDraft => ({
  name: row.name, scope: JSON.parse(row.scope) as BudgetScope, per: row.per, currency: row.currency, softMicros: row.soft, hardMicros: row.hard, forecast: row.forecast === 1, onHard: row.onHard, level: row.level, stops: row.stops,
});

const taskToldForUs = 2 * 86_400_000_000;

interface Told { readonly periodUs: number; readonly kind: 'soft' | 'hard' | 'forecast'; readonly key: string }

/** `atUs`: which period is the present one. */
export function budgetFacts(reading: Reading, { atUs }: { readonly atUs: number }): BudgetFact[] {
  const told = reading.sql<number[], Told>('SELECT period_us AS periodUs, kind, key FROM budget_told WHERE budget = ? AND (period_us IN (?, ?) AND period_us > 0 OR period_us = 0 AND at_us >= ?)');
  const failed = reading.sql<number[], { key: string; event: number }>("SELECT key, max(id) AS event FROM budget_event WHERE budget = ? AND kind = 'hard' AND period_us = ? AND key <> '' AND fired = 0 AND pending = 0 AND stop IS NULL AND at_us >= ? GROUP BY key");
  return reading.sql<[], StoredBudget>(`SELECT ${budgetColumns} FROM budget b WHERE b.removed_us IS NULL ORDER BY b.id`).all().map((row) => {
    const draft = draftOf(row);
    const { fromUs } = periodAt(draft.per, atUs);
    return {
      id: row.id, draft, agents: headsIn(reading, draft.scope),
      told: told.all(row.id, fromUs, periodAt(draft.per, fromUs - 1).fromUs, atUs - taskToldForUs).map((one) => toldKey(one.periodUs, one.kind, one.key)),
      failed: draft.onHard === 'stop' ? failed.all(row.id, fromUs, Math.max(row.changedUs, atUs - 32 * 86_400_000_000)) : [],
    };
  });
}

function stored(reading: Reading, id: number): StoredBudget | undefined {
  return reading.sql<[number], StoredBudget>(`SELECT ${budgetColumns} FROM budget b WHERE b.id = ? AND b.removed_us IS NULL`).get(id);
}

/** Exact, as of now; null: the budget is gone. */
export function budgetSpent(reading: Reading, { budget, periodUs, tasks }: BudgetQuestion): BudgetSum[] | null {
  const row = stored(reading, budget);
  if (row === undefined) return null;
  if (tasks !== null) return tasks.map((task) => ({ task, micros: spentByTask(reading, task, row.currency) }));
  return [{ task: null, micros: spentIn(reading, headsIn(reading, JSON.parse(row.scope) as BudgetScope), periodAt(row.per, periodUs), row.currency) }];
}

/** What the period comes to; null: too little to say. */
export function budgetForecast(reading: Reading, { budget, atUs }: { readonly budget: number; readonly atUs: number }): { readonly micros: number; readonly spent: number } | null {
  const row = stored(reading, budget);
  if (row === undefined) return null;
  const draft = draftOf(row);
  const heads = headsIn(reading, draft.scope);
  const forecast = forecastOf(reading, heads, draft, atUs);
  return forecast === null ? null : { micros: forecast.micros, spent: spentIn(reading, heads, periodAt(draft.per, atUs), draft.currency) };
}

const rowColumns = 'a.id, a.agent, a.task, a.ts_us AS startUs, a.micros, a.currency';
interface MoneyRow { readonly id: number; readonly agent: number; readonly task: number; readonly startUs: number; readonly micros: number; readonly currency: number | null }
const mostNew = 50_000;

/** What came in with money, by row id, and what changed since it did. */
export function budgetRows(reading: Reading, { after, upTo, updated }: { readonly after: number; readonly upTo: number; readonly updated: readonly number[] }): SpendRow[] {
  const rows = reading.sql<number[], MoneyRow>(`SELECT ${rowColumns} FROM activity a WHERE a.id > ? AND a.id <= ? AND a.micros > 0 ORDER BY a.id LIMIT ?`).all(after, upTo, mostNew);
  const changed = updated.length === 0 ? [] : reading.sql<[string], MoneyRow>(`SELECT ${rowColumns} FROM json_each(?) j CROSS JOIN activity a ON a.id = j.value AND a.micros > 0`).all(JSON.stringify(updated)).filter((row) => row.id <= after || row.id > upTo);
  return [...changed, ...rows].map((row) => ({ id: row.id, head: reading.headOf(row.agent), task: row.task, startUs: row.startUs, micros: row.micros, currency: reading.texts.of(row.currency) || 'USD' }));
}

interface PendingRow extends StoredBudget {
  readonly event: number; readonly atUs: number; readonly periodUs: number; readonly key: string; readonly agent: number; readonly task: number | null; readonly activity: number | null; readonly spent: number; readonly limit: number; readonly text: string;
}

export function budgetPending(reading: Reading): PendingBudget[] {
  const rows = reading.sql<[], PendingRow>(`SELECT ${budgetColumns}, e.id AS event, e.at_us AS atUs, e.period_us AS periodUs, e.key, e.agent, e.task, e.activity, e.spent, e.limit_micros AS "limit", e.text
    FROM budget_event e INDEXED BY budget_event_pending CROSS JOIN budget b ON b.id = e.budget WHERE e.pending = 1 AND e.agent IS NOT NULL ORDER BY e.id`).all();
  return rows.map(({ event, atUs, periodUs, key, agent, task, activity, spent, limit, text, ...row }) => ({
    event, budget: row.id, name: row.name, draft: draftOf(row), removed: row.removedUs !== null, atUs, periodUs, key, agent, task, activity, spent, limit, text, order: orderFor(reading, agent, budgetMark(event)),
  }));
}

const mostOrders = 200;

function orderFor(reading: Reading, agent: number, mark: string): number | null {
  const orders = reading.sql<[number, number], { id: number; reason: string }>("SELECT o.id, o.reason FROM stop_agent s CROSS JOIN stop_order o ON o.id = s.stop WHERE s.agent = ? AND o.origin = 'rule' ORDER BY s.stop DESC LIMIT ?").all(agent, mostOrders);
  return orders.find((one) => one.reason.endsWith(mark))?.id ?? null;
}

const named = (reading: Reading, agents: string, head: number): boolean => (JSON.parse(agents) as { readonly id: number }[]).some((one) => reading.headOf(one.id) === reading.headOf(head));

interface OpenOrder { readonly id: number; readonly level: StopLevel; readonly state: StopState; readonly agents: string; readonly tasks: string | null; readonly holds: number }
const levels: readonly StopLevel[] = ['cancel', 'suspend', 'revoke'];

/** An order that stops it already: its levers are on their way and it was not found to act on, or the console still cancels whatever of it begins. A drill is given back soon, and covers nothing. */
export function coveringStop(reading: Reading, { head, task, level }: { readonly head: number; readonly task: number | null; readonly level: StopLevel }): { readonly id: number; readonly standing: boolean } | null {
  const rows = reading.sql<[], OpenOrder>(`SELECT o.id, o.level, o.state, o.agents, o.tasks, EXISTS (SELECT 1 FROM stop_lever l WHERE l.stop = o.id AND l.lever_id = 'console.hold' AND l.undo_state = 'open' AND l.hold_problem IS NULL) AS holds
    FROM stop_order o WHERE o.id IN (SELECT id FROM stop_order INDEXED BY stop_open WHERE ended_us IS NULL UNION SELECT stop FROM stop_lever INDEXED BY stop_lever_undo WHERE undo_state IN ('open', 'failed')) AND o.origin <> 'drill' AND o.released_us IS NULL ORDER BY o.id DESC`).all();
  const found = rows.find((one) => levels.indexOf(one.level) >= levels.indexOf(level) && (one.state === 'stopping' || (one.holds === 1 && one.state === 'verified')) && coversTask(one.tasks, task) && named(reading, one.agents, head));
  return found === undefined ? null : { id: found.id, standing: found.state !== 'stopping' };
}

function coversTask(tasks: string | null, task: number | null): boolean {
  return tasks === null || (task !== null && (JSON.parse(tasks) as number[]).includes(task));
}
