/** JSON Lines: one row a line, exact. Money is a decimal number, JSON stays JSON, halves of surrogate pairs stay as escapes. */
import { AsBefore } from './as-before.ts';
import type { Cell, Column } from './columns.ts';
import { decimal } from './decimal.ts';
import type { Format } from './format.ts';
import { gatheredLines, written } from './format.ts';
import { seenJson, wellFormed } from './inert-text.ts';

export const writeJsonl: Format = async (columns, pages, out) => {
  const names = columns.map(({ name }, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  const cells = new AsBefore(columns, jsonCell);
  let rows = 0;
  for await (const page of pages) {
    let lines = '';
    for (const row of page) {
      for (let i = 0; i < columns.length; i += 1) {
        lines += names[i] as string;
        lines += cells.of(i, row[(columns[i] as Column).name] ?? null);
      }
      lines += '}\n';
      if (lines.length < gatheredLines) continue;
      out.write(lines);
      lines = '';
    }
    out.write(lines);
    rows += page.length;
  }
  return written(out, rows);
};

/** Longer ones are looked through by what writes them. */
const longestPlain = 200;
/** Stands in JSON as it is. */
const plain = /^[ !#-[\]-~]*$/;

export function jsonCell({ type }: Column, value: Cell): string {
  if (value === null) return 'null';
  if (type === 'micros' && typeof value === 'number') return decimal(value);
  if (typeof value !== 'string') return JSON.stringify(value);
  if (type === 'json') return seenJson(embedded(value));
  return value.length < longestPlain && plain.test(value) ? `"${value}"` : seenJson(JSON.stringify(value));
}

/** Line ends of JSON stand between its parts only. What calls itself JSON and is none is a text. */
function embedded(value: string): string {
  try {
    JSON.parse(value);
    return wellFormed(value.replace(/[\r\n]+/g, ' '));
  } catch {
    return JSON.stringify(value);
  }
}
