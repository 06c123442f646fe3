/** Words and shapes of alerts, their rules, targets and deliveries. Pure. */
import type { Alert, AlertKind, AlertRule, AlertRuleDraft, AlertSeverity, AlertTarget, AlertTrigger, Delivery, QuietHours, TargetConfig, TargetKind } from '../../../shared/alerts.ts';
import type { Target } from '../../app/navigation.ts';
import { inertString } from '../../ui/agent-text.ts';
import { formatCount, formatMoney, formatPercent, plural } from '../../ui/format.ts';
import type { State } from '../../ui/state-shapes.tsx';

// Written out here: importing the schemas' values would bring all their checks into the page.
export const alertKinds: readonly AlertKind[] = ['failure_rate', 'new_failure', 'spend_rate', 'budget', 'denials', 'grant', 'gap', 'approval', 'stop'];
export const alertSeverities: readonly AlertSeverity[] = ['info', 'attention', 'urgent'];
export const targetKinds: readonly TargetKind[] = ['desktop', 'webhook', 'slack', 'email', 'syslog'];

/** Kinds that go over by themselves; only of those a rule may ask that they hold a while. */
export const lasts = (kind: AlertKind): boolean => !['new_failure', 'budget', 'grant'].includes(kind);

export const severityLooks: Record<AlertSeverity, { state: State; word: string; rank: number }> = {
  urgent: { state: 'serious', word: 'Urgent', rank: 0 },
  attention: { state: 'attention', word: 'Attention', rank: 1 },
  info: { state: 'idle', word: 'Info', rank: 2 },
};

/** `over`: nobody said so, its condition ended. */
export function stateLook(alert: Pick<Alert, 'state' | 'resolvedBy'>): { state: State; word: string; rank: number } {
  if (alert.state === 'open') return { state: 'waiting', word: 'Open', rank: 0 };
  if (alert.state === 'acknowledged') return { state: 'responded', word: 'Acknowledged', rank: 1 };
  return { state: 'completed', word: alert.resolvedBy === null ? 'Over' : 'Resolved', rank: 2 };
}

export const kindWords: Record<AlertKind, string> = {
  failure_rate: 'failures', new_failure: 'new failure', spend_rate: 'spending', budget: 'budget', denials: 'denials', grant: 'access', gap: 'not seen', approval: 'approval', stop: 'stop',
};

/** `15 min`, `90 s`, `2 h`: the widest unit that says it exactly. */
export function spanWords(seconds: number): string {
  if (seconds >= 86_400 && seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds >= 3_600 && seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  if (seconds >= 60 && seconds % 60 === 0) return `${seconds / 60} min`;
  return `${formatCount(seconds)} s`;
}

const budgetWords = { soft: 'a soft limit', hard: 'a hard limit', forecast: 'a forecast above the limit' } as const;

function listed(words: readonly string[], last: string): string {
  return words.length <= 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}

/** What it watches for, as the end of "Tells when ...". */
export function triggerWords(trigger: AlertTrigger): string {
  switch (trigger.kind) {
    case 'failure_rate': return `${trigger.percent} % of at least ${plural(trigger.least, 'activity', 'activities')} failed within ${spanWords(trigger.withinS)}`;
    case 'new_failure': return 'a failure is new, or back after it was resolved';
    case 'spend_rate': return `more than ${formatMoney(trigger.amountMicros)} ${trigger.currency} is spent within ${spanWords(trigger.withinS)}`;
    case 'budget': return `a budget reaches ${listed(trigger.on.map((one) => budgetWords[one]), 'or')}`;
    case 'denials': return `${plural(trigger.count, 'act is', 'acts are')} denied within ${spanWords(trigger.withinS)}`;
    case 'grant': return trigger.on === 'widened' ? 'access is widened beyond the baseline' : 'any access is given';
    case 'gap': return trigger.afterS === 0 ? 'a connection is not seen' : `a connection is not seen for ${spanWords(trigger.afterS)}`;
    case 'approval': return trigger.afterS === 0 ? 'an approval waits' : `an approval waits for ${spanWords(trigger.afterS)}`;
    case 'stop': return 'a stop is unverified, or its agent still acts';
  }
}

/** The rule's sentence: what for, how long, and that its end is told. */
export function ruleSentence(rule: Pick<AlertRuleDraft, 'trigger' | 'sustainedS' | 'tellEnd'>): string {
  const held = (rule.sustainedS ?? 0) > 0 && lasts(rule.trigger.kind) ? `, and it holds for ${spanWords(rule.sustainedS ?? 0)}` : '';
  return `When ${triggerWords(rule.trigger)}${held}${rule.tellEnd === true ? '; its end is told too' : ''}`;
}

/** What everything is, where it is not every agent. */
export const everythingWords: Partial<Record<AlertKind, string>> = { gap: 'every connection', budget: 'every budget', stop: 'every stop' };

/** The name is what a person or a runtime gave: the caller shows it inert. */
export function watchesWords(rule: Pick<AlertRule, 'watches' | 'watchesName' | 'trigger'>): string {
  if (rule.watches.kind === 'everything') return everythingWords[rule.trigger.kind] ?? 'every agent';
  return `${rule.watches.kind} ${inertString(rule.watchesName, 60)}`;
}

/** Names of targets, in the order given; one that is gone is said. */
export function targetNames(ids: readonly string[], targets: readonly Pick<AlertTarget, 'id' | 'name'>[]): string {
  return listed(ids.map((id) => inertString(targets.find((one) => one.id === id)?.name ?? 'a removed target', 60)), 'and');
}

/** Who is told, besides the inbox where every alert is. */
export const tellsWords = (rule: Pick<AlertRule, 'targetIds'>, targets: readonly Pick<AlertTarget, 'id' | 'name'>[]): string => (rule.targetIds.length === 0 ? 'inbox only' : targetNames(rule.targetIds, targets));

/** `after 15 min: Risk team`; null: it is not escalated. */
export function stepsWords(rule: Pick<AlertRule, 'escalation'>, targets: readonly Pick<AlertTarget, 'id' | 'name'>[]): string | null {
  return rule.escalation.length === 0 ? null : rule.escalation.map((step) => `after ${spanWords(step.afterMin * 60)}: ${targetNames(step.targetIds, targets)}`).join('; ');
}

export interface Escalating { /** sentence without its clock. */ text: string; /** when the step is due; null: none is. */ at: string | null }

/** What comes if nobody acknowledges; null where the rule has no steps and none was taken. */
export function escalationOf(alert: Pick<Alert, 'steps' | 'nextStepAt' | 'state'>, rule: Pick<AlertRule, 'escalation'> | undefined, targets: readonly Pick<AlertTarget, 'id' | 'name'>[]): Escalating | null {
  const next = rule?.escalation[alert.steps];
  if (alert.nextStepAt !== null) return { text: next === undefined ? 'Escalates' : `Escalates to ${targetNames(next.targetIds, targets)}`, at: alert.nextStepAt };
  if (alert.steps === 0) return null;
  const taken = `Escalated ${alert.steps === 1 ? 'once' : `${alert.steps} times`}`;
  return { text: alert.state === 'open' ? `${taken}; no further step is left, and nobody has acknowledged` : taken, at: null };
}

/** `in 12 min`, `now`; never a bare number. */
export function dueWords(at: string, nowMs: number): string {
  const ms = Date.parse(at) - nowMs;
  if (ms <= 0) return 'now';
  if (ms < 60_000) return `in ${Math.ceil(ms / 1000)} s`;
  if (ms < 3_600_000) return `in ${Math.ceil(ms / 60_000)} min`;
  return ms < 172_800_000 ? `in ${Math.round(ms / 3_600_000)} h` : `in ${Math.round(ms / 86_400_000)} d`;
}

/** What became of what it told: the worst first. */
export function toldLook(deliveries: Alert['deliveries']): { state: State; word: string } | null {
  if (deliveries.failed > 0) return { state: 'failed', word: `${formatCount(deliveries.failed)} failed` };
  if (deliveries.waiting > 0) return { state: 'waiting', word: `${formatCount(deliveries.waiting)} waiting` };
  return deliveries.sent > 0 ? { state: 'completed', word: `${formatCount(deliveries.sent)} sent` } : null;
}

export const deliveryLooks: Record<Delivery['state'], { state: State; word: string }> = {
  waiting: { state: 'waiting', word: 'Waiting' }, held: { state: 'suspended', word: 'Held, quiet hours' }, sent: { state: 'completed', word: 'Sent' }, failed: { state: 'failed', word: 'Given up' }, dropped: { state: 'cancelled', word: 'Dropped' },
};
export const deliveryWhat: Record<Delivery['what'], string> = { raised: 'raised', escalated: 'escalated', over: 'over', test: 'test' };

export const targetKindWords: Record<TargetKind, string> = { desktop: 'Desktop', webhook: 'Webhook', slack: 'Slack', email: 'E-mail', syslog: 'Syslog' };

/** Where to, without anything secret: a Slack address is its credential. */
export function whereWords(config: TargetConfig): string {
  switch (config.kind) {
    case 'desktop': return 'notifications of this machine';
    case 'webhook': return config.url;
    case 'slack': return 'incoming webhook; its address is the credential';
    case 'email': return `${config.to.join(', ')} by ${config.host}:${config.port}`;
    case 'syslog': return `${config.host}:${config.port}, ${config.transport === 'tls' ? 'TLS' : 'TCP'}`;
  }
}

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
/** Monday first, as weeks are read here. */
export const weekDays: readonly { value: number; label: string }[] = [1, 2, 3, 4, 5, 6, 0].map((value) => ({ value, label: dayNames[value] ?? '' }));

export function quietWords(quiet: QuietHours | null): string {
  if (quiet === null) return 'none';
  const days = weekDays.filter((day) => quiet.days.includes(day.value));
  const workdays = days.length === 5 && !quiet.days.includes(0) && !quiet.days.includes(6);
  const said = days.length === 7 ? 'every day' : workdays ? 'Mon to Fri' : days.map((day) => day.label).join(', ');
  return `${quiet.from} to ${quiet.to}, ${said}`;
}

export function targetLook(target: Pick<AlertTarget, 'enabled' | 'failing' | 'lastSentAt' | 'credential' | 'failed'>): { state: State; word: string; rank: number } {
  if (!target.enabled) return { state: 'suspended', word: 'Off', rank: 4 };
  if (target.credential?.lost === true) return { state: 'broken', word: 'Credential lost', rank: 0 };
  if (target.failing !== null) return { state: 'broken', word: 'Fails', rank: 0 };
  return target.lastSentAt === null ? { state: 'idle', word: 'Nothing sent yet', rank: 3 } : { state: 'healthy', word: 'Works', rank: 2 };
}

const credentialSources = { vault: 'in this system’s keyring', session: 'in memory until Gatehouse ends', env: 'an environment variable', file: 'a file' } as const;
export function credentialWords(credential: AlertTarget['credential']): string {
  if (credential === null) return 'none';
  const hint = credential.hint === null ? '' : `, ${inertString(credential.hint, 80)}`;
  return `${credentialSources[credential.from]}${hint}${credential.lost ? '; it is lost, give it again' : ''}`;
}

/** Where Enter leads: what the alert is about. */
export function aboutOf(alert: Pick<Alert, 'target' | 'agentId' | 'kind'>): Target {
  const { screen, id } = alert.target;
  if (screen === 'failures') return { screen, id, params: { show: 'all', ...(id === null && alert.agentId !== null ? { agent: alert.agentId } : {}) } };
  if (screen === 'live') return { screen, ...(alert.agentId === null ? {} : { params: { agent: alert.agentId } }) };
  if (screen === 'access') return { screen, params: { tab: 'changes', ...(alert.agentId === null ? {} : { agent: alert.agentId }) } };
  if (screen === 'cost') return { screen, id, ...(alert.kind === 'budget' ? { params: { tab: 'budgets' } } : {}) };
  return { screen, id };
}

const screenWords: Record<Alert['target']['screen'], string> = { agent: 'the agent', failures: 'the failures', cost: 'the cost', access: 'its access', connections: 'the connection', approvals: 'the approval', stop: 'the stop order', live: 'it live' };
export const aboutWords = (alert: Pick<Alert, 'target'>): string => screenWords[alert.target.screen];

/** Open and urgent at the top, then what came last. */
export const worstRank = (alert: Pick<Alert, 'state' | 'severity' | 'resolvedBy' | 'lastAt'>): number => (stateLook(alert).rank * 3 + severityLooks[alert.severity].rank) * 1e14 - Date.parse(alert.lastAt);

/** "5 rules watch: a connection is not seen, ...": what silence in the inbox rests on. */
export function watchingWords(rules: readonly Pick<AlertRule, 'enabled' | 'name'>[]): string {
  const on = rules.filter((rule) => rule.enabled);
  const off = rules.length - on.length;
  if (on.length === 0) return rules.length === 0 ? 'No rule watches.' : `No rule watches: ${plural(off, 'rule is', 'rules are')} switched off.`;
  const named = on.slice(0, 12).map((rule) => `“${inertString(rule.name, 60)}”`);
  const more = on.length - named.length;
  return `${plural(on.length, 'rule watches', 'rules watch')}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.${off > 0 ? ` ${plural(off, 'rule is', 'rules are')} switched off.` : ''}`;
}

/** What could be seen meanwhile: an inbox is only as empty as its connections were seen. `period` as the header says it: "Last 24 h". */
export function seenWords(share: number | null, gaps: number, period: string): string {
  const span = period.toLowerCase();
  if (share === null) return `Nothing was seen in the ${span}, so nothing can be said.`;
  const unseen = gaps === 0 ? '' : `, ${plural(gaps, 'gap')}`;
  return share >= 1 ? `All connection time of the ${span} was seen.` : `In the ${span} ${formatPercent(share)} of connection time was seen${unseen}: of the rest nothing can be said.`;
}
