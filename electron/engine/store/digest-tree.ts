/**
 * The tree of a digest (RFC 6962, as in audit/merkle.ts) while it grows by thousands of leaves a second: hashes are texts of 32 characters, a byte each, since
 * the one-shot hash answers with texts fastest.
 */
import { leafBytes, sha256Text } from '../ingest/leaf.ts';

/** Leaves whose root is kept, so that a proof need not read the whole hour. */
export const leavesInChunk = 1_024;
const chunkLevel = Math.log2(leavesInChunk);

const room = Buffer.alloc(1 + 2 * leafBytes);
room[0] = 1;

export function nodeOf(left: string, right: string): string {
  room.write(left, 1, leafBytes, 'latin1');
  room.write(right, 1 + leafBytes, leafBytes, 'latin1');
  return sha256Text(room);
}

const emptyRoot = sha256Text(new Uint8Array(0));

/** What is kept of a digest does not fit together. */
export class BrokenDigest extends Error {
  override readonly name = 'BrokenDigest';
}

export class GrowingTree {
  size: number;
  /** by level, the roots of perfect subtrees; a level counts when its bit of `size` is set. */
  private readonly levels: string[] = [];

  /** `frontier`: the roots of the perfect subtrees, largest first. */
  constructor(size: number, frontier: Uint8Array) {
    this.size = size;
    const roots = Buffer.from(frontier.buffer, frontier.byteOffset, frontier.length);
    let at = 0;
    for (let level = Math.floor(Math.log2(Math.max(1, size))); level >= 0; level--) {
      if (Math.floor(size / 2 ** level) % 2 === 0) continue;
      if (at + leafBytes > roots.length) throw new BrokenDigest('This frontier is not one of a tree of that size.');
      this.levels[level] = roots.toString('latin1', at, at + leafBytes);
      at += leafBytes;
    }
    if (at !== roots.length) throw new BrokenDigest('This frontier is not one of a tree of that size.');
  }

  /** Adds leaves that lie one behind the other. `chunk` hears of each full chunk. */
  add(leaves: Uint8Array, chunk: (at: number, root: string) => void): void {
    const from = Buffer.from(leaves.buffer, leaves.byteOffset, leaves.length);
    for (let at = 0; at < from.length; at += leafBytes) {
      let root = from.toString('latin1', at, at + leafBytes);
      let level = 0;
      for (let carry = this.size; carry % 2 === 1; carry = Math.floor(carry / 2)) {
        root = nodeOf(this.levels[level] as string, root);
        level += 1;
        if (level === chunkLevel) chunk(Math.floor(this.size / leavesInChunk), root);
      }
      this.levels[level] = root;
      this.size += 1;
    }
  }

  frontier(): Buffer {
    return Buffer.from(this.roots().join(''), 'latin1');
  }

  root(): Buffer {
    const roots = this.roots();
    const last = roots.pop();
    return Buffer.from(last === undefined ? emptyRoot : roots.reduceRight((right, left) => nodeOf(left, right), last), 'latin1');
  }

  private roots(): string[] {
    const roots: string[] = [];
    for (let level = this.levels.length - 1; level >= 0; level--) if (Math.floor(this.size / 2 ** level) % 2 === 1) roots.push(this.levels[level] as string);
    return roots;
  }
}
