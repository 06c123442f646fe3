/** May the console stop what it should, and is it tried: rights that were read, canaries and their next drill. */
import { appendAudit } from './audit.ts';
import { bounded, wholeUs } from './bounded.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';
import { headOf } from './tags.ts';
import type { StopCommands } from './stop-commands.ts';

type Params<N extends keyof StopCommands> = StopCommands[N]['params'];

export function writeRights(db: WriteDb, { connection, checks, atUs }: Params<'rights.write'>, nowUs: number): { id: number } {
  const save = db.prepare('INSERT INTO right_check (connection, level, result, at_us, text) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET result = excluded.result, at_us = excluded.at_us, text = excluded.text');
  for (const { level, result, text } of checks) save.run(connection, level, result, wholeUs(atUs, nowUs), bounded(text, 1_000));
  return { id: connection };
}

/** SECURITY: only an agent that a person marked is ever stopped for practice; the mark is in the audit log. */
export function setCanary(db: WriteDb, { agent, canary, nextUs, audit }: Params<'canary.set'>, nowUs: number): { id: number } {
  const head = headOf(db, agent);
  db.prepare('DELETE FROM canary WHERE agent = @head OR agent IN (SELECT agent FROM agent_stitch WHERE head = @head)').run({ head });
  if (canary !== null) db.prepare('INSERT INTO canary (agent, level, every_hours, next_us) VALUES (?, ?, ?, ?)').run(head, canary.level, canary.everyHours, nextUs === null ? null : wholeUs(nextUs, nowUs));
  appendAudit(db, { ...audit, subject: audit.subject ?? publicId('agent', head) }, nowUs);
  return { id: head };
}

export function setNextDrill(db: WriteDb, { agent, nextUs }: Params<'canary.next'>): { id: number } {
  if (db.prepare('UPDATE canary SET next_us = ? WHERE agent = ?').run(Math.round(nextUs), agent).changes === 0) throw new StoreError('not_found', 'This agent is no canary any more. Nothing was changed.');
  return { id: agent };
}
