/**
 * The lines of a CEF file as RFC 5424 messages in octet-counted frames (RFC 6587 3.4.1, RFC 5425 4.3), one after the other over one connection. TCP syslog
 * has no acknowledgement: what counts as sent was handed to a connection that stayed whole until `settleMs` after its end, or that the receiver closed in order.
 * What counts as taken on the way was taken over by TCP of this machine: which of its bytes the other side acknowledged, the system tells no program.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { lineFault } from '../alerts/deliver/attempt.ts';
import type { ConfigOf, SendLimits } from '../alerts/deliver/sending.ts';
import { DeliveryFault, usualLimits } from '../alerts/deliver/sending.ts';
import { timestamp, word } from '../alerts/deliver/syslog-frame.ts';
import { lineTo } from '../alerts/deliver/syslog.ts';
import { isRefusedAddress, refusedAddressText } from './syslog-address.ts';

/** 8,192 bytes is what the usual receivers take as they come; RFC 5424 lets them cut what is longer, and they would not say so. */
const mostBytes = 8_000;

export interface SyslogSent {
  readonly lines: number;
  /** of them with values that are told by their hash, because the line was too long to send. */
  readonly shortened: number;
  /** `closed`: the receiver closed the connection behind the last line; `quiet`: it did not, and no error came either. */
  readonly ending: 'closed' | 'quiet';
}
/** How far it is, also when it fails: `lines` that TCP of this machine took over. */
export interface SyslogTally { lines: number; shortened: number }

export interface SyslogSending {
  readonly config: Omit<ConfigOf<'syslog'>, 'kind'>;
  readonly lines: AsyncIterable<string>;
  /** this machine, as the messages name it. */
  readonly host: string;
  readonly signal: AbortSignal;
  /** `totalMs`: without any progress. */
  readonly limits?: SendLimits;
  /** begins at nothing, and is written on. */
  readonly tally?: SyslogTally;
}

/** Throws a DeliveryFault in words; what was handed over before it may have arrived. */
export async function sendSyslogLines({ config, lines, host, signal, limits = usualLimits, tally = { lines: 0, shortened: 0 } }: SyslogSending): Promise<SyslogSent> {
  const who = `${config.host}:${config.port}`;
  const quiet = new Watchdog(limits.totalMs);
  const attempt = AbortSignal.any([signal, quiet.signal]);
  let socket: Socket | null = null;
  try {
    attempt.throwIfAborted();
    if (isRefusedAddress(config.host)) throw new DeliveryFault(`${who}: ${refusedAddressText}`, { forGood: true });
    socket = lineTo({ kind: 'syslog', ...config });
    const broken = once(socket, 'error', { signal: attempt }).then(([error]) => { throw error as Error; });
    const closed = once(socket, 'close');
    // Raced below; by themselves they are nobody's.
    for (const one of [broken, closed]) one.catch(() => undefined);
    await Promise.race([once(socket, config.transport === 'tls' ? 'secureConnect' : 'connect'), broken]);
    // SECURITY: looked at behind the look-up of its name and before the first byte, so that no name leads where an address may not.
    if (isRefusedAddress(socket.remoteAddress ?? '')) throw new DeliveryFault(`${who}: ${refusedAddressText}`, { forGood: true });
    socket.resume();
    for await (const line of lines) {
      if (line === '') continue;
      attempt.throwIfAborted();
      if (socket.closed || socket.readableEnded) throw cutOff(who);
      if (!writeLine(socket, line, config.facility, host, tally)) await Promise.race([once(socket, 'drain'), broken, closed]);
      quiet.moved();
    }
    if (socket.closed || socket.readableEnded) throw cutOff(who);
    socket.end();
    await Promise.race([once(socket, 'finish'), broken, closed]);
    if (!socket.writableFinished) throw cutOff(who);
    const ending = await Promise.race([closed.then(() => 'closed' as const), broken, settled(limits.settleMs).then(() => 'quiet' as const)]);
    return { ...tally, ending };
  } catch (error) {
    throw lineFault(error, who, attempt, limits);
  } finally {
    quiet.stop();
    socket?.destroy();
  }
}

const cutOff = (who: string): DeliveryFault => new DeliveryFault(`${who}: It closed the connection before it had taken all.`);

/** Counted when TCP took it over and not when it was asked to: what waits in this program was not sent. False: wait before the next. */
function writeLine(socket: Socket, line: string, facility: number, host: string, tally: SyslogTally): boolean {
  const fitted = fit(line, mostBytes - 400);
  return socket.write(frameOf(fitted, facility, host), (error) => {
    if (error) return;
    tally.lines += 1;
    if (fitted !== line) tally.shortened += 1;
  });
}

const settled = (ms: number): Promise<void> => new Promise((done) => { setTimeout(done, ms); });

class Watchdog {
  readonly #controller = new AbortController();
  readonly #ms: number;
  #timer: NodeJS.Timeout;
  constructor(ms: number) {
    this.#ms = ms;
    this.#timer = this.#begin();
  }
  get signal(): AbortSignal { return this.#controller.signal; }
  #begin(): NodeJS.Timeout { return setTimeout(() => this.#controller.abort(new DOMException('No progress.', 'TimeoutError')), this.#ms); }
  moved(): void { this.#timer.refresh(); }
  stop(): void { clearTimeout(this.#timer); }
}

/** As grave as the line says: 0 to 3 informational, to 6 notice, to 8 warning, above it alert. */
function levelOf(line: string): number {
  const severity = Number(/^CEF:0\|(?:(?:[^|\\]|\\.)*\|){5}(\d+)\|/.exec(line)?.[1] ?? 0);
  if (severity <= 3) return 6;
  return severity <= 6 ? 5 : severity <= 8 ? 4 : 1;
}

export function frameOf(line: string, facility: number, host: string): Buffer {
  const time = / rt=(\d+)(?: |$)|\|rt=(\d+)(?: |$)/.exec(line);
  const at = time === null ? '-' : timestamp(new Date(Number(time[1] ?? time[2])).toISOString());
  const body = Buffer.from(`<${facility * 8 + levelOf(line)}>1 ${at} ${word(host, 255)} Gatehouse ${process.pid} report - ${line}`, 'utf8');
  return Buffer.concat([Buffer.from(`${body.length} `, 'ascii'), body]);
}

/** Whole where it is short enough; else the longest values are told by length and hash, and a key says which. Nothing is cut unseen. */
export function fit(line: string, most: number): string {
  if (Buffer.byteLength(line) <= most) return line;
  const bar = /^CEF:0\|(?:(?:[^|\\]|\\.)*\|){6}/.exec(line)?.[0] ?? '';
  const rest = line.slice(bar.length);
  const keys = [...rest.matchAll(/(?:^|(?<= ))([A-Za-z0-9_]+)=/g)];
  const pairs = keys.map((key, i) => ({ key: key[1] ?? '', value: rest.slice(key.index + key[0].length, keys[i + 1] === undefined ? undefined : (keys[i + 1]?.index ?? 0) - 1) }));
  const shortened: string[] = [];
  let bytes = Buffer.byteLength(line);
  for (const pair of pairs.toSorted((a, b) => b.value.length - a.value.length)) {
    if (bytes + 40 + shortened.join().length <= most) break;
    const told = `(${pair.value.length} characters, SHA-256 ${createHash('sha256').update(pair.value).digest('hex')})`;
    bytes -= Buffer.byteLength(pair.value) - told.length;
    pair.value = told;
    shortened.push(pair.key);
  }
  return `${bar}${[...pairs, { key: 'GatehouseConsoleShortened', value: shortened.join() }].map(({ key, value }) => `${key}=${value}`).join(' ')}`;
}
