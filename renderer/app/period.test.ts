import { describe, expect, it, vi } from 'vitest';

vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
const { askedPeriod, earlierThan, laterThan, toPeriod } = await import('./period.ts');

const now = Date.parse('2026-11-17T14:00:00.000Z');

describe('period', () => {
  it('until now has no end', () => {
    expect(toPeriod({ span: '24h', end: null }, now)).toEqual({ from: '2026-11-16T14:00:00.000Z', to: null });
  });

  it('goes back by its own length', () => {
    expect(earlierThan({ span: '1h', end: null }, now)).toEqual({ span: '1h', end: '2026-11-17T13:00:00.000Z' });
    expect(toPeriod({ span: '1h', end: '2026-11-17T13:00:00.000Z' }, now)).toEqual({ from: '2026-11-17T12:00:00.000Z', to: '2026-11-17T13:00:00.000Z' });
  });

  it('comes forward until it is now again, never beyond', () => {
    const back = earlierThan(earlierThan({ span: '7d', end: null }, now), now);
    const forward = laterThan(back, now);
    expect(forward.end).toBe('2026-11-10T14:00:00.000Z');
    expect(laterThan(forward, now)).toEqual({ span: '7d', end: null });
    expect(laterThan({ span: '7d', end: null }, now)).toEqual({ span: '7d', end: null });
  });

  it('has a key that stands still while now moves', () => {
    expect(askedPeriod({ span: '24h', end: null }).key).toBe(askedPeriod({ span: '24h', end: null }).key);
    expect(askedPeriod({ span: '24h', end: null }).key).not.toBe(askedPeriod({ span: '7d', end: null }).key);
  });
});
