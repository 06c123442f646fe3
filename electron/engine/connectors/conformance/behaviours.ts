/** How runtimes fail, and what every connector has to make of it. One line of the suite's table each. */
import { once } from 'node:events';
import { expect } from 'vitest';
import type { FaultKind } from '../connector.ts';
import type { Behaviour, Exchange } from './fault-proxy.ts';
import { keysOf, namesOf, refusedCount } from './look.ts';
import type { Outcome, Seen } from './look.ts';
import { loneSurrogates, nestedDeeply, oneNestedDeeply, rewriting, rewritingText, withProtoKeys, wrongEntries, wrongTypes } from './rewrite.ts';

interface Misbehaviour {
  readonly name: string;
  /** what must hold, in words; the tests hold it. */
  readonly must: string;
  readonly behave: Behaviour;
  /** nothing more comes, so that only the time limit ends it. */
  readonly silent?: true;
  readonly holds: (outcome: Outcome, honest: Seen) => void;
}

const json = { 'content-type': 'application/json' };
const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

const saying = (status: number, body = '', headers: Readonly<Record<string, string>> = {}): Behaviour => ({ send }) => send({ status, headers: { ...json, ...headers }, body });

export function describeOutcome(outcome: Outcome): string {
  if (outcome.t === 'mistake') return `MISTAKE ${String(outcome.error)}`;
  if (outcome.t === 'fault') return `${outcome.fault.kind}${outcome.fault.retryAfterMs === null ? '' : ` (wait ${Math.round(outcome.fault.retryAfterMs / 1_000)} s)`}`;
  const refused = refusedCount(outcome.seen);
  return refused > 0 ? `read, ${refused} refused` : 'read';
}

function faultOf(outcome: Outcome): Extract<Outcome, { t: 'fault' }>['fault'] {
  expect(outcome.t === 'fault' ? 'fault' : describeOutcome(outcome)).toBe('fault');
  if (outcome.t !== 'fault') throw new Error('unreachable');
  return outcome.fault;
}

const isFault = (...kinds: readonly FaultKind[]): Misbehaviour['holds'] => (outcome) => { expect(kinds).toContain(faultOf(outcome).kind); };

const isThrottled = (waitMs: number | null): Misbehaviour['holds'] => (outcome) => {
  const fault = faultOf(outcome);
  expect(fault.kind).toBe('throttled');
  if (waitMs === null) expect(fault.retryAfterMs).toBeNull();
  else expect(Math.abs((fault.retryAfterMs ?? Number.NaN) - waitMs)).toBeLessThan(2_500);
};

const sameAs = (outcome: Outcome, honest: Seen): void => {
  expect(describeOutcome(outcome)).toMatch(/^read/);
  if (outcome.t !== 'seen') return;
  expect(namesOf(outcome.seen)).toEqual(namesOf(honest));
  expect([...keysOf(honest)].filter((key) => !keysOf(outcome.seen).has(key))).toEqual([]);
};

/** A fault, or a look in which what could not be read was counted and nothing stands that an honest one did not have. */
const inventsNothing = (outcome: Outcome, honest: Seen): void => {
  if (outcome.t === 'fault') return isFault('garbage', 'gone', 'conflict', 'runtime_error', 'unreachable')(outcome, honest);
  expect(describeOutcome(outcome)).toMatch(/^read/);
  if (outcome.t !== 'seen') return;
  expect([...namesOf(outcome.seen)].filter((name) => !namesOf(honest).has(name))).toEqual([]);
  expect([...keysOf(outcome.seen)].filter((key) => !keysOf(honest).has(key))).toEqual([]);
  const less = namesOf(outcome.seen).size < namesOf(honest).size || keysOf(outcome.seen).size < keysOf(honest).size;
  if (less) expect(refusedCount(outcome.seen) > 0 || !outcome.seen.discovered.complete).toBe(true);
};

function prototypeIsClean(): void {
  expect('polluted' in {}).toBe(false);
  expect(Object.prototype.toString.call({})).toBe('[object Object]');
}

async function half({ forward, res }: Exchange): Promise<void> {
  const { status, headers, body } = await forward();
  const bytes = Buffer.from(body === '' ? '{"half":' : body);
  res.writeHead(status, { ...headers, 'content-length': bytes.length + 10 });
  res.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
  await wait(20);
  res.destroy();
}

async function drained(res: Exchange['res']): Promise<void> {
  const gone = new AbortController();
  const stop = (): void => gone.abort();
  res.once('close', stop);
  await once(res, 'drain', { signal: gone.signal }).catch(() => undefined);
  res.off('close', stop);
}

/** One piece again and again, as fast as it is taken. */
export async function endless({ res }: Exchange, type: string, piece: string, pauseMs = 0): Promise<void> {
  res.writeHead(200, { 'content-type': type });
  // Far more than anybody should take; a reader that takes it all is caught by the bytes that were sent.
  for (let i = 0; i < 6_000 && !res.destroyed; i++) {
    if (!res.write(piece) && !res.destroyed) await drained(res);
    if (pauseMs > 0) await wait(pauseMs);
  }
  res.end();
}

const block = ' '.repeat(64 * 1024);

export const misbehaviours: readonly Misbehaviour[] = [
  { name: 'slow', must: 'everything is read all the same', behave: async ({ forward, send }) => { const answer = await forward(); await wait(60); send(answer); }, holds: sameAs },
  { name: 'silent', must: 'unreachable, within its time', silent: true, behave: () => undefined, holds: isFault('unreachable') },
  { name: 'a byte now and then', must: 'unreachable, within its time', silent: true, behave: (exchange) => endless(exchange, 'application/json', ' ', 100), holds: isFault('unreachable') },
  { name: 'drops in mid-body', must: 'unreachable or garbage', behave: half, holds: isFault('unreachable', 'garbage') },
  { name: 'resets', must: 'unreachable', behave: ({ res }) => { res.socket?.resetAndDestroy(); }, holds: isFault('unreachable') },
  { name: '401', must: 'the credential is refused', behave: saying(401, '{"error":"no"}', { 'www-authenticate': 'Bearer realm="x"' }), holds: isFault('credential_refused', 'credential_missing') },
  { name: '403', must: 'a right is missing', behave: saying(403, '{"error":"not yours"}'), holds: isFault('forbidden') },
  { name: '429, seconds', must: 'waits as long as it was told', behave: saying(429, '{}', { 'retry-after': '7' }), holds: isThrottled(7_000) },
  { name: '429, date', must: 'waits as long as it was told', behave: ({ send }) => send({ status: 429, headers: { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }, body: '' }), holds: isThrottled(60_000) },
  { name: '429, no time', must: 'throttled, time unknown', behave: saying(429), holds: isThrottled(null) },
  { name: '500', must: 'the runtime fails', behave: saying(500, 'Internal Server Error'), holds: isFault('runtime_error') },
  { name: '502', must: 'the runtime fails', behave: saying(502, '<html>Bad Gateway</html>', { 'content-type': 'text/html' }), holds: isFault('runtime_error') },
  { name: '503', must: 'the runtime fails', behave: saying(503), holds: isFault('runtime_error') },
  { name: '503, seconds', must: 'waits as long as it was told', behave: saying(503, '', { 'retry-after': '5' }), holds: isThrottled(5_000) },
  { name: '404', must: 'not what it should be', behave: saying(404, 'Not Found', { 'content-type': 'text/plain' }), holds: isFault('gone', 'garbage') },
  { name: 'HTML', must: 'garbage', behave: saying(200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' }), holds: isFault('garbage') },
  { name: 'HTML said to be JSON', must: 'garbage', behave: saying(200, '<!doctype html><title>Sign in</title>'), holds: isFault('garbage') },
  { name: 'nothing', must: 'garbage', behave: saying(200, ''), holds: isFault('garbage') },
  { name: 'half a JSON text', must: 'garbage', behave: rewritingText((text) => text.slice(0, Math.ceil(text.length / 2))), holds: isFault('garbage') },
  { name: 'null', must: 'garbage', behave: saying(200, 'null'), holds: isFault('garbage') },
  { name: 'other JSON', must: 'garbage, or refused and counted; nothing invented', behave: saying(200, '{"hello":"world","items":[1,2,3]}'), holds: inventsNothing },
  { name: 'wrong types', must: 'garbage, or refused and counted; nothing invented', behave: rewriting(wrongTypes), holds: inventsNothing },
  { name: 'wrong entries', must: 'garbage, or refused and counted; nothing invented', behave: rewriting(wrongEntries), holds: inventsNothing },
  { name: 'nested without end', must: 'no crash; nothing invented', behave: rewritingText((text) => nestedDeeply(text)), holds: inventsNothing },
  {
    name: 'one record nested without end', must: 'the others are read', behave: rewritingText((text) => oneNestedDeeply(text)),
    holds: (outcome, honest) => {
      expect(describeOutcome(outcome)).toMatch(/^read/);
      inventsNothing(outcome, honest);
      expect(outcome.t === 'seen' && (keysOf(honest).size === 0 ? namesOf(outcome.seen).size > 1 : keysOf(outcome.seen).size > 0)).toBe(true);
    },
  },
  {
    name: 'text that is no text', must: 'read or refused; what is kept can be stored', behave: rewriting(loneSurrogates),
    holds: (outcome) => {
      expect(describeOutcome(outcome)).not.toMatch(/^MISTAKE/);
      if (outcome.t === 'seen') expect([...namesOf(outcome.seen)].filter((name) => !name.isWellFormed())).toEqual([]);
    },
  },
  { name: '__proto__ keys', must: 'nothing is polluted; nothing invented', behave: rewritingText(withProtoKeys), holds: (outcome, honest) => { prototypeIsClean(); inventsNothing(outcome, honest); } },
  { name: 'huge', must: 'garbage; no more than the limit is taken', behave: (exchange) => endless(exchange, 'application/json', block), holds: isFault('garbage', 'unreachable') },
  { name: 'endless stream', must: 'garbage or unreachable; no more than the limit is taken', behave: (exchange) => endless(exchange, 'text/event-stream', `: ${block}\n\n`), holds: isFault('garbage', 'unreachable') },
  { name: 'huge headers', must: 'garbage', behave: saying(200, '{}', { 'x-long': 'x'.repeat(200_000) }), holds: isFault('garbage', 'unreachable') },
  { name: 'redirects in a circle', must: 'garbage', behave: ({ request, send }) => send({ status: 307, headers: { location: request.path }, body: '' }), holds: isFault('garbage') },
];
