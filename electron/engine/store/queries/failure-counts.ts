/** Who failed how often in a period, group by group. */
import { US_DAY } from '../codes.ts';
import { binOf, type Bins } from './failure-bins.ts';
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

export function countsOf(reading: Reading, bins: Bins, ids: readonly number[]): Map<number, Map<number, number>> {
  const found = new Map<number, Map<number, number>>();
  const add = (failure: number, agent: number, count: number): void => {
    if (count <= 0) return;
    let agents = found.get(failure);
    if (agents === undefined) found.set(failure, agents = new Map());
    agents.set(agent, (agents.get(agent) ?? 0) + count);
  };
  for (const [failure, agent, count] of linesOf(reading, bins, ids)) add(failure, agent, count);
  for (const agents of found.values()) once(reading, agents);
  return found;
}

function linesOf(reading: Reading, { fromUs, toUs, days }: Bins, ids: readonly number[]): readonly [number, number, number][] {
  if (days === null) {
    return reading.sql<(number | string)[], [number, number, number]>('SELECT a.failure, a.agent, 1 FROM json_each(?) j CROSS JOIN activity a INDEXED BY activity_failure ON a.failure = j.value AND a.ts_us >= ? AND a.ts_us < ?').raw().all(JSON.stringify(ids), fromUs, toUs) as [number, number, number][];
  }
  return reading.sql<(number | string)[], [number, number, number]>(`SELECT fa.failure, fa.agent, (SELECT coalesce(sum(d.count), 0) FROM failure_day d WHERE d.failure = fa.failure AND d.agent = fa.agent AND d.day BETWEEN ? AND ?)
    FROM json_each(?) j CROSS JOIN failure_agent fa ON fa.failure = j.value`).raw().all(days.from, days.to, JSON.stringify(ids)) as [number, number, number][];
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
export function barsOf(reading: Reading, bins: Bins, counts: Counts, ids: readonly number[]): Map<number, number[]> {
  const { fromUs, toUs, days } = bins;
  const found = new Map(ids.map((id) => [id, Array.from({ length: bins.count }, () => 0)]));
  const rows = days === null
    ? reading.sql<(number | string)[], Bar>('SELECT a.failure, a.agent, a.ts_us, 1 FROM json_each(?) j CROSS JOIN activity a INDEXED BY activity_failure ON a.failure = j.value AND a.ts_us >= ? AND a.ts_us < ?').raw().all(JSON.stringify(ids), fromUs, toUs) as Bar[]
    : reading.sql<(number | string)[], Bar>(`SELECT d.failure, d.agent, d.day * ${US_DAY}, d.count FROM json_each(?) j CROSS JOIN failure_agent fa ON fa.failure = j.value
      CROSS JOIN failure_day d ON d.failure = fa.failure AND d.agent = fa.agent AND d.day BETWEEN ? AND ?`).raw().all(JSON.stringify(ids), days.from, days.to) as Bar[];
  for (const [failure, agent, us, count] of rows) {
    const bars = counts.get(failure)?.has(agent) === true ? found.get(failure) : undefined;
    if (bars === undefined) continue;
    const at = binOf(bins, us);
    bars[at] = (bars[at] ?? 0) + count;
  }
  return found;
}

type Bar = [failure: number, agent: number, us: number, count: number];
