/** Whose pack it is: the key that signed it, held against the one that the auditor was told by another way. */
import { fromBase64 } from './bytes.ts';
import { isFields, readCanonical } from './canonical.ts';
import { sha256Hex } from './hashing.ts';
import type { Hashing } from './hashing.ts';
import type { Findings } from './findings.ts';
import type { Manifest } from './manifest.ts';
import { openNote, pemText, readVerifierKey, verifierKeyText } from './notes.ts';
import type { NoteKey } from './notes.ts';

export const vkeyPath = 'key/log.vkey';
export const pemPath = 'key/log.pem';
/** Every key that the log had, oldest first, each with the note by which the one before handed over to it. */
export const keysPath = 'key/keys.jsonl';

/** What was pinned: a fingerprint, as hex. Null: it is none of fingerprint, verifier key and PEM. */
export function readPinned(hashing: Hashing, text: string): string | null {
  const trimmed = text.trim();
  const pem = /^-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=]{60})\s+-----END PUBLIC KEY-----$/.exec(trimmed)?.[1];
  const der = pem === undefined ? null : fromBase64(pem);
  if (der !== null) return sha256Hex(hashing, der);
  const plain = trimmed.replaceAll(/[\s:]/g, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(plain)) return plain;
  return readVerifierKey(hashing, trimmed)?.fingerprint ?? null;
}

export type Pinned = 'matches' | 'not_given' | 'differs';

/** In groups of four, as people compare it. */
export const fingerprintText = (fingerprint: string): string => fingerprint.match(/.{1,4}/g)?.join(' ') ?? '';

/** `all`: oldest first, the current one last. `since`: number of the first of them from which on each was handed over to by the one before. */
export interface Keys { readonly current: NoteKey | null; readonly all: readonly NoteKey[]; readonly since: number }

/** What the key before says of the one after it. */
export const handoverText = (to: NoteKey): string => `${to.name}/key\n${verifierKeyText(to)}\n`;

/** The key that the pack brings, held together with what its manifest says of it. `vkey`, `pem`, `keys`: the files. */
export async function readKeys(hashing: Hashing, manifest: Manifest, { vkey, pem, keys }: { readonly vkey: string | null; readonly pem: string | null; readonly keys: string | null }, findings: Findings): Promise<Keys> {
  const current = readVerifierKey(hashing, manifest.key.verifier);
  if (current === null || current.name !== manifest.log.origin || current.name !== manifest.key.name || current.fingerprint !== manifest.key.fingerprint) {
    findings.add('manifest', 'manifest_forged', 'file', 'manifest.json', 'What the manifest says of the key contradicts itself.');
    return { current: null, all: [], since: 0 };
  }
  if (vkey !== `${verifierKeyText(current)}\n`) findings.add('key', 'file_changed', 'file', vkeyPath, `${vkeyPath} is not the key that the manifest tells.`);
  if (pem !== pemText(current)) findings.add('key', 'file_changed', 'file', pemPath, `${pemPath} is not the key that the manifest tells.`);
  const { all, since } = await readHandovers(hashing, keys ?? '', findings);
  if (all.at(-1)?.fingerprint === current.fingerprint) return { current, all, since };
  findings.add('key', 'file_changed', 'file', keysPath, `${keysPath} does not end with the key that the manifest tells.`);
  return { current, all: [...all, current], since: all.length };
}

async function readHandovers(hashing: Hashing, text: string, findings: Findings): Promise<{ all: NoteKey[]; since: number }> {
  const all: NoteKey[] = [];
  let since = 0;
  for (const line of text.split('\n').slice(0, -1)) {
    const value = readCanonical(line);
    const key = isFields(value) && typeof value['verifier'] === 'string' ? readVerifierKey(hashing, value['verifier']) : null;
    if (!isFields(value) || key === null) {
      findings.add('key', 'file_changed', 'file', keysPath, `Line ${all.length + 1} of ${keysPath} holds no key.`);
      break;
    }
    const before = all.at(-1);
    const handover = typeof value['handover'] === 'string' ? value['handover'] : '';
    all.push(key);
    if (before === undefined || await openNote(hashing, handover, before) === handoverText(key)) continue;
    since = all.length - 1;
    findings.add('key', 'key_changed', 'key', all.length, 'The log was signed by another key from then on, and the one before it did not hand over to it. The earlier one was lost, or the log was signed anew.');
  }
  return { all, since };
}

export function checkPinned({ current, all, since }: Keys, pinned: string | null, findings: Findings): Pinned {
  if (current === null || pinned === null) return 'not_given';
  const shown = fingerprintText(current.fingerprint);
  const at = all.findIndex(({ fingerprint }) => fingerprint === pinned);
  if (at >= 0 && at >= since) {
    findings.done('key', at === all.length - 1 ? `The key is the one that you gave: ${shown}.` : `The key that you gave handed over, by its own signature, to the one that signed this pack: ${shown}.`);
    return 'matches';
  }
  // That the log changed its key without a hand-over was told where the keys were read.
  if (at < 0) findings.add('key', 'key_not_pinned', 'key', current.name, `This pack is signed by another key than the one that you gave: ${shown}.`);
  return 'differs';
}
