/** Who it is and on whose authority: person > agent > sub-agent > tool > credential, each only as far as evidence goes. */
import { IconChevronRight } from '@tabler/icons-react';
import { Fragment, type ReactNode } from 'react';
import type { AgentDetail } from '../../../shared/domain.ts';
import { placeHash, setParams } from '../../app/navigation.ts';
import { stopOfAgent } from '../../app/stop-choice.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Id } from '../../ui/id.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Age } from '../../ui/time.tsx';
import { sinceWords } from '../agents/agent-columns.tsx';
import { orderBadge } from './stop-look.ts';
import { StopPart, useOpenOrder } from './stop-part.tsx';
import { identitySentences } from './words.ts';
import classes from './agent.module.css';

interface Link { role: string; name: ReactNode; says: ReactNode; known: boolean; look?: boolean }

/** A person who is not named by the telemetry is not guessed from anything else. */
function linksOf(agent: AgentDetail): Link[] {
  const { identity, identityOf, tools, subAgents } = agent;
  const person: Link = identityOf !== null
    ? { role: 'person', name: <InertName text={identityOf} most={60} />, says: identity === 'borrowed' ? 'whose own account it uses' : identity === 'delegated' ? 'on whose behalf it acts' : identity === 'shared' ? 'the account that several use' : 'named by its telemetry', known: true, look: identity === 'borrowed' || identity === 'shared' }
    : { role: 'person', name: identity === 'own' ? 'none' : 'unknown', says: identity === 'own' ? 'it signs in as itself' : 'no evidence names one', known: identity === 'own' };
  const failing = tools.filter((tool) => tool.failures > 0).length;
  return [
    person,
    { role: 'agent', name: <><InertName text={agent.name} most={60} />{agent.version !== null && <> <InertName text={agent.version} most={20} /></>}</>, says: <>service <InertName text={agent.service} most={40} /></>, known: true },
    subAgents.length === 0
      ? { role: 'sub-agent', name: 'none seen', says: 'no hand-off was seen', known: false }
      : { role: 'sub-agent', name: <a className={classes.link} href={placeHash({ screen: 'agent', id: subAgents[0]?.id ?? null })}><InertName text={subAgents[0]?.name ?? ''} most={40} /></a>, says: subAgents.length === 1 ? 'it hands work to it' : `and ${formatCount(subAgents.length - 1)} more`, known: true },
    tools.length === 0
      ? { role: 'tool', name: 'none seen', says: 'no tool call was seen', known: false }
      : { role: 'tool', name: <InertName text={tools[0]?.name ?? ''} most={40} />, says: `${tools.length > 1 ? `and ${formatCount(tools.length - 1)} more` : 'the only one seen'}${failing > 0 ? `, ${formatCount(failing)} with failures` : ''}`, known: true },
    { role: 'credential', name: 'unknown', says: 'telemetry does not name it', known: false },
  ];
}

export function AgentHeader({ agent }: { agent: AgentDetail }) {
  const sentence = identitySentences[agent.identity];
  const newest = agent.identityEvidence.toSorted((a, b) => (a.seenAt < b.seenAt ? 1 : -1))[0];
  const order = useOpenOrder(agent.id);
  const stopState = orderBadge(order);
  const quiet = agent.identity === 'own' || agent.identity === 'delegated';
  return (
    <section className={classes.header} aria-label="Who it is">
      <div className={classes.headerLine}>
        {stopState !== null && <StateBadge state={stopState} header />}
        <StateBadge state={agent.state} header word={agent.state === 'not_seen' ? `Not seen since ${sinceWords(agent.lastSeen)}` : undefined} />
        <span><InertName text={agent.source} most={60} />, {agent.connectionName}{agent.sources.length > 1 && <>; <button type="button" className={classes.alsoSeen} onClick={() => setParams({ tab: 'identity' })}>seen from {plural(agent.sources.length, 'side')}</button></>}</span>
        <Id id={agent.id} />
        <span className={classes.second}>first seen <Age iso={agent.firstSeen} /> ago, last <Age iso={agent.lastSeen} /> ago</span>
        <StopPart ask={stopOfAgent(agent, { connection: { id: agent.connectionId, name: agent.connectionName } })} order={order} />
      </div>
      <ol className={classes.chain} aria-label="Chain of authority">
        {linksOf(agent).map((link, index) => (
          <Fragment key={link.role}>
            {index > 0 && <li aria-hidden="true" className={classes.arrow}><IconChevronRight size={14} stroke={1.75} /></li>}
            <li className={`${classes.linkBox} ${link.known ? '' : classes.unknown} ${link.look === true ? classes.lookBox : ''}`}>
              <span className={classes.role}>{link.role}</span>
              <span className={classes.linkName}>{link.name}</span>
              <span className={classes.role}>{link.says}</span>
            </li>
          </Fragment>
        ))}
      </ol>
      <p className={classes.sentence}>
        <span className={quiet ? classes.second : classes.wait}><StateShape state={agent.identity} /> <strong>{sentence.word}</strong></span>
        <span>{sentence.says}</span>
        <button type="button" className={classes.evidence} onClick={() => setParams({ tab: 'identity' })}>{newest === undefined ? 'No evidence' : <>Evidence ({plural(agent.identityEvidence.length, 'attribute')}), age <Age iso={newest.seenAt} /></>}</button>
      </p>
    </section>
  );
}
