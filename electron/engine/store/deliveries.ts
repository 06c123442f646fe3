/** The queue of what targets are told: put in together with what makes it, tried by whoever delivers, kept bounded. */
import { randomUUID } from 'node:crypto';
import type { AlertMessage } from '../../../shared/alerts.ts';
import type { AlertCommands, NewDelivery } from './alert-commands.ts';
import { appendAudit } from './audit.ts';
import { bounded, boundedOrNull, wholeUs } from './bounded.ts';
import type { WriteDb } from './database.ts';
import { publicId } from './ids.ts';
import { statement } from './statements.ts';

type Params<N extends keyof AlertCommands> = AlertCommands[N]['params'];

const longestError = 500;

/** `step` of the escalation, 0 else. A target that was told of this step of the alert already is told nothing again. */
export function addDeliveries(db: WriteDb, alert: number, step: number, deliveries: readonly NewDelivery[], nowUs: number): void {
  const present = statement<[number], { n: number }>(db, 'SELECT 1 AS n FROM alert_target WHERE id = ? AND removed_us IS NULL');
  const add = statement(db, 'INSERT INTO delivery (uid, target, alert, what, step, state, body, created_us, due_us, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (alert, target, what, step) WHERE alert IS NOT NULL DO NOTHING');
  for (const { target, what, heldUntilUs, message } of deliveries) {
    if (present.get(target) === undefined) continue;
    // Not the row's id: another history of the same receiver begins at 1 again.
    const uid = randomUUID();
    const body: AlertMessage = { ...message, delivery: uid, alert: { ...message.alert, id: publicId('alert', alert) } };
    add.run(uid, target, alert, what, step, heldUntilUs === null ? 'waiting' : 'held', JSON.stringify(body), nowUs, heldUntilUs ?? nowUs);
  }
}

/** Of what did not leave yet: what quiet hours hold, or everything. */
export function dropUnsent(db: WriteDb, alert: number, what: 'held' | 'all'): number {
  return statement(db, `UPDATE delivery SET state = 'dropped', due_us = NULL WHERE alert = ? AND state IN (${what === 'held' ? "'held'" : "'held', 'waiting'"})`).run(alert).changes;
}

/** Targets that know of it, so that they may be told its end. */
export function toldTargets(db: WriteDb, alert: number): ReadonlySet<number> {
  return new Set(statement<[number], { target: number }>(db, "SELECT DISTINCT target FROM delivery WHERE alert = ? AND state = 'sent' AND what <> 'over'").all(alert).map((one) => one.target));
}

interface Tried { readonly target: number; readonly state: string }

export function deliveryTried(db: WriteDb, p: Params<'deliveries.tried'>, nowUs: number): { id: number } {
  const row = statement<[number], Tried>(db, 'SELECT target, state FROM delivery WHERE id = ?').get(p.id);
  // Pruned meanwhile, or sent: nothing that was sent waits again.
  if (row === undefined || row.state === 'sent') return { id: p.id };
  const atUs = wholeUs(p.atUs, nowUs);
  const open = row.state === 'waiting' || row.state === 'held';
  if (p.result === 'held') {
    if (open) statement(db, "UPDATE delivery SET state = 'held', due_us = ? WHERE id = ?").run(p.dueUs, p.id);
    return { id: p.id };
  }
  const error = boundedOrNull(p.error, longestError);
  if (p.result === 'sent') {
    statement(db, "UPDATE delivery SET state = 'sent', sent_us = @atUs, first_us = coalesce(first_us, @atUs), due_us = NULL, attempts = attempts + 1, last_error = NULL WHERE id = @id").run({ atUs, id: p.id });
    targetWorks(db, row.target, atUs);
    return { id: p.id };
  }
  const state = open ? (p.result === 'again' ? 'waiting' : 'failed') : row.state;
  const dueUs = state === 'waiting' ? wholeUs(p.dueUs ?? nowUs, nowUs) : null;
  statement(db, 'UPDATE delivery SET state = @state, first_us = coalesce(first_us, @atUs), due_us = @dueUs, attempts = attempts + 1, last_error = @error WHERE id = @id').run({ state, atUs, dueUs, error, id: p.id });
  targetFails(db, row.target, atUs, error);
  return { id: p.id };
}

function targetWorks(db: WriteDb, target: number, atUs: number): void {
  statement(db, 'UPDATE alert_target SET sent_us = max(coalesce(sent_us, 0), ?), failing_us = NULL, failing_text = NULL WHERE id = ?').run(atUs, target);
}

function targetFails(db: WriteDb, target: number, atUs: number, error: string | null): void {
  statement(db, 'UPDATE alert_target SET failing_us = coalesce(failing_us, ?), failing_text = ? WHERE id = ?').run(atUs, error ?? 'It did not answer.', target);
}

/** What a person asked to be sent past the queue: it stands among the deliveries, and says whether the target works. */
export function noteTest(db: WriteDb, p: Params<'deliveries.tested'>, nowUs: number): { id: number } {
  const atUs = wholeUs(p.atUs, nowUs);
  const error = p.ok ? null : bounded(p.text, longestError);
  const { lastInsertRowid } = statement(db, "INSERT INTO delivery (uid, target, alert, what, step, state, body, created_us, first_us, sent_us, attempts, last_error) VALUES (?, ?, NULL, 'test', 0, ?, ?, ?, ?, ?, 1, ?)")
    .run(p.uid, p.target, p.ok ? 'sent' : 'failed', JSON.stringify(p.message), atUs, atUs, p.ok ? atUs : null, error);
  if (p.ok) targetWorks(db, p.target, atUs);
  else targetFails(db, p.target, atUs, error);
  appendAudit(db, p.audit, nowUs);
  return { id: Number(lastInsertRowid) };
}

/** A test that failed is tried again by a person, not by the queue. */
export function wakeDeliveries(db: WriteDb, p: Params<'deliveries.wake'>, nowUs: number): { deliveries: number } {
  const atUs = wholeUs(p.atUs, nowUs);
  const held = statement(db, "UPDATE delivery SET state = 'waiting', due_us = ? WHERE target = ? AND state = 'held'").run(atUs, p.target).changes;
  const waiting = statement(db, "UPDATE delivery SET due_us = ? WHERE target = ? AND state = 'waiting' AND due_us > ?").run(atUs, p.target, atUs).changes;
  // Counted anew from now: a day of trying is over for them already.
  const failed = p.failedToo ? statement(db, "UPDATE delivery SET state = 'waiting', due_us = ?, first_us = NULL WHERE target = ? AND state = 'failed' AND alert IS NOT NULL").run(atUs, p.target).changes : 0;
  if (p.audit !== undefined) appendAudit(db, p.audit, nowUs);
  return { deliveries: held + waiting + failed };
}

/** What was told of an alert that is not over stays: it says who must be told the end. */
export function pruneDeliveries(db: WriteDb, { keep }: Params<'deliveries.prune'>): { deliveries: number } {
  const newest = statement<[number, number], { id: number }>(db, 'SELECT id FROM delivery WHERE target = ? ORDER BY id DESC LIMIT 1 OFFSET ?');
  const drop = statement(db, "DELETE FROM delivery WHERE target = ? AND id <= ? AND state IN ('sent', 'failed', 'dropped') AND (alert IS NULL OR alert NOT IN (SELECT id FROM alert WHERE state <> 'resolved'))");
  let deliveries = 0;
  for (const { id } of statement<[], { id: number }>(db, 'SELECT id FROM alert_target').all()) {
    const last = newest.get(id, keep);
    if (last !== undefined) deliveries += drop.run(id, last.id).changes;
  }
  return { deliveries };
}
