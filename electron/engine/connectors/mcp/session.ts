/** One conversation with a server: `server/discover` first, then `initialize`, then questions; ended when done. */
import { Client, ProtocolError, SdkError, SdkErrorCode, SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { StandardSchemaV1, Transport } from '@modelcontextprotocol/client';
import { version } from '../../../../shared/version.ts';
import { RuntimeFault } from '../connector.ts';
import type { ConnectorIo, TargetOf } from '../connector.ts';
import { faultFrom } from '../faults.ts';
import type { Challenge } from './challenge.ts';
import { limits } from './limits.ts';
import { quoted, text } from './plain-text.ts';
import { StdioTransport } from './stdio-transport.ts';
import { credentialHeaders, openWire } from './wire.ts';
import type { HttpTarget, Wire } from './wire.ts';

export interface Session {
  readonly protocol: string;
  /** `modern`: 2026-07-28 and later, `server/discover`. `legacy`: `initialize`. */
  readonly era: 'modern' | 'legacy';
  readonly server: { readonly name: string | null; readonly version: string | null };
  readonly capabilities: ReadonlySet<string>;
  /** Fails with RuntimeFault, or with ProtocolError when the server answered with an error of the protocol. */
  ask(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly signal: AbortSignal;
  /** false: asks as a stranger, to see whether a credential is needed at all. */
  readonly withCredential?: boolean;
  /** learns what a refusal said about how to be let in, also when nothing could be opened. */
  readonly seen?: { challenge: Challenge | null };
}

/** The SDK's own schemas let one bad entry spoil its whole page: entries are checked one by one here, later. */
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
  client.onerror = (error) => {
    // An answer that belongs to no question of ours would leave us waiting: it is the answer, and it is wrong.
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
  try {
    return await speak('auto');
  } catch (error) {
    // Some older servers end when they hear anything before `initialize`: the command is started once more, and greeted as they expect.
    if (signal.aborted || !(error instanceof RuntimeFault) || error.kind !== 'unreachable') throw error;
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
      throw signal.aborted ? signal.reason : faultOfSdk(error, null);
    }
    return sessionOf(client, transport, ending, signal, null, () => transport.close());
  }
}

function sessionOf(client: Client, transport: Transport, ending: Ending, signal: AbortSignal, wire: Wire | null, end: () => Promise<void>): Session {
  const server = client.getServerVersion();
  return {
    protocol: client.getNegotiatedProtocolVersion() ?? 'unknown',
    era: client.getProtocolEra() ?? 'legacy',
    server: { name: text(server?.title ?? server?.name, 200), version: text(server?.version, 100) },
    capabilities: new Set(Object.keys(client.getServerCapabilities() ?? {})),
    async ask(method, params) {
      try {
        return await client.request({ method, params: { ...params } }, asItCame, { timeout: limits.requestMs, signal });
      } catch (error) {
        signal.throwIfAborted();
        if (ending.fault === null && error instanceof ProtocolError) throw error;
        throw faultOfSdk(ending.fault ?? error, wire);
      }
    },
    async close() {
      await end();
      await transport.close().catch(() => undefined);
    },
  };
}

/** Our own faults come through unchanged; of the SDK's errors the kind is told, in our words. */
export function faultOfSdk(error: unknown, wire: Wire | null): RuntimeFault {
  for (let one: unknown = error, depth = 0; one instanceof Error && depth < 6; one = one.cause, depth++) {
    if (one instanceof RuntimeFault) return one;
  }
  if (error instanceof ProtocolError) return new RuntimeFault('garbage', `It refuses to begin: ${quoted(error.message, 200)} (${error.code}).`, { cause: error });
  if (error instanceof SdkHttpError || (error instanceof SdkError && wire?.oddStatus() !== null && wire !== null && error.code !== SdkErrorCode.RequestTimeout)) {
    const status = error instanceof SdkHttpError ? error.status ?? wire?.oddStatus() ?? null : wire?.oddStatus() ?? null;
    return new RuntimeFault('garbage', `What answers at this address does not speak MCP (HTTP ${status ?? 'unknown'}).`, { status, cause: error });
  }
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) return new RuntimeFault('unreachable', `It did not answer within ${limits.requestMs / 1_000} s.`, { cause: error });
  if (error instanceof SdkError || (error instanceof Error && error.name === 'ZodError')) return new RuntimeFault('garbage', 'It gave an answer that is not MCP.', { cause: error });
  return faultFrom(error);
}
