import { expect, it } from 'vitest';
import type { BudgetDraft } from '../../../shared/budgets.ts';
import { amount, forecastText, reachedText } from './budget-words.ts';

const budget: BudgetDraft = { name: 'b', scope: { kind: 'everything' }, per: 'month', currency: 'USD', softMicros: null, hardMicros: 5_000, forecast: true, onHard: 'tell', level: 'cancel', stops: 'agent' };

it.each([[0, '0.00'], [5_000, '0.005'], [6_750, '0.00675'], [1, '0.000001'], [1_000_000, '1.00'], [1_200_231, '1.200231'], [99_996_000, '99.996'], [26_000_000_000, '26000.00']])('%i micro-units are %s', (micros, text) => {
  expect(amount(micros)).toBe(text);
});

it('never says that as much was spent as the limit where more was', () => {
  const said = reachedText(budget, { kind: 'hard', spent: 6_750, limit: 5_000, late: false, seen: true, stop: false });
  expect(said).toBe('0.00675 of 0.005 USD known spend this month: the hard limit is reached. It only tells.');
  expect(forecastText({ ...budget, hardMicros: 30_000_000 }, 12_345_678, 30_000_001, 30_000_000)).toBe('12.345678 USD known spend this month, forecast to come to 30.01: above the hard limit of 30.00.');
});
