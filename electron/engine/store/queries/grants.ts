/** What agents can reach, as the runtimes and imported documents declare it, with what was used of it. */
import type { Grant } from '../../../../shared/access.ts';
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import { publicId } from '../ids.ts';
import { iso, rowId, type Reading } from './reading.ts';

interface GrantRow {
  readonly id: number; readonly connection: number; readonly connectionName: string | null; readonly agent: number; readonly document: number; readonly kind: Grant['kind']; readonly name: string; readonly description: string | null;
  readonly readOnly: number | null; readonly destructive: number | null; readonly openWorld: number | null; readonly idempotent: number | null; readonly source: string; readonly firstUs: number; readonly lastUs: number; readonly goneUs: number | null;
  readonly effect: Grant['effect']; readonly understood: Grant['understood']; readonly enforcement: Grant['enforcement']; readonly reversibility: Grant['reversibility']; readonly dataClass: string | null; readonly expiresUs: number | null;
  readonly credential: number | null; readonly credentialName: string | null; readonly reading: string;
  readonly state: number | null; readonly times: number | null; readonly denied: number | null; readonly firstUsedUs: number | null; readonly lastUsedUs: number | null; readonly lastDeniedUs: number | null; readonly why: string | null;
}

export type StoredReading = Partial<Pick<Grant, 'classes' | 'actions' | 'resources' | 'conditions' | 'notUnderstood'>>;
/** Places of `useStates`. */
export const USE = { used: 1, not_used: 2, cannot_tell: 3 } as const satisfies Record<Grant['use']['state'], number>;

const claim = (value: number | null): boolean | null => (value === null ? null : value === 1);
const isoOrNull = (us: number | null): string | null => (us === null ? null : iso(us));

const columns = `g.id, g.connection, c.name AS connectionName, g.agent, g.document, g.kind, g.name, g.description, g.read_only AS readOnly, g.destructive, g.open_world AS openWorld, g.idempotent, g.source,
  g.first_us AS firstUs, g.last_us AS lastUs, g.gone_us AS goneUs, g.effect, g.understood, g.enforcement, g.reversibility, g.data_class AS dataClass, g.expires_us AS expiresUs, g.credential, k.name AS credentialName, g.reading,
  u.state, u.times, u.denied, u.first_used_us AS firstUsedUs, u.last_used_us AS lastUsedUs, u.last_denied_us AS lastDeniedUs, u.why`;

function usedOf(row: GrantRow): Grant['use'] {
  const state = row.state === USE.used ? 'used' : row.state === USE.not_used ? 'not_used' : 'cannot_tell';
  return { state, times: row.times ?? 0, denied: row.denied ?? 0, firstUsedAt: isoOrNull(row.firstUsedUs), lastUsedAt: isoOrNull(row.lastUsedUs), lastDeniedAt: isoOrNull(row.lastDeniedUs), why: row.state === null ? 'It was not compared with the activity yet.' : row.why };
}

function grantOf(reading: Reading, row: GrantRow): Grant {
  const { classes = [], actions = [], resources = [], conditions = [], notUnderstood = [] } = JSON.parse(row.reading) as StoredReading;
  return {
    id: publicId('grant', row.id), connectionId: row.connection === 0 ? null : publicId('connection', row.connection), connectionName: row.connectionName, agentId: row.agent === 0 ? null : reading.agentId(row.agent),
    agentName: row.agent === 0 ? null : reading.agent(row.agent).name, documentId: row.document === 0 ? null : publicId('document', row.document), kind: row.kind, name: row.name, description: row.description,
    readOnly: claim(row.readOnly), destructive: claim(row.destructive), openWorld: claim(row.openWorld), idempotent: claim(row.idempotent), from: row.source,
    effect: row.effect, understood: row.understood, notUnderstood, classes, reversibility: row.reversibility, actions, resources, conditions, dataClass: row.dataClass, expiresAt: isoOrNull(row.expiresUs), enforcement: row.enforcement,
    credential: row.credential === null ? null : { id: publicId('credential', row.credential), name: row.credentialName ?? '' }, firstSeen: iso(row.firstUs), lastSeen: iso(row.lastUs), goneAt: isoOrNull(row.goneUs), use: usedOf(row),
  };
}

export function grantsWhere(reading: Reading, where: string, values: readonly (number | string)[], most: number): Grant[] {
  return reading.sql<(number | string)[], GrantRow>(`SELECT ${columns} FROM grant_seen g LEFT JOIN connection c ON c.id = g.connection LEFT JOIN credential k ON k.id = g.credential
    LEFT JOIN grant_use u ON u.grant_id = g.id AND u.holder = CASE WHEN g.agent = 0 THEN -g.connection ELSE coalesce((SELECT head FROM agent_stitch WHERE agent = g.agent), g.agent) END
    WHERE ${where} ORDER BY g.id LIMIT ${most}`).all(...values).map((row) => grantOf(reading, row));
}

export function countGrants(reading: Reading, agents: readonly number[]): number {
  return reading.sql<number[], { n: number }>(`SELECT count(*) AS n FROM grant_seen WHERE gone_us IS NULL AND agent IN (${agents.map(() => '?').join(', ')})`).get(...agents)?.n ?? 0;
}

export function listGrants(reading: Reading, params: ParsedParams<'grants.list'>): Result<'grants.list'> {
  const agents = params.agentId === undefined ? [] : reading.sourcesOf(rowId('agent', params.agentId));
  const connection = params.connectionId === undefined ? [] : [rowId('connection', params.connectionId)];
  const where = `${params.gone ? '1' : 'g.gone_us IS NULL'}${agents.length === 0 ? '' : ` AND g.agent IN (${agents.map(() => '?').join(', ')})`}${connection.length === 0 ? '' : ' AND g.connection = ?'}`;
  const after = params.before === undefined ? 0 : Number(params.before);
  const rows = grantsWhere(reading, `${where} AND g.id > ?`, [...agents, ...connection, after], params.limit + 1);
  const total = reading.sql<number[], { n: number }>(`SELECT count(*) AS n FROM grant_seen g WHERE ${where}`).get(...agents, ...connection)?.n ?? 0;
  const page = rows.slice(0, params.limit);
  return { rows: page, next: rows.length > page.length ? String(rowId('grant', page.at(-1)?.id ?? '')) : null, total };
}
