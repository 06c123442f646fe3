/** The parts of a draft that every adapter fills in the same way. */
import type { ActivityKind, IdentityKind, TaskOutcome } from '../../../../shared/domain.ts';
import type { AgentClaim, Draft, IdentityClaim, Normalised } from '../draft.ts';
import type { Attrs, LogRecord, ResourceInfo, SpanRecord } from '../record.ts';
import { millisUs, nameOf } from './read.ts';
import type { Outcome } from './outcome.ts';

export function drafts(...list: readonly Draft[]): Normalised {
  return { t: 'drafts', drafts: list };
}

export function aside(reason: string): Normalised {
  return { t: 'aside', reason };
}

export function refused(reason: string): Normalised {
  return { t: 'refused', reason };
}

/** Fields by which one adapter's draft differs from the next one's. */
export interface Told {
  readonly role: Draft['role'];
  readonly kind: ActivityKind;
  readonly name: string;
  readonly key?: string;
  readonly run?: Draft['run'];
  readonly startsRun?: Draft['startsRun'];
  readonly agent?: AgentClaim;
  readonly identity?: IdentityClaim;
  readonly model?: string;
  readonly usage?: Draft['usage'];
  readonly billing?: Draft['billing'];
  readonly reportedCost?: Draft['reportedCost'];
  readonly taskName?: string;
  readonly taskOutcome?: TaskOutcome;
  readonly joins?: 'parent';
  readonly plain?: boolean;
  readonly namePlaceholder?: boolean;
  readonly endsSession?: boolean;
}

/** Every field is written, in one order: the engine keeps one hidden class for all drafts on the hot path. */
export function spanDraft(source: string, record: SpanRecord, outcome: Outcome, told: Told): Draft {
  return {
    source,
    role: told.role,
    traceId: record.traceId,
    spanId: record.spanId,
    parentSpanId: record.parentSpanId,
    key: told.key ?? `span:${record.spanId}`,
    joins: told.joins,
    plain: told.plain,
    run: told.run,
    startsRun: told.startsRun,
    agent: told.agent,
    identity: told.identity,
    kind: told.kind,
    name: told.name,
    namePlaceholder: told.namePlaceholder,
    status: outcome.status,
    statusExplicit: outcome.explicit,
    startUs: record.startUs === 0 ? record.endUs : record.startUs,
    endUs: record.endUs === 0 ? undefined : record.endUs,
    model: told.model,
    usage: told.usage,
    billing: told.billing,
    reportedCost: told.reportedCost,
    error: outcome.error,
    taskOutcome: told.taskOutcome,
    taskName: told.taskName,
    endsSession: told.endsSession,
  };
}

export interface LogTimes {
  readonly startUs: number;
  readonly endUs?: number;
}

/** Over in the instant in which it was told. */
export function at(record: LogRecord): LogTimes {
  return { startUs: record.timeUs, endUs: record.timeUs };
}

/** Events are written when the work is over: it began one duration earlier. */
export function lasted(record: LogRecord): LogTimes {
  return { startUs: Math.max(0, record.timeUs - (millisUs(record.attrs, 'duration_ms') ?? 0)), endUs: record.timeUs };
}

export function logDraft(source: string, record: LogRecord, outcome: Outcome, times: LogTimes, told: Told & { readonly key: string }): Draft {
  return {
    source,
    role: told.role,
    traceId: record.traceId,
    spanId: '',
    parentSpanId: record.spanId,
    key: told.key,
    joins: told.joins,
    plain: told.plain,
    run: told.run,
    startsRun: told.startsRun,
    agent: told.agent,
    identity: told.identity,
    kind: told.kind,
    name: told.name,
    namePlaceholder: told.namePlaceholder,
    status: outcome.status,
    statusExplicit: outcome.explicit,
    startUs: times.startUs,
    endUs: times.endUs,
    model: told.model,
    usage: told.usage,
    billing: told.billing,
    reportedCost: told.reportedCost,
    error: outcome.error,
    taskOutcome: told.taskOutcome,
    taskName: told.taskName,
    endsSession: told.endsSession,
  };
}

export const resourceWanted: readonly string[] = ['agent.id', 'agent.name', 'agent.version', 'gen_ai.agent.id', 'gen_ai.agent.name', 'enduser.id', 'user.id', 'user.email'];

/** `OTEL_RESOURCE_ATTRIBUTES=agent.id=...,agent.name=...` is how an administrator names an agent that cannot name itself. */
export function resourceAgent(resource: ResourceInfo): AgentClaim | undefined {
  const id = nameOf(resource.attrs, ['agent.id', 'gen_ai.agent.id']);
  const name = nameOf(resource.attrs, ['agent.name', 'gen_ai.agent.name']);
  if (id === undefined && name === undefined) return undefined;
  return { id, name, version: nameOf(resource.attrs, ['agent.version']) };
}

export function claimFrom(attrs: Attrs, kind: IdentityKind, keys: readonly string[]): IdentityClaim | undefined {
  for (const key of keys) {
    const of = nameOf(attrs, [key]);
    if (of !== undefined) return { kind, of, attribute: key };
  }
  return undefined;
}

export function runFrom(attrs: Attrs, sessionKeys: readonly string[], conversationKeys: readonly string[]): Draft['run'] {
  const session = nameOf(attrs, sessionKeys);
  if (session !== undefined) return { kind: 'session', id: session };
  const conversation = nameOf(attrs, conversationKeys);
  return conversation === undefined ? undefined : { kind: 'conversation', id: conversation };
}

export function taskOutcomeOf(outcome: Outcome, ended: boolean): TaskOutcome | undefined {
  if (outcome.status === 'error') return 'failed';
  if (outcome.status === 'cancelled') return 'cancelled';
  return ended ? 'completed' : undefined;
}

/** A span of nothing that we know: it only ties parents to children. */
export function plainSpan(record: SpanRecord): Normalised {
  return drafts(spanDraft('otel/span', record, { status: 'ok', explicit: false }, { role: 'structure', kind: 'lifecycle', name: '', plain: true }));
}
