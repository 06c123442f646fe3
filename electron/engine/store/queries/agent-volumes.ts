/** What agents did in a period: in whole hours up to two days, in whole days beyond. */
import { US_DAY, US_HOUR } from '../codes.ts';
import { closedDays } from './closed-days.ts';
import type { Reading } from './reading.ts';
import type { Span } from './span-of-time.ts';

export interface AgentVolume { readonly activities: number; readonly failures: number; readonly denials: number }
type Line = [agent: number, activities: number, failures: number, denials: number];

export const nothingDone: AgentVolume = { activities: 0, failures: 0, denials: 0 };
export const addedVolumes = (a: AgentVolume, b: AgentVolume): AgentVolume => ({ activities: a.activities + b.activities, failures: a.failures + b.failures, denials: a.denials + b.denials });

const mostKept = 10_000;

/** What was done up to the open day, by period and agent. */
class KeptVolumes {
  private n = -1;
  private size = 0;
  private readonly periods = new Map<string, Map<number, AgentVolume>>();

  of(n: number, period: string): Map<number, AgentVolume> {
    if (this.n !== n || this.size > mostKept) {
      this.periods.clear();
      this.size = 0;
    }
    this.n = n;
    let found = this.periods.get(period);
    if (found === undefined) this.periods.set(period, found = new Map());
    return found;
  }

  keep(kept: Map<number, AgentVolume>, agents: readonly number[], read: ReadonlyMap<number, AgentVolume>): void {
    for (const agent of agents) kept.set(agent, read.get(agent) ?? nothingDone);
    this.size += agents.length;
  }
}

const keptBy = new WeakMap<Reading, KeptVolumes>();

/** Agents that did nothing are left out. */
export function agentVolumes(reading: Reading, span: Span, agents: readonly number[]): Map<number, AgentVolume> {
  const byDay = span.toUs - span.fromUs > 2 * US_DAY;
  const [table, unit, length] = byDay ? ['by_day', 'day', US_DAY] as const : ['by_hour', 'hour', US_HOUR] as const;
  const read = (some: readonly number[], from: number, to: number): Map<number, AgentVolume> => (some.length === 0 || to < from ? new Map() : new Map(
    reading.sql<[string, number, number], Line>(`SELECT agent, sum(activities), sum(failures), sum(denials) FROM ${table} WHERE agent IN (SELECT value FROM json_each(?)) AND ${unit} BETWEEN ? AND ? GROUP BY agent`).raw()
      .all(JSON.stringify(some), from, to).map(([agent, activities, failures, denials]) => [agent, { activities, failures, denials }])));
  const [from, to] = [Math.floor(span.fromUs / length), Math.floor((span.toUs - 1) / length)];
  const { open, n } = closedDays(reading);
  const past = Math.min(to, open * (US_DAY / length) - 1);
  let kept = keptBy.get(reading);
  if (kept === undefined) keptBy.set(reading, kept = new KeptVolumes());
  const before = kept.of(n, `${unit} ${from} ${past}`);
  const lacking = agents.filter((agent) => !before.has(agent));
  kept.keep(before, lacking, read(lacking, from, past));
  const found = read(agents, Math.max(from, past + 1), to);
  for (const agent of agents) {
    const earlier = before.get(agent) ?? nothingDone;
    if (earlier.activities > 0) found.set(agent, addedVolumes(earlier, found.get(agent) ?? nothingDone));
  }
  return found;
}
