/** For tests: rules and facts made short. */
import type { AlertTrigger } from '../../../shared/alerts.ts';
import type { AlertRuleFact } from '../store/alert-commands.ts';
import type { AlertFacts, OpenAlertFact, WindowFact } from './facts.ts';

export const nowUs = Date.UTC(2026, 2, 1, 12) * 1_000;
export const second = 1_000_000;
export const minute = 60 * second;

export const rule = (trigger: AlertTrigger, more: Partial<AlertRuleFact> = {}): AlertRuleFact => ({
  id: 1, name: 'rule', trigger, watches: { kind: 'everything' }, agents: null, connections: null, severity: 'attention', sustainedS: 0, targets: [], escalation: [], tellEnd: false, createdUs: 0, changedUs: 0, ...more,
});
export const failureRate = { kind: 'failure_rate', percent: 50, least: 10, withinS: 900 } as const;

export const windowFact = (head: number, more: Partial<WindowFact> = {}): WindowFact => ({ head, ended: 0, failed: 0, newestOnly: false, denied: 0, deniedByHours: false, spent: [], unpriced: 0, ...more });

export const facts = (more: Partial<AlertFacts> = {}): AlertFacts => ({
  windows: [], agents: [{ id: 5, name: 'clerk', connections: [1] }, { id: 6, name: 'planner', connections: [2] }], connections: [{ id: 1, name: 'shop' }, { id: 2, name: 'lab' }], gaps: [], approvals: [], stops: [], failures: [], grants: [], budgets: [],
  upTo: { failures: 0, grants: 0, budgets: 0 }, cursors: null, open: [], last: [], ...more,
});

export const openAlert = (more: Partial<OpenAlertFact> = {}): OpenAlertFact => ({
  id: 1, rule: 1, key: 'agent:5', kind: 'failure_rate', severity: 'attention', state: 'open', title: 'clerk: 10 of 20 activities failed', text: 'text', agent: 5, agentName: 'clerk', connection: null, connectionName: null, raisedUs: nowUs, times: 1, steps: 0, nextStepUs: null, ...more,
});
