import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StreamItem } from '../../shared/contract.ts';
import type { Activity } from '../../shared/domain.ts';
import type { CommitNote } from './ingest/writer-messages.ts';
import { IntakeRate } from './intake-rate.ts';
import { openLive } from './live.ts';
import type { LiveRead } from './live.ts';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

const row = (id: number): Activity => ({
  id: `a${id}`, time: '2026-11-22T00:00:00.000Z', endTime: null, agentId: 'g1', agentName: 'one', taskId: 't1', connectionId: 'c1', kind: 'tool_call', name: 'search',
  status: 'ok', durationMs: 1, usage: null, cost: null, model: null, error: null, parentId: null, source: 'test', failureId: null, authority: null, notes: [],
});

/** A history that only counts: every id exists and matches. */
function live(credits: number): { items: StreamItem<'live.activity'>[]; asks: LiveRead[]; commit: (from: number, to: number, updated?: number[]) => void; stream: ReturnType<typeof openLive>; failures: unknown[]; breakReader: () => void } {
  const items: StreamItem<'live.activity'>[] = [];
  const asks: LiveRead[] = [];
  const failures: unknown[] = [];
  let listener: ((note: CommitNote) => void) | null = null;
  let broken = false;
  const stream = openLive({
    commits: { onCommit: (listen) => { listener = listen; return () => { listener = null; }; } },
    read: (ask) => {
      asks.push(ask);
      if (broken) return Promise.reject(new Error('reader is gone'));
      const ids = [...new Set([...ask.ids, ...Array.from({ length: ask.upToId - ask.afterId }, (_, at) => ask.afterId + 1 + at)])].sort((a, b) => a - b);
      return Promise.resolve({ rows: ids.slice(-ask.limit).map(row), matched: ids.length });
    },
    perSecond: () => 12,
  }, {}, credits, { item: (item) => { items.push(item); }, fail: (error) => { failures.push(error); } });
  const commit = (from: number, to: number, updated: number[] = []): void => listener?.({ t: 'commit', firstActivityId: from, lastActivityId: to, inserted: to - from + 1, updatedIds: updated, topics: ['activity'] });
  return { items, asks, commit, stream, failures, breakReader: () => { broken = true; } };
}

describe('live.activity', () => {
  it('sends new and changed rows', async () => {
    const { items, commit } = live(100);
    commit(10, 11, [3]);
    await vi.advanceTimersByTimeAsync(1);
    expect(items).toHaveLength(1);
    expect(items[0]?.rows.map((one) => one.id)).toEqual(['a3', 'a10', 'a11']);
    expect(items[0]).toMatchObject({ dropped: 0, perSecond: 12 });
  });

  it('sends at most four times a second and joins what came between', async () => {
    const { items, commit } = live(10_000);
    for (let id = 1; id <= 100; id += 1) {
      commit(id, id);
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(300);
    expect(items.length).toBeLessThanOrEqual(6);
    expect(items.flatMap((item) => item.rows.map((one) => one.id))).toEqual(Array.from({ length: 100 }, (_, at) => `a${at + 1}`));
  });

  it('never sends more rows than were granted, and counts the others', async () => {
    const { items, commit, stream, asks } = live(5);
    commit(1, 20);
    await vi.advanceTimersByTimeAsync(300);
    expect(items).toHaveLength(1);
    expect(items[0]?.rows.map((one) => one.id)).toEqual(['a16', 'a17', 'a18', 'a19', 'a20']);
    expect(items[0]?.dropped).toBe(15);
    commit(21, 40);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(items).toHaveLength(1);
    expect(asks).toHaveLength(1);
    stream.credit(2);
    await vi.advanceTimersByTimeAsync(300);
    expect(items[1]?.rows.map((one) => one.id)).toEqual(['a39', 'a40']);
    expect(items[1]?.dropped).toBe(18);
  });

  it('goes silent when closed, and ends when the reader fails', async () => {
    const one = live(5);
    one.commit(1, 2);
    one.stream.close();
    await vi.advanceTimersByTimeAsync(300);
    expect(one.items).toEqual([]);
    const other = live(5);
    other.breakReader();
    other.commit(1, 2);
    await vi.advanceTimersByTimeAsync(1);
    expect(other.failures).toHaveLength(1);
  });
});

describe('IntakeRate', () => {
  it('is the mean of the last ten seconds, also after the clock was set back', () => {
    let now = 100_000_000;
    const rate = new IntakeRate({ now: () => now });
    rate.add(50);
    now += 5_000;
    rate.add(50);
    expect(rate.perSecond()).toBe(10);
    now += 6_000;
    expect(rate.perSecond()).toBe(5);
    now += 60_000;
    expect(rate.perSecond()).toBe(0);
    now -= 3_600_000;
    rate.add(10);
    expect(rate.perSecond()).toBe(1);
  });
});
