/** Bills as files told them: what each covers stands by day and model. A later one takes the place of the days that it covers. */
import { appendAudit } from './audit.ts';
import { bounded } from './bounded.ts';
import type { CostCommands } from './cost-commands.ts';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { publicId } from './ids.ts';

type Params<N extends keyof CostCommands> = CostCommands[N]['params'];

const mostRefused = 200;

export function importBill(db: WriteDb, { bill, audit }: Params<'bills.import'>, nowUs: number): { id: number } {
  if (db.prepare('SELECT 1 FROM connection WHERE id = ?').get(bill.connection) === undefined) throw new StoreError('not_found', `There is no connection with the identifier ${publicId('connection', bill.connection)} any more. Nothing was changed.`);
  const id = Number(db.prepare(`INSERT INTO bill (connection, name, format, currency, from_day, to_day, micros, lines, refused, imported_us, imported_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .run(bill.connection, bounded(bill.name, 200), bill.format, bill.currency, bill.fromDay, bill.toDay, bill.micros, bill.lines, JSON.stringify(bill.refused.slice(0, mostRefused)), nowUs, bounded(audit.actor, 256)).lastInsertRowid);
  const clear = db.prepare('DELETE FROM bill_day WHERE connection = ? AND day = ? AND currency = ?');
  for (const day of new Set(bill.days.map((one) => one.day))) clear.run(bill.connection, day, bill.currency);
  const put = db.prepare(`INSERT INTO bill_day (connection, day, currency, model, micros, bill) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET micros = micros + excluded.micros`);
  for (const one of bill.days) put.run(bill.connection, one.day, bill.currency, bounded(one.model, 200), one.micros, id);
  appendAudit(db, { ...audit, subject: audit.subject ?? publicId('bill', id) }, nowUs);
  return { id };
}

/** Its days are not billed any more; an earlier bill of those days was replaced and does not come back. */
export function removeBill(db: WriteDb, { id, audit }: Params<'bills.remove'>, nowUs: number): { id: number } {
  if (db.prepare('UPDATE bill SET removed_us = ? WHERE id = ? AND removed_us IS NULL').run(nowUs, id).changes === 0) throw new StoreError('not_found', 'This bill was removed by somebody meanwhile. Nothing was changed.');
  db.prepare('DELETE FROM bill_day WHERE bill = ?').run(id);
  appendAudit(db, audit, nowUs);
  return { id };
}
