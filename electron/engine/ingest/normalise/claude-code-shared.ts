/** What Claude Code's logs and spans have in common: who acts, for whom, in which session, and how their records find each other. */
import type { AgentClaim, Draft, IdentityClaim } from '../draft.ts';
import type { Attrs, LogRecord, SpanRecord } from '../record.ts';
import { claimFrom, resourceAgent, runFrom } from './build.ts';
import { cleanName, jsonObject, nameOf, one, text, tokens } from './read.ts';
import { usageOf } from './usage.ts';

export const claudeWanted: readonly string[] = [
  'session.id', 'user.email', 'user.account_uuid', 'user.account_id', 'agent.name', 'agent_id', 'agent_type', 'query_source', 'query_source_safe',
  'subagent_type', 'model', 'gen_ai.request.model', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_creation_tokens', 'cache_creation_1h_tokens', 'speed', 'ttft_ms', 'request_id',
  'gen_ai.response.id', 'tool_name', 'gen_ai.tool.name', 'tool_parameters', 'tool_use_id', 'gen_ai.tool.call.id', 'span.type', 'success', 'error', 'error_type',
  'error_class', 'error.type', 'status_code', 'decision', 'source', 'event.name', 'event.sequence', 'prompt.id', 'duration_ms', 'cost_usd', 'cost_usd_micros',
  'server_name', 'status', 'app.version', 'to_mode', 'trigger', 'error_name', 'total_attempts', 'client_request_id',
];

type ClaudeRecord = SpanRecord | LogRecord;

/** `agent:builtin:general-purpose` in logs, `agent.builtin.general-purpose` in spans. */
function agentOfQuery(source: string): string {
  if (!source.startsWith('agent:') && !source.startsWith('agent.')) return '';
  const separator = source.charAt(5);
  return cleanName(source.slice(source.lastIndexOf(separator) + 1));
}

/**
 * `agent_id` lives for one run of a sub-agent: it ties records, it names nobody. A record without it speaks of the session's own agent,
 * which has no name but the service's.
 */
export function claudeAgent(record: ClaudeRecord): AgentClaim {
  const { attrs, resource } = record;
  const runId = nameOf(attrs, ['agent_id']);
  const named = nameOf(attrs, ['agent.name', 'agent_type']) ?? agentOfQuery(text(attrs, ['query_source', 'query_source_safe']));
  if (runId !== undefined || named !== '') return { name: named === '' ? undefined : named, runId };
  return mainAgent(record.resource, resource.serviceVersion);
}

export function mainAgent(resource: ClaudeRecord['resource'], version: string): AgentClaim {
  const declared = resourceAgent(resource);
  return { id: declared?.id, name: declared?.name ?? (cleanName(resource.service) || 'claude-code'), version: version === '' ? undefined : cleanName(version) };
}

/**
 * A signed-in account is a person's own: the agent borrows it. `user.id` is a hash of the device and says nothing of who. Resource
 * attributes, and with them an administrator's `enduser.id`, are copied onto every record.
 */
export function claudeIdentity(attrs: Attrs): IdentityClaim | undefined {
  return claimFrom(attrs, 'borrowed', ['user.email', 'user.account_uuid', 'user.account_id']) ?? claimFrom(attrs, 'delegated', ['enduser.id']);
}

/** In sub-agents' spans `gen_ai.conversation.id` is the sub-agent's id: only the session groups. */
export function claudeRun(attrs: Attrs): Draft['run'] {
  return runFrom(attrs, ['session.id'], []);
}

export function claudeUsage(attrs: Attrs): Draft['usage'] {
  return usageOf(
    {
      input: tokens(attrs, ['input_tokens']),
      output: tokens(attrs, ['output_tokens']),
      cacheRead: tokens(attrs, ['cache_read_tokens']),
      cacheWrite: tokens(attrs, ['cache_creation_tokens']),
      reasoning: undefined,
    },
    { inputHasCache: false, outputHasReasoning: true },
  );
}

const nothingKept: Draft['billing'] = { cacheWrite1h: 0 };

/** `speed` (`normal`, or `fast` at a price of its own) and how long caches are kept; who served the model it does not say. */
export function claudeBilling(attrs: Attrs): Draft['billing'] {
  const cacheWrite1h = tokens(attrs, ['cache_creation_1h_tokens']);
  if (one(attrs, 'speed') === 'fast') return { tier: 'fast', cacheWrite1h };
  if (cacheWrite1h === undefined) return undefined;
  return cacheWrite1h === 0 ? nothingKept : { cacheWrite1h };
}

/**
 * Log and span of one model call share `request_id`. Behind gateways that send none, they still share what was measured (model, token
 * counts, time to first token) and end together.
 */
export function claudeModelKey(attrs: Attrs, endUs: number): string {
  const request = text(attrs, ['request_id', 'gen_ai.response.id']);
  if (request !== '') return `model:${cleanName(request)}`;
  const measured = ['model', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_creation_tokens', 'cache_creation_1h_tokens', 'speed', 'ttft_ms', 'error', 'status_code'];
  return cleanName(`event:model:${Math.floor(endUs / 10_000_000)}:${measured.map((key) => one(attrs, key).slice(0, 40)).join(':')}`);
}

export function claudeToolKey(attrs: Attrs): string | undefined {
  const call = text(attrs, ['tool_use_id', 'gen_ai.tool.call.id']);
  return call === '' ? undefined : `tool:${cleanName(call)}`;
}

export interface ToolName {
  readonly name: string;
  readonly placeholder?: boolean;
}

/** MCP tools: the span names them; logs say `mcp_tool` and name them in `tool_parameters`, if tool details are on. */
export function claudeToolName(attrs: Attrs): ToolName {
  const conventional = nameOf(attrs, ['gen_ai.tool.name']);
  if (conventional !== undefined) return { name: unprefixed(conventional) };
  const name = nameOf(attrs, ['tool_name']);
  if (name === undefined) return { name: '' };
  if (name !== 'mcp_tool') return { name: unprefixed(name) };
  const tool = jsonObject(attrs['tool_parameters'])?.['mcp_tool_name'];
  return typeof tool === 'string' && tool !== '' ? { name: cleanName(tool) } : { name, placeholder: true };
}

/** `mcp__crm__lookup_customer`: server and tool. */
function unprefixed(name: string): string {
  if (!name.startsWith('mcp__')) return name;
  const at = name.indexOf('__', 5);
  return at < 0 || at + 2 >= name.length ? name : name.slice(at + 2);
}
