/** For tests: reads a capture folder into records, protobuf and JSON, with only the attributes that the normalisers say they want. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import type { Attrs, AttrValue, LogRecord, ResourceInfo, SpanRecord } from '../record.ts';
import { wantedAttributes } from './normalise.ts';
import { asText } from './read.ts';

const root = fileURLToPath(new URL('../../../../e2e/fixtures/captures/', import.meta.url));

const schema = protobuf.parse(`syntax = "proto3"; package o;
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Scope { string name = 1; string version = 2; }
message Resource { repeated KeyValue attributes = 1; }
message Traces { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message Span { bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; repeated Event events = 11; Status status = 15; }
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Status { string message = 2; int32 code = 3; }
message Logs { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
message LogRecord { fixed64 time_unix_nano = 1; int32 severity_number = 2; AnyValue body = 5; repeated KeyValue attributes = 6; bytes trace_id = 9; bytes span_id = 10; fixed64 observed_time_unix_nano = 11; string event_name = 12; }`).root;

interface WireValue {
  stringValue?: string; boolValue?: boolean; intValue?: string | number; doubleValue?: number;
  arrayValue?: { values?: WireValue[] }; kvlistValue?: { values?: KeyValue[] }; bytesValue?: unknown;
}
interface KeyValue { key: string; value?: WireValue }
interface WireSpan { traceId?: WireId; spanId?: WireId; parentSpanId?: WireId; name?: string; kind?: number; startTimeUnixNano?: string; endTimeUnixNano?: string; attributes?: KeyValue[]; events?: { name?: string; timeUnixNano?: string; attributes?: KeyValue[] }[]; status?: { code?: number; message?: string } }
interface WireLog { traceId?: WireId; spanId?: WireId; timeUnixNano?: string; observedTimeUnixNano?: string; severityNumber?: number; eventName?: string; body?: WireValue; attributes?: KeyValue[] }
interface WireScope { scope?: { name?: string; version?: string }; spans?: WireSpan[]; logRecords?: WireLog[] }
interface WireResource { resource?: { attributes?: KeyValue[] }; scopeSpans?: WireScope[]; scopeLogs?: WireScope[] }
interface WireBody { resourceSpans?: WireResource[]; resourceLogs?: WireResource[] }
type WireId = string | Uint8Array;

function valueOf(value: WireValue | undefined): AttrValue | undefined {
  if (value === undefined) return undefined;
  if (value.stringValue !== undefined) return value.stringValue.slice(0, 16_384);
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) return Number.isSafeInteger(Number(value.intValue)) ? Number(value.intValue) : String(value.intValue);
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map((item) => valueOf(item) ?? '');
  return value.kvlistValue === undefined ? undefined : attrsOf(value.kvlistValue.values, true);
}

function attrsOf(list: readonly KeyValue[] | undefined, all = false): Attrs {
  const attrs = Object.create(null) as Record<string, AttrValue>;
  for (const { key, value } of list ?? []) {
    const read = valueOf(value);
    if (read !== undefined && (all || wantedAttributes.has(key))) attrs[key] = read;
  }
  return attrs;
}

function hex(id: WireId | undefined): string {
  const text = id === undefined ? '' : typeof id === 'string' ? id.toLowerCase() : Buffer.from(id).toString('hex');
  return /^0*$/.test(text) ? '' : text;
}

function micros(nanos: string | undefined): number {
  return nanos === undefined ? 0 : Number(BigInt(nanos) / 1000n);
}

function resourceOf(wire: WireResource): ResourceInfo {
  const all = attrsOf(wire.resource?.attributes, true);
  return { service: asText(all['service.name']), serviceVersion: asText(all['service.version']), attrs: attrsOf(wire.resource?.attributes) };
}

function spanOf(resource: ResourceInfo, scope: { name: string; version: string }, span: WireSpan): SpanRecord {
  return {
    signal: 'span', resource, scope, traceId: hex(span.traceId), spanId: hex(span.spanId), parentSpanId: hex(span.parentSpanId),
    name: span.name ?? '', kind: span.kind ?? 0, startUs: micros(span.startTimeUnixNano), endUs: micros(span.endTimeUnixNano),
    statusCode: span.status?.code ?? 0, statusMessage: span.status?.message ?? '', attrs: attrsOf(span.attributes),
    events: (span.events ?? []).map((event) => ({ name: event.name ?? '', timeUs: micros(event.timeUnixNano), attrs: attrsOf(event.attributes) })),
  };
}

function logOf(resource: ResourceInfo, scope: { name: string; version: string }, log: WireLog): LogRecord {
  const time = micros(log.timeUnixNano);
  return {
    signal: 'log', resource, scope, traceId: hex(log.traceId), spanId: hex(log.spanId), timeUs: time === 0 ? micros(log.observedTimeUnixNano) : time,
    severity: log.severityNumber ?? 0, eventName: log.eventName ?? '', body: (log.body?.stringValue ?? '').slice(0, 16_384), attrs: attrsOf(log.attributes),
  };
}

function recordsOf(body: WireBody): (SpanRecord | LogRecord)[] {
  const records: (SpanRecord | LogRecord)[] = [];
  for (const wire of [...(body.resourceSpans ?? []), ...(body.resourceLogs ?? [])]) {
    const resource = resourceOf(wire);
    for (const part of [...(wire.scopeSpans ?? []), ...(wire.scopeLogs ?? [])]) {
      const scope = { name: part.scope?.name ?? '', version: part.scope?.version ?? '' };
      for (const span of part.spans ?? []) records.push(spanOf(resource, scope, span));
      for (const log of part.logRecords ?? []) records.push(logOf(resource, scope, log));
    }
  }
  return records;
}

function bodyOf(file: string, signal: string): WireBody {
  const bytes = readFileSync(file);
  if (file.endsWith('.json')) return JSON.parse(bytes.toString('utf8')) as WireBody;
  const type = schema.lookupType(signal === 'traces' ? 'o.Traces' : 'o.Logs');
  return type.toObject(type.decode(bytes), { longs: String }) as WireBody;
}

export type CaptureSignal = 'traces' | 'logs';

/** Records of a capture in the order in which its bodies arrived. */
export function readCapture(name: string, signals: readonly CaptureSignal[] = ['traces', 'logs']): (SpanRecord | LogRecord)[] {
  const index = JSON.parse(readFileSync(`${root}${name}/index.json`, 'utf8')) as { files: { file: string; signal: string }[] };
  return index.files
    .filter(({ signal }) => (signals as readonly string[]).includes(signal))
    .flatMap(({ file, signal }) => recordsOf(bodyOf(`${root}${name}/${file}`, signal)));
}

export interface Scenario {
  readonly tools: readonly { readonly name: string; readonly status: string }[];
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly cacheReadTokens: number; readonly cacheWriteTokens: number; readonly reasoningTokens: number };
  readonly agents: readonly string[];
}

/** What the capture's author knows of the run from outside its telemetry. */
export function readScenario(name: string): Scenario {
  return JSON.parse(readFileSync(`${root}${name}/expected.json`, 'utf8')) as Scenario;
}
