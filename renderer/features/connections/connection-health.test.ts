import { expect, it } from 'vitest';
import type { Connection } from '../../../shared/domain.ts';
import { inOrder, matching, recordWords, refusedOf, sentenceBeside, troubleWords } from './connection-health.ts';

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

it('says beside the findings and the fault only what they do not say', () => {
  const finding = (text: string) => ({ id: text, severity: 'attention' as const, text });
  const findings = [finding('Whoever reaches it can read ($1 and $& too).'), finding('It hangs.')];
  const well = { fault: null, findings };
  expect(sentenceBeside('Last read 2 s ago. Whoever reaches it can read ($1 and $& too). 1 more finding. 3 tasks without progress.', well)).toBe('Last read 2 s ago. 3 tasks without progress.');
  expect(sentenceBeside('Last read 2 s ago. It answers, but: It hangs.', well)).toBe('Last read 2 s ago.');
  const away = { fault: { kind: 'unreachable', text: 'Nothing listens there.', since: '2026-11-17T14:00:00.000Z' }, findings };
  expect(sentenceBeside('Nothing listens there. So for 12 min. It is asked again in 4 s.', away)).toBe('It is asked again in 4 s.');
  // What is said nowhere else stays, whatever it is.
  expect(sentenceBeside('Switched off: it is not asked. The history until then was kept.', away)).toBe('Switched off: it is not asked. The history until then was kept.');
});

it('says what is not as it should be, worst first', () => {
  expect(troubleWords([one('a', 'healthy'), one('b', 'throttled'), one('c', 'unreachable'), one('d', 'unreachable'), one('e', 'off')])).toEqual(['2 unreachable', '1 throttled', '1 off']);
  expect(troubleWords([one('a', 'healthy')])).toEqual([]);
});

it('names of what was received only the kinds that came', () => {
  expect(recordWords({ bodies: 3, bytes: 10, spans: 1, logs: 0, metricPoints: 2 })).toBe(': 1 span, 2 metric points');
  expect(recordWords({ bodies: 3, bytes: 10, spans: 0, logs: 5, metricPoints: 0 })).toBe(': 5 log records');
  expect(recordWords({ bodies: 0, bytes: 0, spans: 0, logs: 0, metricPoints: 0 })).toBe('');
});
