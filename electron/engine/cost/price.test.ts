import { describe, expect, test } from 'vitest';
import type { PriceEntry, UnitPrice } from '../../../shared/cost.ts';
import { attoRate, decimalText, roundToMicros, scaled } from './decimal.ts';
import { compile, compute, explain } from './price.ts';
import type { PricedUsage } from './price.ts';

const entryWith = (units: readonly UnitPrice[]): PriceEntry => ({
  id: '1', origin: 'local', provider: null, model: 'm', match: [{ equals: 'm' }], region: null, tier: null, currency: 'EUR', units: [...units], from: null, to: null, source: 'a test', sourceDate: null, changedAt: null, changedBy: null, note: null,
});
const million = (unit: UnitPrice['unit'], price: string, fromInputTokens?: number): UnitPrice => (fromInputTokens === undefined ? { unit, per: 1_000_000, price } : { unit, per: 1_000_000, price, fromInputTokens });
const usage = (counts: Partial<PricedUsage> = {}): PricedUsage => ({ input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: null, reasoning: 0, ...counts });

describe('decimals', () => {
  test.each([['3', 6, 3_000_000n], ['0.075', 9, 75_000_000n], ['-1.5', 2, -150n], ['1.50', 1, 15n], ['0', 9, 0n]])('%s in %i digits', (text, digits, expected) => {
    expect(scaled(text, digits)).toBe(expected);
  });
  test.each(['', '.5', '1.', '1e3', '1,5', '--1', 'x', '0.1234567891'])('%j is none in nine digits', (text) => {
    expect(scaled(text, 9)).toBe(text === '1.' ? 1_000_000_000n : null);
  });
  test.each([[0n, '0'], [10n ** 18n, '1'], [-(10n ** 17n), '-0.1'], [1n, '0.000000000000000001']])('%s as a text', (atto, expected) => {
    expect(decimalText(atto)).toBe(expected);
  });
  test.each([[499_999_999_999n, 0n], [500_000_000_000n, 1n], [-500_000_000_000n, -1n], [-499_999_999_999n, 0n]])('%s rounds half up', (atto, expected) => {
    expect(roundToMicros(atto)).toBe(expected);
  });
  test('a price that would not be exact is refused', () => {
    expect(() => attoRate('1', 3)).toThrow(RangeError);
    expect(attoRate('0.36', 1)).toBe(360_000_000_000_000_000n);
  });
});

describe('compute', () => {
  test('what has no price is priced as what it is part of', () => {
    const price = compile(entryWith([million('input', '2'), million('output', '8')]));
    // 10 x 2 each of six kinds of input; 10 x 8 of output, reasoning inside
    expect(compute(price, usage({ input: 10, cacheRead: 10, cacheWrite: 20, cacheWrite1h: 10, output: 10, reasoning: 5 }))).toBe(160);
    expect(compute(price, usage({ input: 20, output: 10, units: { input_audio: 10, output_audio: 4 } }))).toBe(120);
    const kept = compile(entryWith([million('input', '2'), million('cache_write', '3')]));
    expect(compute(kept, usage({ cacheWrite: 10, cacheWrite1h: 4 }))).toBe(30);
  });

  test.each<[string, Partial<PricedUsage>]>([
    ['output', { output: 1 }], ['searches', { input: 1, units: { web_search: 1 } }], ['hours', { units: { hour: 1 } }],
    ['a fraction', { input: 1.5, units: { input_audio: 1 } }], ['a negative count', { input: 1, units: { request: -1, web_search: -2 } }],
  ])('%s without a price: -1, and the reason', (_what, counts) => {
    const price = compile(entryWith([million('input', '2')]));
    expect(compute(price, usage(counts))).toBe(-1);
    expect(explain(price, usage(counts))).toEqual({ computed: null, whyNot: expect.stringMatching(/^The (price|number) of .+\.$/) as string });
  });

  test('zero of what has no price is nothing', () => {
    expect(compute(compile(entryWith([million('input', '2')])), usage({ input: 3, units: { web_search: 0 } }))).toBe(6);
  });

  test('free is priced', () => {
    const price = compile(entryWith([million('input', '0'), million('output', '0.0')]));
    expect(compute(price, usage({ input: 1e9, output: 1e9 }))).toBe(0);
  });

  test('each unit by its own threshold', () => {
    const price = compile(entryWith([million('input', '1'), million('input', '2', 100), million('output', '10'), million('output', '20', 200), million('output', '5', 300)]));
    const at = (input: number): number => compute(price, usage({ input, output: 1 }));
    expect([at(99), at(100), at(199), at(200), at(300)]).toEqual([109, 210, 408, 420, 605]);
  });

  test('the largest counts and prices are exact or unpriced, never wrong', () => {
    const dear = compile(entryWith([{ unit: 'input', per: 1, price: '999999999.999999999' }]));
    expect(compute(dear, usage({ input: 9 }))).toBe(9_000_000_000_000_000);
    expect(compute(dear, usage({ input: 10 }))).toBe(-1);
    const odd = compile(entryWith([{ unit: 'input', per: 1_000_000_000, price: '0.000000001' }, million('output', '123456.789')]));
    expect(compute(odd, usage({ input: 1e12, output: 999_999_999 }))).toBe(Number(roundToMicros(10n ** 12n + 999_999_999n * 123_456_789n * 10n ** 9n)));
  });
});

/** Small, seeded, the same everywhere. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('short way, long way and the sum of the parts agree on 5,000 drawn prices and calls', () => {
  const next = numbers(6);
  for (let round = 0; round < 5000; round += 1) {
    const text = (): string => `${next(40)}.${String(next(1_000_000)).padStart(6, '0')}`;
    const some = (['reasoning', 'cache_read', 'cache_write', 'cache_write_1h'] as const).filter(() => next(2) === 0);
    const price = compile(entryWith([million('input', text()), million('output', text()), million('input', text(), 1000), ...some.map((unit) => million(unit, text()))]));
    const cacheWrite = next(3000);
    const counts = usage({ input: next(3000), output: next(900_000), cacheRead: next(3000), cacheWrite, cacheWrite1h: next(2) === 0 ? null : next(cacheWrite + 1), reasoning: next(1000) });
    const short = compute(price, counts);
    expect(compute(price, { ...counts, units: {} })).toBe(short);
    const { computed } = explain(price, counts);
    expect(computed?.amountMicros).toBe(short);
    const atto = (computed?.parts ?? []).reduce((sum, part) => sum + (scaled(part.amount, 18) ?? -1n), 0n);
    expect(Number(roundToMicros(atto))).toBe(short);
  }
});

test('the parts say what they are of', () => {
  const price = compile(entryWith([million('input', '3'), million('output', '15'), million('cache_read', '0.3')]));
  expect(explain(price, usage({ input: 1000, cacheRead: 10, cacheWrite: 5, output: 7, reasoning: 3 }))).toEqual({
    whyNot: null,
    computed: {
      amountMicros: 3123, currency: 'EUR', entry: price.entry,
      parts: [
        { unit: 'input', units: 1000, per: 1_000_000, price: '3', amount: '0.003' },
        { unit: 'output', units: 7, per: 1_000_000, price: '15', amount: '0.000105' },
        { unit: 'cache_read', units: 10, per: 1_000_000, price: '0.3', amount: '0.000003' },
        { unit: 'cache_write', units: 5, per: 1_000_000, price: '3', amount: '0.000015' },
      ],
    },
  });
});
