/** Keeps a connector's stream of rings open, and joins rings that come close together. */
import type { Clock, Log } from '../ports.ts';
import { RuntimeFault } from '../connectors/connector.ts';
import { pause } from '../connectors/pause.ts';

export interface WatcherParts {
  readonly watch: (ring: () => void, signal: AbortSignal) => Promise<void>;
  /** something is worth a poll now. */
  readonly ring: () => void;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** A busy runtime rings all the time; nobody reads faster than this. */
export const leastBetweenRingsMs = 250;
const longestWaitMs = 60_000;
/** A stream that held so long was a good one: its end is no failure. */
const goodStreamMs = 10_000;

export class Watcher {
  readonly #parts: WatcherParts;
  #started = false;
  #timer: NodeJS.Timeout | null = null;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(parts: WatcherParts) { this.#parts = parts; }

  /** Only once something could be read: a stream to a dead server is no use. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    void this.#keep();
  }

  /** The ring came in the middle of a poll: it may have missed what was rung for. */
  again(): void {
    if (this.#timer !== null || this.#parts.signal.aborted) return;
    this.#timer = setTimeout(() => this.#pass(), leastBetweenRingsMs);
    this.#timer.unref();
  }

  #heard(): void {
    if (this.#timer !== null || this.#parts.signal.aborted) return;
    const sinceMs = this.#parts.clock.now() - this.#lastMs;
    if (sinceMs >= leastBetweenRingsMs || sinceMs < 0) return this.#pass();
    this.#timer = setTimeout(() => this.#pass(), leastBetweenRingsMs - sinceMs);
    this.#timer.unref();
  }

  #pass(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#parts.signal.aborted) return;
    this.#lastMs = this.#parts.clock.now();
    this.#parts.ring();
  }

  async #keep(): Promise<void> {
    const { signal, clock, log, random } = this.#parts;
    for (let failures = 0; !signal.aborted;) {
      const beganMs = clock.now();
      try {
        await this.#parts.watch(() => this.#heard(), signal);
      } catch (error) {
        // Polls go on without the stream and tell what is wrong; a mistake of ours is for the log.
        if (!signal.aborted && !(error instanceof RuntimeFault) && !(error instanceof Error && error.name === 'AbortError')) log.error('a stream of a runtime failed', error);
      }
      failures = clock.now() - beganMs >= goodStreamMs ? 0 : failures + 1;
      await pause(Math.max(1_000, random() * Math.min(longestWaitMs, 1_000 * 2 ** Math.min(failures, 10))), signal);
    }
  }
}
