/**
 * Claude Code's events. They tell what spans tell (joined by call and request id) and what spans cannot: money, refusals by name, MCP
 * servers, failed retries. `success` and durations are texts. A call is opened by its decision and closed by its result.
 */
import type { ActivityKind } from '../../../../shared/domain.ts';
import type { Draft, Normalised } from '../draft.ts';
import type { Attrs, LogRecord } from '../record.ts';
import { aside, at, drafts, lasted, logDraft } from './build.ts';
import type { LogTimes, Told } from './build.ts';
import { claudeAgent, claudeBilling, claudeIdentity, claudeModelKey, claudeRun, claudeToolKey, claudeToolName, claudeUsage } from './claude-code-shared.ts';
import { errorOf, isCancel, ok, withExitCode } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { asNumber, cleanName, flag, nameOf, one } from './read.ts';

const source = 'claude-code/log';

function eventOf(record: LogRecord): string {
  const named = one(record.attrs, 'event.name') || record.eventName || record.body;
  return named.startsWith('claude_code.') ? named.slice('claude_code.'.length) : named;
}

/** The sequence counts within one session, so that an event sent twice is one. */
function eventKey(record: LogRecord, what: string): string {
  const sequence = one(record.attrs, 'event.sequence');
  return cleanName(`event:${what}:${sequence === '' ? record.timeUs : sequence}`);
}

function common(record: LogRecord): Pick<Told, 'run' | 'agent' | 'identity'> {
  return { run: claudeRun(record.attrs), agent: claudeAgent(record), identity: claudeIdentity(record.attrs) };
}

function failure(attrs: Attrs): Outcome {
  const type = one(attrs, 'error_type') || one(attrs, 'error_name');
  const message = one(attrs, 'error');
  const status = one(attrs, 'status_code');
  const cancelled = isCancel(type, message);
  return { status: cancelled ? 'cancelled' : 'error', explicit: true, error: errorOf([type, status === '' || status === 'undefined' ? '' : `http_${status}`], [message]) };
}

function decision(record: LogRecord): Normalised {
  const { attrs } = record;
  const rejected = one(attrs, 'decision').startsWith('reject');
  const key = claudeToolKey(attrs);
  // Older versions wrote no call id here: an acceptance then adds nothing that the result would not say.
  if (key === undefined && !rejected) return aside('decision without a call id');
  const tool = claudeToolName(attrs);
  const outcome: Outcome = rejected ? { status: 'denied', explicit: true } : { status: 'running', explicit: true };
  const times: LogTimes = rejected ? at(record) : { startUs: record.timeUs };
  const call = logDraft(source, record, outcome, times, {
    ...common(record), role: 'activity', kind: 'tool_call', name: tool.name, namePlaceholder: tool.placeholder, key: key ?? eventKey(record, 'denied'),
  });
  // A refusal by a person is the call's own status; that a person allowed the call would be told nowhere else.
  if (rejected || key === undefined || !one(attrs, 'source').startsWith('user')) return drafts(call);
  return drafts(call, logDraft(source, record, ok, at(record), { ...common(record), role: 'activity', kind: 'approval', name: tool.name, namePlaceholder: tool.placeholder, key: `approval:${key}` }));
}

function toolResult(record: LogRecord): Normalised {
  const { attrs } = record;
  const tool = claudeToolName(attrs);
  const rejected = one(attrs, 'decision').startsWith('reject') || one(attrs, 'decision_type') === 'reject';
  const outcome: Outcome = flag(attrs, 'success') === false ? failure(attrs) : withExitCode(attrs, ok);
  return drafts(logDraft(source, record, rejected ? { ...outcome, status: 'denied' } : outcome, lasted(record), {
    ...common(record), role: 'activity', kind: 'tool_call', name: tool.name, namePlaceholder: tool.placeholder, key: claudeToolKey(attrs) ?? eventKey(record, 'tool'),
  }));
}

function costOf(attrs: Attrs): Draft['reportedCost'] {
  const micros = asNumber(attrs['cost_usd_micros']);
  const dollars = asNumber(attrs['cost_usd']);
  const amount = micros ?? (dollars === undefined ? undefined : dollars * 1_000_000);
  return amount === undefined || amount < 0 || amount > 1e15 ? undefined : { micros: Math.round(amount), currency: 'USD' };
}

function apiRequest(record: LogRecord, outcome: Outcome): Normalised {
  const { attrs } = record;
  const model = nameOf(attrs, ['model']);
  return drafts(logDraft(source, record, outcome, lasted(record), {
    ...common(record), role: 'activity', kind: 'model_call', name: model ?? 'model call', key: claudeModelKey(attrs, record.timeUs), model,
    usage: claudeUsage(attrs), billing: claudeBilling(attrs), reportedCost: costOf(attrs),
  }));
}

function happened(record: LogRecord, kind: ActivityKind, name: string, outcome: Outcome, key: string): Normalised {
  return drafts(logDraft(source, record, outcome, at(record), { ...common(record), role: 'activity', kind, name, key }));
}

function mcpServer(record: LogRecord): Normalised {
  const status = nameOf(record.attrs, ['status']) ?? 'changed';
  const name = `MCP server ${nameOf(record.attrs, ['server_name']) ?? ''} ${status}`.replace('  ', ' ');
  return happened(record, 'lifecycle', name, status === 'failed' ? failure(record.attrs) : ok, eventKey(record, 'mcp'));
}

/** Told by its end only; the parent agent's row of the tool `Agent` stands beside it. */
function subagent(record: LogRecord): Normalised {
  const agent = claudeAgent(record);
  const key = agent.runId === undefined ? eventKey(record, 'subagent') : `agent:${agent.runId}`;
  return drafts(logDraft(source, record, ok, lasted(record), { ...common(record), agent, role: 'agent', kind: 'handoff', name: agent.name ?? 'sub-agent', key }));
}

export function claudeLog(record: LogRecord): Normalised {
  const event = eventOf(record);
  switch (event) {
    case 'tool_decision': return decision(record);
    case 'tool_result': return toolResult(record);
    case 'api_request': return apiRequest(record, ok);
    case 'api_error': return apiRequest(record, failure(record.attrs));
    case 'user_prompt': return happened(record, 'lifecycle', 'prompt', ok, eventKey(record, 'prompt'));
    case 'compaction': return happened(record, 'lifecycle', 'compaction', ok, eventKey(record, 'compaction'));
    case 'mcp_server_connection': return mcpServer(record);
    case 'subagent_completed': return subagent(record);
    case 'internal_error': return happened(record, 'error', nameOf(record.attrs, ['error_name']) ?? 'internal error', failure(record.attrs), eventKey(record, 'error'));
    case 'permission_mode_changed': return happened(record, 'lifecycle', `permission mode ${nameOf(record.attrs, ['to_mode']) ?? 'changed'}`, ok, eventKey(record, 'mode'));
    case 'api_retries_exhausted': return aside('repeats an api_error');
    case 'assistant_response':
    case 'api_request_body':
    case 'api_response_body': return aside('message text');
    default: return aside('setting, plug-in or housekeeping event');
  }
}
