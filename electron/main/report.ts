/** Writes a report where the person says: asks in the native dialog, prints the PDF from our own page, and lets the engine write the rest. */
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { dialog, shell } from 'electron';
import type { BrowserWindow } from 'electron';
import { reportTitle } from '../../shared/page-channels.ts';
import { receiverAddress } from '../../shared/receiver-address.ts';
import type { ReportReceiver, ReportSpec } from '../../shared/reports.ts';
import type { EngineCaller } from './engine-caller.ts';
import { answerReport } from './one-report-port.ts';
import { footOf, printPage } from './printed-page.ts';
import { endingOf, reportFoot, reportName } from './report-names.ts';

export interface ReportParts {
  readonly window: BrowserWindow;
  readonly openCaller: () => EngineCaller;
  readonly preload: string;
  readonly version: string;
}

/** The engine takes the printed file over when its job ends; until then it must stay. */
const lookEveryMs = 1_000;

interface Place { readonly target: string; /** the dialog asked whether what is there may be replaced. */ readonly overwrite: boolean }

async function askPlace(window: BrowserWindow, spec: ReportSpec): Promise<Place | null> {
  const ending = endingOf(spec);
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: spec.pack ? 'Write auditor pack' : ending === null ? 'Write report into a folder of its own' : 'Write report', defaultPath: reportName(spec), buttonLabel: 'Write',
    ...(ending === null ? {} : { filters: [{ name: spec.pack ? 'Auditor pack' : 'Report', extensions: [ending] }] }),
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  });
  if (canceled || filePath === '') return null;
  // Not every dialog adds what its filter says; what it did not name, it did not ask about either.
  const named = ending === null || filePath.toLowerCase().endsWith(`.${ending}`);
  return { target: named ? filePath : `${filePath}.${ending}`, overwrite: ending !== null && named };
}

/** SECURITY: what leaves this machine and for where is said here, in words that no page wrote; the page proposes, a person sends. */
async function maySend(window: BrowserWindow, { name, contents, text }: ReportSpec, receiver: ReportReceiver): Promise<boolean> {
  const way = receiver.transport === 'tls' ? 'The connection is encrypted, and the receiver must have a certificate that is trusted here.' : 'The connection is not encrypted: whoever is on the way can read it.';
  const shown = { hashes: 'as hashes', redacted: 'with known secrets and addresses masked', full: 'in full' }[text];
  const { response } = await dialog.showMessageBox(window, {
    type: 'question', title: 'Send report', message: `Send this report to ${receiverAddress(receiver)}?`, buttons: ['Write and send', 'Cancel'], defaultId: 1, cancelId: 1, noLink: true,
    detail: `“${name}” is written to a file, and every row of it (${contents.join(', ')}) is then sent there as a message, with what agents wrote ${shown}. ${way} What was sent cannot be taken back.`,
  });
  return response === 0;
}

async function printReport({ preload, version }: ReportParts, caller: EngineCaller, spec: ReportSpec, pseudonymKey: string): Promise<Buffer> {
  const document = await caller.call('reports.document', { ...spec, pseudonymKey });
  const preview = await caller.call('reports.preview', spec);
  const asked = JSON.stringify(spec);
  const read = { 'reports.document': JSON.stringify(document), 'reports.preview': JSON.stringify(preview) };
  return printPage({ preload, version, hash: `#/report/${encodeURIComponent(asked)}`, title: reportTitle, answer: (message) => answerReport(message, asked, read), foot: footOf(reportFoot(document)) });
}

/** Takes the printed file away once the job that took it over has ended. */
async function removeAfter(caller: EngineCaller, jobId: string, folder: string): Promise<void> {
  for (;;) {
    await new Promise((resolve) => { setTimeout(resolve, lookEveryMs); });
    const job = (await caller.call('reports.jobs', { limit: 100 })).rows.find((one) => one.id === jobId);
    if (job?.state !== 'waiting' && job?.state !== 'running') break;
  }
  await rm(folder, { recursive: true, force: true });
}

async function startWithPdf(parts: ReportParts, caller: EngineCaller, spec: ReportSpec, place: Place): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-report-'));
  try {
    const pdf = join(folder, 'report.pdf');
    // The PDF and the data files are written by two of the engine's threads: they call people alike because they are given the same key.
    const pseudonymKey = randomBytes(32).toString('hex');
    await writeFile(pdf, await printReport(parts, caller, spec, pseudonymKey), { mode: 0o600 });
    const { id } = await caller.call('reports.start', { spec, pseudonymKey, ...place, pdf });
    // Whatever becomes of the engine meanwhile, the file is of no use afterwards.
    void removeAfter(caller, id, folder).catch(() => rm(folder, { recursive: true, force: true })).finally(() => caller.close());
    return id;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The job's identifier; null when the person chose no place, or would not have it sent. */
export async function writeReport(parts: ReportParts, spec: ReportSpec): Promise<string | null> {
  // SECURITY: the page says what goes into a report and never where: the place is chosen by the person in the native dialog.
  const place = await askPlace(parts.window, spec);
  if (place === null || (spec.send !== undefined && !(await maySend(parts.window, spec, spec.send)))) return null;
  const caller = parts.openCaller();
  try {
    if (spec.formats.includes('pdf')) return await startWithPdf(parts, caller, spec, place);
    const { id } = await caller.call('reports.start', { spec, ...place });
    caller.close();
    return id;
  } catch (error) {
    caller.close();
    throw error;
  }
}

/** SECURITY: opens only what a job of the engine's says that it wrote; the page has no say in where that is. */
export async function openReport({ openCaller }: ReportParts, jobId: string): Promise<void> {
  const caller = openCaller();
  try {
    const job = (await caller.call('reports.jobs', { limit: 1_000 })).rows.find((one) => one.id === jobId);
    if (job?.state !== 'done') throw new Error('That report was not written.');
    // Shown and not opened: a file of somebody else's may stand there by now.
    shell.showItemInFolder(job.target);
  } finally {
    caller.close();
  }
}

/** The page that verifies packs without Gatehouse, as it came with this program. */
export async function saveVerifier(window: BrowserWindow, file: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, { title: 'Save verifier', defaultPath: 'gatehouse-verify.html', buttonLabel: 'Save', filters: [{ name: 'Web page', extensions: ['html'] }], properties: ['createDirectory', 'showOverwriteConfirmation'] });
  if (canceled || filePath === '') return null;
  await copyFile(file, filePath);
  return basename(filePath);
}
