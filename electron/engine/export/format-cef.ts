/** A report as CEF, one row a line. */
import { cefLine } from './cef-line.ts';
import { cefRecord } from './cef-words.ts';
import type { Format } from './format.ts';
import { written } from './format.ts';

export const writeCef: Format = async (columns, pages, out, { content, version }) => {
  let rows = 0;
  for await (const page of pages) {
    out.write(page.map((row) => `${cefLine(cefRecord(content, columns, row), version)}\n`).join(''));
    rows += page.length;
  }
  return written(out, rows);
};
