/** What an agent did after a stop was commanded, as far as the history tells it. */
import type { LandedAct } from '../../../shared/stop.ts';
import { KIND, kindWord, STATUS, statusWord } from './codes.ts';
import type { WriteDb } from './database.ts';
import { publicId } from './ids.ts';
import { countBegun, longEnded, rowsBegun, shortBefore, textId, type Asking, type StopRow, type Watched } from './stop-rows.ts';

/** `toUs`: from then on it may act again, or nobody counts it against the order. */
export interface LandedPeriod { readonly fromUs: number; readonly toUs: number }
export interface Landed { readonly count: number; readonly rows: readonly StopRow[] }

export const mostLanded = 200;
/** Beyond this the number says no more than that it did not stop. */
export const mostCounted = 2_000;

/** An act that begins as the command is given was not yet to be stopped. */
const graceUs = 500_000;

/** Instants by which A2A servers tell a state: these tell that it was stopped, which is no act. */
const stoppedStates = ['canceled', 'cancelled', 'rejected'];
const endedStates = ['completed', 'failed'];
const stateSources = ['a2a/task', 'a2a/message'];

interface Condition { readonly where: string; readonly values: readonly number[] }

/**
 * Began after the command; or ended well or badly after it, though begun before. Lines that only say how a run ended are no acts: a run's own that says
 * "cancelled" or broke off, a state by which a server says the same.
 */
function actCondition(asking: Asking, fromUs: number): Condition {
  const ids = (texts: readonly string[]): string => texts.map((text) => textId(asking, text) ?? -1).join(', ');
  const own = `a.kind = ${KIND.lifecycle} AND (a.status = ${STATUS.cancelled} OR (a.dur_us = 0 AND a.name IN (${ids(stoppedStates)}) AND a.source IN (${ids(stateSources)})))`;
  return {
    where: `(a.ts_us > ? AND NOT (${own})) OR (a.ts_us <= ? AND a.ts_us + a.dur_us > ? AND (a.status = ${STATUS.ok} OR (a.status = ${STATUS.error} AND a.kind <> ${KIND.lifecycle})))`,
    values: [fromUs, fromUs, fromUs],
  };
}

function longOf(asking: Asking, watched: Watched, { fromUs, toUs }: LandedPeriod): StopRow[] {
  const landed = (row: StopRow): boolean => row.status === STATUS.ok || (row.status === STATUS.error && row.kind !== KIND.lifecycle);
  return longEnded(asking, watched, fromUs, mostLanded).filter((row) => landed(row) && row.ts + (row.dur ?? 0) > fromUs && row.ts + (row.dur ?? 0) <= toUs);
}

/** The newest of them and how many there are, counted up to `mostCounted`. */
export function landedActs(asking: Asking, watched: Watched, period: LandedPeriod): Landed {
  const long = longOf(asking, watched, period);
  const stretch = { fromUs: shortBefore(period.fromUs), toUs: period.toUs, ...actCondition(asking, period.fromUs) };
  const rows = [...long, ...rowsBegun(asking, watched, { ...stretch, newestFirst: true, limit: mostLanded })].toSorted((one, two) => two.ts - one.ts || two.id - one.id).slice(0, mostLanded);
  return { rows, count: rows.length < mostLanded ? rows.length : countLanded(asking, watched, period, long.length) };
}

export function countLanded(asking: Asking, watched: Watched, period: LandedPeriod, long = longOf(asking, watched, period).length): number {
  return long + countBegun(asking, watched, { fromUs: shortBefore(period.fromUs), toUs: period.toUs, ...actCondition(asking, period.fromUs), limit: mostCounted });
}

const iso = (us: number): string => new Date(Math.floor(us / 1_000)).toISOString();

export interface Names { readonly text: (id: number | null) => string; readonly agent: (id: number) => string }

/** A state by which an A2A server tells that work ended by itself: it had begun before. */
function saysItEnded(row: StopRow, names: Names): boolean {
  return row.kind === KIND.lifecycle && row.dur === 0 && endedStates.includes(names.text(row.name)) && stateSources.includes(names.text(row.source));
}

/** Oldest first, as a certificate tells them. */
export function actsOf(rows: readonly StopRow[], names: Names, commandedUs: number): LandedAct[] {
  return rows.toReversed().map((row) => ({
    activityId: publicId('activity', row.id), taskId: publicId('task', row.task), at: iso(row.ts), endAt: row.status === STATUS.running || row.dur === null ? null : iso(row.ts + row.dur),
    kind: kindWord(row.kind), name: names.text(row.name), status: statusWord(row.status), agentName: names.agent(row.agent), amountMicros: row.micros, currency: row.micros === null ? null : names.text(row.currency) || 'USD',
    began: row.ts > commandedUs + graceUs && !saysItEnded(row, names),
  }));
}

interface Ending { readonly sources: string; readonly tasks: string | null; readonly commandedUs: number | null; readonly endedUs: number; readonly releasedUs: number | null }

/** The copy that stays with an order: names and times, nothing that an agent said. */
export function keepLanded(db: WriteDb, stop: number): void {
  const row = db.prepare<[number], Ending>('SELECT sources, tasks, commanded_us AS commandedUs, ended_us AS endedUs, released_us AS releasedUs FROM stop_order WHERE id = ?').get(stop);
  if (row === undefined || row.commandedUs === null) return;
  const watched: Watched = { sources: JSON.parse(row.sources) as number[], tasks: row.tasks === null ? null : (JSON.parse(row.tasks) as number[]) };
  const { count, rows } = landedActs({ sql: (text) => db.prepare(text) }, watched, { fromUs: row.commandedUs, toUs: Math.min(row.endedUs, row.releasedUs ?? row.endedUs) });
  const text = db.prepare<[number], { text: string }>('SELECT text FROM string WHERE id = ?');
  const agent = db.prepare<[{ head: number }], { name: string }>('SELECT name FROM agent WHERE id = coalesce((SELECT head FROM agent_stitch WHERE agent = @head), @head)');
  const names: Names = { text: (id) => (id === null ? '' : (text.get(id)?.text ?? '')), agent: (id) => agent.get({ head: id })?.name ?? '(unknown)' };
  db.prepare('UPDATE stop_order SET landed = ?, landed_acts = ? WHERE id = ?').run(count, JSON.stringify(actsOf(rows, names, row.commandedUs)), stop);
}
