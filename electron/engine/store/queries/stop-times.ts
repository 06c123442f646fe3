/** How long levers took before: from our own orders and drills. */
import type { ScopeFacts } from '../stop-commands.ts';
import type { Reading } from './reading.ts';

/** The newest so many of a lever. */
const mostTimes = 100;

/** From sent to confirmed; what was never confirmed says nothing. */
export function usualTimes(reading: Reading, connections: ReadonlySet<number>): ScopeFacts['usual'] {
  const levers = reading.sql<[number], { leverId: string }>("SELECT DISTINCT lever_id AS leverId FROM stop_lever INDEXED BY stop_lever_times WHERE confirmed = 'yes' AND connection = ?");
  const times = reading.sql<[number, string, number], { sentUs: number; confirmedUs: number }>(
    "SELECT sent_us AS sentUs, confirmed_us AS confirmedUs FROM stop_lever INDEXED BY stop_lever_times WHERE confirmed = 'yes' AND connection = ? AND lever_id = ? AND confirmed_us IS NOT NULL AND sent_us IS NOT NULL ORDER BY confirmed_us DESC LIMIT ?");
  return [...connections].flatMap((connection) => levers.all(connection).flatMap(({ leverId }) => {
    const rows = times.all(connection, leverId, mostTimes);
    const [newest] = rows;
    if (newest === undefined) return [];
    const took = rows.map((row) => Math.max(0, row.confirmedUs - row.sentUs) / 1_000).toSorted((one, two) => one - two);
    return [{ connection, leverId, p50Ms: took[Math.floor((took.length - 1) / 2)] ?? 0, mostMs: took.at(-1) ?? 0, times: took.length, newestUs: newest.confirmedUs }];
  }));
}
