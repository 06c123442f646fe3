/** One target: whether it works, what waits for it and why, and what can be done. */
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AlertTarget } from '../../../shared/alerts.ts';
import { alertQueries } from '../../api/queries.ts';
import { Changes } from '../../ui/changes.tsx';
import { InertName } from '../../ui/agent-text-view.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount, formatDuration, plural } from '../../ui/format.ts';
import { Id } from '../../ui/id.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Age, Time } from '../../ui/time.tsx';
import { DeliveryLine, Due, Fact, Part } from './alert-pane.tsx';
import { credentialWords, quietWords, targetKindWords, targetLook, whereWords } from './alert-words.ts';
import { draftOf } from './targets-model.ts';
import { lostWords, takesCredential } from './target-form.ts';
import { useRemoveTarget, useRetryTarget, useSaveTarget, type useTestTarget } from './use-alert-commands.ts';
import classes from './alerts.module.css';

type Testing = ReturnType<typeof useTestTarget>;

/** Exactly what the receiver did; a queue that accepted a message is not a reader who saw it. */
function TestResult({ testing, id }: { testing: Testing; id: string }) {
  if (testing.variables?.id !== id) return null;
  if (testing.isPending) return <p className={classes.testLine} role="status"><StateShape state="waiting" className={classes.waitShape} /><span>Sending a test message, past the queue…</span></p>;
  if (testing.error !== null) return <ErrorBlock error={testing.error} what="The test could not be run." kept="Nothing was sent, and the queue stands as before." />;
  const { data } = testing;
  if (data === undefined) return null;
  return (
    <div className={data.ok ? classes.testLine : classes.testFailed} role="status">
      <StateShape state={data.ok ? 'healthy' : 'broken'} className={data.ok ? classes.okShape : classes.stopShape} />
      <span><strong>{data.ok ? 'The receiver took the test message' : 'The test message did not arrive'}</strong>, after {formatDuration(data.ms)}. <InertName text={data.text} most={400} /></span>
    </div>
  );
}

/** `said`: a test just said why. */
function Failing({ target, said }: { target: AlertTarget; said: boolean }) {
  if (target.failing === null) return null;
  return (
    <div className={classes.failing}>
      <p className={classes.stateLine}><StateShape state="broken" className={classes.stopShape} /><span>Nothing arrives since <Time iso={target.failing.since} />, {target.waiting === 0 ? 'nothing waits' : `${plural(target.waiting, 'delivery waits', 'deliveries wait')} in order`}.{target.failing.nextAt !== null && <> Next try <Due at={target.failing.nextAt} />.</>}</span></p>
      {!said && <p className={classes.why}><InertName text={target.failing.text} most={300} /></p>}
    </div>
  );
}

function RemoveDialog({ target, onClose }: { target: AlertTarget; onClose: () => void }) {
  const remove = useRemoveTarget();
  const act = (): void => { if (!remove.isPending) remove.mutate({ id: target.id }, { onSuccess: onClose }); };
  return (
    <Dialog title="Remove alert target" subject={inertString(target.name, 80)} onClose={onClose} onConfirm={act}
      foot={<><Button onClick={onClose}>Cancel</Button><Button variant="filled" data-autofocus disabled={remove.isPending} onClick={act} rightSection={<Kbd keys="mod+enter" />}>Remove target</Button></>}>
      <p>{lostWords(target)}{target.credential === null ? '' : ' Its credential is forgotten.'}</p>
      <p className={classes.muted}>What was sent stays in the history of its alerts.</p>
      {remove.error !== null && <ErrorBlock error={remove.error} what="The target was not removed." kept="It stands as before, with its queue." />}
    </Dialog>
  );
}

function Queue({ target }: { target: AlertTarget }) {
  const query = useInfiniteQuery(alertQueries.deliveries(target.id));
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  if (query.data === undefined) return query.error === null ? <Loading what="Reading deliveries" rows={4} height={40} /> : <ErrorBlock error={query.error} what="The deliveries could not be read." kept="They are with the engine and go on." retry={() => { void query.refetch(); }} />;
  if (rows.length === 0) return <p className={classes.muted}>Nothing was for it yet.</p>;
  return (
    <>
      <ul className={classes.deliveries}>{rows.map((one) => <DeliveryLine key={one.id} one={one} withTitle />)}</ul>
      {query.hasNextPage && <button type="button" className={classes.linkButton} onClick={() => { void query.fetchNextPage(); }}>Older deliveries</button>}
    </>
  );
}

export function TargetPane({ target, testing, onEdit, onTest }: { target: AlertTarget; testing: Testing; onEdit: () => void; onTest: () => void }) {
  const [removing, setRemoving] = useState(false);
  const retry = useRetryTarget();
  const save = useSaveTarget();
  const look = targetLook(target);
  const stuck = target.waiting + target.failed;
  return (
    <Panel fill flush className={classes.alertPanel} title="Target" aside={<><Changes><button type="button" className={classes.linkButton} onClick={onEdit}>Change… <Kbd keys="enter" /></button></Changes><Kbd keys="j k" /></>}>
      <div className={classes.pane}>
        <div className={classes.badgeLine}><StateBadge header state={look.state} word={look.word} /><span>{targetKindWords[target.config.kind]}</span><Id id={target.id} /></div>
        <h3 className={classes.title}><InertName text={target.name} most={80} /></h3>
        <Failing target={target} said={testing.variables?.id === target.id && testing.data?.ok === false && testing.data.text === target.failing?.text} />
        <TestResult testing={testing} id={target.id} />
        <dl className={classes.facts}>
          <Fact name="Where to"><span className={classes.anywhere}><InertName text={whereWords(target.config)} most={400} /></span></Fact>
          {takesCredential(target.config.kind) && <Fact name="Credential">{credentialWords(target.credential)}</Fact>}
          <Fact name="Quiet hours">{quietWords(target.quiet)}{target.quiet !== null && <span className={classes.muted}>; what is urgent comes through</span>}</Fact>
          <Fact name="Named by">{target.usedBy === 0 ? <span className={classes.muted}>no rule: nothing is sent to it</span> : plural(target.usedBy, 'rule or escalation', 'rules and escalations')}</Fact>
          <Fact name="Last sent">{target.lastSentAt === null ? <span className={classes.muted}>nothing yet</span> : <><Time iso={target.lastSentAt} />, <Age iso={target.lastSentAt} /> ago</>}</Fact>
        </dl>
        <Part title="Queue" aside={`${formatCount(target.waiting)} waiting, ${formatCount(target.failed)} given up; newest first`}><Queue key={target.id} target={target} /></Part>
        {retry.error !== null && <ErrorBlock error={retry.error} what="It was not tried again." kept="The queue stands as before." />}
        {save.error !== null && <ErrorBlock error={save.error} what="It was not switched." kept="It stands as before." />}
      </div>
      <div className={classes.actionsFoot}>
        <div className={classes.actions}>
          <Changes>
            <Button disabled={testing.isPending} onClick={onTest} rightSection={<Kbd keys="t" />}>Send test</Button>
            <Button disabled={retry.isPending || stuck === 0} onClick={() => retry.mutate({ id: target.id })}>{stuck === 0 ? 'Retry now' : `Retry ${formatCount(stuck)} now`}</Button>
            <Button disabled={save.isPending} onClick={() => save.mutate({ id: target.id, draft: { ...draftOf(target), enabled: !target.enabled } })}>{target.enabled ? 'Switch off' : 'Switch on'}</Button>
            <Button className={classes.last} onClick={() => setRemoving(true)}>Remove…</Button>
          </Changes>
        </div>
      </div>
      {removing && <RemoveDialog target={target} onClose={() => setRemoving(false)} />}
    </Panel>
  );
}
