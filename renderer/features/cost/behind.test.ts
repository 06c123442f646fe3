import { describe, expect, it } from 'vitest';
import { behind } from './behind.ts';

const row = (changes: Partial<Parameters<typeof behind>[0]>) => ({ id: '7', name: 'gpt-5', agentId: null, ...changes });

describe('the rows behind a figure', () => {
  it('are the agent where the row stands for one, whatever it is grouped by', () => {
    for (const by of ['agent', 'version'] as const) expect(behind(row({ agentId: 'agt-1' }), by)?.target).toEqual({ screen: 'agent', id: 'agt-1', params: { tab: 'usage' } });
  });
  it('are the model calls of a model and the activities of a connection', () => {
    expect(behind(row({}), 'model')?.target).toEqual({ screen: 'live', params: { text: 'gpt-5', kind: 'model_call' } });
    expect(behind(row({ id: 'con-2', name: 'Claims' }), 'connection')?.target).toEqual({ screen: 'live', params: { connection: 'con-2' } });
  });
  it('are not offered where the row only says that nothing was named', () => {
    expect(behind(row({ id: '0', name: 'no model named' }), 'model')).toBeNull();
    expect(behind(row({ id: '-', name: 'no owner' }), 'owner')).toBeNull();
    expect(behind(row({ id: '=Anna', name: 'Anna' }), 'owner')?.target).toEqual({ screen: 'agents', params: { q: 'Anna' } });
  });
});
