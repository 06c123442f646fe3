/** Reads OTLP traces and logs in JSON: the same records as skim-protobuf.ts makes, from the same idea. */
import { newAttrBag, newStrangerBag } from './attr-bag.ts';
import type { AttrBag } from './attr-bag.ts';
import { checkedTime, limits, MalformedBody, reasons, RefusedRecord } from './decoded-body.ts';
import type { JsonReader } from './json-reader.ts';
import { ch } from './json-reader.ts';
import { logSeverities, spanKinds, statusCodes } from './otlp-names.ts';
import { payloadKinds } from './payload.ts';
import type { PayloadContext } from './payload.ts';
import type { AttrValue, LogRecord, ResourceInfo, ScopeInfo, SpanEvent, SpanRecord } from './record.ts';
import type { RecordSink } from './skim-protobuf.ts';
import type { WantedKeys } from './wanted-keys.ts';

const noResource: ResourceInfo = { service: '', serviceVersion: '', attrs: newAttrBag() };
const noScope: ScopeInfo = { name: '', version: '' };
const noEvents: SpanEvent[] = [];

/** Masks what only its name tells (texts were masked before), in place and without changing any length. */
export interface FieldMask {
  attribute(keyStart: number, keyEnd: number, value: number): void;
  unread(start: number, end: number): void;
}

interface Range { start: number; end: number }

export class JsonSkim {
  private readonly r: JsonReader;
  private readonly wanted: WantedKeys;
  private readonly sink: RecordSink;
  private readonly mask: FieldMask | undefined;
  private readonly isTraces: boolean;
  private resource = noResource;
  private scope = noScope;
  private resourceAt: Range = { start: 0, end: 0 };
  private scopeAt: Range = { start: 0, end: 0 };
  private lastTrace = '';

  constructor(reader: JsonReader, signal: 'traces' | 'logs', wanted: WantedKeys, mask: FieldMask | undefined, sink: RecordSink) {
    this.r = reader;
    this.wanted = wanted;
    this.mask = mask;
    this.sink = sink;
    this.isTraces = signal === 'traces';
  }

  body(): void {
    const name = this.isTraces ? 'resourceSpans' : 'resourceLogs';
    eachGroup(this.r, name, () => this.resourceGroup());
  }

  private resourceGroup(): void {
    this.resource = noResource;
    this.resourceAt = { start: 0, end: 0 };
    headThenGroups(this.r, 'resource', this.isTraces ? 'scopeSpans' : 'scopeLogs', (start, end) => {
      this.r.pos = start;
      this.resource = this.readResource();
      this.resourceAt = { start, end };
    }, () => this.scopeGroup());
  }

  private scopeGroup(): void {
    this.scope = noScope;
    this.scopeAt = { start: 0, end: 0 };
    let context: PayloadContext | undefined;
    headThenGroups(this.r, 'scope', this.isTraces ? 'spans' : 'logRecords', (start, end) => {
      this.r.pos = start;
      this.scope = this.readScope();
      this.scopeAt = { start, end };
    }, () => {
      context ??= { source: this.r.buf, resourceStart: this.resourceAt.start, resourceEnd: this.resourceAt.end, scopeStart: this.scopeAt.start, scopeEnd: this.scopeAt.end };
      this.record(context);
    });
  }

  private record(context: PayloadContext): void {
    const { r } = this;
    const { records, refused } = this.sink;
    r.peek();
    const start = r.pos;
    if (records.length >= limits.recordsInBody) {
      refused.add(reasons.tooManyRecords);
      r.skipValue();
      return;
    }
    try {
      const record = this.isTraces ? this.span() : this.log();
      const kind = this.isTraces ? payloadKinds.spanJson : payloadKinds.logJson;
      records.push({ record, payload: { kind, source: r.buf, start, end: r.pos, context } });
    } catch (error) {
      if (!(error instanceof RefusedRecord)) throw error;
      r.pos = start;
      r.skipValue();
      refused.add(error.message);
    }
  }

  private readResource(): ResourceInfo {
    const attrs = newAttrBag();
    const { r } = this;
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      if (r.keyText() === 'attributes') this.attributes(attrs);
      else this.unread();
    }
    const name = attrs['service.name'];
    const version = attrs['service.version'];
    return { service: typeof name === 'string' ? name : '', serviceVersion: typeof version === 'string' ? version : '', attrs };
  }

  private readScope(): ScopeInfo {
    const { r } = this;
    let name = '';
    let version = '';
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      const key = r.keyText();
      if (r.skipNull()) continue;
      if (key === 'name') name = r.text();
      else if (key === 'version') version = r.text();
      else this.unread();
    }
    return name === '' && version === '' ? noScope : { name, version };
  }

  private span(): SpanRecord {
    const { r } = this;
    const attrs = newAttrBag();
    let traceId = '';
    let spanId = '';
    let parentSpanId = '';
    let name = '';
    let kind = 0;
    let startUs = 0;
    let endUs = 0;
    let status = noStatus;
    let events = noEvents;
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      const key = r.keyText();
      if (r.skipNull()) continue;
      switch (key) {
        case 'traceId': traceId = this.traceId(); break;
        case 'spanId': spanId = this.spanId(); break;
        case 'parentSpanId': parentSpanId = this.spanId(); break;
        case 'name': name = r.text(); break;
        case 'kind': kind = enumeration(r, spanKinds); break;
        case 'startTimeUnixNano': startUs = checkedTime(r.nanosAsMicros()); break;
        case 'endTimeUnixNano': endUs = checkedTime(r.nanosAsMicros()); break;
        case 'attributes': this.attributes(attrs); break;
        case 'events': events = this.events(); break;
        case 'links': this.links(); break;
        case 'status': status = readStatus(r); break;
        default: this.unread();
      }
    }
    if (traceId === '' || spanId === '') throw new RefusedRecord(reasons.noIds);
    return {
      signal: 'span', resource: this.resource, scope: this.scope, traceId, spanId, attrs, parentSpanId, name, kind, startUs, endUs,
      statusCode: status.code, statusMessage: status.message, events,
    };
  }

  private links(): void {
    const { r } = this;
    const start = r.pos;
    countItems(r, limits.linksInRecord, reasons.tooManyLinks);
    this.mask?.unread(start, r.pos);
  }

  private events(): SpanEvent[] {
    const { r } = this;
    const events: SpanEvent[] = [];
    for (let more = r.enterArray(); more; more = r.nextItem()) {
      if (events.length >= limits.eventsInRecord) throw new RefusedRecord(reasons.tooManyEvents);
      events.push(this.event());
    }
    return events;
  }

  private event(): SpanEvent {
    const { r } = this;
    const attrs = newAttrBag();
    let name = '';
    let timeUs = 0;
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      const key = r.keyText();
      if (r.skipNull()) continue;
      if (key === 'name') name = r.text();
      else if (key === 'timeUnixNano') timeUs = checkedTime(r.nanosAsMicros());
      else if (key === 'attributes') this.attributes(attrs);
      else this.unread();
    }
    return { name, timeUs, attrs };
  }

  private log(): LogRecord {
    const { r } = this;
    const attrs = newAttrBag();
    let traceId = '';
    let spanId = '';
    let timeUs = 0;
    let observedUs = 0;
    let severity = 0;
    let eventName = '';
    let body = '';
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      const key = r.keyText();
      if (r.skipNull()) continue;
      switch (key) {
        case 'timeUnixNano': timeUs = checkedTime(r.nanosAsMicros()); break;
        case 'observedTimeUnixNano': observedUs = checkedTime(r.nanosAsMicros()); break;
        case 'severityNumber': severity = enumeration(r, logSeverities); break;
        case 'body': {
          if (this.mask !== undefined && isNested(r)) {
            const start = r.pos;
            this.unread();
            r.pos = start;
          }
          const value = this.anyValue(0);
          body = typeof value === 'string' ? value : '';
          break;
        }
        case 'attributes': this.attributes(attrs); break;
        case 'traceId': traceId = this.traceId(); break;
        case 'spanId': spanId = this.spanId(); break;
        case 'eventName': eventName = r.text(); break;
        default: this.unread();
      }
    }
    return {
      signal: 'log', resource: this.resource, scope: this.scope, traceId, spanId, attrs, timeUs: timeUs === 0 ? observedUs : timeUs, severity,
      eventName, body,
    };
  }

  private attributes(into: AttrBag): void {
    const { r } = this;
    if (r.skipNull()) return;
    let count = 0;
    for (let more = r.enterArray(); more; more = r.nextItem()) {
      if (++count > limits.attributesInRecord) throw new RefusedRecord(reasons.tooManyAttributes);
      this.attribute(into);
    }
  }

  /** A field that nobody reads: it is kept all the same, so the masks look at it. */
  private unread(): void {
    const { r } = this;
    const start = r.pos;
    r.skipValue();
    if (this.mask !== undefined && r.pos - start > shortField) this.mask.unread(start, r.pos);
  }

  /**
   * `{"key":"…","value":{"…Value":…}}` exactly as JSON.stringify writes it is compared byte by byte; every other order and spacing goes
   * the general way (the whole skim is 2 x as fast for it).
   */
  private attribute(into: AttrBag): void {
    const { r } = this;
    const start = r.pos;
    if (r.peek() === ch.openObject && this.compactAttribute(into)) return;
    r.pos = start;
    this.anyAttribute(into);
  }

  private compactAttribute(into: AttrBag): boolean {
    const { r, mask } = this;
    if (!r.isAt(r.pos, compact.key)) return false;
    r.skipText(r.pos + compact.key.length);
    if (r.textEscaped || !r.isAt(r.pos, compact.value)) return false;
    const keyStart = r.textStart;
    const keyEnd = r.textEnd;
    const value = r.pos + compact.value.length;
    mask?.attribute(keyStart, keyEnd, value - 1);
    if (r.isAt(value, compact.string)) r.skipText(value + compact.string.length);
    else if (!this.skipCompactNumber(value)) return false;
    if (!r.isAt(r.pos, compact.end)) return false;
    const end = r.pos + compact.end.length;
    const key = this.wanted.find(r.buf, keyStart, keyEnd);
    if (key !== undefined) {
      r.pos = value - 1;
      const read = this.anyValue(0);
      if (read !== undefined) into[key] = read;
    }
    r.pos = end;
    return true;
  }

  /** A number or truth value, plain or as a text. */
  private skipCompactNumber(value: number): boolean {
    const { r } = this;
    const name = compact.numbers.find((one) => r.isAt(value, one));
    if (name === undefined) return false;
    r.pos = value + name.length;
    const byte = r.peek();
    if (byte === ch.openObject || byte === ch.openArray) return false;
    r.skipValue();
    return true;
  }

  private anyAttribute(into: AttrBag): void {
    const { r } = this;
    let key: string | undefined;
    let isKeyRead = false;
    let keyStart = 0;
    let keyEnd = 0;
    let valueAt = -1;
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      r.key();
      const field = fieldOf(r);
      if (field === keyField) {
        if (r.peek() !== ch.quote) throw new RefusedRecord(reasons.wrongType);
        r.skipString();
        keyStart = r.textStart;
        keyEnd = r.textEnd;
        key = this.wantedKey();
        isKeyRead = true;
      } else if (field !== valueField) this.unread();
      else if (isKeyRead) this.attributeValue(into, key, keyStart, keyEnd);
      else {
        valueAt = r.pos;
        r.skipValue();
      }
    }
    if (valueAt < 0) return;
    const end = r.pos;
    r.pos = valueAt;
    this.attributeValue(into, key, keyStart, keyEnd);
    r.pos = end;
  }

  private attributeValue(into: AttrBag, key: string | undefined, keyStart: number, keyEnd: number): void {
    const { r, mask } = this;
    const start = r.pos;
    if (mask !== undefined) {
      mask.attribute(keyStart, keyEnd, start);
      if (isNested(r)) {
        r.skipValue();
        mask.unread(start, r.pos);
        r.pos = start;
      }
    }
    if (key === undefined) {
      r.skipValue();
      return;
    }
    const value = this.anyValue(0);
    if (value !== undefined) into[key] = value;
  }

  private wantedKey(): string | undefined {
    const { r } = this;
    if (!r.textEscaped) return this.wanted.find(r.buf, r.textStart, r.textEnd);
    const bytes = Buffer.from(r.lastText());
    return this.wanted.find(bytes, 0, bytes.length);
  }

  private anyValue(depth: number): AttrValue | undefined {
    if (depth > limits.valueDepth) throw new RefusedRecord(reasons.tooDeep);
    const { r } = this;
    if (r.skipNull()) return undefined;
    let value: AttrValue | undefined;
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      const key = r.keyText();
      if (r.skipNull()) continue;
      switch (key) {
        case 'stringValue': value = r.text(); break;
        case 'intValue': value = r.int64(); break;
        case 'boolValue': value = r.bool(); break;
        case 'doubleValue': value = r.number(); break;
        case 'arrayValue': value = this.arrayValue(depth); break;
        case 'kvlistValue': value = this.listValue(depth); break;
        default: this.unread();
      }
    }
    return value;
  }

  private arrayValue(depth: number): AttrValue[] {
    const items: AttrValue[] = [];
    this.eachOfValues(() => {
      if (items.length >= limits.itemsInValue) throw new RefusedRecord(reasons.tooManyItems);
      const item = this.anyValue(depth + 1);
      if (item !== undefined) items.push(item);
    });
    return items;
  }

  private listValue(depth: number): AttrBag {
    const { r } = this;
    const bag = newStrangerBag();
    let count = 0;
    this.eachOfValues(() => {
      if (++count > limits.itemsInValue) throw new RefusedRecord(reasons.tooManyItems);
      let key = '';
      let value: AttrValue | undefined;
      for (let more = r.enterObject(); more; more = r.nextMember()) {
        const field = r.keyText();
        if (field === 'key') key = r.text();
        else if (field === 'value') value = this.anyValue(depth + 1);
        else this.unread();
      }
      if (value !== undefined) bag[key] = value;
    });
    return bag;
  }

  private eachOfValues(visit: () => void): void {
    const { r } = this;
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      if (r.keyText() !== 'values' || r.peek() !== ch.openArray) {
        r.skipValue();
        continue;
      }
      for (let another = r.enterArray(); another; another = r.nextItem()) visit();
    }
  }

  private traceId(): string {
    const id = hexId(this.r, 32, reasons.badTraceId);
    if (id === this.lastTrace) return this.lastTrace;
    this.lastTrace = id;
    return id;
  }

  private spanId(): string {
    return hexId(this.r, 16, reasons.badSpanId);
  }
}

const compact = {
  key: Buffer.from('{"key":"'), value: Buffer.from(',"value":{'), string: Buffer.from('"stringValue":"'), end: Buffer.from('}}'),
  numbers: ['"intValue":', '"boolValue":', '"doubleValue":'].map((name) => Buffer.from(name)),
} as const;
const noStatus = { code: 0, message: '' };

function readStatus(r: JsonReader): { code: number; message: string } {
  let code = 0;
  let message = '';
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    const key = r.keyText();
    if (r.skipNull()) continue;
    if (key === 'code') code = enumeration(r, statusCodes);
    else if (key === 'message') message = r.text();
    else r.skipValue();
  }
  return code === 0 && message === '' ? noStatus : { code, message };
}

function hexId(r: JsonReader, length: number, reason: string): string {
  const id = r.text();
  if (id === '') return '';
  if (id.length !== length) throw new RefusedRecord(reason);
  let isZero = true;
  let isLower = true;
  for (let i = 0; i < length; i++) {
    const code = id.charCodeAt(i);
    if (code !== 0x30) isZero = false;
    if (code >= 0x41 && code <= 0x46) isLower = false;
    else if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) throw new RefusedRecord(reason);
  }
  if (isZero) return '';
  return isLower ? id : id.toLowerCase();
}

/** Enums come as numbers or as their names. */
function enumeration(r: JsonReader, names: ReadonlyMap<string, number>): number {
  if (r.peek() === ch.quote) {
    const name = r.text();
    const known = names.get(name);
    if (known !== undefined) return known;
    if (/^[0-9]{1,9}$/.test(name)) return Number(name);
    throw new RefusedRecord(reasons.wrongType);
  }
  const value = r.number();
  return Number.isInteger(value) && value >= 0 && value <= 255 ? value : 0;
}

function countItems(r: JsonReader, most: number, reason: string): void {
  let count = 0;
  for (let more = r.enterArray(); more; more = r.nextItem()) {
    if (++count > most) throw new RefusedRecord(reason);
    r.skipValue();
  }
}

/** Shorter than any name with a secret behind it: counts, flags, states. */
const shortField = 12;

/** Does an OTLP value that is a map or a list stand here? Its first letter tells (`kvlistValue`, `arrayValue`). */
function isNested(r: JsonReader): boolean {
  const { buf } = r;
  if (r.peek() !== ch.openObject) return false;
  let at = r.pos + 1;
  while (at < r.end && (buf[at] as number) <= 0x20) at++;
  return buf[at] === ch.quote && (buf[at + 1] === 0x6b || buf[at + 1] === 0x61);
}

const keyField = 1;
const valueField = 2;
const keyName = Buffer.from('key');
const valueName = Buffer.from('value');

/** `key` and `value` by their bytes: this runs for each attribute. */
function fieldOf(r: JsonReader): number {
  if (r.isLast(keyName)) return keyField;
  return r.isLast(valueName) ? valueField : 0;
}

/** The body's one list of groups; anything else in the body is stepped over. */
export function eachGroup(r: JsonReader, name: string, visit: () => void): void {
  if (r.peek() !== ch.openObject) throw new MalformedBody('the body is not a JSON object');
  let members = 0;
  let found = false;
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    members++;
    if (r.keyText() !== name) r.skipValue();
    else if (!r.skipNull()) {
      found = true;
      for (let another = r.enterArray(); another; another = r.nextItem()) visit();
    } else found = true;
  }
  if (r.peek() !== -1) throw new MalformedBody(`not valid JSON: text stands behind the body (byte ${r.pos})`);
  if (!found && members > 0) throw new MalformedBody(`the body has no ${name}: it is not OTLP data for this path`);
}

/**
 * An object of a head (resource or scope) and lists of what belongs to it, in any order: a list that stands before the head is
 * stepped over and read afterwards.
 */
export function headThenGroups(r: JsonReader, headName: string, groupName: string, readHead: (start: number, end: number) => void, visit: () => void): void {
  let isHeadRead = false;
  const later: number[] = [];
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    const key = r.keyText();
    if (r.skipNull()) continue;
    const start = r.pos;
    if (key === groupName && isHeadRead) {
      for (let another = r.enterArray(); another; another = r.nextItem()) visit();
      continue;
    }
    r.skipValue();
    const end = r.pos;
    if (key === groupName) later.push(start);
    else if (key === headName) {
      readHead(start, end);
      r.pos = end;
      isHeadRead = true;
    }
  }
  const end = r.pos;
  for (const start of later) {
    r.pos = start;
    for (let another = r.enterArray(); another; another = r.nextItem()) visit();
  }
  r.pos = end;
}
