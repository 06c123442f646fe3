import { describe, expect, test } from 'vitest';
import { monthForecast } from './forecast.ts';

const day = (text: string): number => Date.parse(text) / 86_400_000;
const month = { monthFrom: day('2026-10-01'), monthTo: day('2026-11-01') };
const spentBy = (from: string, until: string, of: (at: number) => number): Map<number, number> => new Map(Array.from({ length: day(until) - day(from) }, (_, at) => [day(from) + at, of(day(from) + at)]));
/** 2026-10-05 is a Monday. */
const workday = (at: number): boolean => (at - day('2026-10-05') + 7000) % 7 < 5;

describe('by weekday', () => {
  // October 2026 has 22 working days: 22 x 100
  test('work on working days only goes on so', () => {
    const spent = spentBy('2026-08-17', '2026-10-16', (at) => (workday(at) ? 100 : 0));
    expect(monthForecast({ ...month, today: day('2026-10-16'), firstDay: day('2026-08-17'), spent })).toEqual({ micros: 2200, lowMicros: 2200, highMicros: 2200 });
  });

  test('today counts with what is spent, or with what is usual where that is more', () => {
    const spent = spentBy('2026-08-17', '2026-10-16', () => 100);
    const at = (today: number): number | undefined => monthForecast({ ...month, today: day('2026-10-16'), firstDay: day('2026-08-17'), spent: new Map([...spent, [day('2026-10-16'), today]]) })?.micros;
    // 15 days before, today, 15 after
    expect([at(0), at(40), at(300)]).toEqual([3100, 3100, 3300]);
  });

  test('the last day of the month', () => {
    const spent = spentBy('2026-09-01', '2026-11-01', () => 10);
    expect(monthForecast({ ...month, today: day('2026-10-31'), firstDay: day('2026-09-01'), spent })).toEqual({ micros: 310, lowMicros: 310, highMicros: 310 });
  });

  test('a day without work counts as nothing', () => {
    const spent = new Map([[day('2026-10-01'), 700]]);
    // Thursdays: 700 on the 1st, nothing on the 8th, so 350; that for today and for the 22nd and the 29th
    expect(monthForecast({ ...month, today: day('2026-10-15'), firstDay: day('2026-10-01'), spent })?.micros).toBe(700 + 3 * 350);
  });
});

test('fewer than seven whole days say nothing', () => {
  const spent = spentBy('2026-10-01', '2026-10-07', () => 100);
  expect(monthForecast({ ...month, today: day('2026-10-07'), firstDay: day('2026-10-01'), spent })).toBeNull();
  expect(monthForecast({ ...month, today: day('2026-10-08'), firstDay: day('2026-10-01'), spent })).not.toBeNull();
});

test('days that vary widen the range, which never falls below what is spent', () => {
  const spent = spentBy('2026-08-17', '2026-10-16', (at) => (at % 2 === 0 ? 0 : 1000));
  const forecast = monthForecast({ ...month, today: day('2026-10-16'), firstDay: day('2026-08-17'), spent });
  const known = [...spent].filter(([at]) => at >= month.monthFrom).reduce((sum, [, micros]) => sum + micros, 0);
  expect(forecast?.lowMicros).toBeGreaterThanOrEqual(known);
  expect(forecast?.lowMicros).toBeLessThan(forecast?.micros ?? 0);
  expect(forecast?.highMicros).toBeGreaterThan(forecast?.micros ?? 0);
});

// Drawn weeks, each continued by weeks of the same kind: the range is meant to hold four times out of five.
test('the range holds about as often as it says', () => {
  let state = 11;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  let held = 0;
  const rounds = 400;
  for (let round = 0; round < rounds; round += 1) {
    const all = spentBy('2026-08-10', '2026-11-01', (at) => Math.round((workday(at) ? 1000 : 200) * (0.5 + next())));
    const today = day('2026-10-12');
    const spent = new Map([...all].filter(([at]) => at < today));
    const forecast = monthForecast({ ...month, today, firstDay: day('2026-08-10'), spent });
    const came = [...all].filter(([at]) => at >= month.monthFrom).reduce((sum, [, micros]) => sum + micros, 0);
    if (forecast !== null && came >= forecast.lowMicros && came <= forecast.highMicros) held += 1;
  }
  expect(held / rounds).toBeGreaterThan(0.7);
  expect(held / rounds).toBeLessThan(0.92);
});

test('a credit in a bill is not expected again, and the figure stands within its range', () => {
  const spent = new Map([...spentBy('2026-10-01', '2026-10-14', () => 100), [day('2026-10-06'), -5000]]);
  const found = monthForecast({ ...month, today: day('2026-10-14'), firstDay: day('2026-10-01'), spent });
  // Spent so far: 12 x 100 - 5000. To come: the 14th to the 31st, of which two Tuesdays count as nothing.
  expect(found?.micros).toBe(-3800 + 16 * 100);
  expect(found?.lowMicros).toBeLessThanOrEqual(found?.micros ?? 0);
  expect(found?.highMicros).toBeGreaterThanOrEqual(found?.micros ?? 0);
});
