import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { AnyDb } from './database.ts';
import { Reading } from './queries/reading.ts';
import { SCHEMA_1 } from './schema.ts';
import { shared, statement } from './statements.ts';

const text = 'SELECT value AS id FROM json_each(?)';

it('is asked in one way by one and in another by the next, and each gets what it asked for', () => {
  const db = new Database(':memory:');
  db.exec(SCHEMA_1);
  const reading = new Reading(db as unknown as ConstructorParameters<typeof Reading>[0]);
  for (const of of [() => shared<[string], unknown>(db as unknown as AnyDb, text), () => statement<[string], unknown>(db as unknown as AnyDb, text), () => reading.sql<[string], unknown>(text)]) {
    const own = of();
    for (let again = 0; again < 2; again += 1) {
      expect(own.pluck().all('[1,2]')).toEqual([1, 2]);
      expect(of().all('[1,2]')).toEqual([{ id: 1 }, { id: 2 }]);
      expect(of().raw().get('[1]')).toEqual([1]);
      expect(of().get('[1]')).toEqual({ id: 1 });
    }
    expect(own.raw()).toBe(own.raw());
  }
  db.close();
});
