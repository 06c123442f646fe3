/** A pack as a zip, read at any place and file by file, so that it may be larger than the memory. */
import { configure, Reader, ZipReader } from '@zip.js/zip.js/index-native.js';
import type { FileEntry } from '@zip.js/zip.js/index-native.js';

// SECURITY: the page of the verifier starts no workers, and its policy would not let it.
configure({ useWebWorkers: false });

/** Random access: a file of the disk, or one that was dropped onto a page. */
export interface Bytes { readonly size: number; read(from: number, length: number): Promise<Uint8Array> }

export interface ZippedFile { readonly path: string; readonly bytes: number; read(): AsyncGenerator<Uint8Array> }
/** `names`: of everything in it, directories and repeated names too. `comment`: as it stands at the end. */
export interface OpenZip { readonly files: ReadonlyMap<string, ZippedFile>; readonly names: readonly string[]; readonly comment: Uint8Array }

const chunkBytes = 1024 * 1024;
const mostFiles = 200_000;

class BytesReader extends Reader<Bytes> {
  readonly #bytes: Bytes;

  constructor(bytes: Bytes) {
    super(bytes);
    this.#bytes = bytes;
    this.size = bytes.size;
  }

  override readUint8Array(from: number, length: number): Promise<Uint8Array> {
    return this.#bytes.read(from, Math.min(length, this.#bytes.size - from));
  }
}

/** Throws, if this is no zip or not a whole one. */
export async function openZip(bytes: Bytes): Promise<OpenZip> {
  const reader = new ZipReader(new BytesReader(bytes));
  const files = new Map<string, ZippedFile>();
  const names: string[] = [];
  for await (const entry of reader.getEntriesGenerator()) {
    names.push(entry.filename);
    if (names.length > mostFiles) throw new RangeError('It holds more files than any pack.');
    if (!entry.directory && !entry.encrypted) files.set(entry.filename, { path: entry.filename, bytes: entry.uncompressedSize, read: () => unpacked(entry) });
  }
  return { files, names, comment: reader.comment };
}

async function* unpacked(entry: FileEntry): AsyncGenerator<Uint8Array> {
  let fail: (error: unknown) => void = () => undefined;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({ start: (controller) => { fail = (error) => controller.error(error); } });
  const done = entry.getData(writable, { checkSignature: true });
  // Also where the library refuses a file before it has begun to write: the reader below would wait for ever.
  done.catch(fail);
  const reader = readable.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
  await done;
}

/** All of it up to `end`, in parts. */
export async function* chunksOf(bytes: Bytes, end: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < end; at += chunkBytes) yield bytes.read(at, Math.min(chunkBytes, end - at));
}
