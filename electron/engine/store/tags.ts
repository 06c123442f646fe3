/** Tags that people put on agents, to stop several at once. An agent that is seen from several sides has one set of them. */
import { appendAudit } from './audit.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';
import type { StopCommands } from './stop-commands.ts';

/** The agent that this source is shown as; refuses when there is none. */
export function headOf(db: WriteDb, agent: number): number {
  const row = db.prepare<[number], { head: number }>('SELECT coalesce(s.head, a.id) AS head FROM agent a LEFT JOIN agent_stitch s ON s.agent = a.id WHERE a.id = ?').get(agent);
  if (row === undefined) throw new StoreError('not_found', `There is no agent with the identifier ${publicId('agent', agent)} any more. Nothing was changed.`);
  return row.head;
}

export function setTags(db: WriteDb, { agent, tags, audit }: StopCommands['tags.set']['params'], nowUs: number): { id: number } {
  const head = headOf(db, agent);
  db.prepare('DELETE FROM agent_tag WHERE agent = @head OR agent IN (SELECT agent FROM agent_stitch WHERE head = @head)').run({ head });
  const known = db.prepare<[string], { tag: string }>('SELECT tag FROM agent_tag WHERE tag = ? LIMIT 1');
  const add = db.prepare('INSERT OR IGNORE INTO agent_tag (agent, tag) VALUES (?, ?)');
  // One spelling of a tag everywhere: the one that is there.
  for (const tag of tags.map((one) => one.trim()).filter((one) => one !== '')) add.run(head, known.get(tag)?.tag ?? tag);
  appendAudit(db, { ...audit, subject: audit.subject ?? publicId('agent', head) }, nowUs);
  return { id: head };
}
