/**
 * The tree of a digest (RFC 6962, as in audit/merkle.ts), over as many leaves as an hour brings: hashes go in and out of the one-shot hash as texts, a byte a
 * character, which is what it answers fastest. Leaves are kept in chunks: the tree over the heads of chunks is the same tree, since it splits at powers of two.
 */
import { leafBytes, sha256Text } from '../ingest/leaf.ts';

/** A power of two. */
export const leavesInChunk = 1_024;

/** What is kept of a digest does not fit together. */
export class BrokenDigest extends Error {
  override readonly name = 'BrokenDigest';
}

const room = Buffer.alloc(1 + 2 * leafBytes);
room[0] = 1;

function nodeOf(left: string, right: string): string {
  room.write(left, 1, leafBytes, 'latin1');
  room.write(right, 1 + leafBytes, leafBytes, 'latin1');
  return sha256Text(room);
}

/** The head over hashes that lie one behind the other, at least one: leaves, or heads of chunks of which all but the last are full. */
export function headOf(hashes: Uint8Array): Buffer {
  if (hashes.length === 0 || hashes.length % leafBytes !== 0) throw new BrokenDigest('A part of the digest is missing.');
  return Buffer.from(headIn(Buffer.from(hashes.buffer, hashes.byteOffset, hashes.length), 0, hashes.length / leafBytes), 'latin1');
}

function headIn(hashes: Buffer, from: number, to: number): string {
  if (to - from === 1) return hashes.toString('latin1', from * leafBytes, to * leafBytes);
  const middle = from + 2 ** Math.ceil(Math.log2(to - from) - 1);
  return nodeOf(headIn(hashes, from, middle), headIn(hashes, middle, to));
}
