/** A real history file, meddled with by SQL and byte by byte, read by the console's own check. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eraseAudit } from '../store/audit-erase.ts';
import { frontierOf, lineOf } from '../store/audit-head.ts';
import { readKeptEntries, readSeals } from '../store/audit-read.ts';
import { openReader, openWriter } from '../store/database.ts';
import type { ReadDb, WriteDb } from '../store/database.ts';
import { storeError } from '../store/errors.ts';
import { words } from '../store/test-runtime.ts';
import { appended, bodyText, emptyLog, firstPrevious, hashOf, sealText } from './chain.ts';
import type { LogHead } from './chain.ts';
import { checkFile } from './check-file.ts';
import { hourMs } from './sealer.ts';
import { fingerprintOf, signNote } from './signed-note.ts';
import { AuditBench } from './test-audit.ts';
import { newSignKey } from './test-log.ts';
import type { SignKey } from './test-log.ts';

/** Entries: 1 the runtime, 2 the key, then hours of 3, 0, 4, 0, 2, and two that no hour's seal counts yet. Seals, with what they count: 1 (2), 2 (5), 3 (5), 4 (9), 5 (9), 6 (11). */
async function bench(): Promise<AuditBench> {
  const made = new AuditBench();
  await made.hours([3, 0, 4, 0, 2]);
  made.write(2);
  return made;
}

let n = 0;
const found = async (one: AuditBench, meddle: (db: WriteDb) => void, known = true): Promise<string[]> => (await one.check(one.tampered(`tampered-${n++}`, meddle), known)).map(({ kind, where, at }) => `${kind} ${where} ${at}`);
const sql = (one: AuditBench, text: string, known = true): Promise<string[]> => found(one, (db) => { db.exec(text); }, known);

/** As somebody does who knows how it is spelled: every hash anew, and the head. */
function rehash(db: WriteDb): LogHead[] {
  const heads: LogHead[] = [emptyLog];
  let head = emptyLog;
  const rows = db.prepare<[], { id: number; atUs: number; actorKind: string; action: string; subject: string | null; outcome: string; actor: string; text: string; details: string; salt: Buffer }>('SELECT id, at_us AS atUs, actor_kind AS actorKind, action, subject, outcome, actor, text, details, salt FROM audit_entry ORDER BY id').all();
  for (const row of rows) {
    const body = hashOf(bodyText({ actor: row.actor, text: row.text, details: row.details, salt: row.salt.toString('hex') }));
    const next = appended(head, lineOf(row.id, row, body));
    db.prepare('UPDATE audit_entry SET body = ?, hash = ? WHERE id = ?').run(Buffer.from(body, 'hex'), Buffer.from(next.hash, 'hex'), row.id);
    head = next.head;
    heads.push(head);
  }
  db.prepare('UPDATE audit_head SET size = ?, last = ?, frontier = ?').run(head.frontier.size, Buffer.from(head.last, 'hex'), Buffer.concat(head.frontier.roots));
  return heads;
}

function resign(db: WriteDb, heads: readonly LogHead[], key: SignKey): void {
  let previous = firstPrevious;
  for (const seal of readSeals(db as unknown as ReadDb)) {
    const note = signNote(sealText(key.name, heads[seal.size] ?? emptyLog, { hour: seal.hour, previous, written: seal.writtenUs / 1_000, reason: seal.reason, more: [] }), key.name, key.privateKey);
    previous = hashOf(note);
    db.prepare('UPDATE audit_seal SET note = ? WHERE number = ?').run(note, seal.number);
  }
  db.prepare('UPDATE audit_key SET public = ?').run(key.publicKey);
}

describe('a log that was meddled with', () => {
  it('is whole as it is', async () => {
    expect(await sql(await bench(), '')).toEqual([]);
  });

  it('tells every entry of which anything is another', async () => {
    const one = await bench();
    const db = openWriter(one.tampered('flipped', () => undefined));
    const texts = ['actor_kind', 'action', 'outcome', 'actor', 'text', 'details'] as const;
    const column = fc.constantFrom(...texts, 'body', 'hash', 'salt', 'at_us', 'subject', 'erasure');
    fc.assert(fc.property(fc.integer({ min: 1, max: 13 }), column, fc.nat(), fc.integer({ min: 1, max: 255 }), (id, name, at, by) => {
      const before = db.prepare<[number], { value: unknown; bytes: Buffer | null }>(`SELECT ${name} AS value, CAST(${name} AS BLOB) AS bytes FROM audit_entry WHERE id = ?`).get(id);
      const bytes = Buffer.from(before?.bytes ?? Buffer.from('stp-9'));
      bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ by;
      const isText = name === 'subject' || texts.some((text) => text === name);
      const set = db.prepare(`UPDATE audit_entry SET ${name} = ${isText ? 'CAST(? AS TEXT)' : '?'} WHERE id = ?`);
      set.run(name === 'at_us' ? Number(before?.value) + (by % 2 === 0 ? by : -by) : name === 'erasure' ? by : bytes, id);
      const damage = checkFile(db as unknown as ReadDb, { held: null, remembered: [], headAt: null }, () => true)?.damage ?? [];
      db.prepare(`UPDATE audit_entry SET ${name} = ? WHERE id = ?`).run(before?.value, id);
      expect([damage[0]?.where, damage[0]?.at], `${name} of ${id}`).toEqual(['entry', id]);
      expect(['changed', 'body_changed']).toContain(damage[0]?.kind);
    }), { numRuns: 100, examples: [[13, 'hash', 0, 1], [1, 'erasure', 0, 7], [6, 'subject', 0, 1]] });
    db.close();
    // Bytes that are no UTF-8 and are read like the mark for such bytes.
    const marked = new AuditBench();
    marked.runtime.command('audit.append', words('ann', { text: 'x\ufffdy' }));
    expect(await found(marked, (raw) => { raw.prepare('UPDATE audit_entry SET text = CAST(? AS TEXT) WHERE id = 2').run(Buffer.from('78f0bfbd79', 'hex')); })).toEqual(['body_changed entry 2']);
  });

  it('tells a byte that was changed in the file itself', async () => {
    const one = await bench();
    const copy = one.tampered('bytes', () => undefined);
    const bytes = readFileSync(copy);
    const at = bytes.indexOf('{"n":3,');
    bytes[at + 5] = 0x34;
    writeFileSync(copy, bytes);
    expect((await one.check(copy)).map(({ kind, at: entry }) => `${kind} ${entry}`)).toEqual(['body_changed 9']);
  });

  it('tells any byte of its pages that is another, unless nothing that they say is another', async () => {
    const one = await bench();
    const copy = one.tampered('pages', () => undefined);
    const sound = readFileSync(copy);
    const pages = [...new Set(['{"n":', '\nlast ', 'keyring'].map((marker) => Math.floor(sound.indexOf(marker) / 8_192)))];
    const tables = ['audit_entry', 'audit_seal', 'audit_key', 'audit_head', 'audit_tombstone'];
    const withDb = <T>(read: (db: ReadDb) => T): T => {
      const db = openReader(copy);
      try {
        return read(db);
      } finally {
        db.close();
      }
    };
    const saidBy = (db: ReadDb): string => JSON.stringify(tables.map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY 1`).all()));
    const before = withDb(saidBy);
    const order = { held: { name: one.sealer.key?.name ?? '', publicKey: one.sealer.key?.publicKey.toString('hex') ?? '' }, remembered: await one.memory.all(), headAt: null };
    const outcome = (): string => {
      try {
        return withDb((db) => ((checkFile(db, order, () => true)?.damage.length ?? 0) > 0 ? 'told' : saidBy(db) === before ? 'the same' : 'NOT TOLD'));
      } catch (cause) {
        return storeError(cause).code;
      }
    };
    fc.assert(fc.property(fc.constantFrom(...pages), fc.nat(8_191), fc.integer({ min: 1, max: 255 }), (page, at, by) => {
      const bytes = Buffer.from(sound);
      bytes[page * 8_192 + at] = (bytes[page * 8_192 + at] ?? 0) ^ by;
      writeFileSync(copy, bytes);
      expect(['told', 'the same', 'corrupt']).toContain(outcome());
    }), { numRuns: 40 });
  });

  it('tells what was dropped, put in, put elsewhere or cut off', async () => {
    const one = await bench();
    expect(await sql(one, 'DELETE FROM audit_entry WHERE id = 5')).toEqual(['missing entry 5']);
    expect(await sql(one, 'DELETE FROM audit_entry WHERE id = 5; UPDATE audit_entry SET id = id - 1 WHERE id > 5')).toContain('changed entry 5');
    expect((await sql(one, 'UPDATE audit_entry SET id = -id WHERE id IN (4, 5); UPDATE audit_entry SET id = 9 + id WHERE id < 0'))[0]).toBe('changed entry 4');
    expect((await sql(one, 'DELETE FROM audit_entry WHERE id > 9'))).toEqual(['cut entry 10']);
    expect((await sql(one, 'DELETE FROM audit_entry WHERE id > 12'))).toEqual(['cut entry 13']);
    const copyOf = (from: number, to: number): string => `INSERT INTO audit_entry SELECT ${to}, at_us, actor_kind, action, subject, outcome, body, hash, erasure, salt, actor, text, details FROM audit_entry WHERE id = ${from}`;
    expect(await sql(one, copyOf(4, 14))).toContain('changed entry 14');
    expect(await sql(one, `UPDATE audit_entry SET id = -id - 1 WHERE id > 5; UPDATE audit_entry SET id = -id WHERE id < 0; ${copyOf(4, 6)}`)).toContain('changed entry 6');
    expect(await sql(one, 'DELETE FROM audit_entry; DELETE FROM audit_head')).toContain('cut entry 1');
  });

  it('tells where the seals know better than a chain that was made anew', async () => {
    const one = await bench();
    expect(await found(one, (db) => {
      db.exec("UPDATE audit_entry SET text = 'Did nothing.' WHERE id = 7");
      rehash(db);
    })).toEqual(['does_not_match seal 4']);
    // The tail that no hour's seal counts is covered by the seal at the end of the program.
    const cut = (db: WriteDb): void => {
      db.exec('DELETE FROM audit_entry WHERE id > 12');
      rehash(db);
    };
    await one.sealer.close();
    expect(await found(one, cut)).toEqual(['cut entry 13']);
  });

  it('tells an hour or a seal that was dropped, and seals that were changed', async () => {
    const one = await bench();
    expect(await sql(one, 'DELETE FROM audit_seal WHERE number = 3')).toEqual(expect.arrayContaining(['seal_missing seal 3', 'hour_missing seal 3']));
    expect(await sql(one, 'DELETE FROM audit_seal WHERE number = 3; UPDATE audit_seal SET number = number - 1 WHERE number > 3')).toEqual(['seal_missing seal 3', 'hour_missing seal 3']);
    expect(await sql(one, 'DELETE FROM audit_seal WHERE number = 1; UPDATE audit_seal SET number = number - 1')).toEqual(['seal_missing seal 1']);
    expect(await sql(one, 'DELETE FROM audit_seal WHERE number = 6')).toEqual(['rolled_back seal 6']);
    expect(await sql(one, "UPDATE audit_seal SET note = replace(note, 'hour 2026', 'hour 2025') WHERE number = 2")).toContain('seal_forged seal 2');
    for (const change of ['hour = hour + 1', 'size = size + 1', 'written_us = written_us + 1000', "reason = 'pack'"]) expect(await sql(one, `UPDATE audit_seal SET ${change} WHERE number = 3`)).toEqual(['does_not_match seal 3']);
  });

  it('tells what the file says of a key otherwise than the log', async () => {
    const one = await bench();
    for (const change of ["place = 'file'", 'made_us = made_us - 1', 'retired_us = 1']) expect(await sql(one, `UPDATE audit_key SET ${change}`)).toEqual(['does_not_match key 1']);
  });

  it('tells keys that were swapped, and a log that was signed anew as a whole', async () => {
    const one = await bench();
    const key = newSignKey(one.sealer.key?.name);
    expect(await found(one, (db) => { db.prepare('UPDATE audit_key SET public = ?').run(key.publicKey); })).toEqual(['key_changed key 1', ...[1, 2, 3, 4, 5, 6].map((seal) => `seal_forged seal ${seal}`), 'does_not_match key 1']);
    const anew = (db: WriteDb): void => {
      db.exec("UPDATE audit_entry SET text = 'Did nothing.' WHERE id = 7");
      resign(db, rehash(db), key);
    };
    expect(await found(one, anew)).toEqual(['key_changed key 1', 'rolled_back seal 7', 'does_not_match key 1']);
    // By itself it is sound, where the log's own words of the key are made anew too: that is why the key is pinned elsewhere.
    const all = (db: WriteDb): void => {
      db.prepare("UPDATE audit_entry SET details = replace(details, ?, ?) WHERE action = 'audit.key'").run(fingerprintOf(one.sealer.key?.publicKey ?? Buffer.alloc(0)), fingerprintOf(key.publicKey));
      anew(db);
    };
    expect(await found(one, all, false)).toEqual([]);
  });

  it('tells a file that was put back to an earlier one', async () => {
    const one = await bench();
    one.runtime.history.db.pragma('wal_checkpoint(TRUNCATE)');
    const earlier = join(one.folder, 'earlier.db');
    copyFileSync(one.file, earlier);
    one.now += hourMs;
    await one.sealer.tick();
    expect((await one.check(earlier)).map(({ kind, at }) => `${kind} ${at}`)).toEqual(['rolled_back 7']);
    expect(await one.check(earlier, false)).toEqual([]);
  });

  it('is whole where bodies were erased or entries removed behind a seal, and only as the log says', async () => {
    const one = await bench();
    one.runtime.writer.inTransaction(() => eraseAudit(one.runtime.history.db, [4, 7, 8], words('ann', { text: 'Erased.' }), one.now * 1_000));
    expect(await one.check()).toEqual([]);
    expect(await sql(one, "UPDATE audit_entry SET erasure = 14, actor = '', text = '', details = '', salt = x'' WHERE id = 9")).toEqual(['body_changed entry 9']);
    const db = openWriter(one.tampered('heads', () => undefined));
    const at5 = checkFile(db as unknown as ReadDb, { held: null, remembered: [], headAt: 5 }, () => true)?.head;
    db.close();
    expect(frontierOf(5, Buffer.from(at5?.roots ?? '', 'hex'))?.size).toBe(5);
    if (at5 === undefined || at5 === null) throw new Error('no head');
    expect(() => one.runtime.command('audit.prune', { head: at5, seal: 4, reason: 'old', audit: words('ann') })).toThrow(/no seal that counts/);
    expect(one.runtime.command('audit.prune', { head: at5, seal: 3, reason: 'old', audit: words('ann') }, one.now * 1_000)).toEqual({ entries: 5 });
    // Also before all of it is removed.
    expect(one.runtime.command('audit.pruneSome', { most: 2 })).toEqual({ removed: 2 });
    expect(await one.check()).toEqual([]);
    expect(one.runtime.command('audit.pruneSome', { most: 10 })).toEqual({ removed: 3 });
    expect([...readKeptEntries(one.runtime.history.db, 0)][0]?.line.seq).toBe(6);
    expect(() => one.runtime.history.db.exec('DELETE FROM audit_entry WHERE id = 6')).toThrow(/append-only/);
    one.write(1);
    one.now += hourMs;
    await one.sealer.tick();
    expect(await one.check()).toEqual([]);
    expect(await sql(one, 'DELETE FROM audit_tombstone')).toContain('missing entry 1');
    for (const change of ["by = 'eve'", "reason = 'none'", 'at_us = at_us + 1']) expect(await sql(one, `UPDATE audit_tombstone SET ${change}`)).toEqual(['does_not_match entry 15']);
    expect(await sql(one, 'DELETE FROM audit_entry WHERE id = 6')).toContain('missing entry 6');
    expect((await sql(one, 'UPDATE audit_tombstone SET last = zeroblob(32)'))[0]).toBe('missing entry 1');
    // A tombstone that nobody wrote into the log.
    expect(await sql(await bench(), `DELETE FROM audit_entry WHERE id <= 5; INSERT INTO audit_tombstone (up_to, entries, at_us, by, reason, seal, last, frontier, entry) VALUES (5, 5, 0, 'eve', '', 3, x'${at5.last}', x'${at5.roots}', 12)`)).toContain('missing entry 1');
    expect(one.runtime.ask('auditFacts', {})).toMatchObject({ entries: 16, firstSeq: 6, tombstones: [{ upTo: 5, entries: 5, reason: 'old' }] });
    expect(() => one.runtime.ask('audit.get', { id: 'aud-3' })).toThrow(/removed behind a seal/);
    expect(one.runtime.ask('audit.get', { id: 'aud-7' })).toMatchObject({ seq: 7, actor: '', erasedAt: expect.any(String) as string });
  });
});
