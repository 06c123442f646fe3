/** Stops that are ordered side by side: of one agent one after the other, of all not more than a few, so that runtimes are not asked all at once. */

export class StopTurns {
  readonly #most: number;
  readonly #ofAgent = new Map<number, Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: number) { this.#most = most; }

  /** `work` never rejects. */
  run(head: number, work: () => Promise<void>): void {
    const turn = (this.#ofAgent.get(head) ?? Promise.resolve()).then(() => this.#inPlace(work));
    this.#ofAgent.set(head, turn);
    void turn.then(() => { if (this.#ofAgent.get(head) === turn) this.#ofAgent.delete(head); });
  }

  /** Resolves when nothing of them runs any more. */
  async settled(): Promise<void> {
    while (this.#ofAgent.size > 0) await Promise.all(this.#ofAgent.values());
  }

  async #inPlace(work: () => Promise<void>): Promise<void> {
    if (this.#running >= this.#most) await new Promise<void>((go) => { this.#waiting.push(go); });
    else this.#running += 1;
    try {
      await work();
    } finally {
      // The place goes on to the next one.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
