/**
 * Words of alerts: rules, the inbox, and the targets that they are delivered to. An alert is raised once for one thing and then counts up; it is
 * never told twice to the same target for the same step.
 */
import { z } from 'zod';
import { isoTime } from './domain.ts';
import { budgetEventKinds, budgetScope } from './budgets.ts';

const id = z.string().min(1).max(64);
const seconds = (least: number, most: number) => z.int().min(least).max(most);

/** What a rule watches for, each agent (or connection, stop, budget) by itself. */
export const alertTrigger = z.discriminatedUnion('kind', [
  /** at least `percent` of the activities that ended within `withinS` failed, of at least `least`. */
  z.object({ kind: z.literal('failure_rate'), percent: z.int().min(1).max(100), least: z.int().min(1).max(100_000), withinS: seconds(60, 86_400) }),
  /** a group of failures that was not seen before, or is back after it was resolved. */
  z.object({ kind: z.literal('new_failure') }),
  z.object({ kind: z.literal('spend_rate'), amountMicros: z.int().positive(), currency: z.string().regex(/^[A-Z]{3}$/), withinS: seconds(60, 86_400) }),
  z.object({ kind: z.literal('budget'), on: z.array(z.enum(budgetEventKinds)).min(1) }),
  z.object({ kind: z.literal('denials'), count: z.int().min(1).max(100_000), withinS: seconds(60, 86_400) }),
  /** `widened`: only what widens what an agent may do beyond its baseline (or, without one, beyond what it held); `any`: every new grant. */
  z.object({ kind: z.literal('grant'), on: z.enum(['widened', 'any']) }),
  /** a gap of a connection that is open at least so long. */
  z.object({ kind: z.literal('gap'), afterS: seconds(0, 86_400) }),
  z.object({ kind: z.literal('approval'), afterS: seconds(0, 604_800) }),
  /** a stop that is unverified or still acting. */
  z.object({ kind: z.literal('stop') }),
]);
export type AlertTrigger = z.infer<typeof alertTrigger>;
export const alertKinds = ['failure_rate', 'new_failure', 'spend_rate', 'budget', 'denials', 'grant', 'gap', 'approval', 'stop'] as const;
export type AlertKind = (typeof alertKinds)[number];
/** Kinds that last and end by themselves; the others happen once. */
export const lastingAlertKinds = ['failure_rate', 'spend_rate', 'denials', 'gap', 'approval', 'stop'] as const satisfies readonly AlertKind[];

/** `urgent` comes through quiet hours. */
export const alertSeverities = ['info', 'attention', 'urgent'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** Unacknowledged for so many minutes since it was raised: these targets are told too. */
export const escalationStep = z.object({ afterMin: z.int().min(1).max(10_080), targetIds: z.array(id).min(1).max(10) });

export const alertRuleDraft = z.object({
  name: z.string().trim().min(1).max(80),
  trigger: alertTrigger,
  watches: budgetScope,
  severity: z.enum(alertSeverities),
  /** the condition must hold so long without a break before it is raised; 0: at once. Only of kinds that last. */
  sustainedS: seconds(0, 86_400).default(0),
  /** besides the inbox, where every alert is. */
  targetIds: z.array(id).max(10).default([]),
  /** each step later than the one before. */
  escalation: z.array(escalationStep).max(5).default([]),
  /** told again when it is over. */
  tellEnd: z.boolean().default(false),
  enabled: z.boolean().default(true),
});
export type AlertRuleDraft = z.infer<typeof alertRuleDraft>;
export const alertRule = alertRuleDraft.extend({ id, watchesName: z.string(), /** came with Gatehouse and was not changed. */ builtIn: z.boolean(), createdAt: isoTime, changedAt: isoTime, changedBy: z.string(), raised: z.int(), lastAt: isoTime.nullable(), open: z.int() });
export type AlertRule = z.infer<typeof alertRule>;

/** `open`: nobody has said that they know. `resolved`: over by itself, or a person said so. */
export const alertStates = ['open', 'acknowledged', 'resolved'] as const;
export const alert = z.object({
  id, ruleId: id, ruleName: z.string(), kind: z.enum(alertKinds), severity: z.enum(alertSeverities), state: z.enum(alertStates),
  /** one line; may hold what agents wrote. */
  title: z.string(),
  text: z.string(),
  agentId: id.nullable(), agentName: z.string().nullable(), connectionId: id.nullable(), connectionName: z.string().nullable(),
  /** where Enter leads. */
  target: z.object({ screen: z.enum(['agent', 'failures', 'cost', 'access', 'connections', 'approvals', 'stop', 'live']), id: z.string().nullable() }),
  raisedAt: isoTime, lastAt: isoTime,
  /** how often the same came again. */
  times: z.int(),
  acknowledgedAt: isoTime.nullable(), acknowledgedBy: z.string().nullable(),
  resolvedAt: isoTime.nullable(), /** null: over by itself. */ resolvedBy: z.string().nullable(),
  /** escalation: steps that were taken, and when the next is due; null: none, or somebody knows. */
  steps: z.int(), nextStepAt: isoTime.nullable(),
  deliveries: z.object({ sent: z.int(), waiting: z.int(), failed: z.int() }),
});
export type Alert = z.infer<typeof alert>;

export const targetKinds = ['desktop', 'webhook', 'slack', 'email', 'syslog'] as const;
export type TargetKind = (typeof targetKinds)[number];
const host = z.string().trim().min(1).max(253).regex(/^[A-Za-z0-9.:_-]+$/, 'a host name or address, without a scheme');
const port = z.int().min(1).max(65_535);
const mail = z.email().max(254);
/** PEM of the authority that a server's certificate is checked against besides those of the system; certificates are always checked. */
const ca = z.string().max(64_000).refine((text) => text.includes('-----BEGIN CERTIFICATE-----') && !text.includes('PRIVATE KEY'), 'certificates in PEM, without a private key').optional();
const webUrl = z.url({ protocol: /^https?$/ }).max(2_048).refine((text) => !/^[a-z]+:\/\/[^/?#]*@/i.test(text), 'an address carries no user or password; give the credential by itself');
/** Where alerts go. What is secret (a token, a Slack URL, a password) is the credential and never here. */
export const targetConfig = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('desktop') }),
  /** POST of JSON; the credential, if any, goes as a header: `bearer` prefixes it with "Bearer ". */
  z.object({ kind: z.literal('webhook'), url: webUrl, header: z.string().regex(/^[A-Za-z0-9-]{1,64}$/).optional(), scheme: z.enum(['bearer', 'plain']).default('bearer'), ca }),
  /** the incoming webhook's whole URL is the credential. */
  z.object({ kind: z.literal('slack'), ca }),
  z.object({ kind: z.literal('email'), host, port, security: z.enum(['tls', 'starttls', 'none']), user: z.string().max(254).optional(), from: mail, to: z.array(mail).min(1).max(20), ca }),
  /** RFC 5424, octet-counted frames (RFC 6587, RFC 5425). */
  z.object({ kind: z.literal('syslog'), host, port, transport: z.enum(['tcp', 'tls']), facility: z.int().min(0).max(23).default(13), ca }),
]);
export type TargetConfig = z.infer<typeof targetConfig>;

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/** Local times of this machine; `to` before `from` goes over midnight. Days on which it begins, 0 = Sunday. What is not urgent waits until it is over. */
export const quietHours = z.object({ from: clockTime, to: clockTime, days: z.array(z.int().min(0).max(6)).min(1).max(7) });
export type QuietHours = z.infer<typeof quietHours>;

export const targetDraft = z.object({ name: z.string().trim().min(1).max(80), config: targetConfig, quiet: quietHours.nullable().default(null), enabled: z.boolean().default(true) });
export type TargetDraft = z.infer<typeof targetDraft>;
export const alertTarget = targetDraft.extend({
  id,
  /** where its credential rests and what may be shown of it; null: it has none. */
  credential: z.object({ from: z.enum(['vault', 'session', 'env', 'file']), hint: z.string().nullable(), lost: z.boolean() }).nullable(),
  createdAt: isoTime, changedAt: isoTime, changedBy: z.string(),
  lastSentAt: isoTime.nullable(),
  /** since when and why nothing arrives; null: it does, or nothing was sent yet. */
  failing: z.object({ since: isoTime, text: z.string(), nextAt: isoTime.nullable() }).nullable(),
  waiting: z.int(),
  /** alerts that were given up: a test that failed waits for nobody. */
  failed: z.int(),
  /** rules and escalations that name it. */
  usedBy: z.int(),
});
export type AlertTarget = z.infer<typeof alertTarget>;

/** `waiting`: will be sent, or tried again, at `dueAt`. `held`: by quiet hours. `failed`: given up after a day of trying, or the target refused it for good. `dropped`: over or known before it could be sent. */
export const deliveryStates = ['waiting', 'held', 'sent', 'failed', 'dropped'] as const;
export const delivery = z.object({
  id, targetId: id, targetName: z.string(), targetKind: z.enum(targetKinds), alertId: id.nullable(), title: z.string(),
  what: z.enum(['raised', 'escalated', 'over', 'test']), state: z.enum(deliveryStates), createdAt: isoTime, dueAt: isoTime.nullable(), sentAt: isoTime.nullable(), attempts: z.int(), lastError: z.string().nullable(),
});
export type Delivery = z.infer<typeof delivery>;

export const alertDetail = z.object({
  alert, deliveries: z.array(delivery),
  /** oldest first: raised, counted up, told, escalated, acknowledged, over. */
  history: z.array(z.object({ at: isoTime, by: z.string(), text: z.string() })),
});
export type AlertDetail = z.infer<typeof alertDetail>;

/** What a target is given, by every kind; the webhook's JSON is exactly this. Texts are hostile: they are escaped for each kind. */
export const alertMessage = z.object({
  gatehouse: z.literal('alert'), version: z.literal(1),
  /** the same for each attempt of one delivery, so that a receiver can tell a repeat. */
  delivery: id,
  event: z.enum(['raised', 'escalated', 'over', 'test']),
  alert: z.object({ id: id.nullable(), kind: z.string(), severity: z.enum(alertSeverities), rule: z.string(), title: z.string(), text: z.string(), agent: z.string().nullable(), connection: z.string().nullable(), raisedAt: isoTime, times: z.int() }),
  /** of the console that tells it. */
  from: z.object({ product: z.literal('Gatehouse'), version: z.string(), host: z.string() }),
});
export type AlertMessage = z.infer<typeof alertMessage>;
