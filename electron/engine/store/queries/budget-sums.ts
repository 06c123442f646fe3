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

interface Line { readonly bin: number; readonly own: number; readonly micros: number; readonly computed: number; readonly priced: number; readonly unpriced: number }
interface Unit { readonly table: 'by_hour' | 'by_day'; readonly column: 'hour' | 'day'; readonly first: number; readonly last: number }

/** Days where the stretch is made of whole ones. */
function unitOf({ fromUs, toUs }: Stretch): Unit {
  const days = fromUs % US_DAY === 0 && toUs % US_DAY === 0;
  const us = days ? US_DAY : US_HOUR;
  return { table: days ? 'by_day' : 'by_hour', column: days ? 'day' : 'hour', first: Math.floor(fromUs / us), last: Math.ceil(toUs / us) - 1 };
}

/** In sums by hour it is not kept apart what of a line was only computed: a line with any of it counts as computed. */
const computedOf = ({ table }: Unit): string => (table === 'by_day' ? 'only_computed' : '(CASE WHEN computed > 0 THEN micros ELSE 0 END)');
const ownOf = (currencies: readonly number[]): string => (currencies.length === 0 ? '0' : `currency IN (${currencies.map(() => '?').join(', ')})`);

function linesOf(reading: Reading, agent: number, unit: Unit, currencies: readonly number[]): Line[] {
  return reading.sql<number[], Line>(`SELECT ${unit.column} AS bin, ${ownOf(currencies)} AS own, micros, ${computedOf(unit)} AS computed, priced, unpriced
    FROM ${unit.table} WHERE agent = ? AND ${unit.column} BETWEEN ? AND ?`).all(...currencies, agent, unit.first, unit.last);
}

class Sums {
  micros = 0;
  computed = 0;
  unpriced = 0;
  other = 0;
  readonly bins = new Map<number, number>();

  add({ bin, own, micros, computed, priced, unpriced }: Line, sign: 1 | -1 = 1): void {
    this.unpriced += sign * unpriced;
    if (own === 0) {
      this.other += sign * priced;
      return;
    }
    this.micros += sign * micros;
    this.computed += sign * computed;
    if (micros !== 0) this.bins.set(bin, (this.bins.get(bin) ?? 0) + sign * micros);
  }
}

const sumOf = (lines: readonly Line[]): Sums => {
  const sums = new Sums();
  for (const line of lines) sums.add(line);
  return sums;
};

interface Sides { readonly more: readonly Line[]; readonly less: readonly Line[] }

/** What telemetry told of an agent and what was asked for: the side with more money, of two with none the one that told more. */
function sidesOf(reading: Reading, head: number, unit: Unit, currencies: readonly number[]): Sides {
  const sent: Line[] = [];
  const asked: Line[] = [];
  for (const source of reading.sourcesOf(head)) (isSent(reading, source) ? sent : asked).push(...linesOf(reading, source, unit, currencies));
  const [one, two] = [sumOf(sent), sumOf(asked)];
  const isAsked = two.micros > one.micros || (two.micros === one.micros && two.unpriced + two.other > one.unpriced + one.other);
  return isAsked ? { more: asked, less: sent } : { more: sent, less: asked };
}

function isSent(reading: Reading, agent: number): boolean {
  return reading.sql<[number], { kind: string }>('SELECT kind FROM connection WHERE id = ?').get(reading.agent(agent).connection)?.kind === 'otlp';
}

/** Agents that are seen from more than one side: few. */
const joined = (reading: Reading): number[] => [...new Set(reading.heads().values())];

/** All agents together have sums by hour and connection of their own. */
function sumOfAll(reading: Reading, unit: Unit, currencies: readonly number[]): Sums {
  const [first, last] = unit.column === 'day' ? [unit.first * 24, unit.last * 24 + 23] : [unit.first, unit.last];
  const lines = reading.sql<number[], Line>(`SELECT ${unit.column === 'day' ? 'hour / 24' : 'hour'} AS bin, ${ownOf(currencies)} AS own, micros, 0 AS computed, priced, unpriced FROM hour_total WHERE hour BETWEEN ? AND ?`).all(...currencies, first, last);
  const sums = sumOf(lines);
  for (const head of joined(reading)) for (const line of sidesOf(reading, head, unit, currencies).less) sums.add({ ...line, computed: 0 }, -1);
  return sums;
}

function sumOfSome(reading: Reading, heads: readonly number[], unit: Unit, currencies: readonly number[]): Sums {
  const sums = new Sums();
  const twice = new Set(joined(reading));
  for (const head of heads) for (const line of twice.has(head) ? sidesOf(reading, head, unit, currencies).more : linesOf(reading, head, unit, currencies)) sums.add(line);
  return sums;
}

function summed(reading: Reading, heads: readonly number[] | null, stretch: Stretch, currency: string): Sums {
  const unit = unitOf(stretch);
  const currencies = currencyIds(reading, currency);
  return heads === null ? sumOfAll(reading, unit, currencies) : sumOfSome(reading, heads, unit, currencies);
}

/** What a limit is compared with. `heads` null: everybody. */
export function spentIn(reading: Reading, heads: readonly number[] | null, stretch: Stretch, currency: string): number {
  return summed(reading, heads, stretch, currency).micros;
}

/** Money by hour, or by day where the stretch is made of whole days. */
export function spentByBin(reading: Reading, heads: readonly number[] | null, stretch: Stretch, currency: string): Bins {
  return summed(reading, heads, stretch, currency).bins;
}

export function moneyIn(reading: Reading, heads: readonly number[] | null, stretch: Stretch, currency: string): BudgetMoney {
  const { micros, computed, unpriced, other } = summed(reading, heads, stretch, currency);
  return { micros, computed: heads === null ? computedOfAll(reading, stretch, currency) : computed, unpriced, other };
}

/** The sums of all agents together do not keep it apart. */
function computedOfAll(reading: Reading, stretch: Stretch, currency: string): number {
  const unit = unitOf(stretch);
  const currencies = currencyIds(reading, currency);
  if (currencies.length === 0) return 0;
  const all = reading.sql<number[], { computed: number }>(`SELECT coalesce(sum(${computedOf(unit)}), 0) AS computed FROM agent a CROSS JOIN ${unit.table} s ON s.agent = a.id AND s.${unit.column} BETWEEN ? AND ? WHERE a.last_us >= ? AND computed > 0 AND ${ownOf(currencies)}`)
    .get(unit.first, unit.last, stretch.fromUs, ...currencies)?.computed ?? 0;
  return joined(reading).reduce((sum, head) => sum - sumOf(sidesOf(reading, head, unit, currencies).less).computed, all);
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
