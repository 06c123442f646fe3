import { describe, expect, test } from 'vitest';
import { differenceOf, reasonsOf } from './reconcile.ts';
import type { DayFacts } from './reconcile.ts';

const facts = (more: Partial<DayFacts>): DayFacts => ({
  billedMicros: 1000, knownMicros: 1000, unpriced: 0, reportedOfBoth: 0, computedOfBoth: 0, seen: 1, lateMicros: 0, billedByModel: new Map(), knownByModel: new Map(), ...more,
});
const parts = (more: Partial<DayFacts>): readonly (readonly [string, number | null])[] => reasonsOf(facts(more)).map(({ id, micros }) => [id, micros]);

test('without a bill, or where both agree, there is nothing to explain', () => {
  expect(reasonsOf(facts({ billedMicros: null, knownMicros: 5 }))).toEqual([]);
  expect(reasonsOf(facts({}))).toEqual([]);
  expect(differenceOf(facts({ billedMicros: null }))).toBeNull();
  expect(differenceOf(facts({ knownMicros: null }))).toBe(-1000);
});

describe('the bill is higher', () => {
  test.each<readonly [string, Partial<DayFacts>, readonly (readonly [string, number | null])[]]>([
    ['no reason is known', { knownMicros: 900 }, [['unexplained', -100]]],
    ['calls without a price', { knownMicros: 900, unpriced: 3 }, [['unpriced', null], ['unexplained', -100]]],
    // 800 in four fifths of the day: another 200 in the fifth that was not seen
    ['part of the day was not seen', { knownMicros: 800, seen: 0.8 }, [['not_seen', -200]]],
    // 900 x 0.5 / 0.5 would be 900: never more than the difference
    ['half of the day was not seen', { knownMicros: 900, seen: 0.5 }, [['not_seen', -100]]],
    ['all of it was not seen', { knownMicros: null, seen: 0 }, [['not_seen', null], ['unexplained', -1000]]],
    ['not seen and without a price', { knownMicros: 800, seen: 0.8, unpriced: 1 }, [['unpriced', null], ['not_seen', null], ['unexplained', -200]]],
    ['a model that was never seen', { knownMicros: 700, billedByModel: new Map([['a', 700], ['b', 300]]), knownByModel: new Map([['a', 700]]) }, [['not_seen', -300]]],
    ['a model without a price', { knownMicros: 700, unpriced: 2, billedByModel: new Map([['a', 700], ['b', 300]]), knownByModel: new Map([['a', 700]]) }, [['unpriced', -300]]],
  ])('%s', (_what, more, expected) => {
    expect(parts(more)).toEqual(expected);
  });
});

describe('the bill is lower', () => {
  test.each<readonly [string, Partial<DayFacts>, readonly (readonly [string, number | null])[]]>([
    ['agents reported more than list prices', { knownMicros: 1100, reportedOfBoth: 1100, computedOfBoth: 1060 }, [['reported_differs', 40], ['unexplained', 60]]],
    ['by more than the difference', { knownMicros: 1100, reportedOfBoth: 1100, computedOfBoth: 500 }, [['reported_differs', 100]]],
    ['told late', { knownMicros: 1100, lateMicros: 70 }, [['late', 70], ['unexplained', 30]]],
    ['a model that the bill does not have', { knownMicros: 1250, billedByModel: new Map([['a', 1000]]), knownByModel: new Map([['a', 1000], ['x', 250]]) }, [['not_in_bill', 250]]],
    ['a bill that tells no models apart', { knownMicros: 1250, billedByModel: new Map([['', 1000]]), knownByModel: new Map([['x', 1250]]) }, [['unexplained', 250]]],
  ])('%s', (_what, more, expected) => {
    expect(parts(more)).toEqual(expected);
  });
});

test('a model is the same by its day, its vendor and its case', () => {
  expect(parts({ billedMicros: 1000, knownMicros: 990, billedByModel: new Map([['Claude-Opus-5-5', 600], ['gpt-5', 400]]), knownByModel: new Map([['anthropic/claude-opus-5-5-20260101', 600], ['gpt-5-2025-08-07', 390]]) })).toEqual([['unexplained', -10]]);
});

test('a model on each side only, and the rest', () => {
  const reasons = reasonsOf(facts({ billedMicros: 1000, knownMicros: 940, billedByModel: new Map([['a', 600], ['b', 400]]), knownByModel: new Map([['a', 590], ['c', 350]]) }));
  expect(reasons.map(({ id, micros }) => [id, micros])).toEqual([['not_in_bill', 350], ['not_seen', -400], ['unexplained', -10]]);
  expect(reasons[0]?.text).toBe('The bill has no line for c.');
});

test('the parts always come to the difference', () => {
  let state = 3;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 3000; round += 1) {
    const drawn = facts({
      billedMicros: next(2000), knownMicros: next(10) === 0 ? null : next(2000), unpriced: next(3), reportedOfBoth: next(1000), computedOfBoth: next(1000), seen: next(5) === 0 ? null : next(101) / 100, lateMicros: next(300),
      billedByModel: new Map([['a', next(500)], [next(2) === 0 ? '' : 'b', next(500)]]), knownByModel: new Map([['a', next(500)], ['c', next(500)]]),
    });
    const reasons = reasonsOf(drawn);
    expect(reasons.reduce((sum, { micros }) => sum + (micros ?? 0), 0)).toBe(differenceOf(drawn));
    expect(reasons.every(({ text }) => text.endsWith('.'))).toBe(true);
  }
});
