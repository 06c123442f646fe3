/** Access: what agents may touch, what of it they touched or tried, what is wrong with that, and how it changed. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useRef, type KeyboardEvent } from 'react';
import { accessQueries } from '../../api/queries.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import { ScreenHead } from '../../app/screen-head.tsx';
import { Loading } from '../../ui/blocks.tsx';
import { formatCounter } from '../../ui/format.ts';
import { useClock } from '../../ui/now.ts';
import { readAtLine, readView, summaryLine, type AccessSummary } from './access-view.ts';
import { ChangesTab } from './changes-tab.tsx';
import { DocumentsTab } from './documents-tab.tsx';
import { FindingsTab } from './findings-tab.tsx';
import { MatrixTab } from './matrix-tab.tsx';
import { ProposalDialog } from './proposal-dialog.tsx';
import { ViewSwitch } from './view-switch.tsx';
import classes from './access.module.css';

// The graph brings its drawing program with it: nobody waits for that who came for the matrix.
const GraphView = lazy(async () => import('./graph-view.tsx'));

const tabs = ['matrix', 'findings', 'changes', 'documents'] as const;
type Tab = (typeof tabs)[number];
const tabWords: Record<Tab, string> = { matrix: 'Matrix and graph', findings: 'Findings', changes: 'Changes', documents: 'Documents' };

function ReadAt({ readAt }: { readAt: AccessSummary['readAt'] }) {
  const words = useClock(useCallback((now: number) => readAtLine(readAt, now), [readAt]));
  return <span className={classes.readAt}>{words}</span>;
}

function Tabs({ tab, summary }: { tab: Tab; summary: AccessSummary | undefined }) {
  const list = useRef<HTMLDivElement>(null);
  const show = (next: Tab): void => go({ screen: 'access', ...(next === 'matrix' ? {} : { params: { tab: next } }) }, { replace: true });
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
    if (by === 0 || next === undefined) return;
    event.preventDefault();
    show(next);
    list.current?.querySelector<HTMLElement>(`#access-tab-${next}`)?.focus();
  };
  const serious = summary?.findings.serious ?? 0;
  const open = serious + (summary?.findings.attention ?? 0) + (summary?.findings.info ?? 0);
  return (
    <div className={classes.tabs}>
      <div role="tablist" aria-label="Parts of access" ref={list} className={classes.tabList}>
        {tabs.map((one) => (
          <button key={one} type="button" role="tab" id={`access-tab-${one}`} aria-selected={one === tab} aria-controls="access-panel" tabIndex={one === tab ? 0 : -1} className={`${classes.tab} ${one === tab ? classes.tabOn : ''}`} onClick={() => show(one)} onKeyDown={onKeyDown}>
            {tabWords[one]}
            {one === 'findings' && open > 0 && <span className={`${classes.tabCount} ${serious > 0 ? classes.tabSerious : ''}`}>{formatCounter(open)}</span>}
          </button>
        ))}
      </div>
      {summary !== undefined && <ReadAt readAt={summary.readAt} />}
    </div>
  );
}

/** The graph has filters of its own; it stands where the matrix stands. */
function Views() {
  const { params } = usePlace();
  if (params['by'] !== 'graph') return <MatrixTab />;
  return (
    <>
      <div className={classes.bar}><ViewSwitch value="graph" /></div>
      <Suspense fallback={<Loading what="Opening the graph" rows={12} />}><GraphView /></Suspense>
    </>
  );
}

export default function AccessScreen() {
  const { params } = usePlace();
  const { days } = readView(params);
  const { data: summary } = useQuery(accessQueries.summary(days));
  const tab = tabs.find((one) => one === params['tab']) ?? 'matrix';
  const propose = params['propose'];
  return (
    <>
      <ScreenHead title="Access" context={summary === undefined ? undefined : <span>{summaryLine(summary)}</span>} />
      <Tabs tab={tab} summary={summary} />
      <div role="tabpanel" id="access-panel" aria-labelledby={`access-tab-${tab}`} className={classes.tabPanel}>
        {tab === 'matrix' && <Views />}
        {tab === 'findings' && <FindingsTab summary={summary} />}
        {tab === 'changes' && <ChangesTab />}
        {tab === 'documents' && <DocumentsTab />}
      </div>
      {propose !== undefined && <ProposalDialog agentId={propose} onClose={() => setParams({ propose: null })} />}
    </>
  );
}
