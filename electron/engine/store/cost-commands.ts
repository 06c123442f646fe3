/**
 * What is written about prices, bills, outcomes and failures. Ids are row ids, times microseconds, days counted since the epoch. Types only: the
 * functions stand beside this file. Each command is one transaction with its line in the audit log; what has to be computed anew follows in many.
 */
import type { PriceEntry } from '../../../shared/cost.ts';
import type { AuditWords } from './runtime-commands.ts';

/** An entry before it has an id: the store adds who and when. */
export type NewPrice = Omit<PriceEntry, 'id' | 'origin' | 'changedAt' | 'changedBy'>;

/** `replaces`: the own entry that it is a new version of, which then counts no longer. `overrides`: the bundled entry that it stands for. */
export interface PricePlace { readonly replaces: number | null; readonly overrides: string | null }

export interface NewBill {
  readonly connection: number;
  readonly name: string;
  readonly format: 'focus' | 'csv';
  readonly currency: string;
  /** first and last day, both within. */
  readonly fromDay: number;
  readonly toDay: number;
  readonly micros: number;
  readonly lines: number;
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
  /** `model` empty: the bill names none. One line a day and model. */
  readonly days: readonly { readonly day: number; readonly model: string; readonly micros: number }[];
}

export interface CostCommands {
  /** An audit subject of null becomes the entry. `not_found` where `replaces` was removed or replaced already. */
  'prices.save': { params: { entry: NewPrice; audit: AuditWords } & PricePlace; result: { id: number } };
  /** An own entry counts no longer; its versions stay readable. */
  'prices.remove': { params: { id: number; audit: AuditWords }; result: { id: number } };
  /** All or none. One of the same provider, model, region, tier and start stands for the import's earlier one: `replaced` counts those. */
  'prices.import': { params: { entries: readonly (NewPrice & PricePlace)[]; audit: AuditWords }; result: { entries: number; replaced: number } };
  /** Days that another bill of the connection covers in that currency are replaced. An audit subject of null becomes the bill. */
  'bills.import': { params: { bill: NewBill; audit: AuditWords }; result: { id: number } };
  'bills.remove': { params: { id: number; audit: AuditWords }; result: { id: number } };
  /** `outcome` as in codes.ts; null takes the mark back. */
  'tasks.mark': { params: { id: number; outcome: number | null; note: string; audit: AuditWords }; result: { id: number } };
  /** `open`: its row in failure_state goes, what was said stays in failure_said (state `new`). */
  'failures.setState': { params: { id: number; state: 'known' | 'resolved' | 'snoozed' | 'open'; untilUs: number | null; note: string | null; audit: AuditWords }; result: { id: number } };
  'failures.note': { params: { id: number; text: string; audit: AuditWords }; result: { id: number } };
}
