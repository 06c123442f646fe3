/** For the test of crashes: the kill switch on a real history, with a runtime that is a server of the test. Used by the test and by the process that is killed. */
import type { Lever } from '../../../shared/domain.ts';
import type { Connector } from '../connectors/connector.ts';
import { faultFrom } from '../connectors/faults.ts';
import type { LeverReply, Sight, StopPort, Survey } from '../connectors/stopping.ts';
import { EngineLog } from '../engine-log.ts';
import { ask } from '../history-port.ts';
import { systemClock } from '../ports.ts';
import type { CallContext } from '../ports.ts';
import { History } from '../store/history.ts';
import type { OrderFact } from '../store/stop-commands.ts';
import { openStopping } from './open-stop.ts';
import type { Stopping } from './open-stop.ts';

const lever = (id: string, more: Partial<Lever>): Lever => ({ id, level: 'cancel', kind: 'cut', title: id, reach: 'task', step: 'cut', undo: 'not_needed', undoText: '', repeatable: true, idleOnly: false, wanted: true, pulled: true, doesNotStop: [], ...more });
export const levers: Lever[] = [
  lever('crash.crons', { step: 'disarm', reach: 'agent', undo: 'exact' }), lever('crash.once', { step: 'refuse', reach: 'agent', undo: 'none', repeatable: false }), lever('crash.cut', {}),
  lever('crash.remove', { step: 'refuse', reach: 'agent', level: 'suspend', undo: 'none', idleOnly: true }),
];

export const ada: CallContext = { actor: { kind: 'desktop', name: 'ada', place: 'page', readOnly: false }, signal: new AbortController().signal };
export const facts = { product: 'Crash', version: '1', visibility: 'all', visibilityText: 'All.', capabilities: [], levers, findings: [] } as const;

async function call<T>(base: string, path: string, body: unknown, signal: AbortSignal): Promise<T> {
  try {
    const answer = await fetch(`${base}/${path}`, { method: 'POST', body: JSON.stringify(body), signal });
    return await answer.json() as T;
  } catch (error) {
    throw faultFrom(error);
  }
}

const portTo = (base: string): StopPort => ({
  survey: (target, signal) => call<Survey>(base, 'survey', { target }, signal),
  save: async (leverId, _target, signal) => (leverId === 'crash.crons' ? (await call<{ saved: string }>(base, `save/${leverId}`, {}, signal)).saved : null),
  pull: ({ leverId, target }, signal) => call<LeverReply>(base, `pull/${leverId}`, { target }, signal),
  undo: async (leverId, saved, signal) => (await call<{ text: string }>(base, `undo/${leverId}`, { saved }, signal)).text,
  look: (target, sinceUs, _pulled, signal) => call<Sight>(base, 'look', { target, sinceUs }, signal),
  rights: () => Promise.resolve([]),
});

export interface CrashHouse {
  readonly history: History;
  readonly stopping: Stopping;
  orders(): Promise<readonly OrderFact[]>;
  close(): Promise<void>;
}

export async function openCrashHouse(folder: string, base: string, onStep: (name: string) => void = () => undefined): Promise<CrashHouse> {
  const history = await History.open({ dataDir: folder, clock: systemClock });
  const life = new AbortController();
  const notHere = (): Promise<never> => Promise.reject(new Error('this test only stops'));
  const connector: Connector = { discover: notHere, collect: notHere, test: notHere, stop: portTo(base), close: () => Promise.resolve() };
  const stopping = openStopping({
    history, processes: null, alarms: { tell: () => Promise.resolve() }, log: new EngineLog(folder), version: '0', lasting: true, onStep,
    collectors: {
      onChange: () => () => undefined,
      openBeside: () => Promise.resolve({
        connector, declaration: { kind: 'langgraph', title: 'Crash', capabilities: [], levers, pollEveryMs: 1_000, discoverEveryMs: 1_000, auth: null }, mask: () => (value) => value, longestMs: 1_000, signal: life.signal,
        close: () => { life.abort(); return Promise.resolve(); },
      }),
    },
  });
  return {
    history, stopping, orders: () => ask(history, 'stopFacts', { ids: [1] }),
    close: async () => {
      await stopping.close();
      await history.close();
    },
  };
}
