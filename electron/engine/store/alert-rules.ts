/** Rules that raise alerts. */
import type { AlertCommands } from './alert-commands.ts';
import { resolveWhere } from './alerts.ts';
import { appendAudit } from './audit.ts';
import { bounded } from './bounded.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';

type Params<N extends keyof AlertCommands> = AlertCommands[N]['params'];

function mustBe(changes: number): void {
  if (changes === 0) throw new StoreError('not_found', 'There is no such rule for alerts any more. Nothing was changed.');
}

export function saveAlertRule(db: WriteDb, { id, draft, targets, escalation, changedBy, audit }: Params<'alertRules.save'>, nowUs: number): { id: number } {
  const row = {
    name: bounded(draft.name, 80), fires: JSON.stringify(draft.trigger), watches: JSON.stringify(draft.watches), severity: draft.severity, sustained: draft.sustainedS, targets: JSON.stringify(targets), escalation: JSON.stringify(escalation),
    tellEnd: Number(draft.tellEnd), enabled: Number(draft.enabled), changedBy: bounded(changedBy, 256), nowUs,
  };
  mustName(db, [...targets, ...escalation.flatMap((step) => step.targets)]);
  let saved = id;
  if (saved === null) saved = Number(db.prepare(`INSERT INTO alert_rule (name, fires, watches, severity, sustained_s, targets, escalation, tell_end, enabled, built_in, created_us, changed_us, changed_by)
    VALUES (@name, @fires, @watches, @severity, @sustained, @targets, @escalation, @tellEnd, @enabled, 0, @nowUs, @nowUs, @changedBy)`).run(row).lastInsertRowid);
  else mustBe(db.prepare(`UPDATE alert_rule SET name = @name, fires = @fires, watches = @watches, severity = @severity, sustained_s = @sustained, targets = @targets, escalation = @escalation, tell_end = @tellEnd, enabled = @enabled,
    built_in = 0, changed_us = @nowUs, changed_by = @changedBy WHERE id = @id AND removed_us IS NULL`).run({ ...row, id: saved }).changes);
  appendAudit(db, { ...audit, subject: audit.subject ?? publicId('alertRule', saved) }, nowUs);
  return { id: saved };
}

/** One may have been removed since the rule was drafted. */
function mustName(db: WriteDb, targets: readonly number[]): void {
  const present = db.prepare<[number], { n: number }>('SELECT 1 AS n FROM alert_target WHERE id = ? AND removed_us IS NULL');
  for (const id of targets) if (present.get(id) === undefined) throw new StoreError('not_found', `There is no target with the identifier ${publicId('target', id)} any more. Nothing was changed.`);
}

export function removeAlertRule(db: WriteDb, { id, audit }: Params<'alertRules.remove'>, nowUs: number): { id: number } {
  mustBe(db.prepare('UPDATE alert_rule SET removed_us = ?, enabled = 0 WHERE id = ? AND removed_us IS NULL').run(nowUs, id).changes);
  resolveWhere(db, 'rule = @value', id, `The rule was removed by ${bounded(audit.actor, 100)}: nobody looks any more whether it is over.`, nowUs);
  appendAudit(db, { ...audit, subject: audit.subject ?? publicId('alertRule', id) }, nowUs);
  return { id };
}
