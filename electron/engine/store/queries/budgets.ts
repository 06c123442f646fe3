/** Budgets as they stand, what reached their limits, and what a draft would come to. */
import { budgetProblems, type Budget, type BudgetDraft, type BudgetEvent } from '../../../../shared/budgets.ts';
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { ReadinessRow } from '../../../../shared/stop.ts';
import { publicId } from '../ids.ts';
import { budgetColumns, draftOf, type StoredBudget } from './budget-facts.ts';
import { pastOf } from './budget-preview.ts';
import { headsIn, scopeName } from './budget-scope.ts';
import { standingOf, type DaysKnown } from './budget-standing.ts';
import { inOneView } from './one-view.ts';
import { iso, parseCursor, rowId, writeCursor, type Reading } from './reading.ts';
import { readiness } from './stop-readiness.ts';

interface EventRow {
  readonly id: number; readonly budget: number; readonly budgetName: string; readonly atUs: number; readonly kind: BudgetEvent['kind']; readonly periodUs: number; readonly agent: number | null; readonly agentName: string | null; readonly task: number | null; readonly activity: number | null;
  readonly spent: number; readonly limitMicros: number; readonly currency: string; readonly stop: number | null; readonly fired: number; readonly tookUs: number | null; readonly text: string;
}
const eventColumns = `e.id, e.budget, coalesce(b.name, '') AS budgetName, e.at_us AS atUs, e.kind, e.period_us AS periodUs, e.agent, e.agent_name AS agentName, e.task, e.activity, e.spent, e.limit_micros AS limitMicros, e.currency, e.stop, e.fired, e.took_us AS tookUs, e.text`;
const events = `SELECT ${eventColumns} FROM budget_event e LEFT JOIN budget b ON b.id = e.budget`;

function eventOf(reading: Reading, row: EventRow): BudgetEvent {
  return {
    id: publicId('budgetEvent', row.id), budgetId: publicId('budget', row.budget), budgetName: row.budgetName, at: iso(row.atUs), kind: row.kind, periodFrom: row.periodUs === 0 ? null : iso(row.periodUs),
    agentId: row.agent === null ? null : reading.agentId(row.agent), agentName: row.agentName, taskId: row.task === null ? null : publicId('task', row.task), activityId: row.activity === null ? null : publicId('activity', row.activity),
    spentMicros: row.spent, limitMicros: row.limitMicros, currency: row.currency, orderId: row.stop === null ? null : publicId('stop', row.stop), fired: row.fired === 1, tookMs: row.tookUs === null ? null : row.tookUs / 1_000, text: row.text,
  };
}

/** Newest first. */
export function listBudgetEvents(reading: Reading, params: ParsedParams<'budgets.events'>): Result<'budgets.events'> {
  const before = params.before === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(params.before).id;
  const budget = params.budgetId === undefined ? null : rowId('budget', params.budgetId);
  const rows = reading.sql<number[], EventRow>(`${events} WHERE e.id < ? ${budget === null ? '' : 'AND e.budget = ?'} ORDER BY e.id DESC LIMIT ?`).all(before, ...(budget === null ? [] : [budget]), params.limit + 1);
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  return { rows: page.map((row) => eventOf(reading, row)), next: rows.length > params.limit && last ? writeCursor({ us: last.atUs, id: last.id }) : null };
}

type Cannot = Pick<Budget, 'cannotStop' | 'moreCannotStop'>;
type Ready = () => ReadonlyMap<string, ReadinessRow>;
const mostNamed = 20;

/** Asked for once for all budgets, and only where one of them stops. */
function readyOnce(reading: Reading, nowUs: number): Ready {
  let rows: ReadonlyMap<string, ReadinessRow> | null = null;
  return () => (rows ??= new Map(readiness(reading, {}, nowUs).rows.map((row) => [row.agentId, row])));
}

/** Agents of the scope that no lever of the level reaches, or that may not be pulled. One without a line there is not there any more. */
function cannotStop(heads: readonly number[] | null, draft: BudgetDraft, ready: Ready): Cannot {
  if (draft.onHard !== 'stop') return { cannotStop: [], moreCannotStop: 0 };
  const rows = ready();
  const inScope = heads === null ? [...rows.values()] : heads.flatMap((head) => rows.get(publicId('agent', head)) ?? []);
  const cannot = inScope.flatMap((row) => {
    const cell = row[draft.level];
    return cell.kind === null || cell.rights === 'missing' ? [{ agentId: row.agentId, name: row.agentName, why: cell.text }] : [];
  });
  return { cannotStop: cannot.slice(0, mostNamed), moreCannotStop: Math.max(0, cannot.length - mostNamed) };
}

export const listBudgets = (reading: Reading, _params: ParsedParams<'budgets.list'>, nowUs: number): Result<'budgets.list'> => inOneView(reading, () => budgetsNow(reading, nowUs));

function budgetsNow(reading: Reading, nowUs: number): Result<'budgets.list'> {
  const ready = readyOnce(reading, nowUs);
  const days: DaysKnown = new Map();
  const last = reading.sql<[number], EventRow>(`${events} WHERE e.id = (SELECT id FROM budget_event INDEXED BY budget_event_hard WHERE budget = ? AND kind = 'hard' ORDER BY id DESC LIMIT 1)`);
  return {
    rows: reading.sql<[], StoredBudget>(`SELECT ${budgetColumns} FROM budget b WHERE b.removed_us IS NULL ORDER BY b.name COLLATE NOCASE, b.id`).all().map((row) => {
      const draft = draftOf(row);
      const heads = headsIn(reading, draft.scope);
      const newest = last.get(row.id);
      return {
        id: publicId('budget', row.id), ...draft, scopeName: scopeName(reading, draft.scope), createdAt: iso(row.createdUs), changedAt: iso(row.changedUs), changedBy: row.changedBy,
        standing: standingOf(reading, heads, draft, nowUs, days), last: newest === undefined ? null : eventOf(reading, newest), ...cannotStop(heads, draft, ready),
      };
    }),
  };
}

export const previewBudget = (reading: Reading, { draft }: ParsedParams<'budgets.preview'>, nowUs: number): Result<'budgets.preview'> => inOneView(reading, () => {
  const heads = headsIn(reading, draft.scope);
  return { standing: standingOf(reading, heads, draft, nowUs), problems: budgetProblems(draft), ...pastOf(reading, heads, draft, nowUs), ...cannotStop(heads, draft, readyOnce(reading, nowUs)) };
});
