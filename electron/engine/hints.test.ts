import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HintTopic } from '../../shared/contract.ts';
import { Hints } from './hints.ts';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe('Hints', () => {
  it('says the first change at once and then at most four a second', () => {
    const sent: HintTopic[][] = [];
    const hints = new Hints((topics) => { sent.push(topics); });
    hints.add(['activity']);
    expect(sent).toEqual([['activity']]);
    for (let step = 0; step < 100; step += 1) {
      hints.add(['activity', 'cost']);
      vi.advanceTimersByTime(10);
    }
    expect(sent.length).toBeGreaterThanOrEqual(4);
    expect(sent.length).toBeLessThanOrEqual(5);
    expect(sent[1]).toEqual(['activity', 'cost']);
    vi.advanceTimersByTime(1_000);
    const quiet = sent.length;
    vi.advanceTimersByTime(10_000);
    expect(sent).toHaveLength(quiet);
    hints.close();
  });
});
