/** What people ask of reports: one is written at a time, the others wait. Each is in the audit log before it begins and again when it ended. */
import { rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ReportFile, ReportJob, ReportSent, ReportSpec, TextLevel } from '../../../shared/reports.ts';
import { receiverAddress } from '../../../shared/receiver-address.ts';
import { textLevels } from '../../../shared/reports.ts';
import type { Result } from '../../../shared/contract.ts';
import { auditBy } from '../audit-words.ts';
import { CallFailure } from '../call-failure.ts';
import { ask } from '../history-port.ts';
import type { HistoryPort } from '../history-port.ts';
import { plural } from '../plural.ts';
import { systemClock } from '../ports.ts';
import type { Actor, Clock, Log } from '../ports.ts';
import type { Handlers } from '../rpc.ts';
import { publicId, rowIdOf } from '../store/ids.ts';
import { ReportCancelled, ReportFailure } from './report-failure.ts';
import { longTexts } from './format-xlsx.ts';
import { checkedTarget, checkFree, companions, outputsOf, partOf, placeOf, removeEmpty } from './report-files.ts';
import type { PackReport } from './report-packing.ts';
import { packTo } from './report-packing.ts';
import { reportThread } from './report-thread.ts';
import type { RunningReport, RunReport } from './report-thread.ts';
import { checkReceiver, receiverConfig, sendReport } from './syslog-report.ts';
import type { SyslogConfig } from './syslog-report.ts';
import { standingFile } from './write-report.ts';
import type { ReportOrder, ReportOutcome } from './write-report.ts';

export type ReportDesk = Pick<Handlers, 'reports.start' | 'reports.cancel' | 'reports.jobs' | 'reports.saveTemplate' | 'reports.removeTemplate'>;

export interface ReportParts {
  readonly history: HistoryPort;
  readonly dataFolder: string;
  readonly version: string;
  readonly log: Log;
  /** `audit`: something was written into the audit log, too. */
  readonly changed: (audit: boolean) => void;
  /** null: no packs are made here. */
  readonly pack: PackReport | null;
  readonly clock?: Clock;
  readonly run?: RunReport;
}

export interface OpenedReports {
  readonly desk: ReportDesk;
  /** What an engine that ended left behind. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** SECURITY: reports wait in memory. */
const mostWaiting = 20;
export const endedText = 'Gatehouse ended before the report was finished. It is not there: start it again.';

interface Job {
  readonly id: number; readonly actor: Actor; readonly order: ReportOrder; readonly startedMs: number; state: 'waiting' | 'running'; step: string; rows: number; of: number; bytes: number; running: RunningReport | null; cancelled: string | null;
  /** null: it is not sent. SECURITY: as it was when it was asked for, so that a target that is changed meanwhile changes nothing. */
  readonly receiver: SyslogConfig | null;
  /** null: its files are not whole yet, or it is not to be sent. */
  sent: ReportSent | null;
  /** of what follows the thread: packing, sending. */
  readonly after: AbortController;
  readonly ended: Promise<void>; readonly end: () => void;
}

export function openReports(parts: ReportParts): OpenedReports {
  const reports = new Reports(parts);
  return {
    desk: {
      'reports.start': (params, { actor }) => reports.begin(params, actor),
      'reports.cancel': ({ id }, { actor }) => reports.cancel(id, actor),
      'reports.jobs': (params) => reports.list(params.limit),
      'reports.saveTemplate': async ({ id, name, period, spec }, { actor }) => {
        const saved = await parts.history.command('reports.saveTemplate', { id: id === undefined ? null : rowOf('reportTemplate', id), name, period, spec, by: actor.name, audit: auditBy(actor, { action: 'reports.template', subject: null, outcome: 'done', text: `${id === undefined ? 'Saved' : 'Changed'} the template ${name} of reports.`, details: { name, period, spec } }) });
        parts.changed(true);
        const template = (await ask(parts.history, 'reports.templates', {})).rows.find((one) => one.id === publicId('reportTemplate', saved.id));
        if (template === undefined) throw new CallFailure('not_found', 'The template was removed again meanwhile.');
        return template;
      },
      'reports.removeTemplate': async ({ id }, { actor }) => {
        await parts.history.command('reports.removeTemplate', { id: rowOf('reportTemplate', id), audit: auditBy(actor, { action: 'reports.template', subject: id, outcome: 'done', text: 'Removed a template of reports.', details: {} }) });
        parts.changed(true);
        return {};
      },
    },
    start: () => reports.recover(),
    close: () => reports.close(),
  };
}

function rowOf(kind: 'report' | 'reportTemplate', id: string): number {
  const row = rowIdOf(kind, id);
  if (row === null) throw new CallFailure('not_found', `There is no ${kind === 'report' ? 'report' : 'template'} with the identifier ${id}. Nothing was changed.`);
  return row;
}

class Reports {
  readonly #parts: ReportParts;
  readonly #run: RunReport;
  readonly #clock: Clock;
  readonly #jobs = new Map<number, Job>();
  #closed = false;

  constructor(parts: ReportParts) {
    this.#parts = parts;
    this.#run = parts.run ?? reportThread(parts.history.file);
    this.#clock = parts.clock ?? systemClock;
  }

  async begin({ spec, target, pdf, overwrite, pseudonymKey }: { spec: ReportSpec; target: string; pdf?: string | undefined; overwrite: boolean; pseudonymKey?: string | undefined }, actor: Actor): Promise<ReportJob> {
    const { history, dataFolder, version } = this.#parts;
    this.#check(spec, pdf, actor);
    // SECURITY: a key that is used twice joins two reports; the window makes each anew, and nobody else has a use for one.
    if (pseudonymKey !== undefined && actor.place !== 'main') throw new CallFailure('bad_request', 'Pseudonyms of a report are made anew for each. Nothing was written.');
    const receiver = spec.send === undefined ? null : await receiverConfig(spec.send, history);
    const place = inWords(() => {
      const path = checkedTarget(target, dataFolder);
      checkFree(spec, path, overwrite);
      return path;
    });
    const order: ReportOrder = { spec, pseudonymKey, target: place, overwrite, pdf: pdf ?? null, nowMs: this.#clock.now(), version };
    const audit = auditBy(actor, { action: 'reports.start', subject: null, outcome: 'asked', text: `Asked for the report ${spec.name}: ${spec.contents.join(', ')} from ${spec.from} to ${spec.to}, as ${spec.pack ? 'a pack with ' : ''}${spec.formats.join(', ')}${spec.send === undefined ? '' : `, sent to ${receiverAddress(spec.send)}`}.`, details: { spec, target: place, overwrite } });
    const { id } = await history.command('reports.begin', { spec, by: actor.name, target: place, parts: partsOf(order), audit });
    const { promise, resolve } = Promise.withResolvers<void>();
    const job: Job = { id, actor, order, startedMs: order.nowMs, state: 'waiting', step: 'Waiting', rows: 0, of: 0, bytes: 0, running: null, cancelled: null, receiver, sent: null, after: new AbortController(), ended: promise, end: resolve };
    this.#jobs.set(id, job);
    this.#parts.changed(true);
    this.#next();
    return this.one(id);
  }

  #check(spec: ReportSpec, pdf: string | undefined, actor: Actor): void {
    const { place, text } = actor;
    if (this.#closed) throw new CallFailure('unavailable', 'Gatehouse is ending. Nothing was written.');
    if (this.#jobs.size >= mostWaiting) throw new CallFailure('too_busy', `${mostWaiting} reports wait already. Wait until one of them is done, or cancel one.`);
    // SECURITY: of an auditor who may see hashes only, a report shows no more.
    if (text !== undefined && level(spec.text) > level(text)) throw new CallFailure('conflict', `In this mode a report shows what agents wrote as ${text} at most. Nothing was written.`);
    if (spec.formats.includes('pdf') && (pdf === undefined || place !== 'main')) throw new CallFailure('bad_request', 'A PDF is printed by the window of Gatehouse: save it from there, or choose another format. Nothing was written.');
    if (Date.parse(spec.to) <= Date.parse(spec.from)) throw new CallFailure('bad_request', 'The period of the report ends before it begins. Nothing was written.');
    if (outputsOf(spec).length === 0) throw new CallFailure('bad_request', 'FOCUS is a format of cost, and cost was not chosen: there is nothing to write.');
    checkReceiver(spec, actor);
    if (spec.pack && this.#parts.pack === null) throw new CallFailure('unavailable', 'Packs are made by an engine that keeps the audit log. Nothing was written.');
  }

  #next(): void {
    const jobs = [...this.#jobs.values()];
    const job = jobs.find(({ state }) => state === 'waiting');
    if (this.#closed || job === undefined || jobs.some(({ state }) => state === 'running')) return;
    job.state = 'running';
    void this.#work(job);
  }

  async #work(job: Job): Promise<void> {
    const { log } = this.#parts;
    try {
      job.running = this.#run(job.order, (progress) => this.#tell(job, progress), (stack) => log.error('a report failed', new Error(stack)));
      const written = await job.running.outcome;
      job.running = null;
      const outcome = job.order.spec.pack ? await this.#pack(job, written) : written;
      await this.#end(job, 'done', outcome, null);
      await this.#send(job, outcome);
    } catch (error) {
      const cancelled = error instanceof ReportCancelled || job.cancelled !== null;
      if (!cancelled && !(error instanceof ReportFailure)) log.error('a report failed', error);
      await this.#end(job, cancelled && job.cancelled !== endedText ? 'cancelled' : 'failed', null, cancelled ? (job.cancelled ?? endedText) : wordsOf(error)).catch((failed: unknown) => log.error('the end of a report could not be written down', failed));
    }
    this.#jobs.delete(job.id);
    job.end();
    this.#parts.changed(true);
    this.#next();
  }

  async #pack(job: Job, outcome: ReportOutcome): Promise<ReportOutcome> {
    const { pack } = this.#parts;
    if (pack === null) throw new ReportFailure('Packs are not made here.');
    const file = await packTo(pack, { order: job.order, outcome, by: job.actor.name }, job.after.signal, (step, bytes) => this.#tell(job, { step, rows: job.rows, of: job.of, bytes }));
    return { ...outcome, bytes: file.bytes, files: [file] };
  }

  /** Its files are whole and stay, whatever becomes of it: they are what is sent again. */
  async #send(job: Job, { files }: ReportOutcome): Promise<void> {
    const { spec, target } = job.order;
    if (job.receiver === null) return;
    const told = (sent: ReportSent): void => {
      job.sent = sent;
      this.#tell(job, { step: `Sending to ${sent.to}`, rows: sent.messages, of: sent.of, bytes: job.bytes });
    };
    const sending = { id: publicId('report', job.id), spec, config: job.receiver, folder: placeOf(spec, target).folder, files, actor: job.actor, history: this.#parts.history, told };
    await sendReport({ ...sending, signal: job.after.signal, stopped: () => (job.cancelled === endedText ? 'Gatehouse ended on the way.' : job.cancelled) });
  }

  #tell(job: Job, progress: { step: string; rows: number; of: number; bytes: number }): void {
    Object.assign(job, progress);
    this.#parts.changed(false);
  }

  async #end(job: Job, state: 'done' | 'failed' | 'cancelled', outcome: ReportOutcome | null, error: string | null): Promise<void> {
    const { spec, target } = job.order;
    const files: readonly ReportFile[] = outcome?.files ?? [];
    const text = state === 'done' ? `Wrote the report ${spec.name}: ${plural(outcome?.rows ?? 0, 'row')} in ${plural(files.length, 'file')}.` : state === 'cancelled' ? `The report ${spec.name} was cancelled; nothing of it is there.` : `The report ${spec.name} was not written. ${error ?? ''}`;
    const audit = auditBy(job.actor, { action: 'reports.start', subject: null, outcome: state === 'done' ? 'done' : 'failed', text, details: { target, state, rows: outcome?.rows ?? job.rows, files } });
    await this.#parts.history.command('reports.end', {
      id: job.id, state, step: state === 'done' ? 'Done' : job.step, rows: outcome?.rows ?? job.rows, of: outcome?.of ?? job.of, bytes: outcome === null ? 0 : files.reduce((sum, { bytes }) => sum + bytes, 0), files, error, completeness: outcome?.completeness ?? null, audit,
    });
  }

  async cancel(id: string, actor: Actor): Promise<ReportJob> {
    const job = this.#jobs.get(rowOf('report', id));
    if (job === undefined) return this.one(rowOf('report', id));
    await this.#parts.history.command('audit.append', auditBy(actor, { action: 'reports.cancel', subject: id, outcome: 'done', text: job.sent === null ? `Cancelled the report ${job.order.spec.name}.` : `Cancelled the sending of the report ${job.order.spec.name}; its files stay.`, details: {} }));
    await this.#stop(job, `Cancelled by ${actor.name}.`);
    return this.one(job.id);
  }

  async #stop(job: Job, why: string): Promise<void> {
    job.cancelled ??= why;
    job.after.abort(new ReportCancelled());
    if (job.state === 'waiting') {
      this.#jobs.delete(job.id);
      await this.#end(job, why === endedText ? 'failed' : 'cancelled', null, why);
      job.end();
      this.#parts.changed(true);
    } else job.running?.stop();
    await job.ended;
  }

  async list(limit: number): Promise<Result<'reports.jobs'>> {
    const { rows } = await ask(this.#parts.history, 'reports.jobs', { limit });
    return { rows: rows.map((row) => this.#live(row)) };
  }

  async one(id: number): Promise<ReportJob> {
    const found = await ask(this.#parts.history, 'reportJob', { id });
    if (found === null) throw new CallFailure('not_found', `There is no report with the identifier ${publicId('report', id)}.`);
    return this.#live(found);
  }

  /** How far it is stands in memory only. */
  #live(row: ReportJob): ReportJob {
    const job = this.#jobs.get(rowIdOf('report', row.id) ?? 0);
    if (job === undefined || (row.endedAt !== null && job.receiver === null)) return row;
    // While it is sent it is not over, though its files are whole.
    return { ...row, state: job.state, endedAt: null, step: job.step, rows: job.rows, of: job.of, bytes: job.bytes, sent: job.sent };
  }

  async recover(): Promise<void> {
    const { parts } = await this.#parts.history.command('reports.recover', { error: endedText });
    // SECURITY: only what the history says was begun by a report, and only what was never whole.
    for (const part of parts.filter((one) => one.endsWith('.part') || dirname(one).endsWith('.parts'))) {
      if (statSync(part, { throwIfNoEntry: false })?.isFile() === true) rmSync(part, { force: true });
      if (dirname(part).endsWith('.parts')) removeEmpty(dirname(part));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#jobs.values()].map((job) => this.#stop(job, endedText)));
  }
}

const level = (text: TextLevel): number => textLevels.indexOf(text);

/** Everything that may be left behind, so that the next engine clears it up. */
function partsOf({ spec, target }: ReportOrder): string[] {
  const { folder, nameOf } = placeOf(spec, target);
  const long = spec.formats.includes('xlsx') ? spec.contents.map(longTexts) : [];
  const files = [...outputsOf(spec).map(({ name }) => name), ...long, ...companions, ...(spec.pack ? [standingFile, 'notes.txt'] : [])].map((name) => join(folder, nameOf(name)));
  return [...files.map(partOf), ...(spec.pack ? [...files, partOf(target)] : [])];
}

function inWords<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ReportFailure) throw new CallFailure('conflict', error.message);
    throw error;
  }
}

const wordsOf = (error: unknown): string => (error instanceof ReportFailure ? error.message : 'The report could not be written for a reason that nobody foresaw. The log of the engine knows more.');
