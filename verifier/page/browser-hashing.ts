/** What the verifier needs, out of a page: SHA-256 that takes a file in parts, which no browser has, and Ed25519, which older ones lack. */
import { hashes, verify } from '@noble/ed25519';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { Hashing } from '../hashing.ts';

hashes.sha512 = sha512;

/** As many as may pass before the page is let breathe. */
const atOnce = 32;
let signatures = 0;

/** Null: not in this browser, or not in a page that was opened this way. */
async function imported(publicKey: Uint8Array): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey('raw', publicKey as Uint8Array<ArrayBuffer>, 'Ed25519', false, ['verify']);
  } catch {
    // Whatever it lacks: the library does the same.
    return null;
  }
}

async function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const key = await imported(publicKey);
  if (key !== null) return crypto.subtle.verify('Ed25519', key, signature as Uint8Array<ArrayBuffer>, message as Uint8Array<ArrayBuffer>);
  signatures += 1;
  if (signatures % atOnce === 0) await new Promise((resolve) => { setTimeout(resolve, 0); });
  try {
    return verify(signature, message, publicKey, { zip215: false });
  } catch {
    // The library throws for what is no signature and no key at all.
    return false;
  }
}

export const browserHashing: Hashing = {
  sha256: () => {
    const hash = sha256.create();
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  },
  sha256Of: (bytes) => sha256(bytes),
  isSigned,
};
