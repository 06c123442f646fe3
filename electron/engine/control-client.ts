/** Asks a running engine over its control socket. Used by the command line and by tests. */
import type { Socket } from 'node:net';
import type { CallError, ClientMessage, EngineMessage, Method, Params, Result } from '../../shared/contract.ts';
import { CallFailure } from './call-failure.ts';
import { connectTo } from './control-address.ts';
import { Lines, longestAnswer } from './line-port.ts';

export interface Caller {
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  close(): Promise<void>;
}

export const failureOf = (error: CallError): CallFailure => new CallFailure(error.code, `${error.message} (${error.id})`);

/** Null: no engine runs for this folder. */
export async function connectCaller(folder: string): Promise<Caller | null> {
  const socket = await connectTo(folder);
  return socket ? new SocketCaller(socket) : null;
}

class SocketCaller implements Caller {
  readonly #socket: Socket;
  readonly #lines = new Lines(longestAnswer);
  readonly #waiting = new Map<number, { resolve: (json: string) => void; reject: (error: Error) => void }>();
  #next = 1;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#failAll('The engine hung up before it had answered.'));
  }

  async call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    const n = this.#next++;
    const json = await new Promise<string>((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new CallFailure('unavailable', 'The engine has hung up.'));
      this.#waiting.set(n, { resolve, reject });
      const message: ClientMessage = { t: 'call', n, method, params };
      this.#socket.write(`${JSON.stringify(message)}\n`);
    });
    // The engine checked the answer against the contract before it sent it.
    return JSON.parse(json) as Result<M>;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) return resolve();
      this.#socket.once('close', () => resolve());
      this.#socket.end();
    });
  }

  #read(chunk: Buffer): void {
    const lines = this.#lines.push(chunk);
    if (!lines) {
      this.#socket.destroy();
      return;
    }
    // The socket lies in a folder of ours alone, so what answers is an engine of ours.
    for (const line of lines) if (line !== '') this.#receive(JSON.parse(line) as EngineMessage);
  }

  #receive(message: EngineMessage): void {
    if (message.t !== 'ok' && message.t !== 'err') return;
    const waiting = this.#waiting.get(message.n);
    this.#waiting.delete(message.n);
    if (message.t === 'ok') waiting?.resolve(message.json);
    else waiting?.reject(failureOf(message.error));
  }

  #failAll(text: string): void {
    for (const waiting of this.#waiting.values()) waiting.reject(new CallFailure('unavailable', text));
    this.#waiting.clear();
  }
}
