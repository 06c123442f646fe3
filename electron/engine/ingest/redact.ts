/**
 * SECURITY: masks known shapes of secrets and e-mail addresses before anything of a body is read, so that columns, payloads and
 * what normalisers conclude all come from the masked bytes.
 *
 * Candidates are looked for once over the whole body; only a string that holds one is taken apart. In protobuf its borders are found by
 * walking the record, in JSON by looking for its quotes. Cost, measured with bench/decode.ts: see docs/data-flow.md.
 */
import { anyValue, deepestMessage, keyValue, logMessage, resourceMessage, scopeMessage, spanLink, spanMessage } from './otlp-schema.ts';
import type { Field, Message } from './otlp-schema.ts';
import { ProtoReader, wire } from './proto-reader.ts';
import { findCandidates, namesSecret } from './redact-scan.ts';
import type { Candidates } from './redact-scan.ts';
import { MaskedText } from './redact-shapes.ts';
import type { ShortStrings } from './short-strings.ts';
import type { RangeMask } from './values-protobuf.ts';

/** Masks one text that came by another way than a body. */
export function maskText(text: string): string {
  const buf = Buffer.from(text);
  const found = findCandidates(buf, 'text');
  if (found.positions.length === 0) return text;
  return maskRange(buf, 0, buf.length, found) ? buf.toString('utf8') : text;
}

/** Masks one JSON text; it stays JSON, since only what stands inside its strings is changed. */
export function maskJson(text: string): Buffer {
  const buf = Buffer.from(text);
  new JsonMask(buf).unread(0, buf.length);
  return buf;
}

/** Gives all candidates in [start, end), which is one string value, to the shapes. */
function maskRange(buf: Buffer, start: number, end: number, found: Candidates): boolean {
  let next = found.from(start);
  if (next >= found.positions.length || (found.positions[next] as number) >= end) return false;
  const text = new MaskedText(buf, start, end);
  for (; next < found.positions.length && (found.positions[next] as number) < end; next++) {
    text.candidate(found.positions[next] as number);
  }
  return text.masked;
}

export class ProtobufMask implements RangeMask {
  masked = 0;
  private readonly buf: Buffer;
  private readonly found: Candidates;
  private readonly r: ProtoReader;
  private readonly recordMessage: Message;

  constructor(buf: Buffer, strings: ShortStrings, signal: 'traces' | 'logs') {
    this.buf = buf;
    this.found = findCandidates(buf, 'protobuf');
    this.r = new ProtoReader(buf, strings);
    this.recordMessage = signal === 'traces' ? spanMessage : logMessage;
  }

  resource(start: number, end: number): void {
    if (this.has(start, end)) this.walk(resourceMessage, start, end, 0);
  }

  /** Scopes and links are not read attribute by attribute: what their attributes' names say is looked up here. */
  scope(start: number, end: number): void {
    if (this.has(start, end)) this.walk(scopeMessage, start, end, 0);
    this.walkNames(scopeMessage, start, end, 0);
  }

  link(start: number, end: number): void {
    this.walkNames(spanLink, start, end, 0);
  }

  record(start: number, end: number): void {
    if (this.has(start, end)) this.walk(this.recordMessage, start, end, 0);
  }

  /** An attribute whose name says that its value is a secret loses the whole text; maps and lists are searched for such names. */
  attribute(keyStart: number, keyEnd: number, valueStart: number, valueEnd: number): void {
    if (namesSecret(this.buf, keyEnd, keyStart)) this.hideText(valueStart, valueEnd);
    else this.value(valueStart, valueEnd);
  }

  value(start: number, end: number): void {
    const tag = this.buf[start];
    if (start < end && (tag === arrayTag || tag === mapTag)) this.walkNames(anyValue, start, end, 0);
  }

  private has(start: number, end: number): boolean {
    const { positions } = this.found;
    const at = this.found.from(start);
    return at < positions.length && (positions[at] as number) < end;
  }

  /** Throws WireError as the skim would: then the record is refused and nothing of it is kept. */
  private walk(message: Message, start: number, end: number, depth: number): void {
    const { r } = this;
    r.end = end;
    let at = start;
    while (at < end) {
      r.pos = at;
      const tag = r.tag();
      const kind = tag & 7;
      if (kind !== wire.bytes) {
        r.skip(kind);
        at = r.pos;
        continue;
      }
      const length = r.length();
      const from = r.pos;
      at = from + length;
      if (!this.has(from, at)) continue;
      this.part(message.get(tag >>> 3), from, at, depth);
      r.end = end;
    }
  }

  private part(field: Field | undefined, start: number, end: number, depth: number): void {
    if (field?.kind === 'hex') return;
    if (field?.kind === 'message' && depth < deepestMessage) this.walk(field.message(), start, end, depth + 1);
    // Bytes and fields of a later OTLP are kept too: whatever they are, they are masked as one text.
    else if (maskRange(this.buf, start, end, this.found)) this.masked++;
  }

  private walkNames(message: Message, start: number, end: number, depth: number): void {
    const { r } = this;
    let at = start;
    let isNamed = false;
    while (at < end) {
      r.pos = at;
      r.end = end;
      const tag = r.tag();
      if ((tag & 7) !== wire.bytes) {
        r.skip(tag & 7);
        at = r.pos;
        continue;
      }
      const length = r.length();
      const from = r.pos;
      at = from + length;
      const field = message.get(tag >>> 3);
      if (message === keyValue && tag >>> 3 === 1) isNamed = namesSecret(this.buf, at, from);
      else if (message === keyValue && isNamed) this.hideText(from, at);
      else if (field?.kind === 'message' && depth < deepestMessage) this.walkNames(field.message(), from, at, depth + 1);
    }
  }

  /** The text of an AnyValue, as a whole. */
  private hideText(start: number, end: number): void {
    const { r } = this;
    r.pos = start;
    r.end = end;
    while (r.pos < end) {
      const tag = r.tag();
      if (tag !== 8 + wire.bytes) {
        r.skip(tag & 7);
        continue;
      }
      const length = r.length();
      const text = new MaskedText(this.buf, r.pos, r.pos + length);
      text.whole();
      if (text.masked) this.masked++;
      r.pos += length;
    }
  }
}

const arrayTag = 5 * 8 + wire.bytes;
const mapTag = 6 * 8 + wire.bytes;

const quote = 0x22;
const backslash = 0x5c;

/** The masks of one JSON body, in place. */
export class JsonMask {
  masked = 0;
  private readonly buf: Buffer;

  constructor(buf: Buffer) {
    this.buf = buf;
    const found = findCandidates(buf, 'json');
    let doneUntil = 0;
    for (const at of found.positions) {
      if (at < doneUntil) continue;
      const start = stringStart(buf, at, doneUntil);
      const end = stringEnd(buf, at);
      if (start >= 0 && maskRange(buf, start, end, found)) this.masked++;
      doneUntil = end;
    }
  }

  /** An attribute whose name says that its value is a secret: `value` is where its OTLP value begins. */
  attribute(keyStart: number, keyEnd: number, value: number): void {
    if (!namesSecret(this.buf, keyEnd, keyStart)) return;
    const head = /^\s*\{\s*"stringValue"\s*:\s*"/.exec(this.buf.toString('latin1', value, value + 64));
    if (head !== null) this.hideText(value + head[0].length);
  }

  /** Maps, lists and fields that nobody reads: `"password":"x"` and `{"key":"password","value":{"stringValue":"x"}}`. */
  unread(start: number, end: number): void {
    const text = this.buf.toString('latin1', start, end);
    for (const shape of [/"([^"\\]{3,80})"\s*:\s*"/g, /"key"\s*:\s*"([^"\\]{3,80})"\s*,\s*"value"\s*:\s*\{\s*"stringValue"\s*:\s*"/g]) {
      for (const found of text.matchAll(shape)) {
        const name = Buffer.from(found[1] ?? '', 'latin1');
        if (namesSecret(name, name.length, 0)) this.hideText(start + found.index + found[0].length);
      }
    }
  }

  private hideText(start: number): void {
    const text = new MaskedText(this.buf, start, stringEnd(this.buf, start));
    text.whole();
    if (text.masked) this.masked++;
  }
}

function isEscaped(buf: Buffer, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && buf[before] === backslash) before--;
  return (at - 1 - before) % 2 === 1;
}

/** Behind the opening quote of the string that holds `at`; -1: not in a string. */
function stringStart(buf: Buffer, at: number, earliest: number): number {
  for (let i = at - 1; i >= earliest; i--) if (buf[i] === quote && !isEscaped(buf, i)) return i + 1;
  return -1;
}

function stringEnd(buf: Buffer, from: number): number {
  let end = from;
  while (end < buf.length && buf[end] !== quote) end += buf[end] === backslash ? 2 : 1;
  return Math.min(end, buf.length);
}
