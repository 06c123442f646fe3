import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consistencyProof, emptyFrontier, emptyRoot, grown, inclusionProof, isConsistent, isIncluded, leafHash, rootOf, subtreeOf, treeHead } from './merkle.ts';
import type { Hash } from './merkle.ts';

/** The leaves and heads that implementations of Certificate Transparency test themselves with. */
const known = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) => leafHash(Buffer.from(hex, 'hex')));
const heads = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const leaves = (n: number): Hash[] => Array.from({ length: n }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));

describe('the Merkle tree', () => {
  it('has the heads that are known', () => {
    expect(emptyRoot().toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(rootOf(emptyFrontier).equals(emptyRoot())).toBe(true);
    expect(heads.map((_, i) => treeHead(known.slice(0, i + 1)).toString('hex'))).toEqual(heads);
  });

  it('grows by one hash a level', () => {
    let frontier = emptyFrontier;
    for (const leaf of leaves(100)) {
      frontier = grown(frontier, leaf);
      expect(frontier.roots.length).toBe(frontier.size.toString(2).replaceAll('0', '').length);
    }
  });

  it('proves every leaf of every small tree, and no other', () => {
    for (let size = 1; size <= 20; size++) {
      const tree = leaves(size);
      const root = treeHead(tree);
      for (let index = 0; index < size; index++) {
        const [proof, leaf] = [inclusionProof(index, size, subtreeOf(tree)), tree[index] as Hash];
        const told = { index, size, leaf, proof, root };
        expect(isIncluded(told)).toBe(true);
        expect(isIncluded({ ...told, leaf: leafHash(Buffer.from('another')) })).toBe(false);
        expect(isIncluded({ ...told, proof: [...proof, root] })).toBe(false);
        expect([size === 1 ? -1 : (index + 1) % size, -1, size].map((wrong) => isIncluded({ ...told, index: wrong }))).toEqual([false, false, false]);
        expect(isIncluded({ ...told, proof: proof.slice(1) })).toBe(proof.length === 0);
      }
    }
  });

  it('proves that a tree grew out of each of its beginnings, and out of nothing else', () => {
    for (let size = 1; size <= 20; size++) {
      const tree = leaves(size);
      for (let before = 1; before <= size; before++) {
        const told = { before, beforeRoot: treeHead(tree.slice(0, before)), size, root: treeHead(tree), proof: consistencyProof(before, size, subtreeOf(tree)) };
        expect(isConsistent(told)).toBe(true);
        const forged = leaves(size);
        forged[before - 1] = leafHash(Buffer.from('forged'));
        expect(isConsistent({ ...told, root: treeHead(forged) })).toBe(false);
        expect(isConsistent({ ...told, beforeRoot: treeHead(forged.slice(0, before)) })).toBe(false);
        expect(isConsistent({ ...told, proof: told.proof.slice(1) })).toBe(told.proof.length === 0);
      }
    }
  });

  it('does so for any size', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(), fc.nat(), (size, a, b) => {
      const tree = leaves(size);
      const [root, subtree] = [treeHead(tree), subtreeOf(tree)];
      const [index, before] = [a % size, (b % size) + 1];
      expect(isIncluded({ index, size, leaf: tree[index] as Hash, proof: inclusionProof(index, size, subtree), root })).toBe(true);
      expect(isConsistent({ before, beforeRoot: treeHead(tree.slice(0, before)), size, root, proof: consistencyProof(before, size, subtree) })).toBe(true);
    }), { numRuns: 50 });
  });

  it('refuses what is not there', () => {
    expect(() => inclusionProof(3, 3, subtreeOf(leaves(3)))).toThrow(RangeError);
    expect(() => consistencyProof(0, 3, subtreeOf(leaves(3)))).toThrow(RangeError);
    expect(() => grown({ size: 1, roots: [] }, leafHash(Buffer.from('x')))).toThrow(RangeError);
  });
});
