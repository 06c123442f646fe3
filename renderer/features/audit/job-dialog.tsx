/** One report that was written, or is being: where, what, and the hashes by which its files are known again. */
import { Button } from '@mantine/core';
import { receiverAddress } from '../../../shared/receiver-address.ts';
import type { ReportJob } from '../../../shared/reports.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PlainTable } from '../../ui/data-table-plain.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatBytes, formatCount } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { doneShare, jobLook, peopleWords, progressWords, sentWords, spanWords, textWords } from './report-words.ts';
import { draftOf } from './report-draft.ts';
import { setDraft } from './draft-memory.ts';
import { useCancelReport, useOpenReport } from './use-audit-commands.ts';
import classes from './audit.module.css';

export function JobDialog({ job, onClose }: { job: ReportJob; onClose: () => void }) {
  const cancel = useCancelReport();
  const open = useOpenReport();
  const runs = job.state === 'waiting' || job.state === 'running';
  const share = doneShare(job);
  const look = jobLook(job);
  const show = (): void => open.mutate(job.id);
  const again = (): void => { setDraft({ ...draftOf({ id: '', name: job.spec.name, period: 'fixed', spec: job.spec }), templateId: null }); onClose(); };
  return (
    <Dialog
      title="Report" subject={inertString(job.spec.name, 80)} onClose={onClose} onConfirm={job.state === 'done' ? show : undefined} reads width={720}
      foot={(leave) => <><Button onClick={leave} data-autofocus>Close</Button><span className={classes.footRight}>{runs ? <Button disabled={cancel.isPending} onClick={() => cancel.mutate(job.id)}>{job.sent === null ? 'Cancel the report' : 'Cancel sending'}</Button> : <Button onClick={again}>Choose the same again</Button>}{job.state === 'done' && <Button variant="filled" onClick={show} rightSection={<Kbd keys="mod+enter" />}>Open folder</Button>}</span></>}
    >
      <div className={classes.jobBody}>
        <p className={classes.jobState}><StateBadge state={look.state} word={look.word} /> <span>by {inertString(job.by, 60)}, <Time iso={job.startedAt} />{job.endedAt !== null && <> to <Time iso={job.endedAt} /></>}</span></p>
        {runs && <><progress className={classes.progress} aria-label={job.sent === null ? 'Written' : 'Sent'} {...(share === null ? {} : { max: 1, value: share })} /><p className={classes.says}>{inertString(progressWords(job), 160)}</p></>}
        {job.error !== null && <ErrorBlock error={new Error(job.error)} what="The report was not written." kept="What it had begun was taken away." />}
        {job.sent?.state === 'failed' && <ErrorBlock error={new Error(job.sent.error ?? 'It is not known why.')} what="The report was written, but not sent whole." kept="Its files are whole where they were written. To send all of it again, choose the same again." />}
        {open.error !== null && <ErrorBlock error={open.error} what="The folder was not opened." kept="The report is where it was written." />}
        {cancel.error !== null && <ErrorBlock error={cancel.error} what="The report was not cancelled." kept="It goes on." />}
        <dl className={classes.facts}>
          <div className={classes.fact}><dt>Period</dt><dd>{spanWords(job.spec.from, job.spec.to)}, UTC</dd></div>
          <div className={classes.fact}><dt>Levels</dt><dd>{textWords[job.spec.text].says}; {peopleWords[job.spec.people].says}</dd></div>
          <div className={classes.fact}><dt>Written to</dt><dd><span className={classes.hash}><code>{inertString(job.target, 400)}</code><CopyButton value={job.target} label="Copy where it was written" /></span></dd></div>
          {job.sent !== null && <div className={classes.fact}><dt>Sent to</dt><dd><code>{inertString(job.sent.to, 300)}</code>: {sentWords(job.sent)}</dd></div>}
          {job.sent === null && job.spec.send !== undefined && !runs && <div className={classes.fact}><dt>Sent to</dt><dd>{job.state === 'done' ? <>It was to go to <code>{inertString(receiverAddress(job.spec.send), 300)}</code>; the audit log does not hold any more how that went.</> : 'It was not sent.'}</dd></div>}
        </dl>
        {job.files.length > 0 && (
          <PlainTable
            label="Files" rows={job.files} rowId={(file) => file.path}
            columns={[
              { id: 'path', head: 'File', cell: (file) => <code>{inertString(file.path, 120)}</code> },
              { id: 'rows', head: 'Rows', end: true, cell: (file) => (file.rows === null ? '' : formatCount(file.rows)) },
              { id: 'bytes', head: 'Size', end: true, cell: (file) => formatBytes(file.bytes) },
              { id: 'sha256', head: 'SHA-256', cell: (file) => <span className={classes.hash}><code data-tip={file.sha256}>{file.sha256.slice(0, 12)}…</code><CopyButton value={file.sha256} label={`Copy SHA-256 of ${inertString(file.path, 80)}`} /></span> },
            ]}
          />
        )}
      </div>
    </Dialog>
  );
}
