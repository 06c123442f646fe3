/** The fold works in short turns, at once where nothing else waits, and seldom while telemetry comes in. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { HintTopic } from '../../../shared/contract.ts';
import type { Folded } from './access-fold.ts';
import { AccessTurns } from './access-turns.ts';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

function turning(folded: () => Folded): { turns: AccessTurns; asked: number[]; told: HintTopic[][]; state: { busy: boolean; pauseMs: number } } {
  const asked: number[] = [];
  const told: HintTopic[][] = [];
  const state = { busy: false, pauseMs: 500 };
  const writer = { foldAccess: (_nowUs: number, mostMs: number): Folded => { asked.push(mostMs); return folded(); }, foldHourly: (): boolean => false };
  const turns = new AccessTurns({ writer, now: () => 0, busy: () => state.busy, pauseMs: () => state.pauseMs, tell: (topics) => told.push(topics) });
  return { turns, asked, told, state };
}

it('goes on at once while some are left, and tells what changed', () => {
  let left = 3;
  const { turns, asked, told } = turning(() => { left -= 1; return { changed: true, findings: left === 0, more: left > 0 }; });
  turns.soon();
  vi.advanceTimersByTime(10);
  expect(asked).toEqual([25, 25, 25]);
  expect(told).toEqual([['access', 'grants'], ['access', 'grants'], ['access', 'grants', 'status']]);
  turns.close();
});

it('takes a fiftieth of the time while telemetry comes in', () => {
  const { turns, asked, state } = turning(() => ({ changed: false, findings: false, more: true }));
  state.busy = true;
  vi.advanceTimersByTime(10_000);
  expect(new Set(asked)).toEqual(new Set([10]));
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.length).toBeLessThanOrEqual(20);
  turns.close();
  vi.advanceTimersByTime(10_000);
  expect(asked.length).toBeLessThanOrEqual(20);
});

it('takes less while the writer has no time to spare', () => {
  const { turns, asked, state } = turning(() => ({ changed: false, findings: false, more: true }));
  Object.assign(state, { busy: true, pauseMs: 1_500 });
  vi.advanceTimersByTime(12_000);
  expect(asked.length).toBeGreaterThanOrEqual(6);
  expect(asked.length).toBeLessThanOrEqual(8);
  turns.close();
});

it('tries again at the next tick when the file refused', () => {
  let fails = true;
  const { turns, asked } = turning(() => {
    if (fails) throw new Error('full');
    return { changed: false, findings: false, more: false };
  });
  vi.advanceTimersByTime(2_000);
  fails = false;
  vi.advanceTimersByTime(2_000);
  expect(asked).toEqual([25, 25]);
  turns.close();
});
