/**
 * C2SP signed notes (c2sp.org/signed-note) with Ed25519, and the checkpoints of logs in them (c2sp.org/tlog-checkpoint): what a tree held when it was
 * signed, in a text that a person can read and that openssl can check.
 */
import { createHash, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const ed25519 = 1;
/** DER of a SubjectPublicKeyInfo for Ed25519 up to the 32 bytes of the key (RFC 8410). */
const spki = Buffer.from('302a300506032b6570032100', 'hex');
const dash = '—';

/** Who signs: name without spaces and plus signs, 32 bytes of public key. */
export interface NoteKey { readonly name: string; readonly publicKey: Buffer }

const isName = (name: string): boolean => /^[^\s+\p{Cc}]{1,128}$/u.test(name);
const keyId = ({ name, publicKey }: NoteKey): Buffer => createHash('sha256').update(`${name}\n`).update(Buffer.from([ed25519])).update(publicKey).digest().subarray(0, 4);

/** `name+hash+key`: what is pinned outside of the console. */
export const verifierKey = (key: NoteKey): string => `${key.name}+${keyId(key).toString('hex')}+${Buffer.concat([Buffer.from([ed25519]), key.publicKey]).toString('base64')}`;

export const publicKeyOf = (privateKey: KeyObject): Buffer => createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(spki.length);

const spkiOf = (publicKey: Uint8Array): Buffer => Buffer.concat([spki, publicKey]);

/** As openssl reads it. */
export const pemOf = (publicKey: Uint8Array): string => `-----BEGIN PUBLIC KEY-----\n${spkiOf(publicKey).toString('base64')}\n-----END PUBLIC KEY-----\n`;

/** SHA-256 of the SubjectPublicKeyInfo, hex: what people compare. */
export const fingerprintOf = (publicKey: Uint8Array): string => createHash('sha256').update(spkiOf(publicKey)).digest('hex');

/** Null: no verifier key of this kind, or one whose hash is not its own. */
export function readVerifierKey(text: string): NoteKey | null {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text);
  const bytes = Buffer.from(match?.[3] ?? '', 'base64');
  if (match?.[1] === undefined || !isName(match[1]) || bytes.length !== 33 || bytes[0] !== ed25519) return null;
  const key = { name: match[1], publicKey: bytes.subarray(1) };
  return keyId(key).toString('hex') === match[2] ? key : null;
}

/** `text` ends with a line break and holds no other control characters. */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  if (!isName(name)) throw new TypeError('A note is signed with a name without spaces, plus signs and control characters.');
  if (!isNoteText(text)) throw new TypeError('The text of a note is well-formed, ends with a line break and holds no other control characters.');
  const key = { name, publicKey: publicKeyOf(privateKey) };
  return `${text}\n${dash} ${name} ${Buffer.concat([keyId(key), sign(null, Buffer.from(text), privateKey)]).toString('base64')}\n`;
}

const isNoteText = (text: string): boolean => text.endsWith('\n') && text.isWellFormed() && !/[^\P{Cc}\n]/u.test(text);

/** The text, if this key signed it; null: it did not, or this is no note. Signatures of other keys are passed over, as the format wants it. */
export function openNote(note: string, key: NoteKey): string | null {
  const at = note.lastIndexOf('\n\n');
  if (at < 0 || !note.endsWith('\n')) return null;
  const text = note.slice(0, at + 1);
  const lines = note.slice(at + 2, -1).split('\n');
  if (!isNoteText(text) || lines.length > 100) return null;
  const own = lines.map((line) => readSignature(line)).filter((one) => one?.name === key.name && one.id.equals(keyId(key)));
  return own.length > 0 && !lines.some((line) => readSignature(line) === null) && own.every((one) => one !== null && isSigned(text, one.signature, key)) ? text : null;
}

function readSignature(line: string): { readonly name: string; readonly id: Buffer; readonly signature: Buffer } | null {
  const match = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const bytes = Buffer.from(match[2], 'base64');
  return bytes.length < 5 || bytes.toString('base64') !== match[2] ? null : { name: match[1], id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

function isSigned(text: string, signature: Buffer, { publicKey }: NoteKey): boolean {
  return signature.length === 64 && verify(null, Buffer.from(text), createPublicKey({ key: spkiOf(publicKey), format: 'der', type: 'spki' }), signature);
}

/** What a log says of itself. `extra`: one line each, e.g. the time of the seal. */
export interface Checkpoint { readonly origin: string; readonly size: number; readonly root: Buffer; readonly extra: readonly string[] }

export const checkpointText = ({ origin, size, root, extra }: Checkpoint): string => `${[origin, String(size), root.toString('base64'), ...extra].join('\n')}\n`;

/** Null: this is no checkpoint. */
export function readCheckpoint(text: string): Checkpoint | null {
  const [origin, size, root, ...rest] = text.split('\n');
  if (origin === undefined || origin === '' || size === undefined || !/^(0|[1-9]\d{0,15})$/.test(size) || root === undefined || rest.at(-1) !== '') return null;
  const extra = rest.slice(0, -1);
  const bytes = Buffer.from(root, 'base64');
  if (bytes.length !== 32 || bytes.toString('base64') !== root || extra.includes('')) return null;
  return { origin, size: Number(size), root: bytes, extra };
}
