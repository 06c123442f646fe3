import { describe, expect, it } from 'vitest';
import { readChallenge } from './challenge.ts';

describe('readChallenge', () => {
  it('reads scope and metadata of a bearer challenge', () => {
    expect(readChallenge('Bearer realm="desk", scope="tools.read tools.call", resource_metadata="https://x.example/.well-known/oauth-protected-resource/mcp"')).toEqual({
      scheme: 'bearer', scope: 'tools.read tools.call', error: null, resourceMetadata: 'https://x.example/.well-known/oauth-protected-resource/mcp',
    });
  });

  it('finds the bearer challenge among others', () => {
    expect(readChallenge('Basic realm="a, b=c", Bearer error="invalid_token"')).toMatchObject({ scheme: 'bearer', error: 'invalid_token' });
  });

  it('reads values without quotes and with escaped quotes', () => {
    expect(readChallenge('bearer error=insufficient_scope, scope="a \\"b\\""')).toMatchObject({ error: 'insufficient_scope', scope: 'a "b"' });
  });

  it.each([null, '', ',,,', '"', 'x'.repeat(5_000)])('makes nothing of %j', (header) => {
    expect(readChallenge(header)).toBeNull();
  });

  it('takes a hostile header in a short time', () => {
    const startedMs = performance.now();
    readChallenge(`Bearer ${'a="'.repeat(1_300)}`);
    readChallenge(`${'\\"a='.repeat(1_000)}`);
    expect(performance.now() - startedMs).toBeLessThan(200);
  });
});
