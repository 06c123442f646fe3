/**
 * The leaf of a kept record in its hour's digest, exactly as docs/audit-format.md spells it:
 *
 *   leaf = SHA-256(0x00 || kind || SHA-256(context) || record)        context = u32 resource bytes || resource || scope
 *
 * Resource and scope are hashed once for all records that share them: they may be larger than the record. One call of the hash a record, of bytes that lie
 * together, answered as text: a hash that is fed in parts costs six times as much, one that answers with a buffer three times (measured).
 */
import { hash } from 'node:crypto';
import type { PayloadContext, PayloadRef, UnpackedPayload } from './payload.ts';

export const leafBytes = 32;
const headBytes = 2 + leafBytes;
/** Larger ones are hashed from room of their own. */
const mostKept = 1024 * 1024;
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

function roomFor(bytes: number): Buffer {
  if (bytes > mostKept) return Buffer.allocUnsafe(bytes);
  if (scratch.length < bytes) scratch = Buffer.allocUnsafeSlow(Math.max(bytes, scratch.length * 2));
  return scratch;
}

/** Each byte a character. */
export const sha256Text = (bytes: Uint8Array): string => hash('sha256', bytes, 'binary');

const contextHashes = new WeakMap<PayloadContext, string>();

function contextHash(context: PayloadContext): string {
  let known = contextHashes.get(context);
  if (known === undefined) {
    const { source, resourceStart, resourceEnd, scopeStart, scopeEnd } = context;
    known = hashOfContext(source.subarray(resourceStart, resourceEnd), source.subarray(scopeStart, scopeEnd));
    contextHashes.set(context, known);
  }
  return known;
}

function hashOfContext(resource: Uint8Array, scope: Uint8Array): string {
  const size = 4 + resource.length + scope.length;
  const room = roomFor(size);
  room.writeUInt32LE(resource.length, 0);
  room.set(resource, 4);
  room.set(scope, 4 + resource.length);
  return sha256Text(room.subarray(0, size));
}

function leafText(kind: number, context: string, record: Uint8Array): string {
  const size = headBytes + record.length;
  const room = roomFor(size);
  room[0] = 0;
  room[1] = kind;
  room.write(context, 2, leafBytes, 'latin1');
  room.set(record, headBytes);
  return sha256Text(room.subarray(0, size));
}

/** Writes the leaf of one of many records that share contexts. */
export function putLeaf(ref: PayloadRef, to: Buffer, at: number): void {
  to.write(leafText(ref.kind, contextHash(ref.context), ref.source.subarray(ref.start, ref.end)), at, leafBytes, 'latin1');
}

/** The leaf of a record as it is stored now. */
export function leafOf({ kind, record, resource, scope }: UnpackedPayload): Buffer {
  return Buffer.from(leafText(kind, hashOfContext(resource, scope), record), 'latin1');
}
