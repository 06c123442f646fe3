/**
 * The words of the kill switch as zod schemas: plan, stop order, levers, evidence, certificate, holds, readiness, drills and auto-stop rules.
 * An acknowledgement is never a stop: what was requested, what the runtime reported and what was confirmed from outside are three fields.
 */
import { z } from 'zod';
import { isoTime, stopLevels } from './domain.ts';

const id = z.string().min(1).max(64);
export const stopLevel = z.enum(stopLevels);

export const stopScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('task'), id }),
  z.object({ kind: z.literal('agent'), id }),
  z.object({ kind: z.literal('connection'), id }),
  z.object({ kind: z.literal('tag'), tag: z.string().trim().min(1).max(40) }),
  z.object({ kind: z.literal('everything') }),
]);
export type StopScope = z.infer<typeof stopScope>;

/** The order in which levers are pulled: what respawns first, credentials last. */
export const stopSteps = ['disarm', 'refuse', 'cut', 'end_sessions', 'revoke'] as const;
export type StopStep = (typeof stopSteps)[number];
export const leverKinds = ['cut', 'drain', 'hold', 'catalogue'] as const;
export type LeverKind = (typeof leverKinds)[number];
/** `exact`: restores what was there. `lossy`: most of it, `undoText` says what not. `none`: cannot be undone. `not_needed`: changes nothing lasting. */
export const undoKinds = ['exact', 'lossy', 'none', 'not_needed'] as const;
export type UndoKind = (typeof undoKinds)[number];

/** How long a lever took before, from our own orders and drills; milliseconds from sent to confirmed. */
export const usualTime = z.object({ p50Ms: z.number().nonnegative(), mostMs: z.number().nonnegative(), times: z.int().positive(), newestAt: isoTime });

export const planLever = z.object({
  /** unique within the plan. */
  id: z.string().max(200),
  /** the connector's id of the lever, `process.*` for this machine's processes, `console.hold` for the console's own hold. */
  leverId: z.string().max(100),
  connectionId: id,
  connectionName: z.string(),
  step: z.enum(stopSteps),
  kind: z.enum(leverKinds),
  /** the lowest level that includes it. */
  level: stopLevel,
  title: z.string(),
  /** what exactly it acts upon, e.g. "2 known runs: 4f1c…, 9ab0…". */
  target: z.string(),
  reaches: z.string(),
  doesNotStop: z.array(z.string()),
  /** who else it hits; `agentId` null: not an agent that is known. */
  alsoHits: z.array(z.object({ agentId: id.nullable(), name: z.string(), why: z.string() })),
  usual: usualTime.nullable(),
  undo: z.enum(undoKinds),
  undoText: z.string(),
  /** ticked when the plan is shown. */
  wanted: z.boolean(),
  /** why it cannot be pulled now (no stop credential, connection off, forbidden); null: it can. */
  problem: z.string().nullable(),
  /** why it comes later than its step says; null: it does not. */
  after: z.string().nullable(),
});
export type PlanLever = z.infer<typeof planLever>;

/** Authority or work that outlives the plan. `endsAt` null: no end that we can see. */
export const residual = z.object({
  id: z.string().max(200),
  title: z.string(),
  detail: z.string(),
  endsAt: isoTime.nullable(),
  /** when its whole life began, for the clock's bar; null: not known. */
  startedAt: isoTime.nullable(),
  /** how it could be closed early; null: not from here. */
  close: z.string().nullable(),
});
export type Residual = z.infer<typeof residual>;

export const stopPlan = z.object({
  /** an order names it: what was shown is what is fired. Kept by the engine for 30 minutes. */
  id,
  scope: stopScope,
  scopeName: z.string(),
  level: stopLevel,
  madeAt: isoTime,
  agents: z.array(z.object({ id, name: z.string(), connectionNames: z.array(z.string()) })),
  tasksOpen: z.int().nonnegative(),
  lastActAt: isoTime.nullable(),
  levers: z.array(planLever),
  residual: z.array(residual),
  /** what will count as confirmed, and what cannot be checked. */
  checks: z.array(z.object({ text: z.string(), can: z.boolean() })),
  warnings: z.array(z.string()),
  /** null: made from the history alone, runtimes were not asked. */
  survey: z.object({ at: isoTime, asked: z.int(), failed: z.array(z.object({ connectionName: z.string(), text: z.string() })) }).nullable(),
  silenceS: z.int(),
  watchS: z.int(),
  /** the newest drill or order of this scope at this level; `stale`: older than the limit. */
  lastTried: z.object({ at: isoTime, days: z.int(), stale: z.boolean(), limitDays: z.int() }).nullable(),
  /** what an order must bring: the text to type (wide scopes), a reason, a second operator. */
  needs: z.object({ typed: z.string().nullable(), reason: z.boolean(), second: z.boolean() }),
});
export type StopPlan = z.infer<typeof stopPlan>;

/** `waiting_second`: nothing was sent; it waits for the second operator. `withdrawn`: it was given up before anything was sent. */
export const stopStates = ['waiting_second', 'withdrawn', 'stopping', 'verified', 'still_acting', 'unverified'] as const;
export const stopState = z.enum(stopStates);
export type StopState = z.infer<typeof stopState>;
export const stopOrigins = ['person', 'rule', 'drill'] as const;
export const reasonKinds = ['acting_beyond_task', 'wrong_data', 'cost', 'security', 'maintenance', 'drill', 'rule', 'other'] as const;
export type ReasonKind = (typeof reasonKinds)[number];

/**
 * `sending`: written before it leaves. `unknown`: it may have been sent; no answer is known (deadline, crash) and it is not sent again.
 * `skipped`: left out, `reportedText` says why.
 */
export const leverStates = ['waiting', 'sending', 'reported', 'failed', 'unknown', 'skipped'] as const;
export type LeverState = (typeof leverStates)[number];
export const reportedWords = ['stopped', 'accepted', 'refused', 'nothing_to_stop'] as const;
export type ReportedWord = (typeof reportedWords)[number];
/** From outside the lever. `cannot`: nothing outside it can be checked. */
export const confirmedWords = ['not_yet', 'yes', 'no', 'cannot'] as const;
export type ConfirmedWord = (typeof confirmedWords)[number];

export const orderLever = planLever.extend({
  state: z.enum(leverStates),
  sentAt: isoTime.nullable(),
  reportedAt: isoTime.nullable(),
  reported: z.enum(reportedWords).nullable(),
  /** the runtime's words, or why it failed or was skipped: hostile text. */
  reportedText: z.string().nullable(),
  confirmed: z.enum(confirmedWords),
  confirmedAt: isoTime.nullable(),
  confirmedText: z.string().nullable(),
  attempts: z.int().nonnegative(),
  /** `open`: something was changed that can be put back. */
  undoState: z.enum(['none', 'open', 'done', 'failed']),
  undoneAt: isoTime.nullable(),
  undoneText: z.string().nullable(),
  /** times of acts after the command that speak against it, the newest 50. */
  actsAt: z.array(isoTime),
});
export type OrderLever = z.infer<typeof orderLever>;

export const stopOrder = z.object({
  id,
  /** counts up: what people say to each other. */
  number: z.int().positive(),
  scope: stopScope,
  scopeName: z.string(),
  level: stopLevel,
  origin: z.enum(stopOrigins),
  state: stopState,
  /** one sentence about the agent, not about the console. */
  headline: z.string(),
  orderedBy: z.string(),
  secondBy: z.string().nullable(),
  reasonKind: z.enum(reasonKinds),
  reason: z.string(),
  ticket: z.string().nullable(),
  /** the intent and its audit entry were written. */
  intentAt: isoTime,
  /** the command: the first lever was let go; null: nothing was sent. */
  commandedAt: isoTime.nullable(),
  firstAnswerAt: isoTime.nullable(),
  /** all levers answered, failed or were skipped. */
  answeredAt: isoTime.nullable(),
  lastActAt: isoTime.nullable(),
  /** since then nothing acted, as far as was seen; set when verified, null again when reopened. */
  containedAt: isoTime.nullable(),
  verifiedAt: isoTime.nullable(),
  silenceS: z.int(),
  watchUntil: isoTime.nullable(),
  /** how often activity came back after it was verified. */
  reopened: z.int().nonnegative(),
  /** nobody watches it any more; what was changed may still be open to undo. */
  endedAt: isoTime.nullable(),
  releasedAt: isoTime.nullable(),
  agents: z.array(z.object({ id, name: z.string() })),
  levers: z.object({ all: z.int(), reported: z.int(), confirmed: z.int(), failed: z.int(), undoable: z.int(), holds: z.int() }),
  /** acts that began or ended after the command, until it ended or was released; counted up to 2,000: that many, or more. */
  landed: z.int().nonnegative(),
});
export type StopOrder = z.infer<typeof stopOrder>;

export const stopEventKinds = ['intent', 'second', 'sent', 'reported', 'failed', 'skipped', 'for', 'against', 'state', 'not_seen', 'hold', 'undo', 'resumed', 'reopened', 'ended', 'note'] as const;
export const stopEvent = z.object({
  id, at: isoTime, kind: z.enum(stopEventKinds), leverId: z.string().nullable(),
  /** how it was learned: `read back`, `activity`, `process`, `denial`, `console`. */
  by: z.string(),
  text: z.string(),
});
export type StopEvent = z.infer<typeof stopEvent>;

/** An act that began or ended after the command, from the history. */
export const landedAct = z.object({
  activityId: id, taskId: id, at: isoTime, endAt: isoTime.nullable(), kind: z.string(), name: z.string(), status: z.string(), agentName: z.string(),
  amountMicros: z.int().nullable(), currency: z.string().nullable(),
  /** began after the command: speaks against the stop unless it was denied. */
  began: z.boolean(),
});
export type LandedAct = z.infer<typeof landedAct>;
export const unseenPeriod = z.object({ from: isoTime, to: isoTime.nullable(), connectionName: z.string().nullable(), text: z.string() });

export const stopOrderDetail = stopOrder.extend({
  plan: stopPlan,
  orderLevers: z.array(orderLever),
  /** the newest 500, oldest first. */
  events: z.array(stopEvent),
  moreEvents: z.int().nonnegative(),
  landedActs: z.array(landedAct),
  /** work that the runtime or this machine still shows in this instant, and authority that outlives the order. */
  stillOpen: z.array(z.object({ id: z.string(), title: z.string(), detail: z.string() })),
  residual: z.array(residual),
  notSeen: z.array(unseenPeriod),
  /** what to try next where it did not stop; null: nothing is left here. */
  next: z.object({ level: stopLevel, text: z.string() }).nullable(),
  auditIds: z.array(id),
});
export type StopOrderDetail = z.infer<typeof stopOrderDetail>;

/** The record of one stop order, complete in itself: what an auditor gets. Times ISO 8601 UTC, durations milliseconds, money micro-units. */
export const stopCertificate = z.object({
  format: z.literal('gatehouse.stop-certificate'),
  version: z.literal(1),
  madeAt: isoTime,
  madeBy: z.object({ product: z.literal('Gatehouse'), version: z.string() }),
  /** true: the order is still watched, so this may grow. */
  open: z.boolean(),
  order: stopOrder.omit({ levers: true, landed: true }),
  /** the verdict in words with its grounds. */
  verdict: z.object({ state: stopState, text: z.string(), grounds: z.array(z.string()) }),
  times: z.object({
    intentAt: isoTime, commandedAt: isoTime.nullable(), firstAnswerAt: isoTime.nullable(), answeredAt: isoTime.nullable(), lastActAt: isoTime.nullable(), containedAt: isoTime.nullable(), verifiedAt: isoTime.nullable(),
    firstAnswerMs: z.number().nullable(), timeToLastActMs: z.number().nullable(), timeToContainMs: z.number().nullable(),
  }),
  plan: stopPlan,
  levers: z.array(orderLever),
  evidence: z.array(stopEvent),
  landedAfterTheCommand: z.array(landedAct),
  stillAlive: z.array(z.object({ title: z.string(), detail: z.string(), endsAt: isoTime.nullable() })),
  notSeen: z.array(unseenPeriod),
  auditIds: z.array(id),
});
export type StopCertificate = z.infer<typeof stopCertificate>;

/** The console keeps cancelling: works only while the engine runs. */
export const stopHold = z.object({
  id, orderId: id, /** of the order, to release only this. */ leverId: z.string(), orderNumber: z.int(), scopeName: z.string(), connectionId: id, connectionName: z.string(), since: isoTime,
  cancelled: z.int().nonnegative(), lastCancelledAt: isoTime.nullable(), lastLookAt: isoTime.nullable(),
  /** what keeps it from working now, or from being released; null: nothing does. */
  problem: z.string().nullable(),
});
export type StopHold = z.infer<typeof stopHold>;
/** A change of the console's that stands and can be put back. */
export const standingChange = z.object({ orderId: id, orderNumber: z.int(), leverId: z.string(), title: z.string(), scopeName: z.string(), connectionName: z.string(), since: isoTime, undo: z.enum(undoKinds), undoText: z.string(), problem: z.string().nullable() });
export type StandingChange = z.infer<typeof standingChange>;

export const readinessStates = ['ready', 'failed', 'stale', 'never', 'none'] as const;
/** `none`: no lever of this level is known. `text`: what is missing or when it was tried. */
export const readinessCell = z.object({
  state: z.enum(readinessStates), kind: z.enum(leverKinds).nullable(), triedAt: isoTime.nullable(), tookMs: z.number().nullable(),
  rightsAt: isoTime.nullable(), rights: z.enum(['ok', 'missing', 'unknown']), text: z.string(),
});
export type ReadinessCell = z.infer<typeof readinessCell>;
export const canary = z.object({ level: stopLevel, everyHours: z.int().min(1).max(8_760).nullable(), nextAt: isoTime.nullable() });
export const readinessRow = z.object({
  agentId: id, agentName: z.string(), connectionNames: z.array(z.string()), tags: z.array(z.string()),
  cancel: readinessCell, suspend: readinessCell, revoke: readinessCell, canary: canary.nullable(),
});
export type ReadinessRow = z.infer<typeof readinessRow>;

export const drill = z.object({ orderId: id, orderNumber: z.int(), agentId: id, agentName: z.string(), level: stopLevel, at: isoTime, state: stopState, timeToLastActMs: z.number().nullable(), timeToContainMs: z.number().nullable(), firstAnswerMs: z.number().nullable() });
export type Drill = z.infer<typeof drill>;

/** What fires a rule; counted over `withinS` seconds for each agent by itself. Money in micro-units. */
export const ruleTrigger = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('budget'), amountMicros: z.int().positive(), currency: z.string().length(3), per: z.enum(['hour', 'day', 'month', 'task']) }),
  z.object({ kind: z.literal('failures'), count: z.int().min(1).max(100_000), withinS: z.int().min(1).max(86_400) }),
  z.object({ kind: z.literal('denials'), count: z.int().min(1).max(100_000), withinS: z.int().min(1).max(86_400) }),
  /** names as activities carry them; `*` at the end stands for any rest. */
  z.object({ kind: z.literal('tool'), names: z.array(z.string().trim().min(1).max(200)).min(1).max(50) }),
]);
export type RuleTrigger = z.infer<typeof ruleTrigger>;
export const ruleScope = stopScope.options[1].or(stopScope.options[2]).or(stopScope.options[3]).or(stopScope.options[4]);
/** `would`: it writes down that it would have fired, and does nothing. */
export const ruleModes = ['off', 'would', 'fire'] as const;
export const stopRule = z.object({
  id, name: z.string(), trigger: ruleTrigger, watches: ruleScope, watchesName: z.string(), level: stopLevel,
  /** stops the task that breached, or its agent. */
  stops: z.enum(['task', 'agent']),
  mode: z.enum(ruleModes), createdAt: isoTime, changedBy: z.string(), fired: z.int(), would: z.int(), lastAt: isoTime.nullable(),
});
export type StopRule = z.infer<typeof stopRule>;
export const ruleFiring = z.object({ id, ruleId: id, ruleName: z.string(), at: isoTime, agentId: id, agentName: z.string(), activityId: id.nullable(), fired: z.boolean(), orderId: id.nullable(), text: z.string() });
export type RuleFiring = z.infer<typeof ruleFiring>;

/** Somebody who may confirm as the second person; the passphrase is kept as a salted scrypt hash only. */
export const operator = z.object({ id, name: z.string(), createdAt: isoTime });
export type Operator = z.infer<typeof operator>;
