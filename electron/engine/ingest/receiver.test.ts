import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { startReceiver } from './receiver.ts';
import type { Receiver, ReceiverEvent, ReceiverOptions, SubmitResult, SubmittedBody } from './receiver.ts';

const token = 'gh_test-token';
const tokenHash = createHash('sha256').update(token).digest();
const offHash = createHash('sha256').update('off').digest();
const open: Receiver[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((receiver) => receiver.close()));
});

interface Rig { receiver: Receiver; port: number; events: ReceiverEvent[]; bodies: SubmittedBody[] }

async function rig(options: Partial<ReceiverOptions> = {}, result: SubmitResult | (() => Promise<SubmitResult>) = { t: 'stored', accepted: 1, refused: 0, reason: '' }): Promise<Rig> {
  const events: ReceiverEvent[] = [];
  const bodies: SubmittedBody[] = [];
  const receiver = await startReceiver({
    host: '127.0.0.1', port: 0,
    lookUp: (hash) => {
      if (hash.equals(tokenHash)) return { connection: 7, content: 'redacted', enabled: true, tokenHash };
      return hash.equals(offHash) ? { connection: 8, content: 'full', enabled: false, tokenHash: offHash } : undefined;
    },
    submit: async (body) => {
      bodies.push(body);
      return typeof result === 'function' ? await result() : result;
    },
    count: (event) => events.push(event),
    ...options,
  });
  open.push(receiver);
  return { receiver, port: receiver.status().port ?? 0, events, bodies };
}

interface Reply { status: number; headers: IncomingHttpHeaders; body: Buffer }
type Sent = { method?: string; path?: string; headers?: Record<string, string>; body?: Uint8Array | string; chunked?: boolean };

function send(port: number, { method = 'POST', path = '/v1/traces', headers = {}, body = '{}', chunked = false }: Sent = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length: Record<string, string> = chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(Buffer.byteLength(body)) };
    const call = httpRequest({ host: '127.0.0.1', port, method, path, headers: { 'content-type': 'application/json', 'x-gatehouse-token': token, ...length, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}

describe('takes bodies in', () => {
  test('hands a body over as it came, with its connection and content level, and counts it', async () => {
    const { port, bodies, events } = await rig({ nowUs: () => 5 });
    const reply = await send(port, { body: '{"resourceSpans":[]}' });
    expect(reply.status).toBe(200);
    expect(reply.body.toString()).toBe('{}');
    expect(bodies).toEqual([{ connection: 7, signal: 'traces', encoding: 'json', content: 'redacted', receivedUs: 5, body: expect.any(Uint8Array) as Uint8Array }]);
    expect(Buffer.from(bodies[0]?.body ?? []).toString()).toBe('{"resourceSpans":[]}');
    expect(events).toEqual([{ t: 'received', connection: 7, signal: 'traces', bytes: 20 }]);
  });

  test.each([['plain', false], ['gzip', true]])('gives each body a buffer of its own, so that it can be transferred (%s)', async (_name, isGzip) => {
    const { port, bodies } = await rig();
    const body = Buffer.from('{"resourceLogs":[]}');
    await send(port, { path: '/v1/logs', body: isGzip ? gzipSync(body) : body, headers: isGzip ? { 'content-encoding': 'gzip' } : {} });
    const got = bodies[0]?.body ?? new Uint8Array(0);
    expect(Buffer.from(got).equals(body)).toBe(true);
    expect(got.buffer.byteLength).toBe(body.length);
  });

  test('takes the token as a bearer token too', async () => {
    const { port } = await rig();
    expect((await send(port, { headers: { 'x-gatehouse-token': '', authorization: `Bearer ${token}` } })).status).toBe(200);
    expect((await send(port, { headers: { 'x-gatehouse-token': '', authorization: `bearer ${token}` } })).status).toBe(200);
  });

  test('answers only after the commit', async () => {
    let commit: (result: SubmitResult) => void = () => undefined;
    const { port } = await rig({}, () => new Promise((resolve) => {
      commit = resolve;
    }));
    let answered = false;
    const reply = send(port).then((got) => {
      answered = true;
      return got;
    });
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(answered).toBe(false);
    commit({ t: 'stored', accepted: 0, refused: 0, reason: '' });
    expect((await reply).status).toBe(200);
  });

  test.each([
    ['traces', 'json', '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too deep"}}'],
    ['logs', 'json', '{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"too deep"}}'],
    ['metrics', 'json', '{"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"too deep"}}'],
    ['traces', 'x-protobuf', '\x0a\x0c\x08\x03\x12\x08too deep'],
  ])('says a partial success for %s in %s', async (signal, encoding, expected) => {
    const { port } = await rig({}, { t: 'stored', accepted: 1, refused: 3, reason: 'too deep' });
    const reply = await send(port, { path: `/v1/${signal}`, headers: { 'content-type': `application/${encoding}` } });
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe(`application/${encoding}`);
    expect(reply.body.toString()).toBe(expected);
  });
});

describe('turns away, with a reason and a count', () => {
  test.each<[string, Sent, number, RegExp]>([
    ['no token', { headers: { 'x-gatehouse-token': '' } }, 401, /token is needed/],
    ['unknown token', { headers: { 'x-gatehouse-token': 'nobody' } }, 401, /token is needed/],
    ['endless token', { headers: { 'x-gatehouse-token': 'x'.repeat(600) } }, 401, /token is needed/],
    ['switched off', { headers: { 'x-gatehouse-token': 'off' } }, 401, /switched off/],
    ['content type', { headers: { 'content-type': 'text/plain' } }, 415, /Content-Type must be/],
    ['charset', { headers: { 'content-type': 'application/json; charset=utf-16' } }, 415, /UTF-8/],
    ['compression', { headers: { 'content-encoding': 'br' } }, 415, /gzip/],
    ['bad gzip', { headers: { 'content-encoding': 'gzip' }, body: 'not gzip' }, 400, /not valid gzip/],
    ['path', { path: '/v1/profiles' }, 404, /v1\/traces/],
    ['get of a signal', { method: 'GET', body: '' }, 405, /POST/],
    ['get of the root', { method: 'GET', path: '/', body: '' }, 404, /OpenTelemetry/],
    ['a page of the web', { headers: { origin: 'https://evil.example' } }, 403, /Web pages/],
    ['a page without origin', { headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-site': 'cross-site' } }, 403, /Web pages/],
    ['preflight', { method: 'OPTIONS', body: '' }, 403, /Web pages/],
    ['rebinding', { headers: { host: 'evil.example:4318' } }, 403, /127\.0\.0\.1/],
    ['rebinding look-alike', { headers: { host: '127.0.0.1.evil.example' } }, 403, /127\.0\.0\.1/],
  ])('%s', async (_name, sent, status, message) => {
    const { port, bodies, events } = await rig();
    const reply = await send(port, sent);
    expect(reply.status).toBe(status);
    expect(reply.body.toString()).toMatch(message);
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(bodies).toEqual([]);
    expect(events).toHaveLength(status === 404 || status === 405 ? 0 : 1);
    expect(reply.headers['www-authenticate'] ?? '').toMatch(status === 401 ? /^Bearer/ : /^$/);
  });

  test.each(['localhost:4318', '127.0.0.1', '[::1]:4318', 'LOCALHOST.', '127.0.0.9:1'])('answers to the host name %s', async (host) => {
    const { port } = await rig();
    expect((await send(port, { headers: { host } })).status).toBe(200);
  });

  test('says the reason in the encoding that was used', async () => {
    const { port } = await rig({}, { t: 'malformed', reason: 'broken' });
    const json = await send(port);
    expect([json.status, json.body.toString()]).toEqual([400, '{"code":3,"message":"broken"}']);
    const protobuf = await send(port, { headers: { 'content-type': 'application/x-protobuf' } });
    expect([protobuf.status, protobuf.headers['content-type'], protobuf.body.toString()]).toEqual([400, 'application/x-protobuf', '\x08\x03\x12\x06broken']);
  });

  test('a full buffer and a writer that is away are 503 with Retry-After', async () => {
    const full = await rig({}, { t: 'unavailable', reason: 'full' });
    const reply = await send(full.port);
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '2']);
    expect(full.events).toEqual([{ t: 'refused', connection: 7, signal: 'traces', reason: 'buffer is full', sample: 'full' }]);
    const away = await rig({}, () => Promise.reject(new Error('worker gone')));
    expect((await send(away.port)).status).toBe(503);
  });

  test('bounds what all requests hold together', async () => {
    const { port } = await rig({ limits: { inFlightBytes: 1_000 } });
    expect((await send(port, { body: 'x'.repeat(900) })).status).toBe(200);
    expect((await send(port, { body: 'x'.repeat(1_001) })).status).toBe(503);
    expect((await send(port, { body: 'x'.repeat(900) })).status).toBe(200);
  });

  test.each<[string, Sent]>([
    ['declared', { body: 'x'.repeat(2_000_000) }],
    ['chunked', { body: 'x'.repeat(2_000_000), chunked: true }],
    ['gzip bomb', { body: gzipSync(Buffer.alloc(50_000_000)), headers: { 'content-encoding': 'gzip' } }],
  ])('a body above the limit is 413: %s', async (_name, sent) => {
    const { port, bodies, events } = await rig({ limits: { bodyBytes: 1_000_000 } });
    const reply = await send(port, sent);
    expect(reply.status).toBe(413);
    expect(reply.body.toString()).toMatch(/at most 1000000 bytes/);
    expect(bodies).toEqual([]);
    expect(events).toMatchObject([{ t: 'refused', connection: 7, reason: 'body is too large' }]);
  });

  test('32 MiB is the limit, exactly', async () => {
    const { port, bodies } = await rig();
    expect((await send(port, { body: new Uint8Array(32 * 1024 * 1024) })).status).toBe(200);
    expect((await send(port, { body: new Uint8Array(32 * 1024 * 1024 + 1) })).status).toBe(413);
    expect(bodies).toHaveLength(1);
  });
});

describe('strangers', () => {
  test('are looked up once per socket', async () => {
    let asked = 0;
    const { port, events } = await rig({ strangers: { find: () => {
      asked++;
      return Promise.resolve({ pid: 42, name: 'node agent.js' });
    } } });
    await new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      const ask = 'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';
      let got = '';
      socket.on('data', (chunk) => {
        got += chunk.toString('latin1');
        const answers = got.split('HTTP/1.1 401').length - 1;
        if (answers === 1 && asked === 1 && got.endsWith('"}')) socket.write(ask);
        if (answers === 2) socket.end();
      });
      socket.on('close', () => resolve());
      socket.on('error', reject);
      socket.write(ask);
    });
    expect(asked).toBe(1);
    expect(events.map((event) => event.t === 'stranger' && event.process?.name)).toEqual(['node agent.js', 'node agent.js']);
  });

  test.runIf(process.platform === 'linux')('are named by their process on Linux', async () => {
    const { port, events } = await rig();
    await send(port, { headers: { 'x-gatehouse-token': '' } });
    expect(events).toMatchObject([{ t: 'stranger', path: '/v1/traces', reason: 'no token', process: { pid: process.pid } }]);
  });
});

describe('stands up to bad manners', () => {
  test('cuts off a sender that never ends its head', async () => {
    const { port, events } = await rig({ limits: { headersMs: 200 } });
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n'));
      let got = '';
      socket.on('data', (chunk) => (got += chunk.toString('latin1')));
      socket.on('close', () => resolve(got));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1.1 408/);
    expect(events).toMatchObject([{ t: 'stranger', reason: 'a request took too long' }]);
  });

  test('cuts off a sender that never ends its body, and keeps no bytes held', async () => {
    const { port } = await rig({ limits: { headersMs: 200, requestMs: 300, inFlightBytes: 1_000 } });
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(`POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nx-gatehouse-token: ${token}\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{`));
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
      socket.resume();
    });
    expect((await send(port, { body: 'x'.repeat(900) })).status).toBe(200);
  });

  test('answers 400 to what is not HTTP', async () => {
    const { port } = await rig();
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
      let got = '';
      socket.on('data', (chunk) => (got += chunk.toString('latin1')));
      socket.on('close', () => resolve(got));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1.1 400/);
  });
});

describe('listens', () => {
  test('on the next free port when the wanted one is taken, and says so', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => taken.listen(0, '127.0.0.1', () => {
      const address = taken.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    }));
    try {
      const { receiver } = await rig({ port });
      const status = receiver.status();
      expect(status).toMatchObject({ state: 'listening', wantedPort: port });
      expect(status.port).toBeGreaterThan(port);
      expect(status.message).toMatch(new RegExp(`Port ${port} is taken by another program, so the receiver listens on port ${status.port}`));
    } finally {
      taken.close();
    }
  });

  test('says what failed when it cannot listen at all', async () => {
    const { receiver } = await rig({ host: '192.0.2.1' });
    expect(receiver.status()).toMatchObject({ state: 'failed', port: null, message: '192.0.2.1 is not an address of this machine, so nothing can be received.' });
  });

  test('finishes what is in flight before it closes', async () => {
    let commit: (result: SubmitResult) => void = () => undefined;
    const { port, receiver, bodies } = await rig({}, () => new Promise((resolve) => {
      commit = resolve;
    }));
    const reply = send(port);
    while (bodies.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = receiver.close();
    expect(receiver.status().state).toBe('off');
    await new Promise((resolve) => setTimeout(resolve, 30));
    commit({ t: 'stored', accepted: 1, refused: 0, reason: '' });
    expect((await reply).status).toBe(200);
    await closed;
    await expect(send(port)).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('learns who sends', () => {
  const sample = { agents: [], services: ['desk'], unnamed: [], resources: [], more: false };
  const stored: SubmitResult = { t: 'stored', accepted: 1, refused: 0, reason: '', sample };

  test('asks what a body names only where it is wanted, and tells it after the commit', async () => {
    const told: unknown[] = [];
    const asked: (string | number | undefined)[][] = [];
    let wanted = true;
    const { port, bodies } = await rig({ senders: { body: ({ localPort, remoteAddress }, userAgent, connection) => {
      asked.push([localPort, remoteAddress, userAgent, connection]);
      return wanted ? { looked: Promise.resolve(), told: (one) => { told.push(one); } } : null;
    } } }, stored);
    await send(port, { headers: { 'user-agent': 'exporter/1' } });
    wanted = false;
    await send(port);
    await send(port, { path: '/v1/metrics' });
    expect(asked).toEqual([[port, '127.0.0.1', 'exporter/1', 7], [port, '127.0.0.1', undefined, 7]]);
    expect(bodies.map((body) => body.sample)).toEqual([true, undefined, undefined]);
    expect(told).toEqual([sample]);
  });

  test('the answer waits until the process was looked up, so that it does not go away before', async () => {
    let look = (): void => undefined;
    const looked = new Promise<void>((resolve) => { look = resolve; });
    const { port, bodies } = await rig({ senders: { body: () => ({ looked, told: () => undefined }) } }, stored);
    let isAnswered = false;
    const answered = send(port).then(({ status }) => { isAnswered = true; return status; });
    await expect.poll(() => bodies.length).toBe(1);
    expect(isAnswered).toBe(false);
    look();
    expect(await answered).toBe(200);
  });

  test('but not for long', async () => {
    const { port } = await rig({ senders: { body: () => ({ looked: new Promise(() => undefined), told: () => undefined }) } }, stored);
    expect((await send(port)).status).toBe(200);
  });

  test('nothing is told of a body that was not stored', async () => {
    const told: unknown[] = [];
    const { port } = await rig({ senders: { body: () => ({ looked: Promise.resolve(), told: (one) => { told.push(one); } }) } }, { t: 'malformed', reason: 'no' });
    expect((await send(port)).status).toBe(400);
    expect(told).toEqual([]);
  });
});
