/** Who failed how often in a period, group by group. */
import { US_DAY } from '../codes.ts';
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
interface Bars { readonly at: number[]; readonly count: number[] }

/** Numbers that cross into JavaScript as one: making a row of three takes three times as long, and a month of failures is ten thousand of them. 53 bits hold the place (21), the agent (26) and the bin (6); or the pair (15), the bin (6) and the count (31). */
const bitsOfBin = 64;
const bitsOfAgent = 2 ** 26;
const bitsOfCount = 2 ** 31;
const mostPairs = 2 ** 15;

/** Who failed how often and when in the period, read once. */
export class Tally {
  readonly groups = new Map<number, Map<number, Bars>>();

  constructor(reading: Reading, bins: Bins, ids: readonly number[]) {
    if (bins.days === null) this.readSingly(reading, bins, ids);
    else this.readDays(reading, bins, bins.days, ids);
  }

  private readSingly(reading: Reading, { fromUs, toUs, binUs, count }: Bins, ids: readonly number[]): void {
    const lines = reading.sql<(number | string)[], number>(`SELECT (j.key * ${bitsOfAgent} + a.agent) * ${bitsOfBin} + min(?, CAST((a.ts_us - ?) / (? * 1.0) AS INTEGER))
      FROM json_each(?) j CROSS JOIN activity a INDEXED BY activity_failure ON a.failure = j.value AND a.ts_us >= ? AND a.ts_us < ?`).pluck().all(count - 1, fromUs, binUs, JSON.stringify(ids), fromUs, toUs);
    for (const line of lines) {
      const at = line % bitsOfBin;
      const both = (line - at) / bitsOfBin;
      const agent = both % bitsOfAgent;
      this.add(ids[(both - agent) / bitsOfAgent] ?? 0, agent, at, 1);
    }
  }

  private readDays(reading: Reading, { binUs }: Bins, days: { readonly from: number; readonly to: number }, ids: readonly number[]): void {
    const pairs = reading.sql<[string], [number, number]>('SELECT fa.failure, fa.agent FROM json_each(?) j CROSS JOIN failure_agent fa ON fa.failure = j.value').raw().all(JSON.stringify(ids));
    const each = reading.sql<(number | string)[], number>(`SELECT (p.key * ${bitsOfBin} + (d.day - CAST(? AS INTEGER)) / CAST(? AS INTEGER)) * ${bitsOfCount} + d.count
      FROM json_each(?) p CROSS JOIN failure_day d ON d.failure = p.value ->> 0 AND d.agent = p.value ->> 1 AND d.day BETWEEN ? AND ?`).pluck();
    for (let from = 0; from < pairs.length; from += mostPairs) {
      const some = pairs.slice(from, from + mostPairs);
      for (const line of each.all(days.from, binUs / US_DAY, JSON.stringify(some), days.from, days.to)) {
        const count = line % bitsOfCount;
        const place = (line - count) / bitsOfCount;
        const at = place % bitsOfBin;
        const [failure, agent] = some[(place - at) / bitsOfBin] ?? [0, 0];
        this.add(failure, agent, at, count);
      }
    }
  }

  private add(failure: number, agent: number, at: number, count: number): void {
    if (count === 0) return;
    let agents = this.groups.get(failure);
    if (agents === undefined) this.groups.set(failure, agents = new Map());
    let bars = agents.get(agent);
    if (bars === undefined) agents.set(agent, bars = { at: [], count: [] });
    const last = bars.at.length - 1;
    if (bars.at[last] === at) bars.count[last] = (bars.count[last] ?? 0) + count;
    else {
      bars.at.push(at);
      bars.count.push(count);
    }
  }
}

export function countsOf(reading: Reading, { groups }: Tally): Map<number, Map<number, number>> {
  const found = new Map([...groups].map(([failure, agents]) => [failure, new Map([...agents].map(([agent, { count }]) => [agent, count.reduce((sum, one) => sum + one, 0)]))]));
  for (const agents of found.values()) once(reading, agents);
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
      const bars = groups.get(failure)?.get(agent);
      for (const [place, at] of bars?.at.entries() ?? []) sum[at] = (sum[at] ?? 0) + (bars?.count[place] ?? 0);
    }
    return [failure, sum];
  }));
}
