/** Statements of one connection, prepared once for each text: the fold asks the same of hundreds of holders. */
import type { Statement } from 'better-sqlite3';
import type { AnyDb } from './database.ts';

const kept = new WeakMap<AnyDb, Map<string, Statement>>();

/** For texts that come again; `raw` and `pluck` stay with the statement, so a text is always asked in the same way. */
export function statement<P extends unknown[], R = unknown>(db: AnyDb, text: string): Statement<P, R> {
  let known = kept.get(db);
  if (known === undefined) {
    known = new Map();
    kept.set(db, known);
  }
  let found = known.get(text);
  if (found === undefined) {
    found = db.prepare(text);
    known.set(text, found);
  }
  return found as Statement<P, R>;
}
