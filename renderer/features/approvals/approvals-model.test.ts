import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../shared/domain.ts';
import { contextOf, decidedAside, decidedFigures, leftShare, leftWords, tookMs, worstFirst } from './approvals-model.ts';

const at = Date.parse('2026-11-17T14:00:00.000Z');
const iso = (seconds: number): string => new Date(at + seconds * 1000).toISOString();
const one = (id: string, more: Partial<Approval> = {}): Approval => ({
  id, connectionId: 'c', connectionName: 'Lab', connectionKind: 'langgraph', agentId: 'a', agentName: 'a', taskId: 't', state: 'waiting', kind: 'tool_call', title: id,
  askedAt: iso(0), expiresAt: null, seenAt: iso(1), decidedAt: null, decidedBy: null, reason: null, answers: ['approve', 'reject'], destructive: null, ...more,
});
const ids = (rows: readonly Approval[]): string => rows.map((row) => row.id).join(' ');

describe('order', () => {
  it('puts the worst effect first; an effect that nobody declared stands before a declared harmless one', () => {
    expect(ids(worstFirst([one('safe', { destructive: false }), one('unknown'), one('worst', { destructive: true })]))).toBe('worst unknown safe');
  });

  it('then goes by time left, one without a limit last, then by who waits longest', () => {
    expect(ids(worstFirst([one('ever', { askedAt: iso(-900) }), one('later', { expiresAt: iso(90) }), one('soon', { expiresAt: iso(30) }), one('older', { askedAt: iso(-1000) })]))).toBe('soon later older ever');
  });
});

describe('time', () => {
  it('counts down, and never says that time brings an approval', () => {
    expect(leftWords(iso(1120), at)).toBe('18:40');
    expect(leftWords(iso(-1), at)).toBe('time is over');
    expect(leftWords(null, at)).toBe('waits until answered');
    expect(leftShare({ askedAt: iso(-60), expiresAt: iso(20) }, at)).toBe(0.25);
    expect(leftShare({ askedAt: iso(0), expiresAt: iso(0) }, at)).toBe(0);
  });

  it('measures only decisions that a person took here', () => {
    expect(tookMs(one('a', { decidedAt: iso(38), decidedBy: 'anna' }))).toBe(38_000);
    expect(tookMs(one('a', { decidedAt: iso(38) }))).toBeNull();
    const rows = [one('a', { state: 'approved', decidedAt: iso(2), decidedBy: 'anna' }), one('b', { state: 'rejected', decidedAt: iso(40), decidedBy: 'anna' }), one('c', { state: 'expired', decidedAt: iso(900) })];
    expect(decidedFigures(rows)).toEqual({ medianMs: 21_000, fast: 1, decidedHere: 2, expired: 1 });
    expect(decidedAside(rows)).toBe('median 21 s, 1 expired');
    expect(decidedAside([])).toBe('');
  });

  it('says which ends first, and nothing about a time that is over', () => {
    expect(contextOf([one('a', { expiresAt: iso(432) }), one('b', { expiresAt: iso(-5) })], 2, at)).toBe('2 approvals waiting, nearest ends in 07:12. Expiry never approves');
    expect(contextOf([one('a')], 1, at)).toBe('1 approval waiting, none with a time limit');
    expect(contextOf([], 0, at)).toBe('nothing waits for a person');
  });
});
