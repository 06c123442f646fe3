/**
 * The words of the product as zod schemas: what crosses between engine, page, command line and database rows.
 * Times are ISO 8601 UTC strings at this border (`isoTime`); inside the engine they are integer microseconds.
 * Money is integer micro-units of a currency.
 */
import { z } from 'zod';

export const isoTime = z.iso.datetime({ precision: 3 });

export const activityKinds = ['model_call', 'tool_call', 'handoff', 'approval', 'denial', 'error', 'lifecycle'] as const;
export const activityKind = z.enum(activityKinds);
export type ActivityKind = z.infer<typeof activityKind>;

export const activityStatuses = ['running', 'ok', 'error', 'denied', 'cancelled', 'interrupted'] as const;
export const activityStatus = z.enum(activityStatuses);
export type ActivityStatus = z.infer<typeof activityStatus>;

export const taskOutcomes = ['completed', 'failed', 'cancelled', 'running', 'waiting', 'unknown'] as const;
export const taskOutcome = z.enum(taskOutcomes);
export type TaskOutcome = z.infer<typeof taskOutcome>;

/** Why a task has the outcome that it shows; rule 3, "every figure can be questioned". */
export const outcomeBases = ['root_ended', 'reported', 'open_work', 'recent_activity', 'quiet_after_success', 'quiet_after_failure', 'quiet_with_open_work', 'nothing_known'] as const;
export const outcomeBasis = z.enum(outcomeBases);
export type OutcomeBasis = z.infer<typeof outcomeBasis>;

export const identityKinds = ['own', 'delegated', 'borrowed', 'shared', 'unknown'] as const;
export const identityKind = z.enum(identityKinds);
export type IdentityKind = z.infer<typeof identityKind>;

export const contentLevels = ['none', 'redacted', 'full'] as const;
export const contentLevel = z.enum(contentLevels);
export type ContentLevel = z.infer<typeof contentLevel>;

export const provenances = ['billed', 'reported', 'computed', 'unpriced'] as const;
export const provenance = z.enum(provenances);
export type Provenance = z.infer<typeof provenance>;

/** Tokens. `inputTokens` is uncached input only; `outputTokens` is all that is billed as output, reasoning included. */
export const usage = z.object({
  inputTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  cacheReadTokens: z.int().nonnegative(),
  cacheWriteTokens: z.int().nonnegative(),
  reasoningTokens: z.int().nonnegative(),
});
export type Usage = z.infer<typeof usage>;

/**
 * Money with its provenance. A sum carries its weakest provenance. `amountMicros` is the known part; null when nothing
 * of it is known and units were used (never a silent zero). `unpriced` counts the activities whose price is unknown.
 */
export const cost = z.object({
  amountMicros: z.int().nullable(),
  currency: z.string().length(3),
  provenance,
  unpriced: z.int().nonnegative(),
});
export type Cost = z.infer<typeof cost>;

/** What went wrong, in the agent's own words: hostile text, shown inert. */
export const activityError = z.object({
  type: z.string().nullable(),
  message: z.string().nullable(),
});

export const activity = z.object({
  id: z.string(),
  time: isoTime,
  endTime: isoTime.nullable(),
  agentId: z.string(),
  agentName: z.string(),
  taskId: z.string(),
  connectionId: z.string(),
  kind: activityKind,
  name: z.string(),
  status: activityStatus,
  durationMs: z.number().nonnegative().nullable(),
  /** null: the activity has no billed units. */
  usage: usage.nullable(),
  cost: cost.nullable(),
  model: z.string().nullable(),
  error: activityError.nullable(),
  /** id of the activity that this one happened inside, when it is known and seen. */
  parentId: z.string().nullable(),
  /** the normaliser that read it and the signal it came by, e.g. `claude-code/log`. */
  source: z.string(),
  failureId: z.string().nullable(),
  /** things an honest reader must know about this row, e.g. `clock_skew`, `interrupted_inferred`. */
  notes: z.array(z.string()),
});
export type Activity = z.infer<typeof activity>;

export const task = z.object({
  id: z.string(),
  agentId: z.string(),
  agentName: z.string(),
  connectionId: z.string(),
  /** the runtime's own key: session, conversation or trace id. */
  key: z.string(),
  keyKind: z.enum(['session', 'conversation', 'trace']),
  name: z.string(),
  startedAt: isoTime,
  endedAt: isoTime.nullable(),
  lastActivityAt: isoTime,
  outcome: taskOutcome,
  outcomeBasis,
  usage,
  cost,
  activities: z.int().nonnegative(),
  failures: z.int().nonnegative(),
  open: z.int().nonnegative(),
  /** every agent that acted in the task, the first is the one that was asked. */
  agents: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type Task = z.infer<typeof task>;

export const agentStates = ['running', 'waiting', 'idle', 'not_seen'] as const;
export const agentState = z.enum(agentStates);
export type AgentState = z.infer<typeof agentState>;

/** One link of the chain person > agent > sub-agent > tool > credential, with the evidence behind it. */
export const identityEvidence = z.object({ attribute: z.string(), value: z.string(), seenAt: isoTime });

export const agent = z.object({
  id: z.string(),
  name: z.string(),
  service: z.string(),
  version: z.string().nullable(),
  identity: identityKind,
  /** whose account or on whose behalf, as the telemetry says; hostile text. */
  identityOf: z.string().nullable(),
  connectionId: z.string(),
  connectionName: z.string(),
  source: z.string(),
  firstSeen: isoTime,
  lastSeen: isoTime,
  state: agentState,
  openTasks: z.int().nonnegative(),
  tasks: z.int().nonnegative(),
  activities: z.int().nonnegative(),
  failures: z.int().nonnegative(),
  denials: z.int().nonnegative(),
  usage,
  cost,
  /** failures per bin over the asked period, oldest first, 24 bins; null bin = not seen. */
  failureSpark: z.array(z.int().nonnegative().nullable()),
});
export type Agent = z.infer<typeof agent>;

export const agentDetail = agent.extend({
  identityEvidence: z.array(identityEvidence),
  models: z.array(z.object({ model: z.string(), activities: z.int(), usage, cost })),
  tools: z.array(z.object({ name: z.string(), calls: z.int(), failures: z.int(), lastAt: isoTime, p50Ms: z.number().nullable(), p95Ms: z.number().nullable() })),
  versions: z.array(z.object({ version: z.string(), firstSeen: isoTime, lastSeen: isoTime })),
  subAgents: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type AgentDetail = z.infer<typeof agentDetail>;

/** Activities that failed in the same way. */
export const failure = z.object({
  id: z.string(),
  agentIds: z.array(z.string()),
  agentNames: z.array(z.string()),
  kind: activityKind,
  name: z.string(),
  error: activityError,
  count: z.int().positive(),
  firstSeen: isoTime,
  lastSeen: isoTime,
  exampleActivityId: z.string(),
  exampleTaskId: z.string(),
});
export type Failure = z.infer<typeof failure>;

export const connectionHealths = ['waiting', 'healthy', 'quiet', 'refusing', 'off'] as const;
export const connectionHealth = z.enum(connectionHealths);
export type ConnectionHealth = z.infer<typeof connectionHealth>;

export const connection = z.object({
  id: z.string(),
  kind: z.literal('otlp'),
  name: z.string(),
  createdAt: isoTime,
  enabled: z.boolean(),
  demo: z.boolean(),
  content: contentLevel,
  health: connectionHealth,
  /** one plain sentence for people that explains the health. */
  healthText: z.string(),
  endpoint: z.string().nullable(),
  /** last four characters of the token; the token itself is stored only as a hash. */
  tokenEnds: z.string(),
  firstDataAt: isoTime.nullable(),
  lastDataAt: isoTime.nullable(),
  agents: z.int().nonnegative(),
  activities: z.int().nonnegative(),
  received: z.object({ bodies: z.int(), bytes: z.int(), spans: z.int(), logs: z.int(), metricPoints: z.int() }),
  /** what was refused or set aside, by reason: counted, never silent. */
  refused: z.array(z.object({ reason: z.string(), count: z.int().positive(), lastAt: isoTime, sample: z.string().nullable() })),
  /** records that carry nothing an activity is made of (chain steps, internal spans, metrics), by reason. */
  setAside: z.array(z.object({ reason: z.string(), count: z.int().positive() })),
});
export type Connection = z.infer<typeof connection>;

/** Senders without a valid token: counted by process where the system can tell. */
export const strangerSender = z.object({
  process: z.string().nullable(),
  pid: z.int().nullable(),
  count: z.int().positive(),
  firstAt: isoTime,
  lastAt: isoTime,
  path: z.string(),
});
export type StrangerSender = z.infer<typeof strangerSender>;

/** A period and scope that we could not see, and why. `to` null: still open. */
export const gap = z.object({
  id: z.string(),
  connectionId: z.string().nullable(),
  connectionName: z.string().nullable(),
  from: isoTime,
  to: isoTime.nullable(),
  reason: z.enum(['engine_off', 'machine_asleep', 'receiver_down', 'buffer_full', 'database_failed', 'connection_off']),
  text: z.string(),
});
export type Gap = z.infer<typeof gap>;

export const settings = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  singleKeys: z.boolean(),
  /** days of activity kept; null keeps everything. */
  retentionDays: z.int().min(1).max(3650).nullable(),
  /** content level that new connections start with. */
  defaultContent: contentLevel,
  otlpPort: z.int().min(1024).max(65535),
});
export type Settings = z.infer<typeof settings>;

/** One ready-made set-up text of a guided dialog. `{TOKEN}` never appears: the token is already in it, shown once. */
export const snippet = z.object({
  id: z.enum(['claude-code', 'codex', 'gemini-cli', 'vercel-ai-sdk', 'openai-agents', 'langchain', 'otel-env']),
  title: z.string(),
  /** where it goes, e.g. `~/.codex/config.toml` or `shell`. */
  where: z.string(),
  language: z.enum(['shell', 'toml', 'json', 'ts', 'python']),
  text: z.string(),
  notes: z.array(z.string()),
});
export type Snippet = z.infer<typeof snippet>;
