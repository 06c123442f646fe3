/** Sees that time went on without us: a timer that comes half a minute late means that the machine slept or the clock jumped. */
import { systemClock } from './ports.ts';
import type { Clock } from './ports.ts';

const everyMs = 5_000;
const suspiciousMs = 30_000;

export interface ClockEvents {
  /** wall clock and steady clock agree that time passed: the machine slept. */
  readonly slept: (fromMs: number, toMs: number) => void;
  /** the wall clock alone moved, by so much (negative: back). */
  readonly jumped: (byMs: number) => void;
}

export interface SteadyClock extends Clock {
  /** milliseconds that only ever grow, and do not follow the wall clock. */
  steady(): number;
}

const realClock: SteadyClock = { now: () => systemClock.now(), steady: () => performance.now() };

export class ClockWatch {
  readonly #events: ClockEvents;
  readonly #clock: SteadyClock;
  readonly #timer: NodeJS.Timeout;
  #wall: number;
  #steady: number;

  constructor(events: ClockEvents, clock: SteadyClock = realClock) {
    this.#events = events;
    this.#clock = clock;
    this.#wall = clock.now();
    this.#steady = clock.steady();
    this.#timer = setInterval(() => this.check(), everyMs);
    this.#timer.unref();
  }

  close(): void { clearInterval(this.#timer); }

  /**
   * The steady clock of Linux stands still while the machine sleeps and that of other systems does not, so both views are
   * needed: a late timer by the steady clock is a sleep (or a process that was stopped); a wall clock that runs ahead
   * while the timer came in time is a sleep on Linux, or somebody set the clock; one that runs back was set.
   */
  check(): void {
    const wall = this.#clock.now();
    const steady = this.#clock.steady();
    const before = this.#wall;
    const late = steady - this.#steady - everyMs;
    const drift = wall - this.#wall - (steady - this.#steady);
    this.#wall = wall;
    this.#steady = steady;
    if (drift < -suspiciousMs) this.#events.jumped(drift);
    else if (late > suspiciousMs || drift > suspiciousMs) this.#events.slept(before, wall);
  }
}
