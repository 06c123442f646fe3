/**
 * How often the turns of one order are told. A runtime that flaps turns an order every second, for as long as it is watched, and each line of
 * its record and of the audit log is kept. So the first turns are told one by one, then a few an hour; those between are counted, and the next
 * line tells how many there were and when. The state itself is always written, and the last one is told at the end in any case.
 */
const most = 20;
const anotherEveryUs = 30 * 60_000_000;

export interface Untold { readonly count: number; readonly fromUs: number; readonly toUs: number }

export class TurnBudget {
  #spare: number;
  #sinceUs: number | null = null;
  #untold: Untold | null = null;

  /** `told`: by an engine before this one. */
  constructor(told: number) {
    this.#spare = Math.max(0, most - told);
  }

  /** What was not told of before. */
  get untold(): Untold | null { return this.#untold; }

  mayTell(nowUs: number): boolean {
    this.#sinceUs ??= nowUs;
    const earned = Math.floor((nowUs - this.#sinceUs) / anotherEveryUs);
    this.#sinceUs += earned * anotherEveryUs;
    this.#spare = Math.min(most, this.#spare + earned);
    return this.#spare > 0;
  }

  told(): void {
    this.#spare = Math.max(0, this.#spare - 1);
    this.#untold = null;
  }

  kept(atUs: number): void {
    this.#untold = { count: (this.#untold?.count ?? 0) + 1, fromUs: this.#untold?.fromUs ?? atUs, toUs: atUs };
  }
}
