/** One POST of JSON: no redirects, no connection kept, little of the answer read. */
import { request as plainRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { readRetryAfter } from '../../connectors/faults.ts';
import { attemptSignal, lineFault, trust } from './attempt.ts';
import { DeliveryFault } from './sending.ts';
import type { SendLimits } from './sending.ts';

export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly ca: string | undefined;
  /** what of a refusal's body may be told; null: nothing. SECURITY: a receiver may repeat what we sent. */
  readonly quotable: RegExp | null;
  readonly signal: AbortSignal;
  readonly limits: SendLimits;
}

const mostAnswerBytes = 4_096;
const answerWithinMs = 1_000;
/** 4xx that say "not now" rather than "never". */
const passing: readonly number[] = [408, 425, 429];

/** Resolves once the receiver said 2xx. */
export async function post(what: Post): Promise<void> {
  const attempt = attemptSignal(what.signal, what.limits);
  try {
    await exchange(what, attempt);
  } catch (error) {
    throw lineFault(error, what.url.host, attempt, what.limits);
  }
}

async function exchange(what: Post, attempt: AbortSignal): Promise<void> {
  const response = await ask(what, attempt);
  const body = someOf(response).finally(() => response.destroy());
  const status = response.statusCode ?? 0;
  // What comes behind a yes is nobody's concern: it is read so that the receiver need not think that we broke off, and not waited for.
  if (status >= 200 && status <= 299) return;
  const said = what.quotable === null ? '' : await body;
  throw refusal(what.url.host, response, what.quotable?.test(said) === true ? ` It says "${said}".` : '');
}

function ask({ url, headers, body, ca }: Post, attempt: AbortSignal): Promise<IncomingMessage> {
  const bytes = Buffer.from(body, 'utf8');
  // An agent of its own: nothing of this line is used again, and nothing of another line is used for it.
  const options: RequestOptions = { method: 'POST', agent: false, signal: attempt, maxHeaderSize: 16_384, headers: { 'user-agent': 'Gatehouse', 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length, connection: 'close', ...headers } };
  return new Promise((done, fail) => {
    const request = url.protocol === 'https:' ? tlsRequest(url, { ...options, ...trust(ca) }) : plainRequest(url, options);
    request.once('response', done);
    request.on('error', fail);
    request.end(bytes);
  });
}

function refusal(host: string, response: IncomingMessage, said: string): DeliveryFault {
  const status = response.statusCode ?? 0;
  const retryAfterMs = readRetryAfter(response.headers['retry-after'] ?? null, Date.now());
  if (status >= 300 && status <= 399) return new DeliveryFault(`${host} sends to another address (HTTP ${status}). Gatehouse follows no redirects: give the address where it ends.`);
  const forGood = status >= 400 && status <= 499 && !passing.includes(status);
  const asksToWait = retryAfterMs === null || forGood ? '' : `, and asks to wait ${Math.ceil(retryAfterMs / 1_000)} s`;
  return new DeliveryFault(`${host} answered HTTP ${status}${asksToWait}.${said}`, { forGood, retryAfterMs: forGood ? null : retryAfterMs });
}

/** The beginning of the body, as far as it comes soon. */
function someOf(response: IncomingMessage): Promise<string> {
  return new Promise((done) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const finish = (): void => {
      clearTimeout(timer);
      done(Buffer.concat(parts).subarray(0, mostAnswerBytes).toString('utf8').trim());
    };
    const timer = setTimeout(finish, answerWithinMs);
    response.on('data', (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      if (bytes >= mostAnswerBytes) finish();
    });
    response.once('end', finish);
    // What broke off is as much as there is.
    response.once('error', finish);
    response.once('close', finish);
  });
}
