/**
 * Gemini CLI: its logs tell everything; each call is also two `gen_ai.client.inference.operation.details` and a span, which are set
 * aside. Input contains the cache, output leaves thoughts out. `service.version` is Node's. Records carry no ids, so they are told
 * apart by time and figures. Nothing is written when a tool starts: a tool that is cut off leaves no trace.
 */
import type { Adapter, AgentClaim, Draft, Normalised } from '../draft.ts';
import type { Attrs, AttrValue, LogRecord } from '../record.ts';
import { aside, at, claimFrom, drafts, lasted, logDraft, resourceAgent, runFrom } from './build.ts';
import type { Told } from './build.ts';
import { errorOf, isCancel, ok, withExitCode } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { cleanName, flag, jsonObject, nameOf, one, tokens } from './read.ts';
import { usageOf } from './usage.ts';

const source = 'gemini-cli/log';
const prefix = 'gemini_cli.';

/** `<agent id>#<turn>` in a sub-agent's records; the session's own prompts are named after the session. */
function subAgentRun(record: LogRecord): string | undefined {
  const own = nameOf(record.attrs, ['agent_id']);
  if (own !== undefined) return own;
  const prompt = one(record.attrs, 'prompt_id');
  const hash = prompt.indexOf('#');
  if (hash <= 0 || prompt.startsWith('##', hash)) return undefined;
  const id = prompt.slice(0, hash);
  return id === one(record.attrs, 'session.id') ? undefined : cleanName(id);
}

function agentOf(record: LogRecord): AgentClaim {
  const runId = subAgentRun(record);
  if (runId !== undefined) return { name: nameOf(record.attrs, ['agent_name']), runId };
  const declared = resourceAgent(record.resource);
  return { id: declared?.id, name: declared?.name ?? (cleanName(record.resource.service) || 'gemini-cli') };
}

function common(record: LogRecord): Pick<Told, 'agent' | 'run' | 'identity'> {
  return {
    agent: agentOf(record),
    run: runFrom(record.attrs, ['session.id'], []) ?? runFrom(record.resource.attrs, ['session.id'], []),
    identity: claimFrom(record.attrs, 'borrowed', ['user.email', 'user_email']) ?? claimFrom(record.resource.attrs, 'delegated', ['enduser.id']),
  };
}

/** What makes an event itself, whatever batch it comes in. */
function eventKey(record: LogRecord, what: string, figures: readonly string[]): string {
  return cleanName(`event:${what}:${record.timeUs}:${figures.map((key) => one(record.attrs, key).slice(0, 40)).join(':')}`);
}

/** The API's errors arrive as the JSON of its answer. */
function messageOf(attrs: Attrs): string {
  const said = one(attrs, 'error') || one(attrs, 'error.message');
  const inner = jsonObject(jsonObject(said)?.['error'] as AttrValue | undefined)?.['message'];
  return typeof inner === 'string' && inner !== '' ? inner : said;
}

function failure(attrs: Attrs): Outcome {
  const type = one(attrs, 'error_type') || one(attrs, 'error.type');
  const message = messageOf(attrs);
  const status = one(attrs, 'status_code');
  return { status: isCancel(type, message) ? 'cancelled' : 'error', explicit: true, error: errorOf([type, status === '' ? '' : `http_${status}`], [message]) };
}

function usage(attrs: Attrs): Draft['usage'] {
  return usageOf(
    {
      input: tokens(attrs, ['input_token_count']), output: tokens(attrs, ['output_token_count']), cacheRead: tokens(attrs, ['cached_content_token_count']),
      cacheWrite: undefined, reasoning: tokens(attrs, ['thoughts_token_count']),
    },
    { inputHasCache: true, outputHasReasoning: false },
  );
}

function modelCall(record: LogRecord, outcome: Outcome): Normalised {
  const model = nameOf(record.attrs, ['model']);
  return drafts(logDraft(source, record, outcome, lasted(record), {
    ...common(record), role: 'activity', kind: 'model_call', name: model ?? 'model call', model, usage: usage(record.attrs),
    key: eventKey(record, 'model', ['model', 'duration_ms', 'input_token_count', 'output_token_count', 'status_code']),
  }));
}

function toolCall(record: LogRecord): Normalised {
  const { attrs } = record;
  const refused = one(attrs, 'decision') === 'reject' || one(attrs, 'error_type') === 'policy_violation';
  const failed = flag(attrs, 'success') === false ? failure(attrs) : withExitCode(attrs, ok);
  const outcome: Outcome = refused && failed.status !== 'ok' ? { ...failed, status: 'denied' } : failed;
  return drafts(logDraft(source, record, outcome, lasted(record), {
    ...common(record), role: 'activity', kind: 'tool_call', name: nameOf(attrs, ['function_name']) ?? 'tool',
    key: eventKey(record, 'tool', ['function_name', 'duration_ms', 'success', 'content_length', 'prompt_id']) + record.spanId,
  }));
}

function lifecycle(record: LogRecord, name: string): Normalised {
  return drafts(logDraft(source, record, ok, at(record), { ...common(record), role: 'activity', kind: 'lifecycle', name, key: eventKey(record, name, ['prompt_id']) }));
}

function agentRun(record: LogRecord, finished: boolean): Normalised {
  const agent = agentOf(record);
  const reason = one(record.attrs, 'terminate_reason');
  const failed = finished && reason !== '' && reason !== 'GOAL';
  const aborted = reason === 'ABORTED';
  const outcome: Outcome = !finished ? { status: 'running', explicit: true } : failed ? { status: aborted ? 'cancelled' : 'error', explicit: true, error: errorOf([reason], []) } : ok;
  return drafts(logDraft(source, record, outcome, finished ? lasted(record) : { startUs: record.timeUs }, {
    ...common(record), agent, role: 'agent', kind: 'handoff', name: agent.name ?? 'sub-agent', key: agent.runId === undefined ? eventKey(record, 'agent', []) : `agent:${agent.runId}`,
  }));
}

export function geminiLog(record: LogRecord): Normalised {
  const event = one(record.attrs, 'event.name') || record.eventName;
  switch (event.startsWith(prefix) ? event.slice(prefix.length) : event) {
    case 'api_response': return modelCall(record, ok);
    case 'api_error': return modelCall(record, failure(record.attrs));
    case 'tool_call': return toolCall(record);
    case 'user_prompt': return lifecycle(record, 'prompt');
    case 'config': return lifecycle(record, 'session start');
    case 'conversation_finished': return lifecycle(record, 'conversation finished');
    case 'chat_compression': return lifecycle(record, 'compaction');
    case 'agent.start': return agentRun(record, false);
    case 'agent.finish': return agentRun(record, true);
    case 'gen_ai.client.inference.operation.details':
    case 'api_request': return aside('repeats a model call');
    default: return aside('setting or housekeeping event');
  }
}

export const geminiCliAdapter: Adapter = {
  id: 'gemini-cli',
  wanted: [
    'event.name', 'session.id', 'prompt_id', 'agent_id', 'agent_name', 'terminate_reason', 'user.email', 'user_email', 'model', 'duration_ms', 'status_code', 'error', 'error_type',
    'error.type', 'error.message', 'input_token_count', 'output_token_count', 'cached_content_token_count', 'thoughts_token_count', 'function_name', 'success', 'decision', 'content_length',
  ],
  span: () => aside('span of Gemini CLI: its logs tell the same'),
  log: geminiLog,
};
