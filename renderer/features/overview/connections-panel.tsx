import type { Connection } from '../../../shared/domain.ts';
import { placeHash } from '../../app/navigation.ts';
import { PlainTable, type PlainColumn } from '../../ui/data-table-plain.tsx';
import { formatCount, formatCounter, plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import { healthLooks, inOrder, refusedOf, troubleWords } from '../connections/connection-health.ts';
import { wayIn } from '../connections/kind-words.ts';
import classes from './overview.module.css';

const columns: PlainColumn<Connection>[] = [
  { id: 'name', head: 'Connection', cell: (one) => <a className={classes.link} href={placeHash({ screen: 'connections', id: one.id })}>{one.name}{one.demo && !one.name.includes('(demo)') && ' (demo)'}</a> },
  { id: 'health', head: 'Health', cell: (one) => <StateBadge state={healthLooks[one.health].state} word={healthLooks[one.health].word} tip={one.healthText} /> },
  { id: 'newest', head: 'Newest', end: true, cell: (one) => (one.lastDataAt === null ? <span className={classes.faint}>none yet</span> : <Age iso={one.lastDataAt} />) },
  { id: 'agents', head: 'Agents', end: true, cell: (one) => <span className={one.agents === 0 ? classes.faint : undefined}>{formatCount(one.agents)}</span> },
  { id: 'activities', head: 'Activities', end: true, cell: (one) => <span className={one.activities === 0 ? classes.faint : undefined}>{formatCounter(one.activities)}</span> },
  { id: 'refused', head: 'Refused', end: true, cell: (one) => <span className={refusedOf(one) === 0 ? classes.faint : undefined}>{formatCounter(refusedOf(one))}</span> },
  { id: 'in', head: 'Way in', cell: (one) => wayIn(one) },
];

function summary(rows: readonly Connection[]): string {
  const parts = troubleWords(rows);
  return parts.length === 0 ? plural(rows.length, 'connection') : `${parts.join(', ')}, of ${rows.length}`;
}

export function ConnectionsPanel({ rows }: { rows: readonly Connection[] }) {
  return (
    <Panel flush title="Connections" aside={<span>{summary(rows)}</span>}>
      <PlainTable label="Connections" rows={inOrder(rows)} rowId={(one) => one.id} columns={columns} />
    </Panel>
  );
}
