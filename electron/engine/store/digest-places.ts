/**
 * Where records stand in the digests, for proofs and exports. Works on any connection to the file; asks block by block, so that activities in the order of their
 * rows cost one look-up for each block that they share.
 */
import type { Statement } from 'better-sqlite3';
import { inclusionProof, type Hash } from '../audit/merkle.ts';
import { leafBytes } from '../ingest/leaf.ts';
import type { AnyDb } from './database.ts';
import { BrokenDigest, leavesInChunk, nodeOf } from './digest-tree.ts';
import { leavesFrom, recordsOf } from './digest-fold.ts';
import { blockOf, isGone, placesInBlock } from './digest-run.ts';

export interface DigestRow { readonly id: number; readonly connection: number; readonly hour: number; readonly records: number; readonly root: Buffer | null; readonly entry: number | null }
export interface Spot { readonly block: number; readonly slot: number }

/** Where one record stands. `gone`: let go or erased; the leaf is that of the record as it came. */
export interface StandingRecord { readonly digest: DigestRow; readonly index: number; readonly leaf: Buffer; readonly gone: boolean }

/** A record of an activity. `standing` null: from before there were digests, or nothing of its hour is kept (`before` tells which). */
export interface ActivityRecord extends Spot { readonly activity: number; readonly standing: StandingRecord | null; readonly before: boolean }

interface Run { readonly place: number; readonly digest: number; readonly first: number; readonly n: number; readonly leaves: Buffer | null; readonly gone: Buffer | null }

/** Neighbouring activities stand in a few blocks: those of a page, not more. */
const mostBlocks = 256;
export const digestColumns = 'id, connection, hour, records, root, entry';

export class DigestPlaces {
  private readonly runsOf: Statement<[number, number], Run>;
  private readonly digest: Statement<[number], DigestRow>;
  private readonly named: Statement<[number, number], DigestRow>;
  private readonly own: Statement<[string], Spot & { activity: number }>;
  private readonly further: Statement<[string], Spot & { activity: number }>;
  private readonly inOrder: Statement<[{ digest: number; from: number; to: number }], { first: number; leaves: Buffer }>;
  private readonly chunkRoot: Statement<[number, number], { root: Buffer }>;
  private readonly from: Statement<[], { block: number }>;
  private readonly db: AnyDb;
  private readonly runs = new Map<number, readonly Run[]>();
  private readonly made = new Map<number, Buffer>();

  constructor(db: AnyDb) {
    this.db = db;
    this.runsOf = db.prepare('SELECT place, digest, first, n, leaves, gone FROM digest_run WHERE place >= ? AND place < ?');
    this.digest = db.prepare(`SELECT ${digestColumns} FROM digest WHERE id = ?`);
    this.named = db.prepare(`SELECT ${digestColumns} FROM digest WHERE connection = ? AND hour = ?`);
    this.own = db.prepare('SELECT a.id AS activity, a.block, a.slot FROM json_each(?) j JOIN activity a ON a.id = j.value WHERE a.block <> 0');
    this.further = db.prepare('SELECT e.activity, e.block, e.slot FROM json_each(?) j JOIN extra_ref e ON e.activity = j.value WHERE e.block <> 0 ORDER BY e.activity, e.block, e.slot');
    this.inOrder = db.prepare('SELECT first, leaves FROM digest_run WHERE digest = @digest AND first < @to AND leaves IS NOT NULL AND first >= (SELECT max(first) FROM digest_run WHERE digest = @digest AND first <= @from) ORDER BY first');
    this.chunkRoot = db.prepare('SELECT root FROM digest_chunk WHERE digest = ? AND chunk = ?');
    this.from = db.prepare("SELECT CAST(value AS INTEGER) AS block FROM meta WHERE key = 'digests_from_block'");
  }

  /** Every kept record of these activities (rows), each activity's first telling first. Best in the order of the rows, some hundreds to thousands a call. */
  of(activities: readonly number[]): ActivityRecord[] {
    this.begin();
    const ids = JSON.stringify(activities);
    const first = this.from.get()?.block ?? 0;
    const seen = new Set<string>();
    const found: ActivityRecord[] = [];
    for (const { activity, block, slot } of [...this.own.all(ids), ...this.further.all(ids)]) {
      const key = `${activity} ${block} ${slot}`;
      if (seen.has(key)) continue;
      seen.add(key);
      found.push({ activity, block, slot, standing: this.at(block, slot), before: block < first });
    }
    return found;
  }

  /** null: no digest knows it. */
  at(block: number, slot: number): StandingRecord | null {
    const place = block * placesInBlock + slot;
    const run = this.runsIn(block).find((one) => one.place <= place && place < one.place + one.n);
    if (run === undefined) return null;
    const digest = this.digest.get(run.digest);
    if (digest === undefined) return null;
    const at = place - run.place;
    return { digest, index: run.first + at, leaf: this.leavesIn(run).subarray(at * leafBytes, (at + 1) * leafBytes), gone: isGone(run.gone, at) };
  }

  /** What was read stands for one question: the writer goes on meanwhile. */
  begin(): void {
    this.runs.clear();
    this.made.clear();
  }

  /** undefined: nothing came from it in that hour, or it was before there were digests. */
  find(connection: number, hour: number): DigestRow | undefined {
    return this.named.get(connection, hour);
  }

  /** All leaves of a closed digest, in order, some at a time; none where all its records are gone. */
  *leavesOf(digest: DigestRow): Generator<Buffer> {
    let at = 0;
    while (at < digest.records) {
      const some = this.leaves(digest.id, at, Math.min(at + leavesInChunk, digest.records));
      if (some.length === 0) return;
      yield some;
      at += some.length / leafBytes;
    }
  }

  /** Hashes from the leaf to the root of a closed digest that has its leaves, nearest first. */
  path(digest: DigestRow, index: number): Hash[] {
    const heads = new Map<number, Buffer>();
    return inclusionProof(index, digest.records, (from, to) => this.head(digest.id, from, to, heads));
  }

  /** Of an hour that is open they may not be made yet. */
  private leavesIn(run: Run): Buffer {
    const known = run.leaves ?? this.made.get(run.place) ?? leavesFrom(recordsOf(this.db, blockOf(run.place)), run.place, run.n);
    if (run.leaves === null) this.made.set(run.place, known);
    return known;
  }

  private runsIn(block: number): readonly Run[] {
    let runs = this.runs.get(block);
    if (runs === undefined) {
      if (this.runs.size >= mostBlocks) this.begin();
      runs = this.runsOf.all(block * placesInBlock, (block + 1) * placesInBlock);
      this.runs.set(block, runs);
    }
    return runs;
  }

  private leaves(digest: number, from: number, to: number): Buffer {
    const parts = this.inOrder.all({ digest, from, to }).map(({ first, leaves }) => leaves.subarray(Math.max(0, from - first) * leafBytes, Math.max(0, to - first) * leafBytes));
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  /** Full chunks are known; below them the leaves of one chunk are read. */
  private head(digest: number, from: number, to: number, chunks: Map<number, Buffer>): Buffer {
    const n = to - from;
    if (n === leavesInChunk) {
      const root = this.chunkRoot.get(digest, from / leavesInChunk)?.root;
      if (root === undefined) throw new BrokenDigest('A part of the digest is missing.');
      return root;
    }
    if (n > leavesInChunk) {
      const middle = from + 2 ** Math.ceil(Math.log2(n) - 1);
      return both(this.head(digest, from, middle, chunks), this.head(digest, middle, to, chunks));
    }
    const chunk = Math.floor(from / leavesInChunk) * leavesInChunk;
    let leaves = chunks.get(chunk);
    if (leaves === undefined) {
      leaves = this.leaves(digest, chunk, chunk + leavesInChunk);
      chunks.set(chunk, leaves);
    }
    return headOf(leaves.subarray((from - chunk) * leafBytes, (to - chunk) * leafBytes));
  }
}

const both = (left: Buffer, right: Buffer): Buffer => Buffer.from(nodeOf(left.toString('latin1'), right.toString('latin1')), 'latin1');

/** The head over these leaves, at least one. */
export function headOf(leaves: Buffer): Buffer {
  const n = leaves.length / leafBytes;
  if (n < 1) throw new BrokenDigest('A part of the digest is missing.');
  if (n === 1) return leaves;
  const middle = 2 ** Math.ceil(Math.log2(n) - 1) * leafBytes;
  return both(headOf(leaves.subarray(0, middle)), headOf(leaves.subarray(middle)));
}
