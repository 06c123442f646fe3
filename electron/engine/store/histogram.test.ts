import { describe, expect, it } from 'vitest';
import { bucketMs, durationBucket, percentile } from './histogram.ts';

describe('histogram of durations', () => {
  it('tells a duration back to within a tenth', () => {
    for (const us of [1, 3, 999, 12_345, 1_000_000, 59_999_999, 86_400_000_000]) {
      const told = bucketMs(durationBucket(us)) * 1_000;
      expect(Math.abs(told - us) / us).toBeLessThan(0.1);
    }
    expect(bucketMs(durationBucket(0))).toBe(0);
  });

  it('reads percentiles, and says nothing where no duration is known', () => {
    const counts = new Map([[durationBucket(10_000), 90], [durationBucket(1_000_000), 10], [-1, 500]]);
    expect(percentile(counts, 0.5)).toBeCloseTo(10, -1);
    expect(percentile(counts, 0.95)).toBeGreaterThan(900);
    expect(percentile(new Map([[-1, 5]]), 0.5)).toBeNull();
    expect(percentile(new Map(), 0.95)).toBeNull();
  });
});
