/** What a person types for a budget, and whether it can be sent. Pure. */
import type { Budget, BudgetDraft, BudgetPeriod, BudgetPreview, BudgetScope } from '../../../shared/budgets.ts';
import type { StopLevel } from '../../../shared/domain.ts';
import { inertString } from '../../ui/agent-text.ts';
import { formatCount, formatMoney, plural } from '../../ui/format.ts';
import { decimalOf } from './cost-model.ts';
import { periodWords, scopeKindWords } from './budget-model.ts';

export type ScopeKind = BudgetScope['kind'];
export const scopeKinds: readonly { value: ScopeKind; label: string }[] = (['everything', 'agent', 'connection', 'owner', 'tag'] as const).map((value) => ({ value, label: scopeKindWords[value] }));

export interface BudgetForm {
  name: string;
  kind: ScopeKind;
  /** identifier, owner's name or tag of each kind that names one. */
  which: Partial<Record<ScopeKind, string>>;
  per: BudgetPeriod; currency: string; soft: string; hard: string; forecast: boolean;
  onHard: Budget['onHard']; level: StopLevel; stops: Budget['stops'];
}

export const emptyBudget = (currency: string): BudgetForm => ({ name: '', kind: 'everything', which: {}, per: 'month', currency, soft: '', hard: '', forecast: true, onHard: 'tell', level: 'cancel', stops: 'agent' });

function whichOf(scope: BudgetScope): string {
  if (scope.kind === 'everything') return '';
  return scope.kind === 'tag' ? scope.tag : scope.kind === 'owner' ? scope.name : scope.id;
}

/** Exactly what is kept, as it is typed: no rounding on the way. */
export function formOf(budget: Budget): BudgetForm {
  const amount = (micros: number | null): string => (micros === null ? '' : decimalOf(micros));
  return {
    name: budget.name, kind: budget.scope.kind, which: { [budget.scope.kind]: whichOf(budget.scope) }, per: budget.per, currency: budget.currency, soft: amount(budget.softMicros), hard: amount(budget.hardMicros),
    forecast: budget.forecast, onHard: budget.onHard, level: budget.level, stops: budget.stops,
  };
}

/** `agent:ag_1`, as the address names what a new budget is for. */
export function formFor(asked: string, currency: string): BudgetForm {
  const form = emptyBudget(currency);
  const [kind, which] = [asked.slice(0, asked.indexOf(':')), asked.slice(asked.indexOf(':') + 1)];
  const found = scopeKinds.find((one) => one.value === kind && one.value !== 'everything');
  return found === undefined || which === '' ? form : { ...form, kind: found.value, which: { [found.value]: which }, per: 'day' };
}

/** `26,000` is read as it is written everywhere here: a comma stands between thousands and nowhere else, so that no limit is off by a thousand. */
export function readAmount(text: string): number | 'none' | 'wrong' {
  const typed = text.trim();
  if (typed === '') return 'none';
  const match = /^(\d{1,3}(?:,\d{3}){1,2}|\d{1,9})(?:\.(\d{1,6}))?$/.exec(typed);
  if (match === null) return 'wrong';
  const micros = Number((match[1] ?? '').replaceAll(',', '')) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'));
  return micros > 0 ? micros : 'wrong';
}

export interface Complaint { field: 'which' | 'currency' | 'soft' | 'hard'; text: string }
const amountWords = 'An amount above zero with a point, such as 26,000 or 0.50.';

/** The sentences of the contract; a test holds them to it. */
export function limitProblems(draft: Pick<BudgetDraft, 'softMicros' | 'hardMicros' | 'onHard'>): string[] {
  if (draft.softMicros === null && draft.hardMicros === null) return ['A budget needs a soft or a hard limit.'];
  if (draft.softMicros !== null && draft.hardMicros !== null && draft.softMicros >= draft.hardMicros) return ['The soft limit must be below the hard one.'];
  if (draft.hardMicros === null && draft.onHard === 'stop') return ['Only a hard limit can stop.'];
  return [];
}

/** Everything that is wrong, in the order of the form. */
export function complaintsOf(form: BudgetForm): Complaint[] {
  const complaints: Complaint[] = [];
  if (form.kind !== 'everything' && (form.which[form.kind] ?? '').trim() === '') complaints.push({ field: 'which', text: `Choose ${form.kind === 'agent' || form.kind === 'owner' ? 'an' : 'a'} ${form.kind}.` });
  if (!/^[A-Z]{3}$/.test(form.currency.trim())) complaints.push({ field: 'currency', text: 'A currency is three capital letters, such as USD.' });
  const [soft, hard] = [readAmount(form.soft), readAmount(form.hard)];
  if (soft === 'wrong') complaints.push({ field: 'soft', text: amountWords });
  if (hard === 'wrong') complaints.push({ field: 'hard', text: amountWords });
  if (soft !== 'wrong' && hard !== 'wrong') complaints.push(...limitProblems(limitsOf(form)).map((text): Complaint => ({ field: 'hard', text })));
  return complaints;
}

function limitsOf(form: BudgetForm): Pick<BudgetDraft, 'softMicros' | 'hardMicros' | 'onHard'> {
  const limit = (text: string): number | null => { const read = readAmount(text); return typeof read === 'number' ? read : null; };
  const hardMicros = limit(form.hard);
  // Without a hard limit the form shows nothing that could stop.
  return { softMicros: limit(form.soft), hardMicros, onHard: hardMicros === null ? 'tell' : form.onHard };
}

export function scopeOf({ kind, which }: Pick<BudgetForm, 'kind' | 'which'>): BudgetScope {
  const named = (which[kind] ?? '').trim();
  switch (kind) {
    case 'everything': return { kind };
    case 'tag': return { kind, tag: named };
    case 'owner': return { kind, name: named };
    case 'agent': case 'connection': return { kind, id: named };
  }
}

/** `Every agent, a month`: what a budget is called that nobody gave a name. */
export function suggestedName(form: Pick<BudgetForm, 'kind' | 'per'>, named: string): string {
  const who = form.kind === 'everything' ? 'Every agent' : named === '' ? scopeKindWords[form.kind] : inertString(named, 50);
  return `${who}, ${periodWords[form.per].per}`.slice(0, 80);
}

/** What is sent; also of a form whose limits are not typed yet, to look at what was spent. Null: it says nothing that could be looked up. */
export function draftOf(form: BudgetForm, named: string): BudgetDraft | null {
  if (complaintsOf(form).some((one) => one.field === 'which' || one.field === 'currency' || one.text === amountWords)) return null;
  return { name: form.name.trim() === '' ? suggestedName(form, named) : form.name.trim(), scope: scopeOf(form), per: form.per, currency: form.currency.trim(), ...limitsOf(form), forecast: form.forecast, level: form.level, stops: form.stops };
}

/** The budget as a draft, to put it back. */
export const draftFrom = ({ name, scope, per, currency, softMicros, hardMicros, forecast, onHard, level, stops }: Budget): BudgetDraft => ({ name, scope, per, currency, softMicros, hardMicros, forecast, onHard, level, stops });

/** "Would have been over the hard limit on 4 and over the soft one on 9 of 30 days, looking back 90 days." */
export function historyWords(preview: Pick<BudgetPreview, 'periods' | 'overSoft' | 'overHard'>, draft: Pick<BudgetDraft, 'per' | 'softMicros' | 'hardMicros'>): string {
  const { periods, overSoft, overHard } = preview;
  const { one, many } = periodWords[draft.per];
  if (periods === 0) return `No ${one} of the last 90 days has known money in it: there is nothing to compare with.`;
  const all = plural(periods, one, many);
  const over = (what: string, count: number): string => `over the ${what} ${draft.per === 'day' ? 'on' : 'in'} ${count === 0 ? 'none' : formatCount(count)}`;
  const parts = [...(draft.hardMicros === null ? [] : [over('hard limit', overHard)]), ...(draft.softMicros === null ? [] : [over(draft.hardMicros === null ? 'soft limit' : 'soft one', overSoft)])];
  return parts.length === 0 ? `${all} with known money, looking back 90 days.` : `Would have been ${parts.join(' and ')} of ${all}, looking back 90 days.`;
}

export function usualWords({ periods, dearestMicros, medianMicros }: Pick<BudgetPreview, 'periods' | 'dearestMicros' | 'medianMicros'>, currency: string): string {
  if (periods === 0) return '';
  return `Dearest ${formatMoney(dearestMicros)}${medianMicros === null ? '' : `, usual ${formatMoney(medianMicros)}`} ${currency}.`;
}
