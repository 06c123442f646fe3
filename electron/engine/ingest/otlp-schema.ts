/**
 * The OTLP messages that are stored, field by field, from opentelemetry-proto (trace, logs, common, resource v1). Two readers walk it:
 * the masks look for text in it, and a stored record is turned into OTLP/JSON by it.
 */
export type FieldKind = 'string' | 'bytes' | 'hex' | 'uint' | 'enum' | 'int64' | 'bool' | 'double' | 'fixed32' | 'fixed64' | 'message';

export interface Field {
  /** name in OTLP/JSON. */
  readonly name: string;
  readonly kind: FieldKind;
  readonly repeated: boolean;
  readonly message: () => Message;
}

export type Message = ReadonlyMap<number, Field>;

const none: Message = new Map();
const field = (name: string, kind: FieldKind): Field => ({ name, kind, repeated: false, message: () => none });
const one = (name: string, message: () => Message): Field => ({ name, kind: 'message', repeated: false, message });
const many = (name: string, message: () => Message): Field => ({ name, kind: 'message', repeated: true, message });

export const anyValue: Message = new Map([
  [1, field('stringValue', 'string')], [2, field('boolValue', 'bool')], [3, field('intValue', 'int64')], [4, field('doubleValue', 'double')],
  [5, one('arrayValue', () => arrayValue)], [6, one('kvlistValue', () => kvlistValue)], [7, field('bytesValue', 'bytes')],
]);
const arrayValue: Message = new Map([[1, many('values', () => anyValue)]]);
const kvlistValue: Message = new Map([[1, many('values', () => keyValue)]]);
export const keyValue: Message = new Map([[1, field('key', 'string')], [2, one('value', () => anyValue)]]);

export const resourceMessage: Message = new Map([[1, many('attributes', () => keyValue)], [2, field('droppedAttributesCount', 'uint')]]);
export const scopeMessage: Message = new Map([
  [1, field('name', 'string')], [2, field('version', 'string')], [3, many('attributes', () => keyValue)], [4, field('droppedAttributesCount', 'uint')],
]);

const spanEvent: Message = new Map([
  [1, field('timeUnixNano', 'fixed64')], [2, field('name', 'string')], [3, many('attributes', () => keyValue)], [4, field('droppedAttributesCount', 'uint')],
]);
export const spanLink: Message = new Map([
  [1, field('traceId', 'hex')], [2, field('spanId', 'hex')], [3, field('traceState', 'string')], [4, many('attributes', () => keyValue)],
  [5, field('droppedAttributesCount', 'uint')], [6, field('flags', 'fixed32')],
]);
const spanStatus: Message = new Map([[2, field('message', 'string')], [3, field('code', 'enum')]]);

export const spanMessage: Message = new Map([
  [1, field('traceId', 'hex')], [2, field('spanId', 'hex')], [3, field('traceState', 'string')], [4, field('parentSpanId', 'hex')], [5, field('name', 'string')],
  [6, field('kind', 'enum')], [7, field('startTimeUnixNano', 'fixed64')], [8, field('endTimeUnixNano', 'fixed64')], [9, many('attributes', () => keyValue)],
  [10, field('droppedAttributesCount', 'uint')], [11, many('events', () => spanEvent)], [12, field('droppedEventsCount', 'uint')],
  [13, many('links', () => spanLink)], [14, field('droppedLinksCount', 'uint')], [15, one('status', () => spanStatus)], [16, field('flags', 'fixed32')],
]);

export const logMessage: Message = new Map([
  [1, field('timeUnixNano', 'fixed64')], [2, field('severityNumber', 'enum')], [3, field('severityText', 'string')], [5, one('body', () => anyValue)],
  [6, many('attributes', () => keyValue)], [7, field('droppedAttributesCount', 'uint')], [8, field('flags', 'fixed32')], [9, field('traceId', 'hex')],
  [10, field('spanId', 'hex')], [11, field('observedTimeUnixNano', 'fixed64')], [12, field('eventName', 'string')],
]);

/** Values nested deeper than this are not taken apart: their bytes are treated as one text. */
export const deepestMessage = 48;
