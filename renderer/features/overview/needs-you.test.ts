import { expect, test } from 'vitest';
import type { NeedsYou } from '../../../shared/contract.ts';
import { grouped, targetOf } from './needs-you.tsx';

const item = (id: string, kind: NeedsYou['kind'], agentId: string | null): NeedsYou => ({ id, kind, agentId, agentName: agentId, text: id, since: '2026-11-17T13:00:00.000Z', target: { screen: 'agent', id: agentId } });

test('failures of one agent are one line, and nothing else is folded', () => {
  const lines = grouped([item('1', 'failure', 'a'), item('2', 'failure', 'b'), item('3', 'failure', 'a'), item('4', 'denied', 'a'), item('5', 'denied', 'a'), item('6', 'failure', null), item('7', 'failure', null)]);
  expect(lines.map((line) => [line.id, line.more])).toEqual([['1', 1], ['2', 0], ['4', 0], ['5', 0], ['6', 0], ['7', 0]]);
});

test('leads to where it is explained', () => {
  expect(targetOf(item('fai-1', 'failure', 'a'))).toEqual({ screen: 'failures', id: 'fai-1', params: { show: 'open' } });
  expect(targetOf({ ...item('fai-1', 'failure', 'a'), more: 2 })).toEqual({ screen: 'failures', id: 'fai-1', params: { show: 'open', agent: 'a' } });
  expect(targetOf({ ...item('1', 'stop', 'a'), target: { screen: 'stop', id: 'stp-4' } })).toEqual({ screen: 'stop', id: 'stp-4' });
  expect(targetOf(item('1', 'borrowed', 'a'))).toEqual({ screen: 'agent', id: 'a', params: { tab: 'identity' } });
  expect(targetOf({ ...item('1', 'denied', 'a'), target: { screen: 'live', id: null } })).toEqual({ screen: 'live', params: { agent: 'a' } });
});
