/**
 * A feed is rows with a few other things between them: gaps, and places where activities passed unseen. Only those few
 * are kept as a list; rows stay where they are, so that ten thousand of them cost nothing to place. Pure.
 */
/** `to`: Infinity while it lasts. */
export interface FeedGap { from: number; to: number; text: string }

export type FeedExtra =
  /** stands before the row with this index (newest first). */
  | { before: number; kind: 'gap'; id: string; text: string }
  | { before: number; kind: 'skipped'; id: string; count: number };

interface Timed { id: string; time: string }

/** First index whose row is older than `time`; rows are newest first, give or take late ones. */
function firstOlder(rows: readonly Timed[], time: number): number {
  const iso = new Date(time).toISOString();
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.time ?? '') >= iso) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `skipped`: by row id, how many passed between that row and the older one below it. */
export function placeExtras(rows: readonly Timed[], skipped: ReadonlyMap<string, number>, gaps: readonly FeedGap[]): FeedExtra[] {
  const extras: FeedExtra[] = [];
  if (skipped.size > 0) {
    rows.forEach((row, index) => {
      const count = skipped.get(row.id);
      if (count !== undefined) extras.push({ before: index + 1, kind: 'skipped', id: `skipped ${row.id}`, count });
    });
  }
  const oldest = rows.at(-1);
  for (const gap of gaps) {
    // A gap that ended before the oldest row here belongs to a part of the history that is not shown.
    if (oldest === undefined || gap.to < Date.parse(oldest.time)) continue;
    extras.push({ before: gap.to === Infinity ? 0 : firstOlder(rows, gap.to), kind: 'gap', id: `gap ${gap.from} ${gap.text}`, text: gap.text });
  }
  return extras.toSorted((a, b) => a.before - b.before);
}

/** What stands at a position of the feed: a row's index, or one of the extras. */
export function itemAt(extras: readonly FeedExtra[], position: number): { row: number } | { extra: FeedExtra } {
  for (let passed = 0; passed < extras.length; passed += 1) {
    const extra = extras[passed];
    if (extra === undefined || position < extra.before + passed) return { row: position - passed };
    if (position === extra.before + passed) return { extra };
  }
  return { row: position - extras.length };
}

/** Where in the feed a row stands. */
export const positionOf = (extras: readonly FeedExtra[], row: number): number => row + extras.filter((extra) => extra.before <= row).length;
