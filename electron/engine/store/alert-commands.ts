/**
 * What is written and read about alerts, their rules, targets and deliveries. Ids are row ids, times microseconds. Types only. Each command is one
 * transaction: an alert and the deliveries that it makes are never one without the other, so that nothing is lost between them.
 */
import type { AlertKind, AlertMessage, AlertRuleDraft, AlertSeverity, AlertTrigger, QuietHours, TargetConfig } from '../../../shared/alerts.ts';
import type { BudgetScope } from '../../../shared/budgets.ts';
import type { AuditWords, CredentialReference } from './runtime-commands.ts';

/** Of the message only what the store does not know: `delivery` and `alert.id` are filled in by it. */
export interface NewDelivery { readonly target: number; readonly what: 'raised' | 'escalated' | 'over'; readonly heldUntilUs: number | null; readonly message: Omit<AlertMessage, 'delivery'> }

export interface NewAlert {
  readonly rule: number;
  readonly key: string;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly text: string;
  readonly agent: number | null;
  readonly connection: number | null;
  readonly screen: string;
  /** public id. */
  readonly screenId: string | null;
  readonly atUs: number;
  /** when the first escalation is due; null: there is none. */
  readonly nextStepUs: number | null;
  readonly deliveries: readonly NewDelivery[];
}

export interface AlertCommands {
  'alertRules.save': { params: { id: number | null; draft: AlertRuleDraft; /** row ids in the draft's order. */ targets: readonly number[]; escalation: readonly { readonly afterMin: number; readonly targets: readonly number[] }[]; changedBy: string; audit: AuditWords }; result: { id: number } };
  /** Its open alerts are resolved with a word about it. */
  'alertRules.remove': { params: { id: number; audit: AuditWords }; result: { id: number } };
  /**
   * Raises, or counts up where one of that rule and key is open or acknowledged, or was over by itself less than `againUs` before (then it is open again, or
   * acknowledged if it was, and nothing is delivered). `fresh`: it was raised and its deliveries stand in the queue. Of a kind that does not last nothing
   * happens where `atUs`, the time of the event, is not after what that rule and key told of already.
   */
  'alerts.raise': { params: NewAlert & { readonly againUs: number }; result: { id: number; fresh: boolean } };
  /** What lasts goes on, and this is how it is now: nothing is said, counted or delivered. */
  'alerts.goesOn': { params: { id: number; title: string; text: string; atUs: number }; result: { id: number } };
  /** The condition is over. Deliveries of it that were not sent yet are dropped (with `over` neither is needed); else `deliveries` are put in the queue. */
  'alerts.over': { params: { id: number; atUs: number; text: string; deliveries: readonly NewDelivery[] }; result: { id: number } };
  /** `what` by a person: held deliveries of it are dropped (of what is resolved those that wait, too), escalation ends; reopened, it goes on. Answers how many changed; without any there is no audit entry. */
  'alerts.say': { params: { ids: readonly number[]; what: 'acknowledge' | 'resolve' | 'reopen'; by: string; note: string; audit: AuditWords }; result: { changed: number } };
  /** Only while nobody has acknowledged it and `step` is the next one (how many were taken before it: 0 is the rule's first): else nothing happens. */
  'alerts.escalate': { params: { id: number; step: number; nextStepUs: number | null; text: string; deliveries: readonly NewDelivery[] }; result: { id: number } };
  /** How far events were looked at; in one transaction with nothing else, after what they raised was raised: what is looked at again raises nothing twice (its key is known). */
  'alerts.cursor': { params: { failures: number; grants: number; budgets: number }; result: { id: number } };
  'targets.save': { params: { id: number | null; name: string; config: TargetConfig; quiet: QuietHours | null; enabled: boolean; /** undefined: as it is. */ credential?: { readonly reference: CredentialReference | null; readonly hint: string | null } | undefined; changedBy: string; audit: AuditWords }; result: { id: number } };
  'targets.remove': { params: { id: number; audit: AuditWords }; result: { id: number } };
  /**
   * One attempt ended. `sent`; `again`: tried again at `dueUs`; `failed`: given up. Keeps the target's own state (`failing`, `sent_us`) with it. The first
   * attempt's time stays (`first_us`). `held`: no attempt, quiet hours began before it could go; it stands aside until `dueUs`. What is not waiting any
   * more (dropped meanwhile, target removed) changes only to `sent`, because then it was.
   */
  'deliveries.tried': { params: { id: number; result: 'sent' | 'again' | 'failed' | 'held'; atUs: number; dueUs: number | null; error: string | null }; result: { id: number } };
  /** Quiet hours are over, or a person asked: held ones wait, waiting ones are due now, failed ones (`failedToo`) wait again. */
  'deliveries.wake': { params: { target: number; failedToo: boolean; atUs: number; audit?: AuditWords }; result: { deliveries: number } };
  /** A test that a person asked for went past the queue: it stands among the target's deliveries, and moves `failing` and `sent_us` as any other. */
  'deliveries.tested': { params: { target: number; uid: string; message: AlertMessage; ok: boolean; text: string; atUs: number; audit: AuditWords }; result: { id: number } };
  /** Of deliveries that ended (sent, dropped, failed) only the newest so many a target are kept; alerts that are resolved since longer than retention go with it. */
  'deliveries.prune': { params: { keep: number }; result: { deliveries: number } };
}

/** A rule as the watch knows it. */
export interface AlertRuleFact {
  readonly id: number;
  readonly name: string;
  readonly trigger: AlertTrigger;
  readonly watches: BudgetScope;
  /** heads in its scope now; null: all. */
  readonly agents: readonly number[] | null;
  /** connections in its scope; null: all (also for a scope that names agents: then those of the agents). */
  readonly connections: readonly number[] | null;
  readonly severity: AlertSeverity;
  readonly sustainedS: number;
  readonly targets: readonly number[];
  readonly escalation: readonly { readonly afterMin: number; readonly targets: readonly number[] }[];
  readonly tellEnd: boolean;
  /** what happened before it was made (and, while no engine ran, before it was changed) is not told. */
  readonly createdUs: number;
  readonly changedUs: number;
}

/** A target as whoever delivers knows it: query `targetFacts` ({} -> readonly TargetFact[]), all that are not removed. `held`: how many quiet hours hold back. */
export interface TargetFact { readonly id: number; readonly name: string; readonly config: TargetConfig; readonly quiet: QuietHours | null; readonly enabled: boolean; readonly credential: CredentialReference | null; readonly held: number }

/**
 * The next delivery of a target in order: held ones stand aside, and nothing overtakes one that waits. Query `dueDeliveries` ({} -> readonly DueDelivery[]):
 * of each target that is not removed the first that waits, due or not. `firstUs`: when it was first tried.
 */
export interface DueDelivery { readonly id: number; readonly uid: string; readonly target: number; readonly what: 'raised' | 'escalated' | 'over' | 'test'; readonly body: string; readonly createdUs: number; readonly dueUs: number; readonly firstUs: number | null; readonly attempts: number; readonly severity: AlertSeverity }
