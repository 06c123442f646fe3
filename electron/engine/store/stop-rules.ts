/** Rules that stop by themselves, and what they fired or would have fired. */
import { appendAudit } from './audit.ts';
import { bounded, wholeUs } from './bounded.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';
import type { StopCommands } from './stop-commands.ts';

type Params<N extends keyof StopCommands> = StopCommands[N]['params'];

function mustBe(changes: number): void {
  if (changes === 0) throw new StoreError('not_found', 'There is no such rule any more. Nothing was changed.');
}

export function saveRule(db: WriteDb, { id, name, trigger, watches, level, stops, mode, changedBy, audit }: Params<'rules.save'>, nowUs: number): { id: number } {
  const row = { name: bounded(name, 80), fires: JSON.stringify(trigger), watches: JSON.stringify(watches), level, stops, mode, changedBy: bounded(changedBy, 256) };
  let saved = id;
  if (saved === null) saved = Number(db.prepare('INSERT INTO stop_rule (name, fires, watches, level, stops, mode, created_us, changed_by) VALUES (@name, @fires, @watches, @level, @stops, @mode, @nowUs, @changedBy)').run({ ...row, nowUs }).lastInsertRowid);
  else mustBe(db.prepare('UPDATE stop_rule SET name = @name, fires = @fires, watches = @watches, level = @level, stops = @stops, mode = @mode, changed_by = @changedBy WHERE id = @id AND removed_us IS NULL').run({ ...row, id }).changes);
  appendAudit(db, { ...audit, subject: audit.subject ?? publicId('rule', saved) }, nowUs);
  return { id: saved };
}

export function removeRule(db: WriteDb, { id, audit }: Params<'rules.remove'>, nowUs: number): { id: number } {
  mustBe(db.prepare("UPDATE stop_rule SET removed_us = ?, mode = 'off' WHERE id = ? AND removed_us IS NULL").run(nowUs, id).changes);
  db.prepare('DELETE FROM rule_last WHERE rule = ?').run(id);
  appendAudit(db, { ...audit, subject: audit.subject ?? publicId('rule', id) }, nowUs);
  return { id };
}

/** Also of a rule that was removed meanwhile: what was done stays told. */
export function noteFiring(db: WriteDb, p: Params<'rules.fired'>, nowUs: number): { id: number } {
  const atUs = wholeUs(p.atUs, nowUs);
  const name = db.prepare<[{ head: number }], { name: string }>('SELECT name FROM agent WHERE id = coalesce((SELECT head FROM agent_stitch WHERE agent = @head), @head)').get({ head: p.agent })?.name ?? '(unknown)';
  const { lastInsertRowid } = db.prepare('INSERT INTO rule_firing (rule, at_us, agent, agent_name, activity, fired, stop, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(p.rule, atUs, p.agent, name, p.activity, p.fired ? 1 : 0, p.order, bounded(p.text, 1_000));
  db.prepare(`UPDATE stop_rule SET ${p.fired ? 'fired = fired + 1' : 'would = would + 1'}, last_us = max(coalesce(last_us, 0), ?) WHERE id = ?`).run(atUs, p.rule);
  db.prepare('INSERT INTO rule_last (rule, agent, at_us) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at_us = max(at_us, excluded.at_us)').run(p.rule, p.agent, atUs);
  appendAudit(db, p.audit, nowUs);
  return { id: Number(lastInsertRowid) };
}
