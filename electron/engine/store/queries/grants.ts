/** What agents can reach, as the runtimes and imported documents declare it, with what was used of it. */
import type { Grant } from '../../../../shared/access.ts';
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { classColumn, columnOf } from './access-columns.ts';
import { grantNames } from './grant-names.ts';
import { columnsTurn } from './ranked-columns.ts';
import { iso, rowId, type Reading } from './reading.ts';

interface GrantRow {
  readonly id: number; readonly connection: number; readonly connectionName: string | null; readonly agent: number; readonly document: number; readonly kind: Grant['kind']; readonly name: string; readonly description: string | null;
  readonly readOnly: number | null; readonly destructive: number | null; readonly openWorld: number | null; readonly idempotent: number | null; readonly source: string; readonly firstUs: number; readonly lastUs: number; readonly goneUs: number | null;
  readonly effect: Grant['effect']; readonly understood: Grant['understood']; readonly enforcement: Grant['enforcement']; readonly reversibility: Grant['reversibility']; readonly dataClass: string | null; readonly expiresUs: number | null;
  readonly credential: number | null; readonly credentialName: string | null; readonly reading: string;
  readonly head: number | null; readonly headName: string | null;
  readonly state: number | null; readonly times: number | null; readonly denied: number | null; readonly firstUsedUs: number | null; readonly lastUsedUs: number | null; readonly lastDeniedUs: number | null; readonly why: string | null;
}

export type StoredReading = Partial<Pick<Grant, 'classes' | 'actions' | 'resources' | 'conditions' | 'notUnderstood'>>;
/** Places of `useStates`. */
export const USE = { used: 1, not_used: 2, cannot_tell: 3 } as const satisfies Record<Grant['use']['state'], number>;

const claim = (value: number | null): boolean | null => (value === null ? null : value === 1);
const isoOrNull = (us: number | null): string | null => (us === null ? null : iso(us));

const columns = `g.id, g.connection, c.name AS connectionName, g.agent, g.document, g.kind, g.name, g.description, g.read_only AS readOnly, g.destructive, g.open_world AS openWorld, g.idempotent, g.source,
  g.first_us AS firstUs, g.last_us AS lastUs, g.gone_us AS goneUs, g.effect, g.understood, g.enforcement, g.reversibility, g.data_class AS dataClass, g.expires_us AS expiresUs, g.credential, k.name AS credentialName, g.reading, h.id AS head, h.name AS headName,
  u.state, u.times, u.denied, u.first_used_us AS firstUsedUs, u.last_used_us AS lastUsedUs, u.last_denied_us AS lastDeniedUs, u.why`;

function usedOf(row: GrantRow): Grant['use'] {
  const state = row.state === USE.used ? 'used' : row.state === USE.not_used ? 'not_used' : 'cannot_tell';
  return { state, times: row.times ?? 0, denied: row.denied ?? 0, firstUsedAt: isoOrNull(row.firstUsedUs), lastUsedAt: isoOrNull(row.lastUsedUs), lastDeniedAt: isoOrNull(row.lastDeniedUs), why: row.state === null ? 'It was not compared with the activity yet.' : row.why };
}

function grantOf(reading: Reading, row: GrantRow): Grant {
  const { classes = [], actions = [], resources = [], conditions = [], notUnderstood = [] } = JSON.parse(row.reading) as StoredReading;
  return {
    id: publicId('grant', row.id), connectionId: row.connection === 0 ? null : publicId('connection', row.connection), connectionName: row.connectionName, agentId: row.agent === 0 ? null : row.head === null ? reading.agentId(row.agent) : publicId('agent', row.head),
    agentName: row.agent === 0 ? null : (row.headName ?? reading.agent(row.agent).name), documentId: row.document === 0 ? null : publicId('document', row.document), kind: row.kind, name: row.name, description: row.description,
    readOnly: claim(row.readOnly), destructive: claim(row.destructive), openWorld: claim(row.openWorld), idempotent: claim(row.idempotent), from: row.source,
    effect: row.effect, understood: row.understood, notUnderstood, classes, reversibility: row.reversibility, actions, resources, conditions, dataClass: row.dataClass, expiresAt: isoOrNull(row.expiresUs), enforcement: row.enforcement,
    credential: row.credential === null ? null : { id: publicId('credential', row.credential), name: row.credentialName ?? '' }, firstSeen: iso(row.firstUs), lastSeen: iso(row.lastUs), goneAt: isoOrNull(row.goneUs), use: usedOf(row),
  };
}

const tables = 'grant_seen g LEFT JOIN connection c ON c.id = g.connection LEFT JOIN credential k ON k.id = g.credential LEFT JOIN agent h ON g.agent > 0 AND h.id = coalesce((SELECT head FROM agent_stitch WHERE agent = g.agent), g.agent)';
/** Whose use of it is told: the agent's that it was given to, or of everybody with the credential. */
const itsHolder = 'CASE WHEN g.agent = 0 THEN -g.connection ELSE coalesce((SELECT head FROM agent_stitch WHERE agent = g.agent), g.agent) END';

/** `holder`: whose use is told of those that were offered to a connection's credential. */
export function grantsOf(reading: Reading, ids: readonly number[], holder: number | null): Grant[] {
  return reading.sql<unknown[], GrantRow>(`SELECT ${columns} FROM json_each(?) i CROSS JOIN ${tables} LEFT JOIN grant_use u ON u.grant_id = g.id AND u.holder = coalesce(?, ${itsHolder}) WHERE g.id = i.value ORDER BY g.id`)
    .all(JSON.stringify(ids), holder).map((row) => grantOf(reading, row));
}

export function countGrants(reading: Reading, agents: readonly number[]): number {
  return reading.sql<number[], { n: number }>(`SELECT count(*) AS n FROM grant_seen WHERE gone_us IS NULL AND agent IN (${agents.map(() => '?').join(', ')})`).get(...agents)?.n ?? 0;
}

type ListParams = ParsedParams<'grants.list'>;
interface Part { readonly sql: string; readonly values: readonly (number | string)[] }

/** What an agent holds: what it was given, and what is offered to the connections whose credential it is said to have. */
function heldBy(reading: Reading, agentId: string): Part {
  const agents = reading.sourcesOf(rowId('agent', agentId));
  const said = reading.sql<[string], number>('SELECT connection FROM grant_holder WHERE agent IN (SELECT value FROM json_each(?))').pluck().all(JSON.stringify(agents));
  const own: Part = { sql: 'g.agent IN (SELECT value FROM json_each(?))', values: [JSON.stringify(agents)] };
  return said.length === 0 ? own : { sql: `(${own.sql} OR (g.agent = 0 AND g.connection IN (SELECT value FROM json_each(?))))`, values: [...own.values, JSON.stringify(said)] };
}

/** `few`: something else says already which few grants are looked at. */
const inColumn = (column: number, few: boolean): Part => ({ sql: few ? 'EXISTS (SELECT 1 FROM access_facet f WHERE f.grant_id = g.id AND f.column_id = ?)' : 'g.id IN (SELECT f.grant_id FROM access_facet f WHERE f.column_id = ?)', values: [column] });
/** SECURITY: more names than this are not listed to the statement, but compared in it. */
const mostNames = 5_000;

function named(reading: Reading, text: string, few: boolean): Part {
  const names = few ? null : grantNames(reading).with(text.toLowerCase()).map(({ name }) => name);
  if (names === null || names.length > mostNames) return { sql: 'instr(lower(g.name), ?) > 0', values: [text.toLowerCase()] };
  return { sql: 'g.name IN (SELECT value FROM json_each(?))', values: [JSON.stringify(names)] };
}

/** The narrowest first. */
function partsOf(reading: Reading, params: ListParams): Part[] {
  const text = params.text?.trim() ?? '';
  const few = params.agentId !== undefined || params.documentId !== undefined;
  return [
    ...(params.agentId === undefined ? [] : [heldBy(reading, params.agentId)]),
    ...(params.documentId === undefined ? [] : [{ sql: 'g.document > 0 AND g.document = ?', values: [rowId('document', params.documentId)] }]),
    ...(params.columnId === undefined ? [] : [inColumn(columnOf(params.columnId), few)]),
    ...(text === '' ? [] : [named(reading, text, few || params.columnId !== undefined)]),
    ...(params.connectionId === undefined ? [] : [{ sql: 'g.connection = ?', values: [rowId('connection', params.connectionId)] }]),
    ...(params.class === undefined ? [] : [inColumn(classColumn(params.class), few || params.columnId !== undefined || text !== '')]),
    ...(params.kind === undefined ? [] : [{ sql: 'g.kind = ?', values: [params.kind] }]),
    ...(params.gone ? [] : [{ sql: 'g.gone_us IS NULL', values: [] }]),
  ];
}

/** Only grants that are there stand behind a column, so where nothing else is asked its own index answers. */
function ofColumn(reading: Reading, column: number, after: number, limit: number): { ids: number[]; total: number } {
  return {
    ids: reading.sql<number[], number>('SELECT DISTINCT f.grant_id FROM access_facet f WHERE f.column_id = ? AND f.grant_id > ? ORDER BY f.grant_id LIMIT ?').pluck().all(column, Math.max(0, after), limit),
    total: countOfColumn(reading, column),
  };
}

/** Counted while the columns' turn stands: most grants stand behind some of the classes. Of no more columns than these. */
const mostCounted = 1_000;
const countedBy = new WeakMap<Reading, { turn: number; readonly of: Map<number, number> }>();

function countOfColumn(reading: Reading, column: number): number {
  const turn = columnsTurn(reading);
  let counted = countedBy.get(reading);
  if (counted?.turn !== turn || counted.of.size >= mostCounted) countedBy.set(reading, counted = { turn, of: new Map() });
  let n = counted.of.get(column);
  if (n === undefined) counted.of.set(column, n = reading.sql<[number], { n: number }>('SELECT count(DISTINCT f.grant_id) AS n FROM access_facet f WHERE f.column_id = ? AND f.grant_id > 0').get(column)?.n ?? 0);
  return n;
}

function found(reading: Reading, params: ListParams, after: number): { ids: number[]; total: number } {
  const { columnId, class: name, agentId, documentId, connectionId, kind, text } = params;
  const others = [agentId, documentId, connectionId, kind, text?.trim() === '' ? undefined : text];
  if (others.every((one) => one === undefined) && (columnId === undefined) !== (name === undefined)) return ofColumn(reading, name === undefined ? columnOf(columnId ?? '') : classColumn(name), after, params.limit + 1);
  const parts = partsOf(reading, params);
  const where = parts.map(({ sql }) => sql).join(' AND ') || '1';
  const values = parts.flatMap((part) => part.values);
  return {
    ids: reading.sql<(number | string)[], number>(`SELECT g.id FROM grant_seen g WHERE ${where} AND g.id > ? ORDER BY g.id LIMIT ?`).pluck().all(...values, after, params.limit + 1),
    total: keptTotal(reading, params) ?? reading.sql<(number | string)[], { n: number }>(`SELECT count(*) AS n FROM grant_seen g WHERE ${where}`).get(...values)?.n ?? 0,
  };
}

/** What is there of a document, of a connection, of a kind or at all is counted already; null: ask the grants themselves. */
function keptTotal(reading: Reading, params: ListParams): number | null {
  if (params.gone || params.columnId !== undefined || params.class !== undefined || params.agentId !== undefined || (params.text ?? '').trim() !== '') return null;
  const parts = partsOf(reading, { ...params, gone: true });
  return reading.sql<(number | string)[], number>(`SELECT coalesce(sum(g.n), 0) FROM grant_held g WHERE ${parts.map(({ sql }) => sql).join(' AND ') || '1'}`).pluck().get(...parts.flatMap((part) => part.values)) ?? 0;
}

export function listGrants(reading: Reading, params: ListParams): Result<'grants.list'> {
  const after = params.before === undefined ? 0 : Number(params.before);
  if (!Number.isSafeInteger(after)) throw new StoreError('bad_request', 'The page to go on from is not one that was given out.');
  const { ids, total } = found(reading, params, after);
  const page = ids.slice(0, params.limit);
  const holder = params.agentId === undefined ? null : reading.headOf(rowId('agent', params.agentId));
  return { rows: grantsOf(reading, page, holder), next: ids.length > page.length ? String(page.at(-1)) : null, total };
}
