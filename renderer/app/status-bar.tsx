import { useQuery } from '@tanstack/react-query';
import { useEngineState } from '../api/client.ts';
import { auditQueries, systemQueries } from '../api/queries.ts';
import { formatBytes, formatClock, formatCount, formatDay, plural } from '../ui/format.ts';
import { useNow } from '../ui/now.ts';
import { StateShape } from '../ui/state-shapes.tsx';
import { Age, localOffset } from '../ui/time.tsx';
import { barPart } from './chain-words.ts';
import { placeHash, type Target } from './navigation.ts';
import type { ReactNode } from 'react';
import classes from './status-bar.module.css';

function Part({ to, children, tip }: { to: Target; children: ReactNode; tip?: string | undefined }) {
  return <a className={classes.part} href={placeHash(to)} data-tip={tip}>{children}</a>;
}

/** Whole is said quietly, damage is not. Nothing stands here before the engine has told it. */
function Chain() {
  const { data } = useQuery(auditQueries.status());
  const now = useNow();
  if (data === undefined) return null;
  const { text, state, tone } = barPart(data, now);
  return <Part to={{ screen: 'audit' }} tip={data.check.endedAt === null ? undefined : `Read through ${formatClock(new Date(data.check.endedAt))}: ${formatCount(data.check.entries)} entries`}>{state !== null && <StateShape state={state} className={tone === 'stop' ? classes.stop : classes.wait} />}{text}</Part>;
}

function Clock() {
  const now = new Date(useNow());
  return (
    <time className={classes.clock} dateTime={now.toISOString()} data-tip={`${now.toISOString().slice(0, 19).replace('T', ' ')} UTC`}>
      {now.toLocaleDateString('en-GB', { weekday: 'short' })} {formatDay(now)}, {formatClock(now)} {localOffset(now)}
    </time>
  );
}

const perSecond = (rate: number): string => (rate > 0 && rate < 1 ? rate.toFixed(1) : formatCount(Math.round(rate)));

export function StatusBar() {
  const engine = useEngineState();
  const { data: status } = useQuery(systemQueries.status());
  const running = engine.state === 'ready';
  const alarm = status?.alarms.find((one) => one.severity !== 'info');
  return (
    <footer className={classes.bar} data-region tabIndex={-1} aria-label="Status">
      <Part to={{ screen: 'settings' }} tip={engine.text}>
        <StateShape state={running ? 'ready' : engine.state === 'stopped' ? 'broken' : 'attention'} className={running ? classes.ok : engine.state === 'stopped' ? classes.stop : classes.wait} />
        {running ? 'Engine running' : engine.state === 'starting' ? 'Engine starting' : engine.state === 'away' ? 'Engine away' : 'Engine stopped'}
      </Part>
      {status !== undefined && (
        <>
          {status.connections === 0
            ? <Part to={{ screen: 'connections' }}>No connections</Part>
            : running && <Part to={{ screen: 'live' }} tip="Mean of the last 10 s">Taking in {perSecond(status.intakePerSecond)} activities/s</Part>}
          {status.newestActivityAt !== null && <Part to={{ screen: 'live' }}>Newest <Age iso={status.newestActivityAt} /> ago</Part>}
          {status.stopsFailing > 0
            ? <Part to={{ screen: 'stop' }}><StateShape state="still_acting" className={classes.stop} />{plural(status.stopsFailing, 'stop order')} not verified</Part>
            : status.stopsOpen > 0 && <Part to={{ screen: 'stop' }}>{plural(status.stopsOpen, 'stop order')} in progress</Part>}
          {status.approvalsWaiting > 0 && <Part to={{ screen: 'approvals' }}><StateShape state="waiting" className={classes.wait} />{plural(status.approvalsWaiting, 'approval')} waiting</Part>}
          {status.openGaps > 0 && <Part to={{ screen: 'overview' }}><StateShape state="not_seen" className={classes.quiet} />{plural(status.openGaps, 'gap')} open</Part>}
          {status.strangers > 0 && <Part to={{ screen: 'connections' }}>{plural(status.strangers, 'sender')} refused</Part>}
          <Part to={{ screen: 'settings' }} tip={status.diskFreeBytes === null ? undefined : `${formatBytes(status.diskFreeBytes)} free on this disk`}>History {formatBytes(status.historyBytes)}</Part>
          <Chain />
          {alarm !== undefined && <Part to={{ screen: 'settings' }} tip={alarm.text}><StateShape state={alarm.severity === 'failed' ? 'failed' : 'attention'} className={alarm.severity === 'failed' ? classes.stop : classes.wait} />{plural(status.alarms.length, 'alarm')}</Part>}
        </>
      )}
      <Clock />
    </footer>
  );
}
