import { Button } from '@mantine/core';
import { IconHandStop, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState, type RefObject } from 'react';
import type { Activity } from '../../../shared/domain.ts';
import { useLive, type LiveView } from '../../api/live.ts';
import { activityQueries, connectionQueries, gapQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, setParams, usePlace } from '../../app/navigation.ts';
import { ScreenHead } from '../../app/screen-head.tsx';
import { openStopPlan, stopOfAgent, stopOfTask, useStopChoice, type StopAsk } from '../../app/stop-choice.ts';
import { inertString } from '../../ui/agent-text.ts';
import { announce } from '../../ui/announce.ts';
import { Empty } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { Chip, ChoiceChip } from '../../ui/chip.tsx';
import { Feed } from '../../ui/feed.tsx';
import { placeExtras } from '../../ui/feed-items.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { kindWord, stateWord } from '../../ui/state-shapes.tsx';
import { statusState } from '../../ui/waterfall.tsx';
import { gapWords } from '../overview/chart-data.ts';
import { feedColumns, feedTemplate } from './feed-columns.tsx';
import { activityKinds, activityStatuses, askedOf, filterOf, isFiltered, noFilter, onTopOf, paramsOf, type LiveFilter } from './live-model.ts';
import { OpenNow } from './open-now.tsx';
import { Rate } from './rate.tsx';
import classes from './live.module.css';

/** Rows held in the page; older ones are in the history. */
const keep = 10_000;
const historyRows = 200;
const hour = 3_600_000;
const lastHour = { key: 'live, last hour', toPeriod: () => ({ from: new Date(Date.now() - hour).toISOString(), to: null }) };

const hints = [
  { keys: ['j', 'k'], does: 'move' }, { keys: ['enter'], does: 'open' }, { keys: [' '], does: 'pause' }, { keys: ['f'], does: 'only this agent' }, { keys: ['e'], does: 'next failure' }, { keys: ['g', 'g'], does: 'newest' },
];

const kindOptions = activityKinds.map((value) => ({ value, label: kindWord(value) }));
const statusOptions = activityStatuses.map((value) => ({ value, label: stateWord(statusState[value]) }));

/** What was there when Live was opened stands below the stream; it is asked for after the stream, so that nothing falls between. */
function useRows(filter: LiveFilter, live: LiveView): readonly Activity[] {
  const history = useInfiniteQuery({ ...activityQueries.list(askedOf(filter), historyRows), enabled: live.state === 'open', meta: { topics: [] } });
  const first = history.data?.pages[0]?.rows;
  return useMemo(() => onTopOf(live.rows, first ?? [], keep), [live.rows, first]);
}

function useExtras(rows: readonly Activity[], skipped: LiveView['skipped']) {
  const gaps = useQuery(gapQueries.list(lastHour));
  const drawn = useMemo(() => (gaps.data?.rows ?? []).map((gap) => ({ from: Date.parse(gap.from), to: gap.to === null ? Infinity : Date.parse(gap.to), text: `${gapWords(gap)}.` })), [gaps.data]);
  return useMemo(() => placeExtras(rows, skipped, drawn), [rows, skipped, drawn]);
}

export default function LiveScreen() {
  const { params } = usePlace();
  const filter = useMemo(() => filterOf(params), [params]);
  const [paused, setPaused] = useState(false);
  const live = useLive(askedOf(filter), { paused, keep });
  const rows = useRows(filter, live);
  const extras = useExtras(rows, live.skipped);
  const [focused, setFocused] = useState<string | null>(null);
  const [following, setFollowing] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);
  const setFilter = (next: LiveFilter): void => { setFocused(null); setParams(paramsOf(next)); };
  const open = useCallback((row: Activity): void => go({ screen: 'agent', id: row.agentId, params: { task: row.taskId, activity: row.id } }), []);
  useLiveKeys({ rows, focused, setFocused, filter, setFilter, paused, setPaused, open, scroller });
  const columns = useMemo(() => feedColumns(), []);
  const nothingConnected = useQuery(connectionQueries.list()).data?.rows.length === 0;
  const toStop = stopOf(rows, focused, filter.agentId);
  // A card of open work that has the focus is the nearer choice: its own task.
  useStopChoice(() => { const ask = openWorkInFocus() ?? toStop; return ask === null ? null : { kind: 'one', ask }; });
  const missed = [...live.skipped.values()].reduce((sum, count) => sum + count, 0);
  return (
    <>
      <ScreenHead title="Live" context={<Mode live={live} paused={paused} following={following} />} />
      <OpenNow />
      <FilterBar filter={filter} setFilter={setFilter} live={live} paused={paused} setPaused={setPaused} followed={filter.agentId === null ? null : (rows.find((row) => row.agentId === filter.agentId)?.agentName ?? filter.agentId)} />
      <Feed
        label="Activities, newest first" rows={rows} extras={extras} columns={columns} template={feedTemplate} rowName={rowName} focused={focused} onFocus={setFocused} onOpen={open} onFollowing={setFollowing} scroller={scroller}
        empty={isFiltered(filter)
          ? <Empty title="No activity fits this filter" why="What fits will appear here as it happens." action={<Button onClick={() => setFilter(noFilter)} rightSection={<Kbd keys="escape" />}>Clear the filter</Button>} />
          : <Empty title="Every activity will stand here as it happens" why={nothingConnected ? 'Nothing is connected yet. Reading rights are enough.' : live.state === 'open' ? 'None has been seen yet. Nothing is wrong on this side.' : 'The stream is not open yet.'} action={nothingConnected ? <Changes><Button onClick={() => go({ screen: 'connections', params: { add: '1' } })}>Add a connection</Button></Changes> : undefined} />}
      />
      <div className={classes.below}>
        <span className={classes.belowLeft}><KeyHints hints={hints} />{toStop !== null && <Changes><button type="button" className={classes.stop} onClick={() => openStopPlan(toStop)}><IconHandStop size={14} stroke={1.75} aria-hidden="true" />Stop {inertString(toStop.name, 22)}…<Kbd keys="mod+." /></button></Changes>}</span>
        <span>{`Newest first, as they came. ${plural(rows.length, 'activity', 'activities')} held of at most ${formatCount(keep)}${missed > 0 ? `, ${formatCount(missed)} passed between them` : ''}. All are in the history.`}</span>
      </div>
    </>
  );
}

/** The agent of the row in focus, with that row's task one step away; without a focus, the agent that is followed. */
function stopOf(rows: readonly Activity[], focused: string | null, followed: string | null): StopAsk | null {
  const row = rows.find((one) => one.id === focused) ?? rows.find((one) => one.agentId === followed);
  if (row === undefined) return null;
  return stopOfAgent({ id: row.agentId, name: row.agentName }, row.id === focused ? { task: { id: row.taskId, name: row.name } } : {});
}

function openWorkInFocus(): StopAsk | null {
  const { stopTask, stopTaskName, stopAgent, stopAgentName } = document.activeElement instanceof HTMLElement ? document.activeElement.dataset : {};
  if (stopTask === undefined || stopAgent === undefined) return null;
  return stopOfTask({ id: stopTask, name: stopTaskName ?? stopTask }, { agent: { id: stopAgent, name: stopAgentName ?? stopAgent } });
}

const rowName = (row: Activity): string => `${inertString(row.agentName, 40)}, ${kindWord(row.kind).toLowerCase()} ${inertString(row.name, 60)}, ${stateWord(statusState[row.status]).toLowerCase()}`;

function Mode({ live, paused, following }: { live: LiveView; paused: boolean; following: boolean }) {
  if (live.state !== 'open') return <StateBadge state="not_seen" word={live.state === 'lost' ? 'not seen: the engine is away' : 'opening'} />;
  if (paused) return <StateBadge state="suspended" word={`paused, ${formatCount(live.waiting)} waiting`} />;
  return <StateBadge state={following ? 'running' : 'idle'} word={following ? 'following' : 'held in place, newer rows above: G G'} />;
}

interface FilterBarProps { filter: LiveFilter; setFilter: (filter: LiveFilter) => void; live: LiveView; paused: boolean; setPaused: (paused: boolean) => void; followed: string | null }

function FilterBar({ filter, setFilter, live, paused, setPaused, followed }: FilterBarProps) {
  const connections = useQuery(connectionQueries.list());
  return (
    <div className={classes.bar}>
      <SearchField value={filter.text} onChange={(text) => setFilter({ ...filter, text })} placeholder="Agent, tool, text, identifier" label="Filter activities" width={200} />
      <ChoiceChip label="Kind" value={filter.kind} options={kindOptions} onChange={(kind) => setFilter({ ...filter, kind })} />
      <ChoiceChip label="Outcome" value={filter.status} options={statusOptions} onChange={(status) => setFilter({ ...filter, status })} />
      <ChoiceChip label="Connection" value={filter.connectionId} options={(connections.data?.rows ?? []).map((one) => ({ value: one.id, label: one.name }))} onChange={(connectionId) => setFilter({ ...filter, connectionId })} />
      {followed !== null && <Chip label={`Only ${inertString(followed, 40)}`} on onToggle={() => setFilter({ ...filter, agentId: null })} />}
      <span className={classes.right}>
        <Rate perSecond={live.perSecond} state={live.state} />
        <Button onClick={() => setPaused(!paused)} aria-pressed={paused} leftSection={paused ? <IconPlayerPlay size={14} stroke={1.75} aria-hidden="true" /> : <IconPlayerPause size={14} stroke={1.75} aria-hidden="true" />} rightSection={<Kbd keys=" " />}>
          {paused ? (live.waiting > 0 ? `Resume, ${formatCount(live.waiting)} waiting` : 'Resume') : 'Pause'}
        </Button>
      </span>
    </div>
  );
}

interface LiveKeys {
  rows: readonly Activity[]; focused: string | null; setFocused: (id: string | null) => void; filter: LiveFilter; setFilter: (filter: LiveFilter) => void;
  paused: boolean; setPaused: (paused: boolean) => void; open: (row: Activity) => void; scroller: RefObject<HTMLDivElement | null>;
}

function useLiveKeys({ rows, focused, setFocused, filter, setFilter, paused, setPaused, open, scroller }: LiveKeys): void {
  const at = focused === null ? -1 : rows.findIndex((row) => row.id === focused);
  const here = rows[at];
  const move = (by: number) => (): void => {
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next !== undefined) setFocused(next.id);
  };
  const newest = (): void => {
    setFocused(null);
    scroller.current?.scrollTo({ top: 0 });
    if (document.activeElement instanceof HTMLElement && document.activeElement.matches('[data-row]')) document.activeElement.blur();
  };
  const nextFailure = (): void => {
    const next = rows.find((row, index) => index > at && row.status === 'error');
    if (next === undefined) announce('No older failure among the rows held here');
    else setFocused(next.id);
  };
  useKeys('Live', [
    { keys: 'j', does: 'next activity', run: move(1) }, { keys: 'k', does: 'activity before', run: move(-1) },
    { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) }, { keys: 'pagedown', does: '', run: move(18) }, { keys: 'pageup', does: '', run: move(-18) },
    { keys: 'enter', does: 'open in its task', run: () => { if (here !== undefined) open(here); } },
    { keys: 'space', does: 'pause, go on', run: () => setPaused(!paused) },
    { keys: 'f', does: 'only this agent', run: () => setFilter({ ...filter, agentId: filter.agentId === null ? (here?.agentId ?? null) : null }) },
    { keys: 'e', does: 'next failure', run: nextFailure },
    { keys: 'g g', does: 'newest', run: newest }, { keys: 'home', does: '', run: newest },
    { keys: 'escape', does: 'follow again, then clear the filter', run: () => { if (focused !== null) newest(); else if (isFiltered(filter)) setFilter(noFilter); } },
  ]);
}
