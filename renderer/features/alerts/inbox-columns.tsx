import type { Alert } from '../../../shared/alerts.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import { severityLooks, stateLook, toldLook, worstRank } from './alert-words.ts';
import classes from './alerts.module.css';

function How({ row }: { row: Alert }) {
  const [severity, state] = [severityLooks[row.severity], stateLook(row)];
  return <span className={classes.two}><StateBadge state={severity.state} word={severity.word} /><StateBadge state={state.state} word={state.word} /></span>;
}

function What({ row }: { row: Alert }) {
  return (
    <span className={classes.two}>
      <strong className={row.state === 'open' ? classes.titleOpen : classes.titleKnown}><InertName text={row.title} most={160} /></strong>
      <span className={classes.where}>{row.agentName !== null ? <InertName text={row.agentName} most={40} /> : row.connectionName !== null ? <InertName text={row.connectionName} most={40} /> : 'this console'}; <InertName text={row.ruleName} most={60} />; since <Age iso={row.raisedAt} /></span>
    </span>
  );
}

function Told({ row }: { row: Alert }) {
  const look = toldLook(row.deliveries);
  return look === null ? <span className={classes.zero}>inbox</span> : <StateBadge state={look.state} word={look.word} />;
}

export const inboxColumns: readonly DataColumn<Alert>[] = [
  { id: 'severity', head: 'Severity, state', name: 'Severity and state', min: 122, grow: 0, sortBy: worstRank, cell: (row) => <How row={row} /> },
  { id: 'what', head: 'What, about whom', name: 'What and about whom', min: 200, grow: 3, fixed: true, sortBy: (row) => row.title, cell: (row) => <What row={row} /> },
  { id: 'times', head: 'Times', name: 'Times', min: 50, grow: 0, end: true, first: 'down', sortBy: (row) => row.times, cell: (row) => <span className={row.times === 1 ? classes.zero : undefined}>{formatCount(row.times)}</span> },
  { id: 'last', head: 'Last', name: 'Last', min: 54, grow: 0, end: true, first: 'down', sortBy: (row) => Date.parse(row.lastAt), cell: (row) => <span className={classes.muted}><Age iso={row.lastAt} /></span> },
  { id: 'told', head: 'Told', name: 'Deliveries', min: 88, grow: 0, sortBy: (row) => -row.deliveries.failed * 1e6 - row.deliveries.waiting * 1e3 - row.deliveries.sent, cell: (row) => <Told row={row} /> },
];
