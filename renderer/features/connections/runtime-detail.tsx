/** A connection that asks a runtime: how it stands, what it can see and reach there, and what an administrator should act on. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Capability, Connection, Lever, RuntimeLink } from '../../../shared/domain.ts';
import { useEngineState } from '../../api/client.ts';
import { grantQueries } from '../../api/queries.ts';
import { Changes } from '../../ui/changes.tsx';
import { InertName } from '../../ui/agent-text-view.tsx';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { contentWords } from '../../ui/content-choice.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Id } from '../../ui/id.tsx';
import { useClock } from '../../ui/now.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape, type State } from '../../ui/state-shapes.tsx';
import { Age, Running, Time } from '../../ui/time.tsx';
import { GrantsList } from '../access/grants-list.tsx';
import { grantSummary } from '../access/grant-words.ts';
import { sentenceBeside } from './connection-health.ts';
import { kindNames } from './kind-words.ts';
import { capabilityNames, howWords, stateWords } from './sight.ts';
import { usePollNow } from './use-connection-commands.ts';
import { Fact, Refused, type Change } from './detail-parts.tsx';
import classes from './connections.module.css';

const undoWords: Record<Lever['undo'], string> = { exact: 'Can be undone', lossy: 'Can be undone in part', none: 'Cannot be undone', not_needed: 'Changes nothing that lasts' };

const credentialWords: Record<RuntimeLink['credential'], string> = {
  none: 'none', kept: 'kept in this system’s keyring', session: 'in memory until Gatehouse ends', reference: 'read at each use from', missing: 'missing: give it again',
};

const circuitWords: Record<RuntimeLink['circuit'], { state: State; word: string }> = {
  closed: { state: 'healthy', word: 'Asked as planned' }, open: { state: 'suspended', word: 'Held back after failures' }, half_open: { state: 'waiting', word: 'One careful try' },
};

const capabilityStates: Record<Capability['state'], State> = { yes: 'healthy', partly: 'attention', no: 'not_seen', unknown: 'unknown' };

/** A poll that is due is not "in 0 s". */
function NextPoll({ at }: { at: string }) {
  const due = useClock(useCallback((now: number) => Date.parse(at) <= now, [at]));
  return due ? <>due</> : <Time iso={at} />;
}

function Standing({ runtime }: { runtime: RuntimeLink }) {
  return (
    <>
      {runtime.fault !== null && <p className={classes.fault}><StateShape state="attention" className={classes.wait} /><span><InertName text={runtime.fault.text} most={400} /> Since <Time iso={runtime.fault.since} />, <Running since={runtime.fault.since} words />.</span></p>}
      {runtime.findings.length > 0 && (
        <section aria-label="Findings">
          <h3 className={classes.part}>To act on <span>{formatCount(runtime.findings.length)}</span></h3>
          <ul className={classes.findings}>
            {runtime.findings.map((one) => (
              <li key={one.id}><StateShape state={one.severity === 'failed' ? 'failed' : one.severity === 'attention' ? 'attention' : 'idle'} className={one.severity === 'failed' ? classes.stop : one.severity === 'attention' ? classes.wait : classes.muted} /><span><span className="gh-visually-hidden">{one.severity}: </span><InertName text={one.text} most={600} /></span></li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** What stop levers go out with: their own credential, or the one that reads. */
function StopCredential({ runtime, onChange }: { runtime: RuntimeLink; onChange: (change: Change) => void }) {
  const own = runtime.stopCredential !== 'none';
  return (
    <>
      {own ? <>a credential of its own, {credentialWords[runtime.stopCredential]}{runtime.stopCredentialHint !== null && <> <code><InertName text={runtime.stopCredentialHint} most={80} /></code></>}</> : <span className={classes.muted}>the same credential</span>}
      <span className={classes.choices}>
        <Changes>
          <Button aria-label={own ? 'Replace… the stop credential' : 'Give it one of its own…: a stop credential'} onClick={() => onChange('stop-credential')}>{own ? 'Replace…' : 'Give it one of its own…'}</Button>
          {own && <Button aria-label="Remove… the stop credential" onClick={() => onChange('stop-credential-remove')}>Remove…</Button>}
        </Changes>
      </span>
    </>
  );
}

interface FactsProps { connection: Connection; runtime: RuntimeLink; onChange: (change: Change) => void }

function Facts({ connection, runtime, onChange }: FactsProps) {
  return (
    <dl className={classes.facts}>
      <Fact name="Runtime">{kindNames[connection.kind]}{runtime.product !== null && <>, <InertName text={runtime.product} most={80} /></>}{runtime.version !== null && <> <InertName text={runtime.version} most={40} /></>}</Fact>
      <Fact name="Address"><Id id={runtime.address} whole /></Fact>
      <Fact name="Credential">{credentialWords[runtime.credential]}{runtime.credentialHint !== null && <> <code><InertName text={runtime.credentialHint} most={80} /></code></>}</Fact>
      {runtime.levers.some((lever) => lever.pulled) && <Fact name="Stops with"><StopCredential runtime={runtime} onChange={onChange} /></Fact>}
      <Fact name="Sees">{runtime.visibility === 'all' ? 'work of everybody' : runtime.visibility === 'own' ? <strong>only what this credential started</strong> : 'whose work is not known'}. <InertName text={runtime.visibilityText} most={400} /></Fact>
      <Fact name="Schedule"><StateBadge {...circuitWords[runtime.circuit]} /></Fact>
      <Fact name="Last poll">{runtime.lastPollAt === null ? 'none yet' : <><Age iso={runtime.lastPollAt} /> ago</>}{runtime.nextPollAt !== null && <>, next <NextPoll at={runtime.nextPollAt} /></>}</Fact>
      <Fact name="Content"><strong>{contentWords[connection.content].word}</strong>. {contentWords[connection.content].says}</Fact>
      <Fact name="Made"><Time iso={connection.createdAt} />{connection.demo ? ', by the demo fleet' : ''}</Fact>
      <Fact name="Newest">{connection.lastDataAt === null ? 'none yet' : <><Age iso={connection.lastDataAt} /> ago</>}</Fact>
      <Fact name="Became">{plural(connection.activities, 'activity', 'activities')} of {plural(connection.agents, 'agent')}</Fact>
      <Fact name="Identifier"><Id id={connection.id} whole /></Fact>
    </dl>
  );
}

function Capabilities({ capabilities }: { capabilities: readonly Capability[] }) {
  return (
    <section aria-label="What it can see">
      <h3 className={classes.part}>What it can see <span>declared by the kind, found on this server</span></h3>
      <ul className={classes.capabilities}>
        {capabilities.map((one) => (
          <li key={one.name}>
            <span>{capabilityNames[one.name]}</span>
            <StateBadge state={capabilityStates[one.state]} word={stateWords[one.state]} />
            <span className={classes.muted}>{howWords(one)}</span>
            {one.text !== '' && <span className={classes.wide}><InertName text={one.text} most={400} /></span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

const stepOrder: readonly Lever['step'][] = ['disarm', 'refuse', 'cut', 'end_sessions', 'revoke'];
const reachWords: Record<Lever['reach'], string> = { task: 'one task', agent: 'one agent', connection: 'the whole connection' };
const stepWords: Record<Lever['step'], string> = { disarm: 'disarms what starts work by itself', refuse: 'lets no new work begin', cut: 'cuts work in flight', end_sessions: 'ends sessions', revoke: 'takes credentials away' };
const leverSigns: Record<Lever['kind'], string> = { cut: 'ends work in flight', drain: 'lets the step in hand finish', hold: 'the console keeps cancelling', catalogue: 'changes a record only' };

function Levers({ levers }: { levers: readonly Lever[] }) {
  return (
    <section aria-label="Stop levers">
      <h3 className={classes.part}>Stop levers <span>{levers.length === 0 ? 'none' : 'pulled by a stop order, in this order'}</span></h3>
      {levers.length === 0 ? <p className={classes.muted}>This way in can only watch: nothing can be stopped by it.</p> : (
        <ul className={classes.levers}>
          {levers.toSorted((a, b) => stepOrder.indexOf(a.step) - stepOrder.indexOf(b.step)).map((lever) => (
            <li key={lever.id}>
              <span className={classes.leverHead}><strong><InertName text={lever.title} most={80} /></strong><span className={`${classes.leverKind} ${lever.kind === 'catalogue' ? classes.catalogue : ''}`} data-tip={leverSigns[lever.kind]}>{lever.kind}</span>{!lever.pulled && <span className={`${classes.leverKind} ${classes.catalogue}`}>by hand, elsewhere</span>}</span>
              <span className={classes.leverSays}>At {lever.level}: {stepWords[lever.step]}, for {reachWords[lever.reach]}.{lever.idleOnly ? ' Only when nothing of it runs.' : ''}</span>
              <span className={classes.leverSays}>{undoWords[lever.undo]}{lever.undoText === '' ? '.' : <>: <InertName text={lever.undoText} most={300} /></>}</span>
              {lever.doesNotStop.map((text) => <span key={text} className={classes.notStopped}><StateShape state="no_stop_credential" className={classes.muted} /><span>Does not stop: <InertName text={text} most={300} /></span></span>)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Offered({ connection }: { connection: Connection }) {
  const { data, error } = useQuery(grantQueries.list({ connectionId: connection.id, limit: 1_000 }));
  if (error !== null && data === undefined) return <ErrorBlock error={error} what="What it offers could not be read." />;
  if (data === undefined || data.rows.length === 0) return null;
  const summary = grantSummary(data.rows);
  return (
    <section aria-label="Offered">
      <h3 className={classes.part}>Offered <span>{formatCount(data.rows.length)}{summary === '' ? '' : `: ${summary}`}</span></h3>
      <p className={classes.muted}>As the runtime declares it. Nothing enforces these claims; what claims nothing counts as the worst.</p>
      <GrantsList grants={data.rows} withAgent />
    </section>
  );
}

/** A local program waits until somebody agreed to its command; a server that is asked over HTTP never does. */
const needsConsent = (connection: Connection): boolean => connection.kind === 'mcp' && connection.health === 'waiting' && !/^https?:\/\//.test(connection.runtime?.address ?? '');

export function RuntimeDetail({ connection, runtime, onChange }: { connection: Connection; runtime: RuntimeLink; onChange: (change: Change) => void }) {
  const poll = usePollNow();
  const there = useEngineState().state === 'ready';
  const consent = needsConsent(connection);
  const sentence = sentenceBeside(connection.healthText, runtime);
  return (
    <div className={classes.detail}>
      {sentence !== '' && <p className={classes.sentence}>{sentence}</p>}
      <Standing runtime={runtime} />
      <div className={classes.quick}>
        <Changes>
          {consent ? <Button variant="filled" onClick={() => onChange('consent')}>Read and consent…</Button> : (
            <>
              <Button onClick={() => onChange('test')} disabled={!there}>Test now…</Button>
              <Button onClick={() => poll.mutate({ id: connection.id })} disabled={!there || poll.isPending || !connection.enabled}>{poll.isPending ? 'Asking…' : 'Poll now'}</Button>
            </>
          )}
        </Changes>
        <Changes>
          <Button onClick={() => onChange('credential')}>Change credential…</Button>
        </Changes>
      </div>
      {poll.error !== null && <ErrorBlock error={poll.error} what="It could not be asked now." kept="What was read before is kept." />}
      <Facts connection={connection} runtime={runtime} onChange={onChange} />
      <Capabilities capabilities={runtime.capabilities} />
      <Levers levers={runtime.levers} />
      <Offered connection={connection} />
      <Refused connection={connection} />
      <div className={classes.acts}>
        <Changes>
          <Button onClick={() => onChange('rename')}>Rename…</Button>
          <Button onClick={() => onChange('address')}>Change address…</Button>
          <Button onClick={() => onChange('content')}>Content…</Button>
          <Button onClick={() => onChange('enable')}>{connection.enabled ? 'Switch off…' : 'Switch on…'}</Button>
          <Button onClick={() => onChange('remove')}>Remove…</Button>
        </Changes>
      </div>
    </div>
  );
}
