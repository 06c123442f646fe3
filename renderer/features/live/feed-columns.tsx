import type { Activity } from '../../../shared/domain.ts';
import { inertString } from '../../ui/agent-text.ts';
import { AgentLine, InertName } from '../../ui/agent-text-view.tsx';
import type { FeedColumn } from '../../ui/feed.tsx';
import { formatClock, formatDuration, formatUtc } from '../../ui/format.ts';
import { Money } from '../../ui/money.tsx';
import { KindBadge, StateBadge } from '../../ui/state-badge.tsx';
import { Running, localOffset } from '../../ui/time.tsx';
import { statusState } from '../../ui/waterfall.tsx';
import classes from './live.module.css';

/** Drawn once per row and never again: no clock in it, as the day is in the header. */
function Clock({ iso }: { iso: string }) {
  const date = new Date(iso);
  return <time dateTime={iso} data-tip={formatUtc(date)} className={classes.time}>{formatClock(date, { millis: true })}</time>;
}

/** Who performed it, and on whose behalf where its records say so. */
function Who({ activity: { agentName, authority } }: { activity: Activity }) {
  return <><strong className={classes.agent}><InertName text={agentName} most={40} /></strong>{authority !== null && authority.kind !== 'own' && <span className={classes.onBehalf} data-tip={`${authorityShort[authority.kind]} ${inertString(authority.of, 200)}`}> {authorityShort[authority.kind]} <InertName text={authority.of} most={40} /></span>}</>;
}

const authorityShort = { own: 'as', delegated: 'for', borrowed: 'as', shared: 'as', unknown: 'as' } as const;

function What({ activity }: { activity: Activity }) {
  const said = activity.error?.message ?? activity.error?.type ?? null;
  return (
    <>
      <span className={said === null ? classes.what : classes.whatShort}><InertName text={activity.name} most={100} /></span>
      {said !== null && <span className={classes.said}><AgentLine text={said} most={120} /></span>}
    </>
  );
}

function Took({ activity }: { activity: Activity }) {
  if (activity.status === 'running') return <span className={classes.running}>open <Running since={activity.time} /></span>;
  return <>{activity.durationMs === null ? '' : formatDuration(activity.durationMs)}</>;
}

export const feedColumns = (): FeedColumn<Activity>[] => [
  { id: 'time', head: `Time, ${localOffset()}`, cell: (row) => <Clock iso={row.time} /> },
  { id: 'agent', head: 'Agent', cell: (row) => <Who activity={row} /> },
  { id: 'kind', head: 'Kind', cell: (row) => <span className={classes.kind}><KindBadge kind={row.kind} /></span> },
  { id: 'what', head: 'What', cell: (row) => <What activity={row} /> },
  { id: 'outcome', head: 'Outcome', cell: (row) => <StateBadge state={statusState[row.status]} /> },
  { id: 'took', head: 'Took', end: true, cell: (row) => <Took activity={row} /> },
  { id: 'cost', head: 'Cost', end: true, cell: (row) => <Money cost={row.cost} decimals={3} /> },
];

export const feedTemplate = '106px minmax(150px, 0.9fr) 112px minmax(240px, 2fr) 108px 104px 84px';
