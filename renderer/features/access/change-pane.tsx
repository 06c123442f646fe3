/** One change, and the baseline of the agent that it happened to. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { GrantChange } from '../../../shared/access.ts';
import { accessQueries } from '../../api/queries.ts';
import { setParams } from '../../app/navigation.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { FromQuery } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { changeLooks, wideningLook } from './access-words.ts';
import { ApproveDialog } from './approve-dialog.tsx';
import { BaselineLists, differences } from './baseline-lists.tsx';
import { NamedGrant } from './grant-part.tsx';
import { grantKinds } from './grant-words.ts';
import { AgentLink, Fact, Part } from './pane-parts.tsx';
import classes from './access.module.css';

function ChangePart({ change }: { change: GrantChange }) {
  return (
    <>
      <div className={classes.badgeLine}>{change.widening ? <StateBadge header {...wideningLook} /> : <StateBadge header {...changeLooks[change.what]} />}<Time iso={change.at} /></div>
      <div className={classes.titles}>
        <h3 className={classes.title}><InertName text={change.name} most={120} /></h3>
        <p className={classes.subtitle}>{grantKinds[change.kind]}, {changeLooks[change.what].word.toLowerCase()}</p>
      </div>
      <p className={classes.prose}><InertName text={change.text} most={1_000} /></p>
      <dl className={classes.facts}>
        <Fact name="Whose">{change.agentId === null ? <>everybody with the credential of <InertName text={change.connectionName ?? 'a connection'} most={60} /></> : <AgentLink id={change.agentId} name={change.agentName ?? change.agentId} tab="access" />}</Fact>
        <Fact name="Used since">{change.usedSince === null ? 'cannot be seen' : change.usedSince.times === 0 ? 'no use was seen' : <span className={change.widening ? classes.factWait : undefined}>{plural(change.usedSince.times, 'time')}{change.usedSince.lastAt !== null && <>, last <Age iso={change.usedSince.lastAt} /> ago</>}</span>}</Fact>
        <Fact name="Reaches">{change.widening ? 'further than before' : 'no further than before'}</Fact>
      </dl>
      {change.grantId !== null && <NamedGrant key={change.grantId} id={change.grantId} />}
    </>
  );
}

function BaselinePart({ agentId, name }: { agentId: string; name: string }) {
  const query = useQuery(accessQueries.baseline(agentId));
  const [approving, setApproving] = useState(false);
  return (
    <Part title="Baseline" aside={<InertName text={name} most={60} />}>
      <FromQuery query={query} what="Reading the baseline" failed="The baseline could not be read." rows={3}>
        {({ baseline }) => (
          <>
            {baseline === null
              ? <p className={classes.muted}>Nobody has approved what this agent holds. With a baseline, everything that reaches further than it is a finding.</p>
              : (
                <>
                  <p>{plural(baseline.grants, 'grant')} approved by <InertName text={baseline.by} most={60} />, <Time iso={baseline.approvedAt} />.{baseline.note !== '' && <> “<InertName text={baseline.note} most={400} />”</>}</p>
                  {differences(baseline) === 0 ? <p className={classes.note}><StateShape state="completed" />It holds exactly that now.</p> : <BaselineLists baseline={baseline} />}
                </>
              )}
            <div className={classes.buttons}><Changes><Button onClick={() => setApproving(true)}>{baseline === null ? 'Approve what it holds…' : 'Approve what it holds now…'}</Button></Changes></div>
            {approving && <ApproveDialog agentId={agentId} name={name} baseline={baseline} onClose={() => setApproving(false)} />}
          </>
        )}
      </FromQuery>
    </Part>
  );
}

interface ChangePaneProps { change: GrantChange | null; agentId: string | null; agents: readonly { id: string; name: string }[] }

export function ChangePane({ change, agentId, agents }: ChangePaneProps) {
  const field = useId();
  const known = agents.find((agent) => agent.id === agentId);
  const name = known?.name ?? (change !== null && change.agentId === agentId ? change.agentName : null) ?? agentId ?? '';
  return (
    <Panel fill flush title={change === null ? 'Baseline' : 'Change'}>
      <div className={classes.pane}>
        {change !== null && <ChangePart change={change} />}
        <label className={classes.label} htmlFor={field}>Baseline and changes of
          <select id={field} className={classes.select} value={agentId ?? ''} onChange={(event) => setParams({ agent: event.currentTarget.value === '' ? null : event.currentTarget.value, change: null })}>
            <option value="">choose an agent</option>
            {agentId !== null && known === undefined && <option value={agentId}>{inertString(name, 60)}</option>}
            {agents.map((agent) => <option key={agent.id} value={agent.id}>{inertString(agent.name, 60)}</option>)}
          </select>
        </label>
        {agentId === null && <p className={classes.muted}>A baseline is what a person approved that an agent may hold. Choose an agent to see what it holds beyond that, or to approve what it holds now.</p>}
        {agentId !== null && <BaselinePart key={agentId} agentId={agentId} name={name} />}
      </div>
    </Panel>
  );
}
