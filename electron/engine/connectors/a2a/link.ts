/**
 * The way to one A2A server: the credential on each request, answers that are no success as faults, operations as raw JSON (for what the
 * official client cannot carry: its ListTasks insists on a state, and it drops what it does not know) and the official client for the rest.
 */
import { AgentCard, Task } from '@a2a-js/sdk';
import { ClientFactory, JsonRpcTransportFactory, RestTransportFactory } from '@a2a-js/sdk/client';
import type { Client } from '@a2a-js/sdk/client';
import { A2AError } from '@a2a-js/sdk/errors';
import { RuntimeFault } from '../connector.ts';
import type { ConnectorIo, FaultKind, TargetOf } from '../connector.ts';
import { setCredential } from '../credential-header.ts';
import { faultFrom, faultOf } from '../faults.ts';
import { isObject, objects, quoted, text } from '../foreign-json.ts';
import type { Json } from '../foreign-json.ts';
import type { Card, Chosen } from './card.ts';

/** What the server answered, and what its clock said then. */
export interface Answer { readonly result: unknown; readonly serverMs: number | null }

const wordsOfCode: Readonly<Record<number, { readonly kind: FaultKind; readonly text: string }>> = {
  [-32001]: { kind: 'gone', text: 'It knows no such task, or not for this credential' },
  [-32002]: { kind: 'conflict', text: 'It says that the task cannot be cancelled' },
  [-32003]: { kind: 'conflict', text: 'It does not offer this' },
  [-32004]: { kind: 'conflict', text: 'It does not do this with the task as it stands' },
  [-32009]: { kind: 'garbage', text: 'It does not speak the version of A2A that its card names' },
  [-32600]: { kind: 'garbage', text: 'It does not take the question for one' },
  [-32601]: { kind: 'conflict', text: 'It does not know this operation' },
  [-32602]: { kind: 'conflict', text: 'It refuses the question' },
  [-32603]: { kind: 'runtime_error', text: 'It failed at this itself' },
};

/** A JSON-RPC error; `status` carries the code, so that "not offered" can be told apart. */
export class OperationFault extends RuntimeFault {
  readonly code: number;
  constructor(kind: FaultKind, message: string, code: number, cause?: unknown) {
    super(kind, message, { cause });
    this.code = code;
  }
}

export function operationFault(code: number, message: string, cause?: unknown): OperationFault {
  const words = wordsOfCode[code] ?? { kind: 'runtime_error' as const, text: 'It answered with an error' };
  return new OperationFault(words.kind, `${words.text} (${code}${message === '' ? '' : `: ${quoted(message)}`}).`, code, cause);
}

/** The server has no such operation at all, whatever it was asked about. */
export function isNotOffered(error: unknown): boolean {
  if (error instanceof OperationFault) return error.code === -32601 || error.code === -32004 || error.code === -32003;
  return error instanceof RuntimeFault && (error.status === 404 || error.status === 405 || error.status === 501);
}

/** Errors of the official client: its own kinds carry the protocol's code. */
export function clientFault(error: unknown): RuntimeFault {
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++) {
    if (one instanceof RuntimeFault) return one;
    if (one instanceof A2AError) return operationFault(codeOf(one), one.message, error);
  }
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) return faultFrom(error);
  // What never became an answer is a fault already: the client stumbles over what the answer was, in errors of any kind.
  return new RuntimeFault('garbage', 'It answered something that is no A2A.', { cause: error });
}

/** `google.rpc.ErrorInfo` of the protocol: the reason; over REST it is all that tells apart. */
const codeOfReason: Readonly<Record<string, number>> = {
  TASK_NOT_FOUND: -32001, TASK_NOT_CANCELABLE: -32002, PUSH_NOTIFICATION_NOT_SUPPORTED: -32003, UNSUPPORTED_OPERATION: -32004, VERSION_NOT_SUPPORTED: -32009, INVALID_PARAMS: -32602,
};

function codeOf(error: A2AError): number {
  const own = 'code' in error && typeof error.code === 'number' ? error.code : 0;
  return own < 0 ? own : (codeOfReason[error.reason] ?? -32603);
}

export class Link {
  readonly #io: ConnectorIo;
  readonly #target: TargetOf<'a2a'>;

  constructor(target: TargetOf<'a2a'>, io: ConnectorIo) {
    this.#target = target;
    this.#io = io;
  }

  get header(): string { return (this.#target.header ?? 'authorization').toLowerCase(); }
  get scheme(): 'bearer' | 'plain' { return this.#target.scheme ?? 'bearer'; }

  /** The credential on it; 401, 403, 429 and 5xx become faults here, since the official client would flatten them into texts. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    const secret = await this.#io.secret();
    if (secret !== null) setCredential(headers, this.header, this.scheme, secret);
    const response = await this.#io.fetch(input, { ...init, headers });
    const { status } = response;
    if (status === 401 && secret === null) {
      await response.body?.cancel();
      throw new RuntimeFault('credential_missing', 'It wants a credential, and none is set (HTTP 401).', { status });
    }
    // A REST error of the protocol's own comes with 4xx and 5xx; those that are about us as callers are everybody's.
    if (status === 401 || status === 403 || status === 429 || status >= 500) throw faultOf(status, response.headers, await response.text(), this.#io.clock.now());
    return response;
  };

  async #json(url: string, init: RequestInit, signal: AbortSignal): Promise<{ readonly value: unknown; readonly serverMs: number | null }> {
    const response = await this.fetch(url, { ...init, signal });
    const body = await response.text();
    if (!response.ok && response.status !== 400 && response.status !== 404) throw faultOf(response.status, response.headers, body, this.#io.clock.now());
    const at = Date.parse(response.headers.get('date') ?? '');
    const serverMs = Number.isFinite(at) ? at : null;
    const value = jsonOf(body);
    if (!response.ok && !(isObject(value) && 'error' in value)) throw faultOf(response.status, response.headers, body, this.#io.clock.now());
    return { value, serverMs };
  }

  /** One operation of 1.0 as raw JSON. */
  async call(chosen: Chosen, method: 'ListTasks' | 'GetTask' | 'CancelTask', params: Json, signal: AbortSignal): Promise<Answer> {
    try {
      return chosen.binding === 'JSONRPC' ? await this.#rpc(chosen, method, params, signal) : await this.#rest(chosen, method, params, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      throw faultFrom(error);
    }
  }

  async #rpc({ face }: Chosen, method: string, params: Json, signal: AbortSignal): Promise<Answer> {
    const id = crypto.randomUUID();
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params: face.tenant === '' ? params : { ...params, tenant: face.tenant } });
    const { value, serverMs } = await this.#json(face.url, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json', 'a2a-version': '1.0' }, body }, signal);
    if (!isObject(value) || value['jsonrpc'] !== '2.0') throw new RuntimeFault('garbage', 'It answered something that is no JSON-RPC.');
    if (isObject(value['error'])) throw operationFault(Number(value['error']['code']) || -32603, text(value['error']['message'], 1_000) ?? '');
    if (value['id'] !== id || !('result' in value)) throw new RuntimeFault('garbage', 'It answered another question than the one that was asked.');
    return { result: value['result'], serverMs };
  }

  async #rest({ face }: Chosen, method: string, { id, ...params }: Json, signal: AbortSignal): Promise<Answer> {
    const query = new URLSearchParams(Object.entries(params).map(([name, value]): [string, string] => [name, String(value)]));
    const path = method === 'ListTasks' ? '/tasks' : `/tasks/${encodeURIComponent(String(id))}${method === 'CancelTask' ? ':cancel' : ''}`;
    const tenant = face.tenant === '' ? '' : `/${encodeURIComponent(face.tenant)}`;
    const headers = { accept: 'application/a2a+json, application/json', 'a2a-version': '1.0' };
    const init = method === 'CancelTask' ? { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{}' } : { headers };
    const { value, serverMs } = await this.#json(`${face.url.replace(/\/+$/, '')}${tenant}${path}?${query.toString()}`, init, signal);
    if (isObject(value) && isObject(value['error'])) throw operationFault(restCode(value['error']), text(value['error']['message'], 1_000) ?? '');
    return { result: value, serverMs };
  }

  /** The official client, bound to the one interface that was chosen. Answers come at once; the work goes on at the server. */
  async client(card: Card, { face }: Chosen): Promise<Client> {
    const legacyCompat = { enabled: true };
    const one = { url: face.url, protocolBinding: face.binding.toUpperCase(), protocolVersion: face.version, tenant: face.tenant };
    const factory = new ClientFactory({
      transports: [new JsonRpcTransportFactory({ fetchImpl: this.fetch, legacyCompat }), new RestTransportFactory({ fetchImpl: this.fetch, legacyCompat })],
      clientConfig: { polling: true },
    });
    return factory.createFromAgentCard({ ...card.core, supportedInterfaces: [one] });
  }

  /** One task of a server that speaks 0.3, asked for or cancelled through the official client; in the 1.0 form. */
  async legacyTask(card: Card, chosen: Chosen, method: 'GetTask' | 'CancelTask', id: string, signal: AbortSignal): Promise<unknown> {
    try {
      const client = await this.client(card, chosen);
      const task = method === 'GetTask' ? await client.getTask({ tenant: chosen.face.tenant, id }, { signal }) : await client.cancelTask({ tenant: chosen.face.tenant, id, metadata: undefined }, { signal });
      return Task.toJSON(task);
    } catch (error) {
      if (signal.aborted) throw error;
      throw clientFault(error);
    }
  }

  /** What only a caller with a credential is told about the agent; raw, in the 1.0 form. */
  async extendedCard(card: Card, chosen: Chosen, signal: AbortSignal): Promise<unknown> {
    try {
      const client = await this.client(card, chosen);
      return AgentCard.toJSON(await client.transport.getExtendedAgentCard({ tenant: chosen.face.tenant }, { signal, serviceParameters: { 'A2A-Version': chosen.speaks } }));
    } catch (error) {
      if (signal.aborted) throw error;
      throw clientFault(error);
    }
  }
}

export function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new RuntimeFault('garbage', 'It gave an answer that is not JSON.', { cause: error });
  }
}

function restCode(error: Json): number {
  const reason = objects(error['details']).map((one) => one['reason']).find((one) => typeof one === 'string');
  return codeOfReason[reason ?? ''] ?? (error['code'] === 404 ? -32001 : error['code'] === 400 ? -32602 : -32603);
}
