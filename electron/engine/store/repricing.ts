/**
 * History is priced anew when the price book changed: newest first, in turns short enough that telemetry is taken in between. How far it came
 * stands in the file, so it goes on after a restart; what comes in meanwhile is priced by the new book at once.
 */
import { PriceBook } from '../cost/book.ts';
import type { Assembler } from './assemble/assembler.ts';
import type { AnyDb, WriteDb } from './database.ts';
import { ownPrices } from './price-entries.ts';
import { statement } from './statements.ts';

const idsAStep = 512;

export interface RepricingState {
  /** activities before this one are still to be looked at. */
  readonly before: number;
  readonly done: number;
  readonly of: number;
}

interface Meta { readonly value: string }

function meta(db: AnyDb, key: string): string | undefined {
  return statement<[string], Meta>(db, 'SELECT value FROM meta WHERE key = ?').get(key)?.value;
}

/** null: nothing is being priced anew. */
export function repricingState(db: AnyDb): RepricingState | null {
  const text = meta(db, 'repricing');
  return text === undefined ? null : (JSON.parse(text) as RepricingState);
}

function note(db: WriteDb, key: string, value: string): void {
  statement(db, 'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(key, value);
}

/** All of history, from the newest on. */
export function beginRepricing(db: WriteDb): void {
  const last = statement<[], { id: number | null }>(db, 'SELECT max(id) AS id FROM activity').get()?.id ?? 0;
  if (last > 0) note(db, 'repricing', JSON.stringify({ before: last + 1, done: 0, of: last } satisfies RepricingState));
}

/** The bundled book of another version than the one that history was priced by: all is priced anew. */
export function beginIfBookIsNew(db: WriteDb): void {
  const { version, date } = PriceBook.bundled;
  const now = `${version} ${date}`;
  if (meta(db, 'price_book') === now) return;
  beginRepricing(db);
  note(db, 'price_book', now);
}

export const bookOf = (db: AnyDb): PriceBook => new PriceBook(ownPrices(db));

/** One turn inside a transaction of the writer's. Answers how many rows changed. */
export function repriceSome(db: WriteDb, assembler: Assembler, spentMs: () => number, mostMs: number): number {
  const state = repricingState(db);
  if (state === null) return 0;
  let { before } = state;
  let changed = 0;
  do {
    const from = Math.max(1, before - idsAStep);
    changed += assembler.reprice(from, before);
    before = from;
  } while (before > 1 && spentMs() < mostMs);
  if (before > 1) note(db, 'repricing', JSON.stringify({ before, done: state.of + 1 - before, of: state.of } satisfies RepricingState));
  else statement(db, "DELETE FROM meta WHERE key = 'repricing'").run();
  return changed;
}
