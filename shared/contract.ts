/**
 * The one contract between the engine and everybody who asks it something: the page (MessagePort), the command line
 * (control socket) and tests. Both sides take their types from here; the engine checks every call and every answer
 * against these schemas at run time.
 *
 * `query` methods only read and run on the reader thread; `command` methods change something.
 */
import { z } from 'zod';
import {
  activity, activityKind, activityStatus, agent, agentDetail, approval, approvalDetail, auditEntry, connection, connectionTest, contentLevel, cost,
  failure, gap, isoTime, settings, snippet, strangerSender, task, taskOutcome, usage,
} from './domain.ts';
import {
  accessColumn, accessCell, accessClass, accessFilter, accessGraph, accessRow, accessSummary, activityIdentity, baseline, documentReading, documentRole, enforcement, finding, findingRule, grant, grantChange, grantDetail, grantDocument, grantKind,
  identityCard, importFormat, owner, proposal, proposalForms, reach,
} from './access.ts';
import { activityDigest, activityProof, auditCheck, auditEntryDetail, auditKey, auditSeal, auditStatus, consoleRecord } from './audit.ts';
import { chore, diskUse, erasure, erasureAsked, erasurePreview, erasureRun, hold, holdAsked, holdLifted, personText, policyAsked, retentionPolicy, retentionPreview } from './retention.ts';
import { pseudonymKey, reportDocument, reportJob, reportPreview, reportSpec, reportTemplate } from './reports.ts';
import { alert, alertDetail, alertRule, alertRuleDraft, alertTarget, delivery, deliveryStates, targetDraft } from './alerts.ts';
import { budget, budgetDraft, budgetEvent, budgetPreview } from './budgets.ts';
import { bill, billFormats, costExplained, costGroups, costRow, costSummary, priceBook, priceDraft, priceEntry, reconciliation, unpricedModel } from './cost.ts';
import { failureDetail, failureGroup, failureState, sightRow } from './failures.ts';
import { canary, drill, operator, reasonKinds, readinessRow, ruleFiring, ruleModes, ruleScope, ruleTrigger, standingChange, stopCertificate, stopHold, stopLevel, stopOrder, stopOrderDetail, stopPlan, stopRule, stopScope } from './stop.ts';

const id = z.string().min(1).max(64);
/** A period `[from, to)`. `to` null: until now. */
export const period = z.object({ from: isoTime, to: isoTime.nullable() });
export type Period = z.infer<typeof period>;
/** Keyset cursor: opaque to the caller, from the `next` of the page before. */
const cursor = z.string().max(200);
const limit = (most: number, usual: number) => z.int().min(1).max(most).default(usual);
const page = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row), next: z.string().nullable() });

export const receiverStatus = z.object({
  state: z.enum(['listening', 'failed', 'off']),
  host: z.string(),
  port: z.int().nullable(),
  wantedPort: z.int(),
  /** plain sentence when something differs from what was asked, e.g. port taken. */
  message: z.string().nullable(),
});

export const systemStatus = z.object({
  engineVersion: z.string(),
  startedAt: isoTime,
  pid: z.int(),
  node: z.string(),
  sqlite: z.string(),
  dataDir: z.string(),
  historyBytes: z.int(),
  diskFreeBytes: z.int().nullable(),
  schemaVersion: z.int(),
  receiver: receiverStatus,
  /** activities a second over the last 10 s. */
  intakePerSecond: z.number(),
  newestActivityAt: isoTime.nullable(),
  connections: z.int(),
  agents: z.int(),
  tasks: z.int(),
  activities: z.int(),
  openGaps: z.int(),
  approvalsWaiting: z.int(),
  /** stop orders that are not ended: stopping, still acting, unverified, waiting for the second person, or watched. */
  stopsOpen: z.int(),
  /** of them: still acting or unverified. */
  stopsFailing: z.int(),
  /** alerts that nobody has acknowledged. */
  alertsOpen: z.int(),
  /** sentences a person must act on: corrupt file kept aside, disk full, clock jump... */
  alarms: z.array(z.object({ id: z.string(), severity: z.enum(['info', 'attention', 'failed']), text: z.string(), since: isoTime })),
  strangers: z.int(),
});
export type SystemStatus = z.infer<typeof systemStatus>;

/** One bin of a time series. `seen` is the share of the bin in which we could see, 0 to 1. */
const seriesBin = z.object({ at: isoTime, values: z.array(z.number()), seen: z.array(z.number()) });
export const series = z.object({
  binMs: z.int(),
  /** at most three series and "other"; names are connection or model names. */
  names: z.array(z.string()),
  bins: z.array(seriesBin).max(500),
});
export type Series = z.infer<typeof series>;

export const needsYou = z.object({
  id: z.string(),
  kind: z.enum(['failure', 'gap', 'connection', 'open_too_long', 'interrupted', 'borrowed', 'alarm', 'denied', 'approval', 'stuck', 'stop', 'access', 'alert']),
  agentId: z.string().nullable(),
  agentName: z.string().nullable(),
  text: z.string(),
  since: isoTime,
  /** where Enter leads: screen and id. */
  target: z.object({ screen: z.enum(['agents', 'agent', 'live', 'connections', 'settings', 'approvals', 'stop', 'access', 'alerts']), id: z.string().nullable() }),
});
export type NeedsYou = z.infer<typeof needsYou>;

export const overview = z.object({
  needsYou: z.array(needsYou),
  changed: z.object({
    since: isoTime,
    newAgents: z.array(z.object({ id: z.string(), name: z.string() })),
    newVersions: z.array(z.object({ id: z.string(), name: z.string(), version: z.string() })),
    identityChanges: z.array(z.object({ id: z.string(), name: z.string(), from: z.string(), to: z.string() })),
    failures: z.int(), failuresBefore: z.int(),
    newFailureGroups: z.int(),
    denials: z.int(),
    cost, costBefore: cost,
    activities: z.int(), activitiesBefore: z.int(),
    /** share of connection time that was seen since then, 0 to 1; null when nothing was connected. */
    seenShare: z.number().nullable(),
    /** the same of the time before, which the figures `...Before` stand for. */
    seenShareBefore: z.number().nullable(),
  }),
  activity: series,
  spend: series,
  /** running spend of the calendar month, known part. */
  monthCost: cost,
  gaps: z.array(gap),
});
export type Overview = z.infer<typeof overview>;

export const openWork = z.object({
  taskId: z.string(), agentId: z.string(), agentName: z.string(), what: z.string(), since: isoTime,
  outcome: taskOutcome, openTasks: z.int(),
});

/** The whole record behind an activity: structural columns, attributes as received (after the content level), raw JSON. */
export const activityDetail = z.object({
  activity,
  task,
  content: contentLevel,
  attributes: z.array(z.object({ key: z.string(), value: z.string(), /** length before it was cut for transport */ length: z.int(), agentText: z.boolean() })),
  events: z.array(z.object({ name: z.string(), at: isoTime.nullable(), attributes: z.array(z.object({ key: z.string(), value: z.string() })) })),
  resource: z.array(z.object({ key: z.string(), value: z.string() })),
  /** JSON text of each stored record that made this activity; masked as the content level says. */
  raw: z.array(z.string()),
  neighbours: z.object({ before: z.string().nullable(), after: z.string().nullable() }),
});
export type ActivityDetail = z.infer<typeof activityDetail>;

const activityFilter = z.object({
  agentId: id.optional(), taskId: id.optional(), connectionId: id.optional(), failureId: id.optional(),
  kinds: z.array(activityKind).optional(), statuses: z.array(activityStatus).optional(),
  /** matches agent name, activity name, model, error text, ids: case-insensitive substring. */
  text: z.string().max(200).optional(),
  since: isoTime.optional(), until: isoTime.optional(),
});
export type ActivityFilter = z.infer<typeof activityFilter>;

const query = <P extends z.ZodType, R extends z.ZodType>(params: P, result: R) => ({ type: 'query' as const, params, result });
const command = <P extends z.ZodType, R extends z.ZodType>(params: P, result: R) => ({ type: 'command' as const, params, result });
const none = z.object({});
/** Not used for so many days counts as not used. */
const days = z.int().min(1).max(3_650).default(90);

/** Where the credential of a runtime comes from. `value` goes to the vault and is never given out again. */
const credentialInput = z.discriminatedUnion('from', [
  z.object({ from: z.literal('none') }),
  /** `keep: 'session'`: a person chose to hold it in memory only, until Gatehouse ends (a system without a keyring). Else the vault, or `conflict`. */
  z.object({ from: z.literal('value'), value: z.string().min(1).max(16_384), keep: z.enum(['vault', 'session']).optional() }),
  /** a variable of the engine's own environment, or a file that only its owner can read: read at each use, nothing is stored. */
  z.object({ from: z.literal('env'), name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/) }),
  z.object({ from: z.literal('file'), path: z.string().min(1).max(4_096) }),
]);
export type CredentialInput = z.infer<typeof credentialInput>;

const httpUrl = z.url({ protocol: /^https?$/ }).max(2_048).refine((text) => !/^[a-z]+:\/\/[^/?#]*@/i.test(text), 'an address carries no user or password; give the credential by itself');
/** How to reach a runtime. `header`: the header that carries the credential; `bearer` prefixes it with "Bearer ". */
const auth = { header: z.string().regex(/^[A-Za-z0-9-]{1,64}$/).optional(), scheme: z.enum(['bearer', 'plain']).optional() };
const publicKey = z.strictObject({ kty: z.enum(['EC', 'OKP', 'RSA']), kid: z.string().max(200).optional(), alg: z.string().max(20).optional(), use: z.string().max(10).optional(), crv: z.string().max(20).optional(), x: z.string().max(200).optional(), y: z.string().max(200).optional(), n: z.string().max(2_048).optional(), e: z.string().max(20).optional() });
export const runtimeTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('langgraph'), url: httpUrl, ...auth }),
  /** `keys`: the public keys (JWK) that the agent card must be signed with; a private part is refused. */
  z.object({ kind: z.literal('a2a'), url: httpUrl, ...auth, keys: z.array(publicKey).max(8).optional() }),
  z.discriminatedUnion('transport', [
    z.object({ kind: z.literal('mcp'), transport: z.literal('http'), url: httpUrl, ...auth }),
    /** Runs only after `connections.consent` has named exactly this command; it gets no environment but PATH, HOME and what `env` names. */
    z.object({ kind: z.literal('mcp'), transport: z.literal('stdio'), command: z.string().min(1).max(1_024), args: z.array(z.string().max(4_096)).max(64), cwd: z.string().max(4_096).optional(), env: z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/)).max(32).default([]) }),
  ]),
]);
export type RuntimeTarget = z.infer<typeof runtimeTarget>;

/** The answer to an approval, bound to exactly the request that was shown. */
const decision = z.discriminatedUnion('answer', [
  z.object({ answer: z.literal('approve'), reason: z.string().max(4_000).optional() }),
  z.object({ answer: z.literal('reject'), reason: z.string().trim().min(1).max(4_000) }),
  /** text, or JSON text where `responseShape` says so. */
  z.object({ answer: z.literal('respond'), response: z.string().min(1).max(100_000), reason: z.string().max(4_000).optional() }),
  /** one JSON text of parameters for each action, in order; null leaves an action as it is. */
  z.object({ answer: z.literal('edit'), parameters: z.array(z.string().max(1_000_000).nullable()).max(100), reason: z.string().max(4_000).optional() }),
]);
export type Decision = z.infer<typeof decision>;

export const contract = {
  'system.status': query(none, systemStatus),
  'system.ping': query(none, z.object({ at: isoTime })),

  'overview.get': query(z.object({ period, since: isoTime }), overview),
  'agents.list': query(z.object({ period, text: z.string().max(200).optional(), includeIdle: z.boolean().default(true) }), z.object({ rows: z.array(agent), more: z.int() })),
  'agents.get': query(z.object({ id, period }), agentDetail),
  'tasks.list': query(z.object({ agentId: id.optional(), connectionId: id.optional(), outcomes: z.array(taskOutcome).optional(), text: z.string().max(200).optional(), since: isoTime.optional(), before: cursor.optional(), limit: limit(1000, 100) }), page(task)),
  'tasks.get': query(z.object({ id }), task),
  /** every activity of a task in time order, for the waterfall; keyset paged. */
  'tasks.activities': query(z.object({ id, after: cursor.optional(), limit: limit(5000, 1000) }), page(activity)),
  'activity.list': query(activityFilter.extend({ before: cursor.optional(), limit: limit(1000, 100) }), page(activity)),
  'activity.get': query(z.object({ id }), activityDetail),
  'failures.list': query(z.object({ agentId: id.optional(), since: isoTime.optional(), limit: limit(1000, 100) }), z.object({ rows: z.array(failure) })),
  /** Worst first: new and come back, then by how often. `text`: agent, name, error. */
  'failures.groups': query(z.object({ period, states: z.array(failureState).optional(), agentId: id.optional(), connectionId: id.optional(), kinds: z.array(activityKind).optional(), version: z.string().max(200).optional(), text: z.string().max(200).optional(), before: cursor.optional(), limit: limit(500, 100) }),
    z.object({ rows: z.array(failureGroup), next: z.string().nullable(), counts: z.record(failureState, z.int()), total: z.int(), seen: z.array(sightRow), versions: z.array(z.string()), /** agents without a failure in the period, and how many of them were not seen all the time. */ quiet: z.object({ agents: z.int(), notSeen: z.int() }) })),
  'failures.get': query(z.object({ id, period }), failureDetail),
  /** `until` belongs to `snoozed`; `back` and `new` cannot be set by a person. `open` takes back what people said of its state: it needs somebody again. */
  'failures.setState': command(z.object({ id, state: z.enum(['known', 'resolved', 'snoozed', 'open']), until: isoTime.nullable().default(null), note: z.string().trim().max(4_000).optional() }), none),
  'failures.note': command(z.object({ id, text: z.string().trim().min(1).max(4_000) }), none),

  'cost.summary': query(z.object({ period }), costSummary),
  'cost.rows': query(z.object({ period, by: z.enum(costGroups), text: z.string().max(200).optional(), connectionId: id.optional(), sort: z.enum(['spend', 'perTask', 'wasted', 'change', 'finished', 'failed', 'name']).default('spend'), descending: z.boolean().default(true), after: z.int().min(0).default(0), limit: limit(500, 100) }), z.object({ rows: z.array(costRow), total: z.int(), all: costRow })),
  /** Cost per finished task of one row, day by day, with the days on which a new version was first seen. */
  'cost.trend': query(z.object({ period, by: z.enum(costGroups), id: z.string().max(400) }), z.object({ days: z.array(z.object({ day: z.iso.date(), micros: z.int(), finished: z.int(), perTaskMicros: z.int().nullable() })), versions: z.array(z.object({ day: z.iso.date(), agentName: z.string(), version: z.string() })) })),
  'cost.explain': query(z.object({ activityId: id }), costExplained),
  'cost.reconciliation': query(z.object({ period, connectionId: id.optional(), limit: limit(1000, 200) }), z.object({ rows: z.array(reconciliation), more: z.int() })),
  'cost.bills': query(none, z.object({ rows: z.array(bill) })),
  /** Reads a bill and, unless `dryRun`, keeps it. Days that another bill of the connection covers are replaced by it. */
  'cost.importBill': command(z.object({ connectionId: id, name: z.string().trim().min(1).max(200), format: z.enum(billFormats), text: z.string().min(1).max(20_000_000), dryRun: z.boolean().default(false) }), bill),
  'cost.removeBill': command(z.object({ id }), none),
  /** A person says how a task came out; null takes it back. */
  'tasks.mark': command(z.object({ id, outcome: z.enum(['completed', 'failed']).nullable(), note: z.string().trim().max(1_000).default('') }), task),

  'budgets.list': query(none, z.object({ rows: z.array(budget) })),
  'budgets.events': query(z.object({ budgetId: id.optional(), before: cursor.optional(), limit: limit(1000, 100) }), page(budgetEvent)),
  /** What a draft would come to, before it is saved. `id`: the budget that it changes. */
  'budgets.preview': query(z.object({ draft: budgetDraft }), budgetPreview),
  'budgets.save': command(z.object({ id: id.optional(), draft: budgetDraft }), budget),
  'budgets.remove': command(z.object({ id }), none),

  /** Newest first; `unseen` counts what is open. */
  'alerts.list': query(z.object({ state: z.enum(['open', 'active', 'all']).default('active'), agentId: id.optional(), ruleId: id.optional(), text: z.string().max(200).optional(), before: cursor.optional(), limit: limit(1000, 100) }), z.object({ rows: z.array(alert), next: z.string().nullable(), open: z.int(), acknowledged: z.int() })),
  'alerts.get': query(z.object({ id }), alertDetail),
  /** Somebody knows: nothing is escalated any more. Those that are over or known already are left as they are. */
  'alerts.acknowledge': command(z.object({ ids: z.array(id).min(1).max(1_000), note: z.string().trim().max(1_000).default('') }), z.object({ changed: z.int() })),
  'alerts.resolve': command(z.object({ ids: z.array(id).min(1).max(1_000), note: z.string().trim().max(1_000).default('') }), z.object({ changed: z.int() })),
  /** Takes an acknowledgement or a person's word that it is over back. */
  'alerts.reopen': command(z.object({ ids: z.array(id).min(1).max(1_000) }), z.object({ changed: z.int() })),
  'alerts.rules': query(none, z.object({ rows: z.array(alertRule) })),
  'alerts.saveRule': command(z.object({ id: id.optional(), draft: alertRuleDraft }), alertRule),
  'alerts.removeRule': command(z.object({ id }), none),
  'targets.list': query(none, z.object({ rows: z.array(alertTarget) })),
  /** `credential` left out: as it is (none for a new one). */
  'targets.save': command(z.object({ id: id.optional(), draft: targetDraft, credential: credentialInput.optional() }), alertTarget),
  /** What waits for it is dropped and said; rules name it no longer. */
  'targets.remove': command(z.object({ id }), none),
  /** Sends a test message now, past the queue; `ok` only if the receiver took it. */
  'targets.test': command(z.object({ id }), z.object({ ok: z.boolean(), text: z.string(), ms: z.number() })),
  'targets.deliveries': query(z.object({ targetId: id.optional(), state: z.enum(deliveryStates).optional(), before: cursor.optional(), limit: limit(1000, 100) }), page(delivery)),
  /** Tries everything that waits now, and what was given up once more. */
  'targets.retry': command(z.object({ id }), z.object({ deliveries: z.int() })),

  'prices.book': query(none, priceBook),
  'prices.list': query(z.object({ text: z.string().max(200).optional(), origin: z.enum(['bundled', 'own']).optional(), usedOnly: z.boolean().default(false), after: z.int().min(0).default(0), limit: limit(1000, 200) }), z.object({ rows: z.array(priceEntry.extend({ used: z.boolean() })), total: z.int() })),
  'prices.unpriced': query(none, z.object({ rows: z.array(unpricedModel) })),
  /** Every version of the entry that a person or import made, newest first. */
  'prices.history': query(z.object({ id }), z.object({ rows: z.array(priceEntry.extend({ removed: z.boolean() })) })),
  /** `id`: replaces that entry (a bundled one is overridden, and stays). History is then computed anew. */
  'prices.save': command(z.object({ id: id.optional(), entry: priceDraft }), priceEntry),
  'prices.remove': command(z.object({ id }), none),
  /** A JSON list of entries (as `prices.list` gives them). Nothing is kept where one of them is wrong; each wrong one is named. */
  'prices.import': command(z.object({ name: z.string().trim().min(1).max(200), text: z.string().min(1).max(5_000_000), dryRun: z.boolean().default(false) }), z.object({ entries: z.int(), replaced: z.int(), problems: z.array(z.object({ entry: z.int(), reason: z.string() })) })),

  'live.open': query(none, z.object({ rows: z.array(openWork), tasks: z.int(), at: isoTime })),
  'series.activity': query(z.object({ period, bins: z.int().min(1).max(500), agentId: id.optional() }), series),
  'series.spend': query(z.object({ period, bins: z.int().min(1).max(500), agentId: id.optional(), by: z.enum(['connection', 'model']).default('model') }), series),
  'gaps.list': query(z.object({ period }), z.object({ rows: z.array(gap) })),
  'find': query(z.object({ text: z.string().min(1).max(200), limit: limit(50, 12) }), z.object({
    agents: z.array(z.object({ id: z.string(), name: z.string(), context: z.string(), state: z.string() })),
    tasks: z.array(z.object({ id: z.string(), key: z.string(), name: z.string(), outcome: taskOutcome })),
    activities: z.array(z.object({ id: z.string(), name: z.string(), taskId: z.string() })),
  })),

  'connections.list': query(none, z.object({ rows: z.array(connection), strangers: z.array(strangerSender) })),
  'connections.addOtlp': command(z.object({ name: z.string().trim().min(1).max(80), content: contentLevel.optional(), demo: z.boolean().default(false) }),
    z.object({ connection, /** shown once */ token: z.string(), endpoint: z.string(), snippets: z.array(snippet) })),
  'connections.update': command(z.object({ id, name: z.string().trim().min(1).max(80).optional(), content: contentLevel.optional(), enabled: z.boolean().optional() }), connection),
  'connections.rotateToken': command(z.object({ id }), z.object({ connection, token: z.string(), endpoint: z.string(), snippets: z.array(snippet) })),
  'connections.remove': command(z.object({ id, history: z.enum(['keep', 'delete']) }), z.object({ removedActivities: z.int() })),

  /** Saves a connection that asks a runtime; its first test runs at once. A stdio server waits for consent. */
  'connections.addRuntime': command(z.object({ name: z.string().trim().min(1).max(80), target: runtimeTarget, credential: credentialInput.default({ from: 'none' }), content: contentLevel.optional(), demo: z.boolean().default(false) }), connection),
  /** Another address or command for the same runtime: agents, history and credential stay. The kind cannot change; a changed command needs consent anew. */
  'connections.retarget': command(z.object({ id, target: runtimeTarget }), connection),
  /** `stop`: the credential that only stop levers use; without one they use the one that reads. */
  'connections.setCredential': command(z.object({ id, credential: credentialInput, use: z.enum(['read', 'stop']).default('read') }), connection),
  /** The exact command as it was shown; any other text is refused. */
  'connections.consent': command(z.object({ id, command: z.string().max(8_192) }), connection),
  /** Asks the runtime now: what is reachable, what is missing, which right would fix it. */
  'connections.test': command(z.object({ id }), connectionTest),
  /** The same before anything is saved. */
  'connections.tryRuntime': command(z.object({ target: runtimeTarget, credential: credentialInput.default({ from: 'none' }) }), connectionTest),
  'connections.pollNow': command(z.object({ id }), connection),

  'grants.list': query(z.object({ agentId: id.optional(), connectionId: id.optional(), documentId: id.optional(), kind: grantKind.optional(), class: accessClass.optional(), columnId: id.optional(), text: z.string().max(200).optional(), gone: z.boolean().default(false), before: cursor.optional(), limit: limit(1000, 200) }),
    z.object({ rows: z.array(grant), next: z.string().nullable(), total: z.int() })),
  'grants.get': query(z.object({ id }), grantDetail),
  'access.summary': query(z.object({ unusedDays: days }), accessSummary),
  /** Agents by action class, or by resource and class. Rows and columns are paged by themselves: `columnsAfter` is a count of columns to skip. With a filter, `moreColumns` counts to 2,000. */
  'access.matrix': query(z.object({ by: z.enum(['class', 'resource']), unusedDays: days, filter: accessFilter.prefault({}), columnsAfter: z.int().min(0).default(0), columns: limit(200, 40), before: cursor.optional(), limit: limit(500, 100) }),
    z.object({ columns: z.array(accessColumn), moreColumns: z.int(), rows: z.array(accessRow), next: z.string().nullable(), total: z.int() })),
  /** What stands behind one cell. `rowId`: an agent or a connection. */
  'access.cell': query(z.object({ rowId: id, columnId: id, unusedDays: days }), z.object({ column: accessColumn, cell: accessCell.nullable(), grants: z.array(grant), moreGrants: z.int(), uses: z.array(activity), attempts: z.array(activity), others: z.array(z.object({ agentId: z.string(), name: z.string(), times: z.int(), lastUsedAt: isoTime.nullable() })), notSeen: z.string().nullable() })),
  'access.findings': query(z.object({ agentId: id.optional(), rule: findingRule.optional(), dismissed: z.boolean().default(false), text: z.string().max(200).optional(), before: cursor.optional(), limit: limit(1000, 200) }), z.object({ rows: z.array(finding), next: z.string().nullable(), total: z.int() })),
  /** Until `until` (null: until it is found anew after it was gone). It stays listed under dismissed. */
  'access.dismiss': command(z.object({ id, reason: z.string().trim().min(1).max(4_000), until: isoTime.nullable() }), none),
  'access.restore': command(z.object({ id }), none),
  'access.drift': query(z.object({ agentId: id.optional(), connectionId: id.optional(), widening: z.boolean().default(false), since: isoTime.optional(), before: cursor.optional(), limit: limit(1000, 200) }), z.object({ rows: z.array(grantChange), next: z.string().nullable() })),
  'access.baseline': query(z.object({ agentId: id }), z.object({ baseline: baseline.nullable() })),
  /** Approves what the agent holds now: drift is told against it. */
  'access.approve': command(z.object({ agentId: id, note: z.string().trim().max(4_000).default('') }), baseline),
  'access.proposal': query(z.object({ agentId: id, form: z.enum(proposalForms), days }), proposal),
  'access.reach': query(z.object({ agentId: id }), reach),
  /** Who calls whom, at most `limit` nodes: the busiest, or those within `hops` of `focus`. */
  'access.graph': query(z.object({ period, focus: id.optional(), hops: z.int().min(1).max(4).default(1), holds: z.boolean().default(false), limit: limit(400, 200) }), accessGraph),
  'access.documents': query(z.object({ agentId: id.optional() }), z.object({ rows: z.array(grantDocument) })),
  'access.document': query(z.object({ id }), z.object({ document: grantDocument, text: z.string(), problems: z.array(z.string()) })),
  /** Reads a document and keeps nothing: what would be imported. */
  'access.read': command(z.object({ format: importFormat, role: documentRole.default('identity'), text: z.string().min(1).max(1_000_000) }), documentReading),
  'access.import': command(z.object({ name: z.string().trim().min(1).max(200), format: importFormat, role: documentRole.default('identity'), enforcement: enforcement.default('unknown'), text: z.string().min(1).max(1_000_000), agentIds: z.array(id).min(1).max(500), credential: z.string().trim().min(1).max(400).optional() }), grantDocument),
  'access.removeDocument': command(z.object({ id }), none),
  /** Says that an agent uses what a connection offers (an MCP server's tools), or takes it back. */
  'access.setHolder': command(z.object({ connectionId: id, agentId: id, holds: z.boolean() }), none),
  'identity.card': query(z.object({ agentId: id }), identityCard),
  'identity.activity': query(z.object({ id }), activityIdentity),
  /** null: nobody is named. */
  'agents.setOwner': command(z.object({ id, role: z.enum(['owner', 'sponsor']), name: z.string().trim().min(1).max(200).nullable(), gone: z.boolean().default(false) }), z.object({ owner: owner.nullable() })),
  'agents.link': command(z.object({ id, to: id }), none),
  /** Takes one source out of the agent that it was stitched into; the rule will not join the two again. */
  'agents.unlink': command(z.object({ id }), none),

  'approvals.list': query(z.object({ state: z.enum(['waiting', 'decided']), agentId: id.optional(), connectionId: id.optional(), before: cursor.optional(), limit: limit(1000, 200) }), z.object({ rows: z.array(approval), next: z.string().nullable(), waiting: z.int() })),
  'approvals.get': query(z.object({ id }), approvalDetail),
  /** Re-reads the request at the runtime in the instant before it answers; `conflict` when it changed or was answered by somebody else. */
  'approvals.decide': command(z.object({ id, fingerprint: z.string().length(64), decision }), approvalDetail),
  /** `survey`: asks the runtimes what runs now (reads only, at most 4 s); without it the plan comes from the history at once. */
  'stop.plan': command(z.object({ scope: stopScope, level: stopLevel, survey: z.boolean().default(false) }), stopPlan),
  /** Fires the plan that was shown. `levers`: plan lever ids, at least one. `typed`: what the plan asks to type. Returns when the first levers are let go. */
  'stop.order': command(z.object({ planId: id, levers: z.array(z.string().max(200)).min(1).max(10_000), reasonKind: z.enum(reasonKinds), reason: z.string().trim().max(4_000).default(''), ticket: z.string().trim().max(200).optional(), typed: z.string().max(200).optional() }), stopOrder),
  /** The second operator's word; SECURITY: five wrong passphrases in a row lock the operator for a minute. */
  'stop.second': command(z.object({ id, operatorId: id, passphrase: z.string().min(1).max(1_000) }), stopOrder),
  /** Only while it waits for the second operator. */
  'stop.withdraw': command(z.object({ id }), stopOrder),
  /** Sends one lever once more that failed, or that is `unknown` and may be repeated. */
  'stop.retry': command(z.object({ id, leverId: z.string().max(200) }), stopOrder),
  /** Puts back exactly what the order changed, and only that; ends its holds. `leverId`: one lever only. */
  'stop.release': command(z.object({ id, leverId: z.string().max(200).optional(), reason: z.string().trim().max(4_000).default('') }), stopOrderDetail),
  'stop.list': query(z.object({ state: z.enum(['open', 'ended', 'all']).default('all'), agentId: id.optional(), before: cursor.optional(), limit: limit(1000, 100) }), z.object({ rows: z.array(stopOrder), next: z.string().nullable(), open: z.int() })),
  'stop.get': query(z.object({ id }), stopOrderDetail),
  'stop.certificate': query(z.object({ id }), stopCertificate),
  'stop.standing': query(none, z.object({ holds: z.array(stopHold), changes: z.array(standingChange) })),
  'stop.readiness': query(none, z.object({ rows: z.array(readinessRow), rightsAt: isoTime.nullable() })),
  /** Asks every runtime, reading only, whether our stop credential would be let in. */
  'stop.checkRights': command(none, z.object({ asked: z.int(), missing: z.int() })),
  'stop.drills': query(z.object({ agentId: id.optional(), since: isoTime.optional(), limit: limit(1000, 200) }), z.object({ rows: z.array(drill) })),
  /** A stop order fired on purpose; only at an agent that is marked as canary. */
  'stop.drill': command(z.object({ agentId: id, level: stopLevel }), stopOrder),
  'stop.setCanary': command(z.object({ agentId: id, canary: canary.omit({ nextAt: true }).nullable() }), none),
  'stop.rules': query(none, z.object({ rows: z.array(stopRule) })),
  'stop.saveRule': command(z.object({ id: id.optional(), name: z.string().trim().min(1).max(80), trigger: ruleTrigger, watches: ruleScope, level: stopLevel, stops: z.enum(['task', 'agent']).default('agent'), mode: z.enum(ruleModes).default('off') }), stopRule),
  'stop.removeRule': command(z.object({ id }), none),
  'stop.firings': query(z.object({ ruleId: id.optional(), before: cursor.optional(), limit: limit(1000, 100) }), page(ruleFiring)),
  'operators.list': query(none, z.object({ rows: z.array(operator) })),
  'operators.add': command(z.object({ name: z.string().trim().min(1).max(80), passphrase: z.string().min(12).max(1_000) }), operator),
  'operators.remove': command(z.object({ id }), none),
  'tags.list': query(none, z.object({ rows: z.array(z.object({ tag: z.string(), agents: z.int() })) })),
  'agents.setTags': command(z.object({ id, tags: z.array(z.string().trim().min(1).max(40)).max(20) }), none),

  'audit.list': query(z.object({ subject: id.optional(), actor: z.string().max(256).optional(), actorKind: auditEntry.shape.actorKind.optional(), action: z.string().max(128).optional(), outcome: auditEntry.shape.outcome.optional(), text: z.string().max(200).optional(), from: isoTime.optional(), to: isoTime.optional(), before: cursor.optional(), limit: limit(1000, 100) }), z.object({ rows: z.array(auditEntry), next: z.string().nullable() })),
  'audit.get': query(z.object({ id }), auditEntryDetail),
  /** Who and what stands in the log, for the filters. */
  'audit.facets': query(none, z.object({ actors: z.array(z.string()), actions: z.array(z.string()) })),
  'audit.status': query(none, auditStatus),
  'audit.seals': query(z.object({ before: cursor.optional(), limit: limit(1000, 100) }), page(auditSeal)),
  'audit.keys': query(none, z.object({ rows: z.array(auditKey) })),
  /** Reads the whole log through; the answer comes when it has ended. */
  'audit.check': command(none, auditCheck),
  /** Lets entries go up to the newest seal at or before `before`. */
  'audit.prune': command(z.object({ before: isoTime, reason: z.string().trim().min(1).max(1_000) }), z.object({ entries: z.int(), upTo: z.int().nullable() })),
  /** Another key seals from now on, and the present one hands over to it. */
  'audit.renewKey': command(z.object({ reason: z.string().trim().min(1).max(1_000) }), auditKey),
  'audit.digests': query(z.object({ connectionId: id.optional(), before: cursor.optional(), limit: limit(1000, 100) }), page(activityDigest)),
  'activity.proof': query(z.object({ id }), activityProof),

  'reports.preview': query(reportSpec, reportPreview),
  'reports.document': query(reportSpec.extend({ pseudonymKey }), reportDocument),
  /** Writes below `target` (a folder, or a file that ends in .zip for a pack). SECURITY: not from the page; main asks the person where, and calls this. `pdf`: a file that main has printed. */
  'reports.start': command(z.object({ spec: reportSpec, pseudonymKey, target: z.string().min(1).max(4_096), pdf: z.string().max(4_096).optional(), /** a person was asked whether what is there may be replaced, and said yes. */ overwrite: z.boolean().default(false) }), reportJob),
  'reports.cancel': command(z.object({ id }), reportJob),
  'reports.jobs': query(z.object({ limit: limit(1000, 20) }), z.object({ rows: z.array(reportJob) })),
  'reports.templates': query(none, z.object({ rows: z.array(reportTemplate) })),
  'reports.saveTemplate': command(reportTemplate.omit({ id: true, changedAt: true, changedBy: true }).extend({ id: id.optional() }), reportTemplate),
  'reports.removeTemplate': command(z.object({ id }), none),

  /** SECURITY: from the desktop's own process only. What a person did in it that the engine does not see. */
  'console.record': command(consoleRecord, none),

  'settings.get': query(none, settings),
  'settings.set': command(settings.partial(), settings),
  'retention.policies': query(none, z.object({ generalDays: z.int().nullable(), rows: z.array(retentionPolicy) })),
  'retention.setPolicy': command(policyAsked, retentionPolicy),
  /** What would go now. `days`: if that were the general period; `change`: if that were one connection's. */
  'retention.preview': query(z.object({ days: z.int().min(1).max(3650).nullable().optional(), change: policyAsked.optional() }), retentionPreview),
  /** Lets go what is past its period and under no hold. `wait`: the answer comes when it has ended. */
  'retention.run': command(z.object({ wait: z.boolean().default(true) }), chore),
  'retention.disk': query(none, diskUse),
  /** Gives free pages back to the disk. `rewrite`: writes the whole file anew; nothing else is written meanwhile. */
  'retention.free': command(z.object({ rewrite: z.boolean().default(false), wait: z.boolean().default(true) }), chore),
  /** Newest first: what runs, waits and ran. */
  'retention.chores': query(z.object({ limit: limit(1000, 20) }), z.object({ rows: z.array(chore) })),
  /** Ends it after its present step; what it did stays done. */
  'retention.cancel': command(z.object({ id }), chore),
  'holds.list': query(z.object({ lifted: z.boolean().default(false) }), z.object({ rows: z.array(hold) })),
  'holds.place': command(holdAsked, hold),
  'holds.lift': command(holdLifted, hold),
  /** Reads the whole history and changes nothing; that somebody looked stands in the audit log, whom they looked for does not. */
  'erasure.preview': command(erasureAsked, erasurePreview),
  'erasure.run': command(erasureRun, erasure),
  /** `person`: says of each whether it was of them. */
  'erasure.list': query(z.object({ person: personText.optional(), limit: limit(100, 20) }), z.object({ rows: z.array(erasure) })),
  /** the time of the visit before this one; calling it marks the present visit. */
  'visits.mark': command(none, z.object({ previous: isoTime.nullable() })),
  'alarms.dismiss': command(z.object({ id: z.string() }), none),
} as const;

export type Contract = typeof contract;
export type Method = keyof Contract;
export type Params<M extends Method> = z.input<Contract[M]['params']>;
export type ParsedParams<M extends Method> = z.output<Contract[M]['params']>;
export type Result<M extends Method> = z.output<Contract[M]['result']>;

/** What changed, said small: the page invalidates the queries that rest on it. Coalesced, at most 4 a second. */
export const hintTopics = ['activity', 'agents', 'tasks', 'failures', 'cost', 'connections', 'settings', 'status', 'gaps', 'approvals', 'grants', 'access', 'audit', 'stop', 'alerts', 'budgets', 'reports', 'retention'] as const;
export type HintTopic = (typeof hintTopics)[number];

/** Streams: the one true stream is Live. The receiver grants credits (rows); the engine never sends more than granted. */
export const streams = {
  'live.activity': {
    params: activityFilter.omit({ since: true, until: true, failureId: true }),
    /** `dropped`: rows that were not sent because credits ran out; they are in the history. */
    item: z.object({ rows: z.array(activity), dropped: z.int(), perSecond: z.number() }),
  },
} as const;
export type StreamName = keyof typeof streams;
export type StreamParams<S extends StreamName> = z.input<(typeof streams)[S]['params']>;
export type StreamItem<S extends StreamName> = z.output<(typeof streams)[S]['item']>;

/** Errors cross as a code and sentences for people: what happened, what was kept, what to do. */
export const errorCodes = ['bad_request', 'not_found', 'conflict', 'unavailable', 'too_busy', 'cancelled', 'internal'] as const;
export const callError = z.object({ code: z.enum(errorCodes), message: z.string(), /** copyable id that the log knows */ id: z.string() });
export type CallError = z.infer<typeof callError>;

/** Messages over a MessagePort (structured clone) or the control socket (one JSON object a line). */
export const clientMessage = z.discriminatedUnion('t', [
  z.object({ t: z.literal('call'), n: z.int(), method: z.string().max(64), params: z.unknown() }),
  z.object({ t: z.literal('cancel'), n: z.int() }),
  z.object({ t: z.literal('open'), n: z.int(), stream: z.string().max(64), params: z.unknown(), credits: z.int().min(0).max(100_000) }),
  z.object({ t: z.literal('credit'), n: z.int(), credits: z.int().min(1).max(100_000) }),
  z.object({ t: z.literal('close'), n: z.int() }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

/**
 * `json` carries the answer as one JSON string: a string crosses the context bridge about four times faster than an
 * object tree (measured, docs/data-flow.md), and it is parsed once on the other side.
 */
export type EngineMessage =
  | { t: 'ok'; n: number; json: string }
  | { t: 'err'; n: number; error: CallError }
  | { t: 'item'; n: number; json: string }
  | { t: 'end'; n: number; error?: CallError }
  | { t: 'hint'; topics: HintTopic[] };

/** Re-exported for callers that build parameters. */
export { usage };
