import { expect, test } from 'vitest';
import type { Overview } from '../../../shared/contract.ts';
import { changesOf } from './changes.ts';

const money = (amountMicros: number | null, unpriced = 0, currency = 'USD') => ({ amountMicros, currency, provenance: 'computed' as const, unpriced });
const base: Overview['changed'] = {
  since: '2026-11-16T13:32:00.000Z', newAgents: [], newVersions: [], identityChanges: [], failures: 34, failuresBefore: 25, newFailureGroups: 1, denials: 4,
  cost: money(118_000_000), costBefore: money(100_000_000), activities: 10, activitiesBefore: 30, seenShare: 0.9996, seenShareBefore: 1,
};
const line = (id: string, changed: Partial<Overview['changed']> = {}) => changesOf({ ...base, ...changed }).find((one) => one.id === id);

test('says how spend changed only when both sums are whole', () => {
  expect(line('spend')?.figure).toBe('+18\u2009%');
  expect(line('spend', { cost: money(118, 3) })).toMatchObject({ figure: null, detail: 'at least 0.0001 USD, before: 100.00 USD' });
  expect(line('spend', { costBefore: money(null, 2) })).toMatchObject({ figure: null, detail: '118.00 USD, before: no price known' });
  expect(line('spend', { costBefore: money(5, 0, 'EUR') })?.figure).toBeNull();
  expect(line('spend', { costBefore: money(0) })?.figure).toBeNull();
});

test('signs differences, with a true minus', () => {
  expect(line('failures')?.figure).toBe('+9');
  expect(line('activities')?.figure).toBe('\u221220');
});

test('nearly everything seen never reads as everything', () => {
  expect(line('seen')?.figure).toBe('99.9\u2009%');
  expect(line('seen', { seenShare: null })).toMatchObject({ figure: null, detail: 'nothing was connected' });
});

test('new agents come first, are cleaned, and a long list says how much it leaves out', () => {
  const newAgents = ['a', 'b\u202Ec', 'd', 'e', 'f'].map((name) => ({ id: name, name }));
  expect(changesOf({ ...base, newAgents })[0]).toMatchObject({ id: 'agents', figure: '+5', look: true, detail: 'a, b[U+202E]c, d, e and 1 more', to: { screen: 'agents' } });
  expect(changesOf({ ...base, newAgents: [{ id: 'x', name: 'x' }] })[0]).toMatchObject({ what: 'new agent', to: { screen: 'agent', id: 'x' } });
});

test('compares with nothing that was not seen', () => {
  expect(line('activities', { activitiesBefore: 0, seenShareBefore: null })).toMatchObject({ figure: '10', detail: '10 seen, before: not seen' });
  expect(line('failures', { failuresBefore: 0, seenShareBefore: 0 })).toMatchObject({ figure: '34', detail: '34 where seen, 1 new group; before: not seen' });
  expect(line('activities', { seenShareBefore: 0.2 })).toMatchObject({ figure: '10', detail: '10 seen, before, partly seen: 30' });
  expect(line('spend', { seenShareBefore: 0.2 })).toMatchObject({ figure: null, detail: '118.00 USD, before, partly seen: 100.00 USD' });
});
