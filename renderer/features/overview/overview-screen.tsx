import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Overview, Series } from '../../../shared/contract.ts';
import type { Gap } from '../../../shared/domain.ts';
import { connectionQueries, overviewQueries, systemQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { placeHash } from '../../app/navigation.ts';
import { periodWords, useAskedPeriod, usePeriod } from '../../app/period.ts';
import { ScreenHead } from '../../app/screen-head.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock, FromQuery, Loading } from '../../ui/blocks.tsx';
import { formatClock, formatCount, formatMoney, plural } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { ProvenanceLetter } from '../../ui/money.tsx';
import { useClock } from '../../ui/now.ts';
import { Panel } from '../../ui/panel.tsx';
import { Age } from '../../ui/time.tsx';
import { changesOf } from './changes.ts';
import { binWords, chartBins, chartGaps, dayAndTime, gapWords, sumOf } from './chart-data.ts';
import { ConnectionsPanel } from './connections-panel.tsx';
import { NeedsYouPanel } from './needs-you.tsx';
import { useVisit, type Visit } from './visit.ts';
import classes from './overview.module.css';

// Charts come after the first paint: their library is half of the page's code.
const TimeChart = lazy(async () => ({ default: (await import('../../ui/time-chart.tsx')).TimeChart }));
const SeriesLegend = lazy(async () => ({ default: (await import('../../ui/time-chart.tsx')).SeriesLegend }));

const sinceWords = (visit: Visit): string => (visit.previous === null ? 'the day before, this is the first visit' : dayAndTime(new Date(visit.since)));

export default function OverviewScreen() {
  const status = useQuery(systemQueries.status());
  const period = useAskedPeriod();
  const visit = useVisit();
  const overview = useQuery(overviewQueries.get(period, visit?.since ?? null));
  return (
    <>
      <ScreenHead title="Overview" context={visit === null ? undefined : <span>since {sinceWords(visit)}</span>} />
      {overview.error !== null && <ErrorBlock error={overview.error} what="The overview could not be read." retry={() => { void overview.refetch(); }} staleSince={overview.dataUpdatedAt} />}
      {overview.data === undefined || visit === null
        ? overview.error === null && <Loading what="Reading the overview" rows={8} />
        : <OverviewPanels data={overview.data} visit={visit} newest={status.data?.newestActivityAt ?? null} />}
    </>
  );
}

function OverviewPanels({ data, visit, newest }: { data: Overview; visit: Visit; newest: string | null }) {
  const connections = useQuery(connectionQueries.list());
  const [asTable, setAsTable] = useState(false);
  useKeys('Overview', [{ keys: 't', does: 'charts as tables', run: () => setAsTable((now) => !now) }]);
  const toggle = <TableToggle on={asTable} onToggle={() => setAsTable(!asTable)} />;
  return (
    <div className={classes.grid}>
      <div className={classes.column}>
        <NeedsYouPanel needs={data.needsYou} seenShare={data.changed.seenShare} />
        <ActivityPanel series={data.activity} gaps={data.gaps} connections={connections.data?.rows.length ?? null} newest={newest} asTable={asTable} toggle={toggle} />
        <FromQuery query={connections} what="Reading connections" failed="The connections could not be read." rows={3} height={26}>{({ rows }) => <ConnectionsPanel rows={rows} />}</FromQuery>
      </div>
      <div className={classes.column}>
        <SpendPanel data={data} asTable={asTable} toggle={toggle} />
        <ChangedPanel changed={data.changed} visit={visit} />
      </div>
    </div>
  );
}

function TableToggle({ on, onToggle }: { on: boolean; onToggle: () => void }) {
  return <button type="button" className={classes.toggle} aria-pressed={on} onClick={onToggle}><span className="gh-visually-hidden">Show as </span>{on ? 'Chart' : 'Table'} <Kbd keys="t" /></button>;
}

/** What is not seen now is said in words; what was not seen before is one focus away. */
function GapList({ gaps }: { gaps: readonly Gap[] }) {
  const open = gaps.filter((gap) => gap.to === null).slice(0, 2);
  const rest = gaps.filter((gap) => !open.includes(gap));
  return (
    <>
      {open.map((gap) => <span key={gap.id} className={classes.gap}><Hatch name={`Not seen: ${gapWords(gap)}`} focusable height={10} /> {gapWords(gap)}</span>)}
      {rest.length > 0 && <span className={classes.gap}>{rest.slice(-5).map((gap) => <Hatch key={gap.id} name={`Not seen: ${gapWords(gap)}`} focusable height={10} />)} not seen: {plural(rest.length, open.length > 0 ? 'more gap' : 'gap')}</span>}
    </>
  );
}

interface ActivityProps { series: Series; gaps: readonly Gap[]; connections: number | null; newest: string | null; asTable: boolean; toggle: React.ReactNode }

function ActivityPanel({ series, gaps, connections, newest, asTable, toggle }: ActivityProps) {
  const period = usePeriod();
  const bins = useMemo(() => chartBins(series), [series]);
  const names = useMemo(() => series.names.map((name) => inertString(name, 30)), [series.names]);
  const total = sumOf(series);
  const unseen = gaps.length === 0 ? 'No gap.' : `${plural(gaps.length, 'gap')}: ${gaps.map((gap) => gapWords(gap)).join('; ')}.`;
  return (
    <Panel
      flush title={`Activity, per ${binWords(series.binMs)}`} aside={<Suspense><SeriesLegend names={names} />{toggle}</Suspense>}
      foot={(
        <>
          <span>{plural(total, 'activity', 'activities')} seen, {periodWords(period).toLowerCase()}</span>
          {connections !== null && <span>{plural(connections, 'connection')}{newest !== null && <>, newest <Age iso={newest} /> ago</>}</span>}
          <GapList gaps={gaps} />
        </>
      )}
    >
      <Suspense fallback={<div style={{ height: 164 }} />}>
        <TimeChart title={`Activity, per ${binWords(series.binMs)}`} summary={`${formatCount(total)} activities seen. ${unseen}`} names={names} bins={bins} binMs={series.binMs} gaps={chartGaps(gaps)} kind="bars" height={164} write={formatCount} asTable={asTable} lanes />
      </Suspense>
    </Panel>
  );
}

const provenanceWords = { billed: 'billed by the provider', reported: 'as the runtimes report it', computed: 'part of it computed from list prices', unpriced: 'part of the work has no price and is not in the sum' } as const;

const monthOf = (now: number): string => new Date(now).toLocaleDateString('en-GB', { month: 'long' });

function SpendPanel({ data, asTable, toggle }: { data: Overview; asTable: boolean; toggle: React.ReactNode }) {
  const period = usePeriod();
  const { monthCost, spend, gaps } = data;
  const bins = useMemo(() => chartBins(spend), [spend]);
  const names = useMemo(() => spend.names.map((name) => inertString(name, 30)), [spend.names]);
  const known = sumOf(spend);
  const month = useClock(monthOf);
  // Nothing priced while there is unpriced work: a sum of it would be a zero that nobody knows.
  const noneKnown = names.length === 0 && monthCost.unpriced > 0;
  const money = (micros: number): string => `${formatMoney(micros)} ${monthCost.currency}`;
  return (
    <Panel
      flush title={`Spend, ${month}`} aside={toggle}
      foot={(
        <>
          <span className={classes.gap}><ProvenanceLetter provenance={monthCost.provenance} /> {provenanceWords[monthCost.provenance]}</span>
        </>
      )}
    >
      <div className={classes.figures}>
        <div>
          <div className={classes.label}>So far in {month}</div>
          <div className={classes.figure}>{monthCost.amountMicros === null ? 'no price' : formatMoney(monthCost.amountMicros, 2)} {monthCost.amountMicros !== null && <span className={classes.unit}>{monthCost.currency}</span>}</div>
          <div className={classes.label}>{monthCost.amountMicros === null ? 'units were used, no price is known' : monthCost.unpriced > 0 ? `at least; ${formatCount(monthCost.unpriced)} unpriced` : 'every activity has a price'}</div>
        </div>
        <div>
          <div className={classes.label}>{periodWords(period)}</div>
          <div className={classes.figure}>{noneKnown ? 'no price' : <>{formatMoney(known, 2)} <span className={classes.unit}>{monthCost.currency}</span></>}</div>
          <div className={classes.label}>{noneKnown ? 'of what was used, if anything was' : 'the part with a known price'}</div>
        </div>
      </div>
      <Suspense fallback={<div style={{ height: 150 }} />}>
        <TimeChart title={`Running spend, ${periodWords(period).toLowerCase()}`} summary={`${money(known)} known in this period. Where nothing was seen the line is broken.`} names={names} bins={bins} binMs={spend.binMs} gaps={chartGaps(gaps)} kind="sum" height={150} write={money} axis={(value) => formatMoney(value, value >= 10e6 || value === 0 ? 0 : 2)} asTable={asTable} />
      </Suspense>
    </Panel>
  );
}

function ChangedPanel({ changed, visit }: { changed: Overview['changed']; visit: Visit }) {
  const changes = changesOf(changed);
  const since = new Date(visit.since);
  const title = visit.previous === null ? 'Changed in the last day' : `Changed since ${dayAndTime(since)}`;
  return (
    <Panel flush title={title} aside={<span>against the time before</span>}>
      <ul className={classes.changes}>
        {changes.map((change) => (
          <li key={change.id} className={classes.change}>
            <span className={`${classes.changeFigure} ${change.look ? classes.look : ''}`}>{change.figure ?? <span className={classes.faint}>not known</span>}</span>
            <span className={classes.changeText}>
              {change.to === undefined ? <span className={classes.changeWhat}>{change.what}</span> : <a className={classes.changeWhat} href={placeHash(change.to)}>{change.what}</a>}
              <span className={classes.second}>{change.detail}</span>
            </span>
          </li>
        ))}
      </ul>
      <p className="gh-visually-hidden">Since {formatClock(since)}.</p>
    </Panel>
  );
}
