/** Who uses what a connection offers. An MCP server knows no agents: a person who knows says it here. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { agentQueries } from '../../api/queries.ts';
import { useAskedPeriod } from '../../app/period.ts';
import { Changes } from '../../ui/changes.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Part } from './pane-parts.tsx';
import { useSetHolder } from './use-access-commands.ts';
import classes from './access.module.css';

export function HoldersPart({ connectionId }: { connectionId: string }) {
  const agents = useQuery(agentQueries.list(useAskedPeriod()));
  const [agentId, setAgentId] = useState('');
  const set = useSetHolder();
  const field = useId();
  const rows = agents.data?.rows ?? [];
  const said = rows.find((agent) => agent.id === set.variables?.agentId);
  const say = (holds: boolean): void => { if (agentId !== '' && !set.isPending) set.mutate({ connectionId, agentId, holds }); };
  return (
    <Part title="Which agent uses it">
      <p className={`${classes.muted} ${classes.small}`}>The server was asked with one credential and names no agent. Where you know who uses it, say so: its grants then count as that agent’s.</p>
      <label className={classes.label} htmlFor={field}>Agent
        <select id={field} className={classes.select} value={agentId} onChange={(event) => setAgentId(event.currentTarget.value)}>
          <option value="">choose one</option>
          {rows.map((agent) => <option key={agent.id} value={agent.id}>{inertString(agent.name, 60)}</option>)}
        </select>
      </label>
      <div className={classes.buttons}>
        <Changes>
          <Button disabled={agentId === '' || set.isPending} onClick={() => say(true)}>It uses this</Button>
          <Button disabled={agentId === '' || set.isPending} onClick={() => say(false)}>It does not</Button>
        </Changes>
      </div>
      {set.error !== null && <ErrorBlock error={set.error} what="That was not written down." kept="Grants stand as before." />}
      {set.isSuccess && said !== undefined && <p className={classes.muted}>Written down: {inertString(said.name, 60)} {set.variables?.holds === true ? 'uses it' : 'does not use it'}.</p>}
    </Part>
  );
}
