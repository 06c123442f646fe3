/** Budgets as they stand, what reached their limits, and what a draft would have done. */
import type { ParsedParams, Result } from '../../../../shared/contract.ts';
import type { BudgetFact } from '../budget-commands.ts';
import type { Reading } from './reading.ts';

export function listBudgets(_reading: Reading, _params: ParsedParams<'budgets.list'>, _nowUs: number): Result<'budgets.list'> {
  return { rows: [] };
}

export function listBudgetEvents(_reading: Reading, _params: ParsedParams<'budgets.events'>): Result<'budgets.events'> {
  return { rows: [], next: null };
}

export function previewBudget(_reading: Reading, _params: ParsedParams<'budgets.preview'>, _nowUs: number): Result<'budgets.preview'> {
  throw new Error('to come');
}

export function budgetFacts(_reading: Reading, _params: Record<string, never>, _nowUs: number): BudgetFact[] {
  return [];
}

export function budgetSpent(_reading: Reading, _params: { readonly budget: number }): { readonly micros: number } {
  return { micros: 0 };
}
