/** Signs of what a stop is to stop, and what silence of it means: for the judge. */
import { kindWord, statusWord } from '../codes.ts';
import type { SignRow } from '../stop-commands.ts';
import { rowsSince, type Watched } from '../stop-rows.ts';
import type { Reading } from './reading.ts';

export function signRows(reading: Reading, { sinceUs, limit, ...watched }: Watched & { readonly sinceUs: number; readonly limit: number }): SignRow[] {
  return rowsSince(reading, watched, sinceUs, limit).map((row) => ({
    id: row.id, task: row.task, agent: row.agent, connection: reading.agent(row.agent).connection, kind: kindWord(row.kind), status: statusWord(row.status), name: reading.texts.of(row.name), source: reading.texts.of(row.source),
    startUs: row.ts, endUs: row.dur === null || row.status === 1 ? null : row.ts + row.dur,
  }));
}
