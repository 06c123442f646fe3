/** What the kill switch does by the clock: drills that are due, and the question whether our stop credentials would still be let in. */
import type { Log } from '../ports.ts';
import type { DrillFact } from '../store/stop-commands.ts';

export interface StopClockParts {
  readonly due: (nowUs: number) => Promise<readonly DrillFact[]>;
  /** Fires one drill; rejects in words where it cannot. */
  readonly drill: (drill: DrillFact) => Promise<unknown>;
  readonly setNext: (agent: number, nextUs: number) => Promise<unknown>;
  /** Reads only. */
  readonly checkRights: () => Promise<unknown>;
  readonly log: Log;
  readonly now: () => number;
  /** what really passed, wherever the clock is set: drills are due at a time of day, the check is not. For tests. */
  readonly passedMs?: () => number;
}

const lookEveryMs = 60_000;
const rightsEveryMs = 6 * 3_600_000;
/** The runtimes were found by then. */
const firstRightsMs = 30_000;
const hourUs = 3_600_000_000;

export class StopClock {
  readonly #parts: StopClockParts;
  #timer: NodeJS.Timeout | null = null;
  readonly #passedMs: () => number;
  #rightsAtMs: number;
  #working: Promise<void> = Promise.resolve();

  constructor(parts: StopClockParts) {
    this.#parts = parts;
    this.#passedMs = parts.passedMs ?? (() => performance.now());
    this.#rightsAtMs = this.#passedMs() + firstRightsMs;
  }

  start(): void {
    this.#timer = setInterval(() => { this.#working = this.#working.then(() => this.tick()); }, lookEveryMs / 2);
  }

  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#working;
  }

  async tick(): Promise<void> {
    await this.#drills().catch((error: unknown) => this.#parts.log.error('drills could not be looked up', error));
    if (this.#passedMs() < this.#rightsAtMs) return;
    this.#rightsAtMs = this.#passedMs() + rightsEveryMs;
    await this.#parts.checkRights().catch((error: unknown) => this.#parts.log.error('the rights to stop could not be checked', error));
  }

  async #drills(): Promise<void> {
    for (const drill of await this.#parts.due(this.#parts.now() * 1_000)) {
      if (drill.everyHours === null) continue;
      // The next time first: a drill that cannot be fired must not be tried every half minute. One that fell into time without an engine is made up for once.
      await this.#parts.setNext(drill.agent, this.#parts.now() * 1_000 + drill.everyHours * hourUs);
      await this.#parts.drill(drill).catch((error: unknown) => this.#parts.log.warn('a drill could not be fired', { agent: drill.publicId, why: error instanceof Error ? error.message : String(error) }));
    }
  }
}
