/**
 * Syslog over TCP or TLS. TCP syslog has no acknowledgement: nothing here can prove that a message was stored. What counts as sent: the connection was
 * made (and the certificate checked), all was handed to it, it was ended in order, and then the receiver closed it too or no error came for `settleMs`.
 * A receiver that took the connection and hangs, or that crashes with the message unread, is not seen unless its end of the line breaks meanwhile.
 */
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { attemptSignal, lineFault, trust } from './attempt.ts';
import { DeliveryFault } from './sending.ts';
import type { ConfigOf, Remark, Sending } from './sending.ts';
import { syslogFrame } from './syslog-frame.ts';

export async function sendSyslog({ config, message, signal, limits }: Sending<'syslog'>): Promise<Remark> {
  const who = `${config.host}:${config.port}`;
  const attempt = attemptSignal(signal, limits);
  const frame = syslogFrame(message, { facility: config.facility, processId: process.pid });
  let socket: Socket | null = null;
  try {
    attempt.throwIfAborted();
    socket = lineTo(config);
    await handOver(socket, config.transport === 'tls' ? 'secureConnect' : 'connect', frame, limits.settleMs, attempt, who);
  } catch (error) {
    throw lineFault(error, who, attempt, limits);
  } finally {
    socket?.destroy();
  }
  return null;
}

/** A line that is being made; the certificate is checked. */
export function lineTo({ host, port, transport, ca }: ConfigOf<'syslog'>): Socket {
  // The other side's end is not ours: whether all was written is known before.
  if (transport === 'tcp') return connect({ host, port, allowHalfOpen: true });
  return connectTls({ host, port, ...trust(ca), minVersion: 'TLSv1.2', ...(isIP(host) === 0 ? { servername: host } : {}) });
}

function handOver(socket: Socket, ready: 'connect' | 'secureConnect', frame: Buffer, settleMs: number, attempt: AbortSignal, who: string): Promise<void> {
  return new Promise((done, fail) => {
    let settling: NodeJS.Timeout | undefined;
    let handed = false;
    const settled = (): void => {
      clearTimeout(settling);
      if (handed) done();
      else fail(new DeliveryFault(`${who}: It closed the connection before it had taken the message.`));
    };
    const failed = (error: unknown): void => {
      clearTimeout(settling);
      fail(error as Error);
    };
    attempt.addEventListener('abort', () => failed(attempt.reason), { once: true });
    // Stays after the promise is settled: an error that comes while it is destroyed has no other listener.
    socket.on('error', failed);
    socket.once('end', settled);
    socket.once('close', settled);
    // What it says is not read, but an end behind it must be seen.
    socket.resume();
    socket.once(ready, () => socket.end(frame, (error?: Error | null) => {
      // Told by 'error' as well.
      if (error) return;
      handed = true;
      settling = setTimeout(settled, settleMs);
    }));
  });
}
