/** Audit: what goes into a report, what could not be seen, the log of every act, and what proves it. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ReportSent } from '../../../shared/reports.ts';
import { auditQueries, reportQueries, systemQueries } from '../../api/queries.ts';
import { useKeys } from '../../app/keys.ts';
import { usePlace } from '../../app/navigation.ts';
import type { ScreenProps } from '../../app/routes.tsx';
import { ScreenHead } from '../../app/screen-head.tsx';
import { announce } from '../../ui/announce.ts';
import { useNow } from '../../ui/now.ts';
import { useReadOnly } from '../../ui/read-only.ts';
import { CompletenessPanel } from './completeness-panel.tsx';
import { useDraft } from './draft-memory.ts';
import { ShortLog, sinceWords, WholeLog } from './log-panel.tsx';
import { complaintOf, previewKey, previewSpec, specOf } from './report-draft.ts';
import { ReportPanel } from './report-panel.tsx';
import { SealPanel } from './seal-panel.tsx';
import { useSettled, useWriteReport } from './use-audit-commands.ts';
import classes from './audit.module.css';

/** Long enough for a few ticks in a row to be counted once. */
const settleMs = 350;

function Report({ aside }: { aside: string | undefined }) {
  const chosen = useDraft();
  // Nothing is sent in auditor mode, also not where a template says so; the engine refuses it too.
  const draft = useReadOnly() ? { ...chosen, send: { ...chosen.send, on: false } } : chosen;
  const now = useNow();
  const [unseen, setUnseen] = useState(false);
  const spec = useSettled(() => previewSpec(draft, Date.now()), previewKey(draft, now), settleMs);
  const preview = useQuery(reportQueries.preview(spec));
  const { data: status } = useQuery(systemQueries.status());
  const write = useWriteReport();
  const complaint = complaintOf(draft, now);
  const start = (): void => {
    const wanted = specOf(draft, Date.now());
    if (wanted !== null && !write.isPending) write.mutate(wanted, { onSuccess: (job) => announce(job === null ? 'No place was chosen: nothing is written' : 'The report is being written') });
  };
  useKeys('Report', [{ keys: 'mod+e', does: 'write the report', run: start }, { keys: 't', does: 'what was not seen, as a table', run: () => setUnseen(true) }]);
  return (
    <div className={classes.screen}>
      <ReportPanel draft={draft} now={now} preview={preview} agents={status?.agents ?? null} writing={{ busy: write.isPending, error: write.error, write: start }} />
      <CompletenessPanel preview={preview} complaint={complaint} open={unseen} onOpen={setUnseen} />
      <ShortLog aside={aside} />
      <SealPanel />
    </div>
  );
}

const writtenWords = (sent: ReportSent | null): string => (sent === null ? 'The report is written' : sent.state === 'done' ? `The report is written and sent to ${sent.to}` : `The report is written, and was not sent whole to ${sent.to}`);

/** A report that ends while somebody looks elsewhere on this screen is said. */
function useJobVoice(): void {
  const { data } = useQuery(reportQueries.jobs());
  const running = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (data === undefined) return;
    const now = new Set(data.rows.filter((job) => job.state === 'waiting' || job.state === 'running').map((job) => job.id));
    for (const job of data.rows) if (running.current.has(job.id) && !now.has(job.id)) announce(job.state === 'done' ? writtenWords(job.sent) : job.state === 'cancelled' ? 'The report was cancelled' : 'The report was not written', { urgent: job.state === 'failed' || job.sent?.state === 'failed' });
    running.current = now;
  }, [data]);
}

export default function AuditScreen({ id }: ScreenProps) {
  const { params } = usePlace();
  const { data: status } = useQuery(auditQueries.status());
  const aside = status === undefined ? undefined : sinceWords(status.entries, status.oldestAt);
  const whole = id !== null || params['view'] === 'log';
  useJobVoice();
  return (
    <>
      <ScreenHead title="Audit" context={<span>{whole ? 'log of every act, read-only' : 'report builder, read-only'}</span>} />
      {whole ? <WholeLog id={id} aside={aside} /> : <Report aside={aside} />}
    </>
  );
}
