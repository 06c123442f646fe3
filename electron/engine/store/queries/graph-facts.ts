/** What the graph is drawn from: who called which tool, who handed work to whom, for whom and with which credential. Counted in whole days. */
import { IDENTITY, US_DAY, US_HOUR } from '../codes.ts';
import type { Volume } from './graph-parts.ts';
import type { Reading } from './reading.ts';
import type { Span } from './span-of-time.ts';
import { toolSums } from './tool-days.ts';

const daysOf = (span: Span): [number, number] => [Math.floor(span.fromUs / US_DAY), Math.floor((span.toUs - 1) / US_DAY)];
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

export interface AgentVolume { readonly activities: number; readonly failures: number; readonly denials: number }

/** What each of these did in the period: in whole hours up to two days, in whole days beyond. */
export function agentVolumes(reading: Reading, span: Span, agents: readonly number[]): Map<number, AgentVolume> {
  const [table, unit, length] = span.toUs - span.fromUs > 2 * US_DAY ? ['by_day', 'day', US_DAY] as const : ['by_hour', 'hour', US_HOUR] as const;
  const one = reading.sql<number[], [number | null, number, number]>(`SELECT sum(activities), sum(failures), sum(denials) FROM ${table} WHERE agent = ? AND ${unit} BETWEEN ? AND ?`).raw();
  const [from, to] = [Math.floor(span.fromUs / length), Math.floor((span.toUs - 1) / length)];
  return new Map(agents.flatMap((agent) => {
    const [activities, failures, denials] = one.get(agent, from, to) ?? [null, 0, 0];
    return activities === null ? [] : [[agent, { activities, failures, denials }]];
  }));
}

export interface Link extends Volume { readonly caller: number; readonly called: number }

/** Work handed from these agents in the period, and `both`: to them by others. */
export function linksOf(reading: Reading, span: Span, agents: readonly number[], both: boolean): Link[] {
  const sums = 'l.caller, l.called, sum(l.calls) AS volume, sum(l.failures) AS failures, 0 AS denials, max(l.last_us) AS lastUs';
  const out = reading.sql<unknown[], Link>(`SELECT ${sums} FROM json_each(?) i CROSS JOIN link_day l ON l.caller = i.value WHERE l.day BETWEEN ? AND ? GROUP BY l.caller, l.called`);
  // Which pairs there are stands in the index; their lines stand side by side under the caller.
  const into = reading.sql<unknown[], Link>(`SELECT ${sums} FROM (SELECT DISTINCT d.caller, d.called FROM json_each(?) i CROSS JOIN link_day d INDEXED BY link_day_called ON d.called = i.value WHERE d.day BETWEEN ? AND ?) p
    CROSS JOIN link_day l ON l.caller = p.caller AND l.called = p.called AND l.day BETWEEN ? AND ? GROUP BY l.caller, l.called`);
  const known = new Set(agents);
  const others = both ? into.all(listOf(agents), ...daysOf(span), ...daysOf(span)).filter((link) => !known.has(link.caller)) : [];
  return [...out.all(listOf(agents), ...daysOf(span)), ...others].filter((link) => link.lastUs >= span.fromUs);
}

/** Both ids of a pair as one number, since making a row of two takes three times as long; each agent is a line of some hundred bytes, so there are never so many. */
const pair = 2 ** 26;

/** Who handed work to these agents in the period: whoever is not shown is to be counted. */
export function callersBeside(reading: Reading, span: Span, agents: readonly number[]): [caller: number, called: number][] {
  return reading.sql<unknown[], number>(`SELECT l.caller * ${pair} + l.called FROM agent_link l WHERE l.called IN (SELECT value FROM json_each(?))
    AND EXISTS (SELECT 1 FROM link_day d WHERE d.caller = l.caller AND d.called = l.called AND d.day BETWEEN ? AND ? AND d.last_us >= ?)`).pluck().all(listOf(agents), ...daysOf(span), span.fromUs)
    .map((both) => [Math.floor(both / pair), both % pair]);
}

export interface Behalf { readonly agent: number; readonly of: string; readonly tasks: number; readonly lastUs: number }
/** Of the newest so many tasks of each agent. */
const newestTasks = 8;
const mostActing = 200;

export function behalfOf(reading: Reading, span: Span, agents: readonly number[]): Behalf[] {
  // One statement for all of them would sort and group what is a handful each: three times as long.
  const newest = reading.sql<number[], [number, string, number]>(`SELECT kind, of, last_us FROM task_authority WHERE agent = ? AND last_us >= ? AND last_us < ? ORDER BY last_us DESC LIMIT ${newestTasks}`).raw();
  return agents.slice(0, mostActing).toSorted((a, b) => a - b).flatMap((agent) => {
    const found = new Map<string, { agent: number; of: string; tasks: number; lastUs: number }>();
    for (const [kind, of, lastUs] of newest.all(agent, span.fromUs, span.toUs)) {
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
  return reading.sql<[string], { agent: number; credential: number }>('SELECT a.agent, a.credential FROM json_each(?) i CROSS JOIN agent_credential a ON a.credential = i.value LIMIT 5000').all(listOf(credentials));
}

export interface Unused { readonly holder: number; readonly column: number; readonly resource: string; readonly lastUsedUs: number | null }
const mostUnused = 400;

/** Held and not used in the period, what cannot be undone first. */
export function unusedOf(reading: Reading, fromUs: number, heads: readonly number[]): Unused[] {
  // What can be undone is read only where room is left: sorting all would read and keep all.
  const some = reading.sql<unknown[], Unused>(`SELECT x.holder, x.column_id AS "column", c.resource, x.last_used_us AS lastUsedUs FROM json_each(?) i CROSS JOIN access_cell x ON x.holder = i.value AND x.column_id > 0 CROSS JOIN access_column c ON c.id = x.column_id
    WHERE x.irreversible = ? AND x.grants > 0 AND (x.last_used_us IS NULL OR x.last_used_us < ?) LIMIT ?`);
  const worst = some.all(listOf(heads), 1, fromUs, mostUnused);
  return worst.length === mostUnused ? worst : [...worst, ...some.all(listOf(heads), 0, fromUs, mostUnused - worst.length)];
}
