/**
 * Writes the zip of a pack from one end to the other: file after file as they come, zip64 where needed, the same bytes for the same content, and at the end a
 * comment in which everything before it is signed. No file is held in memory.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { configure, ZipWriter } from '@zip.js/zip.js/index-native.js';

configure({ useWebWorkers: false });

export interface Zipped { readonly path: string; readonly bytes: number; readonly sha256: string }
/** Made of the hash and the number of all bytes before the length of the comment. */
export type ZipComment = (sha256: string, bytes: number) => string | Promise<string>;
/** Resolves when it took the bytes. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

/** Beyond this the sizes may not fit the fields of a plain zip. */
const zip64From = 0xf000_0000;
/** What is packed already gains nothing by being packed again. */
const packed = /\.(parquet|xlsx|pdf|zip|gz)$/;

export class PackZip {
  readonly #tail: Tail;
  readonly #writer: ZipWriter<unknown>;
  readonly #date: number;

  constructor(sink: Sink, madeAt: Date) {
    this.#tail = new Tail(sink);
    this.#writer = new ZipWriter(new WritableStream<Uint8Array>({ write: (chunk) => this.#tail.write(chunk) }), { keepOrder: true, bufferedWrite: false, extendedTimestamp: false, dataDescriptor: true, useWebWorkers: false });
    this.#date = dosTime(madeAt);
  }

  /** `about`: how many bytes they will be, as far as is known. */
  async add(path: string, chunks: AsyncIterable<Uint8Array>, about: number): Promise<Zipped> {
    const hash = createHash('sha256');
    let bytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
    await this.#writer.add(path, ReadableStream.from(counted()), { level: packed.test(path) ? 0 : 6, rawLastModDate: this.#date, zip64: about > zip64From });
    return { path, bytes, sha256: hash.digest('hex') };
  }

  async end(comment: ZipComment): Promise<void> {
    await this.#writer.close();
    await this.#tail.end(comment);
  }
}

/** Holds back the last two bytes, which are the length of the comment that the library leaves empty. */
class Tail {
  readonly #sink: Sink;
  readonly #hash: Hash = createHash('sha256');
  #held = Buffer.alloc(0);
  #bytes = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  async write(chunk: Uint8Array): Promise<void> {
    const all = Buffer.concat([this.#held, chunk]);
    const pass = all.subarray(0, Math.max(0, all.length - 2));
    this.#held = Buffer.from(all.subarray(pass.length));
    this.#hash.update(pass);
    this.#bytes += pass.length;
    await this.#sink(pass);
  }

  async end(comment: ZipComment): Promise<void> {
    if (this.#held.length !== 2 || this.#held.readUInt16LE() !== 0) throw new Error('The zip does not end with an empty comment.');
    const text = Buffer.from(await comment(this.#hash.digest('hex'), this.#bytes));
    const length = Buffer.alloc(2);
    length.writeUInt16LE(text.length);
    await this.#sink(Buffer.concat([length, text]));
  }
}

/** As zips tell times; in UTC, so that the machine's place in the world makes no other zip. */
function dosTime(at: Date): number {
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | Math.floor(at.getUTCSeconds() / 2);
  return date * 65_536 + time;
}
