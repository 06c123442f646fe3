/** For tests of migrations: a file as an earlier version made it, in a folder of its own, closed and removed when the test is over. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openWriter, type WriteDb } from './database.ts';
import { migrate, migrations } from './migrations.ts';
import { historyFile } from './open.ts';

const upgradedUs = 1_000_000;

/** `up`: brings it to that version, or to the newest. */
export interface OlderFile { readonly dir: string; readonly db: WriteDb; readonly file: string; readonly up: (to?: number) => ReturnType<typeof migrate> }

/** As that version made it, with nothing in it. */
export function olderFile(version: number): OlderFile {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-schema-'));
  const file = historyFile(dir);
  const db = openWriter(file);
  onTestFinished(() => {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  });
  migrate(db, file, 0, migrations.filter((step) => step.to <= version));
  return { dir, db, file, up: (to = migrations.length) => migrate(db, file, upgradedUs, migrations.filter((step) => step.to <= to)) };
}
