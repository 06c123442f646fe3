/**
 * Where records stand in the digests, for proofs and exports. Works on any connection to the file; asks block by block, so that activities in the order of their
 * rows cost one look-up for each block that they share.
 */
import type { Statement } from 'better-sqlite3';
import { inclusionProof, type Hash } from '../audit/merkle.ts';
import { leafBytes } from '../ingest/leaf.ts';
import type { AnyDb } from './database.ts';
import { BrokenDigest, headOf, leavesInChunk } from './digest-tree.ts';
import { BlockLeaves } from './digest-fold.ts';
import { chunkAt, isGone, placesInBlock } from './digest-run.ts';

export interface DigestRow { readonly id: number; readonly connection: number; readonly hour: number; readonly records: number; readonly folded: number; readonly root: Buffer | null; readonly entry: number | null }
export interface Spot { readonly block: number; readonly slot: number }

/** Where one record stands. `gone`: let go or erased; the leaf is that of the record as it came. */
export interface StandingRecord { readonly digest: DigestRow; readonly index: number; readonly leaf: Buffer; readonly gone: boolean }

/** A record of an activity. `standing` null: from before there were digests, or nothing of its hour is kept (`before` tells which). */
export interface ActivityRecord extends Spot { readonly activity: number; readonly standing: StandingRecord | null; readonly before: boolean }

interface Run { readonly place: number; readonly digest: number; readonly first: number; readonly n: number; readonly leaves: Buffer | null; readonly gone: Buffer | null }

/** Neighbouring activities stand in a few blocks: those of a page, not more. */
const mostBlocks = 256;
const mostChunks = 64;
export const digestColumns = 'id, connection, hour, records, folded, root, entry';

export class DigestPlaces {
  private readonly runsOf: Statement<[number, number], Run>;
  private readonly digest: Statement<[number], DigestRow>;
  private readonly named: Statement<[number, number], DigestRow>;
  private readonly own: Statement<[string], Spot & { activity: number }>;
  private readonly further: Statement<[string], Spot & { activity: number }>;
  private readonly chunk: Statement<[number], { leaves: Buffer }>;
  private readonly chunkRoot: Statement<[number], { root: Buffer }>;
  private readonly from: Statement<[], { block: number }>;
  private readonly db: AnyDb;
  private readonly runs = new Map<number, readonly Run[]>();
  private readonly chunks = new Map<number, Buffer>();
  private readonly digests = new Map<number, DigestRow | undefined>();
  private readonly blocks = new BlockLeaves();

  constructor(db: AnyDb) {
    this.db = db;
    this.runsOf = db.prepare('SELECT place, digest, first, n, leaves, gone FROM digest_run WHERE place >= ? AND place < ?');
    this.digest = db.prepare(`SELECT ${digestColumns} FROM digest WHERE id = ?`);
    this.named = db.prepare(`SELECT ${digestColumns} FROM digest WHERE connection = ? AND hour = ?`);
    this.own = db.prepare('SELECT a.id AS activity, a.block, a.slot FROM json_each(?) j JOIN activity a ON a.id = j.value WHERE a.block <> 0');
    this.further = db.prepare('SELECT e.activity, e.block, e.slot FROM json_each(?) j JOIN extra_ref e ON e.activity = j.value WHERE e.block <> 0 ORDER BY e.activity, e.block, e.slot');
    this.chunk = db.prepare('SELECT leaves FROM digest_chunk WHERE at = ?');
    this.chunkRoot = db.prepare('SELECT root FROM digest_chunk WHERE at = ?');
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
    const digest = this.digestOf(run.digest);
    if (digest === undefined) return null;
    const at = place - run.place;
    return { digest, index: run.first + at, leaf: this.leafAt(digest, run, at), gone: isGone(run.gone, at) };
  }

  /** What was read stands for one question: the writer goes on meanwhile. */
  begin(): void {
    this.runs.clear();
    this.chunks.clear();
    this.digests.clear();
    this.blocks.forgetAll();
  }

  /** undefined: nothing came from it in that hour, or it was before there were digests. */
  find(connection: number, hour: number): DigestRow | undefined {
    return this.named.get(connection, hour);
  }

  /** All leaves of a closed digest, in order, some at a time; none where all its records are gone. */
  *leavesOf(digest: DigestRow): Generator<Buffer> {
    for (let chunk = 0; chunk * leavesInChunk < digest.folded; chunk++) {
      const leaves = this.chunk.get(chunkAt(digest.id, chunk))?.leaves;
      if (leaves === undefined) return;
      yield leaves;
    }
  }

  /** Hashes from the leaf to the root of a closed digest that has its leaves, nearest first. */
  path(digest: DigestRow, index: number): Hash[] {
    return inclusionProof(index, digest.records, (from, to) => this.head(digest.id, from, to));
  }

  private leafAt({ id, folded }: DigestRow, run: Run, at: number): Buffer {
    const index = run.first + at;
    if (index < folded) return this.chunkOf(id, Math.floor(index / leavesInChunk)).subarray((index % leavesInChunk) * leafBytes, ((index % leavesInChunk) + 1) * leafBytes);
    // Of an hour that is open it may not be made yet.
    return (run.leaves ?? this.blocks.ofRun(this.db, run.place, run.n)).subarray(at * leafBytes, (at + 1) * leafBytes);
  }

  /** Empty where it is missing. */
  private chunkOf(digest: number, chunk: number): Buffer {
    const at = chunkAt(digest, chunk);
    let leaves = this.chunks.get(at);
    if (leaves === undefined) {
      leaves = this.chunk.get(at)?.leaves ?? Buffer.alloc(0);
      if (this.chunks.size >= mostChunks) this.chunks.clear();
      this.chunks.set(at, leaves);
    }
    return leaves;
  }

  private digestOf(id: number): DigestRow | undefined {
    if (!this.digests.has(id)) this.digests.set(id, this.digest.get(id));
    return this.digests.get(id);
  }

  private runsIn(block: number): readonly Run[] {
    let runs = this.runs.get(block);
    if (runs === undefined) {
      if (this.runs.size >= mostBlocks) this.runs.clear();
      runs = this.runsOf.all(block * placesInBlock, (block + 1) * placesInBlock);
      this.runs.set(block, runs);
    }
    return runs;
  }

  /** Of full chunks the heads are known; of what is below, the leaves of one chunk are read. */
  private head(digest: number, from: number, to: number): Buffer {
    if (to - from < leavesInChunk) {
      const chunk = Math.floor(from / leavesInChunk);
      return headOf(this.chunkOf(digest, chunk).subarray((from - chunk * leavesInChunk) * leafBytes, (to - chunk * leavesInChunk) * leafBytes));
    }
    const heads: Buffer[] = [];
    for (let chunk = from / leavesInChunk; chunk * leavesInChunk < to; chunk++) {
      const root = this.chunkRoot.get(chunkAt(digest, chunk))?.root;
      if (root === undefined) throw new BrokenDigest('A part of the digest is missing.');
      heads.push(root);
    }
    return headOf(Buffer.concat(heads));
  }
}
