/**
 * A bounds-checked reader of the protobuf wire format. An object with its own position: decoders may nest and run side by side.
 * protobufjs' `Reader` was measured as the base and rejected: it has no end of its own below the buffer's (each nested message
 * needs the caller's care), and materialises a Long for every 64-bit number.
 */
import type { ShortStrings } from './short-strings.ts';

/** The bytes break the wire format. Inside a record the record is refused; outside of one the whole body is malformed. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const truncated = 'a length points past the end of the data';

export class ProtoReader {
  readonly buf: Buffer;
  readonly strings: ShortStrings;
  pos = 0;
  end: number;

  constructor(bytes: Uint8Array, strings: ShortStrings) {
    this.buf = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.strings = strings;
    this.end = bytes.byteLength;
  }

  /** An unsigned number of up to 53 exact bits: tags, lengths, enums, counts. */
  uint(): number {
    const { buf, end } = this;
    let pos = this.pos;
    if (pos >= end) throw new WireError(truncated);
    let byte = buf[pos++] as number;
    if (byte < 0x80) {
      this.pos = pos;
      return byte;
    }
    let value = byte & 0x7f;
    let scale = 128;
    for (let i = 1; i < 10; i++) {
      if (pos >= end) throw new WireError(truncated);
      byte = buf[pos++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.pos = pos;
        return value;
      }
      scale *= 128;
    }
    throw new WireError('a number is longer than 10 bytes');
  }

  /** Reads a length and checks that as many bytes are there. */
  length(): number {
    const length = this.uint();
    if (length > this.end - this.pos) throw new WireError(truncated);
    return length;
  }

  tag(): number {
    const tag = this.uint();
    // Field 0 does not exist and numbers end at 2^29.
    if (tag < 8 || tag > 0xffff_ffff) throw new WireError('a field number is not valid');
    return tag;
  }

  skip(wireType: number): void {
    switch (wireType) {
      case wire.varint:
        this.uint();
        return;
      case wire.fixed64:
        this.advance(8);
        return;
      case wire.bytes: {
        const length = this.length();
        this.pos += length;
        return;
      }
      case wire.fixed32:
        this.advance(4);
        return;
      default:
        throw new WireError('a field has a wire type that OTLP does not use');
    }
  }

  advance(bytes: number): void {
    if (bytes > this.end - this.pos) throw new WireError(truncated);
    this.pos += bytes;
  }

  /** int64: a number while it is exact, else its decimal digits. */
  int64(): number | string {
    const { buf, end } = this;
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      if (this.pos >= end) throw new WireError(truncated);
      const byte = buf[this.pos++] as number;
      const bits = byte & 0x7f;
      if (i < 4) low += bits * (1 << (7 * i));
      else if (i === 4) {
        low += (bits & 0x0f) * 2 ** 28;
        high = bits >> 4;
      } else high = (high + bits * 2 ** (7 * i - 32)) % 4294967296;
      if (byte < 0x80) return fromHalves(low, high | 0);
    }
    throw new WireError('a number is longer than 10 bytes');
  }

  double(): number {
    const at = this.pos;
    this.advance(8);
    return this.buf.readDoubleLE(at);
  }

  fixed32(): number {
    const at = this.pos;
    this.advance(4);
    return this.buf.readUInt32LE(at);
  }

  /** fixed64 or sfixed64 as int64 is given. */
  sfixed64(): number | string {
    const at = this.pos;
    this.advance(8);
    return fromHalves(this.buf.readUInt32LE(at), this.buf.readInt32LE(at + 4));
  }

  /** fixed64 nanoseconds as exact whole microseconds (rounded down). */
  nanosAsMicros(): number {
    const at = this.pos;
    this.advance(8);
    const { buf } = this;
    const low = ((buf[at] as number) | ((buf[at + 1] as number) << 8) | ((buf[at + 2] as number) << 16) | ((buf[at + 3] as number) << 24)) >>> 0;
    const high = ((buf[at + 4] as number) | ((buf[at + 5] as number) << 8) | ((buf[at + 6] as number) << 16) | ((buf[at + 7] as number) << 24)) >>> 0;
    // 2^32 = 4,294,967 x 1,000 + 296: all parts stay below 2^53, so nothing is rounded on the way.
    return high * 4294967 + Math.floor((high * 296 + low) / 1000);
  }

  /** A string field of the given length, cut to at most `most` bytes at a character border. */
  text(length: number, most: number): string {
    const start = this.pos;
    this.pos += length;
    return this.strings.read(this.buf, start, length > most ? characterBorder(this.buf, start, start + most) : this.pos);
  }
}

/** The last character border at or before `at`. */
export function characterBorder(buf: Uint8Array, start: number, at: number): number {
  let end = at;
  for (let back = 0; back < 3 && end > start && ((buf[end] as number) & 0xc0) === 0x80; back++) end--;
  return end;
}

function fromHalves(low: number, high: number): number | string {
  const value = high * 4294967296 + low;
  if (Number.isSafeInteger(value)) return value;
  return ((BigInt(high) << 32n) | BigInt(low)).toString();
}
