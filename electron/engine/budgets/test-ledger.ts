/** For tests: rows of money and what they come to, counted anew over all of them as the history does: each row for the period of its own start, of two sides of an agent the one that told more. */
import type { BudgetDraft } from '../../../shared/budgets.ts';
import type { BudgetFact, BudgetQuestion, BudgetSum, SpendRow } from '../store/budget-commands.ts';
import { periodAt } from './budget-period.ts';

export const second = 1_000_000;
export const hour = 3_600 * second;
/** 2026-11-23 12:00 UTC, a Monday. */
export const noon = Date.UTC(2026, 10, 23, 12) * 1_000;

export const draft = (more: Partial<BudgetDraft> = {}): BudgetDraft => ({
  name: 'b', scope: { kind: 'everything' }, per: 'day', currency: 'USD', softMicros: null, hardMicros: 100, forecast: false, onHard: 'stop', level: 'cancel', stops: 'agent', ...more,
});
export const fact = (of: BudgetDraft, more: Partial<BudgetFact> = {}): BudgetFact => ({ id: 1, draft: of, agents: null, told: [], failed: [], ...more });

export interface LedgerRow extends SpendRow { readonly side?: 'sent' | 'asked' }
export const row = (id: number, micros: number, more: Partial<LedgerRow> = {}): LedgerRow => ({ id, head: 1, task: 1, startUs: noon, micros, currency: 'USD', ...more });

export class Ledger {
  readonly rows = new Map<number, LedgerRow>();

  put(rows: readonly LedgerRow[]): void { for (const one of rows) this.rows.set(one.id, one); }

  spent({ per, currency }: BudgetDraft, agents: readonly number[] | null, periodUs: number): number {
    const { fromUs, toUs } = periodAt(per, periodUs);
    const heads = new Map<number, { sent: number; asked: number }>();
    for (const one of this.rows.values()) {
      if (one.startUs < fromUs || one.startUs >= toUs || one.currency !== currency || (agents !== null && !agents.includes(one.head))) continue;
      const sides = heads.get(one.head) ?? { sent: 0, asked: 0 };
      heads.set(one.head, sides);
      sides[one.side ?? 'sent'] += one.micros;
    }
    return [...heads.values()].reduce((sum, { sent, asked }) => sum + Math.max(sent, asked), 0);
  }

  ofTask(task: number, currency: string): number {
    return [...this.rows.values()].reduce((sum, one) => sum + (one.task === task && one.currency === currency ? one.micros : 0), 0);
  }

  answer({ draft: of, agents }: BudgetFact, { periodUs, tasks }: BudgetQuestion): BudgetSum[] {
    if (tasks !== null) return tasks.map((task) => ({ task, micros: this.ofTask(task, of.currency) }));
    return [{ task: null, micros: this.spent(of, agents, periodUs) }];
  }
}
