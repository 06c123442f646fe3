/** What went wrong in the same way stands in one line: worst first, with what people know of it, what it cost, and where nothing can be said. */
import { Button } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Result } from '../../../shared/contract.ts';
import type { FailureGroup } from '../../../shared/failures.ts';
import { call } from '../../api/client.ts';
import { alertQueries, failureQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import { attempt } from '../../app/notices.ts';
import { periodWords, setSpan, useAskedPeriod, usePeriod } from '../../app/period.ts';
import type { ScreenProps } from '../../app/routes.tsx';
import { ScreenHead } from '../../app/screen-head.tsx';
import { detailStored } from '../../app/sidebar-state.ts';
import { stored } from '../../app/stored.ts';
import { stopOfAgent, useStopChoice } from '../../app/stop-choice.ts';
import { inertString } from '../../ui/agent-text.ts';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { Chip, ChoiceChip } from '../../ui/chip.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { DataTable, useDataTable, type TableSort } from '../../ui/data-table.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount, formatPercent, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { activityKindIds, oneCurrency, plainTitle, seenShare, stateLooks } from './failure-words.ts';
import { columnsOf } from './failures-list.tsx';
import { askedOf, countOf, filterWords, isKeptFilter, kindWords, needing, readView, shownIds, usualFilter, type FailuresView, type KeptFilter, type Shown } from './failures-view.ts';
import { GroupPane } from './group-pane.tsx';
import { SightPanel } from './sight-panel.tsx';
import classes from './failures.module.css';

type Groups = Result<'failures.groups'>;

const filterStored = stored<KeptFilter>('failures.filter', isKeptFilter, usualFilter);
const isSort = (value: unknown): value is TableSort => typeof value === 'object' && value !== null && 'id' in value && 'down' in value;
const sortStored = stored<TableSort>('failures.sort', isSort, { id: 'state', down: false });

const keep = (change: Partial<KeptFilter>): void => filterStored.set({ ...filterStored.get(), ...change });
function show(shown: Shown): void {
  keep({ show: shown });
  setParams({ show: null });
}
/** What is shown of states stays: it is a part of the list, no filter on it. */
function clearFilter(): void {
  keep({ kind: null, connectionId: null, version: null });
  setParams({ q: null, agent: null });
}

const shownWords: Record<Shown, string> = { open: 'Open', snoozed: 'Snoozed', resolved: 'Resolved', all: 'All' };

function Context({ data }: { data: Groups }) {
  const groups = countOf(data.counts, 'all');
  const need = needing(data.counts);
  const share = seenShare(data.seen);
  return <span>{[plural(groups, 'group'), need === 0 ? null : `${formatCount(need)} new or come back`, share === null ? 'nothing was seen' : `${formatPercent(share)} of connection time seen`].filter((part) => part !== null).join(', ')}</span>;
}

function Bar({ view, data }: { view: FailuresView; data: Groups | undefined }) {
  return (
    <div className={classes.filters}>
      <SearchField value={view.text} onChange={(text) => setParams({ q: text === '' ? null : text.slice(0, 200) })} placeholder="Failure, agent, text" label="Filter failures" width={180} />
      <Segmented label="Which groups" name="failures-shown" value={view.show} options={shownIds.map((value) => ({ value, label: `${shownWords[value]}${data === undefined ? '' : ` (${formatCount(countOf(data.counts, value))})`}` }))} onChange={show} />
      <ChoiceChip label="Kind" value={view.kind} options={activityKindIds.map((value) => ({ value, label: kindWords[value] }))} onChange={(kind) => keep({ kind })} />
      <ChoiceChip label="Connection" value={view.connectionId} options={(data?.seen ?? []).map((row) => ({ value: row.connectionId, label: inertString(row.name, 40) }))} onChange={(connectionId) => keep({ connectionId })} />
      <ChoiceChip label="Version" value={view.version} options={(data?.versions ?? []).map((value) => ({ value, label: inertString(value, 40) }))} onChange={(version) => keep({ version })} />
      {view.agentId !== null && <Chip label="Only one agent" on onToggle={() => setParams({ agent: null })} />}
      <AlertRulesButton />
    </div>
  );
}

/** Those that watch now; the screen of rules has the others too. */
function AlertRulesButton() {
  const { data } = useQuery(alertQueries.rules());
  const on = data?.rows.filter((rule) => rule.enabled).length;
  return <Button className={classes.rulesButton} leftSection={<IconBell size={14} stroke={1.75} aria-hidden="true" />} onClick={() => go({ screen: 'alerts', params: { tab: 'rules' } })}>Alert rules{on === undefined ? '' : ` (${formatCount(on)})`}</Button>;
}

function NoFailures({ view, data }: { view: FailuresView; data: Groups }) {
  const name = data.seen.find((row) => row.connectionId === view.connectionId)?.name ?? null;
  const words = filterWords(view, name);
  const share = seenShare(data.seen);
  if (words.length > 0) return <Empty title={view.show === 'all' ? 'No group fits this filter' : `No ${view.show} group fits this filter`} why={`On: ${inertString(words.join(', '), 300)}.`} action={<Button onClick={clearFilter} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} />;
  if (view.show === 'snoozed') return <Empty title="What is put off will stand here" why="Nothing is snoozed. A snoozed group leaves the open ones until its time, and is counted all the while." />;
  if (view.show === 'resolved') return <Empty title="What is over will stand here" why="Nothing is resolved. When a resolved group happens again, it comes back to the open ones and says so." />;
  if (data.seen.length === 0) return <Empty title="Nothing is connected yet" why="What agents fail at will stand here, what is alike in one line. Reading rights are enough." action={<Changes><Button onClick={() => go({ screen: 'connections', params: { add: '1' } })}>Add a connection</Button></Changes>} />;
  const rest = countOf(data.counts, 'all') - countOf(data.counts, 'open');
  return <Empty title={share === null ? 'Nothing was seen in this period, so nothing can be said.' : `No ${rest > 0 && view.show === 'open' ? 'open ' : ''}failure where we could see: ${formatPercent(share)} of connection time.`} why={`What agents fail at will stand here, what is alike in one line. ${rest > 0 && view.show === 'open' ? `${plural(rest, 'group')} ${rest === 1 ? 'is' : 'are'} snoozed or resolved. ` : ''}Denied and interrupted work is no failure.`} action={rest > 0 && view.show === 'open' ? <Button onClick={() => show('all')}>Show all</Button> : <Button onClick={() => setSpan('30d')}>Look at the last 30 d</Button>} />;
}

type Opened = Pick<FailureGroup, 'exampleTaskId' | 'exampleActivityId'>;

/** Whose task it is, the engine knows: a group may have many agents. */
async function openExample({ exampleTaskId, exampleActivityId }: Opened): Promise<void> {
  const task = await call('tasks.get', { id: exampleTaskId });
  go({ screen: 'agent', id: task.agentId, params: { task: exampleTaskId, activity: exampleActivityId } });
}
const open = (group: Opened): void => attempt('The task could not be opened.', openExample(group));

interface ListProps { data: Groups; rows: readonly FailureGroup[]; view: FailuresView; id: string | null; stale: boolean; more: (() => void) | null }

function List({ data, rows, view, id, stale, more }: ListProps) {
  const sort = sortStored.use();
  const detailShown = detailStored.use();
  const period = periodWords(usePeriod());
  const currency = useMemo(() => oneCurrency(rows), [rows]);
  const columns = useMemo(() => columnsOf(period, currency), [period, currency]);
  const model = useDataTable({ rows, rowId: (row) => row.id, columns, hidden: [], sort, scope: JSON.stringify({ ...view, period, stale }) });
  // A link may name a group that the filter leaves out: it stands in the pane all the same.
  const chosenId = id ?? model.order[0] ?? null;
  const chosen = model.rows.find((row) => row.id === chosenId);
  const choose = (next: string | null): void => { if (next !== null) go({ screen: 'failures', id: next, params: paramsOf(view) }, { replace: true }); };
  const move = (by: number) => (): void => choose(step(model.order, chosenId, by));
  useStopChoice(() => {
    const agents = (chosen?.agentIds ?? []).map((agentId, index) => ({ id: agentId, name: chosen?.agentNames[index] ?? agentId }));
    const [first] = agents;
    return first === undefined ? null : agents.length === 1 ? { kind: 'one', ask: stopOfAgent(first) } : { kind: 'several', agents };
  });
  useKeys('Failures', [
    { keys: 'j', does: 'next group', run: move(1) }, { keys: 'k', does: 'group before', run: move(-1) }, { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'enter', does: 'open the newest where it happened', run: () => { if (chosen !== undefined) open(chosen); } },
    { keys: 'c', does: 'copy identifier', run: () => { if (chosenId !== null) void copyText(chosenId).then((done) => announce(done ? 'Identifier copied' : 'Not copied: the system refused the clipboard')); } },
    { keys: '.', does: 'sort new ones in', run: model.release },
    { keys: 'escape', does: 'clear the filter', run: clearFilter },
  ]);
  return (
    <>
      <div className={classes.panes}>
        <div className={classes.left}>
          <h2 className="gh-visually-hidden">Groups of failures</h2>
          <div className={classes.table}>
            {model.waiting > 0 && <button type="button" className={classes.fresh} onClick={model.release}>{formatCount(model.waiting)} new, press <Kbd keys="." /></button>}
            <DataTable label="Failures" model={model} sort={sort} onSort={sortStored.set} selectable={false} focused={chosenId} onFocus={choose} onOpen={(rowId) => { const row = model.rows.find((one) => one.id === rowId); if (row !== undefined) open(row); }} rowHeight={42}
              rowName={(row) => `${stateLooks[row.state].word}, ${inertString(plainTitle(row), 120)}, ${plural(row.count, 'time')}`} empty={<NoFailures view={view} data={data} />} />
          </div>
          {more !== null && <button type="button" className={classes.linkButton} onClick={more}>More groups</button>}
          <SightPanel seen={data.seen} quiet={data.quiet} period={period} />
        </div>
        {detailShown && chosenId !== null && <aside className={classes.right} aria-label="Group" data-region tabIndex={-1}><GroupPane key={chosenId} id={chosenId} onOpen={open} /></aside>}
      </div>
      {data.total > 0 && <div className={classes.under}><span>{formatCount(model.order.length)} of {plural(data.total, 'group')} shown.</span><KeyHints hints={[{ keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'open newest' }, { keys: ['t'], does: 'chart as table' }, { keys: ['z'], does: 'snooze', changes: true }]} /></div>}
    </>
  );
}

/** Stays in the address while rows are walked. */
function paramsOf(view: FailuresView): Record<string, string> {
  return { ...(view.text === '' ? {} : { q: view.text }), ...(view.agentId === null ? {} : { agent: view.agentId }), ...(view.show === filterStored.get().show ? {} : { show: view.show }) };
}

export default function FailuresScreen({ id }: ScreenProps) {
  const { params } = usePlace();
  const view = readView(filterStored.use(), params);
  const period = useAskedPeriod();
  const all = useQuery(failureQueries.all(period));
  const query = useInfiniteQuery(failureQueries.groups(period, askedOf(view)));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const data = query.data?.pages[0];
  return (
    <>
      <ScreenHead title="Failures" context={all.data === undefined ? undefined : <Context data={all.data} />} />
      <Bar view={view} data={all.data ?? data} />
      {query.error !== null && <ErrorBlock error={query.error} what="The failures could not be read." retry={() => { void query.refetch(); }} staleSince={data === undefined ? undefined : query.dataUpdatedAt} />}
      {data === undefined ? query.error === null && <Loading what="Reading failures" rows={10} height={42} /> : <List data={data} rows={rows} view={view} id={id} stale={query.isPlaceholderData} more={query.hasNextPage ? () => { void query.fetchNextPage(); } : null} />}
    </>
  );
}
