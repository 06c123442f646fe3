/** Cost as FOCUS, a CSV of its own columns. Of other contents FOCUS has no columns: they are refused before a report begins. */
import { stringify } from 'csv-stringify/sync';
import { columnsOfFocus } from './focus-columns.ts';
import type { FocusVersion } from './focus-columns.ts';
import type { Format } from './format.ts';
import { written } from './format.ts';
import { noFormula, seen } from './inert-text.ts';

const options = { record_delimiter: '\r\n' as const, quote_record_delimiter: true };

export const writeFocus = (version: FocusVersion = '1.3'): Format => async (_columns, pages, out, { content }) => {
  if (content !== 'cost') throw new TypeError('FOCUS tells cost only.');
  const columns = columnsOfFocus(version);
  // No byte order mark: programs read this file, and some would take it for a part of the first column's name.
  out.write(stringify([columns.map(({ name }) => name)], options));
  let rows = 0;
  let changes = 0;
  for await (const page of pages) {
    const records = page.map((row) => columns.map(({ value, text }) => {
      const plain = value(row);
      if (text !== true) return plain;
      const safe = noFormula(seen(plain));
      if (safe !== plain) changes += 1;
      return safe;
    }));
    out.write(stringify(records, options));
    rows += page.length;
  }
  return written(out, rows, changes === 0 ? [] : [`${changes} cells were changed so that no spreadsheet runs them and everybody sees what is in them.`]);
};
