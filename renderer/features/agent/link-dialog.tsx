/** Says that another agent of the list is this one. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { Agent, AgentDetail } from '../../../shared/domain.ts';
import { call } from '../../api/client.ts';
import { queryClient } from '../../api/query-client.ts';
import { agentQueries } from '../../api/queries.ts';
import { askedPeriod } from '../../app/period.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Age } from '../../ui/time.tsx';
import { candidatesFor } from './link-candidates.ts';
import classes from './agent.module.css';

const month = askedPeriod({ span: '30d', end: null });
const most = 50;

function Candidate({ one, chosen, onChoose }: { one: Agent; chosen: boolean; onChoose: () => void }) {
  return (
    <label className={`${classes.candidate} ${chosen ? classes.candidateOn : ''}`}>
      <input type="radio" name="link-agent" className={classes.radio} checked={chosen} onChange={onChoose} />
      <span><strong><InertName text={one.name} most={60} /></strong><span className={classes.second2}>{one.connectionName}, <InertName text={one.source} most={40} />, <code>{one.id}</code></span></span>
      <span className={classes.second}><Age iso={one.lastSeen} /> ago</span>
    </label>
  );
}

export function LinkDialog({ agent, onClose }: { agent: AgentDetail; onClose: () => void }) {
  const [text, setText] = useState('');
  const [chosenId, setChosenId] = useState<string | null>(null);
  const searched = useDeferredValue(text.trim());
  const list = useQuery(agentQueries.list(month, searched === '' ? {} : { text: searched }));
  const link = useMutation({ mutationFn: async (id: string) => call('agents.link', { id, to: agent.id }), onSuccess: async () => { onClose(); await queryClient.invalidateQueries(); } });
  const chosen = list.data?.rows.find((row) => row.id === chosenId) ?? null;
  const act = (): void => { if (chosen !== null && !link.isPending) link.mutate(chosen.id); };
  return (
    <Dialog title="Link another agent" subject={`to ${inertString(agent.name, 60)}`} onClose={onClose} onConfirm={act} width={600}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" disabled={chosen === null || link.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>{chosen === null ? 'Link' : `Link ${inertString(chosen.name, 40)}`}</Button></>}>
      <p>The chosen agent and this one become one: its tasks, activities, cost and approvals stand under <strong><InertName text={agent.name} most={60} /></strong>. Do so when both are the same actor, seen from two sides.</p>
      <p className={classes.second}>Undone by Unlink on this tab: each side keeps what is its own. The audit log keeps who linked them.</p>
      <SearchField value={text} onChange={setText} placeholder="Name, service, connection, identifier" label="Find an agent" width="100%" />
      <FromQuery query={list} what="Reading agents" failed="The agents could not be read." rows={4} height={34}>
        {(data) => {
          const rows = candidatesFor(agent, data.rows, searched);
          if (rows.length === 0) return <p className={classes.second}>{searched === '' ? 'There is no other agent yet.' : `No other agent fits “${searched}”.`}</p>;
          return <fieldset className={classes.candidates} aria-label="Agents">{rows.slice(0, most).map((one) => <Candidate key={one.id} one={one} chosen={one.id === chosenId} onChoose={() => setChosenId(one.id)} />)}{rows.length + data.more > most && <p className={classes.nothing}>{formatCount(rows.length + data.more - most)} more: type to find them.</p>}</fieldset>;
        }}
      </FromQuery>
      {link.error !== null && <ErrorBlock error={link.error} what="They were not linked." kept="They are still two agents." />}
    </Dialog>
  );
}
