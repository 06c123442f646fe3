import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { agentQueries, connectionQueries, systemQueries } from '../../api/queries.ts';
import { askedPeriod } from '../../app/period.ts';
import type { Connection } from '../../../shared/domain.ts';
import { inertString } from '../../ui/agent-text.ts';
import { announce } from '../../ui/announce.ts';
import { StateShape, type State } from '../../ui/state-shapes.tsx';
import { Running, Time } from '../../ui/time.tsx';
import { firstDataSteps, hasData, ifNothingComes, type FirstDataStep } from './first-data-steps.ts';
import classes from './first-data.module.css';

const looks: Record<FirstDataStep['state'], { state: State; className: string | undefined; word: string }> = {
  done: { state: 'healthy', className: classes.done, word: 'done' },
  waiting: { state: 'waiting', className: classes.waiting, word: 'waiting' },
  later: { state: 'idle', className: classes.later, word: 'then' },
  broken: { state: 'broken', className: classes.broken, word: 'broken' },
};

/** The newest knowledge about a connection, its agents and the receiver: hints keep all three fresh. */
export function useFirstData(connection: Connection): { connection: Connection; steps: FirstDataStep[]; nothing: string; arrived: boolean } {
  const list = useQuery(connectionQueries.list());
  const status = useQuery(systemQueries.status());
  const agents = useQuery(agentQueries.list(askedPeriod({ span: '24h', end: null })));
  const now = list.data?.rows.find((row) => row.id === connection.id) ?? connection;
  const own = agents.data?.rows.filter((agent) => agent.connectionId === connection.id) ?? [];
  return {
    connection: now,
    steps: firstDataSteps({ connection: now, receiver: status.data?.receiver ?? null, agents: own }),
    nothing: ifNothingComes(now, list.data?.strangers ?? []),
    arrived: hasData(now),
  };
}

export function FirstDataBanner({ connection, arrived }: { connection: Connection; arrived: boolean }) {
  useEffect(() => {
    if (arrived) announce(`First data arrived on ${connection.name}`);
  }, [arrived, connection.name]);
  return (
    <div className={`${classes.banner} ${arrived ? classes.green : ''}`}>
      <StateShape state={arrived ? 'healthy' : 'waiting'} className={arrived ? classes.done : classes.waiting} />
      <div>
        <div className={classes.headline}>
          {arrived && connection.firstDataAt !== null ? <>First data arrived <Time iso={connection.firstDataAt} /></> : <>Waiting for first data, <Running since={connection.createdAt} words /></>}
        </div>
        <div className={classes.second}>{arrived ? connection.healthText : 'Usual: under 1 min after the agent’s next task. Nothing is wrong yet on this side.'}</div>
      </div>
    </div>
  );
}

export function FirstDataList({ steps }: { steps: readonly FirstDataStep[] }) {
  return (
    <ol className={classes.list} aria-label="From receiver to usage">
      {steps.map((step) => (
        <li key={step.id} className={classes.step} data-step={step.id} data-state={step.state}>
          <span className={`${classes.name} ${looks[step.state].className ?? ''}`}><StateShape state={looks[step.state].state} />{step.title}</span>
          <span className={classes.detail}>{inertString(step.detail)}</span>
          <span className={classes.at}>{step.at === null ? looks[step.state].word : <Time iso={step.at} />}</span>
        </li>
      ))}
    </ol>
  );
}
