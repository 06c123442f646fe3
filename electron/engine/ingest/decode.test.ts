import { describe, expect, test } from 'vitest';
import { decodeBody, MalformedBody } from './decode.ts';
import type { DecodedBody } from './decode.ts';
import { reasons } from './decoded-body.ts';
import { allKeys, captures, cutTexts, encode, expectedRecords, list, oracleJson, plainRecord } from './otlp-oracle.ts';
import type { Json } from './otlp-oracle.ts';
import type { Signal } from './writer-messages.ts';

const all = captures();
const records = all.filter((capture) => capture.signal !== 'metrics') as (typeof all[number] & { signal: 'traces' | 'logs' })[];
const jsonOf = ({ signal, encoding, body }: typeof all[number]): Json => (encoding === 'protobuf' ? oracleJson(signal, body) : JSON.parse(body.toString()) as Json);

test('there are captures of both encodings to compare', () => {
  expect(new Set(all.map((capture) => `${capture.encoding} ${capture.signal}`)).size).toBeGreaterThanOrEqual(5);
});

describe('every capture decodes to what the oracle makes of it', () => {
  test.each(records)('$name', (capture) => {
    const json = jsonOf(capture);
    const wanted = allKeys(json);
    const expected = expectedRecords(capture.signal, json).map(cutTexts);
    expect(expected.length).toBeGreaterThan(0);
    const got = decodeBody({ ...capture, content: 'full' }, wanted);
    expect(got.refused).toEqual([]);
    expect(got.records.map(({ record }) => cutTexts(plainRecord(record)))).toEqual(expected);
    // The same body in the other encoding makes the same records.
    const other = capture.encoding === 'json' ? encode(capture.signal, json) : Buffer.from(JSON.stringify(json, null, 2));
    const again = decodeBody({ signal: capture.signal, encoding: capture.encoding === 'json' ? 'protobuf' : 'json', content: 'full', body: other }, wanted);
    expect(again.records.map(({ record }) => cutTexts(plainRecord(record)))).toEqual(expected);
  });

  test.each(all.filter((capture) => capture.signal === 'metrics'))('$name', (capture) => {
    const json = jsonOf(capture);
    const points = list(json['resourceMetrics']).flatMap((group) => list(group['scopeMetrics'])).flatMap((scope) => list(scope['metrics']))
      .flatMap((metric) => ['gauge', 'sum', 'histogram'].flatMap((holder) => list((metric[holder] as Json | undefined)?.['dataPoints'])));
    const got = decodeBody({ ...capture, content: 'redacted' }, new Set());
    expect(got.metrics.points).toBe(points.length);
    const total = points.reduce((sum, point) => sum + Number(point['asDouble'] ?? point['asInt'] ?? point['sum'] ?? 0), 0);
    expect(got.metrics.series.reduce((sum, series) => sum + series.value, 0)).toBeCloseTo(total, 6);
    expect(got.metrics.series[0]).toMatchObject({ service: expect.stringMatching(/./) as string, timeUs: expect.any(Number) as number });
  });
});

const traceId = '0123456789abcdef0123456789abcdef';
const spanId = '0123456789abcdef';
const one = (span: object): Json => ({ resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans: [{ traceId, spanId, ...span }] }] }] });
const nest = (depth: number): object => (depth === 0 ? { stringValue: 'deep' } : { arrayValue: { values: [nest(depth - 1)] } });
const both = (json: Json, wanted: readonly string[], signal: Signal = 'traces'): DecodedBody[] => [
  decodeBody({ signal, encoding: 'protobuf', content: 'redacted', body: encode(signal, json) }, new Set(wanted)),
  decodeBody({ signal, encoding: 'json', content: 'redacted', body: Buffer.from(JSON.stringify(json)) }, new Set(wanted)),
];

describe('values', () => {
  test('only wanted attributes are made, whatever their type', () => {
    const attributes = [
      { key: 'text', value: { stringValue: 'ä€𝄞' } }, { key: 'whole', value: { intValue: '-42' } }, { key: 'long', value: { intValue: '9007199254740993' } },
      { key: 'share', value: { doubleValue: 0.25 } }, { key: 'yes', value: { boolValue: true } }, { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }] } } },
      { key: 'map', value: { kvlistValue: { values: [{ key: '__proto__', value: { stringValue: 'x' } }] } } }, { key: 'unwanted', value: { stringValue: 'u' } },
    ];
    for (const { records: [first] } of both(one({ attributes }), ['text', 'whole', 'long', 'share', 'yes', 'list', 'map'])) {
      const attrs = first?.record.attrs ?? {};
      expect(Object.keys(attrs).toSorted()).toEqual(['list', 'long', 'map', 'share', 'text', 'whole', 'yes']);
      expect(attrs).toMatchObject({ text: 'ä€𝄞', whole: -42, long: '9007199254740993', share: 0.25, yes: true, list: ['a', 1] });
      expect(Object.entries(attrs['map'] ?? {})).toEqual([['__proto__', 'x']]);
      expect(attrs['constructor']).toBeUndefined();
    }
  });

  test('times are exact microseconds', () => {
    for (const { records: [first] } of both(one({ startTimeUnixNano: '1795379145366999999', endTimeUnixNano: '1795379145367000000' }), [])) {
      expect(first?.record).toMatchObject({ startUs: 1_795_379_145_366_999, endUs: 1_795_379_145_367_000 });
    }
  });

  test('long texts are cut at a character border', () => {
    for (const { records: [first] } of both(one({ attributes: [{ key: 'k', value: { stringValue: `x${'€'.repeat(10_000)}` } }] }), ['k'])) {
      const value = first?.record.attrs['k'] as string;
      expect(Buffer.byteLength(value)).toBeLessThanOrEqual(16_384);
      expect(value).toMatch(/^x€+$/);
    }
  });

  test('ids of zeros are absent, upper-case hex is read', () => {
    const [, json] = both({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: traceId.toUpperCase(), spanId, parentSpanId: '0000000000000000' }] }] }] }, []);
    expect(json?.records[0]?.record).toMatchObject({ traceId, parentSpanId: '' });
  });

  test('broken UTF-8 in protobuf is shown as U+FFFD, in JSON it makes the body malformed', () => {
    const body = Buffer.from(encode('traces', one({ name: 'abc' })));
    body[body.indexOf('abc') + 1] = 0xff;
    const { records: [first] } = decodeBody({ signal: 'traces', encoding: 'protobuf', content: 'redacted', body }, new Set());
    expect(first?.record).toMatchObject({ name: 'a\uFFFDc' });
    const json = Buffer.from(JSON.stringify(one({ name: 'abc' })));
    json[json.indexOf('abc')] = 0xff;
    expect(() => decodeBody({ signal: 'traces', encoding: 'json', content: 'redacted', body: json }, new Set())).toThrow(/not UTF-8/);
  });
});

describe('JSON in other hands', () => {
  const read = (text: string, wanted: readonly string[] = [], signal: Signal = 'traces'): DecodedBody => decodeBody({ signal, encoding: 'json', content: 'full', body: Buffer.from(text) }, new Set(wanted));

  test('any order of members: groups before their heads, values before keys', () => {
    const { records: [first] } = read(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"value":{"intValue":5},"key":"n"}],"spanId":"${spanId}","traceId":"${traceId}"}],
      "scope":{"version":"2","name":"s"}}],"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"svc"}}]}}]}`, ['n', 'service.name']);
    expect(first?.record).toMatchObject({ attrs: { n: 5 }, scope: { name: 's', version: '2' }, resource: { service: 'svc' } });
  });

  test('enums by name, nulls, numbers as numbers, escaped keys, exponents', () => {
    const { records: [first] } = read(`{"resourceSpans":[{"scopeSpans":[{"scope":null,"spans":[{"traceId":"${traceId}","spanId":"${spanId}","parentSpanId":null,"kind":"SPAN_KIND_CLIENT",
      "status":{"code":"STATUS_CODE_ERROR","message":null},"startTimeUnixNano":1.5e18,"endTimeUnixNano":1500000000000002000,
      "attributes":[{"key":"\\u006eame","value":{"stringValue":"line\\n\\u20ac"}},{"key":"i","value":{"intValue":7}},{"key":"d","value":{"doubleValue":"NaN"}}]}]}]}]}`, ['name', 'i', 'd']);
    expect(first?.record).toMatchObject({ kind: 3, statusCode: 2, startUs: 1.5e15, endUs: 1_500_000_000_000_002, attrs: { name: 'line\n€', i: 7, d: Number.NaN } });
  });

  test('log severities by name, observed time when there is no other', () => {
    const { records: [first] } = read('{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"0","observedTimeUnixNano":"5000","severityNumber":"SEVERITY_NUMBER_ERROR2","body":{"stringValue":"b"}}]}]}]}', [], 'logs');
    expect(first?.record).toMatchObject({ timeUs: 5, severity: 18, body: 'b', traceId: '' });
  });

  test.each([
    ['', /ends early|not a JSON object/], ['[]', /not a JSON object/], ['{"resourceLogs":[]}', /no resourceSpans/], ['{"resourceSpans":{}}', /wrong type/], ['{"resourceSpans":[1]}', /wrong type/],
    ['{"resourceSpans":[]} x', /behind the body/], ['{"resourceSpans":[}', /not valid JSON/], ['{"resourceSpans":[{"a":"\u0001"}]}', /control character/], ['{"resourceSpans":[],}', /not valid JSON/],
    [`{"resourceSpans":[${'['.repeat(5_000)}${']'.repeat(5_000)}]}`, /wrong type|nested deeper/], [`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, /nested deeper than 256/],
  ])('malformed: %s', (text, reason) => {
    expect(() => read(text)).toThrow(MalformedBody);
    expect(() => read(text)).toThrow(reason);
  });

  test('an empty request is fine', () => {
    expect(read('{}').records).toEqual([]);
    expect(decodeBody({ signal: 'traces', encoding: 'protobuf', content: 'full', body: new Uint8Array(0) }, new Set()).records).toEqual([]);
  });
});

describe('a bad record is refused by itself', () => {
  const good = { traceId, spanId, name: 'good' };
  test.each<[string, object, string]>([
    ['no ids', { name: 'x' }, reasons.noIds],
    ['short trace id', { traceId: 'abcd', spanId }, reasons.badTraceId],
    ['short span id', { traceId, spanId: 'ab' }, reasons.badSpanId],
    ['a time that cannot be', { ...good, startTimeUnixNano: '18446744073709551615' }, reasons.badTime],
    ['too many attributes', { ...good, attributes: Array.from({ length: 1_025 }, () => ({ key: 'k', value: { stringValue: '' } })) }, reasons.tooManyAttributes],
    ['too many events', { ...good, events: Array.from({ length: 1_025 }, () => ({ name: 'e' })) }, reasons.tooManyEvents],
    ['too many links', { ...good, links: Array.from({ length: 1_025 }, () => ({ traceId, spanId })) }, reasons.tooManyLinks],
    ['too deep', { ...good, attributes: [{ key: 'deep', value: nest(40) }] }, reasons.tooDeep],
    ['too many items', { ...good, attributes: [{ key: 'deep', value: { arrayValue: { values: Array.from({ length: 4_097 }, () => ({ boolValue: true })) } } }] }, reasons.tooManyItems],
  ])('%s', (_name, bad, reason) => {
    const json = { resourceSpans: [{ scopeSpans: [{ spans: [good, bad, { ...good, spanId: 'fedcba9876543210' }] }] }] };
    for (const got of both(json, ['deep'])) {
      expect(got.records.map(({ record }) => record.spanId)).toEqual([spanId, 'fedcba9876543210']);
      expect(got.refused).toEqual([{ reason, count: 1 }]);
    }
  });

  test.each([['traceId', 5], ['name', {}], ['kind', 'SPAN_KIND_ODD'], ['attributes', {}], ['events', [5]], ['status', 'ok'], ['startTimeUnixNano', true]])('JSON: %s as %j', (field, value) => {
    const got = decodeBody({ signal: 'traces', encoding: 'json', content: 'full', body: Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...good, [field]: value }, good] }] }] })) }, new Set());
    expect(got.records).toHaveLength(1);
    expect(got.refused).toEqual([{ reason: reasons.wrongType, count: 1 }]);
  });

  test('protobuf: a known field of another wire type, a length past the end, a field number of zero', () => {
    const wrap = (inner: Buffer): Buffer => Buffer.concat([Buffer.from([0x0a, inner.length + 4, 0x12, inner.length + 2, 0x12, inner.length]), inner]);
    const refusedOf = (inner: number[]): string[] => decodeBody({ signal: 'traces', encoding: 'protobuf', content: 'redacted', body: wrap(Buffer.from(inner)) }, new Set()).refused.map(({ reason }) => reason);
    expect(refusedOf([0x08, 0x01])).toEqual([reasons.wrongType]); // trace id as a number
    expect(refusedOf([0x2a, 0x7f, 0x61])).toEqual(['a length points past the end of the data']);
    expect(refusedOf([0x2a, 0xff, 0xff, 0xff, 0xff, 0x0f])).toEqual(['a length points past the end of the data']);
    expect(refusedOf([0x00, 0x01])).toEqual(['a field number is not valid']);
    expect(refusedOf([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])).toEqual(['a number is longer than 10 bytes']);
    expect(refusedOf([0x6b, 0x6c])).toEqual([reasons.wrongType]); // links as a group
  });

  test('protobuf: a broken envelope is malformed', () => {
    for (const body of [[0x0a, 0x05], [0x0b], [0x0a, 0x02, 0x0a, 0x7f], [0x08, 0x01], [0x7b, 0x22]]) {
      expect(() => decodeBody({ signal: 'traces', encoding: 'protobuf', content: 'redacted', body: Buffer.from(body) }, new Set())).toThrow(MalformedBody);
    }
  });

  test('more records than a body may have are counted, not read', () => {
    const spans = Array.from({ length: 100_003 }, () => ({ traceId, spanId }));
    const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    const got = decodeBody({ signal: 'traces', encoding: 'json', content: 'full', body }, new Set());
    expect([got.records.length, got.refused]).toEqual([100_000, [{ reason: reasons.tooManyRecords, count: 3 }]]);
  });
});
