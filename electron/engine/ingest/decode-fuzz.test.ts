import { expect, test } from 'vitest';
import { decodeBody, MalformedBody } from './decode.ts';
import type { DecodedBody } from './decode.ts';
import { wantedAttributes } from './normalise/normalise.ts';
import { captures, encode, list, oracleJson, requestTypes, seeded } from './otlp-oracle.ts';
import type { Json } from './otlp-oracle.ts';
import { packPayloads, payloadFormat } from './payload.ts';
import { decodeStoredRecord } from './stored-record.ts';
import type { Signal } from './writer-messages.ts';

const random = seeded(20_261_122);
const below = (most: number): number => Math.floor(random() * most);
const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
// Mutations of small bodies reach more of the code than mutations of large ones.
const small = captures().filter((capture) => capture.body.length < 30_000);
const contents = ['full', 'redacted', 'none'] as const;

function mutate(body: Buffer, other: Buffer): Buffer {
  const at = below(body.length);
  switch (below(8)) {
    case 0: return body.subarray(0, at);
    case 1: return Buffer.concat([body.subarray(0, at), body.subarray(Math.min(body.length, at + 1 + below(40)))]);
    case 2: return Buffer.concat([body.subarray(0, at), other.subarray(below(other.length)).subarray(0, below(200)), body.subarray(at)]);
    case 3: return Buffer.from(Array.from({ length: below(300) }, () => below(256)));
    case 4: return Buffer.concat([body.subarray(0, at), Buffer.alloc(1 + below(12), 0xff), body.subarray(at)]);
    default: {
      const copy = Buffer.from(body);
      for (let i = 0; i <= below(6); i++) copy[below(copy.length)] = pick([0, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x7b, 0x7d, 0x3a, below(256)]);
      return copy;
    }
  }
}

const groups: Readonly<Record<Signal, readonly [string, string, string]>> = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'], logs: ['resourceLogs', 'scopeLogs', 'logRecords'], metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
};
const countRecords = (signal: Signal, json: Json): number => {
  const [group, scoped, record] = groups[signal];
  return list(json[group]).flatMap((one) => list(one[scoped])).flatMap((one) => list(one[record])).length;
};

function attempt(signal: Signal, encoding: 'protobuf' | 'json', body: Buffer): DecodedBody | string {
  try {
    const content = pick(contents);
    const got = decodeBody({ signal, encoding, content, body: Buffer.from(body) }, wantedAttributes);
    // What was accepted can be stored and opened again.
    const block = packPayloads(got.records.map(({ payload }) => payload));
    for (let slot = 0; slot < got.records.length; slot++) decodeStoredRecord(payloadFormat, block, slot);
    return got;
  } catch (error) {
    if (error instanceof MalformedBody) return error.message;
    throw error;
  }
}

function refusedCount(got: DecodedBody): number {
  return got.refused.reduce((sum, { count }) => sum + count, 0);
}

test('1,000 mutated protobuf bodies: no crash, and what was sent is stored, refused or malformed', () => {
  const seen = { malformed: 0, refused: 0, whole: 0 };
  const unexplained: string[] = [];
  for (let round = 0; round < 1_000; round++) {
    const { signal, encoding, body: original } = pick(small);
    const body = mutate(Buffer.from(encoding === 'protobuf' ? original : encode(signal, JSON.parse(original.toString()) as Json)), pick(small).body);
    const got = attempt(signal, 'protobuf', body);
    if (typeof got === 'string') {
      if (!/^[a-zA-Z0-9 :,()]{10,}$/.test(got)) unexplained.push(got);
      seen.malformed++;
      continue;
    }
    seen[got.refused.length > 0 ? 'refused' : 'whole']++;
    let sent: number | undefined;
    try {
      sent = countRecords(signal, oracleJson(signal, body));
    } catch {
      // The oracle refuses a body as a whole where we refuse one record.
    }
    if (sent !== undefined && signal !== 'metrics' && got.records.length + refusedCount(got) !== sent) unexplained.push(body.toString('hex'));
  }
  expect(unexplained).toEqual([]);
  expect(Math.min(seen.malformed, seen.refused, seen.whole)).toBeGreaterThan(50);
});

test('1,000 mutated JSON bodies: no crash, and the same texts are JSON as for JSON.parse', () => {
  const seen = { malformed: 0, refused: 0, whole: 0 };
  const unexplained: string[] = [];
  for (let round = 0; round < 1_000; round++) {
    const { signal, encoding, body: original } = pick(small);
    const text = encoding === 'json' ? original : Buffer.from(JSON.stringify(oracleJson(signal, original), null, below(3)));
    const body = below(12) === 0 ? text : mutate(text, pick(small).body);
    const got = attempt(signal, 'json', body);
    let parsed: Json | undefined;
    try {
      parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)) as Json;
    } catch {
      parsed = undefined;
    }
    if (typeof got === 'string') {
      seen.malformed++;
      continue;
    }
    seen[got.refused.length > 0 ? 'refused' : 'whole']++;
    const isExplained = parsed !== undefined && (signal === 'metrics' || got.records.length + refusedCount(got) === countRecords(signal, parsed));
    if (!isExplained) unexplained.push(body.toString('latin1'));
  }
  expect(unexplained).toEqual([]);
  expect(Math.min(seen.malformed, seen.whole)).toBeGreaterThan(50);
  expect(seen.refused).toBeGreaterThan(3);
});

test('what JSON.parse reads, the reader reads: values of every shape', () => {
  const value = (depth: number): unknown => {
    const kind = below(depth > 4 ? 5 : 7);
    if (kind === 5) return Array.from({ length: below(4) }, () => value(depth + 1));
    if (kind === 6) return Object.fromEntries(Array.from({ length: below(4) }, () => [String.fromCodePoint(32 + below(0x2000)), value(depth + 1)]));
    return pick<unknown>([null, true, -0.5e-7, 1e21, below(1e6), '', '\u0000\n"\\/\u2028😀', 'plain', false]);
  };
  for (let round = 0; round < 300; round++) {
    const body = Buffer.from(JSON.stringify({ resourceSpans: [], other: value(0) }, null, below(3)));
    expect(decodeBody({ signal: 'traces', encoding: 'json', content: 'redacted', body }, new Set()).records).toEqual([]);
  }
});

test('the oracle can be asked at all', () => {
  expect(requestTypes.traces.decode(Buffer.alloc(0))).toBeDefined();
});
