/** A syslog receiver on this machine, in octet-counted frames, over TCP or with a certificate that nobody trusts. Written anew here: what checks the engine shares no code with it. */
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';

export interface SyslogReceiver { readonly port: number; /** what follows the header of each message. */ readonly messages: readonly string[]; close(): Promise<void> }

function take(socket: Socket, messages: string[]): void {
  let kept = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (part: Buffer) => {
    kept = Buffer.concat([kept, part]);
    for (;;) {
      const space = kept.indexOf(' ');
      const length = Number(kept.subarray(0, space).toString('ascii'));
      if (space === -1 || kept.length < space + 1 + length) return;
      const message = kept.subarray(space + 1, space + 1 + length).toString('utf8');
      kept = kept.subarray(space + 1 + length);
      messages.push(message.slice(message.indexOf('CEF:')));
    }
  });
}

export async function listen(transport: 'tcp' | 'tls'): Promise<SyslogReceiver> {
  const messages: string[] = [];
  const meet = (socket: Socket): void => take(socket, messages);
  let server: Server;
  if (transport === 'tcp') server = createServer(meet);
  else {
    const made = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec', algorithm: 'sha256' });
    server = createTlsServer({ key: made.private, cert: made.cert }, meet);
    server.on('tlsClientError', () => undefined);
  }
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  return { port: (server.address() as AddressInfo).port, messages, close: () => new Promise((done) => { server.close(() => done()); }) };
}
