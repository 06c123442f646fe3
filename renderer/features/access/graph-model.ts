/** What of the graph of who calls whom is drawn, where it stands, and how it is said. Pure. */
import { Graph, layout } from '@dagrejs/dagre';
import type { AccessGraph } from '../../../shared/access.ts';
import { inertString } from '../../ui/agent-text.ts';
import { formatCount, plural } from '../../ui/format.ts';

export type GraphNode = AccessGraph['nodes'][number];
export type GraphEdge = AccessGraph['edges'][number];

/** `group`: leaves of one node that are drawn as one, so that the rest stays readable. */
export interface ShownNode extends Omit<GraphNode, 'kind'> { readonly kind: GraphNode['kind'] | 'group'; readonly members: readonly GraphNode[] }
export interface Shown { readonly nodes: readonly ShownNode[]; readonly edges: readonly GraphEdge[] }

export const nodeSize = { width: 184, height: 38 } as const;
/** Below this everything can be read at once. */
const smallGraph = 24;
const leastGroup = 3;

export const groupOf = (id: string): string => `group ${id}`;

/** Tools and resources that only one node leads to stand as one beside it, unless it is opened. */
export function collapse(graph: Pick<AccessGraph, 'nodes' | 'edges'>, opened: ReadonlySet<string>): Shown {
  const alone = graph.nodes.length <= smallGraph ? new Map<string, GraphNode[]>() : leavesOf(graph);
  const into = new Map<string, string>();
  const groups: ShownNode[] = [];
  for (const [owner, members] of alone) {
    if (members.length < leastGroup || opened.has(owner)) continue;
    for (const { id } of members) into.set(id, groupOf(owner));
    const sum = (field: 'volume' | 'failures' | 'denials' | 'hidden'): number => members.reduce((all, one) => all + one[field], 0);
    groups.push({ id: groupOf(owner), kind: 'group', name: groupName(members), identity: null, volume: sum('volume'), failures: sum('failures'), denials: sum('denials'), hidden: sum('hidden'), refId: null, members });
  }
  const edges = new Map<string, GraphEdge>();
  for (const edge of graph.edges) {
    const [from, to] = [into.get(edge.from) ?? edge.from, into.get(edge.to) ?? edge.to];
    const key = `${from}\n${to}\n${edge.kind}`;
    const before = edges.get(key);
    edges.set(key, before === undefined ? { ...edge, from, to } : added(before, edge));
  }
  return { nodes: [...graph.nodes.filter(({ id }) => !into.has(id)).map((node) => ({ ...node, members: [] })), ...groups], edges: [...edges.values()] };
}

const added = (one: GraphEdge, other: GraphEdge): GraphEdge => ({
  ...one, volume: one.volume + other.volume, failures: one.failures + other.failures, denials: one.denials + other.denials,
  lastAt: one.lastAt === null || (other.lastAt !== null && other.lastAt > one.lastAt) ? other.lastAt : one.lastAt,
});

function groupName(members: readonly GraphNode[]): string {
  const tools = members.filter(({ kind }) => kind === 'tool').length;
  const others = members.length - tools;
  return [tools > 0 ? plural(tools, 'tool') : '', others > 0 ? plural(others, 'resource') : ''].filter((part) => part !== '').join(', ');
}

/** By the one node that leads to them. */
function leavesOf({ nodes, edges }: Pick<AccessGraph, 'nodes' | 'edges'>): Map<string, GraphNode[]> {
  const around = neighboursOf(edges);
  const leaves = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    const [only, ...more] = around.get(node.id) ?? [];
    if ((node.kind !== 'tool' && node.kind !== 'resource') || only === undefined || more.length > 0) continue;
    leaves.set(only, [...(leaves.get(only) ?? []), node]);
  }
  return leaves;
}

export function neighboursOf(edges: readonly Pick<GraphEdge, 'from' | 'to'>[]): Map<string, Set<string>> {
  const around = new Map<string, Set<string>>();
  const add = (one: string, other: string): void => {
    const known = around.get(one);
    if (known === undefined) around.set(one, new Set([other]));
    else known.add(other);
  };
  for (const { from, to } of edges) {
    add(from, to);
    add(to, from);
  }
  return around;
}

export interface Placed { readonly x: number; readonly y: number }

/** Left to right: who asks stands left of what is asked, and agents stand in one column, whether a person is known behind them or not. Top left corners, in pixels. */
export function place({ nodes, edges }: Shown): Map<string, Placed> {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 8, ranksep: 72, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(nodes.map(({ id }) => id));
  for (const { id } of nodes) graph.setNode(id, { ...nodeSize });
  for (const { from, to, kind } of edges) if (known.has(from) && known.has(to) && from !== to) graph.setEdge(from, to, {}, kind);
  // Whoever nobody asks stands as if somebody unknown did: in the column of those who are asked.
  const asked = new Set(edges.filter(({ from, to }) => from !== to).map(({ to }) => to));
  const alone = nodes.some(({ kind }) => kind === 'person') ? nodes.filter(({ id, kind }) => kind !== 'person' && !asked.has(id)) : [];
  if (alone.length > 0) graph.setNode(nobody, { ...nodeSize });
  for (const { id } of alone) graph.setEdge(nobody, id, {}, 'column');
  layout(graph);
  return new Map(nodes.map(({ id }) => {
    const { x, y } = graph.node(id) as Placed;
    return [id, { x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 }];
  }));
}

/** Places of the graph before, as long as it has the same boxes and lines: fresh figures move nothing. */
export function placer(): (shown: Shown) => ReadonlyMap<string, Placed> {
  let key = '';
  let places: ReadonlyMap<string, Placed> = new Map();
  return (shown) => {
    const now = JSON.stringify([shown.nodes.map(({ id }) => id), shown.edges.map(({ from, to, kind }) => [from, to, kind])]);
    if (now !== key) {
      key = now;
      places = place(shown);
    }
    return places;
  };
}

/** Stands in the column of people and is not drawn. */
const nobody = 'nobody';

const order = (one: Placed, other: Placed): number => one.y - other.y || one.x - other.x;

/** Where an arrow key leads: along an edge sideways, within the column up and down. Null: nowhere. */
export function stepFrom(id: string, key: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown', edges: readonly GraphEdge[], places: ReadonlyMap<string, Placed>): string | null {
  const from = places.get(id);
  if (from === undefined) return null;
  const around = neighboursOf(edges).get(id) ?? new Set<string>();
  const near = (one: readonly [string, Placed], other: readonly [string, Placed]): number => Math.abs(one[1].y - from.y) - Math.abs(other[1].y - from.y) || order(one[1], other[1]);
  const [first] = [...places].filter(([other, at]) => {
    if (other === id) return false;
    if (key === 'ArrowLeft') return around.has(other) && at.x < from.x;
    if (key === 'ArrowRight') return around.has(other) && at.x > from.x;
    return Math.abs(at.x - from.x) < nodeSize.width / 2 && (key === 'ArrowUp' ? at.y < from.y : at.y > from.y);
  }).toSorted(near);
  return first?.[0] ?? null;
}

const kindWords: Record<ShownNode['kind'], string> = { person: 'person', agent: 'agent', tool: 'tool', resource: 'resource', credential: 'credential', connection: 'connection', group: 'group' };
export const nodeKindWord = (kind: ShownNode['kind']): string => kindWords[kind];

export function nodeWords({ kind, name, volume, failures, denials }: Pick<ShownNode, 'kind' | 'name' | 'volume' | 'failures' | 'denials'>): string {
  return `${kindWords[kind]} ${inertString(name, 120)}${withCalls({ volume, failures, denials })}`;
}

/** '' where there was none. */
export function callWords({ volume, failures, denials }: Pick<GraphEdge, 'volume' | 'failures' | 'denials'>): string {
  return [volume > 0 ? plural(volume, 'call') : '', failures > 0 ? `${formatCount(failures)} failed` : '', denials > 0 ? `${formatCount(denials)} denied` : ''].filter((part) => part !== '').join(', ');
}

function withCalls(counts: Pick<GraphEdge, 'volume' | 'failures' | 'denials'>): string {
  const words = callWords(counts);
  return words === '' ? '' : `, ${words}`;
}

const edgeVerbs: Record<GraphEdge['kind'], string> = { calls: 'calls', hands: 'hands work to', holds: 'may use, and did not,', acts_as: 'acts with', on_behalf_of: 'is whom it acts for:' };

/** One line of the list beside the graph. */
export function edgeWords(edge: GraphEdge, nameOf: (id: string) => string): string {
  return `${inertString(nameOf(edge.from), 80)} ${edgeVerbs[edge.kind]} ${inertString(nameOf(edge.to), 80)}${withCalls(edge)}`;
}

/** Thicker where more went over it: 1 to 5 pixels, by the logarithm, since volumes differ by factors of a thousand. */
export function edgeWidth(volume: number, most: number): number {
  return volume <= 0 || most <= 1 ? 1 : 1 + (4 * Math.log(1 + volume)) / Math.log(1 + most);
}

export function matching(nodes: readonly ShownNode[], text: string): ReadonlySet<string> {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return new Set();
  const has = (name: string): boolean => name.toLowerCase().includes(wanted);
  return new Set(nodes.filter((node) => has(node.name) || node.members.some(({ name }) => has(name))).map(({ id }) => id));
}
