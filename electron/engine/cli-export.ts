/** `gatehouse export`: asks the engine for a report, watches it being written, and says what became of it. Ctrl-C cancels it. */
import { setTimeout as wait } from 'node:timers/promises';
import { reportSpec } from '../../shared/reports.ts';
import type { ReportJob, ReportPreview, ReportScope, ReportSpec } from '../../shared/reports.ts';
import { CallFailure } from './call-failure.ts';
import type { CommandContext } from './cli-commands.ts';
import type { ExportCommand, ExportScope } from './cli-export-arguments.ts';
import { previewSentText, readReceiver, sentText } from './cli-export-syslog.ts';
import { findAgent, findConnection } from './cli-find.ts';
import { printJson, printText } from './cli-output.ts';
import { ProgressLine } from './cli-progress.ts';
import { count, visible } from './cli-text.ts';
import type { Caller } from './control-client.ts';
import { plural } from './plural.ts';

const askEveryMs = 250;
const cancelledCode = 130;
/** Jobs that are asked for at once: ours is among the newest. */
const newest = 50;

/** Aborts when the person presses Ctrl-C; a second time ends the program as ever. */
function onInterrupt(): AbortSignal {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  return interrupt.signal;
}

export async function runExport(command: ExportCommand, context: CommandContext, interrupt: AbortSignal | null = null): Promise<number> {
  const { caller, json, streams } = context;
  const { reportName, from, to, contents, formats, text, people, pack, out, overwrite } = command;
  const send = command.syslog === null ? undefined : await readReceiver(command.syslog, caller);
  const read = reportSpec.safeParse({ name: reportName, from, to, scope: await scopeOf(caller, command.scope), contents, formats, text, people, pack, send });
  if (!read.success) throw new CallFailure('bad_request', `This report cannot be asked for: ${read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`);
  if (out === null) {
    const preview = await caller.call('reports.preview', read.data);
    await (json ? printJson(preview, streams) : printText(`${previewText(preview, read.data)}${send === undefined ? '' : previewSentText(send, preview.rows.reduce((sum, row) => sum + row.count, 0))}`, streams));
    return 0;
  }
  const signal = interrupt ?? onInterrupt();
  const job = await watch(caller, await caller.call('reports.start', { spec: read.data, target: out, overwrite }), signal, new ProgressLine(streams));
  const whole = job.state === 'done' && (send === undefined || job.sent?.state === 'done');
  await (json ? printJson(job, streams) : printText(`${jobText(job)}${job.sent === null ? '' : sentText(job.sent)}`, whole ? streams : { ...streams, out: streams.err }));
  return whole ? 0 : job.state === 'cancelled' || job.sent?.state === 'cancelled' ? cancelledCode : 1;
}

async function scopeOf(caller: Caller, scope: ExportScope): Promise<ReportScope> {
  switch (scope.kind) {
    case 'agents': return { kind: 'agents', ids: await Promise.all(scope.names.map((name) => findAgent(caller, name))) };
    case 'connection': return { kind: 'connection', id: await findConnection(caller, scope.name) };
    case 'tag':
    case 'stop':
    case 'everything': return scope;
  }
}

const isEnded = ({ state }: ReportJob): boolean => state === 'done' || state === 'failed' || state === 'cancelled';

async function watch(caller: Caller, started: ReportJob, signal: AbortSignal, line: ProgressLine): Promise<ReportJob> {
  let job = started;
  let cancelled = false;
  while (!isEnded(job)) {
    line.tell(job.step, job.rows, job.of);
    if (signal.aborted && !cancelled) {
      cancelled = true;
      job = await caller.call('reports.cancel', { id: job.id });
      continue;
    }
    await wait(askEveryMs, undefined, { signal: cancelled ? undefined : signal }).catch(() => undefined);
    const { rows } = await caller.call('reports.jobs', { limit: newest });
    const found = rows.find(({ id }) => id === started.id);
    if (found === undefined) throw new CallFailure('not_found', 'The engine does not know this report any more.');
    job = found;
  }
  line.end();
  return job;
}

const bytesText = (bytes: number): string => (bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${count(bytes)} bytes`);

function jobText(job: ReportJob): string {
  if (job.state !== 'done') return `${visible(job.error ?? 'The report was not written.')}\n`;
  const files = job.files.map((file) => `  ${visible(file.path)}  ${file.format}, ${file.rows === null ? '' : `${plural(file.rows, 'row')}, `}${bytesText(file.bytes)}, SHA-256 ${file.sha256}`);
  return [
    `Wrote ${visible(job.target)}: ${plural(job.rows, 'row')}, ${bytesText(job.bytes)}.`, ...files, ...(job.completeness?.sentences ?? []).map(visible),
    ...(job.spec.pack ? ['Check it: gatehouse verify PACK --key FINGERPRINT (gatehouse audit key shows the fingerprint; tell it to the auditor by another way than the pack).'] : []), '',
  ].join('\n');
}

function previewText({ rows, completeness, bytes, seconds, warnings }: ReportPreview, { from, to, pack, formats }: ReportSpec): string {
  const size = [...(bytes === null ? [] : [`about ${bytesText(bytes)}`]), ...(seconds === null ? [] : [`about ${Math.max(1, Math.round(seconds))} s`])];
  return [
    `From ${from} up to ${to}, as ${pack ? 'a pack with ' : ''}${formats.join(', ')}${size.length === 0 ? '' : ` (${size.join(', ')})`}:`,
    ...rows.map((row) => `  ${row.content.padEnd(10)} ${count(row.count).padStart(10)}  ${visible(row.text)}`), ...completeness.sentences.map(visible), ...warnings.map((warning) => `Attention: ${visible(warning)}`), '',
  ].join('\n');
}
