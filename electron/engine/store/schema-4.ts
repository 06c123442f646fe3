/**
 * What version 4 adds: stop orders with their levers and evidence, readiness, canaries, rules, operators and tags. Orders are records: no
 * retention takes them, and what an agent did after one is copied into it when it ends.
 */
export const SCHEMA_4 = `
ALTER TABLE runtime ADD COLUMN stop_credential TEXT;
ALTER TABLE runtime ADD COLUMN stop_credential_hint TEXT;
-- Levers are told in more words now: the next discovery (a minute at most) brings them.
UPDATE runtime SET facts = json_set(facts, '$.levers', json('[]')) WHERE facts IS NOT NULL;

-- Long texts last: lists do not touch their pages. scope_key: the scope as one word, e.g. agent:agt-5.
CREATE TABLE stop_order (
  id INTEGER PRIMARY KEY AUTOINCREMENT, scope_key TEXT NOT NULL, scope TEXT NOT NULL, scope_name TEXT NOT NULL, level TEXT NOT NULL, origin TEXT NOT NULL, state TEXT NOT NULL, headline TEXT NOT NULL,
  ordered_by TEXT NOT NULL, second_by TEXT, reason_kind TEXT NOT NULL, reason TEXT NOT NULL, ticket TEXT, rule INTEGER, silence_s INTEGER NOT NULL, watch_s INTEGER NOT NULL,
  intent_us INTEGER NOT NULL, commanded_us INTEGER, first_answer_us INTEGER, answered_us INTEGER, last_act_us INTEGER, contained_us INTEGER, verified_us INTEGER, watch_until_us INTEGER,
  reopened INTEGER NOT NULL DEFAULT 0, ended_us INTEGER, released_us INTEGER, events INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0, dropped_event INTEGER, landed INTEGER,
  agents TEXT NOT NULL, sources TEXT NOT NULL, tasks TEXT, still_open TEXT NOT NULL DEFAULT '[]', landed_acts TEXT, plan TEXT NOT NULL
) STRICT;
CREATE INDEX stop_open ON stop_order (id) WHERE ended_us IS NULL;
CREATE INDEX stop_drill ON stop_order (id) WHERE origin = 'drill';
CREATE INDEX stop_failing ON stop_order (ended_us) WHERE state IN ('still_acting', 'unverified');
CREATE INDEX stop_tried ON stop_order (scope_key, level, verified_us) WHERE state = 'verified';
-- Whose orders these are: every source of the agents, as they were when it was ordered.
CREATE TABLE stop_agent (agent INTEGER NOT NULL, stop INTEGER NOT NULL, PRIMARY KEY (agent, stop)) STRICT, WITHOUT ROWID;
CREATE INDEX stop_agent_stop ON stop_agent (stop);
-- The newest of them that came to a verdict: an agent that is tried every hour has thousands.
CREATE TABLE agent_tried (agent INTEGER NOT NULL, level TEXT NOT NULL, stop INTEGER NOT NULL, PRIMARY KEY (agent, level)) STRICT, WITHOUT ROWID;

CREATE TABLE stop_lever (
  id INTEGER PRIMARY KEY AUTOINCREMENT, stop INTEGER NOT NULL, plan_id TEXT NOT NULL, lever_id TEXT NOT NULL, connection INTEGER NOT NULL, repeatable INTEGER NOT NULL, idle_only INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting', attempts INTEGER NOT NULL DEFAULT 0, sent_us INTEGER, reported_us INTEGER, reported TEXT, confirmed TEXT NOT NULL DEFAULT 'not_yet', confirmed_us INTEGER,
  undo_state TEXT NOT NULL DEFAULT 'none', undone_us INTEGER, hold_cancelled INTEGER NOT NULL DEFAULT 0, hold_cancelled_us INTEGER, hold_look_us INTEGER, hold_problem TEXT,
  reported_text TEXT, confirmed_text TEXT, undone_text TEXT, acts TEXT NOT NULL DEFAULT '[]', target TEXT NOT NULL, plan TEXT NOT NULL, saved TEXT
) STRICT;
CREATE INDEX stop_lever_stop ON stop_lever (stop);
CREATE INDEX stop_lever_undo ON stop_lever (stop) WHERE undo_state IN ('open', 'failed');
CREATE INDEX stop_lever_process ON stop_lever (connection, lever_id) WHERE lever_id >= 'process.' AND lever_id < 'process/';
CREATE INDEX stop_lever_times ON stop_lever (connection, lever_id, confirmed_us) WHERE confirmed = 'yes';

CREATE TABLE stop_event (id INTEGER PRIMARY KEY AUTOINCREMENT, stop INTEGER NOT NULL, at_us INTEGER NOT NULL, kind TEXT NOT NULL, lever INTEGER, by TEXT NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX stop_event_stop ON stop_event (stop, id);

CREATE TABLE right_check (connection INTEGER NOT NULL, level TEXT NOT NULL, result TEXT NOT NULL, at_us INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (connection, level)) STRICT, WITHOUT ROWID;
CREATE TABLE canary (agent INTEGER PRIMARY KEY, level TEXT NOT NULL, every_hours INTEGER, next_us INTEGER) STRICT;

-- A rule that was removed stays for the names of what it fired.
CREATE TABLE stop_rule (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, fires TEXT NOT NULL, watches TEXT NOT NULL, level TEXT NOT NULL, stops TEXT NOT NULL, mode TEXT NOT NULL, created_us INTEGER NOT NULL, changed_by TEXT NOT NULL,
  fired INTEGER NOT NULL DEFAULT 0, would INTEGER NOT NULL DEFAULT 0, last_us INTEGER, removed_us INTEGER
) STRICT;
CREATE TABLE rule_firing (id INTEGER PRIMARY KEY AUTOINCREMENT, rule INTEGER NOT NULL, at_us INTEGER NOT NULL, agent INTEGER NOT NULL, agent_name TEXT NOT NULL, activity INTEGER, fired INTEGER NOT NULL, stop INTEGER, text TEXT NOT NULL) STRICT;
CREATE INDEX rule_firing_rule ON rule_firing (rule, id);
CREATE TABLE rule_last (rule INTEGER NOT NULL, agent INTEGER NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (rule, agent)) STRICT, WITHOUT ROWID;

-- SECURITY: of a passphrase only a salted hash is kept.
CREATE TABLE operator (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE UNIQUE, created_us INTEGER NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
-- Whoever stops a tag must not miss an agent by a capital letter.
CREATE TABLE agent_tag (agent INTEGER NOT NULL, tag TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY (agent, tag)) STRICT, WITHOUT ROWID;
CREATE INDEX agent_tag_tag ON agent_tag (tag);

-- What runs, and what ended in a period though it began long before: found by agent without reading the hours between.
CREATE INDEX activity_open_agent ON activity (agent, ts_us) WHERE status = 1;
CREATE INDEX activity_long ON activity (agent, ts_us + dur_us) WHERE dur_us >= 10000000;
CREATE INDEX gap_to ON gap (to_us);
`;
