/** The levers of one order over time: requested, reported, confirmed, and what acted after the command. */
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import type { OrderLever, StopOrderDetail } from '../../../shared/stop.ts';
import { AgentLine, InertName } from '../../ui/agent-text-view.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { PlainTable, type PlainColumn } from '../../ui/data-table-plain.tsx';
import { formatCount, formatCountdown, formatTime, plural } from '../../ui/format.ts';
import { useNow } from '../../ui/now.ts';
import { StateShape, type State } from '../../ui/state-shapes.tsx';
import { Time } from '../../ui/time.tsx';
import { LeverKindMark } from './lever-kind.tsx';
import { answerWords, confirmedWords, leverSentence } from './stop-words.ts';
import { axisOf, lastMoment, placeOn, rowOf, ticksOf, wideMs, type Axis, type Mark, type MarkKind } from './timeline-geometry.ts';
import classes from './stop.module.css';

const looks: Record<MarkKind, { state: State; className: string | undefined; word: string }> = {
  requested: { state: 'stop_requested', className: classes.markPlain, word: 'requested' },
  reported: { state: 'stop_reported', className: classes.markPlain, word: 'reported' },
  confirmed: { state: 'stop_confirmed', className: classes.markOk, word: 'confirmed' },
  acted: { state: 'acted_after', className: classes.markStop, word: 'act after the command' },
  acting: { state: 'still_acting', className: classes.markStop, word: 'not confirmed: it goes on' },
  failed: { state: 'failed', className: classes.markStop, word: 'failed' },
  cannot: { state: 'unverified', className: classes.markWait, word: 'nothing outside it can be checked' },
  unknown: { state: 'unknown', className: classes.markWait, word: 'no answer known' },
  holding: { state: 'running', className: classes.markAccent, word: 'holds on' },
};

const legend: readonly MarkKind[] = ['requested', 'reported', 'confirmed', 'acted'];

export function MarkLegend() {
  return <span className={classes.legend}>{legend.map((kind) => <span key={kind} className={classes.legendOne}><span className={looks[kind].className}><StateShape state={looks[kind].state} /></span>{looks[kind].word}</span>)}</span>;
}

function useWidth(): [(element: HTMLElement | null) => void, number] {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, width];
}

const rowHeight = 27;
const headHeight = 22;
const most = 60;
/** While it runs, the present does not stand at the very edge. */
const roomRight = 0.08;

function MarkShape({ mark, y }: { mark: Mark; y: number }) {
  const look = looks[mark.kind];
  const hollow = mark.kind === 'requested' || mark.kind === 'reported' || mark.kind === 'cannot' || mark.kind === 'unknown';
  return (
    <g transform={`translate(${(mark.x - 6).toFixed(1)},${y - 6})`} className={look.className}>
      {hollow && <rect x={0.5} y={0.5} width={11} height={11} rx={mark.kind === 'reported' ? 5 : 4} className={classes.markGround} />}
      <StateShape state={look.state} />
      {mark.count > 1 && <text x={6} y={18} textAnchor="middle" className={classes.markCount}>{mark.count}</text>}
    </g>
  );
}

/** Grid lines of the head go through every row. */
function Rules({ axis, height, ticks, nowX }: { axis: Axis; height: number; ticks: readonly { x: number }[]; nowX: number | null }) {
  return (
    <>
      {ticks.map((tick) => <line key={tick.x} x1={tick.x} x2={tick.x} y1={0} y2={height} className={classes.rule} />)}
      <line x1={placeOn(axis, axis.commandedMs + wideMs)} x2={placeOn(axis, axis.commandedMs + wideMs)} y1={0} y2={height} className={classes.break} />
      {nowX !== null && <line x1={nowX} x2={nowX} y1={0} y2={height} className={classes.now} />}
    </>
  );
}

/** What the picture cannot draw: why nothing was sent, or what went wrong. */
function troubleOf(lever: OrderLever): ReactNode {
  if (lever.state === 'skipped') return <>left out{lever.reportedText === null ? '' : <>: <InertName text={lever.reportedText} most={160} /></>}</>;
  if (lever.state === 'failed') return <span className={classes.stop}>failed{lever.reportedText === null ? '' : <>: <InertName text={lever.reportedText} most={160} /></>}</span>;
  if (lever.state === 'unknown') return <span className={classes.wait}>no answer known, not sent again</span>;
  if (lever.state === 'reported' && lever.reported === 'refused') return <span className={classes.stop}>refused{lever.reportedText === null ? '' : <>: <InertName text={lever.reportedText} most={160} /></>}</span>;
  return null;
}

const tipOf = (lever: OrderLever, commandedAt: string | null): string => [leverSentence(lever, commandedAt), lever.reportedText === null ? null : `The runtime says: ${inertString(lever.reportedText, 300)}`, lever.confirmedText === null ? null : inertString(lever.confirmedText, 300)].filter((part) => part !== null).join('. ');

function LeverRow({ lever, index, axis, lastMs, ticks, nowX, commandedAt, plotRef }: { lever: OrderLever; index: number; axis: Axis | null; lastMs: number; ticks: readonly { x: number }[]; nowX: number | null; commandedAt: string | null; plotRef: ((element: HTMLElement | null) => void) | undefined }) {
  const trouble = troubleOf(lever);
  const row = axis === null ? { lines: [], marks: [] } : rowOf(axis, lever, lastMs);
  const height = trouble === null ? rowHeight : rowHeight + 13;
  const y = rowHeight / 2;
  return (
    <li className={classes.lever} data-tip={tipOf(lever, commandedAt)}>
      <span className={classes.leverNumber}>{index + 1}</span>
      <LeverKindMark kind={lever.kind} signOnly />
      <span className={classes.leverWords}>
        <span className={classes.leverTitle}><InertName text={lever.title} most={80} /></span>
        {trouble !== null && <span className={classes.leverTrouble}>{trouble}</span>}
      </span>
      <span className={classes.plot} ref={plotRef}>
        <span className="gh-visually-hidden">{leverSentence(lever, commandedAt)}</span>
        {axis !== null && (
          <svg width={axis.width} height={height} aria-hidden="true" className={classes.plotSvg}>
            <Rules axis={axis} height={height} ticks={ticks} nowX={nowX} />
            {row.lines.map((line, at) => <line key={at} x1={line.from} x2={line.to} y1={y} y2={y} className={`${line.style === 'solid' ? classes.solid : classes.dashed} ${line.against ? classes.against : ''}`} />)}
            {row.marks.map((mark, at) => <MarkShape key={at} mark={mark} y={y} />)}
          </svg>
        )}
      </span>
    </li>
  );
}

/** One picture for everybody who can see it, the same figures as a table for everybody else. */
export function LeverTimeline({ order, asTable }: { order: StopOrderDetail; asTable: boolean }) {
  const nowMs = useNow();
  const [plotRef, width] = useWidth();
  const [all, setAll] = useState(false);
  const title = useId();
  const levers = order.orderLevers;
  if (asTable) return <LeverTable order={order} />;
  const shown = all ? levers : levers.slice(0, most);
  const commandedMs = order.commandedAt === null ? null : Date.parse(order.commandedAt);
  const lastMs = lastMoment(order, levers, nowMs);
  const live = order.state !== 'verified' && order.endedAt === null;
  const axis = commandedMs === null || width < 40 ? null : axisOf(commandedMs, live ? lastMs + (lastMs - commandedMs) * roomRight : lastMs, width);
  const nowX = axis !== null && live ? placeOn(axis, lastMs) : null;
  const ticks = axis === null ? [] : ticksOf(axis, nowX);
  return (
    <figure className={classes.timeline} aria-labelledby={title}>
      <figcaption id={title} className="gh-visually-hidden">Levers over time: {formatCount(order.levers.reported)} of {plural(order.levers.all, 'lever')} answered, {formatCount(order.levers.confirmed)} confirmed from outside, {plural(order.landed, 'act')} after the command. Press T to read it as a table.</figcaption>
      <div className={classes.axis} aria-hidden="true">
        <span /><span /><span />
        <span className={classes.plot}>
          {axis !== null && (
            <svg width={axis.width} height={headHeight} className={classes.plotSvg}>
              {ticks.map((tick) => <text key={tick.x} x={tick.x} y={14} textAnchor={tick.x > axis.width - 20 ? 'end' : 'middle'} className={classes.tick}>{tick.label}</text>)}
              {nowX !== null && commandedMs !== null && <text x={Math.min(nowX, axis.width - 30)} y={14} textAnchor="middle" className={classes.nowLabel}>now {formatCountdown(lastMs - commandedMs)}</text>}
            </svg>
          )}
        </span>
      </div>
      <ol className={classes.levers}>
        {shown.map((lever, index) => <LeverRow key={lever.id} lever={lever} index={index} axis={axis} lastMs={lastMs} ticks={ticks} nowX={nowX} commandedAt={order.commandedAt} plotRef={index === 0 ? plotRef : undefined} />)}
      </ol>
      {shown.length < levers.length && <button type="button" className={classes.linkButton} onClick={() => setAll(true)}>{plural(levers.length - shown.length, 'more lever')}</button>}
    </figure>
  );
}

function LeverTable({ order }: { order: StopOrderDetail }) {
  const frame = useRef<HTMLDivElement>(null);
  const time = (iso: string | null): ReactNode => (iso === null ? '' : <Time iso={iso} millis mono />);
  const columns: PlainColumn<OrderLever>[] = [
    { id: 'at', head: 'No.', cell: (_lever, index) => index + 1 },
    { id: 'kind', head: 'Kind', cell: (lever) => <LeverKindMark kind={lever.kind} /> },
    { id: 'title', head: 'Lever', wide: true, cell: (lever) => <><strong className={classes.strong}><InertName text={lever.title} most={120} /></strong><br /><span className={classes.second}><InertName text={lever.target} most={200} />, <InertName text={lever.connectionName} most={60} /></span></> },
    { id: 'sent', head: 'Requested', cell: (lever) => (lever.sentAt === null ? 'not sent' : <>{time(lever.sentAt)}{lever.attempts > 1 && <span className={classes.second}> {lever.attempts} attempts</span>}</>) },
    { id: 'reported', head: 'Reported', cell: (lever) => answerWords(lever, order.commandedAt) },
    { id: 'confirmed', head: 'Confirmed', cell: (lever) => <span data-tip={lever.confirmedText === null ? undefined : inertString(lever.confirmedText, 300)}>{confirmedWords(lever, order.commandedAt)}</span> },
    { id: 'says', head: 'The runtime says', line: true, cell: (lever) => (lever.reportedText === null ? '' : <AgentLine text={lever.reportedText} />) },
    { id: 'acts', head: 'Acts against it', cell: (lever) => (lever.actsAt.length === 0 ? '0' : `${formatCount(lever.actsAt.length)}, newest ${formatTime(new Date(lever.actsAt.at(-1) ?? ''), { millis: true })}`) },
  ];
  return <div ref={frame} className={classes.tableView}><PlainTable label="Levers" rows={order.orderLevers} rowId={(lever) => lever.id} columns={columns} /></div>;
}
