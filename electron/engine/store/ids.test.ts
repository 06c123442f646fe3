import { describe, expect, it } from 'vitest';
import { hash53, keyNumber, spanNumber } from './hash.ts';
import { publicId, rowIdOf } from './ids.ts';

describe('public ids', () => {
  it('go there and back', () => {
    for (const id of [1, 35, 36, 10_000_000, Number.MAX_SAFE_INTEGER]) expect(rowIdOf('activity', publicId('activity', id))).toBe(id);
    expect(publicId('agent', 36)).toBe('agt-10');
  });

  it.each(['agt-0', 'agt-', 'agt--1', 'agt-01', 'AGT-1', 'agt-1 ', 'agt-1.5', 'tsk-1', 'agt-Z', 'agt-zzzzzzzzzzzzzzz', '', "agt-1' OR 1"])('refuses %j', (id) => {
    expect(rowIdOf('agent', id)).toBeNull();
  });
});

describe('numbers for names', () => {
  it('are safe integers and differ', () => {
    const seen = new Set<number>();
    for (let i = 0; i < 20_000; i++) seen.add(hash53(`tool:call_${i}`));
    expect(seen.size).toBe(20_000);
    expect([...seen].every(Number.isSafeInteger)).toBe(true);
  });

  it('never make a span of none, nor none of a span', () => {
    expect(spanNumber('')).toBe(0);
    expect(spanNumber('0000000000000000')).toBeGreaterThan(0);
    expect(spanNumber('0000000000000001')).not.toBe(spanNumber('0000000000000002'));
    expect(Number.isSafeInteger(spanNumber('ffffffffffffffff'))).toBe(true);
  });

  it('take a span for its own key only', () => {
    const id = 'aaaaaaaaaaaaaaa1';
    expect(keyNumber(`span:${id}`, id, spanNumber(id))).toBe(spanNumber(id));
    expect(keyNumber('tool:1', id, spanNumber(id))).toBe(hash53('tool:1'));
  });
});
