/** Who failed how often in a period, group by group. */
import { US_DAY } from '../codes.ts';
import { closedDays } from './closed-days.ts';
import type { Bins } from './failure-bins.ts';
import type { Reading } from './reading.ts';

export interface GroupRow {
  readonly id: number; readonly kind: number; readonly name: number; readonly errorType: number | null; readonly errorMessage: number | null; readonly firstUs: number; readonly lastUs: number; readonly count: number;
  readonly state: string | null; readonly stateUs: number | null; readonly untilUs: number | null; readonly seen: number | null;
}
const columns = 'f.id, f.kind, f.name, f.error_type AS errorType, f.error_message AS errorMessage, f.first_us AS firstUs, f.last_us AS lastUs, f.count, s.state, s.at_us AS stateUs, s.until_us AS untilUs, s.seen';

export function groupRows(reading: Reading, { fromUs, toUs }: Bins): GroupRow[] {
  return reading.sql<[number, number], GroupRow>(`SELECT ${columns} FROM failure f LEFT JOIN failure_state s ON s.failure = f.id WHERE f.last_us >= ? AND f.first_us < ?`).all(fromUs, toUs);
}

export function groupRow(reading: Reading, id: number): GroupRow | undefined {
  return reading.sql<[number], GroupRow>(`SELECT ${columns} FROM failure f LEFT JOIN failure_state s ON s.failure = f.id WHERE f.id = ?`).get(id);
}

/** Of each failure: how often each agent had it. */
export type Counts = ReadonlyMap<number, ReadonlyMap<number, number>>;

/** How often one agent had a failure in each bin that it had it in. */
interface Bars { readonly at: number[]; readonly count: number[]; /** with what was before. */ total: number; /** as it is kept of days that are over. */ readonly before: Bars | null }
type Groups = ReadonlyMap<number, ReadonlyMap<number, Bars>>;
interface Days { readonly from: number; readonly to: number }

/** Numbers that cross into JavaScript as one: making a row of three takes three times as long. 53 bits hold the place (21), the agent (26) and the bin (6). */
const bitsOfBin = 64;
const bitsOfAgent = 2 ** 26;

/** Who failed how often and when in the period, read once. */
export class Tally {
  readonly groups: Groups;

  constructor(reading: Reading, bins: Bins, ids: readonly number[]) {
    this.groups = bins.days === null ? singly(reading, bins, ids) : byDays(reading, bins, bins.days, ids);
  }
}

function singly(reading: Reading, { fromUs, toUs, binUs, count }: Bins, ids: readonly number[]): Groups {
  const lines = reading.sql<(number | string)[], number>(`SELECT (j.key * ${bitsOfAgent} + a.agent) * ${bitsOfBin} + min(?, CAST((a.ts_us - ?) / (? * 1.0) AS INTEGER))
    FROM json_each(?) j CROSS JOIN activity a INDEXED BY activity_failure ON a.failure = j.value AND a.ts_us >= ? AND a.ts_us < ?`).pluck().all(count - 1, fromUs, binUs, JSON.stringify(ids), fromUs, toUs);
  const groups = new Map<number, Map<number, Bars>>();
  for (const line of lines) {
    const at = line % bitsOfBin;
    const both = (line - at) / bitsOfBin;
    const agent = both % bitsOfAgent;
    add(groups, ids[(both - agent) / bitsOfAgent] ?? 0, agent, at, 1);
  }
  return groups;
}

/** Days that are over are kept while their turn stands: a month of failures is ten thousand lines. */
function byDays(reading: Reading, { binUs }: Bins, days: Days, ids: readonly number[]): Groups {
  const { open, n } = closedDays(reading);
  const past = { from: days.from, to: Math.min(days.to, open - 1) };
  const each = binUs / US_DAY;
  const before = past.to < past.from ? new Map<number, ReadonlyMap<number, Bars>>() : keptDays(reading).of(reading, n, past, each, ids);
  const since = past.to < days.to ? linesOf(reading, days.from, { from: Math.max(days.from, past.to + 1), to: days.to }, each, ids) : new Map<number, Map<number, Bars>>();
  return new Map(ids.flatMap((id): [number, ReadonlyMap<number, Bars>][] => {
    const [earlier, later] = [before.get(id), since.get(id)];
    const all = earlier === undefined || later === undefined ? earlier ?? later : new Map([...earlier, ...[...later].map(([agent, bars]): [number, Bars] => [agent, after(earlier.get(agent) ?? null, bars)])]);
    return all === undefined || all.size === 0 ? [] : [[id, all]];
  }));
}

const after = (before: Bars | null, bars: Bars): Bars => (before === null ? bars : { ...bars, total: before.total + bars.total, before });

function linesOf(reading: Reading, firstDay: number, { from, to }: Days, each: number, ids: readonly number[]): Map<number, Map<number, Bars>> {
  const groups = new Map<number, Map<number, Bars>>();
  const lines = reading.sql<(number | string)[], [number, number, number, number]>(`SELECT d.failure, d.agent, d.day, d.count FROM json_each(?) j CROSS JOIN failure_agent fa ON fa.failure = j.value
    CROSS JOIN failure_day d ON d.failure = fa.failure AND d.agent = fa.agent AND d.day BETWEEN ? AND ?`).raw().all(JSON.stringify(ids), from, to);
  for (const [failure, agent, day, count] of lines) add(groups, failure, agent, Math.floor((day - firstDay) / each), count);
  return groups;
}

function add(groups: Map<number, Map<number, Bars>>, failure: number, agent: number, at: number, count: number): void {
  if (count === 0) return;
  let agents = groups.get(failure);
  if (agents === undefined) groups.set(failure, agents = new Map());
  let bars = agents.get(agent);
  if (bars === undefined) agents.set(agent, bars = { at: [], count: [], total: 0, before: null });
  bars.total += count;
  const last = bars.at.length - 1;
  if (bars.at[last] === at) bars.count[last] = (bars.count[last] ?? 0) + count;
  else {
    bars.at.push(at);
    bars.count.push(count);
  }
}

/** SECURITY: about so many numbers. Agents and failures come from strangers: what does not fit is read anew. */
const mostKept = 1_000_000;
/** A line of an agent's failures is two lists with room for some more, and its place in a map. */
const eachLine = 48;
const sizeOf = (agents: ReadonlyMap<number, Bars>): number => [...agents.values()].reduce((sum, bars) => sum + eachLine + 2 * bars.at.length, eachLine);

/** By period and failure: who had it when, up to the open day. */
class KeptDays {
  private n = -1;
  private size = 0;
  private readonly periods = new Map<string, Map<number, ReadonlyMap<number, Bars>>>();

  of(reading: Reading, n: number, days: Days, each: number, ids: readonly number[]): Groups {
    const kept = this.at(n, `${days.from} ${days.to} ${each}`);
    const lacking = ids.filter((id) => !kept.has(id));
    if (lacking.length === 0) return kept;
    const read = linesOf(reading, days.from, days, each, lacking);
    const found = new Map(lacking.map((id): [number, ReadonlyMap<number, Bars>] => [id, read.get(id) ?? new Map()]));
    const size = [...found.values()].reduce((sum, agents) => sum + sizeOf(agents), 0);
    if (size > mostKept) return new Map([...kept, ...found]);
    for (const [id, agents] of found) kept.set(id, agents);
    this.size += size;
    return kept;
  }

  private at(n: number, place: string): Map<number, ReadonlyMap<number, Bars>> {
    if (this.n !== n || this.size > mostKept) {
      this.periods.clear();
      this.size = 0;
    }
    this.n = n;
    let kept = this.periods.get(place);
    if (kept === undefined) this.periods.set(place, kept = new Map());
    return kept;
  }
}

const keptBy = new WeakMap<Reading, KeptDays>();

function keptDays(reading: Reading): KeptDays {
  let kept = keptBy.get(reading);
  if (kept === undefined) keptBy.set(reading, kept = new KeptDays());
  return kept;
}

export function countsOf(reading: Reading, { groups }: Tally): Map<number, Map<number, number>> {
  const found = new Map<number, Map<number, number>>();
  for (const [failure, agents] of groups) {
    const counts = new Map<number, number>();
    for (const [agent, { total }] of agents) counts.set(agent, total);
    once(reading, counts);
    found.set(failure, counts);
  }
  return found;
}

/** Of an agent that is seen from two sides both may tell of the same failure: then what telemetry says counts. What only one side tells stays. */
function once(reading: Reading, agents: Map<number, number>): void {
  if (reading.heads().size === 0 || agents.size < 2) return;
  const sides = Map.groupBy([...agents.keys()], (agent) => reading.headOf(agent));
  for (const sources of sides.values()) {
    if (sources.length < 2 || !sources.some((one) => isTelemetry(reading, one))) continue;
    for (const one of sources) if (!isTelemetry(reading, one)) agents.delete(one);
  }
}

export const isTelemetry = (reading: Reading, agent: number): boolean => reading.sql<[number], { n: number }>("SELECT 1 AS n FROM connection WHERE id = ? AND kind = 'otlp'").get(reading.agent(agent).connection) !== undefined;

/** How often in each bin: of agents that count, of the groups asked for. Whole days stand at their beginning. */
export function barsOf(bins: Bins, { groups }: Tally, counts: Counts): Map<number, number[]> {
  return new Map([...counts].map(([failure, agents]) => {
    const sum = Array.from({ length: bins.count }, () => 0);
    for (const agent of agents.keys()) {
      for (let bars = groups.get(failure)?.get(agent) ?? null; bars !== null; bars = bars.before) {
        for (let place = 0; place < bars.at.length; place += 1) {
          const at = bars.at[place] ?? 0;
          sum[at] = (sum[at] ?? 0) + (bars.count[place] ?? 0);
        }
      }
    }
    return [failure, sum];
  }));
}
