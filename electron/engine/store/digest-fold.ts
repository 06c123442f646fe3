/**
 * Makes leaves and roots of what digests count: in short turns when nothing comes in, and what is left when an hour closes. A leaf is made of the record as it
 * is stored; nothing is sealed before that, so whoever could change the record first could as well have changed its leaf. Made while bodies are taken in, leaves
 * and roots took a tenth of ingest's processor time (measured): a span's record is 1.7 kB to hash.
 */
import { leafBytes, putLeaf } from '../ingest/leaf.ts';
import { unpackPayloads, type PayloadRef } from '../ingest/payload.ts';
import type { AnyDb, WriteDb } from './database.ts';
import { blockOf, placesInBlock } from './digest-run.ts';
import { BrokenDigest, GrowingTree } from './digest-tree.ts';
import { decompress } from './payloads.ts';
import { statement } from './statements.ts';

const runsAStep = 16;

interface Tree { readonly records: number; readonly folded: number; readonly frontier: Buffer }
interface Run { readonly place: number; readonly first: number; readonly n: number; readonly leaves: Buffer | null }

/** Records of a block; none where it cannot be read (any more). */
export function recordsOf(db: AnyDb, block: number): readonly PayloadRef[] {
  const row = statement<[number], { format: number; codec: number; body: Buffer }>(db, 'SELECT format, codec, body FROM payload WHERE id = ?').get(block);
  if (row === undefined) return [];
  try {
    return unpackPayloads(row.format, decompress(row));
  } catch {
    // Damaged before its leaves were made: they are zeros, and the check says that the records cannot be read.
    return [];
  }
}

/** The leaves of a run as its records are stored now; zeros where there is none. */
export function leavesFrom(records: readonly PayloadRef[], place: number, n: number): Buffer {
  const leaves = Buffer.alloc(n * leafBytes);
  for (let at = 0; at < n; at++) {
    const ref = records[(place % placesInBlock) + at];
    if (ref !== undefined) putLeaf(ref, leaves, at * leafBytes);
  }
  return leaves;
}

/** Of all runs in the block that have none yet: it is unfolded once for all connections that share it. */
export function fillLeaves(db: WriteDb, block: number): void {
  const runs = statement<[number, number], { place: number; n: number }>(db, 'SELECT place, n FROM digest_run WHERE place >= ? AND place < ? AND leaves IS NULL').all(block * placesInBlock, (block + 1) * placesInBlock);
  if (runs.length === 0) return;
  const records = recordsOf(db, block);
  const save = statement(db, 'UPDATE digest_run SET leaves = ? WHERE place = ?');
  for (const { place, n } of runs) save.run(leavesFrom(records, place, n), place);
}

/** Inside a transaction. So many milliseconds of one digest; answers whether more is left. */
export function foldWhole(db: WriteDb, digest: number, mostMs: number): boolean {
  const began = performance.now();
  const of = statement<[number], Tree>(db, 'SELECT records, folded, frontier FROM digest WHERE id = ?').get(digest);
  if (of === undefined || of.folded >= of.records) return false;
  const tree = treeOf(of);
  const saveChunk = statement(db, 'INSERT OR REPLACE INTO digest_chunk (digest, chunk, root) VALUES (?, ?, ?)');
  const chunk = (at: number, root: string): void => { saveChunk.run(digest, at, Buffer.from(root, 'latin1')); };
  while (tree.size < of.records && performance.now() - began < mostMs) addSome(db, digest, tree, of.records, chunk);
  statement(db, 'UPDATE digest SET folded = ?, frontier = ? WHERE id = ?').run(tree.size, tree.frontier(), digest);
  return tree.size < of.records;
}

function addSome(db: WriteDb, digest: number, tree: GrowingTree, records: number, chunk: (at: number, root: string) => void): void {
  const runs = statement<[number, number, number], Run>(db, 'SELECT place, first, n, leaves FROM digest_run WHERE digest = ? AND first >= ? ORDER BY first LIMIT ?').all(digest, tree.size, runsAStep);
  const filled = statement<[number], { leaves: Buffer }>(db, 'SELECT leaves FROM digest_run WHERE place = ?');
  const add = (leaves: Buffer): void => { tree.add(leaves.subarray(0, (records - tree.size) * leafBytes), chunk); };
  for (const { place, first, n, leaves } of runs) {
    // Somebody took a line out of the file, or changed one: the count stays what it was, and the check says what is missing.
    if (first > tree.size) add(Buffer.alloc(Math.min(first, records) * leafBytes - tree.size * leafBytes));
    if (leaves === null) fillLeaves(db, blockOf(place));
    const made = leaves ?? filled.get(place)?.leaves ?? null;
    add(made !== null && made.length === n * leafBytes && n > 0 ? made : Buffer.alloc(leafBytes));
    if (tree.size >= records) return;
  }
  if (runs.length === 0) add(Buffer.alloc((records - tree.size) * leafBytes));
}

/** SECURITY: a file that was meddled with must not keep hours from being closed: the leaves are there to begin anew with. */
function treeOf({ folded, frontier }: Tree): GrowingTree {
  try {
    return new GrowingTree(folded, frontier);
  } catch (cause) {
    if (cause instanceof BrokenDigest) return new GrowingTree(0, new Uint8Array(0));
    throw cause;
  }
}

/** Inside a transaction: one turn. Answers whether more is left. */
export function foldDigests(db: WriteDb, mostMs: number): boolean {
  const began = performance.now();
  const next = statement<[], { id: number }>(db, 'SELECT id FROM digest WHERE root IS NULL AND folded < records ORDER BY hour, id LIMIT 1');
  for (let one = next.get(); one !== undefined; one = next.get()) {
    const left = mostMs - (performance.now() - began);
    if (left <= 0) return true;
    foldWhole(db, one.id, left);
  }
  return false;
}

export function rootToClose(db: WriteDb, digest: number): Buffer {
  foldWhole(db, digest, Number.POSITIVE_INFINITY);
  const of = statement<[number], Tree>(db, 'SELECT records, folded, frontier FROM digest WHERE id = ?').get(digest);
  return treeOf(of ?? { records: 0, folded: 0, frontier: Buffer.alloc(0) }).root();
}

/** All records of a closed digest are gone: count and root stay. */
export function dropLeaves(db: WriteDb, digest: number, nowUs: number): void {
  statement(db, 'DELETE FROM digest_run WHERE digest = ?').run(digest);
  statement(db, 'DELETE FROM digest_chunk WHERE digest = ?').run(digest);
  statement(db, 'UPDATE digest SET let_go_us = ? WHERE id = ?').run(nowUs, digest);
}
