/** A connection test, line by line: what was found, and what would mend it. */
import type { TestCheck } from '../../../../shared/domain.ts';
import { plural } from '../../plural.ts';
import type { RuntimeFault } from '../connector.ts';
import type { ConnectorIo, TargetOf } from '../connector.ts';
import { faultFrom } from '../faults.ts';
import { quoted } from '../foreign-json.ts';
import { protectionText } from './facts.ts';
import type { Protection } from './oauth.ts';
import { countTools } from './reading.ts';
import type { Reading } from './reading.ts';
import { openHttp } from './session.ts';
import type { HttpTarget } from './wire.ts';

type Check = Omit<TestCheck, 'ms'> & { readonly ms?: number };

export function check({ ms, ...rest }: Check): TestCheck {
  return { ...rest, ms: ms === undefined ? null : Math.max(0, Math.round(ms)) };
}

export const consentCheck: TestCheck = check({ id: 'consent', title: 'Consent to its command', result: 'missing', detail: 'The command was not started: it waits for consent.', fix: 'Read the command and consent to it on the connection; it is then started for each look at its tools.' });

/** What of the way to the server failed. */
export function faultChecks(fault: RuntimeFault, target: TargetOf<'mcp'>, ms: number, protection: Protection | null): TestCheck[] {
  if (target.transport === 'stdio') {
    const ran = fault.kind === 'garbage';
    return [check({ id: 'command', title: 'Its command', result: 'failed', detail: fault.message, ms, fix: ran ? 'The command starts but does not speak MCP on its output; see whether it needs arguments.' : 'Run the command in a terminal as the same account; it gets only PATH, HOME and the variables that the connection names.' })];
  }
  const answered = check({ id: 'reach', title: 'Reachable', result: 'ok', detail: 'The server answers.', fix: null, ms });
  // A credential that could not even be read was never sent, and nobody was reached.
  const reached = fault.status === null && fault.kind !== 'garbage' ? [] : [answered];
  const source = protection && protection.issuers.length > 0 ? ` ${protectionText(protection)}` : '';
  switch (fault.kind) {
    case 'credential_missing': return [...reached, check({ id: 'credential', title: 'Credential', result: 'missing', detail: fault.message, fix: `Give the connection a token of this server.${source}` })];
    case 'credential_refused': return [...reached, check({ id: 'credential', title: 'Credential', result: 'failed', detail: fault.message, fix: `The token is wrong, has run out, or is meant for another server; give a new one.${source}` })];
    case 'forbidden': return [...reached, check({ id: 'credential', title: 'Credential', result: 'failed', detail: fault.message, fix: `The token is known but lacks a right; ask for one with the scope that the server names.${source}` })];
    case 'throttled': return [...reached, check({ id: 'patience', title: 'Asked to wait', result: 'failed', detail: fault.message, fix: 'Try again later; Gatehouse waits as long as it was told to.' })];
    case 'garbage': return [...reached, check({ id: 'protocol', title: 'MCP', result: 'failed', detail: fault.message, fix: 'Look at the address: MCP servers listen at a path of their own, often /mcp. One that offers only the event stream of 2024 (often /sse) is not read.' })];
    default: return [check({ id: 'reach', title: 'Reachable', result: 'failed', detail: fault.message, ms, fix: fault.kind === 'runtime_error' ? 'The server itself fails; look at its log.' : 'See whether the server runs and whether its address and port are right.' })];
  }
}

export function readingChecks(reading: Reading, target: TargetOf<'mcp'>, ms: number): TestCheck[] {
  const { all, destructive, unclaimed } = countTools(reading.offers);
  const others = reading.offers.filter(({ grant }) => grant.kind !== 'tool');
  const reached = target.transport === 'http'
    ? check({ id: 'reach', title: 'Reachable', result: 'ok', detail: 'The server answers.', fix: null, ms })
    : check({ id: 'command', title: 'Its command', result: 'ok', detail: 'The command starts, answers, and was ended again.', fix: null, ms });
  const tools = `${plural(all, 'tool')}, ${destructive} declared destructive, ${unclaimed} that ${unclaimed === 1 ? 'does' : 'do'} not say (the worst is assumed)`;
  return [
    reached,
    check({ id: 'protocol', title: 'MCP', result: 'ok', detail: `${reading.server.name === null ? 'A server without a name' : quoted(reading.server.name)} speaks ${reading.protocol} (${reading.era === 'modern' ? 'server/discover' : 'initialize'}).`, fix: null }),
    check({ id: 'tools', title: 'Tools', result: reading.complete ? 'ok' : 'failed', detail: `${tools}.${reading.complete ? '' : ` ${refusedText(reading)}`}`, fix: reading.complete ? null : 'What could not be read is shown on the connection; the server has to mend it.' }),
    check({ id: 'others', title: 'Resources and prompts', result: 'info', detail: `${others.filter(({ grant }) => grant.kind === 'resource').length} resources, ${others.filter(({ grant }) => grant.kind === 'prompt').length} prompts.`, fix: null }),
  ];
}

function refusedText(reading: Reading): string {
  return reading.refusals.list().slice(0, 3).map(({ reason, count }) => `${reason} (${count})`).join('; ');
}

/** Whether a stranger would be let in: one greeting without the credential, nothing listed. */
export async function credentialCheck(io: ConnectorIo, target: HttpTarget, signal: AbortSignal): Promise<TestCheck> {
  const title = 'Credential';
  const id = 'credential';
  if (await io.secret() === null) return check({ id, title, result: 'info', detail: 'None is set, and the server asked for none.', fix: null });
  try {
    const session = await openHttp(io, target, { signal, withCredential: false });
    await session.close();
    return check({ id, title, result: 'info', detail: 'It was taken, but the server greets whoever comes without one too.', fix: 'If its tools are not for everybody, put the server behind authorization.' });
  } catch (error) {
    signal.throwIfAborted();
    const fault = faultFrom(error);
    if (fault.kind === 'credential_missing' || fault.kind === 'credential_refused' || fault.kind === 'forbidden') return check({ id, title, result: 'ok', detail: 'It was taken; without one the server refuses.', fix: null });
    return check({ id, title, result: 'ok', detail: 'It was taken.', fix: null });
  }
}

export function protectionCheck(protection: Protection | null): TestCheck {
  const id = 'oauth';
  const title = 'OAuth metadata';
  if (!protection) return check({ id, title, result: 'info', detail: 'It publishes none.', fix: null });
  if (protection.remarks.length > 0) return check({ id, title, result: 'failed', detail: protection.remarks.join(' '), fix: 'The server or its authorization server has to publish metadata that agree with their addresses.' });
  return check({ id, title, result: 'ok', detail: protectionText(protection), fix: null });
}
