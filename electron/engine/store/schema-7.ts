/** What version 7 adds: budgets and what reached their limits; alert rules, alerts, the targets that they are delivered to and the queue of what is to be delivered. */
import type { AlertSeverity, AlertTrigger } from '../../../shared/alerts.ts';
import type { WriteDb } from './database.ts';

export const SCHEMA_7 = `
-- scope: JSON as in shared/budgets.ts. soft, hard: micro-units.
CREATE TABLE budget (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, scope TEXT NOT NULL, per TEXT NOT NULL, currency TEXT NOT NULL, soft INTEGER, hard INTEGER, forecast INTEGER NOT NULL, on_hard TEXT NOT NULL, level TEXT NOT NULL, stops TEXT NOT NULL,
  created_us INTEGER NOT NULL, changed_us INTEGER NOT NULL, changed_by TEXT NOT NULL, removed_us INTEGER
) STRICT;
-- period_us: when its period began, 0 for a budget per task. key: as in budget_told. pending: a stop is to be ordered for it, and what came of that is not written yet. took_us: from the commit of the activity to the order's first levers.
CREATE TABLE budget_event (
  id INTEGER PRIMARY KEY AUTOINCREMENT, budget INTEGER NOT NULL, at_us INTEGER NOT NULL, kind TEXT NOT NULL, period_us INTEGER NOT NULL, key TEXT NOT NULL, pending INTEGER NOT NULL, agent INTEGER, agent_name TEXT, task INTEGER, activity INTEGER,
  spent INTEGER NOT NULL, limit_micros INTEGER NOT NULL, currency TEXT NOT NULL, stop INTEGER, fired INTEGER NOT NULL, took_us INTEGER, text TEXT NOT NULL
) STRICT;
CREATE INDEX budget_event_of ON budget_event (budget, id);
CREATE INDEX budget_event_hard ON budget_event (budget, id) WHERE kind = 'hard';
CREATE INDEX budget_event_pending ON budget_event (id) WHERE pending = 1;
-- What was told of a period already, so that a start tells it no second time. key: the head and task that a stop was ordered for, else empty.
CREATE TABLE budget_told (budget INTEGER NOT NULL, period_us INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (budget, period_us, kind, key)) STRICT, WITHOUT ROWID;

-- fires, watches, targets, escalation: JSON as in shared/alerts.ts, with row ids of targets. built_in: came with Gatehouse and was not changed. raised, last_us: also of alerts that the retention let go.
CREATE TABLE alert_rule (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, fires TEXT NOT NULL, watches TEXT NOT NULL, severity TEXT NOT NULL, sustained_s INTEGER NOT NULL, targets TEXT NOT NULL, escalation TEXT NOT NULL, tell_end INTEGER NOT NULL, enabled INTEGER NOT NULL,
  built_in INTEGER NOT NULL, created_us INTEGER NOT NULL, changed_us INTEGER NOT NULL, changed_by TEXT NOT NULL, removed_us INTEGER, raised INTEGER NOT NULL DEFAULT 0, last_us INTEGER
) STRICT;
-- key: what it is about, for its rule; of those with one key at most one is not resolved. resolved_by null: over by itself (it may come back). screen, screen_id: where Enter leads. agent_name, connection_name: as they were, for when the row is gone.
CREATE TABLE alert (
  id INTEGER PRIMARY KEY AUTOINCREMENT, rule INTEGER NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL, state TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, agent INTEGER, agent_name TEXT, connection INTEGER, connection_name TEXT, screen TEXT NOT NULL, screen_id TEXT,
  raised_us INTEGER NOT NULL, last_us INTEGER NOT NULL, times INTEGER NOT NULL, acknowledged_us INTEGER, acknowledged_by TEXT, resolved_us INTEGER, resolved_by TEXT, steps INTEGER NOT NULL, next_step_us INTEGER
) STRICT;
CREATE UNIQUE INDEX alert_live ON alert (rule, key) WHERE state <> 'resolved';
CREATE INDEX alert_open ON alert (id) WHERE state = 'open';
CREATE INDEX alert_open_rule ON alert (rule) WHERE state = 'open';
CREATE INDEX alert_acknowledged ON alert (id) WHERE state = 'acknowledged';
CREATE INDEX alert_active ON alert (id) WHERE state <> 'resolved';
-- What the first screen says. Asked in these very words (queries/alerts.ts).
CREATE INDEX alert_needs ON alert (id) WHERE state = 'open' AND (severity = 'urgent' OR kind IN ('failure_rate', 'spend_rate', 'denials', 'budget'));
CREATE INDEX alert_key ON alert (rule, key, id);
CREATE INDEX alert_rule_id ON alert (rule, id);
CREATE INDEX alert_agent ON alert (agent, id) WHERE agent IS NOT NULL;
CREATE INDEX alert_step ON alert (next_step_us) WHERE next_step_us IS NOT NULL;
CREATE INDEX alert_resolved ON alert (resolved_us) WHERE resolved_us IS NOT NULL;
-- what: raised, again, back, escalated, acknowledged, resolved, reopened, over. What was told to whom stands in delivery.
CREATE TABLE alert_said (id INTEGER PRIMARY KEY AUTOINCREMENT, alert INTEGER NOT NULL, at_us INTEGER NOT NULL, what TEXT NOT NULL, by TEXT NOT NULL, text TEXT NOT NULL) STRICT;
CREATE INDEX alert_said_of ON alert_said (alert, id);
-- How far what happens once was looked at: row ids of failures, grant changes, budget events.
CREATE TABLE alert_cursor (what TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- SECURITY: config holds nothing secret; credential is a reference (vault:, session:, env:, file:).
CREATE TABLE alert_target (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, config TEXT NOT NULL, quiet TEXT, enabled INTEGER NOT NULL, credential TEXT, hint TEXT,
  created_us INTEGER NOT NULL, changed_us INTEGER NOT NULL, changed_by TEXT NOT NULL, removed_us INTEGER, sent_us INTEGER, failing_us INTEGER, failing_text TEXT
) STRICT;
-- body: alertMessage as JSON, as it was when it was put here. state: waiting, held, sent, failed, dropped. uid: what a receiver tells a repeat by. step: of the escalation, 0 else.
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, target INTEGER NOT NULL, alert INTEGER, what TEXT NOT NULL, step INTEGER NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL, created_us INTEGER NOT NULL, due_us INTEGER, first_us INTEGER, sent_us INTEGER, attempts INTEGER NOT NULL, last_error TEXT
) STRICT;
-- Nobody is told the same twice.
CREATE UNIQUE INDEX delivery_once ON delivery (alert, target, what, step) WHERE alert IS NOT NULL;
CREATE INDEX delivery_waiting ON delivery (target, id) WHERE state = 'waiting';
CREATE INDEX delivery_held ON delivery (target, id) WHERE state = 'held';
CREATE INDEX delivery_failed ON delivery (target, id) WHERE state = 'failed';
CREATE INDEX delivery_target ON delivery (target, id);
`;

interface Seed { readonly name: string; readonly fires: AlertTrigger; readonly severity: AlertSeverity; readonly sustainedS?: number }
/** Everything in scope. No spend rate: no amount fits everybody. */
const rules: readonly Seed[] = [
  { name: 'A stop is not verified', fires: { kind: 'stop' }, severity: 'urgent' },
  { name: 'A budget limit was reached', fires: { kind: 'budget', on: ['hard'] }, severity: 'urgent' },
  { name: 'A budget nears its limit', fires: { kind: 'budget', on: ['soft', 'forecast'] }, severity: 'attention' },
  { name: 'New failure', fires: { kind: 'new_failure' }, severity: 'attention' },
  { name: 'Failures pile up', fires: { kind: 'failure_rate', percent: 50, least: 10, withinS: 900 }, severity: 'attention', sustainedS: 60 },
  { name: 'Denied in a burst', fires: { kind: 'denials', count: 10, withinS: 300 }, severity: 'attention' },
  { name: 'Access widened', fires: { kind: 'grant', on: 'widened' }, severity: 'attention' },
  { name: 'A connection is not seen', fires: { kind: 'gap', afterS: 300 }, severity: 'attention' },
  { name: 'An approval waits', fires: { kind: 'approval', afterS: 900 }, severity: 'attention' },
];

/** The tables, and what everybody begins with: the desktop as a target, told of what is urgent, and rules that otherwise fill only the inbox. */
export function toVersion7(db: WriteDb): void {
  db.exec(SCHEMA_7);
  const nowUs = 'CAST(unixepoch(\'subsec\') * 1000000 AS INTEGER)';
  const desktop = db.prepare(`INSERT INTO alert_target (name, config, enabled, created_us, changed_us, changed_by) VALUES ('This desktop', '{"kind":"desktop"}', 1, ${nowUs}, ${nowUs}, 'Gatehouse')`).run().lastInsertRowid;
  const add = db.prepare(`INSERT INTO alert_rule (name, fires, watches, severity, sustained_s, targets, escalation, tell_end, enabled, built_in, created_us, changed_us, changed_by)
    VALUES (?, ?, '{"kind":"everything"}', ?, ?, ?, '[]', 0, 1, 1, ${nowUs}, ${nowUs}, 'Gatehouse')`);
  for (const { name, fires, severity, sustainedS = 0 } of rules) add.run(name, JSON.stringify(fires), severity, sustainedS, severity === 'urgent' ? JSON.stringify([Number(desktop)]) : '[]');
  // What was before the rules were is not told.
  db.exec(`INSERT INTO alert_cursor (what, id) SELECT 'failures', coalesce(max(id), 0) FROM failure UNION ALL SELECT 'grants', coalesce(max(id), 0) FROM grant_change UNION ALL SELECT 'budgets', 0`);
}
