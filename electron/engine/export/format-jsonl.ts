/** JSON Lines: one row a line, exact. Money is a decimal number, JSON stays JSON, halves of surrogate pairs stay as escapes. */
import type { Cell, Column } from './columns.ts';
import { decimal } from './decimal.ts';
import type { Format } from './format.ts';
import { written } from './format.ts';
import { seenJson, wellFormed } from './inert-text.ts';

export const writeJsonl: Format = async (columns, pages, out) => {
  const names = columns.map(({ name }) => `${JSON.stringify(name)}:`);
  let rows = 0;
  for await (const page of pages) {
    const lines: string[] = [];
    for (const row of page) lines.push(`{${columns.map((column, i) => names[i] + jsonCell(column, row[column.name] ?? null)).join(',')}}\n`);
    out.write(lines.join(''));
    rows += page.length;
  }
  return written(out, rows);
};

export function jsonCell({ type }: Column, value: Cell): string {
  if (value === null) return 'null';
  if (type === 'micros' && typeof value === 'number') return decimal(value);
  if (typeof value !== 'string') return JSON.stringify(value);
  return seenJson(type === 'json' ? embedded(value) : JSON.stringify(value));
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
