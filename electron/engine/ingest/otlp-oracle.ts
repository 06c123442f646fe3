/** Test support: protobufjs as the oracle, captures of real agents, and records as plain objects to compare. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { otlpProto } from './otlp-proto.ts';
import type { LogRecord, SpanRecord } from './record.ts';
import type { Signal } from './writer-messages.ts';

const { root } = protobuf.parse(otlpProto);
export const requestTypes: Readonly<Record<Signal, protobuf.Type>> = {
  traces: root.lookupType('TracesRequest'), logs: root.lookupType('LogsRequest'), metrics: root.lookupType('MetricsRequest'),
};

export type Json = { readonly [key: string]: unknown };
export const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

const idFields = new Set(['traceId', 'spanId', 'parentSpanId']);

/** A body as OTLP/JSON: ids in hex, 64-bit numbers as texts. */
export function oracleJson(signal: Signal, body: Uint8Array): Json {
  const type = requestTypes[signal];
  const plain = type.toObject(type.decode(body), { longs: String, bytes: Buffer, defaults: false });
  return JSON.parse(JSON.stringify(plain, function (this: Json, key: string, value: unknown): unknown {
    const bytes = this[key];
    if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString(idFields.has(key) ? 'hex' : 'base64');
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  })) as Json;
}

export function encode(signal: Signal, json: Json): Uint8Array {
  const withBytes = JSON.parse(JSON.stringify(json), (key, value: unknown) => (idFields.has(key) && typeof value === 'string' ? Array.from(Buffer.from(value, 'hex')) : value)) as Json;
  const type = requestTypes[signal];
  return type.encode(type.fromObject(withBytes)).finish();
}

function plainValue(value: unknown): unknown {
  const any = object(value);
  if (any['arrayValue'] !== undefined) return list(object(any['arrayValue'])['values']).map(plainValue).filter((item) => item !== undefined);
  if (any['kvlistValue'] !== undefined) return attrs(object(any['kvlistValue'])['values']);
  if (any['intValue'] !== undefined) return Number.isSafeInteger(Number(any['intValue'])) ? Number(any['intValue']) : text(any['intValue']);
  if (any['doubleValue'] !== undefined) return Number(any['doubleValue']);
  return any['stringValue'] ?? any['boolValue'];
}

function attrs(attributes: unknown): Json {
  const entries = list(attributes).map((one) => [text(one['key']), plainValue(one['value'])] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

const micros = (nanos: unknown): number => (nanos === undefined ? 0 : Number(BigInt(text(nanos)) / 1000n));
const id = (value: unknown): string => (typeof value === 'string' && !/^0*$/.test(value) ? value : '');

/** The records that a decoder must make of OTLP/JSON when every attribute is wanted. */
export function expectedRecords(signal: 'traces' | 'logs', json: Json): object[] {
  const isTraces = signal === 'traces';
  return list(json[isTraces ? 'resourceSpans' : 'resourceLogs']).flatMap((group) => {
    const resourceAttrs = attrs(object(group['resource'])['attributes']);
    const resource = { service: text(resourceAttrs['service.name']), serviceVersion: text(resourceAttrs['service.version']), attrs: resourceAttrs };
    return list(group[isTraces ? 'scopeSpans' : 'scopeLogs']).flatMap((scoped) => {
      const scope = { name: text(object(scoped['scope'])['name']), version: text(object(scoped['scope'])['version']) };
      return list(scoped[isTraces ? 'spans' : 'logRecords']).map((one) => (isTraces ? span(one, resource, scope) : log(one, resource, scope)));
    });
  });
}

function span(one: Json, resource: object, scope: object): object {
  return {
    signal: 'span', resource, scope, traceId: id(one['traceId']), spanId: id(one['spanId']), parentSpanId: id(one['parentSpanId']), attrs: attrs(one['attributes']),
    name: text(one['name']), kind: Number(one['kind'] ?? 0), startUs: micros(one['startTimeUnixNano']), endUs: micros(one['endTimeUnixNano']),
    statusCode: Number(object(one['status'])['code'] ?? 0), statusMessage: text(object(one['status'])['message']),
    events: list(one['events']).map((event) => ({ name: text(event['name']), timeUs: micros(event['timeUnixNano']), attrs: attrs(event['attributes']) })),
  };
}

function log(one: Json, resource: object, scope: object): object {
  const body = object(one['body'])['stringValue'];
  return {
    signal: 'log', resource, scope, traceId: id(one['traceId']), spanId: id(one['spanId']), attrs: attrs(one['attributes']),
    timeUs: micros(one['timeUnixNano']) || micros(one['observedTimeUnixNano']), severity: Number(one['severityNumber'] ?? 0), eventName: text(one['eventName']), body: text(body),
  };
}

/** As the decoder made it, with plain objects instead of bags. */
export const plainRecord = (record: SpanRecord | LogRecord): object => JSON.parse(JSON.stringify(record)) as object;

/** The beginnings of texts: where a long one is cut depends on how it was encoded. */
export function cutTexts(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, 2_000);
  if (Array.isArray(value)) return value.map(cutTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cutTexts(item)]));
}

/** Every key in a body: with these, everything is wanted. */
export function allKeys(json: Json): ReadonlySet<string> {
  const keys = new Set(['service.name', 'service.version']);
  JSON.stringify(json, (key, value: unknown) => {
    if (key === 'key' && typeof value === 'string') keys.add(value);
    return value;
  });
  return keys;
}

export interface Capture {
  readonly name: string;
  readonly signal: Signal;
  readonly encoding: 'protobuf' | 'json';
  readonly body: Buffer;
}

export function captures(): Capture[] {
  const folder = fileURLToPath(new URL('../../../e2e/fixtures/captures', import.meta.url));
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted().flatMap((name) => {
    const [, signal, ending] = /-(traces|logs|metrics)\.(pb|json)$/.exec(name) ?? [];
    if (signal === undefined) return [];
    return [{ name, signal: signal as Signal, encoding: ending === 'pb' ? 'protobuf' as const : 'json' as const, body: readFileSync(join(folder, name)) }];
  });
}

/** mulberry32 */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
