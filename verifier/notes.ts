/** C2SP signed notes with Ed25519, their keys, and the seals of the log in them. */
import { base64, fromBase64, hex, joined, same, utf8 } from './bytes.ts';
import { sha256, sha256Hex } from './hashing.ts';
import type { Hashing } from './hashing.ts';

const ed25519 = Uint8Array.of(1);
/** DER of a SubjectPublicKeyInfo for Ed25519 up to the key (RFC 8410). */
const spki = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);

export interface NoteKey { readonly name: string; readonly publicKey: Uint8Array; readonly id: Uint8Array; /** SHA-256 of the SubjectPublicKeyInfo, hex. */ readonly fingerprint: string }

export function noteKey(hashing: Hashing, name: string, publicKey: Uint8Array): NoteKey {
  return { name, publicKey, id: sha256(hashing, utf8(`${name}\n`), ed25519, publicKey).slice(0, 4), fingerprint: sha256Hex(hashing, joined(spki, publicKey)) };
}

/** Null: no verifier key of this kind, or one whose hash is not its own. */
export function readVerifierKey(hashing: Hashing, text: string): NoteKey | null {
  const match = /^([^\s+]{1,128})\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text);
  const bytes = fromBase64(match?.[3] ?? '');
  if (match?.[1] === undefined || bytes?.length !== 33 || bytes[0] !== 1) return null;
  const key = noteKey(hashing, match[1], bytes.slice(1));
  return hex(key.id) === match[2] ? key : null;
}

export const verifierKeyText = ({ name, id, publicKey }: NoteKey): string => `${name}+${hex(id)}+${base64(joined(ed25519, publicKey))}`;
export const pemText = ({ publicKey }: NoteKey): string => `-----BEGIN PUBLIC KEY-----\n${base64(joined(spki, publicKey))}\n-----END PUBLIC KEY-----\n`;

/** Signed by this key and by nobody else, without a byte to spare. Null: it is not. */
export async function openNote(hashing: Hashing, note: string, key: NoteKey): Promise<string | null> {
  const at = note.lastIndexOf('\n\n');
  const text = note.slice(0, at + 1);
  const signature = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})\n$/.exec(note.slice(at + 2));
  const bytes = fromBase64(signature?.[2] ?? '');
  if (at < 0 || !note.isWellFormed() || /[^\P{Cc}\n]/u.test(text) || signature?.[1] !== key.name || bytes?.length !== 68 || !same(bytes.slice(0, 4), key.id)) return null;
  return await hashing.isSigned(key.publicKey, utf8(text), bytes.slice(4)) ? text : null;
}

/** What a seal says. `hour`: since the epoch; `previous`: SHA-256 of the seal before, as it was written. `root`: hex. */
export interface Seal { readonly origin: string; readonly size: number; readonly root: string; readonly last: string; readonly hour: number; readonly previous: string; readonly more: readonly string[] }

/** Of the text of a note, signed or not. Null: this is no seal. */
export function readSeal(text: string): Seal | null {
  const [origin = '', size = '', root = '', last = '', hour = '', previous = '', ...rest] = text.split('\n');
  const rootBytes = fromBase64(root);
  const [lastHash, before] = [/^last ([0-9a-f]{64})$/.exec(last)?.[1], /^previous ([0-9a-f]{64})$/.exec(previous)?.[1]];
  const at = Date.parse(/^hour (\d{4}-\d\d-\d\dT\d\d:00Z)$/.exec(hour)?.[1]?.replace('Z', ':00.000Z') ?? '');
  if (origin === '' || !/^(0|[1-9]\d{0,14})$/.test(size) || rootBytes?.length !== 32 || lastHash === undefined || before === undefined || Number.isNaN(at) || rest.at(-1) !== '') return null;
  return { origin, size: Number(size), root: hex(rootBytes), last: lastHash, hour: at / 3_600_000, previous: before, more: rest.slice(0, -1) };
}

/** The text of a note without its signatures; what stands before the last empty line. */
export const noteText = (note: string): string => note.slice(0, note.lastIndexOf('\n\n') + 1);

export const hourText = (hour: number): string => new Date(hour * 3_600_000).toISOString().replace(':00.000Z', 'Z');
export const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
