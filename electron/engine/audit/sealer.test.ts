import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SessionVault, VaultRefusal } from '../collect/vault.ts';
import { hourMs } from './sealer.ts';
import { FilePlace, VaultPlace } from './secret-place.ts';
import { AuditBench, begin, NoKeyring } from './test-audit.ts';

const hour = Math.floor(begin / hourMs);
const actions = (bench: AuditBench): string[] => bench.runtime.history.all<{ action: string }>('SELECT action FROM audit_entry ORDER BY id').map((row) => row.action);

describe('the sealer', () => {
  it('seals at once, then every hour once it is over, also an empty one', async () => {
    const bench = new AuditBench();
    await bench.sealer.tick();
    // The runtime was added before; the key is in the log.
    expect([actions(bench), bench.seals()]).toEqual([['test', 'audit.key'], [{ number: 1, hour, size: 2, reason: 'began' }]]);
    bench.write(3);
    await bench.sealer.tick();
    expect(bench.seals().length).toBe(1);
    bench.now += hourMs;
    await bench.sealer.tick();
    bench.now += hourMs;
    await bench.sealer.tick();
    expect(bench.seals().slice(1)).toEqual([{ number: 2, hour, size: 5, reason: null }, { number: 3, hour: hour + 1, size: 5, reason: null }]);
    expect(await bench.check()).toEqual([]);
    expect(bench.sealer.nextSealAt).toBe(new Date((hour + 3) * hourMs).toISOString());
    expect([...bench.alarms]).toEqual([]);
  });

  it('seals the hours in which nothing ran, and says when', async () => {
    const bench = new AuditBench();
    await bench.hours([2]);
    bench.restart();
    bench.now += 300 * hourMs;
    await bench.sealer.tick();
    expect(bench.seals().length).toBe(302);
    expect(bench.seals().slice(2).every((seal, i) => seal.hour === hour + 1 + i && seal.reason === null)).toBe(true);
    expect(bench.runtime.history.all<{ note: string }>('SELECT note FROM audit_seal WHERE number = 10')[0]?.note).toContain(`\nwritten ${new Date(bench.now).toISOString()}\n`);
    expect(await bench.check()).toEqual([]);
  });

  it('covers the newest acts when somebody needs it, and at the end', async () => {
    const bench = new AuditBench();
    await bench.hours([1]);
    bench.write(2);
    expect(await bench.sealer.sealNow('pack')).toMatchObject({ number: 3, hour: hour + 1, size: 5 });
    await bench.sealer.close();
    // Nothing was written since.
    expect(bench.seals().length).toBe(3);
    bench.restart();
    await bench.sealer.tick();
    bench.write(1);
    await bench.sealer.close();
    expect(bench.seals().at(-1)).toEqual({ number: 4, hour: hour + 1, size: 6, reason: 'closing' });
    bench.restart();
    bench.now += hourMs;
    await bench.sealer.tick();
    expect(bench.seals().at(-1)).toEqual({ number: 5, hour: hour + 1, size: 6, reason: null });
    expect(await bench.check()).toEqual([]);
  });

  it('waits for a clock that was set back, and seals nothing by one that stands years ahead', async () => {
    const bench = new AuditBench();
    await bench.hours([1, 1]);
    bench.now -= 5 * hourMs;
    bench.restart();
    await bench.sealer.tick();
    expect(bench.seals().length).toBe(3);
    expect(await bench.sealer.sealNow('pack')).toMatchObject({ number: 4, hour: hour + 2 });
    expect(await bench.check()).toEqual([]);
    bench.now += 7 * 366 * 24 * hourMs;
    await bench.sealer.tick();
    expect(bench.alarms.get('audit-seal')).toContain('until the clock is right');
    expect(bench.seals().length).toBe(4);
  });

  it('keeps the key in the vault, and in a file of this account alone where there is no keyring', async () => {
    const bench = new AuditBench();
    await bench.hours([]);
    expect(await bench.vault.get('audit-key')).toContain('PRIVATE KEY');
    expect(bench.sealer.key?.place).toBe('keyring');
    const bare = new AuditBench();
    bare.places = [new VaultPlace(new NoKeyring()), new FilePlace(bare.folder)];
    bare.restart();
    await bare.hours([1]);
    for (const file of ['audit-key.pem', 'audit-seal.json']) expect(statSync(join(bare.folder, file)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(bare.folder, 'audit-key.pem'), 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(bare.runtime.history.all('SELECT place, handover, retired_us FROM audit_key')).toEqual([{ place: 'file', handover: null, retired_us: null }]);
    expect(bare.runtime.ask('audit.keys', {})).toMatchObject({ rows: [{ place: 'file', retiredAt: null }] });
    bare.restart();
    await bare.sealer.tick();
    expect(bare.runtime.history.all('SELECT count(*) AS n FROM audit_key')).toEqual([{ n: 1 }]);
    expect(await bare.check()).toEqual([]);
  });

  it('makes another key when the one before is lost, says so in the log, and the check remembers', async () => {
    const bench = new AuditBench();
    await bench.hours([1]);
    await bench.vault.remove('audit-key');
    bench.restart();
    bench.now += hourMs;
    await bench.sealer.tick();
    expect(bench.runtime.history.all<{ text: string }>("SELECT text FROM audit_entry WHERE action = 'audit.key' ORDER BY id DESC LIMIT 1")[0]?.text).toContain('did not hand over');
    expect((await bench.check()).map(({ kind, at }) => `${kind} ${at}`)).toEqual(['key_changed 2']);
  });

  it('hands over to a key that was asked for', async () => {
    const bench = new AuditBench();
    await bench.hours([1]);
    const before = bench.sealer.key;
    const after = await bench.sealer.renew();
    expect(after.publicKey.equals(before?.publicKey ?? Buffer.alloc(0))).toBe(false);
    bench.now += hourMs;
    await bench.sealer.tick();
    bench.restart();
    await bench.sealer.tick();
    expect(bench.sealer.key?.publicKey).toEqual(after.publicKey);
    expect(await bench.check()).toEqual([]);
    expect(bench.runtime.history.all('SELECT retired_us IS NULL AS used, handover IS NULL AS bare FROM audit_key ORDER BY id')).toEqual([{ used: 0, bare: 1 }, { used: 1, bare: 0 }]);
  });

  it('moves from a file to the keyring when it is renewed, and leaves nothing in the file', async () => {
    const bench = new AuditBench();
    const keyring = bench.places;
    bench.places = [new FilePlace(bench.folder)];
    bench.restart();
    await bench.hours([1]);
    const old = readFileSync(join(bench.folder, 'audit-key.pem'), 'utf8');
    bench.places = keyring;
    bench.restart();
    await bench.sealer.tick();
    expect(bench.sealer.key?.place).toBe('file');
    expect((await bench.sealer.renew()).place).toBe('keyring');
    expect(existsSync(join(bench.folder, 'audit-key.pem'))).toBe(false);
    // An older key that lies there all the same is not taken for the log's.
    writeFileSync(join(bench.folder, 'audit-key.pem'), old, { mode: 0o600 });
    bench.places = [new FilePlace(bench.folder)];
    bench.restart();
    bench.now += hourMs;
    await bench.sealer.tick();
    expect(bench.alarms.get('audit-seal')).toContain('keyring of the desktop');
    bench.places = keyring;
    bench.restart();
    await bench.sealer.tick();
    expect(await bench.check()).toEqual([]);
  });

  it('does not make another key where the one there is is only out of reach', async () => {
    const bench = new AuditBench();
    await bench.hours([1]);
    bench.places = [new FilePlace(bench.folder)];
    bench.restart();
    bench.now += hourMs;
    await bench.sealer.tick();
    expect(bench.alarms.get('audit-seal')).toContain('keyring of the desktop');
    bench.places = [new VaultPlace({ get: () => Promise.reject(new VaultRefusal('failed', 'Unlock the keyring.')), put: () => Promise.reject(new VaultRefusal('failed', 'Unlock the keyring.')), remove: () => Promise.resolve() })];
    bench.restart();
    await bench.sealer.tick();
    expect(bench.alarms.get('audit-seal')).toContain('Unlock the keyring.');
    expect(bench.seals().length).toBe(2);
    bench.places = [new VaultPlace(bench.vault)];
    bench.restart();
    await bench.sealer.tick();
    expect([bench.alarms.size, bench.seals().length]).toEqual([0, 3]);
    expect(await bench.check()).toEqual([]);
  });

  it('remembers seals that a file does not have any more, however often it seals since', async () => {
    const bench = new AuditBench([new VaultPlace(new SessionVault())]);
    await bench.hours([2, 2, 2]);
    const file = bench.tampered('earlier', (db) => db.exec('DELETE FROM audit_seal WHERE number > 2'));
    expect((await bench.check(file)).map(({ kind, at }) => `${kind} ${at}`)).toEqual(['rolled_back 3']);
    // The file is put back to what it was, and goes on.
    const { db } = bench.runtime.history;
    db.exec('DROP TRIGGER audit_seal_no_delete; DELETE FROM audit_seal WHERE number > 2');
    bench.restart();
    for (let n = 0; n < 3; n++) {
      bench.now += hourMs;
      await bench.sealer.tick();
    }
    expect((await bench.check()).map(({ kind }) => kind)).toEqual(['rolled_back']);
    rmSync(file);
  });
});
