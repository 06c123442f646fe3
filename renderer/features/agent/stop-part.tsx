/** The agent's stop: the order that runs, or the way to a plan. The one filled button here is an order that is open. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { StopOrder } from '../../../shared/stop.ts';
import { stopQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go } from '../../app/navigation.ts';
import { openStopPlan, type StopAsk } from '../../app/stop-choice.ts';
import { Changes } from '../../ui/changes.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { worstOrder } from './stop-look.ts';
import classes from './agent.module.css';

export function useOpenOrder(agentId: string): StopOrder | null {
  const { data } = useQuery(stopQueries.openOf(agentId));
  return worstOrder(data?.rows ?? []);
}

export function StopPart({ ask, order }: { ask: StopAsk; order: StopOrder | null }) {
  const open = (): void => { if (order !== null) go({ screen: 'stop', id: order.id }); };
  useKeys('Stop order', order === null ? [] : [{ keys: 'o', does: 'open the stop order that runs', run: open }]);
  return (
    <span className={classes.stopPart}>
      <Changes>
        <Button onClick={() => openStopPlan({ ...ask, level: 'suspend' })} data-tip="Opens the plan at the level suspend; stops nothing yet.">Suspend…</Button>
      </Changes>
      {order !== null && <button type="button" className={classes.stopOrder} onClick={open}>Stop order {order.number}: open<Kbd keys="o" /></button>}
    </span>
  );
}
