import { describe, expect, test } from 'vitest';
import { decodeBody } from './decode.ts';
import { wantedAttributes } from './normalise/normalise.ts';
import { captures, list, oracleJson } from './otlp-oracle.ts';
import type { Json } from './otlp-oracle.ts';
import type { Draft } from './draft.ts';
import { withoutContent } from './outline.ts';
import { packPayloads, payloadFormat, unpackPayload, unpackPayloads } from './payload.ts';
import { decodeStoredRecord, recordFacts } from './stored-record.ts';

const records = captures().filter((capture) => capture.signal !== 'metrics');
const names = { traces: ['resourceSpans', 'scopeSpans', 'spans'], logs: ['resourceLogs', 'scopeLogs', 'logRecords'] } as const;

function sent(capture: typeof records[number]): Json[] {
  const json = capture.encoding === 'json' ? JSON.parse(capture.body.toString()) as Json : oracleJson(capture.signal, capture.body);
  const [group, scoped, record] = names[capture.signal === 'traces' ? 'traces' : 'logs'];
  return list(json[group]).flatMap((one) => list(one[scoped]).flatMap((two) => list(two[record]).map((three) => ({
    resource: one['resource'] ?? {}, scope: two['scope'] ?? {}, [capture.signal === 'traces' ? 'span' : 'logRecord']: three,
  }))));
}

describe('a stored record is the record that was sent, with its resource and scope', () => {
  test.each(records)('$name', (capture) => {
    const got = decodeBody({ ...capture, body: Buffer.from(capture.body), content: 'full' }, wantedAttributes);
    const expected = sent(capture);
    for (let from = 0; from < got.records.length; from += 64) {
      const block = packPayloads(got.records.slice(from, from + 64).map(({ payload }) => payload));
      for (let slot = 0; slot < Math.min(64, got.records.length - from); slot++) {
        const stored = decodeStoredRecord(payloadFormat, block, slot);
        const json = withoutZeros(JSON.parse(stored.json));
        expect(json).toEqual(withoutZeros(expected[from + slot]));
        expect(stored.resource.find(({ key }) => key === 'service.name')?.value).toBe(got.records[from + slot]?.record.resource.service);
      }
    }
  });
});

describe('what a report reads of a record is what stands in it', () => {
  const some = (key: string): boolean => key.length % 2 === 0;
  test.each(records)('$name', (capture) => {
    const got = decodeBody({ ...capture, body: Buffer.from(capture.body), content: 'full' }, wantedAttributes);
    const block = packPayloads(got.records.slice(0, 64).map(({ payload }) => payload));
    for (const [slot, place] of unpackPayloads(payloadFormat, block).entries()) {
      const stored = decodeStoredRecord(payloadFormat, block, slot);
      const whole = JSON.parse(stored.json) as Record<string, { spanId?: string; parentSpanId?: string }>;
      const own = whole['span'] ?? whole['logRecord'];
      const [all, few] = [recordFacts(place, () => true), recordFacts(place, some)];
      expect(all).toEqual({ attributes: stored.attributes, spanId: own?.spanId?.toLowerCase() || null, parentSpanId: own?.parentSpanId?.toLowerCase() || null });
      const told = (attributes: typeof stored.attributes): typeof stored.attributes => attributes.filter(({ key }) => some(key));
      expect({ ...few, attributes: told(few.attributes) }).toEqual({ ...all, attributes: told(all.attributes) });
    }
  });
});

/** The wire says zeros and empty texts that the oracle leaves out, and the other way round. */
function withoutZeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutZeros);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, item]) => !(isDefault(item) && key !== 'stringValue' && key !== 'boolValue' && key !== 'intValue' && key !== 'doubleValue'));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutZeros(item)]));
}

function isDefault(item: unknown): boolean {
  return item === 0 || item === '' || item === '0' || item === null || (Array.isArray(item) && item.length === 0);
}

test('attributes, events, body and nested values as a person reads them', () => {
  const body = Buffer.from(JSON.stringify({ resourceLogs: [{
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'svc' } }] },
    scopeLogs: [{ scope: { name: 'scope', version: '1' }, logRecords: [{ timeUnixNano: '1000', body: { kvlistValue: { values: [{ key: 'a', value: { intValue: '1' } }] } },
      attributes: [{ key: 'list', value: { arrayValue: { values: [{ stringValue: 'x' }, { boolValue: false }] } } }, { key: 'none', value: {} }] }] }],
  }] }));
  const { records: [first] } = decodeBody({ signal: 'logs', encoding: 'json', content: 'full', body }, new Set());
  const stored = decodeStoredRecord(payloadFormat, packPayloads(first === undefined ? [] : [first.payload]), 0);
  expect(stored).toMatchObject({
    attributes: [{ key: 'body', value: '{"a":"1"}' }, { key: 'list', value: '["x",false]' }, { key: 'none', value: 'null' }],
    resource: [{ key: 'service.name', value: 'svc' }], scope: { name: 'scope', version: '1' }, events: [],
  });
});

test('records of a block share their resource and scope', () => {
  const capture = records.find(({ name }) => name.startsWith('claude-mcp/002')) ?? records[0];
  if (capture === undefined) throw new Error('no capture');
  const { records: some } = decodeBody({ ...capture, body: Buffer.from(capture.body), content: 'full' }, wantedAttributes);
  const alone = some.map(({ payload }) => packPayloads([payload]).length).reduce((sum, size) => sum + size, 0);
  expect(packPayloads(some.map(({ payload }) => payload)).length).toBeLessThan(alone * 0.9);
});

test('a damaged block says so instead of crashing', () => {
  const capture = records[0];
  if (capture === undefined) throw new Error('no capture');
  const { records: some } = decodeBody({ ...capture, body: Buffer.from(capture.body), content: 'full' }, wantedAttributes);
  const block = packPayloads(some.map(({ payload }) => payload));
  expect(() => unpackPayload(99, block, 0)).toThrow(/format 99 is not known/);
  expect(() => unpackPayload(payloadFormat, block, some.length)).toThrow(/no record/);
  const thrown = new Set<string>();
  for (let cut = 0; cut < block.length; cut += 97) {
    try {
      decodeStoredRecord(payloadFormat, block.subarray(0, cut), some.length - 1);
    } catch (error) {
      thrown.add(error instanceof Error ? error.name : 'other');
    }
  }
  expect([...thrown].filter((name) => name !== 'RangeError' && name !== 'SyntaxError')).toEqual([]);
  expect(thrown.size).toBeGreaterThan(0);
});

describe('content level none', () => {
  test.each(records)('$name keeps structure and nothing that was said', (capture) => {
    const { records: some } = decodeBody({ ...capture, body: Buffer.from(capture.body), content: 'none' }, wantedAttributes);
    const block = packPayloads(some.map(({ payload }) => payload));
    for (let slot = 0; slot < some.length; slot++) {
      const stored = decodeStoredRecord(payloadFormat, block, slot);
      const keys = [...stored.attributes, ...stored.resource].map(({ key }) => key);
      expect(keys.filter((key) => /(messages|\.prompt_text|arguments|\.result|output|function_args|tool_input|tool_parameters|command_args|exception\.message|stacktrace)$/.test(key))).toEqual([]);
      for (const { value } of stored.attributes) expect(value.length).toBeLessThanOrEqual(256);
    }
  });

  test('an error keeps its type only', () => {
    const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'run', status: { code: 2, message: 'secret words' },
      attributes: [{ key: 'error.type', value: { stringValue: 'TimeoutError' } }, { key: 'error.message', value: { stringValue: 'secret words' } }],
      events: [{ name: 'exception', attributes: [{ key: 'exception.type', value: { stringValue: 'TimeoutError' } }, { key: 'exception.message', value: { stringValue: 'secret words' } }] }] }] }] }] }));
    const { records: [first] } = decodeBody({ signal: 'traces', encoding: 'json', content: 'none', body }, wantedAttributes);
    const stored = decodeStoredRecord(payloadFormat, packPayloads(first === undefined ? [] : [first.payload]), 0);
    expect(stored.json).not.toContain('secret words');
    expect(stored.json).toContain('TimeoutError');
  });

  test('what a normaliser concluded keeps no words either', () => {
    const draft: Draft = {
      source: 's', role: 'activity', traceId: '', spanId: '', parentSpanId: '', key: 'k', kind: 'tool_call', name: 'search', status: 'error', statusExplicit: true, startUs: 1,
      error: { type: 'TimeoutError', message: 'secret words', stackTop: 'at secret' }, taskName: 'secret task',
    };
    expect(withoutContent(draft)).toMatchObject({ name: 'search', error: { type: 'TimeoutError' } });
    expect(JSON.stringify(withoutContent(draft))).not.toContain('secret');
    expect(JSON.stringify(withoutContent({ ...draft, error: { message: 'secret words' } }))).not.toContain('secret');
  });
});
