/** What alerts are judged by: asked of the reader in one question, bounded whatever agents do. Ids are row ids, times microseconds, money micro-units. Types only. */
import type { AlertKind, AlertSeverity } from '../../../shared/alerts.ts';
import type { BudgetScope, budgetEventKinds } from '../../../shared/budgets.ts';
import type { Gap } from '../../../shared/domain.ts';

/** What rules ask of one stretch of time. An agent that does not come up to the least of it is not answered. */
export interface WindowAsked {
  readonly withinS: number;
  /** fewest failures and smallest share that matter, and of how many the newest are counted; null: failures are not asked for. */
  readonly failed: { readonly least: number; readonly percent: number; readonly newest: number } | null;
  readonly denied: number | null;
  readonly spent: readonly { readonly currency: string; readonly micros: number }[];
}

export interface AlertFactsAsked {
  readonly windows: readonly WindowAsked[];
  /** agents with an open alert: their names and connections are told, too. */
  readonly heads: readonly number[];
  /** gaps that are open, and those that overlap so many seconds before now; null: not asked. */
  readonly gapsS: number | null;
  /** those that wait at least since then; null: not asked. */
  readonly approvalsUs: number | null;
  /** stops with an open alert: told however long ago they ended. null: stops are not asked for. */
  readonly stops: readonly number[] | null;
  /** what happened after these row ids; null: not asked. */
  readonly after: { readonly failures: number | null; readonly grants: number | null; readonly budgets: number | null };
  /** the newest alert of each of them, whatever became of it. */
  readonly keys: readonly { readonly rule: number; readonly key: string }[];
  readonly open: boolean;
}

/** Of one agent, all its sources together. */
export interface WindowFact {
  readonly head: number;
  readonly ended: number;
  readonly failed: number;
  /** it did more than is counted at once: only the newest of it are. */
  readonly newestOnly: boolean;
  readonly denied: number;
  /** so many were denied by all agents together that whole hours are told. */
  readonly deniedByHours: boolean;
  /** money of each currency that was asked for; `about`: a part of an hour was taken by its share of the hour. */
  readonly spent: readonly { readonly currency: string; readonly micros: number; readonly about: boolean }[];
  /** activities of the hours that it touches that have usage and no price. */
  readonly unpriced: number;
}

export interface AgentFact { readonly id: number; readonly name: string; readonly connections: readonly number[] }
export interface GapFact { readonly id: number; readonly connection: number | null; readonly fromUs: number; readonly toUs: number | null; readonly reason: Gap['reason']; readonly text: string }
export interface ApprovalFact { readonly id: number; readonly connection: number; readonly head: number | null; readonly agentName: string; readonly title: string; readonly askedUs: number }
export interface StopFact { readonly id: number; readonly scopeName: string; readonly level: string; readonly origin: string; readonly state: 'still_acting' | 'unverified'; readonly headline: string; readonly heads: readonly number[]; readonly sinceUs: number }
/** `backUs`: what was said of it, before it came back, was said then; null: nobody has seen it before. */
export interface FailureFact { readonly id: number; readonly name: string; readonly error: string; readonly count: number; readonly atUs: number; readonly backUs: number | null; readonly heads: readonly number[] }
/** `beyond`: it widens what is held, and beyond the baseline where there is one. `head` null: offered to everybody with the credential of the connection. */
export interface GrantFact { readonly id: number; readonly atUs: number; readonly head: number | null; readonly connection: number; readonly kind: string; readonly name: string; readonly added: boolean; readonly beyond: boolean; readonly baseline: boolean; readonly text: string }
export interface BudgetEventFact {
  readonly id: number; readonly atUs: number; readonly budget: string; readonly scope: BudgetScope; readonly kind: (typeof budgetEventKinds)[number]; readonly head: number | null; readonly agentName: string | null;
  readonly spent: number; readonly limit: number; readonly currency: string; readonly fired: boolean; /** its stop is being ordered. */ readonly pending: boolean; readonly text: string;
}

/** One that is not resolved. */
export interface OpenAlertFact {
  readonly id: number; readonly rule: number; readonly key: string; readonly kind: AlertKind; readonly severity: AlertSeverity; readonly state: 'open' | 'acknowledged'; readonly title: string; readonly text: string;
  readonly agent: number | null; readonly agentName: string | null; readonly connection: number | null; readonly connectionName: string | null;
  readonly raisedUs: number; readonly times: number; readonly steps: number; readonly nextStepUs: number | null;
}
export interface LastAlertFact { readonly rule: number; readonly key: string; readonly resolvedUs: number | null; /** null: over by itself, or not over. */ readonly resolvedBy: string | null }
export interface Cursors { readonly failures: number; readonly grants: number; readonly budgets: number }

export interface AlertFacts {
  readonly windows: readonly { readonly withinS: number; readonly rows: readonly WindowFact[] }[];
  readonly agents: readonly AgentFact[];
  readonly connections: readonly { readonly id: number; readonly name: string }[];
  readonly gaps: readonly GapFact[];
  readonly approvals: readonly ApprovalFact[];
  readonly stops: readonly StopFact[];
  readonly failures: readonly FailureFact[];
  readonly grants: readonly GrantFact[];
  readonly budgets: readonly BudgetEventFact[];
  /** how far these events go; where nothing was asked: the newest there is. */
  readonly upTo: Cursors;
  /** as it was written last; null: never. */
  readonly cursors: Cursors | null;
  readonly open: readonly OpenAlertFact[];
  readonly last: readonly LastAlertFact[];
}
