/** How the log is sealed and whether it is whole; what else proves it; and the reports that were written. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { AuditKey, AuditStatus } from '../../../shared/audit.ts';
import type { ReportJob } from '../../../shared/reports.ts';
import { auditQueries, reportQueries } from '../../api/queries.ts';
import { placeWords } from '../../app/chain-words.ts';
import { placeHash } from '../../app/navigation.ts';
import { InertName } from '../../ui/agent-text-view.tsx';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock, FromQuery } from '../../ui/blocks.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatClock, formatCount, formatDay, formatTime, plural } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { Time } from '../../ui/time.tsx';
import { JobDialog } from './job-dialog.tsx';
import { entryId } from './log-view.ts';
import { doneShare, jobLook, progressWords } from './report-words.ts';
import { chainLook, checkedWords, damageWords, entryOf, keyPlaceWords, shortFingerprint } from './seal-words.ts';
import { useCancelReport, useCheckLog, useSaveKey, useSaveVerifier } from './use-audit-commands.ts';
import classes from './audit.module.css';

function Fact({ name, says = null, children }: { name: string; /** a sentence below, over the whole width. */ says?: string | null; children: ReactNode }) {
  return <div className={classes.sealFact}><dt>{name}</dt><dd>{children}</dd>{says !== null && <dd className={classes.sealSays}>{says}</dd>}</div>;
}

const toneClass = { ok: classes.okShape, stop: classes.stopShape, wait: classes.waitShape, quiet: classes.quietShape };

function Damage({ status }: { status: AuditStatus }) {
  const { damage, more } = status.check;
  if (damage.length === 0) return null;
  return (
    <ul className={classes.damage} aria-label="Damage">
      {damage.map((one) => {
        const entry = entryOf(one);
        const where = `${placeWords(one)}: ${damageWords[one.kind].toLowerCase()}`;
        return <li key={`${one.where} ${String(one.at)} ${one.kind}`}>{entry === null ? <strong>{where}</strong> : <a className={classes.link} href={placeHash({ screen: 'audit', id: entryId(entry), params: { view: 'log' } })}>{where}</a>}<span><InertName text={one.text} most={300} /></span></li>;
      })}
      {more && <li>There is more damage than is listed. The console keeps working and repairs nothing.</li>}
    </ul>
  );
}

function KeyFact({ auditKey }: { auditKey: AuditKey }) {
  const place = keyPlaceWords[auditKey.place];
  return (
    <Fact name="Key" says={place.says}><span className={auditKey.place === 'keyring' ? undefined : classes.complaint}>{place.word}</span>, <code data-tip={auditKey.fingerprint}>{shortFingerprint(auditKey.fingerprint)}</code><CopyButton value={auditKey.fingerprint} label="Copy the key's fingerprint" /></Fact>
  );
}

function Remembered({ remembered }: { remembered: boolean }) {
  return (
    <Fact name="Elsewhere" says={remembered ? 'An older copy of the history would show; one of this whole machine would not.' : 'A copy of the history could be put back unseen. The report says so.'}>
      {remembered ? 'newest seal is known' : <span className={classes.complaint}><StateShape state="unverified" className={classes.waitShape} /> not remembered</span>}
    </Fact>
  );
}

function Seal({ status }: { status: AuditStatus }) {
  const { check, seal, key } = status;
  const look = chainLook(check);
  return (
    <>
      <p className={`${classes.chain} ${look.tone === 'stop' ? classes.stopText : look.tone === 'ok' ? classes.okText : ''}`} role="status"><StateShape state={look.state} className={toneClass[look.tone]} /><span>{look.word}</span></p>
      {check.state === 'running' && <progress className={classes.progress} max={Math.max(1, check.of)} value={check.entries} aria-label="Entries read" />}
      <Damage status={status} />
      <dl className={classes.sealFacts}>
        <Fact name="Checked">{check.endedAt === null ? (check.state === 'running' ? checkedWords(check) : 'not yet') : <span data-tip={`${formatCount(check.entries)} entries and ${plural(check.seals, 'seal')} were read`}><Time iso={check.endedAt} short />, {checkedWords(check)}</span>}</Fact>
        <Fact name="Last seal">{seal === null ? 'none yet' : <span data-tip={`Hour from ${formatTime(new Date(seal.hour))}, number ${formatCount(seal.number)}${status.nextSealAt === null ? '' : `; the next comes ${formatClock(new Date(status.nextSealAt), { short: true })}`}`}><Time iso={seal.writtenAt} />, over {formatCount(seal.size)}</span>}</Fact>
        {key === null ? <Fact name="Key">none yet</Fact> : <KeyFact auditKey={key} />}
        <Remembered remembered={status.remembered} />
        {status.tombstones.length > 0 && <Fact name="Let go">{plural(status.tombstones.reduce((sum, one) => sum + one.entries, 0), 'entry', 'entries')} behind a seal, the first kept is {formatCount(status.firstSeq)}</Fact>}
      </dl>
    </>
  );
}

function Acts({ status }: { status: AuditStatus | undefined }) {
  const check = useCheckLog();
  const saveKey = useSaveKey();
  const saveVerifier = useSaveVerifier();
  const key = status?.key ?? null;
  const saved = saveKey.data ?? saveVerifier.data ?? null;
  const failed = check.error ?? saveKey.error ?? saveVerifier.error;
  return (
    <>
      <div className={classes.buttons}>
        <Button disabled={check.isPending || status?.check.state === 'running'} onClick={() => check.mutate()}>{check.isPending ? 'Reading…' : 'Check again'}</Button>
        <Button onClick={() => saveVerifier.mutate()} data-tip="One page that verifies packs in any browser, offline">Verifier…</Button>
        <Button disabled={key === null} onClick={() => { if (key !== null) saveKey.mutate({ name: 'gatehouse-log-key.pem', text: key.pem }); }} data-tip="For those who check packs: give it to them beforehand">Public key…</Button>
      </div>
      {saved !== null && <p className={classes.says} role="status">Saved as {inertString(saved, 80)}.</p>}
      {failed !== null && <ErrorBlock error={failed} what="It was not done." kept="The log stands as before." />}
    </>
  );
}

function when(iso: string): string {
  const date = new Date(iso);
  return formatDay(date) === formatDay(new Date()) ? `${formatClock(date, { short: true })} today` : formatDay(date);
}

function Job({ job, onOpen }: { job: ReportJob; onOpen: () => void }) {
  const cancel = useCancelReport();
  const look = jobLook(job);
  const runs = job.state === 'waiting' || job.state === 'running';
  const share = doneShare(job);
  return (
    <li>
      <button type="button" className={classes.job} onClick={onOpen}>
        <span className={classes.jobName}>{look.state !== 'completed' && <><StateShape state={look.state} className={look.state === 'failed' ? classes.stopShape : runs ? classes.accentShape : classes.quietShape} /><span className="gh-visually-hidden">{look.word}: </span></>}<span className={classes.cut}>{inertString(job.spec.name, 60)}</span></span>
        <span className={classes.jobWhen}>{runs ? look.word : when(job.endedAt ?? job.startedAt)}</span>
      </button>
      {runs && (
        <div className={classes.running}>
          <progress className={classes.progress} aria-label={`${inertString(job.spec.name, 60)} written`} {...(share === null ? {} : { max: 1, value: share })} />
          <span className={classes.says}>{inertString(progressWords(job), 120)}</span>
          <button type="button" className={classes.linkButton} disabled={cancel.isPending} onClick={() => cancel.mutate(job.id)}>{job.sent === null ? 'Cancel' : 'Cancel sending'}<span className="gh-visually-hidden"> {inertString(job.spec.name, 60)}</span></button>
        </div>
      )}
      {job.state === 'failed' && job.error !== null && <p className={classes.jobError}>{inertString(job.error, 200)}</p>}
      {job.sent?.state === 'failed' && <p className={classes.jobError}>Not sent whole to {inertString(job.sent.error ?? job.sent.to, 200)}</p>}
    </li>
  );
}

export function SealPanel() {
  const status = useQuery(auditQueries.status());
  const jobs = useQuery(reportQueries.jobs());
  const [open, setOpen] = useState<string | null>(null);
  const shown = jobs.data?.rows.find((job) => job.id === open);
  return (
    <Panel fill title="Seal" className={classes.seal}>
      <div className={classes.sealBody}>
        <FromQuery query={status} what="Reading how the log stands" failed="How the log stands could not be read." rows={4} height={20}>{(data) => <Seal status={data} />}</FromQuery>
        <Acts status={status.data} />
        <section className={classes.jobs} aria-labelledby="last-reports">
          <h3 id="last-reports">Last reports</h3>
          <FromQuery query={jobs} what="Reading reports" failed="The reports could not be read." rows={3} height={22}>
            {(data) => (data.rows.length === 0 ? <p className={classes.says}>Reports that were written will stand here, with the hashes of their files. None was written yet.</p> : <ul>{data.rows.map((job) => <Job key={job.id} job={job} onOpen={() => setOpen(job.id)} />)}</ul>)}
          </FromQuery>
        </section>
      </div>
      {shown !== undefined && <JobDialog job={shown} onClose={() => setOpen(null)} />}
    </Panel>
  );
}
