/** Agents with their sums over a period, from rollups. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { Agent, AgentDetail } from '../../../../shared/domain.ts';
import { identityWord, OUTCOME, US_DAY, US_HOUR } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { percentile } from '../histogram.ts';
import { publicId } from '../ids.ts';
import { costOf, iso, rowId, sumColumns, usageOf, type Reading, type Sums } from './reading.ts';
import { Sight, spanOf, type Span } from './span-of-time.ts';

interface AgentRow {
  readonly id: number; readonly connection: number; readonly connectionName: string; readonly connectionEnabled: number; readonly name: string; readonly service: string;
  readonly source: number; readonly identity: number; readonly identityOf: string | null; readonly version: string | null; readonly firstUs: number; readonly lastUs: number;
}

const select = `SELECT a.id, a.connection, c.name AS connectionName, c.enabled AS connectionEnabled, a.name, a.service, a.source, a.identity, a.identity_of AS identityOf, a.version,
  a.first_us AS firstUs, a.last_us AS lastUs FROM agent a JOIN connection c ON c.id = a.connection WHERE a.rows > 0`;
const mostAgents = 5_000;
const sparkBins = 24;
/** Long periods are summed by days, short ones by hours: both have few lines for each agent. */
const longSpanUs = 8 * US_DAY;
const noSums: Sums = { activities: 0, failures: 0, denials: 0, tasks: 0, input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0, micros: 0, priced: 0, unpriced: 0, currency: 0 };

function rollupOf(span: Span): { table: string; unit: string; from: number; to: number } {
  const long = span.toUs - span.fromUs > longSpanUs;
  const length = long ? US_DAY : US_HOUR;
  return { table: long ? 'by_day' : 'by_hour', unit: long ? 'day' : 'hour', from: Math.floor(span.fromUs / length), to: Math.floor((span.toUs - 1) / length) };
}

function sumsByAgent(reading: Reading, span: Span): Map<number, Sums> {
  const { table, unit, from, to } = rollupOf(span);
  const rows = reading.sql<[number, number], Sums & { agent: number }>(`SELECT agent, ${sumColumns} FROM ${table} WHERE ${unit} BETWEEN ? AND ? GROUP BY agent`).all(from, to);
  return new Map(rows.map((row) => [row.agent, row]));
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

/** Failures of each agent in the bins of the small chart. Rows as arrays: there may be one for every agent and hour of the period. */
function failureBins(reading: Reading, span: Span): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const length = (span.toUs - span.fromUs) / sparkBins;
  const rows = reading.sql<[number, number], [number, number, number]>('SELECT hour, agent, failures FROM by_hour WHERE hour BETWEEN ? AND ? AND failures > 0').raw()
    .all(Math.floor(span.fromUs / US_HOUR), Math.floor((span.toUs - 1) / US_HOUR));
  for (const [hour, agent, failures] of rows) {
    let bins = found.get(agent);
    if (bins === undefined) {
      bins = Array.from({ length: sparkBins }, () => 0);
      found.set(agent, bins);
    }
    const bin = Math.min(sparkBins - 1, Math.floor(Math.max(0, hour * US_HOUR - span.fromUs) / length));
    bins[bin] = (bins[bin] ?? 0) + failures;
  }
  return found;
}

/** Bins of the period for the small failure chart; null where less than half of a bin was seen and nothing was told of it. */
function sparkOf(bins: readonly number[] | undefined, connection: number, span: Span, sight: Sight): (number | null)[] {
  const length = (span.toUs - span.fromUs) / sparkBins;
  return Array.from({ length: sparkBins }, (_, bin) => {
    const failures = bins?.[bin] ?? 0;
    const from = span.fromUs + bin * length;
    return failures === 0 && sight.share(connection, from, from + length) < 0.5 ? null : failures;
  });
}

interface Around { readonly sums: Map<number, Sums>; readonly open: Map<number, OpenCount>; readonly failures: Map<number, number[]>; readonly sight: Sight; readonly span: Span; readonly nowUs: number }

function aroundOf(reading: Reading, span: Span, nowUs: number): Around {
  return { sums: sumsByAgent(reading, span), open: openByAgent(reading), failures: failureBins(reading, span), sight: new Sight(reading, { fromUs: span.fromUs, toUs: nowUs }, nowUs), span, nowUs };
}

function agentOf(reading: Reading, row: AgentRow, around: Around): Agent {
  const sums = around.sums.get(row.id) ?? noSums;
  const open = around.open.get(row.id) ?? { running: 0, waiting: 0 };
  const seesNow = row.connectionEnabled === 1 && around.sight.share(row.connection, around.nowUs - 1_000_000, around.nowUs) > 0;
  return {
    id: publicId('agent', row.id), name: row.name, service: row.service, version: row.version, identity: identityWord(row.identity), identityOf: row.identityOf,
    connectionId: publicId('connection', row.connection), connectionName: row.connectionName, source: reading.texts.of(row.source),
    firstSeen: iso(row.firstUs), lastSeen: iso(row.lastUs),
    state: !seesNow ? 'not_seen' : open.waiting > 0 && open.running === 0 ? 'waiting' : open.running > 0 ? 'running' : 'idle',
    openTasks: open.running + open.waiting, tasks: sums.tasks, activities: sums.activities, failures: sums.failures, denials: sums.denials,
    usage: usageOf(sums), cost: costOf(reading, sums), failureSpark: sparkOf(around.failures.get(row.id), row.connection, around.span, around.sight),
  };
}

export function listAgents(reading: Reading, params: ParsedParams<'agents.list'>, nowUs: number): Result<'agents.list'> {
  const around = aroundOf(reading, spanOf(params.period, nowUs), nowUs);
  const text = params.text?.trim().toLowerCase();
  const rows = reading.sql<[], AgentRow>(`${select} ORDER BY a.last_us DESC`).all().filter((row) =>
    (!text || [row.name, row.service, row.connectionName, row.identityOf ?? '', publicId('agent', row.id)].some((one) => one.toLowerCase().includes(text)))
    && (params.includeIdle || around.sums.has(row.id) || around.open.has(row.id)));
  return { rows: rows.slice(0, mostAgents).map((row) => agentOf(reading, row, around)), more: Math.max(0, rows.length - mostAgents) };
}

type ToolLine = { name: number; bucket: number; calls: number; failures: number; lastUs: number };

function toolsOf(reading: Reading, agent: number, span: Span): AgentDetail['tools'] {
  const lines = reading.sql<number[], ToolLine>(
    'SELECT name, bucket, sum(calls) AS calls, sum(failures) AS failures, max(last_us) AS lastUs FROM tool_day WHERE agent = ? AND day BETWEEN ? AND ? GROUP BY name, bucket',
  ).all(agent, Math.floor(span.fromUs / US_DAY), Math.floor((span.toUs - 1) / US_DAY));
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

function modelsOf(reading: Reading, agent: number, span: Span): AgentDetail['models'] {
  const { table, unit, from, to } = rollupOf(span);
  return reading.sql<number[], Sums & { model: number }>(
    `SELECT model, ${sumColumns} FROM ${table} WHERE agent = ? AND ${unit} BETWEEN ? AND ? AND model <> 0 GROUP BY model ORDER BY sum(activities) DESC LIMIT 100`,
  ).all(agent, from, to).map((row) => ({ model: reading.texts.of(row.model), activities: row.activities, usage: usageOf(row), cost: costOf(reading, row) }));
}

export function getAgent(reading: Reading, params: ParsedParams<'agents.get'>, nowUs: number): AgentDetail {
  const id = rowId('agent', params.id);
  const row = reading.sql<[number], AgentRow>(`${select} AND a.id = ?`).get(id);
  if (!row) throw new StoreError('not_found', `There is no agent with the identifier ${params.id}: it may have been removed with its connection, or its records turned out to be another agent's.`);
  const span = spanOf(params.period, nowUs);
  return {
    ...agentOf(reading, row, aroundOf(reading, span, nowUs)),
    identityEvidence: reading.sql<[number], { attribute: string; value: string; seenUs: number }>(
      'SELECT attribute, value, seen_us AS seenUs FROM identity_evidence WHERE agent = ? ORDER BY seen_us DESC LIMIT 100').all(id).map((one) => ({ attribute: one.attribute, value: one.value, seenAt: iso(one.seenUs) })),
    models: modelsOf(reading, id, span), tools: toolsOf(reading, id, span),
    versions: reading.sql<[number], { version: string; firstUs: number; lastUs: number }>(
      'SELECT version, first_us AS firstUs, last_us AS lastUs FROM agent_version WHERE agent = ? ORDER BY first_us DESC LIMIT 100').all(id).map((one) => ({ version: one.version, firstSeen: iso(one.firstUs), lastSeen: iso(one.lastUs) })),
    subAgents: reading.sql<[number], { called: number }>('SELECT called FROM agent_link WHERE caller = ? LIMIT 100').all(id).map((one) => ({ id: publicId('agent', one.called), name: reading.agent(one.called).name })),
    sources: [], grants: [],
  };
}
