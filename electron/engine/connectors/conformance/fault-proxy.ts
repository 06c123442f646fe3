/** Stands before a real runtime on loopback, passes everything on and writes it down, until it is told to misbehave. */
import { createServer, request as ask } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Answer { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }

export interface Exchange {
  readonly request: Recorded;
  readonly res: ServerResponse;
  /** what the runtime says to it; streams that do not end are cut after a second. */
  forward(asked?: Recorded): Promise<Answer>;
  send(answer: Answer): void;
}

/** What the proxy does with a request instead of passing it on. */
export type Behaviour = (exchange: Exchange) => void | Promise<void>;

const streamMs = 1_000;

export class FaultProxy {
  readonly requests: Recorded[] = [];
  /** bytes that somebody took from us. */
  sentBytes = 0;
  behaviour: Behaviour | null = null;
  readonly #server: Server;
  #upstream: URL;
  #port = 0;

  private constructor(upstream: URL) {
    this.#upstream = upstream;
    // A connection that is closed in the instant in which it is used again would be a fault of ours, not a behaviour.
    this.#server = createServer({ keepAliveTimeout: 120_000 }, (req, res) => { void this.#serve(req, res).catch(() => res.destroy()); });
  }

  static async start(upstream: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(upstream));
    await proxy.listen();
    return proxy;
  }

  /** The runtime's address as it is seen through here. */
  get url(): string {
    return new URL(`${this.#upstream.pathname}${this.#upstream.search}`, this.origin).href;
  }

  get origin(): string { return `http://127.0.0.1:${this.#port}`; }

  /** The runtime came back elsewhere. */
  moveTo(upstream: string): void { this.#upstream = new URL(upstream); }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => this.#server.once('error', reject).listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Nothing listens any more; `listen` opens the same port again. */
  async unlisten(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const request: Recorded = { method: req.method ?? '', path: req.url ?? '', body: Buffer.concat(chunks).toString(), headers: req.headers };
    this.requests.push(request);
    const write = res.write.bind(res);
    res.write = ((chunk: string | Uint8Array, ...more: []) => { this.sentBytes += chunk.length; return write(chunk, ...more); }) as typeof res.write;
    const exchange: Exchange = {
      request, res,
      forward: (asked = request) => this.#forward(asked),
      send: ({ status, headers, body }) => {
        const { 'content-length': _length, 'transfer-encoding': _encoding, connection: _connection, ...kept } = headers;
        res.writeHead(status, kept);
        if (body !== '') res.write(body);
        res.end();
      },
    };
    if (this.behaviour) return this.behaviour(exchange);
    return this.#pipe(request, res);
  }

  /** Untouched, as it comes: streams too. */
  #pipe(request: Recorded, res: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const out = ask(new URL(request.path, this.#upstream), { method: request.method, headers: this.#headers(request), agent: false }, (answer) => {
        const { 'content-length': _length, ...headers } = answer.headers;
        res.writeHead(answer.statusCode ?? 502, headers);
        res.flushHeaders();
        answer.on('data', (chunk: Buffer) => res.write(this.#relabel(chunk.toString())));
        answer.once('end', () => { res.end(); resolve(); });
        answer.once('error', () => { res.destroy(); resolve(); });
      });
      out.once('error', () => { res.destroy(); resolve(); });
      res.once('close', () => { out.destroy(); resolve(); });
      out.end(request.body);
    });
  }

  #forward(request: Recorded): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const out = ask(new URL(request.path, this.#upstream), { method: request.method, headers: this.#headers(request), agent: false }, (answer) => {
        let body = '';
        const headers = Object.fromEntries(Object.entries(answer.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
        const done = (): void => resolve({ status: answer.statusCode ?? 502, headers, body: this.#relabel(body) });
        const stream = setTimeout(() => { done(); out.destroy(); }, streamMs);
        answer.on('data', (chunk: Buffer) => { body += chunk.toString(); });
        answer.once('end', () => { clearTimeout(stream); done(); });
        answer.once('error', () => { clearTimeout(stream); done(); });
      });
      out.once('error', reject);
      out.end(request.body);
    });
  }

  #headers(request: Recorded): Record<string, string | string[]> {
    const { host: _host, 'content-length': _length, 'accept-encoding': _encoding, connection: _connection, 'transfer-encoding': _transfer, ...kept } = request.headers;
    return { ...Object.fromEntries(Object.entries(kept).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))), 'content-length': String(Buffer.byteLength(request.body)) };
  }

  /** Runtimes write their own address into what they say (agent cards, metadata): it must lead back through here. */
  #relabel(text: string): string {
    return text.replaceAll(`127.0.0.1:${this.#upstream.port}`, `127.0.0.1:${this.#port}`).replaceAll(`localhost:${this.#upstream.port}`, `127.0.0.1:${this.#port}`);
  }
}
