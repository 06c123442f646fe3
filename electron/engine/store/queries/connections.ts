/** Connections with what they brought and what was refused; the counts of the status bar. */
import { contentLevel } from '../../../../shared/domain.ts';
import type { Connection, RuntimeLink, StrangerSender } from '../../../../shared/domain.ts';
import { publicId } from '../ids.ts';
import { TALLY } from '../tallies.ts';
import { countOpen } from './alerts.ts';
import { countWaiting } from './approvals.ts';
import { countStops } from './stops.ts';
import { iso, type Reading } from './reading.ts';
import { runtimeLinks } from './runtimes.ts';

interface ConnectionRow {
  readonly id: number; readonly kind: Connection['kind']; readonly name: string; readonly createdUs: number; readonly enabled: number; readonly demo: number; readonly content: string; readonly tokenEnds: string | null;
  readonly firstUs: number | null; readonly lastUs: number | null; readonly bodies: number; readonly bytes: number; readonly spans: number; readonly logs: number; readonly points: number;
}
/** Health needs the receiver's state, which the reader does not know: the engine adds it. */
export type StoredConnection = Omit<Connection, 'health' | 'healthText' | 'endpoint'>;
export interface StoredConnections { readonly rows: StoredConnection[]; readonly strangers: StrangerSender[] }

interface TallyRow { readonly connection: number; readonly what: number; readonly reason: string; readonly count: number; readonly lastUs: number; readonly sample: string | null }

export function listConnections(reading: Reading): StoredConnections {
  const tallies = reading.sql<[], TallyRow>('SELECT connection, what, reason, count, last_us AS lastUs, sample FROM tally ORDER BY count DESC').all();
  const sums = new Map(reading.sql<[], { connection: number; agents: number; activities: number }>(
    'SELECT connection, count(*) AS agents, coalesce(sum(rows), 0) AS activities FROM agent WHERE rows > 0 OR discovered_us IS NOT NULL GROUP BY connection').all().map((row) => [row.connection, row]));
  const rows = reading.sql<[], ConnectionRow>(
    `SELECT id, kind, name, created_us AS createdUs, enabled, demo, content, token_ends AS tokenEnds, first_data_us AS firstUs, last_data_us AS lastUs, bodies, bytes, spans, logs, metric_points AS points
     FROM connection WHERE removed_us IS NULL ORDER BY name COLLATE NOCASE`).all();
  const links = runtimeLinks(reading);
  return { rows: rows.map((row) => connectionOf(row, tallies, sums.get(row.id), links.get(row.id) ?? null)), strangers: listStrangers(reading) };
}

function connectionOf(row: ConnectionRow, tallies: readonly TallyRow[], sums: { agents: number; activities: number } | undefined, runtime: RuntimeLink | null): StoredConnection {
  const mine = tallies.filter((tally) => tally.connection === row.id && tally.count > 0);
  return {
    id: publicId('connection', row.id), kind: row.kind, name: row.name, createdAt: iso(row.createdUs), enabled: row.enabled === 1, demo: row.demo === 1, content: contentLevel.parse(row.content), tokenEnds: row.tokenEnds, runtime,
    firstDataAt: row.firstUs === null ? null : iso(row.firstUs), lastDataAt: row.lastUs === null ? null : iso(row.lastUs), agents: sums?.agents ?? 0, activities: sums?.activities ?? 0,
    received: { bodies: row.bodies, bytes: row.bytes, spans: row.spans, logs: row.logs, metricPoints: row.points },
    refused: mine.filter((tally) => tally.what === TALLY.refused).map((tally) => ({ reason: tally.reason, count: tally.count, lastAt: iso(tally.lastUs), sample: tally.sample })),
    setAside: mine.filter((tally) => tally.what === TALLY.aside).map((tally) => ({ reason: tally.reason, count: tally.count })),
  };
}

function listStrangers(reading: Reading): StrangerSender[] {
  return reading.sql<[], { process: string; pid: number; path: string; count: number; firstUs: number; lastUs: number }>(
    'SELECT process, pid, path, count, first_us AS firstUs, last_us AS lastUs FROM stranger ORDER BY last_us DESC LIMIT 200',
  ).all().map((row) => ({ process: row.process || null, pid: row.pid > 0 ? row.pid : null, path: row.path, count: row.count, firstAt: iso(row.firstUs), lastAt: iso(row.lastUs) }));
}

export interface StoredCounts { readonly newestActivityAt: string | null; readonly connections: number; readonly agents: number; readonly tasks: number; readonly activities: number; readonly openGaps: number; readonly strangers: number; readonly schemaVersion: number; readonly approvalsWaiting: number; readonly stopsOpen: number; readonly stopsFailing: number; readonly alertsOpen: number }

export function counts(reading: Reading): StoredCounts {
  const one = <T>(sql: string): T | undefined => reading.sql<[], T>(sql).get();
  const stops = countStops(reading);
  const newest = one<{ us: number | null }>('SELECT max(ts_us) AS us FROM activity')?.us ?? null;
  return {
    newestActivityAt: newest === null ? null : iso(newest),
    connections: one<{ n: number }>('SELECT count(*) AS n FROM connection WHERE removed_us IS NULL')?.n ?? 0,
    // As the screen lists them: several sources of one agent are one.
    agents: one<{ n: number }>('SELECT count(DISTINCT coalesce(s.head, a.id)) AS n FROM agent a LEFT JOIN agent_stitch s ON s.agent = a.id WHERE a.rows > 0 OR a.discovered_us IS NOT NULL')?.n ?? 0,
    // A task counts once for each agent in the rollups; here each counts once.
    tasks: one<{ n: number }>("SELECT n FROM counted WHERE what = 'tasks'")?.n ?? 0,
    activities: one<{ n: number }>('SELECT coalesce(sum(rows), 0) AS n FROM agent')?.n ?? 0,
    openGaps: one<{ n: number }>('SELECT count(*) AS n FROM gap WHERE to_us IS NULL')?.n ?? 0,
    strangers: one<{ n: number }>('SELECT coalesce(sum(count), 0) AS n FROM stranger')?.n ?? 0,
    schemaVersion: Number(reading.db.pragma('user_version', { simple: true })), approvalsWaiting: countWaiting(reading), stopsOpen: stops.open, stopsFailing: stops.failing, alertsOpen: countOpen(reading),
  };
}
