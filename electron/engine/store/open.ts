/** Opens the history: checks the file, keeps a damaged one aside, migrates an older one. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { takeCleanEnd } from './clean-end.ts';
import { openWriter, type WriteDb } from './database.ts';
import { StoreError, storeError } from './errors.ts';
import { migrate } from './migrations.ts';

export interface Alarm {
  readonly id: string;
  readonly severity: 'info' | 'attention' | 'failed';
  readonly text: string;
  readonly sinceUs: number;
}

export interface OpenedHistory {
  readonly db: WriteDb;
  readonly file: string;
  readonly alarms: readonly Alarm[];
}

export const historyFile = (dataDir: string): string => join(dataDir, 'history.db');

export function openHistory(dataDir: string, nowUs: number): OpenedHistory {
  const file = historyFile(dataDir);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const alarms: Alarm[] = [];
    let db = openSound(file, takeCleanEnd(file));
    if (db === null) {
      const kept = setAside(dataDir, file, nowUs);
      alarms.push({
        id: `corrupt-${nowUs}`, severity: 'failed', sinceUs: nowUs,
        text: `The history file was damaged and could not be read. It was kept as ${kept}; a new, empty history was begun. Restore a backup of ${file} if you have one.`,
      });
      db = openWriter(file);
    }
    try {
      const outcome = migrate(db, file, nowUs);
      if (outcome.backup !== null) {
        alarms.push({ id: `migrated-${nowUs}`, severity: 'info', sinceUs: nowUs, text: `The history was brought to the present version. A copy of the old file was kept as ${outcome.backup}.` });
      }
    } catch (cause) {
      db.close();
      throw cause;
    }
    return { db, file, alarms };
  } catch (cause) {
    throw storeError(cause);
  }
}

/**
 * null: the file is there but is no sound database. Locks, full disks and missing rights are not damage: they are thrown.
 * `asLeft`: nothing happened to it since it was closed in good order, so it is not read through.
 */
function openSound(file: string, asLeft: boolean): WriteDb | null {
  let db: WriteDb | undefined;
  try {
    db = openWriter(file);
    if (asLeft || db.pragma('quick_check(1)', { simple: true }) === 'ok') return db;
    db.close();
    return null;
  } catch (cause) {
    db?.close();
    if (storeError(cause).code === 'corrupt') return null;
    throw cause;
  }
}

function setAside(dataDir: string, file: string, nowUs: number): string {
  const time = new Date(nowUs / 1000).toISOString().replaceAll(':', '').replace('.', '-');
  const kept = join(dataDir, `history.damaged.${time}.db`);
  if (existsSync(kept)) throw new StoreError('corrupt', `The history file is damaged and ${kept} is in the way of keeping it aside. Move that file and start again.`);
  for (const end of ['', '-wal', '-shm']) {
    if (existsSync(file + end)) renameSync(file + end, kept + end);
  }
  return kept;
}
