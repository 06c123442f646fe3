/**
 * What a normaliser says about one record. Pure data: no ids of ours, no look-ups; the assembler (store) finds the
 * task and the agent, joins drafts that speak of the same activity, and writes rows.
 */
import type { PriceUnit } from '../../../shared/cost.ts';
import type { ActivityKind, ActivityStatus, IdentityKind, TaskOutcome, Usage } from '../../../shared/domain.ts';
import type { LogRecord, SpanRecord } from './record.ts';

export interface AgentClaim {
  /** stable id as the runtime gives it (`gen_ai.agent.id`, resource `agent.id`); never an id that lives for one run. */
  readonly id?: string;
  readonly name?: string;
  readonly version?: string;
  /**
   * An id that lives for one run (a sub-agent instance). It never identifies an agent; within one task it ties records that know
   * only this id (a sub-agent's tool result) to the record that also knows the name (its model call). A claim with only `runId`
   * whose name never comes falls back like no claim at all.
   */
  readonly runId?: string;
}

export interface IdentityClaim {
  readonly kind: IdentityKind;
  /** account, e-mail or subject as the telemetry says. */
  readonly of: string;
  /** the attribute that says it: shown as evidence. */
  readonly attribute: string;
}

export interface DraftBilling {
  readonly provider?: string;
  readonly region?: string;
  /** service tier, e.g. `batch`, `priority`. */
  readonly tier?: string;
  /** of `usage.cacheWriteTokens`: what is kept for an hour. */
  readonly cacheWrite1h?: number;
  /** billed units beyond what `usage` tells. */
  readonly units?: Readonly<Partial<Record<PriceUnit, number>>>;
}

export interface Draft {
  /** adapter id and signal, e.g. `claude-code/log`. */
  readonly source: string;
  /**
   * activity: becomes (or completes) one row.
   * agent: a span around an agent's work (`invoke_agent`): without a parent agent it is the task's life cycle row and says how the
   *   task ended; inside another agent's work it is a hand-off row. Its `kind` is lifecycle unless the record itself knows that it is
   *   inside another agent's work.
   * structure: no row of its own (chain steps, workflow roots, blocked-on-user spans); it ties parents to children, may name the
   *   agent, session or user, and, when it has no parent, says when and how its task ended.
   */
  readonly role: 'activity' | 'agent' | 'structure';
  readonly traceId: string;
  /** '' in drafts from logs: a log has no span of its own. */
  readonly spanId: string;
  /** spans: the parent; logs: the span that they were written in. */
  readonly parentSpanId: string;
  /**
   * Names the activity within its task: drafts with the same key are the same activity, told twice (a log and a span, a decision
   * and a result, a batch sent again). `tool:<call id>`, `model:<request id>`, `span:<span id>`, `event:<stable text>`.
   */
  readonly key: string;
  /**
   * 'parent': when the nearest ancestor span that has a row is of the same kind, this draft speaks of that same activity, told by
   * another layer (an MCP server inside the client's call, a provider's SDK inside a framework's model call, Claude Code's
   * blocked-on-user span inside its tool span): join it there; the ancestor's own name, times and usage win, a status is joined as
   * below. Without such an ancestor: role activity is a row of its own, role structure is no row.
   */
  readonly joins?: 'parent';
  /**
   * true: a span without anything of an agent in it (HTTP, database). It only ties parents to children; a trace of nothing else is
   * no task. Count it as set aside: 'not an agent record'. With role activity: a call that any application makes (an AWS SDK's); it becomes
   * a row as soon as something of an agent is known in its trace, whichever comes first, and stays plain without that.
   */
  readonly plain?: boolean;
  /**
   * session or conversation id, when this record carries it. `run`: the runtime's own unit of work, told by its management API: what it
   * says about its outcome holds, however quiet it is.
   */
  readonly run?: { readonly kind: 'session' | 'conversation' | 'run'; readonly id: string };
  /** this activity began other work that runs under an id of its own (Codex: a sub-agent's conversation): it belongs to this task. */
  readonly startsRun?: { readonly kind: 'session' | 'conversation'; readonly id: string };
  /** the agent that did this, when this record names it; otherwise inherited from the nearest ancestor, else the task. */
  readonly agent?: AgentClaim;
  readonly identity?: IdentityClaim;
  readonly kind: ActivityKind;
  /** tool name, model name, agent name: what the row is called. Empty in structure drafts. */
  readonly name: string;
  /** true: `name` is a stand-in (`mcp_tool` when tool details are off); in a join a real name wins, whichever came first. */
  readonly namePlaceholder?: boolean;
  readonly status: ActivityStatus;
  /**
   * true when `status` rests on the record saying so (success=true, status ERROR, a decision), false when it is only the absence
   * of an error. In a join: denied > error > cancelled > explicit ok > inferred ok > interrupted > running.
   */
  readonly statusExplicit: boolean;
  readonly startUs: number;
  /** undefined: not ended as far as this record knows. Equal to `startUs` in a draft from a log: a point in time, duration unknown. */
  readonly endUs?: number;
  readonly model?: string;
  readonly usage?: Usage;
  /** money that the agent itself reported, integer micro-units. */
  readonly reportedCost?: { readonly micros: number; readonly currency: string };
  /** what its price depends on besides the model, as this record tells it. */
  readonly billing?: DraftBilling;
  readonly error?: { readonly type?: string; readonly message?: string; readonly stackTop?: string };
  /** how the task ended, when this record says it. */
  readonly taskOutcome?: TaskOutcome;
  /** one line for the task list, e.g. a workflow name; never a prompt. */
  readonly taskName?: string;
  /**
   * this record says that the agent's turn, session or process is over at `endUs`: work of the task that began before it and is still
   * open is interrupted, also when that work is told later (signals come in any order). A result that comes after all wins again.
   */
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
