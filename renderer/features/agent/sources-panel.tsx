/** From which sides it is seen, why those are one agent, and the way to part or join them. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { AgentDetail, AgentSource } from '../../../shared/domain.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { placeHash } from '../../app/navigation.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { plural } from '../../ui/format.ts';
import { Id } from '../../ui/id.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import { LinkDialog } from './link-dialog.tsx';
import classes from './agent.module.css';

function UnlinkDialog({ source, agent, onClose }: { source: AgentSource; agent: AgentDetail; onClose: () => void }) {
  // Lists, figures and the overview all change: everything is asked again.
  const unlink = useMutation({ mutationFn: async () => call('agents.unlink', { id: source.agentId }), onSuccess: async () => { onClose(); await queryClient.invalidateQueries(); } });
  return (
    <Dialog title="Unlink" subject={`${inertString(source.name, 60)} from ${inertString(agent.name, 60)}`} onClose={onClose}
      foot={<><Button onClick={onClose} data-autofocus>Cancel</Button><Button variant="filled" disabled={unlink.isPending} onClick={() => unlink.mutate()}>Unlink</Button></>}>
      <p>What {source.connectionName} tells stands under an agent of its own again, with its tasks, activities and cost. Nothing is lost on either side.</p>
      <p className={classes.second}>{source.by === 'rule' ? 'The rule will not join these two again; a person still can.' : 'It can be linked again at any time.'} The audit log keeps who parted them.</p>
      {unlink.error !== null && <ErrorBlock error={unlink.error} what="They were not parted." kept="They are still one agent." />}
    </Dialog>
  );
}

function Source({ source, alone, onUnlink }: { source: AgentSource; alone: boolean; onUnlink: () => void }) {
  return (
    <li className={classes.source}>
      <span className={classes.sourceName}><strong><InertName text={source.name} most={60} /></strong><a className={classes.link} href={placeHash({ screen: 'connections', id: source.connectionId })}>{source.connectionName}</a><span className={classes.second}><InertName text={source.source} most={60} /></span></span>
      <span className={classes.why}>{source.by === null ? (alone ? 'The only side it is seen from.' : 'The others were joined to it.') : <><StateBadge state={source.by === 'rule' ? 'completed' : 'own'} word={source.by === 'rule' ? 'By rule' : 'By a person'} /> <InertName text={source.why ?? 'No reason was kept.'} most={300} /></>}</span>
      <span className={classes.sourceAct}><span className={classes.second}><Age iso={source.lastSeen} /> ago</span><Id id={source.agentId} />{source.by !== null && <Changes><Button onClick={onUnlink}>Unlink…</Button></Changes>}</span>
    </li>
  );
}

export function SourcesPanel({ agent }: { agent: AgentDetail }) {
  const [unlinking, setUnlinking] = useState<AgentSource | null>(null);
  const [linking, setLinking] = useState(false);
  return (
    <Panel
      flush title="Seen from" aside={<><span>{plural(agent.sources.length, 'side')}</span><Changes><Button onClick={() => setLinking(true)}>Link another agent…</Button></Changes></>}
      foot={<span>One agent, told by telemetry and by its runtime: joined by a declared rule or by a person; each says why.</span>}
    >
      {agent.sources.length === 0
        ? <p className={classes.nothing}>Its sources are not known.</p>
        : <ul className={classes.sources}>{agent.sources.map((source) => <Source key={source.agentId} source={source} alone={agent.sources.length === 1} onUnlink={() => setUnlinking(source)} />)}</ul>}
      {unlinking !== null && <UnlinkDialog source={unlinking} agent={agent} onClose={() => setUnlinking(null)} />}
      {linking && <LinkDialog agent={agent} onClose={() => setLinking(false)} />}
    </Panel>
  );
}
