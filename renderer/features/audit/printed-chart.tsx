/** A chart on paper: fixed in size, light, without anything that only a pointer would find. Its figures stand in the rows below it. */
import { Bar, BarChart, CartesianGrid, Line, LineChart, XAxis, YAxis } from 'recharts';
import type { ReportDocument } from '../../../shared/reports.ts';
import { inertString } from '../../ui/agent-text.ts';
import { formatAxis, formatMoney } from '../../ui/format.ts';
import { niceTicks } from '../../ui/time-chart-geometry.ts';
import classes from './report-print.module.css';

type Chart = NonNullable<ReportDocument['sections'][number]['chart']>;

/** Three series and "other", as everywhere. */
const inks = ['var(--gh-d1)', 'var(--gh-d2)', 'var(--gh-d3)', 'var(--gh-d4)'] as const;
const inkOf = (at: number): string => inks[Math.min(at, inks.length - 1)] ?? inks[0];
const dashes = ['', '5 3', '2 2', '7 2 2 2'] as const;

const unitWords = ({ unit, currency }: Pick<Chart, 'unit' | 'currency'>): string => (unit === 'micros' ? currency ?? 'money' : unit === 'ms' ? 'ms' : 'count');
const tick = ({ unit }: Pick<Chart, 'unit'>) => (value: number): string => (unit === 'micros' ? formatMoney(value, value >= 100_000_000 ? 0 : 2) : formatAxis(value));
/** Days without their year: the period stands above. */
const labelOf = (label: string): string => inertString(/^\d{4}-\d{2}-\d{2}$/.test(label) ? label.slice(5) : label, 18);

export function PrintedChart({ chart, title }: { chart: Chart; title: string }) {
  const data = chart.points.map((point) => ({ label: labelOf(point.label), ...Object.fromEntries(point.values.map((value, at) => [`v${String(at)}`, value])) }));
  const sums = chart.points.map((point) => (chart.kind === 'bars' ? point.values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...point.values)));
  const ticks = niceTicks(Math.max(1, ...sums));
  const axes = [
    <CartesianGrid key="grid" vertical={false} stroke="var(--gh-plot)" />,
    <XAxis key="x" dataKey="label" interval="preserveStartEnd" minTickGap={14} tickLine={false} axisLine={{ stroke: 'var(--gh-line-strong)' }} tick={{ fill: 'var(--gh-muted)', fontSize: 9 }} />,
    <YAxis key="y" width={46} domain={[0, ticks.at(-1) || 1]} ticks={ticks} tickFormatter={tick(chart)} interval={0} tickLine={false} axisLine={false} tick={{ fill: 'var(--gh-muted)', fontSize: 9 }} />,
  ];
  const size = { width: 680, height: 170, data, margin: { top: 8, right: 8, bottom: 2, left: 0 }, accessibilityLayer: false };
  return (
    <figure className={classes.chart} aria-label={`Chart of ${title}`}>
      <figcaption>{chart.series.map((name, at) => <span key={name} className={classes.series}><svg width="18" height="8" aria-hidden="true">{chart.kind === 'bars' ? <rect width="18" height="8" fill={inkOf(at)} /> : <line x1="0" x2="18" y1="4" y2="4" stroke={inkOf(at)} strokeWidth="2" strokeDasharray={dashes[Math.min(at, 3)]} />}</svg>{inertString(name, 40)}</span>)}<span className={classes.unit}>{unitWords(chart)}</span></figcaption>
      {chart.kind === 'bars'
        ? <BarChart {...size} barCategoryGap="18%">{axes}{chart.series.map((name, at) => <Bar key={name} dataKey={`v${String(at)}`} stackId="all" fill={inkOf(at)} maxBarSize={36} isAnimationActive={false} />)}</BarChart>
        : <LineChart {...size}>{axes}{chart.series.map((name, at) => <Line key={name} dataKey={`v${String(at)}`} type="linear" stroke={inkOf(at)} strokeWidth={1.6} strokeDasharray={dashes[Math.min(at, 3)] ?? ''} dot={chart.points.length === 1} isAnimationActive={false} />)}</LineChart>}
    </figure>
  );
}
