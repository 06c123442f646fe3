/**
 * SECURITY: masks known shapes of secrets and e-mail addresses before anything of a body is read, so that columns, payloads and
 * what normalisers conclude all come from the masked bytes.
 *
 * Candidates are looked for once over the whole body; only a string that holds one is taken apart. In protobuf its borders are found by
 * walking the record, in JSON by looking for its quotes. Cost, measured with bench/decode.ts: see docs/data-flow.md.
 */
import { keyValue, deepestMessage, logMessage, resourceMessage, scopeMessage, spanMessage } from './otlp-schema.ts';
import type { Field, Message } from './otlp-schema.ts';
import { ProtoReader, wire } from './proto-reader.ts';
import { candidateKinds, findCandidates, namesSecret } from './redact-scan.ts';
import type { Candidates } from './redact-scan.ts';
import { MaskedText } from './redact-shapes.ts';
import { ShortStrings } from './short-strings.ts';
import type { RangeMask } from './skim-protobuf.ts';

/** Masks one text that came by another way than a body. */
export function maskText(text: string): string {
  const buf = Buffer.from(text);
  const found = findCandidates(buf, 'text');
  if (found.positions.length === 0) return text;
  return maskRange(buf, 0, buf.length, found) ? buf.toString('utf8') : text;
}

/** Gives all candidates in [start, end), which is one string value, to the shapes. */
function maskRange(buf: Buffer, start: number, end: number, found: Candidates): boolean {
  let next = found.from(start);
  if (next >= found.positions.length || (found.positions[next] as number) >= end) return false;
  const text = new MaskedText(buf, start, end);
  for (; next < found.positions.length && (found.positions[next] as number) < end; next++) {
    text.candidate(found.positions[next] as number, found.kinds[next] as number);
  }
  return text.masked;
}

export class ProtobufMask implements RangeMask {
  masked = 0;
  private readonly buf: Buffer;
  private readonly found: Candidates;
  private readonly r: ProtoReader;
  private readonly recordMessage: Message;

  constructor(buf: Buffer, signal: 'traces' | 'logs') {
    this.buf = buf;
    this.found = findCandidates(buf, 'protobuf');
    this.r = new ProtoReader(buf, new ShortStrings());
    this.recordMessage = signal === 'traces' ? spanMessage : logMessage;
  }

  resource(start: number, end: number): void {
    this.range(resourceMessage, start, end);
  }

  scope(start: number, end: number): void {
    this.range(scopeMessage, start, end);
  }

  record(start: number, end: number): void {
    this.range(this.recordMessage, start, end);
  }

  private range(message: Message, start: number, end: number): void {
    if (this.has(start, end)) this.walk(message, start, end, 0);
  }

  private has(start: number, end: number): boolean {
    const { positions } = this.found;
    const at = this.found.from(start);
    return at < positions.length && (positions[at] as number) < end;
  }

  /** Throws WireError as the skim would: then the record is refused and nothing of it is kept. */
  private walk(message: Message, start: number, end: number, depth: number): void {
    if (message === keyValue && this.maskNamedValue(start, end)) return;
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

  /** An attribute whose name says that its value is a secret: a text is masked as a whole. */
  private maskNamedValue(start: number, end: number): boolean {
    const { r } = this;
    r.pos = start;
    r.end = end;
    let isNamed = false;
    let valueStart = -1;
    let valueEnd = -1;
    while (r.pos < end) {
      const tag = r.tag();
      if ((tag & 7) !== wire.bytes) {
        r.skip(tag & 7);
        continue;
      }
      const length = r.length();
      if (tag >>> 3 === 1) isNamed = namesSecret(this.buf, r.pos + length, r.pos);
      else if (tag >>> 3 === 2) [valueStart, valueEnd] = [r.pos, r.pos + length];
      r.pos += length;
    }
    if (!isNamed || valueStart < 0) return false;
    r.pos = valueStart;
    r.end = valueEnd;
    let hidden = false;
    while (r.pos < valueEnd) {
      const tag = r.tag();
      if (tag !== 8 + wire.bytes) {
        r.skip(tag & 7);
        continue;
      }
      const length = r.length();
      const text = new MaskedText(this.buf, r.pos, r.pos + length);
      text.whole();
      hidden ||= text.masked;
      r.pos += length;
    }
    if (hidden) this.masked++;
    return hidden;
  }
}

const quote = 0x22;
const backslash = 0x5c;

/** Masks in place in a whole JSON body; answers how many strings were changed. */
export function maskJson(buf: Buffer): number {
  const found = findCandidates(buf, 'json');
  const { positions, kinds } = found;
  let masked = 0;
  let doneUntil = 0;
  for (let i = 0; i < positions.length; i++) {
    const at = positions[i] as number;
    if (at < doneUntil) continue;
    if (isBehindString(buf, at)) {
      const hiddenTo = maskNamedString(buf, at, kinds[i] as number);
      if (hiddenTo === 0) continue;
      doneUntil = hiddenTo;
      masked++;
      continue;
    }
    const start = stringStart(buf, at, doneUntil);
    const end = stringEnd(buf, at);
    if (start >= 0 && maskRange(buf, start, end, found)) masked++;
    doneUntil = end;
  }
  return masked;
}

/** Is this a `:` or `,` outside of strings? Then the quote before it closes a string; inside of one it would have a backslash before it. */
function isBehindString(buf: Buffer, at: number): boolean {
  if (buf[at] !== 0x3a && buf[at] !== 0x2c) return false;
  let before = at - 1;
  while (before >= 0 && isBlank(buf[before] as number)) before--;
  return buf[before] === quote && !isEscaped(buf, before);
}

/** `"password":"x"` and `"key":"password","value":{"stringValue":"x"}`: masks the string x; answers its end, 0 when there is none. */
function maskNamedString(buf: Buffer, at: number, kind: number): number {
  const shape = kind === candidateKinds.named ? /^\s*"/ : /^\s*"value"\s*:\s*\{\s*"stringValue"\s*:\s*"/;
  const head = shape.exec(buf.toString('latin1', at + 1, at + 81));
  if (head === null) return 0;
  const start = at + 1 + head[0].length;
  const end = stringEnd(buf, start);
  const text = new MaskedText(buf, start, end);
  text.whole();
  return text.masked ? end : 0;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
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
