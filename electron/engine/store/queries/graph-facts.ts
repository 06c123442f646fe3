/** What the graph is drawn from: who called which tool, who handed work to whom, for whom and with which credential. Counted in whole days. */
import { IDENTITY, US_DAY } from '../codes.ts';
import { manyAgents, type LinkDays, type LinkSum } from './link-days.ts';
import type { Volume } from './graph-parts.ts';
import type { Reading } from './reading.ts';
import type { Span } from './span-of-time.ts';
import { toolSums } from './tool-days.ts';

export const daysOf = (span: Span): [number, number] => [Math.floor(span.fromUs / US_DAY), Math.floor((span.toUs - 1) / US_DAY)];
const listOf = (ids: Iterable<number>): string => JSON.stringify([...ids]);

export interface ToolPair { readonly agent: number; readonly name: number }
/** SECURITY: agents that name a tool anew with each call make many pairs: so many are looked at. */
const mostPairs = 50_000;

/** Which agents called which tools from then on, or were refused them. `agents` null: all. */
export function toolPairs(reading: Reading, fromUs: number, agents: readonly number[] | null): ToolPair[] {
  const where = `(u.last_used_us >= ? OR u.last_denied_us >= ?) LIMIT ${mostPairs}`;
  const rows = agents === null
    ? reading.sql<unknown[], [number, number]>(`SELECT u.agent, u.name FROM tool_use u WHERE ${where}`).raw().all(fromUs, fromUs)
    : reading.sql<unknown[], [number, number]>(`SELECT u.agent, u.name FROM json_each(?) i CROSS JOIN tool_use u ON u.agent = i.value WHERE ${where}`).raw().all(listOf(agents), fromUs, fromUs);
  return rows.map(([agent, name]) => ({ agent, name }));
}

/** Who else calls one of these tools, in the order of their pairs. */
export function callersOfTools(reading: Reading, fromUs: number, names: Iterable<number>): number[] {
  return reading.sql<unknown[], number>(`SELECT DISTINCT agent FROM (SELECT u.agent, u.name FROM tool_use u WHERE (u.last_used_us >= ? OR u.last_denied_us >= ?) LIMIT ${mostPairs}) WHERE name IN (SELECT value FROM json_each(?))`).pluck().all(fromUs, fromUs, listOf(names));
}

export interface ToolVolume extends Volume, ToolPair {}

/** So many lines of sums are read for one graph; tools of agents beyond are told by their number only. */
const mostLines = 3_000;

/** Calls in the days that the period touches, agent by agent; what was not called in the period itself is left out. `told`: the agents that were come to. */
export function toolVolumes(reading: Reading, span: Span, agents: readonly number[]): { volumes: ToolVolume[]; told: ReadonlySet<number> } {
  const sumsOf = toolSums(reading, agents, daysOf(span));
  const volumes: ToolVolume[] = [];
  const told = new Set<number>();
  let lines = 0;
  for (const agent of agents) {
    if (lines >= mostLines) break;
    told.add(agent);
    for (const [name, volume, failures, denials, lastUs, read] of sumsOf(agent)) {
      lines += read;
      if (lastUs >= span.fromUs && volume > 0) volumes.push({ agent, name, volume, failures, denials, lastUs });
    }
  }
  return { volumes, told };
}

/** Work handed from these agents in the period, and `both`: to them by others. */
export function linksOf(links: LinkDays, span: Span, agents: readonly number[], both: boolean): LinkSum[] {
  const known = new Set(agents);
  const others = both ? links.into(agents).filter((link) => !known.has(link.caller)) : [];
  return [...links.out(agents), ...others].filter((link) => link.lastUs >= span.fromUs);
}

export interface Behalf { readonly agent: number; readonly of: string; readonly tasks: number; readonly lastUs: number }
/** Of the newest so many tasks of each agent. */
const newestTasks = 8;
const mostActing = 200;

// One statement for all: one for each takes three times as long, and to sort and group all tasks of all longer still.
const newestOfEach = `SELECT i.value, (SELECT json_group_array(json_array(kind, of, last_us)) FROM (
  SELECT kind, of, last_us FROM task_authority WHERE agent = i.value AND last_us >= ? AND last_us < ? ORDER BY last_us DESC LIMIT ${newestTasks})) FROM json_each(?) i`;

export function behalfOf(reading: Reading, span: Span, agents: readonly number[]): Behalf[] {
  const acting = agents.slice(0, mostActing).toSorted((a, b) => a - b);
  return reading.sql<unknown[], [number, string]>(newestOfEach).raw().all(span.fromUs, span.toUs, listOf(acting)).flatMap(([agent, tasks]) => {
    const found = new Map<string, { agent: number; of: string; tasks: number; lastUs: number }>();
    for (const [kind, of, lastUs] of JSON.parse(tasks) as [number, string, number][]) {
      if ((kind !== IDENTITY.delegated && kind !== IDENTITY.borrowed) || of === '') continue;
      const known = found.get(of);
      if (known === undefined) found.set(of, { agent, of, tasks: 1, lastUs });
      else known.tasks += 1;
    }
    return [...found.values()].sort((a, b) => (a.of < b.of ? -1 : 1));
  });
}

export interface CredentialPair { readonly agent: number; readonly credential: number; readonly name: string; readonly kind: string; readonly evidence: string }

export function credentialPairs(reading: Reading, agents: readonly number[]): CredentialPair[] {
  return reading.sql<[string], CredentialPair>('SELECT a.agent, a.credential, k.name, k.kind, a.evidence FROM json_each(?) i CROSS JOIN agent_credential a ON a.agent = i.value JOIN credential k ON k.id = a.credential LIMIT 5000').all(listOf(agents));
}

/** Agents with one of these credentials. */
export function withCredentials(reading: Reading, credentials: readonly number[]): { agent: number; credential: number }[] {
  return reading.sql<[string], number>(`SELECT a.credential * ${manyAgents} + a.agent FROM json_each(?) i CROSS JOIN agent_credential a ON a.credential = i.value LIMIT 5000`).pluck().all(listOf(credentials))
    .map((both) => ({ agent: both % manyAgents, credential: Math.floor(both / manyAgents) }));
}

export interface Unused { readonly holder: number; readonly column: number; readonly lastUsedUs: number | null }
const mostUnused = 400;

/** Held and not used in the period, what cannot be undone first. */
export function unusedOf(reading: Reading, fromUs: number, heads: readonly number[]): Unused[] {
  // What can be undone is read only where room is left: sorting all would read and keep all.
  const some = reading.sql<unknown[], [number, number, number | null]>(`SELECT x.holder, x.column_id, x.last_used_us FROM json_each(?) i CROSS JOIN access_cell x ON x.holder = i.value AND x.column_id > 0
    WHERE x.irreversible = ? AND x.grants > 0 AND (x.last_used_us IS NULL OR x.last_used_us < ?) LIMIT ?`).raw();
  const worst = some.all(listOf(heads), 1, fromUs, mostUnused);
  return (worst.length === mostUnused ? worst : [...worst, ...some.all(listOf(heads), 0, fromUs, mostUnused - worst.length)]).map(([holder, column, lastUsedUs]) => ({ holder, column, lastUsedUs }));
}
