import type { FailureGroup } from '../../../shared/failures.ts';
import { AgentLine, InertName } from '../../ui/agent-text-view.tsx';
import type { DataColumn } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { Money } from '../../ui/money.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import { agentsWords, saidOf, sortWords, stateLooks } from './failure-words.ts';
import { worstRank } from './failures-view.ts';
import classes from './failures.module.css';

const asking = new Set<FailureGroup['state']>(['new', 'back']);

function What({ row }: { row: FailureGroup }) {
  const { first, more } = agentsWords(row.agentNames);
  const said = saidOf(row);
  return (
    <span className={classes.two}>
      <span className={classes.what}><strong className={classes.name}><InertName text={row.name} most={48} /></strong><span className={classes.where}><InertName text={first} most={40} />{more}; {sortWords[row.sort]}</span></span>
      {said === null ? <span className={classes.where}>it said nothing</span> : <AgentLine text={said} most={160} />}
    </span>
  );
}

/** `currency` null: there are several, so each row says its own. */
export function columnsOf(period: string, currency: string | null): readonly DataColumn<FailureGroup>[] {
  return [
    { id: 'state', head: 'State', name: 'State', min: 96, grow: 0, sortBy: worstRank, cell: (row) => <StateBadge state={stateLooks[row.state].state} word={stateLooks[row.state].word} /> },
    { id: 'what', head: 'What failed, where', name: 'What failed and where', min: 200, grow: 3, fixed: true, sortBy: (row) => row.name, cell: (row) => <What row={row} /> },
    { id: 'times', head: 'Times', name: 'Times', min: 52, grow: 0, end: true, first: 'down', sortBy: (row) => row.count, cell: (row) => <strong className={asking.has(row.state) ? classes.loud : undefined}>{formatCount(row.count)}</strong> },
    { id: 'spark', head: period, name: 'Times over the period', min: 112, grow: 0, cell: (row) => <Sparkline bins={row.spark} what="failure" width={96} height={18} /> },
    { id: 'last', head: 'Last', name: 'Last seen', min: 54, grow: 0, end: true, first: 'down', sortBy: (row) => Date.parse(row.lastSeen), cell: (row) => <span className={classes.muted}><Age iso={row.lastSeen} /></span> },
    { id: 'cost', head: currency === null ? 'Cost' : `Cost ${currency}`, name: 'Cost of it', min: 84, grow: 0, end: true, first: 'down', sortBy: (row) => row.cost.amountMicros, cell: (row) => <Money cost={row.cost} withCurrency={currency === null} source="calls that failed, and tasks lost with it" /> },
  ];
}
