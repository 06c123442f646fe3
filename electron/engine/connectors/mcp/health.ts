/** Is it still there, and does it still take the credential? One small question that every MCP server answers in some way. */
import { RuntimeFault } from '../connector.ts';
import type { ConnectorIo } from '../connector.ts';
import { faultFrom } from '../faults.ts';
import { isObject } from '../foreign-json.ts';
import { openHttp } from './session.ts';
import { isEventStream, openWire } from './wire.ts';
import type { HttpTarget } from './wire.ts';

const protocolVersion = '2026-07-28';
const question = {
  jsonrpc: '2.0', id: 'gatehouse-health', method: 'server/discover',
  params: { _meta: { 'io.modelcontextprotocol/protocolVersion': protocolVersion, 'io.modelcontextprotocol/clientCapabilities': {} } },
};
const mostText = 256 * 1024;

/** Rejects with RuntimeFault when it is not healthy. */
export async function askHealth(io: ConnectorIo, target: HttpTarget, signal: AbortSignal): Promise<void> {
  if (await speaksMcp(io, target, signal)) return;
  // Some older servers answer nothing sensible before `initialize`, so they are greeted in full.
  const session = await openHttp(io, target, { signal });
  await session.close();
}

/** Any answer of the protocol will do, errors too: an older server says that it does not know the method. */
async function speaksMcp(io: ConnectorIo, target: HttpTarget, signal: AbortSignal): Promise<boolean> {
  const wire = openWire(io, target, () => undefined);
  try {
    const response = await wire.fetch(target.url, {
      method: 'POST', body: JSON.stringify(question), signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': protocolVersion, 'mcp-method': 'server/discover' },
    });
    return hasMessage(await beginning(response), isEventStream(response));
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof RuntimeFault ? error : faultFrom(error);
  }
}

/** A stream that stays open after the answer is not waited for. */
async function beginning(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  const stream = isEventStream(response);
  let read = '';
  while (read.length < mostText && !(stream && /^data:.*\n/m.test(read))) {
    const { done, value } = await reader.read();
    if (done) return read + decoder.decode();
    read += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return read;
}

function hasMessage(body: string, stream: boolean): boolean {
  const said = stream ? /^data:(.*)$/m.exec(body)?.[1] ?? '' : body;
  try {
    const value: unknown = JSON.parse(said);
    return isObject(value) && value['jsonrpc'] === '2.0' && ('result' in value || 'error' in value);
  } catch {
    // Not JSON, so no answer of the protocol.
    return false;
  }
}
