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

/** So many agents' newest days are read at once: whoever asks may have enough before the last of them. */
const together = 12;
const selectNewest = `SELECT agent, name, sum(calls), sum(failures), sum(denied), max(last_us), count(*) FROM tool_day WHERE agent IN (SELECT value FROM json_each(?)) AND day = ? GROUP BY agent, name ORDER BY agent, name`;

/** For agent after agent in their order, each by its names. The turns of all are read first: sums that are newer than theirs are read again the next time. */
export function toolSums(reading: Reading, agents: readonly number[], [from, to]: Days): (agent: number) => readonly ToolSum[] {
  const turns = new Map(reading.sql<[string], [number, number, number]>('SELECT t.agent, t.newest, t.n FROM json_each(?) i CROSS JOIN tool_turn t ON t.agent = i.value').raw().all(JSON.stringify(agents)).map(([agent, newest, n]): [number, Turn] => [agent, { newest, n }]));
  const kept = keptOf(reading);
  const read = reading.sql<number[], ToolSum>(select).raw();
  const newest = newestDays(reading, agents.filter((agent) => { const day = turns.get(agent)?.newest ?? 0; return day >= from && day <= to; }), turns);
  return (agent) => {
    const turn = turns.get(agent);
    if (turn === undefined || turn.newest < from) return [];
    const past = Math.min(to, turn.newest - 1);
    if (past < from) return newest(agent);
    const place = `${agent} ${from} ${past}`;
    let before = kept.get(place);
    if (before?.n !== turn.n || before.newest !== turn.newest) kept.set(place, before = { ...turn, sums: read.all(agent, from, past) });
    return past === to ? before.sums : added(before.sums, newest(agent));
  };
}

/** One statement for several agents takes a third of one for each, and those of one day need no sorting. */
function newestDays(reading: Reading, agents: readonly number[], turns: ReadonlyMap<number, Turn>): (agent: number) => readonly ToolSum[] {
  const found = new Map<number, ToolSum[]>();
  let next = 0;
  return (agent) => {
    while (!found.has(agent) && next < agents.length) {
      const some = agents.slice(next, next + together);
      next += together;
      for (const one of some) found.set(one, []);
      for (const [day, alike] of Map.groupBy(some, (one) => turns.get(one)?.newest ?? 0)) {
        for (const row of reading.sql<[string, number], [number, ...ToolSum]>(selectNewest).raw().all(JSON.stringify(alike), day)) found.get(row[0])?.push([row[1], row[2], row[3], row[4], row[5], row[6]]);
      }
    }
    return found.get(agent) ?? [];
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
