/** The words of access and identity: what an agent may touch, what of that it has touched or tried, and as whom. */
import { z } from 'zod';
import { activity, identityEvidence, identityKind, isoTime } from './domain.ts';

/** What a permission lets its holder do. One permission may be of several classes. */
export const actionClasses = ['read', 'write', 'delete', 'administer', 'execute', 'network', 'spend'] as const;
export type ActionClass = (typeof actionClasses)[number];
/** `not_understood`: it permits something, and what that is could not be read. Shown, never dropped. */
export const accessClasses = [...actionClasses, 'not_understood'] as const;
export const accessClass = z.enum(accessClasses);
export type AccessClass = z.infer<typeof accessClass>;

/** OWASP AISVS 9.2.3, and `unknown` where nothing tells. Ordered from harmless to worst; `unknown` is treated as the worst. */
export const reversibilities = ['read_only', 'reversible', 'externally_reversible', 'irreversible', 'unknown'] as const;
export const reversibility = z.enum(reversibilities);
export type Reversibility = z.infer<typeof reversibility>;

/**
 * `tool`, `resource`, `prompt`, `skill`, `gate`: as a runtime offers them. `statement`: of an IAM policy. `policy`: of Cedar. `scope`: OAuth.
 * `role`: an app role. `network`: where it can connect to. `data_store`: data that it reaches without a tool between. `budget`: what it may spend.
 */
export const grantKinds = ['tool', 'resource', 'prompt', 'skill', 'gate', 'statement', 'policy', 'scope', 'role', 'network', 'data_store', 'budget'] as const;
export const grantKind = z.enum(grantKinds);
export type GrantKind = z.infer<typeof grantKind>;

/** Who holds it to that: `enforced`: a policy engine that was said to enforce. `log_only`: it only writes down. `declared`: the runtime says so of itself. */
export const enforcements = ['enforced', 'declared', 'log_only', 'unknown'] as const;
export const enforcement = z.enum(enforcements);
export type Enforcement = z.infer<typeof enforcement>;

/** How far the source could be read. `not`: shown as text; it counts as permission of an unknown kind. */
export const understandings = ['whole', 'partly', 'not'] as const;
export const understanding = z.enum(understandings);
export type Understanding = z.infer<typeof understanding>;

/** `cannot_tell`: its use leaves no trace in what we are told. Kept apart from `not_used`. */
export const useStates = ['used', 'not_used', 'cannot_tell'] as const;
export const grantUse = z.object({
  state: z.enum(useStates),
  /** since its first sight, over all history that is kept. */
  times: z.int().nonnegative(),
  denied: z.int().nonnegative(),
  firstUsedAt: isoTime.nullable(),
  lastUsedAt: isoTime.nullable(),
  lastDeniedAt: isoTime.nullable(),
  /** why it cannot be told, or by what it was joined: one sentence. */
  why: z.string().nullable(),
});
export type GrantUse = z.infer<typeof grantUse>;

/** One permission, as its source declares it, with the reading of it. Never proof of enforcement by itself. */
export const grant = z.object({
  id: z.string(),
  /** null: given by a document that a person imported. */
  connectionId: z.string().nullable(),
  connectionName: z.string().nullable(),
  /** null: offered by the runtime to this credential, to no agent in particular. */
  agentId: z.string().nullable(),
  agentName: z.string().nullable(),
  documentId: z.string().nullable(),
  kind: grantKind,
  name: z.string(),
  description: z.string().nullable(),
  /** the server's own claim; null: not claimed, and then the worst case holds (MCP). */
  readOnly: z.boolean().nullable(),
  destructive: z.boolean().nullable(),
  openWorld: z.boolean().nullable(),
  idempotent: z.boolean().nullable(),
  /** where it was read, e.g. `tools/list`, `assistant graph`, or the name of the document. */
  from: z.string(),
  effect: z.enum(['allow', 'deny']),
  understood: understanding,
  /** parts of the source that could not be read, each with why. */
  notUnderstood: z.array(z.string()),
  classes: z.array(z.object({ class: accessClass, reversibility })),
  /** the worst of its classes. */
  reversibility,
  /** patterns as the source has them, e.g. `s3:Get*`; a leading `not ` where the source names what it leaves out. */
  actions: z.array(z.string()),
  resources: z.array(z.string()),
  /** under which it holds, one sentence each. */
  conditions: z.array(z.string()),
  dataClass: z.string().nullable(),
  expiresAt: isoTime.nullable(),
  enforcement,
  credential: z.object({ id: z.string(), name: z.string() }).nullable(),
  firstSeen: isoTime,
  lastSeen: isoTime,
  goneAt: isoTime.nullable(),
  use: grantUse,
});
export type Grant = z.infer<typeof grant>;

/** Formats of a source: what a runtime told, or a document that a person gave. */
export const importFormats = ['iam', 'cedar', 'oauth_scopes', 'app_roles', 'tools', 'declared'] as const;
export const importFormat = z.enum(importFormats);
export type ImportFormat = z.infer<typeof importFormat>;
export const sourceFormats = [...importFormats, 'mcp', 'langgraph', 'a2a'] as const;
export const sourceFormat = z.enum(sourceFormats);
export type SourceFormat = z.infer<typeof sourceFormat>;
/** What an IAM document does: `identity` permits; `boundary` and `scp` only limit; `resource` stands at the resource. */
export const documentRoles = ['identity', 'boundary', 'scp', 'resource'] as const;
export const documentRole = z.enum(documentRoles);
export type DocumentRole = z.infer<typeof documentRole>;

export const grantDocument = z.object({
  id: z.string(),
  name: z.string(),
  format: importFormat,
  role: documentRole,
  enforcement,
  /** the role, key or account that holds it; agents that hold the same one share it. */
  credential: z.object({ id: z.string(), name: z.string() }).nullable(),
  agents: z.array(z.object({ id: z.string(), name: z.string() })),
  grants: z.int(),
  understood: understanding,
  addedAt: isoTime,
  addedBy: z.string(),
  bytes: z.int(),
});
export type GrantDocument = z.infer<typeof grantDocument>;

/** One reading out of a document, before it is anybody's. */
export const reading = grant.pick({ kind: true, name: true, description: true, effect: true, understood: true, notUnderstood: true, classes: true, reversibility: true, actions: true, resources: true, conditions: true, dataClass: true, expiresAt: true, readOnly: true, destructive: true, openWorld: true, idempotent: true })
  .extend({ /** the part of the document that says it, verbatim. */ source: z.string() });
export type GrantReading = z.infer<typeof reading>;
export const documentReading = z.object({ readings: z.array(reading), understood: understanding, /** of the document as a whole. */ problems: z.array(z.string()) });
export type DocumentReading = z.infer<typeof documentReading>;

export const grantDetail = z.object({
  grant,
  source: z.object({ format: sourceFormat, text: z.string() }).nullable(),
  document: grantDocument.nullable(),
  /** who else holds the same: by a shared credential or the same offer. */
  holders: z.array(z.object({ agentId: z.string(), name: z.string(), lastUsedAt: isoTime.nullable(), why: z.string() })),
  changes: z.array(z.object({ at: isoTime, what: z.enum(['added', 'removed', 'changed', 'back']), text: z.string() })),
});
export type GrantDetail = z.infer<typeof grantDetail>;

/**
 * One cell of the matrix: what its grants and the activity say together. `granted`: never used in the asked days. `granted_denied`: granted, and every try was denied.
 * `tried`: tried without a grant that we found, denied. `used_denied`: both. `ungranted`: used without a grant that we found. `cannot_tell`: granted; its use leaves no trace.
 */
export const cellStates = ['granted', 'used', 'granted_denied', 'tried', 'used_denied', 'ungranted', 'cannot_tell'] as const;
export const cellState = z.enum(cellStates);
export type CellState = z.infer<typeof cellState>;
export const accessColumn = z.object({ id: z.string(), /** null in the matrix by class. */ resource: z.string().nullable(), class: accessClass, reversibility, agents: z.int() });
export type AccessColumn = z.infer<typeof accessColumn>;
export const accessCell = z.object({ /** index in `columns`. */ column: z.int(), state: cellState, grants: z.int(), times: z.int(), denied: z.int(), lastUsedAt: isoTime.nullable(), lastDeniedAt: isoTime.nullable(), irreversible: z.boolean(), shared: z.boolean(), expiring: z.boolean(), fresh: z.boolean() });
export type AccessCell = z.infer<typeof accessCell>;
export const accessRow = z.object({
  /** an agent, or everybody who holds the credential of a connection. */
  id: z.string(), holder: z.enum(['agent', 'connection']), name: z.string(), identity: identityKind, held: z.int(), used: z.int(), findings: z.int(),
  /** why its use cannot be seen at all; its cells are hatched. */
  notSeen: z.string().nullable(),
  cells: z.array(accessCell),
});
export type AccessRow = z.infer<typeof accessRow>;

export const accessFilter = z.object({
  /** agent, resource or grant name: case-insensitive substring. */
  text: z.string().max(200).optional(),
  agentId: z.string().max(64).optional(),
  unused: z.boolean().default(false), attempted: z.boolean().default(false), irreversible: z.boolean().default(false), shared: z.boolean().default(false),
  /** ends within so many days. */
  expiringDays: z.int().min(1).max(3_650).optional(),
  /** first seen within so many days. */
  newDays: z.int().min(1).max(3_650).optional(),
});

export const severities = ['info', 'attention', 'serious'] as const;
export const findingRules = ['wildcard', 'unused_power', 'borrowed_account', 'shared_credential', 'no_owner', 'owner_gone', 'public_entry', 'not_enforced', 'used_without_grant', 'not_understood', 'expiring', 'widened'] as const;
export const findingRule = z.enum(findingRules);
export type FindingRule = z.infer<typeof findingRule>;
export const finding = z.object({
  id: z.string(), rule: findingRule, severity: z.enum(severities),
  /** OWASP Top 10 for Agentic Applications 2026, e.g. `ASI03`. */
  tag: z.string(), tagName: z.string(),
  agentId: z.string().nullable(), agentName: z.string().nullable(), connectionId: z.string().nullable(), grantId: z.string().nullable(),
  /** what is so, and since when; then what to do. */
  text: z.string(), advice: z.string(), firstSeen: isoTime,
  dismissed: z.object({ by: z.string(), at: isoTime, reason: z.string(), until: isoTime.nullable() }).nullable(),
});
export type Finding = z.infer<typeof finding>;

export const grantChange = z.object({
  id: z.string(), at: isoTime, what: z.enum(['added', 'removed', 'changed', 'back']), /** it reaches further than before. */ widening: z.boolean(),
  agentId: z.string().nullable(), agentName: z.string().nullable(), connectionId: z.string().nullable(), connectionName: z.string().nullable(), grantId: z.string().nullable(), kind: grantKind, name: z.string(), text: z.string(),
  /** activities that used it since; null: its use cannot be seen. */
  usedSince: z.object({ times: z.int(), lastAt: isoTime.nullable() }).nullable(),
});
export type GrantChange = z.infer<typeof grantChange>;
export const baseline = z.object({
  approvedAt: isoTime, by: z.string(), note: z.string(), grants: z.int(),
  /** against it, now. */
  added: z.array(z.object({ grantId: z.string(), kind: grantKind, name: z.string(), since: isoTime, times: z.int().nullable() })), removed: z.array(z.object({ kind: grantKind, name: z.string() })), changed: z.array(z.object({ grantId: z.string(), kind: grantKind, name: z.string(), widening: z.boolean(), text: z.string() })),
});
export type Baseline = z.infer<typeof baseline>;

export const proposalForms = ['allow_list', 'iam', 'cedar'] as const;
export const proposal = z.object({
  form: z.enum(proposalForms), text: z.string(), mediaType: z.string(), fileName: z.string(),
  /** observed in the asked days, and so kept. */
  keeps: z.array(z.object({ name: z.string(), times: z.int(), lastAt: isoTime })),
  /** grants that it takes away. */
  drops: z.array(z.object({ grantId: z.string(), name: z.string(), kind: grantKind, lastUsedAt: isoTime.nullable() })),
  /** grants whose use cannot be seen: kept as they are, and said. */
  cannotTell: z.array(z.object({ grantId: z.string(), name: z.string(), kind: grantKind })),
  replay: z.object({ from: isoTime.nullable(), to: isoTime, actions: z.int(), blocked: z.int(), blockedNames: z.array(z.object({ name: z.string(), times: z.int(), lastAt: isoTime })), /** newest blocked ones. */ examples: z.array(activity), notSeenMs: z.int() }),
  warnings: z.array(z.string()),
});
export type Proposal = z.infer<typeof proposal>;

export const nodeKinds = ['person', 'agent', 'tool', 'resource', 'credential', 'connection'] as const;
export const graphNode = z.object({ id: z.string(), kind: z.enum(nodeKinds), name: z.string(), identity: identityKind.nullable(), /** activities in the period. */ volume: z.int(), failures: z.int(), denials: z.int(), /** neighbours that are not in the answer. */ hidden: z.int(), /** links to the agent or connection behind it. */ refId: z.string().nullable() });
/** `calls`, `hands`: seen in the period. `holds`: a grant that was not used in it. `acts_as`: by evidence. */
export const graphEdge = z.object({ from: z.string(), to: z.string(), kind: z.enum(['calls', 'hands', 'holds', 'acts_as', 'on_behalf_of']), volume: z.int(), failures: z.int(), denials: z.int(), lastAt: isoTime.nullable() });
export const accessGraph = z.object({ nodes: z.array(graphNode), edges: z.array(graphEdge), /** left out to stay readable. */ moreNodes: z.int(), notSeen: z.array(z.object({ agentId: z.string(), name: z.string(), why: z.string() })) });
export type AccessGraph = z.infer<typeof accessGraph>;

/** Everything that an agent could reach: by its own grants, through agents that it hands work to, through credentials that it shares. */
export const reach = z.object({
  graph: accessGraph,
  items: z.array(z.object({ resource: z.string(), class: accessClass, reversibility, used: z.boolean().nullable(), grantId: z.string().nullable(), /** names from the agent to it, in order. */ path: z.array(z.string()) })),
  more: z.int(),
  counts: z.object({ own: z.int(), bySubAgents: z.int(), byShared: z.int(), irreversible: z.int(), notUnderstood: z.int() }),
  shared: z.array(z.object({ credentialId: z.string(), name: z.string(), kind: z.string(), evidence: z.string(), agents: z.array(z.object({ id: z.string(), name: z.string(), identity: identityKind })) })),
  cannotTell: z.array(z.string()),
});
export type Reach = z.infer<typeof reach>;

export const chainRoles = ['person', 'agent', 'sub_agent', 'tool', 'credential'] as const;
export const chainLink = z.object({ role: z.enum(chainRoles), /** null: unknown. */ name: z.string().nullable(), refId: z.string().nullable(), more: z.int(), says: z.string(), evidence: z.string().nullable() });
export const owner = z.object({ name: z.string(), /** the person left or is not answerable any more. */ gone: z.boolean(), by: z.string(), at: isoTime, /** `runtime`: the runtime says so; `person`: somebody here. */ source: z.enum(['runtime', 'person']) });
export const identityCard = z.object({
  agentId: z.string(), name: z.string(), kind: identityKind, of: z.string().nullable(), says: z.string(),
  evidence: z.array(identityEvidence.extend({ connectionName: z.string() })),
  chain: z.array(chainLink), owner: owner.nullable(), sponsor: owner.nullable(),
  credentials: z.array(z.object({ id: z.string(), name: z.string(), kind: z.string(), evidence: z.string(), agents: z.array(z.object({ id: z.string(), name: z.string() })) })),
  /** people on whose behalf it acted, newest first. */
  people: z.array(z.object({ name: z.string(), kind: identityKind, tasks: z.int(), lastAt: isoTime })),
  changes: z.array(z.object({ at: isoTime, was: identityKind, now: identityKind })),
});
export type IdentityCard = z.infer<typeof identityCard>;
/** Of one activity: who performed it and on whose behalf, as its own records say. */
export const activityIdentity = z.object({ performedBy: z.object({ agentId: z.string(), name: z.string(), account: z.string().nullable() }), onBehalfOf: z.object({ name: z.string(), kind: identityKind, evidence: z.string() }).nullable(), chain: z.array(chainLink), grants: z.array(grant) });
export type ActivityIdentity = z.infer<typeof activityIdentity>;

export const accessSummary = z.object({
  agents: z.int(), grants: z.int(), used: z.int(), never: z.int(), cannotTell: z.int(), notUnderstood: z.int(), denied: z.int(),
  findings: z.object({ serious: z.int(), attention: z.int(), info: z.int(), dismissed: z.int() }),
  /** the oldest and newest reading of grants, over connections that list any. */
  readAt: z.object({ oldest: isoTime, newest: isoTime }).nullable(),
});
export type AccessSummary = z.infer<typeof accessSummary>;
