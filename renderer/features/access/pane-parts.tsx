/** Parts that the panes of the Access screen share. */
import { useCallback, type ReactNode } from 'react';
import type { Activity } from '../../../shared/domain.ts';
import { placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatCount } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { useClock } from '../../ui/now.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { statusState } from '../../ui/waterfall.tsx';
import classes from './access.module.css';

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div className={classes.fact}><dt>{name}</dt><dd>{children}</dd></div>;
}

export function Part({ title, aside, children }: { title: ReactNode; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.block}>
      <h3 className={classes.part}>{title}{aside !== undefined && <span>{aside}</span>}</h3>
      {children}
    </section>
  );
}

/** Rows that came while somebody reads wait until they are asked for. */
export function FreshRows({ waiting, onRelease }: { waiting: number; onRelease: () => void }) {
  if (waiting === 0) return null;
  return <button type="button" className={classes.fresh} onClick={onRelease}>{formatCount(waiting)} new, press <Kbd keys="." /></button>;
}

export function AgentLink({ id, name, tab }: { id: string; name: string; tab?: string }) {
  return <a className={classes.link} href={placeHash({ screen: 'agent', id, ...(tab === undefined ? {} : { params: { tab } }) })}><InertName text={name} most={60} /></a>;
}

/** Activities, newest first; each opens where it stands in its task. */
export function Acts({ label, rows, withAgent = false }: { label: string; rows: readonly Activity[]; withAgent?: boolean }) {
  // Milliseconds matter among acts of today; older ones need their day more.
  const today = useClock(useCallback((now: number) => rows.every((row) => new Date(row.time).toDateString() === new Date(now).toDateString()), [rows]));
  return (
    <div role="list" aria-label={label} className={`${classes.acts} ${today ? '' : classes.olderActs}`}>
      {rows.map((row) => (
        <div key={row.id} role="listitem">
          <a className={classes.act} href={placeHash({ screen: 'agent', id: row.agentId, params: { task: row.taskId, activity: row.id } })}>
            <Time iso={row.time} millis={today} short={!today} mono />
            <span><InertName text={row.name} most={80} />{withAgent && <span className={classes.muted}> <InertName text={row.agentName} most={40} /></span>}</span>
            <StateBadge state={statusState[row.status]} />
          </a>
        </div>
      ))}
    </div>
  );
}
