import type { ReactNode } from 'react';
import type { Connection } from '../../../shared/domain.ts';
import { AgentLine } from '../../ui/agent-text-view.tsx';
import { formatCount } from '../../ui/format.ts';
import { Age } from '../../ui/time.tsx';
import { refusedOf } from './connection-health.ts';
import classes from './connections.module.css';

export type Change = 'rename' | 'content' | 'enable' | 'rotate' | 'remove' | 'test' | 'credential' | 'stop-credential' | 'stop-credential-remove' | 'address' | 'consent';

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div className={classes.fact}><dt>{name}</dt><dd>{children}</dd></div>;
}

export function Refused({ connection }: { connection: Connection }) {
  const total = refusedOf(connection);
  return (
    <section aria-label="Refused">
      <h3 className={classes.part}>Refused <span>{formatCount(total)}</span></h3>
      {total === 0 ? <p className={classes.muted}>Nothing was refused.</p> : (
        <ul className={classes.counts}>
          {connection.refused.map((one) => (
            <li key={one.reason}>
              <span className={classes.reason}>{one.reason}</span><span className={classes.number}>{formatCount(one.count)}</span><span className={classes.ago}><Age iso={one.lastAt} /></span>
              {one.sample !== null && <span className={classes.sample}><AgentLine text={one.sample} /></span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
