/**
 * Where the private half of the key rests, and what is remembered of the newest seal, both outside of the history's file: in the desktop's vault, or, where
 * there is none or the system has no keyring, in files beside the history that only this account can read. SECURITY: whoever can change the history can
 * use the key in such a file too; that is said wherever the key is shown.
 */
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VaultRefusal } from '../collect/vault.ts';
import type { Vault } from '../collect/vault.ts';

export type SecretName = 'audit-key' | 'audit-seal';
export type PlaceName = 'keyring' | 'file';

export interface SecretPlace {
  readonly name: PlaceName;
  get(name: SecretName): Promise<string | null>;
  put(name: SecretName, value: string): Promise<void>;
  remove(name: SecretName): Promise<void>;
}

/** PEM as openssl reads it, and JSON. */
const files: Readonly<Record<SecretName, string>> = { 'audit-key': 'audit-key.pem', 'audit-seal': 'audit-seal.json' };

export class FilePlace implements SecretPlace {
  readonly name = 'file';
  readonly #folder: string;

  constructor(folder: string) { this.#folder = folder; }

  get(name: SecretName): Promise<string | null> {
    try {
      return Promise.resolve(readFileSync(join(this.#folder, files[name]), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Promise.resolve(null);
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  put(name: SecretName, value: string): Promise<void> {
    const file = join(this.#folder, files[name]);
    // An end in the middle must not cost the key.
    writeFileSync(`${file}.new`, value, { mode: 0o600 });
    // A file that was there keeps its mode when it is written.
    chmodSync(`${file}.new`, 0o600);
    renameSync(`${file}.new`, file);
    return Promise.resolve();
  }

  remove(name: SecretName): Promise<void> {
    rmSync(join(this.#folder, files[name]), { force: true });
    return Promise.resolve();
  }
}

export class VaultPlace implements SecretPlace {
  readonly name = 'keyring';
  readonly #vault: Vault;

  constructor(vault: Vault) { this.#vault = vault; }

  get(name: SecretName): Promise<string | null> { return this.#vault.get(name); }
  /** SECURITY: never weakly: a keyring that guards nothing is no better than the file, and looks as if it were. */
  put(name: SecretName, value: string): Promise<void> { return this.#vault.put(name, value, { weak: false }); }
  remove(name: SecretName): Promise<void> { return this.#vault.remove(name); }
}

export const hasNoKeyring = (error: unknown): boolean => error instanceof VaultRefusal && error.why === 'no_keyring';
