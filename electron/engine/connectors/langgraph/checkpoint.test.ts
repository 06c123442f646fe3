import { expect, it } from 'vitest';
import { firstCheckpoint, parseCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { ThreadMark } from './checkpoint.ts';

const mark = (index: number, open = 0): ThreadMark => ({
  id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`, updatedUs: index, head: '1f1e6e33-424a-6ee0-8005-1bc69e6f1bde', waits: [],
  open: Array.from({ length: open }, (_, run) => ({ run: `00000000-0000-4000-9000-${String(run).padStart(12, '0')}`, assistant: 'df666fc9-2b18-5e3c-894a-fc51102f49e5', startUs: 1 })),
});

it('comes back as it was written', () => {
  const state = { v: 1, sinceUs: 5, backfill: { offset: 25, untilUs: 4 } } as const;
  expect(parseCheckpoint(writeCheckpoint(state, [mark(1), mark(2, 1)]))).toEqual({ ...state, threads: [mark(2, 1), mark(1)] });
});

it('keeps what is open before all else, and never grows beyond its bound', () => {
  const text = writeCheckpoint({ v: 1, sinceUs: 5, backfill: null }, [mark(3, 1), ...Array.from({ length: 5_000 }, (_, index) => mark(index + 10))]);
  expect(text.length).toBeLessThan(250_000);
  const { threads } = parseCheckpoint(text);
  expect(threads[0]).toEqual(mark(3, 1));
  expect(threads[1]?.updatedUs).toBe(5_009);
  const flood = writeCheckpoint({ v: 1, sinceUs: 5, backfill: null }, Array.from({ length: 300 }, (_, index) => mark(index, 200)));
  expect(flood.length).toBeLessThan(250_000);
});

it.each([null, '', '{', '{"v":2}', '[]', '{"v":1,"sinceUs":"x","backfill":null,"threads":[]}'])('begins anew with %j', (text) => {
  expect(parseCheckpoint(text)).toEqual(firstCheckpoint);
});
