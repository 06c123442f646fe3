/** Money day by day: what agents told, what the book says, what bills say, side by side. Screens of money know whole UTC days only. */
import type { Period } from '../../../../shared/contract.ts';
import type { MoneyBySide } from '../../../../shared/cost.ts';
import { US_DAY } from '../codes.ts';
import type { Reading } from './reading.ts';
import { spanOf } from './span-of-time.ts';
import { toldTwice } from './told-twice.ts';

/** Days since the epoch, both within. */
export interface Days { readonly from: number; readonly to: number }

export function daysOf(period: Period, nowUs: number): Days {
  const { fromUs, toUs } = spanOf(period, nowUs);
  return { from: Math.floor(fromUs / US_DAY), to: Math.floor((toUs - 1) / US_DAY) };
}

export const dayText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** Agents that could have lines from then on, but for what telemetry tells already. An agent's lines stand together: each is one look-up. */
export const payingAgents = '(SELECT id, connection FROM agent WHERE last_us >= ? AND id NOT IN (SELECT value FROM json_each(?)))';
export const payingParams = (reading: Reading, days: Days): [number, string] => [days.from * US_DAY, JSON.stringify(toldTwice(reading, [days.from * 24, days.to * 24 + 23]))];

export interface SpendLine {
  readonly connection: number; readonly day: number; readonly currency: number;
  readonly reported: number; readonly reportedN: number; readonly computed: number; readonly computedN: number; readonly onlyComputed: number; readonly unpriced: number;
}

/** One line for each connection, day and currency. */
export function spendLines(reading: Reading, days: Days): SpendLine[] {
  return reading.sql<(number | string)[], SpendLine>(`SELECT a.connection, s.day, s.currency, sum(s.reported) AS reported, sum(s.reported_n) AS reportedN, sum(s.computed) AS computed, sum(s.computed_n) AS computedN,
      sum(s.only_computed) AS onlyComputed, sum(s.unpriced_n) AS unpriced FROM ${payingAgents} a CROSS JOIN spend_day s ON s.agent = a.id AND s.day BETWEEN ? AND ? GROUP BY a.connection, s.day, s.currency`)
    .all(...payingParams(reading, days), days.from, days.to);
}

const placeOf = (connection: number, day: number, currency: string): string => `${connection} ${day} ${currency}`;

interface BilledDay { readonly connection: number; readonly day: number; readonly currency: string; readonly micros: number }

/** What was billed for a connection's day. A day without a line is not known to be billed: another bill may tell of it yet. */
export function billedDays(reading: Reading, days: Days): Map<string, BilledDay> {
  const lines = reading.sql<[number, number], BilledDay>('SELECT connection, day, currency, sum(micros) AS micros FROM bill_day WHERE day BETWEEN ? AND ? GROUP BY connection, day, currency').all(days.from, days.to);
  return new Map(lines.map((line) => [placeOf(line.connection, line.day, line.currency), line]));
}

/** A connection's day in one currency. Work without a price belongs to no currency: it is told with each. */
export interface Cell {
  readonly connection: number; readonly day: number;
  reported: number; reportedN: number; computed: number; computedN: number; onlyComputed: number; unpriced: number;
  billed: number | null;
}

export interface Spent { readonly lines: readonly SpendLine[]; readonly billed: ReturnType<typeof billedDays> }

export const spentOf = (reading: Reading, days: Days): Spent => ({ lines: spendLines(reading, days), billed: billedDays(reading, days) });

export function cellsOf(reading: Reading, { lines, billed }: Spent, currency: string): Cell[] {
  const cells = new Map<string, Cell>();
  const at = (connection: number, day: number): Cell => {
    const place = placeOf(connection, day, currency);
    let cell = cells.get(place);
    if (cell === undefined) cells.set(place, cell = { connection, day, reported: 0, reportedN: 0, computed: 0, computedN: 0, onlyComputed: 0, unpriced: 0, billed: billed.get(place)?.micros ?? null });
    return cell;
  };
  for (const line of lines) {
    const own = reading.texts.of(line.currency) === currency;
    if (!own && line.unpriced === 0) continue;
    const cell = at(line.connection, line.day);
    cell.unpriced += line.unpriced;
    if (!own) continue;
    cell.reported += line.reported;
    cell.reportedN += line.reportedN;
    cell.computed += line.computed;
    cell.computedN += line.computedN;
    cell.onlyComputed += line.onlyComputed;
  }
  for (const one of billed.values()) if (one.currency === currency) at(one.connection, one.day);
  return [...cells.values()];
}

/** Of each currency what would be shown of it, the largest first; the usual one where nothing is known. */
export function currenciesOf(reading: Reading, spent: Spent): { currency: string; micros: number }[] {
  const names = new Set([...spent.lines.filter((line) => line.reportedN + line.computedN > 0).map((line) => reading.texts.of(line.currency)), ...[...spent.billed.values()].map((one) => one.currency)]);
  names.delete('');
  const sums = [...names].map((currency) => ({ currency, micros: cellsOf(reading, spent, currency).reduce((sum, cell) => sum + (cell.billed ?? cell.reported + cell.onlyComputed), 0) }));
  return sums.length === 0 ? [{ currency: 'USD', micros: 0 }] : sums.toSorted((a, b) => b.micros - a.micros || (a.currency < b.currency ? -1 : 1));
}

/** A bill says what its day cost, whatever we knew of it: what is unpriced there is in it. */
export function moneyOf(cells: readonly Cell[], currency: string): MoneyBySide {
  const sum = { billed: 0, billedN: 0, reported: 0, reportedN: 0, computed: 0, computedN: 0, shownReported: 0, shownComputed: 0, unpriced: 0 };
  for (const cell of cells) {
    sum.reported += cell.reported;
    sum.reportedN += cell.reportedN;
    sum.computed += cell.computed;
    sum.computedN += cell.computedN;
    if (cell.billed === null) {
      sum.shownReported += cell.reported;
      sum.shownComputed += cell.onlyComputed;
      sum.unpriced += cell.unpriced;
    } else {
      sum.billed += cell.billed;
      sum.billedN += 1;
    }
  }
  const known = sum.billedN + sum.reportedN + sum.computedN > 0;
  const amount = sum.billed + sum.shownReported + sum.shownComputed;
  return {
    billedMicros: sum.billedN > 0 ? sum.billed : null, reportedMicros: sum.reportedN > 0 ? sum.reported : null, computedMicros: sum.computedN > 0 ? sum.computed : null,
    shown: {
      amountMicros: !known && sum.unpriced > 0 ? null : amount, currency, unpriced: sum.unpriced,
      // A sum is only as sure as the least of it. Nothing used costs nothing: that is our own arithmetic.
      provenance: sum.unpriced > 0 ? 'unpriced' : sum.shownComputed > 0 || !known ? 'computed' : sum.shownReported > 0 || sum.billedN === 0 ? 'reported' : 'billed',
    },
    shownReportedMicros: sum.shownReported, shownComputedMicros: sum.shownComputed, shownBilledMicros: sum.billed, unpriced: sum.unpriced,
  };
}
