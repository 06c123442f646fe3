import { describe, expect, it } from 'vitest';
import type { AuditStatus } from '../../shared/audit.ts';
import { barPart, placeWords } from './chain-words.ts';

const now = Date.parse('2026-11-17T14:32:07.000Z');
const status = (check: Partial<AuditStatus['check']>, writtenAt: string | null = '2026-11-17T14:30:00.000Z'): AuditStatus => ({
  entries: 40_218, firstSeq: 1, oldestAt: null, newestAt: null, check: { state: 'whole', startedAt: null, endedAt: null, entries: 40_218, of: 40_218, seals: 12, damage: [], more: false, ...check },
  seal: writtenAt === null ? null : { id: 's', number: 12, hour: writtenAt, writtenAt, size: 40_218, root: '', note: '' }, seals: 12, nextSealAt: null, key: null, remembered: true, tombstones: [],
});

describe('the chain in the status bar', () => {
  it('is quiet while it is whole', () => {
    expect(barPart(status({}), now, 'UTC')).toEqual({ text: 'Audit chain whole, sealed 14:30', state: null, tone: null });
    expect(barPart(status({}, null), now, 'UTC').text).toBe('Audit chain whole, no seal yet');
  });

  it('names the day of a seal that is old', () => {
    expect(barPart(status({}, '2026-11-15T10:00:00.000Z'), now, 'UTC').text).toBe('Audit chain whole, sealed 2026-11-15');
  });

  it('names the first damage and never says whole then', () => {
    const damage = [{ kind: 'changed' as const, where: 'entry' as const, at: 40_210, text: 'x' }];
    expect(barPart(status({ state: 'damaged', damage }), now)).toEqual({ text: 'Audit chain damaged, entry 40,210', state: 'broken', tone: 'stop' });
    expect(barPart(status({ state: 'damaged', damage, more: true }), now).text).toBe('Audit chain damaged, entry 40,210 and more');
  });

  it('says that it was not checked', () => {
    expect(barPart(status({ state: 'never' }), now, 'UTC').text).toBe('Audit chain not checked, sealed 14:30');
    expect(barPart(status({ state: 'running' }), now, 'UTC').text).toBe('Audit chain is read, sealed 14:30');
  });
});

it('says where a damage is', () => {
  expect([placeWords({ where: 'seal', at: 1_200 }), placeWords({ where: 'key', at: 0 }), placeWords({ where: 'digest', at: 7 })]).toEqual(['seal 1,200', 'key', 'digest in entry 7']);
});
