import { describe, expect, it } from 'vitest';
import { RuntimeFault } from './connector.ts';
import { faultFrom, faultOf, readRetryAfter } from './faults.ts';

const none = new Headers();

describe('faultOf', () => {
  it.each([
    [401, 'credential_refused'], [403, 'forbidden'], [404, 'gone'], [410, 'gone'], [409, 'conflict'], [422, 'conflict'], [429, 'throttled'],
    [500, 'runtime_error'], [502, 'runtime_error'], [503, 'runtime_error'], [400, 'garbage'], [302, 'garbage'], [418, 'garbage'],
  ] as const)('%i is %s', (status, kind) => {
    const fault = faultOf(status, none, '');
    expect(fault).toBeInstanceOf(RuntimeFault);
    expect(fault.kind).toBe(kind);
    expect(fault.status).toBe(status);
    expect(fault.message).toContain(`HTTP ${status}`);
  });

  it('takes 503 with Retry-After for a request to wait', () => {
    const fault = faultOf(503, new Headers({ 'retry-after': '7' }), '');
    expect([fault.kind, fault.retryAfterMs]).toEqual(['throttled', 7_000]);
  });

  it('quotes the runtime, whatever form its error has, cut and on one line', () => {
    expect(faultOf(404, none, 'Thread not\nfound').message).toContain('"Thread not found"');
    expect(faultOf(422, none, '{"error":{"message":"already running"}}').message).toContain('"already running"');
    expect(faultOf(400, none, '{"success":false,"error":{"issues":[{"message":"Invalid uuid"}]}}').message).toContain('"Invalid uuid"');
    expect(faultOf(500, none, '<html><body>nginx</body></html>').message).not.toContain('nginx');
    expect(faultOf(500, none, 'x'.repeat(1_000)).message.length).toBeLessThan(300);
  });
});

describe('readRetryAfter', () => {
  const now = Date.parse('2026-11-23T02:00:00Z');
  it('reads seconds and dates, and nothing else', () => {
    expect(readRetryAfter('120', now)).toBe(120_000);
    expect(readRetryAfter('Mon, 23 Nov 2026 02:01:00 GMT', now)).toBe(60_000);
    expect(readRetryAfter('Mon, 23 Nov 2026 01:00:00 GMT', now)).toBe(0);
    for (const odd of ['', 'soon', '-5', '2.5', null]) expect(readRetryAfter(odd, now)).toBeNull();
  });
});

describe('faultFrom', () => {
  it('finds a fault of ours under whatever was thrown around it', () => {
    const fault = new RuntimeFault('garbage', 'too big');
    expect(faultFrom(new TypeError('fetch failed', { cause: fault }))).toBe(fault);
  });

  it('says in words why nothing came', () => {
    const refused = faultFrom(new TypeError('fetch failed', { cause: new AggregateError([Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })]) }));
    expect([refused.kind, refused.message]).toEqual(['unreachable', 'Nothing listens at its address (connection refused).']);
    expect(faultFrom(new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'HPE_INVALID_CONSTANT' }) })).kind).toBe('garbage');
    expect(faultFrom(new SyntaxError('Unexpected token')).kind).toBe('garbage');
  });

  it('never repeats a foreign message', () => {
    expect(faultFrom(new Error('Bearer sk-secret')).message).not.toContain('secret');
  });
});
