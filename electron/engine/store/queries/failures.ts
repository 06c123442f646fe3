/** Groups of activities that failed in the same way. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { Failure } from '../../../../shared/domain.ts';
import { kindWord, US_DAY } from '../codes.ts';
import { publicId } from '../ids.ts';
import { iso, micros, rowId, type Reading } from './reading.ts';

interface Group { readonly id: number; count: number; readonly agents: number[] }
const mostAgents = 50;
interface FailureRow { readonly id: number; readonly kind: number; readonly name: number; readonly errorType: number | null; readonly errorMessage: number | null; readonly firstUs: number; readonly lastUs: number }

/** Counts by day: a `since` inside a day counts that whole day, as the first line of the screen says. */
function groups(reading: Reading, agent: number | null, sinceUs: number): Iterable<Group> {
  const day = Math.floor(sinceUs / US_DAY);
  const lines = reading.sql<number[], { failure: number; agent: number; count: number }>(
    `SELECT failure, agent, sum(count) AS count FROM failure_day WHERE day >= ? ${agent === null ? '' : 'AND agent = ?'} GROUP BY failure, agent HAVING sum(count) > 0 ORDER BY failure, sum(count) DESC`,
  ).all(...(agent === null ? [day] : [day, agent]));
  const found = new Map<number, Group>();
  for (const line of lines) {
    const group = found.get(line.failure) ?? { id: line.failure, count: 0, agents: [] };
    group.count += line.count;
    if (group.agents.length < mostAgents) group.agents.push(line.agent);
    found.set(line.failure, group);
  }
  return found.values();
}

function newest(reading: Reading, failure: number, agent: number | null): { id: number; task: number; ts: number } | undefined {
  return agent === null
    ? reading.sql<number[], { id: number; task: number; ts: number }>('SELECT id, task, ts_us AS ts FROM activity WHERE failure = ? ORDER BY ts_us DESC LIMIT 1').get(failure)
    : reading.sql<number[], { id: number; task: number; ts: number }>('SELECT id, task, ts_us AS ts FROM activity WHERE failure = ? AND agent = ? ORDER BY ts_us DESC LIMIT 1').get(failure, agent);
}

export function listFailures(reading: Reading, params: ParsedParams<'failures.list'>): Result<'failures.list'> {
  const agent = params.agentId === undefined ? null : rowId('agent', params.agentId);
  const sinceUs = params.since === undefined ? 0 : micros(params.since);
  const one = reading.sql<[number, number], FailureRow>('SELECT id, kind, name, error_type AS errorType, error_message AS errorMessage, first_us AS firstUs, last_us AS lastUs FROM failure WHERE id = ? AND last_us >= ?');
  const rows: Failure[] = [];
  for (const group of groups(reading, agent, sinceUs)) {
    const row = one.get(group.id, sinceUs);
    const example = newest(reading, group.id, agent);
    if (!row || !example || example.ts < sinceUs) continue;
    const ids = group.agents;
    rows.push({
      id: publicId('failure', row.id), agentIds: ids.map((id) => publicId('agent', id)), agentNames: ids.map((id) => reading.agent(id).name), kind: kindWord(row.kind),
      name: reading.texts.of(row.name), error: { type: reading.texts.of(row.errorType) || null, message: reading.texts.of(row.errorMessage) || null },
      count: group.count, firstSeen: iso(row.firstUs), lastSeen: iso(example.ts), exampleActivityId: publicId('activity', example.id), exampleTaskId: publicId('task', example.task),
    });
  }
  rows.sort((a, b) => (a.lastSeen < b.lastSeen ? 1 : a.lastSeen > b.lastSeen ? -1 : 0));
  return { rows: rows.slice(0, params.limit) };
}
