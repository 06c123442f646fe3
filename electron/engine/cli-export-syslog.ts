/** Where `gatehouse export --syslog` sends a report, and how it went, in words. The engine sends. */
import { receiverAddress, usualSyslogPort } from '../../shared/receiver-address.ts';
import type { ReportReceiver, ReportSent } from '../../shared/reports.ts';
import { CallFailure } from './call-failure.ts';
import { count, visible } from './cli-text.ts';
import type { Caller } from './control-client.ts';
import { plural } from './plural.ts';

/** A kept target by id or name, or an address. */
export async function readReceiver(target: string, caller: Caller): Promise<ReportReceiver> {
  const address = /^(tcp|tls):\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?\/?$/.exec(target);
  if (address !== null) {
    const transport = address[1] === 'tls' ? 'tls' : 'tcp';
    const port = Number(address[3] ?? usualSyslogPort(transport));
    if (port < 1 || port > 65_535) throw new CallFailure('bad_request', `${port} is no port.`);
    return { host: (address[2] ?? '').replace(/^\[|\]$/g, ''), port, transport, targetId: null };
  }
  const { rows } = await caller.call('targets.list', {});
  const found = rows.filter(({ id, name }) => id === target || name === target);
  if (found.length > 1) throw new CallFailure('conflict', `${found.length} targets are called "${target}". Use an id: ${found.map(({ id }) => id).join(', ')}.`);
  const kept = found[0];
  if (kept === undefined) throw new CallFailure('not_found', `There is no target with the id or the name "${target}". Or say an address: tls://HOST:PORT.`);
  if (kept.config.kind !== 'syslog') throw new CallFailure('bad_request', `${target} is a target of the kind ${kept.config.kind}; a report is sent to a syslog target.`);
  const { host, port, transport } = kept.config;
  return { host, port, transport, targetId: kept.id };
}

export const previewSentText = (receiver: ReportReceiver, messages: number): string => `Sent to ${visible(receiverAddress(receiver))} it is ${plural(messages, 'message')}${receiver.transport === 'tls' ? '' : ', not encrypted on the way'}.\n`;

export function sentText({ to, state, messages, of, shortened, ending, error }: ReportSent): string {
  const long = shortened === 0 ? '' : ` In ${count(shortened)} of them long values are told by length and SHA-256: the files have them whole.`;
  if (state !== 'done') return `The report was written, but not sent whole to ${visible(to)}: ${visible(error ?? 'how it ended is not known.')} ${messages === 0 ? `None of ${plural(of, 'message')} went out.` : `${count(messages)} of ${plural(of, 'message')} were handed to TCP; the last of them may not have arrived.`}${long}\n`;
  return `Sent ${plural(messages, 'message')} to ${visible(to)}.${long} ${ending === 'closed' ? 'The receiver closed the connection in order behind the last one.' : 'No error came behind the last one.'} Syslog answers nothing: look there whether they arrived.\n`;
}
