/** Says aloud, on every screen, when a stop order changes: what cannot wait interrupts. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { StopOrder, StopState } from '../../shared/stop.ts';
import { stopQueries, systemQueries } from '../api/queries.ts';
import { inertString } from '../ui/agent-text.ts';
import { announce } from '../ui/announce.ts';

const none: readonly StopOrder[] = [];
const urgent: readonly StopState[] = ['still_acting', 'unverified', 'verified'];

/** Orders whose state is another than it was; the first answer says nothing, what stood before is no news. */
export function changedOrders(before: ReadonlyMap<string, StopState> | null, orders: readonly StopOrder[]): StopOrder[] {
  return before === null ? [] : orders.filter((order) => before.get(order.id) !== order.state);
}

export function useStopVoice(): void {
  const { data: status } = useQuery(systemQueries.status());
  const { data } = useQuery({ ...stopQueries.open(), enabled: (status?.stopsOpen ?? 0) > 0 });
  const before = useRef<Map<string, StopState> | null>(null);
  const orders = status?.stopsOpen === 0 ? none : data?.rows;
  useEffect(() => {
    if (orders === undefined) return;
    for (const order of changedOrders(before.current, orders)) announce(`Stop order ${order.number}, ${inertString(order.scopeName, 60)}: ${inertString(order.headline, 200)}`, { urgent: urgent.includes(order.state) });
    before.current = new Map(orders.map((order) => [order.id, order.state]));
  }, [orders]);
}
