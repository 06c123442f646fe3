/**
 * The engine's line to the program that started it. As a utility process it gets real message ports; as a child of a plain
 * Node the shell relays what is said on them. This class hides which.
 */
import { shellMessage } from '../../shared/engine-process.ts';
import type { EngineProcessMessage, ShellMessage, Speaker } from '../../shared/engine-process.ts';
import type { EngineMessage } from '../../shared/contract.ts';
import type { ClientPort } from './ports.ts';

/** What Electron adds to `process` in a utility process; written down here because the engine never imports electron. */
interface ElectronPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown; readonly ports?: readonly ElectronPort[] }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start?(): void;
  close?(): void;
}

export interface ParentEvents {
  readonly attach: (port: ClientPort, actor: Speaker) => void;
  readonly shutdown: () => void;
  readonly vault: (reply: Extract<ShellMessage, { t: 'vault' }>) => void;
  readonly alert: (reply: Extract<ShellMessage, { t: 'alert' }>) => void;
}

export interface ParentLine {
  send(message: EngineProcessMessage): void;
}

/** Null: started by nobody who speaks (a person's shell). */
export function openParentLine(events: ParentEvents): ParentLine | null {
  const electronPort = (process as { parentPort?: ElectronPort | null }).parentPort;
  if (electronPort) return new UtilityParent(electronPort, events);
  return process.send ? new ForkParent(events) : null;
}

/** A port whose far end is somewhere else: it hears what is passed to `hear`. */
class RelayedPort implements ClientPort {
  readonly #post: (message: EngineMessage) => void;
  readonly #done: () => void;
  #listener: (message: unknown) => void = () => undefined;
  #closed: (() => void) | null = null;

  constructor(post: (message: EngineMessage) => void, done: () => void) {
    this.#post = post;
    this.#done = done;
  }

  hear(message: unknown): void { this.#listener(message); }
  ended(): void {
    this.#closed?.();
    this.#closed = null;
  }

  post(message: EngineMessage): void { this.#post(message); }
  onMessage(listener: (message: unknown) => void): void { this.#listener = listener; }
  onClose(listener: () => void): void { this.#closed = listener; }
  close(): void { this.#done(); }
}

class UtilityParent implements ParentLine {
  readonly #parent: ElectronPort;
  readonly #ports = new Map<number, RelayedPort>();

  constructor(parent: ElectronPort, events: ParentEvents) {
    this.#parent = parent;
    parent.on('message', (event) => {
      const read = shellMessage.safeParse(event.data);
      if (!read.success) return;
      if (read.data.t === 'attach') this.#attach(read.data.port, read.data.actor, event.ports?.[0], events);
      if (read.data.t === 'detach') this.#drop(read.data.port);
      if (read.data.t === 'shutdown') events.shutdown();
      if (read.data.t === 'vault') events.vault(read.data);
      if (read.data.t === 'alert') events.alert(read.data);
    });
  }

  send(message: EngineProcessMessage): void { this.#parent.postMessage(message); }

  #attach(number: number, actor: Speaker, end: ElectronPort | undefined, events: ParentEvents): void {
    if (!end) return;
    const port = new RelayedPort((message) => end.postMessage(message), () => end.close?.());
    this.#ports.set(number, port);
    end.on('message', (event) => port.hear(event.data));
    end.on('close', () => this.#drop(number));
    events.attach(port, actor);
    end.start?.();
  }

  #drop(number: number): void {
    const port = this.#ports.get(number);
    this.#ports.delete(number);
    port?.close();
    port?.ended();
  }
}

class ForkParent implements ParentLine {
  readonly #ports = new Map<number, RelayedPort>();

  constructor(events: ParentEvents) {
    process.on('message', (raw) => {
      const read = shellMessage.safeParse(raw);
      if (!read.success) return;
      const message = read.data;
      switch (message.t) {
        case 'attach': return this.#attach(message.port, message.actor, events);
        case 'detach': return this.#drop(message.port);
        case 'data': return this.#ports.get(message.port)?.hear(message.data);
        case 'shutdown': return events.shutdown();
        case 'vault': return events.vault(message);
        case 'alert': return events.alert(message);
      }
    });
    // The shell is gone, however it went: an engine without a window that nobody asked for must not stay behind.
    process.once('disconnect', () => events.shutdown());
  }

  send(message: EngineProcessMessage): void {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  }

  #attach(number: number, actor: Speaker, events: ParentEvents): void {
    const port = new RelayedPort((message) => this.send({ t: 'data', port: number, data: message }), () => this.#drop(number));
    this.#ports.set(number, port);
    events.attach(port, actor);
  }

  #drop(number: number): void {
    const port = this.#ports.get(number);
    this.#ports.delete(number);
    port?.ended();
  }
}
