/** Who it is and on whose authority: person > agent > sub-agent > tool > credential, each only as far as evidence goes. */
import { IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import type { IdentityCard } from '../../../shared/access.ts';
import type { AgentDetail } from '../../../shared/domain.ts';
import { identityQueries } from '../../api/queries.ts';
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

type ChainLink = IdentityCard['chain'][number];

const roleWords: Record<ChainLink['role'], string> = { person: 'person', agent: 'agent', sub_agent: 'sub-agent', tool: 'tool', credential: 'credential' };

/** A person who is not named by the records is not guessed from anything else. */
function LinkBox({ link, agent }: { link: ChainLink; agent: AgentDetail }) {
  const look = link.role === 'person' && (agent.identity === 'borrowed' || agent.identity === 'shared');
  const name = link.name === null ? (link.role === 'sub_agent' || link.role === 'tool' ? 'none seen' : 'unknown') : <InertName text={link.name} most={60} />;
  return (
    <li className={`${classes.linkBox} ${link.name === null ? classes.unknown : ''} ${look ? classes.lookBox : ''}`} data-tip={link.evidence ?? undefined}>
      <span className={classes.role}>{roleWords[link.role]}{link.more > 0 && `, and ${formatCount(link.more)} more`}</span>
      <span className={classes.linkName}>{link.role === 'sub_agent' && link.refId !== null ? <a className={classes.link} href={placeHash({ screen: 'agent', id: link.refId })}>{name}</a> : name}{link.role === 'agent' && agent.version !== null && <> <InertName text={agent.version} most={20} /></>}</span>
      <span className={classes.role}>{link.says}</span>
    </li>
  );
}

/** Before the engine has answered: the chain of an agent of which nothing else is known, so that nothing jumps. */
const bareChain = (agent: AgentDetail): ChainLink[] => [{ role: 'agent', name: agent.name, refId: agent.id, more: 0, says: '', evidence: null }];

export function AgentHeader({ agent }: { agent: AgentDetail }) {
  const sentence = identitySentences[agent.identity];
  const newest = agent.identityEvidence.toSorted((a, b) => (a.seenAt < b.seenAt ? 1 : -1))[0];
  const { data: card } = useQuery(identityQueries.card(agent.id));
  const chain = card?.chain ?? bareChain(agent);
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
        {chain.map((link, index) => (
          <Fragment key={link.role}>
            {index > 0 && <li aria-hidden="true" className={classes.arrow}><IconChevronRight size={14} stroke={1.75} /></li>}
            <LinkBox link={link} agent={agent} />
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
