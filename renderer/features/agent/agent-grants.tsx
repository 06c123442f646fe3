/** The grants of one agent: what each permits, whether it was used, and where that is read. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Grant } from '../../../shared/access.ts';
import { accessQueries } from '../../api/queries.ts';
import { AgentText, InertName } from '../../ui/agent-text-view.tsx';
import { FromQuery } from '../../ui/blocks.tsx';
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { formatCount } from '../../ui/format.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { classWords, enforcementWords, undoWords, understandingWords } from '../access/access-words.ts';
import { grantKinds } from '../access/grant-words.ts';
import { Facts } from './facts.tsx';
import { usedWords } from './grant-use-words.ts';
import classes from './agent.module.css';

const most = 200;

export function AgentGrants({ grants, total }: { grants: readonly Grant[]; total: number }) {
  const [open, setOpen] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const shown = all ? grants : grants.slice(0, most);
  const chosen = grants.find(({ id }) => id === open);
  const documents = useQuery(accessQueries.documents());
  const limits = new Set((documents.data?.rows ?? []).filter(({ role }) => role === 'boundary' || role === 'scp').map(({ id }) => id));
  // A boundary permits nothing: it says what no other grant may go beyond.
  const verbOf = (one: Grant): string => (one.effect === 'deny' ? 'denies' : one.documentId !== null && limits.has(one.documentId) ? 'at most' : 'may');
  return (
    <>
      <PlainTable
        label="Its grants" rows={shown} rowId={(one) => one.id}
        columns={[
          { id: 'name', head: 'Grant', cell: (one) => <button type="button" className={classes.toggle} aria-expanded={one.id === open} onClick={() => setOpen(one.id === open ? null : one.id)}><code><InertName text={one.name} most={60} /></code></button> },
          { id: 'kind', head: 'Kind', cell: (one) => grantKinds[one.kind] },
          { id: 'may', head: 'Says', wide: true, cell: (one) => `${verbOf(one)} ${one.classes.map(({ class: what }) => classWords[what]).join(', ') || 'nothing that could be read'}` },
          { id: 'undo', head: 'Undo', wide: true, cell: (one) => (one.effect === 'deny' ? '' : undoWords[one.reversibility].word) },
          { id: 'used', head: 'Used', wide: true, cell: (one) => <span>{usedWords(one.use)}{one.use.lastUsedAt !== null && <>, last <Age iso={one.use.lastUsedAt} /> ago</>}</span> },
          { id: 'denied', head: 'Denied', end: true, cell: (one) => (one.use.denied === 0 ? '' : formatCount(one.use.denied)) },
          { id: 'from', head: 'From', cell: (one) => <InertName text={one.connectionName ?? one.from} most={40} /> },
        ]}
      />
      {grants.length > shown.length && <button type="button" className={classes.toggle} onClick={() => setAll(true)}>{formatCount(grants.length - shown.length)} more</button>}
      {total > grants.length && <p className={classes.nothing}>{formatCount(total - grants.length)} more are not listed here: the matrix of Access holds them all.</p>}
      {chosen !== undefined && <GrantFacts key={chosen.id} grant={chosen} />}
    </>
  );
}

function GrantFacts({ grant }: { grant: Grant }) {
  const query = useQuery(accessQueries.grant(grant.id));
  const read = understandingWords[grant.understood];
  return (
    <section className={classes.detail} aria-label="The chosen grant">
      <h3 className={classes.detailName}><InertName text={grant.name} most={200} /></h3>
      <Facts facts={[
        ['Read', <StateBadge key="read" state={read.state} word={read.word} />],
        ['Enforced', <span key="enforced">{enforcementWords[grant.enforcement].word}. {enforcementWords[grant.enforcement].says}</span>],
        ['Use', <span key="use">{grant.use.why ?? 'Compared with all activity that is kept.'}</span>],
        grant.actions.length === 0 ? null : ['Actions', <Texts key="actions" texts={grant.actions} />],
        grant.resources.length === 0 ? null : ['Resources', <Texts key="resources" texts={grant.resources} />],
        grant.conditions.length === 0 ? null : ['Only if', <Texts key="conditions" texts={grant.conditions} />],
        grant.credential === null ? null : ['Held by', <InertName key="credential" text={grant.credential.name} most={120} />],
        grant.expiresAt === null ? null : ['Ends', <Time key="ends" iso={grant.expiresAt} />],
        ['First seen', <Time key="first" iso={grant.firstSeen} />],
      ]} />
      {grant.notUnderstood.map((text) => <p key={text} className={classes.noteLine}><StateShape state="unknown" /> <InertName text={text} most={400} /></p>)}
      {grant.description !== null && <AgentText title="Description" text={grant.description} from="the runtime" />}
      <FromQuery query={query} what="Reading its source" failed="Its source could not be read." rows={2} height={22}>
        {(detail) => (
          <>
            {detail.source !== null && <AgentText title="Source" text={detail.source.text} from="the source" />}
            {detail.holders.length > 0 && <p className={classes.second}>Also held by {detail.holders.map(({ name }) => name).slice(0, 10).map((name, at) => <span key={name}>{at > 0 && ', '}<InertName text={name} most={40} /></span>)}{detail.holders.length > 10 && ` and ${formatCount(detail.holders.length - 10)} more`}.</p>}
          </>
        )}
      </FromQuery>
    </section>
  );
}

const Texts = ({ texts }: { texts: readonly string[] }) => <span className={classes.names}>{texts.slice(0, 40).map((text) => <code key={text}><InertName text={text} most={160} /></code>)}{texts.length > 40 && <span>{formatCount(texts.length - 40)} more</span>}</span>;
