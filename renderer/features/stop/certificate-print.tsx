/**
 * The certificate as it is printed: complete in itself, every part whole, all times in UTC. It stands in a window of its own that nobody
 * sees; its title says that it is drawn.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import { certificateTitle } from '../../../shared/page-channels.ts';
import type { OrderLever, StopCertificate } from '../../../shared/stop.ts';
import { useEngineState } from '../../api/client.ts';
import { stopQueries } from '../../api/queries.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { formatDuration, formatMoney, formatUtc, plural } from '../../ui/format.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { answerWords, confirmedWords, levelWords, orderLooks, reasonLine, scopeWords, spanWords } from './stop-words.ts';
import { LeverKindMark } from './lever-kind.tsx';
import classes from './certificate-print.module.css';

const utc = (iso: string | null, otherwise = 'not known'): string => (iso === null ? otherwise : formatUtc(new Date(iso)));
/** Whatever was written is printed whole. */
const Whole = ({ text }: { text: string }) => <InertName text={text} most={Infinity} />;
const lasted = (ms: number | null, otherwise: string): string => (ms === null ? otherwise : `${formatDuration(Math.max(0, ms))} (${Math.round(ms).toLocaleString('en-US')} ms)`);

function Section({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return <section className={classes.section}><h2>{title}</h2>{note !== undefined && <p className={classes.note}>{note}</p>}{children}</section>;
}

function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return <dl className={classes.facts}>{rows.flatMap(([name, value]) => [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>])}</dl>;
}

function Bullets({ lines, none }: { lines: readonly string[]; none: string }) {
  return lines.length === 0 ? <p>{none}</p> : <ul className={classes.list}>{lines.map((line, index) => <li key={index}><Whole text={line} /></li>)}</ul>;
}

function OrderFacts({ made }: { made: StopCertificate }) {
  const { order, times } = made;
  return (
    <Facts
      rows={[
        ['Scope, level', <>{scopeWords(order)}, {levelWords[order.level].toLowerCase()}</>],
        ['Agents', order.agents.length === 0 ? 'none was known' : <Whole key="agents" text={order.agents.map((agent) => `${agent.name} (${agent.id})`).join('; ')} />],
        ['Ordered by', <>{<Whole text={order.orderedBy} />}{order.origin === 'person' ? '' : order.origin === 'rule' ? ', by an auto-stop rule' : ', as a drill'}</>],
        ['Second operator', order.secondBy === null ? 'none' : <Whole key="second" text={order.secondBy} />],
        ['Reason', <Whole key="reason" text={reasonLine(order)} />],
        ['Ticket', order.ticket === null ? 'none' : <Whole key="ticket" text={order.ticket} />],
        ['Period', `${utc(times.intentAt)} to ${utc(order.endedAt ?? made.madeAt)}${made.open ? ', still watched' : ''}`],
        ['Intent written', `${utc(times.intentAt)}${times.commandedAt !== null && times.intentAt <= times.commandedAt ? ', before the first lever' : ''}`],
        ['Commanded', utc(times.commandedAt, 'nothing was sent')],
        ['First answer', `${utc(times.firstAnswerAt, 'none')}${times.firstAnswerMs === null ? '' : `, after ${lasted(times.firstAnswerMs, '')}`}`],
        ['All levers answered', utc(times.answeredAt, 'not all')],
        ['Last act seen', utc(times.lastActAt, 'none seen')],
        ['Contained', utc(times.containedAt, 'not contained')],
        ['Verified', utc(times.verifiedAt, 'not verified')],
        ['Time to last act', times.containedAt !== null ? lasted(times.timeToLastActMs, 'no act after the command') : times.timeToLastActMs === null ? 'open' : `open, so far ${lasted(times.timeToLastActMs, '')}`],
        ['Time to contain', lasted(times.timeToContainMs, 'open')],
        ['Silence window', `${spanWords(order.silenceS)} without an act, in which it could be seen`],
        ['Watched until', utc(order.watchUntil, 'not set')],
        ['Reopened', plural(order.reopened, 'time')],
        ['Put back', utc(order.releasedAt, 'no')],
        ['Order', <code key="id" className={classes.mono}>{order.id}</code>],
      ]}
    />
  );
}

function PlannedFacts({ made }: { made: StopCertificate }) {
  const { plan, levers } = made;
  const pulled = new Set(levers.map((lever) => lever.id));
  const left = plan.levers.filter((lever) => !pulled.has(lever.id));
  return (
    <Section title="Plan" note={`Made ${utc(plan.madeAt)}, ${plan.survey === null ? 'from the history alone: the runtimes were not asked' : `${plural(plan.survey.asked, 'runtime')} asked ${utc(plan.survey.at)}${plan.survey.failed.length === 0 ? '' : `, ${plan.survey.failed.length} did not answer`}`}. ${plural(plan.tasksOpen, 'task')} open then.`}>
      <h3>Would count as confirmed</h3>
      <Bullets lines={plan.checks.map((check) => `${check.can ? '' : 'Cannot be checked: '}${check.text}`)} none="Nothing was named." />
      {plan.survey !== null && plan.survey.failed.length > 0 && <><h3>Did not answer when the plan was made</h3><Bullets lines={plan.survey.failed.map((one) => `${one.connectionName}: ${one.text}`)} none="" /></>}
      {plan.warnings.length > 0 && <><h3>Warnings that were shown</h3><Bullets lines={plan.warnings} none="" /></>}
      <h3>Levers that were shown and not ordered</h3>
      <Bullets lines={left.map((lever) => `${lever.title} (${lever.kind}, ${lever.connectionName}): ${lever.problem ?? lever.target}`)} none="None: everything that was shown was ordered." />
      <h3>Authority that the plan said would outlive it</h3>
      <Bullets lines={plan.residual.map((one) => `${one.title}: ${one.detail}; ${one.endsAt === null ? 'no end that can be seen' : `until ${utc(one.endsAt)}`}`)} none="None was known." />
    </Section>
  );
}

function LeverBlock({ lever, at, commandedAt }: { lever: OrderLever; at: number; commandedAt: string | null }) {
  return (
    <div className={classes.lever}>
      <div className={classes.leverHead}><span>{at}</span><LeverKindMark kind={lever.kind} /><Whole text={lever.title} /><span>{<Whole text={lever.connectionName} />}, step {lever.step.replace('_', ' ')}</span></div>
      <dl className={classes.leverFacts}>
        <dt>Acts upon</dt><dd><Whole text={lever.target} /></dd>
        <dt>Reaches</dt><dd><Whole text={lever.reaches} /></dd>
        <dt>Does not stop</dt><dd>{lever.doesNotStop.length === 0 ? 'nothing named' : <Whole text={lever.doesNotStop.join('; ')} />}</dd>
        <dt>Also hits</dt><dd>{lever.alsoHits.length === 0 ? 'nobody found' : <Whole text={lever.alsoHits.map((hit) => `${hit.name} (${hit.why})`).join('; ')} />}</dd>
        <dt>Requested</dt><dd>{utc(lever.sentAt, 'not sent')}{lever.attempts > 1 ? `, ${plural(lever.attempts, 'attempt')}` : ''}</dd>
        <dt>Reported</dt><dd>{answerWords(lever, commandedAt)}{lever.reportedAt === null ? '' : `, ${utc(lever.reportedAt)}`}{lever.reportedText !== null && <>; in the words of the runtime: <Whole text={lever.reportedText} /></>}</dd>
        <dt>Confirmed</dt><dd>{confirmedWords(lever, commandedAt)}{lever.confirmedAt === null ? '' : `, ${utc(lever.confirmedAt)}`}{lever.confirmedText !== null && <>: <Whole text={lever.confirmedText} /></>}</dd>
        {lever.actsAt.length > 0 && <><dt>Acts against it</dt><dd className={classes.mono}>{lever.actsAt.map((iso) => utc(iso)).join(', ')}</dd></>}
        <dt>Undo</dt><dd>{lever.undo.replace('_', ' ')}{lever.undoText !== '' && <>: <Whole text={lever.undoText} /></>}; {lever.undoState === 'none' ? 'nothing to put back' : lever.undoState === 'open' ? 'stands' : lever.undoState === 'done' ? `put back ${utc(lever.undoneAt)}` : 'could not be put back'}{lever.undoneText !== null && <>: <Whole text={lever.undoneText} /></>}</dd>
      </dl>
    </div>
  );
}

function Landed({ made }: { made: StopCertificate }) {
  const acts = made.landedAfterTheCommand;
  if (acts.length === 0) return <p>{made.notSeen.length === 0 ? 'No act was seen after the command.' : 'No act after the command where it could be seen; see the periods that were not seen.'}</p>;
  return (
    <table>
      <thead><tr><th style={{ width: '34mm' }}>Began, UTC</th><th style={{ width: '34mm' }}>Ended, UTC</th><th>What</th><th style={{ width: '26mm' }}>Agent</th><th style={{ width: '20mm' }}>Result</th><th style={{ width: '18mm' }}>Cost</th><th style={{ width: '20mm' }}>Began</th></tr></thead>
      <tbody>{acts.map((act) => <tr key={act.activityId}><td className={classes.mono}>{utc(act.at)}</td><td className={classes.mono}>{utc(act.endAt, 'open')}</td><td><Whole text={act.name} /> ({act.kind.replace('_', ' ')})</td><td><Whole text={act.agentName} /></td><td>{act.status}</td><td>{act.amountMicros === null ? '' : `${formatMoney(act.amountMicros, 3)} ${act.currency ?? ''}`}</td><td>{act.began ? 'after the command' : made.times.commandedAt !== null && act.at > made.times.commandedAt ? 'with it (within 0.5 s)' : 'before it'}</td></tr>)}</tbody>
    </table>
  );
}

function Evidence({ made }: { made: StopCertificate }) {
  const numbers = new Map(made.levers.map((lever, index) => [lever.id, index + 1]));
  if (made.evidence.length === 0) return <p>None.</p>;
  return (
    <table>
      <thead><tr><th style={{ width: '36mm' }}>Time, UTC</th><th style={{ width: '20mm' }}>Kind</th><th style={{ width: '22mm' }}>Learned by</th><th style={{ width: '12mm' }}>Lever</th><th>What</th></tr></thead>
      <tbody>{made.evidence.map((event) => <tr key={event.id}><td className={classes.mono}>{utc(event.at)}</td><td>{event.kind.replace('_', ' ')}</td><td>{event.by}</td><td>{event.leverId === null ? '' : numbers.get(event.leverId) ?? ''}</td><td><Whole text={event.text} /></td></tr>)}</tbody>
    </table>
  );
}

export function CertificateSheet({ made }: { made: StopCertificate }) {
  const { order } = made;
  return (
    <main className={classes.sheet}>
      <header className={classes.head}>
        <div className={classes.brand}><span>Gatehouse {made.madeBy.version}</span><span>made {utc(made.madeAt)}</span></div>
        <h1 className={classes.title}>Certificate of stop order {order.number}: <Whole text={order.scopeName} /></h1>
        <div className={classes.verdict}><StateBadge {...orderLooks[made.verdict.state]} header /><span><Whole text={made.verdict.text} /></span></div>
        {made.open && <p className={classes.note}>The order is still watched: this record may grow. It says what was known when it was made.</p>}
      </header>
      <OrderFacts made={made} />
      <Section title="Grounds of the verdict" note="Answers of levers are never among them."><Bullets lines={made.verdict.grounds} none="None yet." /></Section>
      <Section title="What could not be seen">
        {made.notSeen.length === 0 ? <p>No period is known in which nothing could be seen.</p> : made.notSeen.map((one, index) => <p key={index} className={classes.unseen}>{utc(one.from)} to {utc(one.to, 'now')}{one.connectionName !== null && <>, <Whole text={one.connectionName} /></>}: <Whole text={one.text.replace(/\.$/, '')} />. Nothing can be said about this time: not that nothing happened.</p>)}
      </Section>
      <Section title="Levers" note="Requested, reported and confirmed are three facts. A report is the runtime's word; only what was found from outside confirms.">{made.levers.length === 0 ? <p>None.</p> : made.levers.map((lever, index) => <LeverBlock key={lever.id} lever={lever} at={index + 1} commandedAt={order.commandedAt} />)}</Section>
      <Section title="What landed after the command"><Landed made={made} /></Section>
      <Section title="Still alive when this was made"><Bullets lines={made.stillAlive.map((one) => `${one.title}: ${one.detail}${one.endsAt === null ? '' : `, until ${utc(one.endsAt)}`}`)} none="Nothing that could be seen." /></Section>
      <PlannedFacts made={made} />
      <Section title={`Evidence and course of the order, ${plural(made.evidence.length, 'line')}`}><Evidence made={made} /></Section>
      <Section title="Audit entries"><p className={classes.mono}>{made.auditIds.length === 0 ? 'None.' : made.auditIds.join(', ')}</p></Section>
      <Section title="About this document"><p>Format {made.format}, version {made.version}. The same record can be saved as JSON, with every figure in full.</p></Section>
    </main>
  );
}

/** Long enough for styles and the last text to be laid out; frames do not come in a window that is never shown. */
const settleMs = 150;

export default function CertificatePrint({ id }: { id: string }) {
  const ready = useEngineState().state === 'ready';
  const { data } = useQuery({ ...stopQueries.certificate(id), enabled: ready });
  const number = data?.order.number;
  useEffect(() => {
    if (number === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    void document.fonts.ready.then(() => { timer = setTimeout(() => { document.title = certificateTitle(number); }, settleMs); });
    return () => clearTimeout(timer);
  }, [number]);
  return data === undefined ? null : <CertificateSheet made={data} />;
}
