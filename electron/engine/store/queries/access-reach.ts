/** Everything that an agent could reach: by what it holds, through agents that it hands work to, and by credentials that others carry too. */
import type { Reach } from '../../../../shared/access.ts';
import type { ParsedParams } from '../../../../shared/contract.ts';
import { identityWord } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { agentNode, columnNode, credentialNode, GraphParts, notSeenOf } from './graph-parts.ts';
import { credentialsOf, sharersOf, type CredentialRow } from './identity.ts';
import { rowId, type Reading } from './reading.ts';

/** SECURITY: what is looked at stays bounded; what is left out is said. */
const mostAgents = 40;
const mostSteps = 5;
const mostItems = 500;
const mostShown = 100;
const mostSharers = 50;

interface Way { readonly head: number; readonly path: readonly string[]; readonly from: number | null }

/** Agents that it hands work to, and those that they hand it on to, nearest first. */
function subAgents(reading: Reading, head: number): { ways: Way[]; more: boolean } {
  const called = reading.sql<[string, string], { caller: number; called: number }>(`SELECT l.caller, l.called FROM json_each(?) i CROSS JOIN agent_link l ON l.caller = i.value
    UNION SELECT l.caller, l.called FROM json_each(?) i CROSS JOIN link_day l ON l.caller = i.value`);
  const ways: Way[] = [];
  const known = new Map<number, Way>([[head, { head, path: [reading.agent(head).name], from: null }]]);
  let edge: readonly number[] = [head];
  for (let step = 0; step < mostSteps && edge.length > 0; step += 1) {
    const next: number[] = [];
    const sources = JSON.stringify(edge.flatMap((one) => reading.sourcesOf(one)));
    for (const link of called.all(sources, sources)) {
      const [from, to] = [reading.headOf(link.caller), reading.headOf(link.called)];
      const before = known.get(from);
      if (known.has(to) || before === undefined) continue;
      if (ways.length === mostAgents) return { ways, more: true };
      const way: Way = { head: to, path: [...before.path, reading.agent(to).name], from };
      known.set(to, way);
      ways.push(way);
      next.push(to);
    }
    edge = next;
  }
  return { ways, more: edge.length > 0 };
}

interface Found { readonly column: number; readonly resource: string; readonly class: Reach['items'][number]['class']; readonly reversibility: Reach['items'][number]['reversibility']; readonly used: boolean | null; readonly grant: number | null; readonly path: readonly string[]; readonly by: string }

interface CellRow { readonly at: number; readonly column: number; readonly resource: string; readonly class: Found['class']; readonly reversibility: Found['reversibility']; readonly times: number; readonly cannotTell: number; readonly grant: number | null }

const columns = 'c.id AS "column", c.resource, c.class, c.reversibility';

/** Each column once, by whoever is nearest. */
function heldCells(reading: Reading, heads: readonly number[]): CellRow[] {
  return reading.sql<[string], CellRow>(`SELECT x.at, ${columns}, x.times, x.cannot_tell AS cannotTell, (SELECT f.grant_id FROM access_facet f WHERE f.holder = x.holder AND f.column_id = c.id AND f.grant_id > 0 LIMIT 1) AS "grant"
    FROM (SELECT min(i.key) AS at, x.holder, x.column_id, x.times, x.cannot_tell FROM json_each(?) i CROSS JOIN access_cell x ON x.holder = i.value AND x.column_id > 0 WHERE x.grants > 0 GROUP BY x.column_id) x JOIN access_column c ON c.id = x.column_id ORDER BY x.at, c.id`).all(JSON.stringify(heads));
}

/** What the grants of one credential open, whoever holds them. */
function openedBy(reading: Reading, credential: number): (Omit<CellRow, 'at' | 'times' | 'cannotTell'>)[] {
  return reading.sql<[number], Omit<CellRow, 'at' | 'times' | 'cannotTell'>>(`SELECT ${columns}, x."grant" FROM (SELECT f.column_id, min(g.id) AS "grant" FROM grant_seen g CROSS JOIN access_facet f ON f.grant_id = g.id
    WHERE g.credential = ? AND g.gone_us IS NULL AND f.column_id > 0 GROUP BY f.column_id LIMIT 2000) x JOIN access_column c ON c.id = x.column_id`).all(credential);
}

const badness = { read_only: 0, reversible: 1, externally_reversible: 2, irreversible: 3, unknown: 4 } as const satisfies Record<Found['reversibility'], number>;

function itemsOf(reading: Reading, head: number, ways: readonly Way[], shared: readonly CredentialRow[]): Found[] {
  const name = reading.agent(head).name;
  const found = new Map<number, Found>();
  for (const row of heldCells(reading, [head, ...ways.map((way) => way.head)])) {
    const way = row.at === 0 ? null : ways[row.at - 1];
    // What another agent of it used says nothing of a use by this one.
    found.set(row.column, { ...row, used: way === null ? (row.times > 0 ? true : row.cannotTell > 0 ? null : false) : null, path: [...(way?.path ?? [name]), row.resource], by: way === null ? 'own' : agentNode(way?.head ?? head) });
  }
  for (const credential of shared) for (const row of openedBy(reading, credential.id)) {
    if (!found.has(row.column)) found.set(row.column, { ...row, used: null, path: [name, credential.name, row.resource], by: credentialNode(credential.id) });
  }
  return [...found.values()].toSorted((a, b) => badness[b.reversibility] - badness[a.reversibility] || a.path.length - b.path.length || (a.resource < b.resource ? -1 : 1));
}

function sharedOf(reading: Reading, credentials: readonly CredentialRow[], head: number): Reach['shared'] {
  const identity = reading.sql<[number], number>('SELECT identity FROM access_row WHERE holder = ?').pluck();
  return credentials.flatMap((one) => {
    const others = sharersOf(reading, one.id, head);
    return others.length === 0 ? [] : [{ credentialId: publicId('credential', one.id), name: one.name, kind: one.kind, evidence: one.evidence, agents: others.slice(0, mostSharers).map((id) => ({ id: publicId('agent', id), name: reading.agent(id).name, identity: identityWord(identity.get(id) ?? 5) })) }];
  });
}

function drawn(reading: Reading, head: number, ways: readonly Way[], shared: Reach['shared'], items: readonly Found[]): GraphParts {
  const graph = new GraphParts();
  graph.agent(reading, head, undefined);
  for (const way of ways) graph.agent(reading, way.head, undefined);
  for (const one of shared) {
    graph.node(one.credentialId, 'credential', one.name);
    for (const agent of one.agents) if (graph.size < 2 * mostShown) graph.node(agent.id, 'agent', agent.name, { identity: agent.identity, refId: agent.id });
  }
  for (const item of items.slice(0, mostShown)) graph.node(columnNode(item.column), 'resource', item.resource);
  for (const way of ways) graph.edge(agentNode(way.from ?? head), agentNode(way.head), 'hands');
  for (const one of shared) for (const agent of [agentNode(head), ...one.agents.map(({ id }) => id)]) graph.edge(agent, one.credentialId, 'acts_as');
  for (const item of items) graph.edge(item.by === 'own' ? agentNode(head) : item.by, columnNode(item.column), 'holds');
  return graph;
}

interface Doubts { readonly more: boolean; readonly seen: readonly number[]; readonly credentials: readonly CredentialRow[]; readonly shared: Reach['shared'] }

function doubtsOf(reading: Reading, head: number, { more, seen, credentials, shared }: Doubts): string[] {
  const notListed = reading.sql<[string], string>('SELECT r.name FROM json_each(?) i CROSS JOIN access_row r ON r.holder = i.value WHERE r.held = 0').pluck().all(JSON.stringify(seen));
  const opens = reading.sql<[number], { n: number }>('SELECT 1 AS n FROM grant_seen WHERE credential = ? AND gone_us IS NULL LIMIT 1');
  const silent = credentials.filter((one) => shared.some(({ credentialId }) => credentialId === publicId('credential', one.id)) && opens.get(one.id) === undefined);
  return [
    ...(more ? [`More than ${mostAgents} agents, or more than ${mostSteps} steps, are behind it: the rest was not looked at.`] : []),
    ...notListed.slice(0, 20).map((name) => `Nobody lists what ${name} holds${name === reading.agent(head).name ? '' : ', which it hands work to'}: what that opens is not here.`),
    ...silent.slice(0, 20).map((one) => `What ${one.name} opens is told by no document: only what the agents themselves hold is here.`),
  ];
}

export function accessReach(reading: Reading, params: ParsedParams<'access.reach'>): Reach {
  const head = reading.headOf(rowId('agent', params.agentId));
  if (reading.sql<[number], { id: number }>('SELECT id FROM agent WHERE id = ?').get(head) === undefined) throw new StoreError('not_found', `There is no agent with the identifier ${params.agentId.slice(0, 40)}.`);
  const { ways, more } = subAgents(reading, head);
  const credentials = credentialsOf(reading, reading.sourcesOf(head));
  const shared = sharedOf(reading, credentials, head);
  const items = itemsOf(reading, head, ways, credentials.filter((one) => shared.some(({ credentialId }) => credentialId === publicId('credential', one.id))));
  const seen = [head, ...ways.map((way) => way.head)];
  return {
    graph: drawn(reading, head, ways, shared, items).done(notSeenOf(reading, seen)),
    items: items.slice(0, mostItems).map((one) => ({ resource: one.resource, class: one.class, reversibility: one.reversibility, used: one.used, grantId: one.grant === null ? null : publicId('grant', one.grant), path: [...one.path] })),
    more: Math.max(0, items.length - mostItems),
    counts: {
      own: items.filter((one) => one.by === 'own').length, bySubAgents: items.filter((one) => one.by.startsWith('agt-')).length, byShared: items.filter((one) => one.by.startsWith('crd-')).length,
      irreversible: items.filter((one) => badness[one.reversibility] >= badness.irreversible).length, notUnderstood: items.filter((one) => one.class === 'not_understood').length,
    },
    shared, cannotTell: doubtsOf(reading, head, { more, seen, credentials, shared }),
  };
}
