/**
 * Whole records in blocks, compressed together: one record alone compresses three times worse and costs a set-up of the
 * compressor each time (measured). A new row's record stands in the block whose ids span it; a further telling stands in `extra`.
 */
import { constants, deflateRawSync, inflateRawSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Statement } from 'better-sqlite3';
import { packPayloads, payloadFormat, unpackPayload, type PayloadRef, type UnpackedPayload } from '../ingest/payload.ts';
import type { AnyDb, WriteDb } from './database.ts';
import { StoreError } from './errors.ts';

export const recordsInBlock = 128;
const CODEC = { zstd: 1, deflate: 2 } as const;
/** SECURITY: what a damaged or forged block may unfold to. */
const mostUnpacked = 512 * 1024 * 1024;

/** Older Node versions have no zstd; the codec stands beside each block, so files can be read by either. */
const hasZstd = typeof zstdCompressSync === 'function';
const zstdOptions = hasZstd ? { params: { [constants.ZSTD_c_compressionLevel]: 1 } } : {};

export interface Packed {
  readonly codec: number;
  readonly body: Uint8Array;
}

export function compress(block: Uint8Array, zstd: boolean = hasZstd): Packed {
  return zstd ? { codec: CODEC.zstd, body: zstdCompressSync(block, zstdOptions) } : { codec: CODEC.deflate, body: deflateRawSync(block, { level: 1 }) };
}

export function decompress(packed: Packed): Uint8Array {
  if (packed.codec === CODEC.zstd && hasZstd) return zstdDecompressSync(packed.body, { maxOutputLength: mostUnpacked });
  if (packed.codec === CODEC.deflate) return inflateRawSync(packed.body, { maxOutputLength: mostUnpacked });
  throw new StoreError('internal', `A record was stored in a way that this program cannot read (codec ${packed.codec}). It is still in the file.`);
}

export interface Extra {
  readonly activity: number;
  readonly record: number;
  readonly payload: PayloadRef;
}

export class PayloadWriter {
  private readonly insertBlock: Statement<[number, number, number, number, Uint8Array]>;
  private readonly insertExtra: Statement<[number, number, Uint8Array]>;
  private readonly insertRef: Statement<[number, number, number | null, number | null, number | null]>;
  private readonly findRef: Statement<[number, number], { activity: number }>;
  private readonly moveRefs: Statement<[number, number]>;
  private readonly dropRefs: Statement<[number]>;

  constructor(db: WriteDb) {
    this.insertBlock = db.prepare('INSERT INTO payload (last, first, format, codec, body) VALUES (?, ?, ?, ?, ?)');
    this.insertExtra = db.prepare('INSERT INTO extra (format, codec, body) VALUES (?, ?, ?)');
    this.insertRef = db.prepare('INSERT OR IGNORE INTO extra_ref (activity, record, extra, slot, alias) VALUES (?, ?, ?, ?, ?)');
    this.findRef = db.prepare('SELECT activity FROM extra_ref WHERE activity = ? AND record = ?');
    this.moveRefs = db.prepare('UPDATE OR IGNORE extra_ref SET activity = ? WHERE activity = ?');
    this.dropRefs = db.prepare('DELETE FROM extra_ref WHERE activity = ?');
  }

  /** Records of rows with the ids `first`, `first + 1`, ... */
  writeBlocks(first: number, refs: readonly PayloadRef[]): void {
    for (let at = 0; at < refs.length; at += recordsInBlock) {
      const some = refs.slice(at, at + recordsInBlock);
      const { codec, body } = compress(packPayloads(some));
      this.insertBlock.run(first + at + some.length - 1, first + at, payloadFormat, codec, body);
    }
  }

  writeExtras(extras: readonly Extra[]): void {
    for (let at = 0; at < extras.length; at += recordsInBlock) {
      const some = extras.slice(at, at + recordsInBlock);
      const { codec, body } = compress(packPayloads(some.map((one) => one.payload)));
      const id = Number(this.insertExtra.run(payloadFormat, codec, body).lastInsertRowid);
      some.forEach((one, slot) => this.insertRef.run(one.activity, one.record, id, slot, null));
    }
  }

  /** A telling without a payload of its own, so that the same record is known when it is sent again. */
  remember(activity: number, record: number): void {
    this.insertRef.run(activity, record, null, null, null);
  }

  knows(activity: number, record: number): boolean {
    return this.findRef.get(activity, record) !== undefined;
  }

  /** A stored row went into another: its records are found there from now on. */
  moveTo(into: number, record: number, from: number): void {
    this.insertRef.run(into, record, null, null, from);
    this.moveRefs.run(into, from);
    this.dropRefs.run(from);
  }
}

interface Block { first: number; format: number; codec: number; body: Buffer }

export class PayloadReader {
  private readonly block: Statement<[number], Block & { last: number }>;
  private readonly refs: Statement<[number], { extra: number | null; slot: number | null; alias: number | null }>;
  private readonly extra: Statement<[number], Omit<Block, 'first'>>;

  constructor(db: AnyDb) {
    this.block = db.prepare('SELECT last, first, format, codec, body FROM payload WHERE last >= ? ORDER BY last LIMIT 1');
    this.refs = db.prepare('SELECT extra, slot, alias FROM extra_ref WHERE activity = ? LIMIT 50');
    this.extra = db.prepare('SELECT format, codec, body FROM extra WHERE id = ?');
  }

  /** Every kept record that made this activity, the first telling first. */
  recordsOf(activity: number): UnpackedPayload[] {
    const found = [this.inBlock(activity)];
    for (const ref of this.refs.all(activity)) {
      if (ref.alias !== null) found.push(this.inBlock(ref.alias));
      else if (ref.extra !== null) found.push(this.inExtra(ref.extra, ref.slot ?? 0));
    }
    return found.filter((one) => one !== null && one.record.length > 0) as UnpackedPayload[];
  }

  private inBlock(id: number): UnpackedPayload | null {
    const row = this.block.get(id);
    return row === undefined || row.first > id ? null : unpackPayload(row.format, decompress(row), id - row.first);
  }

  private inExtra(id: number, slot: number): UnpackedPayload | null {
    const row = this.extra.get(id);
    return row === undefined ? null : unpackPayload(row.format, decompress(row), slot);
  }
}
