/**
 * Reads OTLP traces and logs in protobuf: only what columns and normalisers need is made into objects, the rest is stepped over
 * (facts: 5 x protobufjs; a full tree costs 2.3 x this).
 */
import { newAttrBag, newStrangerBag } from './attr-bag.ts';
import type { AttrBag } from './attr-bag.ts';
import { checkedTime, limits, MalformedBody, reasons, RefusedRecord } from './decoded-body.ts';
import type { DecodedRecord, RefusalCounts } from './decoded-body.ts';
import { payloadKinds } from './payload.ts';
import type { PayloadContext } from './payload.ts';
import { wire, WireError } from './proto-reader.ts';
import type { ProtoReader } from './proto-reader.ts';
import type { AttrValue, LogRecord, ResourceInfo, ScopeInfo, SpanEvent, SpanRecord } from './record.ts';
import type { WantedKeys } from './wanted-keys.ts';

export interface RecordSink {
  readonly records: DecodedRecord[];
  readonly refused: RefusalCounts;
}

/** Called before something is read: masks secrets in it, in place and without changing any length. */
export interface RangeMask {
  resource(start: number, end: number): void;
  scope(start: number, end: number): void;
  record(start: number, end: number): void;
  link(start: number, end: number): void;
  attribute(keyStart: number, keyEnd: number, valueStart: number, valueEnd: number): void;
  value(start: number, end: number): void;
}

const tag = (field: number, wireType: number): number => field * 8 + wireType;
const noResource: ResourceInfo = { service: '', serviceVersion: '', attrs: newAttrBag() };
const noScope: ScopeInfo = { name: '', version: '' };

export class ProtobufSkim {
  private readonly r: ProtoReader;
  private readonly wanted: WantedKeys;
  private readonly mask: RangeMask | undefined;
  private readonly sink: RecordSink;
  private readonly kind: typeof payloadKinds.spanProtobuf | typeof payloadKinds.logProtobuf;
  private resource = noResource;
  private scope = noScope;
  /** the ids read last: neighbours usually share their trace. */
  private lastTrace = '';
  private lastTraceAt = -1;

  constructor(reader: ProtoReader, signal: 'traces' | 'logs', wanted: WantedKeys, mask: RangeMask | undefined, sink: RecordSink) {
    this.r = reader;
    this.wanted = wanted;
    this.mask = mask;
    this.sink = sink;
    this.kind = signal === 'traces' ? payloadKinds.spanProtobuf : payloadKinds.logProtobuf;
  }

  body(): void {
    let known = 0;
    eachMessage(this.r, 1, (end) => {
      known++;
      this.resourceGroup(end);
    });
    if (known === 0 && this.r.end > 0) throw new MalformedBody('the body holds no OTLP data for this path');
  }

  /** ResourceSpans and ResourceLogs: 1 resource, 2 scope groups. The resource may stand behind the groups, so it is looked up first. */
  private resourceGroup(end: number): void {
    const r = this.r;
    const start = r.pos;
    const [resourceStart, resourceEnd] = lastMessage(r, 1, end);
    this.resource = noResource;
    if (resourceEnd > resourceStart) {
      this.mask?.resource(resourceStart, resourceEnd);
      this.resource = within(r, resourceStart, resourceEnd, () => this.readResource());
    }
    within(r, start, end, () => eachMessage(r, 2, (groupEnd) => this.scopeGroup(groupEnd, resourceStart, resourceEnd)));
  }

  private scopeGroup(end: number, resourceStart: number, resourceEnd: number): void {
    const r = this.r;
    const start = r.pos;
    const [scopeStart, scopeEnd] = lastMessage(r, 1, end);
    this.scope = noScope;
    if (scopeEnd > scopeStart) {
      this.mask?.scope(scopeStart, scopeEnd);
      this.scope = within(r, scopeStart, scopeEnd, () => this.readScope());
    }
    const context: PayloadContext = { source: r.buf, resourceStart, resourceEnd, scopeStart, scopeEnd };
    within(r, start, end, () => eachMessage(r, 2, (recordEnd) => this.record(recordEnd, context)));
  }

  private record(end: number, context: PayloadContext): void {
    const r = this.r;
    const start = r.pos;
    const outerEnd = r.end;
    const { records, refused } = this.sink;
    if (records.length >= limits.recordsInBody) {
      refused.add(reasons.tooManyRecords);
      return;
    }
    try {
      this.mask?.record(start, end);
      r.pos = start;
      r.end = end;
      const record = this.kind === payloadKinds.spanProtobuf ? this.span() : this.log();
      records.push({ record, payload: { kind: this.kind, source: r.buf, start, end, context } });
    } catch (error) {
      refused.add(refusalOf(error));
    } finally {
      r.pos = end;
      r.end = outerEnd;
    }
  }

  private readResource(): ResourceInfo {
    const r = this.r;
    let service = '';
    let serviceVersion = '';
    const attrs = newAttrBag();
    let count = 0;
    while (r.pos < r.end) {
      const t = r.tag();
      if (t === tag(1, wire.bytes)) {
        if (++count > limits.attributesInRecord) throw new MalformedBody(`the resource has ${reasons.tooManyAttributes.replace(' in one record', '')}`);
        this.attribute(attrs);
      } else skipField(r, t, fieldTypes.resource);
    }
    const name = attrs['service.name'];
    const version = attrs['service.version'];
    if (typeof name === 'string') service = name;
    if (typeof version === 'string') serviceVersion = version;
    return { service, serviceVersion, attrs };
  }

  private readScope(): ScopeInfo {
    const r = this.r;
    let name = '';
    let version = '';
    while (r.pos < r.end) {
      const t = r.tag();
      if (t === tag(1, wire.bytes)) name = r.text(r.length(), limits.textBytes);
      else if (t === tag(2, wire.bytes)) version = r.text(r.length(), limits.textBytes);
      else skipField(r, t, fieldTypes.scope);
    }
    return name === '' && version === '' ? noScope : { name, version };
  }

  private span(): SpanRecord {
    const r = this.r;
    const attrs = newAttrBag();
    let traceId = '';
    let spanId = '';
    let parentSpanId = '';
    let name = '';
    let kind = 0;
    let startUs = 0;
    let endUs = 0;
    let statusCode = 0;
    let statusMessage = '';
    let events: SpanEvent[] = noEvents;
    let attributeCount = 0;
    let linkCount = 0;
    while (r.pos < r.end) {
      const t = r.tag();
      switch (t) {
        case tag(9, wire.bytes):
          if (++attributeCount > limits.attributesInRecord) throw new RefusedRecord(reasons.tooManyAttributes);
          this.attribute(attrs);
          break;
        case tag(1, wire.bytes):
          traceId = this.traceId();
          break;
        case tag(2, wire.bytes):
          spanId = this.spanId();
          break;
        case tag(4, wire.bytes):
          parentSpanId = this.spanId();
          break;
        case tag(5, wire.bytes):
          name = r.text(r.length(), limits.textBytes);
          break;
        case tag(6, wire.varint):
          kind = smallEnum(r.uint());
          break;
        case tag(7, wire.fixed64):
          startUs = checkedTime(r.nanosAsMicros());
          break;
        case tag(8, wire.fixed64):
          endUs = checkedTime(r.nanosAsMicros());
          break;
        case tag(11, wire.bytes):
          if (events === noEvents) events = [];
          if (events.length >= limits.eventsInRecord) throw new RefusedRecord(reasons.tooManyEvents);
          events.push(this.event());
          break;
        case tag(13, wire.bytes):
          if (++linkCount > limits.linksInRecord) throw new RefusedRecord(reasons.tooManyLinks);
          this.link();
          break;
        case tag(15, wire.bytes): {
          const outerEnd = r.end;
          r.end = r.length() + r.pos;
          while (r.pos < r.end) {
            const s = r.tag();
            if (s === tag(2, wire.bytes)) statusMessage = r.text(r.length(), limits.textBytes);
            else if (s === tag(3, wire.varint)) statusCode = smallEnum(r.uint());
            else skipField(r, s, fieldTypes.status);
          }
          r.end = outerEnd;
          break;
        }
        default:
          skipField(r, t, fieldTypes.span);
      }
    }
    if (traceId === '' || spanId === '') throw new RefusedRecord(reasons.noIds);
    return { signal: 'span', resource: this.resource, scope: this.scope, traceId, spanId, attrs, parentSpanId, name, kind, startUs, endUs, statusCode, statusMessage, events };
  }

  private link(): void {
    const { r } = this;
    const end = r.length() + r.pos;
    this.mask?.link(r.pos, end);
    r.pos = end;
  }

  private event(): SpanEvent {
    const r = this.r;
    const outerEnd = r.end;
    r.end = r.length() + r.pos;
    let name = '';
    let timeUs = 0;
    let count = 0;
    const attrs = newAttrBag();
    while (r.pos < r.end) {
      const t = r.tag();
      if (t === tag(3, wire.bytes)) {
        if (++count > limits.attributesInRecord) throw new RefusedRecord(reasons.tooManyAttributes);
        this.attribute(attrs);
      } else if (t === tag(2, wire.bytes)) name = r.text(r.length(), limits.textBytes);
      else if (t === tag(1, wire.fixed64)) timeUs = checkedTime(r.nanosAsMicros());
      else skipField(r, t, fieldTypes.event);
    }
    r.end = outerEnd;
    return { name, timeUs, attrs };
  }

  private log(): LogRecord {
    const r = this.r;
    const attrs = newAttrBag();
    let traceId = '';
    let spanId = '';
    let timeUs = 0;
    let observedUs = 0;
    let severity = 0;
    let eventName = '';
    let body = '';
    let attributeCount = 0;
    while (r.pos < r.end) {
      const t = r.tag();
      switch (t) {
        case tag(6, wire.bytes):
          if (++attributeCount > limits.attributesInRecord) throw new RefusedRecord(reasons.tooManyAttributes);
          this.attribute(attrs);
          break;
        case tag(1, wire.fixed64):
          timeUs = checkedTime(r.nanosAsMicros());
          break;
        case tag(11, wire.fixed64):
          observedUs = checkedTime(r.nanosAsMicros());
          break;
        case tag(2, wire.varint):
          severity = smallEnum(r.uint());
          break;
        case tag(5, wire.bytes): {
          const value = this.bodyValue();
          body = typeof value === 'string' ? value : '';
          break;
        }
        case tag(9, wire.bytes):
          traceId = this.traceId();
          break;
        case tag(10, wire.bytes):
          spanId = this.spanId();
          break;
        case tag(12, wire.bytes):
          eventName = r.text(r.length(), limits.textBytes);
          break;
        default:
          skipField(r, t, fieldTypes.log);
      }
    }
    return { signal: 'log', resource: this.resource, scope: this.scope, traceId, spanId, attrs, timeUs: timeUs === 0 ? observedUs : timeUs, severity, eventName, body };
  }

  private bodyValue(): AttrValue | undefined {
    const { r } = this;
    const end = r.length() + r.pos;
    this.mask?.value(r.pos, end);
    return this.valueUntil(end, 0);
  }

  /**
   * KeyValue: 1 key, 2 value. The value is read only when the key is wanted. Every encoder writes key, then value, and both lengths
   * nearly always fit into one byte or two: that shape is read without a loop (the whole skim is 1.2 x as fast for it).
   */
  private attribute(into: AttrBag): void {
    const r = this.r;
    const { buf } = r;
    const end = r.length() + r.pos;
    const keyStart = r.pos + 2;
    const keyEnd = keyStart + (buf[r.pos + 1] as number);
    if (keyEnd + 3 < end && buf[r.pos] === tag(1, wire.bytes) && keyEnd - keyStart < 0x80 && buf[keyEnd] === tag(2, wire.bytes)) {
      const low = buf[keyEnd + 1] as number;
      const high = buf[keyEnd + 2] as number;
      const valueStart = low < 0x80 ? keyEnd + 2 : keyEnd + 3;
      const valueEnd = valueStart + (low < 0x80 ? low : (low & 0x7f) | (high << 7));
      if (valueEnd === end && (low < 0x80 || high < 0x80)) {
        this.attributeAt(into, keyStart, keyEnd, valueStart, end);
        return;
      }
    }
    this.anyAttribute(into, end);
  }

  private attributeAt(into: AttrBag, keyStart: number, keyEnd: number, valueStart: number, valueEnd: number): void {
    const r = this.r;
    this.mask?.attribute(keyStart, keyEnd, valueStart, valueEnd);
    const key = this.wanted.find(r.buf, keyStart, keyEnd);
    if (key !== undefined) {
      r.pos = valueStart;
      const value = this.valueUntil(valueEnd, 0);
      if (value !== undefined) into[key] = value;
    }
    r.pos = valueEnd;
  }

  private anyAttribute(into: AttrBag, end: number): void {
    const r = this.r;
    const outerEnd = r.end;
    r.end = end;
    let keyStart = 0;
    let keyEnd = 0;
    let valueStart = -1;
    let valueEnd = -1;
    while (r.pos < end) {
      const t = r.tag();
      if (t === tag(1, wire.bytes)) {
        keyEnd = r.length() + r.pos;
        keyStart = r.pos;
        r.pos = keyEnd;
      } else if (t === tag(2, wire.bytes)) {
        valueEnd = r.length() + r.pos;
        valueStart = r.pos;
        r.pos = valueEnd;
      } else skipField(r, t, fieldTypes.keyValue);
    }
    if (valueStart >= 0) this.attributeAt(into, keyStart, keyEnd, valueStart, valueEnd);
    r.pos = end;
    r.end = outerEnd;
  }

  private anyValue(depth: number): AttrValue | undefined {
    return this.valueUntil(this.r.length() + this.r.pos, depth);
  }

  /** AnyValue: 1 string, 2 bool, 3 int, 4 double, 5 array, 6 kvlist, 7 bytes (not given to normalisers). */
  private valueUntil(end: number, depth: number): AttrValue | undefined {
    if (depth > limits.valueDepth) throw new RefusedRecord(reasons.tooDeep);
    const r = this.r;
    const outerEnd = r.end;
    r.end = end;
    let value: AttrValue | undefined;
    while (r.pos < end) {
      const t = r.tag();
      switch (t) {
        case tag(1, wire.bytes):
          value = r.text(r.length(), limits.textBytes);
          break;
        case tag(3, wire.varint):
          value = r.int64();
          break;
        case tag(2, wire.varint):
          value = r.uint() !== 0;
          break;
        case tag(4, wire.fixed64):
          value = r.double();
          break;
        case tag(5, wire.bytes):
          value = this.arrayValue(depth);
          break;
        case tag(6, wire.bytes):
          value = this.listValue(depth);
          break;
        default:
          skipField(r, t, fieldTypes.anyValue);
      }
    }
    r.end = outerEnd;
    return value;
  }

  private arrayValue(depth: number): AttrValue[] {
    const r = this.r;
    const outerEnd = r.end;
    r.end = r.length() + r.pos;
    const items: AttrValue[] = [];
    while (r.pos < r.end) {
      const t = r.tag();
      if (t === tag(1, wire.bytes)) {
        if (items.length >= limits.itemsInValue) throw new RefusedRecord(reasons.tooManyItems);
        const item = this.anyValue(depth + 1);
        if (item !== undefined) items.push(item);
      } else skipField(r, t, fieldTypes.list);
    }
    r.end = outerEnd;
    return items;
  }

  private listValue(depth: number): AttrBag {
    const r = this.r;
    const outerEnd = r.end;
    r.end = r.length() + r.pos;
    const bag = newStrangerBag();
    let count = 0;
    while (r.pos < r.end) {
      const t = r.tag();
      if (t === tag(1, wire.bytes)) {
        if (++count > limits.itemsInValue) throw new RefusedRecord(reasons.tooManyItems);
        this.listEntry(bag, depth);
      } else skipField(r, t, fieldTypes.list);
    }
    r.end = outerEnd;
    return bag;
  }

  private listEntry(into: AttrBag, depth: number): void {
    const r = this.r;
    const outerEnd = r.end;
    r.end = r.length() + r.pos;
    let key = '';
    let value: AttrValue | undefined;
    while (r.pos < r.end) {
      const t = r.tag();
      if (t === tag(1, wire.bytes)) key = r.text(r.length(), limits.textBytes);
      else if (t === tag(2, wire.bytes)) value = this.anyValue(depth + 1);
      else skipField(r, t, fieldTypes.keyValue);
    }
    r.end = outerEnd;
    if (value !== undefined) into[key] = value;
  }

  private traceId(): string {
    const r = this.r;
    const length = r.length();
    const start = r.pos;
    r.pos += length;
    if (length === 0) return '';
    if (length !== 16) throw new RefusedRecord(reasons.badTraceId);
    if (this.lastTraceAt >= 0 && sameRange(r.buf, start, this.lastTraceAt, 16)) return this.lastTrace;
    if (allZero(r.buf, start, 16)) return '';
    this.lastTraceAt = start;
    this.lastTrace = r.buf.toString('hex', start, start + 16);
    return this.lastTrace;
  }

  private spanId(): string {
    const r = this.r;
    const length = r.length();
    const start = r.pos;
    r.pos += length;
    if (length === 0) return '';
    if (length !== 8) throw new RefusedRecord(reasons.badSpanId);
    return allZero(r.buf, start, 8) ? '' : r.buf.toString('hex', start, start + 8);
  }
}

const noEvents: SpanEvent[] = [];

/**
 * Wire type by field number, for fields that OTLP knows; a known field with another wire type is a lie about the record and refuses
 * it, an unknown field is stepped over.
 */
const fieldTypes = {
  span: [-1, 2, 2, 2, 2, 2, 0, 1, 1, 2, 0, 2, 0, 2, 0, 2, 5],
  log: [-1, 1, 0, 2, -1, 2, 2, 0, 5, 2, 2, 1, 2],
  event: [-1, 1, 2, 2, 0],
  status: [-1, -1, 2, 0],
  anyValue: [-1, 2, 0, 0, 1, 2, 2, 2],
  keyValue: [-1, 2, 2],
  list: [-1, 2],
  resource: [-1, 2, 0],
  scope: [-1, 2, 2, 2, 0],
} as const;

function skipField(r: ProtoReader, t: number, known: readonly number[]): void {
  const expected = known[t >>> 3];
  if (expected !== undefined && expected !== -1 && expected !== (t & 7)) throw new WireError(reasons.wrongType);
  r.skip(t & 7);
}

function smallEnum(value: number): number {
  return value <= 255 ? value : 0;
}

function sameRange(buf: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (buf[a + i] !== buf[b + i]) return false;
  return true;
}

function allZero(buf: Uint8Array, start: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (buf[start + i] !== 0) return false;
  return true;
}

function refusalOf(error: unknown): string {
  if (error instanceof RefusedRecord || error instanceof WireError) return error.message;
  throw error;
}

/** Runs `read` with the reader on [start, end) and puts it back behind `end`. */
export function within<T>(r: ProtoReader, start: number, end: number, read: () => T): T {
  const outerEnd = r.end;
  r.pos = start;
  r.end = end;
  const result = read();
  r.pos = end;
  r.end = outerEnd;
  return result;
}

/** Calls `visit` with the end of each sub-message of the given field; the reader stands at its start. */
export function eachMessage(r: ProtoReader, field: number, visit: (end: number) => void): void {
  while (r.pos < r.end) {
    const t = r.tag();
    if (t === tag(field, wire.bytes)) {
      const end = r.length() + r.pos;
      visit(end);
      r.pos = end;
    } else {
      if (t >>> 3 === field) throw new WireError(reasons.wrongType);
      r.skip(t & 7);
    }
  }
}

/** Where the last sub-message of the given field lies; [0, 0) when there is none. Leaves the reader at `end`. */
export function lastMessage(r: ProtoReader, field: number, end: number): [number, number] {
  let found: [number, number] = [0, 0];
  within(r, r.pos, end, () => eachMessage(r, field, (messageEnd) => {
    found = [r.pos, messageEnd];
  }));
  return found;
}
