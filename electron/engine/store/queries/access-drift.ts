/** What changed in what agents hold, newest first, and what is different from what was approved. */
import type { GrantChange } from '../../../../shared/access.ts';
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { matcherOf } from '../../access/match.ts';
import { baselineOf, deviationOf } from '../baseline.ts';
import { KIND, STATUS, US_DAY } from '../codes.ts';
import { heldGrants } from '../held-grants.ts';
import { publicId } from '../ids.ts';
import { readingOf } from '../stored-grant.ts';
import { callersOf } from './access-calls.ts';
import { USE } from './grants.ts';
import { iso, micros, parseCursor, rowId, writeCursor, type Reading } from './reading.ts';

interface ChangeRow {
  readonly id: number; readonly atUs: number; readonly connection: number; readonly connectionName: string | null; readonly agent: number; readonly grant: number; readonly kind: GrantChange['kind']; readonly name: string;
  readonly what: GrantChange['what']; readonly widening: number; readonly text: string; readonly reading: string | null;
  readonly state: number | null; readonly times: number | null; readonly firstUsedUs: number | null; readonly lastUsedUs: number | null;
}
type Params = ParsedParams<'access.drift'>;

/** Each of an agent's sources by its own index, merged; what is offered to a connection whose credential it is said to hold is its drift too. */
function walksOf(reading: Reading, params: Params): { where: string; values: (string | number)[] }[] {
  const connection = params.connectionId === undefined ? null : rowId('connection', params.connectionId);
  if (params.agentId === undefined) return [connection === null ? { where: '1', values: [] } : { where: 'connection = ?', values: [connection] }];
  const sources = reading.sourcesOf(rowId('agent', params.agentId));
  const said = reading.sql<[string], number>('SELECT DISTINCT connection FROM grant_holder WHERE agent IN (SELECT value FROM json_each(?))').pluck().all(JSON.stringify(sources));
  const ofConnection = connection === null ? { where: '', values: [] } : { where: ' AND +connection = ?', values: [connection] };
  return [
    ...sources.map((agent) => ({ where: `agent = ?${ofConnection.where}`, values: [agent, ...ofConnection.values] })),
    ...said.filter((one) => connection === null || one === connection).map((one) => ({ where: 'connection = ? AND +agent = 0', values: [one] })),
  ];
}

function changeRows(reading: Reading, params: Params, most: number): ChangeRow[] {
  const before = params.before === undefined ? { us: Number.MAX_SAFE_INTEGER, id: 0 } : parseCursor(params.before);
  const since = params.since === undefined ? 0 : micros(params.since);
  const walks = walksOf(reading, params);
  const one = (where: string): string => `SELECT id, at_us AS atUs FROM grant_change WHERE first = 0 AND ${where} AND (at_us, id) < (?, ?) AND at_us >= ?${params.widening ? ' AND widening = 1' : ''}`;
  const page = `SELECT * FROM (${walks.map(({ where }) => one(where)).join(' UNION ALL ')} ORDER BY atUs DESC, id DESC LIMIT ?)`;
  return reading.sql<(string | number)[], ChangeRow>(
    `SELECT c.id, c.at_us AS atUs, c.connection, n.name AS connectionName, c.agent, c.grant_id AS "grant", c.kind, c.name, c.what, c.widening, c.text, g.reading, u.state, u.times, u.first_used_us AS firstUsedUs, u.last_used_us AS lastUsedUs
     FROM (${page}) p CROSS JOIN grant_change c ON c.id = p.id LEFT JOIN connection n ON n.id = c.connection LEFT JOIN grant_seen g ON g.id = c.grant_id
     LEFT JOIN grant_use u ON u.grant_id = c.grant_id AND u.holder = CASE WHEN c.agent = 0 THEN -c.connection ELSE coalesce((SELECT head FROM agent_stitch WHERE agent = c.agent), c.agent) END
     ORDER BY p.atUs DESC, p.id DESC`).all(...walks.flatMap(({ values }) => [...values, before.us, before.id, since]), most);
}

/** So many days and activities are looked at for the uses since one change. */
const mostDays = 4_000;

/** Uses from then on: the day's own activities, then whole days. Where it was used before and after, only the names of its activities tell. */
function countedSince(reading: Reading, row: ChangeRow): number {
  const agents = JSON.stringify(callersOf(reading, row.agent === 0 ? -row.connection : row.agent));
  const matcher = matcherOf({ kind: row.kind, name: row.name, actions: readingOf({ reading: row.reading ?? '{}' }).actions, connectionName: row.connectionName });
  const used = reading.sql<[string, number], number>('SELECT DISTINCT u.name FROM json_each(?) a CROSS JOIN tool_use u ON u.agent = a.value WHERE u.last_used_us >= ?').pluck().all(agents, row.atUs);
  const names = JSON.stringify(used.filter((name) => matcher.matches(reading.texts.of(name))));
  if (names === '[]') return 0;
  const day = Math.floor(row.atUs / US_DAY);
  const whole = reading.sql<unknown[], { n: number }>(`SELECT coalesce(sum(n), 0) AS n FROM (SELECT t.calls - t.denied AS n FROM json_each(?) a CROSS JOIN tool_day t ON t.agent = a.value AND t.day > ? WHERE t.name IN (SELECT value FROM json_each(?)) LIMIT ${mostDays})`);
  const rest = reading.sql<unknown[], { n: number }>(`SELECT count(*) AS n FROM (SELECT 1 FROM json_each(?) a CROSS JOIN activity x ON x.agent = a.value AND x.ts_us >= ? AND x.ts_us < ?
    WHERE x.kind = ${KIND.tool_call} AND x.status NOT IN (${STATUS.running}, ${STATUS.denied}) AND x.name IN (SELECT value FROM json_each(?)) LIMIT ${mostDays})`);
  return (whole.get(agents, day, names)?.n ?? 0) + (rest.get(agents, row.atUs, (day + 1) * US_DAY, names)?.n ?? 0);
}

function usedSince(reading: Reading, row: ChangeRow): GrantChange['usedSince'] {
  if (row.what === 'removed' || row.state === null || row.state === USE.cannot_tell) return null;
  if (row.lastUsedUs === null || row.lastUsedUs < row.atUs) return { times: 0, lastAt: null };
  const all = row.firstUsedUs !== null && row.firstUsedUs >= row.atUs;
  return { times: all ? (row.times ?? 0) : countedSince(reading, row), lastAt: iso(row.lastUsedUs) };
}

export function listDrift(reading: Reading, params: Params): Result<'access.drift'> {
  const rows = changeRows(reading, params, params.limit + 1);
  const page = rows.slice(0, params.limit);
  const last = page.at(-1);
  return {
    rows: page.map((row) => ({
      id: publicId('grantChange', row.id), at: iso(row.atUs), what: row.what, widening: row.widening === 1, agentId: row.agent === 0 ? null : reading.agentId(row.agent), agentName: row.agent === 0 ? null : reading.agent(row.agent).name,
      connectionId: row.connection === 0 ? null : publicId('connection', row.connection), connectionName: row.connectionName, grantId: row.reading === null ? null : publicId('grant', row.grant), kind: row.kind, name: row.name, text: row.text, usedSince: usedSince(reading, row),
    })),
    next: rows.length > page.length && last ? writeCursor({ us: last.atUs, id: last.id }) : null,
  };
}

export function getBaseline(reading: Reading, params: ParsedParams<'access.baseline'>): Result<'access.baseline'> {
  const members = reading.sourcesOf(rowId('agent', params.agentId));
  const head = members[0] ?? 0;
  const stored = baselineOf(reading.db, members);
  if (stored === null) return { baseline: null };
  const { added, removed, changed } = deviationOf(stored.grants, heldGrants(reading.db, head, members));
  const uses = new Map(reading.sql<[number], { grant: number; state: number; times: number }>('SELECT grant_id AS "grant", state, times FROM grant_use WHERE holder = ?').all(head).map((row) => [row.grant, row]));
  const timesOf = (grant: number): number | null => { const use = uses.get(grant); return use === undefined || use.state === USE.cannot_tell ? null : use.times; };
  return { baseline: {
    approvedAt: iso(stored.atUs), by: stored.actor, note: stored.note, grants: stored.grants.length,
    added: added.map((one) => ({ grantId: publicId('grant', one.id), kind: one.kind, name: one.name, since: iso(one.firstUs), times: timesOf(one.id) })),
    removed: removed.map((one) => ({ kind: one.kind, name: one.name })),
    changed: changed.map(({ grant, widening, text }) => ({ grantId: publicId('grant', grant.id), kind: grant.kind, name: grant.name, widening, text })),
  } };
}
