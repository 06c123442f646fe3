/** Stop orders: what runs, what is held, whether it would work, how long it took, and what stops by itself. One order has a screen of its own. */
import { useQuery } from '@tanstack/react-query';
import { useRef, type KeyboardEvent } from 'react';
import { stopQueries, systemQueries } from '../../api/queries.ts';
import { go, usePlace } from '../../app/navigation.ts';
import type { ScreenProps } from '../../app/routes.tsx';
import { ScreenHead } from '../../app/screen-head.tsx';
import { formatCounter, plural } from '../../ui/format.ts';
import { DrillsTab } from './drills-tab.tsx';
import { HeldTab } from './held-tab.tsx';
import { OrderScreen } from './order-screen.tsx';
import { OrdersTab } from './orders-tab.tsx';
import { ReadinessTab } from './readiness-tab.tsx';
import { RulesTab } from './rules-tab.tsx';
import classes from './stop.module.css';

const tabs = ['orders', 'held', 'readiness', 'drills', 'rules'] as const;
type Tab = (typeof tabs)[number];
const tabWords: Record<Tab, string> = { orders: 'Orders', held: 'Held and suspended', readiness: 'Readiness', drills: 'Drills', rules: 'Auto-stop rules' };

function Tabs({ tab, open, failing, standing }: { tab: Tab; open: number; failing: number; standing: number }) {
  const list = useRef<HTMLDivElement>(null);
  const show = (next: Tab): void => go({ screen: 'stop', ...(next === 'orders' ? {} : { params: { tab: next } }) }, { replace: true });
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
    if (by === 0 || next === undefined) return;
    event.preventDefault();
    show(next);
    list.current?.querySelector<HTMLElement>(`#stop-tab-${next}`)?.focus();
  };
  return (
    <div className={classes.tabs}>
      <div role="tablist" aria-label="Parts of the kill switch" ref={list} className={classes.tabList}>
        {tabs.map((one) => (
          <button key={one} type="button" role="tab" id={`stop-tab-${one}`} aria-selected={one === tab} aria-controls="stop-panel" tabIndex={one === tab ? 0 : -1} className={`${classes.tab} ${one === tab ? classes.tabOn : ''}`} onClick={() => show(one)} onKeyDown={onKeyDown}>
            {tabWords[one]}
            {one === 'orders' && open > 0 && <span className={`${classes.tabCount} ${failing > 0 ? classes.tabStop : ''}`}>{formatCounter(open)}</span>}
            {one === 'held' && standing > 0 && <span className={classes.tabCount}>{formatCounter(standing)}</span>}
          </button>
        ))}
      </div>
    </div>
  );
}

function StopHome() {
  const { params } = usePlace();
  const tab = tabs.find((one) => one === params['tab']) ?? 'orders';
  const { data: status } = useQuery(systemQueries.status());
  const { data: standing } = useQuery(stopQueries.standing());
  const open = status?.stopsOpen ?? 0;
  const failing = status?.stopsFailing ?? 0;
  const stands = (standing?.holds.length ?? 0) + (standing?.changes.length ?? 0);
  return (
    <>
      <ScreenHead title="Stop orders" context={status === undefined ? undefined : <span>{open === 0 ? 'none in progress' : `${plural(open, 'order')} in progress`}{failing > 0 && `, ${failing} still acting or unverified`}{stands > 0 && `, ${plural(stands, 'change')} standing`}</span>} />
      <Tabs tab={tab} open={open} failing={failing} standing={stands} />
      <div role="tabpanel" id="stop-panel" aria-labelledby={`stop-tab-${tab}`} className={classes.tabPanel}>
        {tab === 'orders' && <OrdersTab />}
        {tab === 'held' && <HeldTab />}
        {tab === 'readiness' && <ReadinessTab />}
        {tab === 'drills' && <DrillsTab />}
        {tab === 'rules' && <RulesTab />}
      </div>
    </>
  );
}

export default function StopScreen({ id }: ScreenProps) {
  return id === null ? <StopHome /> : <OrderScreen key={id} id={id} />;
}
