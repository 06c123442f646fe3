/** For tests: rules, alerts and deliveries made short. */
import type { AlertRuleDraft } from '../../../shared/alerts.ts';
import type { NewAlert, NewDelivery } from './alert-commands.ts';
import { second, t0 } from './test-history.ts';
import { words, type TestRuntime } from './test-runtime.ts';

export const at = (seconds: number): number => t0 + seconds * second;
export const isoAt = (seconds: number): string => new Date(at(seconds) / 1_000).toISOString();

export const ruleDraft = (more: Partial<AlertRuleDraft> = {}): AlertRuleDraft => ({
  name: 'Failures', trigger: { kind: 'failure_rate', percent: 50, least: 10, withinS: 900 }, watches: { kind: 'everything' }, severity: 'attention', sustainedS: 0, targetIds: [], escalation: [], tellEnd: false, enabled: true, ...more,
});

export function newDelivery(target: number, what: NewDelivery['what'] = 'raised', heldUntilUs: number | null = null): NewDelivery {
  return {
    target, what, heldUntilUs,
    message: {
      gatehouse: 'alert', version: 1, event: what, from: { product: 'Gatehouse', version: '0.0.0', host: 'here' },
      alert: { id: null, kind: 'failure_rate', severity: 'attention', rule: 'Failures', title: 'clerk fails', text: '10 of 20', agent: 'clerk', connection: null, raisedAt: isoAt(0), times: 1 },
    },
  };
}

export const newAlert = (more: Partial<NewAlert> = {}): NewAlert & { readonly againUs: number } => ({
  rule: 5, key: 'agent:1', kind: 'failure_rate', severity: 'attention', title: 'clerk fails', text: '10 of 20 failed.', agent: null, connection: null, screen: 'failures', screenId: null, atUs: at(0), nextStepUs: null, deliveries: [], againUs: 600 * second, ...more,
});

/** A webhook; answers its row id. */
export const addTarget = (runtime: TestRuntime, name: string): number =>
  runtime.command('targets.save', { id: null, name, config: { kind: 'webhook', url: 'http://127.0.0.1:9/x', scheme: 'bearer' }, quiet: null, enabled: true, changedBy: 'ann', audit: words('ann', { action: 'targets.save' }) }).id;

export const addRule = (runtime: TestRuntime, more: Partial<AlertRuleDraft> = {}, targets: readonly number[] = [], escalation: readonly { afterMin: number; targets: readonly number[] }[] = []): number =>
  runtime.command('alertRules.save', { id: null, draft: ruleDraft(more), targets, escalation, changedBy: 'ann', audit: words('ann', { action: 'alertRules.save' }) }).id;
