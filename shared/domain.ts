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
export const outcomeBases = ['root_ended', 'reported', 'open_work', 'recent_activity', 'quiet_after_success', 'quiet_after_failure', 'quiet_with_open_work', 'nothing_known', 'marked'] as const;
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
  /** on whose authority, as the records of its task say: a person (`delegated`, `borrowed`), an account of its own or a shared one; null: nothing says it. */
  authority: z.object({ kind: identityKind, of: z.string() }).nullable(),
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
  keyKind: z.enum(['session', 'conversation', 'trace', 'run']),
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
  /** set while the runtime says that it goes on but nothing shows that it does: running without progress, pending too long. */
  stuck: z.object({ text: z.string(), since: isoTime }).nullable(),
});
export type Task = z.infer<typeof task>;

export const agentStates = ['running', 'waiting', 'idle', 'not_seen'] as const;
export const agentState = z.enum(agentStates);
export type AgentState = z.infer<typeof agentState>;

/** One telling of an agent by one connection. Several of them are one agent by a declared rule or by a person's decision. */
export const agentSource = z.object({
  agentId: z.string(), name: z.string(), connectionId: z.string(), connectionName: z.string(), connectionKind: z.string(), source: z.string(), lastSeen: isoTime,
  /** null: it is the agent that the others were stitched to. */
  by: z.enum(['rule', 'person']).nullable(),
  /** the rule and what matched, or who decided and when: one sentence. */
  why: z.string().nullable(),
});
export type AgentSource = z.infer<typeof agentSource>;

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
  /** the sources that were stitched into this agent, itself first; one entry: it is seen from one side only. */
  sources: z.array(agentSource),
  /** what it holds now; the list is `grants.list`. */
  grants: z.int().nonnegative(),
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

export const connectionKinds = ['otlp', 'langgraph', 'a2a', 'mcp'] as const;
export const connectionKind = z.enum(connectionKinds);
export type ConnectionKind = z.infer<typeof connectionKind>;

/**
 * `refusing`: we refuse what it sends. `unreachable`, `throttled`, `unauthorised`: the runtime does not answer, asks for patience,
 * or refuses the credential. `degraded`: it answers, but something of it is known to be wrong (dead workers, an unsafe setting).
 */
export const connectionHealths = ['waiting', 'healthy', 'quiet', 'refusing', 'off', 'unreachable', 'throttled', 'unauthorised', 'degraded'] as const;
export const connectionHealth = z.enum(connectionHealths);
export type ConnectionHealth = z.infer<typeof connectionHealth>;

export const capabilityNames = ['discover', 'activity', 'grants', 'usage', 'cost', 'approvals'] as const;
export const stopLevels = ['cancel', 'suspend', 'revoke'] as const;
export type StopLevel = (typeof stopLevels)[number];

/** What a connection can see. Declared by its kind, then probed on the very server: `unknown` until it was. */
export const capability = z.object({
  name: z.enum(capabilityNames),
  state: z.enum(['yes', 'partly', 'no', 'unknown']),
  /** how it comes; null where `state` is no. */
  how: z.enum(['push', 'stream', 'poll']).nullable(),
  /** how late it may be, in milliseconds; null: not known. */
  lagMs: z.int().nonnegative().nullable(),
  /** one sentence: what of it is not there, and why. */
  text: z.string(),
});
export type Capability = z.infer<typeof capability>;

/** One concrete call that serves a stop level at this runtime, as declared; "The kill switch" plans with it. */
export const lever = z.object({
  id: z.string(),
  level: z.enum(stopLevels),
  kind: z.enum(['cut', 'drain', 'hold', 'catalogue']),
  title: z.string(),
  /** what one call reaches. */
  reach: z.enum(['task', 'agent', 'connection']),
  /** when in a stop it is pulled: what respawns first, credentials last. */
  step: z.enum(['disarm', 'refuse', 'cut', 'end_sessions', 'revoke']),
  /** `exact`: puts back what was there; `lossy`: most of it; `not_needed`: it changes nothing that lasts. */
  undo: z.enum(['exact', 'lossy', 'none', 'not_needed']),
  /** what undoing does, or why there is none. */
  undoText: z.string(),
  /** sending it twice does no more than sending it once; if not, a lever whose answer is not known is never sent again. */
  repeatable: z.boolean(),
  /** it may only be pulled when nothing of its target runs any more (deleting what runs breaks the runtime). */
  idleOnly: z.boolean(),
  /** ticked by default in a plan. */
  wanted: z.boolean(),
  /** false: this version can only tell of it; a person does it elsewhere, as `undoText` and `doesNotStop` say. */
  pulled: z.boolean(),
  /** what it does not stop, one sentence each, measured. */
  doesNotStop: z.array(z.string()),
});
export type Lever = z.infer<typeof lever>;

export const visibilities = ['all', 'own', 'unknown'] as const;
/** Whose work the credential can see: everybody's, only what it started itself, or not known. */
export const visibility = z.enum(visibilities);
export type Visibility = z.infer<typeof visibility>;

/** What a connection that asks a runtime (every kind but otlp) knows about it. */
export const runtimeLink = z.object({
  /** URL, or the exact command of a local MCP server. */
  address: z.string(),
  product: z.string().nullable(),
  version: z.string().nullable(),
  visibility,
  visibilityText: z.string(),
  capabilities: z.array(capability),
  levers: z.array(lever),
  /** `kept`: in the system's keyring. `session`: in memory until Gatehouse ends. `reference`: an environment variable or file is read. */
  credential: z.enum(['none', 'kept', 'session', 'reference', 'missing']),
  /** never the credential: the last four characters of a kept one, or the name of the variable or file. */
  credentialHint: z.string().nullable(),
  /** the credential that stop levers use, apart from the one that reads; `none`: they use the one that reads. */
  stopCredential: z.enum(['none', 'kept', 'session', 'reference', 'missing']),
  stopCredentialHint: z.string().nullable(),
  circuit: z.enum(['closed', 'open', 'half_open']),
  lastPollAt: isoTime.nullable(),
  nextPollAt: isoTime.nullable(),
  /** the newest fault in words; null while all is well. */
  fault: z.object({ kind: z.string(), text: z.string(), since: isoTime }).nullable(),
  /** things about the runtime that an administrator should act on. */
  findings: z.array(z.object({ id: z.string(), severity: z.enum(['info', 'attention', 'failed']), text: z.string() })),
});
export type RuntimeLink = z.infer<typeof runtimeLink>;

/** One line of a connection test. */
export const testCheck = z.object({
  id: z.string(),
  title: z.string(),
  result: z.enum(['ok', 'failed', 'missing', 'skipped', 'info']),
  /** what was found. */
  detail: z.string(),
  /** which right, setting or step would fix it; null where nothing is wrong. */
  fix: z.string().nullable(),
  ms: z.number().nonnegative().nullable(),
});
export type TestCheck = z.infer<typeof testCheck>;
export const connectionTest = z.object({ ok: z.boolean(), at: isoTime, checks: z.array(testCheck), capabilities: z.array(capability), visibility, product: z.string().nullable(), version: z.string().nullable() });
export type ConnectionTest = z.infer<typeof connectionTest>;

export const connection = z.object({
  id: z.string(),
  kind: connectionKind,
  name: z.string(),
  createdAt: isoTime,
  enabled: z.boolean(),
  demo: z.boolean(),
  content: contentLevel,
  health: connectionHealth,
  /** one plain sentence for people that explains the health. */
  healthText: z.string(),
  endpoint: z.string().nullable(),
  /** last four characters of the token; the token itself is stored only as a hash. null: a kind that nobody sends to. */
  tokenEnds: z.string().nullable(),
  /** null for otlp. */
  runtime: runtimeLink.nullable(),
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

export const approvalStates = ['waiting', 'approved', 'rejected', 'responded', 'expired', 'withdrawn', 'answered_elsewhere'] as const;
export const approvalState = z.enum(approvalStates);
export type ApprovalState = z.infer<typeof approvalState>;

/** What may be answered. `edit` is approve with changed parameters; `respond` gives the agent a text or value of one's own. */
export const answerKinds = ['approve', 'reject', 'respond', 'edit'] as const;
export const answerKind = z.enum(answerKinds);
export type AnswerKind = z.infer<typeof answerKind>;

/** An action that waits for a person. Every text of it is the agent's or the runtime's: hostile, shown inert. */
export const approval = z.object({
  id: z.string(),
  connectionId: z.string(),
  connectionName: z.string(),
  connectionKind,
  agentId: z.string().nullable(),
  agentName: z.string(),
  taskId: z.string().nullable(),
  state: approvalState,
  /** tool_call: named calls wait. input: a question. auth: a sign-in is asked. gate: the run stands before a step. unknown: a shape we do not know. */
  kind: z.enum(['tool_call', 'input', 'auth', 'gate', 'unknown']),
  title: z.string(),
  askedAt: isoTime,
  /** when the runtime drops it; expiry never approves. null: it waits for ever. */
  expiresAt: isoTime.nullable(),
  seenAt: isoTime,
  decidedAt: isoTime.nullable(),
  /** the account of whoever decided here; null while waiting and when decided elsewhere. */
  decidedBy: z.string().nullable(),
  reason: z.string().nullable(),
  /** which answers the runtime accepts for it; empty: it must be answered in the runtime itself. */
  answers: z.array(answerKind),
  /** declared or known effects; null: not known. */
  destructive: z.boolean().nullable(),
});
export type Approval = z.infer<typeof approval>;

export const approvalDetail = approval.extend({
  /** the named calls with their whole parameters as JSON text. */
  actions: z.array(z.object({ name: z.string(), parameters: z.string(), description: z.string().nullable(), answers: z.array(answerKind) })),
  /** a question in the agent's words. */
  question: z.string().nullable(),
  /** the whole request as the runtime holds it, JSON text, never cut. */
  raw: z.string(),
  /** SHA-256 over the request as it was shown: an answer is bound to it. */
  fingerprint: z.string(),
  /** on whose authority, as far as the runtime says. */
  onBehalfOf: z.string().nullable(),
  evidence: z.array(z.object({ name: z.string(), value: z.string() })),
  /** why it cannot be answered here, or a warning; null: nothing. */
  note: z.string().nullable(),
  /** what a `respond` must be: a plain text, or JSON text. */
  responseShape: z.enum(['text', 'json']).nullable(),
});
export type ApprovalDetail = z.infer<typeof approvalDetail>;

/** What people did in the console and what the console did to runtimes. Append-only. */
export const auditEntry = z.object({
  id: z.string(),
  at: isoTime,
  actor: z.string(),
  actorKind: z.enum(['desktop', 'command_line', 'engine']),
  action: z.string(),
  /** what it was done to, public id; null: the console itself. */
  subject: z.string().nullable(),
  outcome: z.enum(['asked', 'done', 'failed', 'refused']),
  text: z.string(),
  /** JSON text: parameters, fingerprints, answers; never a secret. */
  details: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** A period and scope that we could not see, and why. `to` null: still open. */
export const gap = z.object({
  id: z.string(),
  connectionId: z.string().nullable(),
  connectionName: z.string().nullable(),
  from: isoTime,
  to: isoTime.nullable(),
  reason: z.enum(['engine_off', 'machine_asleep', 'receiver_down', 'buffer_full', 'database_failed', 'connection_off', 'runtime_unreachable', 'credential_refused', 'throttled', 'runtime_faulty']),
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
  /** desktop notifications for approvals that come in. */
  notifyApprovals: z.boolean(),
  /** a person's remembered choice to keep credentials although this system has no keyring (safeStorage `basic_text`). */
  weakVault: z.boolean(),
  /** seconds without an act, in which we could see, before a stop is verified. */
  stopSilenceS: z.int().min(5).max(3_600),
  /** seconds that a verified stop is watched on: what comes back reopens it. */
  stopWatchS: z.int().min(0).max(86_400),
  /** which stops a second operator must confirm: none, those wider than one agent, or all. */
  twoPerson: z.enum(['off', 'wide', 'all']),
  /** days after which a drill says nothing any more. */
  drillStaleDays: z.int().min(1).max(365),
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
