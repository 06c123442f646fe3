/** Whether a grant was used, in words. Pure. */
import type { Grant, GrantUse, Reversibility } from '../../../shared/access.ts';
import { formatCount } from '../../ui/format.ts';

/** Never `not used` where it could not be seen. */
export function usedWords({ state, times, denied }: Pick<GrantUse, 'state' | 'times' | 'denied'>): string {
  if (state === 'cannot_tell') return 'cannot tell';
  if (times > 0) return `${formatCount(times)} ${times === 1 ? 'time' : 'times'}`;
  return denied > 0 ? 'tried, never let' : 'never';
}

/** `3 used, 2 never, 7 cannot tell`. */
export function usedSummary(grants: readonly { use: Pick<GrantUse, 'state'> }[]): string {
  const count = (state: GrantUse['state']): number => grants.filter(({ use }) => use.state === state).length;
  return ([['used', 'used'], ['not_used', 'never'], ['cannot_tell', 'cannot tell']] as const).map(([state, word]) => [count(state), word] as const).filter(([many]) => many > 0).map(([many, word]) => `${formatCount(many)} ${word}`).join(', ');
}

const ranks: Record<Reversibility, number> = { irreversible: 0, unknown: 1, externally_reversible: 2, reversible: 3, read_only: 4 };

/** What cannot be undone first; what denies last. */
export const worstToUndo = (grants: readonly Grant[]): Grant[] =>
  grants.toSorted((a, b) => Number(a.effect === 'deny') - Number(b.effect === 'deny') || ranks[a.reversibility] - ranks[b.reversibility] || a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
