/** One entry of the audit log, whole: what changed, what was kept of it, and what proves it. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, type ReactNode } from 'react';
import type { AuditEntryDetail } from '../../../shared/audit.ts';
import { call, CallFailed } from '../../api/client.ts';
import { auditQueries } from '../../api/queries.ts';
import { AgentText, InertName } from '../../ui/agent-text-view.tsx';
import { announce } from '../../ui/announce.ts';
import { Empty, ErrorBlock, Loading } from '../../ui/blocks.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatUtc } from '../../ui/format.ts';
import { Id } from '../../ui/id.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Time } from '../../ui/time.tsx';
import { actorKindWords, changesOf, entryId, laidOut, outcomeLooks, type Change } from './log-view.ts';
import { numberWords } from './log-columns.tsx';
import { chainFinding, findingsOf, sha256, type Finding } from './verify-entry.ts';
import classes from './audit.module.css';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <div className={classes.fact}><dt>{name}</dt><dd>{children}</dd></div>;
}

function Changes({ changes }: { changes: readonly Change[] }) {
  return (
    <section className={classes.part}>
      <h3>What changed</h3>
      <div className={classes.changes} tabIndex={0} role="group" aria-label="Before and after">
        <table>
          <thead><tr><th scope="col">What</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
          <tbody>{changes.map((one) => <tr key={one.name}><th scope="row">{one.name === '' ? 'the whole' : <InertName text={one.name} most={80} />}</th>{[one.before, one.after].map((value, at) => <td key={at === 0 ? 'before' : 'after'}>{value === null ? <span className={classes.muted}>not set</span> : <InertName text={value} most={600} />}</td>)}</tr>)}</tbody>
        </table>
      </div>
    </section>
  );
}

function Hash({ name, value }: { name: string; value: string }) {
  return <Fact name={name}><span className={classes.hash}><code>{value}</code><CopyButton value={value} label={`Copy ${name.toLowerCase()}`} /></span></Fact>;
}

function Proof({ entry }: { entry: AuditEntryDetail }) {
  return (
    <section className={classes.part}>
      <h3>Proof</h3>
      <dl className={classes.facts}>
        <Fact name="Sealed">{entry.sealedAt === null ? 'not yet: the next seal counts it' : <Time iso={entry.sealedAt} />}</Fact>
        <Hash name="Hash" value={entry.hash} />
        <Hash name="Entry before" value={entry.previous} />
        <Hash name="Content" value={entry.body} />
        <Fact name="Line"><span className={classes.hash}><span>as it was hashed</span><CopyButton value={entry.line} label="Copy the line" /></span></Fact>
      </dl>
    </section>
  );
}

/** Reads the neighbour and lets the engine read the log: everything is asked anew at each press. */
async function verify(entry: AuditEntryDetail): Promise<Finding[]> {
  const status = await call('audit.status', {});
  const newest = status.firstSeq + status.entries - 1;
  const next = entry.seq >= newest ? null : await call('audit.get', { id: entryId(entry.seq + 1) });
  const own = await findingsOf(entry, next, sha256);
  return [...own, chainFinding(entry.seq, await call('audit.check', {}))];
}

function Verify({ entry, asked }: { entry: AuditEntryDetail; /** how often V was pressed. */ asked: number }) {
  const check = useMutation({ mutationFn: async () => verify(entry), onSuccess: (findings) => announce(findings.every((one) => one.holds) ? 'Verified from here' : 'Does not verify', { urgent: findings.some((one) => !one.holds) }) });
  const { mutate } = check;
  useEffect(() => { if (asked > 0) mutate(); }, [asked, mutate]);
  return (
    <section className={classes.part}>
      <Button disabled={check.isPending} onClick={() => mutate()} rightSection={<Kbd keys="v" />} className={classes.startButton}>{check.isPending ? 'Reading the log…' : 'Verify from here'}</Button>
      {check.error !== null && <ErrorBlock error={check.error} what="It was not verified." kept="Nothing was changed." />}
      {check.data !== undefined && <div role="status"><ul className={classes.findings}>{check.data.map((one) => <li key={one.text}><StateShape state={one.holds ? 'healthy' : 'broken'} className={one.holds ? classes.okShape : classes.stopShape} /><span><InertName text={one.text} most={400} /></span></li>)}</ul></div>}
    </section>
  );
}

function Body({ entry, asked }: { entry: AuditEntryDetail; asked: number }) {
  const changes = entry.erasedAt === null ? changesOf(entry.details) : null;
  return (
    <div className={classes.pane}>
      <div className={classes.paneHead}><StateBadge header {...outcomeLooks[entry.outcome]} /><code><InertName text={entry.action} most={80} /></code><span className={classes.paneId}><Id id={entry.id} /></span></div>
      <h3 className={classes.paneTitle}>{entry.erasedAt === null ? <InertName text={entry.text === '' ? entry.action : entry.text} most={1_000} /> : 'Who, what and details were erased.'}</h3>
      {entry.erasedAt !== null && <p className={classes.says}>Erased <Time iso={entry.erasedAt} />. The hash of what stood here is kept: the chain verifies as before, and whoever holds the text can still prove it.</p>}
      <dl className={classes.facts}>
        {entry.erasedAt === null && <Fact name="Who"><InertName text={entry.actor} most={120} />, {actorKindWords[entry.actorKind]}</Fact>}
        <Fact name="When"><Time iso={entry.at} millis />, {formatUtc(new Date(entry.at))}</Fact>
        <Fact name="About">{entry.subject === null ? 'the console itself' : <Id id={entry.subject} whole />}</Fact>
      </dl>
      {changes !== null && changes.length > 0 && <Changes changes={changes} />}
      {entry.erasedAt === null && entry.details !== '' && entry.details !== 'null' && <AgentText title="Details as kept" text={laidOut(entry.details)} from="the audit log" />}
      <Proof entry={entry} />
      <Verify entry={entry} asked={asked} />
    </div>
  );
}

export function EntryPane({ id, asked, onClose }: { id: string; asked: number; onClose: () => void }) {
  const query = useQuery(auditQueries.get(id));
  const gone = query.error instanceof CallFailed && query.error.code === 'not_found';
  return (
    <Panel fill flush title={`Entry ${numberWords(id)}`} aside={<><Kbd keys="j k" /><button type="button" className={classes.linkButton} onClick={onClose}>Close <Kbd keys="escape" /></button></>}>
      {query.data !== undefined
        ? <Body key={id} entry={query.data} asked={asked} />
        : gone ? <Empty title="No entry has this number now" why="It was let go behind a seal, or the address names none." /> : query.error === null ? <Loading what="Reading the entry" rows={8} /> : <ErrorBlock error={query.error} what="The entry could not be read." retry={() => { void query.refetch(); }} />}
    </Panel>
  );
}
