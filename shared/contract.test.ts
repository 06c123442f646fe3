import { describe, expect, it } from 'vitest';
import { runtimeTarget } from './contract.ts';

const reads = (target: unknown): boolean => runtimeTarget.safeParse(target).success;

describe('runtimeTarget', () => {
  it.each([
    { kind: 'langgraph', url: 'http://127.0.0.1:2024' },
    { kind: 'a2a', url: 'https://agents.example/desk', header: 'x-api-key', scheme: 'plain' },
    { kind: 'mcp', transport: 'http', url: 'https://tools.example/mcp' },
    { kind: 'mcp', transport: 'stdio', command: 'npx', args: ['-y', 'some-server'], env: ['HOME'] },
  ])('reads $kind $transport', (target) => {
    expect(reads(target)).toBe(true);
  });

  it.each([
    ['another protocol', { kind: 'a2a', url: 'file:///etc/passwd' }],
    ['a credential in the address', { kind: 'a2a', url: 'https://ada:secret@agents.example/' }],
    ['another kind', { kind: 'otlp', url: 'http://127.0.0.1:1' }],
    ['a header that is none', { kind: 'a2a', url: 'http://127.0.0.1:1', header: 'x: y\r\nz' }],
    ['a program without its arguments', { kind: 'mcp', transport: 'stdio', command: 'npx' }],
  ])('refuses %s', (_what, target) => {
    expect(reads(target)).toBe(false);
  });
});
