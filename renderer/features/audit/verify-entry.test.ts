import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AuditEntryDetail, AuditStatus } from '../../../shared/audit.ts';
import { chainFinding, findingsOf, sha256 } from './verify-entry.ts';

const hex = (letter: string): string => letter.repeat(64);
const hashed = (text: string): string => createHash('sha256').update(text).digest('hex');
function entry(changes: Partial<AuditEntryDetail> = {}): AuditEntryDetail {
  const line = `{"action":"stop.order","actorKind":"desktop","at":"2026-11-17T14:30:17.000000Z","body":"${hex('b')}","outcome":"asked","previous":"${hex('a')}","seq":7,"subject":"stp-1"}`;
  return { id: 'aud-7', at: '2026-11-17T14:30:17.000Z', actor: 'anna', actorKind: 'desktop', action: 'stop.order', subject: 'stp-1', outcome: 'asked', text: 'Stop', details: '{}', seq: 7, body: hex('b'), hash: hashed(line), previous: hex('a'), erasedAt: null, sealedAt: null, line, ...changes };
}
const hash = async (text: string): Promise<string> => Promise.resolve(hashed(text));
const holds = async (one: AuditEntryDetail, next: { seq: number; previous: string } | null): Promise<boolean[]> => (await findingsOf(one, next, hash)).map((finding) => finding.holds);

describe('an entry verified in the window', () => {
  it('holds when line, hash and the entry after it agree', async () => {
    expect(await holds(entry(), { seq: 8, previous: entry().hash })).toEqual([true, true, true]);
    expect(await holds(entry(), null)).toEqual([true, true]);
  });

  it('does not hold when its line was changed', async () => {
    expect(await holds(entry({ line: entry().line.replace('asked', 'done ') }), null)).toEqual([false, false]);
  });

  it('does not hold when something else is shown than stands in its line', async () => {
    for (const change of [{ action: 'stop.release' }, { outcome: 'done' }, { seq: 8 }, { body: hex('c') }, { previous: hex('c') }] as const) expect(await holds(entry(change), null)).toEqual([true, false]);
  });

  it('does not hold when the entry after it goes on from elsewhere, or is not the next', async () => {
    expect(await holds(entry(), { seq: 8, previous: hex('e') })).toEqual([true, true, false]);
    expect(await holds(entry(), { seq: 9, previous: entry().hash })).toEqual([true, true, false]);
  });

  it('hashes as everybody does', async () => {
    expect(await sha256('Grüße, \u{1F40D}')).toBe(hashed('Grüße, \u{1F40D}'));
  });
});

describe('the chain from an entry on', () => {
  const check = (changes: Partial<AuditStatus['check']>): AuditStatus['check'] => ({ state: 'whole', startedAt: null, endedAt: null, entries: 10, of: 10, seals: 1, damage: [], more: false, ...changes });
  const at = (where: 'entry' | 'seal', number: number) => ({ kind: 'changed' as const, where, at: number, text: 'was changed' });

  it('is whole only when the log was read and found so', () => {
    expect(chainFinding(7, check({})).holds).toBe(true);
    for (const state of ['never', 'running'] as const) expect(chainFinding(7, check({ state })).holds).toBe(false);
  });

  it('does not speak for what lies before it, and always for a seal', () => {
    expect(chainFinding(7, check({ state: 'damaged', damage: [at('entry', 3)] }))).toMatchObject({ holds: true, text: 'Damage was found before this entry only: entry 3.' });
    expect(chainFinding(7, check({ state: 'damaged', damage: [at('entry', 3)], more: true })).holds).toBe(false);
    expect(chainFinding(7, check({ state: 'damaged', damage: [at('entry', 3), at('entry', 8)] }))).toMatchObject({ holds: false, text: 'From here on 1 place is damaged, the first at entry 8: was changed' });
    expect(chainFinding(7, check({ state: 'damaged', damage: [at('seal', 1)] })).holds).toBe(false);
  });
});
