import { describe, expect, it } from 'vitest';
import { bodyText, firstPrevious, hashOf, hourText, lineText, microTime, readSeal } from './chain.ts';
import { signNote } from './signed-note.ts';
import { bodyOf, firstHour, lineOf, logOf, newSignKey, sealOf } from './test-log.ts';

const key = newSignKey();

describe('the chain of the audit log', () => {
  it('spells an entry as docs/audit-format.md does', () => {
    expect(bodyText(bodyOf(1))).toBe('{"actor":"ada","details":"{\\"b\\":1,\\"a\\":[null]}","salt":"00000000000000000000000000000001","text":"Did \\"1\\" ⚠"}');
    const body = hashOf(bodyText(bodyOf(1)));
    expect(lineText(lineOf(1), firstPrevious)).toBe(`{"action":"stop.order","actorKind":"desktop","at":"2026-11-23T15:00:00.000001Z","body":"${body}","outcome":"done","previous":"${'0'.repeat(64)}","seq":1,"subject":"stp-1"}`);
  });

  it('tells times with microseconds, whatever they are', () => {
    expect([1_764_000_000_123_456, 0, -1, Number.NaN, 1e20].map(microTime)).toEqual(['2025-11-24T16:00:00.123456Z', '1970-01-01T00:00:00.000000Z', '1969-12-31T23:59:59.999999Z', 'NaN', '100000000000000000000']);
  });

  it('reads a seal as it was written', () => {
    const { seals, entries, head } = logOf([2], key);
    expect(readSeal(seals[0] ?? '', key)).toMatchObject({ size: 2, hour: firstHour, last: entries[1]?.hash, previous: firstPrevious, reason: null, more: [], written: (firstHour + 1) * 3_600_000 });
    expect(readSeal(sealOf(head, firstHour + 1, seals[0], key, 'pack'), key)).toMatchObject({ reason: 'pack', previous: hashOf(seals[0] ?? ''), more: [] });
    expect(readSeal(signNote('another\n', key.name, key.privateKey), key)).toBeNull();
    expect(readSeal(seals[0] ?? '', { ...key, name: 'gatehouse.local/other' })).toBeNull();
    expect(hourText(firstHour)).toBe('2026-10-24T00:00Z');
  });
});
