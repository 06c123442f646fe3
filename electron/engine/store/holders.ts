/** Who holds the credential of a connection: only a person can say, since a server knows the credential and not who presents it. */
import type { AccessCommands } from './access-commands.ts';
import { markDirty, markOffer } from './access-dirty.ts';
import { appendAudit } from './audit.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { headOf, membersOf } from './heads.ts';
import { publicId } from './ids.ts';

export function setHolder(db: WriteDb, p: AccessCommands['access.setHolder']['params'], nowUs: number): { id: number } {
  const agent = headOf(db, p.agent);
  if (db.prepare('SELECT 1 FROM agent WHERE id = ?').get(agent) === undefined) throw new StoreError('not_found', `There is no agent with the identifier ${publicId('agent', p.agent)} any more. Nothing was changed.`);
  if (db.prepare('SELECT 1 FROM connection WHERE id = ?').get(p.connection) === undefined) throw new StoreError('not_found', `There is no connection with the identifier ${publicId('connection', p.connection)} any more. Nothing was changed.`);
  if (p.holds) db.prepare('INSERT OR IGNORE INTO grant_holder (connection, agent, actor, at_us) VALUES (?, ?, ?, ?)').run(p.connection, agent, p.audit.actor, nowUs);
  else for (const member of membersOf(db, agent)) db.prepare('DELETE FROM grant_holder WHERE connection = ? AND agent = ?').run(p.connection, member);
  markOffer(db, p.connection);
  markDirty(db, [agent]);
  appendAudit(db, p.audit, nowUs);
  return { id: agent };
}
