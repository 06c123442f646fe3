/** The facts of the certificate beside the order, and its export. */
import { Button, Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconCertificate } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { StopOrderDetail } from '../../../shared/stop.ts';
import type { CertificateForm } from '../../../shared/page-api.ts';
import { favours } from '../../api/client.ts';
import { placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { announce } from '../../ui/announce.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { formatClock, formatUtc, plural } from '../../ui/format.ts';
import { Id } from '../../ui/id.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Time } from '../../ui/time.tsx';
import { alsoHit, closingWords, lastActAfter, timesOf, undoable } from './order-facts.ts';
import { levelWords, reasonLine, scopeWords } from './stop-words.ts';
import classes from './stop.module.css';

export function useSaveCertificate(orderId: string) {
  return useMutation({
    mutationFn: async (form: CertificateForm) => favours.saveCertificate({ orderId, as: form }),
    onSuccess: (file) => { if (file !== null) announce(`Saved as ${file}`); },
  });
}
export type SaveCertificate = ReturnType<typeof useSaveCertificate>;

export function CertificateMenu({ save, opened, onChange }: { save: SaveCertificate; opened: boolean; onChange: (opened: boolean) => void }) {
  return (
    <Menu position="bottom-end" opened={opened} onChange={onChange}>
      <Menu.Target><Button disabled={save.isPending} leftSection={<IconCertificate size={14} stroke={1.75} aria-hidden="true" />} rightSection={<Kbd keys="e" />}>{save.isPending ? 'Saving…' : 'Certificate'}</Button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save.mutate('pdf')}>Save as PDF…</Menu.Item>
        <Menu.Item onClick={() => save.mutate('json')}>Save as JSON…</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** What came of the export; outcomes stay on the screen until the next one. */
export function SaveOutcome({ save }: { save: SaveCertificate }) {
  if (save.error !== null) return <ErrorBlock error={save.error} what="The certificate was not saved." kept="The order and its evidence are with the engine." />;
  if (typeof save.data !== 'string') return null;
  return <p className={classes.saved}>Saved as <code>{save.data}</code></p>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div className={classes.fact}><dt>{name}</dt><dd>{children}</dd></div>;
}

export function CertificatePane({ order }: { order: StopOrderDetail }) {
  const times = timesOf(order);
  const hits = alsoHit(order);
  const closing = closingWords(order.orderLevers);
  const back = undoable(order.orderLevers);
  const against = lastActAfter(order) !== null;
  return (
    <Panel className={classes.certificate} title={`Certificate ${order.number}`} aside={order.endedAt !== null ? 'complete' : order.containedAt === null ? 'grows until contained' : 'grows while it is watched'}>
      <dl className={classes.facts}>
        <Fact name="Scope, level">{scopeWords(order)}, {levelWords[order.level].toLowerCase()}</Fact>
        <Fact name="Reason"><InertName text={reasonLine(order)} most={400} /></Fact>
        {order.ticket !== null && <Fact name="Ticket"><InertName text={order.ticket} most={120} /></Fact>}
        <Fact name="Commanded">{order.commandedAt === null ? 'nothing was sent' : <><Time iso={order.commandedAt} millis />, {formatUtc(new Date(order.commandedAt)).slice(11, 16)} UTC</>}</Fact>
        <Fact name="First answer">{times.firstAnswer}</Fact>
        <Fact name="Last act seen"><span className={against ? classes.factAgainst : undefined}>{times.lastAct}</span></Fact>
        <Fact name="Time to last act">{times.timeToLastAct}</Fact>
        <Fact name="Time to contain">{times.timeToContain}</Fact>
        <Fact name="Also hit">{hits.length === 0 ? 'nobody found' : hits.map((hit, index) => <span key={hit.agentId ?? hit.name}>{index > 0 && ', '}{hit.agentId === null ? <InertName text={hit.name} most={60} /> : <a className={classes.link} href={placeHash({ screen: 'agent', id: hit.agentId })}><InertName text={hit.name} most={60} /></a>}</span>)}</Fact>
        <Fact name="Intent written">{formatClock(new Date(order.intentAt), { millis: true })}{order.commandedAt !== null && order.intentAt <= order.commandedAt && ', before the first lever'}</Fact>
        {order.watchUntil !== null && order.endedAt === null && <Fact name="Watched until"><Time iso={order.watchUntil} /></Fact>}
        <Fact name="Audit entries">{order.auditIds.length === 0 ? 'none yet' : order.auditIds.slice(0, 6).map((id) => <Id key={id} id={id} />)}{order.auditIds.length > 6 && ` and ${order.auditIds.length - 6} more`} {order.auditIds.length > 0 && <a className={classes.link} href={placeHash({ screen: 'audit', params: { view: 'log', subject: order.id } })}>the log</a>}</Fact>
        <Fact name="Order"><Id id={order.id} /></Fact>
      </dl>
      {closing !== null && <p className={classes.warning}><StateShape state="attention" /><span>{closing}</span></p>}
      {back.length > 0 && <p className={classes.second}>Undo puts back {plural(back.length, 'change')}: {back.map((lever, index) => <span key={lever.id}>{index > 0 && '; '}<InertName text={lever.undoText === '' ? lever.title : lever.undoText} most={160} /></span>)}.</p>}
    </Panel>
  );
}
