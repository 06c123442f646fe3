/** Alerts: raised once for one thing, counted up while it lasts, told in one transaction with the deliveries that they make. */
import { lastingAlertKinds } from '../../../shared/alerts.ts';
import type { AlertCommands, NewAlert } from './alert-commands.ts';
import { appendAudit } from './audit.ts';
import { bounded, wholeUs } from './bounded.ts';
import type { WriteDb } from './database.ts';
import { addDeliveries, dropUnsent, toldTargets } from './deliveries.ts';
import { statement } from './statements.ts';

type Params<N extends keyof AlertCommands> = AlertCommands[N]['params'];
type Said = 'raised' | 'again' | 'back' | 'escalated' | 'acknowledged' | 'resolved' | 'reopened' | 'over';

const engine = 'Gatehouse';
const longestKey = 200;
const longestTitle = 300;
const longestText = 4_000;
/** Of what came and went for days, the beginning and the newest. */
const mostSaid = 200;

interface Row { readonly id: number; readonly kind: string; readonly state: 'open' | 'acknowledged' | 'resolved'; readonly rule: number; readonly key: string; readonly raisedUs: number; readonly lastUs: number; readonly times: number; readonly acknowledgedUs: number | null; readonly resolvedUs: number | null; readonly resolvedBy: string | null; readonly steps: number }
const columns = 'id, kind, state, rule, key, raised_us AS raisedUs, last_us AS lastUs, times, acknowledged_us AS acknowledgedUs, resolved_us AS resolvedUs, resolved_by AS resolvedBy, steps';

const alertOf = (db: WriteDb, id: number): Row | undefined => statement<[number], Row>(db, `SELECT ${columns} FROM alert WHERE id = ?`).get(id);

export function raiseAlert(db: WriteDb, p: Params<'alerts.raise'>, nowUs: number): { id: number; fresh: boolean } {
  const atUs = wholeUs(p.atUs, nowUs);
  const lasts = (lastingAlertKinds as readonly string[]).includes(p.kind);
  const known = statement<[number, string], Row>(db, `SELECT ${columns} FROM alert WHERE rule = ? AND key = ? ORDER BY id DESC LIMIT 1`).get(p.rule, bounded(p.key, longestKey));
  if (known !== undefined) {
    // What happened once and was looked at already, before the cursor was kept, is the same and no second one.
    if (!lasts && atUs <= known.lastUs) return { id: known.id, fresh: false };
    if (known.state !== 'resolved') return again(db, known, p, atUs);
    if (known.resolvedBy === null && known.resolvedUs !== null && atUs - known.resolvedUs < p.againUs) return back(db, known, p, atUs);
  }
  return fresh(db, p, atUs);
}

function fresh(db: WriteDb, p: NewAlert, atUs: number): { id: number; fresh: boolean } {
  const agentName = p.agent === null ? null : statement<[number], { name: string }>(db, 'SELECT name FROM agent WHERE id = ?').get(p.agent)?.name ?? null;
  const connectionName = p.connection === null ? null : statement<[number], { name: string }>(db, 'SELECT name FROM connection WHERE id = ?').get(p.connection)?.name ?? null;
  const id = Number(statement(db, `INSERT INTO alert (rule, key, kind, severity, state, title, text, agent, agent_name, connection, connection_name, screen, screen_id, raised_us, last_us, times, steps, next_step_us)
    VALUES (?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0, ?)`).run(p.rule, bounded(p.key, longestKey), p.kind, p.severity, bounded(p.title, longestTitle), bounded(p.text, longestText), p.agent, agentName, p.connection, connectionName, p.screen, p.screenId, atUs, atUs, p.nextStepUs).lastInsertRowid);
  statement(db, 'UPDATE alert_rule SET raised = raised + 1, last_us = max(coalesce(last_us, 0), ?) WHERE id = ?').run(atUs, p.rule);
  say(db, id, atUs, 'raised', engine, bounded(p.title, longestTitle));
  addDeliveries(db, id, 0, p.deliveries, atUs);
  return { id, fresh: true };
}

/** It says how it is now, not how it began: that stands in what was said. */
const refresh = (db: WriteDb, id: number, p: NewAlert, atUs: number): void => {
  statement(db, 'UPDATE alert SET title = ?, text = ?, last_us = max(last_us, ?), times = times + 1 WHERE id = ?').run(bounded(p.title, longestTitle), bounded(p.text, longestText), atUs, id);
};

function again(db: WriteDb, row: Row, p: NewAlert, atUs: number): { id: number; fresh: boolean } {
  refresh(db, row.id, p, atUs);
  const last = statement<[number], { id: number; what: Said }>(db, 'SELECT id, what FROM alert_said WHERE alert = ? ORDER BY id DESC LIMIT 1').get(row.id);
  const text = `Came again: ${row.times + 1} times by now.`;
  if (last?.what === 'again') statement(db, 'UPDATE alert_said SET at_us = ?, text = ? WHERE id = ?').run(atUs, text, last.id);
  else say(db, row.id, atUs, 'again', engine, text);
  return { id: row.id, fresh: false };
}

/** It was over for a moment only: nobody is told again, and whoever knew of it still does. */
function back(db: WriteDb, row: Row, p: NewAlert, atUs: number): { id: number; fresh: boolean } {
  refresh(db, row.id, p, atUs);
  const state = row.acknowledgedUs === null ? 'open' : 'acknowledged';
  statement(db, 'UPDATE alert SET state = ?, resolved_us = NULL, resolved_by = NULL, next_step_us = ? WHERE id = ?').run(state, state === 'open' ? nextStepUs(db, row, atUs) : null, row.id);
  // That it is over was not told yet, and is not so.
  statement(db, "UPDATE delivery SET state = 'dropped', due_us = NULL WHERE alert = ? AND what = 'over' AND state IN ('held', 'waiting')").run(row.id);
  say(db, row.id, atUs, 'back', engine, 'It is back, soon after it was over.');
  return { id: row.id, fresh: false };
}

/** When the step after those that were taken is due, by the rule as it is now. What was missed meanwhile is due now. */
function nextStepUs(db: WriteDb, row: Row, nowUs: number): number | null {
  const rule = statement<[number], { escalation: string }>(db, 'SELECT escalation FROM alert_rule WHERE id = ? AND removed_us IS NULL').get(row.rule);
  const step = rule === undefined ? undefined : (JSON.parse(rule.escalation) as { afterMin: number }[])[row.steps];
  return step === undefined ? null : Math.max(nowUs, row.raisedUs + step.afterMin * 60_000_000);
}

export function alertGoesOn(db: WriteDb, p: Params<'alerts.goesOn'>, nowUs: number): { id: number } {
  statement(db, "UPDATE alert SET title = ?, text = ?, last_us = max(last_us, ?) WHERE id = ? AND state <> 'resolved'").run(bounded(p.title, longestTitle), bounded(p.text, longestText), wholeUs(p.atUs, nowUs), p.id);
  return { id: p.id };
}

export function alertOver(db: WriteDb, p: Params<'alerts.over'>, nowUs: number): { id: number } {
  const row = alertOf(db, p.id);
  if (row === undefined || row.state === 'resolved') return { id: p.id };
  const atUs = wholeUs(p.atUs, nowUs);
  statement(db, "UPDATE alert SET state = 'resolved', resolved_us = ?, resolved_by = NULL, next_step_us = NULL WHERE id = ?").run(atUs, p.id);
  say(db, p.id, atUs, 'over', engine, p.text);
  dropUnsent(db, p.id, 'all');
  // Whom it never reached needs no end of it.
  const told = toldTargets(db, p.id);
  addDeliveries(db, p.id, 0, p.deliveries.filter((one) => told.has(one.target)), atUs);
  return { id: p.id };
}

export function escalateAlert(db: WriteDb, p: Params<'alerts.escalate'>, nowUs: number): { id: number } {
  const row = alertOf(db, p.id);
  if (row === undefined || row.state !== 'open' || row.steps !== p.step) return { id: p.id };
  statement(db, 'UPDATE alert SET steps = ?, next_step_us = ? WHERE id = ?').run(p.step + 1, p.nextStepUs, p.id);
  say(db, p.id, nowUs, 'escalated', engine, p.text);
  addDeliveries(db, p.id, p.step + 1, p.deliveries, nowUs);
  return { id: p.id };
}

/** Those that are so already, or not a person's to take back, are left as they are. */
export function sayOfAlerts(db: WriteDb, p: Params<'alerts.say'>, nowUs: number): { changed: number } {
  const by = bounded(p.by, 256);
  let changed = 0;
  for (const id of new Set(p.ids)) {
    const row = alertOf(db, id);
    if (row === undefined || !sayOf(db, row, p.what, by, nowUs)) continue;
    const words = { acknowledge: 'Acknowledged.', resolve: 'Resolved.', reopen: 'Opened again.' }[p.what];
    say(db, id, nowUs, ({ acknowledge: 'acknowledged', resolve: 'resolved', reopen: 'reopened' } as const)[p.what], by, p.note === '' ? words : `${words} ${p.note}`);
    changed += 1;
  }
  if (changed > 0) appendAudit(db, p.audit, nowUs);
  return { changed };
}

function sayOf(db: WriteDb, row: Row, what: Params<'alerts.say'>['what'], by: string, nowUs: number): boolean {
  if (what === 'acknowledge') {
    if (row.state !== 'open') return false;
    statement(db, "UPDATE alert SET state = 'acknowledged', acknowledged_us = ?, acknowledged_by = ?, next_step_us = NULL WHERE id = ?").run(nowUs, by, row.id);
    dropUnsent(db, row.id, 'held');
    return true;
  }
  if (what === 'resolve') {
    if (row.state === 'resolved') return false;
    resolveAlert(db, row.id, by, nowUs);
    return true;
  }
  if (row.state === 'open' || (row.state === 'resolved' && (row.resolvedBy === null || isLive(db, row)))) return false;
  statement(db, "UPDATE alert SET state = 'open', acknowledged_us = NULL, acknowledged_by = NULL, resolved_us = NULL, resolved_by = NULL, next_step_us = ? WHERE id = ?").run(nextStepUs(db, row, nowUs), row.id);
  return true;
}

/** The same was raised anew since it was resolved. */
const isLive = (db: WriteDb, { rule, key }: Row): boolean => statement<[number, string], { n: number }>(db, "SELECT 1 AS n FROM alert WHERE rule = ? AND key = ? AND state <> 'resolved'").get(rule, key) !== undefined;

/** `by` somebody; what was not sent is not sent any more. */
export function resolveAlert(db: WriteDb, id: number, by: string, nowUs: number): void {
  statement(db, "UPDATE alert SET state = 'resolved', resolved_us = ?, resolved_by = ?, next_step_us = NULL WHERE id = ?").run(nowUs, by, id);
  dropUnsent(db, id, 'all');
}

/** With a word on why: the rule, or what it was about, is gone. `where` has `@value`. */
export function resolveWhere(db: WriteDb, where: string, value: number, text: string, nowUs: number): void {
  for (const { id } of db.prepare<[{ value: number }], { id: number }>(`SELECT id FROM alert INDEXED BY alert_active WHERE state <> 'resolved' AND (${where})`).all({ value })) {
    resolveAlert(db, id, engine, nowUs);
    say(db, id, nowUs, 'resolved', engine, text);
  }
}

export function say(db: WriteDb, alert: number, atUs: number, what: Said, by: string, text: string): void {
  statement(db, 'INSERT INTO alert_said (alert, at_us, what, by, text) VALUES (?, ?, ?, ?, ?)').run(alert, atUs, what, by, bounded(text, 1_500));
  const over = statement<[number], { n: number }>(db, 'SELECT count(*) AS n FROM alert_said WHERE alert = ?').get(alert)?.n ?? 0;
  if (over > mostSaid) statement(db, "DELETE FROM alert_said WHERE id = (SELECT id FROM alert_said WHERE alert = ? AND what <> 'raised' ORDER BY id LIMIT 1)").run(alert);
}

/** Never backwards: of two engines the slower one has nothing new to say. */
export function moveCursor(db: WriteDb, p: Params<'alerts.cursor'>): { id: number } {
  const move = statement(db, 'INSERT INTO alert_cursor (what, id) VALUES (?, ?) ON CONFLICT DO UPDATE SET id = max(id, excluded.id)');
  for (const what of ['failures', 'grants', 'budgets'] as const) move.run(what, p[what]);
  return { id: 0 };
}

const dropAtOnce = 500;

/** Resolved before, with what was said of them and told; some at a time. Answers whether there are more. */
export function dropResolved(db: WriteDb, other: number | null, held: boolean): boolean {
  if (held) return false;
  // What belongs to no connection, or to one that is gone, follows the general period.
  const of = 'coalesce(a.connection, (SELECT connection FROM agent WHERE id = a.agent))';
  const old = statement<[{ other: number | null }], { id: number }>(db, `SELECT a.id FROM alert a WHERE a.resolved_us IS NOT NULL AND (a.agent IS NULL OR a.agent NOT IN (SELECT agent FROM temp.retention_held))
    AND a.resolved_us < CASE WHEN EXISTS (SELECT 1 FROM connection c WHERE c.id = ${of}) THEN (SELECT before_us FROM temp.retention_before b WHERE b.connection = ${of}) ELSE @other END LIMIT ${dropAtOnce}`).all({ other });
  for (const { id } of old) {
    for (const table of ['alert_said', 'delivery']) statement(db, `DELETE FROM ${table} WHERE alert = ?`).run(id);
    statement(db, 'DELETE FROM alert WHERE id = ?').run(id);
  }
  return old.length === dropAtOnce;
}
