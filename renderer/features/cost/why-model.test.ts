import { describe, expect, it } from 'vitest';
import type { CostExplained } from '../../../shared/cost.ts';
import { explainedText, shownBecause } from './why-model.ts';

const entry: NonNullable<CostExplained['computed']>['entry'] = { id: 'e', origin: 'bundled', provider: 'p', model: 'm', match: [{ equals: 'm' }], region: null, tier: null, currency: 'USD', units: [{ unit: 'input', per: 1_000_000, price: '3' }], from: null, to: null, source: 'a\nlist', sourceDate: '2026-09-23', changedAt: null, changedBy: null, note: null };
const told = (changes: Partial<CostExplained>): CostExplained => ({
  shown: { amountMicros: 3_000, currency: 'USD', provenance: 'reported', unpriced: 0 }, reported: { amountMicros: 3_000, currency: 'USD' },
  computed: { amountMicros: 3_300, currency: 'USD', entry, parts: [{ unit: 'input', units: 1_100, per: 1_000_000, price: '3', amount: '0.0033' }] }, whyNot: null, billing: { provider: null, region: null, tier: null }, ...changes,
});

describe('why a figure is shown', () => {
  it('compares what was told with what the book makes of it', () => {
    expect(shownBecause(told({}))).toBe('Shown is what the agent told; the price book comes to +10.0\u2009% against it.');
    expect(shownBecause(told({ reported: { amountMicros: 3_300, currency: 'USD' } }))).toContain('the same');
    expect(shownBecause(told({ reported: { amountMicros: 3_000, currency: 'EUR' } }))).toContain('not compared');
  });
  it('says where nobody told, or nothing has a price', () => {
    expect(shownBecause(told({ reported: null }))).toContain('Nobody told an amount: shown is what the price book');
    expect(shownBecause(told({ reported: null, computed: null, whyNot: 'no price for m' }))).toContain('there is no price');
  });
  it('is copied in exact amounts, one line each', () => {
    expect(explainedText(told({})).split('\n')).toEqual([expect.stringContaining('Shown is'), 'reported\t0.003\tUSD', '1100 input x 3 per million\t0.0033\tUSD', 'computed\t0.0033\tUSD', 'price of m, a list, read 2026-09-23']);
  });
});
