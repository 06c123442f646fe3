import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReader } from './database.ts';
import { Folding } from './folding.ts';
import { TestHistory } from './test-history.ts';

let history: TestHistory;
let folding: Folding;
const pages = 20;
beforeEach(() => {
  history = new TestHistory();
  folding = new Folding(history.db, pages);
});
afterEach(async () => {
  await folding.close();
  history.close();
});

const log = (): { log: number; checkpointed: number } => (history.db.pragma('wal_checkpoint(NOOP)') as [{ log: number; checkpointed: number }])[0];
const write = (): void => { history.db.prepare('INSERT INTO payload (format, codec, body, used) VALUES (1, 1, ?, 1)').run(Buffer.alloc(30_000)); };

/** Writes and steps as the writer does, until it is so. */
async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 8_000; !holds();) {
    if (Date.now() > end) throw new Error(`the log has ${JSON.stringify(log())}`);
    write();
    folding.step();
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
}

describe('the log', () => {
  it('is folded in and begun anew, again and again', async () => {
    for (let round = 0; round < 3; round += 1) {
      await until(() => log().log > pages);
      await until(() => log().log < pages);
    }
    expect(history.db.pragma('quick_check', { simple: true })).toBe('ok');
  });

  it('waits for a reader that looks at an old state, and goes on when it is gone', async () => {
    const reader = openReader(history.db.name);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM payload').get();
    write();
    await until(() => log().log > pages * 3);
    expect(log().checkpointed).toBeLessThan(log().log);
    reader.exec('COMMIT');
    reader.close();
    await until(() => log().log < pages);
  });

  it('is gone when the writer has closed the file', async () => {
    await until(() => log().log > pages);
    await until(() => log().log < pages);
    await folding.close();
    const { name } = history.db;
    history.db.close();
    expect([existsSync(name), existsSync(`${name}-wal`)]).toEqual([true, false]);
  });
});
