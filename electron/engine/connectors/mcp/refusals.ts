import type { Refused } from '../connector.ts';

/** Counts what could not be read, by reason. The number of reasons is ours, so it is small. */
export class Refusals {
  readonly #counts = new Map<string, { count: number; sample: string | null }>();

  add(reason: string, sample: string | null = null, count = 1): void {
    const known = this.#counts.get(reason);
    if (known) known.count += count;
    else this.#counts.set(reason, { count, sample: sample?.slice(0, 200).toWellFormed() ?? null });
  }

  list(): readonly Refused[] {
    return [...this.#counts].map(([reason, { count, sample }]) => ({ reason, count, sample }));
  }
}
