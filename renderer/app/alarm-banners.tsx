import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { SystemStatus } from '../../shared/contract.ts';
import { call } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { systemQueries } from '../api/queries.ts';
import { Changes } from '../ui/changes.tsx';
import { plural } from '../ui/format.ts';
import { StateShape } from '../ui/state-shapes.tsx';
import { Time } from '../ui/time.tsx';
import { placeHash } from './navigation.ts';
import { attempt } from './notices.ts';
import classes from './engine-banner.module.css';

export type Alarm = SystemStatus['alarms'][number];

const rank: Record<Alarm['severity'], number> = { failed: 0, attention: 1, info: 2 };

/** Worst first, then newest. */
export const alarmsInOrder = (alarms: readonly Alarm[]): Alarm[] => alarms.toSorted((a, b) => rank[a.severity] - rank[b.severity] || b.since.localeCompare(a.since));

async function dismiss(id: string): Promise<void> {
  await call('alarms.dismiss', { id });
  await queryClient.invalidateQueries({ queryKey: systemQueries.status().queryKey });
}

export function AlarmLine({ alarm }: { alarm: Alarm }) {
  const failed = alarm.severity === 'failed';
  return (
    <div className={`${classes.banner} ${failed ? classes.stopped : alarm.severity === 'info' ? classes.info : ''}`}>
      <StateShape state={failed ? 'failed' : 'attention'} className={classes.shape} />
      <div className={classes.text}>{alarm.text} <span className={classes.muted}>Since <Time iso={alarm.since} />.</span></div>
      <Changes><Button onClick={() => attempt('The alarm was not dismissed.', dismiss(alarm.id))}>Dismiss</Button></Changes>
    </div>
  );
}

/** What the engine says that a person must act on; on every screen until it is dismissed. At most two, the rest on Settings. */
export function AlarmBanners() {
  const { data } = useQuery(systemQueries.status());
  const loud = alarmsInOrder(data?.alarms ?? []).filter((alarm) => alarm.severity !== 'info');
  if (loud.length === 0) return null;
  return (
    <div className={classes.stack}>
      {loud.slice(0, 2).map((alarm) => <AlarmLine key={alarm.id} alarm={alarm} />)}
      {loud.length > 2 && <a className={classes.more} href={placeHash({ screen: 'settings' })}>{plural(loud.length - 2, 'more alarm')} on Settings</a>}
    </div>
  );
}
