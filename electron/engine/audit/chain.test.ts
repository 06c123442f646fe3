import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appended, emptyLog, firstPrevious, hashOf, LogCheck, readSeal, sealText } from './chain.ts';
import type { Damage, KeptEntry, LogEntry, Remembered } from './chain.ts';
import { publicKeyOf, signNote } from './signed-note.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const key = { name: 'gatehouse/0123abcd/audit', publicKey: publicKeyOf(privateKey) };
const entryOf = (seq: number): LogEntry => ({ seq, at: `2026-11-23T15:00:00.${String(seq).padStart(6, '0')}Z`, actor: 'ada', actorKind: 'desktop', action: 'stop.order', subject: seq % 2 === 0 ? null : `stp-${seq}`, outcome: 'done', text: `Did "${seq}" ⚠`, details: '{"b":1,"a":[null]}' });

interface Log { readonly entries: KeptEntry[]; readonly seals: string[] }

/** `hours`: how many entries each hour brought. */
function logOf(hours: readonly number[]): Log {
  let head = emptyLog;
  const [entries, seals]: [KeptEntry[], string[]] = [[], []];
  hours.forEach((count, i) => {
    for (let n = 0; n < count; n++) {
      const entry = entryOf(entries.length + 1);
      const next = appended(head, entry);
      head = next.head;
      entries.push({ entry, hash: next.hash });
    }
    const before = seals.at(-1);
    seals.push(signNote(sealText(key.name, head, { hour: 498_000 + i, previous: before === undefined ? firstPrevious : hashOf(Buffer.from(before)), more: [`entries ${count}`] }), key.name, privateKey));
  });
  return { entries, seals };
}

function check({ entries, seals }: Log, remembered: Remembered | null = null): readonly Damage[] {
  const checking = new LogCheck(seals, key);
  for (const one of entries) checking.take(one);
  return checking.end(remembered);
}

const kinds = (damage: readonly Damage[]): string[] => damage.map(({ kind, where, at }) => `${kind} ${where} ${at}`);
const hours = [3, 0, 2, 0, 0, 4];
const without = <T>(list: readonly T[], at: number, n = 1): T[] => list.toSpliced(at, n);

describe('the audit log', () => {
  it('is whole when nobody touched it', () => {
    expect(check(logOf(hours))).toEqual([]);
    expect(check(logOf([]))).toEqual([]);
    // Entries of the hour that is not over yet have no seal.
    const { entries, seals } = logOf([3, 2]);
    expect(check({ entries, seals: seals.slice(0, 1) })).toEqual([]);
  });

  it('names the entry that was changed, also when its hash was made anew', () => {
    const log = logOf(hours);
    const changed = { ...entryOf(5), text: 'Did nothing' };
    expect(kinds(check({ ...log, entries: log.entries.with(4, { entry: changed, hash: log.entries[4]?.hash ?? '' }) }))).toEqual(['changed entry 5', 'does_not_match seal 3', 'does_not_match seal 4', 'does_not_match seal 5', 'does_not_match seal 6']);
    let head = emptyLog;
    const rewritten = log.entries.map(({ entry }, i) => {
      const next = appended(head, i === 4 ? changed : entry);
      head = next.head;
      return { entry: i === 4 ? changed : entry, hash: next.hash };
    });
    // The whole chain made anew is sound by itself; what was sealed says otherwise.
    expect(kinds(check({ ...log, entries: rewritten }))[0]).toBe('does_not_match seal 3');
  });

  it('names what was dropped, put in, put elsewhere or cut off', () => {
    const log = logOf(hours);
    expect(kinds(check({ ...log, entries: without(log.entries, 3) }))).toContain('missing entry 4');
    expect(kinds(check({ ...log, entries: without(log.entries, 1, 2) }))[0]).toBe('missing entry 2');
    const [a, b] = [log.entries[1], log.entries[2]];
    if (a === undefined || b === undefined) throw new Error('the log is too short');
    expect(kinds(check({ ...log, entries: log.entries.with(1, b).with(2, a) }))).toEqual(expect.arrayContaining(['missing entry 2', 'out_of_order entry 2']));
    expect(kinds(check({ ...log, entries: log.entries.toSpliced(2, 0, a) }))).toContain('out_of_order entry 2');
    expect(kinds(check({ ...log, entries: log.entries.slice(0, 7) }))).toEqual(['cut entry 8']);
    expect(kinds(check({ ...log, entries: [] }))).toEqual(['cut entry 1']);
  });

  it('names the hour or seal that was dropped, forged or moved', () => {
    const log = logOf(hours);
    expect(kinds(check({ ...log, seals: without(log.seals, 3) }))).toEqual(['seal_missing seal 4', 'hour_missing seal 4']);
    expect(kinds(check({ ...log, seals: log.seals.with(1, log.seals[1]?.replace('hour 2026', 'hour 2025') ?? '') }))).toContain('seal_forged seal 2');
    expect(kinds(check({ ...log, seals: [...log.seals.slice(1, 3), ...log.seals.slice(0, 1)] }))).toContain('out_of_order seal 3');
    const other = generateKeyPairSync('ed25519').privateKey;
    expect(kinds(check({ ...log, seals: log.seals.map((seal) => signNote(`${seal.split('\n\n')[0] ?? ''}\n`, key.name, other)) }))).toEqual(hours.map((_, i) => `seal_forged seal ${i + 1}`));
  });

  it('shows a file that was put back to an earlier one, if something outside of it remembers', () => {
    const log = logOf(hours);
    const newest = log.seals.at(-1) ?? '';
    const remembered = { seal: hashOf(Buffer.from(newest)), size: 9, hour: 498_005 };
    expect(check(log, remembered)).toEqual([]);
    const earlier = { entries: log.entries.slice(0, 5), seals: log.seals.slice(0, 3) };
    expect(check(earlier)).toEqual([]);
    expect(kinds(check(earlier, remembered))).toEqual(['rolled_back seal 4']);
  });

  it('reads a seal as it was written', () => {
    const { seals, entries } = logOf([2]);
    expect(readSeal(seals[0] ?? '', key)).toMatchObject({ size: 2, hour: 498_000, last: entries[1]?.hash, previous: firstPrevious, more: ['entries 2'] });
    expect(readSeal(signNote('another\n', key.name, privateKey), key)).toBeNull();
    expect(readSeal(seals[0] ?? '', { ...key, name: 'gatehouse/other/audit' })).toBeNull();
  });

  it('is never called whole when any one thing of it is another', () => {
    const log = logOf(hours);
    const tampered = fc.oneof(
      fc.record({ what: fc.constant('entry' as const), at: fc.nat(8), name: fc.constantFrom('at', 'actor', 'actorKind', 'action', 'subject', 'outcome', 'text', 'details'), to: fc.string({ unit: 'grapheme' }) }),
      fc.record({ what: fc.constant('hash' as const), at: fc.nat(8), to: fc.stringMatching(/^[0-9a-f]{64}$/) }),
      fc.record({ what: fc.constant('drop' as const), at: fc.nat(8) }), fc.record({ what: fc.constant('drop_seal' as const), at: fc.nat(4) }),
      fc.record({ what: fc.constant('swap' as const), at: fc.nat(7) }), fc.record({ what: fc.constant('seal' as const), at: fc.nat(5), byte: fc.nat(), by: fc.integer({ min: 1, max: 127 }) }),
    );
    fc.assert(fc.property(tampered, (t) => {
      const forged: Log = { entries: [...log.entries], seals: [...log.seals] };
      const at = log.entries[t.at];
      const after = log.entries[t.at + 1];
      if (t.what === 'entry' && at) forged.entries[t.at] = { ...at, entry: { ...at.entry, [t.name]: t.to } };
      else if (t.what === 'hash' && at) forged.entries[t.at] = { ...at, hash: t.to };
      else if (t.what === 'drop') forged.entries.splice(t.at, 1);
      else if (t.what === 'drop_seal') forged.seals.splice(t.at, 1);
      else if (t.what === 'swap' && at && after) forged.entries.splice(t.at, 2, after, at);
      else if (t.what === 'seal') {
        const bytes = Buffer.from(log.seals[t.at] ?? '');
        bytes[t.byte % bytes.length] = (bytes[t.byte % bytes.length] ?? 0) ^ t.by;
        forged.seals[t.at] = bytes.toString();
      }
      fc.pre(JSON.stringify(forged) !== JSON.stringify(log));
      expect(check(forged).length).toBeGreaterThan(0);
    }), { numRuns: 500 });
  });
});
