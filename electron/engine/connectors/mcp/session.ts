/** One conversation with a server: `server/discover` first, then `initialize`, then questions; ended when done. */
import { Client, ProtocolError, SdkError, SdkErrorCode, SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { StandardSchemaV1, Transport } from '@modelcontextprotocol/client';
import { version } from '../../../../shared/version.ts';
import { RuntimeFault } from '../connector.ts';
import type { ConnectorIo, TargetOf } from '../connector.ts';
import { quoted, text } from '../foreign-json.ts';
import type { Challenge } from './challenge.ts';
import { limits } from './limits.ts';
import type { ListKind } from './lists.ts';
import { StdioTransport } from './stdio-transport.ts';
import { credentialHeaders, openWire } from './wire.ts';
import type { HttpTarget, Wire } from './wire.ts';

export interface Session {
  readonly protocol: string;
  /** `modern`: 2026-07-28 and later, `server/discover`. `legacy`: `initialize`. */
  readonly era: 'modern' | 'legacy';
  readonly server: { readonly name: string | null; readonly version: string | null };
  readonly capabilities: ReadonlySet<string>;
  /**
   * One page of a list, as it came. One question at a time. Fails with RuntimeFault, or with ProtocolError when the server answered with
   * an error of the protocol.
   */
  ask(list: ListKind, cursor: string | null): Promise<unknown>;
  /** it said since this was asked last that a list is another now. */
  changedSince(): boolean;
  close(): Promise<void>;
}

interface OpenOptions {
  readonly signal: AbortSignal;
  /** false: asks as a stranger, to see whether a credential is needed at all. */
  readonly withCredential?: boolean;
  /** learns what a refusal said about how to be let in, also when nothing could be opened. */
  readonly seen?: { challenge: Challenge | null };
}

const asItCame: StandardSchemaV1<unknown, unknown> = { '~standard': { version: 1, vendor: 'gatehouse', validate: (value) => ({ value }) } };

/** SECURITY: a server's JSON schemas are never compiled into code; nothing is called whose output would have to be checked. */
const noValidator = { getValidator: () => () => ({ valid: false as const, data: undefined, errorMessage: 'not checked' }) };

/** Everything that one conversation knows of why it failed; the first reason counts. */
class Ending {
  fault: unknown = null;
  #stop: () => void = () => undefined;

  armed(stop: () => void): void { this.#stop = stop; }

  readonly fail = (reason: unknown): void => {
    this.fault ??= reason;
    this.#stop();
  };
}

function newClient(mode: 'auto' | 'legacy', probeMs: number): Client {
  return new Client({ name: 'gatehouse', version }, {
    capabilities: {},
    versionNegotiation: { mode, probe: { timeoutMs: probeMs } },
    inputRequired: { autoFulfill: false },
    jsonSchemaValidator: noValidator,
  });
}

async function connect(client: Client, transport: Transport, ending: Ending, signal: AbortSignal): Promise<void> {
  ending.armed(() => { void transport.close().catch(() => undefined); });
  // What cannot be read, or belongs to no question of ours, is the answer, and it is wrong; the SDK would wait for a better one.
  transport.onerror = (error) => {
    if (error.name === 'SyntaxError' || error.name === 'ZodError') ending.fail(new RuntimeFault('garbage', 'It gave an answer that is not MCP.', { cause: error }));
  };
  client.onerror = (error) => {
    if (error.message.startsWith('Received a response for an unknown message ID')) ending.fail(new RuntimeFault('garbage', 'It answers a question that was not asked.'));
  };
  const aborted = (): void => ending.fail(signal.reason);
  signal.addEventListener('abort', aborted, { once: true });
  try {
    signal.throwIfAborted();
    await client.connect(transport, { timeout: limits.requestMs });
    if (ending.fault !== null) throw ending.fault;
  } catch (error) {
    signal.removeEventListener('abort', aborted);
    await transport.close().catch(() => undefined);
    throw ending.fault ?? error;
  }
}

export async function openHttp(io: ConnectorIo, target: HttpTarget, { signal, withCredential = true, seen }: OpenOptions): Promise<Session> {
  const ending = new Ending();
  const wire = openWire(io, target, ending.fail, withCredential);
  const transport = new StreamableHTTPClientTransport(new URL(target.url), { fetch: wire.fetch, reconnectionOptions: { maxRetries: 0, initialReconnectionDelay: 1, maxReconnectionDelay: 1, reconnectionDelayGrowFactor: 1 } });
  const client = newClient('auto', limits.requestMs);
  try {
    await connect(client, transport, ending, signal);
  } catch (error) {
    await farewell(io, target, transport, signal);
    if (seen) seen.challenge = wire.challenge();
    throw signal.aborted ? signal.reason : faultOfSdk(error, wire);
  }
  return sessionOf(client, transport, ending, signal, wire, () => farewell(io, target, transport, signal));
}

/** A session that stays open costs the server memory. The answer matters to nobody, and many servers refuse it. */
async function farewell(io: ConnectorIo, target: HttpTarget, transport: StreamableHTTPClientTransport, signal: AbortSignal): Promise<void> {
  const { sessionId, protocolVersion } = transport;
  await transport.close().catch(() => undefined);
  if (sessionId === undefined || io.signal.aborted) return;
  try {
    const headers = await credentialHeaders(io, target);
    headers.set('mcp-session-id', sessionId);
    if (protocolVersion !== undefined) headers.set('mcp-protocol-version', protocolVersion);
    const response = await io.fetch(target.url, { method: 'DELETE', headers, signal: AbortSignal.timeout(signal.aborted ? limits.farewellMs / 3 : limits.farewellMs) });
    await response.body?.cancel();
  } catch {
    // The server forgets it by itself in time.
  }
}

export async function openStdio(io: ConnectorIo, target: Extract<TargetOf<'mcp'>, { transport: 'stdio' }>, { signal }: OpenOptions): Promise<Session> {
  let ended = false;
  try {
    return await speak('auto');
  } catch (error) {
    // Some older servers end when they hear anything before `initialize`: the command is started once more, and greeted as they expect.
    if (signal.aborted || !ended) throw error;
    return await speak('legacy').catch(() => { throw error; });
  }

  async function speak(mode: 'auto' | 'legacy'): Promise<Session> {
    if (io.spawn === null) throw new RuntimeFault('credential_missing', 'Its command waits for consent.');
    const ending = new Ending();
    const program = io.spawn(target.command, target.args, { ...(target.cwd === undefined ? {} : { cwd: target.cwd }), env: target.env });
    const transport = new StdioTransport(program, ending.fail);
    const client = newClient(mode, limits.stdioProbeMs);
    try {
      await connect(client, transport, ending, signal);
    } catch (error) {
      ({ ended } = transport);
      throw signal.aborted ? signal.reason : faultOfSdk(error, null);
    }
    return sessionOf(client, transport, ending, signal, null, () => transport.close());
  }
}

/**
 * The SDK's own schemas let one bad entry spoil its whole page, and would hide a server from the very person who should look at it. It gets
 * an empty page to check; the real one is taken here, and its entries are checked one by one later.
 */
function takeResults(transport: Transport): (list: ListKind | null) => unknown {
  let awaited: ListKind | null = null;
  let taken: unknown = null;
  const deliver = transport.onmessage;
  transport.onmessage = (message, extra) => {
    if (awaited === null || !('result' in message)) return deliver?.(message, extra);
    taken = message.result;
    const { resultType } = message.result as { resultType?: unknown };
    deliver?.({ ...message, result: { [awaited.field]: [], ttlMs: 0, cacheScope: 'private', ...(resultType === undefined ? {} : { resultType }) } }, extra);
  };
  return (list) => {
    const was = taken;
    awaited = list;
    taken = null;
    return was;
  };
}

function sessionOf(client: Client, transport: Transport, ending: Ending, signal: AbortSignal, wire: Wire | null, end: () => Promise<void>): Session {
  const server = client.getServerVersion();
  const take = takeResults(transport);
  let changed = false;
  for (const method of ['notifications/tools/list_changed', 'notifications/resources/list_changed', 'notifications/prompts/list_changed'] as const) client.setNotificationHandler(method, () => { changed = true; });
  return {
    protocol: client.getNegotiatedProtocolVersion() ?? 'unknown',
    era: client.getProtocolEra() ?? 'legacy',
    server: { name: text(server?.title ?? server?.name, 200), version: text(server?.version, 100) },
    capabilities: new Set(Object.keys(client.getServerCapabilities() ?? {})),
    async ask(list, cursor) {
      try {
        take(list);
        await client.request({ method: list.method, params: cursor === null ? {} : { cursor } }, asItCame, { timeout: limits.requestMs, signal });
        return take(null);
      } catch (error) {
        signal.throwIfAborted();
        if (ending.fault === null && error instanceof ProtocolError) throw error;
        throw faultOfSdk(ending.fault ?? error, wire);
      }
    },
    changedSince() {
      const was = changed;
      changed = false;
      return was;
    },
    async close() {
      await end();
      await transport.close().catch(() => undefined);
    },
  };
}

/** Our own faults come through unchanged; of the SDK's errors the kind is told, in our words. */
function faultOfSdk(error: unknown, wire: Wire | null): RuntimeFault {
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 6; one = one.cause, depth++) {
    if (one instanceof RuntimeFault) return one;
  }
  if (error instanceof ProtocolError) return new RuntimeFault('garbage', `It refuses to begin: ${quoted(error.message, 200)} (${error.code}).`, { cause: error });
  if (error instanceof SdkHttpError || (error instanceof SdkError && wire?.oddStatus() !== null && wire !== null && error.code !== SdkErrorCode.RequestTimeout)) {
    const status = error instanceof SdkHttpError ? error.status ?? wire?.oddStatus() ?? null : wire?.oddStatus() ?? null;
    return new RuntimeFault('garbage', `What answers at this address does not speak MCP (HTTP ${status ?? 'unknown'}).`, { status, cause: error });
  }
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) return new RuntimeFault('unreachable', `It did not answer within ${limits.requestMs / 1_000} s.`, { cause: error });
  // What never became an answer is a fault already: the rest of the SDK's errors are about what the answer was.
  return new RuntimeFault('garbage', 'It gave an answer that is not MCP.', { cause: error });
}
