/** A file of version 8 knows which of its days are over, and what comes and goes behind a credential is said to whoever keeps it. */
import { expect, it } from 'vitest';
import type { WriteDb } from './database.ts';
import { olderFile } from './test-older.ts';

const total = 'INSERT INTO hour_total (hour, connection, currency, tasks, activities, failures, denials, input, output, cache_read, cache_write, reasoning, micros, priced, unpriced) VALUES (?, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)';

it('opens the newest day of an older file, and none of the future', () => {
  const [empty, lately, ahead] = [olderFile(8), olderFile(8), olderFile(8)];
  lately.db.prepare(total).run(20_000 * 24 + 5);
  ahead.db.prepare(total).run(99_000 * 24);
  for (const { up } of [empty, lately, ahead]) up(9);
  const turn = (db: WriteDb): unknown => db.prepare('SELECT open, n FROM day_turn').get();
  expect(turn(empty.db)).toBeUndefined();
  expect(turn(lately.db)).toEqual({ open: 20_000, n: 0 });
  expect(turn(ahead.db)).toEqual({ open: Math.floor(Date.now() / 86_400_000), n: 0 });
});

it('counts up what stands behind columns when a grant of a credential comes or goes', () => {
  const { db, up } = olderFile(8);
  const put = (name: string, credential: number | null): void => { db.prepare("INSERT INTO grant_seen (connection, agent, kind, name, source, first_us, last_us, credential) VALUES (1, 1, 'scope', ?, 's', 1, 1, ?)").run(name, credential); };
  put('carried', 7);
  put('own', null);
  up(9);
  const turn = (): number => db.prepare<[], number>('SELECT n FROM access_turn WHERE holder = 0').pluck().get() ?? 0;
  db.exec("UPDATE grant_seen SET gone_us = 5, last_us = 5 WHERE name = 'own'");
  db.exec("UPDATE grant_seen SET last_us = 5 WHERE name = 'carried'");
  expect(turn()).toBe(0);
  db.exec("UPDATE grant_seen SET gone_us = 5 WHERE name = 'carried'");
  expect(turn()).toBe(1);
  db.exec("UPDATE grant_seen SET gone_us = 6 WHERE name = 'carried'");
  expect(turn()).toBe(1);
  db.exec("UPDATE grant_seen SET gone_us = NULL WHERE name = 'carried'");
  expect(turn()).toBe(2);
  db.exec("UPDATE grant_seen SET credential = 8 WHERE name = 'own'");
  expect(turn()).toBe(3);
});
