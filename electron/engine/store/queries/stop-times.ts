/** How long levers took before: from our own orders and drills. */
import type { ScopeFacts } from '../stop-commands.ts';
import type { Reading } from './reading.ts';

/** The newest so many of a lever. */
const mostTimes = 100;

/**
 * From sent to when it held: what is confirmed by silence is confirmed a whole window after the agent was contained. What was never confirmed
 * says nothing.
 */
export function usualTimes(reading: Reading, connections: ReadonlySet<number>): ScopeFacts['usual'] {
  const levers = reading.sql<[number], { leverId: string }>("SELECT DISTINCT lever_id AS leverId FROM stop_lever INDEXED BY stop_lever_times WHERE confirmed = 'yes' AND connection = ?");
  const times = reading.sql<[number, string, number], { sentUs: number; confirmedUs: number; heldUs: number }>(
    `SELECT l.sent_us AS sentUs, l.confirmed_us AS confirmedUs, min(l.confirmed_us, coalesce(o.contained_us, l.confirmed_us)) AS heldUs FROM stop_lever l INDEXED BY stop_lever_times JOIN stop_order o ON o.id = l.stop
      WHERE l.confirmed = 'yes' AND l.connection = ? AND l.lever_id = ? AND l.confirmed_us IS NOT NULL AND l.sent_us IS NOT NULL ORDER BY l.confirmed_us DESC LIMIT ?`);
  return [...connections].flatMap((connection) => levers.all(connection).flatMap(({ leverId }) => {
    const rows = times.all(connection, leverId, mostTimes);
    const [newest] = rows;
    if (newest === undefined) return [];
    const took = rows.map((row) => Math.max(0, row.heldUs - row.sentUs) / 1_000).toSorted((one, two) => one - two);
    return [{ connection, leverId, p50Ms: took[Math.floor((took.length - 1) / 2)] ?? 0, mostMs: took.at(-1) ?? 0, times: took.length, newestUs: newest.confirmedUs }];
  }));
}
