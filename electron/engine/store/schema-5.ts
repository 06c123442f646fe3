/**
 * What version 5 adds: grants with their reading and their source, documents that people imported, what was used of them, drift, findings,
 * owners, credentials, and on whose authority a task ran. Long texts stand last in their rows or in a table of their own.
 */
export const SCHEMA_5 = `
-- Times a tool was refused stand beside the times it was called: a grant is used, attempted or neither.
ALTER TABLE tool_day ADD COLUMN denied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tool_day ADD COLUMN last_denied_us INTEGER NOT NULL DEFAULT 0;
CREATE TABLE link_day (
  caller INTEGER NOT NULL, called INTEGER NOT NULL, day INTEGER NOT NULL, calls INTEGER NOT NULL, failures INTEGER NOT NULL, last_us INTEGER NOT NULL, PRIMARY KEY (caller, called, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_day_called ON link_day (called, caller);
-- On whose authority an agent acted in a task, as its records say; kind: codes.ts IDENTITY.
CREATE TABLE task_authority (task INTEGER NOT NULL, agent INTEGER NOT NULL, kind INTEGER NOT NULL, of TEXT NOT NULL, attribute TEXT NOT NULL, last_us INTEGER NOT NULL, PRIMARY KEY (task, agent, kind, of)) STRICT, WITHOUT ROWID;
CREATE INDEX task_authority_agent ON task_authority (agent, last_us);

CREATE TABLE credential (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (kind, name)) STRICT;
CREATE TABLE agent_credential (agent INTEGER NOT NULL, credential INTEGER NOT NULL, evidence TEXT NOT NULL, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, PRIMARY KEY (agent, credential)) STRICT, WITHOUT ROWID;
CREATE INDEX agent_credential_of ON agent_credential (credential, agent);
-- role: owner or sponsor; source: runtime or person. A person's word stands above the runtime's.
CREATE TABLE agent_owner (agent INTEGER NOT NULL, role TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL, gone INTEGER NOT NULL, actor TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (agent, role, source)) STRICT, WITHOUT ROWID;

CREATE TABLE grant_document (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, format TEXT NOT NULL, role TEXT NOT NULL, enforcement TEXT NOT NULL, credential INTEGER, understood TEXT NOT NULL, bytes INTEGER NOT NULL,
  added_us INTEGER NOT NULL, added_by TEXT NOT NULL, removed_us INTEGER, problems TEXT NOT NULL DEFAULT '[]', text TEXT NOT NULL
) STRICT;
-- connection 0: given by a document. agent 0: offered to the credential of the connection. document 0: told by a runtime. SQLite widens a UNIQUE only with the whole table.
CREATE TABLE grant_5 (
  id INTEGER PRIMARY KEY AUTOINCREMENT, connection INTEGER NOT NULL, agent INTEGER NOT NULL, document INTEGER NOT NULL DEFAULT 0, kind TEXT NOT NULL, name TEXT NOT NULL,
  read_only INTEGER, destructive INTEGER, open_world INTEGER, idempotent INTEGER, source TEXT NOT NULL,
  first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, gone_us INTEGER,
  effect TEXT NOT NULL DEFAULT 'allow', understood TEXT NOT NULL DEFAULT 'partly', enforcement TEXT NOT NULL DEFAULT 'declared', reversibility TEXT NOT NULL DEFAULT 'unknown', data_class TEXT, expires_us INTEGER, credential INTEGER,
  description TEXT,
  -- JSON: {classes, actions, resources, conditions, notUnderstood}
  reading TEXT NOT NULL DEFAULT '{}',
  UNIQUE (connection, agent, document, kind, name)
) STRICT;
INSERT INTO grant_5 (id, connection, agent, kind, name, read_only, destructive, open_world, idempotent, source, first_us, last_us, gone_us, description)
  SELECT id, connection, agent, kind, name, read_only, destructive, open_world, idempotent, source, first_us, last_us, gone_us, description FROM grant_seen;
DELETE FROM sqlite_sequence WHERE name = 'grant_5';
INSERT INTO sqlite_sequence (name, seq) SELECT 'grant_5', seq FROM sqlite_sequence WHERE name = 'grant_seen';
DROP TABLE grant_seen;
ALTER TABLE grant_5 RENAME TO grant_seen;
CREATE INDEX grant_agent ON grant_seen (agent, kind, name);
CREATE INDEX grant_document_of ON grant_seen (document) WHERE document > 0;
-- The part of the source that says it, verbatim.
CREATE TABLE grant_source (grant_id INTEGER PRIMARY KEY, format TEXT NOT NULL, text TEXT NOT NULL) STRICT;
-- first: told by the first list of its connection, or by its import: where it begins, and no drift.
CREATE TABLE grant_change (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL, connection INTEGER NOT NULL, agent INTEGER NOT NULL, grant_id INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  what TEXT NOT NULL, widening INTEGER NOT NULL, first INTEGER NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE INDEX grant_change_at ON grant_change (at_us) WHERE first = 0;
CREATE INDEX grant_change_agent ON grant_change (agent, at_us) WHERE first = 0;
CREATE INDEX grant_change_grant ON grant_change (grant_id);
CREATE TABLE grant_holder (connection INTEGER NOT NULL, agent INTEGER NOT NULL, actor TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (connection, agent)) STRICT, WITHOUT ROWID;
-- One baseline an agent; grants: JSON of what it held.
CREATE TABLE access_baseline (agent INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, actor TEXT NOT NULL, note TEXT NOT NULL, grants TEXT NOT NULL) STRICT;

-- Kept by the access fold; queries only read them. holder: a head agent's id, or minus the id of a connection (everybody with its credential).
CREATE TABLE grant_use (
  grant_id INTEGER NOT NULL, holder INTEGER NOT NULL, state INTEGER NOT NULL, times INTEGER NOT NULL, denied INTEGER NOT NULL, first_used_us INTEGER, last_used_us INTEGER, last_denied_us INTEGER, why TEXT, PRIMARY KEY (grant_id, holder)
) STRICT, WITHOUT ROWID;
CREATE INDEX grant_use_holder ON grant_use (holder);
CREATE TABLE access_column (id INTEGER PRIMARY KEY AUTOINCREMENT, resource TEXT NOT NULL, class TEXT NOT NULL, reversibility TEXT NOT NULL, holders INTEGER NOT NULL DEFAULT 0, UNIQUE (resource, class)) STRICT;
CREATE INDEX access_column_rank ON access_column (holders DESC, id);
-- column_id -1 to -8: the classes themselves (the matrix by class): -1 - place in accessClasses.
CREATE TABLE access_cell (
  holder INTEGER NOT NULL, column_id INTEGER NOT NULL, grants INTEGER NOT NULL, cannot_tell INTEGER NOT NULL, times INTEGER NOT NULL, denied INTEGER NOT NULL, last_used_us INTEGER, last_denied_us INTEGER,
  irreversible INTEGER NOT NULL, shared INTEGER NOT NULL, expires_us INTEGER, first_us INTEGER, PRIMARY KEY (holder, column_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX access_cell_column ON access_cell (column_id, holder);
-- Which grants stand behind a cell.
CREATE TABLE access_facet (holder INTEGER NOT NULL, column_id INTEGER NOT NULL, grant_id INTEGER NOT NULL, PRIMARY KEY (holder, column_id, grant_id)) STRICT, WITHOUT ROWID;
CREATE INDEX access_facet_grant ON access_facet (grant_id);
CREATE TABLE access_row (holder INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, identity INTEGER NOT NULL, held INTEGER NOT NULL, cannot_tell INTEGER NOT NULL, not_understood INTEGER NOT NULL, denied INTEGER NOT NULL, findings INTEGER NOT NULL, folded_us INTEGER NOT NULL, not_seen TEXT) STRICT;
CREATE INDEX access_row_name ON access_row (name, holder);
-- When each grant of a holder was last used: how many count as used in N days is a count over these.
CREATE INDEX grant_use_used ON grant_use (holder, last_used_us) WHERE last_used_us IS NOT NULL;

-- subject: rule, holder and what it is about as one word: the same finding is found again by it.
CREATE TABLE finding (
  id INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL UNIQUE, rule TEXT NOT NULL, severity INTEGER NOT NULL, holder INTEGER NOT NULL, grant_id INTEGER, first_us INTEGER NOT NULL, gone_us INTEGER,
  dismissed_us INTEGER, dismissed_by TEXT, dismissed_until_us INTEGER, dismissed_reason TEXT, text TEXT NOT NULL, advice TEXT NOT NULL
) STRICT;
CREATE INDEX finding_open ON finding (severity DESC, id) WHERE gone_us IS NULL;
CREATE INDEX finding_holder ON finding (holder) WHERE gone_us IS NULL;
`;
