/**
 * OTLP over HTTP on loopback. Takes bodies in, hands them to the writer and acknowledges them only after they are committed; every
 * body that is not taken is answered with a reason and counted.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { z } from 'zod';
import type { receiverStatus } from '../../../shared/contract.ts';
import type { SampleTicket, SenderWatch } from '../processes/process-ports.ts';
import { compressionOf, connectionOf, encodingOf, isBrowser, isLoopbackHost, signalOf, tokenOf } from './door.ts';
import type { KnownConnection, LookUp } from './door.ts';
import { listen } from './listen.ts';
import { exportAnswer, statusAnswer } from './otlp-answers.ts';
import type { Answer, Encoding } from './otlp-answers.ts';
import { BodyRefused, InFlight, receiveBody } from './receive-body.ts';
import type { BodyRefusal, ReceivedBody } from './receive-body.ts';
import { StrangerFinder } from './stranger.ts';
import type { SenderProcess } from './stranger.ts';
import type { BodyJob, BodyResult, Signal } from './writer-messages.ts';

export type { KnownConnection, LookUp } from './door.ts';
export type ReceiverStatus = z.infer<typeof receiverStatus>;
type WithoutN<T> = T extends unknown ? Omit<T, 'n'> : never;
/** `body` owns its ArrayBuffer: it may be transferred. */
export type SubmittedBody = Omit<BodyJob, 'n'>;
export type SubmitResult = WithoutN<BodyResult>;

/** Everything that must be counted: nothing is turned away in silence. */
export type ReceiverEvent =
  /** a body that was committed. */
  | { readonly t: 'received'; readonly connection: number; readonly signal: Signal; readonly bytes: number }
  /** a body of a known connection that was turned away. `sample`: what exactly was wrong, when that says more. */
  | { readonly t: 'refused'; readonly connection: number; readonly signal: Signal; readonly reason: string; readonly sample: string | null }
  /** somebody without a valid token, or a browser. */
  | { readonly t: 'stranger'; readonly process: SenderProcess | null; readonly path: string; readonly reason: string };

export interface ReceiverOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly lookUp: LookUp;
  /** Resolves after the commit. A rejection is answered as unavailable. */
  readonly submit: (body: SubmittedBody) => Promise<SubmitResult>;
  readonly count: (event: ReceiverEvent) => void;
  readonly limits?: Partial<ReceiverLimits>;
  readonly strangers?: Pick<StrangerFinder, 'find'>;
  /** learns which processes of this machine send. */
  readonly senders?: SenderWatch;
  readonly nowUs?: () => number;
}

export interface ReceiverLimits {
  readonly bodyBytes: number;
  readonly inFlightBytes: number;
  readonly connections: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly idleMs: number;
  /** close() waits this long for requests in flight. */
  readonly closeMs: number;
}

export const receiverLimits: ReceiverLimits = {
  bodyBytes: 32 * 1024 * 1024,
  inFlightBytes: 256 * 1024 * 1024,
  connections: 512,
  headersMs: 10_000,
  requestMs: 60_000,
  idleMs: 65_000,
  closeMs: 5_000,
};

export interface Receiver {
  status(): ReceiverStatus;
  /** Finishes the requests in flight, then closes. */
  close(): Promise<void>;
}

/** google.rpc.Code */
const rpc = { invalid: 3, notFound: 5, denied: 7, exhausted: 8, unavailable: 14, unauthenticated: 16 } as const;

export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const limits = { ...receiverLimits, ...options.limits };
  const server = createServer({
    // SECURITY: slow or endless heads and bodies are cut off, and heads are small.
    headersTimeout: limits.headersMs, requestTimeout: limits.requestMs, keepAliveTimeout: limits.idleMs, connectionsCheckingInterval: Math.min(2_000, limits.headersMs),
    maxHeaderSize: 16 * 1024, requireHostHeader: false, noDelay: true,
  });
  server.maxConnections = limits.connections;
  const desk = new Desk(options, limits, server);
  server.on('request', (request, response) => void desk.serve(request, response));
  server.on('clientError', (error, socket) => desk.notHttp(error, socket as Socket));
  const status = await listen(server, options.host, options.port);
  return { status: () => (desk.closing ? { ...status, state: 'off', port: null, message: null } : status), close: () => desk.close() };
}

class Desk {
  closing = false;
  private readonly options: ReceiverOptions;
  private readonly limits: ReceiverLimits;
  private readonly server: Server;
  private readonly inFlight: InFlight;
  private readonly strangers: Pick<StrangerFinder, 'find'>;
  /** per socket: who is there; asked once. */
  private readonly senders = new WeakMap<Socket, Promise<SenderProcess | null>>();

  constructor(options: ReceiverOptions, limits: ReceiverLimits, server: Server) {
    this.options = options;
    this.limits = limits;
    this.server = server;
    this.inFlight = new InFlight(limits.inFlightBytes);
    this.strangers = options.strangers ?? new StrangerFinder();
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A sender that hangs up in the middle is no event of ours: its body is not acknowledged and comes again.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    if (this.closing) response.shouldKeepAlive = false;
    try {
      await this.admit(request, response);
    } catch (error) {
      if (!(error instanceof BodyRefused)) throw error;
      // An aborted request has nobody left to answer.
      if (error.kind !== 'aborted') response.destroy();
    }
  }

  private async admit(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers } = request;
    const encoding = encodingOf(headers['content-type']);
    const turnAway = (status: number, code: number, message: string, extra?: Readonly<Record<string, string>>): Promise<void> =>
      answer(request, response, status, statusAnswer(encoding, code, message), extra);

    if (!isLoopbackHost(headers.host)) {
      await this.stranger(request, 'the Host header is not a name of this machine');
      return turnAway(403, rpc.denied, 'Only requests to 127.0.0.1, [::1] or localhost are answered.');
    }
    if (isBrowser(headers) || request.method === 'OPTIONS') {
      await this.stranger(request, 'sent by a web page');
      return turnAway(403, rpc.denied, 'Web pages may not send here.');
    }
    const signal = signalOf(request.url);
    if (signal === undefined) return answer(request, response, 404, statusAnswer(undefined, rpc.notFound, 'Gatehouse receives OpenTelemetry at /v1/traces, /v1/logs and /v1/metrics.'));
    if (request.method !== 'POST') return answer(request, response, 405, statusAnswer(undefined, rpc.invalid, 'Use POST.'), { allow: 'POST' });
    const known = connectionOf(tokenOf(headers), this.options.lookUp);
    if (known === undefined) {
      await this.stranger(request, tokenOf(headers) === undefined ? 'no token' : 'unknown token');
      return turnAway(401, rpc.unauthenticated, 'A connection token is needed: Authorization: Bearer <token>, or x-gatehouse-token.', { 'www-authenticate': 'Bearer realm="gatehouse"' });
    }
    const refuse = (status: number, code: number, reason: string, message: string, extra?: Readonly<Record<string, string>>): Promise<void> => {
      this.options.count({ t: 'refused', connection: known.connection, signal, reason, sample: message });
      return turnAway(status, code, message, extra);
    };
    if (!known.enabled) return refuse(401, rpc.unauthenticated, 'connection is switched off', 'This connection is switched off in Gatehouse.', { 'www-authenticate': 'Bearer realm="gatehouse", error="invalid_token"' });
    if (encoding === undefined) return refuse(415, rpc.invalid, 'unknown content type', 'Content-Type must be application/x-protobuf or application/json (UTF-8).');
    const compression = compressionOf(headers['content-encoding']);
    if (compression === undefined) return refuse(415, rpc.invalid, 'unknown compression', 'Content-Encoding must be gzip or absent.', { 'accept-encoding': 'gzip' });
    return this.take({ request, response, known, signal, encoding, isGzip: compression === 'gzip' }, refuse);
  }

  private async take(post: Post, refuse: Refuse): Promise<void> {
    let body: ReceivedBody;
    try {
      body = await receiveBody(post.request, this.limits.bodyBytes, post.isGzip, this.inFlight);
    } catch (error) {
      if (!(error instanceof BodyRefused) || error.kind === 'aborted') throw error;
      return this.refuseBody(error.kind, refuse);
    }
    try {
      await this.commit(post, body, refuse);
    } finally {
      this.inFlight.give(body.held);
    }
  }

  private refuseBody(kind: Exclude<BodyRefusal, 'aborted'>, refuse: Refuse): Promise<void> {
    switch (kind) {
      case 'too_large': return refuse(413, rpc.exhausted, 'body is too large', `A body may have at most ${this.limits.bodyBytes} bytes, also after inflation.`);
      case 'bad_gzip': return refuse(400, rpc.invalid, 'malformed body', 'The body is not valid gzip.');
      case 'no_room': return refuse(503, rpc.unavailable, 'buffer is full', 'Too much is being received at this moment. Try again.', { 'retry-after': '1' });
    }
  }

  private async commit(post: Post, body: ReceivedBody, refuse: Refuse): Promise<void> {
    const { known, signal, encoding } = post;
    const receivedUs = this.options.nowUs?.() ?? Date.now() * 1000;
    // Points name no agent.
    const ticket = signal === 'metrics' ? null : this.options.senders?.body(post.request.socket, post.request.headers['user-agent'], known.connection, receivedUs / 1_000) ?? null;
    let result: SubmitResult;
    try {
      const job = { connection: known.connection, signal, encoding, content: known.content, body: body.bytes, receivedUs };
      result = await this.options.submit(ticket === null ? job : { ...job, sample: true });
    } catch {
      // The writer is away (it is restarted by its supervisor, who logs why): the sender keeps the body and comes again.
      result = { t: 'unavailable', reason: 'The history cannot be written at this moment. Try again.' };
    }
    // close() came meanwhile: a kept connection would hold it up.
    if (this.closing) post.response.shouldKeepAlive = false;
    if (result.t === 'malformed') return refuse(400, rpc.invalid, 'malformed body', result.reason);
    if (result.t === 'unavailable') return refuse(503, rpc.unavailable, 'buffer is full', result.reason, { 'retry-after': '2' });
    this.options.count({ t: 'received', connection: known.connection, signal, bytes: body.wireBytes });
    if (ticket !== null) await lookedAt(ticket);
    if (result.sample !== undefined) ticket?.told(result.sample);
    return answer(post.request, post.response, 200, exportAnswer(encoding, signal, result.refused, result.reason));
  }

  private async stranger(request: IncomingMessage, reason: string): Promise<void> {
    const { socket } = request;
    let sender = this.senders.get(socket);
    if (sender === undefined) {
      const { localPort, remotePort } = socket;
      sender = localPort === undefined || remotePort === undefined ? Promise.resolve(null) : this.strangers.find({ localPort, remotePort });
      this.senders.set(socket, sender);
    }
    // Before the answer: a short-lived sender is gone after it.
    const process = await Promise.race([sender, new Promise<null>((resolve) => setTimeout(resolve, 500, null).unref())]);
    this.options.count({ t: 'stranger', process, path: (request.url ?? '').slice(0, 200), reason });
  }

  notHttp(error: Error, socket: Socket): void {
    if (!socket.writable) return;
    const isSlow = 'code' in error && error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    this.options.count({ t: 'stranger', process: null, path: '', reason: isSlow ? 'a request took too long' : 'not HTTP' });
    socket.end(`HTTP/1.1 ${isSlow ? '408 Request Timeout' : '400 Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    if (!this.server.listening) return;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const last = setTimeout(() => this.server.closeAllConnections(), this.limits.closeMs);
    await closed;
    clearTimeout(last);
  }
}

/** Who sends one body and goes is gone with its answer. Only the first body of a socket waits. */
function lookedAt(ticket: SampleTicket): Promise<void> {
  return Promise.race([ticket.looked, new Promise<void>((resolve) => { setTimeout(resolve, mostWaitMs).unref(); })]);
}
const mostWaitMs = 250;

interface Post {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly known: KnownConnection;
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly isGzip: boolean;
}
type Refuse = (status: number, code: number, reason: string, message: string, extra?: Readonly<Record<string, string>>) => Promise<void>;

/** How long what is left of a refused body is read and thrown away, so that the sender can read the answer instead of a reset. */
const lingerMs = 1_000;
const drainedBytes = 1024 * 1024;

async function answer(request: IncomingMessage, response: ServerResponse, status: number, { contentType, body }: Answer, extra?: Readonly<Record<string, string>>): Promise<void> {
  if (response.destroyed) return;
  const isLeft = !request.complete;
  const isLong = isLeft && !(Number(request.headers['content-length'] ?? 0) <= drainedBytes && request.headers['transfer-encoding'] === undefined);
  if (isLong) response.shouldKeepAlive = false;
  response.writeHead(status, {
    'content-type': contentType, 'content-length': body.length, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', ...extra,
  });
  if (!isLong) {
    if (isLeft) request.resume();
    response.end(body);
    return;
  }
  response.flushHeaders();
  response.write(body);
  request.resume();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, lingerMs);
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.once('end', stop);
    request.once('close', stop);
  });
  response.end();
}
