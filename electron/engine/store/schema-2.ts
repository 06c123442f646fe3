/**
 * What version 2 adds: runtimes that are asked, approvals, grants, agents seen from several sides, and the audit log. Long texts stand last in
 * their rows: lists that do not read them do not touch their pages.
 */
export const SCHEMA_2 = `
-- Nobody sends to a runtime that we ask, so a connection may have no token: SQLite drops a NOT NULL only with the whole table.
CREATE TABLE connection_2 (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, created_us INTEGER NOT NULL,
  enabled INTEGER NOT NULL, demo INTEGER NOT NULL, content TEXT NOT NULL,
  token_hash BLOB UNIQUE, token_ends TEXT, removed_us INTEGER,
  first_data_us INTEGER, last_data_us INTEGER,
  bodies INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, spans INTEGER NOT NULL DEFAULT 0,
  logs INTEGER NOT NULL DEFAULT 0, metric_points INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO connection_2 (id, kind, name, created_us, enabled, demo, content, token_hash, token_ends, removed_us, first_data_us, last_data_us, bodies, bytes, spans, logs, metric_points)
  SELECT id, kind, name, created_us, enabled, demo, content, token_hash, token_ends, removed_us, first_data_us, last_data_us, bodies, bytes, spans, logs, metric_points FROM connection;
-- The id of a connection that was removed is never given again.
DELETE FROM sqlite_sequence WHERE name = 'connection_2';
INSERT INTO sqlite_sequence (name, seq) SELECT 'connection_2', seq FROM sqlite_sequence WHERE name = 'connection';
DROP TABLE connection;
ALTER TABLE connection_2 RENAME TO connection;

CREATE TABLE runtime (
  connection INTEGER PRIMARY KEY, target TEXT NOT NULL, credential TEXT, credential_hint TEXT, consent TEXT,
  circuit TEXT NOT NULL DEFAULT 'closed', last_poll_us INTEGER, next_poll_us INTEGER, fault_kind TEXT, fault_text TEXT, fault_us INTEGER,
  discovered_us INTEGER, facts TEXT
) STRICT;
-- Apart from runtime: it is up to 256 KiB and written with every batch, how the collector stands is written with every poll.
CREATE TABLE checkpoint (connection INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;

CREATE TABLE approval (
  id INTEGER PRIMARY KEY AUTOINCREMENT, connection INTEGER NOT NULL, key TEXT NOT NULL, agent INTEGER NOT NULL, agent_name TEXT NOT NULL, task INTEGER NOT NULL,
  state TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, asked_us INTEGER NOT NULL, expires_us INTEGER, seen_us INTEGER NOT NULL,
  decided_us INTEGER, decided_by TEXT, reason TEXT, answers TEXT NOT NULL, destructive INTEGER,
  fingerprint TEXT NOT NULL, claimed_by TEXT, claimed_us INTEGER,
  response_shape TEXT, on_behalf_of TEXT, note TEXT, evidence TEXT NOT NULL, question TEXT, actions TEXT NOT NULL, raw TEXT NOT NULL,
  UNIQUE (connection, key)
) STRICT;
CREATE INDEX approval_waiting ON approval (asked_us) WHERE state = 'waiting';
CREATE INDEX approval_decided ON approval (decided_us) WHERE state <> 'waiting';
CREATE INDEX approval_task ON approval (task);

CREATE TABLE stuck (task INTEGER PRIMARY KEY, connection INTEGER NOT NULL, since_us INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX stuck_connection ON stuck (connection);

-- agent 0: offered to the credential, to no agent in particular.
CREATE TABLE grant_seen (
  id INTEGER PRIMARY KEY AUTOINCREMENT, connection INTEGER NOT NULL, agent INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  read_only INTEGER, destructive INTEGER, open_world INTEGER, idempotent INTEGER, source TEXT NOT NULL,
  first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, gone_us INTEGER, description TEXT,
  UNIQUE (connection, agent, kind, name)
) STRICT;
CREATE INDEX grant_agent ON grant_seen (agent);

ALTER TABLE agent ADD COLUMN discovered_us INTEGER;
CREATE TABLE agent_alias (agent INTEGER NOT NULL, alias TEXT NOT NULL, PRIMARY KEY (agent, alias)) STRICT, WITHOUT ROWID;
CREATE INDEX agent_alias_alias ON agent_alias (alias);
-- The result of rules and decisions: made anew whenever either changes. A head has no line.
CREATE TABLE agent_stitch (agent INTEGER PRIMARY KEY, head INTEGER NOT NULL, by TEXT NOT NULL, why TEXT NOT NULL) STRICT;
CREATE INDEX agent_stitch_head ON agent_stitch (head);
-- What people decided: these two belong together, or these two never do.
CREATE TABLE agent_joined (agent INTEGER NOT NULL, other INTEGER NOT NULL, actor TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (agent, other)) STRICT, WITHOUT ROWID;
CREATE TABLE agent_apart (agent INTEGER NOT NULL, other INTEGER NOT NULL, actor TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (agent, other)) STRICT, WITHOUT ROWID;
INSERT INTO agent_alias (agent, alias) SELECT id, 'service:' || service || '/' || name FROM agent WHERE provisional = 0 AND service <> '' AND name <> '';
INSERT INTO agent_alias (agent, alias) SELECT id, 'service.name:' || service FROM agent WHERE service <> '' AND name = service;
INSERT INTO agent_alias (agent, alias) SELECT id, 'langgraph.assistant:' || lower(key) FROM agent WHERE length(key) = 36 AND key GLOB '????????-????-????-????-????????????' AND replace(key, '-', '') NOT GLOB '*[^0-9a-fA-F]*';

CREATE TABLE audit_entry (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL, actor TEXT NOT NULL, actor_kind TEXT NOT NULL, action TEXT NOT NULL,
  subject TEXT, outcome TEXT NOT NULL, text TEXT NOT NULL, details TEXT NOT NULL
) STRICT;
CREATE INDEX audit_subject ON audit_entry (subject, id) WHERE subject IS NOT NULL;
-- SECURITY: whatever else goes wrong in this program, it cannot change or shorten the log. A third trigger, since REPLACE deletes without asking.
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- A run is found by its own id, as a session is.
DROP INDEX task_key;
CREATE UNIQUE INDEX task_key ON task (connection, key_kind, key) WHERE key_kind IN (1, 2, 4);
`;
