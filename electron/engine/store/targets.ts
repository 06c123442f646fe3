/** Where alerts go. SECURITY: of a credential only a reference and what may be shown of it is here. */
import type { AlertCommands } from './alert-commands.ts';
import { appendAudit } from './audit.ts';
import { bounded, boundedOrNull } from './bounded.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';

type Params<N extends keyof AlertCommands> = AlertCommands[N]['params'];

function mustBe(changes: number): void {
  if (changes === 0) throw new StoreError('not_found', 'There is no such target any more. Nothing was changed.');
}

export function saveTarget(db: WriteDb, p: Params<'targets.save'>, nowUs: number): { id: number } {
  const row = { name: bounded(p.name, 80), config: JSON.stringify(p.config), quiet: p.quiet === null ? null : JSON.stringify(p.quiet), enabled: Number(p.enabled), changedBy: bounded(p.changedBy, 256), nowUs };
  let saved = p.id;
  if (saved === null) saved = Number(db.prepare('INSERT INTO alert_target (name, config, quiet, enabled, created_us, changed_us, changed_by) VALUES (@name, @config, @quiet, @enabled, @nowUs, @nowUs, @changedBy)').run(row).lastInsertRowid);
  else mustBe(db.prepare('UPDATE alert_target SET name = @name, config = @config, quiet = @quiet, enabled = @enabled, changed_us = @nowUs, changed_by = @changedBy WHERE id = @id AND removed_us IS NULL').run({ ...row, id: saved }).changes);
  if (p.credential !== undefined) db.prepare('UPDATE alert_target SET credential = ?, hint = ? WHERE id = ?').run(p.credential.reference, boundedOrNull(p.credential.hint, 500), saved);
  appendAudit(db, { ...p.audit, subject: p.audit.subject ?? publicId('target', saved) }, nowUs);
  return { id: saved };
}

/** What was told to it stays readable. */
export function removeTarget(db: WriteDb, { id, audit }: Params<'targets.remove'>, nowUs: number): { id: number } {
  mustBe(db.prepare('UPDATE alert_target SET removed_us = ?, enabled = 0, credential = NULL, hint = NULL WHERE id = ? AND removed_us IS NULL').run(nowUs, id).changes);
  db.prepare("UPDATE delivery SET state = 'dropped', due_us = NULL, last_error = 'The target was removed.' WHERE target = ? AND state IN ('waiting', 'held')").run(id);
  unname(db, id);
  appendAudit(db, { ...audit, subject: audit.subject ?? publicId('target', id) }, nowUs);
  return { id };
}

interface Naming { readonly id: number; readonly targets: string; readonly escalation: string }

/** A step that tells nobody any more is none. */
function unname(db: WriteDb, target: number): void {
  const write = db.prepare('UPDATE alert_rule SET targets = ?, escalation = ? WHERE id = ?');
  for (const rule of db.prepare<[], Naming>('SELECT id, targets, escalation FROM alert_rule WHERE removed_us IS NULL').all()) {
    const rest = (ids: readonly number[]): number[] => ids.filter((id) => id !== target);
    const targets = JSON.stringify(rest(JSON.parse(rule.targets) as number[]));
    const escalation = JSON.stringify((JSON.parse(rule.escalation) as { afterMin: number; targets: number[] }[]).map((step) => ({ ...step, targets: rest(step.targets) })).filter((step) => step.targets.length > 0));
    if (targets !== rule.targets || escalation !== rule.escalation) write.run(targets, escalation, rule.id);
  }
}
