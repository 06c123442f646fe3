import { describe, expect, it } from 'vitest';
import { askedOf, countOf, filterWords, isKeptFilter, needing, readView, usualFilter, worstRank } from './failures-view.ts';

const counts = { new: 1, back: 2, known: 4, snoozed: 8, resolved: 16 };

describe('the filter of failures', () => {
  it('keeps what lasts and takes what the address says', () => {
    expect(readView({ ...usualFilter, show: 'resolved', kind: 'tool_call' }, { show: 'open', q: 'x', agent: 'agt-1' })).toEqual({ show: 'open', kind: 'tool_call', connectionId: null, version: null, text: 'x', agentId: 'agt-1' });
    expect(readView({ ...usualFilter, show: 'snoozed' }, { show: 'nonsense' }).show).toBe('snoozed');
  });

  it.each([null, {}, { ...usualFilter, show: 'each' }, { ...usualFilter, kind: 'denial' }, { ...usualFilter, version: 4 }, { ...usualFilter, connectionId: 'c'.repeat(201) }])('refuses what another version kept: %j', (value) => {
    expect(isKeptFilter(value)).toBe(false);
  });

  it('asks only for what was chosen', () => {
    expect(isKeptFilter(usualFilter)).toBe(true);
    expect(askedOf({ ...usualFilter, show: 'all', text: '  ', agentId: null })).toEqual({ limit: 200 });
    expect(askedOf({ show: 'open', kind: 'tool_call', connectionId: 'con-1', version: 'v14', text: ' key ', agentId: 'agt-1' })).toEqual({ limit: 200, states: ['new', 'back', 'known'], kinds: ['tool_call'], connectionId: 'con-1', version: 'v14', text: 'key', agentId: 'agt-1' });
  });

  it('counts the parts of the list so that they add up', () => {
    expect(needing(counts)).toBe(3);
    expect(countOf(counts, 'open') + countOf(counts, 'snoozed') + countOf(counts, 'resolved')).toBe(countOf(counts, 'all'));
    expect(countOf(counts, 'open')).toBe(7);
  });

  it('says itself in words', () => {
    expect(filterWords({ ...usualFilter, text: ' key ', agentId: 'agt-1', kind: 'handoff', connectionId: 'con-1', version: 'v2' }, 'AWS')).toEqual(['text “key”', 'kind hand-off', 'connection AWS', 'version v2', 'only one agent']);
    expect(filterWords({ ...usualFilter, show: 'resolved', text: '', agentId: null }, null)).toEqual([]);
  });
});

it('stands worst first: what needs somebody, then how often', () => {
  const rows = [{ state: 'known', count: 90_000 }, { state: 'new', count: 1 }, { state: 'back', count: 5 }, { state: 'new', count: 9 }, { state: 'resolved', count: 1e6 }] as const;
  expect(rows.toSorted((a, b) => worstRank(a) - worstRank(b)).map((row) => row.count)).toEqual([9, 5, 1, 90_000, 1e6]);
});
