/** Targets of alerts as they stand, and what was or is to be delivered to them. */
import type { AlertTarget, Delivery, QuietHours, TargetConfig, TargetKind } from '../../../../shared/alerts.ts';
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { DueDelivery, TargetFact } from '../alert-commands.ts';
import { publicId } from '../ids.ts';
import { iso, parseCursor, rowId, writeCursor, type Reading } from './reading.ts';

interface TargetRow {
  readonly id: number; readonly name: string; readonly config: string; readonly quiet: string | null; readonly enabled: number; readonly credential: string | null; readonly hint: string | null; readonly createdUs: number; readonly changedUs: number; readonly changedBy: string;
  readonly sentUs: number | null; readonly failingUs: number | null; readonly failingText: string | null;
}
const targetColumns = 'id, name, config, quiet, enabled, credential, hint, created_us AS createdUs, changed_us AS changedUs, changed_by AS changedBy, sent_us AS sentUs, failing_us AS failingUs, failing_text AS failingText';

/** Whether a credential of this session is still held only the engine knows: it says so (alerts-desk.ts). */
export type StoredTarget = Omit<AlertTarget, 'credential'> & { readonly credential: Omit<NonNullable<AlertTarget['credential']>, 'lost'> & { readonly reference: string } | null };

const placeOf = (reference: string): NonNullable<AlertTarget['credential']>['from'] => reference.slice(0, reference.indexOf(':')) as NonNullable<AlertTarget['credential']>['from'];
const quietOf = (row: { readonly quiet: string | null }): QuietHours | null => (row.quiet === null ? null : JSON.parse(row.quiet) as QuietHours);

export function listTargets(reading: Reading): { rows: StoredTarget[] } {
  const used = usedBy(reading);
  const waiting = reading.sql<[number, number], { n: number }>("SELECT (SELECT count(*) FROM delivery WHERE target = ? AND state = 'waiting') + (SELECT count(*) FROM delivery WHERE target = ? AND state = 'held') AS n");
  const failed = reading.sql<[number], { n: number }>("SELECT count(*) AS n FROM delivery WHERE target = ? AND state = 'failed' AND alert IS NOT NULL");
  const next = reading.sql<[number], { dueUs: number }>("SELECT due_us AS dueUs FROM delivery WHERE target = ? AND state = 'waiting' ORDER BY id LIMIT 1");
  return {
    rows: reading.sql<[], TargetRow>(`SELECT ${targetColumns} FROM alert_target WHERE removed_us IS NULL ORDER BY name COLLATE NOCASE, id`).all().map((row) => {
      const due = next.get(row.id)?.dueUs;
      return {
        id: publicId('target', row.id), name: row.name, config: JSON.parse(row.config) as TargetConfig, quiet: quietOf(row), enabled: row.enabled === 1,
        credential: row.credential === null ? null : { from: placeOf(row.credential), hint: row.hint, reference: row.credential },
        createdAt: iso(row.createdUs), changedAt: iso(row.changedUs), changedBy: row.changedBy, lastSentAt: row.sentUs === null ? null : iso(row.sentUs),
        failing: row.failingUs === null ? null : { since: iso(row.failingUs), text: row.failingText ?? '', nextAt: due === undefined ? null : iso(due) },
        waiting: waiting.get(row.id, row.id)?.n ?? 0, failed: failed.get(row.id)?.n ?? 0, usedBy: used.get(row.id) ?? 0,
      };
    }),
  };
}

/** Each rule, and each step of its escalation, that names a target. */
function usedBy(reading: Reading): ReadonlyMap<number, number> {
  const used = new Map<number, number>();
  for (const rule of reading.sql<[], { targets: string; escalation: string }>('SELECT targets, escalation FROM alert_rule WHERE removed_us IS NULL').all()) {
    const named = [...JSON.parse(rule.targets) as number[], ...(JSON.parse(rule.escalation) as { targets: number[] }[]).flatMap((step) => step.targets)];
    for (const id of named) used.set(id, (used.get(id) ?? 0) + 1);
  }
  return used;
}

interface DeliveryRow { readonly id: number; readonly target: number; readonly targetName: string; readonly config: string; readonly alert: number | null; readonly title: string | null; readonly what: Delivery['what']; readonly state: Delivery['state']; readonly createdUs: number; readonly dueUs: number | null; readonly sentUs: number | null; readonly attempts: number; readonly lastError: string | null }
const deliveryColumns = `d.id, d.target, t.name AS targetName, t.config, d.alert, a.title, d.what, d.state, d.created_us AS createdUs, d.due_us AS dueUs, d.sent_us AS sentUs, d.attempts, d.last_error AS lastError
  FROM delivery d JOIN alert_target t ON t.id = d.target LEFT JOIN alert a ON a.id = d.alert`;
const mostOfAnAlert = 500;

const deliveryOf = (row: DeliveryRow): Delivery => ({
  id: publicId('delivery', row.id), targetId: publicId('target', row.target), targetName: row.targetName, targetKind: (JSON.parse(row.config) as { kind: TargetKind }).kind, alertId: row.alert === null ? null : publicId('alert', row.alert),
  title: row.title ?? (row.what === 'test' ? 'Test' : ''), what: row.what, state: row.state, createdAt: iso(row.createdUs), dueAt: row.dueUs === null ? null : iso(row.dueUs), sentAt: row.sentUs === null ? null : iso(row.sentUs), attempts: row.attempts, lastError: row.lastError,
});

export const deliveriesOfAlert = (reading: Reading, alert: number): Delivery[] =>
  reading.sql<[number, number], DeliveryRow>(`SELECT ${deliveryColumns} WHERE d.alert = ? ORDER BY d.id LIMIT ?`).all(alert, mostOfAnAlert).map(deliveryOf);

/** Newest first. */
export function listDeliveries(reading: Reading, params: ParsedParams<'targets.deliveries'>): Result<'targets.deliveries'> {
  const before = params.before === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(params.before).id;
  const target = params.targetId === undefined ? null : rowId('target', params.targetId);
  const where = ['d.id < ?', ...(target === null ? [] : ['d.target = ?']), ...(params.state === undefined ? [] : ['d.state = ?'])].join(' AND ');
  const rows = reading.sql<(number | string)[], DeliveryRow>(`SELECT ${deliveryColumns} WHERE ${where} ORDER BY d.id DESC LIMIT ?`)
    .all(before, ...(target === null ? [] : [target]), ...(params.state === undefined ? [] : [params.state]), params.limit + 1);
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  return { rows: page.map(deliveryOf), next: rows.length > params.limit && last ? writeCursor({ us: last.createdUs, id: last.id }) : null };
}

/** All that are not removed. */
export function targetFacts(reading: Reading): TargetFact[] {
  const held = reading.sql<[number], { n: number }>("SELECT count(*) AS n FROM delivery WHERE target = ? AND state = 'held'");
  return reading.sql<[], TargetRow>(`SELECT ${targetColumns} FROM alert_target WHERE removed_us IS NULL ORDER BY id`).all()
    .map((row) => ({ id: row.id, name: row.name, config: JSON.parse(row.config) as TargetConfig, quiet: quietOf(row), enabled: row.enabled === 1, credential: row.credential, held: held.get(row.id)?.n ?? 0 }));
}

/** Of each target the first that waits, due or not: nothing overtakes it. */
export function dueDeliveries(reading: Reading): DueDelivery[] {
  const first = reading.sql<[number], Omit<DueDelivery, 'severity'>>(`SELECT id, uid, target, what, body, created_us AS createdUs, due_us AS dueUs, first_us AS firstUs, attempts
    FROM delivery WHERE target = ? AND state = 'waiting' ORDER BY id LIMIT 1`);
  return reading.sql<[], { id: number }>('SELECT id FROM alert_target WHERE removed_us IS NULL ORDER BY id').all().flatMap(({ id }) => {
    const row = first.get(id);
    return row === undefined ? [] : [{ ...row, severity: (JSON.parse(row.body) as { alert: { severity: DueDelivery['severity'] } }).alert.severity }];
  });
}
