/** Reads OTLP traces and logs in JSON: the same records as skim-protobuf.ts makes, from the same idea. */
import { newAttrBag } from './attr-bag.ts';
import { checkedTime, limits, reasons, RefusedRecord } from './decoded-body.ts';
import { eachGroup, headThenGroups } from './json-groups.ts';
import { ch } from './json-reader.ts';
import type { JsonReader } from './json-reader.ts';
import { logSeverities, spanKinds, statusCodes } from './otlp-names.ts';
import { payloadKinds } from './payload.ts';
import type { PayloadContext } from './payload.ts';
import type { LogRecord, ResourceInfo, ScopeInfo, SpanEvent, SpanRecord } from './record.ts';
import type { RecordSink } from './skim-protobuf.ts';
import { JsonValues } from './values-json.ts';
import type { FieldMask } from './values-json.ts';
import type { WantedKeys } from './wanted-keys.ts';

const noResource: ResourceInfo = { service: '', serviceVersion: '', attrs: newAttrBag() };
const noScope: ScopeInfo = { name: '', version: '' };
const noEvents: SpanEvent[] = [];

interface Range { start: number; end: number }

export class JsonSkim {
  private readonly r: JsonReader;
  private readonly values: JsonValues;
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
    this.values = new JsonValues(reader, wanted, mask);
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
      if (r.keyText() === 'attributes') this.values.attributes(attrs);
      else this.values.unread();
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
      else this.values.unread();
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
        case 'attributes': this.values.attributes(attrs); break;
        case 'events': events = this.events(); break;
        case 'links': this.links(); break;
        case 'status': status = readStatus(r); break;
        default: this.values.unread();
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
      else if (key === 'attributes') this.values.attributes(attrs);
      else this.values.unread();
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
          const value = this.values.body();
          body = typeof value === 'string' ? value : '';
          break;
        }
        case 'attributes': this.values.attributes(attrs); break;
        case 'traceId': traceId = this.traceId(); break;
        case 'spanId': spanId = this.spanId(); break;
        case 'eventName': eventName = r.text(); break;
        default: this.values.unread();
      }
    }
    return {
      signal: 'log', resource: this.resource, scope: this.scope, traceId, spanId, attrs, timeUs: timeUs === 0 ? observedUs : timeUs, severity,
      eventName, body,
    };
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
