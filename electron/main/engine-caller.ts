/** Main as a client of the engine, for the few things that a favour needs: adding the demo fleet's connections. */
import { MessageChannelMain } from 'electron';
import type { EngineMessage, Method, Params, Result } from '../../shared/contract.ts';
import type { Speaker } from '../../shared/engine-process.ts';
import type { EngineProcess } from './engine-process.ts';
import { nextPort } from './port-numbers.ts';

export interface EngineCaller {
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  close(): void;
}

const longestWaitMs = 30_000;
/** What is counted over a whole history for a report on paper. */
const longestCountMs = 10 * 60_000;

export function openCaller(engine: EngineProcess, name: string, bounds: Pick<Speaker, 'readOnly' | 'text'> = { readOnly: false, text: 'full' }): EngineCaller {
  const { port1, port2 } = new MessageChannelMain();
  const port = nextPort();
  const waiting = new Map<number, (message: EngineMessage) => void>();
  let n = 0;
  port2.on('message', (event) => {
    const message = event.data as EngineMessage;
    if (message.t === 'ok' || message.t === 'err') waiting.get(message.n)?.(message);
  });
  port2.start();
  // SECURITY: this port stays in main: only here can a person be asked in a native dialog where a file goes.
  engine.attach(port, { name, place: 'main', ...bounds }, port1);
  return {
    call: (method, params) => new Promise((resolve, reject) => {
      n += 1;
      const mine = n;
      const timer = setTimeout(() => settle(null), method === 'reports.document' || method === 'reports.preview' ? longestCountMs : longestWaitMs);
      const settle = (message: EngineMessage | null): void => {
        clearTimeout(timer);
        waiting.delete(mine);
        if (message?.t === 'ok') resolve(JSON.parse(message.json) as never);
        else reject(new Error(message?.t === 'err' ? message.error.message : 'The engine did not answer.'));
      };
      waiting.set(mine, settle);
      port2.postMessage({ t: 'call', n: mine, method, params });
    }),
    close: () => {
      engine.detach(port);
      port2.close();
    },
  };
}
