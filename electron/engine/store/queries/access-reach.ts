/** Everything that an agent could reach: by what it holds, through agents that it hands work to, and by credentials that others carry too. */
import type { Reach } from '../../../../shared/access.ts';
import type { ParsedParams } from '../../../../shared/contract.ts';
import { identityWord } from '../codes.ts';
import { StoreError } from '../errors.ts';
import { publicId } from '../ids.ts';
import { nothingDone } from './agent-volumes.ts';
import { agentNode, columnNode, credentialNode, GraphParts, notSeenOf } from './graph-parts.ts';
import { credentialsOf, sharersOf, type CredentialRow } from './identity.ts';
import { inOneView } from './one-view.ts';
import { badness, reachHeld, worst, type Behind } from './reach-held.ts';
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

type Item = Reach['items'][number];
/** `at`: 0: its own; then the agents in their order, then the credentials. */
interface Found { readonly column: number; readonly used: boolean | null; readonly at: number }
interface AllFound { readonly first: readonly Found[]; readonly all: number; readonly counts: Reach['counts'] }

/** How it comes there: node of the graph and names, by `Found.at`. */
interface Via extends Behind { readonly node: string; readonly path: readonly string[] }

function viasOf(reading: Reading, head: number, ways: readonly Way[], shared: readonly CredentialRow[]): Via[] {
  const { name } = reading.agent(head);
  return [
    { node: agentNode(head), path: [name], held: true, id: head }, ...ways.map((way) => ({ node: agentNode(way.head), path: way.path, held: true, id: way.head })),
    ...shared.map((one) => ({ node: credentialNode(one.id), path: [name, one.name], held: false, id: one.id })),
  ];
}

const usedWord: readonly (boolean | null)[] = [false, true, null];

/** Each column once, by whoever is nearest: the worst first, then the nearest. They are come to in that order, so nothing needs sorting. */
function foundBy(kept: ReturnType<typeof reachHeld>, vias: readonly Via[], ways: number): AllFound {
  const { columns } = kept;
  const met = new Uint8Array(columns.length);
  const byBadness: Found[][] = Array.from({ length: worst + 1 }, () => []);
  const cells = kept.held(vias.filter((via) => via.held).map((via) => via.id));
  const counts = { own: 0, bySubAgents: 0, byShared: 0, irreversible: 0, notUnderstood: 0 };
  let all = 0;
  for (const [at, via] of vias.entries()) {
    const before = all;
    const held = cells[at];
    for (const cell of held ?? kept.opened(via.id)) {
      const column = held === undefined ? cell : Math.floor(cell / 4);
      const known = columns[column] ?? 0;
      if (known === 0 || met[column] === 1) continue;
      met[column] = 1;
      all += 1;
      const bad = (known - 1) % 8;
      if (bad >= badness.irreversible) counts.irreversible += 1;
      if (known > 8) counts.notUnderstood += 1;
      const alike = byBadness[bad];
      // What another agent of it used says nothing of a use by this one.
      if (alike !== undefined && alike.length < mostItems) alike.push({ column, at, used: at === 0 ? usedWord[cell % 4] ?? null : null });
    }
    counts[at === 0 ? 'own' : at <= ways ? 'bySubAgents' : 'byShared'] += all - before;
  }
  return { first: byBadness.reverse().flat().slice(0, mostItems), all, counts };
}

/** What of a column the graph needs. */
interface Drawn { readonly column: number; readonly from: string; readonly resource: string }

function itemsOf(kept: ReturnType<typeof reachHeld>, found: readonly Found[], vias: readonly Via[]): { items: Item[]; lines: Drawn[] } {
  const texts = kept.textsOf(found.map((one) => one.column));
  const columns: number[][] = vias.map(() => []);
  for (const one of found) columns[one.at]?.push(one.column);
  const grants = vias.map((via, at) => kept.grantsBehind(via, columns[at] ?? []));
  const items: Item[] = [];
  const lines: Drawn[] = [];
  for (const { column, at, used } of found) {
    const [via, text] = [vias[at], texts.get(column)];
    // Both are there: they were read in one view.
    if (via === undefined || text === undefined) continue;
    const { resource } = text;
    const grant = grants[at]?.get(column) ?? null;
    items.push({ resource, class: text.class, reversibility: text.reversibility, used, grantId: grant === null ? null : publicId('grant', grant), path: [...via.path, resource] });
    lines.push({ column, from: via.node, resource });
  }
  return { items, lines };
}

function sharedOf(reading: Reading, credentials: readonly CredentialRow[], head: number): Reach['shared'] {
  const identity = reading.sql<[number], number>('SELECT identity FROM access_row WHERE holder = ?').pluck();
  return credentials.flatMap((one) => {
    const others = sharersOf(reading, one.id, head);
    return others.length === 0 ? [] : [{ credentialId: publicId('credential', one.id), name: one.name, kind: one.kind, evidence: one.evidence, agents: others.slice(0, mostSharers).map((id) => ({ id: publicId('agent', id), name: reading.agent(id).name, identity: identityWord(identity.get(id) ?? 5) })) }];
  });
}

function drawn(reading: Reading, head: number, ways: readonly Way[], shared: Reach['shared'], lines: readonly Drawn[]): GraphParts {
  const graph = new GraphParts();
  graph.agents(reading, [head, ...ways.map((way) => way.head)], () => nothingDone);
  for (const one of shared) {
    graph.node(one.credentialId, 'credential', one.name);
    for (const agent of one.agents) if (graph.size < 2 * mostShown) graph.node(agent.id, 'agent', agent.name, { identity: agent.identity, refId: agent.id });
  }
  for (const line of lines.slice(0, mostShown)) graph.node(columnNode(line.column), 'resource', line.resource);
  for (const way of ways) graph.edge(agentNode(way.from ?? head), agentNode(way.head), 'hands');
  for (const one of shared) for (const agent of [agentNode(head), ...one.agents.map(({ id }) => id)]) graph.edge(agent, one.credentialId, 'acts_as');
  for (const line of lines) graph.edge(line.from, columnNode(line.column), 'holds');
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

export const accessReach = (reading: Reading, params: ParsedParams<'access.reach'>): Reach => inOneView(reading, () => reachOf(reading, params));

function reachOf(reading: Reading, params: ParsedParams<'access.reach'>): Reach {
  const head = reading.headOf(rowId('agent', params.agentId));
  if (reading.sql<[number], { id: number }>('SELECT id FROM agent WHERE id = ?').get(head) === undefined) throw new StoreError('not_found', `There is no agent with the identifier ${params.agentId.slice(0, 40)}.`);
  const { ways, more } = subAgents(reading, head);
  const credentials = credentialsOf(reading, reading.sourcesOf(head));
  const shared = sharedOf(reading, credentials, head);
  const carried = credentials.filter((one) => shared.some(({ credentialId }) => credentialId === publicId('credential', one.id)));
  const vias = viasOf(reading, head, ways, carried);
  const kept = reachHeld(reading);
  const found = foundBy(kept, vias, ways.length);
  const { items, lines } = itemsOf(kept, found.first, vias);
  const seen = [head, ...ways.map((way) => way.head)];
  const left = found.all - items.length;
  return {
    graph: drawn(reading, head, ways, shared, lines).done(notSeenOf(reading, seen), left),
    items, more: left, counts: found.counts, shared, cannotTell: doubtsOf(reading, head, { more, seen, credentials, shared }),
  };
}
