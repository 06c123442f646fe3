/** What happened after the command, what speaks for and against the stop, and what is still alive. */
import { Button } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { OrderLever, Residual, StopEvent, StopOrderDetail } from '../../../shared/stop.ts';
import { placeHash } from '../../app/navigation.ts';
import { Changes } from '../../ui/changes.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { AgentLine, InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { PlainTable, type PlainColumn } from '../../ui/data-table-plain.tsx';
import { formatClock, formatCount, formatCountdown, formatMoney, plural } from '../../ui/format.ts';
import { Hatch } from '../../ui/hatch.tsx';
import { useClock } from '../../ui/now.ts';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { KindBadge, StateBadge } from '../../ui/state-badge.tsx';
import type { Kind, State } from '../../ui/state-shapes.tsx';
import { Time, localOffset } from '../../ui/time.tsx';
import { worthRetrying } from './order-facts.ts';
import { useRetry } from './use-stop-commands.ts';
import classes from './stop.module.css';

type Landed = StopOrderDetail['landedActs'][number];
type Unseen = StopOrderDetail['notSeen'][number];

const kinds: readonly Kind[] = ['model_call', 'tool_call', 'handoff', 'approval', 'denial', 'error', 'lifecycle'];

/** Began after the command and was not denied: it speaks against the stop. What only ended after it was already under way. */
function landedLook(act: Landed): { state: State; word: string } {
  if (act.status === 'denied') return { state: 'denied', word: 'Denied' };
  if (act.status === 'running') return { state: 'running', word: act.began ? 'Began, open' : 'Open' };
  if (act.status === 'interrupted') return { state: 'interrupted', word: 'Interrupted' };
  if (act.status === 'cancelled') return { state: 'cancelled', word: 'Cancelled' };
  if (act.status === 'error') return { state: 'failed', word: 'Failed' };
  return act.began ? { state: 'acted_after', word: 'Finished' } : { state: 'completed', word: 'Finished' };
}

/** Sums of different currencies are never added to each other. */
function moneyWords(acts: readonly Landed[]): string | null {
  const sums = new Map<string, number>();
  for (const act of acts) if (act.amountMicros !== null && act.currency !== null) sums.set(act.currency, (sums.get(act.currency) ?? 0) + act.amountMicros);
  return sums.size === 0 ? null : `${[...sums].map(([currency, micros]) => `${formatMoney(micros)} ${currency}`).join(' and ')} so far`;
}

export function UnseenRows({ rows }: { rows: readonly Unseen[] }) {
  return rows.map((one, index) => {
    const words = `${formatClock(new Date(one.from))} to ${one.to === null ? 'now' : formatClock(new Date(one.to))} not seen${one.connectionName === null ? '' : ` at ${inertString(one.connectionName, 60)}`}: ${inertString(one.text, 300).replace(/\.$/, '')}.`;
    return <div key={index} className={classes.unseen}><Hatch name={words} focusable /><span>{words} Acts in this time may be missing.</span></div>;
  });
}

/** Times of the contract are written alike, so that they compare as text. */
const beganWord = (act: Landed, commandedAt: string | null): string => (act.began ? 'after' : commandedAt !== null && act.at > commandedAt ? 'with it' : 'before');

export function LandedPanel({ order }: { order: StopOrderDetail }) {
  const acts = order.landedActs;
  const currencies = [...new Set(acts.flatMap((act) => (act.currency === null ? [] : [act.currency])))];
  const agentOf = (act: Landed): string | null => (order.agents.length === 1 ? order.agents[0]?.id : order.agents.find((agent) => agent.name === act.agentName)?.id) ?? null;
  const columns: PlainColumn<Landed>[] = [
    { id: 'at', head: `Time, ${localOffset()}`, cell: (act) => <Time iso={act.at} millis mono /> },
    { id: 'kind', head: 'Kind', cell: (act) => { const kind = kinds.find((one) => one === act.kind); return kind === undefined ? inertString(act.kind, 30) : <KindBadge kind={kind} />; } },
    { id: 'what', head: 'What', line: true, cell: (act) => { const agent = agentOf(act); return agent === null ? <strong className={classes.strong}><InertName text={act.name} most={100} /></strong> : <a className={classes.nameLink} href={placeHash({ screen: 'agent', id: agent, params: { task: act.taskId, activity: act.activityId } })}><InertName text={act.name} most={100} /></a>; } },
    ...(order.agents.length > 1 ? [{ id: 'agent', head: 'Agent', cell: (act: Landed) => <InertName text={act.agentName} most={40} /> }] : []),
    { id: 'money', head: currencies.length === 1 ? currencies[0] : 'Cost', end: true, cell: (act) => (act.amountMicros === null ? '' : `${formatMoney(act.amountMicros, 3)}${currencies.length === 1 ? '' : ` ${act.currency ?? ''}`}`) },
    { id: 'result', head: 'Result', cell: (act) => <StateBadge {...landedLook(act)} /> },
    { id: 'began', head: <span data-tip="Whether it began after the command. What began within half a second of it counts as given with it: it moves the last act, and does not speak against the stop.">Began</span>, cell: (act) => beganWord(act, order.commandedAt) },
    { id: 'end', head: 'Ended', cell: (act) => (act.endAt === null ? 'open' : <Time iso={act.endAt} millis mono />) },
  ];
  const against = acts.filter((act) => act.began && act.status !== 'denied').length;
  const aside = [moneyWords(acts), acts.length === 0 ? null : `${formatCount(against)} of ${plural(acts.length, 'act')} began after it`].filter((part) => part !== null).join(', ');
  return (
    <Panel flush title="What landed after the command" aside={aside === '' ? undefined : <span>{aside}</span>}>
      {acts.length === 0
        ? <p className={classes.nothing}>{order.commandedAt === null ? 'Nothing was sent yet.' : order.notSeen.length > 0 ? 'No act after the command where we could see.' : order.lastActAt !== null && order.lastActAt > order.commandedAt ? 'None that the history holds: the last act was read from the runtime itself, and stands among the evidence.' : 'No act was seen after the command.'}</p>
        : <div className={classes.bounded}><PlainTable label="Acts that began or ended after the command" rows={acts} rowId={(act) => act.activityId} columns={columns} /></div>}
      {order.landed > acts.length && <p className={classes.nothing}>{formatCount(order.landed - acts.length)} more stand in the activity of the agents.</p>}
      <UnseenRows rows={order.notSeen} />
    </Panel>
  );
}

const evidenceKinds: readonly StopEvent['kind'][] = ['for', 'against', 'not_seen', 'state', 'reopened'];
const eventLooks: Record<StopEvent['kind'], { state: State; word: string }> = {
  for: { state: 'stop_confirmed', word: 'For' }, against: { state: 'acted_after', word: 'Against' }, not_seen: { state: 'not_seen', word: 'Not seen' }, state: { state: 'idle', word: 'State' }, reopened: { state: 'still_acting', word: 'Reopened' },
  intent: { state: 'completed', word: 'Intent' }, second: { state: 'completed', word: 'Second' }, sent: { state: 'stop_requested', word: 'Sent' }, reported: { state: 'stop_reported', word: 'Answer' }, failed: { state: 'failed', word: 'Failed' },
  skipped: { state: 'cancelled', word: 'Left out' }, hold: { state: 'running', word: 'Hold' }, undo: { state: 'completed', word: 'Put back' }, resumed: { state: 'completed', word: 'Resumed' }, ended: { state: 'completed', word: 'Ended' }, note: { state: 'idle', word: 'Note' },
};

function eventWord(event: StopEvent, levers: readonly OrderLever[]): string {
  const at = event.leverId === null ? -1 : levers.findIndex((lever) => lever.id === event.leverId);
  const word = eventLooks[event.kind].word;
  if (at < 0) return event.kind === 'for' ? 'For the stop' : event.kind === 'against' ? 'Against the stop' : word;
  return event.kind === 'for' || event.kind === 'against' ? `${word} lever ${at + 1}` : `${word}, lever ${at + 1}`;
}

/** Newest last; the list stays at its end while nobody has scrolled away from it. */
export function EvidencePanel({ order }: { order: StopOrderDetail }) {
  const [show, setShow] = useState<'evidence' | 'all'>('evidence');
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const evidence = order.events.filter((event) => evidenceKinds.includes(event.kind));
  const rows = show === 'evidence' ? evidence : order.events;
  const newest = rows.at(-1)?.id;
  useEffect(() => {
    if (atEnd.current) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [newest, show]);
  const columns: PlainColumn<StopEvent>[] = [
    { id: 'at', head: `Time, ${localOffset()}`, cell: (event) => <Time iso={event.at} millis mono /> },
    { id: 'by', head: 'Learned by', cell: (event) => <span className={classes.second}>{inertString(event.by, 40)}</span> },
    { id: 'text', head: 'What', wide: true, cell: (event) => <InertName text={event.text} most={600} /> },
    { id: 'speaks', head: 'Speaks', cell: (event) => <StateBadge state={eventLooks[event.kind].state} word={eventWord(event, order.orderLevers)} /> },
  ];
  return (
    <Panel
      flush fill className={classes.evidence} title="Evidence" aside={<><Segmented label="Show" name="evidence" value={show} options={[{ value: 'evidence', label: 'Evidence' }, { value: 'all', label: 'Everything' }]} onChange={setShow} /><span>newest last</span></>}
      foot={<span>Answers of levers are not evidence.{order.moreEvents > 0 ? ` ${formatCount(order.moreEvents)} older lines stand in the certificate.` : ''}</span>}
    >
      {rows.length === 0
        ? <p className={classes.nothing}>{order.commandedAt === null ? 'Nothing was sent, so there is nothing to look for.' : 'Nothing was learned yet from outside the levers.'}</p>
        : (
          <div ref={scroller} className={classes.evidenceScroll} tabIndex={0} role="group" aria-label="Evidence, newest last" onScroll={(event) => { const box = event.currentTarget; atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 24; }}>
            <PlainTable label="Evidence" rows={rows} rowId={(event) => event.id} columns={columns} />
          </div>
        )}
    </Panel>
  );
}

function Countdown({ endsAt }: { endsAt: string }) {
  const text = useClock(useCallback((now: number) => (Date.parse(endsAt) <= now ? 'over' : formatCountdown(Date.parse(endsAt) - now)), [endsAt]));
  return <>{text}</>;
}

function ResidualRow({ one }: { one: Residual }) {
  return (
    <li className={classes.alive}>
      <span className={classes.aliveWords}><strong className={classes.strong}><InertName text={one.title} most={80} /></strong><span className={classes.second}><InertName text={one.detail} most={200} />{one.endsAt !== null && <>, until <Time iso={one.endsAt} /></>}</span>{one.close !== null && <span className={classes.second}>To close it early: <InertName text={one.close} most={200} /></span>}</span>
      <span className={classes.aliveTime}>{one.endsAt === null ? <Hatch name="No end that we can see" width={34} focusable /> : <strong className={classes.wait}><Countdown endsAt={one.endsAt} /></strong>}</span>
    </li>
  );
}

/** Work that runs on, levers that failed, authority that outlives the order. */
export function AlivePanel({ order }: { order: StopOrderDetail }) {
  const retry = useRetry();
  const levers = order.orderLevers.map((lever, index) => ({ lever, at: index + 1 })).filter(({ lever }) => order.endedAt === null && order.state !== 'verified' && worthRetrying(lever));
  const empty = order.stillOpen.length === 0 && order.residual.length === 0 && levers.length === 0;
  return (
    <Panel flush title="Still alive" aside="open work, residual authority">
      {retry.error !== null && <ErrorBlock error={retry.error} what="The lever was not pulled again." kept="What it did before stands." />}
      {empty && <p className={classes.nothing}>{order.commandedAt === null ? 'Nothing was sent yet.' : order.state === 'unverified' ? 'Nothing that we can see. That is not the same as nothing.' : 'Nothing that we can see.'}</p>}
      <ul>
        {order.stillOpen.map((one) => (
          <li key={one.id} className={classes.alive}>
            <span className={classes.aliveWords}><strong className={classes.strong}><InertName text={one.title} most={80} /></strong><span className={classes.second}><InertName text={one.detail} most={400} /></span></span>
            <strong className={`${classes.aliveTime} ${classes.stop}`}>open</strong>
          </li>
        ))}
        {levers.map(({ lever, at }) => (
          <li key={lever.id} className={classes.alive}>
            <span className={classes.aliveWords}><strong className={classes.strong}>Lever {at}, <InertName text={lever.title} most={60} /></strong><span className={classes.second}>{lever.state === 'failed' ? 'failed' : 'without effect so far'}{lever.reportedText === null ? '' : <>: <AgentLine text={lever.reportedText} most={120} /></>}</span></span>
            <Changes>
              <Button disabled={retry.isPending} onClick={() => retry.mutate({ id: order.id, leverId: lever.id })}>Pull again<span className="gh-visually-hidden">: lever {at}, {inertString(lever.title, 60)}</span></Button>
            </Changes>
          </li>
        ))}
        {order.residual.length > 0 && <li className={classes.alive}><span className={classes.second}>Named by the plan, <Time iso={order.plan.madeAt} millis mono />, before the command:</span></li>}
        {order.residual.map((one) => <ResidualRow key={one.id} one={one} />)}
      </ul>
    </Panel>
  );
}
