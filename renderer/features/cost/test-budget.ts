/** A budget for tests: 13.20 of 20 soft and 40 hard, a day, of everything. */
import type { Budget, BudgetStanding } from '../../../shared/budgets.ts';

const standing: BudgetStanding = {
  state: 'within', from: '2026-11-23T00:00:00.000Z', to: '2026-11-24T00:00:00.000Z', taskId: null, spentMicros: 13_200_000, computedMicros: 3_200_000, unpriced: 0, otherCurrency: 0,
  forecastMicros: 26_400_000, lowMicros: 20_000_000, highMicros: 30_000_000, agents: 6,
};

export const testBudget = (changes: Partial<Budget> = {}, stands: Partial<BudgetStanding> = {}): Budget => ({
  id: 'bud_1', name: 'The fleet', scope: { kind: 'everything' }, scopeName: 'everything', per: 'day', currency: 'USD', softMicros: 20_000_000, hardMicros: 40_000_000, forecast: true, onHard: 'stop', level: 'cancel', stops: 'agent',
  createdAt: '2026-11-20T08:00:00.000Z', changedAt: '2026-11-20T08:00:00.000Z', changedBy: 'Anna', last: null, cannotStop: [], moreCannotStop: 0, ...changes, standing: { ...standing, ...stands },
});
