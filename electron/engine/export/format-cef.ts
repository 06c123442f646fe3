/** A report as CEF, one row a line. */
import { cefLine } from './cef-line.ts';
import { cefRecord } from './cef-words.ts';
import type { Format } from './format.ts';
import { gatheredLines, written } from './format.ts';

export const writeCef: Format = async (columns, pages, out, { content, version }) => {
  let rows = 0;
  for await (const page of pages) {
    let lines = '';
    for (const row of page) {
      lines += `${cefLine(cefRecord(content, columns, row), version)}\n`;
      if (lines.length < gatheredLines) continue;
      out.write(lines);
      lines = '';
    }
    out.write(lines);
    rows += page.length;
  }
  return written(out, rows);
};
