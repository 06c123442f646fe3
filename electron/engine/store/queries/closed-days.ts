/** Sums of days that are over, kept while their turn (`day_turn`) stands, which only late data ends; days since are read at each question. */
import type { Reading } from './reading.ts';

/** Days before `open` are over; what was read of them at one `n` is what the file says while it stands. */
export interface ClosedDays { readonly open: number; readonly n: number }

/** To be read before, or in one view with, what is kept. */
export function closedDays(reading: Reading): ClosedDays {
  // Nothing was ever taken in: nothing is over.
  return reading.sql<[], ClosedDays>('SELECT open, n FROM day_turn').get() ?? { open: 0, n: 0 };
}
