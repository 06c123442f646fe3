/**
 * Words of budgets. Money is integer micro-units of a currency; periods are UTC, as days of cost and of bills are (a week begins on Monday).
 * What counts is the money that is shown: reported, else computed. Work without a price counts nothing and is said.
 */
import { z } from 'zod';
import { isoTime, stopLevels } from './domain.ts';
import { stopScope } from './stop.ts';

const id = z.string().min(1).max(64);

/** Whose money. `owner`: agents that this person owns, as Access shows it. Of a tag and an owner those that have it now. */
export const budgetScope = z.discriminatedUnion('kind', [stopScope.options[1], stopScope.options[2], stopScope.options[3], z.object({ kind: z.literal('owner'), name: z.string().trim().min(1).max(200) }), stopScope.options[4]]);
export type BudgetScope = z.infer<typeof budgetScope>;

/** `task`: each task by itself. */
export const budgetPeriods = ['task', 'hour', 'day', 'week', 'month'] as const;
export type BudgetPeriod = (typeof budgetPeriods)[number];

const micros = z.int().positive().max(1_000_000_000_000_000);
export const budgetDraft = z.object({
  name: z.string().trim().min(1).max(80),
  scope: budgetScope,
  per: z.enum(budgetPeriods),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** told when it is reached; null: none. */
  softMicros: micros.nullable(),
  /** what `onHard` does is done when it is reached; null: none. */
  hardMicros: micros.nullable(),
  /** told when the period is forecast to end above the hard limit (the soft one where there is no hard one). */
  forecast: z.boolean().default(true),
  /** `stop`: whoever spends when or after the hard limit is reached is stopped, each agent (or task) once a period. */
  onHard: z.enum(['stop', 'tell']),
  level: z.enum(stopLevels).default('cancel'),
  stops: z.enum(['task', 'agent']).default('agent'),
});
/** Sentences of what is wrong with it; empty: nothing. */
export function budgetProblems(draft: { readonly softMicros: number | null; readonly hardMicros: number | null; readonly onHard: 'stop' | 'tell' }): string[] {
  if (draft.softMicros === null && draft.hardMicros === null) return ['A budget needs a soft or a hard limit.'];
  if (draft.softMicros !== null && draft.hardMicros !== null && draft.softMicros >= draft.hardMicros) return ['The soft limit must be below the hard one.'];
  if (draft.hardMicros === null && draft.onHard === 'stop') return ['Only a hard limit can stop.'];
  return [];
}
export type BudgetDraft = z.infer<typeof budgetDraft>;

export const budgetStates = ['within', 'soft', 'hard'] as const;
/** How a budget stands in its period. Of a budget per task: the dearest task that was active in the last 24 hours. */
export const budgetStanding = z.object({
  state: z.enum(budgetStates),
  /** null for a budget per task without one. */
  from: isoTime.nullable(), to: isoTime.nullable(),
  taskId: id.nullable(),
  spentMicros: z.int(),
  /** of it: only computed. */
  computedMicros: z.int(),
  /** activities of the period that have usage and no price: they count nothing. */
  unpriced: z.int(),
  /** activities of the period whose money is in another currency: they count nothing. */
  otherCurrency: z.int(),
  /** what the period comes to if it goes on so; null: too little to say, or per task. */
  forecastMicros: z.int().nullable(), lowMicros: z.int().nullable(), highMicros: z.int().nullable(),
  /** agents in its scope now. */
  agents: z.int(),
});
export type BudgetStanding = z.infer<typeof budgetStanding>;

export const budgetEventKinds = ['soft', 'hard', 'forecast'] as const;
export const budgetEvent = z.object({
  id, budgetId: id, budgetName: z.string(), at: isoTime, kind: z.enum(budgetEventKinds), /** null for a budget per task. */ periodFrom: isoTime.nullable(),
  /** whose activity reached it; null for a forecast. */
  agentId: id.nullable(), agentName: z.string().nullable(), taskId: id.nullable(), activityId: id.nullable(),
  spentMicros: z.int(), limitMicros: z.int(), currency: z.string(),
  /** the stop that it ordered; null: none was to be ordered, or none could be (`text` says why). */
  orderId: id.nullable(),
  fired: z.boolean(),
  /** milliseconds from the commit of the activity to the order's first levers; null where nothing fired. */
  tookMs: z.number().nullable(),
  text: z.string(),
});
export type BudgetEvent = z.infer<typeof budgetEvent>;

export const budget = budgetDraft.extend({
  id, scopeName: z.string(), createdAt: isoTime, changedAt: isoTime, changedBy: z.string(),
  standing: budgetStanding,
  /** newest time that its hard limit did something or could not. */
  last: budgetEvent.nullable(),
  /** agents of its scope that no lever of its level could stop now, by name, at most 20; empty where it only tells. */
  cannotStop: z.array(z.object({ agentId: id, name: z.string(), why: z.string() })),
  moreCannotStop: z.int(),
});
export type Budget = z.infer<typeof budget>;

/** What a draft would have done: periods of the last 90 days (tasks, for a budget per task) that ended above a limit. */
export const budgetPreview = z.object({ standing: budgetStanding, problems: z.array(z.string()), periods: z.int(), overSoft: z.int(), overHard: z.int(), dearestMicros: z.int(), medianMicros: z.int().nullable(), cannotStop: budget.shape.cannotStop, moreCannotStop: z.int() });
export type BudgetPreview = z.infer<typeof budgetPreview>;
