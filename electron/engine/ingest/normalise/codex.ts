/**
 * Codex: its logs tell everything, its spans (some 690 internal ones a turn) repeat the same events without outputs and are set aside.
 * `success` only says that the tool ran: the exit code stands in the output. Refusals by policy come without a decision. A response is
 * completed twice, once with counts. Times stand in the observed time; only the conversation groups.
 */
import type { Adapter, AgentClaim, Draft, Normalised } from '../draft.ts';
import type { Attrs, LogRecord } from '../record.ts';
import { aside, at, claimFrom, drafts, lasted, logDraft, resourceAgent, runFrom } from './build.ts';
import type { LogTimes, Told } from './build.ts';
import { errorOf, exited, isCancel, ok, withExitCode } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { asNumber, cleanName, flag, jsonObject, nameOf, one, tokens } from './read.ts';
import { byConvention, usageOf } from './usage.ts';

const source = 'codex/log';
const refusals = ['Rejected(', 'rejected by user', 'rejected: ', 'approval required by policy', 'reject command', 'Codex could not obtain approval'];

function agentOf(record: LogRecord): AgentClaim {
  const declared = resourceAgent(record.resource);
  const service = record.resource.service;
  // Sub-agents have a nickname drawn anew for every run: it names nobody.
  const name = declared?.name ?? (service === '' || service.startsWith('codex') ? 'codex' : cleanName(service));
  return { id: declared?.id, name, version: nameOf(record.attrs, ['app.version']) ?? (cleanName(record.resource.serviceVersion) || undefined) };
}

function common(record: LogRecord): Pick<Told, 'agent' | 'run' | 'identity'> {
  return {
    agent: agentOf(record),
    run: runFrom(record.attrs, [], ['conversation.id']),
    identity: claimFrom(record.attrs, 'borrowed', ['user.email', 'user.account_id']) ?? claimFrom(record.resource.attrs, 'delegated', ['enduser.id']),
  };
}

function toolKey(attrs: Attrs, record: LogRecord): string {
  const call = one(attrs, 'call_id');
  return cleanName(call === '' ? `event:tool:${record.timeUs}:${one(attrs, 'tool_result_seq')}` : `tool:${call}`);
}

/**
 * `Process exited with code 1` (exec) or `Exit code: 1` (patch), before the output itself; older versions wrap the output in JSON and
 * end with `"exit_code":1`. undefined when none of them is there.
 */
function exitCode(output: string): number | undefined {
  const body = output.slice(0, 600).indexOf('Output:\n');
  const head = output.slice(0, body < 0 ? 400 : body);
  const wrapped = output.startsWith('{"output"') ? output.slice(-200) : '';
  for (const [where, words] of [[head, 'Process exited with code '], [head, 'Exit code: '], [wrapped, '"exit_code":']] as const) {
    const found = where.indexOf(words);
    if (found < 0) continue;
    const from = found + words.length;
    const code = Number.parseInt(where.slice(from, from + 12), 10);
    if (!Number.isNaN(code)) return code;
  }
  return undefined;
}

function resultOf(attrs: Attrs): Outcome {
  const output = one(attrs, 'output');
  const head = output.slice(0, 400);
  if (flag(attrs, 'success') === false) {
    const said = output.indexOf('Output:\n');
    const message = said < 0 ? output : output.slice(said + 8);
    if (refusals.some((words) => head.includes(words))) return { status: 'denied', explicit: true, error: errorOf([], [message]) };
    return { status: isCancel('', head) ? 'cancelled' : 'error', explicit: true, error: errorOf([one(attrs, 'error.type')], [one(attrs, 'error.message'), message]) };
  }
  const code = exitCode(output);
  return code === undefined || code === 0 ? withExitCode(attrs, ok) : exited(code);
}

function toolResult(record: LogRecord): Normalised {
  const { attrs } = record;
  const child = one(attrs, 'tool_name') === 'spawn_agent' ? jsonObject(attrs['output'])?.['agent_id'] : undefined;
  return drafts(logDraft(source, record, resultOf(attrs), lasted(record), {
    ...common(record), role: 'activity', kind: 'tool_call', name: nameOf(attrs, ['tool_name']) ?? 'tool', key: toolKey(attrs, record),
    startsRun: typeof child === 'string' && child !== '' ? { kind: 'conversation', id: cleanName(child) } : undefined,
  }));
}

/** `source` is not trusted: a refusal by the policy "never" says that the user refused. */
function decision(record: LogRecord): Normalised {
  const { attrs } = record;
  const approved = one(attrs, 'decision').startsWith('approved');
  if (approved && one(attrs, 'call_id') === '') return aside('decision without a call id');
  const outcome: Outcome = { status: approved ? 'running' : 'denied', explicit: true };
  return drafts(logDraft(source, record, outcome, approved ? { startUs: record.timeUs } : at(record), {
    ...common(record), role: 'activity', kind: 'tool_call', name: nameOf(attrs, ['tool_name']) ?? 'tool', key: toolKey(attrs, record),
  }));
}

function usage(attrs: Attrs): Draft['usage'] {
  // tool_token_count is a total, not a part.
  return usageOf(
    {
      input: tokens(attrs, ['input_token_count']), output: tokens(attrs, ['output_token_count']), cacheRead: tokens(attrs, ['cached_token_count']),
      cacheWrite: tokens(attrs, ['cache_write_token_count']), reasoning: tokens(attrs, ['reasoning_token_count']),
    },
    byConvention,
  );
}

function model(record: LogRecord, outcome: Outcome, times: LogTimes, key: string): Normalised {
  const name = nameOf(record.attrs, ['model', 'slug']);
  return drafts(logDraft(source, record, outcome, times, { ...common(record), role: 'activity', kind: 'model_call', name: name ?? 'model call', model: name, usage: usage(record.attrs), key }));
}

/** All attempts of one turn that fail alike are one failed call: the record knows no request, only the turn's trace, if spans are on. */
function failedKey(record: LogRecord, what: string): string {
  const turn = record.traceId === '' ? String(Math.floor(record.timeUs / 300_000_000)) : record.traceId;
  return cleanName(`event:failed:${turn}:${what}`);
}

function failed(record: LogRecord): Normalised {
  const status = one(record.attrs, 'http.response.status_code');
  const message = one(record.attrs, 'error.message');
  const outcome: Outcome = { status: isCancel('', message) ? 'cancelled' : 'error', explicit: true, error: errorOf([status === '' ? '' : `http_${status}`], [message]) };
  return model(record, outcome, lasted(record), failedKey(record, status === '' ? message.slice(0, 60) : status));
}

function apiRequest(record: LogRecord): Normalised {
  const status = asNumber(record.attrs['http.response.status_code']) ?? 0;
  if (status < 400 && one(record.attrs, 'error.message') === '' && flag(record.attrs, 'success') !== false) return aside('request that was answered: its response is counted');
  return failed(record);
}

function streamEvent(record: LogRecord): Normalised {
  const { attrs } = record;
  if (one(attrs, 'error.message') !== '' || one(attrs, 'event.kind') === 'response.failed') return failed(record);
  if (one(attrs, 'event.kind') !== 'response.completed' || attrs['input_token_count'] === undefined) return aside('piece of a streamed answer');
  const counts = ['input_token_count', 'output_token_count', 'cached_token_count', 'reasoning_token_count'].map((key) => one(attrs, key)).join(':');
  return model(record, ok, at(record), cleanName(`event:model:${record.timeUs}:${counts}`));
}

function lifecycle(record: LogRecord, name: string): Normalised {
  return drafts(logDraft(source, record, ok, at(record), { ...common(record), role: 'activity', kind: 'lifecycle', name, key: `event:${name}:${record.timeUs}` }));
}

export function codexLog(record: LogRecord): Normalised {
  // LogRecord.eventName holds a line of Codex's source code: only the attribute names the event.
  switch (one(record.attrs, 'event.name')) {
    case 'codex.tool_decision': return decision(record);
    case 'codex.tool_result': return toolResult(record);
    case 'codex.sse_event':
    case 'codex.websocket_event': return streamEvent(record);
    case 'codex.api_request':
    case 'codex.websocket_request': return apiRequest(record);
    case 'codex.conversation_starts': return lifecycle(record, 'session start');
    case 'codex.user_prompt': return lifecycle(record, 'prompt');
    case 'codex.compaction':
    case 'codex.context_compacted': return lifecycle(record, 'compaction');
    default: return aside('timing or housekeeping event');
  }
}

export const codexAdapter: Adapter = {
  id: 'codex',
  wanted: [
    'event.name', 'event.kind', 'conversation.id', 'app.version', 'user.email', 'user.account_id', 'call_id', 'tool_name', 'tool_result_seq', 'decision', 'success', 'output',
    'duration_ms', 'model', 'slug', 'input_token_count', 'output_token_count', 'cached_token_count', 'cache_write_token_count', 'reasoning_token_count',
    'http.response.status_code', 'error.message', 'error.type',
  ],
  span: () => aside('internal span of Codex: its logs tell the same'),
  log: codexLog,
};
