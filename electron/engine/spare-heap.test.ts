import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { keepHeapSmall, SpareHeap } from './spare-heap.ts';

const mb = 1024 * 1024;

class FakeHeap {
  held = 20 * mb;
  garbage = 0;
  can = true;
  collections = 0;
  readonly size = (): number => this.held + this.garbage;
  readonly collect = (): boolean => {
    if (!this.can) return false;
    this.collections += 1;
    this.garbage = 0;
    return true;
  };
}

describe('a heap that is kept small', () => {
  it('is collected when it has grown since the last time, not by what it holds', () => {
    const parts = new FakeHeap();
    const heap = new SpareHeap(6, parts);
    expect(heap.collectGrown()).toBe(true);
    parts.garbage = 5 * mb;
    expect(heap.collectGrown()).toBe(false);
    parts.garbage = 7 * mb;
    expect(heap.collectGrown()).toBe(true);
    expect(parts.size()).toBe(20 * mb);
    // What is in use now is no garbage: it is not looked for again and again.
    parts.held = 60 * mb;
    expect(heap.collectGrown()).toBe(true);
    expect(heap.collectGrown()).toBe(false);
    expect(parts.collections).toBe(3);
  });

  it('is tried again when it could not be collected', () => {
    const parts = new FakeHeap();
    const heap = new SpareHeap(6, parts);
    parts.can = false;
    expect(heap.collectGrown()).toBe(false);
    parts.can = true;
    expect(heap.collectGrown()).toBe(true);
  });

  it('gives back what nobody holds, by the collector itself', async () => {
    const dropped = new WeakRef({ text: 'x'.repeat(1_000) });
    const held = { text: 'y' };
    const kept = new WeakRef(held);
    // A weak reference holds what it names until the end of the turn that made it.
    await sleep(0);
    expect(new SpareHeap(1).collectGrown()).toBe(true);
    expect(dropped.deref()).toBeUndefined();
    expect(kept.deref()).toBe(held);
  });

  it('leaves no function behind that others could call', () => {
    new SpareHeap(1).collectGrown();
    expect(globalThis.gc).toBeUndefined();
  });
});

describe('a thread that lives as long as the engine', () => {
  afterEach(() => vi.restoreAllMocks());

  function looks(busy: number, garbageEach = 0, forMs = 10_000): FakeHeap {
    vi.useFakeTimers();
    vi.spyOn(performance, 'eventLoopUtilization').mockReturnValue({ idle: 1 - busy, active: busy, utilization: busy });
    const parts = new FakeHeap();
    keepHeapSmall(new SpareHeap(6, parts));
    const filling = setInterval(() => { parts.garbage += garbageEach; }, 1_000);
    vi.advanceTimersByTime(forMs);
    clearInterval(filling);
    vi.useRealTimers();
    return parts;
  }

  it('is collected while it has little to do', () => expect(looks(0.2).collections).toBe(1));
  it('is collected seldom, however fast it fills', () => expect(looks(0.2, 50 * mb, 61_000).collections).toBe(3));
  it('is left alone while it works', () => expect(looks(0.9).collections).toBe(0));
});
