/** Whether a grant was used, in words. Pure. */
import type { GrantUse } from '../../../shared/access.ts';
import { formatCount } from '../../ui/format.ts';

/** Never `not used` where it could not be seen. */
export function usedWords({ state, times, denied }: Pick<GrantUse, 'state' | 'times' | 'denied'>): string {
  if (state === 'cannot_tell') return 'cannot tell';
  if (times > 0) return `${formatCount(times)} ${times === 1 ? 'time' : 'times'}`;
  return denied > 0 ? 'tried, never let' : 'never';
}
