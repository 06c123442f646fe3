/** Cost per finished task of agents, owners, models, kinds of task, versions and connections; and of one of them day by day. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { CostGroup, CostRow } from '../../../../shared/cost.ts';
import { US_DAY } from '../codes.ts';
import { cellsOf, dayText, daysOf, payingAgents, payingParams, spentOf, type Cell, type Days } from './cost-days.ts';
import { EstimateError } from './cost-error.ts';
import { groupColumns, membersOf, namer, type Named } from './cost-groups.ts';
import { TaskSum, taskSums, type TaskLine } from './cost-tasks.ts';
import { inOneView } from './one-view.ts';
import { rowId, type Reading } from './reading.ts';

interface GroupLine extends TaskLine { readonly agent: number; readonly connection: number; readonly column: number }

/** So many days before the period are what it is compared with. */
export const daysBefore = 14;
export const before = ({ from }: Days): Days => ({ from: from - daysBefore, to: from - 1 });

function linesOf(reading: Reading, by: CostGroup, days: Days, connection: number | null): GroupLine[] {
  const column = groupColumns[by];
  return reading.sql<(number | string)[], GroupLine>(`SELECT s.agent, s.connection, ${column} AS "column", s.model, s.outcome, s.currency, ${taskSums} FROM ${payingAgents} a CROSS JOIN task_day s
    ON s.agent = a.id AND s.day BETWEEN ? AND ? ${connection === null ? '' : 'WHERE s.connection = ?'} GROUP BY s.agent, s.connection, ${column === '0' ? '' : `${column}, `}s.model, s.outcome, s.currency`)
    .all(...payingParams(reading, days), days.from, days.to, ...(connection === null ? [] : [connection]));
}

interface Grouped { readonly named: Named; readonly connection: number; readonly sum: TaskSum }

function grouped(lines: readonly GroupLine[], name: (agent: number, column: number) => Named, wanted: (named: Named) => boolean, all: TaskSum): Map<string, Grouped> {
  const found = new Map<string, Grouped>();
  for (const line of lines) {
    const named = name(line.agent, line.column);
    if (!wanted(named)) continue;
    let group = found.get(named.id);
    if (group === undefined) found.set(named.id, group = { named, connection: line.connection, sum: new TaskSum() });
    group.sum.add(line);
    all.add(line);
  }
  return found;
}

interface Around { readonly reading: Reading; readonly error: EstimateError; readonly bills: ((currency: string) => readonly Cell[]) }

/** Known money against the bill, over the days where both are known. */
export function againstBill(cells: readonly Cell[]): number | null {
  const both = cells.filter((cell) => cell.billed !== null && cell.reportedN + cell.computedN > 0);
  const billed = both.reduce((sum, cell) => sum + (cell.billed ?? 0), 0);
  return billed === 0 ? null : both.reduce((sum, cell) => sum + cell.reported + cell.onlyComputed, 0) / billed - 1;
}

function rowOf({ reading, error, bills }: Around, named: Named, sum: TaskSum, earlier: TaskSum | undefined, ofBill: ((cell: Cell) => boolean) | null): CostRow {
  const currency = sum.mainCurrency();
  const word = reading.texts.of(currency) || 'USD';
  const perTask = sum.perTask(currency, error);
  const was = earlier?.perTask(currency, null).perTaskMicros ?? null;
  return {
    ...named, finished: sum.finished, failed: sum.failed, open: sum.open, unknown: sum.unknown, money: sum.money(currency, word), spent: sum.spent(currency), ...perTask, wasted: sum.wasted(currency),
    change: perTask.perTaskMicros === null || was === null || was === 0 ? null : perTask.perTaskMicros / was - 1,
    againstBill: ofBill === null ? null : againstBill(bills(word).filter(ofBill)),
  };
}

type Params = ParsedParams<'cost.rows'>;

const keys: Readonly<Record<Exclude<Params['sort'], 'name'>, (row: CostRow) => number | null>> = {
  spend: (row) => row.money.shown.amountMicros, perTask: (row) => row.perTaskMicros, wasted: (row) => row.wasted, change: (row) => row.change, finished: (row) => row.finished, failed: (row) => row.failed,
};

/** What is not known stands last, whichever way the rest is sorted. */
function sorted(rows: readonly CostRow[], { sort, descending }: Params): CostRow[] {
  const byName = (a: CostRow, b: CostRow): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1);
  if (sort === 'name') return rows.toSorted((a, b) => (descending ? byName(b, a) : byName(a, b)));
  const key = keys[sort];
  return rows.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === null || right === null) return left === right ? byName(a, b) : left === null ? 1 : -1;
    return (descending ? right - left : left - right) || byName(a, b);
  });
}

const everything: Named = { id: 'all', name: 'All', agentId: null };

export const costRows = (reading: Reading, params: Params, nowUs: number): Result<'cost.rows'> => inOneView(reading, () => rowsOf(reading, params, nowUs));

function rowsOf(reading: Reading, params: Params, nowUs: number): Result<'cost.rows'> {
  const days = daysOf(params.period, nowUs);
  const connection = params.connectionId === undefined ? null : rowId('connection', params.connectionId);
  const name = namer(reading, params.by);
  const text = params.text?.trim().toLowerCase() ?? '';
  const wanted = (named: Named): boolean => text === '' || named.name.toLowerCase().includes(text);
  const [all, allEarlier] = [new TaskSum(), new TaskSum()];
  const groups = grouped(linesOf(reading, params.by, days, connection), name, wanted, all);
  const earlier = grouped(linesOf(reading, params.by, before(days), connection), name, wanted, allEarlier);
  const around: Around = { reading, error: new EstimateError(reading, nowUs), bills: billsBeside(reading, days) };
  // A bill is a connection's: it says nothing of agents, models or versions.
  const ofBill = (group: Grouped): ((cell: Cell) => boolean) | null => (params.by === 'connection' ? (cell) => cell.connection === group.connection : null);
  const rows = sorted([...groups.values()].map((group) => rowOf(around, group.named, group.sum, earlier.get(group.named.id)?.sum, ofBill(group))), params);
  const whole = rowOf(around, everything, all, allEarlier, text === '' ? (cell) => connection === null || cell.connection === connection : null);
  return { rows: rows.slice(params.after, params.after + params.limit), total: rows.length, all: whole };
}

/** Read only where there is a bill at all. */
function billsBeside(reading: Reading, days: Days): (currency: string) => readonly Cell[] {
  if (reading.sql<[], { n: number }>('SELECT 1 AS n FROM bill_day LIMIT 1').get() === undefined) return () => [];
  const spent = spentOf(reading, days);
  const known = new Map<string, readonly Cell[]>();
  return (currency) => {
    let cells = known.get(currency);
    if (cells === undefined) known.set(currency, cells = cellsOf(reading, spent, currency));
    return cells;
  };
}

const mostVersions = 500;

export function costTrend(reading: Reading, params: ParsedParams<'cost.trend'>, nowUs: number): Result<'cost.trend'> {
  const days = daysOf(params.period, nowUs);
  const { agents, column } = membersOf(reading, params.by, params.id);
  const only = JSON.stringify(agents ?? []);
  const lines = reading.sql<(number | string)[], TaskLine & { day: number; agent: number }>(`SELECT s.day, s.agent, s.model, s.outcome, s.currency, ${taskSums} FROM ${payingAgents} a CROSS JOIN task_day s ON s.agent = a.id AND s.day BETWEEN ? AND ?
    WHERE ${agents === null ? '?' : 's.agent IN (SELECT value FROM json_each(?))'} ${column === null ? '' : `AND ${groupColumns[params.by]} = ?`} GROUP BY s.agent, s.day, s.model, s.outcome, s.currency`)
    .all(...payingParams(reading, days), days.from, days.to, agents === null ? 1 : only, ...(column === null ? [] : [column]));
  const whole = new TaskSum();
  const byDay = new Map<number, TaskSum>();
  for (const line of lines) {
    whole.add(line);
    let day = byDay.get(line.day);
    if (day === undefined) byDay.set(line.day, day = new TaskSum());
    day.add(line);
  }
  const currency = whole.mainCurrency();
  const told = [...byDay].toSorted((a, b) => a[0] - b[0]).map(([day, sum]) => ({ day: dayText(day), micros: sum.ended(currency), finished: sum.finished, perTaskMicros: sum.perTask(currency, null).perTaskMicros }));
  return { days: told, versions: versionsOf(reading, [...new Set(lines.map((line) => line.agent))], days) };
}

function versionsOf(reading: Reading, agents: readonly number[], days: Days): Result<'cost.trend'>['versions'] {
  const rows = reading.sql<(number | string)[], { agent: number; version: string; firstUs: number }>(`SELECT v.agent, v.version, v.first_us AS firstUs FROM json_each(?) i CROSS JOIN agent_version v ON v.agent = i.value
    WHERE v.first_us >= ? AND v.first_us < ? ORDER BY v.first_us LIMIT ${mostVersions}`).all(JSON.stringify(agents), days.from * US_DAY, (days.to + 1) * US_DAY);
  return rows.map(({ agent, version, firstUs }) => ({ day: dayText(Math.floor(firstUs / US_DAY)), agentName: reading.agent(agent).name, version }));
}
