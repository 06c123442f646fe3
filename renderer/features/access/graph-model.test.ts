import { describe, expect, it } from 'vitest';
import { collapse, edgeWidth, edgeWords, groupOf, matching, nodeSize, place, placer, stepFrom, type GraphEdge, type GraphNode } from './graph-model.ts';

const node = (id: string, kind: GraphNode['kind'] = 'agent', volume = 1): GraphNode => ({ id, kind, name: id, identity: null, volume, failures: 0, denials: 0, hidden: 0, refId: null });
const edge = (from: string, to: string, volume = 1, more: Partial<GraphEdge> = {}): GraphEdge => ({ from, to, kind: 'calls', volume, failures: 0, denials: 0, lastAt: null, ...more });

/** `agents` agents that each call `tools` tools of their own and one that all share. */
function fleet(agents: number, tools: number): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const nodes = [node('shared', 'tool')];
  const edges: GraphEdge[] = [];
  for (let a = 0; a < agents; a += 1) {
    nodes.push(node(`agent ${a}`));
    edges.push(edge(`agent ${a}`, 'shared'));
    for (let t = 0; t < tools; t += 1) {
      nodes.push(node(`tool ${a}.${t}`, 'tool', 2));
      edges.push(edge(`agent ${a}`, `tool ${a}.${t}`, 2, { failures: 1, lastAt: `2026-11-0${t + 1}T00:00:00.000Z` }));
    }
  }
  return { nodes, edges };
}

describe('collapsing', () => {
  it('leaves a small graph as it is', () => {
    const graph = fleet(3, 5);
    expect(collapse(graph, new Set()).nodes).toHaveLength(graph.nodes.length);
  });

  it('draws what only one agent uses as one, and loses no call of it', () => {
    const graph = fleet(20, 9);
    const shown = collapse(graph, new Set(['agent 3']));
    expect(graph.nodes).toHaveLength(201);
    // 20 agents, the shared tool, 19 groups, and the nine tools of the one that is opened.
    expect(shown.nodes).toHaveLength(20 + 1 + 19 + 9);
    const sum = (edges: readonly GraphEdge[]): number[] => [edges.reduce((all, one) => all + one.volume, 0), edges.reduce((all, one) => all + one.failures, 0)];
    expect(sum(shown.edges)).toEqual(sum(graph.edges));
    expect(shown.nodes.find(({ id }) => id === groupOf('agent 0'))).toMatchObject({ kind: 'group', name: '9 tools', volume: 18 });
    expect(shown.edges.find(({ to }) => to === groupOf('agent 0'))?.lastAt).toBe('2026-11-09T00:00:00.000Z');
  });

  it('keeps fewer than three as they are', () => {
    expect(collapse(fleet(20, 2), new Set()).nodes.some(({ kind }) => kind === 'group')).toBe(false);
  });
});

describe('places', () => {
  const shown = collapse(fleet(20, 9), new Set(['agent 3']));
  const places = place(shown);

  it('stand apart from each other, callers left of what they call', () => {
    const boxes = [...places.values()];
    for (const [at, one] of boxes.entries()) for (const other of boxes.slice(at + 1)) expect(Math.abs(one.x - other.x) >= nodeSize.width || Math.abs(one.y - other.y) >= nodeSize.height).toBe(true);
    for (const { from, to } of shown.edges) expect(places.get(from)?.x).toBeLessThan(places.get(to)?.x ?? -1);
  });

  it('are walked by arrow keys: along edges sideways, within the column up and down', () => {
    expect(stepFrom('agent 0', 'ArrowRight', shown.edges, places)).toMatch(/^(shared|group agent 0)$/);
    expect(stepFrom('agent 0', 'ArrowLeft', shown.edges, places)).toBeNull();
    const down = stepFrom('shared', 'ArrowDown', shown.edges, places) ?? stepFrom('shared', 'ArrowUp', shown.edges, places) ?? '';
    expect(places.get(down)?.x).toBe(places.get('shared')?.x);
    expect(stepFrom('nobody', 'ArrowUp', shown.edges, places)).toBeNull();
  });

  it('stay while only figures change', () => {
    const placeOnce = placer();
    const graph = fleet(2, 2);
    const before = placeOnce(collapse(graph, new Set()));
    expect(placeOnce(collapse({ ...graph, edges: graph.edges.map((one) => ({ ...one, volume: one.volume + 1 })) }, new Set()))).toBe(before);
    expect(placeOnce(collapse(fleet(2, 1), new Set()))).not.toBe(before);
  });

  it('put agents in one column, whether a person is known behind them or not', () => {
    const graph = { nodes: [node('ann', 'person'), node('a'), node('b'), node('t', 'tool'), node('u', 'tool')], edges: [edge('ann', 'a', 1, { kind: 'on_behalf_of' }), edge('a', 't'), edge('b', 'u')] };
    const at = place(collapse(graph, new Set()));
    expect(at.get('a')?.x).toBe(at.get('b')?.x);
    expect(at.get('ann')?.x).toBeLessThan(at.get('a')?.x ?? 0);
    expect(at.get('t')?.x).toBe(at.get('u')?.x);
  });

  it('are given to agents that call each other in a ring, too', () => {
    const ring = place(collapse({ nodes: [node('a'), node('b')], edges: [edge('a', 'b'), edge('b', 'a'), edge('a', 'a')] }, new Set()));
    expect(ring.size).toBe(2);
  });
});

describe('words and looks', () => {
  it('say who, what, how often and how it went, with hostile names made inert', () => {
    const names = new Map([['a', 'clerk'], ['b', 'pay\u202Eee']]);
    expect(edgeWords(edge('a', 'b', 1200, { failures: 3, denials: 2 }), (id) => names.get(id) ?? id)).toBe('clerk calls pay[U+202E]ee, 1,200 calls, 3 failed, 2 denied');
    expect(edgeWords(edge('a', 'b', 0, { kind: 'holds' }), (id) => names.get(id) ?? id)).toBe('clerk may use, and did not, pay[U+202E]ee');
  });

  it('make busier lines thicker, none thicker than five pixels', () => {
    expect([edgeWidth(0, 100), edgeWidth(1, 1), edgeWidth(100, 100)]).toEqual([1, 1, 5]);
    expect(edgeWidth(10, 1000)).toBeGreaterThan(edgeWidth(2, 1000));
  });

  it('find a tool also inside its group', () => {
    const shown = collapse(fleet(20, 9), new Set());
    expect([...matching(shown.nodes, ' TOOL 5.3')]).toEqual([groupOf('agent 5')]);
    expect(matching(shown.nodes, '').size).toBe(0);
  });
});
