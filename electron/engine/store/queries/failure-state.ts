/** How a group of failures stands, and of what sort it is. */
import type { FailureGroup, FailureState } from '../../../../shared/failures.ts';
import { KIND } from '../codes.ts';
import type { GroupRow } from './failure-counts.ts';

/** Nobody's word: new. Something that was over came again: back. A snooze ends with its time, or when it happened as often again. */
export function stateOf({ state, stateUs, untilUs, seen, count, lastUs }: Pick<GroupRow, 'state' | 'stateUs' | 'untilUs' | 'seen' | 'count' | 'lastUs'>, nowUs: number): FailureState {
  if (state === null) return 'new';
  const again = lastUs > (stateUs ?? 0);
  if (state === 'resolved') return again ? 'back' : 'resolved';
  if (state !== 'snoozed') return 'known';
  const over = untilUs === null ? count >= 2 * Math.max(1, seen ?? 0) : nowUs >= untilUs;
  return !over ? 'snoozed' : again ? 'back' : 'known';
}

/** What needs somebody stands first. */
export const stateRank: Readonly<Record<FailureState, number>> = { new: 0, back: 0, known: 1, snoozed: 2, resolved: 3 };

const limited = /rate.?limit|too many requests|throttl|\b429\b/i;
const late = /time[d ]?-? ?out|deadline|etimedout/i;

export function sortOf(kind: number, errorType: string, message: string): FailureGroup['sort'] {
  const text = `${errorType} ${message}`;
  if (limited.test(text)) return 'rate_limit';
  if (late.test(text)) return 'timeout';
  if (kind === KIND.tool_call) return 'tool';
  if (kind === KIND.model_call) return 'model';
  return kind === KIND.handoff ? 'handoff' : 'other';
}
