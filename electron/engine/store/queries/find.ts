/** The palette's search: agents by name, tasks by key or name, identifiers exactly. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { OUTCOME, outcomeWord } from '../codes.ts';
import { publicId, rowIdOf } from '../ids.ts';
import type { Reading } from './reading.ts';

/** Of the newest so many; older ones are found by their whole identifier. */
const recentTasks = 5_000;

export const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;

export function find(reading: Reading, params: ParsedParams<'find'>): Result<'find'> {
  const text = params.text.trim();
  const like = likePattern(text);
  const agents = reading.sql<unknown[], { id: number; name: string; connection: string; identity: number; open: number }>(
    `SELECT a.id, a.name, c.name AS connection, a.identity, EXISTS (SELECT 1 FROM task t CROSS JOIN task_agent ta WHERE t.outcome IN (4, 5) AND ta.task = t.id AND ta.agent = a.id) AS open
     FROM agent a JOIN connection c ON c.id = a.connection WHERE (a.rows > 0 OR a.discovered_us IS NOT NULL) AND (a.name LIKE ? ESCAPE '\\' OR a.service LIKE ? ESCAPE '\\' OR a.id = ?) ORDER BY a.last_us DESC LIMIT ?`,
  ).all(like, like, rowIdOf('agent', text) ?? 0, params.limit);
  const tasks = reading.sql<unknown[], { id: number; key: string; name: string; outcome: number }>(
    `SELECT id, key, name, outcome FROM (SELECT id, key, name, outcome FROM task ORDER BY started_us DESC LIMIT ${recentTasks}) WHERE key LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\' LIMIT ?`,
  ).all(like, like, params.limit);
  const exact = rowIdOf('task', text);
  const named = exact === null ? undefined : reading.sql<[number], { id: number; key: string; name: string; outcome: number }>('SELECT id, key, name, outcome FROM task WHERE id = ?').get(exact);
  const activity = rowIdOf('activity', text);
  const row = activity === null ? undefined : reading.sql<[number], { id: number; name: number; task: number }>('SELECT id, name, task FROM activity WHERE id = ?').get(activity);
  return {
    agents: agents.filter((one, at) => agents.findIndex((other) => reading.headOf(other.id) === reading.headOf(one.id)) === at).map((one) => ({ id: reading.agentId(one.id), name: reading.agent(one.id).name, context: one.connection, state: one.open ? outcomeWord(OUTCOME.running) : 'idle' })),
    tasks: [...(named && !tasks.some((one) => one.id === named.id) ? [named] : []), ...tasks].map((one) => ({ id: publicId('task', one.id), key: one.key, name: one.name, outcome: outcomeWord(one.outcome) })),
    activities: row ? [{ id: publicId('activity', row.id), name: reading.texts.of(row.name), taskId: publicId('task', row.task) }] : [],
  };
}
