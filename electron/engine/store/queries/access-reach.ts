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

/** Each column once, by whoever is nearest: most of what the others hold is known when it is come to, and one statement for all would sort it first. */
function heldColumns(reading: Reading, [head, ...others]: readonly number[]): Map<number, Pick<Found, 'used' | 'at'>> {
  const own = reading.sql<[number], [number, number, number]>('SELECT column_id, times, cannot_tell FROM access_cell WHERE holder = ? AND column_id > 0 AND grants > 0').raw().all(head ?? 0);
  const found = new Map<number, Pick<Found, 'used' | 'at'>>(own.map(([column, times, cannotTell]) => [column, { used: times > 0 ? true : cannotTell > 0 ? null : false, at: 0 }]));
  const held = reading.sql<[number], number>('SELECT column_id FROM access_cell WHERE holder = ? AND column_id > 0 AND grants > 0').pluck();
  // What another agent of it used says nothing of a use by this one.
  for (const [place, other] of others.entries()) for (const column of held.all(other)) if (!found.has(column)) found.set(column, { used: null, at: 1 + place });
  return found;
}

/** What the grants of one credential open, whoever holds them. */
const openedBy = (reading: Reading, credential: number): number[] => reading.sql<[number], number>(`SELECT DISTINCT f.column_id FROM grant_seen g CROSS JOIN access_facet f ON f.grant_id = g.id
  WHERE g.credential = ? AND g.gone_us IS NULL AND f.column_id > 0 LIMIT 2000`).pluck().all(credential);

const badness = { read_only: 0, reversible: 1, externally_reversible: 2, irreversible: 3, unknown: 4 } as const satisfies Record<Item['reversibility'], number>;

/** The worst first, then the nearest. */
function foundBy(reading: Reading, head: number, ways: readonly Way[], shared: readonly CredentialRow[]): Found[] {
  const held = heldColumns(reading, [head, ...ways.map((way) => way.head)]);
  for (const [place, credential] of shared.entries()) for (const column of openedBy(reading, credential.id)) if (!held.has(column)) held.set(column, { used: null, at: 1 + ways.length + place });
  const found = reading.sql<[string], [number, Item['class'], Item['reversibility']]>('SELECT c.id, c.class, c.reversibility FROM json_each(?) i CROSS JOIN access_column c ON c.id = i.value').raw().all(JSON.stringify([...held.keys()]))
    .map(([column, name, reversibility]): Found => ({ column, class: name, reversibility, used: held.get(column)?.used ?? null, at: held.get(column)?.at ?? 0 }));
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

/** A grant behind each, asked for by whoever holds it: together by the way that it comes. */
function grantsBehind(reading: Reading, found: readonly Found[], vias: readonly Via[]): Map<number, { resource: string; grant: number | null }> {
  const one = (grant: string): string => `SELECT c.id, c.resource, (SELECT f.grant_id FROM access_facet f ${grant} LIMIT 1) FROM json_each(?) i CROSS JOIN access_column c ON c.id = i.value`;
  const ofHolder = reading.sql<unknown[], [number, string, number | null]>(one('WHERE f.holder = ? AND f.column_id = c.id AND f.grant_id > 0')).raw();
  const ofCredential = reading.sql<unknown[], [number, string, number | null]>(one('JOIN grant_seen g ON g.id = f.grant_id WHERE f.column_id = c.id AND g.credential = ?')).raw();
  const behind = new Map<number, { resource: string; grant: number | null }>();
  for (const [at, columns] of Map.groupBy(found, (item) => item.at)) {
    const { holder, credential } = vias[at] ?? { holder: null, credential: null };
    const ids = JSON.stringify(columns.map((item) => item.column));
    const rows = holder === null ? ofCredential.all(credential, ids) : ofHolder.all(holder, ids);
    for (const [column, resource, grant] of rows) behind.set(column, { resource, grant });
  }
  return behind;
}

function itemsOf(reading: Reading, found: readonly Found[], vias: readonly Via[]): (Item & { readonly column: number; readonly node: string })[] {
  const behind = grantsBehind(reading, found, vias);
  return found.map((one) => {
    const { resource, grant } = behind.get(one.column) ?? { resource: '', grant: null };
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
