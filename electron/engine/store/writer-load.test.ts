import { expect, it } from 'vitest';
import { WriterLoad } from './writer-load.ts';

/** `tookMs` of every `everyMs` for so long. */
function store(load: WriterLoad, from: number, ms: number, everyMs: number, tookMs: number): void {
  for (let at = from; at < from + ms; at += everyMs) load.stored(at, at + tookMs);
}

it('lets the turns come three times as far apart while storing takes most of the time, and no longer', () => {
  const load = new WriterLoad();
  expect(load.pauseMs).toBe(500);
  store(load, 0, 2_000, 20, 15);
  expect(load.pauseMs).toBe(1_500);
  store(load, 2_000, 2_000, 20, 5);
  expect(load.pauseMs).toBe(500);
});

it('takes one long transaction after a lull for no stream', () => {
  const load = new WriterLoad();
  store(load, 0, 200, 20, 15);
  load.stored(60_000, 60_400);
  load.stored(61_000, 61_010);
  expect(load.pauseMs).toBe(500);
});
