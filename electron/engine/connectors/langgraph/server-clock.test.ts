import { describe, expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';

const begin = Date.UTC(2026, 10, 23, 12);
/** An answer as a server whose clock is so far ahead dates it, `tookMs` after it was asked. */
function hear(clock: ServerClock, aheadMs: number, atMs: number, tookMs = 4): void {
  clock.heard(new Date(Math.floor((begin + atMs + tookMs / 2 + aheadMs) / 1_000) * 1_000).toUTCString(), begin + atMs, begin + atMs + tookMs);
}

describe('the clock of a server', () => {
  it.each([-7_200_000, -4_321, 3_700, 86_400_000])('is found out to some milliseconds from whole seconds, %d ms off', (ahead) => {
    const clock = new ServerClock();
    for (let at = 0; at < 60_000; at += 487) hear(clock, ahead, at);
    expect(Math.abs(clock.aheadMs - ahead)).toBeLessThan(300);
    expect(clock.theirs(clock.ours(5_000_000))).toBe(5_000_000);
  });

  it.each([-900, 0, 40, 1_100])('counts as ours when it is only a little off, %d ms', (ahead) => {
    const clock = new ServerClock();
    for (let at = 0; at < 60_000; at += 487) hear(clock, ahead, at);
    expect(clock.aheadMs).toBe(0);
    expect(clock.ours(17)).toBe(17);
  });

  it('gives the same moment the same time while nothing speaks against it', () => {
    const clock = new ServerClock();
    hear(clock, 10_000, 0);
    const first = clock.ours(1_000_000_000);
    const seen = new Set<number>();
    for (let at = 0; at < 20_000; at += 331) {
      hear(clock, 10_000, at);
      seen.add(clock.ours(1_000_000_000));
    }
    expect(Math.abs(first - ([...seen].at(-1) ?? 0)) / 1_000).toBeLessThan(1_000);
    expect(seen.size).toBeLessThanOrEqual(3);
  });

  it('follows a clock that was set, and takes nothing from slow or senseless answers', () => {
    const clock = new ServerClock();
    for (let at = 0; at < 10_000; at += 300) hear(clock, 60_000, at);
    for (let at = 10_000; at < 20_000; at += 300) hear(clock, 0, at);
    expect(clock.aheadMs).toBe(0);
    hear(clock, 500_000, 21_000, 1_500);
    clock.heard('soon', begin, begin + 1);
    clock.heard(null, begin, begin + 1);
    clock.heard(new Date(begin).toUTCString(), begin + 5, begin);
    expect(clock.aheadMs).toBe(0);
  });
});
