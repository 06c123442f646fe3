import { describe, expect, it } from 'vitest';
import { credentialOf, emptyCredential, emptyForm, targetOf, usualName, type RuntimeForm } from './runtime-form.ts';

const form = (more: Partial<RuntimeForm>): RuntimeForm => ({ ...emptyForm, ...more });

describe('the way in', () => {
  it('is an address, and how the credential is sent only when it is not as usual', () => {
    expect(targetOf('langgraph', form({ url: ' http://127.0.0.1:2024 ' }))).toEqual({ ok: true, value: { kind: 'langgraph', url: 'http://127.0.0.1:2024' } });
    expect(targetOf('a2a', form({ url: 'https://hub.example', header: 'x-key', scheme: 'plain' }))).toEqual({ ok: true, value: { kind: 'a2a', url: 'https://hub.example', header: 'x-key', scheme: 'plain' } });
    expect(targetOf('mcp-http', form({ url: 'https://hub.example/mcp' }))).toEqual({ ok: true, value: { kind: 'mcp', transport: 'http', url: 'https://hub.example/mcp' } });
  });

  it('refuses what is no address, and a password in one', () => {
    const taken = ['', 'hub.example', 'ftp://hub.example', 'file:///etc/passwd', 'data:text/html,x'].filter((url) => targetOf('a2a', form({ url })).ok);
    expect(taken).toEqual([]);
    expect(targetOf('a2a', form({ url: 'https://anna:secret@hub.example' }))).toMatchObject({ ok: false, misses: expect.stringContaining('no user or password') as string });
    expect(targetOf('mcp-http', form({ url: 'https://hub.example/mcp?api_key=sk-1' }))).toMatchObject({ ok: false, misses: expect.stringContaining('"api_key" in the address looks like a secret') as string });
    expect(targetOf('a2a', form({ url: 'https://hub.example', header: 'x key' })).ok).toBe(false);
  });

  it('never splits an argument at a blank', () => {
    expect(targetOf('mcp-stdio', form({ command: 'npx', args: '-y\nserver-files\r\n/srv/shared files\n\n', env: 'API_KEY, LANG' }))).toEqual({
      ok: true, value: { kind: 'mcp', transport: 'stdio', command: 'npx', args: ['-y', 'server-files', '/srv/shared files'], env: ['API_KEY', 'LANG'] },
    });
    expect(targetOf('mcp-stdio', form({ command: 'npx', env: 'A=b' }))).toEqual({ ok: false, misses: 'A=b is no name of an environment variable.' });
    expect(targetOf('mcp-stdio', form({ url: 'http://a.example' })).ok).toBe(false);
  });

  it('has a name while none is typed', () => {
    expect(usualName('a2a', form({ url: 'https://hub.example:8443/x' }))).toBe('hub.example:8443');
    expect(usualName('a2a', form({ url: 'hub' }))).toBe('');
    expect(usualName('mcp-stdio', form({ command: '/usr/bin/uvx' }))).toBe('uvx');
  });
});

it('a credential comes from one place, or misses', () => {
  expect(credentialOf(emptyCredential('none'))).toEqual({ ok: true, value: { from: 'none' } });
  expect(credentialOf(emptyCredential('value')).ok).toBe(false);
  // A blank may belong to it: it is never trimmed.
  expect(credentialOf({ ...emptyCredential('value'), value: ' key ' })).toEqual({ ok: true, value: { from: 'value', value: ' key ' } });
  expect(credentialOf({ ...emptyCredential('env'), variable: ' LANGGRAPH_KEY ' })).toEqual({ ok: true, value: { from: 'env', name: 'LANGGRAPH_KEY' } });
  expect(credentialOf({ ...emptyCredential('env'), variable: 'A-B' }).ok).toBe(false);
  expect(credentialOf({ ...emptyCredential('file'), path: '/run/key' })).toEqual({ ok: true, value: { from: 'file', path: '/run/key' } });
});
