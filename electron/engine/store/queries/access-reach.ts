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
const mostAgents = 25;
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

interface Found { readonly column: number; readonly class: Item['class']; readonly reversibility: Item['reversibility']; readonly used: boolean | null; /** 0: its own; then the agents in their order, then the credentials. */ readonly at: number }
type Item = Reach['items'][number];

/** Each column once, by whoever is nearest. */
function heldColumns(reading: Reading, heads: readonly number[]): Found[] {
  const rows = reading.sql<[string], [number, number, number, number, Item['class'], Item['reversibility']]>(`SELECT n.at, c.id, n.times, n.cannot_tell, c.class, c.reversibility
    FROM (SELECT min(i.key) AS at, x.column_id, x.times, x.cannot_tell FROM json_each(?) i CROSS JOIN access_cell x ON x.holder = i.value AND x.column_id > 0 WHERE x.grants > 0 GROUP BY x.column_id) n JOIN access_column c ON c.id = n.column_id`).raw().all(JSON.stringify(heads));
  // What another agent of it used says nothing of a use by this one.
  return rows.map(([at, column, times, cannotTell, name, reversibility]) => ({ column, class: name, reversibility, used: at > 0 ? null : times > 0 ? true : cannotTell > 0 ? null : false, at }));
}

/** What the grants of one credential open, whoever holds them. */
function openedBy(reading: Reading, credential: number, at: number): Found[] {
  return reading.sql<[number], [number, Item['class'], Item['reversibility']]>(`SELECT c.id, c.class, c.reversibility FROM (SELECT DISTINCT f.column_id FROM grant_seen g CROSS JOIN access_facet f ON f.grant_id = g.id
    WHERE g.credential = ? AND g.gone_us IS NULL AND f.column_id > 0 LIMIT 2000) x JOIN access_column c ON c.id = x.column_id`).raw().all(credential).map(([column, name, reversibility]) => ({ column, class: name, reversibility, used: null, at }));
}

const badness = { read_only: 0, reversible: 1, externally_reversible: 2, irreversible: 3, unknown: 4 } as const satisfies Record<Item['reversibility'], number>;

/** The worst first, then the nearest. */
function foundBy(reading: Reading, head: number, ways: readonly Way[], shared: readonly CredentialRow[]): Found[] {
  const found = heldColumns(reading, [head, ...ways.map((way) => way.head)]);
  const known = new Set(found.map((one) => one.column));
  for (const [place, credential] of shared.entries()) for (const one of openedBy(reading, credential.id, 1 + ways.length + place)) {
    if (known.has(one.column)) continue;
    known.add(one.column);
    found.push(one);
  }
  return found.sort((a, b) => badness[b.reversibility] - badness[a.reversibility] || a.at - b.at || a.column - b.column);
}

/** How it comes there: node of the graph and names, by `Found.at`. */
interface Via { readonly node: string; readonly path: readonly string[]; readonly holder: number | null; readonly credential: number | null }

function viasOf(reading: Reading, head: number, ways: readonly Way[], shared: readonly CredentialRow[]): Via[] {
  const { name } = reading.agent(head);
  return [
    { node: agentNode(head), path: [name], holder: head, credential: null }, ...ways.map((way) => ({ node: agentNode(way.head), path: way.path, holder: way.head, credential: null })),
    ...shared.map((one) => ({ node: credentialNode(one.id), path: [name, one.name], holder: null, credential: one.id })),
  ];
}

function itemsOf(reading: Reading, found: readonly Found[], vias: readonly Via[]): (Item & { readonly column: number; readonly node: string })[] {
  const of = JSON.stringify(found.map((one) => [one.column, vias[one.at]?.holder ?? null, vias[one.at]?.credential ?? null]));
  const rows = new Map(reading.sql<[string], { column: number; resource: string; grant: number | null }>(`SELECT c.id AS "column", c.resource, CASE WHEN i.value ->> 1 IS NULL
      THEN (SELECT f.grant_id FROM access_facet f JOIN grant_seen g ON g.id = f.grant_id WHERE f.column_id = c.id AND g.credential = i.value ->> 2 LIMIT 1)
      ELSE (SELECT f.grant_id FROM access_facet f WHERE f.holder = i.value ->> 1 AND f.column_id = c.id AND f.grant_id > 0 LIMIT 1) END AS "grant"
    FROM json_each(?) i CROSS JOIN access_column c ON c.id = i.value ->> 0`).all(of).map((row) => [row.column, row]));
  return found.map((one) => {
    const row = rows.get(one.column);
    const resource = row?.resource ?? '';
    const grant = row?.grant ?? null;
    return { column: one.column, node: vias[one.at]?.node ?? '', resource, class: one.class, reversibility: one.reversibility, used: one.used, grantId: grant === null ? null : publicId('grant', grant), path: [...(vias[one.at]?.path ?? []), resource] };
  });
}

function sharedOf(reading: Reading, credentials: readonly CredentialRow[], head: number): Reach['shared'] {
  const identity = reading.sql<[number], number>('SELECT identity FROM access_row WHERE holder = ?').pluck();
  return credentials.flatMap((one) => {
    const others = sharersOf(reading, one.id, head);
    return others.length === 0 ? [] : [{ credentialId: publicId('credential', one.id), name: one.name, kind: one.kind, evidence: one.evidence, agents: others.slice(0, mostSharers).map((id) => ({ id: publicId('agent', id), name: reading.agent(id).name, identity: identityWord(identity.get(id) ?? 5) })) }];
  });
}

function drawn(reading: Reading, head: number, ways: readonly Way[], shared: Reach['shared'], items: readonly { readonly column: number; readonly node: string; readonly resource: string }[]): GraphParts {
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
  for (const item of items) graph.edge(item.node, columnNode(item.column), 'holds');
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
  const carried = credentials.filter((one) => shared.some(({ credentialId }) => credentialId === publicId('credential', one.id)));
  const found = foundBy(reading, head, ways, carried);
  const items = itemsOf(reading, found.slice(0, mostItems), viasOf(reading, head, ways, carried));
  const seen = [head, ...ways.map((way) => way.head)];
  const count = (test: (one: Found) => boolean): number => found.filter(test).length;
  return {
    graph: drawn(reading, head, ways, shared, items).done(notSeenOf(reading, seen), Math.max(0, found.length - items.length)),
    items: items.map(({ column: _column, node: _node, ...item }) => item), more: found.length - items.length,
    counts: {
      own: count((one) => one.at === 0), bySubAgents: count((one) => one.at > 0 && one.at <= ways.length), byShared: count((one) => one.at > ways.length),
      irreversible: count((one) => badness[one.reversibility] >= badness.irreversible), notUnderstood: count((one) => one.class === 'not_understood'),
    },
    shared, cannotTell: doubtsOf(reading, head, { more, seen, credentials, shared }),
  };
}
