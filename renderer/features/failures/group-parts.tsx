/** Parts of the pane of one group: who has it, what stood before it, where it happened, what people said. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { FailureDetail } from '../../../shared/failures.ts';
import { placeHash } from '../../app/navigation.ts';
import { Changes } from '../../ui/changes.tsx';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { cutApart, formatCount, plural } from '../../ui/format.ts';
import { Money } from '../../ui/money.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { KindShape, kindWord } from '../../ui/state-shapes.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { outcomeLooks, stateLooks } from './failure-words.ts';
import { When } from './since.tsx';
import { useNote } from './use-failure-commands.ts';
import classes from './failures.module.css';

const statusWords: Record<string, string> = { error: 'failed', running: 'still open', denied: 'denied', cancelled: 'cancelled', interrupted: 'interrupted' };

/** Versions that have it and versions of the same agents that do not: a change of version is the first thing to look at. */
export function Versions({ group }: { group: FailureDetail }) {
  if (group.perVersion.length === 0) return <>not known</>;
  return (
    <ul className={classes.versions}>
      {group.perVersion.map((row) => (
        <li key={`${row.agentId} ${row.version ?? ''}`}>
          <a className={classes.link} href={placeHash({ screen: 'agent', id: row.agentId })}><InertName text={row.agentName} most={40} /></a>{' '}
          {row.version === null ? <span className={classes.muted}>without a version</span> : <InertName text={row.version} most={30} />}:{' '}
          {row.count === 0 ? 'none' : formatCount(row.count)} <span className={classes.muted}>in {plural(row.tasks, 'task')}</span>
        </li>
      ))}
    </ul>
  );
}

/** Of the newest occurrence: what it happened inside, and what went before it there. */
export function Before({ group }: { group: FailureDetail }) {
  if (group.before.length === 0) return <p className={classes.muted}>Nothing was seen before it in its task.</p>;
  return (
    <ol className={classes.before}>
      {group.before.map((row) => (
        <li key={row.activityId}>
          <KindShape kind={row.kind} /><span className="gh-visually-hidden">{kindWord(row.kind)}</span>
          <a className={classes.beforeName} href={placeHash({ screen: 'agent', id: group.occurrences[0]?.agentId ?? group.agentIds[0] ?? '', params: { task: group.exampleTaskId, activity: row.activityId } })}><InertName text={row.name} most={80} /></a>
          <span className={classes.muted}>{[row.ancestor ? 'around it' : null, statusWords[row.status] ?? null].filter((part) => part !== null).join(', ')}</span>
          <span className={classes.mono}><When iso={row.at} /></span>
        </li>
      ))}
    </ol>
  );
}

export function Occurrences({ group }: { group: FailureDetail }) {
  const shown = cutApart(group.occurrences.map((row) => row.taskId));
  const several = group.agentIds.length > 1;
  return (
    <ol className={classes.occurrences}>
      {group.occurrences.map((row) => {
        const look = outcomeLooks[row.outcome];
        return (
          <li key={row.activityId}>
            <a className={classes.occurrence} href={placeHash({ screen: 'agent', id: row.agentId, params: { task: row.taskId, activity: row.activityId } })}>
              <span className={classes.mono}><When iso={row.at} /></span>
              {several ? <span className={classes.cut}><InertName text={row.agentName} most={40} /></span> : <span className={classes.mono}>{shown.get(row.taskId) ?? row.taskId}</span>}
              <StateBadge state={look.state} word={look.word} />
              <span className={classes.end}><Money cost={row.cost} /></span>
            </a>
          </li>
        );
      })}
    </ol>
  );
}

export function Notes({ group }: { group: FailureDetail }) {
  const [text, setText] = useState('');
  const note = useNote();
  const ready = text.trim() !== '' && !note.isPending;
  const add = (): void => { if (ready) note.mutate({ id: group.id, text: text.trim() }, { onSuccess: () => setText('') }); };
  return (
    <>
      {group.notesList.length > 0 && (
        <ul className={classes.notes}>
          {group.notesList.map((one) => <li key={one.id}><span className={classes.muted}><InertName text={one.by} most={60} />, <Time iso={one.at} short /></span><span className={classes.noteText}><InertName text={one.text} most={4_000} /></span></li>)}
        </ul>
      )}
      <div className={classes.noteForm}>
        <textarea className={classes.area} aria-label="New note" value={text} maxLength={4_000} rows={2} placeholder="What is known of it, for whoever looks next" onChange={(event) => setText(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); add(); } }} />
        <Changes>
          <Button disabled={!ready} onClick={add}>{note.isPending ? 'Adding…' : 'Add note'}</Button>
        </Changes>
      </div>
      {note.error !== null && <ErrorBlock error={note.error} what="The note was not kept." kept="What you wrote is still here." />}
    </>
  );
}

export function History({ group }: { group: FailureDetail }) {
  if (group.history.length === 0) return <p className={classes.muted}>First seen <Time iso={group.since} short />. Nobody has said anything of its state.</p>;
  return (
    <ol className={classes.history}>
      {group.history.toSorted((a, b) => b.at.localeCompare(a.at)).map((one) => <li key={`${one.at} ${one.state}`}><StateBadge state={stateLooks[one.state].state} word={stateLooks[one.state].word} /><span className={classes.muted}><InertName text={one.by} most={60} />, <Age iso={one.at} /> ago</span></li>)}
    </ol>
  );
}
