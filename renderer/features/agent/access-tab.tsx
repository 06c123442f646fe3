/** What it can reach, what of that it used, and how far that goes through others. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { AgentDetail } from '../../../shared/domain.ts';
import { grantQueries } from '../../api/queries.ts';
import { placeHash, setParams, usePlace } from '../../app/navigation.ts';
import { Empty, FromQuery, Loading } from '../../ui/blocks.tsx';
import { plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { AgentGrants } from './agent-grants.tsx';
import { usedSummary, worstToUndo } from './grant-use-words.ts';
import classes from './agent.module.css';

const ReachView = lazy(async () => import('../access/reach-view.tsx'));

const parts = [{ value: 'grants', label: 'Grants' }, { value: 'reach', label: 'Blast radius' }] as const;

export function AccessTab({ agent }: { agent: AgentDetail }) {
  const { params } = usePlace();
  const part = params['part'] === 'reach' ? 'reach' : 'grants';
  return (
    <div className={classes.usage}>
      <div className={classes.headerLine}>
        <Segmented label="Part of access" name="agent-access" value={part} options={parts} onChange={(value) => setParams({ part: value === 'grants' ? null : value })} />
        <a className={classes.link} href={placeHash({ screen: 'access', params: { agent: agent.id } })}>In the matrix</a>
        <a className={classes.link} href={placeHash({ screen: 'access', params: { by: 'graph', focus: agent.id } })}>In the graph</a>
      </div>
      {part === 'grants' ? <GrantsPanel agent={agent} /> : <Suspense fallback={<Loading what="Reading what it could reach" rows={8} />}><ReachView agentId={agent.id} /></Suspense>}
    </div>
  );
}

function GrantsPanel({ agent }: { agent: AgentDetail }) {
  const query = useQuery(grantQueries.list({ agentId: agent.id, limit: 1_000 }));
  return (
    <Panel
      flush title="What it may touch" aside={query.data !== undefined && <span>{plural(query.data.total, 'grant')}: {usedSummary(query.data.rows)}</span>}
      foot={<span>As its runtimes and imported documents declare it. Nothing here enforces it. What claims nothing about itself counts as the worst.</span>}
    >
      <FromQuery query={query} what="Reading its grants" failed="Its grants could not be read." rows={8} height={28}>
        {({ rows, total }) => (rows.length === 0
          ? <Empty title="What it may touch will stand here" why="No connection declares it, and no document was imported for it. A LangGraph or A2A connection that lists this agent tells its tools and skills; telemetry tells only what was used, not what is allowed." />
          : <AgentGrants grants={worstToUndo(rows)} total={total} />)}
      </FromQuery>
    </Panel>
  );
}
