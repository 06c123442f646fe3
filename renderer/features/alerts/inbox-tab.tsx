/** Every alert, worst first: what it says, whom it reached, and what a person says to it. */
import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Alert } from '../../../shared/alerts.ts';
import type { Result } from '../../../shared/contract.ts';
import { agentQueries, alertQueries, failureQueries, gapQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import { periodWords, useAskedPeriod, usePeriod } from '../../app/period.ts';
import { detailStored } from '../../app/sidebar-state.ts';
import { openStopPlan, stopOfAgent, useStopChoice } from '../../app/stop-choice.ts';
import { stored } from '../../app/stored.ts';
import { Changes } from '../../ui/changes.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { ChoiceChip } from '../../ui/chip.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { DataTable, useDataTable, type TableSort } from '../../ui/data-table.tsx';
import { selectTo, step, toggled } from '../../ui/data-table-order.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { seenShare } from '../failures/failure-words.ts';
import { AlertPane } from './alert-pane.tsx';
import { aboutOf, seenWords, severityLooks, stateLook, watchingWords } from './alert-words.ts';
import { inboxColumns } from './inbox-columns.tsx';
import { askedOf, filterWords, isShown, nextAfter, paramsOf, readView, shownIds, shownWords, type InboxView, type Shown } from './inbox-view.ts';
import { UndoNotice } from './undo-notice.tsx';
import { useDeeds } from './use-inbox.ts';
import classes from './alerts.module.css';

const shownStored = stored<Shown>('alerts.show', isShown, 'active');
const isSort = (value: unknown): value is TableSort => typeof value === 'object' && value !== null && 'id' in value && 'down' in value;
const sortStored = stored<TableSort>('alerts.sort', isSort, { id: 'severity', down: false });
const clearFilter = (): void => setParams({ q: null, agent: null, rule: null });
const show = (next: Shown): void => { shownStored.set(next); setParams({ show: null }); };

type Page = Result<'alerts.list'>;

function countWords(shown: Shown, data: Page | undefined): string {
  if (data === undefined || shown === 'all') return shownWords[shown];
  return `${shownWords[shown]} (${formatCount(shown === 'open' ? data.open : data.open + data.acknowledged)})`;
}

function Bar({ view, data }: { view: InboxView; data: Page | undefined }) {
  const agents = useQuery(agentQueries.list(useAskedPeriod()));
  const rules = useQuery(alertQueries.rules());
  const named = (agents.data?.rows ?? []).map((agent) => ({ value: agent.id, label: inertString(agent.name, 40) }));
  // An agent of the address that is not in the list stays a choice that can be left.
  const options = view.agentId === null || named.some((one) => one.value === view.agentId) ? named : [...named, { value: view.agentId, label: 'only one agent' }];
  return (
    <div className={classes.bar}>
      <SearchField value={view.text} onChange={(text) => setParams({ q: text === '' ? null : text.slice(0, 200) })} placeholder="Alert, agent, rule" label="Filter alerts" width={180} />
      <Segmented label="Which alerts" name="alerts-shown" value={view.show} options={shownIds.map((value) => ({ value, label: countWords(value, data) }))} onChange={show} />
      <ChoiceChip label="Agent" value={view.agentId} options={options} onChange={(agent) => setParams({ agent })} />
      <ChoiceChip label="Rule" value={view.ruleId} options={(rules.data?.rows ?? []).map((rule) => ({ value: rule.id, label: inertString(rule.name, 40) }))} onChange={(rule) => setParams({ rule })} />
    </div>
  );
}

/** Silence is not health: what watches, and where it could not see. */
function NothingHere({ view }: { view: InboxView }) {
  const rules = useQuery(alertQueries.rules());
  const gaps = useQuery(gapQueries.list(useAskedPeriod()));
  const sight = useQuery(failureQueries.all(useAskedPeriod()));
  const period = usePeriod();
  const words = filterWords(view, rules.data?.rows.find((rule) => rule.id === view.ruleId)?.name ?? null);
  if (words.length > 0) return <Empty title={view.show === 'all' ? 'No alert fits this filter' : `No ${view.show} alert fits this filter`} why={`On: ${inertString(words.join(', '), 300)}.`} action={<Button onClick={clearFilter} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} />;
  const unseen = sight.data === undefined || gaps.data === undefined ? '' : ` ${seenWords(seenShare(sight.data.seen), gaps.data.rows.length, periodWords(period))}`;
  const watching = rules.data === undefined ? '' : watchingWords(rules.data.rows);
  return (
    <Empty
      title={view.show === 'open' ? 'Nothing that nobody knows of' : view.show === 'active' ? 'No alert where we could see' : 'Alerts will stand here'} why={`${watching}${unseen}`}
      action={view.show === 'all' ? <Button onClick={() => setParams({ tab: 'rules' })}>See the rules</Button> : <Button onClick={() => show('all')}>Show all, with those that are over</Button>}
    />
  );
}

export function InboxTab({ id }: { id: string | null }) {
  const { params } = usePlace();
  const kept = shownStored.use();
  const view = readView(kept, params);
  const query = useInfiniteQuery(alertQueries.list(askedOf(view)));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const data = query.data?.pages[0];
  return (
    <>
      <Bar view={view} data={data} />
      {query.error !== null && <ErrorBlock error={query.error} what="The alerts could not be read." kept="They are with the engine, and what is to be delivered goes on." retry={() => { void query.refetch(); }} staleSince={data === undefined ? undefined : query.dataUpdatedAt} />}
      {data === undefined ? query.error === null && <Loading what="Reading alerts" rows={10} height={42} /> : <Inbox rows={rows} view={view} id={id} stale={query.isPlaceholderData} more={query.hasNextPage ? () => { void query.fetchNextPage(); } : null} />}
    </>
  );
}

export const openAbout = (alert: Alert): void => go(aboutOf(alert));
export function stopOf(alert: Alert): void {
  if (alert.agentId !== null) openStopPlan(stopOfAgent({ id: alert.agentId, name: alert.agentName ?? alert.agentId }));
}

interface InboxProps { rows: readonly Alert[]; view: InboxView; id: string | null; stale: boolean; more: (() => void) | null }

function Inbox({ rows, view, id, stale, more }: InboxProps) {
  const sort = sortStored.use();
  const detailShown = detailStored.use();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const model = useDataTable({ rows, rowId: (row) => row.id, columns: inboxColumns, hidden: [], sort, scope: JSON.stringify({ ...view, stale }) });
  const { order } = model;
  // A link may name an alert that the filter leaves out: it stands in the pane all the same.
  const chosenId = id ?? order[0] ?? null;
  const chosen = model.rows.find((row) => row.id === chosenId);
  const ticked = model.rows.filter((row) => selected.has(row.id));
  const choose = (next: string | null): void => { if (next !== null) go({ screen: 'alerts', id: next, params: paramsOf(view, shownStored.get()) }, { replace: true }); };
  const deeds = useDeeds((deed, ids) => {
    setSelected(new Set());
    const leaves = view.show === 'open' ? deed !== 'reopen' : view.show === 'active' && deed === 'resolve';
    if (leaves && chosenId !== null && ids.includes(chosenId)) choose(nextAfter(order, new Set(ids), chosenId));
  });
  const hit = ticked.length > 0 ? ticked : chosen === undefined ? [] : [chosen];
  useStopChoice(() => (chosen === undefined || chosen.agentId === null ? null : { kind: 'one', ask: stopOfAgent({ id: chosen.agentId, name: chosen.agentName ?? chosen.agentId }) }));
  useInboxKeys({ order, chosenId, choose, selected, setSelected, release: model.release, open: () => { if (chosen !== undefined) openAbout(chosen); }, acknowledge: () => deeds.run('acknowledge', hit), clear: () => { if (selected.size > 0) setSelected(new Set()); else clearFilter(); } });
  return (
    <>
      {deeds.done !== null && <UndoNotice done={deeds.done} busy={deeds.busy} error={deeds.reopenFailed} onDismiss={deeds.dismiss} />}
      {deeds.failed !== null && <ErrorBlock error={deeds.failed} what="It was not done." kept="The alerts stand as before." />}
      <div className={classes.panes}>
        <div className={classes.left}>
          <h2 className="gh-visually-hidden">Alerts</h2>
          <div className={classes.table}>
            {model.waiting > 0 && <button type="button" className={classes.fresh} onClick={model.release}>{formatCount(model.waiting)} new, press <Kbd keys="." /></button>}
            <DataTable label="Alerts" model={model} sort={sort} onSort={sortStored.set} selected={selected} onSelect={(row) => setSelected((now) => toggled(now, row))} onSelectAll={() => setSelected(ticked.length === order.length ? new Set() : new Set(order))}
              focused={chosenId} onFocus={choose} onOpen={(rowId) => { const row = model.rows.find((one) => one.id === rowId); if (row !== undefined) openAbout(row); }} rowHeight={42}
              rowName={(row) => `${severityLooks[row.severity].word}, ${inertString(row.title, 120)}, ${stateLook(row).word}, ${plural(row.times, 'time')}`} empty={<NothingHere view={view} />} />
          </div>
          {more !== null && <button type="button" className={classes.linkButton} onClick={more}>Older alerts</button>}
          {ticked.length > 0 && <Ticked rows={ticked} busy={deeds.busy} onAcknowledge={() => deeds.run('acknowledge', ticked)} onResolve={() => deeds.run('resolve', ticked)} onClear={() => setSelected(new Set())} />}
        </div>
        {detailShown && chosenId !== null && <aside className={classes.right} aria-label="Alert" data-region tabIndex={-1}><AlertPane key={chosenId} id={chosenId} deeds={deeds} /></aside>}
      </div>
      {order.length > 0 && <div className={classes.under}><span>{formatCount(order.length)} shown{more === null ? '' : ', older ones not read yet'}.{ticked.length > 0 && ` ${formatCount(ticked.length)} selected.`}</span><KeyHints hints={[{ keys: ['j', 'k'], does: 'move' }, { keys: ['space'], does: 'select' }, { keys: ['a'], does: 'acknowledge', changes: true }, { keys: ['enter'], does: 'open what it is about' }]} /></div>}
    </>
  );
}

function Ticked({ rows, busy, onAcknowledge, onResolve, onClear }: { rows: readonly Alert[]; busy: boolean; onAcknowledge: () => void; onResolve: () => void; onClear: () => void }) {
  const open = rows.filter((row) => row.state === 'open').length;
  const live = rows.filter((row) => row.state !== 'resolved').length;
  return (
    <div className={classes.ticked}>
      <span>{plural(rows.length, 'alert')} selected</span>
      <Changes>
        <Button disabled={busy || open === 0} onClick={onAcknowledge} rightSection={<Kbd keys="a" />}>Acknowledge {formatCount(open)}</Button>
        <Button disabled={busy || live === 0} onClick={onResolve}>Resolve {formatCount(live)}</Button>
      </Changes>
      <button type="button" className={classes.linkButton} onClick={onClear}>Clear the selection</button>
    </div>
  );
}

interface InboxKeys { order: readonly string[]; chosenId: string | null; choose: (id: string | null) => void; selected: ReadonlySet<string>; setSelected: (next: ReadonlySet<string>) => void; release: () => void; open: () => void; acknowledge: () => void; clear: () => void }

function useInboxKeys({ order, chosenId, choose, selected, setSelected, release, open, acknowledge, clear }: InboxKeys): void {
  const move = (by: number) => (): void => choose(step(order, chosenId, by));
  const grow = (by: number) => (): void => {
    const to = step(order, chosenId, by);
    if (to === null) return;
    setSelected(selectTo(order, selected, chosenId, to));
    choose(to);
  };
  useKeys('Alerts', [
    { keys: 'j', does: 'next alert', run: move(1) }, { keys: 'k', does: 'alert before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'shift+j', does: 'grow the selection down', run: grow(1) }, { keys: 'shift+k', does: 'grow the selection up', run: grow(-1) },
    { keys: 'space', does: 'select', run: () => { if (chosenId !== null) setSelected(toggled(selected, chosenId)); } },
    { keys: 'a', does: 'acknowledge what is selected, else this one', changes: true, run: acknowledge },
    { keys: 'enter', does: 'open what it is about', run: open },
    { keys: 'c', does: 'copy identifier', run: () => { if (chosenId !== null) void copyText(chosenId).then((done) => announce(done ? 'Identifier copied' : 'Not copied: the system refused the clipboard')); } },
    { keys: '.', does: 'sort new ones in', run: release },
    { keys: 'escape', does: 'clear the selection, then the filter', run: clear },
  ]);
}
