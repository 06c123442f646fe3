/**
 * Agents as screens show them: each with all the sources that are one with it. Counts of the sources are added. Tokens and money are not, since
 * telemetry and a management API tell of the same calls: what telemetry says counts, and where it says nothing, what the API says.
 */
import type { Agent, AgentSource } from '../../../../shared/domain.ts';
import { IDENTITY } from '../codes.ts';
import { publicId } from '../ids.ts';
import { iso, type Reading, type Sums } from './reading.ts';

interface AgentRow {
  readonly id: number; readonly connection: number; readonly connectionName: string; readonly connectionKind: string; readonly connectionEnabled: number; readonly name: string; readonly service: string;
  readonly source: number; readonly identity: number; readonly identityOf: string | null; readonly version: string | null; readonly firstUs: number; readonly lastUs: number;
}

/** The first member is the one that the others are shown as. */
export interface Group { readonly head: AgentRow; readonly members: readonly AgentRow[] }

/** An agent that only discovery knows was seen when it was last discovered. */
const select = `SELECT a.id, a.connection, c.name AS connectionName, c.kind AS connectionKind, c.enabled AS connectionEnabled, a.name, a.service, a.source, a.identity, a.identity_of AS identityOf,
  a.version, a.first_us AS firstUs, CASE WHEN a.rows > 0 THEN a.last_us ELSE coalesce(a.discovered_us, a.last_us) END AS lastUs FROM agent a JOIN connection c ON c.id = a.connection`;
const shown = '(a.rows > 0 OR a.discovered_us IS NOT NULL)';

export function allGroups(reading: Reading): Group[] {
  const rows = reading.sql<[], AgentRow>(`${select} WHERE ${shown} ORDER BY lastUs DESC`).all();
  if (reading.heads().size === 0) return rows.map((row) => ({ head: row, members: [row] }));
  const members = new Map<number, AgentRow[]>();
  for (const row of rows) {
    const head = reading.headOf(row.id);
    const group = members.get(head);
    if (group === undefined) members.set(head, [row]);
    else group.push(row);
  }
  return [...members].map(([head, group]) => groupOf(head, group));
}

/** null: nothing of it is in the history. */
export function oneGroup(reading: Reading, id: number): Group | null {
  const sources = reading.sourcesOf(id);
  const rows = reading.sql<number[], AgentRow>(`${select} WHERE ${shown} AND a.id IN (${sources.map(() => '?').join(', ')}) ORDER BY lastUs DESC`).all(...sources);
  return rows.length === 0 ? null : groupOf(sources[0] ?? id, rows);
}

function groupOf(head: number, rows: readonly AgentRow[]): Group {
  // The retention may have taken the head's own records: then the youngest of the others stands for it.
  const first = rows.find((row) => row.id === head) ?? (rows[0] as AgentRow);
  return { head: first, members: [first, ...rows.filter((row) => row !== first)] };
}

type Known = Pick<Agent, 'name' | 'service' | 'version'> & { readonly id: number; readonly identity: number; readonly identityOf: string | null; readonly firstUs: number; readonly lastUs: number };

/** Who it is, as its head says; what the head does not know, one of the others may. */
export function knownOf({ head, members }: Group): Known {
  const said = members.find((one) => one.identity !== IDENTITY.unknown) ?? head;
  return {
    id: head.id, name: head.name, service: head.service, version: members.find((one) => one.version !== null)?.version ?? null, identity: said.identity, identityOf: said.identityOf,
    firstUs: Math.min(...members.map((one) => one.firstUs)), lastUs: Math.max(...members.map((one) => one.lastUs)),
  };
}

const hasUnits = (sums: Sums): boolean => sums.input + sums.output + sums.cacheRead + sums.cacheWrite > 0 || sums.priced > 0 || sums.unpriced > 0;

/** The members whose tokens and money count. */
export function payers(group: Group, sumsOf: (id: number) => Sums | undefined): readonly AgentRow[] {
  if (group.members.length === 1) return group.members;
  const sending = group.members.filter((one) => one.connectionKind === 'otlp');
  const asked = group.members.filter((one) => one.connectionKind !== 'otlp');
  return sending.some((one) => { const sums = sumsOf(one.id); return sums !== undefined && hasUnits(sums); }) ? sending : asked;
}

const counts = ['activities', 'failures', 'denials', 'tasks'] as const;
const units = ['input', 'output', 'cacheRead', 'cacheWrite', 'reasoning', 'micros', 'priced', 'computed', 'unpriced'] as const;

export function sumsOfGroup(group: Group, sumsOf: (id: number) => Sums | undefined): Sums | undefined {
  if (group.members.length === 1) return sumsOf(group.head.id);
  const total = { activities: 0, failures: 0, denials: 0, tasks: 0, input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0, micros: 0, priced: 0, computed: 0, unpriced: 0, currency: 0 };
  let any = false;
  const paying = payers(group, sumsOf);
  for (const one of group.members) {
    const sums = sumsOf(one.id);
    if (sums === undefined) continue;
    any = true;
    for (const key of counts) total[key] += sums[key];
    if (!paying.includes(one)) continue;
    for (const key of units) total[key] += sums[key];
    total.currency = Math.max(total.currency, sums.currency);
  }
  return any ? total : undefined;
}

export function sourcesOfGroup(reading: Reading, group: Group): AgentSource[] {
  const reason = reading.sql<[number], { by: 'rule' | 'person'; why: string }>('SELECT by, why FROM agent_stitch WHERE agent = ?');
  return group.members.map((one) => {
    const said = group.members.length === 1 ? undefined : reason.get(one.id);
    return {
      agentId: publicId('agent', one.id), name: one.name, connectionId: publicId('connection', one.connection), connectionName: one.connectionName, connectionKind: one.connectionKind,
      source: reading.texts.of(one.source), lastSeen: iso(one.lastUs), by: said?.by ?? null, why: said?.why ?? null,
    };
  });
}
