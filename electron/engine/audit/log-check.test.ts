import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditDamage } from '../../../shared/audit.ts';
import { bodyText, emptyLog, hashOf } from './chain.ts';
import { handoverText, LogCheck } from './log-check.ts';
import type { CheckedLog, KeptEntry, Remembered } from './log-check.ts';
import { signNote } from './signed-note.ts';
import { bodyOf, chained, firstHour, lineOf, logOf, newSignKey, sealOf } from './test-log.ts';
import type { TestLog } from './test-log.ts';

const key = newSignKey();

function check({ entries, seals }: Pick<TestLog, 'entries' | 'seals'>, more: Partial<CheckedLog> = {}, remembered: readonly Remembered[] = []): readonly AuditDamage[] {
  const checking = new LogCheck({ seals, keys: [{ key, handover: null }], ...more });
  for (const one of entries) checking.take(one);
  return checking.end(remembered);
}

const kinds = (damage: readonly AuditDamage[]): string[] => damage.map(({ kind, where, at }) => `${kind} ${where} ${at}`);
const hours = [3, 0, 2, 0, 0, 4];
const log = logOf(hours, key);
const without = <T>(list: readonly T[], at: number, n = 1): T[] => list.toSpliced(at, n);
const entryAt = (at: number): KeptEntry => {
  const found = log.entries[at];
  if (found === undefined) throw new Error('the log is too short');
  return found;
};

describe('the check of an audit log', () => {
  it('finds nothing where nobody touched it', () => {
    expect(check(log, { end: { size: 9, last: log.head.last }, held: key })).toEqual([]);
    expect(check(logOf([], key), { end: { size: 0, last: emptyLog.last } })).toEqual([]);
    // Entries of the hour that is not over yet have no seal.
    const { entries, seals } = logOf([3, 2], key);
    expect(check({ entries, seals: seals.slice(0, 1) })).toEqual([]);
    // A seal within the hour, then the one that closes it.
    const inner = sealOf(log.head, firstHour + 6, log.seals.at(-1), key, 'pack');
    expect(check({ ...log, seals: [...log.seals, inner, sealOf(log.head, firstHour + 6, inner, key)] })).toEqual([]);
    expect(kinds(check({ ...log, seals: [...log.seals, sealOf(log.head, firstHour + 5, log.seals.at(-1), key)] }))).toEqual(['out_of_order seal 7']);
  });

  it('names the entry that was changed, its body apart from its line', () => {
    const five = entryAt(4);
    const at5 = (entry: KeptEntry): string[] => kinds(check({ ...log, entries: log.entries.with(4, entry) }));
    expect(at5({ ...five, line: { ...five.line, outcome: 'refused' } })).toEqual(['changed entry 5', 'does_not_match seal 3']);
    expect(at5({ ...five, hash: 'f'.repeat(64) })).toEqual(['changed entry 5']);
    expect(at5({ ...five, body: { ...bodyOf(5), text: 'Did nothing' } })).toEqual(['body_changed entry 5']);
    expect(at5({ ...five, body: { ...bodyOf(5), text: '\ud800' } })).toEqual(['body_changed entry 5']);
    expect(at5({ ...five, line: { ...five.line, subject: '\ud800' } })[0]).toBe('changed entry 5');
    // The whole chain made anew is sound by itself; what was sealed says otherwise.
    const anew = chained(log.entries.with(4, { ...five, line: { ...five.line, outcome: 'refused' } }));
    expect(kinds(check({ ...log, entries: anew.entries }))).toEqual(['does_not_match seal 3']);
  });

  it('names what was dropped, put in, put elsewhere or cut off', () => {
    expect(kinds(check({ ...log, entries: without(log.entries, 3) }))).toEqual(['missing entry 4']);
    expect(kinds(check({ ...log, entries: without(log.entries, 1, 2) }))).toEqual(['missing entry 2']);
    expect(kinds(check({ ...log, entries: log.entries.with(1, entryAt(2)).with(2, entryAt(1)) }))).toEqual(['missing entry 2', 'out_of_order entry 2']);
    expect(kinds(check({ ...log, entries: log.entries.toSpliced(2, 0, entryAt(1)) }))).toEqual(['out_of_order entry 2']);
    expect(kinds(check({ ...log, entries: log.entries.slice(0, 7) }))).toEqual(['cut entry 8']);
    expect(kinds(check({ ...log, entries: [] }))).toEqual(['cut entry 1']);
    // Numbered anew behind one that was put in, or taken away.
    const renumbered = (entries: readonly KeptEntry[]): KeptEntry[] => entries.map((entry, i) => ({ ...entry, line: { ...entry.line, seq: i + 1 } }));
    expect(kinds(check({ ...log, entries: renumbered(log.entries.toSpliced(5, 0, entryAt(0))) }))).toContain('changed entry 6');
    expect(kinds(check({ ...log, entries: renumbered(without(log.entries, 5)) }))).toContain('changed entry 6');
    // Where no seal counts them yet, the file's own end tells.
    const open = { ...log, seals: log.seals.slice(0, 3) };
    expect(kinds(check({ ...open, entries: log.entries.slice(0, 7) }, { end: { size: 9, last: log.head.last } }))).toEqual(['cut entry 8']);
    expect(kinds(check(open, { end: { size: 8, last: entryAt(7).hash } }))).toEqual(['does_not_match entry 9']);
  });

  it('names the hour or seal that was dropped, forged or moved', () => {
    expect(kinds(check({ ...log, seals: without(log.seals, 3) }))).toEqual(['seal_missing seal 4', 'hour_missing seal 4']);
    expect(kinds(check({ ...log, seals: without(log.seals, 0) }))).toEqual(['seal_missing seal 1']);
    expect(kinds(check({ ...log, seals: log.seals.with(1, log.seals[1]?.replace('hour 2026', 'hour 2025') ?? '') }))).toEqual(['seal_forged seal 2']);
    expect(kinds(check({ ...log, seals: [...log.seals.slice(1, 3), ...log.seals.slice(0, 1)] }))).toContain('out_of_order seal 3');
  });

  it('tells keys that were swapped from a key that handed over', () => {
    const other = newSignKey();
    const anew = logOf(hours, other);
    expect(kinds(check(anew))).toEqual(hours.map((_, i) => `seal_forged seal ${i + 1}`));
    // All of it signed anew, key and all: sound by itself, but this machine and what it remembers know another.
    expect(check(anew, { keys: [{ key: other, handover: null }] })).toEqual([]);
    expect(kinds(check(anew, { keys: [{ key: other, handover: null }], held: key }))).toEqual(['key_changed key 1']);
    expect(kinds(check(anew, { keys: [{ key: other, handover: null }] }, [{ seal: hashOf(log.seals[5] ?? ''), size: 9, hour: firstHour + 5 }]))).toEqual(['rolled_back seal 7']);
    const seals = [...log.seals, sealOf(log.head, firstHour + 6, log.seals.at(-1), other)];
    const handover = signNote(handoverText(other), key.name, key.privateKey);
    expect(check({ ...log, seals }, { keys: [{ key, handover: null }, { key: other, handover }], held: other })).toEqual([]);
    for (const none of [null, signNote(handoverText(key), key.name, key.privateKey), signNote(handoverText(other), other.name, other.privateKey)]) expect(kinds(check({ ...log, seals }, { keys: [{ key, handover: null }, { key: other, handover: none }] }))).toEqual(['key_changed key 2']);
    // What handed over signs no more.
    expect(kinds(check({ ...log, seals: [...seals, sealOf(log.head, firstHour + 7, seals.at(-1), key)] }, { keys: [{ key, handover: null }, { key: other, handover }] }))).toEqual(['seal_forged seal 8']);
  });

  it('shows a log that was put back to an earlier one, if something outside of it remembers', () => {
    const remembered = [{ seal: hashOf(log.seals.at(-1) ?? ''), size: 9, hour: firstHour + 5 }];
    expect(check(log, {}, remembered)).toEqual([]);
    const earlier = { entries: log.entries.slice(0, 5), seals: log.seals.slice(0, 3) };
    expect(check(earlier)).toEqual([]);
    expect(kinds(check(earlier, {}, remembered))).toEqual(['rolled_back seal 4']);
  });

  it('knows what was erased from what was blanked', () => {
    const said = { actor: 'ada', text: 'Erased.', details: '{"entries":[[2,2],[4,5]]}', salt: '0'.repeat(32) };
    const erasure = { line: { ...lineOf(10, said), action: 'erasure.audit' }, body: said, erasure: null };
    const more = chained([erasure], log.head);
    const blank = (...seqs: readonly number[]): KeptEntry[] => [...log.entries.map((entry) => (seqs.includes(entry.line.seq) ? { ...entry, body: null, erasure: 10 } : entry)), ...more.entries];
    expect(check({ ...log, entries: blank(2, 4, 5) })).toEqual([]);
    expect(kinds(check({ ...log, entries: blank(2, 3) }))).toEqual(['body_changed entry 3']);
    expect(kinds(check({ ...log, entries: blank(2).slice(0, 9) }))).toEqual(['body_changed entry 2']);
    expect(kinds(check({ ...log, entries: blank(2).with(1, { ...entryAt(1), body: null, erasure: 7 }) }))).toEqual(['body_changed entry 2']);
  });

  it('goes on behind what was removed behind a seal, if the log says so', () => {
    const before = chained(log.entries.slice(0, 5)).head;
    const said = { actor: 'ada', text: 'Pruned.', details: '{"upTo":5}', salt: '0'.repeat(32) };
    const more = chained([{ line: { ...lineOf(10, said), action: 'audit.prune' }, body: said, erasure: null }], log.head);
    const pruned = { entries: [...log.entries.slice(5), ...more.entries], seals: log.seals };
    const tombstone = { entries: 5, seal: 3, head: before, entry: 10 };
    expect(check(pruned, { tombstones: [tombstone] })).toEqual([]);
    expect(kinds(check(pruned))).toEqual(['missing entry 1']);
    expect(kinds(check({ ...pruned, entries: pruned.entries.slice(0, -1) }, { tombstones: [tombstone] }))).toEqual(['missing entry 1']);
    expect(kinds(check(pruned, { tombstones: [{ ...tombstone, seal: 2 }] }))).toContain('missing entry 1');
    expect(kinds(check({ ...pruned, entries: without(pruned.entries, 0) }, { tombstones: [tombstone] }))).toContain('missing entry 6');
    expect(kinds(check({ ...pruned, entries: pruned.entries.with(1, { ...entryAt(6), line: { ...entryAt(6).line, at: 'x' } }) }, { tombstones: [tombstone] }))[0]).toBe('changed entry 7');
  });

  it('lists so much and says that there is more', () => {
    const many = logOf([240], key);
    const checking = new LogCheck({ seals: many.seals, keys: [{ key, handover: null }] });
    for (const entry of many.entries) checking.take({ ...entry, body: { ...bodyOf(1), text: 'x' } });
    expect([checking.end().length, checking.more]).toEqual([100, true]);
  });

  it('never calls it whole when any one thing of it is another', () => {
    const tampered = fc.oneof(
      fc.record({ what: fc.constant('line' as const), at: fc.nat(8), name: fc.constantFrom('at', 'actorKind', 'action', 'subject', 'outcome', 'body'), to: fc.string({ unit: 'grapheme' }) }),
      fc.record({ what: fc.constant('body' as const), at: fc.nat(8), name: fc.constantFrom('actor', 'text', 'details', 'salt'), to: fc.string({ unit: 'binary' }) }),
      fc.record({ what: fc.constant('hash' as const), at: fc.nat(8), to: fc.stringMatching(/^[0-9a-f]{64}$/) }),
      fc.record({ what: fc.constant('drop' as const), at: fc.nat(8) }), fc.record({ what: fc.constant('drop_seal' as const), at: fc.nat(4) }),
      fc.record({ what: fc.constant('swap' as const), at: fc.nat(7) }), fc.record({ what: fc.constant('seal' as const), at: fc.nat(5), byte: fc.nat(), by: fc.integer({ min: 1, max: 127 }) }),
    );
    fc.assert(fc.property(tampered, (t) => {
      const forged = { entries: [...log.entries], seals: [...log.seals] };
      const at = log.entries[t.at];
      const after = log.entries[t.at + 1];
      if (t.what === 'line' && at) forged.entries[t.at] = { ...at, line: { ...at.line, [t.name]: t.to } };
      else if (t.what === 'body' && at) forged.entries[t.at] = { ...at, body: { ...bodyOf(at.line.seq), [t.name]: t.to } };
      else if (t.what === 'hash' && at) forged.entries[t.at] = { ...at, hash: t.to };
      else if (t.what === 'drop') forged.entries.splice(t.at, 1);
      else if (t.what === 'drop_seal') forged.seals.splice(t.at, 1);
      else if (t.what === 'swap' && at && after) forged.entries.splice(t.at, 2, after, at);
      else if (t.what === 'seal') {
        const bytes = Buffer.from(log.seals[t.at] ?? '');
        bytes[t.byte % bytes.length] = (bytes[t.byte % bytes.length] ?? 0) ^ t.by;
        forged.seals[t.at] = bytes.toString();
      }
      fc.pre(JSON.stringify(forged) !== JSON.stringify({ entries: log.entries, seals: log.seals }));
      const damage = check(forged);
      expect(damage.length).toBeGreaterThan(0);
      // The first that is told is the one that was touched; of the last that was dropped, it is what a seal counted.
      const where = t.what === 'line' || t.what === 'body' || t.what === 'hash' || t.what === 'drop' ? `entry ${t.at + 1}` : `${damage[0]?.where} ${damage[0]?.at}`;
      expect(`${damage[0]?.where} ${damage[0]?.at}`).toBe(where);
    }), { numRuns: 150 });
  });

  it('proves a body by its hash', () => {
    expect(hashOf(bodyText(bodyOf(3)))).toBe(entryAt(2).line.body);
  });
});
