/** Statements of one connection, prepared once for each text: the fold asks the same of hundreds of holders. */
import type { Statement } from 'better-sqlite3';
import type { AnyDb } from './database.ts';

const kept = new WeakMap<AnyDb, Map<string, Statement>>();

/**
 * A statement that many share. `raw` and `pluck` would change it for everybody who asks the same text later (whoever then reads a field of a row finds
 * none), so here they lead to a statement of their own. Not for text that makes no rows.
 */
export function shared<P extends unknown[], R = unknown>(db: AnyDb, text: string): Statement<P, R> {
  const plain = db.prepare<P, R>(text);
  const other = new Map<'raw' | 'pluck', Statement>();
  const inMode = (mode: 'raw' | 'pluck') => (): Statement => {
    let found = other.get(mode);
    if (found === undefined) other.set(mode, found = db.prepare(text)[mode]());
    return found;
  };
  return Object.defineProperties(plain, { raw: { value: inMode('raw') }, pluck: { value: inMode('pluck') } });
}

/** For texts that come again. */
export function statement<P extends unknown[], R = unknown>(db: AnyDb, text: string): Statement<P, R> {
  let known = kept.get(db);
  if (known === undefined) {
    known = new Map();
    kept.set(db, known);
  }
  let found = known.get(text);
  if (found === undefined) {
    found = shared(db, text);
    known.set(text, found);
  }
  return found as Statement<P, R>;
}
