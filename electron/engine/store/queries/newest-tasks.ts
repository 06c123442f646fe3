/** Which tasks are looked at where a question cannot look at all of them. */
import type { Reading } from './reading.ts';

/** SECURITY: a flood of tasks holds up no screen. */
export const mostTasks = 5_000;

/**
 * The newest tasks since then, at most so many. Of several agents each gives the newest of its own, in equal shares (what one does not need goes to those
 * after it): of one that floods, no more than of the others is left out. `heads` null: of everybody together, the newest of all.
 */
export function newestTasks(reading: Reading, heads: readonly number[] | null, sinceUs: number, most = mostTasks): number[] {
  if (heads === null) return reading.sql<[number, number], number>('SELECT id FROM task INDEXED BY task_started WHERE started_us >= ? ORDER BY started_us DESC LIMIT ?').pluck().all(sinceUs, most);
  const agents = heads.flatMap((head) => reading.sourcesOf(head));
  const ofAgent = reading.sql<[number, number, number], number>('SELECT task FROM task_agent INDEXED BY task_agent_first WHERE agent = ? AND first_us >= ? ORDER BY first_us DESC LIMIT ?').pluck();
  const tasks = new Set<number>();
  agents.forEach((agent, at) => {
    const left = most - tasks.size;
    if (left <= 0) return;
    for (const task of ofAgent.all(agent, sinceUs, Math.ceil(left / (agents.length - at)))) tasks.add(task);
  });
  return [...tasks];
}
