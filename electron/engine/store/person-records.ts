/** Whether a kept record carries a person: its own bytes, its resource and its scope, each text in it by itself. */
import { payloadKinds, type UnpackedPayload } from '../ingest/payload.ts';
import type { PersonMatcher } from './person-matcher.ts';

type Finds = Pick<PersonMatcher, 'maybe' | 'in'>;
const deepest = 40;

export function recordCarries(matcher: Finds, { kind, record, resource, scope }: UnpackedPayload): boolean {
  const inWire = kind === payloadKinds.spanProtobuf || kind === payloadKinds.logProtobuf;
  return [record, resource, scope].some((bytes) => bytes.length > 0 && (inWire ? wireCarries(matcher, bytes, 0) : matcher.in(textOf(bytes))));
}

export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

/** In protobuf a text stands between bytes that may look like letters, so each is looked at by itself. Whatever may be a text and a message is looked at as both. */
function wireCarries(matcher: Finds, bytes: Uint8Array, depth: number): boolean {
  const text = textOf(bytes);
  if (!matcher.maybe(text)) return false;
  const parts = depth < deepest ? partsOf(bytes) : null;
  if (parts === null) return matcher.in(text);
  return parts.some((part) => wireCarries(matcher, part, depth + 1)) || (isText(text) && matcher.in(text));
}

const isText = (text: string): boolean => !/[^\P{Cc}\t\n\r]|\ufffd/u.test(text);

/** What stands in the fields that have a length; null: this is no message. */
function partsOf(bytes: Uint8Array): Uint8Array[] | null {
  const parts: Uint8Array[] = [];
  let at = 0;
  const varint = (): number | null => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at];
      if (byte === undefined) return null;
      at += 1;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    return null;
  };
  while (at < bytes.length) {
    const key = varint();
    if (key === null || key < 8) return null;
    const wire = key % 8;
    if (wire === 0) { if (varint() === null) return null; } else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      if (length === null || at + length > bytes.length) return null;
      parts.push(bytes.subarray(at, at + length));
      at += length;
    } else return null;
    if (at > bytes.length) return null;
  }
  return parts;
}
