/**
 * Who handed work to whom, day by day. A month of it is thousands of lines, by caller and by whom they called: those of days that are over are kept
 * while their turn (`day_turn`) stands. They are read whole, so only once two questions in a row found the same turn.
 */
import { US_DAY } from '../codes.ts';
import { closedDays, type ClosedDays } from './closed-days.ts';
import type { Reading } from './reading.ts';

/** Handed from one to the other in some days. */
export interface LinkSum { readonly key: number; readonly caller: number; readonly called: number; volume: number; failures: number; /** nobody is told who refuses work. */ readonly denials: 0; lastUs: number }
type Days = readonly [from: number, to: number];
type Sum = [caller: number, called: number, volume: number, failures: number, lastUs: number];

/** Both ids of a pair are one number where there are many of them: a row of two takes three times as long. Each agent is a line of some hundred bytes, so there are never so many. */
export const manyAgents = 2 ** 26;
const pairKey = (caller: number, called: number): number => caller * manyAgents + called;

/** Of one pair: its lines from one place to before another, by day. */
interface Pair { readonly caller: number; readonly called: number; readonly start: number; end: number }

/** SECURITY: more lines than this are not kept, but read at each question. */
const mostLines = 100_000;
const several = (map: Map<number, Pair[]>, of: number, one: Pair): void => { const known = map.get(of); if (known === undefined) map.set(of, [one]); else known.push(one); };

class KeptLines {
  readonly byCaller = new Map<number, Pair[]>();
  readonly byCalled = new Map<number, Pair[]>();
  readonly from: number;
  readonly closed: ClosedDays;
  readonly tooMany: boolean;
  private readonly days: Int32Array;
  private readonly calls: Float64Array;
  private readonly failures: Float64Array;
  private readonly lastUs: Float64Array;

  constructor(reading: Reading, from: number, closed: ClosedDays) {
    const lines = reading.sql<number[], [number, number, number, number, number, number]>(`SELECT caller, called, day, calls, failures, last_us FROM link_day WHERE day >= ? AND day < ? ORDER BY caller, called, day LIMIT ${mostLines + 1}`).raw().all(from, closed.open);
    this.from = from;
    this.closed = closed;
    this.tooMany = lines.length > mostLines;
    const kept = this.tooMany ? [] : lines;
    this.days = Int32Array.from(kept, (line) => line[2]);
    this.calls = Float64Array.from(kept, (line) => line[3]);
    this.failures = Float64Array.from(kept, (line) => line[4]);
    this.lastUs = Float64Array.from(kept, (line) => line[5]);
    let pair = null as Pair | null;
    for (const [at, [caller, called]] of kept.entries()) {
      if (pair?.caller !== caller || pair.called !== called) {
        pair = { caller, called, start: at, end: at };
        several(this.byCaller, caller, pair);
        several(this.byCalled, called, pair);
      }
      pair.end = at + 1;
    }
  }

  /** null: nothing in those days. */
  sum({ caller, called, start, end }: Pair, [from, to]: Days): LinkSum | null {
    let sum: LinkSum | null = null;
    for (let at = end - 1; at >= start && (this.days[at] ?? 0) >= from; at -= 1) {
      if ((this.days[at] ?? 0) > to) continue;
      sum ??= { key: pairKey(caller, called), caller, called, volume: 0, failures: 0, denials: 0, lastUs: 0 };
      sum.volume += this.calls[at] ?? 0;
      sum.failures += this.failures[at] ?? 0;
      sum.lastUs = Math.max(sum.lastUs, this.lastUs[at] ?? 0);
    }
    return sum;
  }

  /** When the last of them was; 0: nothing in those days. */
  last({ start, end }: Pair, [from, to]: Days): number {
    let last = 0;
    for (let at = end - 1; at >= start && (this.days[at] ?? 0) >= from; at -= 1) if ((this.days[at] ?? 0) <= to) last = Math.max(last, this.lastUs[at] ?? 0);
    return last;
  }
}

interface Kept { seen: ClosedDays; lines: KeptLines | null }
const keptBy = new WeakMap<Reading, Kept>();
const same = (a: ClosedDays, b: ClosedDays): boolean => a.n === b.n && a.open === b.open;

function keptLines(reading: Reading, from: number, closed: ClosedDays): KeptLines | null {
  let kept = keptBy.get(reading);
  if (kept === undefined) keptBy.set(reading, kept = { seen: { open: -1, n: -1 }, lines: null });
  const again = same(kept.seen, closed);
  kept.seen = closed;
  if (kept.lines !== null && (!same(kept.lines.closed, closed) || kept.lines.from > from)) kept.lines = null;
  if (kept.lines === null && again) kept.lines = new KeptLines(reading, from, closed);
  return kept.lines === null || kept.lines.tooMany ? null : kept.lines;
}

const sums = 'l.caller, l.called, sum(l.calls), sum(l.failures), max(l.last_us)';
const readOut = `SELECT ${sums} FROM link_day l WHERE l.caller IN (SELECT value FROM json_each(?)) AND l.day BETWEEN ? AND ? GROUP BY l.caller, l.called`;
// Which pairs there are stands in the index; their lines stand side by side under the caller.
const readInto = `SELECT ${sums} FROM (SELECT DISTINCT d.caller, d.called FROM json_each(?) i CROSS JOIN link_day d INDEXED BY link_day_called ON d.called = i.value WHERE d.day BETWEEN ? AND ?) p
  CROSS JOIN link_day l ON l.caller = p.caller AND l.called = p.called AND l.day BETWEEN ? AND ? GROUP BY l.caller, l.called`;
// Of few days.
const ofDays = (which: string): string => `SELECT caller, called, calls, failures, last_us FROM link_day INDEXED BY link_day_day WHERE ${which}day BETWEEN ? AND ?`;
const readOutOfDays = ofDays('caller IN (SELECT value FROM json_each(?)) AND ');
const readIntoOfDays = ofDays('called IN (SELECT value FROM json_each(?)) AND ');
const mostAtOnce = 2_000;
// Which days a pair has stands in the indexes as well; when on that day only the line itself says.
const readKeys = `SELECT DISTINCT d.caller * ${manyAgents} + d.called FROM link_day d INDEXED BY link_day_called WHERE d.called IN (SELECT value FROM json_each(?)) AND d.day BETWEEN ? AND ?`;
const readKeysOfDays = `SELECT caller * ${manyAgents} + called FROM link_day INDEXED BY link_day_day WHERE called IN (SELECT value FROM json_each(?)) AND day BETWEEN ? AND ?`;
const isSince = 'SELECT EXISTS (SELECT 1 FROM link_day WHERE caller = ? AND called = ? AND day BETWEEN ? AND ? AND last_us >= ?)';

/** Links in some days, of agents that are asked for. */
export class LinkDays {
  private readonly reading: Reading;
  private readonly kept: KeptLines | null;
  /** what the kept lines tell, and what must be read. */
  private readonly past: Days;
  private readonly rest: Days;
  /** All of `rest`; null: they are read for some agents at a time. */
  private readonly lately: readonly Sum[] | null;

  /** `often`: links are asked for several times, so those of the last days are read once. */
  constructor(reading: Reading, [from, to]: Days, often = false) {
    const closed = closedDays(reading);
    this.reading = reading;
    this.kept = closed.open > from ? keptLines(reading, from, closed) : null;
    this.past = [from, Math.min(to, closed.open - 1)];
    this.rest = [this.kept === null ? from : Math.max(from, closed.open), to];
    this.lately = often && (this.kept !== null || closed.open <= from) ? this.readLately() : null;
  }

  /** From these to others, in the order of both ids. */
  out(agents: readonly number[]): LinkSum[] {
    return this.added(agents, this.kept?.byCaller, this.read(this.kept === null ? readOut : readOutOfDays, agents, 0));
  }

  /** To these from others, in the order of both ids. */
  into(agents: readonly number[]): LinkSum[] {
    return this.added(agents, this.kept?.byCalled, this.read(this.kept === null ? readInto : readIntoOfDays, agents, 1));
  }

  /** Keys of those to these since then. */
  keysInto(agents: readonly number[], sinceUs: number): Set<number> {
    const { kept, lately } = this;
    const keys = new Set(lately === null ? this.readKeys(agents, sinceUs) : []);
    const called = new Set(agents);
    for (const sum of lately ?? []) if (called.has(sum[1]) && sum[4] >= sinceUs) keys.add(pairKey(sum[0], sum[1]));
    if (kept !== null) for (const agent of agents) for (const pair of kept.byCalled.get(agent) ?? []) if (kept.last(pair, this.past) >= sinceUs) keys.add(pairKey(pair.caller, pair.called));
    return keys;
  }

  private readLately(): readonly Sum[] | null {
    const lines = this.reading.sql<number[], Sum>(`${ofDays('')} LIMIT ${mostAtOnce + 1}`).raw().all(...this.rest);
    return lines.length > mostAtOnce ? null : lines;
  }

  /** `end`: 0 where the callers are these agents, 1 where the called are. */
  private read(sql: string, agents: readonly number[], end: 0 | 1): readonly Sum[] {
    const { lately } = this;
    if (lately === null) return this.rest[0] > this.rest[1] ? [] : this.reading.sql<unknown[], Sum>(sql).raw().all(JSON.stringify(agents), ...this.rest, ...(sql === readInto ? this.rest : []));
    const these = new Set(agents);
    return lately.filter((sum) => these.has(sum[end]));
  }

  private readKeys(agents: readonly number[], sinceUs: number): number[] {
    const { reading, rest } = this;
    if (rest[0] > rest[1]) return [];
    const read = reading.sql<unknown[], number>(this.kept === null ? readKeys : readKeysOfDays).pluck().all(JSON.stringify(agents), ...rest);
    const one = reading.sql<number[], number>(isSince).pluck();
    return rest[0] * US_DAY >= sinceUs ? read : read.filter((key) => one.get(Math.floor(key / manyAgents), key % manyAgents, ...rest, sinceUs) === 1);
  }

  private added(agents: readonly number[], pairs: ReadonlyMap<number, Pair[]> | undefined, read: readonly Sum[]): LinkSum[] {
    const all = new Map<number, LinkSum>();
    for (const agent of new Set(agents)) {
      for (const pair of pairs?.get(agent) ?? []) {
        const sum = this.kept?.sum(pair, this.past) ?? null;
        if (sum !== null) all.set(sum.key, sum);
      }
    }
    for (const [caller, called, volume, failures, lastUs] of read) {
      const key = pairKey(caller, called);
      const known = all.get(key);
      if (known === undefined) all.set(key, { key, caller, called, volume, failures, denials: 0, lastUs });
      else {
        known.volume += volume;
        known.failures += failures;
        known.lastUs = Math.max(known.lastUs, lastUs);
      }
    }
    return [...all.values()].sort((a, b) => a.key - b.key);
  }
}
