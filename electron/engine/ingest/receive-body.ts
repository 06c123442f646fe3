/** Reads one request's body within its bounds: the size as sent, the size after inflation, and what all requests hold together. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export type BodyRefusal = 'too_large' | 'no_room' | 'bad_gzip' | 'aborted';

export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly kind: BodyRefusal;

  constructor(kind: BodyRefusal) {
    super(kind);
    this.kind = kind;
  }
}

/** SECURITY: bytes that requests hold at one time, whatever they declare. */
export class InFlight {
  private held = 0;
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  take(bytes: number): void {
    if (this.held + bytes > this.most) throw new BodyRefused('no_room');
    this.held += bytes;
  }

  give(bytes: number): void {
    this.held -= bytes;
  }
}

export interface ReceivedBody {
  /** owns its ArrayBuffer, so that it can be transferred to the writer. */
  readonly bytes: Uint8Array;
  readonly wireBytes: number;
  /** held of InFlight until the request is answered. */
  readonly held: number;
}

/** DEFLATE cannot grow data more than this. */
const mostGrowth = 1_032;
const inflate = promisify(gunzip);

export async function receiveBody(request: IncomingMessage, limit: number, isGzip: boolean, inFlight: InFlight): Promise<ReceivedBody> {
  const wire = await readAll(request, limit, inFlight);
  if (!isGzip) return { bytes: wire.bytes, wireBytes: wire.bytes.length, held: wire.held };
  // The worst case is held while nobody knows how much comes out.
  const worst = Math.min(limit, wire.bytes.length * mostGrowth);
  try {
    inFlight.take(worst);
  } catch (error) {
    inFlight.give(wire.held);
    throw error;
  }
  try {
    const bytes = ownBuffer(await inflate(wire.bytes, { maxOutputLength: Math.max(1, limit) }));
    inFlight.take(bytes.length);
    return { bytes, wireBytes: wire.bytes.length, held: bytes.length };
  } catch (error) {
    if (error instanceof BodyRefused) throw error;
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new BodyRefused(isTooLarge ? 'too_large' : 'bad_gzip');
  } finally {
    inFlight.give(worst + wire.held);
  }
}

async function readAll(request: IncomingMessage, limit: number, inFlight: InFlight): Promise<{ bytes: Uint8Array; held: number }> {
  const declared = Number(request.headers['content-length'] ?? Number.NaN);
  if (declared > limit) throw new BodyRefused('too_large');
  let held = 0;
  const take = (bytes: number): void => {
    inFlight.take(bytes);
    held += bytes;
  };
  try {
    if (Number.isFinite(declared)) take(declared);
    // A body of a known size is copied once, while its bytes are still warm.
    const known = Number.isFinite(declared) ? Buffer.allocUnsafeSlow(declared) : undefined;
    const chunks: Buffer[] = [];
    let size = 0;
    await eachChunk(request, (chunk) => {
      if (size + chunk.length > limit) throw new BodyRefused('too_large');
      if (size + chunk.length > held) take(size + chunk.length - held);
      if (known === undefined) chunks.push(chunk);
      else known.set(chunk, size);
      size += chunk.length;
      if (known !== undefined) giveBack(chunk);
    });
    return { bytes: known ?? joined(chunks, size), held };
  } catch (error) {
    inFlight.give(held);
    // What the stream throws is a connection that broke: nobody is there to be told.
    throw error instanceof BodyRefused ? error : new BodyRefused('aborted');
  }
}

/** By events: a promise for each chunk was a quarter of this thread's work under load. Once `take` has thrown, what else comes is left to whoever answers. */
function eachChunk(request: IncomingMessage, take: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const taking = (chunk: Buffer): void => {
      try {
        take(chunk);
      } catch (error) {
        request.off('data', taking);
        reject(error instanceof BodyRefused ? error : new BodyRefused('aborted'));
      }
    };
    request.on('data', taking);
    request.once('end', resolve);
    request.once('error', reject);
    request.once('close', () => { reject(new BodyRefused('aborted')); });
  });
}

/** A chunk that was copied is ours alone. Freed now, it does not make the collector run for it: that took a tenth of this thread's time under load. */
function giveBack(chunk: Buffer): void {
  if (chunk.length === chunk.buffer.byteLength && chunk.buffer instanceof ArrayBuffer) chunk.buffer.transfer(0);
}

function joined(chunks: readonly Buffer[], size: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function ownBuffer(buffer: Buffer): Uint8Array {
  if (buffer.byteLength === buffer.buffer.byteLength) return buffer;
  const own = Buffer.allocUnsafeSlow(buffer.length);
  own.set(buffer);
  return own;
}
