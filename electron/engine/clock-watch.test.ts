import { afterEach, describe, expect, it, vi } from 'vitest';
import { ClockWatch } from './clock-watch.ts';

function watch(): { slept: [number, number][]; jumped: number[]; pass: (wallMs: number, steadyMs: number) => void; close: () => void } {
  let wall = 1_000_000;
  let steady = 500;
  const slept: [number, number][] = [];
  const jumped: number[] = [];
  const watching = new ClockWatch({ slept: (from, to) => { slept.push([from, to]); }, jumped: (by) => { jumped.push(by); } }, { now: () => wall, steady: () => steady });
  return {
    slept, jumped, close: () => watching.close(),
    pass: (wallMs, steadyMs) => { wall += wallMs; steady += steadyMs; watching.check(); },
  };
}

afterEach(() => { vi.useRealTimers(); });

describe('ClockWatch', () => {
  it.each([
    ['a timer in time', 5_000, 5_000, 0, 0],
    ['a busy machine', 20_000, 20_000, 0, 0],
    ['a sleep, steady clock goes on (macOS, Windows)', 3_600_000, 3_600_000, 1, 0],
    ['a sleep, steady clock stands still (Linux)', 3_600_000, 5_000, 1, 0],
    ['a clock set back', -3_600_000, 5_000, 0, 1],
    ['a clock corrected by a few seconds', 9_000, 5_000, 0, 0],
  ])('%s', (_name, wallMs, steadyMs, slept, jumped) => {
    const seen = watch();
    seen.pass(5_000, 5_000);
    seen.pass(wallMs, steadyMs);
    expect(seen.slept).toHaveLength(slept);
    expect(seen.jumped).toHaveLength(jumped);
    seen.close();
  });

  it('names the time that was slept', () => {
    const seen = watch();
    seen.pass(600_000, 5_000);
    expect(seen.slept).toEqual([[1_000_000, 1_600_000]]);
    seen.close();
  });

  it('checks by itself', () => {
    vi.useFakeTimers();
    const slept: number[] = [];
    const watching = new ClockWatch({ slept: (from, to) => { slept.push(to - from); }, jumped: () => undefined });
    vi.setSystemTime(Date.now() + 7_200_000);
    vi.advanceTimersByTime(5_000);
    expect(slept).toHaveLength(1);
    watching.close();
  });
});
