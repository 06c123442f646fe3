/** A graph under construction: nodes and edges by their ids, each told once. */
import type { AccessGraph } from '../../../../shared/access.ts';
import { IDENTITY, identityWord } from '../codes.ts';
import { hash53 } from '../hash.ts';
import { publicId, rowIdOf } from '../ids.ts';
import type { AgentVolume } from './agent-volumes.ts';
import { iso, type Reading } from './reading.ts';

export type GraphNode = AccessGraph['nodes'][number];
type Edge = AccessGraph['edges'][number];
export type EdgeKind = Edge['kind'];
export interface Volume { readonly volume: number; readonly failures: number; readonly denials: number; readonly lastUs: number }

export const agentNode = (head: number): string => publicId('agent', head);
/** The same, for where each is asked for many times. */
export function agentNodes(): (head: number) => string {
  const known = new Map<number, string>();
  return (head) => {
    let id = known.get(head);
    if (id === undefined) {
      id = agentNode(head);
      known.set(head, id);
    }
    return id;
  };
}
export const toolNode = (name: number): string => `tol-${name.toString(36)}`;
export const personNode = (name: string): string => `per-${hash53(name).toString(36)}`;
export const columnNode = (column: number): string => publicId('column', column);
export const credentialNode = (credential: number): string => publicId('credential', credential);

const quiet: Volume = { volume: 0, failures: 0, denials: 0, lastUs: 0 };

export class GraphParts {
  private readonly nodes = new Map<string, { -readonly [K in keyof GraphNode]: GraphNode[K] }>();
  private readonly edges = new Map<string, { from: string; to: string; kind: EdgeKind; volume: number; failures: number; denials: number; lastUs: number }>();
  /** Neighbours that were met and are not shown, by the node that they are next to. */
  private readonly near = new Map<string, Set<string>>();
  private readonly left = new Set<string>();
  /** The same for agents, by head: they are so many that making their public ids takes longer than finding them. */
  private readonly shown = new Set<number>();
  private readonly nearAgents = new Map<number, Set<number>>();
  private readonly leftAgents = new Set<number>();

  has(id: string): boolean {
    return this.nodes.has(id);
  }

  get size(): number {
    return this.nodes.size;
  }

  node(id: string, kind: GraphNode['kind'], name: string, more: Partial<Pick<GraphNode, 'identity' | 'volume' | 'failures' | 'denials' | 'refId'>> = {}): void {
    if (!this.nodes.has(id)) this.nodes.set(id, { id, kind, name, identity: null, volume: 0, failures: 0, denials: 0, hidden: 0, refId: null, ...more });
  }

  /** Each by its head, with what it did. */
  agents(reading: Reading, heads: readonly number[], sums: (head: number) => AgentVolume): void {
    const sources = heads.map((head) => reading.sourcesOf(head).toSorted((a, b) => a - b));
    const rows = new Map(reading.sql<[string], [number, string, number]>('SELECT a.id, a.name, a.identity FROM json_each(?) i CROSS JOIN agent a ON a.id = i.value').raw().all(JSON.stringify(sources.flat())).map((row) => [row[0], row]));
    for (const [at, head] of heads.entries()) {
      const said = (sources[at] ?? []).flatMap((source) => rows.get(source)?.[2] ?? []);
      const known = said.find((one) => one !== IDENTITY.unknown) ?? said[0];
      const { activities, failures, denials } = sums(head);
      const id = agentNode(head);
      this.shown.add(head);
      this.node(id, 'agent', rows.get(head)?.[1] ?? '(unknown)', { identity: known === undefined ? null : identityWord(known), volume: activities, failures, denials, refId: id });
    }
  }

  /** Added to what was told of the same two before. Where one end is not shown, the other says that something is hidden. */
  edge(from: string, to: string, kind: EdgeKind, { volume, failures, denials, lastUs }: Volume = quiet): void {
    if (from === to) return;
    if (!this.nodes.has(from) || !this.nodes.has(to)) {
      this.beside(from, to);
      this.beside(to, from);
      return;
    }
    const key = `${from} ${to} ${kind}`;
    const known = this.edges.get(key);
    if (known === undefined) {
      this.edges.set(key, { from, to, kind, volume, failures, denials, lastUs });
      return;
    }
    known.volume += volume;
    known.failures += failures;
    known.denials += denials;
    known.lastUs = Math.max(known.lastUs, lastUs);
  }

  leaveAgents(heads: readonly number[]): void {
    for (const head of heads) this.leftAgents.add(head);
  }

  /** Work that one agent handed another; both by their heads. */
  hands(caller: number, called: number, volume: Volume): void {
    if (this.shown.has(caller) && this.shown.has(called)) {
      this.edge(agentNode(caller), agentNode(called), 'hands', volume);
      return;
    }
    this.besideAgent(caller, called);
    this.besideAgent(called, caller);
  }

  /** As `beside`, of two agents by their heads. */
  besideAgent(shown: number, other: number): void {
    if (shown === other || this.shown.has(other)) return;
    this.leftAgents.add(other);
    if (!this.shown.has(shown)) return;
    const known = this.nearAgents.get(shown);
    if (known === undefined) this.nearAgents.set(shown, new Set([other]));
    else known.add(other);
  }

  /** Something stands next to it, and the line between is not drawn. */
  beside(shown: string, other: string): void {
    if (this.nodes.has(other)) return;
    const agent = rowIdOf('agent', other);
    if (agent === null) this.left.add(other);
    else this.leftAgents.add(agent);
    if (!this.nodes.has(shown)) return;
    const known = this.near.get(shown);
    if (known === undefined) this.near.set(shown, new Set([other]));
    else known.add(other);
  }

  /** `more`: left out besides the neighbours that were met. */
  done(notSeen: AccessGraph['notSeen'], more = 0): AccessGraph {
    for (const [id, hidden] of this.near) { const node = this.nodes.get(id); if (node !== undefined) node.hidden = [...hidden].filter((other) => !this.nodes.has(other)).length; }
    // Agents are shown before anything else is drawn, so none of these has come since. What stands beside an agent both ways counts once.
    for (const [head, hidden] of this.nearAgents) {
      const id = agentNode(head);
      const node = this.nodes.get(id);
      if (node !== undefined) node.hidden += [...hidden].filter((other) => this.near.get(id)?.has(agentNode(other)) !== true).length;
    }
    const moreAgents = [...this.leftAgents].filter((head) => !this.shown.has(head)).length;
    return {
      nodes: [...this.nodes.values()], moreNodes: [...this.left].filter((id) => !this.nodes.has(id)).length + moreAgents + more, notSeen,
      edges: [...this.edges.values()].map(({ from, to, kind, volume, failures, denials, lastUs }) => ({ from, to, kind, volume, failures, denials, lastAt: lastUs === 0 ? null : iso(lastUs) })),
    };
  }
}

export function notSeenOf(reading: Reading, heads: readonly number[]): AccessGraph['notSeen'] {
  return reading.sql<[string], { holder: number; name: string; why: string }>('SELECT r.holder, r.name, r.not_seen AS why FROM json_each(?) i CROSS JOIN access_row r ON r.holder = i.value WHERE r.not_seen IS NOT NULL').all(JSON.stringify(heads))
    .map((row) => ({ agentId: agentNode(row.holder), name: row.name, why: row.why }));
}
