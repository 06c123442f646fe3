/** Asks an engine over its control socket by the contract alone, as a program of somebody else's would: one JSON message a line. */
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClientMessage, EngineMessage, Method, Params, Result } from '../../shared/contract.ts';

export class ContractCaller {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { resolve: (json: string) => void; reject: (error: Error) => void }>();
  #next = 1;

  private constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => this.#hear(JSON.parse(line) as EngineMessage));
    socket.on('close', () => { for (const one of this.#waiting.values()) one.reject(new Error('the engine hung up')); });
  }

  static async open(folder: string): Promise<ContractCaller> {
    const socket = createConnection(join(folder, 'engine.sock'));
    await new Promise<void>((resolve, reject) => { socket.once('connect', resolve); socket.once('error', reject); });
    return new ContractCaller(socket);
  }

  async call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    const n = this.#next++;
    const message: ClientMessage = { t: 'call', n, method, params };
    const json = await new Promise<string>((resolve, reject) => {
      this.#waiting.set(n, { resolve, reject });
      this.#socket.write(`${JSON.stringify(message)}\n`);
    });
    return JSON.parse(json) as Result<M>;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) return resolve();
      this.#socket.once('close', () => resolve());
      this.#socket.end();
    });
  }

  #hear(message: EngineMessage): void {
    if (message.t !== 'ok' && message.t !== 'err') return;
    const waiting = this.#waiting.get(message.n);
    this.#waiting.delete(message.n);
    if (message.t === 'ok') waiting?.resolve(message.json);
    else waiting?.reject(new Error(`${message.error.code}: ${message.error.message}`));
  }
}
