/**
 * Whom the access fold must look at again: sources of agents by their id, everybody with the credential of a connection by minus its id. Written
 * in the transaction of what changed, so nothing that ends in between loses one. The fold itself finds the head.
 */
import type { WriteDb } from './database.ts';

export function markDirty(db: WriteDb, holders: Iterable<number>): void {
  const add = db.prepare('INSERT OR IGNORE INTO access_dirty (holder) VALUES (?)');
  for (const holder of holders) if (holder !== 0) add.run(holder);
}

/** Whoever holds what a connection offers. */
export function markOffer(db: WriteDb, connection: number): void {
  markDirty(db, [-connection, ...db.prepare<[number], { agent: number }>('SELECT agent FROM grant_holder WHERE connection = ?').all(connection).map((one) => one.agent)]);
}

export function markAll(db: WriteDb): void {
  db.exec('INSERT OR IGNORE INTO access_dirty SELECT id FROM agent UNION SELECT holder FROM access_row UNION SELECT -connection FROM grant_seen WHERE agent = 0');
}
