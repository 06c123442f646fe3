/** Reports that were made, newest first, and templates of reports. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { reportSent } from '../../../../shared/reports.ts';
import type { ReportJob, ReportSent, ReportTemplate } from '../../../../shared/reports.ts';
import { publicId } from '../ids.ts';
import { iso, type Reading } from './reading.ts';

interface JobRow {
  readonly id: number; readonly state: ReportJob['state']; readonly by: string; readonly startedUs: number; readonly endedUs: number | null; readonly target: string; readonly step: string; readonly rows: number; readonly total: number; readonly bytes: number;
  readonly error: string | null; readonly files: string; readonly spec: string; readonly completeness: string | null;
}
const columns = 'id, state, by, started_us AS startedUs, ended_us AS endedUs, target, step, rows, total, bytes, error, files, spec, completeness';

const jobOf = (reading: Reading, row: JobRow): ReportJob => ({
  id: publicId('report', row.id), spec: JSON.parse(row.spec) as ReportJob['spec'], state: row.state, by: row.by, startedAt: iso(row.startedUs), endedAt: row.endedUs === null ? null : iso(row.endedUs), target: row.target, step: row.step, rows: row.rows, of: row.total,
  bytes: row.bytes, files: JSON.parse(row.files) as ReportJob['files'], error: row.error, completeness: row.completeness === null ? null : (JSON.parse(row.completeness) as ReportJob['completeness']),
  sent: sentOf(reading, publicId('report', row.id)),
});

/** Read from the audit log, where it must stand anyway: said a second time it could differ. Of one that began and has no end the engine ended on the way. */
function sentOf(reading: Reading, id: string): ReportSent | null {
  const entry = reading.sql<[string], { details: string }>("SELECT details FROM audit_entry WHERE subject = ? AND action = 'report.send' ORDER BY id DESC LIMIT 1").get(id);
  // An entry that was erased has none.
  if (entry === undefined || entry.details === '') return null;
  const { data } = reportSent.safeParse(JSON.parse(entry.details));
  if (data === undefined) return null;
  return data.state === 'sending' ? { ...data, state: 'unknown' } : data;
}

export function listReportJobs(reading: Reading, { limit }: ParsedParams<'reports.jobs'>): Result<'reports.jobs'> {
  return { rows: reading.sql<[number], JobRow>(`SELECT ${columns} FROM report_job ORDER BY id DESC LIMIT ?`).all(limit).map((row) => jobOf(reading, row)) };
}

/** null: there is no such job any more. */
export function reportJob(reading: Reading, { id }: { readonly id: number }): ReportJob | null {
  const row = reading.sql<[number], JobRow>(`SELECT ${columns} FROM report_job WHERE id = ?`).get(id);
  return row === undefined ? null : jobOf(reading, row);
}

interface TemplateRow { readonly id: number; readonly name: string; readonly period: ReportTemplate['period']; readonly spec: string; readonly changedUs: number; readonly changedBy: string }

export function listReportTemplates(reading: Reading): Result<'reports.templates'> {
  const rows = reading.sql<[], TemplateRow>('SELECT id, name, period, spec, changed_us AS changedUs, changed_by AS changedBy FROM report_template ORDER BY name, id').all();
  return { rows: rows.map((row) => ({ id: publicId('reportTemplate', row.id), name: row.name, period: row.period, spec: JSON.parse(row.spec) as ReportTemplate['spec'], changedAt: iso(row.changedUs), changedBy: row.changedBy })) };
}
