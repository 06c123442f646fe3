/** What a person may type about runtimes and approvals. Pure: words in, a command out, or a sentence about what is wrong. */
import type { RuntimeTarget } from '../../shared/contract.ts';
import { contentLevels } from '../../shared/domain.ts';
import type { ContentLevel } from '../../shared/domain.ts';
import { allow, needed, oneOf, readLimit, UsageError } from './cli-options.ts';
import type { Values } from './cli-options.ts';

/** Where the command line finds the credential. `keyEnv`, `keyFile`, `keyStdin`: read here, and the value is sent; `reference`: the engine reads it at each use. */
export type KeySource =
  | { readonly from: 'none' }
  | { readonly from: 'keyEnv'; readonly name: string; readonly session: boolean }
  | { readonly from: 'keyFile'; readonly path: string; readonly session: boolean }
  | { readonly from: 'keyStdin'; readonly session: boolean }
  | { readonly from: 'env'; readonly name: string }
  | { readonly from: 'file'; readonly path: string };

export const runtimeKinds = ['langgraph', 'a2a', 'mcp'] as const;

export type RuntimeCommand =
  | { readonly name: 'connections add runtime'; readonly connectionName: string; readonly target: RuntimeTarget; readonly cardKeys: string | null; readonly key: KeySource; readonly content: ContentLevel | null; readonly consent: boolean }
  /** `cardKeys`: a file with the public keys that an agent card must be signed with. */
  | { readonly name: 'connections try'; readonly target: RuntimeTarget; readonly cardKeys: string | null; readonly key: KeySource }
  | { readonly name: 'connections retarget'; readonly connection: string; readonly change: TargetChange }
  /** `use` `stop`: the credential that only stop levers use. */
  | { readonly name: 'connections credential'; readonly connection: string; readonly key: KeySource; readonly use: 'read' | 'stop' }
  | { readonly name: 'connections consent'; readonly connection: string; readonly consent: boolean }
  | { readonly name: 'connections test' | 'connections poll' | 'connections show'; readonly connection: string }
  | { readonly name: 'connections enable'; readonly connection: string; readonly enabled: boolean }
  | { readonly name: 'approvals'; readonly all: boolean; readonly agent: string | null; readonly connection: string | null; readonly limit: number | null }
  | { readonly name: 'approvals show'; readonly approval: string }
  | { readonly name: 'approvals decide'; readonly approval: string; readonly decision: TypedDecision; readonly fingerprint: string | null }
  | { readonly name: 'grants'; readonly agent: string | null; readonly connection: string | null; readonly limit: number | null }
  | { readonly name: 'agents link'; readonly agent: string; readonly to: string }
  | { readonly name: 'agents unlink'; readonly agent: string };

/** What `retarget` changes; the rest stays as it is. */
export interface TargetChange { readonly url: string | null; readonly command: string | null; readonly args: readonly string[] | null; readonly header: string | null; readonly scheme: 'bearer' | 'plain' | null }

export type TypedDecision =
  | { readonly answer: 'approve'; readonly reason?: string } | { readonly answer: 'reject'; readonly reason: string }
  | { readonly answer: 'respond'; readonly response: string; readonly reason?: string }
  | { readonly answer: 'edit'; readonly parameters: readonly (string | null)[]; readonly reason?: string };

const targetOptions = ['url', 'header', 'scheme', 'command', 'args', 'cwd', 'env', 'card-keys'];
export const keyOptions = ['key-env', 'key-file', 'key-stdin', 'credential', 'session'];
const variable = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Null: not one of these verbs. */
export function readRuntimeConnections(verb: string, rest: readonly string[], values: Values, after: readonly string[]): RuntimeCommand | null {
  const connection = (): string => needed(rest[0], 'the connection\'s id or name');
  switch (verb) {
    case 'add':
      if (rest[0] === 'otlp') return null;
      allow(values, ['name', 'content', 'consent', ...targetOptions, ...keyOptions], rest, 1);
      return { name: 'connections add runtime', connectionName: needed(values.name, '--name NAME'), target: readTarget(rest[0], values, after), cardKeys: values['card-keys'] ?? null, key: readKey(values), content: values.content === undefined ? null : oneOf(values.content, contentLevels, '--content'), consent: values.consent };
    case 'try':
      allow(values, [...targetOptions, ...keyOptions], rest, 1);
      return { name: 'connections try', target: readTarget(rest[0], values, after), cardKeys: values['card-keys'] ?? null, key: readKey(values) };
    case 'retarget':
      allow(values, ['url', 'header', 'scheme', 'command', 'args'], rest, 1);
      return { name: 'connections retarget', connection: connection(), change: readChange(values, after) };
    case 'credential':
      allow(values, [...keyOptions, 'stop'], rest, 1);
      return { name: 'connections credential', connection: connection(), key: readKey(values), use: values.stop ? 'stop' : 'read' };
    case 'consent':
      allow(values, ['consent'], rest, 1);
      return { name: 'connections consent', connection: connection(), consent: values.consent };
    case 'test':
    case 'poll':
    case 'show':
      allow(values, [], rest, 1);
      return { name: `connections ${verb}`, connection: connection() };
    case 'enable':
    case 'disable':
      allow(values, [], rest, 1);
      return { name: 'connections enable', connection: connection(), enabled: verb === 'enable' };
    default: return null;
  }
}

function readTarget(kind: string | undefined, values: Values, after: readonly string[]): RuntimeTarget {
  if (kind === undefined || !runtimeKinds.some((one) => one === kind)) throw new UsageError('A connection is of one of the kinds otlp, langgraph, a2a, mcp: connections add KIND --name NAME ...');
  if (values['card-keys'] !== undefined && kind !== 'a2a') throw new UsageError('--card-keys goes with a2a: only agent cards are signed.');
  const auth = { ...(values.header === undefined ? {} : { header: values.header }), ...(values.scheme === undefined ? {} : { scheme: oneOf(values.scheme, ['bearer', 'plain'], '--scheme') }) };
  if (kind === 'mcp' && values.command !== undefined) {
    if (values.url !== undefined) throw new UsageError('An MCP server is reached by --url or by --command, not by both.');
    const env = (values.env ?? []).map((name) => nameOf(name, '--env'));
    return { kind, transport: 'stdio', command: values.command, args: [...(values.args ?? []), ...after], env, ...(values.cwd === undefined ? {} : { cwd: values.cwd }) };
  }
  if (values.command !== undefined || values.args !== undefined || values.cwd !== undefined || values.env !== undefined || after.length > 0) throw new UsageError('Only an MCP server may be reached by --command, --args, --cwd and --env.');
  const url = needed(values.url, kind === 'mcp' ? '--url URL or --command COMMAND' : '--url URL');
  return kind === 'mcp' ? { kind, transport: 'http', url, ...auth } : { kind: kind as 'langgraph' | 'a2a', url, ...auth };
}

function readChange(values: Values, after: readonly string[]): TargetChange {
  const args = values.args !== undefined || after.length > 0 ? [...(values.args ?? []), ...after] : null;
  const change = { url: values.url ?? null, command: values.command ?? null, args, header: values.header ?? null, scheme: values.scheme === undefined ? null : oneOf(values.scheme, ['bearer', 'plain'], '--scheme') };
  if (Object.values(change).every((one) => one === null)) throw new UsageError('connections retarget needs --url URL, or --command COMMAND.');
  return change;
}

export function readKey(values: Values): KeySource {
  const given = [values['key-env'], values['key-file'], values['key-stdin'] ? 'stdin' : undefined, values.credential].filter((one) => one !== undefined);
  if (given.length > 1) throw new UsageError('One credential only: --key-env, --key-file, --key-stdin or --credential.');
  const { session } = values;
  if (values['key-env'] !== undefined) return { from: 'keyEnv', name: nameOf(values['key-env'], '--key-env'), session };
  if (values['key-file'] !== undefined) return { from: 'keyFile', path: values['key-file'], session };
  if (values['key-stdin']) return { from: 'keyStdin', session };
  if (session) throw new UsageError('--session goes with --key-env, --key-file or --key-stdin.');
  const reference = /^(none|env|file)(?::(.+))?$/s.exec(values.credential ?? 'none');
  if (reference?.[1] === 'none' && reference[2] === undefined) return { from: 'none' };
  if (reference?.[1] === 'env' && reference[2] !== undefined) return { from: 'env', name: nameOf(reference[2], '--credential env:NAME') };
  if (reference?.[1] === 'file' && reference[2] !== undefined) return { from: 'file', path: reference[2] };
  throw new UsageError('--credential is env:NAME, file:/ABSOLUTE/PATH or none. The credential itself is never an argument: other programs on this machine could read it there.');
}

function nameOf(text: string, option: string): string {
  if (!variable.test(text)) throw new UsageError(`${option} takes the name of an environment variable.`);
  return text;
}

export function readApprovals([verb, id, ...rest]: readonly string[], values: Values): RuntimeCommand {
  const limit = values.limit === undefined ? null : readLimit(values.limit);
  if (verb === undefined || verb === 'list') {
    allow(values, ['all', 'agent', 'connection', 'limit'], rest, 0);
    return { name: 'approvals', all: values.all, agent: values.agent ?? null, connection: values.connection ?? null, limit };
  }
  if (verb === 'show') {
    allow(values, [], rest, 0);
    return { name: 'approvals show', approval: needed(id, 'the approval\'s id') };
  }
  const decision = readDecision(verb, values, rest);
  return { name: 'approvals decide', approval: needed(id, 'the approval\'s id'), decision, fingerprint: values.fingerprint ?? null };
}

function readDecision(verb: string, values: Values, rest: readonly string[]): TypedDecision {
  const reason = values.reason === undefined ? {} : { reason: values.reason };
  switch (verb) {
    case 'approve':
      allow(values, ['reason', 'fingerprint'], rest, 0);
      return { answer: 'approve', ...reason };
    case 'reject':
      allow(values, ['reason', 'fingerprint'], rest, 0);
      return { answer: 'reject', reason: needed(values.reason, '--reason TEXT: the agent is told why') };
    case 'respond':
      allow(values, ['response', 'reason', 'fingerprint'], rest, 0);
      return { answer: 'respond', response: needed(values.response, '--response TEXT'), ...reason };
    case 'edit':
      allow(values, ['parameters', 'reason', 'fingerprint'], rest, 0);
      if (values.parameters === undefined) throw new UsageError('approvals edit needs --parameters JSON for each action, in order; - leaves one as it is.');
      return { answer: 'edit', parameters: values.parameters.map((text) => (text === '-' ? null : text)), ...reason };
    default: throw new UsageError(`There is no command "approvals ${verb}".`);
  }
}

export function readGrants(rest: readonly string[], values: Values): RuntimeCommand {
  allow(values, ['agent', 'connection', 'limit'], rest, 0);
  return { name: 'grants', agent: values.agent ?? null, connection: values.connection ?? null, limit: values.limit === undefined ? null : readLimit(values.limit) };
}

/** Null: not one of these verbs. */
export function readAgentLink([verb, agent, to, ...rest]: readonly string[], values: Values): RuntimeCommand | null {
  if (verb !== 'link' && verb !== 'unlink') return null;
  allow(values, [], verb === 'link' ? rest : [to, ...rest].filter((word) => word !== undefined), 0);
  const source = needed(agent, 'the agent\'s id or name');
  return verb === 'link' ? { name: 'agents link', agent: source, to: needed(to, 'the agent to link it to') } : { name: 'agents unlink', agent: source };
}
