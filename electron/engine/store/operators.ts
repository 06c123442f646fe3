/** People who may confirm a stop as the second person. */
import { appendAudit } from './audit.ts';
import { bounded } from './bounded.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';
import type { StopCommands } from './stop-commands.ts';

/** SECURITY: what comes here is a salted hash; the passphrase itself never reaches the history. */
export function addOperator(db: WriteDb, { name, salt, hash, audit }: StopCommands['operators.add']['params'], nowUs: number): { id: number } {
  const words = bounded(name.trim(), 80);
  if (db.prepare('SELECT 1 FROM operator WHERE name = ?').get(words) !== undefined) throw new StoreError('conflict', `There is an operator called ${words} already. Nothing was changed.`);
  const id = Number(db.prepare('INSERT INTO operator (name, created_us, salt, hash) VALUES (?, ?, ?, ?)').run(words, nowUs, salt, hash).lastInsertRowid);
  appendAudit(db, { ...audit, subject: audit.subject ?? publicId('operator', id) }, nowUs);
  return { id };
}

export function removeOperator(db: WriteDb, { id, audit }: StopCommands['operators.remove']['params'], nowUs: number): { id: number } {
  if (db.prepare('DELETE FROM operator WHERE id = ?').run(id).changes === 0) throw new StoreError('not_found', 'There is no such operator any more. Nothing was changed.');
  appendAudit(db, { ...audit, subject: audit.subject ?? publicId('operator', id) }, nowUs);
  return { id };
}
