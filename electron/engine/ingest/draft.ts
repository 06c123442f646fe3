/**
 * What a normaliser says about one record. Pure data: no ids of ours, no look-ups; the assembler (store) finds the
 * task and the agent, joins drafts that speak of the same activity, and writes rows.
 */
import type { ActivityKind, ActivityStatus, IdentityKind, TaskOutcome, Usage } from '../../../shared/domain.ts';
import type { LogRecord, SpanRecord } from './record.ts';

export interface AgentClaim {
  /** stable id as the runtime gives it (`gen_ai.agent.id`, resource `agent.id`); never an id that lives for one run. */
  readonly id?: string;
  readonly name?: string;
  readonly version?: string;
}

export interface IdentityClaim {
  readonly kind: IdentityKind;
  /** account, e-mail or subject as the telemetry says. */
  readonly of: string;
  /** the attribute that says it: shown as evidence. */
  readonly attribute: string;
}

export interface Draft {
  /** adapter id and signal, e.g. `claude-code/log`. */
  readonly source: string;
  /**
   * activity: becomes (or completes) one row.
   * agent: a span around an agent's work (`invoke_agent`): without a parent agent it is the task's life cycle row and says how the
   *   task ended; inside another agent's work it is a hand-off row.
   * structure: no row of its own (chain steps, workflow roots, blocked-on-user spans); it ties parents to children, may name the
   *   agent, session or user, and, when it has no parent, says when and how its task ended.
   */
  readonly role: 'activity' | 'agent' | 'structure';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /**
   * Names the activity within its task: drafts with the same key are the same activity, told twice (a log and a span, a decision
   * and a result, a batch sent again). `tool:<call id>`, `model:<request id>`, `span:<span id>`, `event:<stable text>`.
   */
  readonly key: string;
  /** session or conversation id, when this record carries it. */
  readonly run?: { readonly kind: 'session' | 'conversation'; readonly id: string };
  /** the agent that did this, when this record names it; otherwise inherited from the nearest ancestor, else the task. */
  readonly agent?: AgentClaim;
  readonly identity?: IdentityClaim;
  readonly kind: ActivityKind;
  /** tool name, model name, agent name: what the row is called. Empty in structure drafts. */
  readonly name: string;
  readonly status: ActivityStatus;
  /**
   * true when `status` rests on the record saying so (success=true, status ERROR, a decision), false when it is only the absence
   * of an error. In a join: denied > error > cancelled > explicit ok > inferred ok > interrupted > running.
   */
  readonly statusExplicit: boolean;
  readonly startUs: number;
  /** undefined: not ended as far as this record knows. */
  readonly endUs?: number;
  readonly model?: string;
  readonly usage?: Usage;
  /** money that the agent itself reported, integer micro-units. */
  readonly reportedCost?: { readonly micros: number; readonly currency: string };
  readonly error?: { readonly type?: string; readonly message?: string; readonly stackTop?: string };
  /** how the task ended, when this record says it. */
  readonly taskOutcome?: TaskOutcome;
  /** one line for the task list, e.g. a workflow name; never a prompt. */
  readonly taskName?: string;
  /** this record says that the agent's process or session is going down: open work in the task is interrupted. */
  readonly endsSession?: boolean;
}

/** `aside`: carries nothing an activity is made of (counted by reason). `refused`: should have, but cannot be read (counted, shown). */
export type Normalised =
  | { readonly t: 'drafts'; readonly drafts: readonly Draft[] }
  | { readonly t: 'aside'; readonly reason: string }
  | { readonly t: 'refused'; readonly reason: string };

export interface Adapter {
  /** e.g. `claude-code`. */
  readonly id: string;
  /** attribute keys of spans, logs, events and resources that this adapter reads. */
  readonly wanted: readonly string[];
  readonly span?: (record: SpanRecord) => Normalised;
  readonly log?: (record: LogRecord) => Normalised;
}
