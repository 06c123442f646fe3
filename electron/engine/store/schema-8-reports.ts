/** Reports: the jobs that wrote them, and their templates. */
export const SCHEMA_8_REPORTS = `
-- spec, files, completeness: JSON as in shared/reports.ts. parts: JSON list of files that were begun and are no whole files yet. total: rows that were counted when it began.
CREATE TABLE report_job (
  id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL, by TEXT NOT NULL, started_us INTEGER NOT NULL, ended_us INTEGER, target TEXT NOT NULL, step TEXT NOT NULL, rows INTEGER NOT NULL, total INTEGER NOT NULL, bytes INTEGER NOT NULL,
  error TEXT, parts TEXT NOT NULL, files TEXT NOT NULL, spec TEXT NOT NULL, completeness TEXT
) STRICT;
CREATE INDEX report_job_open ON report_job (id) WHERE ended_us IS NULL;
CREATE TABLE report_template (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE UNIQUE, period TEXT NOT NULL, spec TEXT NOT NULL, changed_us INTEGER NOT NULL, changed_by TEXT NOT NULL) STRICT;
`;
