/** What could be seen of each connection within a report's period, and what could not, to the microsecond and without a limit. */
import type { Completeness } from '../../../../shared/reports.ts';
import { publicId } from '../ids.ts';
import { TALLY } from '../tallies.ts';
import { iso, type Reading } from './reading.ts';
import { oneOf } from './report-part.ts';
import type { Selection } from './report-scope.ts';

interface Connection { readonly id: number; readonly name: string; readonly kind: string; readonly content: string; readonly createdUs: number; readonly removedUs: number | null; readonly firstUs: number | null }
interface Unseen { readonly fromUs: number; readonly toUs: number; readonly reason: string; readonly text: string }
interface Counted { readonly connection: number; readonly agents: number; readonly records: number; readonly firstUs: number | null; readonly lastUs: number | null }

/** So many are listed of each connection; the rest is counted, and the report of gaps has all. */
const mostListed = 100;

export interface SeenConnection { readonly id: number; readonly content: string; readonly records: number; readonly agents: number; readonly lengthUs: number; readonly unseenUs: number; readonly periods: number; readonly row: Completeness['connections'][number] }

export function connectionsSeen(reading: Reading, selection: Selection): SeenConnection[] {
  const counted = new Map(activityCounts(reading, selection).map((one) => [one.connection, one]));
  return connectionsOf(reading, selection).map((connection) => seenOf(reading, selection, connection, counted.get(connection.id) ?? { connection: connection.id, agents: 0, records: 0, firstUs: null, lastUs: null }));
}

/** Those that were there within the period, or that told of it. */
function connectionsOf(reading: Reading, { connections, fromUs, toUs }: Selection): Connection[] {
  const own = oneOf('c.id', connections);
  const all = reading.sql<(string | number)[], Connection>(`SELECT c.id, c.name, c.kind, c.content, c.created_us AS createdUs, c.removed_us AS removedUs, (SELECT min(a.first_us) FROM agent a WHERE a.connection = c.id AND a.rows > 0) AS firstUs FROM connection c WHERE ${own.sql} ORDER BY c.id`).all(...own.values);
  return all.filter(({ createdUs, firstUs, removedUs }) => Math.min(createdUs, firstUs ?? createdUs) < toUs && (removedUs === null || removedUs > fromUs));
}

/** Along each agent's own index: nothing but the index is read. */
export function activityCounts(reading: Reading, { agents, fromUs, toUs }: Selection): Counted[] {
  const own = oneOf('g.id', agents);
  const within = 'a.agent = g.id AND a.ts_us >= p.fromUs AND a.ts_us < p.toUs';
  return reading.sql<(string | number)[], Counted>(`WITH p (fromUs, toUs) AS (SELECT ?, ?) SELECT connection, count(*) AS agents, sum(n) AS records, min(least) AS firstUs, max(most) AS lastUs FROM (
    SELECT g.connection, (SELECT count(*) FROM activity a WHERE ${within}) AS n, (SELECT min(a.ts_us) FROM activity a WHERE ${within}) AS least, (SELECT max(a.ts_us) FROM activity a WHERE ${within}) AS most FROM p, agent g WHERE ${own.sql}
  ) WHERE n > 0 GROUP BY connection`).all(fromUs, toUs, ...own.values);
}

function seenOf(reading: Reading, { fromUs, toUs, nowUs }: Selection, connection: Connection, { agents, records, firstUs, lastUs }: Counted): SeenConnection {
  const endUs = Math.max(fromUs, Math.min(toUs, nowUs));
  const sinceUs = Math.min(connection.createdUs, connection.firstUs ?? connection.createdUs);
  const unseen = [
    ...(sinceUs > fromUs ? [{ fromUs, toUs: Math.min(sinceUs, endUs), reason: 'not_connected', text: 'It was not connected yet.' }] : []),
    ...gapsOf(reading, connection.id, Math.max(fromUs, sinceUs), Math.min(endUs, connection.removedUs ?? endUs)),
    ...(connection.removedUs !== null && connection.removedUs < endUs ? [{ fromUs: Math.max(fromUs, connection.removedUs), toUs: endUs, reason: 'removed', text: 'The connection was removed.' }] : []),
  ].filter((one) => one.toUs > one.fromUs);
  const lengthUs = endUs - fromUs;
  const unseenUs = covered(unseen);
  return {
    id: connection.id, content: connection.content, records, agents, lengthUs, unseenUs, periods: unseen.length,
    row: {
      connectionId: publicId('connection', connection.id), connectionName: connection.name, kind: connection.kind, records, seenPercent: percent(lengthUs - unseenUs, lengthUs), firstAt: firstUs === null ? null : iso(firstUs), lastAt: lastUs === null ? null : iso(lastUs),
      refused: refusedOf(reading, connection.id, fromUs), notSeen: unseen.slice(0, mostListed).map((one) => ({ from: iso(one.fromUs), to: iso(one.toUs), reason: one.reason, text: one.text })), moreNotSeen: Math.max(0, unseen.length - mostListed),
    },
  };
}

/** Rounded down: what was not wholly seen is never 100 %. */
export const percent = (part: number, whole: number): number => (whole <= 0 ? 100 : Math.floor((part / whole) * 10_000) / 100);

function gapsOf(reading: Reading, connection: number, fromUs: number, toUs: number): Unseen[] {
  return reading.sql<number[], Unseen & { toUs: number | null }>('SELECT from_us AS fromUs, to_us AS toUs, reason, text FROM gap WHERE (connection IS NULL OR connection = ?) AND from_us < ? AND (to_us IS NULL OR to_us > ?) ORDER BY from_us, id').all(connection, toUs, fromUs)
    .map((gap) => ({ ...gap, fromUs: Math.max(gap.fromUs, fromUs), toUs: Math.min(gap.toUs ?? toUs, toUs) }));
}

/** Two reasons for the same minute are one minute. */
function covered(periods: readonly Unseen[]): number {
  let total = 0;
  let upTo = -Infinity;
  for (const { fromUs, toUs } of periods.toSorted((one, two) => one.fromUs - two.fromUs)) {
    total += Math.max(0, toUs - Math.max(fromUs, upTo));
    upTo = Math.max(upTo, toUs);
  }
  return total;
}

/** When each was refused is not kept, only the last time of each reason: at most so many within the period. */
const refusedOf = (reading: Reading, connection: number, fromUs: number): number => reading.sql<number[], { n: number }>('SELECT coalesce(sum(count), 0) AS n FROM tally WHERE connection = ? AND what = ? AND last_us >= ?').get(connection, TALLY.refused, fromUs)?.n ?? 0;
