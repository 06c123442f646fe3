/**
 * The connector contract: what the engine knows of a kind of runtime. A connector declares what it can do, finds out on the very
 * server what of that is there, reads without disturbing, and says what it could not read. It gets its ways to the outside
 * (`ConnectorIo`) and gives back plain data; schedule, retries, storage, approvals' decisions and gaps are the engine's.
 *
 * Every text that comes back is the runtime's or an agent's: hostile. A connector checks shapes at its door and counts what it
 * refuses; bounding and masking texts for storage is the engine's.
 */
import type { Grant, ImportFormat, SourceFormat } from '../../../shared/access.ts';
import type { AnswerKind, Capability, Connection, Lever, TestCheck, Visibility } from '../../../shared/domain.ts';
import type { Decision, RuntimeTarget } from '../../../shared/contract.ts';
import type { AgentClaim, Draft } from '../ingest/draft.ts';
import type { Clock, Log } from '../ports.ts';
import type { StopPort } from './stopping.ts';

export type RuntimeKind = Exclude<Connection['kind'], 'otlp'>;
export type TargetOf<K extends RuntimeKind> = Extract<RuntimeTarget, { kind: K }>;

/** A started local program's ends, for stdio servers. */
export interface SpawnedProgram {
  readonly pid: number;
  write(line: string): void;
  onLine(listener: (line: string) => void): void;
  onEnd(listener: (why: string) => void): void;
  kill(): Promise<void>;
}

/** SECURITY: all that a connector can reach. It never sees the history, other connections, or how the secret is kept. */
export interface ConnectorIo {
  /**
   * Global fetch's shape with the house's limits: own time limit for each request (10 s unless the request brings a signal of its own
   * that ends sooner), no redirects to another origin, bodies up to 32 MiB. Fails with a `RuntimeFault` for what never became an answer;
   * answers of every status come back as they are.
   */
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly log: Log;
  /** The credential, read anew at each call so that a changed one counts at once; null: none is set. Rejects with RuntimeFault `credential_missing`. */
  readonly secret: () => Promise<string | null>;
  /** SECURITY: the credential that only stop levers use; the same as `secret` where no other is set. */
  readonly stopSecret: () => Promise<string | null>;
  /** Ends when the connection is switched off, removed or the engine closes. */
  readonly signal: AbortSignal;
  /** Only for targets with a command, only after consent. */
  readonly spawn: ((command: string, args: readonly string[], options: { readonly cwd?: string; readonly env: readonly string[] }) => SpawnedProgram) | null;
}

/** Why something at the runtime failed, in words that decide what the collector does next. */
export const faultKinds = [
  /** no answer: refused, reset, timed out, name unknown, TLS. */
  'unreachable',
  /** 401 or no credential where one is needed. */
  'credential_missing', 'credential_refused',
  /** 403: known, but this right is missing. */
  'forbidden',
  /** 429, or 503 with Retry-After. */
  'throttled',
  /** 5xx. */
  'runtime_error',
  /** an answer that is not what the protocol says: no JSON, wrong shape, too big, another product. */
  'garbage',
  /** 404/410 of something that was there. */
  'gone',
  /** 409/422: it changed meanwhile. */
  'conflict',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export class RuntimeFault extends Error {
  readonly kind: FaultKind;
  /** milliseconds that the runtime asked us to wait; null: it did not say. */
  readonly retryAfterMs: number | null;
  readonly status: number | null;
  constructor(kind: FaultKind, message: string, more: { readonly retryAfterMs?: number | null; readonly status?: number | null; readonly cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.name = 'RuntimeFault';
    this.kind = kind;
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.status = more.status ?? null;
  }
}

/** What a kind declares before any server was asked. */
export interface Declaration {
  readonly kind: RuntimeKind;
  readonly title: string;
  readonly capabilities: readonly Capability[];
  readonly levers: readonly Lever[];
  /** milliseconds between two collections while all is well. */
  readonly pollEveryMs: number;
  /** milliseconds between two discoveries (agents, grants, features). */
  readonly discoverEveryMs: number;
  /** header and scheme that carry the credential when the target names none; null: this kind needs none. */
  readonly auth: { readonly header: string; readonly scheme: 'bearer' | 'plain' } | null;
}

/** What is known of the very server after it was asked. */
export interface RuntimeFacts {
  readonly product: string | null;
  readonly version: string | null;
  readonly visibility: Visibility;
  readonly visibilityText: string;
  readonly capabilities: readonly Capability[];
  readonly levers: readonly Lever[];
  readonly findings: readonly { readonly id: string; readonly severity: 'info' | 'attention' | 'failed'; readonly text: string }[];
}

/** A record read from the runtime, already in the words of the house. `raw`: the runtime's own JSON text of it, for the person who opens it. */
export interface Collected {
  readonly draft: Draft;
  readonly raw: string;
}

export interface FoundAgent {
  readonly claim: AgentClaim & { readonly id: string; readonly name: string };
  /** the person or team that the runtime itself names as its owner; null or absent: it names nobody. Who signed a card or wrote a program is no owner. */
  readonly owner?: string | null;
  /** ids by which other sources name the same agent: `langgraph.assistant:<id>`, `a2a.card:<url>`, `service.name:<name>`. The rules of stitching compare them. */
  readonly aliases: readonly string[];
  readonly grants: readonly FoundGrant[];
  readonly atUs: number;
}

export interface FoundGrant extends Pick<Grant, 'kind' | 'name' | 'description' | 'readOnly' | 'destructive' | 'openWorld' | 'idempotent' | 'from'> {
  /** the runtime's own JSON of this entry, at most 64 KiB (`source-text.ts`), kept so that the reading can be checked against it; absent: there was no room for it. */
  readonly source?: { readonly format: Exclude<SourceFormat, ImportFormat>; readonly text: string };
}

export interface Discovered {
  readonly facts: RuntimeFacts;
  readonly agents: readonly FoundAgent[];
  /** offered to this credential, to no agent in particular (an MCP server's tools). */
  readonly grants: readonly FoundGrant[];
  /** false: not everything could be listed; what is missing then is not taken for gone. */
  readonly complete: boolean;
  readonly refused: readonly Refused[];
}

/** Something that could not be read, counted and shown. */
export interface Refused { readonly reason: string; readonly count: number; readonly sample: string | null }

export interface FoundApproval {
  /** stable within the connection: the runtime's id of this very question. */
  readonly key: string;
  readonly agent: AgentClaim;
  /** the run or task that waits; ties the approval to its task. */
  readonly run: { readonly kind: 'run'; readonly id: string } | null;
  readonly kind: 'tool_call' | 'input' | 'auth' | 'gate' | 'unknown';
  readonly title: string;
  readonly askedUs: number;
  /** the asking time is our first sight of it, since the runtime does not say. */
  readonly askedInferred: boolean;
  readonly expiresUs: number | null;
  readonly answers: readonly AnswerKind[];
  readonly actions: readonly { readonly name: string; readonly parameters: string; readonly description: string | null; readonly answers: readonly AnswerKind[] }[];
  readonly question: string | null;
  readonly responseShape: 'text' | 'json' | null;
  readonly destructive: boolean | null;
  readonly onBehalfOf: string | null;
  readonly evidence: readonly { readonly name: string; readonly value: string }[];
  readonly note: string | null;
  /** the request as the runtime holds it: whole JSON text. The engine's fingerprint is taken over it together with key, actions and question. */
  readonly raw: string;
}

export interface StuckWork {
  readonly run: { readonly kind: 'run'; readonly id: string };
  readonly sinceUs: number;
  readonly text: string;
}

export interface Batch {
  readonly records: readonly Collected[];
  /** everything that waits now; null: not asked in this batch. An approval that is no longer in it was answered elsewhere or withdrawn. */
  readonly approvals: readonly FoundApproval[] | null;
  /** everything that is stuck now; null: not asked in this batch. */
  readonly stuck: readonly StuckWork[] | null;
  readonly refused: readonly Refused[];
  /** Stored in the same transaction as the records; given back to the next `collect`, also after a restart. At most 256 KiB of JSON text. */
  readonly checkpoint: string;
  /** true: there is more to read at once (a backlog); the collector asks again without waiting. */
  readonly more: boolean;
  /** periods that the runtime itself can no longer tell (its retention, vanished runs), microseconds. */
  readonly gaps: readonly { readonly fromUs: number; readonly toUs: number; readonly text: string }[];
}

export interface AnswerGiven {
  /** what the runtime said to it. */
  readonly text: string;
  /** the approval that was answered, as it was re-read in the instant before. */
  readonly answered: FoundApproval;
}

/**
 * One connection's connector. Methods are never called two at a time except `answer`, which may come beside anything else, and `watch`,
 * which lives as long as it likes. All of them end soon after `signal` does. They fail with `RuntimeFault`; anything else is a mistake of ours.
 */
export interface Connector {
  /** Optional: milliseconds between two discoveries here, where the kind's own are not right for this target. */
  readonly discoverEveryMs?: number;
  /** Asks the server what it is and what it lists. */
  discover(signal: AbortSignal): Promise<Discovered>;
  /** What changed since `checkpoint` (null: the first time). Must be idempotent: the same facts again make the same keys. */
  collect(checkpoint: string | null, signal: AbortSignal): Promise<Batch>;
  /**
   * Optional: rings when something is worth a `collect` before the schedule says so (a stream that does not disturb the owner). It never
   * carries data that only it knows. Resolves when the stream ended.
   */
  watch?(ring: () => void, signal: AbortSignal): Promise<void>;
  /** The approval as the runtime holds it in this instant; null: it waits no more. */
  readApproval?(key: string, signal: AbortSignal): Promise<FoundApproval | null>;
  /**
   * Re-reads, lets `stillTheSame` decide on what was read, checks the answer against the shape that the runtime expects, then answers.
   * Throws RuntimeFault `conflict` when `stillTheSame` says no or the runtime took somebody else's answer, `gone` when nothing waits.
   */
  answer?(key: string, decision: Decision, stillTheSame: (now: FoundApproval) => boolean, signal: AbortSignal): Promise<AnswerGiven>;
  /** Reads only; each check says what it found and which right would fix it. */
  test(signal: AbortSignal): Promise<{ readonly checks: readonly TestCheck[]; readonly facts: RuntimeFacts | null }>;
  /** Optional: kinds without levers have none. */
  readonly stop?: StopPort;
  close(): Promise<void>;
}

export interface ConnectorKind<K extends RuntimeKind = RuntimeKind> {
  readonly declaration: Declaration;
  /** Opens nothing by itself: the first call does. */
  open(target: TargetOf<K>, io: ConnectorIo): Connector;
}
