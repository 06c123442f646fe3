/**
 * What is kept of a record besides its columns: its own bytes after the content level, with its resource and scope. Records are
 * kept in blocks that the store compresses: neighbours share their resource and scope, and one record is read without the others.
 */

/** How a record's bytes in a block are to be read. `outline`: content level none, our own short JSON. `runtimeJson`: a runtime's own JSON. */
export const payloadKinds = { spanProtobuf: 1, logProtobuf: 2, spanJson: 3, logJson: 4, outline: 5, runtimeJson: 6 } as const;
export type PayloadKind = (typeof payloadKinds)[keyof typeof payloadKinds];

/** Resource and scope of a run of records: one object for all of them. Offsets are into `source`; equal offsets: absent. */
export interface PayloadContext {
  readonly source: Uint8Array;
  readonly resourceStart: number;
  readonly resourceEnd: number;
  readonly scopeStart: number;
  readonly scopeEnd: number;
}

/** Points into the received body: nothing is copied before a block is packed. */
export interface PayloadRef {
  readonly kind: PayloadKind;
  readonly source: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly context: PayloadContext;
}

/** The layout of a block, kept beside it in the database. */
export const payloadFormat = 1;

/*
 * Format 1, little-endian:
 *   u32 contexts, u32 slots
 *   contexts x { u32 resource bytes, u32 scope bytes }
 *   slots    x { u32 kind << 24 | context, u32 record bytes }
 *   the bytes: each context's resource and scope, then each slot's record
 */
const headBytes = 8;
const entryBytes = 8;
const mostContexts = 0x00ff_ffff;

/** `room` gives the bytes that are written into: all of them are. */
export function packPayloads(refs: readonly PayloadRef[], room: (bytes: number) => Buffer = Buffer.allocUnsafe): Uint8Array {
  const contexts = new Map<PayloadContext, number>();
  let size = headBytes + refs.length * entryBytes;
  for (const ref of refs) {
    size += ref.end - ref.start;
    if (contexts.has(ref.context)) continue;
    contexts.set(ref.context, contexts.size);
    const { resourceStart, resourceEnd, scopeStart, scopeEnd } = ref.context;
    size += entryBytes + (resourceEnd - resourceStart) + (scopeEnd - scopeStart);
  }
  if (contexts.size > mostContexts) throw new RangeError('too many contexts for one payload block');
  const block = room(size);
  block.writeUInt32LE(contexts.size, 0);
  block.writeUInt32LE(refs.length, 4);
  let head = headBytes;
  let at = headBytes + (contexts.size + refs.length) * entryBytes;
  for (const context of contexts.keys()) {
    block.writeUInt32LE(context.resourceEnd - context.resourceStart, head);
    block.writeUInt32LE(context.scopeEnd - context.scopeStart, head + 4);
    head += entryBytes;
    at = append(block, at, context.source, context.resourceStart, context.resourceEnd);
    at = append(block, at, context.source, context.scopeStart, context.scopeEnd);
  }
  for (const ref of refs) {
    block.writeUInt32LE(((ref.kind << 24) | (contexts.get(ref.context) ?? 0)) >>> 0, head);
    block.writeUInt32LE(ref.end - ref.start, head + 4);
    head += entryBytes;
    at = append(block, at, ref.source, ref.start, ref.end);
  }
  return block;
}

/** How many records a block holds. */
export function slotsOf(block: Uint8Array): number {
  if (block.length < headBytes) throw new RangeError('payload block is damaged: too short');
  return new DataView(block.buffer, block.byteOffset, block.byteLength).getUint32(4, true);
}

/** Every record of a block, with the contexts that they share. Throws as `unpackPayload` does. */
export function unpackPayloads(format: number, block: Uint8Array): PayloadRef[] {
  const slots = slotsOf(block);
  if (slots > 0) unpackPayload(format, block, slots - 1);
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const count = view.getUint32(0, true);
  let at = headBytes + (count + slots) * entryBytes;
  const contexts = Array.from({ length: count }, (_, i): PayloadContext => {
    const resourceStart = at;
    const scopeStart = at + view.getUint32(headBytes + i * entryBytes, true);
    at = scopeStart + view.getUint32(headBytes + i * entryBytes + 4, true);
    return { source: block, resourceStart, resourceEnd: scopeStart, scopeStart, scopeEnd: at };
  });
  return Array.from({ length: slots }, (_, slot): PayloadRef => {
    const word = view.getUint32(headBytes + (count + slot) * entryBytes, true);
    const context = contexts[word & mostContexts];
    if (context === undefined) throw new RangeError('payload block is damaged: no such context');
    const start = at;
    at += view.getUint32(headBytes + (count + slot) * entryBytes + 4, true);
    return { kind: (word >>> 24) as PayloadKind, source: block, start, end: at, context };
  });
}

function append(block: Buffer, at: number, source: Uint8Array, start: number, end: number): number {
  if (end > start) block.set(source.subarray(start, end), at);
  return at + end - start;
}

export interface UnpackedPayload {
  readonly kind: number;
  readonly record: Uint8Array;
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
}

/** A block comes from a file that may be damaged: everything is checked, a bad block says so. */
export function unpackPayload(format: number, block: Uint8Array, slot: number): UnpackedPayload {
  if (format !== payloadFormat) throw new RangeError(`payload format ${format} is not known to this version`);
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  if (block.length < headBytes) throw new RangeError('payload block is damaged: too short');
  const contexts = view.getUint32(0, true);
  const slots = view.getUint32(4, true);
  if (slot < 0 || slot >= slots) throw new RangeError(`payload block has no record ${slot}`);
  const dataStart = headBytes + (contexts + slots) * entryBytes;
  if (dataStart > block.length) throw new RangeError('payload block is damaged: its table is cut');
  const word = view.getUint32(headBytes + (contexts + slot) * entryBytes, true);
  const wantedContext = word & mostContexts;
  if (wantedContext >= contexts) throw new RangeError('payload block is damaged: no such context');
  let at = dataStart;
  let resource = block.subarray(0, 0);
  let scope = resource;
  for (let i = 0; i < contexts; i++) {
    const resourceBytes = view.getUint32(headBytes + i * entryBytes, true);
    const scopeBytes = view.getUint32(headBytes + i * entryBytes + 4, true);
    if (i === wantedContext) {
      resource = slice(block, at, resourceBytes);
      scope = slice(block, at + resourceBytes, scopeBytes);
    }
    at += resourceBytes + scopeBytes;
  }
  for (let i = 0; i < slot; i++) at += view.getUint32(headBytes + (contexts + i) * entryBytes + 4, true);
  const recordBytes = view.getUint32(headBytes + (contexts + slot) * entryBytes + 4, true);
  return { kind: word >>> 24, record: slice(block, at, recordBytes), resource, scope };
}

function slice(block: Uint8Array, start: number, length: number): Uint8Array {
  if (start + length > block.length) throw new RangeError('payload block is damaged: a record is cut');
  return block.subarray(start, start + length);
}
