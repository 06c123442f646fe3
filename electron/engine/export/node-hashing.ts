/** What the verifier needs, out of Node: hashes, signatures, and a file that is read at any place. */
import { createHash, createPublicKey, hash, verify } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Hashing } from '../../../verifier/hashing.ts';
import type { Bytes } from '../../../verifier/zip.ts';

const spki = Buffer.from('302a300506032b6570032100', 'hex');

export const nodeHashing: Hashing = {
  sha256: () => {
    const growing = createHash('sha256');
    return { update: (bytes) => void growing.update(bytes), digest: () => growing.digest() };
  },
  sha256Of: (bytes) => hash('sha256', bytes, 'buffer'),
  isSigned: (publicKey, message, signature) => {
    try {
      return Promise.resolve(verify(null, message, createPublicKey({ key: Buffer.concat([spki, publicKey]), format: 'der', type: 'spki' }), signature));
    } catch {
      // Bytes that are no point of the curve are no key, and so nothing is signed by it.
      return Promise.resolve(false);
    }
  },
};

export interface OpenFile extends Bytes, AsyncDisposable {}

export async function openBytes(file: string): Promise<OpenFile> {
  const handle = await open(file, 'r');
  const { size } = await handle.stat();
  return {
    size,
    read: async (from, length) => {
      const bytes = Buffer.allocUnsafe(length);
      const { bytesRead } = await handle.read(bytes, 0, length, from);
      return bytes.subarray(0, bytesRead);
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}
