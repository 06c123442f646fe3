import { describe, expect, it } from 'vitest';
import { barWords, blindOf, ticksOf, unseenName } from './coverage-model.ts';

const from = '2026-08-01T00:00:00.000Z';
const to = '2026-11-01T00:00:00.000Z';
const period = (start: string, end: string) => ({ from: start, to: end, reason: 'connection_off', text: 'not connected yet.' });
const row = (notSeen: ReturnType<typeof period>[], moreNotSeen = 0) => ({ connectionId: 'con-1', connectionName: 'GCP data', kind: 'otlp', records: 10, seenPercent: 85.2, firstAt: null, lastAt: null, refused: 0, notSeen, moreNotSeen });

describe('blind periods', () => {
  it('stand where they are, cut at the edges', () => {
    const [first, second] = blindOf(row([period('2026-07-01T00:00:00.000Z', '2026-08-24T00:00:00.000Z'), period('2026-10-09T00:00:00.000Z', '2026-12-01T00:00:00.000Z')]), from, to);
    expect(first).toMatchObject({ left: 0, width: 0.25 });
    expect(second).toMatchObject({ left: 0.75, width: 0.25 });
  });

  it('outside of the period are not drawn', () => {
    expect(blindOf(row([period('2026-07-01T00:00:00.000Z', from)]), from, to)).toEqual([]);
    expect(blindOf(row([period(from, to)]), from, from)).toEqual([]);
  });

  it('are named with when and why', () => {
    expect(unseenName(period('2026-08-14T05:00:00.000Z', '2026-08-14T09:46:00.000Z'))).toBe('Not seen, 14 Aug 2026 05:00 to 14 Aug 2026 09:46 UTC, not connected yet');
    expect(barWords(row([]))).toBe('seen all the time');
    expect(barWords(row([period(from, to)], 4))).toMatch(/^5 periods not seen: Not seen, .*; and 2 more$/);
  });
});

describe('ticks', () => {
  it('name days, the last one within the period', () => {
    expect(ticksOf(from, to).map((tick) => tick.label)).toEqual(['1 Aug', '1 Sep', '1 Oct', '31 Oct']);
    expect(ticksOf(from, to).at(-1)?.left).toBe(1);
  });

  it('name hours of a day, and none twice', () => {
    expect(ticksOf('2026-08-01T00:00:00.000Z', '2026-08-02T00:00:00.000Z').map((tick) => tick.label)).toEqual(['00:00', '08:00', '16:00', '23:59']);
    expect(ticksOf('2026-08-01T00:00:00.000Z', '2026-08-04T00:00:00.000Z').map((tick) => tick.label)).toEqual(['1 Aug', '2 Aug', '3 Aug']);
  });
});
