/** Steps from one version of the file to the next; `user_version` says which were taken. A step is never changed once released. */
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { WriteDb } from './database.ts';
import { StoreError } from './errors.ts';
import { SCHEMA_1 } from './schema.ts';
import { SCHEMA_2 } from './schema-2.ts';
import { SCHEMA_3 } from './schema-3.ts';
import { SCHEMA_4 } from './schema-4.ts';
import { toVersion5 } from './schema-5.ts';
import { SCHEMA_6 } from './schema-6.ts';
import { toVersion7 } from './schema-7.ts';
import { toVersion8 } from './schema-8.ts';
import { toVersion9 } from './schema-9.ts';

export interface Migration {
  readonly to: number;
  readonly run: (db: WriteDb) => void;
}

export const migrations: readonly Migration[] = [
  { to: 1, run: (db) => db.exec(SCHEMA_1) },
  { to: 2, run: (db) => db.exec(SCHEMA_2) },
  { to: 3, run: (db) => db.exec(SCHEMA_3) },
  { to: 4, run: (db) => db.exec(SCHEMA_4) },
  { to: 5, run: toVersion5 },
  { to: 6, run: (db) => db.exec(SCHEMA_6) },
  { to: 7, run: toVersion7 },
  { to: 8, run: toVersion8 },
  { to: 9, run: toVersion9 },
];

export const schemaVersion = 9;

export interface MigrationOutcome {
  readonly from: number;
  /** the copy that was made before anything was changed; null for a new file. */
  readonly backup: string | null;
}

/** Refuses a newer file, copies an older one before it changes it, and changes all or nothing. */
export function migrate(db: WriteDb, file: string, nowUs: number, steps: readonly Migration[] = migrations): MigrationOutcome {
  const from = Number(db.pragma('user_version', { simple: true }));
  const target = steps.reduce((most, step) => Math.max(most, step.to), 0);
  if (from > target) {
    throw new StoreError('newer', `The history was written by a newer Gatehouse (file version ${from}, this one knows ${target}). Nothing was changed. Start the newer version, or give this one another data folder.`);
  }
  const due = steps.filter((step) => step.to > from);
  if (due.length === 0) return { from, backup: null };
  const backup = from === 0 ? null : backUp(db, file, from, nowUs);
  try {
    db.transaction(() => {
      for (const step of due) {
        step.run(db);
        db.pragma(`user_version = ${step.to}`);
      }
    }).immediate();
  } catch (cause) {
    // Nothing was changed, so the copy is the file once more; every further start would leave another.
    if (backup !== null) rmSync(backup, { force: true });
    throw cause;
  }
  return { from, backup };
}

const partial = '.partial';

/** VACUUM INTO: a consistent copy in one statement, also with a WAL beside the file. */
function backUp(db: WriteDb, file: string, from: number, nowUs: number): string {
  const time = new Date(nowUs / 1000).toISOString().replaceAll(':', '').slice(0, 17);
  const folder = dirname(file);
  const copy = join(folder, `${basename(file, '.db')}.v${from}.${time}.backup.db`);
  // Half a copy is none: a full disk or an end in the middle leaves one that takes the room of the next.
  for (const name of readdirSync(folder)) if (name.startsWith(`${basename(file, '.db')}.v`) && name.endsWith(partial)) rmSync(join(folder, name), { force: true });
  try {
    db.prepare('VACUUM INTO ?').run(copy + partial);
  } catch (cause) {
    rmSync(copy + partial, { force: true });
    throw cause;
  }
  renameSync(copy + partial, copy);
  return copy;
}
