/** protobufjs by reflection over opentelemetry-proto's trace messages: encodes the corpus, decodes for the naive design. */
import protobuf from 'protobufjs';
import type { CorpusBody } from './corpus.ts';

const proto = `syntax = "proto3";
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
message Resource { repeated KeyValue attributes = 1; }
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; repeated Event events = 11; Status status = 15; }
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Status { string message = 2; int32 code = 3; }`;
export const Request = protobuf.parse(proto).root.lookupType('ExportTraceServiceRequest');

export function encodeProtobuf(body: CorpusBody): Buffer {
  const bytes = (hex: string | undefined): Buffer | undefined => (hex === undefined ? undefined : Buffer.from(hex, 'hex'));
  const plain = { resourceSpans: body.resourceSpans.map((resource) => ({
    ...resource,
    scopeSpans: resource.scopeSpans.map((scope) => ({
      ...scope, spans: scope.spans.map((span) => ({ ...span, traceId: bytes(span.traceId), spanId: bytes(span.spanId), parentSpanId: bytes(span.parentSpanId) })),
    })),
  })) };
  return Buffer.from(Request.encode(Request.fromObject(plain)).finish());
}

export interface PlainSpan {
  traceId: string; spanId: string; parentSpanId: string; name: string; kind: number; startTimeUnixNano: unknown; endTimeUnixNano: unknown;
  statusCode: number; statusMessage: string; attributes: Record<string, unknown>; events: unknown[];
}

interface Loose { [key: string]: unknown }
const list = (value: unknown): Loose[] => (Array.isArray(value) ? (value as Loose[]) : []);

function plainValue(value: Loose | undefined): unknown {
  if (!value) return null;
  if (value['stringValue'] !== undefined && value['stringValue'] !== null) return value['stringValue'];
  if (value['intValue'] !== undefined && value['intValue'] !== null) return Number(value['intValue']);
  return value['doubleValue'] ?? value['boolValue'] ?? null;
}

const plainAttributes = (attributes: unknown): Record<string, unknown> =>
  Object.fromEntries(list(attributes).map((one) => [String(one['key']), plainValue(one['value'] as Loose | undefined)]));

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const hex = (value: unknown): string => (typeof value === 'string' ? value : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '');

function plainSpan(span: Loose): PlainSpan {
  const status = (span['status'] ?? {}) as Loose;
  return {
    traceId: hex(span['traceId']), spanId: hex(span['spanId']), parentSpanId: hex(span['parentSpanId']), name: textOf(span['name']), kind: Number(span['kind'] ?? 0),
    startTimeUnixNano: span['startTimeUnixNano'], endTimeUnixNano: span['endTimeUnixNano'], statusCode: Number(status['code'] ?? 0), statusMessage: textOf(status['message']),
    attributes: plainAttributes(span['attributes']), events: list(span['events']).map((event) => ({ name: event['name'], attributes: plainAttributes(event['attributes']) })),
  };
}

export function decodeTraces(body: Buffer, json: boolean): { service: string; spans: PlainSpan[] }[] {
  const request = (json ? JSON.parse(body.toString('utf8')) : Request.decode(body)) as Loose;
  return list(request['resourceSpans']).map((resource) => ({
    service: textOf(plainAttributes(((resource['resource'] ?? {}) as Loose)['attributes'])['service.name']),
    spans: list(resource['scopeSpans']).flatMap((scope) => list(scope['spans']).map(plainSpan)),
  }));
}
