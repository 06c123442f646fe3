import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Vault } from './vault.ts';
import type { SystemSafe } from './vault.ts';

class FakeSafe implements SystemSafe {
  present: 'keyring' | 'weak' | 'none' = 'keyring';
  locked = false;
  kind(): 'keyring' | 'weak' | 'none' { return this.present; }
  encrypt(text: string, weak: boolean): Buffer { return Buffer.from([weak ? 1 : 2, ...Buffer.from(text)].map((byte) => byte ^ 0x5a)); }
  decrypt(cipher: Buffer, weak: boolean): string {
    if (this.locked) throw new Error('the keyring is locked');
    const plain = Buffer.from(cipher.map((byte) => byte ^ 0x5a));
    if (plain[0] !== (weak ? 1 : 2)) throw new Error('wrong key');
    return plain.subarray(1).toString();
  }
}

const secret = 'sk-live-0123456789abcdef';
let folder: string;
let file: string;
let safe: FakeSafe;
let said: string[];
const open = (): Vault => new Vault(file, safe, (text) => said.push(text));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-vault-'));
  file = join(folder, 'window', 'vault.json');
  safe = new FakeSafe();
  said = [];
});
afterEach(() => { rmSync(folder, { recursive: true }); });

describe('Vault', () => {
  it('gives back what was put, also to the next start, and keeps it unreadable and its owner\'s only', () => {
    expect(open().answer({ op: 'put', name: 'con-1', value: secret })).toEqual({ ok: true, value: null });
    expect(open().answer({ op: 'get', name: 'con-1' })).toEqual({ ok: true, value: secret });
    expect(readFileSync(file, 'utf8')).not.toContain(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('knows nothing under a name that was removed or never put', () => {
    const vault = open();
    vault.answer({ op: 'put', name: 'con-1', value: secret });
    vault.answer({ op: 'put', name: 'con-2', value: 'other' });
    expect(vault.answer({ op: 'remove', name: 'con-1' })).toEqual({ ok: true, value: null });
    expect(vault.answer({ op: 'get', name: 'con-1' })).toEqual({ ok: true, value: null });
    expect(vault.answer({ op: 'get', name: 'con-2' })).toEqual({ ok: true, value: 'other' });
    expect(vault.answer({ op: 'get', name: 'constructor' })).toEqual({ ok: true, value: null });
  });

  it('refuses without a keyring unless a person chose so, and remembers which entries are weak', () => {
    safe.present = 'weak';
    expect(open().answer({ op: 'put', name: 'con-1', value: secret })).toMatchObject({ ok: false, why: 'no_keyring' });
    expect(open().answer({ op: 'get', name: 'con-1' })).toEqual({ ok: true, value: null });
    expect(open().answer({ op: 'put', name: 'con-1', value: secret, weak: true })).toEqual({ ok: true, value: null });
    safe.present = 'keyring';
    expect(open().answer({ op: 'get', name: 'con-1' })).toEqual({ ok: true, value: secret });
    expect(open().answer({ op: 'put', name: 'con-2', value: secret, weak: true })).toEqual({ ok: true, value: null });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ entries: { 'con-1': { weak: true }, 'con-2': { weak: false } } });
    safe.present = 'none';
    expect(open().answer({ op: 'put', name: 'con-3', value: secret, weak: true })).toMatchObject({ ok: false, why: 'no_keyring' });
  });

  it('says that the keyring failed, and never what it failed on', () => {
    open().answer({ op: 'put', name: 'con-1', value: secret });
    safe.locked = true;
    const answer = open().answer({ op: 'get', name: 'con-1' });
    expect(answer).toMatchObject({ ok: false, why: 'failed' });
    expect(JSON.stringify([answer, said])).not.toContain(secret);
    expect(said).toEqual(['the vault could not get a credential: the keyring is locked']);
  });

  it.each(['{"version":1', '{"version":7,"entries":{}}', '[]'])('keeps a damaged file aside: %s', (text) => {
    open().answer({ op: 'put', name: 'con-1', value: secret });
    writeFileSync(file, text);
    expect(open().answer({ op: 'get', name: 'con-1' })).toEqual({ ok: true, value: null });
    const aside = readdirSync(join(folder, 'window')).find((name) => name.startsWith('vault.json.damaged-')) ?? '';
    expect(readFileSync(join(folder, 'window', aside), 'utf8')).toBe(text);
    expect(said[0]).toContain('kept aside');
  });
});
