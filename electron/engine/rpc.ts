/** Serves the contract on a port: checks what comes and what goes, dispatches, cancels, limits. Knows no method by name. */
import { clientMessage, contract, streams } from '../../shared/contract.ts';
import type { ClientMessage, HintTopic, Method, ParsedParams, Result, StreamItem, StreamName } from '../../shared/contract.ts';
import type { z } from 'zod';
import { CallFailure, readableIssues, toCallError } from './call-failure.ts';
import { refusalOf } from './may.ts';
import { mustNotShowMore, shownAt } from './shown-text.ts';
import type { Actor, CallContext, ClientPort, Log } from './ports.ts';

/** Answers that were checked against the contract and written as JSON elsewhere (the reader thread). */
export class CheckedJson {
  readonly json: string;
  constructor(json: string) { this.json = json; }
}

export type Handlers = { readonly [M in Method]: (params: ParsedParams<M>, context: CallContext) => Promise<Result<M> | CheckedJson> | Result<M> | CheckedJson };

export interface StreamSink<S extends StreamName> {
  item(item: StreamItem<S>): void;
  fail(error: unknown): void;
}
export interface OpenStream {
  credit(rows: number): void;
  close(): void;
}
export type StreamOpeners = { readonly [S in StreamName]: (params: z.output<(typeof streams)[S]['params']>, credits: number, sink: StreamSink<S>) => OpenStream };

export interface RpcLimits {
  readonly inFlight: number;
  readonly openStreams: number;
  readonly queryMs: number;
  readonly commandMs: number;
}
/** A screen asks for about ten things at once; deleting a connection's history may take minutes. */
export const usualLimits: RpcLimits = { inFlight: 64, openStreams: 8, queryMs: 30_000, commandMs: 600_000 };

export interface RpcParts {
  readonly handlers: Handlers;
  readonly streams: StreamOpeners;
  readonly log: Log;
  readonly limits?: RpcLimits;
  /** somebody asked for what they may not do: told once for each method and client. */
  readonly onRefused?: (method: Method, actor: Actor, text: string) => void;
}

const isMethod = (name: string): name is Method => Object.hasOwn(contract, name);
const isStream = (name: string): name is StreamName => Object.hasOwn(streams, name);

export class RpcServer {
  readonly #parts: RpcParts;
  readonly #sessions = new Set<Session>();

  constructor(parts: RpcParts) { this.#parts = parts; }

  serve(port: ClientPort, actor: Actor): void {
    const session = new Session(this.#parts, port, actor);
    this.#sessions.add(session);
    port.onClose(() => {
      session.end();
      this.#sessions.delete(session);
    });
  }

  hint(topics: HintTopic[]): void {
    for (const session of this.#sessions) session.hint(topics);
  }

  get clients(): number { return this.#sessions.size; }

  close(): void {
    for (const session of this.#sessions) {
      session.end();
      session.port.close();
    }
    this.#sessions.clear();
  }
}

class Session {
  readonly port: ClientPort;
  readonly #parts: RpcParts;
  readonly #limits: RpcLimits;
  readonly #actor: Actor;
  readonly #calls = new Map<number, AbortController>();
  readonly #streams = new Map<number, OpenStream>();
  readonly #refused = new Set<Method>();
  #ended = false;

  constructor(parts: RpcParts, port: ClientPort, actor: Actor) {
    this.#parts = parts;
    this.#limits = parts.limits ?? usualLimits;
    this.port = port;
    this.#actor = actor;
    port.onMessage((raw) => this.#receive(raw));
  }

  hint(topics: HintTopic[]): void {
    this.port.post({ t: 'hint', topics });
  }

  end(): void {
    this.#ended = true;
    for (const call of this.#calls.values()) call.abort();
    for (const stream of this.#streams.values()) stream.close();
    this.#calls.clear();
    this.#streams.clear();
  }

  #receive(raw: unknown): void {
    if (this.#ended) return;
    const read = clientMessage.safeParse(raw);
    if (!read.success) {
      // SECURITY: whoever sends what the contract does not know gets an answer when it named a number, and nothing else.
      const n = typeof raw === 'object' && raw !== null && 'n' in raw && Number.isSafeInteger(raw.n) ? Number(raw.n) : -1;
      this.#refuse(n, 'message', new CallFailure('bad_request', `The message is not one of the contract's: ${readableIssues(read.error)}`));
      return;
    }
    this.#dispatch(read.data);
  }

  #dispatch(message: ClientMessage): void {
    switch (message.t) {
      case 'call': return void this.#call(message.n, message.method, message.params);
      case 'cancel': return this.#calls.get(message.n)?.abort();
      case 'open': return this.#open(message.n, message.stream, message.params, message.credits);
      case 'credit': return this.#streams.get(message.n)?.credit(message.credits);
      case 'close': return this.#closeStream(message.n);
    }
  }

  #refuse(n: number, what: string, error: unknown): void {
    this.port.post({ t: 'err', n, error: toCallError(error, this.#parts.log, what) });
  }

  async #call(n: number, method: string, params: unknown): Promise<void> {
    if (this.#calls.has(n)) return this.#refuse(n, method, new CallFailure('bad_request', `The call number ${n} is in use.`));
    if (this.#calls.size >= this.#limits.inFlight) {
      return this.#refuse(n, 'call', new CallFailure('too_busy', `${this.#limits.inFlight} calls of this client are waiting already. Ask again when one has been answered.`));
    }
    const stop = new AbortController();
    this.#calls.set(n, stop);
    try {
      const json = await this.#run(method, params, stop);
      if (!this.#ended) this.port.post({ t: 'ok', n, json });
    } catch (error) {
      if (!this.#ended) this.#refuse(n, isMethod(method) ? method : 'unknown method', error);
    } finally {
      this.#calls.delete(n);
    }
  }

  async #run(method: string, params: unknown, stop: AbortController): Promise<string> {
    if (!isMethod(method)) throw new CallFailure('bad_request', `The engine knows no method "${method}".`);
    const entry = contract[method];
    const read = entry.params.safeParse(params ?? {});
    if (!read.success) throw new CallFailure('bad_request', readableIssues(read.error));
    // SECURITY: here, once, for every method and every client; handlers need not think of it.
    const refusal = refusalOf(method, this.#actor);
    if (refusal !== null) {
      this.#tellRefused(method, refusal);
      throw refusal;
    }
    const level = this.#actor.text ?? 'full';
    mustNotShowMore(level, method, read.data);
    const deadline = entry.type === 'query' ? this.#limits.queryMs : this.#limits.commandMs;
    // One handler of a union of methods: the table's type ties each method to its own parameters, which were just checked.
    const handler = this.#parts.handlers[method] as (params: unknown, context: CallContext) => Promise<unknown>;
    const answer = await untilStopped(stop, deadline, (signal) => handler(read.data, { actor: this.#actor, signal }));
    if (answer instanceof CheckedJson) return shownAt(level, method, answer.json);
    const checked = entry.result.safeParse(answer);
    if (!checked.success) {
      // zod names paths and expected types, never the values: agent text stays out of the log.
      this.#parts.log.warn('an answer breaks the contract', { method, where: readableIssues(checked.error) });
      throw new Error(`answer of ${method} breaks the contract`);
    }
    return shownAt(level, method, JSON.stringify(checked.data));
  }

  /** Once for each method: a client that asks again and again must not fill the audit log. */
  #tellRefused(method: Method, refusal: CallFailure): void {
    if (this.#refused.has(method)) return;
    this.#refused.add(method);
    this.#parts.onRefused?.(method, this.#actor, refusal.message);
  }

  #open(n: number, name: string, params: unknown, credits: number): void {
    try {
      if (this.#streams.has(n)) throw new CallFailure('bad_request', `The stream number ${n} is in use.`);
      if (this.#streams.size >= this.#limits.openStreams) throw new CallFailure('too_busy', `${this.#limits.openStreams} streams of this client are open already.`);
      if (!isStream(name)) throw new CallFailure('bad_request', `The engine knows no stream "${name}".`);
      const read = streams[name].params.safeParse(params ?? {});
      if (!read.success) throw new CallFailure('bad_request', readableIssues(read.error));
      this.#streams.set(n, this.#parts.streams[name](read.data, credits, {
        item: (item) => this.port.post({ t: 'item', n, json: shownAt(this.#actor.text ?? 'full', name, JSON.stringify(item)) }),
        fail: (error) => this.#endStream(n, name, error),
      }));
    } catch (error) {
      this.port.post({ t: 'end', n, error: toCallError(error, this.#parts.log, isStream(name) ? name : 'unknown stream') });
    }
  }

  #closeStream(n: number): void {
    const stream = this.#streams.get(n);
    if (!stream) return;
    this.#streams.delete(n);
    stream.close();
    this.port.post({ t: 'end', n });
  }

  #endStream(n: number, name: string, error: unknown): void {
    const stream = this.#streams.get(n);
    this.#streams.delete(n);
    stream?.close();
    if (!this.#ended) this.port.post({ t: 'end', n, error: toCallError(error, this.#parts.log, name) });
  }
}

/** Answers at once when the caller gives up or the time is over, also when the work itself does not listen to its signal. */
async function untilStopped(stop: AbortController, deadlineMs: number, work: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason instanceof CallFailure ? stop.signal.reason : new CallFailure('cancelled', 'The call was cancelled.')), { once: true });
    timer = setTimeout(() => stop.abort(new CallFailure('unavailable', `The engine had no answer within ${deadlineMs / 1000} s and gave up. Ask for a shorter period, or again later.`)), deadlineMs);
  });
  try {
    return await Promise.race([Promise.resolve().then(() => work(stop.signal)), stopped]);
  } finally {
    clearTimeout(timer);
  }
}
