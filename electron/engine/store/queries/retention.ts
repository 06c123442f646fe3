/** Periods, what they would let go, holds, jobs and erasures, as screens show them. */
import { scryptSync } from 'node:crypto';
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { Chore, Erasure, Hold, HoldScope, RetentionPolicy } from '../../../../shared/retention.ts';
import { US_HOUR } from '../codes.ts';
import { readSettings } from '../commands.ts';
import { replacementOf } from '../erasure.ts';
import { heldNow } from '../holds.ts';
import { headOf, membersOf } from '../heads.ts';
import { publicId, rowIdOf } from '../ids.ts';
import { samePerson } from '../person-matcher.ts';
import { cutoffOf, daysByConnection } from '../retention-plan.ts';
import type { ChoreRow } from '../retention-commands.ts';
import { iso, type Reading } from './reading.ts';

interface AgentRow { readonly id: number; readonly connection: number; readonly rows: number; readonly firstUs: number; readonly lastUs: number }
interface Due { due: number; held: number }

/** What is past its time, by agent: first and last times spare counting where they say it already. */
function dueOf(reading: Reading, { id, rows, firstUs, lastUs }: AgentRow, beforeUs: number): number {
  if (firstUs >= beforeUs) return 0;
  if (lastUs < beforeUs) return rows;
  return reading.sql<[number, number], { n: number }>('SELECT count(*) AS n FROM activity INDEXED BY activity_agent WHERE agent = ? AND ts_us < ?').get(id, beforeUs)?.n ?? 0;
}

interface Gone { readonly activities: number; readonly newestUs: number }

/**
 * Of connections, what is past its time, from sums by hour: counting the rows themselves takes as long as there are rows. The sums stay when rows go, so they
 * are only taken where all that is missing is known to have gone, and to have been older than that time; null: it must be counted.
 */
function dueBySums(reading: Reading, agents: ReadonlyMap<number, readonly AgentRow[]>, cutoffs: ReadonlyMap<number, number>): (connection: number) => number | null {
  const hours = [...new Set([...cutoffs.values()].map((us) => us / US_HOUR))].toSorted((a, b) => a - b);
  const told = reading.sql<[number, number], [number, number]>('SELECT connection, sum(activities) FROM hour_total WHERE hour >= ? AND hour < ? GROUP BY connection').raw();
  const stretches = [0, ...hours].map((from, at) => ({ from, sums: new Map(told.all(from, hours[at] ?? Number.MAX_SAFE_INTEGER)) }));
  const gone = new Map(reading.sql<[], Gone & { connection: number }>('SELECT connection, activities, newest_us AS newestUs FROM retention_gone').all().map((one) => [one.connection, one]));
  return (connection) => {
    const before = (hour: number): number => stretches.reduce((sum, { from, sums }) => sum + (from < hour ? sums.get(connection) ?? 0 : 0), 0);
    const cutoff = cutoffs.get(connection) ?? 0;
    const went = gone.get(connection) ?? { activities: 0, newestUs: -1 };
    const rows = (agents.get(connection) ?? []).reduce((sum, agent) => sum + agent.rows, 0);
    return went.newestUs < cutoff && before(Number.MAX_SAFE_INTEGER) - rows === went.activities ? before(cutoff / US_HOUR) - went.activities : null;
  };
}

const undecided = ({ firstUs, lastUs }: AgentRow, beforeUs: number): boolean => firstUs < beforeUs && lastUs >= beforeUs;

function dueByConnection(reading: Reading, days: ReadonlyMap<number, number | null>, nowUs: number): Map<number, Due> {
  const held = heldNow(reading.db);
  const agents = Map.groupBy(reading.sql<[], AgentRow>('SELECT id, connection, rows, first_us AS firstUs, last_us AS lastUs FROM agent WHERE rows > 0').all(), (agent) => agent.connection);
  const cutoffs = new Map([...days].flatMap(([connection, own]): [number, number][] => (own === null ? [] : [[connection, cutoffOf(nowUs, own)]])));
  const sums = [...agents].some(([connection, own]) => own.some((agent) => undecided(agent, cutoffs.get(connection) ?? 0))) ? dueBySums(reading, agents, cutoffs) : null;
  return new Map([...agents].map(([connection, own]): [number, Due] => {
    const beforeUs = cutoffs.get(connection);
    if (beforeUs === undefined) return [connection, { due: 0, held: 0 }];
    const counted = (some: readonly AgentRow[]): number => some.reduce((sum, agent) => sum + dueOf(reading, agent, beforeUs), 0);
    const all = sums?.(connection) ?? counted(own);
    const kept = held.everything ? all : counted(own.filter((agent) => held.agents.has(agent.id)));
    return [connection, { due: all - kept, held: kept }];
  }));
}

interface PolicyRow { readonly id: number; readonly name: string; readonly kind: string; readonly removedUs: number | null; readonly own: number | null; readonly days: number | null; readonly beforeUs: number | null; readonly gone: number | null; readonly activities: number; readonly oldestUs: number | null }

export function listPolicies(reading: Reading, nowUs: number): Result<'retention.policies'> {
  const generalDays = readSettings(reading.db).retentionDays;
  const days = daysByConnection(reading.db, generalDays);
  const due = dueByConnection(reading, days, nowUs);
  const rows = reading.sql<[], PolicyRow>(`SELECT c.id, c.name, c.kind, c.removed_us AS removedUs, p.connection AS own, p.days, g.before_us AS beforeUs, g.activities AS gone,
    (SELECT coalesce(sum(rows), 0) FROM agent a WHERE a.connection = c.id) AS activities, (SELECT min((SELECT min(ts_us) FROM activity INDEXED BY activity_agent WHERE agent = a.id)) FROM agent a WHERE a.connection = c.id AND a.rows > 0) AS oldestUs
    FROM connection c LEFT JOIN retention_period p ON p.connection = c.id LEFT JOIN retention_gone g ON g.connection = c.id ORDER BY c.removed_us IS NOT NULL, c.name COLLATE NOCASE, c.id`).all();
  return { generalDays, rows: rows.map((row): RetentionPolicy => ({
    connectionId: publicId('connection', row.id), connectionName: row.name, kind: row.kind, removed: row.removedUs !== null, period: row.own === null ? 'general' : row.days ?? 'forever', days: days.get(row.id) ?? null,
    activities: row.activities, oldestAt: row.oldestUs === null ? null : iso(row.oldestUs), due: due.get(row.id)?.due ?? 0, held: due.get(row.id)?.held ?? 0,
    goneBefore: row.beforeUs === null || row.beforeUs === 0 ? null : iso(row.beforeUs), gone: row.gone ?? 0,
  })) };
}

export function previewRetention(reading: Reading, { days, change }: ParsedParams<'retention.preview'>, nowUs: number): Result<'retention.preview'> {
  const connection = change === undefined ? null : rowIdOf('connection', change.connectionId);
  const general = days === undefined ? readSettings(reading.db).retentionDays : days;
  const periods = daysByConnection(reading.db, general, change === undefined || connection === null ? null : { connection, period: change.period });
  const due = dueByConnection(reading, periods, nowUs);
  const names = new Map(reading.sql<[], { id: number; name: string }>('SELECT id, name FROM connection ORDER BY name COLLATE NOCASE, id').all().map((row) => [row.id, row.name]));
  const rows = [...names].flatMap(([id, name]) => {
    const one = due.get(id);
    return one === undefined || one.due + one.held === 0 ? [] : [{ connectionId: publicId('connection', id), connectionName: name, days: periods.get(id) ?? null, activities: one.due, held: one.held }];
  });
  const oldest = reading.sql<[], { us: number | null }>('SELECT min(ts_us) AS us FROM activity').get()?.us ?? null;
  return { activities: rows.reduce((sum, row) => sum + row.activities, 0), held: rows.reduce((sum, row) => sum + row.held, 0), oldest: oldest === null ? null : iso(oldest), rows };
}

interface HoldRow { readonly id: number; readonly connection: number | null; readonly agent: number | null; readonly name: string; readonly reason: string; readonly placedUs: number; readonly placedBy: string; readonly liftedUs: number | null; readonly liftedBy: string | null; readonly liftReason: string | null }

export function listHolds(reading: Reading, { lifted }: ParsedParams<'holds.list'>, nowUs: number): Result<'holds.list'> {
  const rows = reading.sql<[], HoldRow>(`SELECT id, connection, agent, name, reason, placed_us AS placedUs, placed_by AS placedBy, lifted_us AS liftedUs, lifted_by AS liftedBy, lift_reason AS liftReason FROM hold ${lifted ? '' : 'WHERE lifted_us IS NULL'} ORDER BY lifted_us IS NOT NULL, id DESC LIMIT 1000`).all();
  const days = daysByConnection(reading.db, readSettings(reading.db).retentionDays);
  return { rows: rows.map((row) => holdOf(reading, row, days, nowUs)) };
}

function holdOf(reading: Reading, row: HoldRow, days: ReadonlyMap<number, number | null>, nowUs: number): Hold {
  const scope: HoldScope = row.connection !== null ? { kind: 'connection', id: publicId('connection', row.connection) } : row.agent !== null ? { kind: 'agent', id: publicId('agent', headOf(reading.db, row.agent)) } : { kind: 'everything' };
  const members = row.agent === null ? null : new Set(membersOf(reading.db, headOf(reading.db, row.agent)));
  const agents = reading.sql<[], AgentRow>('SELECT id, connection, rows, first_us AS firstUs, last_us AS lastUs FROM agent WHERE rows > 0').all().filter((one) => (row.connection === null || one.connection === row.connection) && (members === null || members.has(one.id)));
  const due = agents.reduce((sum, one) => {
    const own = days.get(one.connection) ?? null;
    return sum + (own === null ? 0 : dueOf(reading, one, cutoffOf(nowUs, own)));
  }, 0);
  return {
    id: publicId('hold', row.id), scope, scopeName: scope.kind === 'everything' ? 'Everything' : row.name, reason: row.reason, placedAt: iso(row.placedUs), placedBy: row.placedBy,
    liftedAt: row.liftedUs === null ? null : iso(row.liftedUs), liftedBy: row.liftedBy, liftReason: row.liftReason, activities: agents.reduce((sum, one) => sum + one.rows, 0), due: row.liftedUs === null ? due : 0,
  };
}

const choreColumns = 'id, kind, state, by, started_us AS startedUs, ended_us AS endedUs, step, done, total, activities, freed, error';
const choreOf = (row: ChoreRow): Chore => ({
  id: publicId('chore', row.id), kind: row.kind, state: row.state, by: row.by, startedAt: iso(row.startedUs), endedAt: row.endedUs === null ? null : iso(row.endedUs), step: row.step, done: row.done, of: row.total, activities: row.activities, freedBytes: row.freed, error: row.error,
});

export function listChores(reading: Reading, { limit }: ParsedParams<'retention.chores'>): Result<'retention.chores'> {
  return { rows: reading.sql<[number], ChoreRow>(`SELECT ${choreColumns} FROM chore ORDER BY id DESC LIMIT ?`).all(limit).map(choreOf) };
}

/** One job, also one that is not among the newest; null: it left no trace, since it had nothing to do. */
export function choreFact(reading: Reading, { id }: { readonly id: number }): Chore | null {
  const row = reading.sql<[number], ChoreRow>(`SELECT ${choreColumns} FROM chore WHERE id = ?`).get(id);
  return row === undefined ? null : choreOf(row);
}

interface ErasureRow { readonly id: number; readonly chore: number; readonly reason: string; readonly salt: string; readonly hashes: string; readonly found: string; readonly remains: string }

export function listErasures(reading: Reading, { person, limit }: ParsedParams<'erasure.list'>): Result<'erasure.list'> {
  const rows = reading.sql<[number], ErasureRow>('SELECT id, chore, reason, salt, hashes, found, remains FROM erasure ORDER BY id DESC LIMIT ?').all(limit);
  return { rows: rows.flatMap((row): Erasure[] => {
    const chore = choreFact(reading, { id: row.chore });
    if (chore === null) return [];
    const hashes = JSON.parse(row.hashes) as string[];
    return [{
      id: publicId('erasure', row.id), number: row.id, chore, replacement: replacementOf(row.id), reason: row.reason, salt: row.salt, hashes, found: JSON.parse(row.found) as Erasure['found'], remains: JSON.parse(row.remains) as Erasure['remains'],
      matches: person === undefined ? null : hashes.includes(personHash(person, row.salt)),
    }];
  }) };
}

/** SECURITY: slow, so that going through a list of names takes somebody long; the salt is another for each erasure. */
export function personHash(person: string, salt: string): string {
  return scryptSync(samePerson(person), salt, 32, { N: 16_384, r: 8, p: 1 }).toString('hex');
}
