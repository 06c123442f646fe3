/** What version 7 adds: budgets and what reached their limits; alert rules, alerts, the targets that they are delivered to and the queue of what is to be delivered. */
export const SCHEMA_7 = `
-- scope: JSON as in shared/budgets.ts. soft, hard: micro-units.
CREATE TABLE budget (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, scope TEXT NOT NULL, per TEXT NOT NULL, currency TEXT NOT NULL, soft INTEGER, hard INTEGER, forecast INTEGER NOT NULL, on_hard TEXT NOT NULL, level TEXT NOT NULL, stops TEXT NOT NULL,
  created_us INTEGER NOT NULL, changed_us INTEGER NOT NULL, changed_by TEXT NOT NULL, removed_us INTEGER
) STRICT;
-- period_us: when its period began, 0 for a budget per task. took_us: from the commit of the activity to the order's first levers.
CREATE TABLE budget_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT, budget INTEGER NOT NULL, at_us INTEGER NOT NULL, kind TEXT NOT NULL, period_us INTEGER NOT NULL, agent INTEGER, agent_name TEXT, task INTEGER, activity INTEGER,
  spent INTEGER NOT NULL, limit_micros INTEGER NOT NULL, currency TEXT NOT NULL, stop INTEGER, fired INTEGER NOT NULL, took_us INTEGER, text TEXT NOT NULL
) STRICT;
CREATE INDEX budget_event_of ON budget_event (budget, id);
-- What was told of a period already, so that a start tells it no second time. key: the head and task that a stop was ordered for, else empty.
CREATE TABLE budget_told (budget INTEGER NOT NULL, period_us INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (budget, period_us, kind, key)) STRICT, WITHOUT ROWID;

-- trigger, watches, targets, escalation: JSON as in shared/alerts.ts, with row ids of targets. built_in: came with Gatehouse and was not changed.
CREATE TABLE alert_rule (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, fires TEXT NOT NULL, watches TEXT NOT NULL, severity TEXT NOT NULL, sustained_s INTEGER NOT NULL, targets TEXT NOT NULL, escalation TEXT NOT NULL, tell_end INTEGER NOT NULL, enabled INTEGER NOT NULL,
  built_in INTEGER NOT NULL, created_us INTEGER NOT NULL, changed_us INTEGER NOT NULL, changed_by TEXT NOT NULL, removed_us INTEGER
) STRICT;
-- key: what it is about, for its rule; of those with one key at most one is not resolved. over_us: the condition ended (it may come back). subject_*: where Enter leads.
CREATE TABLE alert (
  id INTEGER PRIMARY KEY AUTOINCREMENT, rule INTEGER NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL, state TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, agent INTEGER, connection INTEGER, screen TEXT NOT NULL, screen_id TEXT,
  raised_us INTEGER NOT NULL, last_us INTEGER NOT NULL, times INTEGER NOT NULL, acknowledged_us INTEGER, acknowledged_by TEXT, resolved_us INTEGER, resolved_by TEXT, steps INTEGER NOT NULL, next_step_us INTEGER
) STRICT;
CREATE UNIQUE INDEX alert_live ON alert (rule, key) WHERE state <> 'resolved';
CREATE INDEX alert_active ON alert (id) WHERE state <> 'resolved';
CREATE INDEX alert_key ON alert (rule, key, id);
CREATE INDEX alert_agent ON alert (agent, id) WHERE agent IS NOT NULL;
CREATE INDEX alert_step ON alert (next_step_us) WHERE next_step_us IS NOT NULL;
CREATE TABLE alert_said (id INTEGER PRIMARY KEY AUTOINCREMENT, alert INTEGER NOT NULL, at_us INTEGER NOT NULL, by TEXT NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX alert_said_of ON alert_said (alert, id);
-- How far what happens once was looked at: row ids of failures, grant changes, budget events.
CREATE TABLE alert_cursor (what TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- SECURITY: config holds nothing secret; credential is a reference (vault:, session:, env:, file:).
CREATE TABLE alert_target (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, config TEXT NOT NULL, quiet TEXT, enabled INTEGER NOT NULL, credential TEXT, hint TEXT,
  created_us INTEGER NOT NULL, changed_us INTEGER NOT NULL, changed_by TEXT NOT NULL, removed_us INTEGER, sent_us INTEGER, failing_us INTEGER, failing_text TEXT
) STRICT;
-- body: alertMessage as JSON, as it was when it was put here. state: waiting, held, sent, failed, dropped. uid: what a receiver tells a repeat by.
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, target INTEGER NOT NULL, alert INTEGER, what TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL, created_us INTEGER NOT NULL, due_us INTEGER, first_us INTEGER, sent_us INTEGER, attempts INTEGER NOT NULL, last_error TEXT
) STRICT;
CREATE INDEX delivery_open ON delivery (target, id) WHERE state IN ('waiting', 'held');
CREATE INDEX delivery_failed ON delivery (target, id) WHERE state = 'failed';
CREATE INDEX delivery_alert ON delivery (alert, id) WHERE alert IS NOT NULL;
CREATE INDEX delivery_target ON delivery (target, id);
`;
