/** Who answers for an agent: a person's word here stands above the runtime's, and neither overwrites the other. */
import type { AccessCommands } from './access-commands.ts';
import { markDirty } from './access-dirty.ts';
import { appendAudit } from './audit.ts';
import { bounded } from './bounded.ts';
import type { AnyDb, WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { headOf, membersOf } from './heads.ts';
import { publicId } from './ids.ts';
import { statement } from './statements.ts';

const longestName = 200;

/** null: the runtime names nobody (any more). */
export function saveRuntimeOwner(db: WriteDb, agent: number, name: string | null, nowUs: number): void {
  const words = name === null ? '' : bounded(name.trim(), longestName);
  const was = statement<[number], { name: string }>(db, "SELECT name FROM agent_owner WHERE agent = ? AND role = 'owner' AND source = 'runtime'").get(agent)?.name ?? '';
  if (was === words) return;
  if (words === '') statement(db, "DELETE FROM agent_owner WHERE agent = ? AND role = 'owner' AND source = 'runtime'").run(agent);
  else statement(db, "INSERT OR REPLACE INTO agent_owner (agent, role, source, name, gone, actor, at_us) VALUES (?, 'owner', 'runtime', ?, 0, '', ?)").run(agent, words, nowUs);
  markDirty(db, [agent]);
}

/** Of all sources that are one agent there is one word of people's: at its head. */
export function setOwner(db: WriteDb, p: AccessCommands['agents.setOwner']['params'], nowUs: number): { id: number } {
  const head = headOf(db, p.agent);
  if (statement(db, 'SELECT 1 FROM agent WHERE id = ?').get(head) === undefined) throw new StoreError('not_found', `There is no agent with the identifier ${publicId('agent', p.agent)} any more. Nothing was changed.`);
  const drop = statement(db, "DELETE FROM agent_owner WHERE agent = ? AND role = ? AND source = 'person'");
  for (const member of membersOf(db, head)) drop.run(member, p.role);
  if (p.name !== null) statement(db, "INSERT INTO agent_owner (agent, role, source, name, gone, actor, at_us) VALUES (?, ?, 'person', ?, ?, ?, ?)").run(head, p.role, bounded(p.name, longestName), Number(p.gone), p.audit.actor, nowUs);
  markDirty(db, [head]);
  appendAudit(db, p.audit, nowUs);
  return { id: head };
}

export interface OwnerWord { readonly name: string; readonly gone: boolean; readonly atUs: number }

/** The best word on it: a person's before the runtime's, the newest of several. */
export function ownerOf(db: AnyDb, members: readonly number[], role: 'owner' | 'sponsor'): OwnerWord | null {
  const rows = db.prepare<(number | string)[], { source: string; name: string; gone: number; atUs: number }>(`SELECT source, name, gone, at_us AS atUs FROM agent_owner WHERE role = ? AND agent IN (${members.map(() => '?').join(', ')})`).all(role, ...members);
  const [best] = rows.toSorted((a, b) => Number(b.source === 'person') - Number(a.source === 'person') || b.atUs - a.atUs || (a.name < b.name ? -1 : 1));
  return best === undefined ? null : { name: best.name, gone: best.gone === 1, atUs: best.atUs };
}
