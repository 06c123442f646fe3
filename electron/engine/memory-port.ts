/** Two ends in one process: the command line asks an engine that it started for itself by the same messages as any other. */
import type { ClientMessage, EngineMessage, Method, Params, Result } from '../../shared/contract.ts';
import { CallFailure } from './call-failure.ts';
import { failureOf } from './control-client.ts';
import type { Caller } from './control-client.ts';
import type { ClientPort } from './ports.ts';

export class MemoryPort implements ClientPort {
  readonly #waiting = new Map<number, (message: EngineMessage | null) => void>();
  #listener: (message: unknown) => void = () => undefined;
  #closed: () => void = () => undefined;
  #n = 0;

  post(message: EngineMessage): void { if (message.t === 'ok' || message.t === 'err') this.#waiting.get(message.n)?.(message); }
  onMessage(listener: (message: unknown) => void): void { this.#listener = listener; }
  onClose(listener: () => void): void { this.#closed = listener; }
  close(): void {
    this.#closed();
    for (const answer of this.#waiting.values()) answer(null);
  }

  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    this.#n += 1;
    const n = this.#n;
    return new Promise((resolve, reject) => {
      this.#waiting.set(n, (message) => {
        this.#waiting.delete(n);
        // Checked against the contract before it was written as JSON.
        if (message?.t === 'ok') resolve(JSON.parse(message.json) as Result<M>);
        else reject(message?.t === 'err' ? failureOf(message.error) : new CallFailure('unavailable', 'The engine ended before it had answered.'));
      });
      const asked: ClientMessage = { t: 'call', n, method, params };
      this.#listener(asked);
    });
  }

  caller(end: () => Promise<void>): Caller {
    return { call: (method, params) => this.call(method, params), close: end };
  }
}
