/** The integers that stand for words in the history file. They are on disk: never renumber, only add. */
import type { Finding } from '../../../shared/access.ts';
import type {
  ActivityKind, ActivityStatus, IdentityKind, OutcomeBasis, Provenance, TaskOutcome,
} from '../../../shared/domain.ts';

export const KIND = { model_call: 1, tool_call: 2, handoff: 3, approval: 4, denial: 5, error: 6, lifecycle: 7 } as const satisfies Record<ActivityKind, number>;
export const STATUS = { running: 1, ok: 2, error: 3, denied: 4, cancelled: 5, interrupted: 6 } as const satisfies Record<ActivityStatus, number>;
export const OUTCOME = { completed: 1, failed: 2, cancelled: 3, running: 4, waiting: 5, unknown: 6 } as const satisfies Record<TaskOutcome, number>;
export const BASIS = {
  root_ended: 1, reported: 2, open_work: 3, recent_activity: 4, quiet_after_success: 5, quiet_after_failure: 6, quiet_with_open_work: 7, nothing_known: 8, marked: 9,
} as const satisfies Record<OutcomeBasis, number>;
export const IDENTITY = { own: 1, delegated: 2, borrowed: 3, shared: 4, unknown: 5 } as const satisfies Record<IdentityKind, number>;
export const PROVENANCE = { billed: 1, reported: 2, computed: 3, unpriced: 4 } as const satisfies Record<Provenance, number>;
/** `finding.severity`: a worse one is greater. */
export const SEVERITY = { info: 1, attention: 2, serious: 3 } as const satisfies Record<Finding['severity'], number>;
export const KEY_KIND = { session: 1, conversation: 2, trace: 3, run: 4 } as const;

export type KindCode = (typeof KIND)[ActivityKind];

function words<T extends string>(codes: Record<T, number>, what: string): (code: number) => T {
  const list: (T | undefined)[] = [];
  for (const word of Object.keys(codes) as T[]) list[codes[word]] = word;
  return (code) => {
    const word = list[code];
    if (word === undefined) throw new RangeError(`The history holds an unknown ${what}: ${code}.`);
    return word;
  };
}

export const kindWord = words<ActivityKind>(KIND, 'activity kind');
export const statusWord = words<ActivityStatus>(STATUS, 'activity status');
export const outcomeWord = words<TaskOutcome>(OUTCOME, 'task outcome');
export const basisWord = words<OutcomeBasis>(BASIS, 'outcome basis');
export const identityWord = words<IdentityKind>(IDENTITY, 'identity');
export const severityWord = words<Finding['severity']>(SEVERITY, 'severity');
export const keyKindWord = words<keyof typeof KEY_KIND>(KEY_KIND, 'task key');

/** Bits of `activity.flags`. Bits 8 and up hold small ranks, see assemble/row.ts. */
export const FLAG = {
  /** the record itself said the status. */
  explicit: 1,
  /** we concluded the interruption; the record still says running. */
  interruptedInferred: 2,
  clockSkew: 4,
  badDuration: 8,
  /** from a draft of role `agent`: kind is life cycle or hand-off, by its ancestors. */
  agentRole: 16,
  /** would speak of its parent's activity if that had a row of the same kind. */
  joins: 32,
  guestUsage: 64,
  guestError: 128,
} as const;

export const US_HOUR = 3_600_000_000;
export const US_DAY = 24 * US_HOUR;
export const US_MINUTE = 60_000_000;
