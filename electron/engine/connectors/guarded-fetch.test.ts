import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { RuntimeFault } from './connector.ts';
import { guardedFetch } from './guarded-fetch.ts';

const servers: Server[] = [];
const life = new AbortController();

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => { server.close(resolve); });
  }
});

const fetching = (base: URL, more: { timeoutMs?: number; mostBytes?: number; signal?: AbortSignal } = {}) => guardedFetch({ signal: life.signal, base, ...more });
const faultOfCall = async (call: Promise<unknown>): Promise<RuntimeFault> => {
  const error: unknown = await call.then(() => null, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RuntimeFault);
  return error as RuntimeFault;
};
const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
};

describe('guardedFetch', () => {
  it('gives answers of every status as they are, from addresses that begin at the base', async () => {
    const base = await serve((request, response) => { response.writeHead(418, { 'x-a': 'b' }).end(`${request.method} ${request.url}`); });
    const answer = await fetching(base)('/x?y=1', { method: 'DELETE' });
    expect([answer.status, answer.headers.get('x-a'), await answer.text()]).toEqual([418, 'b', 'DELETE /x?y=1']);
  });

  it('ends an answer that is too big, also one that only swells when unpacked', async () => {
    const packed = gzipSync(Buffer.alloc(4_000_000));
    const base = await serve((_request, response) => { response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed); });
    const answer = await fetching(base, { mostBytes: 1_048_576 })('/');
    expect((await faultOfCall(answer.text())).kind).toBe('garbage');
  });

  it('gives up on a silent server and on one that stops in the middle', async () => {
    const base = await serve((request, response) => { if (request.url === '/half') response.write('{"a":'); });
    expect((await faultOfCall(fetching(base, { timeoutMs: 400 })('/'))).message).toContain('0.4 s');
    const half = await fetching(base, { timeoutMs: 400 })('/half');
    expect((await faultOfCall(half.text())).kind).toBe('unreachable');
  });

  it('lets a stream run on past the limit of bytes, but not one event of it', async () => {
    const event = `data: ${'x'.repeat(1024 * 1024)}\n\n`;
    const base = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (let i = 0; i < 12; i++) response.write(request.url === '/events' ? event : event.trim());
      response.end();
    });
    const { signal } = new AbortController();
    const read = async (path: string): Promise<string> => (await fetching(base, { mostBytes: 1_000 })(path, { headers: { accept: 'text/event-stream' }, signal })).text();
    expect((await read('/events')).length).toBe(12 * event.length);
    expect(await faultOfCall(read('/one'))).toMatchObject({ kind: 'garbage', message: expect.stringContaining('an event of more than 4 MiB') as string });
  });

  it('lets a stream run on past the time limit, but not one that nobody can end', async () => {
    const base = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      setTimeout(() => response.end('data: 2\n\n'), 3_000);
    });
    const accept = { accept: 'text/event-stream' };
    const watched = await fetching(base, { timeoutMs: 1_000 })('/', { headers: accept, signal: new AbortController().signal });
    expect(await watched.text()).toBe('data: 1\n\ndata: 2\n\n');
    const endless = await fetching(base, { timeoutMs: 1_000 })('/', { headers: accept });
    expect((await faultOfCall(endless.text())).kind).toBe('unreachable');
  });

  it('says in words that nothing listens', async () => {
    const base = await serve(() => undefined);
    await new Promise((resolve) => { servers.pop()?.close(resolve); });
    expect((await faultOfCall(fetching(base)('/'))).message).toContain('connection refused');
  });

  it('follows redirects at home, with method and body where the status keeps them', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/here') return void response.writeHead(307, { location: '/there' }).end();
      void bodyOf(request).then((body) => response.end(`${request.method} ${body} ${String(request.headers['x-api-key'])}`));
    });
    const answer = await fetching(base)('/here', { method: 'POST', body: 'hello', headers: { 'x-api-key': 'k' } });
    expect(await answer.text()).toBe('POST hello k');
  });

  it('never follows a redirect to another origin', async () => {
    let asked = 0;
    const other = await serve((_request, response) => { asked++; response.end('stolen'); });
    const base = await serve((_request, response) => { response.writeHead(302, { location: other.href }).end(); });
    const fault = await faultOfCall(fetching(base)('/', { headers: { authorization: 'Bearer secret' } }));
    expect([fault.kind, fault.message.includes(other.origin), asked]).toEqual(['garbage', true, 0]);
  });

  it('asks other origins only bare questions', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers['x-api-key'] as string | undefined);
      response.end('{}');
    });
    const base = await serve((_request, response) => { response.end(); });
    const credential = { authorization: 'Bearer secret', 'x-api-key': 'secret' };
    expect(await (await fetching(base)(new URL('/metadata', other), { headers: credential })).json()).toEqual({});
    expect(seen).toEqual([undefined, undefined]);
    expect((await faultOfCall(fetching(base)(other, { method: 'POST', body: 'x', headers: credential }))).message).toContain('not sent there');
    expect(seen).toHaveLength(2);
  });

  it('is not led back home from elsewhere: a stranger must not aim our credential', async () => {
    const asked: string[] = [];
    const base = await serve((request, response) => { asked.push(String(request.headers.authorization)); response.end('{}'); });
    const other = await serve((_request, response) => { response.writeHead(302, { location: new URL('/runs/1/cancel?now', base).href }).end(); });
    const fault = await faultOfCall(fetching(base)(new URL('/metadata', other), { headers: { authorization: 'Bearer secret' } }));
    expect([fault.kind, asked]).toEqual(['garbage', []]);
  });

  it('follows no redirect where the caller wants none', async () => {
    const base = await serve((request, response) => { if (request.url === '/here') response.writeHead(302, { location: '/there' }).end(); else response.end('there'); });
    expect((await faultOfCall(fetching(base)('/here', { redirect: 'error' }))).kind).toBe('garbage');
    expect((await fetching(base)('/here', { redirect: 'manual' })).status).toBe(302);
  });

  it('asks nothing inside of this network for a server outside of it', async () => {
    const inside = await serve((_request, response) => { response.end('{}'); });
    const outside = new URL('http://agents.example.com/');
    for (const address of [inside.href, `http://localhost:${inside.port}/`, `http://[::1]:${inside.port}/`, 'http://169.254.169.254/latest/meta-data/', 'http://10.0.0.1/', 'http://192.168.1.1/', 'http://172.20.0.1/', 'http://[fe80::1]/', 'http://[fd00::1]/', 'http://[::ffff:10.0.0.1]/', 'http://0.0.0.0/']) {
      expect((await faultOfCall(fetching(outside, { timeoutMs: 500 })(address))).message).toContain(`inside of this network, ${new URL(address).origin}`);
    }
  });

  it('takes localhost and 127.0.0.1 for one place', async () => {
    const base = await serve((request, response) => { response.end(request.headers.authorization); });
    const answer = await fetching(new URL(`http://localhost:${base.port}`))(base, { method: 'POST', headers: { authorization: 'Bearer x' } });
    expect(await answer.text()).toBe('Bearer x');
  });

  it('ends with the connection, as an abort and not as a fault', async () => {
    const base = await serve(() => undefined);
    const connection = new AbortController();
    const call = fetching(base, { signal: connection.signal })('/');
    connection.abort();
    await expect(call).rejects.toHaveProperty('name', 'AbortError');
  });
});
