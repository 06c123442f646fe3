/**
 * SECURITY: credentials at rest. One file of ciphertexts, the key is the system's (safeStorage). Only main reads and writes it; a text leaves it
 * only over the engine's own line, asked for by name. Knows no Electron, so that its rules are tested.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/**
 * What the system offers. `keyring`: a key that the account's own keyring guards. `weak`: no keyring; a key that is the same on every machine,
 * so that the file only looks encrypted. `none`: not even that.
 */
export interface SystemSafe {
  kind(): 'keyring' | 'weak' | 'none';
  encrypt(text: string, weak: boolean): Buffer;
  decrypt(cipher: Buffer, weak: boolean): string;
}

export type VaultAnswer =
  | { readonly ok: true; readonly value: string | null }
  | { readonly ok: false; readonly why: 'no_keyring' | 'failed'; readonly text: string };
export type VaultRequest = { readonly op: 'get' | 'put' | 'remove'; readonly name: string; readonly value?: string | undefined; readonly weak?: boolean | undefined };

const vaultFile = z.object({ version: z.literal(1), entries: z.record(z.string(), z.object({ cipher: z.base64(), weak: z.boolean() })) });
type Entries = z.infer<typeof vaultFile>['entries'];

export class Vault {
  readonly #file: string;
  readonly #safe: SystemSafe;
  readonly #say: (text: string) => void;

  constructor(file: string, safe: SystemSafe, say: (text: string) => void) {
    this.#file = file;
    this.#safe = safe;
    this.#say = say;
  }

  answer(request: VaultRequest): VaultAnswer {
    try {
      switch (request.op) {
        case 'get': return { ok: true, value: this.#get(request.name) };
        case 'put': return this.#put(request.name, request.value ?? '', request.weak === true);
        case 'remove': return this.#remove(request.name);
      }
    } catch (error) {
      // SECURITY: what failed is said, never what it failed on.
      this.#say(`the vault could not ${request.op} a credential: ${error instanceof Error ? error.message : 'unknown'}`);
      return { ok: false, why: 'failed', text: `The system's keyring could not ${request.op === 'get' ? 'give out' : 'change'} the credential. Nothing was changed. Unlock the keyring, or give the credential again.` };
    }
  }

  #get(name: string): string | null {
    const entries = this.#read();
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
    return entry === undefined ? null : this.#safe.decrypt(Buffer.from(entry.cipher, 'base64'), entry.weak);
  }

  #put(name: string, value: string, weak: boolean): VaultAnswer {
    const kind = this.#safe.kind();
    if (kind === 'none' || (kind === 'weak' && !weak)) {
      return { ok: false, why: 'no_keyring', text: 'This system has no keyring that could guard the credential. Nothing was stored. Start a keyring (GNOME Keyring, KWallet), or choose to keep it only until Gatehouse ends.' };
    }
    const entries = { ...this.#read(), [name]: { cipher: this.#safe.encrypt(value, kind === 'weak').toString('base64'), weak: kind === 'weak' } };
    this.#write(entries);
    return { ok: true, value: null };
  }

  #remove(name: string): VaultAnswer {
    const { [name]: gone, ...rest } = this.#read();
    if (gone !== undefined) this.#write(rest);
    return { ok: true, value: null };
  }

  #read(): Entries {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw error;
    }
    const read = vaultFile.safeParse(parsed(text));
    if (read.success) return read.data.entries;
    // Damaged: kept for whoever can mend it, and the connections say that their credential is missing.
    const aside = `${this.#file}.damaged-${Date.now()}`;
    renameSync(this.#file, aside);
    this.#say(`the vault's file was damaged and is kept aside as ${aside}; credentials must be given again`);
    return {};
  }

  #write(entries: Entries): void {
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    // A crash while writing must not cost every credential.
    writeFileSync(`${this.#file}.new`, JSON.stringify({ version: 1, entries }), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Not even JSON: damaged as well.
  }
}
