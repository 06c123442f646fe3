import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, type KeyboardEvent } from 'react';
import type { AgentDetail } from '../../../shared/domain.ts';
import { CallFailed } from '../../api/client.ts';
import { agentQueries, approvalQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, placeHash, setParams, usePlace } from '../../app/navigation.ts';
import { periodWords, useAskedPeriod, usePeriod } from '../../app/period.ts';
import type { ScreenProps } from '../../app/routes.tsx';
import { ScreenHead } from '../../app/screen-head.tsx';
import { stopOfAgent, useStopChoice } from '../../app/stop-choice.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { formatCount, formatCounter, plural } from '../../ui/format.ts';
import { Money } from '../../ui/money.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { StateShape } from '../../ui/state-shapes.tsx';
import { worstFirst } from '../approvals/approvals-model.ts';
import { AgentBudgets } from '../cost/agent-budgets.tsx';
import { AccessTab } from './access-tab.tsx';
import { ActivityTab } from './activity-tab.tsx';
import { FailuresTab } from './failures-tab.tsx';
import { AgentHeader } from './identity-chain.tsx';
import { IdentityTab } from './identity-tab.tsx';
import { UsageTab } from './usage-tab.tsx';
import classes from './agent.module.css';

const tabs = ['activity', 'identity', 'access', 'usage', 'failures'] as const;
type Tab = (typeof tabs)[number];
const tabWords: Record<Tab, string> = { activity: 'Activity', identity: 'Identity', access: 'Access', usage: 'Usage', failures: 'Failures' };

export default function AgentScreen({ id }: ScreenProps) {
  const query = useQuery({ ...agentQueries.get(useAskedPeriod(), id ?? ''), enabled: id !== null });
  const { params } = usePlace();
  const tab = tabs.find((one) => one === params['tab']) ?? 'activity';
  useKeys('Agent', [{ keys: 'escape', does: 'back to all agents', run: () => go({ screen: 'agents' }) }]);
  const agent = query.data;
  useStopChoice(() => (agent === undefined ? null : { kind: 'one', ask: stopOfAgent(agent, { connection: { id: agent.connectionId, name: agent.connectionName } }) }));
  const crumb = { title: 'Agents', to: { screen: 'agents' } } as const;
  // Before the outermost record of a task arrives, its first ones may stand under a name that is found to be another agent's.
  const gone = id === null || (query.error instanceof CallFailed && query.error.code === 'not_found');
  if (gone || agent === undefined) {
    return (
      <>
        <ScreenHead title="Agent" crumb={crumb} />
        {gone
          ? <Empty title="No agent has this identifier now" why={query.error === null ? 'The address names none.' : inertString(query.error.message, 400)} action={<a className={classes.link} href={placeHash({ screen: 'agents' })}>All agents</a>} />
          : query.error === null ? <Loading what="Reading the agent" rows={10} /> : <ErrorBlock error={query.error} what="The agent could not be read." retry={() => { void query.refetch(); }} />}
      </>
    );
  }
  return (
    <>
      <ScreenHead title={inertString(agent.name, 60)} crumb={crumb} context={agent.version === null ? undefined : <InertName text={agent.version} most={30} />} />
      {query.error !== null && <ErrorBlock error={query.error} what="The agent could not be read again." retry={() => { void query.refetch(); }} staleSince={query.dataUpdatedAt} />}
      <AgentHeader agent={agent} />
      <WaitsForPerson agentId={agent.id} />
      <AgentBudgets agentId={agent.id} />
      <Tabs tab={tab} agent={agent} />
      <div role="tabpanel" id="agent-panel" aria-labelledby={`tab-${tab}`} className={classes.panel}>
        {tab === 'activity' && <ActivityTab agentId={agent.id} agentName={agent.name} listedBy={listedBy(agent)} />}
        {tab === 'identity' && <IdentityTab agent={agent} />}
        {tab === 'access' && <AccessTab agent={agent} />}
        {tab === 'usage' && <UsageTab agent={agent} />}
        {tab === 'failures' && <FailuresTab agentId={agent.id} />}
      </div>
    </>
  );
}

/** A runtime whose own list names it; null: it is known from what it sent. */
const listedBy = (agent: AgentDetail): string | null => agent.sources.find((source) => source.connectionKind !== 'otlp')?.connectionName ?? null;

/** What it asks of a person stands above everything that it did. */
function WaitsForPerson({ agentId }: { agentId: string }) {
  const readOnly = useReadOnly();
  const { data } = useQuery(approvalQueries.waiting());
  const own = data?.rows.filter((row) => row.agentId === agentId) ?? [];
  const first = worstFirst(own)[0];
  if (first === undefined) return null;
  return (
    <div className={classes.waits}>
      <StateShape state="waiting" />
      <span><strong>{own.length === 1 ? 'It waits for a person' : `${formatCount(own.length)} questions wait for a person`}:</strong> <InertName text={first.title} most={120} /></span>
      <Button onClick={() => go({ screen: 'approvals', id: first.id })}>{readOnly ? 'Open' : 'Decide'}</Button>
    </div>
  );
}

function Tabs({ tab, agent }: { tab: Tab; agent: AgentDetail }) {
  const words = periodWords(usePeriod()).toLowerCase();
  const list = useRef<HTMLDivElement>(null);
  const show = (next: Tab): void => setParams({ tab: next === 'activity' ? null : next });
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
    if (by === 0 || next === undefined) return;
    event.preventDefault();
    show(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div className={classes.tabs}>
      <div role="tablist" aria-label="Parts of this agent" ref={list} className={classes.tabList}>
        {tabs.map((one) => (
          <button key={one} type="button" role="tab" id={`tab-${one}`} aria-selected={one === tab} aria-controls="agent-panel" tabIndex={one === tab ? 0 : -1} className={`${classes.tab} ${one === tab ? classes.tabOn : ''}`} onClick={() => show(one)} onKeyDown={onKeyDown}>
            {tabWords[one]}{one === 'failures' && agent.failures > 0 && <span className={classes.tabCount}>{formatCounter(agent.failures)}</span>}
            {one === 'access' && agent.grants > 0 && <span className={classes.tabQuiet}>{formatCounter(agent.grants)}</span>}
            {one === 'identity' && agent.sources.length > 1 && <span className={classes.tabQuiet}>{plural(agent.sources.length, 'source')}</span>}
          </button>
        ))}
      </div>
      <span className={classes.tabAside}>
        Open {agent.state === 'not_seen' ? 'not seen' : formatCount(agent.openTasks)}, tasks {formatCount(agent.tasks)}, failures {formatCount(agent.failures)}, denied {formatCount(agent.denials)}, cost <Money cost={agent.cost} withCurrency atLeast />, {words}
      </span>
    </div>
  );
}
