import { useQuery } from '@tanstack/react-query';
import type { AgentDetail } from '../../../shared/domain.ts';
import { grantQueries } from '../../api/queries.ts';
import { Empty } from '../../ui/blocks.tsx';
import { plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { grantSummary } from '../access/grant-words.ts';
import { GrantsList } from '../access/grants-list.tsx';
import classes from './agent.module.css';

/** What it can reach, as its runtimes declare it. What it used stands under Usage. */
export function AccessTab({ agent }: { agent: AgentDetail }) {
  const { data } = useQuery(grantQueries.list({ agentId: agent.id, limit: 1_000 }));
  if (data === undefined) return null;
  const summary = grantSummary(data.rows);
  return (
    <Panel
      flush title="What it can reach, as declared" aside={<span>{plural(data.total, 'grant')}{summary !== '' && `: ${summary}`}</span>}
      foot={<span>Declared by the runtimes themselves; nothing enforces it. A tool that claims nothing about itself counts as the worst.</span>}
    >
      {data.rows.length === 0
        ? <Empty title="What it can reach will stand here" why="No connection declares it. A LangGraph or A2A connection that lists this agent tells the tools and skills of it; telemetry tells only what was used, not what is allowed." />
        : <div className={classes.access}><GrantsList grants={data.rows} /></div>}
    </Panel>
  );
}
