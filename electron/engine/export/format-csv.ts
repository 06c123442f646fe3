/** CSV as in RFC 4180, UTF-8 with a byte order mark: without it Excel takes the file for another encoding. Safe to open in a spreadsheet (inert-text.ts). */
import { stringify } from 'csv-stringify/sync';
import type { Cell, Column } from './columns.ts';
import { decimal } from './decimal.ts';
import type { Format } from './format.ts';
import { written } from './format.ts';
import { noFormula, seen } from './inert-text.ts';

/** Last column: names of columns whose cell is not as it was, because a spreadsheet could run it or would not show it. */
export const changedColumn = 'changedForSpreadsheets';
const options = { record_delimiter: '\r\n' as const };

export const writeCsv: Format = async (columns, pages, out) => {
  out.write('\ufeff');
  out.write(stringify([[...columns.map(({ name }) => name), changedColumn]], options));
  let rows = 0;
  let changes = 0;
  for await (const page of pages) {
    const records = page.map((row) => {
      const changed: string[] = [];
      const cells = columns.map((column) => csvCell(column, row[column.name] ?? null, changed));
      changes += changed.length;
      return [...cells, changed.join(' ')];
    });
    out.write(stringify(records, options));
    rows += page.length;
  }
  return written(out, rows, changes === 0 ? [] : [`${changes} cells were changed so that no spreadsheet runs them and everybody sees what is in them; the last column says which. JSON Lines has them as they are.`]);
};

function csvCell({ name, type }: Column, value: Cell, changed: string[]): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return type === 'micros' ? decimal(value) : String(value);
  if (type === 'time' || type === 'day') return value;
  const safe = noFormula(seen(value));
  if (safe !== value) changed.push(name);
  return safe;
}
