/** Words of failures: groups of activities that went wrong in the same way, what people know of them, and what they cost. */
import { z } from 'zod';
import { activityKind, cost, failure, isoTime, taskOutcome } from './domain.ts';

/** `new`: nobody has looked at it. `known`: somebody has. `resolved`: somebody says that it is over. `back`: it came again after that. `snoozed`: not before a time, or until it happens so often again. */
export const failureStates = ['new', 'back', 'known', 'snoozed', 'resolved'] as const;
export const failureState = z.enum(failureStates);
export type FailureState = z.infer<typeof failureState>;

/** tool: a tool said no or broke; model: the model's side; timeout; handoff: an agent could not be reached or failed; other. */
export const failureSorts = ['tool', 'model', 'timeout', 'rate_limit', 'handoff', 'other'] as const;

export const failureGroup = failure.extend({
  /** in the period; 0: a link named a group that has none in it. */
  count: z.int().nonnegative(),
  state: failureState,
  sort: z.enum(failureSorts),
  /** times per bin over the asked period, oldest first, null: not seen. 48 bins up to 49 hours; whole days beyond, at most 48 bins of equal length. */
  spark: z.array(z.int().nonnegative().nullable()),
  /** first time of all, not of the period. */
  since: isoTime,
  tasks: z.object({ failed: z.int(), finishedAfter: z.int(), other: z.int() }),
  versions: z.array(z.string()),
  /** money of the calls that failed and of tasks that failed with it as their last failure. */
  cost,
  snoozedUntil: isoTime.nullable(),
  notes: z.int(),
});
export type FailureGroup = z.infer<typeof failureGroup>;

/** So many times of a group are compared for how many texts they have: a group may have happened a million times. */
export const mostTextsRead = 250;

export const failureNote = z.object({ id: z.string(), at: isoTime, by: z.string(), text: z.string() });
export const failureDetail = failureGroup.extend({
  /** what is alike in them: kind, name, error class, normalised message, top of the stack. */
  alike: z.array(z.object({ name: z.string(), value: z.string() })),
  /** messages differ only in this many texts, of the newest `mostTextsRead` in the period; the example is the newest. */
  messages: z.int(),
  perVersion: z.array(z.object({ agentId: z.string(), agentName: z.string(), version: z.string().nullable(), count: z.int(), /** of the version, where that is known; else of the failure. */ firstSeen: isoTime, /** tasks of that version in the period. */ tasks: z.int() })),
  /** what stood before it in the example's task, oldest first, its whole chain of parents included. */
  before: z.array(z.object({ activityId: z.string(), kind: activityKind, name: z.string(), status: z.string(), at: isoTime, ancestor: z.boolean() })),
  occurrences: z.array(z.object({ activityId: z.string(), taskId: z.string(), at: isoTime, agentId: z.string(), agentName: z.string(), outcome: taskOutcome, cost })),
  notesList: z.array(failureNote),
  history: z.array(z.object({ at: isoTime, by: z.string(), state: failureState })),
});
export type FailureDetail = z.infer<typeof failureDetail>;

/** Where "no failure" can be said: how much of a connection's time was seen. */
export const sightRow = z.object({ connectionId: z.string(), name: z.string(), /** the bins of `spark`, 0 to 1. */ seen: z.array(z.number()), share: z.number().nullable(), groups: z.int() });
