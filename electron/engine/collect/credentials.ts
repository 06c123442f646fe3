/**
 * Credentials of runtimes: where a new one is put, and how it is read when it is used. SECURITY: beyond this file and the header that a connector
 * sends, only references go round: `vault:<name>`, `session:<name>`, `env:<NAME>`, `file:<path>`.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { CredentialInput } from '../../../shared/contract.ts';
import { CallFailure } from '../call-failure.ts';
import { RuntimeFault } from '../connectors/connector.ts';
import type { CredentialReference } from '../store/runtime-commands.ts';
import { SessionVault, VaultRefusal } from './vault.ts';
import type { Vault } from './vault.ts';

export interface KeptCredential {
  readonly reference: CredentialReference | null;
  /** what may be shown of it; null: nothing. */
  readonly hint: string | null;
}

export interface CredentialParts {
  /** null: this engine has no place that outlives it (no desktop). */
  readonly vault: Vault | null;
  /** false: this engine ends with the command that started it, so memory keeps nothing. */
  readonly lasting: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const mostBytes = 16_384;
/** SECURITY: of a short one, four characters would be too much of it. */
const shortestHinted = 12;

export const hintOf = (value: string): string | null => (value.length < shortestHinted ? null : value.slice(-4));

export class Credentials {
  readonly #parts: CredentialParts;
  readonly #session = new SessionVault();

  constructor(parts: CredentialParts) { this.#parts = parts; }

  /** Puts a new one where it is to rest. `weak`: the remembered choice of `settings.weakVault`. */
  async keep(input: CredentialInput, weak: boolean): Promise<KeptCredential> {
    switch (input.from) {
      case 'none': return { reference: null, hint: null };
      case 'env': return { reference: `env:${input.name}`, hint: input.name };
      case 'file':
        if (!isAbsolute(input.path)) throw new CallFailure('bad_request', 'The path of a credential\'s file must be absolute. Nothing was changed.');
        return { reference: `file:${input.path}`, hint: input.path };
      case 'value': return this.#keepValue(usable(input.value), input.keep ?? 'vault', weak);
    }
  }

  async #keepValue(value: string, where: 'vault' | 'session', weak: boolean): Promise<KeptCredential> {
    const name = `c-${randomBytes(12).toString('hex')}`;
    const { vault, lasting } = this.#parts;
    if (vault !== null && where === 'vault') {
      await vault.put(name, value, { weak }).catch((error: unknown) => { throw refusalInWords(error); });
      return { reference: `vault:${name}`, hint: hintOf(value) };
    }
    if (!lasting) throw new CallFailure('conflict', 'No engine runs for this folder, so the credential would be forgotten as soon as this command ends. Nothing was changed. Start Gatehouse first, or refer to it: env:NAME or file:PATH.');
    await this.#session.put(name, value);
    return { reference: `session:${name}`, hint: hintOf(value) };
  }

  /** Read anew at each use. Rejects with `credential_missing` in words that say how to give it again. */
  async read(reference: CredentialReference | null): Promise<string | null> {
    if (reference === null) return null;
    const [from, name] = split(reference);
    switch (from) {
      case 'vault': return this.#fromVault(name);
      case 'session': return await this.#session.get(name) ?? missing('The credential was kept only until Gatehouse ended. Give it again.');
      case 'env': return usableOr(this.#parts.environment[name], `The engine's environment has no variable ${name}. Start gatehouse serve with it (the window's own engine is given only what every program needs), or give the credential otherwise.`);
      case 'file': return readSecretFile(name);
      default: return missing('The credential is kept in a way that this version does not know. Give it again.');
    }
  }

  /** A credential that nothing refers to any more. What cannot be removed is harmless but said. */
  async forget(reference: CredentialReference | null): Promise<void> {
    if (reference === null) return;
    const [from, name] = split(reference);
    if (from === 'session') await this.#session.remove(name);
    if (from === 'vault') await this.#parts.vault?.remove(name);
  }

  /** Session credentials are gone with the engine that held them. */
  isLost(reference: CredentialReference | null): boolean {
    if (reference === null) return false;
    const [from, name] = split(reference);
    return from === 'session' && !this.#session.has(name);
  }

  async #fromVault(name: string): Promise<string> {
    if (this.#parts.vault === null) return missing('The credential lies in the keyring of the desktop, which only the desktop\'s engine can read. Open Gatehouse\'s window, or give the credential again.');
    try {
      return await this.#parts.vault.get(name) ?? missing('The system\'s keyring does not hold the credential any more. Give it again.');
    } catch (error) {
      if (error instanceof VaultRefusal) throw new RuntimeFault('credential_missing', error.message);
      throw error;
    }
  }
}

function split(reference: CredentialReference): [from: string, name: string] {
  const at = reference.indexOf(':');
  return [reference.slice(0, at), reference.slice(at + 1)];
}

function missing(text: string): never {
  throw new RuntimeFault('credential_missing', text);
}

/** One line of visible ASCII, as a header can carry; a pasted end of line is dropped. */
function usable(value: string): string {
  const trimmed = value.trim();
  if (trimmed === '' || !/^[\x20-\x7e]+$/.test(trimmed)) throw new CallFailure('bad_request', 'The credential is empty or holds characters that no header can carry (line breaks, letters outside ASCII). Nothing was changed.');
  return trimmed;
}

function usableOr(value: string | undefined, text: string): string {
  const trimmed = value?.trim() ?? '';
  return trimmed === '' || trimmed.length > mostBytes || !/^[\x20-\x7e]+$/.test(trimmed) ? missing(text) : trimmed;
}

function refusalInWords(error: unknown): unknown {
  return error instanceof VaultRefusal ? new CallFailure(error.why === 'no_keyring' ? 'conflict' : 'unavailable', error.message) : error;
}

/** SECURITY: a file that others can read or that belongs to somebody else is no place for a credential; using it would hide that. */
async function readSecretFile(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return missing(`The file of the credential, ${path}, cannot be read (${code}).`);
  });
  try {
    const { mode, uid, size } = await file.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) missing(`${path} is no file that a credential can be read from.`);
    if (process.getuid !== undefined && uid !== process.getuid()) missing(`The file of the credential, ${path}, belongs to another account. It was not used.`);
    if (process.getuid !== undefined && (mode & 0o077) !== 0) missing(`Other accounts may open the file of the credential, ${path}. It was not used; make it yours alone (chmod 600).`);
    if (size > mostBytes) missing(`The file of the credential, ${path}, is longer than a credential can be.`);
    return usableOr(await file.readFile('utf8'), `The file of the credential, ${path}, holds none that a header could carry.`);
  } finally {
    await file.close();
  }
}
