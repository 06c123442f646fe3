/** What is typed in the dialog of an alert rule, and what it means. Pure. */
import type { AlertKind, AlertRule, AlertRuleDraft, AlertSeverity, AlertTrigger } from '../../../shared/alerts.ts';
import type { Params } from '../../../shared/contract.ts';
import { readAmount } from '../cost/budget-form.ts';
import { lasts, spanWords } from './alert-words.ts';

type SaveRule = Params<'alerts.saveRule'>;
type Watches = AlertRuleDraft['watches'];

/** How the sentence goes on behind "Tell when". */
export const kindChoices: readonly { value: AlertKind; label: string }[] = [
  { value: 'failure_rate', label: 'too much fails' }, { value: 'new_failure', label: 'a failure is new or comes back' }, { value: 'spend_rate', label: 'money is spent fast' }, { value: 'budget', label: 'a budget is reached' },
  { value: 'denials', label: 'acts are denied in a burst' }, { value: 'grant', label: 'access is given' }, { value: 'gap', label: 'a connection is not seen' }, { value: 'approval', label: 'an approval waits' }, { value: 'stop', label: 'a stop is not verified' },
];

/** A length of time as typed: a number and its unit. */
export interface SpanForm { count: string; unit: 's' | 'min' | 'h' }
export const units: readonly { value: SpanForm['unit']; label: string; seconds: number }[] = [{ value: 's', label: 'seconds', seconds: 1 }, { value: 'min', label: 'minutes', seconds: 60 }, { value: 'h', label: 'hours', seconds: 3_600 }];

export function spanForm(seconds: number): SpanForm {
  const unit = units.toReversed().find((one) => seconds > 0 && seconds % one.seconds === 0) ?? { value: 'min' as const, seconds: 60 };
  return { count: String(seconds / unit.seconds), unit: unit.value };
}

export interface StepForm { after: string; targetIds: readonly string[] }

export interface RuleForm {
  name: string; kind: AlertKind;
  percent: string; least: string; count: string; amount: string; currency: string;
  within: SpanForm; after: SpanForm;
  budgetOn: readonly ('soft' | 'hard' | 'forecast')[];
  grantOn: 'widened' | 'any';
  /** `everything`, `tag:x`, `owner:x`, `connection:id`, `agent:id`. */
  watches: string;
  severity: AlertSeverity;
  sustained: SpanForm;
  targetIds: readonly string[];
  steps: readonly StepForm[];
  tellEnd: boolean; enabled: boolean;
}

export const emptyRule: RuleForm = {
  name: '', kind: 'failure_rate', percent: '50', least: '10', count: '10', amount: '', currency: 'USD', within: { count: '15', unit: 'min' }, after: { count: '5', unit: 'min' }, budgetOn: ['hard'], grantOn: 'widened',
  watches: 'everything', severity: 'attention', sustained: { count: '0', unit: 'min' }, targetIds: [], steps: [], tellEnd: false, enabled: true,
};

/** What suits a kind that was just chosen. */
export const usualOf: Record<AlertKind, Partial<RuleForm>> = {
  failure_rate: { percent: '50', least: '10', within: { count: '15', unit: 'min' }, sustained: { count: '60', unit: 's' } }, new_failure: {}, spend_rate: { within: { count: '1', unit: 'h' } }, budget: { budgetOn: ['hard'] },
  denials: { count: '10', within: { count: '5', unit: 'min' } }, grant: {}, gap: { after: { count: '5', unit: 'min' } }, approval: { after: { count: '15', unit: 'min' } }, stop: { severity: 'urgent' },
};

export function watchesKey(scope: Watches): string {
  switch (scope.kind) {
    case 'everything': return 'everything';
    case 'tag': return `tag:${scope.tag}`;
    case 'owner': return `owner:${scope.name}`;
    default: return `${scope.kind}:${scope.id}`;
  }
}

function scopeOf(key: string): Watches {
  const [kind, rest] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
  if (kind === 'tag') return { kind, tag: rest };
  if (kind === 'owner') return { kind, name: rest };
  if (kind === 'agent' || kind === 'connection') return { kind, id: rest };
  return { kind: 'everything' };
}

function fieldsOf(trigger: AlertTrigger): Partial<RuleForm> {
  switch (trigger.kind) {
    case 'failure_rate': return { percent: String(trigger.percent), least: String(trigger.least), within: spanForm(trigger.withinS) };
    case 'spend_rate': return { amount: String(trigger.amountMicros / 1e6), currency: trigger.currency, within: spanForm(trigger.withinS) };
    case 'budget': return { budgetOn: trigger.on };
    case 'denials': return { count: String(trigger.count), within: spanForm(trigger.withinS) };
    case 'grant': return { grantOn: trigger.on };
    case 'gap': case 'approval': return { after: spanForm(trigger.afterS) };
    case 'new_failure': case 'stop': return {};
  }
}

export function formOf(rule: AlertRule): RuleForm {
  return {
    ...emptyRule, ...fieldsOf(rule.trigger), name: rule.name, kind: rule.trigger.kind, watches: watchesKey(rule.watches), severity: rule.severity, sustained: spanForm(rule.sustainedS), targetIds: rule.targetIds,
    steps: rule.escalation.map((step) => ({ after: String(step.afterMin), targetIds: step.targetIds })), tellEnd: rule.tellEnd, enabled: rule.enabled,
  };
}

/** The rule as it stands, to be saved again with something changed, or after it was removed. */
export function draftOf(rule: AlertRule): AlertRuleDraft {
  const { name, trigger, watches, severity, sustainedS, targetIds, escalation, tellEnd, enabled } = rule;
  return { name, trigger, watches, severity, sustainedS, targetIds, escalation, tellEnd, enabled };
}

/** A sentence about what is wrong. */
class Wrong extends Error {}

function whole(text: string, least: number, most: number, what: string): number {
  const number = Number(text.trim());
  if (!/^\d+$/.test(text.trim()) || number < least || number > most) throw new Wrong(`${what}: a whole number from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}.`);
  return number;
}

function secondsOf(span: SpanForm, least: number, most: number, what: string): number {
  const unit = units.find((one) => one.value === span.unit)?.seconds ?? 1;
  const seconds = /^\d{1,7}$/.test(span.count.trim()) ? Number(span.count.trim()) * unit : NaN;
  if (!(seconds >= least && seconds <= most)) throw new Wrong(`${what}: from ${least === 0 ? '0' : spanWords(least)} to ${spanWords(most)}.`);
  return seconds;
}

function micros(text: string): number {
  const amount = readAmount(text);
  if (amount === 'none' || amount === 'wrong' || amount <= 0) throw new Wrong('How much: an amount above zero, such as 25 or 0.50.');
  return amount;
}

function triggerOf(form: RuleForm): AlertTrigger {
  switch (form.kind) {
    case 'failure_rate': return { kind: 'failure_rate', percent: whole(form.percent, 1, 100, 'Per cent'), least: whole(form.least, 1, 100_000, 'Activities at least'), withinS: secondsOf(form.within, 60, 86_400, 'Within') };
    case 'new_failure': return { kind: 'new_failure' };
    case 'spend_rate': {
      const currency = form.currency.trim().toUpperCase();
      if (!/^[A-Z]{3}$/.test(currency)) throw new Wrong('Currency: three letters, such as USD.');
      return { kind: 'spend_rate', amountMicros: micros(form.amount), currency, withinS: secondsOf(form.within, 60, 86_400, 'Within') };
    }
    case 'budget':
      if (form.budgetOn.length === 0) throw new Wrong('Budget: at least one of soft limit, hard limit and forecast.');
      return { kind: 'budget', on: [...form.budgetOn] };
    case 'denials': return { kind: 'denials', count: whole(form.count, 1, 100_000, 'Denied acts'), withinS: secondsOf(form.within, 60, 86_400, 'Within') };
    case 'grant': return { kind: 'grant', on: form.grantOn };
    case 'gap': return { kind: 'gap', afterS: secondsOf(form.after, 0, 86_400, 'For') };
    case 'approval': return { kind: 'approval', afterS: secondsOf(form.after, 0, 604_800, 'For') };
    case 'stop': return { kind: 'stop' };
  }
}

function stepsOf(steps: readonly StepForm[]): AlertRuleDraft['escalation'] {
  let before = 0;
  return steps.map((step, index) => {
    const afterMin = whole(step.after, 1, 10_080, `Escalation ${index + 1}, minutes`);
    if (afterMin <= before) throw new Wrong(`Escalation ${index + 1} must come later than the one before, after ${before} min.`);
    if (step.targetIds.length === 0) throw new Wrong(`Escalation ${index + 1} tells nobody: choose a target.`);
    before = afterMin;
    return { afterMin, targetIds: [...step.targetIds] };
  });
}

/** The rule as it is sent, or the first thing that is wrong, in words. */
export function ruleOf(form: RuleForm, id: string | null): SaveRule | string {
  try {
    if (form.name.trim() === '') throw new Wrong('The name is missing.');
    const trigger = triggerOf(form);
    return {
      ...(id === null ? {} : { id }),
      draft: {
        name: form.name.trim(), trigger, watches: scopeOf(form.watches), severity: form.severity, sustainedS: lasts(form.kind) ? secondsOf(form.sustained, 0, 86_400, 'Without a break') : 0,
        targetIds: [...form.targetIds], escalation: stepsOf(form.steps), tellEnd: form.tellEnd && lasts(form.kind), enabled: form.enabled,
      },
    };
  } catch (error) {
    if (error instanceof Wrong) return error.message;
    throw error;
  }
}

export const toggledIn = <T>(list: readonly T[], one: T): T[] => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]);

/** A step that comes after the last one. */
export function addStep(steps: readonly StepForm[]): StepForm[] {
  const last = Number(steps.at(-1)?.after ?? 0);
  return [...steps, { after: String(Math.min(10_080, (Number.isFinite(last) ? last : 0) + 15)), targetIds: [] }];
}
