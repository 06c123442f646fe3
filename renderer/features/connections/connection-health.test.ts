import { expect, it } from 'vitest';
import type { Connection } from '../../../shared/domain.ts';
import { inOrder, matching, refusedOf, troubleWords } from './connection-health.ts';

const one = (name: string, health: Connection['health'], more: Partial<Connection> = {}): Connection => ({
  id: name, kind: 'otlp', name, createdAt: '2026-11-17T14:00:00.000Z', enabled: true, demo: false, content: 'none', health, healthText: `${name} says`, endpoint: null, tokenEnds: 'abcd', runtime: null,
  firstDataAt: null, lastDataAt: null, agents: 0, activities: 0, received: { bodies: 0, bytes: 0, spans: 0, logs: 0, metricPoints: 0 }, refused: [], setAside: [], ...more,
});

it('puts the worst first, then goes by name', () => {
  const rows = [one('b', 'healthy'), one('off', 'off'), one('a', 'healthy'), one('w', 'waiting'), one('r', 'refusing'), one('d', 'degraded'), one('u', 'unauthorised'), one('n', 'unreachable'), one('t', 'throttled')];
  expect(inOrder(rows).map((row) => row.name)).toEqual(['u', 'r', 'n', 't', 'd', 'w', 'a', 'b', 'off']);
});

it('needs every typed word', () => {
  const rows = [one('Lab cluster', 'refusing'), one('Lab two', 'healthy', { demo: true })];
  expect(matching(rows, 'lab refus').map((row) => row.name)).toEqual(['Lab cluster']);
  expect(matching(rows, 'demo').map((row) => row.name)).toEqual(['Lab two']);
  expect(matching(rows, '')).toHaveLength(2);
});

it('adds up what was refused', () => {
  const refused = [{ reason: 'x', count: 2, lastAt: '2026-11-17T14:00:00.000Z', sample: null }, { reason: 'y', count: 3, lastAt: '2026-11-17T14:00:00.000Z', sample: null }];
  expect(refusedOf(one('a', 'refusing', { refused }))).toBe(5);
});

it('says what is not as it should be, worst first', () => {
  expect(troubleWords([one('a', 'healthy'), one('b', 'throttled'), one('c', 'unreachable'), one('d', 'unreachable'), one('e', 'off')])).toEqual(['2 unreachable', '1 throttled', '1 off']);
  expect(troubleWords([one('a', 'healthy')])).toEqual([]);
});
