/** What a report is of: its period and scope as row ids, found once when it begins. */
import type { ReportScope, ReportSpec } from '../../../../shared/reports.ts';
import { StoreError } from '../errors.ts';
import { publicId, rowIdOf } from '../ids.ts';
import type { IdKind } from '../ids.ts';
import { micros, rowId, type Reading } from './reading.ts';

export interface Selection {
  readonly fromUs: number;
  readonly toUs: number;
  readonly nowUs: number;
  readonly kind: ReportScope['kind'];
  /** sources, as rows name them; null: all. */
  readonly agents: readonly number[] | null;
  /** the agents that these are shown as; null: all. */
  readonly heads: readonly number[] | null;
  readonly connections: readonly number[] | null;
  readonly stops: readonly number[] | null;
}

export function selectionOf(reading: Reading, { from, to, scope }: Pick<ReportSpec, 'from' | 'to' | 'scope'>, nowUs: number): Selection {
  reading.begin();
  const [fromUs, toUs] = [micros(from), micros(to)];
  if (toUs <= fromUs) throw new StoreError('bad_request', 'The period of the report ends before it begins. Nothing was written.');
  const agents = agentsOf(reading, scope);
  const heads = agents === null ? null : [...new Set(agents.map((id) => reading.headOf(id)))];
  return { fromUs, toUs, nowUs, kind: scope.kind, agents, heads, connections: connectionsOf(reading, scope, agents), stops: stopsOf(reading, scope, agents) };
}

function agentsOf(reading: Reading, scope: ReportScope): number[] | null {
  switch (scope.kind) {
    case 'everything': return null;
    case 'agents': return allSources(reading, scope.ids.map((id) => known(reading, 'agent', id)));
    case 'tag': return allSources(reading, reading.sql<[string], number>('SELECT agent FROM agent_tag WHERE tag = ?').pluck().all(scope.tag));
    case 'connection': return reading.sql<[number], number>('SELECT id FROM agent WHERE connection = ?').pluck().all(known(reading, 'connection', scope.id));
    case 'stop': return reading.sql<[number], number>('SELECT agent FROM stop_agent WHERE stop = ?').pluck().all(known(reading, 'stop', scope.id));
  }
}

const tableOf = { agent: 'agent', connection: 'connection', stop: 'stop_order' } as const;

function known(reading: Reading, kind: keyof typeof tableOf, id: string): number {
  const row = rowId(kind, id);
  if (reading.sql<[number], { id: number }>(`SELECT id FROM ${tableOf[kind]} WHERE id = ?`).get(row) === undefined) throw new StoreError('not_found', `There is no ${kind === 'stop' ? 'stop order' : kind} with the identifier ${id}. Nothing was written.`);
  return row;
}

/** An agent that is seen from several sides is meant whole. */
const allSources = (reading: Reading, agents: readonly number[]): number[] => [...new Set(agents.flatMap((id) => reading.sourcesOf(id)))];

function connectionsOf(reading: Reading, scope: ReportScope, agents: readonly number[] | null): number[] | null {
  if (agents === null) return null;
  if (scope.kind === 'connection') return [rowId('connection', scope.id)];
  return reading.sql<[string], number>('SELECT DISTINCT connection FROM agent WHERE id IN (SELECT value FROM json_each(?))').pluck().all(JSON.stringify(agents));
}

function stopsOf(reading: Reading, scope: ReportScope, agents: readonly number[] | null): number[] | null {
  if (agents === null) return null;
  if (scope.kind === 'stop') return [rowId('stop', scope.id)];
  return reading.sql<[string], number>('SELECT DISTINCT stop FROM stop_agent WHERE agent IN (SELECT value FROM json_each(?))').pluck().all(JSON.stringify(agents));
}

/** Where a subject of the audit log leads to its agent; a subject of any other kind belongs to no scope but everything. */
const agentOf: Readonly<Partial<Record<IdKind, string>>> = {
  task: 'SELECT agent FROM task_agent WHERE task = ?', activity: 'SELECT agent FROM activity WHERE id = ?', approval: 'SELECT agent FROM approval WHERE id = ?', grant: 'SELECT agent FROM grant_seen WHERE id = ?',
  finding: 'SELECT holder AS agent FROM finding WHERE id = ?', alert: 'SELECT agent FROM alert WHERE id = ?', failure: 'SELECT agent FROM failure_agent WHERE failure = ?',
};

/** Of these subjects of audit entries those that are about the scope: its agents, connections, stop orders, and what is its agents'. */
export function subjectsWithin(reading: Reading, { agents, heads, connections, stops, kind }: Selection, subjects: readonly string[]): string[] {
  const own = new Set([...(agents ?? []), ...(heads ?? [])]);
  const direct = new Set([...[...own].map((id) => publicId('agent', id)), ...(stops ?? []).map((id) => publicId('stop', id)), ...(kind === 'connection' ? (connections ?? []) : []).map((id) => publicId('connection', id))]);
  return subjects.filter((subject) => direct.has(subject) || (Object.keys(agentOf) as IdKind[]).some((one) => {
    const row = rowIdOf(one, subject);
    return row !== null && reading.sql<[number], number>(agentOf[one] ?? '').pluck().all(row).some((agent) => own.has(agent));
  }));
}
