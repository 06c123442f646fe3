/** Who calls whom: agents, the tools that they call, the people they act for and the credentials they carry. The busiest, or what is near one of them. */
import type { AccessGraph } from '../../../../shared/access.ts';
import type { ParsedParams } from '../../../../shared/contract.ts';
import { rowIdOf } from '../ids.ts';
import { StoreError } from '../errors.ts';
import { addedVolumes, agentVolumes, nothingDone } from './agent-volumes.ts';
import { behalfOf, callersOfTools, credentialPairs, daysOf, linksOf, toolPairs, toolVolumes, unusedOf, withCredentials, type ToolPair } from './graph-facts.ts';
import { agentNode, agentNodes, columnNode, credentialNode, GraphParts, notSeenOf, personNode, toolNode } from './graph-parts.ts';
import { LinkDays, manyAgents } from './link-days.ts';
import { inOneView } from './one-view.ts';
import type { Reading } from './reading.ts';
import { spanOf, type Span } from './span-of-time.ts';

type Params = ParsedParams<'access.graph'>;

/** `near`: whose tools, people and credentials are told. `far`: only next to one of them. Heads. */
interface Chosen { readonly near: readonly number[]; readonly far: readonly number[]; readonly left: readonly number[] }

/** Of the nodes, the share that may be agents: each brings some tools. */
const agentShare = 0.2;
const holdersShown = 20;

function busiest(reading: Reading, span: Span, most: number): Chosen {
  const agents = reading.sql<[number], number>('SELECT id FROM agent WHERE rows > 0 AND last_us >= ? ORDER BY rows DESC LIMIT 5000').pluck().all(span.fromUs);
  const heads = [...new Set(agents.map((agent) => reading.headOf(agent)))];
  return { near: heads.slice(0, most), far: [], left: heads.slice(most) };
}

/** Agents next to the node in the middle, if it is no agent itself. */
function aroundNode(reading: Reading, focus: string, pairs: () => readonly ToolPair[]): number[] {
  if (focus.startsWith('tol-')) return pairs().filter(({ name }) => toolNode(name) === focus).map(({ agent }) => reading.headOf(agent));
  const credential = rowIdOf('credential', focus);
  if (credential !== null) return withCredentials(reading, [credential]).map(({ agent }) => reading.headOf(agent));
  const column = rowIdOf('column', focus);
  if (column !== null) return reading.sql<[number], number>('SELECT holder FROM access_cell WHERE column_id = ? AND holder > 0 LIMIT 500').pluck().all(column);
  const connection = rowIdOf('connection', focus);
  if (connection !== null) return reading.sql<[number], number>('SELECT id FROM agent WHERE connection = ? AND (rows > 0 OR discovered_us IS NOT NULL) ORDER BY rows DESC LIMIT 500').pluck().all(connection).map((agent) => reading.headOf(agent));
  if (focus.startsWith('per-')) return reading.sql<[], { id: number; of: string }>('SELECT id, identity_of AS of FROM agent WHERE identity_of IS NOT NULL').all().filter(({ of }) => personNode(of) === focus).map(({ id }) => reading.headOf(id));
  throw new StoreError('not_found', `There is no node with the identifier ${focus.slice(0, 40)} in the graph.`);
}

/** From one agent to the next it is one step along handed work, two along a tool or a credential that both have. */
function nearby(reading: Reading, links: LinkDays, params: Params & { focus: string }, span: Span, most: number): Chosen {
  const pairs = (): readonly ToolPair[] => toolPairs(reading, span.fromUs, null);
  const agent = rowIdOf('agent', params.focus);
  const depth = new Map<number, number>(agent !== null ? [[reading.headOf(agent), 0]] : [...new Set(aroundNode(reading, params.focus, pairs))].map((head) => [head, 1]));
  const reach = (heads: Iterable<number>, at: number): void => { for (const head of heads) if (at <= params.hops && !depth.has(head)) depth.set(head, at); };
  for (let at = 0; at < params.hops && depth.size < most; at += 1) {
    const here = [...depth].filter(([, of]) => of === at).flatMap(([head]) => reading.sourcesOf(head));
    if (here.length === 0) continue;
    reach(linksOf(links, span, here, true).flatMap((link) => [reading.headOf(link.caller), reading.headOf(link.called)]), at + 1);
    if (at + 2 > params.hops) continue;
    const own = new Set(toolPairs(reading, span.fromUs, here).map(({ name }) => name));
    reach(callersOfTools(reading, span.fromUs, own).map((caller) => reading.headOf(caller)), at + 2);
    reach(withCredentials(reading, credentialPairs(reading, here).map((one) => one.credential)).map((one) => reading.headOf(one.agent)), at + 2);
  }
  const ranked = [...depth].toSorted((a, b) => a[1] - b[1]);
  const shown = ranked.slice(0, most);
  return { near: shown.filter(([, at]) => at < params.hops || agent === null).map(([head]) => head), far: shown.filter(([, at]) => at >= params.hops && agent !== null).map(([head]) => head), left: ranked.slice(most).map(([head]) => head) };
}

/** `sources`: of the near ones; `all`: of the far ones as well. */
interface Drawing { readonly reading: Reading; readonly graph: GraphParts; readonly span: Span; readonly params: Params; readonly near: readonly number[]; readonly sources: readonly number[]; readonly all: readonly number[] }

/** Tools of the near ones; of the far ones only that they call the same. */
function drawTools({ reading, graph, span, params, sources, all }: Drawing): void {
  const nodeOf = agentNodes();
  const { volumes, told } = toolVolumes(reading, span, all);
  const near = new Set(sources);
  const named = new Set(volumes.filter((one) => near.has(one.agent)).map((one) => one.name));
  const sums = new Map<number, { volume: number; failures: number; denials: number }>();
  for (const one of volumes) {
    if (!named.has(one.name)) continue;
    const sum = sums.get(one.name) ?? { volume: 0, failures: 0, denials: 0 };
    sums.set(one.name, { volume: sum.volume + one.volume, failures: sum.failures + one.failures, denials: sum.denials + one.denials });
  }
  const middle = params.focus?.startsWith('tol-') === true ? [...sums.keys()].find((name) => toolNode(name) === params.focus) : undefined;
  const asked = [...sums].toSorted((a, b) => Number(b[0] === middle) - Number(a[0] === middle) || b[1].volume - a[1].volume);
  for (const [name, sum] of asked.slice(0, Math.max(0, params.limit - graph.size))) graph.node(toolNode(name), 'tool', reading.texts.of(name), sum);
  for (const one of volumes) graph.edge(nodeOf(reading.headOf(one.agent)), toolNode(one.name), 'calls', one);
  const untold = all.filter((source) => !told.has(source));
  if (untold.length > 0) for (const { agent, name } of toolPairs(reading, span.fromUs, untold)) graph.beside(nodeOf(reading.headOf(agent)), toolNode(name));
}

function drawPeople({ reading, graph, span, params, sources }: Drawing): void {
  const found = behalfOf(reading, span, sources);
  const room = Math.max(0, Math.min(params.limit - graph.size, Math.ceil(params.limit / 8)));
  const people = [...Map.groupBy(found, (one) => one.of)].toSorted((a, b) => b[1].length - a[1].length);
  for (const [place, [name, tasks]] of people.entries()) {
    const id = personNode(name);
    if (place < room) graph.node(id, 'person', name, { volume: tasks.reduce((sum, one) => sum + one.tasks, 0) });
    for (const one of tasks) graph.edge(id, agentNode(reading.headOf(one.agent)), 'on_behalf_of', { volume: one.tasks, failures: 0, denials: 0, lastUs: one.lastUs });
  }
}

function drawCredentials({ reading, graph, params, sources }: Drawing): void {
  const pairs = credentialPairs(reading, sources);
  const room = Math.max(0, Math.min(params.limit - graph.size, Math.ceil(params.limit / 8)));
  const several = [...Map.groupBy(pairs, (one) => one.credential)].toSorted((a, b) => b[1].length - a[1].length).slice(0, room);
  for (const [credential, held] of several) graph.node(credentialNode(credential), 'credential', held[0]?.name ?? '');
  for (const one of pairs) graph.edge(agentNode(reading.headOf(one.agent)), credentialNode(one.credential), 'acts_as');
  // Who else carries it and is not shown.
  for (const one of withCredentials(reading, several.map(([credential]) => credential))) { const other = agentNode(reading.headOf(one.agent)); if (!graph.has(other)) graph.edge(other, credentialNode(one.credential), 'acts_as'); }
}

function drawHeld({ reading, graph, span, params, near }: Drawing): void {
  const name = reading.sql<[number], string>('SELECT resource FROM access_column WHERE id = ?').pluck();
  for (const one of unusedOf(reading, span.fromUs, near.slice(0, holdersShown))) {
    if (graph.size < params.limit && !graph.has(columnNode(one.column))) graph.node(columnNode(one.column), 'resource', name.get(one.column) ?? '');
    graph.edge(agentNode(one.holder), columnNode(one.column), 'holds', { volume: 0, failures: 0, denials: 0, lastUs: one.lastUsedUs ?? 0 });
  }
}

export const accessGraph = (reading: Reading, params: Params, nowUs: number): AccessGraph => inOneView(reading, () => graphOf(reading, params, nowUs));

function graphOf(reading: Reading, params: Params, nowUs: number): AccessGraph {
  const span = spanOf(params.period, nowUs);
  const links = new LinkDays(reading, daysOf(span), params.focus !== undefined);
  const most = Math.max(1, Math.floor(params.limit * agentShare));
  const { near, far, left } = params.focus === undefined ? busiest(reading, span, most) : nearby(reading, links, { ...params, focus: params.focus }, span, most);
  const graph = new GraphParts();
  const shown = [...near, ...far];
  graph.leaveAgents(left);
  const sources = near.flatMap((head) => reading.sourcesOf(head));
  const all = shown.flatMap((head) => reading.sourcesOf(head));
  const sums = agentVolumes(reading, span, all);
  graph.agents(reading, shown, (head) => reading.sourcesOf(head).reduce((sum, id) => addedVolumes(sum, sums.get(id) ?? nothingDone), nothingDone));
  const drawing: Drawing = { reading, graph, span, params, near, sources, all };
  // People and credentials are few: they are drawn before tools take what room there is.
  drawPeople(drawing);
  drawCredentials(drawing);
  if (params.focus?.startsWith('col-') === true) drawColumn(drawing, params.focus);
  drawTools(drawing);
  // Who handed work to these: whoever is not shown is to be counted.
  if (params.focus === undefined) for (const both of links.keysInto(all, span.fromUs)) graph.besideAgent(reading.headOf(both % manyAgents), reading.headOf(Math.floor(both / manyAgents)));
  for (const link of linksOf(links, span, all, params.focus !== undefined)) graph.hands(reading.headOf(link.caller), reading.headOf(link.called), link);
  if (params.holds) drawHeld(drawing);
  return graph.done(notSeenOf(reading, shown));
}

function drawColumn({ reading, graph, near }: Drawing, focus: string): void {
  const column = rowIdOf('column', focus) ?? 0;
  const row = reading.sql<[number], { resource: string }>('SELECT resource FROM access_column WHERE id = ?').get(column);
  if (row !== undefined) graph.node(focus, 'resource', row.resource);
  for (const head of near) graph.edge(agentNode(head), focus, 'holds');
}
