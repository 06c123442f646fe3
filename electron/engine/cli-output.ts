/** Rows out: a table for people, or one JSON array that is written page by page as it comes. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { formatTable } from './cli-text.ts';
import type { Column } from './cli-text.ts';

export interface Streams {
  readonly out: Writable;
  readonly err: Writable;
}

export interface Listing<R> {
  readonly pages: AsyncIterable<readonly R[]>;
  readonly columns: readonly Column<R>[];
  readonly json: (row: R) => object;
  /** sentence for an empty table. */
  readonly none: string;
}

/** A pipe that is read slowly must not fill this process's memory. */
async function write(to: Writable, text: string): Promise<void> {
  if (!to.write(text)) await once(to, 'drain');
}

/** How many rows are shown; asks for one more, to say honestly whether there are others. */
export async function printRows<R>(listing: Listing<R>, limit: number, json: boolean, { out, err }: Streams): Promise<void> {
  let shown = 0;
  let more = false;
  const table: R[] = [];
  if (json) await write(out, '[');
  for await (const page of listing.pages) {
    const rows = page.slice(0, limit - shown);
    more = rows.length < page.length;
    if (json) await write(out, rows.map((row, at) => `${shown + at === 0 ? '\n' : ',\n'}${JSON.stringify(listing.json(row))}`).join(''));
    else table.push(...rows);
    shown += rows.length;
    if (more) break;
  }
  if (json) await write(out, shown === 0 ? ']\n' : '\n]\n');
  else await write(out, table.length === 0 ? `${listing.none}\n` : formatTable(listing.columns, table));
  if (more) await write(err, `The first ${shown.toLocaleString('en')} are shown; there are more. Ask for more with --limit, or for less with --since.\n`);
}

export const printJson = (value: unknown, { out }: Streams): Promise<void> => write(out, `${JSON.stringify(value, null, 2)}\n`);
export const printText = (text: string, { out }: Streams): Promise<void> => write(out, text);
