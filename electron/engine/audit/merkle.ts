/**
 * The Merkle tree of RFC 6962 (section 2.1; the same in RFC 9162): its head, proofs that a leaf is in it, and proofs that a tree grew out of an earlier one.
 * Hashes are SHA-256, 32 bytes. A tree that only grows is kept as its frontier: at most one hash a level.
 */
import { hash } from 'node:crypto';

export type Hash = Buffer;

/** In one call: for so few bytes the making of a hash object costs more than the hashing. */
const sha256 = (...parts: readonly Uint8Array[]): Hash => hash('sha256', Buffer.concat(parts), 'buffer');
// SECURITY: leaves and nodes are hashed apart, so that no node passes for a leaf.
const leafMark = Buffer.from([0]);
const nodeMark = Buffer.from([1]);

export const leafHash = (data: Uint8Array): Hash => sha256(leafMark, data);
const nodeHash = (left: Hash, right: Hash): Hash => sha256(nodeMark, left, right);
export const emptyRoot = (): Hash => sha256();

/** A tree of `size` leaves as the roots of its perfect subtrees, largest first: as many as `size` has ones in binary. */
export interface Frontier { readonly size: number; readonly roots: readonly Hash[] }
export const emptyFrontier: Frontier = { size: 0, roots: [] };

export function grown({ size, roots }: Frontier, leaf: Hash): Frontier {
  const next = [...roots, leaf];
  // One carry for each one at the end of the size in binary.
  for (let carry = size; carry % 2 === 1; carry = Math.floor(carry / 2)) {
    const right = next.pop();
    const left = next.pop();
    if (left === undefined || right === undefined) throw new RangeError('This frontier is not one of a tree of that size.');
    next.push(nodeHash(left, right));
  }
  return { size: size + 1, roots: next };
}

export function rootOf({ roots }: Frontier): Hash {
  const last = roots.at(-1);
  return last === undefined ? emptyRoot() : roots.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

export const treeHead = (leaves: readonly Hash[]): Hash => rootOf(leaves.reduce(grown, emptyFrontier));

/** Largest power of two below `n`, for n of at least 2. */
const split = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1);

/** The head of leaves `from` to `to`; a reader of kept subtrees can stand in for it. */
export type Subtree = (from: number, to: number) => Hash;
export const subtreeOf = (leaves: readonly Hash[]): Subtree => (from, to) => treeHead(leaves.slice(from, to));

/** Hashes that lead from leaf `index` to the head of a tree of `size`, nearest first. */
export function inclusionProof(index: number, size: number, subtree: Subtree): Hash[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new RangeError('There is no such leaf in the tree.');
  const path = (at: number, from: number, to: number): Hash[] => {
    if (to - from === 1) return [];
    const middle = from + split(to - from);
    return at < middle ? [...path(at, from, middle), subtree(middle, to)] : [...path(at, middle, to), subtree(from, middle)];
  };
  return path(index, 0, size);
}

/** Whether the proof leads from this leaf to that head (RFC 9162, 2.1.3.2). */
export function isIncluded({ index, size, leaf, proof, root }: { readonly index: number; readonly size: number; readonly leaf: Hash; readonly proof: readonly Hash[]; readonly root: Hash }): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const one of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(one, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else hash = nodeHash(hash, one);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}

/** Hashes that show that the tree of `size` begins with the tree of `before` (RFC 9162, 2.1.4.1). */
export function consistencyProof(before: number, size: number, subtree: Subtree): Hash[] {
  if (!Number.isSafeInteger(before) || before < 1 || before > size) throw new RangeError('The earlier tree is not a beginning of the later one.');
  const proof = (m: number, from: number, to: number, whole: boolean): Hash[] => {
    if (m === to - from) return whole ? [] : [subtree(from, to)];
    const k = split(to - from);
    return m <= k ? [...proof(m, from, from + k, whole), subtree(from + k, to)] : [...proof(m - k, from + k, to, false), subtree(from, from + k)];
  };
  return proof(before, 0, size, true);
}

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));

/** RFC 9162, 2.1.4.2. */
export function isConsistent({ before, beforeRoot, size, root, proof }: { readonly before: number; readonly beforeRoot: Hash; readonly size: number; readonly root: Hash; readonly proof: readonly Hash[] }): boolean {
  if (before < 1 || before > size) return false;
  if (before === size) return proof.length === 0 && beforeRoot.equals(root);
  const path = isPowerOfTwo(before) ? [beforeRoot, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let [at, last, old, now] = [before - 1, size - 1, first, first];
  while (at % 2 === 1) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  for (const one of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [old, now] = [nodeHash(one, old), nodeHash(one, now)];
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else now = nodeHash(now, one);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && old.equals(beforeRoot) && now.equals(root);
}
