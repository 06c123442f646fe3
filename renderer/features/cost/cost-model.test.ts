import { describe, expect, it } from 'vitest';
import type { CostRow, CostSummary, MoneyBySide } from '../../../shared/cost.ts';
import { axisDecimals, barScale, besideTasks, chartSummary, dayBar, decimalOf, errorShareOf, everyDay, headerLine, knownShares, knownWords, nextSort, noFigureWords, outcomeLines, rangeWords, rowAsText, rowName, signedPercent, sorts, wholePercent } from './cost-model.ts';

const thin = '\u2009';
const money = (changes: Partial<MoneyBySide> = {}): MoneyBySide => ({
  billedMicros: null, reportedMicros: null, computedMicros: null, shown: { amountMicros: 0, currency: 'USD', provenance: 'reported', unpriced: 0 },
  shownReportedMicros: 0, shownComputedMicros: 0, shownBilledMicros: 0, unpriced: 0, ...changes,
});
const spent = { finishedMicros: 0, retriedMicros: 0, failedMicros: 0, afterStopMicros: 0, openMicros: 0, unknownMicros: 0 };
const row = (changes: Partial<CostRow> = {}): CostRow => ({ id: 'a', name: 'claims-triage', agentId: 'a', finished: 2, failed: 1, open: 0, unknown: 0, money: money(), spent, perTaskMicros: 410_000, lowMicros: 400_000, highMicros: 430_000, wasted: 0.07, change: -0.04, againstBill: null, ...changes });

describe('the line in the header', () => {
  const month = (cost: Partial<CostSummary['month']['cost']>, forecastMicros: number | null = null): string => headerLine({ age: '2026-11-17T10:00:00.000Z', month: { cost: { amountMicros: 16_312_000_000, currency: 'USD', provenance: 'computed', unpriced: 0, ...cost }, forecastMicros, lowMicros: forecastMicros === null ? null : 26_000_000_000, highMicros: forecastMicros === null ? null : 30_000_000_000 } });
  it('says what the month cost so far and what it comes to', () => {
    expect(month({}, 28_100_000_000)).toBe('November 16,312.00 USD so far, forecast 28,100.00 (26,000.00 to 30,000.00)');
    expect(month({})).toBe('November 16,312.00 USD so far; too little to forecast');
  });
  it('never makes a zero of what has no price', () => {
    expect(month({ unpriced: 4 }, null)).toMatch(/^November at least 16,312\.00 USD/);
    expect(month({ amountMicros: null, unpriced: 4 })).toBe('November: 4 activities without a price');
    expect(month({ amountMicros: null })).toBe('November: nothing was spent that we know of');
  });
  it('says no sum of a history in which nothing was seen', () => {
    const summary = { age: '2026-11-17T10:00:00.000Z', month: { cost: { amountMicros: 0, currency: 'USD', provenance: 'computed' as const, unpriced: 0 }, forecastMicros: null, lowMicros: null, highMicros: null } };
    expect(headerLine(summary)).toBe('November 0.00 USD so far; too little to forecast');
    expect(headerLine(summary, true)).toBe('nothing was seen yet, so nothing can be said');
  });
});

describe('a day of the chart', () => {
  const day = { day: '2026-11-16', seen: 0.4, ...money({ shown: { amountMicros: 1_000, currency: 'USD', provenance: 'computed', unpriced: 0 }, shownReportedMicros: 400, shownComputedMicros: 600 }) };
  it('is uncertain by its computed part only', () => {
    expect(dayBar(day, 0.1)).toMatchObject({ reported: 400, computed: 600, shown: 1_000, low: 940, high: 1_060 });
    expect(dayBar({ ...day, shownReportedMicros: 1_000, shownComputedMicros: 0 }, 0.1)).toMatchObject({ low: null, high: null });
  });
  it('is told as at least, where it was not wholly seen or has no price', () => {
    expect(chartSummary([dayBar(day, 0)], 'USD')).toBe('16 Nov to 16 Nov: at least 0.0010 USD. 1 day not wholly seen.');
    expect(chartSummary([dayBar({ ...day, seen: 1, unpriced: 2 }, 0)], 'USD')).toContain('2 activities without a price');
    expect(chartSummary([dayBar({ ...day, seen: 1 }, 0)], 'USD')).not.toContain('at least');
  });
  it('takes the error from the range that the engine gives', () => {
    expect(errorShareOf({ perTaskMicros: 100, lowMicros: 90, highMicros: 110, finished: 10, money: money({ shownComputedMicros: 500 }) })).toBeCloseTo(0.2);
    expect(errorShareOf({ perTaskMicros: null, lowMicros: null, highMicros: null, finished: 0, money: money({ shownComputedMicros: 500 }) })).toBeNull();
  });
});

describe('how money is known', () => {
  it('is shares of what is shown, and nothing where nothing is known', () => {
    expect(knownShares(money({ shownBilledMicros: 1, shownReportedMicros: 2, shownComputedMicros: 1 }))).toEqual({ billed: 0.25, reported: 0.5, computed: 0.25 });
    expect(knownShares(money())).toBeNull();
    expect(knownWords(money({ shown: { amountMicros: null, currency: 'USD', provenance: 'unpriced', unpriced: 3 }, unpriced: 3 }))).toBe('no amount is known, 3 activities without a price');
    expect(knownWords(money({ shownReportedMicros: 3, shownComputedMicros: 1 }))).toBe(`75${thin}% reported, 25${thin}% computed`);
  });
});

describe('a row', () => {
  it('says why it has no figure', () => {
    expect(noFigureWords(row({ perTaskMicros: null, finished: 0 }))).toBe('no figure: none finished');
    expect(noFigureWords(row({ perTaskMicros: null, money: money({ unpriced: 3, shown: { amountMicros: null, currency: 'USD', provenance: 'unpriced', unpriced: 3 } }) }))).toBe('no figure: no price known');
    expect(noFigureWords(row())).toBe('');
  });
  it('has a range, or says that its upper end is open', () => {
    expect(rangeWords(row())).toBe('0.40 to 0.43');
    expect(rangeWords(row({ highMicros: null }))).toBe('0.40 or more');
    expect(rangeWords(row({ lowMicros: 410_000, highMicros: 410_000 }))).toBe('no estimate in it');
  });
  it('without a name is called by what is missing', () => {
    expect(rowName({ name: ' ' }, 'owner')).toBe('no owner');
    expect(rowName({ name: 'Anna' }, 'owner')).toBe('Anna');
  });
  it('is copied exactly, and its name can do nothing where it is pasted', () => {
    const text = rowAsText(row({ name: '=HYPERLINK("x")\tb', money: money({ shown: { amountMicros: 1_234_567, currency: 'USD', provenance: 'computed', unpriced: 0 } }) }), 'agent');
    const [head = '', line = ''] = text.split('\n');
    expect(head.split('\t')).toHaveLength(line.split('\t').length);
    expect(line).toContain('1.234567');
    expect(line.startsWith("'=HYPERLINK")).toBe(true);
    expect(text.split('\n')).toHaveLength(2);
  });
});

describe('amounts and shares', () => {
  it('are written exactly', () => {
    expect([0, 1, 1_234_567, 410_000, -1_500_000].map(decimalOf)).toEqual(['0.00', '0.000001', '1.234567', '0.41', '-1.50']);
  });
  it('have a sign, and never a signed zero', () => {
    expect([0.58, -0.06, 0.001, 0].map((share) => signedPercent(share))).toEqual([`+58${thin}%`, `\u22126${thin}%`, `0${thin}%`, `0${thin}%`]);
    expect([0, 0.001, 0.31].map(wholePercent)).toEqual([`0${thin}%`, `< 1${thin}%`, `31${thin}%`]);
  });
  it('stand on a scale with a round end that holds every error bar', () => {
    expect(barScale([row({ perTaskMicros: 2_560_000, highMicros: 3_340_000 })])).toBe(4_000_000);
    expect(barScale([row({ perTaskMicros: 9_000, highMicros: null })])).toBe(10_000);
    expect(barScale([row({ perTaskMicros: null, highMicros: null })])).toBe(0);
  });
});

describe('where money went', () => {
  it('keeps its order, widest against the largest, waste apart', () => {
    const lines = outcomeLines({ ...spent, finishedMicros: 400, failedMicros: 100 });
    expect(lines.map((line) => line.id)).toEqual(['finished', 'retried', 'failed', 'afterStop', 'open', 'unknown']);
    expect(lines.map((line) => line.share)).toEqual([1, 0, 0.25, 0, 0, 0]);
    expect(lines.filter((line) => line.waste).map((line) => line.id)).toEqual(['retried', 'failed', 'afterStop']);
  });
});

it('every column that sorts is reached by the key that goes to the next one', () => {
  const seen = new Set<string>();
  let at = sorts[0] ?? 'spend';
  for (let step = 0; step < sorts.length; step += 1) { seen.add(at); at = nextSort(at); }
  expect(seen.size).toBe(sorts.length);
});

it('an axis has as many decimals as its finest tick', () => {
  expect([[0, 5e6, 10e6], [0, 250_000, 500_000], [0, 2_500, 5_000], [0, 2, 4]].map(axisDecimals)).toEqual([0, 2, 4, 6]);
});

it('days without a task are not left out of a trend', () => {
  const day = (date: string) => ({ day: date, micros: 1, finished: 1, perTaskMicros: 1 });
  expect(everyDay([day('2026-02-27'), day('2026-03-02')]).map((one) => [one.day, one.perTaskMicros])).toEqual([['2026-02-27', 1], ['2026-02-28', null], ['2026-03-01', null], ['2026-03-02', 1]]);
  expect(everyDay([])).toEqual([]);
});

it('what days hold beyond the tasks that began in them is told apart', () => {
  const shown = { amountMicros: 500, currency: 'USD', provenance: 'billed' as const, unpriced: 0 };
  expect(besideTasks({ money: money({ shown, shownBilledMicros: 500 }), spent: { ...spent, finishedMicros: 400 } })).toBe(100);
  expect(besideTasks({ money: money({ shown, shownBilledMicros: 500 }), spent: { ...spent, finishedMicros: 600 } })).toBe(-100);
  expect(besideTasks({ money: money({ shown }), spent: { ...spent, finishedMicros: 500 } })).toBeNull();
});
