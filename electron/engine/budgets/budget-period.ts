/** Periods of budgets: UTC, as days of cost are. All begin on a whole hour, so that sums by hour and by day make them up exactly. */
import type { BudgetPeriod } from '../../../shared/budgets.ts';

export interface PeriodSpan { readonly fromUs: number; readonly toUs: number }

const hourUs = 3_600_000_000;
const dayUs = 24 * hourUs;
const weekUs = 7 * dayUs;
/** Day 0 was a Thursday: the first Monday is day 4. */
const mondayUs = 4 * dayUs;

const whole = (us: number, length: number, first: number): PeriodSpan => {
  const fromUs = Math.floor((us - first) / length) * length + first;
  return { fromUs, toUs: fromUs + length };
};

/** The period in which a time lies; a task has no beginning of its own here. */
export function periodAt(per: BudgetPeriod, us: number): PeriodSpan {
  switch (per) {
    case 'task': return { fromUs: 0, toUs: Number.MAX_SAFE_INTEGER };
    case 'hour': return whole(us, hourUs, 0);
    case 'day': return whole(us, dayUs, 0);
    case 'week': return whole(us, weekUs, mondayUs);
    case 'month': {
      const at = new Date(us / 1_000);
      const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
      return { fromUs: Date.UTC(year, month) * 1_000, toUs: Date.UTC(year, month + 1) * 1_000 };
    }
  }
}
