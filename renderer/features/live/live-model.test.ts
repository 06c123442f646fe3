import { expect, test } from 'vitest';
import { activityKinds as everyKind, activityStatuses as everyStatus, type Activity } from '../../../shared/domain.ts';
import { activityKinds, activityStatuses, askedOf, filterOf, isFiltered, noFilter, onTopOf, paramsOf } from './live-model.ts';

const row = (id: string, status: Activity['status'] = 'ok'): Activity => ({
  id, time: '2026-11-17T13:00:00.000Z', endTime: null, agentId: 'a', agentName: 'a', taskId: 't', connectionId: 'c', kind: 'tool_call', name: id, status, durationMs: 1,
  usage: null, cost: null, model: null, error: null, parentId: null, source: 's', failureId: null, authority: null, notes: [],
});

test('a place round-trips to a filter, and unknown words are left out', () => {
  const filter = { text: 'ledger', kind: 'tool_call', status: 'error', connectionId: 'c1', agentId: 'a1' } as const;
  const params = Object.fromEntries(Object.entries(paramsOf(filter)).filter((pair): pair is [string, string] => pair[1] !== null));
  expect(filterOf(params)).toEqual(filter);
  expect(filterOf({ kind: 'nonsense', outcome: 'nonsense' })).toEqual(noFilter);
});

test('asks the engine only for what is filtered', () => {
  expect(askedOf(noFilter)).toEqual({});
  expect(askedOf({ ...noFilter, text: '  x ', kind: 'denial', status: 'denied', agentId: 'a' })).toEqual({ text: 'x', kinds: ['denial'], statuses: ['denied'], agentId: 'a' });
  expect(askedOf({ ...noFilter, text: 'y'.repeat(300) }).text).toHaveLength(200);
  expect(isFiltered({ ...noFilter, text: '  ' })).toBe(false);
});

test('live rows stand on the history and replace what they changed', () => {
  expect(onTopOf([row('c'), row('a')], [row('b'), row('a', 'running')], 10).map((one) => `${one.id} ${one.status}`)).toEqual(['c ok', 'a ok', 'b ok']);
  expect(onTopOf([row('c'), row('b')], [row('a')], 2).map((one) => one.id)).toEqual(['c', 'b']);
});

test('offers every kind and outcome that the contract knows', () => {
  expect(activityKinds).toEqual(everyKind);
  expect(activityStatuses).toEqual(everyStatus);
});
