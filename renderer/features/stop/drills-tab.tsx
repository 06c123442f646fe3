/** How long drills took, agent by agent: to the last act, and until it was contained. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Drill } from '../../../shared/stop.ts';
import { settingsQueries, stopQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, placeHash, setParams, usePlace } from '../../app/navigation.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { Empty, FromQuery } from '../../ui/blocks.tsx';
import { ChoiceChip } from '../../ui/chip.tsx';
import { PlainTable, type PlainColumn } from '../../ui/data-table-plain.tsx';
import { formatClock, formatCount, formatDay, formatDuration, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Time, localOffset } from '../../ui/time.tsx';
import { drillPlot, plotLeft } from './drill-chart.ts';
import { orderLooks } from './stop-words.ts';
import classes from './stop.module.css';

const duration = (ms: number | null, otherwise: string): string => (ms === null ? otherwise : formatDuration(Math.max(0, ms)));

const columns: PlainColumn<Drill>[] = [
  { id: 'at', head: `Time, ${localOffset()}`, cell: (drill) => <Time iso={drill.at} /> },
  { id: 'agent', head: 'Agent', cell: (drill) => <a className={classes.link} href={placeHash({ screen: 'agent', id: drill.agentId })}><InertName text={drill.agentName} most={60} /></a> },
  { id: 'level', head: 'Level', cell: (drill) => drill.level },
  { id: 'state', head: 'State', cell: (drill) => <StateBadge {...orderLooks[drill.state]} /> },
  { id: 'answer', head: 'First answer', end: true, cell: (drill) => duration(drill.firstAnswerMs, 'none') },
  { id: 'act', head: 'To last act', end: true, cell: (drill) => duration(drill.timeToLastActMs === 0 ? null : drill.timeToLastActMs, 'no act') },
  { id: 'contain', head: 'To contain', end: true, cell: (drill) => duration(drill.timeToContainMs, 'not contained') },
  { id: 'order', head: 'Order', cell: (drill) => <a className={classes.link} href={placeHash({ screen: 'stop', id: drill.orderId })}>{drill.orderNumber}</a> },
];

const height = 190;

function DrillChart({ name, drills }: { name: string; drills: readonly Drill[] }) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  const plot = drillPlot(drills, Math.max(200, width), height);
  const worst = Math.max(...drills.map((drill) => drill.timeToContainMs ?? 0));
  const open = drills.filter((drill) => drill.timeToContainMs === null).length;
  return (
    <figure className={classes.timeline} style={{ minWidth: 0 }} ref={setElement} aria-label={`Drills of ${name}`}>
      <figcaption className="gh-visually-hidden">{plural(drills.length, 'drill')} of {name}, longest time to contain {formatDuration(worst)}{open === 0 ? '' : `, ${plural(open, 'drill')} not contained`}. Press T to read it as a table.</figcaption>
      {width > 0 && (
        <svg width={Math.max(200, width)} height={height} aria-hidden="true" className={classes.chart}>
          {plot.yTicks.map((tick) => <g key={tick.ms}><line x1={plotLeft} x2={plot.right} y1={tick.y} y2={tick.y} className={classes.rule} /><text x={plotLeft - 8} y={tick.y + 4} textAnchor="end" className={classes.tick}>{formatDuration(tick.ms)}</text></g>)}
          {plot.xTicks.map((tick) => <text key={tick.at} x={tick.x} y={height - 6} textAnchor="middle" className={classes.tick}>{tick.day ? formatDay(new Date(tick.at)).replace(/ \d{4}$/, '') : formatClock(new Date(tick.at), { short: true })}</text>)}
          {plot.line.length > 1 && <polyline points={plot.line.map((one) => `${one.x.toFixed(1)},${one.y.toFixed(1)}`).join(' ')} fill="none" className={classes.solid} style={{ strokeWidth: 1 }} />}
          {plot.points.map((point) => (
            <g key={point.drill.orderId}>
              {point.lastActY !== null && <g transform={`translate(${point.x - 5},${point.lastActY - 5})`} className={classes.markPlain}><rect x={1} y={1} width={9} height={9} rx={4.5} className={classes.markGround} /><StateShape state="stop_reported" size={10} /></g>}
              {point.containY === null
                ? <g transform={`translate(${point.x - 6},${plot.top - 16})`} className={classes.markStop}><StateShape state={point.drill.state === 'unverified' ? 'unverified' : 'failed'} /></g>
                : <g transform={`translate(${point.x - 6},${point.containY - 6})`} className={classes.markOk}><StateShape state="stop_confirmed" /></g>}
            </g>
          ))}
        </svg>
      )}
    </figure>
  );
}

function byAgent(drills: readonly Drill[]): { id: string; name: string; drills: Drill[] }[] {
  const groups = new Map<string, { id: string; name: string; drills: Drill[] }>();
  for (const drill of drills) {
    const group = groups.get(drill.agentId) ?? { id: drill.agentId, name: drill.agentName, drills: [] };
    group.drills.push(drill);
    groups.set(drill.agentId, group);
  }
  return [...groups.values()];
}

const mostCharts = 6;
const hints = [{ keys: ['t'], does: 'charts as tables' }];

function Drills({ drills }: { drills: readonly Drill[] }) {
  const { params } = usePlace();
  const { data: settings } = useQuery(settingsQueries.get());
  const asTable = params['table'] === '1';
  const agent = params['agent'] ?? null;
  const toggle = (): void => setParams({ table: asTable ? null : '1' });
  useKeys('Drills', [{ keys: 't', does: 'charts as tables', run: toggle }]);
  const groups = byAgent(drills);
  const shown = groups.filter((group) => agent === null || group.id === agent);
  if (drills.length === 0) return <Panel flush title="Drills"><Empty title="Times of drills will stand here" why="No drill was fired yet. Mark an agent as canary in Readiness; a drill is a real stop order at that agent." action={<button type="button" className={classes.linkButton} onClick={() => go({ screen: 'stop', params: { tab: 'readiness' } })}>To readiness</button>} /></Panel>;
  return (
    <div className={classes.columnPanes}>
      <div className={classes.bar}>
        <ChoiceChip label="Agent" value={agent} options={groups.map((group) => ({ value: group.id, label: inertString(group.name, 40) }))} onChange={(next) => setParams({ agent: next })} />
        <button type="button" className={classes.linkButton} aria-pressed={asTable} onClick={toggle}>{asTable ? 'As charts' : 'As tables'} <Kbd keys="t" /></button>
        <span className={classes.barEnd}>{settings === undefined ? '' : `A drill counts for ${plural(settings.drillStaleDays, 'day')}.`}</span>
      </div>
      {!asTable && shown.slice(0, mostCharts).map((group) => (
        <Panel key={group.id} flush title={<InertName text={group.name} most={60} />} aside={<span className={classes.legend}><span className={classes.legendOne}><span className={classes.markPlain}><StateShape state="stop_reported" /></span>to the last act</span><span className={classes.legendOne}><span className={classes.markOk}><StateShape state="stop_confirmed" /></span>to contain</span><span className={classes.legendOne}><span className={classes.markStop}><StateShape state="failed" /></span>not contained</span></span>}>
          <DrillChart name={inertString(group.name, 60)} drills={group.drills} />
        </Panel>
      ))}
      {!asTable && shown.length > mostCharts && <p className={classes.second}>{formatCount(shown.length - mostCharts)} more agents: choose one above.</p>}
      <Panel flush title={`Drills, ${formatCount(shown.flatMap((group) => group.drills).length)}`} aside="newest first">
        <PlainTable label="Drills" rows={drills.filter((drill) => agent === null || drill.agentId === agent)} rowId={(drill) => drill.orderId} columns={columns} />
      </Panel>
      <div className={classes.under}><KeyHints hints={hints} /></div>
    </div>
  );
}

export function DrillsTab() {
  const query = useQuery(stopQueries.drills(null));
  return <FromQuery query={query} what="Reading drills" failed="The drills could not be read.">{({ rows }) => <Drills drills={rows.toSorted((a, b) => b.at.localeCompare(a.at))} />}</FromQuery>;
}
