/** Spend: per day by how it is known, what a finished task costs, and the groups that cost it. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { CostSummary } from '../../../shared/cost.ts';
import { budgetQueries, costQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { askedPeriod, periodWords, showUntil, usePeriod } from '../../app/period.ts';
import { ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { formatAge, formatPercent, plural } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { ProvenanceLetter } from '../../ui/money.tsx';
import { useClock } from '../../ui/now.ts';
import { Panel } from '../../ui/panel.tsx';
import { dayBudget, forecastByDay } from './budget-model.ts';
import { dayBar, dayWords, errorShareOf } from './cost-model.ts';
import { CostTable } from './cost-table.tsx';
import { PerTaskPanel } from './per-task-panel.tsx';
import chart from './cost-chart.module.css';
import classes from './cost.module.css';

const SpendChart = lazy(async () => ({ default: (await import('./spend-chart.tsx')).SpendChart }));
const dayMs = 86_400_000;
const chartHeight = 227;

/** Shows a day that stands in the chart: the whole screen then speaks of it. */
const openDay = (day: string): void => showUntil('24h', new Date(Date.parse(`${day}T00:00:00.000Z`) + dayMs).toISOString());

function Legend({ unpriced }: { unpriced: boolean }) {
  return (
    <span className={chart.legend} aria-hidden="true">
      <span><span className={`${chart.swatch} ${chart.swatchBilled}`} />billed</span>
      <span><span className={`${chart.swatch} ${chart.swatchReported}`} />reported</span>
      <span><span className={`${chart.swatch} ${chart.swatchComputed}`} />computed</span>
      <span><Hatch name="Hatched: not seen" height={11} />not seen</span>
      {unpriced && <span><ProvenanceLetter provenance="unpriced" />no price</span>}
    </span>
  );
}

function BillFoot({ summary }: { summary: CostSummary }) {
  const { agreement, newestBill } = summary;
  const age = useClock((now: number) => (newestBill === null ? '' : formatAge(now - Date.parse(`${newestBill.day}T24:00:00.000Z`))));
  if (newestBill === null) return <span>No bill was imported: nothing here is confirmed by one. Days are UTC days.</span>;
  return (
    <>
      {agreement === null ? <span>No day is known both ways yet</span> : <span>Billed days agree with our sum within {formatPercent(agreement.within)} ({plural(agreement.days, 'day')})</span>}
      <span>Newest bill: {dayWords(newestBill.day)}, {age} old</span>
      <span>Days are UTC days</span>
    </>
  );
}

/** The days of the chart: the thirty before the end of the period, whatever the period is, so that a day stands among its neighbours. */
function SpendPanel() {
  const period = usePeriod();
  const query = useQuery(costQueries.summary(askedPeriod({ span: '30d', end: period.end })));
  const budgets = useQuery(budgetQueries.list());
  const [asTable, setAsTable] = useState(false);
  useKeys('Spend', [{ keys: 't', does: 'chart as table', run: () => setAsTable(!asTable) }]);
  const summary = query.data;
  const bars = useMemo(() => {
    if (summary === undefined) return [];
    const error = errorShareOf(summary) ?? 0;
    return summary.days.map((day) => dayBar(day, error));
  }, [summary]);
  // Only a month that still runs has days to come.
  const forecast = useMemo(() => (summary === undefined || period.end !== null ? null : forecastByDay(summary)), [summary, period.end]);
  const title = 'Spend per day, by how we know it';
  if (summary === undefined) return <Panel title={title}>{query.error === null ? <Loading what="Reading spend" rows={6} /> : <ErrorBlock error={query.error} what="The spend could not be read." retry={() => { void query.refetch(); }} />}</Panel>;
  const toggle = <button type="button" className={classes.toggle} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>{asTable ? 'Chart' : 'Table'} <Kbd keys="t" /></button>;
  return (
    <Panel flush title={title} aside={<><Legend unpriced={bars.some((bar) => bar.unpriced > 0)} />{toggle}</>} foot={<BillFoot summary={summary} />}>
      {query.error !== null && <ErrorBlock error={query.error} what="The spend could not be read again." retry={() => { void query.refetch(); }} staleSince={query.dataUpdatedAt} />}
      <Suspense fallback={<div style={{ height: chartHeight + 8 }} />}>
        <SpendChart bars={bars} forecast={forecast} budget={dayBudget(budgets.data?.rows ?? [], summary.currency, summary.age.slice(0, 10))} currency={summary.currency} height={chartHeight} asTable={asTable} onDay={openDay} />
      </Suspense>
    </Panel>
  );
}

export function SpendTab({ query }: { query: UseQueryResult<CostSummary> }) {
  const words = periodWords(usePeriod()).toLowerCase();
  return (
    <>
      <div className={classes.panels}>
        <SpendPanel />
        <PerTaskPanel query={query} words={words} />
      </div>
      <CostTable summary={query.data} />
    </>
  );
}
