/** Time series for charts, thinned here to at most 500 bins and three names with "other". */
import type { ParsedParams, Series } from '../../../../shared/contract.ts';
import { US_HOUR, US_MINUTE } from '../codes.ts';
import { iso, rowId, type Reading } from './reading.ts';
import { binsOf, Sight, spanOf, type Span } from './span-of-time.ts';
import { toldTwice } from './told-twice.ts';

interface Point { readonly atUs: number; readonly key: string; readonly value: number; readonly connection: number }
const mostNames = 3;
const others = 'other';

/** The largest names in order of size, then "other" for what is left. */
function namesOf(points: readonly Point[]): string[] {
  const sums = new Map<string, number>();
  for (const point of points) sums.set(point.key, (sums.get(point.key) ?? 0) + point.value);
  const names = [...sums].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
  return names.length <= mostNames + 1 ? names : [...names.slice(0, mostNames), others];
}

function fold(points: readonly Point[], span: Span, bins: { binUs: number; count: number; firstUs: number }, sight: Sight, connectionOf: (name: string) => number | null): Series {
  const names = namesOf(points);
  const column = new Map(names.map((name, at) => [name, at]));
  const values = Array.from({ length: bins.count }, () => names.map(() => 0));
  for (const point of points) {
    const row = values[Math.floor((point.atUs - bins.firstUs) / bins.binUs)];
    const at = column.get(point.key) ?? column.get(others);
    if (row !== undefined && at !== undefined) row[at] = (row[at] ?? 0) + point.value;
  }
  const everyone = sight.connections;
  return {
    binMs: bins.binUs / 1_000, names,
    bins: values.map((row, bin) => {
      const from = Math.max(span.fromUs, bins.firstUs + bin * bins.binUs);
      const to = bins.firstUs + (bin + 1) * bins.binUs;
      const any = everyone.length === 0 ? 0 : Math.max(...everyone.map((one) => sight.share(one, from, to)));
      // Without a single name the chart is empty, and whether that was seen must still be said.
      const seen = names.length === 0 ? [any] : names.map((name) => { const one = connectionOf(name); return one === null ? any : sight.share(one, from, to); });
      return { at: iso(bins.firstUs + bin * bins.binUs), values: row, seen };
    }),
  };
}

function connectionNames(reading: Reading): Map<number, string> {
  return new Map(reading.sql<[], { id: number; name: string }>('SELECT id, name FROM connection').all().map((row) => [row.id, row.name]));
}

const byName = (names: ReadonlyMap<number, string>) => (name: string): number | null => {
  for (const [id, one] of names) if (one === name) return id;
  return null;
};

/** Activities a bin, by connection. Minutes serve short periods, hours everything else and single agents. */
export function activitySeries(reading: Reading, params: ParsedParams<'series.activity'>, nowUs: number): Series {
  const span = spanOf(params.period, nowUs);
  const short = params.agentId === undefined && span.toUs - span.fromUs <= 49 * US_HOUR;
  const bins = binsOf(span, params.bins, short ? US_MINUTE : US_HOUR);
  const names = connectionNames(reading);
  const points = short ? minutePoints(reading, span, names) : hourPoints(reading, span, names, params.agentId === undefined ? null : reading.sourcesOf(rowId('agent', params.agentId)));
  return fold(points, span, bins, new Sight(reading, span, nowUs), byName(names));
}

function minutePoints(reading: Reading, span: Span, names: ReadonlyMap<number, string>): Point[] {
  return reading.sql<number[], { minute: number; connection: number; value: number }>('SELECT minute, connection, activities AS value FROM by_minute WHERE minute BETWEEN ? AND ?')
    .all(Math.floor(span.fromUs / US_MINUTE), Math.floor((span.toUs - 1) / US_MINUTE))
    .map((row) => ({ atUs: Math.max(span.fromUs, row.minute * US_MINUTE), key: names.get(row.connection) ?? 'removed', value: row.value, connection: row.connection }));
}

function hourPoints(reading: Reading, span: Span, names: ReadonlyMap<number, string>, agents: readonly number[] | null): Point[] {
  const hours = [Math.floor(span.fromUs / US_HOUR), Math.floor((span.toUs - 1) / US_HOUR)];
  const rows = agents === null
    ? reading.sql<number[], { hour: number; connection: number; value: number }>('SELECT hour, connection, sum(activities) AS value FROM hour_total WHERE hour BETWEEN ? AND ? GROUP BY hour, connection').all(...hours)
    : agents.flatMap((agent) => reading.sql<number[], { hour: number; value: number }>('SELECT hour, sum(activities) AS value FROM by_hour WHERE agent = ? AND hour BETWEEN ? AND ? GROUP BY hour').all(agent, ...hours)
      .map((row) => ({ ...row, connection: reading.agent(agent).connection })));
  return rows.map(({ hour, connection, value }) => ({ atUs: Math.max(span.fromUs, hour * US_HOUR), key: names.get(connection) ?? 'removed', value, connection }));
}

interface Spent { readonly hour: number; readonly connection: number; readonly model: number; readonly currency: number; readonly value: number }

/** Telemetry and a management API tell of the same calls: what telemetry says counts, and where it says nothing, what the API says. */
function spentByOne(reading: Reading, hours: readonly [number, number], agents: readonly number[]): Spent[] {
  const twice = agents.length === 1 ? [] : toldTwice(reading, hours);
  return agents.filter((agent) => !twice.includes(agent)).flatMap((agent) => spentByAgent(reading, hours, agent));
}

function spentByAgent(reading: Reading, hours: readonly [number, number], agent: number): Spent[] {
  const { connection } = reading.agent(agent);
  return reading.sql<number[], Omit<Spent, 'connection'>>('SELECT hour, model, currency, micros AS value FROM by_hour WHERE agent = ? AND hour BETWEEN ? AND ? AND priced > 0').all(agent, ...hours)
    .map((row) => ({ ...row, connection }));
}

/** All agents together have sums of their own, by model or by connection alone. */
function spentBy(reading: Reading, hours: readonly [number, number], agents: readonly number[] | null, by: 'connection' | 'model'): Spent[] {
  if (agents !== null) return spentByOne(reading, hours, agents);
  const all = reading.sql<number[], Spent>(by === 'model'
    ? 'SELECT hour, connection, model, currency, micros AS value FROM spend_hour WHERE hour BETWEEN ? AND ?'
    : 'SELECT hour, connection, 0 AS model, currency, micros AS value FROM hour_total WHERE hour BETWEEN ? AND ? AND priced > 0').all(...hours);
  // Told by both sides: once out again what the second side added.
  return [...all, ...toldTwice(reading, hours).flatMap((agent) => spentByAgent(reading, hours, agent).map((row) => ({ ...row, model: by === 'model' ? row.model : 0, value: -row.value })))];
}

/** Known money a bin in micro-units, of the currency that most of it is in; other currencies are never added to it. */
export function spendSeries(reading: Reading, params: ParsedParams<'series.spend'>, nowUs: number): Series {
  const span = spanOf(params.period, nowUs);
  const bins = binsOf(span, params.bins, US_HOUR);
  const rows = spentBy(reading, [Math.floor(span.fromUs / US_HOUR), Math.floor((span.toUs - 1) / US_HOUR)], params.agentId === undefined ? null : reading.sourcesOf(rowId('agent', params.agentId)), params.by);
  const currency = mainCurrency(rows);
  const names = connectionNames(reading);
  const points = rows.filter((row) => row.currency === currency).map(({ hour, connection, model, value }) => {
    const key = params.by === 'model' ? reading.texts.of(model) || 'no model named' : (names.get(connection) ?? 'removed');
    return { atUs: Math.max(span.fromUs, hour * US_HOUR), key, value, connection };
  });
  return fold(points, span, bins, new Sight(reading, span, nowUs), params.by === 'connection' ? byName(names) : () => null);
}

function mainCurrency(rows: readonly { currency: number; value: number }[]): number {
  const sums = new Map<number, number>();
  for (const row of rows) sums.set(row.currency, (sums.get(row.currency) ?? 0) + row.value);
  return [...sums].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}
