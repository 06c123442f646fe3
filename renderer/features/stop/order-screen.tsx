/** One stop order: what was requested, what was reported, what was confirmed, and what is still alive. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StopOrderDetail } from '../../../shared/stop.ts';
import { CallFailed } from '../../api/client.ts';
import { stopQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { go, placeHash, setParams, usePlace } from '../../app/navigation.ts';
import { ScreenHead } from '../../app/screen-head.tsx';
import { detailStored } from '../../app/sidebar-state.ts';
import { openStopPlan, useStopChoice, type StopAsk } from '../../app/stop-choice.ts';
import { Changes } from '../../ui/changes.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { copyText } from '../../ui/copy-button.tsx';
import { formatDuration, plural } from '../../ui/format.ts';
import { Kbd, KeyHints } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape, type State } from '../../ui/state-shapes.tsx';
import { Age, Running, Time } from '../../ui/time.tsx';
import { CertificateMenu, CertificatePane, SaveOutcome, useSaveCertificate } from './certificate-pane.tsx';
import { LeverTimeline, MarkLegend } from './lever-timeline.tsx';
import { factsOf, failing, headlineOf, undoable, type Fact } from './order-facts.ts';
import { AlivePanel, EvidencePanel, LandedPanel } from './order-panels.tsx';
import { ReleaseDialog } from './release-dialog.tsx';
import { SecondDialog } from './second-dialog.tsx';
import { levelWords, msBetween, orderLooks } from './stop-words.ts';
import { useWithdraw } from './use-stop-commands.ts';
import classes from './stop.module.css';

const factShapes: Record<Fact['id'], (order: StopOrderDetail, fact: Fact) => { state: State; className: string | undefined }> = {
  requested: () => ({ state: 'stop_requested', className: classes.markPlain }),
  reported: () => ({ state: 'stop_reported', className: classes.markPlain }),
  confirmed: (order, fact) => (fact.reached ? { state: 'stop_confirmed', className: classes.markOk } : failing(order.state) && order.state === 'still_acting' ? { state: 'stopping', className: classes.markStop } : { state: 'stopping', className: classes.markQuiet }),
  contained: (_order, fact) => (fact.reached ? { state: 'stop_confirmed', className: classes.markOk } : { state: 'unverified', className: classes.markQuiet }),
};

function FactBox({ order, fact }: { order: StopOrderDetail; fact: Fact }) {
  const shape = factShapes[fact.id](order, fact);
  return (
    <li className={`${classes.factBox} ${fact.reached ? '' : classes.factOpen}`}>
      <span className={classes.factHead}><span className={shape.className}><StateShape state={shape.state} /></span><strong>{fact.name}</strong><span className={classes.factTime}>{fact.time}</span></span>
      <span className={classes.factSays}><InertName text={fact.says} most={120} /></span>
    </li>
  );
}

/** The clock runs until it is contained; then it says how long that took. */
function BigClock({ order }: { order: StopOrderDetail }) {
  if (order.commandedAt === null) return null;
  const contain = msBetween(order.commandedAt, order.containedAt);
  if (contain !== null) return <span className={classes.clock}><strong>{formatDuration(Math.max(0, contain))}</strong><span>from the command<br />until contained</span></span>;
  if (order.endedAt !== null) return <span className={classes.clock}><strong className={classes.clockOpen}>open</strong><span>never<br />contained</span></span>;
  return <span className={classes.clock}><strong className={failing(order.state) || order.state === 'stopping' ? classes.clockRuns : ''}><Running since={order.commandedAt} /></strong><span>since the<br />command</span></span>;
}

export function askOf(order: Pick<StopOrderDetail, 'scope' | 'scopeName' | 'level' | 'next'>): StopAsk {
  const name = order.scopeName;
  const context = order.scope.kind === 'agent' ? { agent: { id: order.scope.id, name } } : order.scope.kind === 'task' ? { task: { id: order.scope.id, name } } : order.scope.kind === 'connection' ? { connection: { id: order.scope.id, name } } : order.scope.kind === 'tag' ? { tag: order.scope.tag } : {};
  return { scope: order.scope, name, context, level: order.next?.level ?? order.level };
}

interface Acts { undo: () => void; second: () => void; further: () => void }

function HeadButtons({ order, acts, save, menu, setMenu }: { order: StopOrderDetail; acts: Acts; save: ReturnType<typeof useSaveCertificate>; menu: boolean; setMenu: (open: boolean) => void }) {
  const withdraw = useWithdraw();
  const back = undoable(order.orderLevers).length;
  if (order.state === 'waiting_second') {
    return (
      <span className={classes.headButtons}>
        <Changes>
          <Button disabled={withdraw.isPending} onClick={() => withdraw.mutate({ id: order.id })}>Withdraw</Button>
          <Button variant="filled" onClick={acts.second}>Confirm as second…</Button>
        </Changes>
        {withdraw.error !== null && <span className={classes.stop}>{withdraw.error.message}</span>}
      </span>
    );
  }
  return (
    <span className={classes.headButtons}>
      <Changes>
        {back > 0 && <Button onClick={acts.undo} rightSection={<Kbd keys="u" />}>Undo what was changed</Button>}
      </Changes>
      <CertificateMenu save={save} opened={menu} onChange={setMenu} />
      <Changes>
        {order.next !== null && <Button variant={failing(order.state) ? 'filled' : 'default'} {...(failing(order.state) ? { className: classes.stopButton ?? '' } : {})} onClick={acts.further} data-tip={inertString(order.next.text, 300)} rightSection={<Kbd keys="mod+." />}>Go further…</Button>}
      </Changes>
    </span>
  );
}

function Head({ order, acts, save, menu, setMenu }: { order: StopOrderDetail; acts: Acts; save: ReturnType<typeof useSaveCertificate>; menu: boolean; setMenu: (open: boolean) => void }) {
  const back = undoable(order.orderLevers);
  return (
    <section className={classes.orderHead} aria-label="State of the order">
      <div className={classes.headLine}>
        <StateBadge {...orderLooks[order.state]} header />
        <h2 className={classes.headline}><InertName text={headlineOf(order)} most={240} /></h2>
        <BigClock order={order} />
        <HeadButtons order={order} acts={acts} save={save} menu={menu} setMenu={setMenu} />
      </div>
      {order.next !== null && failing(order.state) && <p className={classes.next}>Next: <InertName text={order.next.text} most={300} /></p>}
      {order.releasedAt !== null && <p className={classes.next}>Put back <Time iso={order.releasedAt} />: {back.length === 0 ? 'nothing that this order changed stands any more.' : `${plural(back.length, 'change')} could not be put back and still stand.`} Agents may act again.</p>}
      <ol className={classes.factRow}>{factsOf(order).map((fact) => <FactBox key={fact.id} order={order} fact={fact} />)}</ol>
      <SaveOutcome save={save} />
    </section>
  );
}

const hints = [{ keys: ['t'], does: 'levers as table' }, { keys: ['u'], does: 'undo', changes: true }, { keys: ['e'], does: 'certificate' }, { keys: ['c'], does: 'copy identifier' }, { keys: ['escape'], does: 'all orders' }];

function Order({ order }: { order: StopOrderDetail }) {
  const asTable = usePlace().params['table'] === '1';
  const detail = detailStored.use();
  const [open, setOpen] = useState<'undo' | 'second' | null>(null);
  const [menu, setMenu] = useState(false);
  const save = useSaveCertificate(order.id);
  const back = undoable(order.orderLevers);
  const acts: Acts = { undo: () => setOpen('undo'), second: () => setOpen('second'), further: () => openStopPlan(askOf(order)) };
  useStopChoice(() => ({ kind: 'one', ask: askOf(order) }));
  const toggleTable = (): void => setParams({ table: asTable ? null : '1' });
  useKeys('Stop order', [
    { keys: 't', does: 'levers as table', run: toggleTable },
    { keys: 'u', does: 'undo what was changed', changes: true, run: () => { if (back.length > 0) acts.undo(); } },
    { keys: 'e', does: 'save the certificate', run: () => { if (order.state !== 'waiting_second') setMenu(true); } },
    { keys: 'c', does: 'copy identifier', run: () => { void copyText(order.id).then((done) => announce(done ? 'Identifier copied' : 'Not copied: the system refused the clipboard')); } },
    { keys: 'escape', does: 'all stop orders', run: () => go({ screen: 'stop' }) },
  ]);
  const forIt = order.events.filter((event) => event.kind === 'for').length;
  const newest = order.events.at(-1)?.at ?? null;
  const against = order.events.filter((event) => event.kind === 'against').length;
  return (
    <>
      <Head order={order} acts={acts} save={save} menu={menu} setMenu={setMenu} />
      <div className={classes.panes}>
        <div className={classes.leftPane}>
          <Panel
            flush title="Levers" className={classes.leversPanel}
            aside={<><MarkLegend /><button type="button" className={classes.linkButton} aria-pressed={asTable} onClick={toggleTable}>{asTable ? 'As picture' : 'As table'} <Kbd keys="t" /></button></>}
            foot={<><span>{asTable ? 'In the order in which they are pulled.' : 'The first 5 seconds are drawn wider. Marks of one moment stand side by side.'}</span><span>Evidence: {forIt} for, {against} against{newest === null ? '' : <>, newest <Age iso={newest} /> ago</>}</span></>}
          >
            <div className={classes.boundedLevers}><LeverTimeline order={order} asTable={asTable} /></div>
          </Panel>
          <LandedPanel order={order} />
          <EvidencePanel order={order} />
        </div>
        {detail && <aside className={classes.rightPane} aria-label="Still alive and certificate" data-region tabIndex={-1}><AlivePanel order={order} /><CertificatePane order={order} /></aside>}
      </div>
      <div className={classes.under}><KeyHints hints={hints} /></div>
      {open === 'undo' && <ReleaseDialog orderId={order.id} subject={`stop order ${order.number}, ${inertString(order.scopeName, 60)}`} leverId={null} onClose={() => setOpen(null)} items={back.map((lever) => ({ leverId: lever.id, title: lever.title, connectionName: lever.connectionName, undo: lever.undo, undoText: lever.undoText, failedBefore: lever.undoState === 'failed' }))} />}
      {open === 'second' && <SecondDialog order={order} onClose={() => setOpen(null)} />}
    </>
  );
}

const crumb = { title: 'Stop orders', to: { screen: 'stop' } } as const;

export function OrderScreen({ id }: { id: string }) {
  const query = useQuery(stopQueries.get(id));
  const order = query.data;
  if (order === undefined) {
    const gone = query.error instanceof CallFailed && query.error.code === 'not_found';
    return (
      <>
        <ScreenHead title="Stop order" crumb={crumb} />
        {gone
          ? <Empty title="No stop order has this identifier" why={inertString(query.error?.message ?? '', 400)} action={<a className={classes.link} href={placeHash({ screen: 'stop' })}>All stop orders</a>} />
          : query.error === null ? <Loading what="Reading the stop order" rows={10} /> : <ErrorBlock error={query.error} what="The stop order could not be read." kept="It goes on with the engine, whether it is shown or not." retry={() => { void query.refetch(); }} />}
      </>
    );
  }
  const names = order.agents.length > 1 ? `, ${plural(order.agents.length, 'agent')}` : '';
  return (
    <>
      <ScreenHead title={`${order.number}, ${inertString(order.scopeName, 60)}`} crumb={crumb} context={<span>{levelWords[order.level].toLowerCase()}{names}{order.origin === 'person' ? '' : order.origin === 'drill' ? ', drill' : ', by an auto-stop rule'}</span>} />
      {query.error !== null && <ErrorBlock error={query.error} what="The stop order could not be read again." kept="It goes on with the engine, whether it is shown or not." retry={() => { void query.refetch(); }} staleSince={query.dataUpdatedAt} />}
      <Order order={order} />
    </>
  );
}
