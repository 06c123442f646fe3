/** What is written of reports: their jobs and templates, each with its line in the audit log. */
import type { Completeness, ReportFile, ReportSpec, ReportTemplate } from '../../../shared/reports.ts';
import { appendAudit } from './audit.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';
import type { AuditWords } from './runtime-commands.ts';

export interface ReportCommands {
  /** `parts`: files that it is going to begin. */
  'reports.begin': { params: { spec: ReportSpec; by: string; target: string; parts: readonly string[]; audit: AuditWords }; result: { id: number } };
  'reports.end': { params: { id: number; state: 'done' | 'failed' | 'cancelled'; step: string; rows: number; of: number; bytes: number; files: readonly ReportFile[]; error: string | null; completeness: Completeness | null; audit: AuditWords }; result: { id: number } };
  /** Jobs that an engine which ended left behind; answers what they had begun. */
  'reports.recover': { params: { error: string }; result: { jobs: number; parts: readonly string[] } };
  /** `id` null: a new one. */
  'reports.saveTemplate': { params: { id: number | null; name: string; period: ReportTemplate['period']; spec: ReportSpec; by: string; audit: AuditWords }; result: { id: number } };
  'reports.removeTemplate': { params: { id: number; audit: AuditWords }; result: { id: number } };
}

/** The audit log keeps what was exported for ever; this list is for looking again. */
const keptJobs = 500;

export function beginReport(db: WriteDb, { spec, by, target, parts, audit }: ReportCommands['reports.begin']['params'], nowUs: number): { id: number } {
  const { lastInsertRowid } = db.prepare("INSERT INTO report_job (state, by, started_us, target, step, rows, total, bytes, parts, files, spec) VALUES ('waiting', ?, ?, ?, 'Waiting', 0, 0, 0, ?, '[]', ?)").run(by, nowUs, target, JSON.stringify(parts), JSON.stringify(spec));
  const id = Number(lastInsertRowid);
  db.prepare('DELETE FROM report_job WHERE ended_us IS NOT NULL AND id <= ?').run(id - keptJobs);
  appendAudit(db, { ...audit, subject: publicId('report', id) }, nowUs);
  return { id };
}

export function endReport(db: WriteDb, { id, state, step, rows, of, bytes, files, error, completeness, audit }: ReportCommands['reports.end']['params'], nowUs: number): { id: number } {
  const { changes } = db.prepare("UPDATE report_job SET state = ?, ended_us = ?, step = ?, rows = ?, total = ?, bytes = ?, files = ?, error = ?, completeness = ?, parts = '[]' WHERE id = ? AND ended_us IS NULL")
    .run(state, nowUs, step, rows, of, bytes, JSON.stringify(files), error, completeness === null ? null : JSON.stringify(completeness), id);
  if (changes > 0) appendAudit(db, { ...audit, subject: publicId('report', id) }, nowUs);
  return { id };
}

export function recoverReports(db: WriteDb, { error }: ReportCommands['reports.recover']['params'], nowUs: number): { jobs: number; parts: string[] } {
  const left = db.prepare<[], { id: number; parts: string; target: string }>('SELECT id, parts, target FROM report_job WHERE ended_us IS NULL').all();
  for (const { id, target } of left) {
    db.prepare("UPDATE report_job SET state = 'failed', ended_us = ?, error = ?, parts = '[]' WHERE id = ?").run(nowUs, error, id);
    appendAudit(db, { actor: 'Gatehouse', actorKind: 'engine', action: 'reports.start', subject: publicId('report', id), outcome: 'failed', text: error, details: { target } }, nowUs);
  }
  return { jobs: left.length, parts: left.flatMap(({ parts }) => JSON.parse(parts) as string[]) };
}

export function saveTemplate(db: WriteDb, { id, name, period, spec, by, audit }: ReportCommands['reports.saveTemplate']['params'], nowUs: number): { id: number } {
  const same = db.prepare<[string], { id: number }>('SELECT id FROM report_template WHERE name = ?').get(name);
  if (same !== undefined && same.id !== id) throw new StoreError('conflict', `A template is called ${name} already. Choose another name, or change that one.`);
  const values = [name, period, JSON.stringify(spec), nowUs, by] as const;
  if (id !== null && db.prepare('UPDATE report_template SET name = ?, period = ?, spec = ?, changed_us = ?, changed_by = ? WHERE id = ?').run(...values, id).changes === 0) throw gone();
  const row = id ?? Number(db.prepare('INSERT INTO report_template (name, period, spec, changed_us, changed_by) VALUES (?, ?, ?, ?, ?)').run(...values).lastInsertRowid);
  appendAudit(db, { ...audit, subject: publicId('reportTemplate', row) }, nowUs);
  return { id: row };
}

export function removeTemplate(db: WriteDb, { id, audit }: ReportCommands['reports.removeTemplate']['params'], nowUs: number): { id: number } {
  if (db.prepare('DELETE FROM report_template WHERE id = ?').run(id).changes === 0) throw gone();
  appendAudit(db, audit, nowUs);
  return { id };
}

const gone = (): StoreError => new StoreError('not_found', 'There is no such template any more. Nothing was changed.');
