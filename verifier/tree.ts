/** The Merkle tree of RFC 6962, section 2.1, grown leaf by leaf; kept as the roots of its perfect subtrees, largest first. */
import { sha256 } from './hashing.ts';
import type { Hashing } from './hashing.ts';

const leafMark = Uint8Array.of(0);
const nodeMark = Uint8Array.of(1);

export const leafHash = (hashing: Hashing, data: Uint8Array): Uint8Array => sha256(hashing, leafMark, data);

/** As many as `size` has ones in binary. */
export const subtreesOf = (size: number): number => size.toString(2).replaceAll('0', '').length;

export class Tree {
  readonly #hashing: Hashing;
  readonly #roots: Uint8Array[];
  #size: number;

  constructor(hashing: Hashing, size = 0, roots: readonly Uint8Array[] = []) {
    if (roots.length !== subtreesOf(size)) throw new RangeError('These are not the subtrees of a tree of that size.');
    this.#hashing = hashing;
    this.#size = size;
    this.#roots = [...roots];
  }

  get size(): number { return this.#size; }

  add(leaf: Uint8Array): void {
    this.#roots.push(leaf);
    // One carry for each one at the end of the size in binary.
    for (let carry = this.#size; carry % 2 === 1; carry = Math.floor(carry / 2)) {
      const [left, right] = this.#roots.splice(-2);
      if (left !== undefined && right !== undefined) this.#roots.push(this.#node(left, right));
    }
    this.#size += 1;
  }

  root(): Uint8Array {
    const last = this.#roots.at(-1);
    return last === undefined ? sha256(this.#hashing, new Uint8Array()) : this.#roots.slice(0, -1).reduceRight((right, left) => this.#node(left, right), last);
  }

  #node(left: Uint8Array, right: Uint8Array): Uint8Array {
    return sha256(this.#hashing, nodeMark, left, right);
  }
}
