/**
 * SECURITY: the only bridge between the page and the world. It holds the port and keeps books; it decides nothing, and it
 * hands out no Electron object: the page gets functions and text.
 */
import { contextBridge, ipcRenderer } from 'electron';
import type { CallError, ClientMessage, EngineMessage, HintTopic } from '../../shared/contract.ts';
import type { CallOutcome, CertificateWish, DemoState, EngineState, Favours, MenuCommand, PageApi, SaveTextWish, Unsubscribe } from '../../shared/page-api.ts';
import { guardChannel, guardStateChannel } from '../../shared/guard.ts';
import type { GuardAnswer, GuardApi, GuardName, GuardState } from '../../shared/guard.ts';
import { channels, favourChannel, mostCopiedCharacters, versionArgument } from '../../shared/page-channels.ts';
import type { FavourName } from '../../shared/page-channels.ts';

interface StreamEnds { readonly onItem: (json: string) => void; readonly onEnd: (error: CallError | null) => void }

const calls = new Map<number, (outcome: CallOutcome) => void>();
const openStreams = new Map<number, StreamEnds>();
let port: MessagePort | null = null;

const own = (code: CallError['code'], message: string): CallError => ({ code, message, id: 'shell' });
const away = (): CallError => own('unavailable', 'The engine is away. What it had accepted is kept; ask again when it is back.');

function say(message: ClientMessage): void { port?.postMessage(message); }

/** Everything that waits on a port that is gone has to hear so. */
function dropPort(): void {
  port?.close();
  port = null;
  for (const answer of calls.values()) answer({ ok: false, error: away() });
  calls.clear();
  const ended = [...openStreams.values()];
  openStreams.clear();
  for (const stream of ended) stream.onEnd(away());
}

function receive(message: EngineMessage): void {
  switch (message.t) {
    case 'ok': return settle(message.n, { ok: true, json: message.json });
    case 'err': return settle(message.n, { ok: false, error: message.error });
    case 'item': return openStreams.get(message.n)?.onItem(message.json);
    case 'end': return endStream(message.n, message.error ?? null);
    case 'hint': return hints.tell(message.topics);
  }
}

function settle(n: number, outcome: CallOutcome): void {
  calls.get(n)?.(outcome);
  calls.delete(n);
}

function endStream(n: number, error: CallError | null): void {
  const stream = openStreams.get(n);
  openStreams.delete(n);
  stream?.onEnd(error);
}

/** A list of listeners; those that come late hear the last value when there is one to hear. */
class Listeners<T> {
  readonly #all = new Set<(value: T) => void>();
  #last: T | undefined;
  constructor(first?: T) { this.#last = first; }

  add(listener: (value: T) => void, replay: boolean): Unsubscribe {
    this.#all.add(listener);
    if (replay && this.#last !== undefined) listener(this.#last);
    return () => { this.#all.delete(listener); };
  }

  tell(value: T): void {
    this.#last = value;
    for (const listener of this.#all) listener(value);
  }
}

const hints = new Listeners<HintTopic[]>();
const engineStates = new Listeners<EngineState>({ state: 'starting', text: 'The engine starts.', restarts: 0 });
const demoStates = new Listeners<DemoState>({ state: 'off', text: 'The demo fleet is off.' });
const menuCommands = new Listeners<MenuCommand>();

ipcRenderer.on(channels.engineState, (event, state: EngineState) => {
  const [next] = event.ports;
  if (next || state.state !== 'ready') dropPort();
  if (next) {
    port = next;
    port.onmessage = (message: MessageEvent<EngineMessage>) => receive(message.data);
  }
  engineStates.tell(state);
});
ipcRenderer.on(channels.demoState, (_event, state: DemoState) => demoStates.tell(state));
ipcRenderer.on(channels.menuCommand, (_event, command: MenuCommand) => menuCommands.tell(command));

const usableNumber = (n: unknown): n is number => typeof n === 'number' && Number.isSafeInteger(n) && n > 0;

function call(n: number, method: string, params: unknown): Promise<CallOutcome> {
  if (!usableNumber(n) || typeof method !== 'string' || calls.has(n)) return Promise.resolve({ ok: false, error: own('bad_request', 'A call needs a number of its own and a method.') });
  if (!port) return Promise.resolve({ ok: false, error: away() });
  return new Promise((resolve) => {
    calls.set(n, resolve);
    say({ t: 'call', n, method, params });
  });
}

function openStream(n: number, name: string, params: unknown, credits: number, onItem: StreamEnds['onItem'], onEnd: StreamEnds['onEnd']): void {
  if (!usableNumber(n) || typeof name !== 'string' || openStreams.has(n)) return onEnd(own('bad_request', 'A stream needs a number of its own and a name.'));
  if (!port) return onEnd(away());
  openStreams.set(n, { onItem, onEnd });
  say({ t: 'open', n, stream: name, params, credits });
}

async function favour(name: FavourName, argument?: string): Promise<void> {
  await ipcRenderer.invoke(favourChannel(name), argument);
}

async function saveCertificate(wish: CertificateWish): Promise<string | null> {
  const saved: unknown = await ipcRenderer.invoke(favourChannel('saveCertificate'), { orderId: String(wish.orderId), as: String(wish.as) });
  return typeof saved === 'string' ? saved : null;
}

async function saveText(wish: SaveTextWish): Promise<string | null> {
  if (typeof wish.text !== 'string' || wish.text.length > mostCopiedCharacters) throw new Error('Only text of at most 1,000,000 characters can be saved.');
  const saved: unknown = await ipcRenderer.invoke(favourChannel('saveText'), { name: String(wish.name), text: wish.text });
  return typeof saved === 'string' ? saved : null;
}

/** What a favour answers is a name or an identifier; anything else is nothing. */
async function asked(name: FavourName, argument?: unknown): Promise<string | null> {
  const answer: unknown = await ipcRenderer.invoke(favourChannel(name), argument);
  return typeof answer === 'string' ? answer : null;
}

const favours: Favours = {
  copyText: (text) => (typeof text === 'string' && text.length <= mostCopiedCharacters ? favour('copyText', text) : Promise.reject(new Error('Only text of at most 1,000,000 characters can be copied.'))),
  setTheme: (theme) => favour('setTheme', String(theme)),
  openDataFolder: () => favour('openDataFolder'),
  startDemo: () => favour('startDemo'),
  stopDemo: () => favour('stopDemo'),
  restartEngine: () => favour('restartEngine'),
  saveCertificate,
  saveText,
  writeReport: (spec) => asked('writeReport', spec),
  openReport: (jobId) => favour('openReport', String(jobId)),
  saveVerifier: () => asked('saveVerifier'),
};

const guardStates = new Listeners<GuardState | null>();
ipcRenderer.on(guardStateChannel, (_event, state: GuardState) => guardStates.tell(state));

async function askGuard(name: GuardName, argument?: unknown): Promise<GuardAnswer> {
  const answer: unknown = await ipcRenderer.invoke(guardChannel(name), argument);
  return answer as GuardAnswer;
}

const guard: GuardApi = {
  unlock: (passphrase) => askGuard('unlock', String(passphrase)),
  lockNow: () => askGuard('lockNow'),
  setLock: ({ current, passphrase, idleMinutes, atStart }) => askGuard('setLock', { current, passphrase, idleMinutes, atStart }),
  removeLock: (current) => askGuard('removeLock', String(current)),
  enterAuditor: (text) => askGuard('enterAuditor', String(text)),
  leaveAuditor: (passphrase) => askGuard('leaveAuditor', passphrase === null ? null : String(passphrase)),
  onState: (listener) => guardStates.add(listener, true),
};

const platform = process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux';
const version = process.argv.find((word) => word.startsWith(versionArgument))?.slice(versionArgument.length) ?? '';

const api: PageApi = {
  call,
  cancel: (n) => { if (usableNumber(n)) say({ t: 'cancel', n }); },
  openStream,
  credit: (n, credits) => { if (openStreams.has(n)) say({ t: 'credit', n, credits }); },
  closeStream: (n) => { if (openStreams.has(n)) say({ t: 'close', n }); },
  onHint: (listener) => hints.add(listener, false),
  onEngineState: (listener) => engineStates.add(listener, true),
  onDemoState: (listener) => demoStates.add(listener, true),
  onMenuCommand: (listener) => menuCommands.add(listener, false),
  favours,
  guard,
  platform,
  versions: { app: version, electron: process.versions['electron'] ?? '', chrome: process.versions['chrome'] ?? '', node: process.versions['node'] ?? '' },
};

contextBridge.exposeInMainWorld('gatehouse', api);
ipcRenderer.send(channels.hello);
