/** Durations in buckets of a quarter octave: a percentile read from them is at most 19 % off. */
const perOctave = 4;

export function durationBucket(us: number): number {
  return us < 1 ? 0 : 1 + Math.floor(Math.log2(us) * perOctave);
}

/** The middle of a bucket, in milliseconds. */
export function bucketMs(bucket: number): number {
  return bucket <= 0 ? 0 : 2 ** ((bucket - 0.5) / perOctave) / 1000;
}

/** null: no durations known. `counts` by bucket; bucket -1 holds calls without a known duration. */
export function percentile(counts: ReadonlyMap<number, number>, share: number): number | null {
  const known = [...counts].filter(([bucket, count]) => bucket >= 0 && count > 0).sort((a, b) => a[0] - b[0]);
  const total = known.reduce((sum, [, count]) => sum + count, 0);
  let left = Math.ceil(total * share);
  for (const [bucket, count] of known) {
    left -= count;
    if (left <= 0) return bucketMs(bucket);
  }
  return null;
}
