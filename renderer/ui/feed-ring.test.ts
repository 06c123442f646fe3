import { expect, test } from 'vitest';
import { FeedRing } from './feed-ring.ts';

interface Row { id: string; status?: string }
const rows = (from: number, to: number): Row[] => Array.from({ length: to - from }, (_unused, index) => ({ id: `n${from + index}` }));
const ids = (ring: FeedRing<Row>): string[] => Array.from({ length: ring.size }, (_unused, index) => ring.at(index)?.id ?? '?');

test('newest first, and the oldest leave when the ring is full', () => {
  const ring = new FeedRing<Row>(3);
  ring.push(rows(0, 2));
  expect(ids(ring)).toEqual(['n1', 'n0']);
  ring.push(rows(2, 5));
  expect(ids(ring)).toEqual(['n4', 'n3', 'n2']);
  expect(ring.indexOf('n4')).toBe(0);
  expect(ring.indexOf('n0')).toBe(-1);
  expect(ring.at(3)).toBeUndefined();
  expect(ring.total).toBe(5);
});

test('a row that comes again replaces itself where it stands', () => {
  const ring = new FeedRing<Row>(10);
  ring.push([{ id: 'a', status: 'running' }, { id: 'b' }]);
  const before = ring.version;
  ring.push([{ id: 'a', status: 'ok' }]);
  expect(ids(ring)).toEqual(['b', 'a']);
  expect(ring.at(1)?.status).toBe('ok');
  expect(ring.version).toBeGreaterThan(before);
});

test('while paused nothing on screen changes, and resuming catches up with everything that waited', () => {
  const ring = new FeedRing<Row>(5);
  ring.push([{ id: 'a', status: 'running' }]);
  ring.pause();
  ring.push([{ id: 'a', status: 'ok' }, ...rows(0, 2)]);
  expect(ids(ring)).toEqual(['a']);
  expect(ring.at(0)?.status).toBe('running');
  expect(ring.waiting).toBe(3);
  ring.resume();
  expect(ids(ring)).toEqual(['n1', 'n0', 'a']);
  expect(ring.at(2)?.status).toBe('ok');
  expect([ring.waiting, ring.overflowed, ring.paused]).toEqual([0, 0, false]);
});

test('what did not fit while paused, and what the engine did not send, is counted', () => {
  const ring = new FeedRing<Row>(4);
  ring.pause();
  ring.push(rows(0, 3));
  ring.push(rows(3, 6));
  ring.push([], 7);
  expect([ring.waiting, ring.overflowed, ring.dropped]).toEqual([4, 2, 7]);
  ring.resume();
  expect(ids(ring)).toEqual(['n5', 'n4', 'n3', 'n2']);
  ring.clear();
  expect([ring.size, ring.overflowed, ring.dropped, ring.indexOf('n5')]).toEqual([0, 0, 0, -1]);
});

test('finds towards older rows', () => {
  const ring = new FeedRing<Row>(10);
  ring.push(rows(0, 6).map((row, index) => ({ ...row, status: index % 3 === 0 ? 'error' : 'ok' })));
  expect(ring.find(0, (row) => row.status === 'error')).toBe(2);
  expect(ring.find(3, (row) => row.status === 'error')).toBe(5);
  expect(ring.find(6, (row) => row.status === 'error')).toBe(-1);
});

test('a million rows through a ring of 10,000 leave 10,000 behind, in rows and in the index', () => {
  const ring = new FeedRing<Row>(10_000);
  for (let at = 0; at < 1_000_000; at += 2500) ring.push(rows(at, at + 2500));
  expect(ring.size).toBe(10_000);
  expect(ring.at(0)?.id).toBe('n999999');
  expect(ring.at(9999)?.id).toBe('n990000');
  expect(ring.indexOf('n990000')).toBe(9999);
  expect(ring.indexOf('n989999')).toBe(-1);
});
