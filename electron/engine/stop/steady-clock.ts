/**
 * The clock of one order. Times are written as this machine's clock says them, but never go back: when somebody sets that clock back while an
 * order is open, its windows of silence and watch run on by the time that really passes, and its times stay in the order in which things happened.
 * Forward it follows at once: a machine that slept has lost that time, and it counts as not seen.
 */
import type { Clock } from '../ports.ts';

export interface OrderClock extends Clock {
  /** how far this machine's clock is behind, since it was set back: what programs of this machine tell from now on carries times that are so much too early. 0: it is not. */
  readonly behindMs: number;
}

/** Two clocks that are read one after the other never agree to the millisecond. */
const toleranceMs = 1_000;

export class SteadyClock implements OrderClock {
  readonly #clock: Clock;
  #nowMs: number;
  #passedMs: number;

  /** `fromMs`: the newest time that was written of the order, by an engine before this one maybe. */
  constructor(clock: Clock, fromMs = Number.NEGATIVE_INFINITY) {
    this.#clock = clock;
    this.#nowMs = Math.max(clock.now(), fromMs);
    this.#passedMs = performance.now();
  }

  now(): number {
    const passedMs = performance.now();
    this.#nowMs = Math.max(this.#clock.now(), this.#nowMs + (passedMs - this.#passedMs));
    this.#passedMs = passedMs;
    return this.#nowMs;
  }

  get behindMs(): number {
    const behindMs = this.now() - this.#clock.now();
    return behindMs > toleranceMs ? behindMs : 0;
  }
}
