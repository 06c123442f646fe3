/** Cost per finished task over days, with what was spent behind it, and the days on which a new version was first seen. */
import { Bar, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis, ZIndexLayer, usePlotArea } from 'recharts';
import { useMemo } from 'react';
import type { Result } from '../../../shared/contract.ts';
import { inertString } from '../../ui/agent-text.ts';
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { formatCount, formatMoney, plural } from '../../ui/format.ts';
import { niceTicks } from '../../ui/time-chart-geometry.ts';
import { axisDecimals, dayAndYear, dayWords, everyDay } from './cost-model.ts';
import chart from './cost-chart.module.css';

type Trend = Result<'cost.trend'>;
type Day = Trend['days'][number];
interface TrendChartProps { days: Trend['days']; versions: Trend['versions']; currency: string; asTable: boolean }

const height = 180;
const versionWords = (one: Trend['versions'][number]): string => `${inertString(one.agentName, 30)} ${inertString(one.version, 30)}`;

export function TrendChart({ days: known, versions, currency, asTable }: TrendChartProps) {
  const days = useMemo(() => everyDay(known), [known]);
  const most = Math.max(0, ...days.map((day) => day.perTaskMicros ?? 0));
  const finished = days.reduce((sum, day) => sum + day.finished, 0);
  const summary = `${plural(finished, 'task')} finished on ${plural(days.filter((day) => day.finished > 0).length, 'day')}.${versions.length === 0 ? '' : ` New versions: ${versions.map((one) => `${versionWords(one)} on ${dayWords(one.day)}`).join(', ')}.`}`;
  if (asTable) return <TrendTable days={days} versions={versions} currency={currency} />;
  if (most === 0) return <p>No day of these has a cost per finished task: {finished === 0 ? 'none finished' : 'what was used has no price'}.</p>;
  const ticks = niceTicks(most);
  return (
    <figure className={chart.figure} aria-label="Cost per finished task, day by day">
      <figcaption className="gh-visually-hidden">{summary} Press T to read it as a table.</figcaption>
      <div aria-hidden="true">
        <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 760, height }}>
          <ComposedChart data={[...days]} margin={{ top: 20, right: 12, bottom: 20, left: 0 }} barCategoryGap="20%" accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--gh-plot)" />
            <XAxis dataKey="day" hide />
            <YAxis width={52} domain={[0, ticks.at(-1) || 1]} ticks={ticks} tickFormatter={(value: number) => formatMoney(value, axisDecimals(ticks))} axisLine={false} tickLine={false} tick={{ fill: 'var(--gh-muted)', fontSize: 11 }} interval={0} />
            {/* Days without a finished task have no dot: nothing is drawn through them as if they had. */}
            <Bar dataKey="perTaskMicros" className={chart.spendBar} maxBarSize={48} isAnimationActive={false} />
            <Line dataKey="perTaskMicros" type="linear" stroke="var(--gh-d1)" strokeWidth={2} dot={{ r: 2.5, fill: 'var(--gh-d1)', stroke: 'none' }} isAnimationActive={false} connectNulls={false} />
            <Tooltip isAnimationActive={false} cursor={{ fill: 'var(--gh-hover)' }} content={({ active, payload }) => (active ? <Reading day={payload[0]?.payload as Day | undefined} currency={currency} /> : null)} />
            <ZIndexLayer zIndex={450}><Marks days={days} versions={versions} /></ZIndexLayer>
          </ComposedChart>
        </ResponsiveContainer>
      </div>
    </figure>
  );
}

function Reading({ day, currency }: { day: Day | undefined; currency: string }) {
  if (day === undefined) return null;
  return <div className={chart.reading}><strong>{dayWords(day.day)}, UTC</strong><div>{day.perTaskMicros === null ? 'no figure' : `${formatMoney(day.perTaskMicros)} ${currency} each`}, {formatCount(day.finished)} finished</div><div>spent: {formatMoney(day.micros)} {currency}</div></div>;
}

/** Day names below, version marks above: of several on one day the first is named and the others counted. */
function Marks({ days, versions }: { days: readonly Day[]; versions: Trend['versions'] }) {
  const area = usePlotArea();
  if (area === undefined || days.length === 0) return null;
  const width = area.width / days.length;
  const names = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor(area.width / 90))));
  const marks = days.flatMap((day, index) => {
    const here = versions.filter((one) => one.day === day.day);
    const [first] = here;
    return first === undefined ? [] : [{ index, words: `${inertString(first.version, 16)}${here.length > 1 ? ` and ${here.length - 1}` : ''}` }];
  });
  return (
    <g>
      {days.map((day, index) => index % names === 0 && <text key={day.day} x={area.x + (index + 0.5) * width} y={area.y + area.height + 15} textAnchor="middle" className={chart.label}>{dayWords(day.day)}</text>)}
      {marks.map((mark) => {
        const x = area.x + mark.index * width;
        const atEnd = mark.index > days.length * 0.7;
        return <g key={mark.index}><path d={`M${x} ${area.y - 12}V${area.y + area.height}`} className={chart.version} /><text x={atEnd ? x - 4 : x + 4} y={area.y - 4} textAnchor={atEnd ? 'end' : 'start'} className={chart.versionLabel}>{mark.words}</text></g>;
      })}
    </g>
  );
}

function TrendTable({ days, versions, currency }: Omit<TrendChartProps, 'asTable'>) {
  return (
    <div className={chart.table} style={{ height }} tabIndex={0} role="group" aria-label="Cost per finished task, as a table">
      <PlainTable
        label="Cost per finished task, day by day" rows={days.toReversed()} rowId={(day) => day.day}
        columns={[
          { id: 'day', head: 'Day, UTC', cell: (day) => dayAndYear(day.day) },
          { id: 'each', head: `Per task ${currency}`, end: true, cell: (day) => (day.perTaskMicros === null ? 'no figure' : formatMoney(day.perTaskMicros)) },
          { id: 'finished', head: 'Finished', end: true, cell: (day) => formatCount(day.finished) },
          { id: 'spent', head: 'Spent', end: true, cell: (day) => formatMoney(day.micros) },
          { id: 'version', head: 'First seen', cell: (day) => versions.filter((one) => one.day === day.day).map(versionWords).join(', ') },
        ]}
      />
    </div>
  );
}
