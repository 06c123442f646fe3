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

/** Everybody whom a connection tells of, and whoever holds what it offers. */
export function markConnection(db: WriteDb, connection: number): void {
  markDirty(db, db.prepare<[number], number>('SELECT id FROM agent WHERE connection = ?').pluck().all(connection));
  markOffer(db, connection);
}

/** Others whose findings name these, or who share with them: by a credential (also `moved` ones, that they hold no longer) or by an offer. `head` 0: every one of them is another. */
export function markAround(db: WriteDb, agents: readonly number[], head: number, moved: readonly number[] = []): void {
  const marks = agents.map(() => '?').join(', ');
  const credentials = [...new Set([...moved, ...db.prepare<number[], number>(`SELECT credential FROM agent_credential WHERE agent IN (${marks})`).pluck().all(...agents)])];
  const holders = db.prepare<[number], number>('SELECT agent FROM agent_credential WHERE credential = ?').pluck();
  const connections = db.prepare<number[], number>(`SELECT DISTINCT connection FROM grant_holder WHERE agent IN (${marks})`).pluck().all(...agents);
  const offered = db.prepare<[number], number>('SELECT agent FROM grant_holder WHERE connection = ?').pluck();
  const others = new Set([...credentials.flatMap((credential) => holders.all(credential)), ...connections.flatMap((connection) => offered.all(connection))]);
  if (head !== 0) for (const agent of [head, ...agents]) others.delete(agent);
  markDirty(db, [...others, ...connections.map((connection) => -connection)]);
}

export function markAll(db: WriteDb): void {
  db.exec('INSERT OR IGNORE INTO access_dirty SELECT id FROM agent UNION SELECT holder FROM access_row UNION SELECT -connection FROM grant_seen WHERE agent = 0');
}
