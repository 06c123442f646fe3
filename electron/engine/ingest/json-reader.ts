/**
 * A strict reader of JSON over bytes that makes only what it is asked for. JSON.parse of the whole body plus JSON.stringify of each
 * record (to keep it) was measured at 0.5 x of this: most of a body is stepped over, and a record's bytes are kept as they came.
 */
import { RefusedRecord, limits, reasons } from './decoded-body.ts';
import { characterBorder } from './proto-reader.ts';
import type { ShortStrings } from './short-strings.ts';

/** Not JSON: the whole body is malformed. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

export const ch = {
  quote: 0x22, comma: 0x2c, minus: 0x2d, dot: 0x2e, zero: 0x30, nine: 0x39, colon: 0x3a, openArray: 0x5b, backslash: 0x5c, closeArray: 0x5d,
  openObject: 0x7b, closeObject: 0x7d,
} as const;

/** SECURITY: JSON.parse has no such bound of its own, and a stored record is parsed again when a person opens it. */
const deepest = 256;
const literals = [Buffer.from('true'), Buffer.from('false'), Buffer.from('null')] as const;
/** Quote, backslash and control characters end a run of plain characters. */
const endsPlain = new Uint8Array(256).fill(1, 0, 0x20);
endsPlain[ch.quote] = 1;
endsPlain[ch.backslash] = 1;
const shortRun = 12;

function hasNoEnd(word: number): boolean {
  return ((endsPlain[word & 255] as number) | (endsPlain[(word >>> 8) & 255] as number) | (endsPlain[(word >>> 16) & 255] as number) | (endsPlain[word >>> 24] as number)) === 0;
}

/** What may follow a backslash, except `u`. */
const escapes = new Set(Buffer.from('"\\/bfnrt'));

export class JsonReader {
  readonly buf: Buffer;
  readonly strings: ShortStrings;
  pos = 0;
  readonly end: number;
  /** the string read last: its bytes between the quotes. */
  textStart = 0;
  textEnd = 0;
  textEscaped = false;
  /** the same bytes as aligned words; the first word may begin before them. */
  private readonly words: Uint32Array;
  private readonly skew: number;
  private readonly open = new Uint8Array(deepest);

  constructor(bytes: Uint8Array, strings: ShortStrings) {
    this.buf = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.strings = strings;
    this.end = bytes.byteLength;
    this.skew = bytes.byteOffset & 3;
    this.words = new Uint32Array(bytes.buffer, bytes.byteOffset - this.skew, (bytes.byteLength + this.skew) >> 2);
  }

  /** The first byte of what comes next, white space stepped over; -1 at the end. */
  peek(): number {
    const { buf, end } = this;
    let pos = this.pos;
    while (pos < end) {
      const byte = buf[pos] as number;
      if (byte > 0x20) {
        this.pos = pos;
        return byte;
      }
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) throw this.broken('a control character stands between values');
      pos++;
    }
    this.pos = pos;
    return -1;
  }

  /** Enters an object; false when it is empty. The reader stands at the first key. */
  enterObject(): boolean {
    if (this.peek() !== ch.openObject) throw this.otherThanWanted();
    this.pos++;
    if (this.peek() !== ch.closeObject) return true;
    this.pos++;
    return false;
  }

  /** After a member's value: is there another one? */
  nextMember(): boolean {
    const byte = this.peek();
    this.pos++;
    if (byte === ch.comma) return true;
    if (byte === ch.closeObject) return false;
    throw this.broken('an object is not closed');
  }

  /** Reads a member's key (its bytes are at textStart..textEnd) and steps to its value. */
  key(): void {
    if (this.peek() !== ch.quote) throw this.broken('an object key is missing');
    this.skipString();
    if (this.peek() !== ch.colon) throw this.broken('a colon is missing behind an object key');
    this.pos++;
  }

  keyText(): string {
    this.key();
    return this.lastText();
  }

  enterArray(): boolean {
    if (this.peek() !== ch.openArray) throw this.otherThanWanted();
    this.pos++;
    if (this.peek() !== ch.closeArray) return true;
    this.pos++;
    return false;
  }

  nextItem(): boolean {
    const byte = this.peek();
    this.pos++;
    if (byte === ch.comma) return true;
    if (byte === ch.closeArray) return false;
    throw this.broken('an array is not closed');
  }

  /** `null` stands for an absent field; steps over it when it is there. */
  skipNull(): boolean {
    if (this.peek() !== 0x6e) return false;
    this.skipValue();
    return true;
  }

  text(): string {
    if (this.peek() !== ch.quote) throw new RefusedRecord(reasons.wrongType);
    this.skipString();
    return this.lastText();
  }

  /** The string that skipString() went over, cut to `limits.textBytes` of its encoded form. */
  lastText(): string {
    const { buf, textStart } = this;
    let { textEnd } = this;
    const isCut = textEnd - textStart > limits.textBytes;
    if (!this.textEscaped) {
      return this.strings.read(buf, textStart, isCut ? characterBorder(buf, textStart, textStart + limits.textBytes) : textEnd);
    }
    if (isCut) {
      let at = textStart;
      const most = textStart + limits.textBytes;
      while (at < most) at += buf[at] === ch.backslash ? (buf[at + 1] === 0x75 ? 6 : 2) : 1;
      textEnd = characterBorder(buf, textStart, at);
    }
    return JSON.parse(`"${buf.toString('utf8', textStart, textEnd)}"`) as string;
  }

  /** Is the string that was read last this one? */
  isLast(name: Uint8Array): boolean {
    const { buf, textStart } = this;
    const length = name.length;
    if (this.textEnd - textStart !== length) return false;
    for (let i = 0; i < length; i++) if (buf[textStart + i] !== name[i]) return false;
    return true;
  }

  /** Steps over a string, checking it; the reader stands at its opening quote. */
  skipString(): void {
    this.skipText(this.pos + 1);
  }

  /** The same from behind the opening quote. */
  skipText(from: number): void {
    const { buf, end } = this;
    let pos = from;
    let escaped = false;
    for (;;) {
      pos = this.skipPlain(pos);
      if (pos >= end) throw this.broken('a string is not closed');
      const byte = buf[pos];
      if (byte === ch.quote) break;
      if (byte !== ch.backslash) throw this.broken('a control character stands inside a string');
      escaped = true;
      pos = this.afterEscape(pos);
    }
    this.textStart = from;
    this.textEnd = pos;
    this.textEscaped = escaped;
    this.pos = pos + 1;
  }

  /** Over plain characters: one by one at first, for most strings are short, then four at a time. */
  private skipPlain(from: number): number {
    const { buf, end, words, skew } = this;
    let pos = from;
    const near = Math.min(end, from + shortRun);
    while (pos < near && endsPlain[buf[pos] as number] === 0) pos++;
    if (pos < near) return pos;
    while (((pos + skew) & 3) !== 0 && pos < end && endsPlain[buf[pos] as number] === 0) pos++;
    if (((pos + skew) & 3) !== 0) return pos;
    let at = (pos + skew) >> 2;
    const last = words.length;
    while (at < last && hasNoEnd(words[at] as number)) at++;
    pos = Math.max(pos, at * 4 - skew);
    while (pos < end && endsPlain[buf[pos] as number] === 0) pos++;
    return pos;
  }

  /** Do exactly these bytes stand at `at`? */
  isAt(at: number, bytes: Uint8Array): boolean {
    const { buf } = this;
    const length = bytes.length;
    if (at + length > this.end) return false;
    for (let i = 0; i < length; i++) if (buf[at + i] !== bytes[i]) return false;
    return true;
  }

  private afterEscape(at: number): number {
    const { buf } = this;
    if (at + 1 >= this.end) throw this.broken('a string is not closed');
    const kind = buf[at + 1] as number;
    if (kind !== 0x75) {
      if (!escapes.has(kind)) throw this.broken('a string has an unknown escape');
      return at + 2;
    }
    if (at + 6 > this.end) throw this.broken('a string is not closed');
    for (let i = at + 2; i < at + 6; i++) if (!isHex(buf[i] as number)) throw this.broken('a string has an unknown escape');
    return at + 6;
  }

  /** Bytes of a number literal, checked against the grammar; the reader stands behind it. */
  private skipNumber(): void {
    const { buf, end } = this;
    let pos = this.pos;
    if (buf[pos] === ch.minus) pos++;
    if (pos < end && buf[pos] === ch.zero) pos++;
    else pos = this.digits(pos);
    if (pos < end && buf[pos] === ch.dot) pos = this.digits(pos + 1);
    if (pos < end && ((buf[pos] as number) | 0x20) === 0x65) {
      pos++;
      if (pos < end && (buf[pos] === ch.minus || buf[pos] === 0x2b)) pos++;
      pos = this.digits(pos);
    }
    this.pos = pos;
  }

  private digits(from: number): number {
    const { buf, end } = this;
    let pos = from;
    while (pos < end && (buf[pos] as number) >= ch.zero && (buf[pos] as number) <= ch.nine) pos++;
    if (pos === from) throw this.broken('a value is neither text, number, object, array, true, false nor null');
    return pos;
  }

  private skipLiteral(): void {
    const { buf, pos } = this;
    for (const literal of literals) {
      if (buf[pos] === literal[0] && buf.compare(literal, 0, literal.length, pos, Math.min(pos + literal.length, this.end)) === 0) {
        this.pos += literal.length;
        return;
      }
    }
    throw this.broken('a value is neither text, number, object, array, true, false nor null');
  }

  private skipScalar(byte: number): void {
    if (byte === ch.quote) this.skipString();
    else if (byte === ch.minus || (byte >= ch.zero && byte <= ch.nine)) this.skipNumber();
    else this.skipLiteral();
  }

  /** Steps over any value, checking its grammar, without recursion. */
  skipValue(): void {
    let depth = 0;
    for (;;) {
      const byte = this.peek();
      if (byte === -1) throw this.broken('the text ends early');
      if (byte === ch.openObject || byte === ch.openArray) {
        if (depth === deepest) throw this.broken(`values are nested deeper than ${deepest}`);
        const isObject = byte === ch.openObject;
        if (isObject ? this.enterObject() : this.enterArray()) {
          this.open[depth++] = isObject ? 1 : 0;
          if (isObject) this.key();
          continue;
        }
      } else this.skipScalar(byte);
      for (;;) {
        if (depth === 0) return;
        const isObject = this.open[depth - 1] === 1;
        if (isObject ? this.nextMember() : this.nextItem()) {
          if (isObject) this.key();
          break;
        }
        depth--;
      }
    }
  }

  /** A number, or a string that holds one (`NaN`, `Infinity` and int64 come as strings). */
  number(): number {
    const text = this.scalarText();
    const value = text === '' ? NaN : Number(text);
    if (Number.isNaN(value) && text !== 'NaN') throw new RefusedRecord(reasons.wrongType);
    return value;
  }

  /** int64: a number while it is exact, else its decimal digits. */
  int64(): number | string {
    const text = this.scalarText();
    const value = Number(text);
    if (Number.isSafeInteger(value) && text !== '') return value;
    if (/^-?[0-9]{1,20}$/.test(text)) return text;
    // A writer without integers may say 1e3 or 5.0; anything else is not an int64.
    throw new RefusedRecord(reasons.wrongType);
  }

  /** Nanoseconds since the epoch, as digits in a string or a number, as exact whole microseconds (rounded down). */
  nanosAsMicros(): number {
    const byte = this.peek();
    if (byte === ch.quote) this.skipString();
    else this.numberRange();
    const { buf, textStart, textEnd } = this;
    let micros = 0;
    for (let i = textStart; i < textEnd; i++) {
      const digit = (buf[i] as number) - ch.zero;
      if (digit < 0 || digit > 9) return Math.floor(this.checkedNumber(buf.toString('latin1', textStart, textEnd)) / 1000);
      if (i < textEnd - 3) micros = micros * 10 + digit;
    }
    return micros;
  }

  bool(): boolean {
    const byte = this.peek();
    if (byte !== 0x74 && byte !== 0x66) throw new RefusedRecord(reasons.wrongType);
    this.skipLiteral();
    return byte === 0x74;
  }

  private scalarText(): string {
    if (this.peek() === ch.quote) {
      this.skipString();
      if (this.textEnd - this.textStart > 40) throw new RefusedRecord(reasons.wrongType);
      return this.lastText().trim();
    }
    this.numberRange();
    return this.buf.toString('latin1', this.textStart, this.textEnd);
  }

  private numberRange(): void {
    const byte = this.peek();
    if (byte !== ch.minus && !(byte >= ch.zero && byte <= ch.nine)) throw new RefusedRecord(reasons.wrongType);
    this.textStart = this.pos;
    this.skipNumber();
    this.textEnd = this.pos;
    this.textEscaped = false;
  }

  private checkedNumber(text: string): number {
    const value = Number(text);
    if (!Number.isFinite(value) || text === '') throw new RefusedRecord(reasons.wrongType);
    return value;
  }

  /** A value of another type, or no JSON at all? */
  private otherThanWanted(): Error {
    this.skipValue();
    return new RefusedRecord(reasons.wrongType);
  }

  private broken(what: string): JsonError {
    return new JsonError(`not valid JSON: ${what} (byte ${this.pos})`);
  }
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
