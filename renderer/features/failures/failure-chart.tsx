/** How often a group came over the period: bars, hatched where nothing was seen, and a line where a version came. */
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { formatAxis, formatClock, formatCount, formatDay, formatTime } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { unseenRuns } from '../../ui/sparkline.tsx';
import { chartSummary, countTicks, shareOf, versionMarks, type Span, type VersionMark } from './chart-model.ts';
import classes from './failures.module.css';

interface FailureChartProps { bins: readonly (number | null)[]; span: Span; untilNow: boolean; versions: readonly { agentName: string; version: string | null; firstSeen: string }[]; asTable: boolean }

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;
const clock = (at: number): string => formatClock(new Date(at), { short: true });
const markWords = (mark: VersionMark): string => `${inertString(mark.version, 24)}, ${clock(mark.at)}`;

function ends(span: Span, untilNow: boolean): { from: string; to: string } {
  const days = span.toMs - span.fromMs > 36 * 3_600_000;
  const words = (at: number): string => (days ? formatDay(new Date(at)).replace(/ \d{4}$/, '') : formatTime(new Date(at), { short: true }).replace(/ \d{4} /, ', '));
  return { from: words(span.fromMs), to: untilNow ? 'now' : words(span.toMs) };
}

export function FailureChart({ bins, span, untilNow, versions, asTable }: FailureChartProps) {
  const binMs = (span.toMs - span.fromMs) / Math.max(1, bins.length);
  const marks = versionMarks(versions, span, bins.length);
  const summary = [chartSummary(bins), ...marks.map((mark) => `Version ${markWords(mark)}.`)].join(' ');
  if (asTable) {
    const rows = bins.map((value, index) => ({ at: span.fromMs + index * binMs, value })).toReversed();
    return (
      <div className={classes.chartTable} tabIndex={0} role="group" aria-label="Times over the period, as a table">
        <PlainTable label="Times over the period" rows={rows} rowId={(row) => String(row.at)} columns={[{ id: 'at', head: 'From', cell: (row) => formatTime(new Date(row.at), { short: true }) }, { id: 'times', head: 'Times', end: true, cell: (row) => (row.value === null ? 'not seen' : formatCount(row.value)) }]} />
      </div>
    );
  }
  const ticks = countTicks(Math.max(0, ...bins.map((value) => value ?? 0)));
  const top = ticks.at(-1) ?? 1;
  const newest = marks.at(-1);
  const { from, to } = ends(span, untilNow);
  return (
    <figure className={classes.chart} aria-label="Times over the period">
      <figcaption className="gh-visually-hidden">{summary} Press T to read it as a table.</figcaption>
      <div className={classes.plot} aria-hidden="true">
        {ticks.map((tick) => <div key={tick} className={classes.gridLine} style={{ bottom: percent(tick / top) }}><span>{formatAxis(tick)}</span></div>)}
        {unseenRuns(bins).map(([first, end]) => (
          <div key={first} className={classes.unseen} style={{ left: percent(first / bins.length), width: percent((end - first) / bins.length) }}>
            <Hatch width="100%" height="100%" name={`Not seen, ${formatTime(new Date(span.fromMs + first * binMs), { short: true })} to ${clock(span.fromMs + end * binMs)}`} />
          </div>
        ))}
        {bins.map((value, index) => (value === null || value === 0 ? null : <div key={index} className={classes.bar} style={{ left: percent(index / bins.length), width: percent(1 / bins.length), height: `max(2px, ${percent(value / top)})` }} />))}
        {marks.map((mark) => <div key={mark.at} className={classes.mark} style={{ left: percent(shareOf(span, mark.at)) }} />)}
        {newest !== undefined && <span className={classes.markWord} style={shareOf(span, newest.at) > 0.5 ? { right: percent(1 - shareOf(span, newest.at)) } : { left: percent(shareOf(span, newest.at)) }}>{markWords(newest)}</span>}
      </div>
      <div className={classes.ends} aria-hidden="true"><span>{from}</span><span>{to}</span></div>
    </figure>
  );
}
