/** Agents with their sums over a period, from rollups. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { Agent, AgentDetail } from '../../../../shared/domain.ts';
import { identityWord, OUTCOME, US_DAY, US_HOUR } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { percentile } from '../histogram.ts';
import { publicId } from '../ids.ts';
import { daySums, failedHours, plus } from './agent-days.ts';
import { allGroups, knownOf, oneGroup, payers, sourcesOfGroup, sumsOfGroup, type Group } from './agent-groups.ts';
import { countGrants } from './grants.ts';
import { costOf, iso, rowId, sumColumns, usageOf, type Reading, type Sums } from './reading.ts';
import { Sight, spanOf, type Span } from './span-of-time.ts';

const mostAgents = 5_000;
const sparkBins = 24;
/** Long periods are told in whole days, short ones in hours. */
const longSpanUs = 8 * US_DAY;
const noSums: Sums = { activities: 0, failures: 0, denials: 0, tasks: 0, input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0, micros: 0, priced: 0, computed: 0, unpriced: 0, currency: 0 };

interface Stretch { readonly table: 'by_day' | 'by_hour'; readonly unit: 'day' | 'hour'; readonly from: number; readonly to: number }

function rollupOf(span: Span): Stretch {
  const long = span.toUs - span.fromUs > longSpanUs;
  const length = long ? US_DAY : US_HOUR;
  return { table: long ? 'by_day' : 'by_hour', unit: long ? 'day' : 'hour', from: Math.floor(span.fromUs / length), to: Math.floor((span.toUs - 1) / length) };
}

/** The same hours with fewer lines: whole days where the span has them, hours at its two ends. */
function stretchesOf(span: Span): Stretch[] {
  const whole = rollupOf(span);
  if (whole.unit === 'day') return [whole];
  const from = Math.ceil(whole.from / 24);
  const to = Math.floor((whole.to + 1) / 24) - 1;
  if (from > to) return [whole];
  return [{ ...whole, to: from * 24 - 1 }, { table: 'by_day' as const, unit: 'day' as const, from, to }, { ...whole, from: (to + 1) * 24 }].filter((one) => one.from <= one.to);
}

/** Agents that could have lines from then on; an agent's lines stand together, so each is one look-up (CROSS JOIN keeps that order). */
const agentsSince = (only: Only): string => `agent a WHERE a.last_us >= ? ${only === null ? 'AND a.rows > 0' : `AND a.id IN (${marks(only)})`}`;
const activeSince = (reading: Reading, us: number, only: Only): number[] => reading.sql<number[], number>(`SELECT a.id FROM ${agentsSince(only)}`).pluck().all(us, ...(only ?? []));
const marks = (ids: readonly number[]): string => ids.map(() => '?').join(', ');
/** null: all agents. */
type Only = readonly number[] | null;

function sumsByAgent(reading: Reading, span: Span, only: Only): Map<number, Sums> {
  const found = new Map<number, Sums>();
  for (const { unit, from, to } of stretchesOf(span)) {
    const since = from * (unit === 'day' ? US_DAY : US_HOUR);
    const sums = unit === 'day' ? daySums(reading, activeSince(reading, since, only), [from, to])
      : new Map(reading.sql<number[], Sums & { agent: number }>(`SELECT s.agent, ${sumColumns} FROM (SELECT a.id FROM ${agentsSince(only)}) a CROSS JOIN by_hour s ON s.agent = a.id AND s.hour BETWEEN ? AND ? GROUP BY a.id`).all(since, ...(only ?? []), from, to).map((row) => [row.agent, row]));
    for (const [agent, row] of sums) found.set(agent, plus(found.get(agent), row));
  }
  return found;
}

interface OpenCount { running: number; waiting: number }

function openByAgent(reading: Reading): Map<number, OpenCount> {
  const counts = new Map<number, OpenCount>();
  const rows = reading.sql<[], { agent: number; outcome: number; n: number }>(
    // CROSS JOIN keeps the order: the few open tasks first, not every task of every agent.
    'SELECT ta.agent, t.outcome, count(*) AS n FROM task t CROSS JOIN task_agent ta WHERE t.outcome IN (4, 5) AND ta.task = t.id AND ta.rows > 0 GROUP BY ta.agent, t.outcome').all();
  for (const row of rows) {
    const count = counts.get(row.agent) ?? { running: 0, waiting: 0 };
    if (row.outcome === OUTCOME.waiting) count.waiting += row.n;
    else count.running += row.n;
    counts.set(row.agent, count);
  }
  return counts;
}

/** Which bin of the small chart each hour of the span belongs to, from its first hour on. */
function binsOfHours(span: Span, firstHour: number, lastHour: number): number[] {
  const length = (span.toUs - span.fromUs) / sparkBins;
  return Array.from({ length: lastHour - firstHour + 1 }, (_, at) => Math.min(sparkBins - 1, Math.floor(Math.max(0, (firstHour + at) * US_HOUR - span.fromUs) / length)));
}

/** Failures of each agent in the bins of the small chart. */
function failureBins(reading: Reading, span: Span, only: Only): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const firstHour = Math.floor(span.fromUs / US_HOUR);
  const lastHour = Math.floor((span.toUs - 1) / US_HOUR);
  const binOf = binsOfHours(span, firstHour, lastHour);
  for (const of of failedHours(reading, activeSince(reading, firstHour * US_HOUR, only), [Math.floor(firstHour / 24), Math.floor(lastHour / 24)])) {
    let bins = found.get(of.agent);
    if (bins === undefined) {
      bins = Array.from({ length: sparkBins }, () => 0);
      found.set(of.agent, bins);
    }
    const offset = of.firstHour - firstHour;
    for (let hour = Math.max(0, -offset); hour < of.hours.length; hour += 1) {
      const bin = binOf[offset + hour];
      if (bin !== undefined) bins[bin] = (bins[bin] ?? 0) + (of.hours[hour] ?? 0);
    }
  }
  return found;
}

/** Which bins were seen for less than half: the same for all agents of a connection. */
function unseenBins(connection: number, { span, sight }: { readonly span: Span; readonly sight: Sight }): boolean[] {
  const length = (span.toUs - span.fromUs) / sparkBins;
  return Array.from({ length: sparkBins }, (_, bin) => sight.share(connection, span.fromUs + bin * length, span.fromUs + (bin + 1) * length) < 0.5);
}

/** Bins of the period for the small failure chart; null where none of its sources was seen for half of a bin and nothing was told of it. */
function sparkOf({ members }: Group, around: Around): (number | null)[] {
  const unseen = members.map(({ connection }) => unseenOf(connection, around));
  return Array.from({ length: sparkBins }, (_, bin) => {
    const failures = members.reduce((sum, { id }) => sum + (around.failures.get(id)?.[bin] ?? 0), 0);
    return failures === 0 && unseen.every((hidden) => hidden[bin]) ? null : failures;
  });
}

function unseenOf(connection: number, around: Around): boolean[] {
  let unseen = around.unseen.get(connection);
  if (unseen === undefined) {
    unseen = unseenBins(connection, around);
    around.unseen.set(connection, unseen);
  }
  return unseen;
}

interface Around {
  readonly sums: Map<number, Sums>; readonly open: Map<number, OpenCount>; readonly failures: Map<number, number[]>; readonly unseen: Map<number, boolean[]>;
  readonly sight: Sight; readonly span: Span; readonly nowUs: number;
}

function aroundOf(reading: Reading, span: Span, nowUs: number, only: Only): Around {
  return {
    sums: sumsByAgent(reading, span, only), open: openByAgent(reading), failures: failureBins(reading, span, only), unseen: new Map(),
    sight: new Sight(reading, { fromUs: span.fromUs, toUs: nowUs }, nowUs), span, nowUs,
  };
}

function agentOf(reading: Reading, group: Group, around: Around): Agent {
  const { head, members } = group;
  const known = knownOf(group);
  const sums = sumsOfGroup(group, (id) => around.sums.get(id)) ?? noSums;
  const open = { running: 0, waiting: 0 };
  for (const { id } of members) {
    open.running += around.open.get(id)?.running ?? 0;
    open.waiting += around.open.get(id)?.waiting ?? 0;
  }
  const seesNow = members.some((one) => one.connectionEnabled === 1 && around.sight.share(one.connection, around.nowUs - 1_000_000, around.nowUs) > 0);
  return {
    id: publicId('agent', head.id), name: known.name, service: known.service, version: known.version, identity: identityWord(known.identity), identityOf: known.identityOf,
    connectionId: publicId('connection', head.connection), connectionName: head.connectionName, source: reading.texts.of(head.source),
    firstSeen: iso(known.firstUs), lastSeen: iso(known.lastUs),
    state: !seesNow ? 'not_seen' : open.waiting > 0 && open.running === 0 ? 'waiting' : open.running > 0 ? 'running' : 'idle',
    openTasks: open.running + open.waiting, tasks: sums.tasks, activities: sums.activities, failures: sums.failures, denials: sums.denials,
    usage: usageOf(sums), cost: costOf(reading, sums), failureSpark: sparkOf(group, around),
  };
}

export function listAgents(reading: Reading, params: ParsedParams<'agents.list'>, nowUs: number): Result<'agents.list'> {
  const around = aroundOf(reading, spanOf(params.period, nowUs), nowUs, null);
  const text = params.text?.trim().toLowerCase();
  const groups = allGroups(reading).filter(({ members }) =>
    (!text || members.some((one) => [one.name, one.service, one.connectionName, one.identityOf ?? '', publicId('agent', one.id)].some((word) => word.toLowerCase().includes(text))))
    && (params.includeIdle || members.some((one) => around.sums.has(one.id) || around.open.has(one.id))));
  return { rows: groups.slice(0, mostAgents).map((group) => agentOf(reading, group, around)), more: Math.max(0, groups.length - mostAgents) };
}

type ToolLine = { name: number; bucket: number; calls: number; failures: number; lastUs: number };

function toolsOf(reading: Reading, agents: readonly number[], span: Span): AgentDetail['tools'] {
  const lines = reading.sql<number[], ToolLine>(
    `SELECT name, bucket, sum(calls) AS calls, sum(failures) AS failures, max(last_us) AS lastUs FROM tool_day WHERE agent IN (${marks(agents)}) AND day BETWEEN ? AND ? GROUP BY name, bucket`,
  ).all(...agents, Math.floor(span.fromUs / US_DAY), Math.floor((span.toUs - 1) / US_DAY));
  const tools = new Map<number, { calls: number; failures: number; lastUs: number; buckets: Map<number, number> }>();
  for (const line of lines) {
    const tool = tools.get(line.name) ?? { calls: 0, failures: 0, lastUs: 0, buckets: new Map<number, number>() };
    tool.calls += line.calls;
    tool.failures += line.failures;
    tool.lastUs = Math.max(tool.lastUs, line.lastUs);
    tool.buckets.set(line.bucket, (tool.buckets.get(line.bucket) ?? 0) + line.calls);
    tools.set(line.name, tool);
  }
  return [...tools].toSorted((a, b) => b[1].calls - a[1].calls).slice(0, 500).map(([name, tool]) => ({
    name: reading.texts.of(name), calls: tool.calls, failures: tool.failures, lastAt: iso(tool.lastUs), p50Ms: percentile(tool.buckets, 0.5), p95Ms: percentile(tool.buckets, 0.95),
  }));
}

function modelsOf(reading: Reading, agents: readonly number[], span: Span): AgentDetail['models'] {
  const { table, unit, from, to } = rollupOf(span);
  return reading.sql<number[], Sums & { model: number }>(
    `SELECT model, ${sumColumns} FROM ${table} WHERE agent IN (${marks(agents)}) AND ${unit} BETWEEN ? AND ? AND model <> 0 GROUP BY model ORDER BY sum(activities) DESC LIMIT 100`,
  ).all(...agents, from, to).map((row) => ({ model: reading.texts.of(row.model), activities: row.activities, usage: usageOf(row), cost: costOf(reading, row) }));
}

function evidenceOf(reading: Reading, agents: readonly number[]): AgentDetail['identityEvidence'] {
  return reading.sql<number[], { attribute: string; value: string; seenUs: number }>(
    `SELECT attribute, value, max(seen_us) AS seenUs FROM identity_evidence WHERE agent IN (${marks(agents)}) GROUP BY attribute, value ORDER BY seenUs DESC LIMIT 100`,
  ).all(...agents).map((one) => ({ attribute: one.attribute, value: one.value, seenAt: iso(one.seenUs) }));
}

function versionsOf(reading: Reading, agents: readonly number[]): AgentDetail['versions'] {
  return reading.sql<number[], { version: string; firstUs: number; lastUs: number }>(
    `SELECT version, min(first_us) AS firstUs, max(last_us) AS lastUs FROM agent_version WHERE agent IN (${marks(agents)}) GROUP BY version ORDER BY firstUs DESC LIMIT 100`,
  ).all(...agents).map((one) => ({ version: one.version, firstSeen: iso(one.firstUs), lastSeen: iso(one.lastUs) }));
}

function subAgentsOf(reading: Reading, agents: readonly number[]): AgentDetail['subAgents'] {
  const called = reading.sql<number[], { called: number }>(`SELECT DISTINCT called FROM agent_link WHERE caller IN (${marks(agents)}) LIMIT 100`).all(...agents).map((one) => reading.headOf(one.called));
  return [...new Set(called)].filter((id) => !agents.includes(id)).map((id) => ({ id: publicId('agent', id), name: reading.agent(id).name }));
}

export function getAgent(reading: Reading, params: ParsedParams<'agents.get'>, nowUs: number): AgentDetail {
  const group = oneGroup(reading, rowId('agent', params.id));
  if (!group) throw new StoreError('not_found', `There is no agent with the identifier ${params.id}: it may have been removed with its connection, or its records turned out to be another agent's.`);
  const span = spanOf(params.period, nowUs);
  const ids = group.members.map((one) => one.id);
  const around = aroundOf(reading, span, nowUs, ids);
  return {
    ...agentOf(reading, group, around),
    identityEvidence: evidenceOf(reading, ids), models: modelsOf(reading, payers(group, (id) => around.sums.get(id)).map((one) => one.id), span), tools: toolsOf(reading, ids, span),
    versions: versionsOf(reading, ids), subAgents: subAgentsOf(reading, ids), sources: sourcesOfGroup(reading, group), grants: countGrants(reading, ids),
  };
}
