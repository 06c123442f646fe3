/** CSV as in RFC 4180, UTF-8 with a byte order mark: without it Excel takes the file for another encoding. Safe to open in a spreadsheet (inert-text.ts). */
import { stringify } from 'csv-stringify/sync';
import { AsBefore } from './as-before.ts';
import type { Cell, Column } from './columns.ts';
import { decimal } from './decimal.ts';
import type { Format } from './format.ts';
import { gatheredLines, written } from './format.ts';
import { noFormula, seen } from './inert-text.ts';

/** Last column: names of columns whose cell is not as it was, because a spreadsheet could run it or would not show it. */
export const changedColumn = 'changedForSpreadsheets';
const options = { record_delimiter: '\r\n' as const };

export const writeCsv: Format = async (columns, pages, out) => {
  out.write('\ufeff');
  out.write(stringify([[...columns.map(({ name }) => name), changedColumn]], options));
  const cells = new AsBefore(columns, csvCell);
  let rows = 0;
  let changes = 0;
  for await (const page of pages) {
    let lines = '';
    for (const row of page) {
      let changed = '';
      for (let i = 0; i < columns.length; i += 1) {
        const { name } = columns[i] as Column;
        const cell = cells.of(i, row[name] ?? null);
        lines += cell.text;
        lines += ',';
        if (!cell.changed) continue;
        changes += 1;
        changed += changed === '' ? name : ` ${name}`;
      }
      lines += `${changed}\r\n`;
      if (lines.length < gatheredLines) continue;
      out.write(lines);
      lines = '';
    }
    out.write(lines);
    rows += page.length;
  }
  return written(out, rows, changes === 0 ? [] : [`${changes} cells were changed so that no spreadsheet runs them and everybody sees what is in them; the last column says which. JSON Lines has them as they are.`]);
};

interface CsvCell { readonly text: string; readonly changed: boolean }
const empty: CsvCell = { text: '', changed: false };

function csvCell({ type }: Column, value: Cell): CsvCell {
  if (value === null) return empty;
  if (typeof value === 'boolean') return { text: value ? 'true' : 'false', changed: false };
  if (typeof value === 'number') return { text: type === 'micros' ? decimal(value) : String(value), changed: false };
  if (type === 'time' || type === 'day' || plain.test(value)) return { text: value, changed: false };
  const safe = noFormula(seen(value));
  return { text: quoted(safe), changed: safe !== value };
}

/** Nothing in it runs, hides, or asks for quotes. */
const plain = /^[A-Za-z0-9][ !#-+\--:<-{}~]*$/;

/** As RFC 4180 quotes: here, since a library that can do more takes longer for it than all the rest of a row (measured). */
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
