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
  'budgets.reached': { params: { budget: number; atUs: number; kind: 'soft' | 'hard' | 'forecast'; periodUs: number; key: string; agent: number | null; task: number | null; activity: number | null; spent: number; limit: number; currency: string; text: string; audit: AuditWords | null }; result: { id: number; told: boolean } };
  'budgets.outcome': { params: { event: number; order: number | null; fired: boolean; tookUs: number | null; text: string; audit: AuditWords }; result: { id: number } };
}

/** A budget as the watch knows it. */
export interface BudgetFact {
  readonly id: number;
  readonly draft: BudgetDraft;
  /** heads in its scope now; null: all. */
  readonly agents: readonly number[] | null;
  /** keys told in its period (and of tasks, in the last day), as `kind key`. */
  readonly told: readonly string[];
}
