/** What the receiver says back, in the encoding that the sender used. Small enough to be written by hand. */
import type { Signal } from './writer-messages.ts';

export type Encoding = 'protobuf' | 'json';

export interface Answer {
  readonly contentType: string;
  readonly body: Buffer;
}

const contentTypes: Readonly<Record<Encoding, string>> = { protobuf: 'application/x-protobuf', json: 'application/json' };
const rejectedNames: Readonly<Record<Signal, string>> = { traces: 'rejectedSpans', logs: 'rejectedLogRecords', metrics: 'rejectedDataPoints' };

/** Export*ServiceResponse { 1 partial_success { 1 rejected_…, 2 error_message } }; empty when everything was taken. */
export function exportAnswer(encoding: Encoding, signal: Signal, refused: number, reason: string): Answer {
  if (refused === 0) return { contentType: contentTypes[encoding], body: encoding === 'json' ? Buffer.from('{}') : Buffer.alloc(0) };
  if (encoding === 'json') {
    return { contentType: contentTypes.json, body: Buffer.from(JSON.stringify({ partialSuccess: { [rejectedNames[signal]]: String(refused), errorMessage: reason } })) };
  }
  return { contentType: contentTypes.protobuf, body: bytesField(1, Buffer.concat([varintField(1, refused), bytesField(2, Buffer.from(reason))])) };
}

/** google.rpc.Status { 1 code, 2 message } */
export function statusAnswer(encoding: Encoding | undefined, code: number, message: string): Answer {
  if (encoding === undefined) return { contentType: 'text/plain; charset=utf-8', body: Buffer.from(`${message}\n`) };
  if (encoding === 'json') return { contentType: contentTypes.json, body: Buffer.from(JSON.stringify({ code, message })) };
  return { contentType: contentTypes.protobuf, body: Buffer.concat([varintField(1, code), bytesField(2, Buffer.from(message))]) };
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

const varintField = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
const bytesField = (field: number, value: Buffer): Buffer => Buffer.concat([varint(field * 8 + 2), varint(value.length), value]);
