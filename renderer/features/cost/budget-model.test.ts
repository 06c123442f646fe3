import { describe, expect, it } from 'vitest';
import { budgetPeriods } from '../../../shared/budgets.ts';
import type { CostDay, CostSummary } from '../../../shared/cost.ts';
import { barOf, byReason, dayBudget, fits, forecastByDay, lookOf, monthBudgetLine, ofLimits, onHardWords, outcomeOf, periods, roomWords, scopeWords, standingWords, usualWeekdays, worstFirst } from './budget-model.ts';
import { testBudget } from './test-budget.ts';

it('knows every period of the contract', () => { expect(periods).toEqual(budgetPeriods); });

describe('the bar', () => {
  const limits = { softMicros: 20, hardMicros: 40 };
  it('sets spent, both limits and the forecast on one scale that ends behind the largest', () => {
    expect(barOf(limits, { spentMicros: 10, computedMicros: 5, forecastMicros: 30 })).toEqual({ known: 12, computed: 12, soft: 48, hard: 96, ghost: { from: 24, width: 48 } });
  });
  it('grows with what went over, so that the limits are still seen in it', () => {
    const bar = barOf(limits, { spentMicros: 80, computedMicros: 0, forecastMicros: null });
    expect(bar).toEqual({ known: 96, computed: 0, soft: 24, hard: 48, ghost: null });
  });
  it('draws no ghost for a forecast that was passed already, and no limit that there is not', () => {
    expect(barOf({ softMicros: null, hardMicros: 40 }, { spentMicros: 20, computedMicros: 99, forecastMicros: 20 })).toEqual({ known: 0, computed: 48, soft: null, hard: 96, ghost: null });
    expect(barOf({ softMicros: null, hardMicros: null }, { spentMicros: 0, computedMicros: 0, forecastMicros: null })).toEqual({ known: 0, computed: 0, soft: null, hard: null, ghost: null });
  });
});

describe('how it stands', () => {
  it('is forecast to go over only where it is within its limits, is asked to say so, and the last limit is passed', () => {
    const within = testBudget({}, { forecastMicros: 41_000_000 });
    expect(lookOf(within)).toBe('forecast');
    expect(lookOf({ ...within, forecast: false })).toBe('within');
    expect(lookOf(testBudget({}, { forecastMicros: 40_000_000 }))).toBe('within');
    expect(lookOf(testBudget({ hardMicros: null }, { forecastMicros: 21_000_000 }))).toBe('forecast');
    expect(lookOf(testBudget({}, { state: 'soft', forecastMicros: 99_000_000 }))).toBe('soft');
  });
  it('has the worst first: the state, then how near it is to its last limit', () => {
    const rows = [testBudget({ id: 'low' }, { spentMicros: 1 }), testBudget({ id: 'soft' }, { state: 'soft' }), testBudget({ id: 'near' }), testBudget({ id: 'hard' }, { state: 'hard' }), testBudget({ id: 'far over' }, { state: 'hard', spentMicros: 9e12 }), testBudget({ id: 'ahead' }, { forecastMicros: 1e9 })];
    expect(worstFirst(rows).map((one) => one.id)).toEqual(['far over', 'hard', 'soft', 'ahead', 'near', 'low']);
  });
  it('says what is left to the next limit, or how far the last one is passed', () => {
    const limits = { softMicros: 20_000_000, hardMicros: 40_000_000 };
    expect([0, 20_000_000, 40_000_000, 52_000_000].map((spent) => roomWords(limits, spent))).toEqual(['20.00 left to the soft limit', '20.00 left to the hard limit', 'at the hard limit', '12.00 above the hard limit']);
    expect(roomWords({ softMicros: 20_000_000, hardMicros: null }, 30_000_000)).toBe('10.00 above the soft limit');
    expect(roomWords({ softMicros: null, hardMicros: null }, 1)).toBe('');
  });
  it('names the limit where there is only one', () => {
    expect([[20, 40], [20, null], [null, 40], [null, null]].map(([soft, hard]) => ofLimits({ softMicros: soft === null || soft === undefined ? null : soft * 1e6, hardMicros: hard === null || hard === undefined ? null : hard * 1e6 }))).toEqual(['of 20.00 / 40.00', 'of 20.00 soft', 'of 40.00 hard', '']);
  });
  it('is told in one sentence, as at least where work has no price', () => {
    expect(standingWords(testBudget(), { spentMicros: 13_200_000, unpriced: 2, forecastMicros: 26_400_000 })).toBe('at least 13.20 USD today, limits 20.00 soft, 40.00 hard, forecast 26.40');
    expect(standingWords(testBudget({ per: 'task', softMicros: null }), { spentMicros: 0, unpriced: 0, forecastMicros: null })).toBe('0.00 USD in its dearest task of 24 h, limits 40.00 hard');
  });
});

describe('words', () => {
  it('of names keep nothing that could act', () => {
    expect(scopeWords({ scope: { kind: 'agent', id: 'a' }, scopeName: 'bot\u202Egnp\n<b>' })).not.toMatch(/[\u202E\n]/u);
    expect(scopeWords({ scope: { kind: 'everything' }, scopeName: 'x' })).toBe('every agent');
  });
  it('promise a stop only where a hard limit stops', () => {
    expect(onHardWords(testBudget())).toBe('stops the agent');
    expect(onHardWords(testBudget({ stops: 'task' }))).toBe('stops the task');
    expect(onHardWords(testBudget({ hardMicros: null }))).toBe('tells');
    expect(onHardWords(testBudget({ onHard: 'tell' }))).toBe('tells');
  });
  it('of an event say that a stop was ordered only where one was', () => {
    expect(outcomeOf({ kind: 'hard', fired: false, tookMs: null })).toBe('');
    expect(outcomeOf({ kind: 'hard', fired: true, tookMs: 64 })).toBe('A stop was ordered 64 ms after the activity was kept');
  });
  it('of why nobody can be stopped stand once for all whom they hold for', () => {
    expect(byReason([{ agentId: '1', name: 'a', why: 'no lever' }, { agentId: '2', name: 'b', why: 'no right' }, { agentId: '3', name: 'c', why: 'no lever' }])).toEqual([{ why: 'no lever', agents: [{ agentId: '1', name: 'a' }, { agentId: '3', name: 'c' }] }, { why: 'no right', agents: [{ agentId: '2', name: 'b' }] }]);
  });
  it('are found by name and by whose money it is', () => {
    const budget = testBudget({ scope: { kind: 'tag', tag: 'billing' }, scopeName: 'billing' });
    expect(['fleet', 'TAG bill', 'anna', ''].map((text) => fits(budget, text))).toEqual([true, true, true, true]);
    expect(fits(budget, 'fleet agent')).toBe(false);
  });
});

const month = testBudget({ id: 'm', per: 'month', softMicros: null, hardMicros: 26_000_000_000 }, { spentMicros: 16_312_000_000, forecastMicros: 28_100_000_000 });

describe('the month and the day of everything', () => {
  const asked = { currency: 'USD', age: '2026-11-17T10:00:00.000Z' };
  it('is the sentence in the header', () => {
    expect(monthBudgetLine([testBudget(), month], asked)).toBe('November 16,312 of 26,000 USD, forecast 28,100');
    expect(monthBudgetLine([testBudget({ per: 'month', hardMicros: null }, { forecastMicros: null, unpriced: 1 })], asked)).toBe('November at least 13.20 of 20.00 USD; too little to forecast');
  });
  it('is that of nobody else, and of no other currency', () => {
    expect(monthBudgetLine([{ ...month, scope: { kind: 'tag', tag: 'x' } }, { ...month, currency: 'EUR' }], asked)).toBeNull();
    expect(dayBudget([{ ...month, currency: 'EUR' }], 'USD', '2026-11-17')).toBeNull();
  });
  it('is a line in the chart: the budget of a day, else of the month over its days', () => {
    expect(dayBudget([month], 'USD', '2026-11-17')).toEqual({ micros: 866_666_667, words: '26,000.00 a month over 30 days, by the budget The fleet' });
    expect(dayBudget([month, testBudget()], 'USD', '2026-11-17')?.micros).toBe(40_000_000);
    expect(dayBudget([month, testBudget(), testBudget({ hardMicros: null })], 'USD', '2026-11-17')?.micros).toBe(20_000_000);
  });
});

const day = (at: number, micros: number, seen: number | null = 1): CostDay => ({ day: new Date(Date.UTC(2026, 10, 1) + at * 86_400_000).toISOString().slice(0, 10), seen, billedMicros: null, reportedMicros: null, computedMicros: null, shownReportedMicros: 0, shownComputedMicros: 0, shownBilledMicros: 0, unpriced: 0, shown: { amountMicros: micros, currency: 'USD', provenance: 'reported', unpriced: 0 } });
const weekend = (at: number): boolean => [0, 6].includes(new Date(Date.UTC(2026, 10, 1) + at * 86_400_000).getUTCDay());

describe('the forecast by day', () => {
  const summary = (days: CostDay[], forecastMicros: number | null = 3_000): Pick<CostSummary, 'age' | 'days' | 'month'> => ({ age: '2026-11-23T12:00:00.000Z', days, month: { cost: { amountMicros: 2_000, currency: 'USD', provenance: 'reported', unpriced: 0 }, forecastMicros, lowMicros: 2_500, highMicros: 4_000 } });
  const weeks = Array.from({ length: 22 }, (_unused, at) => day(at, weekend(at) ? 10 : 100));
  it('goes as the weekdays went, and keeps the sum of the month', () => {
    const found = forecastByDay(summary([...weeks, day(22, 100)]));
    expect(found?.byWeekday).toBe(true);
    expect(found?.days.map((one) => one.day)).toEqual(['2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27', '2026-11-28', '2026-11-29', '2026-11-30']);
    const [tuesday, , , , saturday] = found?.days ?? [];
    expect((tuesday?.micros ?? 0) / (saturday?.micros ?? 1)).toBeCloseTo(10, 0);
    expect(Math.abs((found?.days ?? []).reduce((sum, one) => sum + one.micros, 0) - 1_000)).toBeLessThan(7);
    expect(found?.days.every((one) => (one.low ?? 0) <= one.micros && one.micros <= (one.high ?? 0))).toBe(true);
  });
  it('leaves to today what is usual on it and not spent yet', () => {
    const rest = (forecastByDay(summary([...weeks, day(22, 0)]))?.days ?? []).reduce((sum, one) => sum + one.micros, 0);
    expect(rest).toBeLessThan(900);
  });
  it('is the same for each day where fewer than two weeks are known; days before anything was connected are none', () => {
    const unconnected = Array.from({ length: 16 }, (_unused, at) => day(at, 0, null));
    const found = forecastByDay(summary([...unconnected, ...weeks.slice(16)]));
    expect(found?.byWeekday).toBe(false);
    expect(new Set(found?.days.map((one) => one.micros))).toEqual(new Set([143]));
    expect(usualWeekdays([...unconnected, ...weeks.slice(16)], '2026-11-23')).toBeNull();
  });
  it('is none without a forecast, and on the last day of a month', () => {
    expect(forecastByDay(summary(weeks, null))).toBeNull();
    expect(forecastByDay({ ...summary(weeks), age: '2026-11-30T12:00:00.000Z' })).toBeNull();
  });
});
