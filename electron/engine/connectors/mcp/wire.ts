/** HTTP as the SDK gets it: the house's fetch with the credential, a bound on everything, and refusals told as faults. */
import type { FetchLike } from '@modelcontextprotocol/client';
import { RuntimeFault } from '../connector.ts';
import type { ConnectorIo, TargetOf } from '../connector.ts';
import { setCredential } from '../credential-header.ts';
import { faultOf } from '../faults.ts';
import { quoted } from '../foreign-json.ts';
import { readChallenge } from './challenge.ts';
import type { Challenge } from './challenge.ts';
import { limits } from './limits.ts';
import { refuseToAct } from './methods.ts';

export type HttpTarget = Extract<TargetOf<'mcp'>, { transport: 'http' }>;

export interface Wire {
  readonly fetch: FetchLike;
  /** what the last refusal said about how to be let in. */
  readonly challenge: () => Challenge | null;
  /** status of the last answer that was no success and was left to the SDK. */
  readonly oddStatus: () => number | null;
}

export async function credentialHeaders(io: ConnectorIo, target: HttpTarget): Promise<Headers> {
  const headers = new Headers();
  const secret = await io.secret();
  if (secret === null) return headers;
  setCredential(headers, target.header ?? 'authorization', target.scheme ?? 'bearer', secret);
  return headers;
}

/** `failed`: an answer went wrong after its beginning, where the SDK would wait on. `withCredential` false: asks as a stranger. */
export function openWire(io: ConnectorIo, target: HttpTarget, failed: (fault: unknown) => void, withCredential = true): Wire {
  let challenge: Challenge | null = null;
  let oddStatus: number | null = null;
  const budget = { left: limits.sessionBytes };
  const wiredFetch: FetchLike = async (input, init) => {
    const method = init?.method ?? 'GET';
    // The stream for what a server wants to say unasked: nothing of it is for us, and no server needs it to be open.
    if (method === 'GET') return new Response(null, { status: 405 });
    if (typeof init?.body === 'string') refuseToAct(JSON.parse(init.body));
    const headers = new Headers(init?.headers);
    if (withCredential) for (const [name, value] of await credentialHeaders(io, target)) headers.set(name, value);
    // As a whole request: the house's fetch lets a stream run on whose caller can end it, and each answer here has an end of its own.
    const response = await io.fetch(new Request(input, { ...init, headers }));
    if (response.status === 401 || response.status === 403) challenge = readChallenge(response.headers.get('www-authenticate'));
    if (response.ok) return bounded(response, budget, failed);
    const fault = await faultOfRefusal(response, challenge, headers, io.clock.now());
    if (fault) throw fault;
    oddStatus = response.status;
    return bounded(response, budget, failed);
  };
  return { fetch: wiredFetch, challenge: () => challenge, oddStatus: () => oddStatus };

  async function faultOfRefusal(response: Response, said: Challenge | null, sent: Headers, nowMs: number): Promise<RuntimeFault | null> {
    const { status } = response;
    // 4xx else is part of the conversation: this is how a server says that it does not know a method or a version.
    if (status !== 401 && status !== 403 && status !== 429 && status < 500) return null;
    const fault = faultOf(status, response.headers, await beginning(response), nowMs);
    const scope = said?.scope ? ` It asks for the scope ${quoted(said.scope, 200)}.` : '';
    if (status === 401 && !sent.has(target.header ?? 'authorization')) return new RuntimeFault('credential_missing', `It wants a credential (HTTP 401).${scope}`, { status });
    return scope === '' ? fault : new RuntimeFault(fault.kind, `${fault.message}${scope}`, { status, retryAfterMs: fault.retryAfterMs });
  }
}

/** Enough of a refusal's body for a sentence. */
async function beginning(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let said = '';
  try {
    while (said.length < 2_000) {
      const { done, value } = await reader.read();
      if (done) break;
      said += decoder.decode(value, { stream: true });
    }
  } catch {
    // A refusal that breaks off is a refusal all the same: its status says enough.
  }
  await reader.cancel().catch(() => undefined);
  return said;
}

export function isEventStream(response: Response): boolean {
  return /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
}

/** A stream may hold other things before the answer. Where nothing like one came, it is over; else the SDK has it, or says what is wrong with it. */
class AnswerSought {
  found = false;
  #tail = '';

  look(piece: Uint8Array): void {
    if (this.found) return;
    const text = this.#tail + Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1');
    this.found = /"(?:result|error)"/.test(text);
    // The word may lie across two pieces.
    this.#tail = text.slice(-'"result"'.length);
  }
}

/** SECURITY: one answer, and all answers of one look together. */
function bounded(response: Response, budget: { left: number }, failed: (fault: unknown) => void): Response {
  if (response.body === null) return response;
  const answer = isEventStream(response) ? new AnswerSought() : null;
  let left: number = limits.answerBytes;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          if (answer?.found === false) failed(new RuntimeFault('garbage', 'It ended its answer before the answer was there.'));
          return controller.close();
        }
        answer?.look(value);
        left -= value.byteLength;
        budget.left -= value.byteLength;
        if (left < 0 || budget.left < 0) throw new RuntimeFault('garbage', `It sends more than ${Math.floor((left < 0 ? limits.answerBytes : limits.sessionBytes) / 1_048_576)} MiB; the rest was not read.`);
        controller.enqueue(value);
      } catch (error) {
        failed(error);
        controller.error(error);
        await reader.cancel().catch(() => undefined);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
}
