/**
 * The lines of a CEF file as RFC 5424 messages in octet-counted frames (RFC 6587 3.4.1, RFC 5425 4.3), one after the other over one connection. TCP syslog
 * has no acknowledgement: what counts as sent was handed to a connection that stayed whole until `settleMs` after its end, or that the receiver closed in order.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { lineFault } from '../alerts/deliver/attempt.ts';
import type { ConfigOf, SendLimits } from '../alerts/deliver/sending.ts';
import { DeliveryFault, usualLimits } from '../alerts/deliver/sending.ts';
import { timestamp, word } from '../alerts/deliver/syslog-frame.ts';
import { lineTo } from '../alerts/deliver/syslog.ts';

/** 8,192 bytes is what the usual receivers take as they come; RFC 5424 lets them cut what is longer, and they would not say so. */
const mostBytes = 8_000;

export interface SyslogSent { readonly lines: number; /** of them with values that are told by their hash, because the line was too long to send. */ readonly shortened: number }

export interface SyslogSending {
  readonly config: Omit<ConfigOf<'syslog'>, 'kind'>;
  readonly lines: AsyncIterable<string>;
  /** this machine, as the messages name it. */
  readonly host: string;
  readonly signal: AbortSignal;
  /** `totalMs`: without any progress. */
  readonly limits?: SendLimits;
  readonly told?: (sent: number) => void;
}

/** Throws a DeliveryFault in words; what was handed over before it may have arrived. */
export async function sendSyslogLines({ config, lines, host, signal, limits = usualLimits, told }: SyslogSending): Promise<SyslogSent> {
  const who = `${config.host}:${config.port}`;
  const quiet = new Watchdog(limits.totalMs);
  const attempt = AbortSignal.any([signal, quiet.signal]);
  const sent = { lines: 0, shortened: 0 };
  let socket: Socket | null = null;
  try {
    attempt.throwIfAborted();
    socket = lineTo({ kind: 'syslog', ...config });
    const broken = once(socket, 'error', { signal: attempt }).then(([error]) => { throw error as Error; });
    const closed = once(socket, 'close');
    // Raced below; by themselves they are nobody's.
    for (const one of [broken, closed]) one.catch(() => undefined);
    await Promise.race([once(socket, config.transport === 'tls' ? 'secureConnect' : 'connect'), broken]);
    socket.resume();
    for await (const line of lines) {
      if (line === '') continue;
      const fitted = fit(line, mostBytes - 400);
      if (socket.closed || socket.readableEnded) throw new DeliveryFault(`${who}: It closed the connection after ${sent.lines} lines.`);
      if (!socket.write(frameOf(fitted, config.facility, host))) await Promise.race([once(socket, 'drain'), broken, closed]);
      quiet.moved();
      sent.lines += 1;
      if (fitted !== line) sent.shortened += 1;
      if (sent.lines % 1_000 === 0) told?.(sent.lines);
    }
    socket.end();
    await Promise.race([once(socket, 'finish'), broken]);
    await Promise.race([closed, broken, settled(limits.settleMs)]);
    return sent;
  } catch (error) {
    throw lineFault(error, who, attempt, limits);
  } finally {
    quiet.stop();
    socket?.destroy();
  }
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
