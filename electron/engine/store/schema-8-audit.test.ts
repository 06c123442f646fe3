/** A file of version 7 with a log gets it chained, entry by entry as it stands. */
import { expect, it } from 'vitest';
import { emptyLog } from '../audit/chain.ts';
import { LogCheck } from '../audit/log-check.ts';
import { readHead } from './audit-head.ts';
import { readKeptEntries } from './audit-read.ts';
import type { WriteDb } from './database.ts';
import { migrations } from './migrations.ts';
import { olderFile, type OlderFile } from './test-older.ts';

function oldFile(entries: number): OlderFile {
  const older = olderFile(7);
  const { db } = older;
  const add = db.prepare("INSERT INTO audit_entry (at_us, actor, actor_kind, action, subject, outcome, text, details) VALUES (?, ?, 'desktop', 'stop.order', ?, 'asked', ?, ?)");
  db.transaction(() => {
    for (let n = 1; n <= entries; n++) add.run(n * 1_000_001, `ann ${n}`, n % 2 === 0 ? null : 'stp-1', `Text ${n} ⚠ \u0000 \ud800`, JSON.stringify({ n }));
  })();
  return older;
}

function whole(db: WriteDb): boolean {
  const checking = new LogCheck({ seals: [], keys: [], end: { size: readHead(db)?.frontier.size ?? -1, last: readHead(db)?.last ?? '' } });
  for (const entry of readKeptEntries(db, 0)) checking.take(entry);
  return checking.end().length === 0;
}

it('takes the entries of before into the chain and says how many they were', () => {
  const { db, up } = oldFile(1_203);
  const before = db.prepare('SELECT id, at_us, actor, actor_kind, action, subject, outcome, text, details FROM audit_entry').all();
  expect(up().from).toBe(7);
  expect([db.pragma('user_version', { simple: true }), db.pragma('quick_check', { simple: true })]).toEqual([migrations.length, 'ok']);
  expect(db.prepare('SELECT id, at_us, actor, actor_kind, action, subject, outcome, text, details FROM audit_entry WHERE id <= 1203').all()).toEqual(before);
  const [last] = db.prepare<[], { id: number; action: string; details: string; text: string }>('SELECT id, action, details, text FROM audit_entry ORDER BY id DESC LIMIT 1').all();
  expect(last).toMatchObject({ id: 1_204, action: 'audit.began', details: '{"entries":1203,"lastNumber":1203}' });
  expect(whole(db)).toBe(true);
  expect(() => db.exec('DELETE FROM audit_entry')).toThrow(/append-only/);
});

it('numbers anew where numbers were without an entry, and says so', () => {
  const { db, up } = oldFile(9);
  db.exec('DROP TRIGGER audit_no_delete; DELETE FROM audit_entry WHERE id IN (3, 4)');
  up();
  expect(db.prepare<[], { id: number; actor: string }>('SELECT id, actor FROM audit_entry WHERE id < 8 ORDER BY id').all().map((row) => `${row.id} ${row.actor}`)).toEqual(['1 ann 1', '2 ann 2', '3 ann 5', '4 ann 6', '5 ann 7', '6 ann 8', '7 ann 9']);
  expect(db.prepare<[], { text: string }>('SELECT text FROM audit_entry WHERE id = 8').get()?.text).toContain('2 numbers among them had no entry');
  expect(whole(db)).toBe(true);
});

it('begins with nothing in a new file', () => {
  const { db, up } = oldFile(0);
  up();
  expect([readHead(db), db.prepare('SELECT count(*) AS n FROM audit_entry').get()]).toEqual([emptyLog, { n: 0 }]);
});
