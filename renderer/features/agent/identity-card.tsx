/** Who it is, who answers for it, which credentials it holds and with whom it shares them, and for whom it acted. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import type { IdentityCard } from '../../../shared/access.ts';
import { identityQueries } from '../../api/queries.ts';
import { placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { FromQuery } from '../../ui/blocks.tsx';
import { Changes } from '../../ui/changes.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { Facts } from './facts.tsx';
import { OwnerDialog, type OwnerRole } from './owner-dialog.tsx';
import { identitySentences } from './words.ts';
import classes from './agent.module.css';

export function IdentityCardPanels({ agentId }: { agentId: string }) {
  const query = useQuery(identityQueries.card(agentId));
  return <FromQuery query={query} what="Reading who it is" failed="Who it is could not be read." rows={10} height={24}>{(card) => <Card card={card} />}</FromQuery>;
}

function Card({ card }: { card: IdentityCard }) {
  const [asked, setAsked] = useState<OwnerRole | null>(null);
  const now = asked === null ? null : card[asked];
  return (
    <>
      <Panel title="Identity">
        <Facts facts={[
          ['Kind', <StateBadge key="kind" state={card.kind} />],
          ['Means', card.says === '' ? identitySentences[card.kind].says : card.says],
          ['Account', card.of === null ? <span key="of" className={classes.second}>no evidence names one</span> : <span key="of" className={classes.inline}><InertName text={card.of} most={120} /><CopyButton value={card.of} label="Copy the account" /></span>],
          ['Owner', <Answers key="owner" who={card.owner} none="nobody is named: nobody answers for it" onChange={() => setAsked('owner')} />],
          ['Sponsor', <Answers key="sponsor" who={card.sponsor} none="nobody is named" onChange={() => setAsked('sponsor')} />],
        ]} />
      </Panel>
      <CredentialsPanel card={card} />
      <PeoplePanel card={card} />
      {card.changes.length > 0 && (
        <Panel flush title="Its identity changed">
          <PlainTable label="Changes of its identity" rows={card.changes} rowId={(one) => one.at} columns={[
            { id: 'at', head: 'When', cell: (one) => <Time iso={one.at} /> }, { id: 'was', head: 'Was', cell: (one) => <StateBadge state={one.was} /> }, { id: 'now', head: 'Since then', cell: (one) => <StateBadge state={one.now} /> },
          ]} />
        </Panel>
      )}
      {asked !== null && <OwnerDialog agentId={card.agentId} agentName={card.name} role={asked} now={now} onClose={() => setAsked(null)} />}
    </>
  );
}

function Answers({ who, none, onChange }: { who: IdentityCard['owner']; none: string; onChange: () => void }) {
  return (
    <span className={classes.inline}>
      {who === null ? <span className={classes.second}>{none}</span> : <><InertName text={who.name} most={80} />{who.gone && <StateBadge state="attention" word="is gone" />}<span className={classes.second}>{who.source === 'runtime' ? 'as its runtime says' : <>said by <InertName text={who.by} most={40} /></>}, <Age iso={who.at} /> ago</span></>}
      <Changes><Button size="compact-sm" onClick={onChange}>{who === null ? 'Name one…' : 'Change…'}</Button></Changes>
    </span>
  );
}

function CredentialsPanel({ card }: { card: IdentityCard }) {
  return (
    <Panel flush title="Credentials" aside={<span>{card.credentials.length === 0 ? 'none known' : plural(card.credentials.length, 'credential')}</span>}>
      {card.credentials.length === 0
        ? <p className={classes.nothing}>Nothing names the key, role or account that it signs in with. Telemetry seldom does; an imported document can.</p>
        : (
          <PlainTable label="Its credentials" rows={card.credentials} rowId={(one) => one.id} columns={[
            { id: 'name', head: 'Credential', wide: true, cell: (one) => <span className={classes.inline}><InertName text={one.name} most={80} /><CopyButton value={one.name} label="Copy the credential’s name" /></span> },
            { id: 'kind', head: 'Kind', cell: (one) => one.kind },
            { id: 'shared', head: 'Also held by', wide: true, cell: (one) => <Others agents={one.agents.filter(({ id }) => id !== card.agentId)} /> },
            { id: 'evidence', head: 'Evidence', wide: true, cell: (one) => <InertName text={one.evidence} most={160} /> },
          ]} />
        )}
    </Panel>
  );
}

function Others({ agents }: { agents: readonly { id: string; name: string }[] }) {
  if (agents.length === 0) return <span className={classes.second}>nobody that we see</span>;
  return <span className={classes.names}>{agents.slice(0, 8).map(({ id, name }) => <a key={id} className={classes.link} href={placeHash({ screen: 'agent', id, params: { tab: 'identity' } })}><InertName text={name} most={40} /></a>)}{agents.length > 8 && <span>and {formatCount(agents.length - 8)} more</span>}</span>;
}

function PeoplePanel({ card }: { card: IdentityCard }) {
  return (
    <Panel flush title="On whose behalf it acted" aside={<span>{card.people.length === 0 ? 'nobody named' : plural(card.people.length, 'person', 'people')}</span>} foot={<span>As the records of its tasks say. A task whose records name nobody is not counted for anybody.</span>}>
      {card.people.length === 0
        ? <p className={classes.nothing}>No record of its tasks names a person or an account.</p>
        : (
          <PlainTable label="On whose behalf it acted" rows={card.people} rowId={(one) => `${one.kind} ${one.name}`} columns={[
            { id: 'name', head: 'Who', cell: (one) => <InertName text={one.name} most={80} /> }, { id: 'kind', head: 'How', cell: (one) => <StateBadge state={one.kind} /> },
            { id: 'tasks', head: 'Tasks', end: true, cell: (one) => formatCount(one.tasks) }, { id: 'last', head: 'Last', end: true, cell: (one) => <Age iso={one.lastAt} /> },
          ]} />
        )}
    </Panel>
  );
}

/** The chain of one agent or one activity, each link only as far as evidence goes. */
export function ChainLine({ chain }: { chain: IdentityCard['chain'] }) {
  return (
    <span className={classes.names}>
      {chain.map((link, at) => <Fragment key={link.role}>{at > 0 && <span aria-label="then" className={classes.second}>›</span>}<span data-tip={link.evidence ?? undefined}>{link.name === null ? <span className={classes.second}>{link.role.replace('_', '-')} unknown</span> : <InertName text={link.name} most={40} />}{link.more > 0 && <span className={classes.second}> +{formatCount(link.more)}</span>}</span></Fragment>)}
    </span>
  );
}
