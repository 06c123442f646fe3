/**
 * The history file, version 1. Times are microseconds since the epoch, money is micro-units, words are integers (codes.ts)
 * or ids of `string`. Why it looks so: docs/history.md. In short: `activity` holds integers only, so that a row with its
 * indexes costs about 150 bytes; whole records stand in compressed blocks; nothing random is in a big unique index except
 * (task, key), where the task grows; everything that screens sum is kept as a rollup in the same transaction.
 */
export const SCHEMA_1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE string (id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX string_hash ON string (hash);

CREATE TABLE connection (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL, created_us INTEGER NOT NULL,
  enabled INTEGER NOT NULL, demo INTEGER NOT NULL, content TEXT NOT NULL,
  token_hash BLOB NOT NULL UNIQUE, token_ends TEXT NOT NULL, removed_us INTEGER,
  first_data_us INTEGER, last_data_us INTEGER,
  bodies INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, spans INTEGER NOT NULL DEFAULT 0,
  logs INTEGER NOT NULL DEFAULT 0, metric_points INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE tally (
  connection INTEGER NOT NULL, what INTEGER NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL,
  last_us INTEGER NOT NULL, sample TEXT, PRIMARY KEY (connection, what, reason)
) STRICT, WITHOUT ROWID;
CREATE TABLE stranger (
  process TEXT NOT NULL, pid INTEGER NOT NULL, path TEXT NOT NULL, count INTEGER NOT NULL, first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL, PRIMARY KEY (process, pid, path)
) STRICT, WITHOUT ROWID;
CREATE TABLE seen (connection INTEGER NOT NULL, from_us INTEGER NOT NULL, to_us INTEGER NOT NULL, PRIMARY KEY (connection, from_us)) STRICT, WITHOUT ROWID;
CREATE TABLE gap (
  id INTEGER PRIMARY KEY AUTOINCREMENT, connection INTEGER, from_us INTEGER NOT NULL, to_us INTEGER, reason TEXT NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE INDEX gap_from ON gap (from_us);
CREATE TABLE visit (id INTEGER PRIMARY KEY AUTOINCREMENT, at_us INTEGER NOT NULL) STRICT;
CREATE TABLE alarm (id TEXT PRIMARY KEY, severity TEXT NOT NULL, text TEXT NOT NULL, since_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE metric (
  connection INTEGER NOT NULL, series INTEGER NOT NULL, name TEXT NOT NULL, attributes TEXT NOT NULL, value REAL NOT NULL,
  at_us INTEGER NOT NULL, PRIMARY KEY (connection, series)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent (
  id INTEGER PRIMARY KEY AUTOINCREMENT, connection INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, service TEXT NOT NULL,
  source INTEGER NOT NULL, provisional INTEGER NOT NULL, identity INTEGER NOT NULL, identity_of TEXT, version TEXT,
  created_us INTEGER NOT NULL, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, rows INTEGER NOT NULL,
  UNIQUE (connection, key)
) STRICT;
CREATE TABLE agent_version (
  agent INTEGER NOT NULL, version TEXT NOT NULL, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, PRIMARY KEY (agent, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE identity_evidence (
  agent INTEGER NOT NULL, attribute TEXT NOT NULL, value TEXT NOT NULL, kind INTEGER NOT NULL, first_us INTEGER NOT NULL,
  seen_us INTEGER NOT NULL, PRIMARY KEY (agent, attribute, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE identity_change (
  id INTEGER PRIMARY KEY, agent INTEGER NOT NULL, at_us INTEGER NOT NULL, was INTEGER NOT NULL, is_now INTEGER NOT NULL
) STRICT;
CREATE INDEX identity_change_at ON identity_change (at_us);
CREATE TABLE agent_link (caller INTEGER NOT NULL, called INTEGER NOT NULL, PRIMARY KEY (caller, called)) STRICT, WITHOUT ROWID;

CREATE TABLE task (
  id INTEGER PRIMARY KEY AUTOINCREMENT, connection INTEGER NOT NULL, key_kind INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
  started_us INTEGER NOT NULL, last_us INTEGER NOT NULL, received_us INTEGER NOT NULL,
  root_agent INTEGER NOT NULL, root_us INTEGER NOT NULL, loose_agent INTEGER NOT NULL, loose_us INTEGER NOT NULL,
  stated_us INTEGER NOT NULL, stated_outcome INTEGER NOT NULL, stated_basis INTEGER NOT NULL,
  horizon_us INTEGER NOT NULL,
  outcome INTEGER NOT NULL, basis INTEGER NOT NULL,
  activities INTEGER NOT NULL, failures INTEGER NOT NULL, denials INTEGER NOT NULL, open INTEGER NOT NULL, interrupted INTEGER NOT NULL,
  input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL, reasoning INTEGER NOT NULL,
  micros INTEGER NOT NULL, currency INTEGER NOT NULL, priced INTEGER NOT NULL, unpriced INTEGER NOT NULL
) STRICT;
-- A trace's own task is found by its trace: a second index of random ids would cost every insert a page.
CREATE UNIQUE INDEX task_key ON task (connection, key_kind, key) WHERE key_kind IN (1, 2);
CREATE INDEX task_connection ON task (connection, id);
CREATE INDEX task_started ON task (started_us);
CREATE INDEX task_live ON task (last_us) WHERE outcome IN (4, 5);
CREATE TABLE task_agent (
  task INTEGER NOT NULL, agent INTEGER NOT NULL, rows INTEGER NOT NULL, first_us INTEGER NOT NULL, model_us INTEGER NOT NULL,
  PRIMARY KEY (task, agent)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_agent_first ON task_agent (agent, first_us, task);
CREATE TABLE task_run (task INTEGER NOT NULL, run INTEGER NOT NULL, agent INTEGER NOT NULL, PRIMARY KEY (task, run)) STRICT, WITHOUT ROWID;
CREATE TABLE task_alias (
  connection INTEGER NOT NULL, key_kind INTEGER NOT NULL, key TEXT NOT NULL, task INTEGER NOT NULL, PRIMARY KEY (connection, key_kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_alias_task ON task_alias (task);
CREATE TABLE trace (
  id INTEGER PRIMARY KEY, connection INTEGER NOT NULL, trace_id BLOB NOT NULL, task INTEGER NOT NULL,
  root_agent INTEGER NOT NULL, root_us INTEGER NOT NULL, received_us INTEGER NOT NULL, UNIQUE (connection, trace_id)
) STRICT;
CREATE INDEX trace_task ON trace (task);
CREATE TABLE link (
  trace INTEGER NOT NULL, span INTEGER NOT NULL, parent INTEGER NOT NULL, role INTEGER NOT NULL, agent INTEGER NOT NULL, run INTEGER NOT NULL,
  start_us INTEGER NOT NULL, end_us INTEGER NOT NULL, row INTEGER NOT NULL, kind INTEGER NOT NULL, status INTEGER NOT NULL, explicit INTEGER NOT NULL,
  outcome INTEGER NOT NULL, PRIMARY KEY (trace, span)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity (
  id INTEGER PRIMARY KEY, task INTEGER NOT NULL, agent INTEGER NOT NULL, ts_us INTEGER NOT NULL, dur_us INTEGER,
  kind INTEGER NOT NULL, status INTEGER NOT NULL, flags INTEGER NOT NULL, name INTEGER NOT NULL, model INTEGER NOT NULL,
  error_type INTEGER, error_message INTEGER, error_stack INTEGER, failure INTEGER,
  input INTEGER, output INTEGER, cache_read INTEGER, cache_write INTEGER, reasoning INTEGER,
  micros INTEGER, currency INTEGER, provenance INTEGER,
  parent INTEGER, key INTEGER NOT NULL, trace INTEGER NOT NULL, span INTEGER NOT NULL, parent_span INTEGER NOT NULL,
  claim INTEGER NOT NULL, run INTEGER, service INTEGER NOT NULL, source INTEGER NOT NULL, record INTEGER NOT NULL, block INTEGER NOT NULL, slot INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX activity_key ON activity (task, key);
CREATE INDEX activity_agent ON activity (agent, ts_us);
CREATE INDEX activity_ts ON activity (ts_us);
CREATE INDEX activity_failed ON activity (agent, ts_us) WHERE status = 3;
CREATE INDEX activity_failure ON activity (failure, ts_us, agent) WHERE failure IS NOT NULL;
CREATE INDEX activity_rare ON activity (status, ts_us, agent) WHERE status > 3;
CREATE INDEX activity_running ON activity (task, ts_us) WHERE status = 1;

CREATE TABLE payload (id INTEGER PRIMARY KEY, format INTEGER NOT NULL, codec INTEGER NOT NULL, body BLOB NOT NULL, used INTEGER NOT NULL) STRICT;
CREATE TABLE extra_ref (
  activity INTEGER NOT NULL, record INTEGER NOT NULL, block INTEGER NOT NULL, slot INTEGER NOT NULL, PRIMARY KEY (activity, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE failure (
  id INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint INTEGER NOT NULL UNIQUE, kind INTEGER NOT NULL, name INTEGER NOT NULL, error_type INTEGER,
  error_message INTEGER, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, count INTEGER NOT NULL, created_us INTEGER NOT NULL
) STRICT;
CREATE INDEX failure_created ON failure (created_us);

CREATE TABLE by_minute (
  minute INTEGER NOT NULL, connection INTEGER NOT NULL, activities INTEGER NOT NULL, failures INTEGER NOT NULL, PRIMARY KEY (minute, connection)
) STRICT, WITHOUT ROWID;
${rollupTable('by_hour', 'hour')}
CREATE INDEX by_hour_agent ON by_hour (agent, hour);
CREATE INDEX by_hour_failed ON by_hour (hour, agent, failures) WHERE failures > 0;
-- All agents of a connection together: a month of it is a few hundred lines.
CREATE TABLE hour_total (
  hour INTEGER NOT NULL, connection INTEGER NOT NULL, currency INTEGER NOT NULL,
  tasks INTEGER NOT NULL, activities INTEGER NOT NULL, failures INTEGER NOT NULL, denials INTEGER NOT NULL,
  input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL, reasoning INTEGER NOT NULL,
  micros INTEGER NOT NULL, priced INTEGER NOT NULL, unpriced INTEGER NOT NULL,
  PRIMARY KEY (hour, connection, currency)
) STRICT, WITHOUT ROWID;
${rollupTable('by_day', 'day')}
CREATE TABLE failure_day (
  day INTEGER NOT NULL, failure INTEGER NOT NULL, agent INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, failure, agent)
) STRICT, WITHOUT ROWID;
CREATE TABLE tool_day (
  agent INTEGER NOT NULL, day INTEGER NOT NULL, name INTEGER NOT NULL, bucket INTEGER NOT NULL, calls INTEGER NOT NULL, failures INTEGER NOT NULL,
  last_us INTEGER NOT NULL, PRIMARY KEY (agent, day, name, bucket)
) STRICT, WITHOUT ROWID;
`;

function rollupTable(table: string, unit: string): string {
  return `CREATE TABLE ${table} (
  ${unit} INTEGER NOT NULL, agent INTEGER NOT NULL, model INTEGER NOT NULL, currency INTEGER NOT NULL,
  tasks INTEGER NOT NULL, activities INTEGER NOT NULL, failures INTEGER NOT NULL, denials INTEGER NOT NULL,
  input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL, reasoning INTEGER NOT NULL,
  micros INTEGER NOT NULL, priced INTEGER NOT NULL, unpriced INTEGER NOT NULL,
  PRIMARY KEY (${unit}, agent, model, currency)
) STRICT, WITHOUT ROWID;`;
}
