/** What groups of failures cost, which tasks they hit, and as what version those ran. */
import type { Cost } from '../../../../shared/domain.ts';
import type { FailureGroup } from '../../../../shared/failures.ts';
import { OUTCOME, US_HOUR } from '../codes.ts';
import type { Bins } from './failure-bins.ts';
import type { Reading } from './reading.ts';
import { toldTwice } from './told-twice.ts';

interface Sums {
  readonly failure: number; readonly tasks: number; readonly failed: number; readonly finished: number; readonly micros: number; readonly computed: number; readonly unpriced: number;
  /** the least and the greatest string ids; null and 0: none is known. */
  readonly leastVersion: number | null; readonly mostVersion: number; readonly leastCurrency: number | null; readonly mostCurrency: number;
}
/** string ids */
interface Line extends Sums { readonly versions: readonly number[]; readonly currencies: readonly number[] }

export interface Hit { readonly tasks: FailureGroup['tasks']; readonly versions: string[]; readonly cost: Cost }

const mostVersions = 20;

/** Each task once, at its last time in the period: of a short one by looking at each, of a long one by sums of whole days. */
export function hitsOf(reading: Reading, bins: Bins, ids: readonly number[]): Map<number, Hit> {
  const twice = JSON.stringify(toldTwice(reading, [Math.floor(bins.fromUs / US_HOUR), Math.floor((bins.toUs - 1) / US_HOUR)]));
  return new Map(linesSince(reading, { bins, ids, twice, currency: null }).map((line) => [line.failure, hitOf(reading, bins, line, twice)]));
}

const sums = (days: Bins['days']): string => `sum(${tasksOf(days)}) AS tasks, sum(CASE h.outcome WHEN ${OUTCOME.failed} THEN ${tasksOf(days)} ELSE 0 END) AS failed, sum(CASE h.outcome WHEN ${OUTCOME.completed} THEN ${tasksOf(days)} ELSE 0 END) AS finished,
  sum(${days === null ? 'h.micros' : 'h.own'} + h.lost) AS micros, sum(h.computed) AS computed, sum(h.unpriced) AS unpriced,
  min(nullif(h.version, 0)) AS leastVersion, max(h.version) AS mostVersion, min(nullif(h.currency, 0)) AS leastCurrency, max(h.currency) AS mostCurrency`;
const tasksOf = (days: Bins['days']): string => (days === null ? '1' : 'h.tasks');

interface Asked { readonly bins: Bins; readonly ids: readonly number[]; /** a JSON list. */ readonly twice: string; readonly currency: number | null }

/** Group after group as they lie in the file, so that nothing needs sorting. */
function ask<T>(reading: Reading, columns: string, { bins: { fromUs, toUs, days }, ids, twice, currency }: Asked): T[] {
  const range = days === null ? 'failure_task h ON h.failure = f.id AND h.last_us >= ? AND h.last_us < ?' : 'failure_hit h ON h.failure = f.id AND h.day BETWEEN ? AND ?';
  const only = `${twice === '[]' ? '' : 'AND h.agent NOT IN (SELECT value FROM json_each(?))'} ${currency === null ? '' : 'AND h.currency = ?'}`;
  return reading.sql<(number | string)[], T>(`SELECT f.id AS failure, ${columns} FROM failure f CROSS JOIN ${range} ${only} WHERE f.id IN (SELECT value FROM json_each(?)) GROUP BY f.id`)
    .all(...(days === null ? [fromUs, toUs] : [days.from, days.to]), ...(twice === '[]' ? [] : [twice]), ...(currency === null ? [] : [currency]), JSON.stringify(ids));
}

/** One line a group. */
function linesOf(reading: Reading, asked: Asked): Line[] {
  const lines = ask<Sums>(reading, sums(asked.bins.days), asked);
  // Telling apart what is different takes as long as all the sums: it is done only where there is more than one.
  const several = lines.filter((line) => (line.leastVersion ?? 0) !== line.mostVersion || (line.leastCurrency ?? 0) !== line.mostCurrency).map((line) => line.failure);
  const apart = new Map(several.length === 0 ? [] : ask<{ failure: number; versions: string; currencies: string }>(reading, 'group_concat(DISTINCT h.version) AS versions, group_concat(DISTINCT h.currency) AS currencies', { ...asked, ids: several }).map((one) => [one.failure, one]));
  return lines.map((line) => {
    const more = apart.get(line.failure);
    return { ...line, versions: more === undefined ? known(line.mostVersion) : idsIn(more.versions), currencies: more === undefined ? known(line.mostCurrency) : idsIn(more.currencies) };
  });
}

interface Turn { readonly newest: number; readonly n: number }
interface Kept { readonly n: number; readonly line: Line | null }
/** SECURITY: of about so many numbers at most; versions come from strangers. */
const mostKept = 100_000;
const sizeOf = (kept: Kept | undefined): number => (kept === undefined ? 0 : 16 + (kept.line === null ? 0 : kept.line.versions.length + kept.line.currencies.length));

class KeptLines {
  private readonly lines = new Map<string, Kept>();
  /** Who is told of twice, as it was asked: each list stands here once, and not in each place. */
  private readonly lists = new Map<string, number>();
  private size = 0;

  /** Its number, which holds until the next call. */
  list(twice: string): number {
    if (this.size > mostKept) {
      this.lines.clear();
      this.lists.clear();
      this.size = 0;
    }
    let number = this.lists.get(twice);
    if (number === undefined) {
      this.lists.set(twice, number = this.lists.size);
      this.size += twice.length;
    }
    return number;
  }

  at(place: string): Kept | undefined {
    return this.lines.get(place);
  }

  keep(place: string, kept: Kept): void {
    this.size += sizeOf(kept) - sizeOf(this.lines.get(place));
    this.lines.set(place, kept);
  }
}

const keptBy = new WeakMap<Reading, KeptLines>();

function keptOf(reading: Reading): KeptLines {
  let kept = keptBy.get(reading);
  if (kept === undefined) keptBy.set(reading, kept = new KeptLines());
  return kept;
}

/** Of days before the newest of a failure its line is kept while its turn (`hit_turn`) stands: a month of all of them is read in ten milliseconds. */
function linesSince(reading: Reading, asked: Asked): Line[] {
  const { bins, ids, twice, currency } = asked;
  const { days } = bins;
  if (days === null) return linesOf(reading, asked);
  const within = (some: readonly number[], from: number, to: number): Map<number, Line> => new Map(some.length === 0 || to < from ? [] : linesOf(reading, { ...asked, bins: { ...bins, days: { from, to } }, ids: some }).map((line) => [line.failure, line]));
  const turns = new Map(reading.sql<[string], [number, number, number]>('SELECT t.failure, t.newest, t.n FROM json_each(?) j CROSS JOIN hit_turn t ON t.failure = j.value').raw().all(JSON.stringify(ids)).map(([failure, newest, n]): [number, Turn] => [failure, { newest, n }]));
  const kept = keptOf(reading);
  const list = kept.list(twice);
  return [...Map.groupBy(ids, (id) => turns.get(id)?.newest ?? -1)].flatMap(([newest, some]) => {
    const past = Math.min(days.to, newest - 1);
    const place = (id: number): string => `${id} ${days.from} ${past} ${list} ${currency ?? ''}`;
    const lacking = past < days.from ? [] : some.filter((id) => kept.at(place(id))?.n !== turns.get(id)?.n);
    const read = within(lacking, days.from, past);
    for (const id of lacking) kept.keep(place(id), { n: turns.get(id)?.n ?? 0, line: read.get(id) ?? null });
    const since = within(some, Math.max(days.from, past + 1), days.to);
    return some.flatMap((id) => added(past < days.from ? null : kept.at(place(id))?.line ?? null, since.get(id) ?? null));
  });
}

function added(a: Line | null, b: Line | null): Line[] {
  if (a === null || b === null) return a === null ? (b === null ? [] : [b]) : [a];
  const least = (one: number | null, two: number | null): number | null => (one === null || two === null ? one ?? two : Math.min(one, two));
  return [{
    failure: a.failure, tasks: a.tasks + b.tasks, failed: a.failed + b.failed, finished: a.finished + b.finished, micros: a.micros + b.micros, computed: a.computed + b.computed, unpriced: a.unpriced + b.unpriced,
    leastVersion: least(a.leastVersion, b.leastVersion), mostVersion: Math.max(a.mostVersion, b.mostVersion), leastCurrency: least(a.leastCurrency, b.leastCurrency), mostCurrency: Math.max(a.mostCurrency, b.mostCurrency),
    versions: [...new Set([...a.versions, ...b.versions])], currencies: [...new Set([...a.currencies, ...b.currencies])],
  }];
}

const known = (id: number): number[] => (id === 0 ? [] : [id]);
const idsIn = (text: string): number[] => text.split(',').map(Number).filter((id) => id !== 0);

function hitOf(reading: Reading, bins: Bins, line: Line, twice: string): Hit {
  const versions = line.versions.map((version) => reading.texts.of(version)).toSorted();
  const { currencies } = line;
  // Of several currencies the one that most of it is in; the others are never added to it.
  const money = currencies.length < 2 ? [{ currency: currencies[0] ?? 0, line }] : currencies.flatMap((currency) => linesSince(reading, { bins, ids: [line.failure], twice, currency }).map((one) => ({ currency, line: one })));
  const [main] = money.toSorted((a, b) => b.line.micros - a.line.micros || a.currency - b.currency);
  const { currency = 0, line: { micros, computed } = line } = main ?? {};
  return {
    tasks: { failed: line.failed, finishedAfter: line.finished, other: line.tasks - line.failed - line.finished }, versions: versions.slice(0, mostVersions),
    cost: {
      amountMicros: currency === 0 ? (line.unpriced > 0 ? null : 0) : micros, currency: reading.texts.of(currency) || 'USD',
      provenance: line.unpriced > 0 ? 'unpriced' : currency === 0 || computed > 0 ? 'computed' : 'reported', unpriced: line.unpriced,
    },
  };
}
