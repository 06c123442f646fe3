/** Alerts and targets in a terminal. What agents wrote is shown inert. */
import type { Alert, AlertDetail, AlertRule, AlertTarget, Delivery, TargetConfig } from '../../shared/alerts.ts';
import { triggerWords } from './alerts/rule-checks.ts';
import { count, formatTable, time, visible, visibleLines } from './cli-text.ts';
import type { Column } from './cli-text.ts';

const told = ({ sent, waiting, failed }: Alert['deliveries']): string => [...(sent > 0 ? [`${sent} sent`] : []), ...(waiting > 0 ? [`${waiting} waiting`] : []), ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');

export const alertColumns: readonly Column<Alert>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'SEVERITY', cell: (row) => row.severity }, { head: 'STATE', cell: (row) => row.state }, { head: 'RAISED', cell: (row) => time(row.raisedAt) }, { head: 'LAST', cell: (row) => time(row.lastAt) },
  { head: 'TIMES', cell: (row) => count(row.times), right: true }, { head: 'RULE', cell: (row) => row.ruleName, most: 30 }, { head: 'AGENT', cell: (row) => row.agentName ?? '', most: 28 }, { head: 'TITLE', cell: (row) => row.title, most: 80 }, { head: 'TOLD', cell: (row) => told(row.deliveries) },
];

/** The sentence before it would be longer than the table. */
export const targetWords = (config: TargetConfig): string => {
  switch (config.kind) {
    case 'desktop': return 'notifications';
    case 'webhook': return config.url;
    case 'slack': return 'incoming webhook';
    case 'email': return `${config.to.join(', ')} by ${config.host}:${config.port} (${config.security})`;
    case 'syslog': return `${config.host}:${config.port} (${config.transport})`;
  }
};

const credentialWords = ({ credential }: AlertTarget): string => (credential === null ? '' : `${credential.lost ? 'lost' : credential.from}${credential.hint === null ? '' : ` (${credential.from === 'vault' || credential.from === 'session' ? '…' : ''}${credential.hint})`}`);
const standing = ({ enabled, failing, lastSentAt }: AlertTarget): string => (!enabled ? 'off' : failing !== null ? `failing since ${time(failing.since)}` : lastSentAt === null ? 'nothing sent yet' : 'works');

export const targetColumns: readonly Column<AlertTarget>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'NAME', cell: (row) => row.name, most: 32 }, { head: 'KIND', cell: (row) => row.config.kind }, { head: 'WHERE', cell: (row) => targetWords(row.config), most: 60 }, { head: 'CREDENTIAL', cell: credentialWords, most: 30 },
  { head: 'STATE', cell: standing }, { head: 'LAST SENT', cell: (row) => time(row.lastSentAt) }, { head: 'WAITING', cell: (row) => count(row.waiting), right: true }, { head: 'FAILED', cell: (row) => count(row.failed), right: true }, { head: 'NAMED BY', cell: (row) => count(row.usedBy), right: true },
  { head: 'QUIET', cell: (row) => (row.quiet === null ? '' : `${row.quiet.from}-${row.quiet.to}`) }, { head: 'WHY', cell: (row) => row.failing?.text ?? '', most: 80 },
];

export const deliveryColumns: readonly Column<Delivery>[] = [
  { head: 'ID', cell: (row) => row.id }, { head: 'TARGET', cell: (row) => row.targetName, most: 28 }, { head: 'WHAT', cell: (row) => row.what }, { head: 'STATE', cell: (row) => row.state }, { head: 'MADE', cell: (row) => time(row.createdAt) }, { head: 'SENT', cell: (row) => time(row.sentAt) }, { head: 'DUE', cell: (row) => time(row.dueAt) },
  { head: 'ATTEMPTS', cell: (row) => count(row.attempts), right: true }, { head: 'ALERT', cell: (row) => row.alertId ?? '' }, { head: 'TITLE', cell: (row) => row.title, most: 60 }, { head: 'WHY', cell: (row) => row.lastError ?? '', most: 80 },
];

export function ruleColumns(targets: readonly AlertTarget[]): readonly Column<AlertRule>[] {
  const names = (ids: readonly string[]): string => ids.map((id) => targets.find((one) => one.id === id)?.name ?? id).join(', ');
  return [
    { head: 'ID', cell: (row) => row.id }, { head: 'NAME', cell: (row) => row.name, most: 40 }, { head: 'STATE', cell: (row) => (row.enabled ? 'on' : 'off') }, { head: 'SEVERITY', cell: (row) => row.severity }, { head: 'WHEN', cell: (row) => triggerWords(row.trigger), most: 80 }, { head: 'WATCHES', cell: (row) => row.watchesName, most: 28 },
    { head: 'TELLS', cell: (row) => ['inbox', ...(row.targetIds.length > 0 ? [names(row.targetIds)] : []), ...row.escalation.map((step) => `after ${step.afterMin} min ${names(step.targetIds)}`)].join(', '), most: 60 },
    { head: 'RAISED', cell: (row) => count(row.raised), right: true }, { head: 'OPEN', cell: (row) => count(row.open), right: true }, { head: 'LAST', cell: (row) => time(row.lastAt) }, { head: 'BY', cell: (row) => (row.builtIn ? 'built in' : row.changedBy), most: 20 },
  ];
}

export function alertText({ alert, deliveries, history }: AlertDetail): string {
  const facts: [string, string][] = [
    ['Alert', `${alert.id}  ${alert.state}, ${alert.severity}, by the rule ${alert.ruleName} (${alert.ruleId})`], ['Title', alert.title], ...(alert.agentName === null ? [] : [['Agent', `${alert.agentName}${alert.agentId === null ? '' : ` (${alert.agentId})`}`] as [string, string]]),
    ...(alert.connectionName === null ? [] : [['Connection', alert.connectionName] as [string, string]]), ['Raised', `${time(alert.raisedAt)}, ${alert.times === 1 ? 'once' : `${alert.times} times, last ${time(alert.lastAt)}`}`],
    ...(alert.nextStepAt === null ? [] : [['Next step', `${time(alert.nextStepAt)}, unless somebody acknowledges it`] as [string, string]]),
  ];
  const wide = Math.max(...facts.map(([name]) => name.length));
  const lines = [...facts.map(([name, text]) => `${name.padEnd(wide)}  ${visible(text)}`), '', visibleLines(alert.text), '', ...history.map((one) => `${time(one.at)}  ${visible(one.by)}: ${visible(one.text)}`), ''];
  return `${lines.join('\n')}${deliveries.length === 0 ? '' : `\n${formatTable(deliveryColumns, deliveries)}`}`;
}
