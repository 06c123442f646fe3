/**
 * Known money of a scope in a stretch of whole hours. An agent that telemetry and a management API tell of counts by whichever side told more of
 * the stretch. Everything is read from sums by hour and by day: how many activities they are of does not matter.
 */
import { US_DAY, US_HOUR } from '../codes.ts';
import { currencyIds } from './budget-scope.ts';
import type { Reading } from './reading.ts';

export interface Stretch { readonly fromUs: number; readonly toUs: number }
export interface BudgetMoney {
  readonly micros: number;
  /** of it: nobody reported it. */
  readonly computed: number;
  /** activities. */
  readonly unpriced: number;
  readonly other: number;
}
/** Money by hour or by day since the epoch. */
export type Bins = ReadonlyMap<number, number>;

interface Unit { readonly table: 'by_hour' | 'by_day'; readonly column: 'hour' | 'day'; readonly first: number; readonly last: number }
interface Asked { readonly reading: Reading; readonly unit: Unit; readonly currencies: readonly number[] }

/** Days where the stretch is made of whole ones. */
function unitOf({ fromUs, toUs }: Stretch): Unit {
  const days = fromUs % US_DAY === 0 && toUs % US_DAY === 0;
  const us = days ? US_DAY : US_HOUR;
  return { table: days ? 'by_day' : 'by_hour', column: days ? 'day' : 'hour', first: Math.floor(fromUs / us), last: Math.ceil(toUs / us) - 1 };
}

const askedOf = (reading: Reading, stretch: Stretch, currency: string): Asked => ({ reading, unit: unitOf(stretch), currencies: currencyIds(reading, currency) });

/** In sums by hour it is not kept apart what of a line was only computed: a line with any of it counts as computed. */
const computedOf = ({ table }: Unit): string => (table === 'by_day' ? 'only_computed' : '(CASE WHEN computed > 0 THEN micros ELSE 0 END)');
const ownOf = (currencies: readonly number[]): string => (currencies.length === 0 ? '0' : `currency IN (${currencies.map(() => '?').join(', ')})`);
const none: BudgetMoney = { micros: 0, computed: 0, unpriced: 0, other: 0 };

function plus(one: BudgetMoney, two: BudgetMoney, sign: 1 | -1 = 1): BudgetMoney {
  return { micros: one.micros + sign * two.micros, computed: one.computed + sign * two.computed, unpriced: one.unpriced + sign * two.unpriced, other: one.other + sign * two.other };
}

/** In one statement: asking for each agent takes longer than adding up. */
function ofAgents({ reading, unit, currencies }: Asked, agents: readonly number[]): BudgetMoney {
  if (agents.length === 0) return none;
  const own = ownOf(currencies);
  return reading.sql<(number | string)[], BudgetMoney>(`SELECT coalesce(sum(CASE WHEN ${own} THEN micros END), 0) AS micros, coalesce(sum(CASE WHEN ${own} THEN ${computedOf(unit)} END), 0) AS computed, coalesce(sum(unpriced), 0) AS unpriced,
    coalesce(sum(CASE WHEN ${own} THEN 0 ELSE priced END), 0) AS other FROM json_each(?) j CROSS JOIN ${unit.table} s ON s.agent = j.value AND s.${unit.column} BETWEEN ? AND ?`)
    .get(...currencies, ...currencies, ...currencies, JSON.stringify(agents), unit.first, unit.last) ?? none;
}

/** Agent after agent, as their lines lie in the file: nothing is sorted. */
function addBins({ reading, unit, currencies }: Asked, agents: readonly number[], into: Map<number, number>, sign: 1 | -1 = 1): void {
  if (currencies.length === 0 || agents.length === 0) return;
  const { table, column, first, last } = unit;
  const rows = reading.sql<(number | string)[], [number, number]>(`SELECT ${column}, sum(micros) FROM ${table} WHERE agent IN (SELECT value FROM json_each(?)) AND ${column} BETWEEN ? AND ? AND ${ownOf(currencies)} GROUP BY agent, ${column}`).raw()
    .all(JSON.stringify(agents), first, last, ...currencies);
  for (const [bin, micros] of rows) if (micros !== 0) into.set(bin, (into.get(bin) ?? 0) + sign * micros);
}

interface Side { readonly agents: readonly number[]; readonly money: BudgetMoney }

/** What telemetry told of an agent and what was asked for: the side with more money, of two with none the one that told more. */
function sidesOf(asked: Asked, head: number): { readonly more: Side; readonly less: Side } {
  const { reading } = asked;
  const sources = reading.sourcesOf(head);
  const sideOf = (sent: boolean): Side => {
    const agents = sources.filter((source) => isSent(reading, source) === sent);
    return { agents, money: ofAgents(asked, agents) };
  };
  const [sent, told] = [sideOf(true), sideOf(false)];
  const isTold = told.money.micros > sent.money.micros || (told.money.micros === sent.money.micros && told.money.unpriced + told.money.other > sent.money.unpriced + sent.money.other);
  return isTold ? { more: told, less: sent } : { more: sent, less: told };
}

function isSent(reading: Reading, agent: number): boolean {
  return reading.sql<[number], { kind: string }>('SELECT kind FROM connection WHERE id = ?').get(reading.agent(agent).connection)?.kind === 'otlp';
}

/** Agents that are seen from more than one side: few. */
const joined = (reading: Reading): ReadonlySet<number> => new Set(reading.heads().values());

const hoursOf = ({ column, first, last }: Unit): [number, number] => (column === 'day' ? [first * 24, last * 24 + 23] : [first, last]);

/** All agents together have sums by hour and connection of their own, which do not tell what was only computed. */
function ofAll(asked: Asked): BudgetMoney {
  const { reading, unit, currencies } = asked;
  const own = ownOf(currencies);
  const all = reading.sql<number[], BudgetMoney>(`SELECT coalesce(sum(CASE WHEN ${own} THEN micros END), 0) AS micros, 0 AS computed, coalesce(sum(unpriced), 0) AS unpriced, coalesce(sum(CASE WHEN ${own} THEN 0 ELSE priced END), 0) AS other FROM hour_total WHERE hour BETWEEN ? AND ?`)
    .get(...currencies, ...currencies, ...hoursOf(unit)) ?? none;
  return [...joined(reading)].reduce((sum, head) => plus(sum, { ...sidesOf(asked, head).less.money, computed: 0 }, -1), all);
}

function ofSome(asked: Asked, heads: readonly number[]): BudgetMoney {
  const twice = joined(asked.reading);
  const alone = heads.filter((head) => !twice.has(head));
  return heads.filter((head) => twice.has(head)).reduce((sum, head) => plus(sum, sidesOf(asked, head).more.money), ofAgents(asked, alone));
}

/** What a limit is compared with. `heads` null: everybody. */
export function spentIn(reading: Reading, heads: readonly number[] | null, stretch: Stretch, currency: string): number {
  const asked = askedOf(reading, stretch, currency);
  return (heads === null ? ofAll(asked) : ofSome(asked, heads)).micros;
}

/** Money by hour, or by day where the stretch is made of whole days. */
export function spentByBin(reading: Reading, heads: readonly number[] | null, stretch: Stretch, currency: string): Bins {
  const asked = askedOf(reading, stretch, currency);
  const bins = new Map<number, number>();
  const twice = joined(reading);
  if (heads === null) {
    addAll(asked, bins);
    addBins(asked, [...twice].flatMap((head) => sidesOf(asked, head).less.agents), bins, -1);
  } else addBins(asked, heads.flatMap((head) => (twice.has(head) ? sidesOf(asked, head).more.agents : [head])), bins);
  return bins;
}

function addAll({ reading, unit, currencies }: Asked, into: Map<number, number>): void {
  if (currencies.length === 0) return;
  // By hour they stand in the order of time; days are made of them here.
  const rows = reading.sql<number[], [number, number]>(`SELECT hour, sum(micros) FROM hour_total WHERE hour BETWEEN ? AND ? AND ${ownOf(currencies)} GROUP BY hour`).raw().all(...hoursOf(unit), ...currencies) as [number, number][];
  for (const [hour, micros] of rows) {
    const bin = unit.column === 'day' ? Math.floor(hour / 24) : hour;
    if (micros !== 0) into.set(bin, (into.get(bin) ?? 0) + micros);
  }
}

export function moneyIn(reading: Reading, heads: readonly number[] | null, stretch: Stretch, currency: string): BudgetMoney {
  const asked = askedOf(reading, stretch, currency);
  return heads === null ? { ...ofAll(asked), computed: computedOfAll(asked, stretch) } : ofSome(asked, heads);
}

/** The sums of all agents together do not keep it apart. */
function computedOfAll(asked: Asked, stretch: Stretch): number {
  const { reading, unit, currencies } = asked;
  if (currencies.length === 0) return 0;
  const all = reading.sql<number[], { computed: number }>(`SELECT coalesce(sum(${computedOf(unit)}), 0) AS computed FROM agent a CROSS JOIN ${unit.table} s ON s.agent = a.id AND s.${unit.column} BETWEEN ? AND ? WHERE a.last_us >= ? AND computed > 0 AND ${ownOf(currencies)}`)
    .get(unit.first, unit.last, stretch.fromUs, ...currencies)?.computed ?? 0;
  return [...joined(reading)].reduce((sum, head) => sum - sidesOf(asked, head).less.money.computed, all);
}

/** Of one task, sub-agents and all: rows that the retention took are kept as sums. */
export function spentByTask(reading: Reading, task: number, currency: string): number {
  const currencies = currencyIds(reading, currency);
  if (currencies.length === 0) return 0;
  const marks = currencies.map(() => '?').join(', ');
  const rows = reading.sql<number[], { micros: number }>(`SELECT coalesce(sum(micros), 0) AS micros FROM activity INDEXED BY activity_key WHERE task = ? AND micros IS NOT NULL AND coalesce(currency, 0) IN (${marks})`).get(task, ...currencies)?.micros ?? 0;
  const kept = reading.sql<number[], { micros: number }>(`SELECT coalesce(sum(micros), 0) AS micros FROM task_kept WHERE task = ? AND currency IN (${marks})`).get(task, ...currencies)?.micros ?? 0;
  return rows + kept;
}
