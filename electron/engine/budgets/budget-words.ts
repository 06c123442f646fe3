/** What is said of a budget whose limit was reached. */
import type { BudgetDraft, BudgetPeriod } from '../../../shared/budgets.ts';
import { publicId } from '../store/ids.ts';

/** Exact, at least two digits: an audit log that says "0.01 of 0.01" of 0.0067 and 0.005 says nothing. */
export const amount = (micros: number): string => (micros / 1_000_000).toFixed(6).replace(/0{1,4}$/, '');
/** What is only expected: whole cents, upwards, so that it never reads as the limit that it is above. */
const about = (micros: number): string => (micros < 10_000 ? amount(micros) : (Math.ceil(micros / 10_000) / 100).toFixed(2));
const during: Readonly<Record<BudgetPeriod, string>> = { task: 'in one task', hour: 'this hour', day: 'this day', week: 'this week', month: 'this month' };
const before: Readonly<Record<BudgetPeriod, string>> = { task: 'in one task', hour: 'in the hour before', day: 'the day before', week: 'the week before', month: 'the month before' };

export interface ReachedWords { readonly kind: 'soft' | 'hard'; readonly spent: number; readonly limit: number; readonly late: boolean; readonly seen: boolean; readonly stop: boolean }

/** All periods are UTC, as those of cost are. */
export function reachedText({ per, currency, onHard }: BudgetDraft, { kind, spent, limit, late, seen, stop }: ReachedWords): string {
  const text = `${amount(spent)} of ${amount(limit)} ${currency} known spend ${(late ? before : during)[per]}: the ${kind} limit is reached.`;
  if (late) return `${text} What reached it was told after that ${per} was over${kind === 'hard' && onHard === 'stop' ? ', so nothing is stopped for it' : ''}.`;
  if (kind === 'soft') return text;
  if (onHard === 'tell') return `${text} It only tells.`;
  return stop || seen ? text : `${text} Nobody was seen spending when that became known: whoever spends next is stopped.`;
}

export function forecastText({ per, currency, hardMicros }: BudgetDraft, spent: number, comesTo: number, limit: number): string {
  return `${amount(spent)} ${currency} known spend ${during[per]}, forecast to come to ${about(comesTo)}: above the ${hardMicros === null ? 'soft' : 'hard'} limit of ${amount(limit)}.`;
}

/** How an order names the event that it is for: at the end of its reason, so that it is found again after a restart. */
export const budgetMark = (event: number): string => `(${publicId('budgetEvent', event)})`;
export const orderReason = (name: string, text: string, event: number): string => `Budget "${name}": ${text} ${budgetMark(event)}`;
