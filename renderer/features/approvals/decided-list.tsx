import { useCallback } from 'react';
import type { Approval } from '../../../shared/domain.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatClock, formatDay, formatDuration, formatUtc } from '../../ui/format.ts';
import { useClock } from '../../ui/now.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { localOffset } from '../../ui/time.tsx';
import { stateLooks, tookMs, tooFastMs } from './approvals-model.ts';
import classes from './approvals.module.css';

/** Short enough never to be cut: `14:22`, `22 Nov 23:09`; the year and UTC are one focus away. */
function shortWhen(date: Date, now: Date): string {
  const clock = formatClock(date, { short: true });
  return formatDay(date) === formatDay(now) ? clock : `${formatDay(date).replace(/ \d{4}$/, '')} ${clock}`;
}

function When({ iso }: { iso: string }) {
  const words = useClock(useCallback((now: number) => shortWhen(new Date(iso), new Date(now)), [iso]));
  return <time dateTime={iso} data-tip={formatUtc(new Date(iso))}>{words}</time>;
}

function Took({ one }: { one: Approval }) {
  const took = tookMs(one);
  if (took === null) return <span className={classes.muted}>none</span>;
  return <span className={took < tooFastMs ? classes.fast : undefined}>{formatDuration(took)}</span>;
}

interface DecidedListProps { rows: readonly Approval[]; chosenId: string | null; activeId: string | null; onChoose: (id: string) => void; onOpen: (id: string) => void }

export function DecidedList({ rows, chosenId, activeId, onChoose, onOpen }: DecidedListProps) {
  return (
    <div role="grid" aria-label="Decided" aria-rowcount={rows.length + 1} className={classes.decided}>
      <div role="rowgroup">
        <div role="row" className={classes.decidedHead}>
          <span role="columnheader">Time, {localOffset()}</span><span role="columnheader">What, agent</span><span role="columnheader">Decision, by whom</span><span role="columnheader" className={classes.end}>Took</span>
        </div>
      </div>
      <div role="rowgroup">
        {rows.map((one, index) => (
          <div
            key={one.id} role="row" data-row={one.id} tabIndex={one.id === activeId ? 0 : -1} aria-rowindex={index + 2} aria-selected={one.id === chosenId} className={`${classes.decidedRow} ${one.id === chosenId ? classes.chosen : ''}`}
            onClick={() => onChoose(one.id)} onKeyDown={(event) => { if (event.key === 'Enter') { event.preventDefault(); onOpen(one.id); } }}
          >
            <span role="gridcell"><When iso={one.decidedAt ?? one.seenAt} /></span>
            <span role="gridcell" className={classes.two}>
              <span className={classes.cut} data-tip={inertString(one.title, 300)}><InertName text={one.title} most={80} /></span>
              <span className={classes.second}><InertName text={one.agentName} most={40} /></span>
            </span>
            <span role="gridcell" className={classes.two}>
              <StateBadge {...stateLooks[one.state]} />
              <span className={classes.second} data-tip={one.decidedBy === null ? undefined : inertString(one.decidedBy, 100)}>{one.decidedBy === null ? 'by nobody here' : <>by <InertName text={one.decidedBy} most={40} /></>}</span>
            </span>
            <span role="gridcell" className={classes.end}><Took one={one} /></span>
          </div>
        ))}
      </div>
    </div>
  );
}
