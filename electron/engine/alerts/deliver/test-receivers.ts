/** For tests: real servers on 127.0.0.1 that can be down, slow and back at the same port. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsHttp } from 'node:https';
import { createServer as createTcp } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';
import type { TestCertificate } from './test-certificates.ts';
import { framesIn, parseSyslog } from './test-syslog-parser.ts';
import type { ParsedSyslog } from './test-syslog-parser.ts';

/** Listens again at the port that it had. */
abstract class Receiver {
  port = 0;
  #server: Server | null = null;
  readonly #sockets = new Set<Socket>();

  protected abstract make(): Server;

  async up(): Promise<this> {
    const server = this.make();
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(this.port, '127.0.0.1', done);
    });
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise<void>((done) => { server.close(() => done()); });
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

export interface Request { readonly method: string; readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }
export type Answer = (request: Request, response: ServerResponse, before: number) => void;

export const accept: Answer = (_request, response) => { response.writeHead(200).end('ok'); };
/** Takes the request and says nothing. */
export const silence: Answer = () => undefined;
export const status = (code: number, headers: Record<string, string> = {}, body = ''): Answer => (_request, response) => { response.writeHead(code, headers).end(body); };

export class HttpReceiver extends Receiver {
  readonly requests: Request[] = [];
  answer: Answer = accept;
  readonly #tls: TestCertificate | null;
  constructor(tls: TestCertificate | null = null) {
    super();
    this.#tls = tls;
  }
  get url(): string { return `${this.#tls === null ? 'http' : 'https'}://127.0.0.1:${this.port}/hook`; }
  protected override make(): Server {
    const take = (incoming: IncomingMessage, response: ServerResponse): void => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => { parts.push(part); });
      incoming.on('end', () => {
        const request = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(parts).toString('utf8') };
        this.requests.push(request);
        this.answer(request, response, this.requests.length - 1);
      });
    };
    return this.#tls === null ? createServer(take) : createTlsHttp(this.#tls, take);
  }
}

export class SyslogReceiver extends Receiver {
  readonly messages: ParsedSyslog[] = [];
  readonly broken: string[] = [];
  /** what is done with a new connection instead of reading it. */
  meets: ((socket: Socket) => void) | null = null;
  readonly #tls: TestCertificate | null;
  constructor(tls: TestCertificate | null = null) {
    super();
    this.#tls = tls;
  }
  protected override make(): Server {
    const take = (socket: Socket): void => {
      socket.on('error', () => undefined);
      if (this.meets !== null) return this.meets(socket);
      this.read(socket);
    };
    return this.#tls === null ? createTcp(take) : createTls(this.#tls, take);
  }
  read(socket: Socket): void {
    let kept: Buffer = Buffer.alloc(0);
    socket.on('data', (part: Buffer) => {
      try {
        const { frames, rest } = framesIn(Buffer.concat([kept, part]));
        kept = rest;
        this.messages.push(...frames.map(parseSyslog));
      } catch (error) {
        this.broken.push(String(error));
      }
    });
    socket.on('end', () => { if (kept.length > 0) this.broken.push(`cut off: ${kept.toString('utf8')}`); });
  }
}

export interface Mail { readonly from: string; readonly to: readonly string[]; readonly source: string; readonly secure: boolean; readonly user: string | null }

export class SmtpReceiver extends Receiver {
  readonly mails: Mail[] = [];
  readonly #options: SMTPServerOptions;
  /** an error for the message that was taken; null: none. */
  refuse: ((mail: Mail) => Error | null) | null = null;
  /** SMTP's own half-open: the message is taken and never answered. */
  hangs = false;
  constructor(options: SMTPServerOptions) {
    super();
    this.#options = options;
  }
  protected override make(): Server {
    const smtp = new SMTPServer({
      logger: false, disableReverseLookup: true, closeTimeout: 10, ...this.#options,
      onData: (stream, session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => { parts.push(part); });
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          const mail: Mail = { from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map((one) => one.address), source: Buffer.concat(parts).toString('utf8'), secure: session.secure, user: typeof session.user === 'string' ? session.user : null };
          if (this.hangs) return;
          const problem = this.refuse?.(mail) ?? null;
          if (problem === null) this.mails.push(mail);
          done(problem);
        });
      },
    });
    // Certificates that the client refuses, lines that break: the client's tests say so.
    smtp.on('error', () => undefined);
    return smtp.server;
  }
}

export const smtpError = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code });
