/** What is asked, whole: who, on whose authority, where, until when, and everything that the answer would let happen. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useState, type ReactNode } from 'react';
import type { ApprovalDetail } from '../../../shared/domain.ts';
import { agentQueries } from '../../api/queries.ts';
import { placeHash } from '../../app/navigation.ts';
import { askedPeriod } from '../../app/period.ts';
import { AgentText, InertName } from '../../ui/agent-text-view.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { Id } from '../../ui/id.tsx';
import { writeJson, readJson } from '../../ui/json-text.ts';
import { useClock } from '../../ui/now.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { kindNames } from '../connections/kind-words.ts';
import { leftWords, stateLooks, tookMs, tooFastMs, waitWords } from './approvals-model.ts';
import { CallBlock } from './call-block.tsx';
import classes from './approvals.module.css';

const day = askedPeriod({ span: '24h', end: null });

/** The version is the agent's, not the request's: said as what was last seen of it. */
function Version({ agentId }: { agentId: string }) {
  const { data } = useQuery(agentQueries.get(day, agentId));
  return data === undefined || data.version === null ? null : <span className={classes.muted} data-tip="The version that was last seen of it"> <InertName text={data.version} most={30} /></span>;
}

export function Left({ expiresAt }: { expiresAt: string | null }) {
  return <>{useClock(useCallback((now: number) => leftWords(expiresAt, now), [expiresAt]))}</>;
}

function Expires({ detail }: { detail: ApprovalDetail }) {
  const { expiresAt } = detail;
  const over = useClock(useCallback((now: number) => expiresAt !== null && Date.parse(expiresAt) <= now, [expiresAt]));
  if (expiresAt === null) return <>waits until answered: the runtime sets no time limit</>;
  if (over) return <><Time iso={expiresAt} />: its time is over, and that approves nothing</>;
  return <><strong><Left expiresAt={expiresAt} /></strong>, then expires, never approved (<Time iso={expiresAt} />)</>;
}

function Undone({ destructive }: { destructive: boolean | null }) {
  if (destructive === true) return <><span aria-hidden="true">◆ </span><strong>No: declared or known as destructive</strong></>;
  if (destructive === null) return <>effect not declared: take it for the worst that can follow</>;
  return <>declared as not destructive; nobody checked that</>;
}

const kindSays: Record<ApprovalDetail['kind'], string> = {
  tool_call: 'the calls are made', input: 'the agent goes on with the answer', auth: 'a sign-in is asked for', gate: 'the run goes on past the step', unknown: 'not known: the request has a shape that Gatehouse does not know',
};

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div className={classes.fact}><dt>{name}</dt><dd>{children}</dd></div>;
}

function WhoLine({ detail }: { detail: ApprovalDetail }) {
  const look = stateLooks[detail.state];
  return (
    <div className={classes.who}>
      <StateBadge header state={look.state} word={detail.state === 'waiting' ? waitWords[detail.kind] : look.word} />
      <span className={classes.agent}>
        {detail.agentId === null ? <strong><InertName text={detail.agentName} most={60} /></strong> : <a className={classes.agentLink} href={placeHash({ screen: 'agent', id: detail.agentId })}><InertName text={detail.agentName} most={60} /></a>}
        {detail.agentId !== null && <Version agentId={detail.agentId} />}
      </span>
      {detail.onBehalfOf !== null && <span className={classes.behalf}><StateShape state="delegated" /> for <InertName text={detail.onBehalfOf} most={80} /></span>}
      <a className={classes.where} href={placeHash({ screen: 'connections', id: detail.connectionId })}>{detail.connectionName}, {kindNames[detail.connectionKind]}</a>
    </div>
  );
}

function Decided({ detail }: { detail: ApprovalDetail }) {
  const took = tookMs(detail);
  if (detail.state === 'waiting') return null;
  return (
    <>
      <Fact name="Decided">{detail.decidedAt === null ? 'not known when' : <Time iso={detail.decidedAt} />}{detail.decidedBy === null ? ', by nobody here' : <>, by <InertName text={detail.decidedBy} most={80} /></>}{took !== null && <span className={took < tooFastMs ? classes.fast : classes.muted}> after {formatDuration(took)}</span>}</Fact>
      {detail.reason !== null && <Fact name="Reason"><InertName text={detail.reason} most={4000} /></Fact>}
    </>
  );
}

/** A longer one does not fit the head of the pane, so it stands whole among the facts. */
const cutTitle = 32;

function Facts({ detail }: { detail: ApprovalDetail }) {
  return (
    <dl className={classes.facts}>
      {detail.title.length > cutTitle && <Fact name="What"><InertName text={detail.title} most={2000} /></Fact>}
      <Decided detail={detail} />
      {detail.kind !== 'tool_call' && <Fact name="If answered">{kindSays[detail.kind]}</Fact>}
      <Fact name="Can be undone"><Undone destructive={detail.destructive} /></Fact>
      {detail.onBehalfOf === null && <Fact name="Authority"><span className={classes.muted}>not said by the runtime</span></Fact>}
      <Fact name="Task">{detail.taskId === null || detail.agentId === null ? <span className={classes.muted}>not known</span> : <a className={classes.link} href={placeHash({ screen: 'agent', id: detail.agentId, params: { task: detail.taskId } })}>its task, with all that led here</a>}</Fact>
      <Fact name="Asked"><Time iso={detail.askedAt} />, <Age iso={detail.askedAt} /> ago</Fact>
      {detail.state === 'waiting' && <Fact name="Expires"><Expires detail={detail} /></Fact>}
    </dl>
  );
}

function Evidence({ detail }: { detail: ApprovalDetail }) {
  if (detail.evidence.length === 0) return null;
  return (
    <section aria-label="Evidence">
      <h3 className={classes.part}>Evidence <span>as the runtime says it</span></h3>
      <dl className={classes.parameters}>
        {detail.evidence.map((one, index) => <div key={index} className={`${classes.parameter} ${classes.evidence}`}><dt><InertName text={one.name} most={120} /></dt><dd className={classes.evidenceValue}><code><InertName text={one.value} most={400} /></code><CopyButton value={one.value} label="Copy value" /></dd></div>)}
      </dl>
    </section>
  );
}

/** Laid out with its tokens as they are; the copy is the text as the runtime gave it. */
function RawRequest({ raw, id, alone }: { raw: string; id: string; alone: boolean }) {
  const [open, setOpen] = useState(alone);
  const node = open ? readJson(raw) : null;
  return (
    <section className={classes.raw} aria-label="Raw request">
      <div className={classes.rawHead}>
        <Button onClick={() => setOpen(!open)} aria-expanded={open}>Raw request</Button>
        <CopyButton value={raw} label="Copy the raw request" text="Copy" />
        <span className={classes.own}><Id id={id} /></span>
      </div>
      {open && <AgentText title="Request as the runtime holds it" text={node === null ? raw : writeJson(node)} from="the runtime" />}
    </section>
  );
}

export function RequestView({ detail }: { detail: ApprovalDetail }) {
  const alone = detail.actions.length === 0 && detail.question === null;
  return (
    <>
      <WhoLine detail={detail} />
      <Facts detail={detail} />
      {detail.note !== null && !(detail.state === 'waiting' && detail.answers.length === 0) && <p className={classes.note}><StateShape state="attention" className={classes.wait} /><span><InertName text={detail.note} most={1000} /></span></p>}
      {detail.question !== null && <AgentText title="Question" text={detail.question} />}
      {detail.actions.map((action, index) => <CallBlock key={index} action={action} number={index + 1} of={detail.actions.length} />)}
      {alone && <p className={classes.muted}>The request names no call and asks no question: the raw request below is all there is.</p>}
      <Evidence detail={detail} />
      <RawRequest raw={detail.raw} id={detail.id} alone={alone} />
    </>
  );
}
