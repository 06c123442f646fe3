/** Bills as they were imported. */
import type { Result } from '../../../../shared/contract.ts';
import type { Bill } from '../../../../shared/cost.ts';
import { publicId } from '../ids.ts';
import { dayText } from './cost-days.ts';
import { iso, type Reading } from './reading.ts';

interface BillRow extends Pick<Bill, 'name' | 'format' | 'currency' | 'micros' | 'lines' | 'importedBy'> { readonly id: number; readonly connection: number; readonly connectionName: string | null; readonly fromDay: number; readonly toDay: number; readonly refused: string; readonly importedUs: number }
const most = 1_000;

export function listBills(reading: Reading): Result<'cost.bills'> {
  const rows = reading.sql<[], BillRow>(`SELECT b.id, b.connection, c.name AS connectionName, b.name, b.format, b.currency, b.from_day AS fromDay, b.to_day AS toDay, b.micros, b.lines, b.refused, b.imported_us AS importedUs, b.imported_by AS importedBy
    FROM bill b LEFT JOIN connection c ON c.id = b.connection WHERE b.removed_us IS NULL ORDER BY b.to_day DESC, b.id DESC LIMIT ${most}`).all();
  return { rows: rows.map(({ id, connection, connectionName, fromDay, toDay, refused, importedUs, ...more }) => ({
    ...more, id: publicId('bill', id), connectionId: publicId('connection', connection), connectionName: connectionName ?? 'removed', from: dayText(fromDay), to: dayText(toDay), refused: JSON.parse(refused) as Bill['refused'], importedAt: iso(importedUs),
  })) };
}
