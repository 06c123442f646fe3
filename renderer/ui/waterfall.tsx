/**
 * The timeline of one task: a tree of rows with bars against time. Only the rows in sight exist; what was not seen is
 * hatched through all of them. The keys are the screen's; this draws, and says what was pressed with the pointer.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useLayoutEffect, useMemo, useRef, type CSSProperties, type PointerEvent, type ReactNode, type RefObject } from 'react';
import type { Activity } from '../../shared/domain.ts';
import { inertString } from './agent-text.ts';
import { InertName } from './agent-text-view.tsx';
import { formatClock, formatCount, formatDuration } from './format.ts';
import { Hatch } from './hatch.tsx';
import { Money } from './money.tsx';
import { KindShape, StateShape, kindWord, stateWord, type State } from './state-shapes.tsx';
import { spanTicks } from './time-chart-geometry.ts';
import { barOf, strip, type TimeWindow, type WaterfallRow } from './waterfall-layout.ts';
import classes from './waterfall.module.css';

export interface WaterfallGap { from: number; to: number; name: string }

export const statusState: Record<Activity['status'], State> = { running: 'open', ok: 'completed', error: 'failed', denied: 'denied', cancelled: 'cancelled', interrupted: 'interrupted' };

export interface WaterfallProps {
  label: string;
  rows: readonly WaterfallRow[];
  /** the whole task; open work reaches to `now`. */
  whole: TimeWindow;
  window: TimeWindow;
  onWindow: (window: TimeWindow) => void;
  now: number;
  gaps: readonly WaterfallGap[];
  focused: string | null;
  onFocus: (id: string) => void;
  onFold: (id: string) => void;
  asTable: boolean;
}

const rowHeight = 28;
const tableRowHeight = 26;
const indent = 14;
/** Deeper rows stand where this depth stands, and say how deep they are: names must stay readable. */
const deepest = 9;
/** From here on the strip above the rows shows where in the whole one is. */
const stripFrom = 24;

function toneOf(activity: Activity): string {
  if (activity.kind === 'model_call') return 'model';
  if (activity.kind === 'tool_call') return 'tool';
  if (activity.kind === 'approval') return 'approval';
  if (activity.kind === 'error') return 'stop';
  return 'neutral';
}

function lookOf({ activity, parent }: WaterfallRow): string {
  if (activity.status === 'error') return 'failed';
  if (activity.status === 'denied' || activity.kind === 'denial') return 'denied';
  if (activity.status === 'interrupted') return 'torn';
  if (activity.status === 'cancelled') return 'outlined';
  if (parent) return 'bracket';
  return activity.kind === 'approval' ? 'outlined' : 'solid';
}

/** Only what is not as expected has a sign behind its bar. */
const signs: Partial<Record<Activity['status'], State>> = { error: 'failed', denied: 'denied', cancelled: 'cancelled', interrupted: 'interrupted' };

function Bar({ row, window, now }: { row: WaterfallRow; window: TimeWindow; now: number }) {
  const bar = barOf(row.start, row.end ?? now, window);
  if (bar === null) return null;
  const look = lookOf(row);
  const sign = signs[row.activity.status];
  const open = row.end === null && !bar.cutRight;
  return (
    <>
      <span className={`${classes.bar} ${classes[toneOf(row.activity)]} ${classes[look]} ${open ? classes.open : ''} ${bar.cutLeft ? classes.cutLeft : ''} ${bar.cutRight ? classes.cutRight : ''}`} style={{ left: `${bar.left}%`, width: `${bar.width}%` }} />
      {sign !== undefined && !bar.cutRight && <span className={`${classes.sign} ${classes[`sign_${sign}`]}`} style={{ left: `min(calc(${bar.left + bar.width}% + 6px), calc(100% - 13px))` }}><StateShape state={sign} /></span>}
    </>
  );
}

interface RowProps { row: WaterfallRow; index: number; count: number; top: number; window: TimeWindow; now: number; focused: boolean; tabbable: boolean; asTable: boolean; acts: RefObject<{ focus: (id: string) => void; fold: (id: string) => void }> }

function took(row: WaterfallRow, now: number): string {
  if (row.end === null) return `open ${formatDuration(Math.max(0, now - row.start))}`;
  return row.activity.durationMs === null && row.activity.endTime === null ? 'no end seen' : formatDuration(row.end - row.start);
}

function rowName(row: WaterfallRow, now: number): string {
  const { activity } = row;
  return [inertString(activity.name, 80), kindWord(activity.kind).toLowerCase(), stateWord(statusState[activity.status]).toLowerCase(), took(row, now), row.orphan ? 'what it happened inside was not seen' : null, row.folded ? `${formatCount(row.below)} rows folded` : null].filter((part) => part !== null).join(', ');
}

function NameCell({ row, acts }: Pick<RowProps, 'row' | 'acts'>) {
  const { activity, depth } = row;
  return (
    <div role="gridcell" className={classes.name} style={{ paddingLeft: 6 + Math.min(depth, deepest) * indent }}>
      {depth > deepest && <span className={classes.depth}>{depth}</span>}
      {row.parent
        ? <button type="button" tabIndex={-1} className={classes.fold} aria-label={row.folded ? 'Unfold' : 'Fold'} onClick={(event) => { event.stopPropagation(); acts.current.fold(activity.id); }}>{row.folded ? '+' : '\u2212'}</button>
        : <span className={classes.fold} />}
      <span className={classes[`kind_${toneOf(activity)}`]}><KindShape kind={activity.kind} /></span>
      <span className={classes.text}><InertName text={activity.name} most={80} /></span>
      {row.orphan && <span className={classes.note} data-tip="It names an activity that it happened inside, and that one was not seen.">parent not seen</span>}
      {row.folded && <span className={classes.note}>{formatCount(row.below)} folded</span>}
    </div>
  );
}

function PlainWaterfallRow({ row, index, count, top, window, now, focused, tabbable, asTable, acts }: RowProps) {
  const { activity } = row;
  const state = statusState[activity.status];
  return (
    <div
      role="row" data-row={activity.id} className={`${asTable ? classes.tableRow : classes.row} ${focused ? classes.focused : ''} ${row.depth === 0 && row.parent ? classes.top : ''}`} style={{ transform: `translateY(${top}px)` }}
      tabIndex={tabbable ? 0 : -1} aria-rowindex={index + 2} aria-level={row.depth + 1} aria-expanded={row.parent ? !row.folded : undefined} aria-selected={focused}
      aria-label={`Row ${index + 1} of ${count}, ${rowName(row, now)}`} onClick={() => acts.current.focus(activity.id)} onFocus={(event) => { if (event.target === event.currentTarget) acts.current.focus(activity.id); }}
    >
      <NameCell row={row} acts={acts} />
      {asTable
        ? (
          <>
            <div role="gridcell" className={classes.mono}>{formatClock(new Date(row.start), { millis: true })}</div>
            <div role="gridcell" className={`${classes.state} ${classes[`sign_${state}`] ?? ''}`}><StateShape state={state} />{stateWord(state)}</div>
            <div role="gridcell" className={classes.end}>{took(row, now)}</div>
            <div role="gridcell" className={classes.end}>{activity.usage === null ? '' : formatCount(activity.usage.inputTokens + activity.usage.cacheReadTokens + activity.usage.cacheWriteTokens + activity.usage.outputTokens)}</div>
          </>
        )
        : <div role="gridcell" className={classes.plot} data-tip={`${formatClock(new Date(row.start), { millis: true })}, ${took(row, now)}, ${stateWord(state).toLowerCase()}`}><Bar row={row} window={window} now={now} /></div>}
      <div role="gridcell" className={classes.cost}><Money cost={activity.cost} decimals={3} /></div>
    </div>
  );
}
/** `now` only moves what is open. */
const Row = memo(PlainWaterfallRow, (before, after) => (Object.keys(after) as (keyof RowProps)[]).every((key) => before[key] === after[key] || (key === 'now' && after.row.end !== null)));

export function Waterfall(props: WaterfallProps) {
  const { label, rows, whole, window, now, gaps, focused, onFocus, onFold, asTable } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const acts = useRef({ focus: onFocus, fold: onFold });
  useLayoutEffect(() => { acts.current = { focus: onFocus, fold: onFold }; });
  const height = asTable ? tableRowHeight : rowHeight;
  // No key function: rows are of one height, and a new function would have it measure all of them again.
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => height, overscan: 8, scrollPaddingEnd: 28 });
  useEffect(() => virtual.measure(), [height, virtual]);
  useFocusFollows(scroller, rows, focused, (index) => virtual.scrollToIndex(index));
  const items = virtual.getVirtualItems();
  const stop = rows.some((row) => row.activity.id === focused) ? focused : (rows[items[0]?.index ?? 0]?.activity.id ?? null);
  return (
    <div className={classes.waterfall}>
      {rows.length > stripFrom && !asTable && <OverviewStrip {...props} />}
      <div ref={scroller} className={classes.scroller}>
        <div className={classes.canvas}>
          {!asTable && <GapColumns window={window} gaps={gaps} height={virtual.getTotalSize()} />}
          <div role="treegrid" aria-label={label} aria-rowcount={rows.length + 1} className={classes.grid}>
            <Head whole={whole} window={window} asTable={asTable} />
            <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
              {items.map((item) => {
                const row = rows[item.index];
                return row === undefined ? null : <Row key={row.activity.id} row={row} index={item.index} count={rows.length} top={item.start} window={window} now={now} focused={focused === row.activity.id} tabbable={stop === row.activity.id} asTable={asTable} acts={acts} />;
              })}
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}

function Head({ whole, window, asTable }: { whole: TimeWindow; window: TimeWindow; asTable: boolean }) {
  const column = (text: ReactNode, className?: string): ReactNode => <div role="columnheader" className={className}>{text}</div>;
  if (asTable) return <div role="row" className={`${classes.head} ${classes.tableColumns}`}>{column('Activity', classes.headName)}{column('Began')}{column('Outcome')}{column('Took', classes.end)}{column('Tokens', classes.end)}{column('Cost', classes.cost)}</div>;
  const length = window.to - window.from;
  const ticks = spanTicks(window.from, window.to, whole.from, 5).filter((at) => at > 0 && (whole.from + at - window.from) / length > (length < 10_000 ? 0.26 : 0.19) && (whole.from + at - window.from) / length < 0.95);
  return (
    <div role="row" className={classes.head}>
      {column('Activity', classes.headName)}
      <div role="columnheader" className={classes.axis} aria-label={`Time, from ${formatClock(new Date(window.from))} to ${formatClock(new Date(window.to))}`}>
        <span className={classes.first}>{formatClock(new Date(window.from), length < 10_000 ? { millis: true } : {})}</span>
        {ticks.map((at) => <span key={at} className={classes.tick} style={{ left: `${((whole.from + at - window.from) / length) * 100}%` }}>+{spanWords(at)}</span>)}
      </div>
      {column('Cost', classes.cost)}
    </div>
  );
}

/** `+1 min`, `+2 h 30 min`, `+500 ms`: exact, as marks are round. */
function spanWords(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(3))} s`;
  if (ms < 3_600_000) return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
  return ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} min`;
}

/** Stays in place while the rows scroll, so that its hatching is drawn once and not once a row. */
function GapColumns({ window, gaps, height }: { window: TimeWindow; gaps: readonly WaterfallGap[]; height: number }) {
  return (
    <div className={classes.gaps} aria-hidden={gaps.length === 0 ? true : undefined}>
      <div className={classes.gapPlot} style={{ height: `min(100cqh - 28px, ${height}px)` }}>
        {gaps.map((gap) => {
          const bar = barOf(gap.from, gap.to, window);
          return bar === null ? null : <span key={`${gap.from}${gap.name}`} className={classes.gap} style={{ left: `${bar.left}%`, width: `${bar.width}%` } as CSSProperties}><Hatch name={gap.name} width="100%" height="100%" focusable /></span>;
        })}
      </div>
    </div>
  );
}

const stripBins = 240;

/** Where in the whole task one is: how much was under way, where it failed. Dragging chooses a part; the keys do the same. */
function OverviewStrip({ rows, whole, window, onWindow }: WaterfallProps) {
  const drag = useRef<{ from: number; id: number } | null>(null);
  const columns = useMemo(() => strip(rows, whole, stripBins, whole.to), [rows, whole]);
  const most = Math.max(1, ...columns.map((one) => one.count));
  const timeAt = (event: PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return whole.from + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (whole.to - whole.from);
  };
  const show = (event: PointerEvent<HTMLElement>): void => {
    if (drag.current === null) return;
    const at = timeAt(event);
    const from = Math.min(drag.current.from, at);
    const to = Math.max(drag.current.from, at);
    // A press without a drag is not a choice of a zero-length window.
    if (to - from > (whole.to - whole.from) / 200) onWindow({ from, to });
  };
  const shape = columns.map((one, index) => (one.count === 0 ? '' : `M${index} 22V${22 - Math.max(2, (one.count / most) * 20)}h1V22z`)).join('');
  const failed = columns.map((one, index) => (one.failed ? `M${index} 0h1.4v5h-1.4z` : '')).join('');
  const bar = barOf(window.from, window.to, whole);
  return (
    <div className={classes.stripRow}>
      <span className={classes.stripLabel}>{formatCount(rows.length)} rows</span>
      <div
        className={classes.strip} role="img" aria-label={`The whole task: at most ${formatCount(most)} at once, failures in ${columns.filter((one) => one.failed).length} of ${stripBins} parts. Plus and minus zoom, 0 shows the whole.`}
        onPointerDown={(event) => { drag.current = { from: timeAt(event), id: event.pointerId }; event.currentTarget.setPointerCapture(event.pointerId); }}
        onPointerMove={show} onPointerUp={() => { drag.current = null; }} onPointerCancel={() => { drag.current = null; }}
      >
        <svg viewBox={`0 0 ${stripBins} 22`} preserveAspectRatio="none" aria-hidden="true" className={classes.stripShape}><path d={shape} className={classes.stripWork} /><path d={failed} className={classes.stripFailed} /></svg>
        {bar !== null && bar.width < 99.9 && <span className={classes.stripWindow} style={{ left: `${bar.left}%`, width: `${bar.width}%` }} />}
      </div>
    </div>
  );
}

function useFocusFollows(scroller: RefObject<HTMLDivElement | null>, rows: readonly WaterfallRow[], focused: string | null, scrollTo: (index: number) => void): void {
  const latest = useRef({ rows, scrollTo });
  useLayoutEffect(() => { latest.current = { rows, scrollTo }; });
  useEffect(() => {
    if (focused === null) return undefined;
    const index = latest.current.rows.findIndex((row) => row.activity.id === focused);
    if (index >= 0) latest.current.scrollTo(index);
    const frame = requestAnimationFrame(() => {
      const active = document.activeElement;
      if (active !== null && active !== document.body && !active.matches('main, [data-row]')) return;
      const row = [...(scroller.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])].find((element) => element.dataset['row'] === focused);
      if (row !== undefined && row !== active) row.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [focused, scroller]);
}
