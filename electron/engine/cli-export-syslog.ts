/** Sends the CEF files of a report that was just written to a syslog receiver. Written into the audit log before it begins and when it ended. */
import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { reportTarget } from '../../shared/reports.ts';
import type { ReportJob } from '../../shared/reports.ts';
import { CallFailure } from './call-failure.ts';
import { count, visible } from './cli-text.ts';
import type { Caller } from './control-client.ts';
import { sendSyslogLines } from './export/syslog-lines.ts';
import type { SyslogSending } from './export/syslog-lines.ts';

type Config = SyslogSending['config'];
export interface SentReport { readonly to: string; readonly files: number; readonly lines: number; /** told by their hash, because they were too long to send. */ readonly shortened: number }

/** A kept target by id or name, or an address. */
export async function syslogConfig(target: string, caller: Caller): Promise<Config> {
  const address = /^(tcp|tls):\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?\/?$/.exec(target);
  if (address !== null) {
    const transport = address[1] === 'tls' ? 'tls' : 'tcp';
    const port = Number(address[3] ?? (transport === 'tls' ? 6_514 : 601));
    if (port < 1 || port > 65_535) throw new CallFailure('bad_request', `${port} is no port.`);
    return { host: (address[2] ?? '').replace(/^\[|\]$/g, ''), port, transport, facility: 13, ca: undefined };
  }
  const { rows } = await caller.call('targets.list', {});
  const found = rows.filter(({ id, name }) => id === target || name === target);
  if (found.length > 1) throw new CallFailure('conflict', `${found.length} targets are called "${target}". Use an id: ${found.map(({ id }) => id).join(', ')}.`);
  const config = found[0]?.config;
  if (config === undefined) throw new CallFailure('not_found', `There is no target with the id or the name "${target}". Or say an address: tls://HOST:PORT.`);
  if (config.kind !== 'syslog') throw new CallFailure('bad_request', `${target} is a target of the kind ${config.kind}; a report is sent to a syslog target.`);
  return config;
}

/** Begun when the first is asked for: lines that were read before anybody listened would be lost. */
async function* linesOf(file: string): AsyncGenerator<string> {
  await using handle = await open(file);
  yield* handle.readLines({ encoding: 'utf8' });
}

export async function sendReport(job: ReportJob, target: string, caller: Caller, signal: AbortSignal): Promise<SentReport> {
  const config = await syslogConfig(target, caller);
  const to = `${config.transport}://${config.host}:${config.port}`;
  const folder = reportTarget(job.spec) === 'folder' ? job.target : dirname(job.target);
  const files = job.files.filter(({ format }) => format === 'cef').map(({ path }) => join(folder, path));
  const note = (outcome: 'asked' | 'done' | 'failed', more: Readonly<Record<string, string | number>> = {}): Promise<unknown> =>
    caller.call('console.record', { act: 'report.send', outcome, subject: job.id, at: new Date().toISOString(), details: { to, files: files.length, ...more } });
  await note('asked');
  const sum = { lines: 0, shortened: 0 };
  try {
    for (const file of files) {
      const sent = await sendSyslogLines({ config, lines: linesOf(file), host: hostname(), signal });
      sum.lines += sent.lines;
      sum.shortened += sent.shortened;
    }
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    await note('failed', { ...sum, why });
    throw new CallFailure('unavailable', `The report was written, but not sent whole: ${why} ${sum.lines} lines of the files before were sent.`);
  }
  await note('done', sum);
  return { to, files: files.length, ...sum };
}

export const sentText = ({ to, lines, shortened }: SentReport): string => `Sent ${count(lines)} messages to ${visible(to)}.${shortened === 0 ? '' : ` In ${count(shortened)} of them long values are told by length and SHA-256: the files have them whole.`} Syslog answers nothing: look there whether they arrived.\n`;
