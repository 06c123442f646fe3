/**
 * What is written and read about stop orders, readiness, drills, rules, operators and tags. Ids are row ids, times microseconds. Types only:
 * the functions stand in `stops.ts` and its neighbours, the queries in `queries/stops.ts` and its neighbours. Every command is one
 * transaction; what carries `audit` writes that entry in it, so that neither is ever without the other.
 */
import type {
  ConfirmedWord, LeverState, PlanLever, ReasonKind, ReportedWord, RuleTrigger, StopEvent, StopPlan, StopRule, StopScope, StopState,
} from '../../../shared/stop.ts';
import type { ActivityKind, ActivityStatus, Connection, IdentityKind, Lever, Settings, StopLevel, Visibility } from '../../../shared/domain.ts';
import type { RightCheck, StopTarget } from '../ingest/collected.ts';
import type { AuditWords } from './runtime-commands.ts';

export interface NewLever {
  readonly plan: PlanLever;
  /** row id. */
  readonly connection: number;
  readonly target: StopTarget;
  readonly repeatable: boolean;
  readonly idleOnly: boolean;
}

/** A source of an agent as it was when the stop was ordered: its connection may be removed since, and is not to be forgotten. */
export interface WatchedSource {
  readonly head: number;
  readonly agent: number;
  readonly key: string;
  readonly connection: number;
  readonly connectionName: string;
  readonly kind: Connection['kind'];
}

export interface NewOrder {
  readonly plan: StopPlan;
  readonly scope: StopScope;
  readonly scopeName: string;
  readonly level: StopLevel;
  readonly origin: 'person' | 'rule' | 'drill';
  readonly state: 'waiting_second' | 'stopping';
  /** heads: the agents as screens show them. */
  readonly agents: readonly number[];
  /** every source of those agents. */
  readonly sources: readonly number[];
  /** where those are; absent: not known (orders of older versions). */
  readonly watched?: readonly WatchedSource[];
  /** row ids of tasks where the scope is a task; null: everything of the sources. */
  readonly tasks: readonly number[] | null;
  readonly orderedBy: string;
  readonly reasonKind: ReasonKind;
  readonly reason: string;
  readonly ticket: string | null;
  readonly rule: number | null;
  readonly silenceS: number;
  readonly watchS: number;
  readonly levers: readonly NewLever[];
  readonly audit: AuditWords;
}

/** undefined leaves as it is. */
export interface OrderPatch {
  readonly state?: StopState;
  readonly headline?: string;
  readonly secondBy?: string;
  /** null: of what was to be let go nothing left. */
  readonly commandedUs?: number | null;
  readonly firstAnswerUs?: number;
  readonly answeredUs?: number;
  readonly lastActUs?: number;
  readonly containedUs?: number | null;
  readonly verifiedUs?: number | null;
  readonly watchUntilUs?: number | null;
  readonly reopened?: number;
  readonly endedUs?: number | null;
  readonly releasedUs?: number;
  /** what `StopOrderDetail.stillOpen` shows, and the residual as it stands now. */
  readonly stillOpen?: readonly { readonly id: string; readonly title: string; readonly detail: string }[];
}

export interface LeverPatch {
  /** row id of the lever. */
  readonly id: number;
  readonly state?: LeverState;
  readonly saved?: string | null;
  /** null: it was written down as on its way, and never left. */
  readonly sentUs?: number | null;
  readonly reportedUs?: number;
  readonly reported?: ReportedWord;
  readonly reportedText?: string;
  readonly confirmed?: ConfirmedWord;
  readonly confirmedUs?: number | null;
  readonly confirmedText?: string;
  readonly attempts?: number;
  readonly undoState?: 'none' | 'open' | 'done' | 'failed';
  readonly undoneUs?: number;
  readonly undoneText?: string;
  /** appended; the newest 50 are kept. */
  readonly actsUs?: readonly number[];
  readonly hold?: { readonly cancelled: number; readonly lastCancelledUs: number | null; readonly lastLookUs: number | null; readonly problem: string | null };
}

export interface NewEvent {
  readonly atUs: number;
  readonly kind: StopEvent['kind'];
  /** row id of the lever; null: the order's own. */
  readonly lever: number | null;
  readonly by: string;
  readonly text: string;
}

export interface StopCommands {
  /** The intent: order, levers, first event and audit entry, before anything leaves. */
  'stops.begin': { params: NewOrder; result: { id: number; number: number; levers: readonly number[] } };
  /** Everything after it. At most 10,000 events an order are kept: beyond that the oldest `not_seen`, `for` and `note` go first, and it says so. */
  'stops.write': { params: { id: number; order?: OrderPatch; levers?: readonly LeverPatch[]; events?: readonly NewEvent[]; audit?: readonly AuditWords[] }; result: { id: number } };
  'rights.write': { params: { connection: number; checks: readonly RightCheck[]; atUs: number }; result: { id: number } };
  'canary.set': { params: { agent: number; canary: { level: StopLevel; everyHours: number | null } | null; nextUs: number | null; audit: AuditWords }; result: { id: number } };
  'canary.next': { params: { agent: number; nextUs: number }; result: { id: number } };
  'rules.save': { params: { id: number | null; name: string; trigger: RuleTrigger; watches: StopScope; level: StopLevel; stops: 'task' | 'agent'; mode: StopRule['mode']; changedBy: string; audit: AuditWords }; result: { id: number } };
  'rules.remove': { params: { id: number; audit: AuditWords }; result: { id: number } };
  'rules.fired': { params: { rule: number; agent: number; activity: number | null; fired: boolean; order: number | null; text: string; atUs: number; audit: AuditWords }; result: { id: number } };
  /** Fails with `conflict` when the name is taken. */
  'operators.add': { params: { name: string; salt: Uint8Array; hash: Uint8Array; audit: AuditWords }; result: { id: number } };
  'operators.remove': { params: { id: number; audit: AuditWords }; result: { id: number } };
  'tags.set': { params: { agent: number; tags: readonly string[]; audit: AuditWords }; result: { id: number } };
}

/** Query `stopFacts`, params `{ ids: number[] | null }` (null: all that are not ended, or have holds that are not released). */
export interface OrderFact {
  readonly id: number;
  readonly number: number;
  readonly plan: StopPlan;
  readonly scope: StopScope;
  readonly scopeName: string;
  readonly level: StopLevel;
  readonly origin: NewOrder['origin'];
  readonly state: StopState;
  readonly headline: string;
  readonly agents: readonly number[];
  readonly sources: readonly number[];
  readonly watched?: readonly WatchedSource[];
  readonly tasks: readonly number[] | null;
  readonly orderedBy: string;
  readonly intentUs: number;
  readonly commandedUs: number | null;
  readonly firstAnswerUs: number | null;
  readonly answeredUs: number | null;
  readonly lastActUs: number | null;
  readonly containedUs: number | null;
  readonly verifiedUs: number | null;
  readonly watchUntilUs: number | null;
  readonly silenceS: number;
  readonly watchS: number;
  readonly reopened: number;
  readonly endedUs: number | null;
  readonly releasedUs: number | null;
  readonly levers: readonly LeverFact[];
}

export interface LeverFact extends NewLever {
  readonly id: number;
  readonly state: LeverState;
  readonly saved: string | null;
  readonly attempts: number;
  readonly sentUs: number | null;
  readonly reportedUs: number | null;
  readonly reported: ReportedWord | null;
  readonly confirmed: ConfirmedWord;
  readonly confirmedUs: number | null;
  readonly undoState: 'none' | 'open' | 'done' | 'failed';
  readonly holdCancelled: number;
}

/** Query `scopeFacts`, params `{ scope, nowUs }`: everything that a plan is made of besides what runtimes say. `not_found` in words. */
export interface ScopeFacts {
  readonly scope: StopScope;
  readonly scopeName: string;
  readonly agents: readonly ScopeAgent[];
  /** row ids and runtime keys of the tasks in scope that are open, newest first, at most 1,000; for a task scope: that task, open or not. */
  readonly tasks: readonly { readonly id: number; readonly publicId: string; readonly agent: number; readonly connection: number; readonly runKey: string | null; readonly startedUs: number; readonly name: string }[];
  readonly tasksOpen: number;
  readonly lastActUs: number | null;
  /** every connection that holds a source of one of the agents. */
  readonly connections: readonly ScopeConnection[];
  /** agents that call one of these and are not in the scope: they may start it anew. */
  readonly callers: readonly { readonly id: string; readonly name: string; readonly calls: string }[];
  /** agents outside of the scope that act with the same shared or borrowed identity as one in it: what revokes it hits them too. Left out: not looked up. */
  readonly sharing?: readonly { readonly id: string; readonly name: string; readonly identityOf: string }[];
  /** how long levers took in earlier orders and drills on these connections: milliseconds from sent to confirmed. */
  readonly usual: readonly { readonly connection: number; readonly leverId: string; readonly p50Ms: number; readonly mostMs: number; readonly times: number; readonly newestUs: number }[];
  /** the newest verified order or drill for exactly this scope and level. */
  readonly tried: readonly { readonly level: StopLevel; readonly atUs: number }[];
  readonly settings: Settings;
}
export interface ScopeAgent {
  /** the head's row id. */
  readonly id: number;
  readonly publicId: string;
  readonly name: string;
  readonly identity: IdentityKind;
  readonly identityOf: string | null;
  readonly sources: readonly { readonly agent: number; readonly key: string; readonly service: string; readonly connection: number }[];
}
export interface ScopeConnection {
  readonly id: number;
  readonly publicId: string;
  readonly name: string;
  readonly kind: Connection['kind'];
  readonly enabled: boolean;
  readonly address: string | null;
  readonly visibility: Visibility;
  /** as the very server declares them; empty for otlp. */
  readonly levers: readonly Lever[];
  readonly rights: readonly (RightCheck & { readonly atUs: number })[];
  /** all agents of the connection, in scope or not. */
  readonly agents: readonly { readonly id: number; readonly publicId: string; readonly name: string; readonly key: string; readonly inScope: boolean }[];
}

/** Query `signRows`, params `{ sources, tasks, sinceUs, limit }`: activities that began or ended at or after `sinceUs`, oldest first. */
export interface SignRow {
  readonly id: number;
  readonly task: number;
  readonly agent: number;
  readonly connection: number;
  readonly kind: ActivityKind;
  readonly status: ActivityStatus;
  readonly name: string;
  readonly source: string;
  readonly startUs: number;
  readonly endUs: number | null;
}
/** Query `rhythmOf`, params `{ sources, tasks, runKey, beforeUs }`: how often the work in flight gave a sign before the command. */
export interface Rhythm { readonly signs: number; readonly longestUs: number | null; readonly lastUs: number | null }
/** Query `stepTimes`, params `{ sources, steps }`: how long steps of that name took before, from the history. */
export interface StepTime { readonly step: string; readonly times: number; readonly mostUs: number }
/** Query `sightOf`, params `{ connections, sinceUs }`: could we see? Gaps that touch the period, the newest thing stored. */
export interface ConnectionSight {
  readonly connection: number;
  readonly kind: Connection['kind'];
  readonly enabled: boolean;
  readonly gaps: readonly { readonly fromUs: number; readonly toUs: number | null; readonly text: string }[];
  /** the newest end of a period in which it was seen; null: never. */
  readonly seenToUs: number | null;
}
/** Query `ruleFacts`: rules that are not off. */
export interface RuleFact { readonly id: number; readonly name: string; readonly trigger: RuleTrigger; readonly watches: StopScope; readonly level: StopLevel; readonly stops: 'task' | 'agent'; readonly mode: StopRule['mode']; /** heads whose activity it watches; null: all. */ readonly agents: readonly number[] | null; readonly lastFiredUs: Readonly<Record<number, number>> }
/** Query `ruleRows`, params `{ after, upTo, updated }` (activity ids). */
export interface RuleRow { readonly id: number; readonly agent: number; readonly head: number; readonly task: number; readonly connection: number; readonly kind: ActivityKind; readonly status: ActivityStatus; readonly name: string; readonly startUs: number; readonly micros: number | null; readonly currency: string | null }
/** Query `spentSince`, params `{ head, task, sinceUs, currency }`: known money in micro-units. */
export interface Spent { readonly micros: number }
/** Query `drillsDue`, params `{ nowUs }`. */
export interface DrillFact { readonly agent: number; readonly publicId: string; readonly level: StopLevel; readonly everyHours: number | null; readonly nextUs: number | null }
/** Query `operatorFact`, params `{ id }`. */
export interface OperatorFact { readonly id: number; readonly name: string; readonly salt: Uint8Array; readonly hash: Uint8Array }
