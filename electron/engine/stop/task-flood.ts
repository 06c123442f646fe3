/** SECURITY: an agent that breaches in task after task would make an order for each: beyond a few in a minute the agent itself is stopped. */
import type { Clock } from '../ports.ts';

const floodMs = 60_000;
const mostKept = 5_000;
export const mostTasks = 10;

export class TaskFlood {
  readonly #clock: Clock;
  /** when tasks of an agent were stopped. */
  readonly #orderedMs = new Map<string, readonly number[]>();

  constructor(clock: Clock) { this.#clock = clock; }

  /** How many it are within a minute, this one among them. */
  count(key: string): number {
    const nowMs = this.#clock.now();
    const times = [...(this.#orderedMs.get(key) ?? []), nowMs].filter((ms) => nowMs - ms < floodMs);
    if (this.#orderedMs.size > mostKept) this.#orderedMs.clear();
    this.#orderedMs.set(key, times);
    return times.length;
  }
}
