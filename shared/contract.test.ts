import { describe, expect, it } from 'vitest';
import { contract, runtimeTarget } from './contract.ts';

describe('the contract', () => {
  it('can be asked with every method: a schema that is wrong in itself fails only when it is used', () => {
    for (const { params, result } of Object.values(contract)) {
      expect(() => params.safeParse({})).not.toThrow();
      expect(() => result.safeParse({})).not.toThrow();
    }
  });

  it.each([
    { kind: 'langgraph', url: 'http://127.0.0.1:2024' }, { kind: 'a2a', url: 'https://agents.example/' }, { kind: 'mcp', transport: 'http', url: 'https://tools.example/mcp' },
    { kind: 'mcp', transport: 'stdio', command: 'node', args: ['server.js'], env: ['TOKEN'] },
  ])('knows the target %j', (target) => {
    expect(runtimeTarget.parse(target)).toEqual(target);
  });

  it.each([
    { kind: 'mcp', url: 'http://x' }, { kind: 'langgraph', url: 'ftp://x' }, { kind: 'langgraph', url: 'http://user:word@x' }, { kind: 'mcp', transport: 'stdio', command: '', args: [] },
    { kind: 'mcp', transport: 'stdio', command: 'x', args: [], env: ['A=B'] }, { kind: 'otlp', url: 'http://x' }, { kind: 'a2a', url: 'http://x', keys: [{ kty: 'OKP', d: 'private' }] },
  ])('refuses the target %j', (target) => {
    expect(runtimeTarget.safeParse(target).success).toBe(false);
  });
});
