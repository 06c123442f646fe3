/** The key that seals the log: found where it rests, made when there is none. */
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { auditByEngine } from '../audit-words.ts';
import type { HistoryPort } from '../history-port.ts';
import type { AuditStand } from '../store/queries/audit-stand.ts';
import { handoverText } from './log-check.ts';
import { hasNoKeyring } from './secret-place.ts';
import type { PlaceName, SecretPlace } from './secret-place.ts';
import { fingerprintOf, publicKeyOf, signNote } from './signed-note.ts';
import type { NoteKey } from './signed-note.ts';

export interface SealKey extends NoteKey { readonly privateKey: KeyObject; readonly place: PlaceName }

/** Why nothing can be sealed now, in words. */
export class KeyOutOfReach extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'KeyOutOfReach';
  }
}

type StoodKey = AuditStand['keys'][number];
interface Found { readonly privateKey: KeyObject; readonly publicKey: string; readonly place: PlaceName }

export interface KeyParts {
  readonly history: Pick<HistoryPort, 'command'>;
  /** where a key may rest, best first. */
  readonly places: readonly SecretPlace[];
}

/** The key to sign with, written into the history if it is not its newest. */
export async function openSealKey(parts: KeyParts, keys: readonly StoodKey[]): Promise<SealKey> {
  const newest = keys.at(-1);
  const found = await findKeys(parts.places);
  const held = found.find((one) => one.publicKey === newest?.publicKey) ?? found[0];
  if (held !== undefined && held.publicKey === newest?.publicKey) return { name: newest.name, publicKey: Buffer.from(newest.publicKey, 'hex'), privateKey: held.privateKey, place: held.place };
  // Another key that lies in a file, from before there was a keyring, does not stand in for it.
  if (isElsewhere(parts.places, newest)) {
    throw new KeyOutOfReach('The key that seals the audit log lies in the keyring of the desktop, which only the desktop\'s engine can read. Entries are chained; hours are sealed when Gatehouse\'s window is opened the next time.');
  }
  return takeKey(parts, held ?? await makeKey(parts.places), newest ?? null, null);
}

const isElsewhere = (places: readonly SecretPlace[], newest: StoodKey | undefined): boolean => newest?.place === 'keyring' && !places.some((place) => place.name === 'keyring');

/** What a check compares the history's newest key with: the key that is within reach here, whether or not it is that one. Null: none is. */
export async function keyAtHand(places: readonly SecretPlace[], keys: readonly StoodKey[]): Promise<NoteKey | null> {
  const newest = keys.at(-1);
  const found = await findKeys(places);
  const held = found.find((one) => one.publicKey === newest?.publicKey) ?? (isElsewhere(places, newest) ? undefined : found[0]);
  return held === undefined ? null : { name: newest?.name ?? 'none', publicKey: Buffer.from(held.publicKey, 'hex') };
}

/** The key that the history names as its newest, for whoever signs without sealing: nothing is made and nothing is written. */
export async function heldSealKey(places: readonly SecretPlace[], keys: readonly StoodKey[]): Promise<SealKey> {
  const newest = keys.at(-1);
  const held = (await findKeys(places)).find((one) => one.publicKey === newest?.publicKey);
  if (newest === undefined || held === undefined) throw new KeyOutOfReach('The key that seals the audit log is not within reach of this engine. Open Gatehouse\'s window, or start its engine, and try again.');
  return { name: newest.name, publicKey: Buffer.from(newest.publicKey, 'hex'), privateKey: held.privateKey, place: held.place };
}

/** Another key from now on, which the present one hands over to. */
export async function renewSealKey(parts: KeyParts, present: SealKey, keys: readonly StoodKey[]): Promise<SealKey> {
  const key = await takeKey(parts, await makeKey(parts.places), keys.at(-1) ?? null, present);
  // One that signs no more is not left lying where another took its place elsewhere.
  if (key.place !== present.place) await parts.places.find((place) => place.name === present.place)?.remove('audit-key');
  return key;
}

async function findKeys(places: readonly SecretPlace[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const place of places) {
    const text = await place.get('audit-key').catch((error: unknown) => { throw new KeyOutOfReach(`The key that seals the audit log cannot be read: ${error instanceof Error ? error.message : 'unknown'}`); });
    const privateKey = text === null ? null : readKey(text);
    if (privateKey !== null) found.push({ privateKey, publicKey: publicKeyOf(privateKey).toString('hex'), place: place.name });
  }
  return found;
}

function readKey(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    // What is no key is one that was lost: another is made, and the check says so.
    return null;
  }
}

async function makeKey(places: readonly SecretPlace[]): Promise<Found> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  for (const place of places) {
    try {
      await place.put('audit-key', pem);
      return { privateKey, publicKey: publicKeyOf(privateKey).toString('hex'), place: place.name };
    } catch (error) {
      if (!hasNoKeyring(error)) throw new KeyOutOfReach(`The key that seals the audit log cannot be kept: ${error instanceof Error ? error.message : 'unknown'}`);
    }
  }
  throw new KeyOutOfReach('There is no place where the key that seals the audit log could be kept.');
}

/** The log keeps its name with another key; a log without one gets a name by chance. */
async function takeKey({ history }: KeyParts, { privateKey, publicKey, place }: Found, before: StoodKey | null, handsOver: SealKey | null): Promise<SealKey> {
  const key: NoteKey = { name: before?.name ?? `gatehouse.local/${randomBytes(4).toString('hex')}`, publicKey: Buffer.from(publicKey, 'hex') };
  const handover = handsOver === null ? null : signNote(handoverText(key), handsOver.name, handsOver.privateKey);
  const fingerprint = fingerprintOf(key.publicKey);
  const where = place === 'keyring' ? 'the system\'s keyring' : 'a file beside the history';
  const how = before === null ? 'A key seals this log from here on' : handover === null ? 'Another key seals this log from here on; the one before was not at hand and did not hand over' : 'Another key seals this log from here on; the one before handed over to it';
  await history.command('audit.key', {
    name: key.name, publicKey, place, handover,
    audit: auditByEngine({ action: 'audit.key', subject: null, outcome: 'done', text: `${how}. Its private half lies in ${where}.`, details: { log: key.name, fingerprint, place, before: before === null ? null : fingerprintOf(Buffer.from(before.publicKey, 'hex')), handover: handover !== null } }),
  });
  return { ...key, privateKey, place };
}
