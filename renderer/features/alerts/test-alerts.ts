/** Alerts, rules and targets for unit tests. */
import type { Alert, AlertRule, AlertTarget } from '../../../shared/alerts.ts';

const at = '2026-11-17T13:00:00.000Z';

export const testAlert = (changes: Partial<Alert> = {}): Alert => ({
  id: 'alt-1', ruleId: 'alr-1', ruleName: 'Denied in a burst', kind: 'denials', severity: 'attention', state: 'open', title: 'refund-runner was denied 12 times', text: '', agentId: 'agt-1', agentName: 'refund-runner', connectionId: null, connectionName: null,
  target: { screen: 'agent', id: 'agt-1' }, raisedAt: at, lastAt: at, times: 1, acknowledgedAt: null, acknowledgedBy: null, resolvedAt: null, resolvedBy: null, steps: 0, nextStepAt: null, deliveries: { sent: 0, waiting: 0, failed: 0 }, ...changes,
});

export const testRule = (changes: Partial<AlertRule> = {}): AlertRule => ({
  id: 'alr-1', name: 'Denied in a burst', trigger: { kind: 'denials', count: 10, withinS: 300 }, watches: { kind: 'everything' }, watchesName: 'everything', severity: 'attention', sustainedS: 0, targetIds: [], escalation: [], tellEnd: false, enabled: true, builtIn: true,
  createdAt: at, changedAt: at, changedBy: 'Gatehouse', raised: 0, lastAt: null, open: 0, ...changes,
});

export const testTarget = (changes: Partial<AlertTarget> = {}): AlertTarget => ({
  id: 'tgt-1', name: 'On call', config: { kind: 'webhook', url: 'https://alerts.example.com/gatehouse', scheme: 'bearer' }, quiet: null, enabled: true, credential: null, createdAt: at, changedAt: at, changedBy: 'Anna', lastSentAt: null, failing: null, waiting: 0, failed: 0, usedBy: 1, ...changes,
});
