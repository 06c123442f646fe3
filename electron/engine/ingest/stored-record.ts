/** Reads one stored record again, for the person who opens it: all of it, as OTLP/JSON, after the content level. */
import { deepestMessage, logMessage, resourceMessage, scopeMessage, spanMessage } from './otlp-schema.ts';
import type { Field, Message } from './otlp-schema.ts';
import { payloadKinds, unpackPayload } from './payload.ts';
import type { UnpackedPayload } from './payload.ts';
import { ProtoReader, wire, WireError } from './proto-reader.ts';
import { ShortStrings } from './short-strings.ts';

export interface StoredAttribute {
  readonly key: string;
  /** texts as they are, everything else as JSON. */
  readonly value: string;
}

export interface StoredEvent {
  readonly name: string;
  /** microseconds since the epoch; null when absent. */
  readonly timeUs: number | null;
  readonly attributes: readonly StoredAttribute[];
}

export interface StoredRecord {
  readonly attributes: readonly StoredAttribute[];
  readonly events: readonly StoredEvent[];
  readonly resource: readonly StoredAttribute[];
  readonly scope: { readonly name: string; readonly version: string };
  /** the record with its resource and scope as indented JSON. */
  readonly json: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Throws RangeError or SyntaxError with plain words when the stored bytes are damaged. */
export function decodeStoredRecord(format: number, block: Uint8Array, slot: number): StoredRecord {
  return decodeUnpacked(unpackPayload(format, block, slot));
}

export function decodeUnpacked({ kind, record, resource, scope }: UnpackedPayload): StoredRecord {
  switch (kind) {
    case payloadKinds.spanProtobuf: return fromOtlp('span', protobuf(spanMessage, record), protobuf(resourceMessage, resource), protobuf(scopeMessage, scope));
    case payloadKinds.logProtobuf: return fromOtlp('logRecord', protobuf(logMessage, record), protobuf(resourceMessage, resource), protobuf(scopeMessage, scope));
    case payloadKinds.spanJson: return fromOtlp('span', json(record), json(resource), json(scope));
    case payloadKinds.logJson: return fromOtlp('logRecord', json(record), json(resource), json(scope));
    case payloadKinds.outline: return fromOutline(json(record));
    case payloadKinds.runtimeJson: return fromRuntime(record);
    default: throw new RangeError(`payload kind ${kind} is not known to this version`);
  }
}

export interface RecordFacts {
  readonly attributes: readonly StoredAttribute[];
  /** hex as it was sent; null: the record names none. */
  readonly spanId: string | null;
  readonly parentSpanId: string | null;
}

/** Which attributes are asked for, by their key. */
export type Wanted = (key: string) => boolean;

/** One record among others: where it stands in the bytes that it shares with them. */
export interface RecordPlace { readonly kind: number; readonly source: Uint8Array; readonly start: number; readonly end: number }

/** What a report tells of a record: of attributes that it does not tell only the key is read, which counts where millions are. */
export function recordFacts({ kind, source, start, end }: RecordPlace, wanted: Wanted): RecordFacts {
  const bytes = (): Uint8Array => source.subarray(start, end);
  switch (kind) {
    case payloadKinds.spanProtobuf: return protobufFacts(source, start, end, spanFields, wanted);
    case payloadKinds.logProtobuf: return protobufFacts(source, start, end, logFields, wanted);
    case payloadKinds.spanJson: return otlpFacts(json(bytes()), false);
    case payloadKinds.logJson: return otlpFacts(json(bytes()), true);
    case payloadKinds.outline: return otherFacts(plainList(json(bytes())['attributes']));
    case payloadKinds.runtimeJson: return otherFacts(plainList(parsed(Buffer.from(source.buffer, source.byteOffset + start, end - start).toString('utf8'))));
    default: throw new RangeError(`payload kind ${kind} is not known to this version`);
  }
}

const otherFacts = (attributes: readonly StoredAttribute[]): RecordFacts => ({ attributes, spanId: null, parentSpanId: null });

function otlpFacts(record: Json, isLog: boolean): RecordFacts {
  const hex = (name: string): string | null => text(record[name]).toLowerCase() || null;
  return { attributes: [...(isLog && isObject(record['body']) ? [{ key: 'body', value: anyText(record['body']) }] : []), ...attributeList(record['attributes'])], spanId: hex('spanId'), parentSpanId: hex('parentSpanId') };
}

interface FactFields { readonly spanId: number; readonly parentSpanId: number; readonly body: number; readonly attributes: number; readonly attribute: Field; readonly bodyField: Field | undefined }
const factFields = (message: Message): FactFields => {
  const numberOf = (name: string): number => [...message].find(([, field]) => field.name === name)?.[0] ?? 0;
  const attributes = numberOf('attributes');
  return { spanId: numberOf('spanId'), parentSpanId: numberOf('parentSpanId'), body: numberOf('body'), attributes, attribute: message.get(attributes) as Field, bodyField: message.get(numberOf('body')) };
};
const spanFields = factFields(spanMessage);
const logFields = factFields(logMessage);

/** As `read` reads the whole record, and then only what is told of it. */
function protobufFacts(source: Uint8Array, start: number, end: number, fields: FactFields, wanted: Wanted): RecordFacts {
  const r = readerOf(source);
  r.pos = start;
  r.end = end;
  const attributes: StoredAttribute[] = [];
  let body: unknown = null;
  let [spanId, parentSpanId] = ['', ''];
  try {
    while (r.pos < r.end) {
      const tag = r.tag();
      const number = tag >>> 3;
      if ((tag & 7) !== wire.bytes) r.skip(tag & 7);
      else if (number === fields.attributes) {
        if (wantsNext(r, wanted)) attributes.push(...attributeList([readLength(r, fields.attribute, 0)]));
      } else if (number === fields.spanId) spanId = hexOf(r);
      else if (number === fields.parentSpanId) parentSpanId = hexOf(r);
      else if (number === fields.body && fields.bodyField !== undefined) body = readLength(r, fields.bodyField, 0);
      else r.skip(wire.bytes);
    }
  } catch (error) {
    if (error instanceof WireError) throw new RangeError(`stored record is damaged: ${error.message}`);
    throw error;
  }
  if (isObject(body)) attributes.unshift({ key: 'body', value: anyText(body) });
  return { attributes, spanId: spanId || null, parentSpanId: parentSpanId || null };
}

function hexOf(r: ProtoReader): string {
  const length = r.length();
  r.pos += length;
  return r.buf.toString('hex', r.pos - length, r.pos);
}

/** Whether the attribute that follows is asked for; else the reader stands behind it. One that cannot be read has no key. */
function wantsNext(r: ProtoReader, wanted: Wanted): boolean {
  const from = r.pos;
  const length = r.length();
  const outerEnd = r.end;
  const end = r.pos + length;
  let key = '';
  try {
    r.end = end;
    while (r.pos < end) {
      const tag = r.tag();
      if (tag === keyTag) key = r.text(r.length(), Number.POSITIVE_INFINITY);
      else r.skip(tag & 7);
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    key = '';
  } finally {
    r.end = outerEnd;
  }
  const wants = wanted(key);
  r.pos = wants ? from : end;
  return wants;
}

const keyTag = (1 << 3) | wire.bytes;

/** Neighbours are read one after the other: of the same bytes the reader is the same. */
let lastReader: ProtoReader | null = null;
let lastSource: Uint8Array | null = null;
function readerOf(source: Uint8Array): ProtoReader {
  if (lastReader === null || lastSource !== source) {
    lastReader = new ProtoReader(source, strings);
    lastSource = source;
  }
  return lastReader;
}

function fromOtlp(name: string, record: Json, resource: Json, scope: Json): StoredRecord {
  const attributes = attributeList(record['attributes']);
  // The body of a log is what an agent said: it is read like an attribute.
  const body = name === 'logRecord' && isObject(record['body']) ? [{ key: 'body', value: anyText(record['body']) }] : [];
  return {
    attributes: [...body, ...attributes],
    events: objects(record['events']).map((event) => ({ name: text(event['name']), timeUs: micros(event['timeUnixNano']), attributes: attributeList(event['attributes']) })),
    resource: attributeList(resource['attributes']),
    scope: { name: text(scope['name']), version: text(scope['version']) },
    json: JSON.stringify({ resource, scope, [name]: record }, null, 2),
  };
}

function fromOutline(outline: Json): StoredRecord {
  const resource = isObject(outline['resource']) ? outline['resource'] : {};
  const scope = isObject(outline['scope']) ? outline['scope'] : {};
  return {
    attributes: plainList(outline['attributes']),
    events: objects(outline['events']).map((event) => ({
      name: text(event['name']), timeUs: typeof event['timeUs'] === 'number' && event['timeUs'] > 0 ? event['timeUs'] : null, attributes: plainList(event['attributes']),
    })),
    resource: plainList(resource['attributes']),
    scope: { name: text(scope['name']), version: text(scope['version']) },
    json: JSON.stringify(outline, null, 2),
  };
}

/** A runtime's own text: what is no JSON object is shown as it is. */
function fromRuntime(record: Uint8Array): StoredRecord {
  const source = Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString('utf8');
  const value = parsed(source);
  return { attributes: plainList(value), events: [], resource: [], scope: { name: '', version: '' }, json: value === undefined ? source : JSON.stringify(value, null, 2) };
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    // The connector kept what the runtime sent, and that was no JSON.
    return undefined;
  }
}

function json(bytes: Uint8Array): Json {
  if (bytes.length === 0) return {};
  const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  return isObject(value) ? value : {};
}

/** Made once: its room is more work to get than a record to read. */
const strings = new ShortStrings();

function protobuf(message: Message, bytes: Uint8Array): Json {
  try {
    return read(new ProtoReader(bytes, strings), message, 0);
  } catch (error) {
    if (error instanceof WireError) throw new RangeError(`stored record is damaged: ${error.message}`);
    throw error;
  }
}

function read(r: ProtoReader, message: Message, depth: number): Json {
  // No prototype: `__proto__` may be a key in none of the schema's names, but a reader of this code need not prove that.
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  while (r.pos < r.end) {
    const tag = r.tag();
    const field = message.get(tag >>> 3);
    if (field === undefined || wireTypes[field.kind] !== (tag & 7)) {
      r.skip(tag & 7);
      continue;
    }
    const value = readField(r, field, depth);
    if (!field.repeated) object[field.name] = value;
    else if (Array.isArray(object[field.name])) (object[field.name] as unknown[]).push(value);
    else object[field.name] = [value];
  }
  return object;
}

const wireTypes: Readonly<Record<Field['kind'], number>> = {
  string: wire.bytes, bytes: wire.bytes, hex: wire.bytes, message: wire.bytes, uint: wire.varint, enum: wire.varint, int64: wire.varint, bool: wire.varint,
  double: wire.fixed64, fixed64: wire.fixed64, fixed32: wire.fixed32,
};

function readField(r: ProtoReader, field: Field, depth: number): unknown {
  switch (field.kind) {
    case 'uint': case 'enum': return r.uint();
    case 'int64': return String(r.int64());
    case 'bool': return r.uint() !== 0;
    case 'double': return number(r.double());
    case 'fixed32': return r.fixed32();
    case 'fixed64': return BigInt.asUintN(64, BigInt(r.sfixed64())).toString();
    default: return readLength(r, field, depth);
  }
}

function readLength(r: ProtoReader, field: Field, depth: number): unknown {
  const length = r.length();
  const start = r.pos;
  const end = start + length;
  if (field.kind !== 'message') {
    r.pos = end;
    if (field.kind === 'string') return r.buf.toString('utf8', start, end);
    return r.buf.toString(field.kind === 'hex' ? 'hex' : 'base64', start, end);
  }
  if (depth >= deepestMessage) {
    r.pos = end;
    return { stringValue: `(${length} bytes nested too deep to show)` };
  }
  return readMessage(r, field, end, depth);
}

/** The skim reads only what is wanted, so a broken value may lie in a record that was taken: it is shown as such, the rest as it is. */
function readMessage(r: ProtoReader, field: Field, end: number, depth: number): unknown {
  const outerEnd = r.end;
  const start = r.pos;
  try {
    r.end = end;
    return read(r, field.message(), depth + 1);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { stringValue: `(${end - start} bytes that cannot be read)` };
  } finally {
    r.pos = end;
    r.end = outerEnd;
  }
}

/** JSON has no NaN and no infinity: OTLP/JSON writes them as texts. */
function number(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function attributeList(attributes: unknown): StoredAttribute[] {
  return objects(attributes).map((attribute) => ({ key: text(attribute['key']), value: anyText(attribute['value']) }));
}

function anyText(value: unknown): string {
  const plain = plainValue(value, 0);
  return typeof plain === 'string' ? plain : JSON.stringify(plain ?? null);
}

/** An OTLP value as a plain one. */
function plainValue(value: unknown, depth: number): unknown {
  if (!isObject(value)) return null;
  if (depth > deepestMessage) return '(nested too deep to show)';
  const list = value['arrayValue'];
  if (isObject(list)) return objects(list['values']).map((item) => plainValue(item, depth + 1));
  const map = value['kvlistValue'];
  if (isObject(map)) return Object.fromEntries(objects(map['values']).map((entry) => [text(entry['key']), plainValue(entry['value'], depth + 1)]));
  return value['stringValue'] ?? value['intValue'] ?? value['boolValue'] ?? value['doubleValue'] ?? value['bytesValue'] ?? null;
}

function plainList(attributes: unknown): StoredAttribute[] {
  if (!isObject(attributes)) return [];
  return Object.entries(attributes).map(([key, value]) => ({ key, value: typeof value === 'string' ? value : JSON.stringify(value) }));
}

function micros(nanos: unknown): number | null {
  if (typeof nanos !== 'string' && typeof nanos !== 'number') return null;
  const us = /^\d{4,20}$/.test(String(nanos)) ? Number(String(nanos).slice(0, -3)) : Math.floor(Number(nanos) / 1000);
  return Number.isSafeInteger(us) && us > 0 ? us : null;
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
