/** Words and shapes of the kill switch. Pure. */
import type { OrderLever, ReasonKind, ReportedWord, RuleTrigger, StopOrder, StopScope, StopState } from '../../../shared/stop.ts';
import type { StopLevel } from '../../../shared/domain.ts';
import { inertString } from '../../ui/agent-text.ts';
import { formatClock, formatDuration, formatElapsed, formatMoney, plural } from '../../ui/format.ts';
import type { State } from '../../ui/state-shapes.tsx';

export const orderLooks: Record<StopState, { state: State; word: string }> = {
  waiting_second: { state: 'waiting', word: 'Waits for a second' },
  withdrawn: { state: 'cancelled', word: 'Withdrawn' },
  stopping: { state: 'stopping', word: 'Stopping' },
  verified: { state: 'stopped_verified', word: 'Stopped, verified' },
  still_acting: { state: 'still_acting', word: 'Still acting' },
  unverified: { state: 'unverified', word: 'Unverified' },
};

// Written out here: importing the schemas' values would bring all their checks into the page.
export const stopStates: readonly StopState[] = ['waiting_second', 'withdrawn', 'stopping', 'verified', 'still_acting', 'unverified'];
export const stopLevels: readonly StopLevel[] = ['cancel', 'suspend', 'revoke'];

export const levelWords: Record<StopLevel, string> = { cancel: 'Cancel', suspend: 'Suspend', revoke: 'Revoke' };
export const levelSays: Record<StopLevel, string> = {
  cancel: 'ends what runs now; new work may begin', suspend: 'cancels, and keeps new work from beginning', revoke: 'suspends, and takes sessions and credentials away',
};

export const reasonWords: Record<ReasonKind, string> = {
  acting_beyond_task: 'Acting beyond its task', wrong_data: 'Wrong data', cost: 'Cost', security: 'Security', maintenance: 'Maintenance', drill: 'Drill', rule: 'Auto-stop rule', other: 'Other',
};

/** "Security: refunds retried"; a reason that only repeats its kind is said once. */
export function reasonLine({ reasonKind, reason }: Pick<StopOrder, 'reasonKind' | 'reason'>): string {
  const kind = reasonWords[reasonKind];
  return reason === '' || reason.replace(/\.$/, '').toLowerCase() === kind.toLowerCase() ? kind : `${kind}: ${reason}`;
}

export const reportedWords: Record<ReportedWord, string> = { stopped: 'stopped', accepted: 'accepted', refused: 'refused', nothing_to_stop: 'nothing to stop' };

export function scopeKindWords(scope: StopScope): string {
  if (scope.kind === 'everything') return 'everything';
  return scope.kind;
}

/** "agent refund-runner", "everything": the name is what a runtime reported, so it is cleaned. */
export function scopeWords(order: Pick<StopOrder, 'scope' | 'scopeName'>): string {
  return order.scope.kind === 'everything' ? 'everything' : `${scopeKindWords(order.scope)} ${inertString(order.scopeName, 80)}`;
}

/** `12,480 ms` from one moment to another; null when one of them is not known. */
export function msBetween(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : Date.parse(to) - Date.parse(from);
}

const after = (from: string | null, to: string | null): string => {
  const ms = msBetween(from, to);
  return ms === null ? '' : ` after ${formatDuration(Math.max(0, ms))}`;
};

const clock = (iso: string): string => formatClock(new Date(iso), { millis: true });

/** What was asked for. */
function requestedWords(lever: OrderLever): string {
  if (lever.sentAt === null) return lever.state === 'skipped' ? 'left out' : lever.state === 'failed' ? 'not sent' : 'not sent yet';
  return `requested ${clock(lever.sentAt)}`;
}

/** What the runtime answered: its word, never a proof. */
export function answerWords(lever: OrderLever, commandedAt: string | null): string {
  const since = commandedAt ?? lever.sentAt;
  switch (lever.state) {
    case 'waiting': return 'waits';
    case 'sending': return 'no answer yet';
    case 'reported': return `${lever.reported === null ? 'answered' : reportedWords[lever.reported]}${after(since, lever.reportedAt)}`;
    case 'failed': return `failed${after(since, lever.reportedAt)}`;
    case 'unknown': return 'no answer known, not sent again';
    case 'skipped': return 'left out';
  }
}

/** What was found from outside the lever. */
export function confirmedWords(lever: OrderLever, commandedAt: string | null): string {
  switch (lever.confirmed) {
    case 'yes': return `confirmed${after(commandedAt ?? lever.sentAt, lever.confirmedAt)}`;
    case 'no': return lever.actsAt.length > 0 ? `not confirmed, ${plural(lever.actsAt.length, 'act')} against it` : 'found without effect';
    case 'cannot': return 'nothing outside it can be checked';
    case 'not_yet': return lever.state === 'skipped' || lever.state === 'failed' ? 'nothing to confirm' : 'not confirmed yet';
  }
}

/** One line for a screen reader: the three facts in their order. */
export const leverSentence = (lever: OrderLever, commandedAt: string | null): string => `${requestedWords(lever)}; ${answerWords(lever, commandedAt)}; ${confirmedWords(lever, commandedAt)}`;

/** `90 s`, `15 min`, `2 h`, `2 min 5 s`. */
export function spanWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : formatElapsed(seconds * 1000);
}

const within = (seconds: number): string => (seconds % 3600 === 0 ? plural(seconds / 3600, 'hour') : seconds % 60 === 0 ? plural(seconds / 60, 'minute') : plural(seconds, 'second'));

/** "More than 25.00 USD in a day". */
export function triggerWords(trigger: RuleTrigger): string {
  switch (trigger.kind) {
    case 'budget': return `more than ${formatMoney(trigger.amountMicros)} ${trigger.currency} ${trigger.per === 'task' ? 'in one task' : `in ${trigger.per === 'hour' ? 'an hour' : `a ${trigger.per}`}`}`;
    case 'failures': return `${plural(trigger.count, 'failure')} within ${within(trigger.withinS)}`;
    case 'denials': return `${plural(trigger.count, 'denied act')} within ${within(trigger.withinS)}`;
    case 'tool': return `calls ${trigger.names.map((name) => inertString(name, 60)).join(' or ')}`;
  }
}
