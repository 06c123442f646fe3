import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Approval } from '../../../shared/domain.ts';
import { approvalQueries } from '../../api/queries.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { useClock } from '../../ui/now.ts';
import { StateShape } from '../../ui/state-shapes.tsx';
import { effectWords, leftShare, waitWords } from './approvals-model.ts';
import { callPreview } from './request-parts.ts';
import { Left } from './request-view.tsx';
import classes from './approvals.module.css';

/** In steps of a hundredth: the bar need not be drawn anew each second. */
function TimeLeft({ one }: { one: Approval }) {
  const { askedAt, expiresAt } = one;
  const share = useClock(useCallback((now: number) => Math.round(leftShare({ askedAt, expiresAt }, now) * 100), [askedAt, expiresAt]));
  if (expiresAt === null) return <span className={classes.noEnd}>waits until answered</span>;
  return (
    <span className={classes.left}>
      <span><strong><Left expiresAt={expiresAt} /></strong> {share > 0 && <span className={classes.muted}>then expires</span>}</span>
      <span className={classes.track} aria-hidden="true"><span className={classes.bar} style={{ width: `${share}%` }} /></span>
    </span>
  );
}

/** Rows whose request is read beside the list, so that two calls of one name can be told apart. */
const mostPreviews = 20;

/** Who asks, and what the call is about; the connection where that is not known. */
function About({ one, preview }: { one: Approval; preview: boolean }) {
  const { data } = useQuery({ ...approvalQueries.get(one.id), enabled: preview && one.kind === 'tool_call' });
  const about = data === undefined ? null : callPreview(data.actions);
  return <span className={classes.second} data-tip={about === null ? undefined : inertString(about, 300)}><InertName text={one.agentName} most={60} />; {about === null ? one.connectionName : <InertName text={about} most={160} />}</span>;
}

interface ListProps { rows: readonly Approval[]; chosenId: string | null; activeId: string | null; onChoose: (id: string) => void; onOpen: (id: string) => void }

export function WaitingList({ rows, chosenId, activeId, onChoose, onOpen }: ListProps) {
  return (
    <div role="grid" aria-label="Waiting" aria-rowcount={rows.length} className={classes.waiting}>
      <div role="rowgroup">
        {rows.map((one, index) => (
          <div
            key={one.id} role="row" data-row={one.id} data-region-start={one.id === activeId ? true : undefined} tabIndex={one.id === activeId ? 0 : -1} aria-rowindex={index + 1} aria-selected={one.id === chosenId}
            className={`${classes.row} ${one.id === chosenId ? classes.chosen : ''}`} onClick={() => onChoose(one.id)} onKeyDown={(event) => { if (event.key === 'Enter') { event.preventDefault(); onOpen(one.id); } }}
            aria-label={`${inertString(one.title, 80)}, ${inertString(one.agentName, 60)}, ${effectWords(one.destructive)}, ${waitWords[one.kind].toLowerCase()}`}
          >
            <span role="gridcell" className={classes.what}>
              <StateShape state="waiting" className={classes.wait} />
              <span className={classes.two}>
                <span className={classes.title}><InertName text={one.title} most={120} /></span>
                <About one={one} preview={index < mostPreviews} />
              </span>
            </span>
            <span role="gridcell" className={one.destructive === true ? classes.worst : classes.effect} data-tip={one.destructive === true ? 'Cannot be undone' : undefined}>{one.destructive === true ? <><span aria-hidden="true">◆</span><span className="gh-visually-hidden">cannot be undone</span></> : one.destructive === null ? 'effect not declared' : ''}</span>
            <span role="gridcell" className={classes.time}><TimeLeft one={one} /></span>
          </div>
        ))}
      </div>
    </div>
  );
}
