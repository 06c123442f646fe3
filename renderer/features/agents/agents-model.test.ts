import { expect, test } from 'vitest';
import type { Agent } from '../../../shared/domain.ts';
import { allTokens, chosenToStop, filterAgents, filterWords, knownCost, noFilter } from './agents-model.ts';

const usage = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4, reasoningTokens: 2 };
function made(name: string, more: Partial<Agent> = {}): Agent {
  return {
    id: `id-${name}`, name, service: 'platform', version: 'v1', identity: 'own', identityOf: null, connectionId: 'c1', connectionName: 'AWS prod', source: 'otel-genai',
    firstSeen: '2026-11-01T00:00:00.000Z', lastSeen: '2026-11-17T00:00:00.000Z', state: 'running', openTasks: 0, tasks: 0, activities: 0, failures: 0, denials: 0, usage,
    cost: { amountMicros: 0, currency: 'USD', provenance: 'reported', unpriced: 0 }, failureSpark: [], ...more,
  };
}
const names = (agents: Agent[]): string[] => agents.map((agent) => agent.name);

test('every word must be found somewhere, in any case', () => {
  const agents = [made('refund-runner', { identityOf: 'Marta' }), made('claims-triage'), made('fleet-router', { connectionName: 'GCP data' })];
  expect(names(filterAgents(agents, { ...noFilter, text: 'RUNNER marta' }))).toEqual(['refund-runner']);
  expect(names(filterAgents(agents, { ...noFilter, text: 'gcp' }))).toEqual(['fleet-router']);
  expect(names(filterAgents(agents, { ...noFilter, text: '  ' }))).toHaveLength(3);
});

test('filters add up, and "active" keeps what was not seen', () => {
  const agents = [made('a', { state: 'idle' }), made('b', { state: 'not_seen' }), made('c', { identity: 'borrowed' }), made('d', { identity: 'borrowed', connectionId: 'c2' })];
  expect(names(filterAgents(agents, { ...noFilter, active: true }))).toEqual(['b', 'c', 'd']);
  expect(names(filterAgents(agents, { ...noFilter, identity: 'borrowed', connectionId: 'c2' }))).toEqual(['d']);
  expect(names(filterAgents(agents, { ...noFilter, state: 'not_seen' }))).toEqual(['b']);
});

test('an unknown price is never a zero in the sum, and currencies stay apart', () => {
  const sums = knownCost([
    made('a', { cost: { amountMicros: 500, currency: 'USD', provenance: 'reported', unpriced: 0 } }),
    made('b', { cost: { amountMicros: null, currency: 'USD', provenance: 'unpriced', unpriced: 3 } }),
    made('c', { cost: { amountMicros: 700, currency: 'EUR', provenance: 'computed', unpriced: 1 } }),
  ]);
  expect(sums).toEqual([{ known: 700, currency: 'EUR', agentsWithUnpriced: 1 }, { known: 500, currency: 'USD', agentsWithUnpriced: 1 }]);
});

test('says which filters are on', () => {
  expect(filterWords({ text: ' x ', active: true, identity: 'own', connectionId: 'c9', state: 'not_seen' }, null)).toEqual(['text "x"', 'active or not seen', 'identity own', 'connection c9', 'state not seen']);
  expect(filterWords(noFilter, null)).toEqual([]);
});

test('reasoning is inside output and not counted again', () => {
  expect(allTokens({ usage })).toBe(10);
});

test('a stop is about what is ticked, else about what has the focus', () => {
  const agents = [made('a'), made('b'), made('c')];
  const names = (ticked: string[], focused: string | null): string[] => chosenToStop(agents, new Set(ticked), focused).map((agent) => agent.name);
  expect(names([], null)).toEqual([]);
  expect(names([], 'id-b')).toEqual(['b']);
  expect(names(['id-a'], 'id-b')).toEqual(['a']);
  expect(names(['id-c', 'id-a'], null)).toEqual(['a', 'c']);
});
