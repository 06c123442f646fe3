/** What is wrong with a draft of a rule, and a rule in words for the audit log. */
import type { AlertRuleDraft, AlertTrigger } from '../../../shared/alerts.ts';
import { rowIdOf } from '../store/ids.ts';
import { lasts } from './conditions.ts';

/** null: nothing. */
export function ruleProblem({ trigger, sustainedS, tellEnd, escalation, watches }: AlertRuleDraft): string | null {
  if (sustainedS > 0 && !lasts(trigger.kind)) return 'What happens once cannot hold for a while: leave out how long it must hold.';
  if (tellEnd && !lasts(trigger.kind)) return 'What happens once does not end by itself, so there is no end that could be told.';
  for (const [at, step] of escalation.entries()) {
    const before = escalation[at - 1];
    if (before !== undefined && step.afterMin <= before.afterMin) return `Each step of the escalation must be later than the one before: step ${at + 1} is after ${step.afterMin} min, step ${at} after ${before.afterMin} min.`;
  }
  if ((watches.kind === 'agent' || watches.kind === 'connection') && rowIdOf(watches.kind, watches.id) === null) return `There is no ${watches.kind} with the identifier ${watches.id}.`;
  return null;
}

const minutes = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`);

export function triggerWords(trigger: AlertTrigger): string {
  switch (trigger.kind) {
    case 'failure_rate': return `at least ${trigger.percent} % of at least ${trigger.least} activities failed within ${minutes(trigger.withinS)}`;
    case 'new_failure': return 'a failure is new, or back after it was resolved';
    case 'spend_rate': return `an agent spent ${(trigger.amountMicros / 1_000_000).toFixed(2)} ${trigger.currency} within ${minutes(trigger.withinS)}`;
    case 'budget': return `a budget ${trigger.on.map((one) => (one === 'forecast' ? 'is forecast to go over its limit' : `reached its ${one} limit`)).join(' or ')}`;
    case 'denials': return `${trigger.count} denials within ${minutes(trigger.withinS)}`;
    case 'grant': return trigger.on === 'any' ? 'an agent got a grant' : 'access was widened';
    case 'gap': return `a connection is not seen for ${minutes(trigger.afterS)}`;
    case 'approval': return `an approval waits for ${minutes(trigger.afterS)}`;
    case 'stop': return 'a stop is unverified or still acting';
  }
}

const listed = (ids: readonly string[]): string => (ids.length === 0 ? 'nobody besides the inbox' : ids.join(', '));

export function ruleWords({ trigger, severity, sustainedS, targetIds, escalation, enabled }: AlertRuleDraft): string {
  const steps = escalation.map((step) => `after ${step.afterMin} min ${listed(step.targetIds)}`);
  return `${triggerWords(trigger)}${sustainedS === 0 ? '' : ` and it holds for ${minutes(sustainedS)}`}; ${severity}, tells ${[listed(targetIds), ...steps].join(', ')}${enabled ? '' : '; switched off'}`;
}

/** As it goes into the audit log. */
export const shownRule = ({ name, trigger, watches, severity, sustainedS, targetIds, escalation, tellEnd, enabled }: AlertRuleDraft): AlertRuleDraft => ({ name, trigger, watches, severity, sustainedS, targetIds, escalation, tellEnd, enabled });
