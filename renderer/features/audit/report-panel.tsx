/** The report as it is chosen: period, scope, contents, levels, formats; what it will hold and take; and the act that writes it. */
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { receiverAddress } from '../../../shared/receiver-address.ts';
import type { ReportContent, ReportPreview, ReportReceiver } from '../../../shared/reports.ts';
import { useAuditor } from '../../api/guard.ts';
import { inertString } from '../../ui/agent-text.ts';
import { ErrorBlock } from '../../ui/blocks.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { StateShape } from '../../ui/state-shapes.tsx';
import { DayField } from './day-field.tsx';
import { changeDraft } from './draft-memory.ts';
import { complaintOf, contentIds, daysOf, formatIds, presetIds, receiverOf, toggledIn, type Draft, type Preset } from './report-draft.ts';
import { contentWords, edgeWords, estimateWords, formatWords, peopleWords, presetWords, textWords } from './report-words.ts';
import { ScopeChoice } from './scope-choice.tsx';
import { SendChoice } from './send-choice.tsx';
import { TemplateMenu } from './template-menu.tsx';
import classes from './audit.module.css';

export type PreviewQuery = Pick<UseQueryResult<ReportPreview>, 'data' | 'error' | 'isFetching' | 'isPlaceholderData' | 'refetch' | 'dataUpdatedAt'>;

function Period({ draft, now }: { draft: Draft; now: number }) {
  const { fromDay, toDay } = daysOf(draft, now);
  // A preset's days are shown; typing over one of them makes them own days.
  const day = (name: 'fromDay' | 'toDay', value: string): void => changeDraft({ period: 'fixed', fromDay, toDay, [name]: value });
  return (
    <div className={classes.block}>
      <span className={classes.labelLine}><span className={classes.label}>Period</span>
        <select className={classes.quietSelect} aria-label="Period" value={draft.period} onChange={(event) => { const period = presetIds.find((one) => one === event.currentTarget.value) satisfies Preset | undefined; if (period !== undefined) changeDraft({ period, fromDay, toDay }); }}>
          {presetIds.map((one) => <option key={one} value={one}>{presetWords[one]}</option>)}
        </select>
      </span>
      <span className={classes.days}>
        <DayField label="First day, UTC" day={fromDay} onDay={(next) => day('fromDay', next)} />
        <span className={classes.muted}>to</span>
        <DayField label="Last day, UTC" day={toDay} onDay={(next) => day('toDay', next)} />
      </span>
      <span className={classes.says}>{edgeWords(toDay, now)}</span>
    </div>
  );
}

/** Of an older answer no figure is shown for what it did not count. */
const countOf = (preview: ReportPreview | undefined, content: ReportContent): ReportPreview['rows'][number] | undefined => preview?.rows.find((one) => one.content === content);

function Contents({ draft, preview, counting }: { draft: Draft; preview: ReportPreview | undefined; counting: boolean }) {
  return (
    <fieldset className={classes.contents} aria-busy={counting ? true : undefined}>
      <legend className={classes.label}>Contents</legend>
      {contentIds.map((content) => {
        const always = content === 'gaps';
        const on = always || draft.contents.includes(content);
        const count = on ? countOf(preview, content) : undefined;
        return (
          <label key={content} className={classes.content}>
            <input type="checkbox" className={classes.box} checked={on} disabled={always} onChange={() => changeDraft({ contents: toggledIn(contentIds, draft.contents, content) })} />
            <span className={classes.contentName}>{contentWords[content]}{always && <span className={classes.hint}> always included</span>}</span>
            <span className={on ? classes.count : classes.off} data-tip={count === undefined || count.text === '' ? undefined : inertString(count.text, 200)}>{!on ? 'off' : count === undefined ? '' : formatCount(count.count)}</span>
          </label>
        );
      })}
    </fieldset>
  );
}

const levels = ['hashes', 'redacted', 'full'] as const;

function Levels({ draft }: { draft: Draft }) {
  // In auditor mode a report shows no more than the window does; the engine refuses it too.
  const most = useAuditor().text;
  return (
    <div className={classes.levels}>
      <span aria-hidden="true" className={classes.label}>Agent text</span>
      <span className={classes.tight} data-tip={textWords[draft.text].says}><Segmented label="Agent text" name="report-text" value={draft.text} options={levels.filter((level) => levels.indexOf(level) <= levels.indexOf(most)).map((value) => ({ value, label: textWords[value].word }))} onChange={(text) => changeDraft({ text })} /></span>
      <span aria-hidden="true" className={classes.label}>People</span>
      <span className={classes.tight} data-tip={peopleWords[draft.people].says}><Segmented label="People" name="report-people" value={draft.people} options={(['names', 'pseudonyms', 'removed'] as const).map((value) => ({ value, label: peopleWords[value].word }))} onChange={(people) => changeDraft({ people })} /></span>
      {draft.text === 'full' && <span className={`${classes.levelSays} ${classes.complaint}`}>{textWords.full.says}</span>}
    </div>
  );
}

function Formats({ draft }: { draft: Draft }) {
  return (
    <div className={classes.block}>
      <div className={classes.labelLine}>
        <span className={classes.label} aria-hidden="true">Format</span>
        <label className={classes.pack} data-tip="One zip with everything that proves it: it verifies in any browser, without Gatehouse"><input type="checkbox" className={classes.box} checked={draft.pack} onChange={(event) => changeDraft({ pack: event.currentTarget.checked })} />Auditor pack</label>
      </div>
      <div role="group" aria-label="Format" className={classes.formats}>{formatIds.map((format) => {
        const on = draft.formats.includes(format);
        return <button key={format} type="button" className={on ? classes.formatOn : classes.format} aria-pressed={on} data-tip={formatWords[format].says} onClick={() => changeDraft({ formats: toggledIn(formatIds, draft.formats, format) })}>{formatWords[format].word}</button>;
      })}</div>
    </div>
  );
}

function Warnings({ preview, stale }: { preview: ReportPreview; stale: boolean }) {
  const shown = preview.warnings.slice(0, 4);
  if (shown.length === 0) return null;
  const more = preview.warnings.length - shown.length;
  return (
    <div className={classes.warnings} role="note" aria-label="Warnings">
      <ul>{shown.map((warning) => <li key={warning}><StateShape state="attention" className={classes.waitShape} /><span>{inertString(warning, 400)}</span></li>)}</ul>
      <p>{more > 0 ? `And ${formatCount(more)} more. ` : ''}{preview.warnings.length === 1 ? 'It is' : preview.warnings.length === 2 ? 'Both are' : 'All are'} printed on page 1 of the report.{stale ? ' Counting anew…' : ''}</p>
    </div>
  );
}

function goesWords(receiver: ReportReceiver, preview: ReportPreview): string {
  const messages = preview.rows.reduce((sum, row) => sum + row.count, 0);
  return `${plural(messages, 'message')} to ${inertString(receiverAddress(receiver), 80)}${receiver.transport === 'tcp' ? ', not encrypted' : ''}`;
}

interface ReportPanelProps { draft: Draft; now: number; preview: PreviewQuery; agents: number | null; writing: { busy: boolean; error: unknown; write: () => void } }

export function ReportPanel({ draft, now, preview, agents, writing }: ReportPanelProps) {
  const complaint = complaintOf(draft, now);
  const counting = preview.isFetching && preview.isPlaceholderData;
  const receiver = receiverOf(draft);
  return (
    <Panel fill flush title="Report" aside={<TemplateMenu draft={draft} now={now} />} className={classes.report}>
      <div className={classes.builder} tabIndex={-1}>
        <label className={classes.nameLine}><span className={classes.label}>Name</span><input className={classes.field} value={draft.name} maxLength={80} onChange={(event) => changeDraft({ name: event.currentTarget.value })} /></label>
        <Period draft={draft} now={now} />
        <ScopeChoice draft={draft} all={agents} />
        <Contents draft={draft} preview={preview.data} counting={counting} />
        <Levels draft={draft} />
        <Formats draft={draft} />
      </div>
      <div className={classes.act}>
        <SendChoice draft={draft} />
        {writing.error !== null && <ErrorBlock error={writing.error} what="The report was not written." kept="What was chosen stays chosen." />}
        {preview.error !== null && <ErrorBlock error={preview.error} what="What the report would hold could not be counted." retry={() => { void preview.refetch(); }} staleSince={preview.data === undefined ? undefined : preview.dataUpdatedAt} />}
        <div className={classes.actLine}>
          <Button variant="filled" size="sm" className={classes.write} disabled={complaint !== null || writing.busy} onClick={writing.write} aria-keyshortcuts="Control+E" leftSection={<IconDownload size={14} stroke={1.75} aria-hidden="true" />} rightSection={<Kbd keys="mod+e" />}>{writing.busy ? 'Writing…' : 'Write report…'}</Button>
          <span className={complaint === null ? classes.estimate : classes.complaint}>{complaint ?? (preview.data === undefined ? 'counting' : <>{estimateWords(preview.data)}<br />{receiver === null ? 'stays on this machine' : goesWords(receiver, preview.data)}</>)}</span>
        </div>
        {complaint === null && preview.data !== undefined && <Warnings preview={preview.data} stale={counting} />}
      </div>
    </Panel>
  );
}
