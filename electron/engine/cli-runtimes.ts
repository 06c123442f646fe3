/** Commands about connections that ask a runtime. */
import { commandLineOf } from '../../shared/command-line.ts';
import type { RuntimeTarget } from '../../shared/contract.ts';
import type { Connection, ConnectionTest } from '../../shared/domain.ts';
import { CallFailure } from './call-failure.ts';
import type { CommandContext } from './cli-commands.ts';
import { findAgent, findConnection } from './cli-find.ts';
import { readCardKeys, readKeySource } from './cli-keys.ts';
import { printJson, printText } from './cli-output.ts';
import type { RuntimeCommand, TargetChange } from './cli-runtime-arguments.ts';
import { time, visible } from './cli-text.ts';

export type ConnectionCommand = Exclude<RuntimeCommand, { name: 'approvals' | 'approvals show' | 'approvals decide' | 'grants' }>;

/** Answers with the code that the command ends with: 1 where a test did not go well. */
export async function runRuntimeCommand(command: ConnectionCommand, context: CommandContext): Promise<number> {
  const { caller, keys } = context;
  switch (command.name) {
    case 'connections add runtime': return add(command, context);
    case 'connections try': return printTest(await caller.call('connections.tryRuntime', { target: signedBy(command, context), credential: await readKeySource(command.key, keys) }), context);
    case 'connections test': return printTest(await caller.call('connections.test', { id: await findConnection(caller, command.connection) }), context);
    case 'connections show': return printConnection(await shownConnection(context, command.connection), context);
    case 'connections poll': return printConnection(await caller.call('connections.pollNow', { id: await findConnection(caller, command.connection) }), context);
    case 'connections credential': {
      const credential = await readKeySource(command.key, keys);
      return printConnection(await caller.call('connections.setCredential', { id: await findConnection(caller, command.connection), credential, use: command.use }), context);
    }
    case 'connections retarget': {
      const { id, kind, runtime } = await shownConnection(context, command.connection);
      return printConnection(await caller.call('connections.retarget', { id, target: changed(kind, runtime?.address ?? '', command.change) }), context);
    }
    case 'connections enable': return printConnection(await caller.call('connections.update', { id: await findConnection(caller, command.connection), enabled: command.enabled }), context);
    case 'connections consent': return consent(await shownConnection(context, command.connection), command.consent, context);
    case 'agents link':
      await caller.call('agents.link', { id: await findAgent(caller, command.agent), to: await findAgent(caller, command.to) });
      return said(context, { linked: true }, 'They are one agent now.\n');
    case 'agents unlink':
      await caller.call('agents.unlink', { id: await findAgent(caller, command.agent) });
      return said(context, { linked: false }, 'It is an agent of its own again.\n');
  }
}

async function add(command: Extract<ConnectionCommand, { name: 'connections add runtime' }>, context: CommandContext): Promise<number> {
  const { caller, keys, streams, running } = context;
  const { connectionName: name, content } = command;
  const target = signedBy(command, context);
  const credential = await readKeySource(command.key, keys);
  const added = await caller.call('connections.addRuntime', { name, target, credential, ...(content === null ? {} : { content }) });
  if (!running) streams.err.write('No engine runs now: the runtime is asked when one does (gatehouse serve, or the window).\n');
  if (!('command' in target)) return printConnection(added, context);
  return consent(added, command.consent, context);
}

function signedBy({ target, cardKeys }: { readonly target: RuntimeTarget; readonly cardKeys: string | null }, { keys }: CommandContext): RuntimeTarget {
  return target.kind === 'a2a' && cardKeys !== null ? { ...target, keys: readCardKeys(cardKeys, keys) } : target;
}

/** The command is always printed: whoever consents shall have seen it. */
async function consent(connection: Connection, agreed: boolean, context: CommandContext): Promise<number> {
  const line = connection.runtime?.address ?? '';
  context.streams.err.write(`Command: ${line}\n`);
  if (agreed) return printConnection(await context.caller.call('connections.consent', { id: connection.id, command: line }), context);
  context.streams.err.write(`It was not started. To agree to exactly this command: gatehouse connections consent ${connection.id} --consent\n`);
  return printConnection(connection, context);
}

async function shownConnection({ caller }: CommandContext, wanted: string): Promise<Connection> {
  const id = await findConnection(caller, wanted);
  const { rows } = await caller.call('connections.list', {});
  const found = rows.find((row) => row.id === id);
  if (!found) throw new CallFailure('not_found', `No connection has the id or the name "${wanted}".`);
  return found;
}

/** A new address for a connection that is shown with its old one. */
function changed(kind: Connection['kind'], address: string, { url, command, args, header, scheme }: TargetChange): RuntimeTarget {
  if (kind === 'otlp') throw new CallFailure('bad_request', 'Agents send to this connection; it has no address of its own to change.');
  if (command !== null) {
    if (kind !== 'mcp') throw new CallFailure('bad_request', 'Only an MCP server may be reached by a command.');
    const target = { kind, transport: 'stdio' as const, command, args: [...(args ?? [])], env: [] };
    if (commandLineOf(target) === address) throw new CallFailure('bad_request', 'That is its command already.');
    return target;
  }
  const auth = { ...(header === null ? {} : { header }), ...(scheme === null ? {} : { scheme }) };
  const to = url ?? address;
  return kind === 'mcp' ? { kind, transport: 'http', url: to, ...auth } : { kind, url: to, ...auth };
}

async function said({ json, streams }: CommandContext, value: object, text: string): Promise<number> {
  await (json ? printJson(value, streams) : printText(text, streams));
  return 0;
}

async function printTest(test: ConnectionTest, { json, streams }: CommandContext): Promise<number> {
  await (json ? printJson(test, streams) : printText(testText(test), streams));
  return test.ok ? 0 : 1;
}

const marks: Readonly<Record<ConnectionTest['checks'][number]['result'], string>> = { ok: 'ok     ', failed: 'FAILED ', missing: 'MISSING', skipped: 'skipped', info: 'note   ' };

function testText({ ok, checks, capabilities, visibility, product, version }: ConnectionTest): string {
  const lines = checks.flatMap(({ result, title, detail, fix, ms }) => [`${marks[result]}  ${visible(title)}: ${visible(detail)}${ms === null ? '' : ` (${Math.round(ms)} ms)`}`, ...(fix === null ? [] : [`         ${visible(fix)}`])]);
  const can = capabilities.map(({ name, state, how, text }) => `  ${name.padEnd(9)} ${state.padEnd(7)} ${(how ?? '').padEnd(6)} ${visible(text)}`.trimEnd());
  const runtime = product === null ? '' : ` ${visible(product)}${version === null ? '' : ` ${visible(version)}`}.`;
  return `${lines.join('\n')}\n\n${ok ? 'All is well.' : 'Not all is well.'}${runtime} It can see: ${visibility === 'all' ? 'everybody\'s work' : visibility === 'own' ? 'only what this credential may see' : 'not known whose work'}.\n${can.join('\n')}\n`;
}

async function printConnection(connection: Connection, { json, streams }: CommandContext): Promise<number> {
  await (json ? printJson(connection, streams) : printText(connectionText(connection), streams));
  return 0;
}

/** Of a kept one the last four characters, of a reference its name. */
function credentialText(credential: string, hint: string | null): string {
  return `${credential}${hint === null ? '' : ` (${credential === 'reference' ? '' : '…'}${visible(hint)})`}`;
}

export function connectionText({ id, name, kind, health, healthText, runtime, agents, activities }: Connection): string {
  const lines: [string, string][] = [['Connection', `${id}  ${visible(name)}  (${kind})`], ['Health', `${health}: ${visible(healthText)}`]];
  if (runtime !== null) {
    const { address, product, version, credential, credentialHint, stopCredential, stopCredentialHint, levers, visibility, visibilityText, lastPollAt, findings } = runtime;
    lines.push(['Address', visible(address)], ['Runtime', product === null ? 'not known yet' : `${visible(product)} ${visible(version ?? '')}`.trim()]);
    lines.push(['Credential', credentialText(credential, credentialHint)]);
    if (levers.some(({ pulled }) => pulled)) lines.push(['Stops with', stopCredential === 'none' ? 'the same credential' : credentialText(stopCredential, stopCredentialHint)]);
    lines.push(['Sees', `${visibility}. ${visible(visibilityText)}`], ['Last read', time(lastPollAt) || 'not yet']);
    lines.push(...findings.map((finding): [string, string] => [finding.severity === 'info' ? 'Note' : 'Attention', visible(finding.text)]));
  }
  lines.push(['Agents', String(agents)], ['Activities', String(activities)]);
  return `${lines.map(([head, text]) => `${head.padEnd(11)} ${text}`).join('\n')}\n`;
}
