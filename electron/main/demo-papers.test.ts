import { describe, expect, it } from 'vitest';
import type { Method } from '../../shared/contract.ts';
import { papersLine, sayPapers } from './demo-papers.ts';
import type { DemoPapers } from './demo-papers.ts';

const papers: DemoPapers = {
  documents: [{ name: 'Role', format: 'iam', role: 'identity', enforcement: 'enforced', text: '{}', agents: ['ledger', 'screener'], credential: 'role/x' }],
  owners: [{ agent: 'ledger', role: 'owner', name: 'Per', gone: true }], holders: ['screener'], baselines: [{ agent: 'ledger', note: 'reviewed' }], budgets: [{ agent: 'ledger', name: 'Ledger', per: 'month', currency: 'USD', softMicros: 1_000_000, hardMicros: 2_000_000 }],
};

function fake({ present = [] as string[], comes = 0 } = {}) {
  const said: { method: Method; params: unknown }[] = [];
  let looks = 0;
  const answers: Partial<Record<Method, () => unknown>> = {
    'access.documents': () => ({ rows: present.map((name) => ({ name })) }),
    'connections.list': () => ({ rows: [{ id: 'con-1', demo: true, kind: 'otlp', runtime: null }, { id: 'con-2', demo: false, kind: 'otlp', runtime: null }, { id: 'con-3', demo: true, kind: 'mcp', runtime: { lastPollAt: '2026-11-23T00:00:00Z' } }] }),
    'agents.list': () => {
      looks += 1;
      // One of the same name that belongs to somebody else's connection is not the demo's.
      const others = [{ id: 'agt-9', name: 'ledger', connectionId: 'con-2' }, { id: 'agt-2', name: 'screener', connectionId: 'con-1' }];
      return { rows: looks > comes ? [{ id: 'agt-1', name: 'ledger', connectionId: 'con-1' }, ...others] : others };
    },
  };
  const caller = {
    call: (method: Method, params: unknown) => {
      const answer = answers[method];
      if (answer === undefined) said.push({ method, params });
      return Promise.resolve(answer?.() ?? {});
    },
    close: () => undefined,
  };
  return { caller: caller as unknown as Parameters<typeof sayPapers>[0], said, looks: () => looks };
}

describe('what the demo\'s people know, said to the console', () => {
  it('goes through the contract, for the demo\'s own agents, as soon as all of them were seen', async () => {
    const { caller, said, looks } = fake({ comes: 1 });
    await sayPapers(caller, papers, () => true);
    expect(looks()).toBe(2);
    expect(said).toEqual([
      { method: 'access.import', params: { name: 'Role', format: 'iam', role: 'identity', enforcement: 'enforced', text: '{}', credential: 'role/x', agentIds: ['agt-1', 'agt-2'] } },
      { method: 'access.setHolder', params: { connectionId: 'con-3', agentId: 'agt-2', holds: true } },
      { method: 'agents.setOwner', params: { id: 'agt-1', role: 'owner', name: 'Per', gone: true } },
      { method: 'access.approve', params: { agentId: 'agt-1', note: 'reviewed' } },
      { method: 'budgets.save', params: { draft: { name: 'Ledger', per: 'month', currency: 'USD', softMicros: 1_000_000, hardMicros: 2_000_000, scope: { kind: 'agent', id: 'agt-1' }, onHard: 'tell' } } },
    ]);
  });

  it('is said once in the life of a history', async () => {
    const { caller, said } = fake({ present: ['Role'] });
    await sayPapers(caller, papers, () => true);
    expect(said).toEqual([]);
  });

  it('is not said any more when the fleet is gone', async () => {
    const { caller, said } = fake({ comes: 1_000 });
    await sayPapers(caller, papers, () => false);
    expect(said).toEqual([]);
  });

  it('is taken only in its form', () => {
    expect(papersLine.safeParse({ papers }).success).toBe(true);
    expect(papersLine.safeParse({ papers: { ...papers, documents: [{ ...papers.documents[0], format: 'sql' }] } }).success).toBe(false);
  });
});
