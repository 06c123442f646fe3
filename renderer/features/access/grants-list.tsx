import { useState } from 'react';
import type { Grant } from '../../../shared/access.ts';
import { AgentText, InertName } from '../../ui/agent-text-view.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { formatCount } from '../../ui/format.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Age } from '../../ui/time.tsx';
import { effectOf, grantKinds, worstFirst } from './grant-words.ts';
import classes from './grants-list.module.css';

const most = 60;

function GrantRow({ grant, withAgent }: { grant: Grant; withAgent: boolean }) {
  const [open, setOpen] = useState(false);
  const effect = effectOf(grant);
  return (
    <li className={classes.grant}>
      <span className={classes.name}>
        <code><InertName text={grant.name} most={100} /></code>
        <span className={classes.second}>{grantKinds[grant.kind]}{withAgent && <>, {grant.agentName === null ? 'offered to this credential' : <InertName text={grant.agentName} most={40} />}</>}</span>
      </span>
      <StateBadge state={effect.state} word={effect.word} />
      <span className={classes.seen} data-tip={`Read from ${inertString(grant.from, 80)}, ${inertString(grant.connectionName ?? 'an imported document', 80)}`}><Age iso={grant.lastSeen} /></span>
      <span className={classes.says}>{effect.says}</span>
      {grant.description !== null && (open
        ? <span className={classes.wide}><AgentText title="Description" text={grant.description} from="the runtime" /></span>
        : <button type="button" className={classes.more} aria-expanded={open} onClick={() => setOpen(true)}>Description<span className="gh-visually-hidden"> of {inertString(grant.name, 80)}</span></button>)}
    </li>
  );
}

/** What can be reached as the runtime declares it. Declared, not enforced: that stands where it is read. */
export function GrantsList({ grants, withAgent = false }: { grants: readonly Grant[]; withAgent?: boolean }) {
  const [all, setAll] = useState(false);
  const rows = worstFirst(grants);
  const shown = all ? rows : rows.slice(0, most);
  return (
    <>
      <ul className={classes.grants}>{shown.map((grant) => <GrantRow key={grant.id} grant={grant} withAgent={withAgent} />)}</ul>
      {rows.length > shown.length && <button type="button" className={classes.more} onClick={() => setAll(true)}>{formatCount(rows.length - shown.length)} more</button>}
    </>
  );
}
