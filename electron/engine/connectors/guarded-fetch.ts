/** The only fetch that a connector gets: bounded in time and bytes, and bound to the connection's own origin. */
import { RuntimeFault } from './connector.ts';
import { faultFrom } from './faults.ts';
import { isInsideAddress } from './inside-address.ts';
import { onThisMachine } from './this-machine.ts';

export interface GuardedFetchOptions {
  /** the connection's life: ends every request. */
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
  readonly mostBytes?: number;
  /** the connection's address: relative addresses begin there, and only its origin gets more than a bare question. */
  readonly base: URL;
}

const usualTimeoutMs = 10_000;
const usualMostBytes = 32 * 1024 * 1024;
const mostEventBytes = 4 * 1024 * 1024;
const mostRedirects = 5;
const redirects: readonly number[] = [301, 302, 303, 307, 308];
const withoutBody: readonly number[] = [204, 205, 304];

/** This machine's own names are one place: servers print `localhost` where a person typed `127.0.0.1`. */
export function sameOrigin(one: URL, other: URL): boolean {
  const host = (url: URL): string => (onThisMachine(url) ? 'loopback' : url.hostname);
  return one.protocol === other.protocol && one.port === other.port && host(one) === host(other);
}

/** One request's time: ends with the connection, with the caller, or by itself. */
class Limit {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly signal: AbortSignal;

  constructor(signals: readonly (AbortSignal | null | undefined)[], timeoutMs: number) {
    this.#timer = setTimeout(() => this.#controller.abort(new RuntimeFault('unreachable', `It did not answer within ${timeoutMs / 1_000} s.`)), timeoutMs);
    this.#timer.unref();
    this.signal = AbortSignal.any([this.#controller.signal, ...signals.filter((one) => one !== null && one !== undefined)]);
  }

  lift(): void { clearTimeout(this.#timer); }
}

export function guardedFetch({ signal, timeoutMs = usualTimeoutMs, mostBytes = usualMostBytes, base }: GuardedFetchOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const request = requestOf(input, init, base);
    const stream = /\btext\/event-stream\b/i.test(request.headers.get('accept') ?? '');
    const limit = new Limit([signal, init?.signal, input instanceof Request ? input.signal : null], timeoutMs);
    try {
      const response = await follow(request, base, limit.signal);
      // A stream lives as long as its caller wants it; that it began in time was checked.
      const endless = stream && Boolean(init?.signal) && /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
      if (endless) limit.lift();
      return bounded(response, limit, endless ? Number.POSITIVE_INFINITY : mostBytes);
    } catch (error) {
      limit.lift();
      // The caller's own end is the caller's to tell apart; everything else becomes a fault.
      if (signal.aborted || init?.signal?.aborted) throw error;
      throw faultFrom(error);
    }
  };
}

/** An address comes from a card or a redirect as often as from us. */
function requestOf(input: string | URL | Request, init: RequestInit | undefined, base: URL): Request {
  if (input instanceof Request) return new Request(input, init);
  const url = URL.parse(String(input), base.href);
  if (!url || url.username !== '' || url.password !== '') throw new RuntimeFault('garbage', 'It names something that is no usable web address.');
  return new Request(url, init);
}

async function follow(request: Request, base: URL, signal: AbortSignal): Promise<Response> {
  const headers = new Headers(request.headers);
  if (!headers.has('user-agent')) headers.set('user-agent', 'gatehouse');
  let { method } = request;
  let body = method === 'GET' || method === 'HEAD' ? null : new Uint8Array(await request.arrayBuffer());
  let url = new URL(request.url);
  const beganAbroad = !sameOrigin(url, base);
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const abroad = !sameOrigin(url, base);
    if (abroad) refuseAbroad(url, base, method, hops);
    // SECURITY: what is asked elsewhere carries nothing of ours: no credential, no session, no cookie, no body.
    const response = await fetch(url, { method, headers: abroad ? bareHeaders(headers) : headers, body: abroad ? null : body, signal, redirect: 'manual', credentials: 'omit' });
    const location = redirects.includes(response.status) ? response.headers.get('location') : null;
    if (location === null || request.redirect === 'manual') return response;
    await response.body?.cancel();
    if (request.redirect === 'error') throw new RuntimeFault('garbage', 'It redirects where no redirect is followed.');
    // SECURITY: nor may an answer from elsewhere say what is asked at home, with the credential on it.
    if (beganAbroad) throw new RuntimeFault('garbage', `What was asked elsewhere, at ${url.origin}, redirects. That is not followed.`);
    url = nextAddress(location, url);
    if (response.status === 303 || (response.status < 303 && method === 'POST')) {
      method = method === 'HEAD' ? 'HEAD' : 'GET';
      body = null;
      headers.delete('content-type');
    }
  }
  throw new RuntimeFault('garbage', `It redirects more than ${mostRedirects} times.`);
}

/**
 * SECURITY: an agent card or a redirect is a stranger's text. It must not steer the credential to another host, nor make this machine write
 * to one. Public documents elsewhere (the metadata of an authorization server) may be read, but never by a redirect.
 */
function refuseAbroad(url: URL, base: URL, method: string, hops: number): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new RuntimeFault('garbage', `It names an address that is no web address (${url.protocol}).`);
  if (hops > 0) throw new RuntimeFault('garbage', `It redirects to another place, ${url.origin}. The credential is not sent there; give the connection that address if it is the right one.`);
  if (method !== 'GET' && method !== 'HEAD') throw new RuntimeFault('garbage', `It names another place, ${url.origin}, for its work. The credential is not sent there; give the connection that address if it is the right one.`);
  if (isInsideAddress(url) && !isInsideAddress(base)) throw new RuntimeFault('garbage', `It names an address inside of this network, ${url.origin}, though it is outside itself. It was not asked.`);
  if (base.protocol === 'https:' && url.protocol !== 'https:') throw new RuntimeFault('garbage', `It names an unprotected address, ${url.origin}. It was not asked.`);
}

function bareHeaders(headers: Headers): Headers {
  const bare = new Headers({ 'user-agent': 'gatehouse' });
  const accept = headers.get('accept');
  if (accept !== null) bare.set('accept', accept);
  return bare;
}

function nextAddress(location: string, from: URL): URL {
  const url = URL.parse(location, from.href);
  if (!url) throw new RuntimeFault('garbage', 'It redirects to something that is no address.');
  return url;
}

/** SECURITY: counted as it comes, after decompression: a small answer that swells is ended too. */
function bounded(response: Response, limit: Limit, mostBytes: number): Response {
  if (response.status < 200 || response.status > 599) throw new RuntimeFault('garbage', `It answered with the unknown HTTP status ${response.status}.`);
  if (response.body === null || withoutBody.includes(response.status)) {
    limit.lift();
    return response;
  }
  let bytes = 0;
  let eventBytes = 0;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          limit.lift();
          return controller.close();
        }
        bytes += value.byteLength;
        eventBytes = inEvent(eventBytes, value);
        // SECURITY: what reads events keeps one until its blank line comes; one without an end would fill the memory.
        if (mostBytes === Number.POSITIVE_INFINITY && eventBytes > mostEventBytes) throw new RuntimeFault('garbage', `It sends an event of more than ${mostEventBytes / 1_048_576} MiB; the rest was not read.`);
        if (bytes > mostBytes) throw new RuntimeFault('garbage', `It sends more than ${Math.floor(mostBytes / 1_048_576)} MiB in one answer; the rest was not read.`);
        controller.enqueue(value);
      } catch (error) {
        limit.lift();
        // The reason of our own time limit is a fault already; a caller's abort stays what it is.
        const reason: unknown = limit.signal.aborted ? limit.signal.reason : error;
        controller.error(reason instanceof Error && reason.name === 'AbortError' ? reason : faultFrom(reason));
        await reader.cancel().catch(() => undefined);
      }
    },
    async cancel(reason) {
      limit.lift();
      await reader.cancel(reason);
    },
  });
  const bound = new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
  Object.defineProperty(bound, 'url', { value: response.url });
  return bound;
}

/** Bytes since the last blank line. A blank line that falls between two pieces is missed, which the next one makes good. */
function inEvent(before: number, piece: Uint8Array): number {
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  const at = Math.max(bytes.lastIndexOf('\n\n'), bytes.lastIndexOf('\r\n\r\n'), bytes.lastIndexOf('\r\r'));
  return at === -1 ? before + piece.byteLength : piece.byteLength - at;
}
