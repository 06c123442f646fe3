/** What is typed in the dialog of an auto-stop rule, and what it means. Pure. */
import type { Params } from '../../../shared/contract.ts';
import type { RuleTrigger, StopRule, StopScope } from '../../../shared/stop.ts';

type SaveRule = Params<'stop.saveRule'>;
export type RuleMode = StopRule['mode'];
export const ruleModes: readonly { value: RuleMode; label: string }[] = [{ value: 'off', label: 'Off' }, { value: 'would', label: 'Would have fired' }, { value: 'fire', label: 'Fire' }];
export const triggerKinds: readonly { value: RuleTrigger['kind']; label: string }[] = [{ value: 'budget', label: 'Budget' }, { value: 'failures', label: 'Failures' }, { value: 'denials', label: 'Denied' }, { value: 'tool', label: 'Tool' }];
export type Per = Extract<RuleTrigger, { kind: 'budget' }>['per'];
export const budgetPeriods: readonly { value: Per; label: string }[] = [{ value: 'hour', label: 'an hour' }, { value: 'day', label: 'a day' }, { value: 'month', label: 'a month' }, { value: 'task', label: 'one task' }];

export interface RuleForm {
  name: string;
  kind: RuleTrigger['kind'];
  amount: string; currency: string; per: Per;
  count: string; within: string;
  tools: string;
  /** `everything`, `tag:x`, `connection:id`, `agent:id`. */
  watches: string;
  level: StopRule['level'];
  stops: StopRule['stops'];
  mode: RuleMode;
}

export const emptyForm: RuleForm = { name: '', kind: 'budget', amount: '', currency: 'USD', per: 'day', count: '10', within: '60', tools: '', watches: 'everything', level: 'cancel', stops: 'agent', mode: 'would' };

export function watchesKey(scope: StopScope): string {
  if (scope.kind === 'everything') return 'everything';
  return scope.kind === 'tag' ? `tag:${scope.tag}` : `${scope.kind}:${scope.id}`;
}

function scopeOf(key: string): SaveRule['watches'] {
  const [kind, rest] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
  if (kind === 'tag') return { kind, tag: rest };
  if (kind === 'agent' || kind === 'connection') return { kind, id: rest };
  return { kind: 'everything' };
}

export function formOf(rule: StopRule): RuleForm {
  const { trigger } = rule;
  const same = { ...emptyForm, name: rule.name, kind: trigger.kind, watches: watchesKey(rule.watches), level: rule.level, stops: rule.stops, mode: rule.mode };
  switch (trigger.kind) {
    case 'budget': return { ...same, amount: String(trigger.amountMicros / 1e6), currency: trigger.currency, per: trigger.per };
    case 'failures': case 'denials': return { ...same, count: String(trigger.count), within: String(trigger.withinS) };
    case 'tool': return { ...same, tools: trigger.names.join('\n') };
  }
}

const wholeFrom = (text: string, least: number, most: number): number | null => {
  const number = Number(text.trim());
  return /^\d+$/.test(text.trim()) && number >= least && number <= most ? number : null;
};

/** Amounts as people type them, to micro-units without a float's remainder. */
export function microsOf(text: string): number | null {
  const match = /^(\d{1,9})(?:[.,](\d{1,6}))?$/.exec(text.trim());
  if (match === null) return null;
  const micros = Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'));
  return micros > 0 ? micros : null;
}

function triggerOf(form: RuleForm): RuleTrigger | string {
  switch (form.kind) {
    case 'budget': {
      const amountMicros = microsOf(form.amount);
      if (amountMicros === null) return 'An amount above zero, such as 25 or 0.50.';
      if (!/^[A-Z]{3}$/.test(form.currency.trim().toUpperCase())) return 'A currency of three letters, such as USD.';
      return { kind: 'budget', amountMicros, currency: form.currency.trim().toUpperCase(), per: form.per };
    }
    case 'failures': case 'denials': {
      const count = wholeFrom(form.count, 1, 100_000);
      const withinS = wholeFrom(form.within, 1, 86_400);
      if (count === null) return 'How many: a whole number from 1 to 100,000.';
      if (withinS === null) return 'Within how many seconds: a whole number from 1 to 86,400.';
      return { kind: form.kind, count, withinS };
    }
    case 'tool': {
      const names = [...new Set(form.tools.split('\n').map((line) => line.trim()).filter((line) => line !== ''))];
      if (names.length === 0) return 'At least one tool, each on a line of its own.';
      if (names.length > 50 || names.some((name) => name.length > 200)) return 'At most 50 tools of at most 200 characters.';
      return { kind: 'tool', names };
    }
  }
}

/** The rule as it is sent, or the first thing that is missing, in words. */
export function ruleOf(form: RuleForm, id: string | null): SaveRule | string {
  if (form.name.trim() === '') return 'A name.';
  const trigger = triggerOf(form);
  if (typeof trigger === 'string') return trigger;
  return { ...(id === null ? {} : { id }), name: form.name.trim(), trigger, watches: scopeOf(form.watches), level: form.level, stops: form.stops, mode: form.mode };
}
