/**
 * Whole records in blocks, compressed together: one record alone compresses three times worse and costs a set-up of the
 * compressor each time (measured). Full blocks come compressed from the thread that reads bodies (prepare-worker.ts).
 * Each row says in which block and slot its record stands, further tellings of a row stand in `extra_ref`.
 */
// The whole module: naming an export that an older Node lacks would fail before the fallback could help.
import zlib from 'node:zlib';
import type { Statement } from 'better-sqlite3';
import { packPayloads, payloadFormat, unpackPayload, type PayloadRef, type UnpackedPayload } from '../ingest/payload.ts';
import type { AnyDb, WriteDb } from './database.ts';
import { StoreError } from './errors.ts';

/** A third smaller than 64 on English text; one record is still read in less than a millisecond. */
export const recordsInBlock = 128;
const CODEC = { zstd: 1, deflate: 2 } as const;
/** SECURITY: what a damaged or forged block may unfold to. */
const mostUnpacked = 512 * 1024 * 1024;

/** Most blocks unfold in one piece: a third less time than in pieces that are put together (measured). */
const unpackedAtOnce = 256 * 1024;

/** Older Node versions have no zstd; the codec stands beside each block, so files can be read by either. */
const hasZstd = typeof zlib.zstdCompressSync === 'function';
/** Matches of seven bytes at least: an eighth less time than level 1 takes by itself, and 1 % larger (measured). */
const zstdParams = hasZstd ? { [zlib.constants.ZSTD_c_compressionLevel]: 1, [zlib.constants.ZSTD_c_minMatch]: 7 } : {};
/** Given room for the worst case zstd writes straight into it, and copies neither what goes in nor what comes out: fresh memory that the system had to clear for every block. Larger blocks come out in pieces. */
const leastRoom = 64 * 1024;
const mostRoom = 1024 * 1024;
const worstCase = (bytes: number): number => Math.min(mostRoom, Math.max(leastRoom, bytes + (bytes >> 8) + 64));

function zstd(block: Uint8Array): Uint8Array {
  const room = zlib.zstdCompressSync(block, { chunkSize: worstCase(block.byteLength), params: zstdParams });
  const body = new Uint8Array(room);
  // Freed at once, as in `letGo`.
  if (room.byteOffset === 0 && room.buffer.byteLength >= leastRoom && room.buffer instanceof ArrayBuffer) room.buffer.transfer(0);
  return body;
}

export interface Packed {
  readonly codec: number;
  readonly body: Uint8Array;
}

export function compress(block: Uint8Array, withZstd: boolean = hasZstd): Packed {
  return withZstd ? { codec: CODEC.zstd, body: zstd(block) } : { codec: CODEC.deflate, body: zlib.deflateRawSync(block, { level: 1 }) };
}

export function decompress(packed: Packed): Uint8Array {
  if (packed.codec === CODEC.zstd && hasZstd) return zlib.zstdDecompressSync(packed.body, { chunkSize: unpackedAtOnce, maxOutputLength: mostUnpacked });
  if (packed.codec === CODEC.deflate) return zlib.inflateRawSync(packed.body, { maxOutputLength: mostUnpacked });
  throw new StoreError('internal', `A record was stored in a way that this program cannot read (codec ${packed.codec}). It is still in the file.`);
}

/** Frees a block that `decompress` made and nobody looks at any more. Small ones may lie in a buffer that others share, and are left to the collector. */
export function letGo(block: Uint8Array): void {
  const { buffer } = block;
  if (block.byteOffset === 0 && buffer.byteLength >= unpackedAtOnce && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Reused: a buffer for each block would only be work for the garbage collector. */
let scratch = Buffer.alloc(0);

/** Holds until the next block. */
function scratchOf(bytes: number): Buffer {
  if (bytes > 4 * 1024 * 1024) return Buffer.allocUnsafe(bytes);
  if (scratch.length < bytes) scratch = Buffer.allocUnsafeSlow(Math.max(bytes, 512 * 1024));
  return scratch.subarray(0, bytes);
}

/** Records on their way into the file. */
export abstract class Block {
  /** 0: not (yet) in the file. */
  id = 0;
  /** rows and further tellings that stand in it; a block of nothing but repeats is not stored. */
  used = 0;
  /** bits of the slots that a digest counts; a record may make several rows, some of them later. */
  private readonly counted: number[] = [];

  abstract take(): Packed;

  firstUse(slot: number): boolean {
    const [at, bit] = [slot >> 5, 1 << (slot & 31)];
    const before = this.counted[at] ?? 0;
    if ((before & bit) !== 0) return false;
    while (this.counted.length <= at) this.counted.push(0);
    this.counted[at] = before | bit;
    return true;
  }
}

/** Records are still coming into it. */
export class OpenBlock extends Block {
  readonly refs: PayloadRef[] = [];

  get full(): boolean { return this.refs.length >= recordsInBlock; }

  add(ref: PayloadRef): Place {
    this.refs.push(ref);
    return { block: this, slot: this.refs.length - 1 };
  }

  take(): Packed {
    return compress(packPayloads(this.refs, scratchOf));
  }
}

/** Another thread has compressed it. */
export class PackedBlock extends Block {
  private readonly packed: Packed;

  constructor(packed: Packed) {
    super();
    this.packed = packed;
  }

  take(): Packed {
    return this.packed;
  }
}

/** Where a record stands. */
export interface Place {
  readonly block: Block;
  readonly slot: number;
}

/** Fills blocks one after the other. */
export class BlockFiller {
  readonly blocks: OpenBlock[] = [];
  private present: OpenBlock | null = null;

  place(ref: PayloadRef): Place {
    if (this.present === null || this.present.full) {
      this.present = new OpenBlock();
      this.blocks.push(this.present);
    }
    return this.present.add(ref);
  }
}

export class PayloadWriter {
  private readonly insertBlock: Statement<[number, number, number, Uint8Array, number]>;
  private readonly insertRef: Statement<[number, number, number, number]>;
  private readonly findRef: Statement<[number, number], { activity: number }>;
  private readonly moveRefs: Statement<[number, number]>;
  private readonly dropRefs: Statement<[number]>;
  private readonly last: Statement<[], { n: number }>;
  private nextBlock: number;

  constructor(db: WriteDb) {
    // A call that waited for its agent's span stands in a block of an earlier transaction.
    this.insertBlock = db.prepare('INSERT INTO payload (id, format, codec, body, used) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET used = excluded.used');
    this.insertRef = db.prepare('INSERT OR IGNORE INTO extra_ref (activity, record, block, slot) VALUES (?, ?, ?, ?)');
    this.findRef = db.prepare('SELECT activity FROM extra_ref WHERE activity = ? AND record = ?');
    this.moveRefs = db.prepare('UPDATE OR IGNORE extra_ref SET activity = ? WHERE activity = ?');
    this.dropRefs = db.prepare('DELETE FROM extra_ref WHERE activity = ?');
    // A number is never given again while a digest knows a record by it.
    this.last = db.prepare(`SELECT max((SELECT coalesce(max(id), 0) FROM payload), (SELECT coalesce(max(place), 0) / 1024 FROM digest_run),
      (SELECT CAST(value AS INTEGER) - 1 FROM meta WHERE key = 'digests_from_block')) AS n`);
    this.nextBlock = this.lastId() + 1;
  }

  /** Counts one more that stands in the block, and gives the block its number. */
  use(place: Place | null): number {
    if (place === null) return 0;
    if (place.block.id === 0) place.block.id = this.nextBlock++;
    place.block.used += 1;
    return place.block.id;
  }

  write(blocks: Iterable<Block>): void {
    for (const block of blocks) {
      const { codec, body } = block.take();
      this.insertBlock.run(block.id, payloadFormat, codec, body, block.used);
    }
  }

  /** A further telling; with `place` null only so that the same record is known when it is sent again. Answers whether it is new. */
  further(activity: number, record: number, place: Place | null): boolean {
    const isNew = this.insertRef.run(activity, record, this.use(place), place?.slot ?? 0).changes > 0;
    if (!isNew && place !== null) place.block.used -= 1;
    return isNew;
  }

  knows(activity: number, record: number): boolean {
    return this.findRef.get(activity, record) !== undefined;
  }

  /** A stored row went into another: its records are found there from now on. */
  move(into: number, from: { id: number; record: number; block: number; slot: number }): void {
    this.insertRef.run(into, from.record, from.block, from.slot);
    this.moveRefs.run(into, from.id);
    this.dropRefs.run(from.id);
  }

  forget(): void {
    this.nextBlock = this.lastId() + 1;
  }

  private lastId(): number {
    return this.last.get()?.n ?? 0;
  }
}

interface Spot { block: number; slot: number }

export class PayloadReader {
  private readonly own: Statement<[number], Spot>;
  private readonly refs: Statement<[number], Spot>;
  private readonly block: Statement<[number], { format: number; codec: number; body: Buffer }>;

  constructor(db: AnyDb) {
    this.own = db.prepare('SELECT block, slot FROM activity WHERE id = ?');
    this.refs = db.prepare('SELECT block, slot FROM extra_ref WHERE activity = ? AND block <> 0 ORDER BY block, slot LIMIT 50');
    this.block = db.prepare('SELECT format, codec, body FROM payload WHERE id = ?');
  }

  /** Every kept record that made this activity, the first telling first. */
  recordsOf(activity: number): UnpackedPayload[] {
    const own = this.own.get(activity);
    if (own === undefined) return [];
    return [own, ...this.refs.all(activity)].flatMap((spot) => this.at(spot));
  }

  /** null: it is not there (any more), or cannot be read. */
  stored(spot: Spot): UnpackedPayload | null {
    try {
      return this.at(spot)[0] ?? null;
    } catch {
      // What a damaged block throws is many things; whoever asks wants to know whether the record is there as it was.
      return null;
    }
  }

  private at({ block, slot }: Spot): UnpackedPayload[] {
    const row = block === 0 ? undefined : this.block.get(block);
    if (row === undefined) return [];
    const found = unpackPayload(row.format, decompress(row), slot);
    // Its time was over: the slot was emptied.
    return found.record.length === 0 ? [] : [found];
  }
}
