import { describe, expect, it } from 'vitest';
import { fingerprintText, normalisedMessage } from './fingerprint.ts';

describe('normalisedMessage', () => {
  it.each([
    ['timeout after 3000 ms', 'timeout after 12 ms'],
    ['cannot open /home/ann/a.txt', 'cannot open /tmp/x/y.json'],
    ['cannot open C:\\Users\\ann\\a.txt', 'cannot open D:\\data\\b.txt'],
    ['no row with id 3f2a9c1e-1111-4222-8333-444455556666', 'no row with id 00000000-aaaa-4bbb-8ccc-dddddddddddd'],
    ['bad pointer 0xdeadbeef', 'bad pointer 0x1'],
    ['unknown column "total_eur"', 'unknown column "name"'],
    ['request req_011CSHoEeqs5C35K2UUqR7Fy failed', 'request req_9ZZZZoEeqs5C35K2UUqR7Fy failed'],
    ['GET https://api.example.com/v1/a?x=1 failed', 'GET https://api.example.com/v2/b failed'],
    ['digest a94a8fe5ccb19ba6 differs', 'digest 0123456789abcdef differs'],
  ])('%s = %s', (a, b) => {
    expect(normalisedMessage(a)).toBe(normalisedMessage(b));
  });

  it('keeps apart what is different', () => {
    expect(normalisedMessage('connection refused')).not.toBe(normalisedMessage('connection reset'));
    expect(normalisedMessage('interface defaced facade')).toBe('interface defaced facade');
  });

  it('is quick with hostile text', () => {
    const begun = performance.now();
    for (const text of ['/'.repeat(100_000), '"'.repeat(100_000), 'a1-'.repeat(50_000), '\\'.repeat(100_000), 'a/'.repeat(50_000)]) normalisedMessage(text);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

describe('fingerprintText', () => {
  it('tells kinds, names, types and places apart', () => {
    const shape = { kind: 2, name: 'Bash', errorType: 'E', message: 'm', stackTop: 'at run (/a/b/c.js:10:3)' };
    const others = [{ kind: 1 }, { name: 'Read' }, { errorType: 'F' }, { message: 'n' }, { stackTop: 'at stop (/a/b/c.js:10:3)' }];
    expect(new Set([shape, ...others.map((one) => ({ ...shape, ...one }))].map(fingerprintText)).size).toBe(6);
    expect(fingerprintText({ ...shape, stackTop: 'at run (/x/y/c.js:99:1)' })).toBe(fingerprintText(shape));
  });
});
