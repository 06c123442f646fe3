import { useQuery } from '@tanstack/react-query';
import type { Result } from '../../../shared/contract.ts';
import { liveQueries } from '../../api/queries.ts';
import { placeHash } from '../../app/navigation.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { FromQuery } from '../../ui/blocks.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateShape, stateTone, type State } from '../../ui/state-shapes.tsx';
import { Age, Running } from '../../ui/time.tsx';
import classes from './live.module.css';

type OpenWork = Result<'live.open'>['rows'][number];
const most = 6;

const stateOf = (work: OpenWork): State => (work.outcome === 'waiting' ? 'waiting' : 'running');

/** What has begun and not ended, longest first: from run state, not concluded from silence. */
export function OpenNow() {
  const query = useQuery(liveQueries.open());
  const rows = query.data?.rows ?? [];
  const shown = rows.toSorted((a, b) => (a.since < b.since ? -1 : 1)).slice(0, most);
  return (
    <Panel
      flush className={classes.openPanel} title={<>Open right now{query.data !== undefined && <span className={classes.openCount}>{plural(query.data.tasks, 'task')}{rows.length > most && `, ${most} longest shown`}</span>}</>}
      aside={query.data === undefined ? undefined : <span>from run state, not from silence. Age <Age iso={query.data.at} /></span>}
    >
      <FromQuery query={query} what="Reading what is open" failed="What is open could not be read." rows={1} height={46}>
        {() => (shown.length === 0
          ? <p className={classes.nothing}>Nothing that was seen to begin is still open.</p>
          : (
            <ul className={classes.open}>
              {shown.map((work) => (
                <li key={work.taskId}>
                  <a className={classes.work} href={placeHash({ screen: 'agent', id: work.agentId, params: { task: work.taskId } })} data-tip={inertString(work.what, 200)}
                    data-stop-task={work.taskId} data-stop-task-name={work.what} data-stop-agent={work.agentId} data-stop-agent-name={work.agentName}>
                    <span className={classes.workLine}>
                      <span className={classes[`tone_${stateTone(stateOf(work))}`]}><StateShape state={stateOf(work)} /></span>
                      <strong className={classes.workName}><InertName text={work.agentName} most={40} /></strong>
                      <span className={classes.clock}><Running since={work.since} /></span>
                    </span>
                    <span className={classes.workWhat}>{work.openTasks > 1 ? `${formatCount(work.openTasks)} tasks, oldest: ` : ''}<InertName text={work.what} most={60} /></span>
                  </a>
                </li>
              ))}
            </ul>
          ))}
      </FromQuery>
    </Panel>
  );
}
