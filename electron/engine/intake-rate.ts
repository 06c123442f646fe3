/** New activities a second, from what the writer commits: one counter a second, the last ten kept. */
import { systemClock } from './ports.ts';
import type { Clock } from './ports.ts';

const seconds = 10;

export class IntakeRate {
  readonly #clock: Clock;
  readonly #counts = Array.from({ length: seconds }, () => 0);
  #second = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
    this.#second = this.#now();
  }

  add(activities: number): void {
    this.#forget();
    const slot = this.#second % seconds;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + activities;
  }

  perSecond(): number {
    this.#forget();
    return this.#counts.reduce((sum, count) => sum + count, 0) / seconds;
  }

  #now(): number { return Math.floor(this.#clock.now() / 1_000); }

  #forget(): void {
    const now = this.#now();
    // A clock that was set back starts the window anew.
    if (now < this.#second) this.#second = now - seconds;
    for (let second = Math.max(this.#second + 1, now - seconds + 1); second <= now; second += 1) this.#counts[second % seconds] = 0;
    this.#second = now;
  }
}
