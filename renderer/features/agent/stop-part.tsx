/** The agent's stop: the order that runs, or the way to a plan. The one filled button here is an order that is open. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { StopOrder, StopState } from '../../../shared/stop.ts';
import { stopQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go } from '../../app/navigation.ts';
import { openStopPlan, type StopAsk } from '../../app/stop-choice.ts';
import { Kbd } from '../../ui/kbd.tsx';
import type { State } from '../../ui/state-shapes.tsx';
import classes from './agent.module.css';

const badgeStates: Record<StopState, State> = {
  waiting_second: 'waiting', withdrawn: 'cancelled', stopping: 'stopping', verified: 'stopped_verified', still_acting: 'still_acting', unverified: 'unverified',
};
const rank: Record<StopState, number> = { still_acting: 0, unverified: 1, stopping: 2, waiting_second: 3, verified: 4, withdrawn: 5 };

/** The order that matters most: what still acts before what is verified, then the newest. */
export function worstOrder(orders: readonly StopOrder[]): StopOrder | null {
  return orders.toSorted((a, b) => rank[a.state] - rank[b.state] || b.number - a.number)[0] ?? null;
}

/** How an order that is not over makes the agent's own state read; null: none is open. */
export const orderBadge = (order: StopOrder | null): State | null => (order === null || order.state === 'waiting_second' ? null : badgeStates[order.state]);

export function useOpenOrder(agentId: string): StopOrder | null {
  const { data } = useQuery(stopQueries.openOf(agentId));
  return worstOrder(data?.rows ?? []);
}

export function StopPart({ ask, order }: { ask: StopAsk; order: StopOrder | null }) {
  const open = (): void => { if (order !== null) go({ screen: 'stop', id: order.id }); };
  useKeys('Stop order', order === null ? [] : [{ keys: 'o', does: 'open the stop order that runs', run: open }]);
  return (
    <span className={classes.stopPart}>
      <Button onClick={() => openStopPlan({ ...ask, level: 'suspend' })} data-tip="Opens the plan at the level suspend; stops nothing yet.">Suspend…</Button>
      {order !== null && <button type="button" className={classes.stopOrder} onClick={open}>Stop order {order.number}: open<Kbd keys="o" /></button>}
    </span>
  );
}
