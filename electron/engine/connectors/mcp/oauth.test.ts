import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testIo } from '../test-io.ts';
import type { Challenge } from './challenge.ts';
import { readProtection } from './oauth.ts';

const asked: { path: string; headers: IncomingHttpHeaders }[] = [];
const pages = new Map<string, unknown>();
const site = createServer((req, res) => {
  asked.push({ path: req.url ?? '', headers: req.headers });
  const page = pages.get(req.url ?? '');
  if (page === undefined) res.writeHead(404).end('no');
  else res.writeHead(200, { 'content-type': 'application/json' }).end(typeof page === 'string' ? page : JSON.stringify(page));
});
let origin = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});
afterAll(async () => { await new Promise((resolve) => site.close(resolve)); });

const challenge = (resourceMetadata: string): Challenge => ({ scheme: 'bearer', scope: null, error: null, resourceMetadata });
const read = (said: Challenge | null = null, server = `${origin}/mcp`) => {
  asked.length = 0;
  return readProtection(testIo({ url: server, secret: 'the-secret' }), new URL(server), said, new AbortController().signal);
};
const publish = (more: Readonly<Record<string, unknown>> = {}, issuer: Readonly<Record<string, unknown>> = {}): void => {
  pages.clear();
  pages.set('/.well-known/oauth-protected-resource/mcp', { resource: `${origin}/mcp`, authorization_servers: [`${origin}/as`], scopes_supported: ['read', 7, ''], ...more });
  pages.set('/.well-known/oauth-authorization-server/as', { issuer: `${origin}/as`, revocation_endpoint: `${origin}/as/revoke`, ...issuer });
};

describe('readProtection', () => {
  it('reads scopes, the authorization server and where tokens are taken back', async () => {
    publish();
    expect(await read()).toEqual({ metadataUrl: `${origin}/.well-known/oauth-protected-resource/mcp`, scopes: ['read'], issuers: [`${origin}/as`], revocation: `${origin}/as/revoke`, remarks: [] });
  });

  it('sends the credential nowhere', async () => {
    publish();
    await read();
    expect(asked.length).toBeGreaterThan(1);
    expect(JSON.stringify(asked)).not.toContain('the-secret');
  });

  it('finds nothing where nothing is published', async () => {
    pages.clear();
    expect(await read()).toBeNull();
    expect(asked.map(({ path }) => path)).toEqual(['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource']);
  });

  it.each(['http://169.254.169.254/latest/meta-data', 'https://other.example/x', 'file:///etc/passwd', 'not an address'])('does not ask %s, and says so', async (address) => {
    pages.clear();
    const found = await read(challenge(address));
    expect(found?.remarks).toEqual([expect.stringContaining('it was not asked') as string]);
    expect(asked.map(({ path }) => path)).toEqual(['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource']);
  });

  it.each(['http://10.0.0.1/as', 'ftp://127.0.0.1/as', 'http://user:word@127.0.0.1/as', 'x'])('does not ask the authorization server %s', async (issuer) => {
    publish({ authorization_servers: [issuer] });
    expect(await read()).toMatchObject({ revocation: null, remarks: [expect.stringContaining('was not asked')] });
  });

  it('lets no remote server send it to this machine', async () => {
    const io = testIo({ url: 'http://mcp.example/mcp' });
    const reached: string[] = [];
    const fetch: typeof globalThis.fetch = (url) => {
      reached.push(url instanceof Request ? url.url : url.toString());
      return Promise.resolve(Response.json({ resource: 'http://mcp.example/mcp', authorization_servers: [origin] }));
    };
    const found = await readProtection({ ...io, fetch }, new URL('http://mcp.example/mcp'), null, io.signal);
    expect(reached).toEqual(['http://mcp.example/.well-known/oauth-protected-resource/mcp']);
    expect(found).toMatchObject({ revocation: null, remarks: [expect.stringContaining('was not asked')] });
  });

  it('takes nothing from an authorization server that calls itself otherwise', async () => {
    publish({}, { issuer: 'https://somebody.example' });
    expect(await read()).toMatchObject({ revocation: null, remarks: [expect.stringContaining('calls itself')] });
  });

  it('says when the tokens are for another place', async () => {
    publish({ resource: 'https://elsewhere.example/mcp' });
    expect((await read())?.remarks).toEqual([expect.stringContaining('which is not this address')]);
  });

  it.each(['[1,2]', '<html>', '{"authorization_servers":{}}', `{"authorization_servers":[],"x":"${'x'.repeat(300_000)}"}`])('makes nothing of %j', async (page) => {
    pages.clear();
    pages.set('/.well-known/oauth-protected-resource/mcp', page);
    expect(await read()).toBeNull();
  });
});
