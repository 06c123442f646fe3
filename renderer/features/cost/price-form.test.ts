import { describe, expect, it } from 'vitest';
import type { PriceEntry, UnpricedModel } from '../../../shared/cost.ts';
import { complaintsOf, draftOf, emptyPrice, formFor, formOf, movePoint, priceOfUnit, readMatch, writeMatch, type PriceForm } from './price-form.ts';

const entry: PriceEntry = {
  id: 'e1', origin: 'bundled', provider: 'anthropic', model: 'claude-sonnet-4', match: [{ like: 'claude-sonnet-4*' }], region: null, tier: null, currency: 'USD', from: null, to: null, source: 'https://example.org/prices', sourceDate: '2026-09-23', changedAt: null, changedBy: null, note: null,
  units: [{ unit: 'input', per: 1_000_000, price: '3' }, { unit: 'input', per: 1_000_000, price: '6', fromInputTokens: 200_000 }, { unit: 'output', per: 1_000, price: '0.015' }],
};
const unpriced: UnpricedModel = { model: 'acme-1', provider: 'acme', tier: null, activities: 3, inputTokens: 10, outputTokens: 5, cacheReadTokens: 7, cacheWriteTokens: 0, firstSeen: '2026-11-01T00:00:00.000Z', lastSeen: '2026-11-01T00:00:00.000Z', like: null };
const good: PriceForm = { ...emptyPrice, model: 'acme-1', source: 'contract', units: [{ unit: 'input', price: '3.00', from: '' }, { unit: 'output', price: '', from: '' }] };

describe('a price form', () => {
  it('comes back from the entry that it was made of', () => {
    const back = draftOf(formOf(entry));
    expect(back).toMatchObject({ model: 'claude-sonnet-4', provider: 'anthropic', match: [{ like: 'claude-sonnet-4*' }] });
    expect(back.units).toEqual([{ unit: 'input', per: 1_000_000, price: '3' }, { unit: 'input', per: 1_000_000, price: '6', fromInputTokens: 200_000 }, { unit: 'output', per: 1_000_000, price: '15' }]);
  });
  it('is complete with a model, one price and a source', () => {
    expect(complaintsOf(good)).toEqual([]);
    expect(draftOf(good).units).toEqual([{ unit: 'input', per: 1_000_000, price: '3.00' }]);
  });
  it.each([
    ['no name', { model: ' ' }, 'model'], ['no source', { source: '' }, 'source'], ['no price', { units: [{ unit: 'input' as const, price: '', from: '' }] }, 'units'],
    ['a comma', { units: [{ unit: 'input' as const, price: '3,5', from: '' }] }, 'units'], ['a minus', { units: [{ unit: 'input' as const, price: '-1', from: '' }] }, 'units'], ['ten digits', { units: [{ unit: 'input' as const, price: '0.0000000001', from: '' }] }, 'units'],
    ['twice', { units: [{ unit: 'input' as const, price: '1', from: '' }, { unit: 'input' as const, price: '2', from: '' }] }, 'units'],
    ['a day that is none', { from: '2026-02-30' }, 'from'], ['an end before the start', { from: '2026-02-03', to: '2026-02-03' }, 'to'], ['a currency in small letters', { currency: 'usd' }, 'currency'], ['a broken pattern', { match: '/(/' }, 'match'],
  ])('refuses %s, and names the field', (_what, changes, field) => {
    expect(complaintsOf({ ...good, ...changes }).map((one) => one.field)).toEqual([field]);
  });
  it('takes zero as a price: a model that costs nothing is priced', () => {
    expect(complaintsOf({ ...good, units: [{ unit: 'input', price: '0', from: '' }] })).toEqual([]);
  });
});

describe('a start for a model without a price', () => {
  it('asks only for what it used', () => {
    expect(formFor(unpriced, null).units.map((line) => line.unit)).toEqual(['input', 'output', 'cache_read']);
  });
  it('says from whom its prices are lent, and matches only itself', () => {
    const form = formFor(unpriced, entry);
    expect(form).toMatchObject({ id: null, model: 'acme-1', provider: 'acme', match: '' });
    expect(form.source).toContain('As claude-sonnet-4');
    expect(complaintsOf(form)).toEqual([]);
  });
  it('is for the tier that has no price, not for the usual one', () => {
    expect(formFor({ ...unpriced, tier: 'priority' }, null).tier).toBe('priority');
  });
});

describe('patterns', () => {
  it('are read and written the same', () => {
    const text = 'gpt-5\ngpt-5-*\n/^gpt-5\\.\\d$/';
    expect(readMatch(text)).toEqual([{ equals: 'gpt-5' }, { like: 'gpt-5-*' }, { regex: '^gpt-5\\.\\d$' }]);
    expect(writeMatch(readMatch(text))).toBe(text);
  });
});

describe('prices per another number', () => {
  it('only move their point', () => {
    expect(movePoint('0.015', 1_000, 1_000_000)).toBe('15');
    expect(movePoint('3', 1_000_000, 1_000_000)).toBe('3');
    expect(movePoint('15', 1_000_000, 1_000)).toBe('0.015');
    expect(movePoint('2.50', 1, 1)).toBe('2.5');
    expect(movePoint('0.000000001', 1_000_000, 1)).toBeNull();
    expect(movePoint('1', 7, 1_000_000)).toBeNull();
  });
  it('are told per million where nothing else holds', () => {
    expect(priceOfUnit(entry, 'output')).toBe('15');
    expect(priceOfUnit(entry, 'cache_read')).toBeNull();
  });
});
