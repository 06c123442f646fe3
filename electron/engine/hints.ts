/** Collects what changed and says it at most four times a second: a busy agent must not make the page ask all the time. */
import type { HintTopic } from '../../shared/contract.ts';

export const hintEveryMs = 250;

export class Hints {
  readonly #send: (topics: HintTopic[]) => void;
  readonly #waiting = new Set<HintTopic>();
  #timer: NodeJS.Timeout | null = null;

  constructor(send: (topics: HintTopic[]) => void) { this.#send = send; }

  add(topics: readonly HintTopic[]): void {
    for (const topic of topics) this.#waiting.add(topic);
    // The first change after a quiet time is said at once, so that a single event does not wait.
    if (!this.#timer) this.#flush();
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  #flush(): void {
    this.#timer = null;
    if (this.#waiting.size === 0) return;
    const topics = [...this.#waiting];
    this.#waiting.clear();
    this.#timer = setTimeout(() => this.#flush(), hintEveryMs);
    this.#send(topics);
  }
}
