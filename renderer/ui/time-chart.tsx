/**
 * Figures over time: bars for counts, a line for running sums. Under the bars one lane a source shows where it was seen.
 * A column is hatched only when no source was seen, with the reason above it. Every chart can be read as a table.
 */
import { Area, Bar, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis, usePlotArea } from 'recharts';
import { useId, useMemo } from 'react';
import { PlainTable, type PlainColumn } from './data-table-plain.tsx';
import { formatAxis, formatClock, formatDay, formatPercent, formatTime, formatUtc } from './format.ts';
import { blindRuns, isBlind, laneRuns, niceTicks, placeLabels, runningSums, tallest, timeTicks, type Run, type TimeBin } from './time-chart-geometry.ts';
import classes from './time-chart.module.css';

export interface ChartGap { from: number; to: number; text: string }

export interface TimeChartProps {
  /** said by screen readers; the panel's head shows it. */
  title: string;
  /** one sentence: what is to be seen, and where nothing was. */
  summary: string;
  names: readonly string[];
  bins: readonly TimeBin[];
  binMs: number;
  gaps: readonly ChartGap[];
  kind: 'bars' | 'sum';
  height: number;
  /** one figure in words, with its unit. */
  write: (value: number) => string;
  axis?: (value: number) => string;
  asTable: boolean;
  lanes?: boolean;
}

const seriesColour = (index: number): string => `var(--gh-d${Math.min(index, 3) + 1})`;
const laneHeight = 5;
const lanePitch = 8;
const left = 46;
const right = 10;
const top = 18;

/** Hatching as an SVG pattern, over the surface, as everywhere. */
export function HatchPattern({ id }: { id: string }) {
  return (
    <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="5" height="5" className={classes.hatchGround} /><rect width="1.5" height="5" className={classes.hatchStroke} />
    </pattern>
  );
}

interface Row { at: number; values: readonly number[]; sum: number | null; [series: `v${number}`]: number }

export function TimeChart(props: TimeChartProps) {
  const { title, summary, names, bins, kind, height, write, axis = formatAxis, asTable, lanes = false } = props;
  const data = useMemo(() => {
    const sums = kind === 'sum' ? runningSums(bins) : [];
    return bins.map((bin, index): Row => ({ at: bin.at, values: bin.values, sum: sums[index] ?? null, ...Object.fromEntries(bin.values.map((value, series) => [`v${series}`, value])) }));
  }, [bins, kind]);
  const ticks = niceTicks(kind === 'sum' ? Math.max(0, ...data.map((row) => row.sum ?? 0)) : tallest(bins));
  if (asTable) return <ChartTable {...props} />;
  const bottom = 20 + (lanes ? names.length * lanePitch + 6 : 4);
  return (
    <figure className={classes.figure} aria-label={title}>
      <figcaption className="gh-visually-hidden">{summary} Press T to read it as a table.</figcaption>
      <div aria-hidden="true">
        <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 640, height }}>
          <ComposedChart data={data} margin={{ top, right, bottom, left: 0 }} barCategoryGap={1} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--gh-plot)" />
            <XAxis dataKey="at" hide />
            <YAxis width={left} domain={[0, ticks.at(-1) || 1]} ticks={ticks} tickFormatter={axis} axisLine={false} tickLine={false} tick={{ fill: 'var(--gh-muted)', fontSize: 11 }} interval={0} />
            {kind === 'bars' && names.map((_name, index) => <Bar key={index} dataKey={`v${index}`} stackId="all" fill={seriesColour(index)} isAnimationActive={false} />)}
            {kind === 'sum' && <Area dataKey="sum" type="linear" stroke="none" fill="var(--gh-d1)" fillOpacity={0.15} isAnimationActive={false} connectNulls={false} />}
            {kind === 'sum' && <Line dataKey="sum" type="linear" stroke="var(--gh-d1)" strokeWidth={2} dot={false} isAnimationActive={false} connectNulls={false} />}
            <Tooltip isAnimationActive={false} cursor={{ fill: 'var(--gh-hover)', stroke: 'var(--gh-line-strong)' }} content={({ active, payload }) => (active ? <Reading row={payload[0]?.payload as Row | undefined} bin={bins} names={names} write={write} /> : null)} />
            <Ground {...props} lanes={lanes} />
          </ComposedChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
}

/** What stands under the pointer. The same figures are in the table, for those without one. */
function Reading({ row, bin: bins, names, write }: { row: Row | undefined; bin: readonly TimeBin[]; names: readonly string[]; write: (value: number) => string }) {
  const bin = bins.find((one) => one.at === row?.at);
  if (row === undefined || bin === undefined) return null;
  return (
    <div className={classes.reading}>
      <strong>{formatTime(new Date(row.at), { short: true })}</strong>
      {isBlind(bin) ? <div>Not seen</div> : names.map((name, index) => <div key={index}>{name}: {write(row.values[index] ?? 0)}{(bin.seen[index] ?? 1) < 0.995 && `, ${formatPercent(bin.seen[index] ?? 0)} seen`}</div>)}
      {row.sum !== null && <div>so far: {write(row.sum)}</div>}
    </div>
  );
}

/** Hatched columns with their reasons, lanes and the time axis: everything that is placed by hand. */
function Ground({ bins, binMs, names, gaps, lanes }: TimeChartProps) {
  const area = usePlotArea();
  const hatch = useId();
  const first = bins[0];
  if (area === undefined || first === undefined) return null;
  const width = area.width / bins.length;
  const from = first.at;
  const to = from + bins.length * binMs;
  const x = (at: number): number => area.x + ((at - from) / (to - from)) * area.width;
  const base = area.y + area.height;
  const box = (run: Run): { x: number; width: number } => ({ x: area.x + run.from * width, width: Math.max(4, (run.to - run.from) * width) });
  const blind = blindRuns(bins);
  const labels = blind.map((run) => reasonOf(run, bins, binMs, gaps));
  const places = placeLabels(labels.map((label, index) => ({ at: box(blind[index] ?? { from: 0, to: 1 }).x + box(blind[index] ?? { from: 0, to: 1 }).width / 2, width: label.length * 5.9 })), area.x, area.x + area.width);
  const axisY = base + (lanes === true ? names.length * lanePitch + 6 : 0) + 16;
  const ticks = timeTicks(from, to, Math.max(2, Math.floor(area.width / 90)));
  return (
    <g>
      <defs><HatchPattern id={hatch} /></defs>
      {blind.map((run) => <rect key={run.from} {...box(run)} y={area.y} height={area.height} fill={`url(#${hatch})`} className={classes.gap} />)}
      {places.map((place) => <text key={place.index} x={place.x} y={area.y - 6} textAnchor={place.anchor} className={classes.label}>{labels[place.index]}</text>)}
      {lanes === true && (
        <>
          <text x={area.x - 6} y={base + 6 + (names.length * lanePitch) / 2 + 1} textAnchor="end" className={classes.label}>seen</text>
          {names.map((_name, source) => (
            <g key={source}>
              <rect x={area.x} y={base + 5 + source * lanePitch} width={area.width} height={laneHeight} fill={seriesColour(source)} opacity={0.4} />
              {laneRuns(bins, source).map((run) => <rect key={run.from} {...box(run)} y={base + 4.5 + source * lanePitch} height={laneHeight + 1} fill={`url(#${hatch})`} className={classes.gap} />)}
            </g>
          ))}
        </>
      )}
      {ticks.map((tick) => <text key={tick.at} x={x(tick.at)} y={axisY} textAnchor="middle" className={classes.label}>{tick.day ? formatDay(new Date(tick.at)).replace(/ \d{4}$/, '') : formatClock(new Date(tick.at), { short: true })}</text>)}
    </g>
  );
}

/** "This machine slept 05:00 to 05:46"; without a known gap the hatching only says that nothing was seen. */
function reasonOf(run: Run, bins: readonly TimeBin[], binMs: number, gaps: readonly ChartGap[]): string {
  const from = bins[run.from]?.at ?? 0;
  const to = (bins[run.to - 1]?.at ?? 0) + binMs;
  const overlap = (gap: ChartGap): number => Math.min(gap.to, to) - Math.max(gap.from, from);
  const gap = gaps.filter((one) => overlap(one) > 0).toSorted((a, b) => overlap(b) - overlap(a))[0];
  const clock = (at: number): string => formatClock(new Date(at), { short: true });
  return gap === undefined ? 'not seen' : `${gap.text.replace(/\.$/, '')} ${clock(gap.from)} to ${clock(gap.to)}`;
}

/** The same figures, newest first. */
function ChartTable({ title, summary, names, bins, kind, height, write }: TimeChartProps) {
  const sums = kind === 'sum' ? runningSums(bins) : [];
  const columns: PlainColumn<TimeBin>[] = [
    { id: 'at', head: 'From', cell: (bin) => <time dateTime={new Date(bin.at).toISOString()} data-tip={formatUtc(new Date(bin.at))}>{formatTime(new Date(bin.at), { short: true })}</time> },
    ...names.map((name, index): PlainColumn<TimeBin> => ({ id: `${index}`, head: name, end: true, cell: (bin) => ((bin.seen[index] ?? bin.seen[0] ?? 0) < 0.5 && (bin.values[index] ?? 0) === 0 ? 'not seen' : write(bin.values[index] ?? 0)) })),
    ...(kind === 'sum' ? [{ id: 'sum', head: 'So far', end: true, cell: (_bin: TimeBin, index: number) => { const sum = sums[bins.length - 1 - index]; return sum === null || sum === undefined ? 'not seen' : write(sum); } }] : []),
    { id: 'seen', head: 'Seen', end: true, cell: (bin) => formatPercent(bin.seen.length === 0 ? 0 : bin.seen.reduce((sum, share) => sum + share, 0) / bin.seen.length) },
  ];
  return (
    <figure className={classes.figure} aria-label={title}>
      <figcaption className="gh-visually-hidden">{summary}</figcaption>
      <div className={classes.table} style={{ height }} tabIndex={0} role="group" aria-label={`${title}, as a table`}>
        <PlainTable label={title} rows={bins.toReversed()} rowId={(bin) => String(bin.at)} columns={columns} />
      </div>
    </figure>
  );
}

/** Names of the series in the panel's head, instead of a legend box. */
export function SeriesLegend({ names }: { names: readonly string[] }) {
  return (
    <span className={classes.legend}>
      {names.map((name, index) => <span key={index}><span className={classes.swatch} style={{ background: seriesColour(index) }} /><span className={classes.legendName} title={name}>{name}</span></span>)}
    </span>
  );
}
