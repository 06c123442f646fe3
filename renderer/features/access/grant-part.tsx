/** One grant behind a cell: by what it is given, under which conditions, and its source word for word. */
import { useQuery } from '@tanstack/react-query';
import { IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import type { Grant } from '../../../shared/access.ts';
import { accessQueries } from '../../api/queries.ts';
import { go } from '../../app/navigation.ts';
import { AgentText, InertName } from '../../ui/agent-text-view.tsx';
import { FromQuery } from '../../ui/blocks.tsx';
import { formatCount } from '../../ui/format.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { changeLooks, enforcementWords, undoWords, understandingWords } from './access-words.ts';
import { grantKinds } from './grant-words.ts';
import { Fact } from './pane-parts.tsx';
import classes from './access.module.css';

/** Patterns as the source has them, one a line: hostile text, shown inert. */
function Patterns({ patterns }: { patterns: readonly string[] }) {
  const shown = patterns.slice(0, 12);
  return <span className={classes.lines}>{shown.map((pattern) => <InertName key={pattern} text={pattern} most={200} />)}{patterns.length > shown.length && <span className={classes.muted}>and {formatCount(patterns.length - shown.length)} more, in its source</span>}</span>;
}

function GrantFacts({ grant }: { grant: Grant }) {
  const enforced = enforcementWords[grant.enforcement];
  return (
    <dl className={classes.facts}>
      <Fact name="Given by"><InertName text={grant.from} most={120} />{grant.documentId !== null && <> <button type="button" className={classes.linkButton} onClick={() => go({ screen: 'access', params: { tab: 'documents', document: grant.documentId ?? '' } })}>the document</button></>}</Fact>
      {grant.credential !== null && <Fact name="Credential"><InertName text={grant.credential.name} most={120} /></Fact>}
      {grant.actions.length > 0 && <Fact name={grant.effect === 'deny' ? 'Denies' : 'Allows'}><Patterns patterns={grant.actions} /></Fact>}
      {grant.resources.length > 0 && <Fact name="On"><Patterns patterns={grant.resources} /></Fact>}
      <Fact name="Condition">{grant.conditions.length === 0 ? 'none' : grant.conditions.map((condition, index) => <span key={condition}>{index > 0 && '; '}<InertName text={condition} most={240} /></span>)}</Fact>
      <Fact name="Held to it"><span data-tip={enforced.says}>{enforced.word}</span></Fact>
      <Fact name="Undo">{undoWords[grant.reversibility].word}</Fact>
      {grant.dataClass !== null && <Fact name="Data"><InertName text={grant.dataClass} most={80} /></Fact>}
      {grant.expiresAt !== null && <Fact name="Ends"><Time iso={grant.expiresAt} /></Fact>}
      <Fact name="First seen"><Time iso={grant.firstSeen} short /></Fact>
      <Fact name="Read"><InertName text={grant.connectionName ?? 'imported by a person'} most={60} />, <Age iso={grant.lastSeen} /> ago</Fact>
      {grant.use.why !== null && <Fact name="Use">{grant.use.why}</Fact>}
    </dl>
  );
}

function NotUnderstood({ parts }: { parts: readonly string[] }) {
  return (
    <div className={classes.caution}>
      <StateShape state="unknown" />
      <span className={classes.two}>
        <span>Not understood, and so taken as permission:</span>
        <span className={classes.lines}>{parts.map((part) => <InertName key={part} text={part} most={400} />)}</span>
      </span>
    </div>
  );
}

function Source({ id }: { id: string }) {
  const query = useQuery(accessQueries.grant(id));
  return (
    <FromQuery query={query} what="Reading the source" failed="The source could not be read." rows={2}>
      {({ source, changes }) => (
        <>
          {source === null ? <p className={classes.muted}>Its runtime gives no text of it.</p> : <AgentText title={`Source, ${source.format}`} text={source.text} from="the source" />}
          {changes.length > 1 && <ul className={classes.others}>{changes.slice(0, 6).map((change) => <li key={`${change.at} ${change.text}`} className={classes.small}><Time iso={change.at} short /> {changeLooks[change.what].word.toLowerCase()}: <InertName text={change.text} most={200} /></li>)}</ul>}
        </>
      )}
    </FromQuery>
  );
}

export function GrantPart({ grant, opened }: { grant: Grant; opened: boolean }) {
  const [open, setOpen] = useState(opened);
  const look = understandingWords[grant.understood];
  return (
    <li className={classes.grant}>
      <button type="button" className={classes.grantHead} aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight size={14} stroke={1.75} aria-hidden="true" className={open ? classes.turned : undefined} />
        <span className={classes.grantWords}>
          <span><code><InertName text={grant.name} most={100} /></code>{grant.effect === 'deny' && <span className={classes.factDeny}> denies</span>}</span>
          <span className={`${classes.muted} ${classes.small}`}>{grantKinds[grant.kind]}, <InertName text={grant.connectionName ?? grant.from} most={60} />{grant.goneAt !== null && ', gone'}</span>
          {grant.understood !== 'whole' && <StateBadge state={look.state} word={look.word} />}
        </span>
      </button>
      {open && (
        <div className={classes.grantBody}>
          <GrantFacts grant={grant} />
          {grant.notUnderstood.length > 0 && <NotUnderstood parts={grant.notUnderstood} />}
          {grant.description !== null && <AgentText title="Description" text={grant.description} from="the runtime" />}
          <Source id={grant.id} />
        </div>
      )}
    </li>
  );
}

/** A grant that something else speaks of: a finding, a change. */
export function NamedGrant({ id }: { id: string }) {
  const query = useQuery(accessQueries.grant(id));
  return <FromQuery query={query} what="Reading the grant" failed="The grant could not be read." rows={1}>{({ grant }) => <ul className={classes.grants}><GrantPart grant={grant} opened={false} /></ul>}</FromQuery>;
}
