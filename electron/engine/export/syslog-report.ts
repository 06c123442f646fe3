/** Sends the CEF files of a report that was just written to a syslog receiver: written into the audit log before it begins and when it ended. */
import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ReportFile, ReportReceiver, ReportSent, ReportSpec } from '../../../shared/reports.ts';
import { receiverAddress } from '../../../shared/receiver-address.ts';
import { usualLimits } from '../alerts/deliver/sending.ts';
import type { SendLimits } from '../alerts/deliver/sending.ts';
import { auditBy } from '../audit-words.ts';
import { CallFailure } from '../call-failure.ts';
import { ask } from '../history-port.ts';
import type { HistoryPort } from '../history-port.ts';
import { plural } from '../plural.ts';
import type { Actor } from '../ports.ts';
import { isRefusedAddress, refusedAddressText } from './syslog-address.ts';
import { sendSyslogLines } from './syslog-lines.ts';
import type { SyslogSending, SyslogTally } from './syslog-lines.ts';

export type SyslogConfig = SyslogSending['config'];
const facilityOfLogs = 13;
const tellEveryMs = 500;

/** At the door. SECURITY: whoever only reads writes files and nothing else: a receiver keeps what it was told, and the line is the owner's. */
export function checkReceiver({ send, formats, pack }: ReportSpec, actor: Actor): void {
  if (send === undefined) return;
  if (actor.readOnly) throw new CallFailure('conflict', 'Auditor mode: nothing is sent from here. Write the report to a file, and send that from elsewhere. Nothing was written.');
  if (pack || !formats.includes('cef')) throw new CallFailure('bad_request', 'What is sent by syslog are the CEF files of a report: choose CEF, and no auditor pack. Nothing was written.');
  if (isRefusedAddress(send.host)) throw new CallFailure('bad_request', `${refusedAddressText} Nothing was written.`);
}

/** Facility and authority, of a kept target where it is one. */
export async function receiverConfig({ host, port, transport, targetId }: ReportReceiver, history: HistoryPort): Promise<SyslogConfig> {
  if (targetId === null) return { host, port, transport, facility: facilityOfLogs, ca: undefined };
  const { rows } = await ask(history, 'targets.list', {});
  const target = rows.find(({ id }) => id === targetId);
  if (target?.config.kind !== 'syslog') throw new CallFailure('not_found', 'The target that the report is to be sent to is not there any more. Nothing was written. Choose another one.');
  const { config } = target;
  // SECURITY: a person was asked about this address; a target that was changed since then leads where nobody said.
  if (config.host !== host || config.port !== port || config.transport !== transport) throw new CallFailure('conflict', `The target ${target.name} leads to ${receiverAddress(config)} now, and not to ${receiverAddress({ host, port, transport })}. Nothing was written. Choose it again.`);
  return config;
}

/** One after the other, over one connection. Begun when the first line is asked for: lines that were read before anybody listened would be lost. */
async function* linesOf(files: readonly string[]): AsyncGenerator<string> {
  for (const file of files) {
    await using handle = await open(file);
    yield* handle.readLines({ encoding: 'utf8' });
  }
}

export interface ReportSending {
  /** public. */
  readonly id: string;
  readonly spec: ReportSpec;
  readonly config: SyslogConfig;
  readonly folder: string;
  readonly files: readonly ReportFile[];
  readonly actor: Actor;
  readonly history: HistoryPort;
  readonly signal: AbortSignal;
  /** in words, once it was stopped by somebody; null: it was not. */
  readonly stopped: () => string | null;
  readonly told: (sent: ReportSent) => void;
  readonly limits?: SendLimits;
}

/** Never fails: how it went stands in the answer and in the audit log. */
export async function sendReport(sending: ReportSending): Promise<ReportSent> {
  const { config, folder, signal, told, limits = usualLimits } = sending;
  const files = sending.files.filter(({ format }) => format === 'cef');
  const tally: SyslogTally = { lines: 0, shortened: 0 };
  const of = files.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
  const so = (state: ReportSent['state'], more: Partial<ReportSent> = {}): ReportSent => ({ to: receiverAddress(config), state, messages: tally.lines, of, shortened: tally.shortened, ending: null, error: null, ...more });
  await note(sending, files, so('sending'));
  told(so('sending'));
  const timer = setInterval(() => told(so('sending')), tellEveryMs);
  const end = await sendSyslogLines({ config, lines: linesOf(files.map(({ path }) => join(folder, path))), host: hostname(), signal, limits, tally }).then(
    ({ ending }) => so('done', { ending }),
    (error: unknown) => so(sending.stopped() === null ? 'failed' : 'cancelled', { error: sending.stopped() ?? (error instanceof Error ? error.message.slice(0, 300) : String(error)) }),
  );
  clearInterval(timer);
  await note(sending, files, end);
  return end;
}

async function note({ id, spec, actor, history }: ReportSending, files: readonly ReportFile[], sent: ReportSent): Promise<void> {
  const outcome = sent.state === 'sending' ? 'asked' : sent.state === 'done' ? 'done' : 'failed';
  await history.command('audit.append', auditBy(actor, { action: 'report.send', subject: id, outcome, text: sentence(spec.name, sent), details: { ...sent, files: files.map(({ path, sha256 }) => ({ path, sha256 })) } }));
}

function sentence(name: string, { to, state, messages, of, error }: ReportSent): string {
  if (state === 'sending') return `Sends the report ${name} to ${to}: ${plural(of, 'message')}.`;
  if (state === 'done') return `Sent the report ${name} to ${to}: ${plural(messages, 'message')}.`;
  return `The report ${name} was not sent whole to ${to}: ${messages} of ${plural(of, 'message')} went out. ${error ?? ''}`;
}
