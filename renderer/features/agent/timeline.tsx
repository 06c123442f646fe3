/** The chosen task as a waterfall, with its window of time, folded rows and gaps. */
import { IconZoomIn, IconZoomOut, IconZoomReset } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Gap, Task } from '../../../shared/domain.ts';
import { gapQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { step } from '../../ui/data-table-order.ts';
import { formatCount, formatDuration, formatElapsed, plural } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { useClock } from '../../ui/now.ts';
import { Panel } from '../../ui/panel.tsx';
import { KindShape, StateShape } from '../../ui/state-shapes.tsx';
import { Time } from '../../ui/time.tsx';
import { Waterfall } from '../../ui/waterfall.tsx';
import { barOf, layOut, pan, zoom, type TimeWindow, type WaterfallTree } from '../../ui/waterfall-layout.ts';
import { MarkOutcome } from '../cost/mark-outcome.tsx';
import { gapWords } from '../overview/chart-data.ts';
import { mostRows, useTaskActivities } from './task-activities.ts';
import { basisWords, taskTitle } from './words.ts';
import classes from './agent.module.css';

export interface TimelineChoice { focused: string | null; onFocus: (id: string) => void; onRows: (order: readonly string[]) => void }

const noGaps: readonly Gap[] = [];

function useGaps(task: Task, tree: WaterfallTree, to: number) {
  const from = new Date(tree.from).toISOString();
  const query = useQuery({ ...gapQueries.list({ key: `task ${task.id} ${from}`, toPeriod: () => ({ from, to: tree.open ? null : new Date(to).toISOString() }) }), enabled: tree.rows.length > 0 });
  const rows = query.data?.rows ?? noGaps;
  return useMemo(() => rows
    .filter((gap) => gap.connectionId === null || gap.connectionId === task.connectionId)
    .map((gap) => ({ from: Date.parse(gap.from), to: gap.to === null ? Infinity : Date.parse(gap.to), name: `Not seen: ${gapWords(gap)}` })), [rows, task.connectionId]);
}

/** Open work reaches until now, second by second; a task that is over needs no clock. */
function useNowWhile(open: boolean): number {
  return useClock(useCallback((now: number) => (open ? now : 0), [open]));
}

export function Timeline({ task, choice }: { task: Task; choice: TimelineChoice }) {
  const { rows: activities, more, error, refetch, updatedAt } = useTaskActivities(task.id);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const tree = useMemo(() => layOut({ activities: activities ?? [], folded }), [activities, folded]);
  if (activities === undefined) return <Panel fill title="Task">{error === null ? <Loading what="Reading the task" rows={9} height={28} /> : <ErrorBlock error={error} what="The task could not be read." retry={() => { void refetch(); }} />}</Panel>;
  const fold = (id: string): void => setFolded((now) => {
    const next = new Set(now);
    if (!next.delete(id)) next.add(id);
    return next;
  });
  return <LaidOut task={task} tree={tree} loaded={activities.length} more={more} choice={choice} fold={fold} stale={error === null ? null : <ErrorBlock error={error} what="The task could not be read again." retry={() => { void refetch(); }} staleSince={updatedAt} />} />;
}

interface LaidOutProps { task: Task; tree: WaterfallTree; loaded: number; more: boolean; choice: TimelineChoice; fold: (id: string) => void; stale: React.ReactNode }

function LaidOut({ task, tree, loaded, more, choice, fold, stale }: LaidOutProps) {
  const now = useNowWhile(tree.open);
  const whole = useMemo((): TimeWindow => ({ from: tree.from, to: Math.max(tree.from + 1, tree.open ? Math.max(now, tree.to) : tree.to) }), [tree, now]);
  /** null: the whole task, which grows while it runs. */
  const [chosen, setChosen] = useState<TimeWindow | null>(null);
  const [asTable, setAsTable] = useState(false);
  const window = chosen ?? whole;
  const gaps = useGaps(task, tree, whole.to);
  const drawnGaps = useMemo(() => gaps.map((gap) => ({ ...gap, to: Math.min(gap.to, whole.to) })).filter((gap) => gap.to > whole.from && gap.from < whole.to), [gaps, whole]);
  const order = useMemo(() => tree.rows.map((row) => row.activity.id), [tree]);
  const { onRows } = choice;
  useEffect(() => onRows(order), [order, onRows]);
  const setWindow = (next: TimeWindow): void => setChosen(next.to - next.from >= whole.to - whole.from ? null : next);
  const focusOn = (id: string): void => {
    choice.onFocus(id);
    const row = tree.rows.find((one) => one.activity.id === id);
    // A row whose bar lies outside the part that is shown brings that part along.
    if (row !== undefined && barOf(row.start, row.end ?? whole.to, window) === null) setWindow(pan(window, whole, (row.start - (window.from + window.to) / 2) / (window.to - window.from)));
  };
  useTimelineKeys({ tree, order, choice: { ...choice, onFocus: focusOn }, fold, window, whole, setWindow, toggleTable: () => setAsTable(!asTable) });
  return (
    <Panel
      fill flush title={<>Task <span className={classes.taskTitle}><InertName text={taskTitle(task)} most={60} /></span></>}
      aside={(
        <>
          {!asTable && <Legend gaps={drawnGaps.length} unseenMs={drawnGaps.reduce((sum, gap) => sum + gap.to - gap.from, 0)} />}
          {!asTable && <span className={classes.zoom}>
            <button type="button" className={classes.iconButton} aria-label="Zoom in" data-tip="Zoom in: +" onClick={() => setWindow(zoom(window, whole, 0.5))}><IconZoomIn size={14} stroke={1.75} aria-hidden="true" /></button>
            <button type="button" className={classes.iconButton} aria-label="Zoom out" data-tip="Zoom out: -" onClick={() => setWindow(zoom(window, whole, 2))}><IconZoomOut size={14} stroke={1.75} aria-hidden="true" /></button>
            <button type="button" className={classes.iconButton} aria-label="Show the whole task" data-tip="The whole task: 0" onClick={() => setChosen(null)}><IconZoomReset size={14} stroke={1.75} aria-hidden="true" /></button>
          </span>}
          <button type="button" className={classes.toggle} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>{asTable ? 'Timeline' : 'Table'} <Kbd keys="t" /></button>
        </>
      )}
      foot={<Foot task={task} loaded={loaded} more={more} whole={whole} open={tree.open} />}
    >
      {stale}
      {tree.rows.length === 0
        ? <Empty title="The activities of this task will stand here" why={task.activities === 0 ? 'None has been seen yet.' : 'They are not in the history any more.'} />
        : <Waterfall label={`Timeline of ${task.key}`} rows={tree.rows} whole={whole} window={window} onWindow={setWindow} now={now} gaps={drawnGaps} focused={choice.focused} onFocus={focusOn} onFold={fold} asTable={asTable} />}
    </Panel>
  );
}

function Legend({ gaps, unseenMs }: { gaps: number; unseenMs: number }) {
  return (
    <span className={classes.legend}>
      <span className={classes.model}><KindShape kind="model_call" /></span> model
      <span className={classes.tool}><KindShape kind="tool_call" /></span> tool
      <span className={classes.wait}><KindShape kind="approval" /></span> approval
      {gaps > 0 && <><Hatch name="Hatched: not seen" height={10} /> not seen {gaps === 1 ? 'once' : `${gaps} times`}, {formatDuration(unseenMs)}</>}
    </span>
  );
}

function Foot({ task, loaded, more, whole, open }: { task: Task; loaded: number; more: boolean; whole: TimeWindow; open: boolean }) {
  const known = Math.max(task.activities, loaded);
  return (
    <>
      <span>{loaded >= mostRows && more ? `the first ${formatCount(loaded)} of ${plural(known, 'activity', 'activities')}` : `${formatCount(loaded)} of ${plural(known, 'activity', 'activities')}${more ? ', reading on' : ''}`}</span>
      <span>{open ? `${formatElapsed(whole.to - whole.from)}, still open` : formatDuration(whole.to - whole.from)}</span>
      <MarkOutcome key={task.id} task={task} title={taskTitle(task)} />
      {task.stuck === null ? <span>{basisWords[task.outcomeBasis]}</span> : <span className={classes.stuck}><StateShape state="attention" /> <span><strong>Stuck</strong> since <Time iso={task.stuck.since} />: <InertName text={task.stuck.text} most={300} /></span></span>}
    </>
  );
}

interface TimelineKeys {
  tree: WaterfallTree; order: readonly string[]; choice: TimelineChoice; fold: (id: string) => void; window: TimeWindow; whole: TimeWindow;
  setWindow: (window: TimeWindow) => void; toggleTable: () => void;
}

function useTimelineKeys({ tree, order, choice, fold, window, whole, setWindow, toggleTable }: TimelineKeys): void {
  const move = (by: number) => (): void => {
    const next = step(order, choice.focused, by);
    if (next !== null) choice.onFocus(next);
  };
  const zoomBy = (factor: number) => (): void => {
    const here = row();
    const at = here === undefined ? undefined : (Math.max(here.start, window.from) + Math.min(here.end ?? whole.to, window.to)) / 2;
    setWindow(at !== undefined && at >= window.from && at <= window.to ? zoom(window, whole, factor, at) : zoom(window, whole, factor));
  };
  const row = (): WaterfallTree['rows'][number] | undefined => tree.rows.find((one) => one.activity.id === choice.focused);
  const left = (): void => {
    const here = row();
    if (here === undefined) return;
    if (here.parent && !here.folded) fold(here.activity.id);
    else if (here.activity.parentId !== null && order.includes(here.activity.parentId)) choice.onFocus(here.activity.parentId);
  };
  const right = (): void => {
    const here = row();
    if (here?.folded === true) fold(here.activity.id);
    else if (here?.parent === true) move(1)();
  };
  useKeys('Timeline', [
    { keys: 'j', does: 'next activity', run: move(1) }, { keys: 'k', does: 'activity before', run: move(-1) },
    { keys: 'arrowdown', does: '', run: move(1) }, { keys: 'arrowup', does: '', run: move(-1) },
    { keys: 'pagedown', does: '', run: move(12) }, { keys: 'pageup', does: '', run: move(-12) },
    { keys: 'home', does: '', run: move(-Infinity) }, { keys: 'end', does: '', run: move(Infinity) },
    { keys: 'arrowleft', does: 'fold, or to what it happened inside', run: left }, { keys: 'arrowright', does: 'unfold', run: right },
    { keys: '+', does: 'zoom in on the activity', run: zoomBy(0.5) }, { keys: '=', does: '', run: zoomBy(0.5) },
    { keys: '-', does: 'zoom out', run: zoomBy(2) }, { keys: '0', does: 'the whole task', run: () => setWindow(whole) },
    { keys: 'shift+arrowleft', does: 'earlier part', run: () => setWindow(pan(window, whole, -0.25)) }, { keys: 'shift+arrowright', does: 'later part', run: () => setWindow(pan(window, whole, 0.25)) },
    { keys: 't', does: 'timeline as table', run: toggleTable },
  ]);
}
