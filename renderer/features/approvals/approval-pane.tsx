/** The chosen approval: what was asked, what of it changed while somebody looked, and the answer. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { ApprovalDetail } from '../../../shared/domain.ts';
import { CallFailed } from '../../api/client.ts';
import { approvalQueries, connectionQueries } from '../../api/queries.ts';
import { placeHash } from '../../app/navigation.ts';
import { inertString } from '../../ui/agent-text.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { announce } from '../../ui/announce.ts';
import { Empty, FromQuery } from '../../ui/blocks.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Time } from '../../ui/time.tsx';
import { AnswerPart, NotAnswered } from './answer-area.tsx';
import { ChangesTable } from './changes-table.tsx';
import { requestChanges } from './request-parts.ts';
import { RequestView } from './request-view.tsx';
import { useDecide } from './use-decide.ts';
import classes from './approvals.module.css';

/** Ends with the last one shown: what is answered is what stands here, never what came since. */
function useShown(detail: ApprovalDetail): { before: ApprovalDetail | null; seen: () => void } {
  const [shown, setShown] = useState<{ now: ApprovalDetail; before: ApprovalDetail | null }>({ now: detail, before: null });
  if (shown.now !== detail) setShown({ now: detail, before: shown.now.fingerprint === detail.fingerprint ? shown.before : (shown.before ?? shown.now) });
  return { before: shown.before, seen: () => setShown({ now: detail, before: null }) };
}

function Changed({ before, detail, onSeen }: { before: ApprovalDetail; detail: ApprovalDetail; onSeen: () => void }) {
  const changes = requestChanges(before, detail);
  useEffect(() => { announce('The request changed: it is shown again', { urgent: true }); }, [detail.fingerprint]);
  return (
    <section className={classes.changedBox} aria-label="What changed">
      <div className={classes.changedHead}>
        <StateShape state="attention" className={classes.wait} />
        <span><strong>The request changed while it stood here.</strong> Below it is shown as it is now; {plural(changes.length, 'part')} differ{changes.length === 1 ? 's' : ''}.</span>
        <button type="button" className={classes.linkButton} onClick={onSeen}>Seen</button>
      </div>
      <ChangesTable label="What changed in the request" changes={changes} was="Was" is="Is now" />
    </section>
  );
}

/** After the answer: an answer is not an effect. */
function Taken({ detail }: { detail: ApprovalDetail }) {
  if (detail.state !== 'approved' && detail.state !== 'rejected' && detail.state !== 'responded') return null;
  return (
    <p className={classes.taken}>
      The runtime took the answer. What the agent made of it stands in its task{detail.agentId === null || detail.taskId === null ? '.' : <>: <a className={classes.link} href={placeHash({ screen: 'agent', id: detail.agentId, params: { task: detail.taskId } })}>look there</a>.</>}
    </p>
  );
}

/** Whether the end of the request is in sight: what lies below the edge is part of what would be approved. */
function useEndInSight(scroller: RefObject<HTMLElement | null>, end: RefObject<HTMLElement | null>): boolean {
  const [inSight, setInSight] = useState(true);
  useEffect(() => {
    if (end.current === null) return undefined;
    const observer = new IntersectionObserver(([entry]) => setInSight(entry?.isIntersecting ?? true), { root: scroller.current });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [scroller, end]);
  return inSight;
}

function Chosen({ detail }: { detail: ApprovalDetail }) {
  const { before, seen } = useShown(detail);
  const decide = useDecide(detail);
  const { data: connections } = useQuery(connectionQueries.list());
  const connection = connections?.rows.find((row) => row.id === detail.connectionId) ?? null;
  const scroller = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const whole = useEndInSight(scroller, end);
  return (
    <div className={classes.pane}>
      <div ref={scroller} className={classes.request} tabIndex={0} role="group" aria-label="The request">
        {before !== null && detail.state === 'waiting' && <Changed before={before} detail={detail} onSeen={seen} />}
        {detail.state !== 'waiting' && <NotAnswered decide={decide} waits={false} />}
        <Taken detail={detail} />
        <RequestView detail={detail} />
        <div ref={end} className={classes.end1} aria-hidden="true" />
      </div>
      {!whole && <button type="button" className={classes.below} onClick={() => scroller.current?.scrollBy({ top: scroller.current.clientHeight - 40 })}>The request goes on below</button>}
      <AnswerPart detail={detail} connection={connection} decide={decide} />
    </div>
  );
}

function Head({ detail }: { detail: ApprovalDetail }) {
  return (
    <>
      <span className={classes.asked}>asked <Time iso={detail.askedAt} /></span>
      <span className={classes.print} data-tip={`SHA-256 of the request as it is shown: ${detail.fingerprint}. An answer holds for it alone.`}>fingerprint <code>{detail.fingerprint.slice(0, 4)}…{detail.fingerprint.slice(-4)}</code></span>
      <CopyButton value={detail.fingerprint} label="Copy the fingerprint" />
    </>
  );
}

export function ApprovalPane({ id }: { id: string }) {
  const query = useQuery(approvalQueries.get(id));
  const gone = query.data === undefined && query.error instanceof CallFailed && query.error.code === 'not_found';
  return (
    <Panel fill flush title={query.data === undefined ? 'Approval' : <span className={classes.paneTitle} data-tip={inertString(query.data.title, 400)}><InertName text={query.data.title} most={90} /></span>} aside={query.data === undefined ? undefined : <Head detail={query.data} />}>
      {gone
        ? <Empty title="No approval has this identifier" why={inertString(query.error?.message ?? '', 300)} />
        : <FromQuery query={query} what="Reading the request" failed="The request could not be read." rows={9} height={28}>{(detail) => <Chosen key={detail.id} detail={detail} />}</FromQuery>}
    </Panel>
  );
}
