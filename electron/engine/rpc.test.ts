import { describe, expect, it, vi } from 'vitest';
import type { EngineMessage } from '../../shared/contract.ts';
import { CallFailure } from './call-failure.ts';
import { readOnlyText } from './may.ts';
import type { Actor, CallContext, ClientPort, Log } from './ports.ts';
import { CheckedJson, RpcServer } from './rpc.ts';
import type { Handlers, RpcLimits, RpcParts, StreamOpeners } from './rpc.ts';

class FakePort implements ClientPort {
  readonly sent: EngineMessage[] = [];
  say: (message: unknown) => void = () => undefined;
  hangUp: () => void = () => undefined;
  closed = false;
  post(message: EngineMessage): void { this.sent.push(structuredClone(message)); }
  onMessage(listener: (message: unknown) => void): void { this.say = listener; }
  onClose(listener: () => void): void { this.hangUp = listener; }
  close(): void { this.closed = true; }
  async answerTo(n: number): Promise<EngineMessage> {
    return vi.waitFor(() => {
      const found = this.sent.find((message) => message.t !== 'hint' && message.n === n);
      if (!found) throw new Error(`no answer to ${n}`);
      return found;
    });
  }
}

class Lines implements Log {
  readonly lines: string[] = [];
  info(text: string): void { this.lines.push(text); }
  warn(text: string, facts?: object): void { this.lines.push(`${text} ${JSON.stringify(facts ?? {})}`); }
  error(text: string, error: unknown, facts?: object): void { this.lines.push(`${text} ${String(error)} ${JSON.stringify(facts ?? {})}`); }
}

const actor: Actor = { kind: 'desktop', name: 'ada', place: 'page', readOnly: false };
const at = '2026-11-22T00:00:00.000Z';

function serve(handlers: Partial<Handlers>, parts: { streams?: StreamOpeners; limits?: Partial<RpcLimits>; as?: Partial<Actor>; onRefused?: RpcParts['onRefused'] } = {}): { port: FakePort; log: Lines; server: RpcServer } {
  const log = new Lines();
  const notHere = new Proxy(handlers, { get: (have, name) => Reflect.get(have, name) ?? (() => { throw new Error('not in this test'); }) }) as Handlers;
  const streams = parts.streams ?? { 'live.activity': () => ({ credit: () => undefined, close: () => undefined }) };
  const server = new RpcServer({ handlers: notHere, streams, log, limits: { inFlight: 4, openStreams: 2, queryMs: 1_000, commandMs: 1_000, ...parts.limits }, ...(parts.onRefused === undefined ? {} : { onRefused: parts.onRefused }) });
  const port = new FakePort();
  server.serve(port, { ...actor, ...parts.as });
  return { port, log, server };
}

describe('RpcServer', () => {
  it('answers with JSON that was checked against the contract', async () => {
    const { port } = serve({ 'system.ping': () => ({ at, more: 'dropped' }) as { at: string } });
    port.say({ t: 'call', n: 1, method: 'system.ping', params: {} });
    expect(await port.answerTo(1)).toEqual({ t: 'ok', n: 1, json: JSON.stringify({ at }) });
  });

  it('passes on answers that the reader has checked and written already', async () => {
    const { port } = serve({ 'system.ping': () => new CheckedJson('{"at":"x"}') });
    port.say({ t: 'call', n: 1, method: 'system.ping', params: {} });
    expect(await port.answerTo(1)).toEqual({ t: 'ok', n: 1, json: '{"at":"x"}' });
  });

  it('takes the actor from the port, whatever the payload says', async () => {
    let seen: CallContext | null = null;
    const { port } = serve({ 'alarms.dismiss': (_params, context) => { seen = context; return {}; } });
    port.say({ t: 'call', n: 1, method: 'alarms.dismiss', params: { id: 'a', actor: { kind: 'desktop', name: 'mallory' } } });
    await port.answerTo(1);
    expect(seen).toMatchObject({ actor: { kind: 'desktop', name: 'ada' } });
  });

  it('refuses what changes something to an actor who only reads, whatever the payload says, and tells it once', async () => {
    const told: unknown[] = [];
    let ran = 0;
    const { port } = serve({ 'alarms.dismiss': () => { ran += 1; return {}; }, 'system.ping': () => ({ at }) }, { as: { readOnly: true }, onRefused: (method, who, text) => told.push([method, who.name, text]) });
    for (const n of [1, 2]) {
      port.say({ t: 'call', n, method: 'alarms.dismiss', params: { id: 'a', actor: { kind: 'desktop', name: 'ada', place: 'main', readOnly: false } } });
      expect(await port.answerTo(n)).toMatchObject({ t: 'err', error: { code: 'conflict', message: expect.stringContaining('Auditor mode') as string } });
    }
    port.say({ t: 'call', n: 3, method: 'system.ping', params: {} });
    expect(await port.answerTo(3)).toMatchObject({ t: 'ok' });
    expect(ran).toBe(0);
    expect(told).toEqual([['alarms.dismiss', 'ada', readOnlyText]]);
  });

  it.each([
    ['unknown method', { t: 'call', n: 7, method: 'system.nothing', params: {} }, 'no method "system.nothing"'],
    ['name of an object\'s own parts', { t: 'call', n: 7, method: 'constructor', params: {} }, 'no method "constructor"'],
    ['wrong parameter', { t: 'call', n: 7, method: 'agents.list', params: { period: { from: 'yesterday', to: null } } }, 'period.from: '],
    ['missing parameter', { t: 'call', n: 7, method: 'tasks.get', params: {} }, 'id: '],
    ['message of no known kind', { t: 'shout', n: 7 }, 'not one of the contract'],
    ['no message at all', null, 'not one of the contract'],
  ])('refuses: %s', async (_name, message, text) => {
    const { port } = serve({});
    port.say(message);
    const answer = await port.answerTo(message === null ? -1 : 7);
    expect(answer).toMatchObject({ t: 'err', error: { code: 'bad_request', message: expect.stringContaining(text) as string } });
  });

  it('hides what broke inside and gives an id that the log knows', async () => {
    const { port, log } = serve({ 'system.ping': () => { throw new Error('SELECT secret'); } });
    port.say({ t: 'call', n: 1, method: 'system.ping', params: {} });
    const answer = await port.answerTo(1);
    if (answer.t !== 'err') throw new Error('expected an error');
    expect(answer.error.code).toBe('internal');
    expect(answer.error.message).not.toContain('SELECT');
    expect(log.lines.join()).toContain(answer.error.id);
  });

  it('does not send an answer that breaks the contract', async () => {
    const { port, log } = serve({ 'system.ping': () => ({ at: 'noon' }) });
    port.say({ t: 'call', n: 1, method: 'system.ping', params: {} });
    expect(await port.answerTo(1)).toMatchObject({ t: 'err', error: { code: 'internal' } });
    expect(log.lines.join()).toContain('at: Invalid ISO datetime');
  });

  it('keeps a failure\'s code and sentence', async () => {
    const { port } = serve({ 'system.ping': () => { throw new CallFailure('not_found', 'No such thing.'); } });
    port.say({ t: 'call', n: 1, method: 'system.ping', params: {} });
    expect(await port.answerTo(1)).toMatchObject({ t: 'err', error: { code: 'not_found', message: 'No such thing.' } });
  });

  it('cancels: answers at once and tells the work', async () => {
    let signal: AbortSignal | null = null;
    const { port } = serve({ 'system.ping': (_params, context) => { signal = context.signal; return new Promise(() => undefined); } });
    port.say({ t: 'call', n: 1, method: 'system.ping', params: {} });
    await vi.waitFor(() => expect(signal).not.toBeNull());
    port.say({ t: 'cancel', n: 1 });
    expect(await port.answerTo(1)).toMatchObject({ t: 'err', error: { code: 'cancelled' } });
    expect(signal).toMatchObject({ aborted: true });
  });

  it('gives up after the deadline', async () => {
    const { port } = serve({ 'system.ping': () => new Promise(() => undefined) }, { limits: { queryMs: 20 } });
    port.say({ t: 'call', n: 1, method: 'system.ping', params: {} });
    expect(await port.answerTo(1)).toMatchObject({ t: 'err', error: { code: 'unavailable', message: expect.stringContaining('within 0.02 s') as string } });
  });

  it('limits calls in flight, and refuses a number that is in use', async () => {
    const { port } = serve({ 'system.ping': () => new Promise(() => undefined) });
    for (let n = 1; n <= 4; n += 1) port.say({ t: 'call', n, method: 'system.ping', params: {} });
    port.say({ t: 'call', n: 5, method: 'system.ping', params: {} });
    expect(await port.answerTo(5)).toMatchObject({ t: 'err', error: { code: 'too_busy' } });
    port.say({ t: 'call', n: 4, method: 'system.ping', params: {} });
    expect(await port.answerTo(4)).toMatchObject({ t: 'err', error: { code: 'bad_request' } });
  });

  it('stops the work of a client that hung up', async () => {
    let signal: AbortSignal | null = null;
    const { port, server } = serve({ 'system.ping': (_params, context) => { signal = context.signal; return new Promise(() => undefined); } });
    port.say({ t: 'call', n: 1, method: 'system.ping', params: {} });
    await vi.waitFor(() => expect(signal).not.toBeNull());
    port.hangUp();
    expect(signal).toMatchObject({ aborted: true });
    expect(server.clients).toBe(0);
    expect(port.sent).toEqual([]);
  });

  it('opens, credits and closes streams, and ends one that failed', async () => {
    const credits: number[] = [];
    let fail: ((error: unknown) => void) | null = null;
    let closed = 0;
    const { port } = serve({}, { streams: { 'live.activity': (_params, first, sink) => {
      credits.push(first);
      sink.item({ rows: [], dropped: 0, perSecond: 1 });
      fail = (error) => sink.fail(error);
      return { credit: (rows) => { credits.push(rows); }, close: () => { closed += 1; } };
    } } });
    port.say({ t: 'open', n: 1, stream: 'live.activity', params: {}, credits: 10 });
    port.say({ t: 'credit', n: 1, credits: 5 });
    port.say({ t: 'close', n: 1 });
    expect(credits).toEqual([10, 5]);
    expect(closed).toBe(1);
    expect(port.sent).toEqual([{ t: 'item', n: 1, json: '{"rows":[],"dropped":0,"perSecond":1}' }, { t: 'end', n: 1 }]);
    port.say({ t: 'open', n: 2, stream: 'live.activity', params: {}, credits: 10 });
    fail!(new Error('broken'));
    expect(port.sent.at(-1)).toMatchObject({ t: 'end', n: 2, error: { code: 'internal' } });
    port.say({ t: 'open', n: 3, stream: 'live.unknown', params: {}, credits: 10 });
    expect(port.sent.at(-1)).toMatchObject({ t: 'end', n: 3, error: { code: 'bad_request' } });
  });
});
