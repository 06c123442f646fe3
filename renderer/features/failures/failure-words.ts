/** Words and times of failures. Pure. */
import type { Params } from '../../../shared/contract.ts';
import { formatClock, formatDay, plural } from '../../ui/format.ts';
import { mostTextsRead, type FailureDetail, type FailureGroup, type FailureState } from '../../../shared/failures.ts';
import type { ActivityKind, TaskOutcome } from '../../../shared/domain.ts';
import type { State } from '../../ui/state-shapes.tsx';

export const stateLooks: Record<FailureState, { state: State; word: string; rank: number }> = {
  new: { state: 'attention', word: 'New', rank: 0 },
  back: { state: 'waiting', word: 'Came back', rank: 0 },
  known: { state: 'idle', word: 'Known', rank: 1 },
  snoozed: { state: 'suspended', word: 'Snoozed', rank: 2 },
  resolved: { state: 'completed', word: 'Resolved', rank: 3 },
};

/** Kinds that can fail; a denial is no failure. */
export const activityKindIds: readonly ActivityKind[] = ['model_call', 'tool_call', 'handoff', 'error', 'lifecycle'];

export const sortWords: Record<FailureGroup['sort'], string> = { tool: 'tool error', model: 'model error', timeout: 'time-out', rate_limit: 'too many calls', handoff: 'hand-off', other: 'error' };

export const outcomeLooks: Record<TaskOutcome, { state: State; word: string }> = {
  completed: { state: 'completed', word: 'Done after it' }, failed: { state: 'failed', word: 'Failed' }, cancelled: { state: 'cancelled', word: 'Cancelled' },
  running: { state: 'running', word: 'Runs on' }, waiting: { state: 'waiting', word: 'Waiting' }, unknown: { state: 'unknown', word: 'Not known' },
};

/** What went wrong in one line: the message's first line that says something, else the error's class. Agent text: the caller shows it inert. */
export function saidOf({ error }: Pick<FailureGroup, 'error'>): string | null {
  const line = error.message?.split(/\r?\n/).find((part) => part.trim() !== '')?.trim();
  return line ?? error.type;
}

/** What identifies a group to somebody who does not see it. */
export const plainTitle = (row: Pick<FailureGroup, 'name' | 'error'>): string => (saidOf(row) === null ? row.name : `${row.name}: ${saidOf(row) ?? ''}`);

/** `refund-runner, 2 more` */
export function agentsWords(names: readonly string[]): { first: string; more: string } {
  return { first: names[0] ?? 'no agent known', more: names.length > 1 ? `, ${names.length - 1} more` : '' };
}

export function tasksWords({ failed, finishedAfter, other }: FailureGroup['tasks']): string {
  const parts = [failed > 0 ? `${failed.toLocaleString('en-US')} failed` : null, finishedAfter > 0 ? `${finishedAfter.toLocaleString('en-US')} finished after it` : null, other > 0 ? `${other.toLocaleString('en-US')} open, cancelled or not known` : null].filter((part) => part !== null);
  return parts.length === 0 ? 'none known' : parts.join(', ');
}

/** `13:50:36` of today, `3 Nov 13:50` otherwise. */
export function whenWords(at: Date, now: Date): string {
  const since = sinceWords(at, now);
  return formatDay(at) === formatDay(now) ? formatClock(at) : `${since} ${formatClock(at, { short: true })}`;
}

/** Whose text stands in a failure of this kind. */
export const speakerOf = (kind: ActivityKind): string => (kind === 'tool_call' ? 'the tool' : kind === 'model_call' ? 'the model’s side' : kind === 'handoff' ? 'the other agent' : 'the agent');

export function sameWords({ messages, count }: Pick<FailureDetail, 'messages' | 'count'>): string {
  const times = count.toLocaleString('en-US');
  const compared = count > mostTextsRead ? `in the newest ${mostTextsRead} of ${times} times` : '';
  if (messages <= 1) return count === 1 ? 'seen once' : `the same text ${compared || `all ${times} times`}`;
  return `one of ${plural(messages, 'text')}${compared && ` ${compared}`} that differ in numbers, names or times only`;
}

/** `13:50` of today, `3 Nov` of this year, else with its year. */
export function sinceWords(at: Date, now: Date): string {
  const day = formatDay(at);
  if (day === formatDay(now)) return formatClock(at, { short: true });
  return at.getFullYear() === now.getFullYear() ? day.replace(/ \d{4}$/, '') : day;
}

type Said = Params<'failures.setState'>['state'];

/**
 * What takes the last word on a group back: the one before it, where that still means the same now. A snooze has run on and what
 * was resolved came back since, so both end with the group needing somebody.
 */
export function undoOf(state: FailureState, history: FailureDetail['history']): Said | null {
  if (state === 'new' || state === 'back') return null;
  const said = history.toSorted((a, b) => a.at.localeCompare(b.at));
  return said.at(-2)?.state === 'known' && state !== 'known' ? 'known' : 'open';
}

/** Who said last what the group's state rests on. */
export function lastSaid(state: FailureState, history: FailureDetail['history']): FailureDetail['history'][number] | null {
  return history.filter((one) => one.state === state).toSorted((a, b) => b.at.localeCompare(a.at))[0] ?? null;
}

/** What a group came back after: the last word that it was over, or not now. */
export function backAfter(history: FailureDetail['history']): FailureDetail['history'][number] | null {
  return history.filter((one) => one.state === 'resolved' || one.state === 'snoozed').toSorted((a, b) => b.at.localeCompare(a.at))[0] ?? null;
}

export type SnoozeChoice = 'tomorrow' | 'week';

/** Nine in the morning, local: when somebody is there to look again. */
export function snoozeUntil(choice: SnoozeChoice, now: Date): Date {
  const days = choice === 'tomorrow' ? 1 : ((8 - now.getDay()) % 7 || 7);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 9);
}

/** `2026-11-17T14:32` as typed, local; null: no time, or one that is over. */
export function typedTime(text: string, now: Date): Date | null {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? new Date(text) : null;
  return at === null || Number.isNaN(at.getTime()) || at <= now ? null : at;
}

/** Mean over the connections that said anything of the period; null: none did. */
export function seenShare(seen: readonly { share: number | null }[]): number | null {
  const known = seen.flatMap((row) => (row.share === null ? [] : [row.share]));
  return known.length === 0 ? null : known.reduce((sum, share) => sum + share, 0) / known.length;
}

/** Bins of a connection for drawing: null where less than half was seen. */
export const seenBins = (seen: readonly number[]): (number | null)[] => seen.map((share) => (share < 0.5 ? null : 0));

/** One currency for the whole column, or null: then each row says its own. */
export function oneCurrency(rows: readonly Pick<FailureGroup, 'cost'>[]): string | null {
  const all = new Set(rows.filter((row) => row.cost.amountMicros !== null && row.cost.amountMicros !== 0).map((row) => row.cost.currency));
  return all.size === 1 ? [...all][0] ?? null : all.size === 0 ? rows[0]?.cost.currency ?? 'USD' : null;
}

/** Of the agents that did not fail. Where nothing failed and nobody was quiet, nobody was seen: that says nothing of anybody. */
export function quietWords({ agents, notSeen }: { agents: number; notSeen: number }, failed: boolean): string {
  if (agents === 0) return failed ? 'Every agent that was seen failed at least once.' : 'No agent was seen in this period.';
  return `${plural(agents, 'agent')} had no failure where we could see.${notSeen === 0 ? '' : ` ${notSeen === agents ? (agents === 1 ? 'It was not seen all the time.' : 'None of them was seen all the time.') : `${notSeen.toLocaleString('en-US')} of them ${notSeen === 1 ? 'was' : 'were'} not seen all the time.`}`}`;
}
