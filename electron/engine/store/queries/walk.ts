/** Walks along an index in pages: rows that no filter wants are read in a few narrow columns, and not further than needed. */
import type { Keyset } from './reading.ts';

export interface Steps<T> {
  readonly from: Keyset;
  /** Rows of the first page: small, since many lists fill from it; later ones grow. */
  readonly first: number;
  readonly most: number;
  readonly read: (before: Keyset, rows: number) => T[];
  readonly at: (row: T) => Keyset;
}

/** At most `most` rows, newest first. */
export function* walk<T>({ from, first, most, read, at }: Steps<T>): Generator<T> {
  let before = from;
  for (let left = most, size = first; left > 0; size *= 2) {
    const asked = Math.min(left, size);
    const rows = read(before, asked);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < asked) return;
    before = at(last);
    left -= asked;
  }
}
