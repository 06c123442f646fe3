import { describe, expect, it } from 'vitest';
import { after, asking, failuresToOpen, hurried, localLongestMs, mostRetryAfterMs, startStanding, usualLongestMs } from './schedule.ts';
import type { FailureKind, Outcome, Standing } from './schedule.ts';

const pace = { pollEveryMs: 1_000, longestMs: usualLongestMs };
const good: Outcome = { t: 'good', more: false, tookMs: 0 };
const failed = (kind: FailureKind = 'unreachable', retryAfterMs: number | null = null): Outcome => ({ t: 'failed', kind, retryAfterMs });
const run = (outcomes: readonly Outcome[], random = 1, longestMs = usualLongestMs): Standing =>
  outcomes.reduce((standing, outcome) => after(asking(standing), outcome, { ...pace, longestMs }, { nowMs: 0, random }), startStanding(0));

describe('schedule', () => {
  it('asks at the interval while all is well, and at once while there is more', () => {
    expect(run([good])).toEqual({ circuit: 'closed', failures: 0, nextAtMs: 1_000 });
    expect(run([{ t: 'good', more: true, tookMs: 700 }]).nextAtMs).toBe(0);
  });

  it('keeps the interval from beginning to beginning, with a pause all the same', () => {
    expect([0, 300, 600, 5_000, -50].map((tookMs) => run([{ t: 'good', more: false, tookMs }]).nextAtMs)).toEqual([1_000, 700, 400, 400, 1_000]);
  });

  it('backs off exponentially up to the longest wait', () => {
    const waits = Array.from({ length: 12 }, (_, at) => run(Array.from({ length: at + 1 }, () => failed())).nextAtMs);
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000, 300_000]);
    expect(run(Array.from({ length: 2_000 }, () => failed())).nextAtMs).toBe(300_000);
  });

  it('waits less for a runtime on this machine', () => {
    expect(run(Array.from({ length: 9 }, () => failed()), 1, localLongestMs).nextAtMs).toBe(localLongestMs);
  });

  it('spreads over the whole span, but never comes back at once', () => {
    const five = Array.from({ length: 5 }, () => failed());
    expect(run(five, 0).nextAtMs).toBe(250);
    expect(run(five, 0.5).nextAtMs).toBe(8_000);
  });

  it('takes Retry-After as the least wait, also with no chance at all, and bounds it', () => {
    expect(run([failed('throttled', 30_000)], 0).nextAtMs).toBe(30_000);
    expect(run([failed('throttled', 30_000)], 1).nextAtMs).toBe(31_000);
    const many = Array.from({ length: 10 }, () => failed('throttled', 5_000));
    expect(run(many, 1).nextAtMs).toBe(300_000);
    expect(run(many, 0).nextAtMs).toBeGreaterThanOrEqual(5_000);
    expect(run([failed('throttled', 1e12)], 0).nextAtMs).toBe(mostRetryAfterMs);
  });

  it('opens after five failures, lets one probe through, closes when it goes well', () => {
    expect(run(Array.from({ length: failuresToOpen - 1 }, () => failed())).circuit).toBe('closed');
    const open = run(Array.from({ length: failuresToOpen }, () => failed()));
    expect(open.circuit).toBe('open');
    expect(asking(open).circuit).toBe('half_open');
    expect(after(asking(open), failed(), pace, { nowMs: 0, random: 1 }).circuit).toBe('open');
    expect(after(asking(open), good, pace, { nowMs: 0, random: 1 })).toEqual({ circuit: 'closed', failures: 0, nextAtMs: 1_000 });
  });

  it('asks slowly with a credential that was refused', () => {
    expect(run([failed('credential_refused')])).toEqual({ circuit: 'open', failures: 1, nextAtMs: 60_000 });
    expect(run([failed('credential_missing'), failed('credential_missing')]).nextAtMs).toBe(60_000);
  });

  it('can be hurried, never slowed by it', () => {
    const waiting = run([failed('throttled', 30_000)]);
    expect(hurried(waiting, 5_000).nextAtMs).toBe(5_000);
    expect(hurried(run([good]), 5_000).nextAtMs).toBe(1_000);
  });
});
