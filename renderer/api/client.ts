/** The typed way to the engine. This room is the only one that touches `window.gatehouse`. */
import { useSyncExternalStore } from 'react';
import type { CallError, HintTopic, Method, Params, Result, StreamItem, StreamName, StreamParams } from '../../shared/contract.ts';
import type { ReportSpec } from '../../shared/reports.ts';
import type { CertificateWish, DemoState, EngineState, Favours, MenuCommand, PageApi, SaveTextWish, ThemeChoice, Unsubscribe } from '../../shared/page-api.ts';

declare global {
  interface Window {
    readonly gatehouse: PageApi;
  }
}

/** What the engine answered instead of a result: a sentence for people, and an id that the log knows. */
export class CallFailed extends Error {
  readonly code: CallError['code'];
  readonly id: string;

  constructor(error: CallError) {
    super(error.message);
    this.name = 'CallFailed';
    this.code = error.code;
    this.id = error.id;
  }
}

let lastNumber = 0;
const nextNumber = (): number => (lastNumber += 1);

export async function call<M extends Method>(method: M, params: Params<M>, options: { signal?: AbortSignal } = {}): Promise<Result<M>> {
  const n = nextNumber();
  const cancel = (): void => window.gatehouse.cancel(n);
  options.signal?.addEventListener('abort', cancel, { once: true });
  try {
    const outcome = await window.gatehouse.call(n, method, params);
    if (!outcome.ok) throw new CallFailed(outcome.error);
    // The engine checked this answer against the contract before it left; the bridge only carries text.
    return JSON.parse(outcome.json) as Result<M>;
  } finally {
    options.signal?.removeEventListener('abort', cancel);
  }
}

export interface StreamHandle { credit: (credits: number) => void; close: () => void }

export function openStream<S extends StreamName>(
  name: S, params: StreamParams<S>, credits: number,
  on: { item: (item: StreamItem<S>) => void; end: (error: CallError | null) => void },
): StreamHandle {
  const n = nextNumber();
  window.gatehouse.openStream(n, name, params, credits, (json) => on.item(JSON.parse(json) as StreamItem<S>), on.end);
  return { credit: (more) => window.gatehouse.credit(n, more), close: () => window.gatehouse.closeStream(n) };
}

export const onHint = (listener: (topics: HintTopic[]) => void): Unsubscribe => window.gatehouse.onHint(listener);
export const onMenuCommand = (listener: (command: MenuCommand) => void): Unsubscribe => window.gatehouse.onMenuCommand(listener);

/** One subscription to the preload, shared by every reader. */
function watched<T>(start: (listener: (value: T) => void) => Unsubscribe, first: T): { get: () => T; subscribe: (listener: () => void) => Unsubscribe } {
  let value = first;
  let started = false;
  const listeners = new Set<() => void>();
  const begin = (): void => {
    if (started) return;
    started = true;
    start((next) => {
      value = next;
      for (const listener of listeners) listener();
    });
  };
  return {
    get: () => { begin(); return value; },
    subscribe: (listener) => {
      begin();
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const engine = watched<EngineState>((listener) => window.gatehouse.onEngineState(listener), { state: 'starting', text: 'The engine starts.', restarts: 0 });
const demo = watched<DemoState>((listener) => window.gatehouse.onDemoState(listener), { state: 'off', text: '' });

export const useEngineState = (): EngineState => useSyncExternalStore(engine.subscribe, engine.get);
export const useDemoState = (): DemoState => useSyncExternalStore(demo.subscribe, demo.get);
export const demoNow = (): DemoState => demo.get();
export const engineReady = (): boolean => engine.get().state === 'ready';

/** Called on each change with the state now and the one before. */
export function onEngineState(listener: (now: EngineState['state'], before: EngineState['state']) => void): Unsubscribe {
  let before = engine.get().state;
  return engine.subscribe(() => {
    const now = engine.get().state;
    if (now === before) return;
    const was = before;
    before = now;
    listener(now, was);
  });
}

/** Desktop favours, by name: restart the engine, open the data folder, copy, theme, demo fleet, certificates. */
export const favours: Favours = {
  copyText: async (text) => window.gatehouse.favours.copyText(text),
  setTheme: async (theme: ThemeChoice) => window.gatehouse.favours.setTheme(theme),
  openDataFolder: async () => window.gatehouse.favours.openDataFolder(),
  startDemo: async () => window.gatehouse.favours.startDemo(),
  stopDemo: async () => window.gatehouse.favours.stopDemo(),
  restartEngine: async () => window.gatehouse.favours.restartEngine(),
  saveCertificate: async (wish: CertificateWish) => window.gatehouse.favours.saveCertificate(wish),
  saveText: async (wish: SaveTextWish) => window.gatehouse.favours.saveText(wish),
  writeReport: async (spec: ReportSpec) => window.gatehouse.favours.writeReport(spec),
  openReport: async (jobId: string) => window.gatehouse.favours.openReport(jobId),
  saveVerifier: async () => window.gatehouse.favours.saveVerifier(),
};

export const versions = () => window.gatehouse.versions;
export const platform = () => window.gatehouse.platform;
