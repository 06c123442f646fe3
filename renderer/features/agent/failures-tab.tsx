import { useQuery } from '@tanstack/react-query';
import type { Failure } from '../../../shared/domain.ts';
import { failureQueries } from '../../api/queries.ts';
import { placeHash } from '../../app/navigation.ts';
import { AgentLine, InertName } from '../../ui/agent-text-view.tsx';
import { FromQuery } from '../../ui/blocks.tsx';
import { PlainTable, type PlainColumn } from '../../ui/data-table-plain.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { KindBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import classes from './agent.module.css';

const columns = (agentId: string): PlainColumn<Failure>[] => [
  { id: 'count', head: 'Times', end: true, cell: (failure) => <strong className={classes.failed}>{formatCount(failure.count)}</strong> },
  { id: 'kind', head: 'Kind', cell: (failure) => <KindBadge kind={failure.kind} /> },
  { id: 'name', head: 'What', cell: (failure) => <InertName text={failure.name} most={60} /> },
  { id: 'error', head: 'Said', line: true, cell: (failure) => <AgentLine text={[failure.error.type, failure.error.message].filter((part) => part !== null).join(': ') || 'nothing'} most={220} /> },
  { id: 'first', head: 'First', end: true, cell: (failure) => <Age iso={failure.firstSeen} /> },
  { id: 'last', head: 'Last', end: true, cell: (failure) => <Age iso={failure.lastSeen} /> },
  { id: 'group', head: 'Group', cell: (failure) => <a className={classes.link} href={placeHash({ screen: 'failures', id: failure.id, params: { show: 'all', agent: agentId } })}>Open<span className="gh-visually-hidden"> the group</span></a> },
  { id: 'example', head: 'Example', cell: (failure) => <a className={classes.link} href={placeHash({ screen: 'agent', id: agentId, params: { task: failure.exampleTaskId, activity: failure.exampleActivityId } })}>Open<span className="gh-visually-hidden"> an example</span></a> },
];

/** What failed in the same way stands in one row; the newest example is one key away. */
export function FailuresTab({ agentId }: { agentId: string }) {
  const query = useQuery(failureQueries.list({ agentId }));
  return (
    <FromQuery query={query} what="Reading failures" failed="The failures could not be read." rows={6} height={26}>
      {({ rows }) => (
        <Panel flush title="Failures" aside={<span>{plural(rows.length, 'group')}, {formatCount(rows.reduce((sum, one) => sum + one.count, 0))} in all. <a className={classes.link} href={placeHash({ screen: 'failures', params: { show: 'all', agent: agentId } })}>In Failures, by period</a></span>} foot={<span>One group: the same kind, name and error, with changing parts taken out.</span>}>
          {rows.length === 0
            ? <p className={classes.nothing}>No failure where we could see.</p>
            : <PlainTable label="Failures" rows={rows} rowId={(failure) => failure.id} columns={columns(agentId)} />}
        </Panel>
      )}
    </FromQuery>
  );
}
