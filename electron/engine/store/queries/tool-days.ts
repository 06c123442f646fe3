/**
 * How often an agent called each tool in some days. Its newest day is read at each question; the sums of the days before are kept while their
 * turn (`tool_turn`) stands, which only late data ends: a week of one agent is hundreds of lines by day, tool and duration.
 */
import type { Reading } from './reading.ts';

export type ToolSum = readonly [name: number, calls: number, failures: number, denials: number, lastUs: number, lines: number];
type Days = readonly [from: number, to: number];
interface Turn { readonly newest: number; readonly n: number }

const select = 'SELECT name, sum(calls), sum(failures), sum(denied), max(last_us), count(*) FROM tool_day WHERE agent = ? AND day BETWEEN ? AND ? GROUP BY name';
const mostKept = 5_000;

interface Kept extends Turn { readonly sums: readonly ToolSum[] }
const keptBy = new WeakMap<Reading, Map<string, Kept>>();

function keptOf(reading: Reading): Map<string, Kept> {
  let kept = keptBy.get(reading);
  if (kept === undefined) keptBy.set(reading, kept = new Map());
  if (kept.size > mostKept) kept.clear();
  return kept;
}

/** For agent after agent, each by its names. The turns of all are read first: sums that are newer than theirs are read again the next time. */
export function toolSums(reading: Reading, agents: readonly number[], [from, to]: Days): (agent: number) => readonly ToolSum[] {
  const turns = new Map(reading.sql<[string], [number, number, number]>('SELECT t.agent, t.newest, t.n FROM json_each(?) i CROSS JOIN tool_turn t ON t.agent = i.value').raw().all(JSON.stringify(agents)).map(([agent, newest, n]): [number, Turn] => [agent, { newest, n }]));
  const kept = keptOf(reading);
  const read = reading.sql<number[], ToolSum>(select).raw();
  return (agent) => {
    const turn = turns.get(agent);
    const past = Math.min(to, (turn?.newest ?? 0) - 1);
    if (turn === undefined || past < from) return read.all(agent, from, to);
    const place = `${agent} ${from} ${past}`;
    let before = kept.get(place);
    if (before?.n !== turn.n || before.newest !== turn.newest) kept.set(place, before = { ...turn, sums: read.all(agent, from, past) });
    return past === to ? before.sums : added(before.sums, read.all(agent, turn.newest, to));
  };
}

function added(some: readonly ToolSum[], more: readonly ToolSum[]): readonly ToolSum[] {
  if (some.length === 0 || more.length === 0) return some.length === 0 ? more : some;
  const sums = new Map(some.map((one) => [one[0], one]));
  for (const one of more) {
    const was = sums.get(one[0]);
    sums.set(one[0], was === undefined ? one : [one[0], was[1] + one[1], was[2] + one[2], was[3] + one[3], Math.max(was[4], one[4]), was[5] + one[5]]);
  }
  return [...sums.values()].sort((a, b) => a[0] - b[0]);
}
