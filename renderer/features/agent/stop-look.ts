/** How stop orders that are not over show on their agent. Pure. */
import type { StopOrder, StopState } from '../../../shared/stop.ts';
import type { State } from '../../ui/state-shapes.tsx';

type Look = Pick<StopOrder, 'state' | 'number'>;

const badgeStates: Record<StopState, State> = {
  waiting_second: 'waiting', withdrawn: 'cancelled', stopping: 'stopping', verified: 'stopped_verified', still_acting: 'still_acting', unverified: 'unverified',
};
const rank: Record<StopState, number> = { still_acting: 0, unverified: 1, stopping: 2, waiting_second: 3, verified: 4, withdrawn: 5 };

/** The order that matters most: what still acts before what is verified, then the newest. */
export function worstOrder<T extends Look>(orders: readonly T[]): T | null {
  return orders.toSorted((a, b) => rank[a.state] - rank[b.state] || b.number - a.number)[0] ?? null;
}

/** How an order that is not over makes the agent's own state read; null: none is open. */
export const orderBadge = (order: Look | null): State | null => (order === null || order.state === 'waiting_second' ? null : badgeStates[order.state]);
