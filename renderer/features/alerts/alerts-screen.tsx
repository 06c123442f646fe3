/** Alerts: what needs somebody now, what watches for it, and who is told where. */
import { useQuery } from '@tanstack/react-query';
import { useRef, type KeyboardEvent } from 'react';
import { alertQueries } from '../../api/queries.ts';
import { go, usePlace } from '../../app/navigation.ts';
import type { ScreenProps } from '../../app/routes.tsx';
import { ScreenHead } from '../../app/screen-head.tsx';
import { formatCount, formatCounter, plural } from '../../ui/format.ts';
import { InboxTab } from './inbox-tab.tsx';
import { RulesTab } from './rules-tab.tsx';
import { TargetsTab } from './targets-tab.tsx';
import classes from './alerts.module.css';

const tabs = ['inbox', 'rules', 'targets'] as const;
type Tab = (typeof tabs)[number];
const tabWords: Record<Tab, string> = { inbox: 'Inbox', rules: 'Rules', targets: 'Targets' };

function Tabs({ tab, open, failing }: { tab: Tab; open: number; failing: number }) {
  const list = useRef<HTMLDivElement>(null);
  const show = (next: Tab): void => go({ screen: 'alerts', ...(next === 'inbox' ? {} : { params: { tab: next } }) }, { replace: true });
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
    if (by === 0 || next === undefined) return;
    event.preventDefault();
    show(next);
    list.current?.querySelector<HTMLElement>(`#alerts-tab-${next}`)?.focus();
  };
  return (
    <div className={classes.tabs}>
      <div role="tablist" aria-label="Parts of alerts" ref={list} className={classes.tabList}>
        {tabs.map((one) => (
          <button key={one} type="button" role="tab" id={`alerts-tab-${one}`} aria-selected={one === tab} aria-controls="alerts-panel" tabIndex={one === tab ? 0 : -1} className={`${classes.tab} ${one === tab ? classes.tabOn : ''}`} onClick={() => show(one)} onKeyDown={onKeyDown}>
            {tabWords[one]}
            {one === 'inbox' && open > 0 && <span className={classes.tabCount}>{formatCounter(open)}</span>}
            {one === 'targets' && failing > 0 && <span className={`${classes.tabCount} ${classes.tabFails}`}>{formatCounter(failing)}<span className="gh-visually-hidden"> failing</span></span>}
          </button>
        ))}
      </div>
    </div>
  );
}

export default function AlertsScreen({ id }: ScreenProps) {
  const { params } = usePlace();
  const tab = tabs.find((one) => one === params['tab']) ?? 'inbox';
  const { data: inbox } = useQuery(alertQueries.open());
  const { data: rules } = useQuery(alertQueries.rules());
  const { data: targets } = useQuery(alertQueries.targets());
  const open = inbox?.open ?? 0;
  const known = inbox?.acknowledged ?? 0;
  const failing = targets?.rows.filter((target) => target.enabled && target.failing !== null).length ?? 0;
  const watching = rules?.rows.filter((rule) => rule.enabled).length;
  return (
    <>
      <ScreenHead title="Alerts" context={inbox === undefined ? undefined : <span>{[open === 0 ? 'none open' : `${formatCount(open)} open`, known === 0 ? null : `${formatCount(known)} acknowledged`, watching === undefined ? null : plural(watching, 'rule watches', 'rules watch'), failing === 0 ? null : `${plural(failing, 'target')} failing`].filter((part) => part !== null).join(', ')}</span>} />
      <Tabs tab={tab} open={open} failing={failing} />
      <div role="tabpanel" id="alerts-panel" aria-labelledby={`alerts-tab-${tab}`} className={classes.tabPanel}>
        {tab === 'inbox' && <InboxTab id={id} />}
        {tab === 'rules' && <RulesTab />}
        {tab === 'targets' && <TargetsTab id={id} />}
      </div>
    </>
  );
}
