/**
 * What the wire decoders hand to the normalisers: one shape for protobuf and JSON bodies. Only attributes that some
 * normaliser wants are here (`wantedAttributes`); the record's whole payload stays in `raw` and is decoded again only
 * when a person opens it.
 */
export type AttrValue = string | number | boolean | readonly AttrValue[] | { readonly [key: string]: AttrValue };
/** Null-prototype object: keys come from strangers. Strings are cut at 16 KiB; int64 beyond 2^53 arrives as a string. */
export type Attrs = Readonly<Record<string, AttrValue>>;

export interface ResourceInfo {
  /** `service.name`, '' when absent. */
  readonly service: string;
  readonly serviceVersion: string;
  readonly attrs: Attrs;
}

export interface ScopeInfo {
  readonly name: string;
  readonly version: string;
}

export interface SpanEvent {
  readonly name: string;
  /** microseconds since the epoch; 0 when absent. */
  readonly timeUs: number;
  readonly attrs: Attrs;
}

interface RecordBase {
  readonly resource: ResourceInfo;
  readonly scope: ScopeInfo;
  /** 32 lower-case hex digits; '' when absent or all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits; '' when absent or all zero. */
  readonly spanId: string;
  readonly attrs: Attrs;
}

export interface SpanRecord extends RecordBase {
  readonly signal: 'span';
  /** '' for a root span. */
  readonly parentSpanId: string;
  readonly name: string;
  /** OTLP SpanKind number: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  /** microseconds since the epoch; 0 when absent. */
  readonly startUs: number;
  /** microseconds since the epoch; 0 when absent. */
  readonly endUs: number;
  /** OTLP status code: 0 unset, 1 ok, 2 error. */
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly events: readonly SpanEvent[];
}

export interface LogRecord extends RecordBase {
  readonly signal: 'log';
  /** time of the event, else observed time, in microseconds since the epoch; 0 when both are absent. */
  readonly timeUs: number;
  readonly severity: number;
  /** OTLP `LogRecord.event_name`, '' when absent. */
  readonly eventName: string;
  /** body when it is a string, cut at 16 KiB; '' otherwise. */
  readonly body: string;
}
