/**
 * Makes leaves and roots of what digests count: in short turns when nothing comes in, and what is left when an hour closes. A leaf is made of the record as it
 * is stored; nothing is sealed before that, so whoever could change the record first could as well have changed its leaf. Made while bodies are taken in, leaves
 * and roots took a tenth of ingest's processor time (measured): a span's record is 1.7 kB to hash.
 */
import { leafBytes, putLeaf } from '../ingest/leaf.ts';
import { unpackPayloads, type PayloadRef } from '../ingest/payload.ts';
import type { AnyDb, WriteDb } from './database.ts';
import { blockOf, chunkAt, placesInBlock } from './digest-run.ts';
import { headOf, leavesInChunk } from './digest-tree.ts';
import { decompress, letGo } from './payloads.ts';
import { statement } from './statements.ts';

/** Blocks of many small bodies are shared by many connections: each is unfolded once, not once for each of them. 4 kB a block. */
const mostBlocks = 512;
const noLeaves = Buffer.alloc(0);

/** The leaves of a block's records as they are stored now. */
export class BlockLeaves {
  private readonly known = new Map<number, Buffer>();

  /** Of all its slots; none where it cannot be read (any more). */
  of(db: AnyDb, block: number): Buffer {
    let leaves = this.known.get(block);
    if (leaves === undefined) {
      leaves = leavesOfBlock(db, block);
      if (this.known.size >= mostBlocks) this.known.clear();
      this.known.set(block, leaves);
    }
    return leaves;
  }

  /** Those of a run; zeros where there is no such record. */
  ofRun(db: AnyDb, place: number, n: number): Buffer {
    const slot = place % placesInBlock;
    const there = this.of(db, blockOf(place)).subarray(slot * leafBytes, (slot + n) * leafBytes);
    return there.length === n * leafBytes ? there : Buffer.concat([there, Buffer.alloc(n * leafBytes - there.length)]);
  }

  forget(block: number): void {
    this.known.delete(block);
  }

  forgetAll(): void {
    this.known.clear();
  }
}

/** What was unfolded is freed at once: waiting for the collector, it took 60 MB while a million records were gone through. */
function leavesOfBlock(db: AnyDb, block: number): Buffer {
  const row = statement<[number], { format: number; codec: number; body: Buffer }>(db, 'SELECT format, codec, body FROM payload WHERE id = ?').get(block);
  if (row === undefined) return noLeaves;
  let unfolded: Uint8Array | null = null;
  try {
    unfolded = decompress(row);
    return leavesOf(unpackPayloads(row.format, unfolded));
  } catch {
    // Damaged before its leaves were made: they are zeros, and the check says that the records cannot be read.
    return noLeaves;
  } finally {
    if (unfolded !== null) letGo(unfolded);
  }
}

function leavesOf(records: readonly PayloadRef[]): Buffer {
  if (records.length === 0) return noLeaves;
  const leaves = Buffer.alloc(records.length * leafBytes);
  records.forEach((ref, slot) => { putLeaf(ref, leaves, slot * leafBytes); });
  return leaves;
}

const kept = new WeakMap<AnyDb, BlockLeaves>();

function blocksOf(db: AnyDb): BlockLeaves {
  let blocks = kept.get(db);
  if (blocks === undefined) kept.set(db, blocks = new BlockLeaves());
  return blocks;
}

/** Before a block is written anew: leaves that are not in a chunk yet are kept with their runs. */
export function keepLeaves(db: WriteDb, block: number): void {
  const runs = statement<[number, number], { place: number; n: number }>(db, `SELECT r.place, r.n FROM digest_run r JOIN digest d ON d.id = r.digest
    WHERE r.place >= ? AND r.place < ? AND r.leaves IS NULL AND r.first + r.n > d.folded`).all(block * placesInBlock, (block + 1) * placesInBlock);
  const save = statement(db, 'UPDATE digest_run SET leaves = ? WHERE place = ?');
  for (const { place, n } of runs) save.run(blocksOf(db).ofRun(db, place, n), place);
  blocksOf(db).forget(block);
}

interface Run { readonly place: number; readonly first: number; readonly n: number; readonly leaves: Buffer | null }

/** SECURITY: where somebody took a line out of the file, or changed one, leaves are zeros and the check says what is missing: no hour is kept from being closed. */
function leavesBetween(db: WriteDb, digest: number, from: number, to: number): Buffer {
  const leaves = Buffer.alloc((to - from) * leafBytes);
  const runs = statement<[{ digest: number; from: number; to: number }], Run>(db, `SELECT place, first, n, leaves FROM digest_run
    WHERE digest = @digest AND first < @to AND first >= coalesce((SELECT max(first) FROM digest_run WHERE digest = @digest AND first <= @from), 0) ORDER BY first`).all({ digest, from, to });
  for (const run of runs) {
    if (run.n > placesInBlock) continue;
    const own = run.leaves ?? blocksOf(db).ofRun(db, run.place, run.n);
    leaves.set(own.subarray(Math.max(0, from - run.first) * leafBytes, Math.max(0, to - run.first) * leafBytes), Math.max(0, run.first - from) * leafBytes);
  }
  return leaves;
}

interface Counted { readonly records: number; readonly folded: number }

/** Inside a transaction. So many milliseconds of one digest; `rest`: also a chunk that is not full. Answers whether more is left. */
export function foldWhole(db: WriteDb, digest: number, mostMs: number, rest: boolean): boolean {
  const began = performance.now();
  const of = statement<[number], Counted>(db, 'SELECT records, folded FROM digest WHERE id = ?').get(digest);
  if (of === undefined) return false;
  const { records } = of;
  const end = rest ? records : records - (records % leavesInChunk);
  let { folded } = of;
  const save = statement(db, 'INSERT OR REPLACE INTO digest_chunk (at, root, leaves) VALUES (?, ?, ?)');
  while (folded < end && performance.now() - began < mostMs) {
    const chunk = Math.floor(folded / leavesInChunk);
    const to = Math.min((chunk + 1) * leavesInChunk, records);
    const leaves = leavesBetween(db, digest, chunk * leavesInChunk, to);
    save.run(chunkAt(digest, chunk), headOf(leaves), leaves);
    folded = to;
  }
  statement(db, 'UPDATE digest SET folded = ? WHERE id = ?').run(folded, digest);
  return folded < end;
}

/** Inside a transaction: one turn. Answers whether more is left. */
export function foldDigests(db: WriteDb, mostMs: number): boolean {
  const began = performance.now();
  const next = statement<[number], { id: number }>(db, 'SELECT id FROM digest WHERE root IS NULL AND records - folded >= ? ORDER BY hour, id LIMIT 1');
  for (let one = next.get(leavesInChunk); one !== undefined; one = next.get(leavesInChunk)) {
    const left = mostMs - (performance.now() - began);
    if (left <= 0) return true;
    foldWhole(db, one.id, left, false);
  }
  return false;
}

export function rootToClose(db: WriteDb, digest: number): Buffer {
  foldWhole(db, digest, Number.POSITIVE_INFINITY, true);
  return headOf(Buffer.concat(statement<[number, number], { root: Buffer }>(db, 'SELECT root FROM digest_chunk WHERE at >= ? AND at < ? ORDER BY at').all(chunkAt(digest, 0), chunkAt(digest + 1, 0)).map(({ root }) => root)));
}

/** All records of a closed digest are gone: count and root stay. */
export function dropLeaves(db: WriteDb, digest: number, nowUs: number): void {
  statement(db, 'DELETE FROM digest_run WHERE digest = ?').run(digest);
  statement(db, 'DELETE FROM digest_chunk WHERE at >= ? AND at < ?').run(chunkAt(digest, 0), chunkAt(digest + 1, 0));
  statement(db, 'UPDATE digest SET let_go_us = ? WHERE id = ?').run(nowUs, digest);
}
