import { expect, it } from 'vitest';
import { TurnBudget } from './turn-budget.ts';

const hour = 3_600_000_000;

/** A turn each second: how many are told. */
function toldOf(budget: TurnBudget, fromUs: number, toUs: number): number {
  let told = 0;
  for (let us = fromUs; us < toUs; us += 1_000_000) {
    if (budget.mayTell(us)) {
      budget.told();
      told++;
    } else budget.kept(us);
  }
  return told;
}

it('tells the first turns one by one, and then two an hour, however many there are', () => {
  const budget = new TurnBudget(0);
  expect(toldOf(budget, 0, 60_000_000)).toBe(20);
  expect(budget.untold).toEqual({ count: 40, fromUs: 20_000_000, toUs: 59_000_000 });
  expect(toldOf(budget, 60_000_000, 10 * hour)).toBe(19);
});

it('goes on where an engine before this one stopped telling', () => {
  expect(toldOf(new TurnBudget(18), 0, 60_000_000)).toBe(2);
  expect(toldOf(new TurnBudget(500), 0, 60_000_000)).toBe(0);
});

it('saves up no more than it began with', () => {
  const budget = new TurnBudget(0);
  expect(toldOf(budget, 0, 60_000_000)).toBe(20);
  expect(toldOf(budget, 1_000 * hour, 1_000 * hour + 60_000_000)).toBe(20);
});
