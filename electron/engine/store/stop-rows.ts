/**
 * Activity of a stop order's sources around its command, found by indexes only: what began since, what still runs, and what ended since though
 * it began before. Used by both threads: screens ask, and an order that ends keeps a copy.
 */
import type { Statement } from 'better-sqlite3';
import { STATUS, US_HOUR } from './codes.ts';
import { hash53 } from './hash.ts';

export interface Asking { sql<P extends unknown[], R>(text: string): Statement<P, R> }
/** What an order is about: every source of its agents, or some tasks of theirs only. */
export interface Watched { readonly sources: readonly number[]; readonly tasks: readonly number[] | null }

export interface StopRow { readonly id: number; readonly task: number; readonly agent: number; readonly ts: number; readonly dur: number | null; readonly kind: number; readonly status: number; readonly name: number; readonly source: number; readonly micros: number | null; readonly currency: number | null }

/** null: nothing was ever called so. */
export function textId(asking: Asking, text: string): number | null {
  return asking.sql<[number, string], { id: number }>('SELECT id FROM string WHERE hash = ? AND text = ?').get(hash53(text), text)?.id ?? null;
}

const columns = 'a.id, a.task, a.agent, a.ts_us AS ts, a.dur_us AS dur, a.kind, a.status, a.name, a.source, a.micros, a.currency';
/** Shorter acts that ended after a time are among those that began this long before it; longer ones have an index of their own (schema-4.ts). */
const longUs = 10_000_000;
/** What began longer ago and has no end is not under way: nobody will ever tell its end. */
const openUs = 6 * US_HOUR;
/** The rows of a smaller task are read one by one; beyond it they are found by their agents and times. */
const smallTask = 5_000;

/** Rows of one task, or of agents, of one task or of all. */
type Place = { readonly t: 'task'; readonly task: number } | { readonly t: 'agents'; readonly agents: readonly number[]; readonly task: number | null };

function placesOf(asking: Asking, { sources, tasks }: Watched): Place[] {
  if (tasks === null) return [{ t: 'agents', agents: sources, task: null }];
  const size = asking.sql<[number], { n: number }>('SELECT activities AS n FROM task WHERE id = ?');
  const actors = asking.sql<[number], { agent: number }>('SELECT agent FROM task_agent WHERE task = ?');
  return tasks.map((task) => ((size.get(task)?.n ?? 0) <= smallTask ? { t: 'task', task } : { t: 'agents', agents: actors.all(task).map((one) => one.agent), task }));
}

/** Of thousands of agents most are quiet. */
function activeSince(asking: Asking, agents: readonly number[], sinceUs: number): number[] {
  return asking.sql<[string, number], { id: number }>('SELECT a.id FROM json_each(?) j CROSS JOIN agent a ON a.id = j.value WHERE a.last_us >= ?').all(JSON.stringify(agents), sinceUs).map((one) => one.id);
}

export interface Stretch {
  readonly fromUs: number;
  readonly toUs: number;
  /** of alias `a`; marks are filled from `values`. */
  readonly where: string;
  readonly values: readonly number[];
  readonly newestFirst: boolean;
  readonly limit: number;
}

/** The oldest or newest rows that began in the stretch. What later sources tell beyond the last of a full page is not read. */
export function rowsBegun(asking: Asking, watched: Watched, stretch: Stretch): StopRow[] {
  let rows: StopRow[] = [];
  let { fromUs, toUs } = stretch;
  const order = stretch.newestFirst ? 'DESC' : '';
  for (const place of placesOf(asking, watched)) {
    const { where, values } = whereOf(place);
    const page = asking.sql<number[], StopRow>(`SELECT ${columns} FROM activity a ${where} AND a.ts_us >= ? AND a.ts_us <= ? AND (${stretch.where}) ORDER BY a.ts_us ${order}, a.id ${order} LIMIT ?`);
    for (const first of place.t === 'task' ? [place.task] : activeSince(asking, place.agents, fromUs)) {
      rows.push(...page.all(first, ...values, fromUs, toUs, ...stretch.values, stretch.limit));
      if (rows.length <= stretch.limit) continue;
      rows = inOrder(rows, stretch);
      const last = rows.at(-1)?.ts ?? 0;
      if (stretch.newestFirst) fromUs = last;
      else toUs = last;
    }
  }
  return inOrder(rows, stretch);
}

function inOrder(rows: readonly StopRow[], { newestFirst, limit }: Pick<Stretch, 'newestFirst' | 'limit'>): StopRow[] {
  return rows.toSorted((one, two) => (newestFirst ? two.ts - one.ts || two.id - one.id : one.ts - two.ts || one.id - two.id)).slice(0, limit);
}

/** The first mark is the task or the agent. Left to itself SQLite may take the index of all times, or all rows of a big task. */
function whereOf(place: Place): { where: string; values: readonly number[] } {
  if (place.t === 'task') return { where: 'INDEXED BY activity_key WHERE a.task = ?', values: [] };
  return { where: `INDEXED BY activity_agent WHERE a.agent = ?${place.task === null ? '' : ' AND a.task = ?'}`, values: place.task === null ? [] : [place.task] };
}

/** How many rows began in the stretch and match, counted up to `limit`. */
export function countBegun(asking: Asking, watched: Watched, stretch: Omit<Stretch, 'newestFirst'>): number {
  let count = 0;
  for (const place of placesOf(asking, watched)) {
    const { where, values } = whereOf(place);
    const counted = asking.sql<number[], { n: number }>(`SELECT count(*) AS n FROM (SELECT 1 FROM activity a ${where} AND a.ts_us >= ? AND a.ts_us <= ? AND (${stretch.where}) LIMIT ?)`);
    for (const first of place.t === 'task' ? [place.task] : activeSince(asking, place.agents, stretch.fromUs)) {
      if (count >= stretch.limit) return count;
      count += counted.get(first, ...values, stretch.fromUs, stretch.toUs, ...stretch.values, stretch.limit - count)?.n ?? 0;
    }
  }
  return count;
}

/** Began long before `sinceUs` and ended at or after it. */
export function longEnded(asking: Asking, watched: Watched, sinceUs: number, limit: number): StopRow[] {
  return placesOf(asking, watched).flatMap((place) => (place.t === 'task'
    ? asking.sql<number[], StopRow>(`SELECT ${columns} FROM activity a INDEXED BY activity_key WHERE a.task = ? AND a.ts_us < ? AND a.ts_us + a.dur_us >= ? AND a.status <> ${STATUS.running} LIMIT ?`).all(place.task, sinceUs - longUs, sinceUs, limit)
    : asking.sql<(string | number)[], StopRow>(`SELECT ${columns} FROM json_each(?) j CROSS JOIN activity a INDEXED BY activity_long ON a.agent = j.value AND a.ts_us + a.dur_us >= ?
        WHERE a.dur_us >= 10000000 AND a.ts_us < ? AND a.status <> ${STATUS.running} ${place.task === null ? '' : 'AND a.task = ?'} LIMIT ?`)
      .all(JSON.stringify(place.agents), sinceUs, sinceUs - longUs, ...(place.task === null ? [] : [place.task]), limit)));
}

/** Began before `sinceUs` and has no end yet. */
function stillRunning(asking: Asking, watched: Watched, sinceUs: number, limit: number): StopRow[] {
  return placesOf(asking, watched).flatMap((place) => (place.t === 'task'
    ? asking.sql<number[], StopRow>(`SELECT ${columns} FROM activity a INDEXED BY activity_running WHERE a.task = ? AND a.status = ${STATUS.running} AND a.ts_us >= ? AND a.ts_us < ? LIMIT ?`).all(place.task, sinceUs - openUs, sinceUs, limit)
    : asking.sql<(string | number)[], StopRow>(`SELECT ${columns} FROM json_each(?) j CROSS JOIN activity a INDEXED BY activity_open_agent ON a.agent = j.value AND a.status = ${STATUS.running}
        WHERE a.ts_us >= ? AND a.ts_us < ? ${place.task === null ? '' : 'AND a.task = ?'} LIMIT ?`)
      .all(JSON.stringify(place.agents), sinceUs - openUs, sinceUs, ...(place.task === null ? [] : [place.task]), limit)));
}

/** Where rows that ended since `sinceUs` though they began before it are looked for, besides the long ones. */
export const shortBefore = (sinceUs: number): number => sinceUs - longUs;

/** By then enough of them began: what each began first is asked in its index alone, so that of later rows none is read whole. */
function enoughBy(asking: Asking, { sources, tasks }: Watched, sinceUs: number, limit: number): number {
  const active = tasks === null ? activeSince(asking, sources, sinceUs) : [];
  if (active.length < 2) return Number.MAX_SAFE_INTEGER;
  const first = asking.sql<number[], number>('SELECT ts_us FROM activity INDEXED BY activity_agent WHERE agent = ? AND ts_us >= ? ORDER BY ts_us LIMIT ?').pluck();
  const each = 2 * Math.ceil(limit / active.length);
  return active.flatMap((agent) => first.all(agent, sinceUs, each)).sort((a, b) => a - b)[limit - 1] ?? Number.MAX_SAFE_INTEGER;
}

/** Of so many sources each has little of a stretch, and most of what stands in it is theirs. */
const manySources = 20;
const mostPages = 3;

/** As `rowsBegun` finds them, by their times alone: one walk instead of one for each of many sources. null: too much of what was passed is others'. */
function begunByTime(asking: Asking, { sources, tasks }: Watched, sinceUs: number, limit: number): StopRow[] | null {
  if (tasks !== null || sources.length < manySources) return null;
  const wanted = new Set(sources);
  const page = asking.sql<number[], StopRow>(`SELECT ${columns} FROM activity a INDEXED BY activity_ts WHERE (a.ts_us, a.id) > (?, ?) AND (a.ts_us >= ? OR (a.status <> ${STATUS.running} AND a.ts_us + a.dur_us >= ?)) ORDER BY a.ts_us, a.id LIMIT ?`);
  const rows: StopRow[] = [];
  let after: Pick<StopRow, 'ts' | 'id'> = { ts: shortBefore(sinceUs) - 1, id: Number.MAX_SAFE_INTEGER };
  for (let pages = 0; pages < mostPages; pages += 1) {
    const read = page.all(after.ts, after.id, sinceUs, sinceUs, limit);
    rows.push(...read.filter((row) => wanted.has(row.agent)));
    const last = read.at(-1);
    if (last === undefined || read.length < limit || rows.length >= limit) return rows.slice(0, limit);
    after = last;
  }
  return null;
}

/** Everything that began, ended or was under way at or after `sinceUs`, oldest first. */
export function rowsSince(asking: Asking, watched: Watched, sinceUs: number, limit: number): StopRow[] {
  const begun = begunByTime(asking, watched, sinceUs, limit) ?? rowsBegun(asking, watched, {
    fromUs: shortBefore(sinceUs), toUs: enoughBy(asking, watched, sinceUs, limit), where: `a.ts_us >= ? OR (a.status <> ${STATUS.running} AND a.ts_us + a.dur_us >= ?)`, values: [sinceUs, sinceUs], newestFirst: false, limit,
  });
  return inOrder([...begun, ...longEnded(asking, watched, sinceUs, limit), ...stillRunning(asking, watched, sinceUs, limit)], { newestFirst: false, limit });
}
