/** When a failed delivery is tried again, and when no more. Pure. */
const firstMs = 5_000;
const longestMs = 15 * 60_000;
const jitter = 0.2;
/** A receiver that asks for more than the day that is tried would be the same as one that refuses. */
const longestAskedMs = 6 * 3_600_000;
const giveUpAfterUs = 24 * 3_600_000_000;

/** `failures`: with the one that just came. `random`: 0 to 1. */
export function waitMs(failures: number, retryAfterMs: number | null, random: number): number {
  const doubled = firstMs * 2 ** Math.min(Math.max(failures, 1) - 1, 20);
  // Jitter, so that what failed together does not come back together.
  const own = Math.min(longestMs, doubled) * (1 - jitter + 2 * jitter * random);
  return Math.round(Math.max(own, Math.min(retryAfterMs ?? 0, longestAskedMs)));
}

export interface Trying {
  readonly nowUs: number;
  readonly createdUs: number;
  /** when this delivery was first tried; null: just now. */
  readonly firstUs: number | null;
  /** since when the target takes nothing, as far as this engine knows. */
  readonly failingUs: number;
}

/**
 * After a day of trying. Behind a delivery that was tried for a day stand others as old: a target that has taken nothing for a day gets each of those once,
 * not each for a day of its own.
 */
export function isGivenUp({ nowUs, createdUs, firstUs, failingUs }: Trying): boolean {
  if (nowUs - (firstUs ?? nowUs) >= giveUpAfterUs) return true;
  return nowUs - failingUs >= giveUpAfterUs && nowUs - createdUs >= giveUpAfterUs;
}
