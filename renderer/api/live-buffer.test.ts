import { describe, expect, it } from 'vitest';
import type { Activity } from '../../shared/domain.ts';
import { LiveBuffer } from './live-buffer.ts';

function row(n: number, status: Activity['status'] = 'ok'): Activity {
  const time = new Date(1_800_000_000_000 + n * 1000).toISOString();
  return {
    id: `a${n}`, time, endTime: null, agentId: 'g', agentName: 'g', taskId: 't', connectionId: 'c', kind: 'tool_call', name: `n${n}`, status,
    durationMs: null, usage: null, cost: null, model: null, error: null, parentId: null, source: 's', failureId: null, authority: null, notes: [],
  };
}
const rows = (from: number, to: number): Activity[] => Array.from({ length: to - from + 1 }, (_unused, index) => row(from + index));
const ids = (list: readonly Activity[]): string[] => list.map((one) => one.id);

describe('live buffer', () => {
  it('shows newest first', () => {
    const buffer = new LiveBuffer(10);
    buffer.add(rows(1, 3), 0, 3);
    buffer.add([row(4)], 0, 3);
    expect(ids(buffer.view().rows)).toEqual(['a4', 'a3', 'a2', 'a1']);
  });

  it('freezes while paused, counts what waits, and shows it afterwards', () => {
    const buffer = new LiveBuffer(10);
    buffer.add(rows(1, 2), 0, 2);
    buffer.view();
    buffer.pause(true);
    buffer.add(rows(3, 5), 0, 2);
    const frozen = buffer.view();
    expect(ids(frozen.rows)).toEqual(['a2', 'a1']);
    expect(frozen.waiting).toBe(3);
    buffer.pause(false);
    const shown = buffer.view();
    expect(ids(shown.rows)).toEqual(['a5', 'a4', 'a3', 'a2', 'a1']);
    expect(shown.waiting).toBe(0);
    expect(shown.skipped.size).toBe(0);
  });

  it('says where rows are missing that no longer fit', () => {
    const buffer = new LiveBuffer(4);
    buffer.add(rows(1, 2), 0, 1);
    buffer.view();
    buffer.pause(true);
    buffer.add(rows(3, 12), 0, 1);
    expect(buffer.view().waiting).toBe(10);
    buffer.pause(false);
    const shown = buffer.view();
    expect(ids(shown.rows)).toEqual(['a12', 'a11', 'a10', 'a9']);
    expect(shown.skipped.get('a9')).toBe(6);
  });

  it('counts what the engine dropped for want of credits', () => {
    const buffer = new LiveBuffer(10);
    buffer.add(rows(1, 2), 0, 1);
    buffer.view();
    buffer.add(rows(8, 9), 5, 1);
    const shown = buffer.view();
    expect(shown.skipped.get('a8')).toBe(5);
    expect(ids(shown.rows)).toEqual(['a9', 'a8', 'a2', 'a1']);
  });

  it('replaces an activity that comes again, in its place', () => {
    const buffer = new LiveBuffer(10);
    buffer.add([row(1, 'running'), row(2)], 0, 1);
    buffer.view();
    buffer.add([row(1, 'ok')], 0, 1);
    const shown = buffer.view();
    expect(ids(shown.rows)).toEqual(['a2', 'a1']);
    expect(shown.rows[1]?.status).toBe('ok');
  });

  it('never holds more than it was told to', () => {
    const buffer = new LiveBuffer(50);
    for (let batch = 0; batch < 100; batch += 1) {
      buffer.add(rows(batch * 100, batch * 100 + 99), 0, 10_000);
      expect(buffer.view().rows.length).toBeLessThanOrEqual(50);
    }
    expect(buffer.view().skipped.size).toBeLessThanOrEqual(50);
  });

  it('says when the stream is lost and when it is back', () => {
    const buffer = new LiveBuffer(5);
    expect(buffer.view().state).toBe('connecting');
    buffer.opened();
    expect(buffer.view().state).toBe('open');
    buffer.lost();
    expect(buffer.view().state).toBe('lost');
  });
});
