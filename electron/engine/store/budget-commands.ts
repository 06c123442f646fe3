/** What is written and read about budgets. Ids are row ids, times microseconds, money micro-units. Types only; each command is one transaction with its line in the audit log. */
import type { BudgetDraft } from '../../../shared/budgets.ts';
import type { AuditWords } from './runtime-commands.ts';

export interface BudgetCommands {
  /** An audit subject of null becomes the budget. */
  'budgets.save': { params: { id: number | null; draft: BudgetDraft; changedBy: string; audit: AuditWords }; result: { id: number } };
  'budgets.remove': { params: { id: number; audit: AuditWords }; result: { id: number } };
  /**
   * A limit was reached. `key`: what a second telling in the same period is known by. `told` false: it was told already (before a restart), and
   * nothing was written. A hard limit is claimed with this before its stop is ordered, and the outcome is added by `budgets.outcome`.
   */
  'budgets.reached': { params: { budget: number; atUs: number; kind: 'soft' | 'hard' | 'forecast'; periodUs: number; key: string; /** an order is to follow: the event waits for its outcome, also across a restart. */ stop: boolean; agent: number | null; task: number | null; activity: number | null; spent: number; limit: number; currency: string; text: string; audit: AuditWords | null }; result: { id: number; told: boolean } };
  /** `again`: nothing was done, and whoever spends next is stopped for it. */
  'budgets.outcome': { params: { event: number; order: number | null; fired: boolean; tookUs: number | null; text: string; again: boolean; audit: AuditWords }; result: { id: number } };
}

/** A budget as the watch knows it. */
export interface BudgetFact {
  readonly id: number;
  readonly draft: BudgetDraft;
  /** heads in its scope now; null: all. */
  readonly agents: readonly number[] | null;
  /** what was told of the period that now lies in, of the one before it, and of tasks: `period kind key` (toldKey). */
  readonly told: readonly string[];
  /** of those: who could not be stopped; it is tried again. */
  readonly failed: readonly { readonly key: string; readonly event: number }[];
}
export const toldKey = (periodUs: number, kind: 'soft' | 'hard' | 'forecast', key: string): string => `${periodUs} ${kind} ${key}`;

/** Query `budgetSpent`. `tasks`: of a budget per task, each of these (those that are gone are left out); else the period that begins at `periodUs`. */
export interface BudgetQuestion { readonly budget: number; readonly periodUs: number; readonly tasks: readonly number[] | null }
export interface BudgetSum { readonly task: number | null; readonly micros: number }

/** Query `budgetRows`, params `{ after, upTo, updated }` (activity ids): those with known money. */
export interface SpendRow { readonly id: number; readonly head: number; readonly task: number; readonly startUs: number; readonly micros: number; readonly currency: string }

/** Query `budgetPending`: limits that were claimed, and of which it is not written whether a stop was ordered. */
export interface PendingBudget {
  readonly event: number; readonly budget: number; readonly name: string; readonly draft: BudgetDraft; readonly removed: boolean; readonly atUs: number; readonly periodUs: number; readonly key: string;
  readonly agent: number; readonly task: number | null; readonly activity: number | null; readonly spent: number; readonly limit: number; readonly text: string;
  /** an order for it that was written all the same. */
  readonly order: number | null;
}
