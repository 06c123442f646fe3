import { expect, it } from 'vitest';
import { chartSummary, countTicks, shareOf, versionMarks } from './chart-model.ts';

it.each([[0, [0, 1, 2]], [1, [0, 1, 2]], [3, [0, 2, 4]], [5, [0, 5, 10]], [11, [0, 10, 20]], [41, [0, 50, 100]], [40, [0, 20, 40]]])('%i stands under whole ticks', (most, ticks) => {
  expect(countTicks(most)).toEqual(ticks);
});

it('marks the versions that came in the period, once a bin', () => {
  const span = { fromMs: Date.parse('2026-11-17T00:00:00.000Z'), toMs: Date.parse('2026-11-18T00:00:00.000Z') };
  const row = (version: string | null, firstSeen: string) => ({ agentName: 'a', version, firstSeen });
  const marks = versionMarks([row('v3', '2026-11-17T18:00:00.000Z'), row('v1', '2026-11-16T23:59:00.000Z'), row(null, '2026-11-17T10:00:00.000Z'), row('v2', '2026-11-17T12:00:00.000Z'), row('v2b', '2026-11-17T12:10:00.000Z')], span, 48);
  expect(marks.map((mark) => mark.version)).toEqual(['v2', 'v3']);
  expect(shareOf(span, marks[0]?.at ?? 0)).toBe(0.5);
});

it('says in a sentence what was not seen', () => {
  expect(chartSummary([0, null, 3, 1])).toBe('4 in the period, at most 3 in one of 4 parts; 1 not seen.');
});
