import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WriteDb } from '../database.ts';
import { ManyRows } from './many-rows.ts';

describe('rows inserted several at a time', () => {
  let db: WriteDb;
  let rows: ManyRows;
  const there = (): unknown[] => db.prepare('SELECT id, word, none FROM line ORDER BY rowid').raw().all();

  beforeEach(() => {
    db = new Sqlite(':memory:') as unknown as WriteDb;
    db.exec('CREATE TABLE line (id INTEGER NOT NULL, word TEXT NOT NULL UNIQUE, none INTEGER NOT NULL) STRICT');
    rows = new ManyRows(db, { table: 'line', columns: ['id', 'word', 'none'], given: ['?', '?', '0'] });
  });
  afterEach(() => { db.close(); });

  it('are all there after flush, in the order in which they came', () => {
    for (const count of [1, 7, 8, 9, 23]) {
      db.exec('DELETE FROM line');
      const all = Array.from({ length: count }, (_, at) => [100 - at, `w${at}`, 0]);
      for (const [id, word] of all) rows.add(id as number, word as string);
      rows.flush();
      expect(there()).toEqual(all);
      rows.flush();
      expect(there()).toHaveLength(count);
    }
  });

  it('are not written once a transaction that failed is forgotten', () => {
    rows.add(1, 'one');
    rows.add(2, 'two');
    rows.forget();
    rows.add(3, 'three');
    rows.flush();
    expect(there()).toEqual([[3, 'three', 0]]);
  });

  it('that failed do not wait on', () => {
    for (const word of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) rows.add(1, word);
    expect(() => rows.add(2, 'a')).toThrow('UNIQUE');
    db.exec('DELETE FROM line');
    rows.flush();
    expect(there()).toEqual([]);
  });
});
