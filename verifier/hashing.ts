/** What a verifier needs of cryptography. Handed in: Node's own, or what a page has or brings along. */
import { hex, joined } from './bytes.ts';

export interface Hash { update(bytes: Uint8Array): void; digest(): Uint8Array }

export interface Hashing {
  /** Of what comes in parts. */
  sha256(): Hash;
  /** Of what is there at once. */
  sha256Of(bytes: Uint8Array): Uint8Array;
  /** Ed25519 (RFC 8032). Never throws. */
  isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

export const sha256 = (hashing: Hashing, ...parts: readonly Uint8Array[]): Uint8Array => hashing.sha256Of(parts.length === 1 && parts[0] !== undefined ? parts[0] : joined(...parts));
export const sha256Hex = (hashing: Hashing, bytes: Uint8Array): string => hex(sha256(hashing, bytes));
