/**
 * What each agent did on whole days, and when it failed: of days that are over both are kept while their turn (`day_turn`) stands. A month is a
 * hundred lines of sums an agent, and thirty of twenty-four hours each.
 */
import { closedDays } from './closed-days.ts';
import { sumColumns, type Reading, type Sums } from './reading.ts';

type Days = readonly [from: number, to: number];
/** SECURITY: of about so many numbers; more than these at once are not kept but read anew. */
const mostKept = 400_000;
const hoursOfDay = Array.from({ length: 24 }, (_, hour) => `f.h${hour}`).join(', ');

interface Period { readonly sums: Map<number, Sums | null>; readonly hours: Map<number, Uint32Array | null> }

class KeptDays {
  private n = -1;
  private size = 0;
  private readonly periods = new Map<string, Period>();

  of(n: number, [from, to]: Days): Period {
    if (this.n !== n || this.size > mostKept) {
      this.periods.clear();
      this.size = 0;
    }
    this.n = n;
    const key = `${from} ${to}`;
    let period = this.periods.get(key);
    if (period === undefined) this.periods.set(key, period = { sums: new Map(), hours: new Map() });
    return period;
  }

  /** Also that there is nothing of one. */
  keep<T>(kept: Map<number, T | null>, agents: readonly number[], read: ReadonlyMap<number, T>, each: number): void {
    if (agents.length * each > mostKept) return;
    for (const agent of agents) kept.set(agent, read.get(agent) ?? null);
    this.size += agents.length * each;
  }
}

const keptBy = new WeakMap<Reading, KeptDays>();

/** `past`: the days that are over, and what is kept of them; `rest`: those that must be read. */
function placeOf(reading: Reading, [from, to]: Days): { kept: KeptDays; period: Period; past: Days; rest: Days } {
  let kept = keptBy.get(reading);
  if (kept === undefined) keptBy.set(reading, kept = new KeptDays());
  const { open, n } = closedDays(reading);
  const past: Days = [from, Math.min(to, open - 1)];
  return { kept, period: kept.of(n, past), past, rest: [Math.max(from, open), to] };
}

function readSums(reading: Reading, agents: readonly number[], [from, to]: Days): Map<number, Sums> {
  if (agents.length === 0 || to < from) return new Map();
  return new Map(reading.sql<unknown[], Sums & { agent: number }>(`SELECT s.agent, ${sumColumns} FROM agent a CROSS JOIN by_day s ON s.agent = a.id AND s.day BETWEEN ? AND ? WHERE a.id IN (SELECT value FROM json_each(?)) GROUP BY a.id`)
    .all(from, to, JSON.stringify(agents)).map((row) => [row.agent, row]));
}

export function plus(some: Sums | null | undefined, more: Sums): Sums {
  if (some === undefined || some === null) return more;
  return {
    activities: some.activities + more.activities, failures: some.failures + more.failures, denials: some.denials + more.denials, tasks: some.tasks + more.tasks,
    input: some.input + more.input, output: some.output + more.output, cacheRead: some.cacheRead + more.cacheRead, cacheWrite: some.cacheWrite + more.cacheWrite, reasoning: some.reasoning + more.reasoning,
    micros: some.micros + more.micros, priced: some.priced + more.priced, computed: some.computed + more.computed, unpriced: some.unpriced + more.unpriced, currency: Math.max(some.currency, more.currency),
  };
}

/** Agents of whom there is nothing are left out. */
export function daySums(reading: Reading, agents: readonly number[], days: Days): Map<number, Sums> {
  const { kept, period, past, rest } = placeOf(reading, days);
  const lacking = agents.filter((agent) => !period.sums.has(agent));
  const read = readSums(reading, lacking, past);
  kept.keep(period.sums, lacking, read, 16);
  const found = readSums(reading, agents, rest);
  for (const agent of agents) {
    const before = period.sums.get(agent) ?? read.get(agent);
    if (before !== undefined) { const since = found.get(agent); found.set(agent, since === undefined ? before : plus(before, since)); }
  }
  return found;
}

function readHours(reading: Reading, agents: readonly number[], [from, to]: Days): Map<number, Uint32Array> {
  const found = new Map<number, Uint32Array>();
  if (agents.length === 0 || to < from) return found;
  const rows = reading.sql<unknown[], number[]>(`SELECT f.agent, f.day, ${hoursOfDay} FROM json_each(?) a CROSS JOIN failed_hours f ON f.agent = a.value AND f.day BETWEEN ? AND ?`).raw().all(JSON.stringify(agents), from, to);
  for (const row of rows) {
    const [agent = 0, day = 0] = row;
    let hours = found.get(agent);
    if (hours === undefined) found.set(agent, hours = new Uint32Array((to - from + 1) * 24));
    for (let hour = 0; hour < 24; hour += 1) hours[(day - from) * 24 + hour] = row[hour + 2] ?? 0;
  }
  return found;
}

/** Failures of each agent hour by hour, in stretches: each from the first hour of a day on. */
export function failedHours(reading: Reading, agents: readonly number[], days: Days): { readonly agent: number; readonly firstHour: number; readonly hours: Uint32Array }[] {
  const { kept, period, past, rest } = placeOf(reading, days);
  const lacking = agents.filter((agent) => !period.hours.has(agent));
  const read = readHours(reading, lacking, past);
  kept.keep(period.hours, lacking, read, Math.max(0, past[1] - past[0] + 1) * 12);
  const since = readHours(reading, agents, rest);
  return agents.flatMap((agent) => {
    const before = period.hours.get(agent) ?? read.get(agent) ?? null;
    const after = since.get(agent);
    return [...(before === null ? [] : [{ agent, firstHour: past[0] * 24, hours: before }]), ...(after === undefined ? [] : [{ agent, firstHour: rest[0] * 24, hours: after }])];
  });
}
