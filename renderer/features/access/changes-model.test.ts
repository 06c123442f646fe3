import { expect, it } from 'vitest';
import { changesFilters, readChangesView, sinceOf } from './changes-model.ts';

it('reads what was asked for from the address', () => {
  expect(readChangesView({ widening: '1', since: '7', agent: 'a', change: 'c' })).toEqual({ widening: true, since: '7', agentId: 'a', chosen: 'c' });
  expect(readChangesView({ widening: 'x', since: '9' })).toEqual({ widening: false, since: null, agentId: null, chosen: null });
  expect(changesFilters(readChangesView({ widening: '1', since: '30' }))).toEqual(['reaches further only', 'last 30 days']);
  expect(changesFilters(readChangesView({}))).toEqual([]);
});

it('asks the same for an hour', () => {
  expect(sinceOf(null, 0)).toBeNull();
  expect(sinceOf('1', Date.parse('2026-11-17T14:10:00.000Z'))).toBe('2026-11-16T14:00:00.000Z');
  expect(sinceOf('1', Date.parse('2026-11-17T14:59:59.000Z'))).toBe('2026-11-16T14:00:00.000Z');
});
