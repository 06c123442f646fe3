/** Branded handles: a function that only reads cannot be given the writer's connection by mistake, and the other way round. */
import Sqlite from 'better-sqlite3';

declare const writes: unique symbol;
declare const reads: unique symbol;
export type WriteDb = Sqlite.Database & { readonly [writes]: true };
export type ReadDb = Sqlite.Database & { readonly [reads]: true };
export type AnyDb = WriteDb | ReadDb;

/** How long a statement waits for another program's lock before it says `locked`. */
const busyMs = 2_000;

/** 32 MB between checkpoints: pages that many transactions touch are copied into the file once (measured: a tenth of the writer's time). */
export const logPages = 4_000;

/** Pages that a connection keeps, most: what is asked for again lies in the system's cache as well. */
const keptKiB = 8_192;
/** While telemetry comes in the writer touches the same pages in transaction after transaction. */
const keptBusyKiB = 65_536;

function common(db: Sqlite.Database): void {
  db.pragma('temp_store = MEMORY');
  db.pragma(`cache_size = -${keptKiB}`);
  db.pragma('foreign_keys = OFF');
  // SECURITY: nothing in a file that came from elsewhere may run as code.
  db.pragma('trusted_schema = OFF');
}

/** page_size and auto_vacuum only take effect in a file that has no page yet, and a damaged file must not be touched. No mmap: measured, point reads get no faster. */
export function openWriter(file: string): WriteDb {
  const db = new Sqlite(file, { timeout: busyMs });
  try {
    if (Number(db.pragma('page_count', { simple: true })) === 0) {
      db.pragma('page_size = 8192');
      db.pragma('auto_vacuum = INCREMENTAL');
    }
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma(`wal_autocheckpoint = ${logPages}`);
    common(db);
  } catch (cause) {
    db.close();
    throw cause;
  }
  return db as WriteDb;
}

/** Pages that are kept and not needed are let go at once, but a heap that once was large seldom gets smaller: so it is not made large for what comes once. */
export function keepPages(db: WriteDb, busy: boolean): void {
  db.pragma(`cache_size = -${busy ? keptBusyKiB : keptKiB}`);
  if (!busy) db.pragma('shrink_memory');
}

/** A connection that folds the log into the file and does nothing else. */
export function openFolder(file: string): Sqlite.Database {
  const db = new Sqlite(file, { fileMustExist: true, timeout: busyMs });
  db.pragma('synchronous = NORMAL');
  db.pragma('wal_autocheckpoint = 0');
  return db;
}

export function openReader(file: string): ReadDb {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: busyMs });
  try {
    common(db);
    db.pragma('query_only = ON');
  } catch (cause) {
    db.close();
    throw cause;
  }
  return db as ReadDb;
}
