/** How grants changed: what, when first seen, whether it reaches further, and whether it was used since. Beside it, an agent's approved baseline. */
import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { GrantChange } from '../../../shared/access.ts';
import { accessQueries, agentQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import { useAskedPeriod } from '../../app/period.ts';
import { detailStored } from '../../app/sidebar-state.ts';
import { stored } from '../../app/stored.ts';
import { stopOfAgent, useStopChoice } from '../../app/stop-choice.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Chip, ChoiceChip } from '../../ui/chip.tsx';
import { DataTable, useDataTable, type DataColumn, type TableSort } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { useClock } from '../../ui/now.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { changeLooks, wideningLook } from './access-words.ts';
import { changesFilters, clearedChanges, readChangesView, sinceChoices, sinceOf, type ChangesView } from './changes-model.ts';
import { ChangePane } from './change-pane.tsx';
import { grantKinds } from './grant-words.ts';
import { FreshRows } from './pane-parts.tsx';
import classes from './access.module.css';

const isSort = (value: unknown): value is TableSort => typeof value === 'object' && value !== null && 'id' in value && 'down' in value;
const sortStored = stored<TableSort>('access.changes.sort', isSort, { id: 'at', down: true });

function Since({ change }: { change: GrantChange }) {
  if (change.usedSince === null) return <Hatch name="Whether it was used cannot be seen" />;
  return <span className={change.usedSince.times === 0 ? classes.zero : classes.strong}>{formatCount(change.usedSince.times)}</span>;
}

function What({ change }: { change: GrantChange }) {
  if (!change.widening) return <StateBadge {...changeLooks[change.what]} />;
  return <span className={classes.two}><span>{changeLooks[change.what].word}</span><StateBadge state={wideningLook.state} word="reaches further" /></span>;
}

const holderOf = (change: GrantChange): string => change.agentName ?? change.connectionName ?? 'everybody';

const columns: readonly DataColumn<GrantChange>[] = [
  { id: 'at', head: 'First seen', name: 'First seen', min: 108, grow: 0.2, first: 'down', sortBy: (row) => Date.parse(row.at), cell: (row) => <Time iso={row.at} /> },
  { id: 'what', head: 'What', name: 'What', min: 132, grow: 0.2, sortBy: (row) => (row.widening ? 0 : 1), cell: (row) => <What change={row} /> },
  {
    id: 'name', head: 'Grant, whose', name: 'Grant and holder', min: 250, grow: 3, fixed: true, sortBy: (row) => row.name,
    cell: (row) => <span className={classes.two}><span className={classes.twoFirst}><strong className={classes.strong}><InertName text={row.name} most={60} /></strong> <span className={classes.muted}>{grantKinds[row.kind]}, <InertName text={holderOf(row)} most={60} /></span></span><span className={classes.twoSecond}><InertName text={row.text} most={200} /></span></span>,
  },
  { id: 'used', head: 'Used since', name: 'Used since', min: 78, grow: 0, end: true, first: 'down', sortBy: (row) => row.usedSince?.times ?? null, cell: (row) => <Since change={row} /> },
];

function Bar({ view, agentName }: { view: ChangesView; agentName: string | null }) {
  return (
    <div className={classes.bar}>
      <Chip label="Reaches further only" on={view.widening} onToggle={() => setParams({ widening: view.widening ? null : '1' })} />
      <ChoiceChip label="Since" value={view.since} options={sinceChoices} onChange={(since) => setParams({ since })} />
      {view.agentId !== null && <Chip label={`Only ${inertString(agentName ?? 'one agent', 40)}`} on onToggle={() => setParams({ agent: null })} />}
      <span className={classes.barEnd}>The first reading of a connection is no change.</span>
    </div>
  );
}

function NoChanges({ view }: { view: ChangesView }) {
  const words = changesFilters(view);
  if (words.length > 0) return <Empty title="No change fits this filter" why={`On: ${words.join(', ')}.`} action={<Button onClick={() => setParams(clearedChanges)} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} />;
  return <Empty title="How grants change will stand here" why="Nothing changed since each connection was first read. A tool that a server adds, takes away or declares otherwise stands here with the first reading that shows it." />;
}

interface ListProps { rows: readonly GrantChange[]; view: ChangesView; agents: readonly { id: string; name: string }[]; /** the rows are still those of the filter before: no order may be held by them. */ stale: boolean }

function List({ rows, view, agents, stale }: ListProps) {
  const sort = sortStored.use();
  const detailShown = detailStored.use();
  const model = useDataTable({ rows, rowId: (row) => row.id, columns, hidden: [], sort, scope: JSON.stringify({ ...view, chosen: null, stale }) });
  const chosen = model.rows.find((row) => row.id === view.chosen) ?? model.rows[0];
  const choose = (id: string | null): void => setParams({ change: id });
  const move = (by: number) => (): void => choose(step(model.order, chosen?.id ?? null, by));
  const open = (row: GrantChange): void => { if (row.agentId !== null) go({ screen: 'agent', id: row.agentId, params: { tab: 'access' } }); else if (row.connectionId !== null) go({ screen: 'connections', id: row.connectionId }); };
  const agentId = view.agentId ?? chosen?.agentId ?? null;
  useStopChoice(() => (chosen === undefined || chosen.agentId === null ? null : { kind: 'one', ask: stopOfAgent({ id: chosen.agentId, name: chosen.agentName ?? chosen.agentId }) }));
  useKeys('Changes', [
    { keys: 'j', does: 'next change', run: move(1) }, { keys: 'k', does: 'change before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'enter', does: 'open the agent', run: () => { if (chosen !== undefined) open(chosen); } },
    { keys: '.', does: 'sort new ones in', run: model.release },
    { keys: 'escape', does: 'clear the filter', run: () => setParams(clearedChanges) },
  ]);
  return (
    <>
      <div className={classes.listPanes}>
        <div className={classes.leftPane}>
          <h2 className="gh-visually-hidden">Changes of grants</h2>
          <div className={classes.table}>
            <FreshRows waiting={model.waiting} onRelease={model.release} />
            <DataTable label="Changes of grants" model={model} sort={sort} onSort={sortStored.set} selectable={false} focused={chosen?.id ?? null} onFocus={choose} onOpen={(id) => { const row = model.rows.find((one) => one.id === id); if (row !== undefined) open(row); }} rowHeight={42}
              rowName={(row) => `${inertString(row.name, 60)}, ${changeLooks[row.what].word.toLowerCase()}${row.widening ? ', reaches further' : ''}`} empty={<NoChanges view={view} />} />
          </div>
        </div>
        {detailShown && <aside className={classes.rightPane} aria-label="Change and baseline" data-region tabIndex={-1}><ChangePane change={chosen ?? null} agentId={agentId} agents={agents} /></aside>}
      </div>
      {model.order.length > 0 && <div className={classes.under}><span>{plural(model.order.length, 'change')} shown.</span><KeyHints hints={[{ keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'open the agent' }]} /></div>}
    </>
  );
}

export function ChangesTab() {
  const { params } = usePlace();
  const view = readChangesView(params);
  const since = useClock(useCallback((now: number) => sinceOf(view.since, now) ?? '', [view.since]));
  const query = useInfiniteQuery(accessQueries.drift({ widening: view.widening, limit: 500, ...(since === '' ? {} : { since }), ...(view.agentId === null ? {} : { agentId: view.agentId }) }));
  const agents = useQuery(agentQueries.list(useAskedPeriod()));
  const names = agents.data?.rows ?? [];
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  return (
    <>
      <Bar view={view} agentName={names.find((agent) => agent.id === view.agentId)?.name ?? null} />
      {query.error !== null && <ErrorBlock error={query.error} what="The changes could not be read." retry={() => { void query.refetch(); }} staleSince={query.data === undefined ? undefined : query.dataUpdatedAt} />}
      {query.data === undefined ? query.error === null && <Loading what="Reading changes" rows={10} height={42} /> : <List rows={rows} view={view} agents={names} stale={query.isPlaceholderData} />}
      {query.hasNextPage && <button type="button" className={classes.linkButton} onClick={() => { void query.fetchNextPage(); }}>Older changes</button>}
    </>
  );
}
