import { expect, it } from 'vitest';
import type { Agent } from '../../../shared/domain.ts';
import { candidatesFor } from './link-candidates.ts';

const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
const one = (id: string, name: string, connectionId: string): Agent => ({
  id, name, service: name, version: null, identity: 'unknown', identityOf: null, connectionId, connectionName: `connection ${connectionId}`, source: 's', firstSeen: '2026-11-17T14:00:00.000Z', lastSeen: '2026-11-17T14:00:00.000Z',
  state: 'idle', openTasks: 0, tasks: 0, activities: 0, failures: 0, denials: 0, usage, cost: { amountMicros: 0, currency: 'USD', provenance: 'reported', unpriced: 0 }, failureSpark: [],
});
const agent = { id: 'a', name: 'refund-runner', connectionId: 'x', sources: [{ agentId: 'a2', name: 'r', connectionId: 'y', connectionName: 'y', connectionKind: 'a2a', source: 's', lastSeen: '2026-11-17T14:00:00.000Z', by: 'rule' as const, why: null }] };
const ids = (rows: readonly Agent[]): string[] => rows.map((row) => row.id);

it('offers neither itself nor what is linked already, and the likeliest first', () => {
  const rows = [one('a', 'refund-runner', 'x'), one('a2', 'Refund', 'y'), one('same place', 'refund_runner', 'x'), one('other', 'quote', 'y'), one('likely', 'Refund Runner', 'y')];
  expect(ids(candidatesFor(agent, rows, ''))).toEqual(['likely', 'other', 'same place']);
});

it('needs every typed word, wherever it stands', () => {
  const rows = [one('1', 'quote', 'y'), one('2', 'quote', 'z')];
  expect(ids(candidatesFor(agent, rows, 'QUOTE connection z'))).toEqual(['2']);
});
