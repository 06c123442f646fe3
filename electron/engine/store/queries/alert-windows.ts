/**
 * What agents did in the last minutes or hours, as far as it matters to rules of alerts. Whole hours come from the sums, the rest from the records by
 * their indexes, each agent's newest at most: a busy agent's count costs as much as a quiet one's. Nobody is looked at whose sums cannot come up to a rule.
 */
import type { WindowAsked, WindowFact } from '../../alerts/facts.ts';
import { STATUS, US_DAY, US_HOUR } from '../codes.ts';
import { textId } from '../stop-rows.ts';
import type { Reading } from './reading.ts';

/** Of one agent so many records with money are added up at once. */
const mostPriced = 2_000;
/** So many of what is rare are counted by their index, which holds nothing else. */
const mostListed = 5_000;
/** Denials of all agents together. */
const mostDenied = 20_000;
/** Of one agent's work that took long. */
const mostLong = 500;
/** Longer ones than this are summed by whole hours. */
const recordsUs = 2 * US_HOUR;
/** Work that began so long before the window and ended in it is counted. */
const longUs = 6 * US_HOUR;

interface Source { failed: number; ended: number; newestOnly: boolean; denied: number; deniedByHours: boolean; unpriced: number; readonly spent: Map<string, { micros: number; about: boolean }>; readonly sends: boolean }
interface Stretch { readonly fromUs: number; readonly nowUs: number }

export function windowFacts(reading: Reading, asked: WindowAsked, nowUs: number): WindowFact[] {
  const stretch = { fromUs: nowUs - asked.withinS * 1_000_000, nowUs };
  const active = reading.sql<[number], number>('SELECT id FROM agent WHERE last_us >= ?').pluck().all(stretch.fromUs - longUs);
  const sources = new Map<number, Source>();
  const of = (agent: number): Source => {
    let source = sources.get(agent);
    if (source === undefined) sources.set(agent, source = { failed: 0, ended: 0, newestOnly: false, denied: 0, deniedByHours: false, unpriced: 0, spent: new Map(), sends: sends(reading, agent) });
    return source;
  };
  if (asked.failed !== null) for (const agent of failing(reading, active, stretch, asked.failed)) countEnded(reading, agent, stretch, asked.failed.newest, of(agent));
  if (asked.denied !== null) countDenied(reading, active, stretch, of);
  for (const { currency, micros } of asked.spent) for (const agent of spending(reading, active, stretch, currency, micros)) spend(reading, agent, stretch, currency, of(agent));
  return together(reading, sources, asked);
}

const sends = (reading: Reading, agent: number): boolean => reading.sql<[number], { kind: string }>('SELECT kind FROM connection WHERE id = ?').get(reading.agent(agent).connection)?.kind === 'otlp';

/** Sources of one agent are one; of money whichever side told more, as budgets count it. */
function together(reading: Reading, sources: ReadonlyMap<number, Source>, asked: WindowAsked): WindowFact[] {
  const byHead = Map.groupBy(sources, ([agent]) => reading.headOf(agent));
  return [...byHead].map(([head, list]): WindowFact => {
    const sum = (of: (one: Source) => number): number => list.reduce((total, [, one]) => total + of(one), 0);
    return {
      head, ended: sum((one) => one.ended), failed: sum((one) => one.failed), newestOnly: list.some(([, one]) => one.newestOnly), denied: sum((one) => one.denied), deniedByHours: list.some(([, one]) => one.deniedByHours), unpriced: sum((one) => one.unpriced),
      spent: asked.spent.map(({ currency }) => {
        const side = (sent: boolean): number => sum((one) => (one.sends === sent ? (one.spent.get(currency)?.micros ?? 0) : 0));
        return { currency, micros: Math.max(side(true), side(false)), about: list.some(([, one]) => one.spent.get(currency)?.about === true) };
      }),
    };
  }).filter((row) => (asked.failed !== null && row.failed >= asked.failed.least) || (asked.denied !== null && row.denied >= asked.denied)
    || row.spent.some((one) => one.micros >= (asked.spent.find((other) => other.currency === one.currency)?.micros ?? Number.POSITIVE_INFINITY)));
}

/** Sources that may have failed often enough: sides of one agent are added up, so none is left out that another side completes. */
function failing(reading: Reading, active: readonly number[], { fromUs, nowUs }: Stretch, { least, percent }: Failed): Set<number> {
  const ids = JSON.stringify(active);
  const listed = (of: string): string => `(SELECT count(*) FROM (SELECT 1 FROM activity f INDEXED BY activity_failed WHERE f.agent = j.value AND f.status = ${STATUS.error} AND f.ts_us >= ? LIMIT ${of}))`;
  if (nowUs - fromUs <= recordsUs) {
    return enough(reading, reading.sql<unknown[], Count>(`SELECT j.value AS agent, ${listed('?')} + (SELECT count(*) FROM (SELECT 1 FROM activity l INDEXED BY activity_long WHERE l.agent = j.value AND l.dur_us >= 10000000 AND l.ts_us + l.dur_us >= ? LIMIT ${mostLong})) AS n FROM json_each(?) j`).all(fromUs, least, fromUs, ids), least);
  }
  // What failed since its first hour and more, against what its whole days hold at least.
  const dayUs = Math.ceil(fromUs / US_DAY) * US_DAY;
  const rows = reading.sql<unknown[], Count & { readonly acts: number }>(`SELECT j.value AS agent, ${listed(String(mostListed))} AS n, (SELECT coalesce(sum(d.activities), 0) FROM by_day d WHERE d.agent = j.value AND d.day >= ?) AS acts FROM json_each(?) j`).all(fromUs - longUs, dayUs / US_DAY, ids);
  const likely = new Set(rows.filter(({ agent, n, acts }) => n === mostListed || n * 100 >= percent * acts || n * 100 >= percent * (acts - running(reading, agent, dayUs))).map(({ agent }) => agent));
  return enough(reading, rows, least, (agent) => likely.has(agent));
}

type Failed = NonNullable<WindowAsked['failed']>;
interface Count { readonly agent: number; readonly n: number }

/** All sources of the agents that come up to it: what did not fail counts, too. Of its sides one at least must be `likely`, else all together are not. */
function enough(reading: Reading, rows: readonly Count[], least: number, likely: (agent: number) => boolean = () => true): Set<number> {
  const byHead = Map.groupBy(rows.filter((one) => one.n > 0), (one) => reading.headOf(one.agent));
  return new Set([...byHead].filter(([, list]) => list.reduce((sum, one) => sum + one.n, 0) >= least && list.some((one) => likely(one.agent))).flatMap(([head]) => (reading.heads().size === 0 ? [head] : reading.sourcesOf(head))));
}

/** What ended in it: whole hours from the sums, before them the records; what began before it and took long, too. */
function countEnded(reading: Reading, agent: number, { fromUs, nowUs }: Stretch, most: number, into: Source): void {
  const hourUs = Math.ceil(fromUs / US_HOUR) * US_HOUR;
  const byHours = nowUs - fromUs > recordsUs;
  const part = countRecords(reading, agent, fromUs, byHours ? hourUs : Number.MAX_SAFE_INTEGER, most);
  const long = reading.sql<number[], { n: number; failed: number }>(`SELECT count(*) AS n, coalesce(sum(failed), 0) AS failed FROM (SELECT status = ${STATUS.error} AS failed FROM activity INDEXED BY activity_long
    WHERE agent = ? AND dur_us >= 10000000 AND ts_us + dur_us >= ? AND ts_us + dur_us <= ? AND ts_us < ? LIMIT ${mostLong})`).get(agent, part.fromUs, nowUs, part.fromUs) ?? { n: 0, failed: 0 };
  const whole = byHours ? wholeHours(reading, agent, hourUs) : { ended: 0, failed: 0 };
  into.ended = part.ended + long.n + Math.max(0, whole.ended);
  into.failed = part.failed + long.failed + whole.failed;
  into.newestOnly = part.fromUs > fromUs;
}

function wholeHours(reading: Reading, agent: number, fromUs: number): { readonly ended: number; readonly failed: number } {
  const sums = reading.sql<number[], { activities: number; failures: number }>('SELECT coalesce(sum(activities), 0) AS activities, coalesce(sum(failures), 0) AS failures FROM by_hour WHERE agent = ? AND hour >= ?').get(agent, fromUs / US_HOUR) ?? { activities: 0, failures: 0 };
  // Of a flood the sums: they leave out what failed only because what it called did.
  return { ended: sums.activities - running(reading, agent, fromUs), failed: Math.max(sums.failures, failedIn(reading, agent, fromUs)) };
}

const running = (reading: Reading, agent: number, fromUs: number, toUs = Number.MAX_SAFE_INTEGER): number =>
  reading.sql<number[], number>(`SELECT count(*) FROM (SELECT 1 FROM activity INDEXED BY activity_open_agent WHERE agent = ? AND status = ${STATUS.running} AND ts_us >= ? AND ts_us < ? LIMIT ${mostListed})`).pluck().get(agent, fromUs, toUs) ?? 0;
/** As rules that stop count failures: what ended in an error, also where its caller failed by it. */
const failedIn = (reading: Reading, agent: number, fromUs: number, toUs = Number.MAX_SAFE_INTEGER, most = mostListed): number =>
  reading.sql<number[], number>(`SELECT count(*) FROM (SELECT 1 FROM activity INDEXED BY activity_failed WHERE agent = ? AND status = ${STATUS.error} AND ts_us >= ? AND ts_us < ? LIMIT ?)`).pluck().get(agent, fromUs, toUs, most) ?? 0;

/** `fromUs`: from where on it was counted. */
function countRecords(reading: Reading, agent: number, fromUs: number, toUs: number, most: number): { readonly fromUs: number; readonly ended: number; readonly failed: number } {
  const cut = reading.sql<number[], number>('SELECT ts_us FROM activity INDEXED BY activity_agent WHERE agent = ? AND ts_us >= ? AND ts_us < ? ORDER BY ts_us DESC LIMIT 1 OFFSET ?').pluck().get(agent, fromUs, toUs, most);
  const since = cut === undefined ? fromUs : cut + 1;
  const all = reading.sql<number[], number>('SELECT count(*) FROM activity INDEXED BY activity_agent WHERE agent = ? AND ts_us >= ? AND ts_us < ?').pluck().get(agent, since, toUs) ?? 0;
  return { fromUs: since, ended: all - running(reading, agent, since, toUs), failed: failedIn(reading, agent, since, toUs, Math.max(most, 1)) };
}

/** Read along the index of what is rare. Of a flood only the sums of its hours are told, each agent's: whoever floods hides nobody. */
function countDenied(reading: Reading, active: readonly number[], { fromUs }: Stretch, of: (agent: number) => Source): void {
  const rows = reading.sql<[number], number>(`SELECT agent FROM activity INDEXED BY activity_rare WHERE status > 3 AND status = ${STATUS.denied} AND ts_us >= ? ORDER BY ts_us DESC LIMIT ${mostDenied}`).pluck().all(fromUs);
  if (rows.length < mostDenied) {
    for (const agent of rows) of(agent).denied += 1;
    return;
  }
  const sum = reading.sql<number[], number>('SELECT coalesce(sum(denials), 0) FROM by_hour WHERE agent = ? AND hour >= ?').pluck();
  for (const agent of active) {
    const denied = sum.get(agent, Math.floor(fromUs / US_HOUR)) ?? 0;
    if (denied > 0) Object.assign(of(agent), { denied, deniedByHours: true });
  }
}

/** No currency is US dollars (reading.ts). */
function currenciesOf(reading: Reading, currency: string): number[] {
  const known = textId(reading, currency);
  return [...(known === null ? [] : [known]), ...(currency === 'USD' ? [0] : [])];
}

/** Sources that may have spent enough: all of the hours or days that it touches is never less. */
function spending(reading: Reading, active: readonly number[], { fromUs, nowUs }: Stretch, currency: string, least: number): Set<number> {
  const [table, unit, first] = nowUs - fromUs > recordsUs ? ['by_day', 'day', Math.floor(fromUs / US_DAY)] as const : ['by_hour', 'hour', Math.floor(fromUs / US_HOUR)] as const;
  return enough(reading, reading.sql<unknown[], Count>(`SELECT j.value AS agent, (SELECT coalesce(sum(h.micros), 0) FROM ${table} h WHERE h.agent = j.value AND h.${unit} >= ? AND h.currency IN (SELECT value FROM json_each(?))) AS n FROM json_each(?) j`)
    .all(first, JSON.stringify(currenciesOf(reading, currency)), JSON.stringify(active)), least);
}

function spend(reading: Reading, agent: number, { fromUs, nowUs }: Stretch, currency: string, into: Source): void {
  const currencies = JSON.stringify(currenciesOf(reading, currency));
  const sum = reading.sql<unknown[], { micros: number; unpriced: number }>('SELECT coalesce(sum(CASE WHEN currency IN (SELECT value FROM json_each(?)) THEN micros ELSE 0 END), 0) AS micros, coalesce(sum(unpriced), 0) AS unpriced FROM by_hour WHERE agent = ? AND hour >= ? AND hour < ?');
  const hour = Math.floor(fromUs / US_HOUR);
  const [first, rest] = [sum.get(currencies, agent, hour, hour + 1), sum.get(currencies, agent, hour + 1, Number.MAX_SAFE_INTEGER)];
  const [beginUs, endUs] = [hour * US_HOUR, (hour + 1) * US_HOUR];
  into.unpriced = Math.max(into.unpriced, (first?.unpriced ?? 0) + (rest?.unpriced ?? 0));
  const part = fromUs === beginUs ? null : records(reading, agent, fromUs, endUs, currencies);
  // By time, since neither its records nor a finer sum can be read in time.
  const share = (Math.min(nowUs, endUs) - fromUs) / Math.max(1, Math.min(nowUs, endUs) - beginUs);
  const micros = fromUs === beginUs ? (first?.micros ?? 0) : (part ?? Math.round((first?.micros ?? 0) * share));
  into.spent.set(currency, { micros: micros + (rest?.micros ?? 0), about: fromUs !== beginUs && part === null });
}

/** null: there are too many. */
function records(reading: Reading, agent: number, fromUs: number, toUs: number, currencies: string): number | null {
  const more = reading.sql<number[], number>(`SELECT 1 FROM activity INDEXED BY activity_agent WHERE agent = ? AND ts_us >= ? AND ts_us < ? LIMIT 1 OFFSET ${mostPriced}`).pluck().get(agent, fromUs, toUs);
  if (more !== undefined) return null;
  return reading.sql<unknown[], number>('SELECT coalesce(sum(micros), 0) FROM activity INDEXED BY activity_agent WHERE agent = ? AND ts_us >= ? AND ts_us < ? AND micros IS NOT NULL AND coalesce(currency, 0) IN (SELECT value FROM json_each(?))').pluck().get(agent, fromUs, toUs, currencies) ?? 0;
}
