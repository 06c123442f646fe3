import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstFingerprintText } from './fingerprint-first.ts';
import { secondFingerprintText } from './fingerprint-second.ts';
import { fingerprintText, normalisedFrame, normalisedMessage } from './fingerprint.ts';

/** Messages as the SDKs write them. Each list is one fault; no two lists are the same fault. */
const faults: Readonly<Record<string, readonly string[]>> = {
  'time-out': ['timeout after 3000 ms', 'timeout after 12 ms', 'timeout after 3 s', 'Timeout after 1.5 seconds'],
  'file, quoted by Node': ['ENOENT: no such file or directory, open \'/home/ann/a.txt\'', 'ENOENT: no such file or directory, open \'/srv/b\''],
  'file, bare': ['cannot open /home/ann/a.txt', 'cannot open C:\\Users\\ann\\a.txt', 'cannot open ./data/x.csv', 'cannot open src/app/x.ts:10:3', 'cannot open ~/in/y.json'],
  'row': ['no row with id 3f2a9c1e-1111-4222-8333-444455556666', 'no row with id 00000000-aaaa-4bbb-8ccc-dddddddddddd'],
  'column': ['unknown column "total_eur"', 'unknown column "name"'],
  'request id': ['request req_011CSHoEeqs5C35K2UUqR7Fy failed', 'request req_9ZZZZoEeqs5C35K2UUqR7Fy failed'],
  'refused': ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED 10.2.0.7:49152'],
  'reset': ['read ECONNRESET'],
  'name unknown': ['getaddrinfo ENOTFOUND api.example.com'],
  'axios 404': ['Request failed with status code 404'],
  'axios 500': ['Request failed with status code 500'],
  'apostrophe': ['Can\'t find module \'left-pad\'', 'Can\'t find module \'@acme/ledger\''],
  'openai python 429': [
    'Error code: 429 - {\'error\': {\'message\': \'Rate limit reached for gpt-4o in organization org-a1z9 on tokens per min (TPM): Limit 30000, Used 29121, Requested 2210. Please try again in 2.662s.\', \'type\': \'tokens\', \'param\': None, \'code\': \'rate_limit_exceeded\'}}',
    'Error code: 429 - {\'error\': {\'message\': \'Rate limit reached for gpt-4o in organization org-b7x3 on tokens per min (TPM): Limit 30000, Used 2, Requested 40000. Please try again in 6m0s.\', \'type\': \'tokens\', \'param\': None, \'code\': \'rate_limit_exceeded\'}}',
  ],
  'openai python quota': ['Error code: 429 - {\'error\': {\'message\': \'You exceeded your current quota, please check your plan and billing details.\', \'type\': \'insufficient_quota\', \'param\': None, \'code\': \'insufficient_quota\'}}'],
  'openai python context': [
    'Error code: 400 - {\'error\': {\'message\': "This model\'s maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens.", \'type\': \'invalid_request_error\', \'param\': \'messages\', \'code\': \'context_length_exceeded\'}}',
    'Error code: 400 - {\'error\': {\'message\': "This model\'s maximum context length is 16385 tokens. However, your messages resulted in 20001 tokens.", \'type\': \'invalid_request_error\', \'param\': \'messages\', \'code\': \'context_length_exceeded\'}}',
  ],
  'anthropic overloaded': ['529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy"}', '529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_09aaaaaaaaaaaaaaaaaa"}'],
  'anthropic too long': ['400 {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210304 tokens > 200000 maximum"}}', '400 {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 200001 tokens > 200000 maximum"}}'],
  'anthropic roles': ['400 {"type":"error","error":{"type":"invalid_request_error","message":"messages: roles must alternate between \\"user\\" and \\"assistant\\""}}'],
  'botocore throttling': ['An error occurred (ThrottlingException) when calling the Converse operation (reached max retries: 4): Too many tokens, please wait before trying again.', 'An error occurred (ThrottlingException) when calling the Converse operation (reached max retries: 2): Too many tokens, please wait before trying again.'],
  'botocore denied': ['An error occurred (AccessDeniedException) when calling the Converse operation: User: arn:aws:sts::123456789012:assumed-role/x/i-0abc is not authorized'],
  'google exhausted': ['429 RESOURCE_EXHAUSTED. {\'error\': {\'code\': 429, \'message\': \'Resource has been exhausted (e.g. check quota).\', \'status\': \'RESOURCE_EXHAUSTED\'}}'],
  'mcp arguments': ['MCP error -32602: Invalid arguments for tool transfer', 'MCP error -32602: Invalid arguments for tool  transfer'],
  'mcp method': ['MCP error -32601: Method not found'],
  'exit 1': ['Command failed with exit code 1', 'Command failed with  exit code 1'],
  'exit 137': ['Command failed with exit code 137'],
  'subprocess': ['Command \'[\'make\', \'test\']\' returned non-zero exit status 2.'],
  'json at': ['Unexpected token < in JSON at position 0', 'Unexpected token < in JSON at position 4711'],
  'undefined': ['Cannot read properties of undefined (reading \'map\')', 'Cannot read properties of undefined (reading \'id\')'],
  'zod': ['[\n  {\n    "code": "invalid_type",\n    "expected": "string",\n    "received": "undefined",\n    "path": ["city"],\n    "message": "Required"\n  }\n]', '[ { "code": "invalid_type", "expected": "number", "received": "undefined", "path": ["amount", 3], "message": "Required" } ]'],
  'http 503': ['HTTP 503', 'HTTP/1.1 503'],
  'http 502': ['HTTP 502'],
  'dated': ['token expired on Tue, 17 Nov 2026 14:32:07 GMT', 'token expired on Wed, 2 Dec 2026 01:02:03 GMT'],
  'iso dated': ['token expired at 2026-11-17T14:32:07Z', 'token expired at 2027-01-02T01:02:03Z'],
  'mail': ['no such recipient ann@example.com', 'no such recipient bo.b+x@mail.example.org'],
  'mail, masked': ['account b**********@corp.example is closed', 'account a**@example.com is closed', 'account ann@example.com is closed'],
  'secret, masked': ['key sk-********** is revoked', 'key sk-******************** is revoked'],
  'too large': ['body of 12 MB is too large', 'body of 731 KiB is too large', 'body of 1,024.5 KB is too large', 'body of 1.024,5 kB is too large', 'body of 1\u202f024,5 kB is too large', 'body of 1’024 bytes is too large'],
  'localised': ['gave up at 12 of 100', 'gave up at 1,234,567 of 2,000,000', 'gave up at 1.234.567 of 2.000.000', 'gave up at 1\u00a0234\u00a0567 of 2\u00a0000\u00a0000', 'gave up at 1\'234 of 2\'000', 'gave up at ٣ of ٤٠', 'gave up at 3.5e+10 of 1e12'],
  'iso with zones': ['lease ended 2026-11-24T03:04:05Z', 'lease ended 2026-11-24 03:04:05.123 UTC', 'lease ended 2026-11-24T03:04:05.123456+02:00', 'lease ended 2026-11-24T03:04:05-0500'],
  'clock of twelve hours': ['lock of 11/24/2026, 3:04:05 AM is stale', 'lock of 1/2/2026, 11:04:05 PM is stale'],
  'date of JavaScript': ['due Tue Nov 24 2026 03:04:05 GMT+0100 (CET)', 'due Sat Dec 12 2026 13:04:05 GMT+0000 (UTC)'],
  'other months': ['seit dem 24. November 2026', 'seit dem 2. Dezember 2026', 'seit dem 2. März 2027'],
  'short ids': ['rate limited, request id: 011CSabcDEF', 'rate limited, request id: 99zzYYxx11'],
  'short prefixed ids': ['no run req_011CSabcDEF', 'no run req_99zzYYxx11'],
  'commit': ['bad object 9fceb02', 'bad object 1234567', 'bad object 83baae61804e65cc73a7201a7252750c76066a30'],
  'address of version 6': ['bind on 10.0.0.1:80 failed', 'bind on [::1]:8080 failed', 'bind on [2001:db8::2]:443 failed', 'bind on [fe80::1%eth0]:1 failed'],
  'coloured': ['\u001b[31merror\u001b[0m: tests failed', '\u001b[1;31merror\u001b[0m: tests failed', 'error: tests failed'],
};

describe('the same fault', () => {
  it.each(Object.entries(faults))('%s is one group', (_fault, messages) => {
    expect(new Set(messages.map(normalisedMessage)).size).toBe(1);
  });

  it('and no two of them are', () => {
    const seen = new Map<string, string>();
    for (const [fault, [first = '']] of Object.entries(faults)) {
      const text = normalisedMessage(first);
      expect(seen.get(text), `${fault} reads as ${text}`).toBeUndefined();
      seen.set(text, fault);
    }
  });

  it.each([
    ['connection refused', 'connection reset'], ['rate limit reached', 'quota exceeded'], ['exit code 1', 'exit code 2'], ['GET /a failed: 404', 'permission denied'],
    ['digest sha256 differs', 'digest sha512x differs'], ['ERR_HTTP2_STREAM_ERROR', 'ERR_HTTP2_SESSION_ERROR'], ['no field model_name_1_text', 'no field other_name_1_text'],
    ['SQLSTATE 23505', 'SQLSTATE 40001'], ['SQLSTATE[42P01]', 'SQLSTATE[42S02]'], ['ORA-00942', 'ORA-01017'], ['error TS2304', 'error TS2345'], ['error[E0308]', 'error[E0382]'],
    ['AADSTS50058', 'AADSTS700016'], ['0x80070005', '0x80070002'], ['exit code 0xC0000005', 'exit code 0xC0000374'], ['killed by signal 9', 'killed by signal 11'], ['errno -2', 'errno -13'],
  ])('%s is not %s', (a, b) => {
    expect(normalisedMessage(a)).not.toBe(normalisedMessage(b));
  });

  it('keeps words', () => {
    expect(normalisedMessage('interface defaced facade')).toBe('interface defaced facade');
  });

  it('does not depend on numbers, identifiers, ports and names in quotes, wherever they stand', () => {
    const values = fc.record({ port: fc.integer({ min: 1024, max: 65_535 }), id: fc.uuid(), name: fc.stringMatching(/^[\w ./-]{1,30}$/), ms: fc.integer({ min: 10, max: 1e6 }), row: fc.integer({ min: 1, max: 99_999_999 }) });
    fc.assert(fc.property(values, values, (a, b) => {
      const said = ({ port, id, name, ms, row }: typeof a): string => `call ${id} to 10.0.0.1:${port} for "${name}" and '${name}' gave up after ${ms} ms at row ${row}`;
      expect(normalisedMessage(said(a))).toBe(normalisedMessage(said(b)));
    }), { numRuns: 200 });
  });

  it('keeps no long number and stays short, whatever was said', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 120 }), (text) => {
      const once = normalisedMessage(text);
      expect(once.length).toBeLessThanOrEqual(400);
      expect(once).not.toMatch(/\d{6}/);
    }), { numRuns: 300 });
  });

  it('is quick with hostile text', () => {
    const begun = performance.now();
    for (const text of ['/', '"', '\'', 'a1-', '\\', 'a/', 'a.', 'a@', ':', '0:', '{"message":"', '"message":', '1s', '1m', 'jan 1', 'x1y', '.', '~/.', 'a/b.c', '*', 'a*', '1,000', '1:00', '1 de a 19', 'A_', 'req_', 'id:', '[::', '\u001b[']) normalisedMessage(text.repeat(100_000));
    for (const text of ['at ', '(', ' (', 'File "', ', in ', ':1', '/a']) normalisedFrame(`at ${text.repeat(100_000)}`);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});

describe('the top of the stack', () => {
  it.each([
    ['at run (/a/b/c.js:10:3)', 'at run (/x/y/z/c.js:99:1)', 'run in c.js'],
    ['at async Ledger.post (file:///srv/app/ledger.mjs:10:3)', 'at Ledger.post (C:\\app\\ledger.mjs:1:99)', 'ledger.post in ledger.mjs'],
    ['    at new Pool (webpack:///./src/pool.ts?a1b2:3:4)', 'at new Pool (/build/src/pool.ts:3:4)', 'pool in pool.ts'],
    ['at fetchOrder (/app/dist/index-3f2a9c1e.js:1:2231)', 'at fetchOrder (/app/dist/index-9b8c7d6e.js:1:10)', 'fetchorder in index.js'],
    ['File "/app/tools.py", line 12, in refund', 'File "/usr/lib/python3.12/site-packages/x/tools.py", line 99, in refund', 'refund in tools.py'],
    ['at /app/main.js:3:1', 'at file:///srv/main.js:30:10', '<anonymous> in main.js'],
  ])('%s = %s', (a, b, text) => {
    expect(normalisedFrame(a)).toBe(text);
    expect(normalisedFrame(b)).toBe(text);
  });

  it('tells functions and files apart', () => {
    const frames = ['at run (/a/c.js:1:1)', 'at stop (/a/c.js:1:1)', 'at run (/a/d.js:1:1)', 'File "/a/c.py", line 1, in run', 'File "/a/c.py", line 1'];
    expect(new Set(frames.map(normalisedFrame)).size).toBe(frames.length);
  });
});

describe('fingerprintText', () => {
  const shape = { kind: 2, name: 'Bash', errorType: 'E', message: 'm', stackTop: 'at run (/a/b/c.js:10:3)' };

  it('tells kinds, names, types and places apart', () => {
    const others = [{ kind: 1 }, { name: 'Read' }, { errorType: 'F' }, { message: 'n' }, { stackTop: 'at stop (/a/b/c.js:10:3)' }];
    expect(new Set([shape, ...others.map((one) => ({ ...shape, ...one }))].map(fingerprintText)).size).toBe(6);
    expect(fingerprintText({ ...shape, stackTop: 'at run (/x/y/c.js:99:1)' })).toBe(fingerprintText(shape));
  });

  it('is never one of the versions before', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (message, name) => { expect([firstFingerprintText, secondFingerprintText].map((text) => text({ ...shape, message, name }))).not.toContain(fingerprintText({ ...shape, message, name })); }), { numRuns: 100 });
  });
});
