/**
 * Spend per UTC day by how it is known: billed solid, reported lighter, computed dashed-outlined, hatched where nobody saw.
 * Nothing is scaled up to what was not seen; a forecast is a dashed line in days to come, with the band it may fall in.
 */
import { Bar, CartesianGrid, ComposedChart, ResponsiveContainer, Tooltip, XAxis, YAxis, ZIndexLayer, usePlotArea } from 'recharts';
import { useId } from 'react';
import { PlainTable, type PlainColumn } from '../../ui/data-table-plain.tsx';
import { formatMoney, formatPercent } from '../../ui/format.ts';
import { HatchPattern } from '../../ui/time-chart.tsx';
import { niceTicks } from '../../ui/time-chart-geometry.ts';
import type { DayBudget, ForecastDay } from './budget-model.ts';
import { axisDecimals, chartSummary, dayAndYear, dayWords, seenEnough, type DayBar } from './cost-model.ts';
import classes from './cost-chart.module.css';

/** What the days to come are expected to bring, each. `byWeekday` false: too little is known, so all alike. */
interface Forecast { days: readonly ForecastDay[]; byWeekday: boolean }

interface SpendChartProps { bars: readonly DayBar[]; forecast: Forecast | null; /** what a day may cost; null: nobody said. */ budget: DayBudget | null; currency: string; height: number; asTable: boolean; onDay: (day: string) => void }
interface Row extends DayBar { toCome: ForecastDay | null }

const left = 46;
const farAbove = 3;
/** Room at the right for the words on the line. */
const budgetRoom = 80;

export function SpendChart({ bars, forecast, budget, currency, height, asTable, onDay }: SpendChartProps) {
  const summary = `${chartSummary(bars, currency)}${budget === null ? '' : ` Budget: ${budget.words}.`}`;
  if (asTable) return <DaysTable bars={bars} currency={currency} height={height} summary={summary} onDay={onDay} />;
  const rows: Row[] = [
    ...bars.map((bar) => ({ ...bar, toCome: null })),
    ...(forecast?.days ?? []).map((day) => ({ day: day.day, billed: 0, reported: 0, computed: 0, shown: null, unpriced: 0, seen: null, low: null, high: null, toCome: day })),
  ];
  const drawn = Math.max(0, ...bars.map((bar) => Math.max(bar.shown ?? 0, bar.high ?? 0)), ...(forecast?.days ?? []).map((day) => day.high ?? day.micros));
  // A budget far above everything would press the bars flat: then only its label stands at the top.
  const reached = budget !== null && budget.micros <= drawn * farAbove;
  const most = Math.max(drawn, reached ? budget.micros : 0);
  const ticks = most > 0 ? niceTicks(most) : [0];
  const top = ticks.at(-1) || 1;
  return (
    <figure className={classes.figure} aria-label="Spend per day, by how we know it">
      <figcaption className="gh-visually-hidden">{summary} Press T to read it as a table, from where each day can be opened.</figcaption>
      <div aria-hidden="true">
        <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 640, height }}>
          <ComposedChart data={rows} margin={{ top: 20, right: budget === null ? 12 : budgetRoom, bottom: 20, left: 0 }} barCategoryGap="14%" accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--gh-plot)" />
            <XAxis dataKey="day" hide />
            <YAxis width={left} domain={[0, top]} ticks={ticks} tickFormatter={(value: number) => formatMoney(value, axisDecimals(ticks))} axisLine={false} tickLine={false} tick={{ fill: 'var(--gh-muted)', fontSize: 11 }} interval={0} />
            <Bar dataKey="billed" stackId="day" className={classes.billed} isAnimationActive={false} />
            <Bar dataKey="reported" stackId="day" className={classes.reported} isAnimationActive={false} />
            <Bar dataKey="computed" stackId="day" isAnimationActive={false} shape={<Computed />} />
            <Tooltip isAnimationActive={false} cursor={{ fill: 'var(--gh-hover)' }} content={({ active, payload }) => (active ? <Reading row={payload[0]?.payload as Row | undefined} byWeekday={forecast?.byWeekday ?? false} currency={currency} /> : null)} />
            {/* Above the bars: whiskers must be seen on them, and a press on a bar must reach its day. */}
            <ZIndexLayer zIndex={450}><Ground rows={rows} top={top} forecast={forecast} budget={budget} onDay={onDay} /></ZIndexLayer>
          </ComposedChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
}

/** Recharts gives the place of a bar's part; only the outline is drawn, for no agent and no bill said this amount. */
function Computed({ x = 0, y = 0, width = 0, height = 0 }: { x?: number; y?: number; width?: number; height?: number }) {
  if (height <= 0) return null;
  return <rect x={x + 0.75} y={y + 0.75} width={Math.max(1, width - 1.5)} height={Math.max(0.5, height - 1.5)} className={classes.computed} />;
}

const capHeight = 9;

/** Hatching, error bars, forecast, day names and what can be pressed: everything that is placed by hand. */
function Ground({ rows, top, forecast, budget, onDay }: { rows: readonly Row[]; top: number; forecast: Forecast | null; budget: DayBudget | null; onDay: (day: string) => void }) {
  const area = usePlotArea();
  const hatch = useId();
  if (area === undefined || rows.length === 0) return null;
  const width = area.width / rows.length;
  const base = area.y + area.height;
  const y = (micros: number): number => base - (micros / top) * area.height;
  const inner = { offset: width * 0.14, width: width * 0.72 };
  const every = Math.max(1, Math.ceil(rows.length / Math.max(2, Math.floor(area.width / 76))));
  const names = every > 2 ? Math.ceil(every / 7) * 7 : every;
  return (
    <g>
      <defs><HatchPattern id={hatch} /></defs>
      {rows.map((row, index) => {
        const x = area.x + index * width;
        const middle = x + width / 2;
        const partly = row.toCome === null && row.seen !== null && row.seen < seenEnough;
        const blind = partly && row.seen !== null && row.seen < 0.5 && (row.shown ?? 0) === 0;
        const height = blind ? area.height : capHeight;
        const from = blind ? area.y : Math.max(area.y - 10, y(row.shown ?? 0) - capHeight - 1);
        return (
          <g key={row.day}>
            {partly && <rect x={x + inner.offset} y={from} width={Math.max(4, inner.width)} height={height} fill={`url(#${hatch})`} className={classes.gap} />}
            {row.unpriced > 0 && width >= 9 && <Unpriced x={middle} y={(partly ? from : y(row.high ?? row.shown ?? 0)) - 4} />}
            {row.low !== null && row.high !== null && <ErrorBar x={middle} low={y(row.low)} high={y(row.high)} />}
            {index % names === 0 && <text x={middle} y={base + 15} textAnchor={index === 0 && width < 30 ? 'start' : 'middle'} className={classes.label}>{dayWords(row.day)}</text>}
            {row.toCome === null && <rect x={x} y={area.y} width={width} height={area.height} className={classes.press} onClick={() => onDay(row.day)} />}
          </g>
        );
      })}
      {forecast !== null && <Expected forecast={forecast} x={area.x + (rows.length - forecast.days.length) * width} width={width} y={y} />}
      {budget !== null && <BudgetLine budget={budget} from={area.x} to={area.x + area.width} y={budget.micros <= top ? y(budget.micros) : null} above={area.y} />}
    </g>
  );
}

/** Work without a price came on top of what is drawn: the letter that stands for it everywhere. */
const Unpriced = ({ x, y }: { x: number; y: number }) => <g className={classes.unpriced}><rect x={x - 5} y={y - 11} width={10} height={11} rx={1.5} /><text x={x} y={y - 2} textAnchor="middle">U</text></g>;

function ErrorBar({ x, low, high }: { x: number; low: number; high: number }) {
  return <path d={`M${x} ${low}V${high}M${x - 4} ${low}h8M${x - 4} ${high}h8`} className={classes.error} />;
}

/** A dashed step over each day to come, in the band that the month's own range leaves it. */
function Expected({ forecast, x, width, y }: { forecast: Forecast; x: number; width: number; y: (micros: number) => number }) {
  const { days } = forecast;
  if (days.length === 0) return null;
  const banded = days.every((day) => day.low !== null && day.high !== null);
  const step = (of: (day: ForecastDay) => number): string => days.map((day, index) => `${index === 0 ? 'M' : 'L'}${x + index * width} ${y(of(day))}H${x + (index + 1) * width}`).join('');
  const back = days.map((day, index) => `L${x + (index + 1) * width} ${y(day.low ?? 0)}H${x + index * width}`).toReversed().join('');
  const highest = Math.min(...days.map((day) => y(day.high ?? day.micros)));
  return (
    <g>
      {banded && <path d={`${step((day) => day.high ?? 0)}${back}Z`} className={classes.band} />}
      <path d={step((day) => day.micros)} className={classes.forecast} />
      {days.length * width > 44 && <text x={x + days.length * width} y={highest - 5} textAnchor="end" className={classes.label}>forecast</text>}
    </g>
  );
}

/** Solid, in the colour of text, with its words behind it. Far above the chart only the words stand, with an arrow. */
function BudgetLine({ budget, from, to, y, above }: { budget: DayBudget; from: number; to: number; y: number | null; above: number }) {
  return (
    <g className={classes.budget}>
      {y !== null && <path d={`M${from} ${y}H${to + 2}`} />}
      <text x={to + 6} y={y === null ? above + 4 : y + 4}>budget {formatMoney(budget.micros, budget.micros >= 100_000_000 ? 0 : undefined)}{y === null && ' \u2191'}</text>
    </g>
  );
}

const seenWords = (seen: number | null): string => (seen === null ? 'nothing connected' : formatPercent(seen));

function Reading({ row, byWeekday, currency }: { row: Row | undefined; byWeekday: boolean; currency: string }) {
  if (row === undefined) return null;
  const { toCome } = row;
  if (toCome !== null) return <div className={classes.reading}><strong>{dayWords(row.day)}, forecast</strong><div>{formatMoney(toCome.micros)} {currency}{toCome.low !== null && toCome.high !== null && `, ${formatMoney(toCome.low)} to ${formatMoney(toCome.high)}`}</div><div>{byWeekday ? 'as this weekday went of late' : 'too little is known to tell days apart'}</div></div>;
  return (
    <div className={classes.reading}>
      <strong>{dayWords(row.day)}, UTC</strong>
      {row.billed > 0 && <div>billed: {formatMoney(row.billed)} {currency}</div>}
      {row.reported > 0 && <div>reported: {formatMoney(row.reported)} {currency}</div>}
      {row.computed > 0 && <div>computed: {formatMoney(row.computed)} {currency}</div>}
      {(row.shown ?? 0) === 0 && row.unpriced === 0 && <div>{row.seen === null ? 'Nothing was connected' : 'Nothing known was spent'}</div>}
      {row.unpriced > 0 && <div>without a price: {row.unpriced}</div>}
      {row.low !== null && row.high !== null && <div>with the estimates&rsquo; error: {formatMoney(row.low)} to {formatMoney(row.high)}</div>}
      {row.seen !== null && row.seen < seenEnough && <div>{formatPercent(row.seen)} of the time seen</div>}
    </div>
  );
}

/** Of a day on which nothing was connected no amount is known, not even zero. */
const untold = (bar: DayBar): boolean => bar.seen === null && (bar.shown ?? 0) === 0 && bar.unpriced === 0;
const amount = (micros: number, bar: DayBar): React.ReactNode => untold(bar) ? '' : (micros === 0 ? <span className={classes.zero}>0</span> : formatMoney(micros));

function DaysTable({ bars, currency, height, summary, onDay }: { bars: readonly DayBar[]; currency: string; height: number; summary: string; onDay: (day: string) => void }) {
  const columns: PlainColumn<DayBar>[] = [
    { id: 'day', head: 'Day, UTC', cell: (bar) => <button type="button" className={classes.day} onClick={() => onDay(bar.day)}>{dayAndYear(bar.day)}</button> },
    { id: 'billed', head: `Billed ${currency}`, end: true, cell: (bar) => amount(bar.billed, bar) },
    { id: 'reported', head: 'Reported', end: true, cell: (bar) => amount(bar.reported, bar) },
    { id: 'computed', head: 'Computed', end: true, cell: (bar) => amount(bar.computed, bar) },
    { id: 'shown', head: 'Shown', end: true, cell: (bar) => (untold(bar) ? '' : bar.shown === null ? (bar.unpriced > 0 ? 'no price' : '') : formatMoney(bar.shown)) },
    { id: 'range', head: 'With its error', end: true, cell: (bar) => (bar.low === null || bar.high === null ? '' : `${formatMoney(bar.low)} to ${formatMoney(bar.high)}`) },
    { id: 'unpriced', head: 'Without a price', end: true, cell: (bar) => (untold(bar) ? '' : bar.unpriced === 0 ? <span className={classes.zero}>0</span> : bar.unpriced) },
    { id: 'seen', head: 'Seen', end: true, cell: (bar) => seenWords(bar.seen) },
  ];
  return (
    <figure className={classes.figure} aria-label="Spend per day, by how we know it">
      <figcaption className="gh-visually-hidden">{summary}</figcaption>
      <div className={classes.table} style={{ height }} tabIndex={0} role="group" aria-label="Spend per day, as a table">
        <PlainTable label="Spend per day" rows={bars.toReversed()} rowId={(bar) => bar.day} columns={columns} />
      </div>
    </figure>
  );
}
