/** Ties the page to the engine: a fresh pair of ports for each load and each engine, bound to the person at this machine. */
import { MessageChannelMain } from 'electron';
import type { WebContents } from 'electron';
import type { Speaker } from '../../shared/engine-process.ts';
import type { EngineState } from '../../shared/page-api.ts';
import { channels } from '../../shared/page-channels.ts';
import type { EngineProcess } from './engine-process.ts';
import { nextPort } from './port-numbers.ts';

export class PageLink {
  readonly #contents: WebContents;
  readonly #engine: EngineProcess;
  /** null: the window is locked, and its page gets no port at all. */
  readonly #speaker: () => Speaker | null;
  #port: number | null = null;
  #greeted = false;

  constructor(contents: WebContents, engine: EngineProcess, speaker: () => Speaker | null) {
    this.#contents = contents;
    this.#engine = engine;
    this.#speaker = speaker;
    engine.onState((state) => this.#tell(state));
    contents.on('render-process-gone', () => this.#leave());
    contents.once('destroyed', () => this.#leave());
  }

  /**
   * The preload of a load is there. A port belongs to one load: the one before loses its port here, or when its document goes,
   * which closes its end. Navigation events were rejected as the sign: refused navigations and downloads have them too.
   */
  hello(): void {
    this.#leave();
    this.#greeted = true;
    this.#tell(this.#engine.state);
  }

  /** The page was let in, in this load. */
  get greeted(): boolean { return this.#greeted; }

  /** SECURITY: the page has no port any more, in this moment; the engine hears no more of what it says. */
  cut(): void { this.#leave(); }

  #leave(): void {
    this.#greeted = false;
    if (this.#port !== null) this.#engine.detach(this.#port);
    this.#port = null;
  }

  #tell(state: EngineState): void {
    if (!this.#greeted || this.#contents.isDestroyed()) return;
    if (state.state !== 'ready') {
      this.#port = null;
      this.#contents.postMessage(channels.engineState, state);
      return;
    }
    const speaker = this.#speaker();
    if (speaker === null) return;
    const { port1, port2 } = new MessageChannelMain();
    this.#port = nextPort();
    // SECURITY: who speaks, from where and whether only to read is bound here, and never said on the port.
    this.#engine.attach(this.#port, speaker, port1);
    // State and port in one message: the page hears `ready` only when it can speak.
    this.#contents.postMessage(channels.engineState, state, [port2]);
  }
}
