/** The levers against the official SDK's server: agents that cooperate, ignore, lie, hang. What a task really did is asked of the agent itself, not of the protocol. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRuntime } from '../conformance/start-runtime.ts';
import type { StartedRuntime } from '../conformance/start-runtime.ts';
import { RuntimeFault } from '../connector.ts';
import type { Sight, StopPort, StopTarget } from '../stopping.ts';
import { testIo } from '../test-io.ts';
import { a2a } from './a2a.ts';

const operator = 'a-token-of-the-operator';
const alice = 'a-token-of-alice';
const bob = 'a-token-of-bob';
const tokens = JSON.stringify({ [operator]: 'operator', [alice]: 'alice', [bob]: 'bob' });

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => { for (const end of ends.splice(0).toReversed()) await end(); });

async function serve(...args: string[]): Promise<StartedRuntime> {
  const server = await startRuntime('a2a-server.ts', ['--shared', '--step', '60', '--steps', '600', ...args], { A2A_TOKENS: tokens });
  ends.push(() => server.kill());
  return server;
}

function portOf(url: string, { secret = operator, stopSecret = secret }: { readonly secret?: string | null; readonly stopSecret?: string | null } = {}): StopPort {
  const io = { ...testIo({ url, secret }), stopSecret: () => Promise.resolve(stopSecret) };
  ends.push(io.end);
  return a2a.open({ kind: 'a2a', url }, io).stop!;
}

async function start(url: string, scenario: string, account = 'alice'): Promise<string> {
  const response = await fetch(`${url}/demo/start`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ scenario, account }) });
  return ((await response.json()) as { id: string }).id;
}

const ticksOf = async (url: string, id: string): Promise<number> => ((await (await fetch(`${url}/demo/effects/${id}`)).json()) as { ticks: number }).ticks;
const never = (): AbortSignal => AbortSignal.timeout(30_000);
const everything: StopTarget = { agents: null, runs: null };
const only = (...runs: string[]): StopTarget => ({ agents: null, runs });
const now = (): number => Date.now() * 1_000;
const pulled = [{ leverId: 'a2a.cancel', saved: null }];
const cancel = (port: StopPort, target: StopTarget, tell: (done: number, of: number) => void = () => undefined) => port.pull({ leverId: 'a2a.cancel', target, saved: null, attempt: 1 }, never(), tell);

async function eventually<T>(look: () => Promise<T | null>, withinMs = 8_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`nothing within ${withinMs} ms`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

const working = (url: string, id: string): Promise<number> => eventually(async () => (await ticksOf(url, id)) || null);
const lookUntil = (port: StopPort, target: StopTarget, sinceUs: number, is: (sight: Sight) => boolean): Promise<Sight> => eventually(async () => { const sight = await port.look(target, sinceUs, pulled, never()); return is(sight) ? sight : null; });

describe.each([['JSON-RPC', []], ['HTTP+JSON', ['--rest-only']]] as const)('over %s', (_name, args) => {
  // One server for all: each but the first names the tasks that it means.
  let server: StartedRuntime;
  beforeAll(async () => { server = await startRuntime('a2a-server.ts', ['--shared', '--step', '60', '--steps', '60', ...args], { A2A_TOKENS: tokens }); });
  afterAll(() => server.kill());

  it('plans: what is open, what it would hit, what stays alive', async () => {
    const port = portOf(server.url);
    const [work, asks] = [await start(server.url, 'tick'), await start(server.url, 'ask')];
    const survey = await eventually(async () => { const one = await port.survey(everything, never()); return one.runs.some(({ state }) => state === 'waiting') ? one : null; });
    expect(survey.runs.map(({ id, state }) => `${id} ${state}`).toSorted()).toEqual([`${work} running`, `${asks} waiting`].toSorted());
    expect(survey.runs.find(({ id }) => id === work)?.what).toMatch(/^working: "Carrier/);
    expect(survey.targets[0]?.text).toContain('2 open tasks');
    expect(survey.residual.map(({ id, endsUs }) => [id, endsUs])).toEqual([['a2a.scheme.bearer', null], ['a2a.own-authority', null]]);
  });

  it('cancels what cooperates, and does not take the word for the end of the work', async () => {
    const port = portOf(server.url);
    const id = await start(server.url, 'tick');
    await working(server.url, id);
    const sinceUs = now();
    const reply = await cancel(port, only(id));
    expect(reply).toMatchObject({ reported: 'stopped', complete: true, runs: [{ id, reported: 'stopped' }] });
    const sight = await port.look(only(id), sinceUs, pulled, never());
    expect(sight).toMatchObject({ open: [], complete: true, opaque: [{ run: id, step: null }], readBack: [{ leverId: 'a2a.cancel', holds: true }] });
    const ticks = await ticksOf(server.url, id);
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    expect(await ticksOf(server.url, id)).toBeLessThanOrEqual(ticks + 1);
    expect((await port.look(only(id), sinceUs, pulled, never())).signs).toEqual([]);
    await expect(port.undo('a2a.cancel', '', never())).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('sees that a lie is no proof: cancelled in a moment, at work for seconds', async () => {
    const port = portOf(server.url);
    const id = await start(server.url, 'lie');
    await port.survey(everything, never());
    await working(server.url, id);
    const sinceUs = now();
    const reply = await cancel(port, only(id));
    expect(reply.runs[0]?.ms).toBeLessThan(1_000);
    const ticks = await ticksOf(server.url, id);
    await eventually(async () => ((await ticksOf(server.url, id)) > ticks + 5 ? true : null));
    expect(await port.look(only(id), sinceUs, pulled, never())).toMatchObject({ open: [], opaque: [{ run: id, text: expect.stringContaining('does not tell') as string }] });
  });
});

describe('agents that do not answer a cancellation', () => {
  it('waits 5 s for each, says so, and shows what they do', async () => {
    const server = await serve('--steps', '110');
    const port = portOf(server.url);
    const deaf = await start(server.url, 'deaf');
    const sinceUs = now();
    await lookUntil(port, only(deaf), sinceUs, ({ open }) => open[0]?.state === 'waiting');
    const stubborn = await start(server.url, 'stubborn');
    await working(server.url, stubborn);
    const beganMs = Date.now();
    const reply = await cancel(port, only(stubborn, deaf));
    expect(Date.now() - beganMs).toBeLessThan(7_500);
    expect(reply).toMatchObject({ reported: 'accepted', complete: true });
    expect(reply.runs).toMatchObject([{ id: stubborn, reported: 'accepted', text: expect.stringMatching(/did not answer within 5 s.*still working/) as string }, { id: deaf, reported: 'accepted', text: expect.stringContaining('still input-required') as string }]);
    const during = await port.look(only(stubborn, deaf), sinceUs, pulled, never());
    expect(during).toMatchObject({ open: [{ state: 'waiting' }, { id: stubborn, state: 'running' }], opaque: [], readBack: [{ holds: false }] });
    expect(during.signs.filter(({ run }) => run === stubborn).length).toBeGreaterThan(0);
    const after = await lookUntil(port, only(stubborn), sinceUs, ({ open }) => open.length === 0);
    expect(after.signs.at(-1)).toMatchObject({ run: stubborn, what: expect.stringContaining('completed') as string });
    expect(after.opaque).toEqual([]);
  });
});

describe('many tasks', () => {
  it('cancels all that are open, tells as they answer, and leaves none', async () => {
    const server = await serve('--step', '1000');
    const port = portOf(server.url, { stopSecret: operator, secret: alice });
    const ids = await Promise.all(Array.from({ length: 24 }, () => start(server.url, 'tick')));
    const sinceUs = now();
    const told: number[] = [];
    const reply = await cancel(port, everything, (done, of) => { told.push(done); expect(of).toBe(24); });
    expect(reply).toMatchObject({ reported: 'stopped', complete: true });
    expect(reply.runs.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(reply.text).toContain('24 reported as cancelled');
    expect(told.at(-1)).toBe(24);
    const sight = await port.look(everything, sinceUs, pulled, never());
    expect(sight).toMatchObject({ open: [], complete: true });
    expect(sight.opaque).toHaveLength(24);
    // A console that was started anew, and remembers nothing, sees the same.
    expect((await portOf(server.url, { stopSecret: operator, secret: alice }).look(everything, sinceUs, pulled, never())).opaque).toHaveLength(24);
  });

  it('sees a task that begins after the command, and one that waited asks nobody any more', async () => {
    const server = await serve();
    const port = portOf(server.url, { secret: alice, stopSecret: operator });
    const waits = await start(server.url, 'ask');
    await eventually(async () => ((await port.survey(everything, never())).runs[0]?.state === 'waiting' ? true : null));
    const sinceUs = now();
    await cancel(port, everything);
    expect(await port.look(everything, sinceUs, pulled, never())).toMatchObject({ open: [], opaque: [], signs: [] });
    const late = await start(server.url, 'work');
    const sight = await lookUntil(port, everything, sinceUs, ({ signs }) => signs.some(({ what }) => what.includes('completed')));
    expect(new Set(sight.signs.map(({ run }) => run))).toEqual(new Set([late]));
    expect(waits).not.toBe(late);
  });
});

describe('words of the server', () => {
  it('says what had ended, and what it does not know', async () => {
    const server = await serve();
    const port = portOf(server.url);
    const id = await start(server.url, 'work');
    await lookUntil(port, only(id), 0, ({ open }) => open.length === 0);
    const reply = await cancel(port, only(id, 'no-such-task'));
    expect(reply.runs).toMatchObject([{ id, reported: 'nothing_to_stop', text: expect.stringContaining('completed') as string }, { id: 'no-such-task', reported: 'refused' }]);
    expect(reply.complete).toBe(false);
    expect(await port.look(only('no-such-task'), 0, pulled, never())).toMatchObject({ complete: false, notes: [expect.stringContaining('no such task') as string] });
  });

  it('does not take a list that may be its own only for everything', async () => {
    const server = await serve();
    const [mine, others] = [await start(server.url, 'tick', 'alice'), await start(server.url, 'tick', 'bob')];
    const port = portOf(server.url, { secret: alice });
    const seen = await port.look(everything, now(), pulled, never());
    expect(seen.open.map(({ id }) => id)).toEqual([mine]);
    expect(seen).toMatchObject({ complete: false, notes: [expect.stringContaining('does not tell') as string] });
    expect(await port.look(only(mine), now(), pulled, never())).toMatchObject({ complete: true });
    // Another account's task is none of this credential's, whatever it is named.
    expect((await cancel(port, only(others))).runs).toMatchObject([{ reported: 'refused' }]);
    expect(await portOf(server.url, { secret: alice, stopSecret: operator }).look(everything, now(), pulled, never())).toMatchObject({ complete: true });
  });

  it('cancels by name where the server speaks 0.3, and says that it cannot see the rest', async () => {
    const server = await serve('--only03');
    const port = portOf(server.url, { secret: alice });
    const id = await start(server.url, 'tick');
    await working(server.url, id);
    expect(await port.survey(everything, never())).toMatchObject({ runs: [], complete: false, notes: [expect.stringContaining('0.3') as string] });
    await expect(cancel(port, everything)).rejects.toMatchObject({ name: 'RuntimeFault', kind: 'conflict', message: expect.stringContaining('Nothing was sent') as string });
    const sinceUs = now();
    expect(await cancel(port, only(id))).toMatchObject({ reported: 'stopped', complete: true });
    expect(await port.look(only(id), sinceUs, pulled, never())).toMatchObject({ open: [], complete: true, opaque: [{ run: id }] });
    expect((await cancel(port, only('no-such-task'))).runs).toMatchObject([{ reported: 'refused' }]);
  });

  it('tells whether a credential may cancel, and changes nothing', async () => {
    const server = await serve();
    const id = await start(server.url, 'ask');
    for (const [secret, result, text] of [[operator, 'ok', 'knows no such task'], ['not-a-token', 'missing', '401'], [null, 'missing', 'wants a credential']] as const) {
      expect(await portOf(server.url, { secret }).rights(never())).toMatchObject([{ level: 'cancel', result, text: expect.stringContaining(text) as string }]);
    }
    await lookUntil(portOf(server.url), only(id), 0, ({ open }) => open[0]?.state === 'waiting');
  });

  it('fails in words where nobody listens, and stops nothing that is another agent', async () => {
    const server = await serve();
    const port = portOf(server.url);
    await expect(cancel(port, { agents: ['http://elsewhere.example/card'], runs: null })).rejects.toMatchObject({ kind: 'gone' });
    await port.survey(everything, never());
    await server.kill();
    await expect(cancel(port, only('a'))).rejects.toMatchObject({ name: 'RuntimeFault', kind: 'unreachable' });
    await expect(port.look(everything, 0, pulled, never())).rejects.toBeInstanceOf(RuntimeFault);
    await expect(port.rights(never())).resolves.toMatchObject([{ result: 'unknown' }]);
  });
});

describe('credentials', () => {
  /** Passes on, and writes down which credential each request carried. */
  async function recorder(upstream: string): Promise<{ readonly url: string; readonly seen: { readonly method: string; readonly auth: string }[] }> {
    const seen: { method: string; auth: string }[] = [];
    const server = createServer((req, res) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of req) chunks.push(chunk as Buffer);
        const body = Buffer.concat(chunks).toString();
        seen.push({ method: body === '' ? `GET ${req.url ?? ''}` : String((JSON.parse(body) as { method?: string }).method), auth: req.headers.authorization ?? 'none' });
        const { host: _host, connection: _connection, 'content-length': _length, ...headers } = req.headers;
        const answer = await fetch(new URL(req.url ?? '/', upstream), { method: req.method ?? 'GET', headers: headers as Record<string, string>, ...(body === '' ? {} : { body }) });
        res.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end((await answer.text()).replaceAll(new URL(upstream).host, req.headers.host ?? ''));
      })().catch(() => res.destroy());
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    ends.push(() => { server.closeAllConnections(); server.close(); });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
  }

  it('stops with the stop credential only, and reads with the other only', async () => {
    const server = await serve();
    const { url, seen } = await recorder(server.url);
    const io = { ...testIo({ url, secret: bob }), stopSecret: () => Promise.resolve(operator) };
    ends.push(io.end);
    const connector = a2a.open({ kind: 'a2a', url }, io);
    const id = await start(server.url, 'tick');
    await connector.discover(io.signal);
    await connector.collect(null, io.signal);
    await connector.test(io.signal);
    expect(new Set(seen.map(({ auth }) => auth))).toEqual(new Set([`Bearer ${bob}`]));
    seen.length = 0;
    await connector.stop!.rights(never());
    await connector.stop!.survey(everything, never());
    expect(await cancel(connector.stop!, only(id))).toMatchObject({ reported: 'stopped' });
    await connector.stop!.look(everything, 0, pulled, never());
    expect(seen.map(({ method }) => method)).toContain('CancelTask');
    expect(new Set(seen.map(({ auth }) => auth))).toEqual(new Set([`Bearer ${operator}`]));
  });
});
