import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReader } from './database.ts';
import { storeError } from './errors.ts';
import { migrate, migrations, schemaVersion } from './migrations.ts';
import { historyFile, openHistory } from './open.ts';
import { refusal } from './test-history.ts';

let dir: string;
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'gatehouse-open-')); });
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });
const now = Date.UTC(2026, 2, 1) * 1_000;

describe('openHistory', () => {
  it('makes a file with the settings that were measured', () => {
    const { db, alarms } = openHistory(dir, now);
    expect(alarms).toEqual([]);
    const pragma = (name: string): unknown => db.pragma(name, { simple: true });
    expect([pragma('page_size'), pragma('journal_mode'), pragma('synchronous'), pragma('user_version'), pragma('auto_vacuum'), pragma('mmap_size')]).toEqual([8192, 'wal', 1, schemaVersion, 2, 0]);
    db.close();
  });

  it.each([
    ['is no database', (file: string) => writeFileSync(file, 'this is not a database, but long enough to be read as one '.repeat(50))],
    ['has a damaged page', (file: string) => {
      const bytes = readFileSync(file);
      bytes.fill(0x5a, 8192 * 2, 8192 * 30);
      writeFileSync(file, bytes);
    }],
    ['is cut', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 8192 * 7 + 100))],
  ])('keeps a file that %s aside and begins a new one', (_what, spoil) => {
    openHistory(dir, now).db.close();
    spoil(historyFile(dir));
    writeFileSync(`${historyFile(dir)}-wal`, '');
    const spoilt = readFileSync(historyFile(dir));
    const { db, alarms } = openHistory(dir, now);
    expect(db.prepare('SELECT count(*) AS n FROM activity').get()).toEqual({ n: 0 });
    db.close();
    const kept = readdirSync(dir).find((name) => name.startsWith('history.damaged.') && name.endsWith('.db'));
    expect(kept && readFileSync(join(dir, kept)).equals(spoilt)).toBe(true);
    expect(alarms).toMatchObject([{ severity: 'failed', text: expect.stringContaining(kept ?? 'nothing') as string }]);
  });

  it('refuses a file of a newer version and does not touch it', () => {
    openHistory(dir, now).db.close();
    const newer = new Sqlite(historyFile(dir));
    newer.pragma('user_version = 99');
    newer.close();
    const error = refusal(() => openHistory(dir, now));
    expect(error.code).toBe('newer');
    expect(error.message).toMatch(/newer Gatehouse.*Nothing was changed/);
    expect(readdirSync(dir).some((name) => name.includes('damaged'))).toBe(false);
  });

  it('says locked, not damaged, when another program holds the file', () => {
    openHistory(dir, now).db.close();
    const other = new Sqlite(historyFile(dir));
    other.pragma('journal_mode = DELETE');
    other.exec('BEGIN EXCLUSIVE');
    const error = refusal(() => openHistory(dir, now));
    other.exec('COMMIT');
    other.close();
    expect(error.code).toBe('locked');
    expect(error.message).toMatch(/another program/);
  });
});

describe('migrate', () => {
  const steps = [...migrations, { to: schemaVersion + 1, run: (db: { exec(sql: string): unknown }) => { db.exec('CREATE TABLE later (a)'); } }];

  it('copies an older file before it changes it', () => {
    const { db, file } = openHistory(dir, now);
    db.prepare("INSERT INTO setting VALUES ('theme', '\"dark\"')").run();
    const { backup } = migrate(db, file, now, steps);
    expect(db.pragma('user_version', { simple: true })).toBe(schemaVersion + 1);
    db.close();
    expect(backup !== null && existsSync(backup)).toBe(true);
    copyFileSync(backup ?? '', join(dir, 'copy.db'));
    const copy = openReader(join(dir, 'copy.db'));
    expect(copy.pragma('user_version', { simple: true })).toBe(schemaVersion);
    expect(copy.prepare('SELECT value FROM setting').all()).toEqual([{ value: '"dark"' }]);
    copy.close();
  });

  it('leaves no copy behind when it failed, nor one that an end cut short: each start would fill the disk with another', () => {
    const { db, file } = openHistory(dir, now);
    const broken = [...steps, { to: schemaVersion + 2, run: () => { throw new Error('cannot'); } }];
    writeFileSync(join(dir, `history.v${schemaVersion}.2026-01-01T000000.backup.db.partial`), 'half a copy');
    for (let n = 0; n < 2; n++) expect(() => migrate(db, file, now + n * 1_000_000, broken)).toThrow('cannot');
    expect(readdirSync(dir).filter((name) => name.includes('backup'))).toEqual([]);
    db.close();
  });

  it('changes all or nothing', () => {
    const { db, file } = openHistory(dir, now);
    const broken = [...steps, { to: schemaVersion + 2, run: () => { throw new Error('cannot'); } }];
    expect(() => migrate(db, file, now, broken)).toThrow('cannot');
    expect(db.pragma('user_version', { simple: true })).toBe(schemaVersion);
    expect(db.prepare("SELECT name FROM sqlite_master WHERE name = 'later'").get()).toBeUndefined();
    db.close();
  });
});

describe('the reader\'s handle', () => {
  it('cannot write', () => {
    openHistory(dir, now).db.close();
    const db = openReader(historyFile(dir));
    expect(storeError(catchOf(() => db.prepare('DELETE FROM setting').run())).code).toBe('read_only');
    db.close();
  });
});

function catchOf(run: () => unknown): unknown {
  try {
    run();
  } catch (cause) {
    return cause;
  }
  return null;
}
