/** One activity whole: facts, what was said in it (inert), its attributes, and the record that it was made of. */
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ActivityDetail as Detail } from './detail-types.ts';
import type { Activity } from '../../../shared/domain.ts';
import { activityQueries, identityQueries } from '../../api/queries.ts';
import { placeHash } from '../../app/navigation.ts';
import { AgentText, InertName } from '../../ui/agent-text-view.tsx';
import { FromQuery } from '../../ui/blocks.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { Id } from '../../ui/id.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { kindWord } from '../../ui/state-shapes.tsx';
import { Age, Running, Time } from '../../ui/time.tsx';
import { statusState } from '../../ui/waterfall.tsx';
import { ExplainedCost } from '../cost/why-figure.tsx';
import { Facts } from './facts.tsx';
import { ProofLine } from './proof-line.tsx';
import { ChainLine } from './identity-card.tsx';
import { authorityWords, noteWords, sourceWords, taskTitle } from './words.ts';
import classes from './agent.module.css';

interface ActivityPaneProps { id: string; position: string; onStep: (by: 1 | -1) => void }

export function ActivityPane({ id, position, onStep }: ActivityPaneProps) {
  // The one before stays until the next is there: stepping with J and K must not flicker.
  const query = useQuery({ ...activityQueries.get(id), placeholderData: keepPreviousData });
  return (
    <Panel
      fill flush title={position}
      aside={(
        <span className={classes.steps}>
          <button type="button" className={classes.step} onClick={() => onStep(1)} aria-label="Next activity"><Kbd keys="j" /></button>
          <button type="button" className={classes.step} onClick={() => onStep(-1)} aria-label="Activity before"><Kbd keys="k" /></button>
        </span>
      )}
    >
      <FromQuery query={query} what="Reading the activity" failed="The activity could not be read." rows={8} height={22}>{(detail) => <ActivityFacts key={detail.activity.id} detail={detail} />}</FromQuery>
    </Panel>
  );
}

const contentWords = { none: 'This connection keeps no content: prompts, answers and arguments were not stored.', redacted: 'Content is kept redacted: known secret shapes and e-mail addresses were masked before storage.', full: 'Content is kept in full.' } as const;

function Took({ activity }: { activity: Activity }) {
  if (activity.status === 'running') return <>open <Running since={activity.time} words /></>;
  return activity.durationMs === null ? <span className={classes.second}>not reported</span> : formatDuration(activity.durationMs);
}

function Tokens({ activity }: { activity: Activity }) {
  const { usage } = activity;
  if (usage === null) return <span className={classes.second}>no billed units</span>;
  const parts = [
    [usage.inputTokens, 'input'], [usage.cacheReadTokens, 'from cache'], [usage.cacheWriteTokens, 'to cache'], [usage.outputTokens, 'output'],
  ] as const;
  return <>{parts.filter(([count]) => count > 0).map(([count, word]) => `${formatCount(count)} ${word}`).join(', ') || '0'}{usage.reasoningTokens > 0 && ` (${formatCount(usage.reasoningTokens)} of it reasoning)`}</>;
}

/** Who performed it and on whose behalf, with the chain that the records tell. */
function Attribution({ activity }: { activity: Activity }) {
  const { data } = useQuery(identityQueries.activity(activity.id));
  return (
    <span className={classes.attribution}>
      <span><InertName text={activity.agentName} most={60} />{activity.authority === null ? <span className={classes.second}>, on whose behalf is not said</span> : <>, {authorityWords[activity.authority.kind]} <InertName text={activity.authority.of} most={80} /></>}</span>
      {data !== undefined && data.chain.length > 0 && <ChainLine chain={data.chain} />}
    </span>
  );
}

function ActivityFacts({ detail }: { detail: Detail }) {
  const { activity, task } = detail;
  return (
    <div className={classes.detail}>
      <div className={classes.detailHead}>
        <StateBadge state={statusState[activity.status]} header />
        <h3 className={classes.detailName}><InertName text={activity.name} most={200} /></h3>
        <Time iso={activity.time} millis mono />
      </div>
      <Facts facts={[
        ['Kind', kindWord(activity.kind)],
        ['By', <Attribution key="by" activity={activity} />],
        ['Took', <Took key="took" activity={activity} />],
        activity.model === null ? null : ['Model', <InertName key="model" text={activity.model} />],
        activity.usage === null && activity.kind !== 'model_call' ? null : ['Tokens', <Tokens key="tokens" activity={activity} />],
        activity.cost === null ? null : ['Cost', <ExplainedCost key="cost" activityId={activity.id} cost={activity.cost} />],
        ['Task', <span key="task" className={classes.inline}><InertName text={taskTitle(task)} most={80} /> <StateBadge state={task.outcome === 'unknown' ? 'unknown' : task.outcome === 'completed' ? 'completed' : task.outcome} /></span>],
        activity.parentId === null ? null : ['Inside', <Id key="inside" id={activity.parentId} />],
        ['Source', <span key="source" className={classes.inline}>{sourceWords(activity.source)}, age <Age iso={activity.time} /></span>],
        ['Proof', <ProofLine key="proof" activityId={activity.id} />],
        ['Identifier', <Id key="id" id={activity.id} />],
        activity.failureId === null ? null : ['Failure', <a key="failure" className={classes.link} href={placeHash({ screen: 'agent', id: activity.agentId, params: { tab: 'failures' } })}>all that failed in the same way</a>],
      ]} />
      {activity.notes.map((note) => <p key={note} className={classes.noteLine}><StateBadge state="attention" word={noteWords(note)} /></p>)}
      <ErrorText activity={activity} />
      <ContentTexts detail={detail} />
      <Tables detail={detail} />
      <RawRecord raw={detail.raw} />
    </div>
  );
}

function ErrorText({ activity }: { activity: Activity }) {
  if (activity.error === null) return null;
  const text = [activity.error.type, activity.error.message].filter((part) => part !== null).join(': ');
  return <AgentText title={activity.status === 'denied' ? 'Reason' : 'Error'} text={text === '' ? 'failed without saying why' : text} from="the runtime" />;
}

/** Texts that the agent or its tools wrote. What was cut for transport says so. */
function ContentTexts({ detail }: { detail: Detail }) {
  const texts = detail.attributes.filter((one) => one.agentText);
  return (
    <>
      {texts.map((one) => (
        <div key={one.key}>
          <AgentText title={one.key} text={one.value} />
          {one.length > one.value.length && <p className={classes.second}>{formatCount(one.length)} characters in all; the first {formatCount(one.value.length)} are here. The raw record has the rest.</p>}
        </div>
      ))}
      <p className={classes.second}>{contentWords[detail.content]}</p>
    </>
  );
}

interface Pair { key: string; value: string }
const pairColumns = (head: string) => [
  { id: 'key', head, wide: true, cell: (pair: Pair): ReactNode => <code><InertName text={pair.key} most={120} /></code> },
  { id: 'value', head: 'Value', wide: true, cell: (pair: Pair): ReactNode => <code><InertName text={pair.value} most={400} /></code> },
];

function Tables({ detail }: { detail: Detail }) {
  const plain = detail.attributes.filter((one) => !one.agentText);
  return (
    <>
      {plain.length > 0 && <Section title="Attributes"><PlainTable label="Attributes" rows={plain} rowId={(pair) => pair.key} columns={pairColumns('Attribute')} /></Section>}
      {detail.events.length > 0 && (
        <Section title="Events">
          <PlainTable
            label="Events" rows={detail.events.map((event, index) => ({ event, index }))} rowId={({ index }) => String(index)}
            columns={[
              { id: 'name', head: 'Event', wide: true, cell: ({ event }) => <code><InertName text={event.name} /></code> },
              { id: 'at', head: 'At', cell: ({ event }) => (event.at === null ? <span className={classes.second}>not said</span> : <Time iso={event.at} millis mono />) },
              { id: 'attributes', head: 'Says', wide: true, cell: ({ event }) => event.attributes.map((pair) => <code key={pair.key} className={classes.block}><InertName text={`${pair.key}: ${pair.value}`} most={400} /></code>) },
            ]}
          />
        </Section>
      )}
      {detail.resource.length > 0 && <Section title="Sent by"><PlainTable label="Sender" rows={detail.resource} rowId={(pair) => pair.key} columns={pairColumns('Resource')} /></Section>}
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return <section className={classes.section}><h4 className={classes.sectionTitle}>{title}</h4>{children}</section>;
}

function RawRecord({ raw }: { raw: readonly string[] }) {
  const [open, setOpen] = useState(false);
  if (raw.length === 0) return <p className={classes.second}>No raw record is kept for this activity.</p>;
  return (
    <section className={classes.section}>
      <div className={classes.inline}>
        <Button onClick={() => setOpen(!open)} aria-expanded={open}>Raw record{raw.length > 1 ? `s (${raw.length})` : ''}</Button>
        <CopyButton value={raw.join('\n')} label="Copy the raw record" text="Copy" />
      </div>
      {open && raw.map((text, index) => <AgentText key={index} title={raw.length > 1 ? `Record ${index + 1} of ${raw.length}` : 'Record as stored'} text={text} from="the sender" />)}
    </section>
  );
}
