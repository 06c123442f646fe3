/** What agents can reach, as the runtimes declare it; what is gone is not listed. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { Grant } from '../../../../shared/domain.ts';
import { publicId } from '../ids.ts';
import { iso, rowId, type Reading } from './reading.ts';

interface GrantRow {
  readonly id: number; readonly connection: number; readonly connectionName: string; readonly agent: number; readonly kind: Grant['kind']; readonly name: string; readonly description: string | null;
  readonly readOnly: number | null; readonly destructive: number | null; readonly openWorld: number | null; readonly idempotent: number | null; readonly source: string; readonly firstUs: number; readonly lastUs: number;
}

const mostRows = 10_000;
const claim = (value: number | null): boolean | null => (value === null ? null : value === 1);

function grantsWhere(reading: Reading, where: string, values: readonly number[]): Grant[] {
  return reading.sql<number[], GrantRow>(`SELECT g.id, g.connection, c.name AS connectionName, g.agent, g.kind, g.name, g.description, g.read_only AS readOnly, g.destructive, g.open_world AS openWorld,
    g.idempotent, g.source, g.first_us AS firstUs, g.last_us AS lastUs FROM grant_seen g JOIN connection c ON c.id = g.connection
    WHERE g.gone_us IS NULL ${where} ORDER BY c.name COLLATE NOCASE, g.agent, g.kind, g.name LIMIT ${mostRows}`).all(...values).map((row) => ({
    id: publicId('grant', row.id), connectionId: publicId('connection', row.connection), connectionName: row.connectionName, agentId: row.agent === 0 ? null : reading.agentId(row.agent),
    agentName: row.agent === 0 ? null : reading.agent(row.agent).name, kind: row.kind, name: row.name, description: row.description, readOnly: claim(row.readOnly), destructive: claim(row.destructive),
    openWorld: claim(row.openWorld), idempotent: claim(row.idempotent), from: row.source, firstSeen: iso(row.firstUs), lastSeen: iso(row.lastUs),
  }));
}

export function grantsOf(reading: Reading, agents: readonly number[]): Grant[] {
  return grantsWhere(reading, `AND g.agent IN (${agents.map(() => '?').join(', ')})`, agents);
}

export function listGrants(reading: Reading, params: ParsedParams<'grants.list'>): Result<'grants.list'> {
  const agents = params.agentId === undefined ? [] : reading.sourcesOf(rowId('agent', params.agentId));
  const connection = params.connectionId === undefined ? [] : [rowId('connection', params.connectionId)];
  const where = `${agents.length === 0 ? '' : `AND g.agent IN (${agents.map(() => '?').join(', ')})`} ${connection.length === 0 ? '' : 'AND g.connection = ?'}`;
  return { rows: grantsWhere(reading, where, [...agents, ...connection]) };
}
