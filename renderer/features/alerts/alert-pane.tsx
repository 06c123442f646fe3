/** One alert: what it says, whom it reached, what comes if nobody acknowledges, and what was said to it. */
import { Button } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { AlertDetail, Delivery } from '../../../shared/alerts.ts';
import { CallFailed } from '../../api/client.ts';
import { alertQueries } from '../../api/queries.ts';
import { go, placeHash } from '../../app/navigation.ts';
import { openStopPlan, stopOfAgent } from '../../app/stop-choice.ts';
import { Changes } from '../../ui/changes.tsx';
import { AgentText, InertName } from '../../ui/agent-text-view.tsx';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { plural } from '../../ui/format.ts';
import { Id } from '../../ui/id.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { useNow } from '../../ui/now.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { aboutOf, aboutWords, deliveryLooks, deliveryWhat, dueWords, escalationOf, kindWords, ruleSentence, severityLooks, stateLook, targetKindWords } from './alert-words.ts';
import { fits, type Deeds } from './use-inbox.ts';
import classes from './alerts.module.css';

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div className={classes.fact}><dt>{name}</dt><dd>{children}</dd></div>;
}

export function Part({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return <section className={classes.part}><h4 className={classes.partTitle}>{title}{aside !== undefined && <span>{aside}</span>}</h4>{children}</section>;
}

/** When something is due, counting down. */
export function Due({ at }: { at: string }) {
  return <strong className={classes.strong}>{dueWords(at, useNow())}</strong>;
}

function StateLine({ alert }: Pick<AlertDetail, 'alert'>) {
  const look = stateLook(alert);
  return (
    <p className={classes.stateLine}>
      <StateShape state={look.state} className={alert.state === 'open' ? classes.waitShape : classes.quietShape} />
      <span>
        {alert.state === 'open' && 'Open: nobody has said that they know.'}
        {alert.state === 'acknowledged' && <>Acknowledged{alert.acknowledgedBy !== null && <> by <InertName text={alert.acknowledgedBy} most={60} /></>}{alert.acknowledgedAt !== null && <>, <Age iso={alert.acknowledgedAt} /> ago</>}.</>}
        {alert.state === 'resolved' && <>{alert.resolvedBy === null ? 'Over by itself' : <>Resolved by <InertName text={alert.resolvedBy} most={60} /></>}{alert.resolvedAt !== null && <>, <Age iso={alert.resolvedAt} /> ago</>}.</>}
      </span>
    </p>
  );
}

function Escalation({ alert }: Pick<AlertDetail, 'alert'>) {
  const { data: rules } = useQuery(alertQueries.rules());
  const { data: targets } = useQuery(alertQueries.targets());
  const said = escalationOf(alert, rules?.rows.find((rule) => rule.id === alert.ruleId), targets?.rows ?? []);
  if (said === null) return null;
  return <p className={classes.escalation}><StateShape state={said.at === null ? 'idle' : 'attention'} className={said.at === null ? classes.quietShape : classes.waitShape} /><span><InertName text={said.text} most={400} />{said.at === null ? '.' : <> <Due at={said.at} /> unless somebody acknowledges.</>}</span></p>;
}

function Facts({ alert }: Pick<AlertDetail, 'alert'>) {
  const { data: rules } = useQuery(alertQueries.rules());
  const rule = rules?.rows.find((one) => one.id === alert.ruleId);
  return (
    <dl className={classes.facts}>
      {alert.agentId !== null && <Fact name="Agent"><a className={classes.link} href={placeHash({ screen: 'agent', id: alert.agentId })}><InertName text={alert.agentName ?? alert.agentId} most={80} /></a></Fact>}
      {alert.connectionId !== null && <Fact name="Connection"><a className={classes.link} href={placeHash({ screen: 'connections', id: alert.connectionId })}><InertName text={alert.connectionName ?? alert.connectionId} most={80} /></a></Fact>}
      <Fact name="Rule"><a className={classes.link} href={placeHash({ screen: 'alerts', params: { tab: 'rules' } })}><InertName text={alert.ruleName} most={80} /></a> <span className={classes.muted}>{rule === undefined ? 'removed since' : ruleSentence(rule)}</span></Fact>
      <Fact name="Came"><Time iso={alert.raisedAt} />{alert.times > 1 && <>, {plural(alert.times, 'time')}, last <Age iso={alert.lastAt} /> ago</>}</Fact>
    </dl>
  );
}

export function DeliveryLine({ one, withTitle = false }: { one: Delivery; withTitle?: boolean }) {
  const look = deliveryLooks[one.state];
  return (
    <li className={classes.delivery}>
      <StateBadge state={look.state} word={look.word} />
      <span className={classes.deliveryText}>
        <span className={classes.deliveryWho}>{withTitle ? (one.what === 'test' ? 'Test message' : <InertName text={one.title} most={100} />) : <><InertName text={one.targetName} most={60} /> <span className={classes.muted}>{targetKindWords[one.targetKind]}</span></>} <span className={classes.muted}>{[...(withTitle && one.what === 'test' ? [] : [deliveryWhat[one.what]]), ...(one.attempts > 1 ? [plural(one.attempts, 'attempt')] : [])].join(', ')}</span></span>
        {one.lastError !== null && one.state !== 'sent' && <span className={classes.why}><InertName text={one.lastError} most={300} /></span>}
      </span>
      <span className={classes.deliveryWhen}>{one.sentAt !== null ? <Time iso={one.sentAt} /> : one.dueAt !== null && (one.state === 'waiting' || one.state === 'held') ? <>{one.attempts > 0 ? 'next try ' : ''}<Due at={one.dueAt} /></> : <Time iso={one.createdAt} />}</span>
    </li>
  );
}

function Deliveries({ detail }: { detail: AlertDetail }) {
  if (detail.deliveries.length === 0) return <p className={classes.muted}>It stands in this inbox only: its rule named no target when it came.</p>;
  return <ul className={classes.deliveries}>{detail.deliveries.map((one) => <DeliveryLine key={one.id} one={one} />)}</ul>;
}

function History({ detail }: { detail: AlertDetail }) {
  return <ol className={classes.history}>{detail.history.map((one, index) => <li key={`${one.at} ${String(index)}`}><span className={classes.historyAt}><Time iso={one.at} /></span><span><InertName text={one.text} most={400} /> <span className={classes.muted}><InertName text={one.by} most={60} /></span></span></li>)}</ol>;
}

function Actions({ detail, deeds }: { detail: AlertDetail; deeds: Deeds }) {
  const { alert } = detail;
  const [note, setNote] = useState('');
  const run = (deed: 'acknowledge' | 'resolve' | 'reopen') => (): void => { deeds.run(deed, [alert], note); setNote(''); };
  return (
    <div className={classes.actionsFoot}>
      {alert.state !== 'resolved' && <input className={classes.note} value={note} maxLength={1_000} placeholder="Note for the history, if any" aria-label="Note for the history" onChange={(event) => setNote(event.currentTarget.value)} />}
      <div className={classes.actions}>
        <Changes>
          {fits('acknowledge', alert) && <Button disabled={deeds.busy} onClick={run('acknowledge')} rightSection={<Kbd keys="a" />}>Acknowledge</Button>}
          {fits('resolve', alert) && <Button disabled={deeds.busy} onClick={run('resolve')}>Resolve</Button>}
          {fits('reopen', alert) && <Button disabled={deeds.busy} onClick={run('reopen')}>Reopen</Button>}
          {alert.agentId !== null && <Button className={classes.stop} leftSection={<IconHandStop size={14} stroke={1.75} aria-hidden="true" />} onClick={() => { if (alert.agentId !== null) openStopPlan(stopOfAgent({ id: alert.agentId, name: alert.agentName ?? alert.agentId })); }}>Stop agent…</Button>}
        </Changes>
      </div>
    </div>
  );
}

function Body({ detail, deeds }: { detail: AlertDetail; deeds: Deeds }) {
  const { alert } = detail;
  return (
    <>
      <div className={classes.pane}>
        <div className={classes.badgeLine}>
          <StateBadge header state={severityLooks[alert.severity].state} word={severityLooks[alert.severity].word} />
          <span>{kindWords[alert.kind]}, since <Time iso={alert.raisedAt} short /></span>
          <Id id={alert.id} />
        </div>
        <h3 className={classes.title}><InertName text={alert.title} most={300} /></h3>
        <StateLine alert={alert} />
        <Escalation alert={alert} />
        <Facts alert={alert} />
        {alert.text !== '' && <AgentText title="Alert" from="the console and agents" text={alert.text} />}
        <Part title="Delivered" aside={detail.deliveries.length === 0 ? undefined : 'besides this inbox'}><Deliveries detail={detail} /></Part>
        <Part title="History" aside="oldest first"><History detail={detail} /></Part>
      </div>
      <Actions key={alert.id} detail={detail} deeds={deeds} />
    </>
  );
}

export function AlertPane({ id, deeds }: { id: string; deeds: Deeds }) {
  const query = useQuery(alertQueries.get(id));
  const detail = query.data?.alert.id === id ? query.data : undefined;
  const gone = query.error instanceof CallFailed && query.error.code === 'not_found';
  return (
    <Panel fill flush className={classes.alertPanel} title="Alert" aside={<>{detail !== undefined && <button type="button" className={classes.linkButton} onClick={() => go(aboutOf(detail.alert))}>Open {aboutWords(detail.alert)} <Kbd keys="enter" /></button>}<Kbd keys="j k" /></>}>
      {detail !== undefined
        ? <Body detail={detail} deeds={deeds} />
        : gone
          ? <Empty title="No alert has this identifier now" why="It left with the history’s retention, or the address names none." />
          : query.error === null ? <Loading what="Reading the alert" rows={8} /> : <ErrorBlock error={query.error} what="The alert could not be read." retry={() => { void query.refetch(); }} />}
    </Panel>
  );
}
