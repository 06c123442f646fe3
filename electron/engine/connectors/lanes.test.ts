import { describe, expect, it } from 'vitest';
import { inLanes } from './lanes.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

describe('lanes', () => {
  it('works on so many at a time and answers in order', async () => {
    let now = 0;
    let most = 0;
    const results = await inLanes([1, 2, 3, 4, 5, 6], 3, async (n) => {
      now += 1;
      most = Math.max(most, now);
      await wait(7 - n);
      now -= 1;
      return n * 2;
    });
    expect(results).toEqual([2, 4, 6, 8, 10, 12]);
    expect(most).toBe(3);
  });

  it('goes past what hangs, and waits for it at the end', async () => {
    const done: string[] = [];
    await inLanes(['hangs', 'a', 'b'], 1, async (name) => {
      await wait(name === 'hangs' ? 150 : 1);
      done.push(name);
    }, { freeAfterMs: 20 });
    expect(done).toEqual(['a', 'b', 'hangs']);
  });

  it('begins nothing after the time is up, and says what was not begun', async () => {
    let begun = 0;
    const results = await inLanes([1, 2, 3, 4], 1, (n) => { begun += 1; return Promise.resolve(n); }, { go: () => begun < 2 });
    expect(results).toEqual([1, 2, undefined, undefined]);
  });

  it('fails as the work does, also when that comes late', async () => {
    await expect(inLanes([1], 1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(inLanes([1, 2], 1, async (n) => { await wait(n === 1 ? 60 : 1); if (n === 1) throw new Error('late'); }, { freeAfterMs: 10 })).rejects.toThrow('late');
  });
});
