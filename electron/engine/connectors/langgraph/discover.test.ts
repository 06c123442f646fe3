import { describe, expect, it } from 'vitest';
import { ownerOf, readGraph } from './discover.ts';
import { graph } from './shapes.ts';

describe('what a graph tells of its tools', () => {
  it('keeps the node that names them, as the server wrote it', () => {
    const node = { id: 'tools', type: 'runnable', data: { name: 'func' }, metadata: { __tools: ['search_docs', 'send_email'] } };
    const { grants } = readGraph(graph.parse({ nodes: [{ id: '__start__' }, node], edges: [] }));
    expect(grants.map(({ kind, name, from }) => `${kind} ${name} ${from}`)).toEqual(['tool search_docs assistant graph', 'tool send_email assistant graph']);
    for (const grant of grants) expect(JSON.parse(grant.source?.text ?? '')).toEqual(node);
  });

  it('says a tool all the same where its node is too big to be kept', () => {
    const { grants } = readGraph(graph.parse({ nodes: [{ id: 'tools', metadata: { __tools: ['pay'], note: 'x'.repeat(70_000) } }] }));
    expect(grants).toMatchObject([{ kind: 'tool', name: 'pay' }]);
    expect(grants[0]).not.toHaveProperty('source');
  });
});

describe('whom a server names as an assistant\'s owner', () => {
  it('takes its owner before who made it', () => {
    expect(ownerOf({ metadata: { created_by: 'ci', owner: 'nina@halden.example' } })).toBe('nina@halden.example');
    expect(ownerOf({ metadata: { created_by: 'ops@halden.example' } })).toBe('ops@halden.example');
  });

  it.each([[{}], [{ created_by: 'system' }], [{ owner: '', created_by: 'System' }], [{ owner: { id: 7 } }], [{ owner: ' \u0000 ' }]])('names nobody for %j', (metadata) => {
    expect(ownerOf({ metadata })).toBeNull();
  });
});
