/** Sources and the agent that they are shown as, for whoever writes; queries have `Reading` for it. */
import type { AnyDb } from './database.ts';
import { statement } from './statements.ts';

export function headOf(db: AnyDb, agent: number): number {
  return statement<[number], { head: number }>(db, 'SELECT head FROM agent_stitch WHERE agent = ?').get(agent)?.head ?? agent;
}

/** All sources of the agent that this head stands for, the head itself first. */
export function membersOf(db: AnyDb, head: number): number[] {
  return [head, ...db.prepare<[number], { agent: number }>('SELECT agent FROM agent_stitch WHERE head = ? ORDER BY agent').all(head).map((one) => one.agent)];
}
