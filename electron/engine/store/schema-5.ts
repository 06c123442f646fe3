/**
 * What version 5 adds: grants with their reading and their source, documents that people imported, what was used of them, drift, findings,
 * owners, credentials, and on whose authority a task ran. Long texts stand last in their rows or in a table of their own.
 */
import { STATUS, US_DAY } from './codes.ts';
import type { WriteDb } from './database.ts';
import { durationBucket } from './histogram.ts';

export function toVersion5(db: WriteDb): void {
  db.exec(SCHEMA_5);
  fillToolUse(db);
}

interface Denied { agent: number; day: number; name: number; bucket: number; n: number; lastUs: number }
interface Used { agent: number; name: number; firstUs: number; lastUs: number }

/** What the records tell of refused calls and of first and last use: one pass over them, since grouping millions of rows in SQL would hold them all in memory. */
function fillToolUse(db: WriteDb): void {
  const denied = new Map<string, Denied>();
  const used = new Map<string, Used>();
  const calls = db.prepare<[], [number, number, number, number | null, number, number]>('SELECT agent, name, ts_us, dur_us, status, flags FROM activity WHERE kind = 2').raw();
  for (const [agent, name, us, dur, status, flags] of calls.iterate()) {
    if (status === STATUS.denied) noteDenied(denied, agent, name, us, bucketOf(dur, flags));
    else if (status !== STATUS.running) noteUsed(used, agent, name, us);
  }
  const day = db.prepare('UPDATE tool_day SET denied = min(calls, ?), last_denied_us = ? WHERE agent = ? AND day = ? AND name = ? AND bucket = ?');
  for (const one of denied.values()) day.run(one.n, one.lastUs, one.agent, one.day, one.name, one.bucket);
  // Where the records are gone the days still tell how often, and when last; not when first.
  db.exec(`INSERT INTO tool_use (agent, name, calls, denied, first_used_us, last_used_us, last_denied_us)
    SELECT agent, name, sum(calls), sum(denied), 0, coalesce(max(CASE WHEN calls > denied THEN last_us END), 0), max(last_denied_us) FROM tool_day GROUP BY agent, name`);
  const use = db.prepare('UPDATE tool_use SET first_used_us = ?, last_used_us = ? WHERE agent = ? AND name = ?');
  for (const one of used.values()) use.run(one.firstUs, one.lastUs, one.agent, one.name);
}

function noteDenied(denied: Map<string, Denied>, agent: number, name: number, us: number, bucket: number): void {
  const day = Math.floor(us / US_DAY);
  const key = `${agent} ${day} ${name} ${bucket}`;
  const one = denied.get(key);
  if (one === undefined) denied.set(key, { agent, day, name, bucket, n: 1, lastUs: us });
  else {
    one.n += 1;
    one.lastUs = Math.max(one.lastUs, us);
  }
}

function noteUsed(used: Map<string, Used>, agent: number, name: number, us: number): void {
  const key = `${agent} ${name}`;
  const one = used.get(key);
  if (one === undefined) used.set(key, { agent, name, firstUs: us, lastUs: us });
  else {
    one.firstUs = Math.min(one.firstUs, us);
    one.lastUs = Math.max(one.lastUs, us);
  }
}

/** As the ledger chooses it. */
function bucketOf(dur: number | null, flags: number): number {
  return dur !== null && (dur > 0 || ((flags >> 8) & 3) > 1) ? durationBucket(dur) : -1;
}

const SCHEMA_5 = `
-- Times a tool was refused stand beside the times it was called: a grant is used, attempted or neither. Refused ones are among the calls.
ALTER TABLE tool_day ADD COLUMN denied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tool_day ADD COLUMN last_denied_us INTEGER NOT NULL DEFAULT 0;
-- The same over all time, and when: reading all days of an agent for each of its calls would grow with its age. 0: not once, or not known.
CREATE TABLE tool_use (
  agent INTEGER NOT NULL, name INTEGER NOT NULL, calls INTEGER NOT NULL, denied INTEGER NOT NULL, first_used_us INTEGER NOT NULL, last_used_us INTEGER NOT NULL, last_denied_us INTEGER NOT NULL, PRIMARY KEY (agent, name)
) STRICT, WITHOUT ROWID;
-- Runs of one agent inside another's work, or begun by it. agent_call: what of them an activity brought in, so that it can be taken out when the activity moves.
CREATE TABLE agent_call (activity INTEGER PRIMARY KEY, caller INTEGER NOT NULL, called INTEGER NOT NULL, day INTEGER NOT NULL, failed INTEGER NOT NULL) STRICT;
CREATE TABLE link_day (
  caller INTEGER NOT NULL, called INTEGER NOT NULL, day INTEGER NOT NULL, calls INTEGER NOT NULL, failures INTEGER NOT NULL, last_us INTEGER NOT NULL, PRIMARY KEY (caller, called, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_day_called ON link_day (called, caller);
-- As far as the rows tell: the agent of the activity around it, else the one that its task belongs to.
INSERT INTO agent_call (activity, caller, called, day, failed)
  SELECT id, caller, agent, ts_us / 86400000000, failed FROM (
    SELECT a.id, a.agent, a.ts_us, a.failure IS NOT NULL AS failed, coalesce(p.agent, CASE t.root_agent WHEN 0 THEN t.loose_agent ELSE t.root_agent END) AS caller
    FROM activity a JOIN task t ON t.id = a.task LEFT JOIN activity p ON p.id = a.parent WHERE a.kind = 3 AND a.flags & 16 = 16
  ) WHERE caller <> 0 AND caller <> agent;
INSERT INTO link_day (caller, called, day, calls, failures, last_us)
  SELECT c.caller, c.called, c.day, count(*), sum(c.failed), max(a.ts_us) FROM agent_call c JOIN activity a ON a.id = c.activity GROUP BY 1, 2, 3;
-- On whose authority an agent acted in a task, as its records say; kind: codes.ts IDENTITY. Rows of earlier versions do not say it: it begins empty.
CREATE TABLE task_authority (task INTEGER NOT NULL, agent INTEGER NOT NULL, kind INTEGER NOT NULL, of TEXT NOT NULL, attribute TEXT NOT NULL, last_us INTEGER NOT NULL, PRIMARY KEY (task, agent, kind, of)) STRICT, WITHOUT ROWID;
CREATE INDEX task_authority_agent ON task_authority (agent, last_us);

-- kind: document (named where one was imported), or borrowed, shared, own (by evidence of identity). agent: the source, as its records tell it; two heads with the same one share it.
CREATE INDEX identity_change_agent ON identity_change (agent);

CREATE TABLE credential (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (kind, name)) STRICT;
CREATE TABLE agent_credential (agent INTEGER NOT NULL, credential INTEGER NOT NULL, evidence TEXT NOT NULL, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, PRIMARY KEY (agent, credential)) STRICT, WITHOUT ROWID;
CREATE INDEX agent_credential_of ON agent_credential (credential, agent);
-- role: owner or sponsor; source: runtime or person. A person's word stands above the runtime's.
CREATE TABLE agent_owner (agent INTEGER NOT NULL, role TEXT NOT NULL, source TEXT NOT NULL, name TEXT NOT NULL, gone INTEGER NOT NULL, actor TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (agent, role, source)) STRICT, WITHOUT ROWID;

CREATE TABLE grant_document (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, format TEXT NOT NULL, role TEXT NOT NULL, enforcement TEXT NOT NULL, credential INTEGER, understood TEXT NOT NULL, bytes INTEGER NOT NULL,
  added_us INTEGER NOT NULL, added_by TEXT NOT NULL, removed_us INTEGER, problems TEXT NOT NULL DEFAULT '[]', text TEXT NOT NULL
) STRICT;
-- When the grants of a connection were first listed with their reading: what that list told is where it begins, and no drift, also after an upgrade.
ALTER TABLE runtime ADD COLUMN grants_us INTEGER;
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
CREATE INDEX grant_kind ON grant_seen (kind, gone_us);
CREATE INDEX grant_name ON grant_seen (name, gone_us);
CREATE INDEX grant_credential ON grant_seen (credential) WHERE credential IS NOT NULL;
CREATE INDEX grant_document_of ON grant_seen (document, agent, gone_us) WHERE document > 0;
-- The part of the source that says it, verbatim.
CREATE TABLE grant_source (grant_id INTEGER PRIMARY KEY, format TEXT NOT NULL, text TEXT NOT NULL) STRICT;
-- first: told by the first list of its connection, or by its import: where it begins, and no drift.
CREATE TABLE grant_change (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL, connection INTEGER NOT NULL, agent INTEGER NOT NULL, grant_id INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  what TEXT NOT NULL, widening INTEGER NOT NULL, first INTEGER NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE INDEX grant_change_at ON grant_change (at_us, widening) WHERE first = 0;
CREATE INDEX grant_change_agent ON grant_change (agent, at_us, widening) WHERE first = 0;
CREATE INDEX grant_change_of ON grant_change (connection, at_us, widening) WHERE first = 0;
CREATE INDEX grant_change_grant ON grant_change (grant_id);
CREATE INDEX grant_change_connection ON grant_change (connection, id);
-- A person said that this agent holds the credential of that connection, and so what is offered to it.
CREATE TABLE grant_holder (connection INTEGER NOT NULL, agent INTEGER NOT NULL, actor TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (connection, agent)) STRICT, WITHOUT ROWID;
CREATE INDEX grant_holder_agent ON grant_holder (agent);
-- One baseline a head; grants: JSON list of what it held (ApprovedGrant in baseline.ts).
CREATE TABLE access_baseline (agent INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, actor TEXT NOT NULL, note TEXT NOT NULL, grants TEXT NOT NULL) STRICT;

-- Sources (or minus a connection) whose use, grants, identity or owner changed since they were last folded. Written with what changed, so an end in between loses none.
CREATE TABLE access_dirty (holder INTEGER PRIMARY KEY) STRICT;
INSERT INTO access_dirty SELECT id FROM agent UNION SELECT -connection FROM grant_seen WHERE agent = 0;
-- Kept by the access fold; queries only read them. holder: a head agent's id, or minus the id of a connection (everybody with its credential).
CREATE TABLE grant_use (
  grant_id INTEGER NOT NULL, holder INTEGER NOT NULL, state INTEGER NOT NULL, times INTEGER NOT NULL, denied INTEGER NOT NULL, first_used_us INTEGER, last_used_us INTEGER, last_denied_us INTEGER, why TEXT, PRIMARY KEY (grant_id, holder)
) STRICT, WITHOUT ROWID;
CREATE INDEX grant_use_holder ON grant_use (holder);
CREATE TABLE access_column (id INTEGER PRIMARY KEY AUTOINCREMENT, resource TEXT NOT NULL, class TEXT NOT NULL, reversibility TEXT NOT NULL, holders INTEGER NOT NULL DEFAULT 0, UNIQUE (resource, class)) STRICT;
-- Ranked by how many hold it, then by the worst that can come of it: the matrix by resource shows its columns so.
CREATE INDEX access_column_rank ON access_column (holders DESC, (CASE reversibility WHEN 'unknown' THEN 5 WHEN 'irreversible' THEN 4 WHEN 'externally_reversible' THEN 3 WHEN 'reversible' THEN 2 ELSE 1 END) DESC, id) WHERE holders > 0;
-- column_id -1 to -8: the classes themselves (the matrix by class): -1 - place in accessClasses.
-- cannot_tell: so many of its grants. expires_us: the earliest end of one. first_us: when the newest of its grants was first seen.
CREATE TABLE access_cell (
  holder INTEGER NOT NULL, column_id INTEGER NOT NULL, grants INTEGER NOT NULL, cannot_tell INTEGER NOT NULL, times INTEGER NOT NULL, denied INTEGER NOT NULL, last_used_us INTEGER, last_denied_us INTEGER,
  irreversible INTEGER NOT NULL, shared INTEGER NOT NULL, expires_us INTEGER, first_us INTEGER, PRIMARY KEY (holder, column_id)
) STRICT, WITHOUT ROWID;
-- Holds all that filters ask of the cells of a column: looking each cell up in its table took four times as long.
CREATE INDEX access_cell_column ON access_cell (column_id, holder, grants, cannot_tell, last_used_us, denied, last_denied_us, irreversible, shared, expires_us, first_us);
-- What few cells have is asked of every column: one look-up each, also where none of its cells has it.
CREATE INDEX access_cell_denied ON access_cell (column_id, grants, last_denied_us) WHERE denied > 0;
CREATE INDEX access_cell_shared ON access_cell (column_id) WHERE shared = 1;
CREATE INDEX access_cell_expires ON access_cell (column_id, expires_us) WHERE expires_us IS NOT NULL;
CREATE INDEX access_cell_new ON access_cell (column_id, first_us);
-- Which grants stand behind a cell; reversibility: place in reversibilities.
CREATE TABLE access_facet (holder INTEGER NOT NULL, column_id INTEGER NOT NULL, grant_id INTEGER NOT NULL, reversibility INTEGER NOT NULL, PRIMARY KEY (holder, column_id, grant_id)) STRICT, WITHOUT ROWID;
CREATE INDEX access_facet_grant ON access_facet (grant_id);
CREATE INDEX access_facet_of ON access_facet (column_id, grant_id);
CREATE INDEX access_facet_column ON access_facet (column_id, reversibility);
CREATE TABLE access_row (holder INTEGER PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE, identity INTEGER NOT NULL, held INTEGER NOT NULL, cannot_tell INTEGER NOT NULL, not_understood INTEGER NOT NULL, denied INTEGER NOT NULL, findings INTEGER NOT NULL, folded_us INTEGER NOT NULL, not_seen TEXT) STRICT;
CREATE INDEX access_row_name ON access_row (name, holder);
-- When each grant of a holder was last used: how many count as used in N days is a count over these.
CREATE INDEX grant_use_used ON grant_use (holder, last_used_us) WHERE last_used_us IS NOT NULL;

-- subject: rule, holder and what it is about as one word: the same finding is found again by it. severity: codes.ts SEVERITY.
CREATE TABLE finding (
  id INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL UNIQUE, rule TEXT NOT NULL, severity INTEGER NOT NULL, holder INTEGER NOT NULL, grant_id INTEGER, first_us INTEGER NOT NULL, gone_us INTEGER,
  dismissed_us INTEGER, dismissed_by TEXT, dismissed_until_us INTEGER, dismissed_reason TEXT, text TEXT NOT NULL, advice TEXT NOT NULL
) STRICT;
CREATE INDEX finding_open ON finding (severity DESC, id, dismissed_us, dismissed_until_us) WHERE gone_us IS NULL;
CREATE INDEX finding_holder ON finding (holder, gone_us);
-- Dismissals that end by themselves: looked for every other second.
CREATE INDEX finding_until ON finding (dismissed_until_us) WHERE dismissed_until_us IS NOT NULL;
`;
