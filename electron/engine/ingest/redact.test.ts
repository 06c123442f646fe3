import { describe, expect, test } from 'vitest';
import { decodeBody } from './decode.ts';
import { allKeys, captures, encode, oracleJson, seeded } from './otlp-oracle.ts';
import type { Json } from './otlp-oracle.ts';
import { packPayloads, payloadFormat } from './payload.ts';
import { maskText } from './redact.ts';
import { decodeStoredRecord } from './stored-record.ts';

const stars = (count: number): string => '*'.repeat(count);
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----';

/** Before, after. Every one is also read in protobuf, in JSON, and as JSON within both. */
const shapes: readonly [string, string, string][] = [
  ['OpenAI', 'key sk-proj-abcDEF1234567890_-xyz end', `key sk-${stars(26)} end`],
  ['Anthropic', 'sk-ant-api03-AAAAbbbbCCCCdddd1111', `sk-${stars(30)}`],
  ['GitHub', 'ghp_0123456789abcdefABCDEF0123456789abcd', `ghp_${stars(36)}`],
  ['GitHub app', 'ghs_0123456789abcdefABCDEF0123456789abcd', `ghs_${stars(36)}`],
  ['GitHub fine', 'github_pat_11ABCDEFG0abcdefghijkl_mnop', `github_pat_${stars(27)}`],
  ['Gatehouse', 'gh_abcdefghijklmnopqrstuvwxyzABCDEFGH0123456789', `gh_${stars(44)}`],
  ['GitLab', 'glpat-abcdefghij0123456789', `glpat-${stars(20)}`],
  ['AWS id', 'AKIAIOSFODNN7EXAMPLE', `AKIA${stars(16)}`],
  ['AWS session id', 'ASIAIOSFODNN7EXAMPLE', `ASIA${stars(16)}`],
  ['AWS secret', 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', `aws_secret_access_key = ${stars(40)}`],
  ['Google', 'AIzaSyA-1234567890abcdefghijklmnopqrstu', `AIza${stars(35)}`],
  ['Google OAuth', 'GOCSPX-abcdefghijklmnop1234', `GOCSPX-${stars(20)}`],
  ['Slack', 'xoxb-123456789012-abcdef', `xoxb-${stars(19)}`],
  ['Slack app', 'xapp-1-A012345678', `xapp-${stars(12)}`],
  ['Stripe', 'sk_live_abcdefghijklmnopqrstuvwx rk_test_abcdefghijklmnop', `sk_live_${stars(24)} rk_test_${stars(16)}`],
  ['Stripe hook', 'whsec_abcdefghijklmnop0123', `whsec_${stars(20)}`],
  ['npm', 'npm_abcdefghijklmnopqrstuvwxyz0123456789', `npm_${stars(36)}`],
  ['Hugging Face', 'hf_abcdefghijklmnopqrstuvwxyzABCDEFGH', `hf_${stars(34)}`],
  ['JWT', `t=${jwt};`, `t=eyJ${stars(jwt.length - 3)};`],
  ['Bearer', 'Bearer abc.def-123', `Bearer ${stars(11)}`],
  ['Basic', 'Basic dXNlcjpwYXNz', `Basic ${stars(12)}`],
  ['lower-case bearer', 'authorization: bearer abcdef123', `authorization: bearer ${stars(9)}`],
  ['private key', pem, `-----BEGIN RSA PRIVATE KEY-----${stars(1)}${stars(6)}${stars(1)}${stars(6)}${stars(1)}-----END RSA PRIVATE KEY-----`],
  ['connection string', 'postgres://app:p4ss:w@rd@db.internal:5432/x', `postgres://app:${stars(9)}@db.internal:5432/x`],
  ['connection without user', 'redis://:hunter2@localhost:6379', `redis://:${stars(7)}@localhost:6379`],
  ['password =', 'password=hunter2&x=1', `password=${stars(7)}&x=1`],
  ['password :', 'Password: hunter2, next', `Password: ${stars(7)}, next`],
  ['environment', 'OPENAI_API_KEY=abc123 DEBUG=1', `OPENAI_API_KEY=${stars(6)} DEBUG=1`],
  ['quoted', 'client_secret: "two words"', `client_secret: "${stars(9)}"`],
  ['JSON member', '{"apiKey":"abc","model":"m"}', `{"apiKey":"${stars(3)}","model":"m"}`],
  ['JSON member with a quote in it', '{"token":"a\\"b","n":1}', `{"token":"${stars(1)}\\"${stars(1)}","n":1}`],
  ['subscript', 'env["API_KEY"] = \'abc\'', `env["API_KEY"] = '${stars(3)}'`],
  ['e-mail', 'write to jane.doe+x@mail.example.com now', `write to j${stars(9)}@mail.example.com now`],
  ['two e-mails', 'a.b@x.org,carl@y.net', `a${stars(2)}@x.org,c${stars(3)}@y.net`],
  ['e-mail behind an escape', '"hi\\nbob@example.com"', '"hi\\nb**@example.com"'],
  ['e-mail with an escaped letter', '"jos\\u00e9.g@example.com"', '"j**\\u00e9**@example.com"'],
  ['e-mail that begins with an escape', '"\\u00e9ric@example.com"', '"\\u00e9***@example.com"'],
  ['e-mail in letters of the world', 'Ω: ørsted@example.dk', `Ω: ø${stars(5)}@example.dk`],
  ['key behind an escape', '"x\\nsk-abcdefghijklmnopqrst"', `"x\\nsk-${stars(20)}"`],
  ['URL user', 'mongodb+srv://u:pw@cluster.mongodb.net', `mongodb+srv://u:${stars(2)}@cluster.mongodb.net`],
];

const harmless = [
  'task-management-with-long-hyphenated-words', 'risk_management_and_other_long_words', 'max_tokens: 4096', 'token: string', '"token": 5', 'Basic usage', 'Basic authentication', 'a bearer of news',
  '@scope/package', 'npm i typescript@5.1.0', 'me @ home', 'git status', 'x=1', 'password', 'tokens: many words', 'sha256:0123', 'eyJ', '-----BEGIN CERTIFICATE-----', 'https://example.com/@user', 'AKIA',
  'password: null', 'key: value', 'monkey: banana', 'see https://example.com:8080/path', '',
];

test.each(shapes)('%s', (_name, before, after) => {
  const masked = maskText(before);
  expect(masked).toBe(after);
  expect(Buffer.byteLength(masked)).toBe(Buffer.byteLength(before));
});

test.each(harmless.map((text) => [text]))('leaves alone: %s', (text) => {
  expect(maskText(text)).toBe(text);
});

const ids = { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef' };
const span = (fields: object): Json => ({ resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans: [{ ...ids, ...fields }] }] }] });
const carrier = (text: string): Json => span({
  name: text, status: { code: 2, message: text }, attributes: [{ key: 'plain', value: { stringValue: text } }, { key: 'unwanted', value: { stringValue: text } }],
  events: [{ name: 'exception', attributes: [{ key: 'plain', value: { stringValue: text } }] }],
});

function masked(encoding: 'protobuf' | 'json', json: Json, wanted: readonly string[] = ['plain']): { record: Json; stored: string } {
  const body = encoding === 'protobuf' ? encode('traces', json) : Buffer.from(JSON.stringify(json));
  const { records: [first] } = decodeBody({ signal: 'traces', encoding, content: 'redacted', body }, new Set(wanted));
  if (first === undefined) throw new Error('the record was refused');
  return { record: JSON.parse(JSON.stringify(first.record)) as Json, stored: decodeStoredRecord(payloadFormat, packPayloads([first.payload]), 0).json };
}

describe.each(['protobuf', 'json'] as const)('in a %s body', (encoding) => {
  test.each(shapes)('%s: columns and stored bytes', (_name, before, after) => {
    const { record, stored } = masked(encoding, carrier(before));
    // In JSON a newline is an escape, which is not overwritten.
    const expected = encoding === 'json' && before === pem ? pem.replace(/[A-Za-z]{6}(?=\n)/g, stars(6)) : after;
    expect(record).toMatchObject({ name: expected, statusMessage: expected, attrs: { plain: expected }, events: [{ attrs: { plain: expected } }] });
    expect(stored).not.toContain(JSON.stringify(before).slice(1, -1));
    expect(JSON.stringify(JSON.parse(stored)).split(JSON.stringify(expected).slice(1, -1))).toHaveLength(6);
  });

  test.each(shapes)('%s: as JSON within the body, still valid', (_name, before) => {
    const inner = JSON.stringify([{ role: 'user', content: before }]);
    const { record } = masked(encoding, carrier(inner));
    const name = String(record['name']);
    expect(name).not.toContain(before);
    const [message] = JSON.parse(name) as { content: string }[];
    expect(message?.content).toHaveLength(before.length);
    expect(message?.content).toContain('*');
  });

  test('an attribute whose name says it loses its whole text, at any depth, wanted or not', () => {
    const attributes = [
      { key: 'db.password', value: { stringValue: 'ünder "wraps"' } }, { key: 'http.request.header.authorization', value: { stringValue: 'Whatever 12' } },
      { key: 'map', value: { kvlistValue: { values: [{ key: 'clientSecret', value: { stringValue: 'hidden one' } }, { key: 'open', value: { stringValue: 'seen' } }] } } },
      { key: 'wanted.map', value: { arrayValue: { values: [{ kvlistValue: { values: [{ key: 'api_key', value: { stringValue: 'hidden two' } }] } }] } } },
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '12' } }, { key: 'token', value: { intValue: '5' } },
    ];
    const { record, stored } = masked(encoding, span({ attributes, links: [{ ...ids, attributes: [{ key: 'session_token', value: { stringValue: 'hidden three' } }] }] }), ['db.password', 'wanted.map', 'token']);
    expect(stored).not.toMatch(/wraps|Whatever|hidden/);
    expect(stored).toContain('seen');
    expect(record['attrs']).toMatchObject({ 'wanted.map': [{ api_key: stars(10) }], token: 5 });
  });

  test('resources and scopes are masked too', () => {
    const json = { resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'bob@example.com' } }, { key: 'process.command_args', value: { arrayValue: { values: [{ stringValue: '--password=abc' }] } } }] },
      scopeSpans: [{ scope: { name: 'sk-abcdefghijklmnopqrst', attributes: [{ key: 'my.token', value: { stringValue: 'hidden' } }] }, spans: [ids] }] }] };
    const { record, stored } = masked(encoding, json, []);
    expect(record).toMatchObject({ resource: { service: 'b**@example.com' }, scope: { name: `sk-${stars(20)}` } });
    expect(stored).not.toMatch(/bob|=abc|hidden/);
  });

  test('nothing reaches over the border of a field', () => {
    // One half of a secret at the end of a value, the other half in the next one.
    const attributes = ['sk-abcdefgh', 'ijklmnopqrstuvwxyz', 'bob', '@example.com', 'password=', 'hunter2', 'Bearer ', 'abcdef123456'].map((text, at) => ({ key: `k${at}`, value: { stringValue: text } }));
    const { record } = masked(encoding, span({ attributes }), attributes.map(({ key }) => key));
    expect(Object.values(record['attrs'] as object)).toEqual(attributes.map(({ value }) => value.stringValue));
  });
});

test('unknown fields and bytes of a later OTLP are masked as text', () => {
  const secret = Buffer.from('sk-abcdefghijklmnopqrst');
  const unknown = Buffer.concat([Buffer.from([0xf2, 0x06, secret.length]), secret]); // field 110
  const bytes = Buffer.concat([Buffer.from([0x0a, 0x01, 0x62, 0x12, secret.length + 2, 0x3a, secret.length]), secret]); // b = bytesValue
  const inner = Buffer.concat([Buffer.from([0x0a, 16]), Buffer.alloc(16, 1), Buffer.from([0x12, 8]), Buffer.alloc(8, 2), unknown, Buffer.from([0x4a, bytes.length]), bytes]);
  const wrap = (tag: number, part: Buffer): Buffer => Buffer.concat([Buffer.from([tag, part.length]), part]);
  const { records: [first] } = decodeBody({ signal: 'traces', encoding: 'protobuf', content: 'redacted', body: wrap(0x0a, wrap(0x12, wrap(0x12, inner))) }, new Set());
  const block = Buffer.from(packPayloads(first === undefined ? [] : [first.payload]));
  expect(block.includes('sk-*')).toBe(true);
  expect(block.includes('abcdefgh')).toBe(false);
});

describe('what is masked decodes as before and differs only inside texts', () => {
  const seeds = shapes.map(([, before]) => before);
  const random = seeded(7);
  const below = (most: number): number => Math.floor(random() * most);
  const junk = ['"', '\\', '\n', '@', ':', '=', 'é', '😀', ' ', '-', '_', '{', 'token', 'eyJ', '\u0012', '\u0000', 'x'.repeat(20)];
  const noise = (): string => Array.from({ length: 1 + below(6) }, () => (below(2) === 0 ? seeds[below(seeds.length)] : junk[below(junk.length)])).join('');

  const sameShape = (before: unknown, after: unknown): boolean => {
    if (typeof before === 'string' && typeof after === 'string') return Buffer.byteLength(before) === Buffer.byteLength(after);
    if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null) return Object.is(before, after);
    const keys = Object.keys(before);
    return keys.length === Object.keys(after).length && keys.every((key) => sameShape((before as Json)[key], (after as Json)[key]));
  };

  test.each(['protobuf', 'json'] as const)('%s, 300 bodies of noise', (encoding) => {
    const broken: string[] = [];
    for (let round = 0; round < 300; round++) {
      const attributes = Array.from({ length: 3 }, () => ({ key: 'k', value: { stringValue: noise() } }));
      const json = span({ name: noise(), attributes: [...attributes, { key: 'inner', value: { stringValue: JSON.stringify({ text: noise(), more: [noise()] }) } }] });
      const body = encoding === 'protobuf' ? Buffer.from(encode('traces', json)) : Buffer.from(JSON.stringify(json));
      const before = encoding === 'protobuf' ? oracleJson('traces', body) : JSON.parse(body.toString()) as Json;
      decodeBody({ signal: 'traces', encoding, content: 'redacted', body }, allKeys(json));
      const after = encoding === 'protobuf' ? oracleJson('traces', body) : JSON.parse(body.toString()) as Json;
      const inner = JSON.stringify(after).match(/"inner","value":\{"stringValue":("(?:[^"\\]|\\.)*")/)?.[1] ?? '""';
      if (!sameShape(before, after) || typeof JSON.parse(JSON.parse(inner) as string) !== 'object') broken.push(body.toString('latin1'));
    }
    expect(broken).toEqual([]);
  });

  test.each(captures().filter(({ signal }) => signal !== 'metrics'))('$name', (capture) => {
    const body = Buffer.from(capture.body);
    const read = (): Json => (capture.encoding === 'protobuf' ? oracleJson(capture.signal, body) : JSON.parse(body.toString()) as Json);
    const before = read();
    decodeBody({ ...capture, body, content: 'redacted' }, new Set());
    expect(sameShape(before, read())).toBe(true);
    expect(body.toString('latin1')).not.toMatch(/[a-z]{3,}@(example|acme)\.(com|org)/);
  });
});

test.each(['protobuf', 'json'] as const)('names of metrics in %s are masked', (encoding) => {
  const json = { resourceMetrics: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'bob@example.com' } }] }, scopeMetrics: [{ metrics: [{ name: 'sk-abcdefghijklmnopqrst', sum: { dataPoints: [{ asDouble: 1 }] } }] }] }] };
  const body = encoding === 'protobuf' ? encode('metrics', json) : Buffer.from(JSON.stringify(json));
  const { metrics } = decodeBody({ signal: 'metrics', encoding, content: 'redacted', body }, new Set());
  expect(metrics.series).toMatchObject([{ service: 'b**@example.com', name: `sk-${stars(20)}`, value: 1 }]);
});

test('hostile texts cost no more than their length', () => {
  const size = 2_000_000;
  for (const piece of ['@', 'a@', 'a@b.', 'eyJ-', 'sk-', 'token:', 'password="', '-----BEGIN PRIVATE KEY-----', '://a:', 'Bearer ', '\\', '\\"', '_', 'ghp_', 'a:a@', '=']) {
    const began = performance.now();
    maskText(piece.repeat(size / piece.length));
    expect(performance.now() - began).toBeLessThan(2_500);
  }
});
