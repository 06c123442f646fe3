/** When a connection could be seen. Periods that touch become one: the table stays as small as the number of interruptions. */
import type { WriteDb } from './database.ts';

export function extendSeenOf(db: WriteDb, connection: number, fromUs: number, toUs: number): void {
  const present = db.prepare<[number], { from: number; to: number }>('SELECT from_us AS "from", to_us AS "to" FROM seen WHERE connection = ? ORDER BY from_us DESC LIMIT 1').get(connection);
  if (present !== undefined && present.to >= fromUs) db.prepare('UPDATE seen SET to_us = ? WHERE connection = ? AND from_us = ?').run(Math.max(present.to, toUs), connection, present.from);
  else if (toUs > fromUs) db.prepare('INSERT OR IGNORE INTO seen (connection, from_us, to_us) VALUES (?, ?, ?)').run(connection, fromUs, toUs);
}

/** The receiver listened: every connection that sends to it could be heard. A runtime that is asked is seen when its poll went well. */
export function extendSeen(db: WriteDb, { fromUs, toUs }: { fromUs: number; toUs: number }): { connections: number } {
  const connections = db.prepare<[], { id: number; created: number }>("SELECT id, created_us AS created FROM connection WHERE kind = 'otlp' AND enabled = 1 AND removed_us IS NULL").all();
  for (const { id, created } of connections) extendSeenOf(db, id, Math.max(fromUs, created), toUs);
  return { connections: connections.length };
}
