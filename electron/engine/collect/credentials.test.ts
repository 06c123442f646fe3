import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallFailure } from '../call-failure.ts';
import { RuntimeFault } from '../connectors/connector.ts';
import { Credentials, hintOf } from './credentials.ts';
import { ParentVault, VaultRefusal } from './vault.ts';
import type { Vault } from './vault.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'gatehouse-credentials-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

class FakeVault implements Vault {
  readonly kept = new Map<string, string>();
  keyring = true;
  get(name: string): Promise<string | null> { return Promise.resolve(this.kept.get(name) ?? null); }
  put(name: string, value: string, { weak }: { readonly weak: boolean }): Promise<void> {
    if (!this.keyring && !weak) return Promise.reject(new VaultRefusal('no_keyring', 'This system has no keyring.'));
    this.kept.set(name, value);
    return Promise.resolve();
  }
  remove(name: string): Promise<void> {
    this.kept.delete(name);
    return Promise.resolve();
  }
}

const open = (vault: Vault | null, { lasting = true, environment = {} }: { lasting?: boolean; environment?: Record<string, string> } = {}): Credentials => new Credentials({ vault, lasting, environment });
const faultOf = async (call: Promise<unknown>): Promise<RuntimeFault> => {
  const error: unknown = await call.then(() => null, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RuntimeFault);
  return error as RuntimeFault;
};

describe('values', () => {
  it('go to the vault and come back by reference', async () => {
    const vault = new FakeVault();
    const credentials = open(vault);
    const { reference, hint } = await credentials.keep({ from: 'value', value: ' lsv2_pt_0123456789\n' }, false);
    expect(reference).toMatch(/^vault:c-[0-9a-f]{24}$/);
    expect(hint).toBe('6789');
    expect(await credentials.read(reference)).toBe('lsv2_pt_0123456789');
    await credentials.forget(reference);
    expect(vault.kept.size).toBe(0);
    expect((await faultOf(credentials.read(reference))).kind).toBe('credential_missing');
  });

  it('show nothing of a short one', () => {
    expect([hintOf('12345678901'), hintOf('123456789012')]).toEqual([null, '9012']);
  });

  it('are refused without a keyring, until a person chooses', async () => {
    const vault = new FakeVault();
    vault.keyring = false;
    const credentials = open(vault);
    await expect(credentials.keep({ from: 'value', value: 'secret-value' }, false)).rejects.toMatchObject({ name: 'CallFailure', code: 'conflict', message: 'This system has no keyring.' });
    expect((await credentials.keep({ from: 'value', value: 'secret-value' }, true)).reference).toMatch(/^vault:/);
    const session = await credentials.keep({ from: 'value', value: 'secret-value', keep: 'session' }, false);
    expect(session.reference).toMatch(/^session:/);
    expect(await credentials.read(session.reference)).toBe('secret-value');
  });

  it('live in memory where there is no desktop, and are lost with the engine', async () => {
    const credentials = open(null);
    const { reference } = await credentials.keep({ from: 'value', value: 'secret-value' }, false);
    expect(reference).toMatch(/^session:/);
    expect([credentials.isLost(reference), open(null).isLost(reference)]).toEqual([false, true]);
    expect((await faultOf(open(null).read(reference))).message).toContain('Give it again');
  });

  it('are refused by an engine that ends at once', async () => {
    await expect(open(null, { lasting: false }).keep({ from: 'value', value: 'secret-value' }, false)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('must fit into a header', async () => {
    await expect(open(null).keep({ from: 'value', value: 'a\nb' }, false)).rejects.toBeInstanceOf(CallFailure);
    await expect(open(null).keep({ from: 'value', value: ' \n' }, false)).rejects.toBeInstanceOf(CallFailure);
  });
});

describe('references', () => {
  it('read a variable at each use', async () => {
    const environment: Record<string, string> = {};
    const credentials = open(null, { environment });
    const { reference } = await credentials.keep({ from: 'env', name: 'LG_KEY' }, false);
    expect((await faultOf(credentials.read(reference))).message).toContain('LG_KEY');
    environment['LG_KEY'] = 'one';
    expect(await credentials.read(reference)).toBe('one');
    environment['LG_KEY'] = 'two';
    expect(await credentials.read(reference)).toBe('two');
  });

  it('read a file that is the owner\'s alone, and no other', async () => {
    const path = join(folder, 'key');
    const credentials = open(null);
    const { reference } = await credentials.keep({ from: 'file', path }, false);
    expect((await faultOf(credentials.read(reference))).message).toContain('ENOENT');
    writeFileSync(path, 'from-the-file\n', { mode: 0o600 });
    expect(await credentials.read(reference)).toBe('from-the-file');
    for (const mode of [0o644, 0o640, 0o604, 0o620]) {
      chmodSync(path, mode);
      const { message } = await faultOf(credentials.read(reference));
      expect(message).toContain('chmod 600');
      expect(message).not.toContain('from-the-file');
    }
    chmodSync(path, 0o600);
    writeFileSync(path, 'x'.repeat(20_000));
    expect((await faultOf(credentials.read(reference))).kind).toBe('credential_missing');
  });

  it('refuse folders, and links to what others may read', async () => {
    const credentials = open(null);
    expect((await faultOf(credentials.read(`file:${folder}`))).kind).toBe('credential_missing');
    writeFileSync(join(folder, 'open'), 'k', { mode: 0o644 });
    symlinkSync(join(folder, 'open'), join(folder, 'link'));
    expect((await faultOf(credentials.read(`file:${join(folder, 'link')}`))).message).toContain('chmod 600');
    await expect(credentials.keep({ from: 'file', path: 'relative/key' }, false)).rejects.toMatchObject({ code: 'bad_request' });
  });
});

describe('ParentVault', () => {
  it('matches answers to questions, and passes refusals on', async () => {
    const asked: { n: number; op: string }[] = [];
    const vault = new ParentVault((question) => asked.push(question));
    const one = vault.get('a');
    const two = vault.put('b', 'v', { weak: false });
    expect(asked).toMatchObject([{ op: 'get', name: 'a' }, { op: 'put', name: 'b', value: 'v', weak: false }]);
    vault.hear({ t: 'vault', n: asked[1]?.n ?? 0, ok: false, why: 'no_keyring', text: 'None.' });
    vault.hear({ t: 'vault', n: asked[0]?.n ?? 0, ok: true, value: 'secret' });
    expect(await one).toBe('secret');
    await expect(two).rejects.toMatchObject({ why: 'no_keyring', message: 'None.' });
  });

  it('does not wait for ever', async () => {
    await expect(new ParentVault(() => undefined, 20).get('a')).rejects.toMatchObject({ why: 'failed' });
  });
});
