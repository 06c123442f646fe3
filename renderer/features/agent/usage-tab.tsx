/** What it used and what that cost, by model and by tool, over the chosen period. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { AgentDetail, Cost, Usage } from '../../../shared/domain.ts';
import { gapQueries, seriesQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { periodWords, useAskedPeriod, usePeriod } from '../../app/period.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { PlainTable, type PlainColumn } from '../../ui/data-table-plain.tsx';
import { formatCount, formatDuration, formatMoney, formatPercent, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Money } from '../../ui/money.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Age } from '../../ui/time.tsx';
import { binWords, chartBins, chartGaps, sumOf } from '../overview/chart-data.ts';
import classes from './agent.module.css';

const TimeChart = lazy(async () => ({ default: (await import('../../ui/time-chart.tsx')).TimeChart }));
const SeriesLegend = lazy(async () => ({ default: (await import('../../ui/time-chart.tsx')).SeriesLegend }));

const bins = 96;

function Count({ count }: { count: number }) {
  return <span className={count === 0 ? classes.faint : undefined}>{formatCount(count)}</span>;
}

type ModelRow = AgentDetail['models'][number] & { sum?: boolean };
const tokenColumn = (id: string, head: string, of: (usage: Usage) => number): PlainColumn<ModelRow> => ({ id, head, end: true, cell: (row) => <Count count={of(row.usage)} /> });
const modelColumns: PlainColumn<ModelRow>[] = [
  { id: 'model', head: 'Model', cell: (row) => (row.sum === true ? 'All' : <InertName text={row.model} most={60} />) },
  { id: 'calls', head: 'Calls', end: true, cell: (row) => <Count count={row.activities} /> },
  tokenColumn('input', 'Input', (usage) => usage.inputTokens),
  tokenColumn('read', 'Cache read', (usage) => usage.cacheReadTokens),
  tokenColumn('write', 'Cache write', (usage) => usage.cacheWriteTokens),
  tokenColumn('output', 'Output', (usage) => usage.outputTokens),
  tokenColumn('reasoning', 'of it reasoning', (usage) => usage.reasoningTokens),
  { id: 'cost', head: 'Cost', end: true, cell: (row) => <Money cost={row.cost} withCurrency atLeast={row.sum === true} /> },
];

const toolColumns: PlainColumn<AgentDetail['tools'][number]>[] = [
  { id: 'tool', head: 'Tool', cell: (tool) => <InertName text={tool.name} most={60} /> },
  { id: 'calls', head: 'Calls', end: true, cell: (tool) => <Count count={tool.calls} /> },
  { id: 'failures', head: 'Failures', end: true, cell: (tool) => <span className={tool.failures === 0 ? classes.faint : classes.failed} data-tip={tool.calls > 0 ? `${formatPercent(tool.failures / tool.calls)} of its calls` : undefined}>{formatCount(tool.failures)}</span> },
  { id: 'p50', head: 'Half within', end: true, cell: (tool) => (tool.p50Ms === null ? <span className={classes.second}>not reported</span> : formatDuration(tool.p50Ms)) },
  { id: 'p95', head: '95 % within', end: true, cell: (tool) => (tool.p95Ms === null ? <span className={classes.second}>not reported</span> : formatDuration(tool.p95Ms)) },
  { id: 'last', head: 'Last', end: true, cell: (tool) => <Age iso={tool.lastAt} /> },
];

const costWords = (cost: Cost): string => (cost.amountMicros === null ? 'no price is known' : `${cost.unpriced > 0 ? 'at least ' : ''}${formatMoney(cost.amountMicros)} ${cost.currency}${cost.unpriced > 0 ? `, ${plural(cost.unpriced, 'activity', 'activities')} without a price` : ', every activity has a price'}`);

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

export function UsageTab({ agent }: { agent: AgentDetail }) {
  const [asTable, setAsTable] = useState(false);
  const words = periodWords(usePeriod()).toLowerCase();
  useKeys('Usage', [{ keys: 't', does: 'charts as tables', run: () => setAsTable(!asTable) }]);
  const toggle = <button type="button" className={classes.toggle} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>{asTable ? 'Chart' : 'Table'} <Kbd keys="t" /></button>;
  const models: ModelRow[] = agent.models.length > 1 ? [...agent.models, { model: '', activities: agent.models.reduce((sum, one) => sum + one.activities, 0), usage: agent.usage, cost: agent.cost, sum: true }] : agent.models;
  return (
    <div className={classes.usage}>
      <div className={classes.pair}>
        <SeriesPanel what="spend" agent={agent} asTable={asTable} toggle={toggle} />
        <SeriesPanel what="activity" agent={agent} asTable={asTable} toggle={toggle} />
      </div>
      <Panel flush title="Tokens and cost by model" aside={<span>{words}</span>} foot={<span>{sentence(costWords(agent.cost))}. Input is uncached input; cache reads and writes stand beside it.</span>}>
        {models.length === 0 ? <p className={classes.nothing}>No model call was seen in this period.</p> : <PlainTable label="Tokens and cost by model" rows={models} rowId={(row) => (row.sum === true ? ' all' : row.model)} columns={modelColumns} />}
      </Panel>
      <Panel flush title="Tools" aside={<span>{plural(agent.tools.length, 'tool')}, {words}</span>}>
        {agent.tools.length === 0 ? <p className={classes.nothing}>No tool call was seen in this period.</p> : <PlainTable label="Tools" rows={agent.tools} rowId={(tool) => tool.name} columns={toolColumns} />}
      </Panel>
    </div>
  );
}

interface SeriesPanelProps { what: 'spend' | 'activity'; agent: AgentDetail; asTable: boolean; toggle: React.ReactNode }

function SeriesPanel({ what, agent, asTable, toggle }: SeriesPanelProps) {
  const period = useAskedPeriod();
  const spend = useQuery({ ...seriesQueries.spend(period, { bins, agentId: agent.id, by: 'model' }), enabled: what === 'spend' });
  const activity = useQuery({ ...seriesQueries.activity(period, { bins, agentId: agent.id }), enabled: what === 'activity' });
  const gaps = useQuery(gapQueries.list(period));
  const query = what === 'spend' ? spend : activity;
  const data = query.data;
  const drawn = useMemo(() => (data === undefined ? [] : chartBins(data)), [data]);
  const names = useMemo(() => data?.names.map((name) => inertString(name, 30)) ?? [], [data]);
  const title = what === 'spend' ? 'Spend, known part' : data === undefined ? 'Activity' : `Activity, per ${binWords(data.binMs)}`;
  if (data === undefined) return <Panel title={title}>{query.error === null ? <Loading what="Reading figures" rows={5} /> : <ErrorBlock error={query.error} what="The figures could not be read." retry={() => { void query.refetch(); }} />}</Panel>;
  // A sum of nothing known is not a zero.
  if (what === 'spend' && names.length === 0 && agent.cost.unpriced > 0) return <Panel title={title}><p className={classes.second}>No price is known for what it used in this period, so there is nothing to draw. The units are in the table below.</p></Panel>;
  const money = (micros: number): string => `${formatMoney(micros)} ${agent.cost.currency}`;
  const total = sumOf(data);
  return (
    <Panel flush title={title} aside={<Suspense><SeriesLegend names={names} />{toggle}</Suspense>} foot={<span>{what === 'spend' ? `${money(total)} known; what has no price is not drawn` : `${plural(total, 'activity', 'activities')} seen`}</span>}>
      <Suspense fallback={<div style={{ height: 170 }} />}>
        <TimeChart title={title} summary={what === 'spend' ? `${money(total)} known in this period.` : `${formatCount(total)} activities seen in this period.`} names={names} bins={drawn} binMs={data.binMs} gaps={chartGaps(gaps.data?.rows ?? [])} kind="bars" height={160} write={what === 'spend' ? money : formatCount} {...(what === 'spend' ? { axis: (value: number) => formatMoney(value) } : {})} asTable={asTable} />
      </Suspense>
    </Panel>
  );
}
