/**
 * OpenTelemetry GenAI conventions, current and older names, and therefore every framework that follows them: the Vercel AI SDK's
 * scope `gen_ai`, Python's contrib instrumentations, Logfire, Semantic Kernel, Google ADK. Only inference spans are counted: the
 * same tokens stand again as totals on `invoke_agent`.
 */
import type { Adapter, AgentClaim, Draft, Normalised } from '../draft.ts';
import type { Attrs, LogRecord, SpanRecord } from '../record.ts';
import { aside, claimFrom, drafts, logDraft, resourceAgent, resourceWanted, runFrom, spanDraft, taskOutcomeOf } from './build.ts';
import { billingOf, billingWanted, genaiBilling } from './billing.ts';
import type { Told } from './build.ts';
import { genai, genaiWanted } from './genai-names.ts';
import { errorOf, inferredOk, isCancel, ok, outcomeWanted, spanOutcome, withExitCode } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { cleanName, nameOf, one, text, tokens } from './read.ts';
import { byConvention, usageOf } from './usage.ts';
import type { CountRules } from './usage.ts';

const inference: ReadonlySet<string> = new Set([
  'chat', 'text_completion', 'completion', 'generate_content', 'embeddings', 'embedding', 'embed', 'responses', 'response', 'messages', 'message',
  'rerank', 'image_generation', 'generate_image', 'transcription', 'speech', 'inference', 'model_inference', 'generation', 'rerank_documents',
]);
const tools: ReadonlySet<string> = new Set(['execute_tool', 'tool_call']);
const memory: ReadonlySet<string> = new Set([
  'retrieval', 'create_memory', 'update_memory', 'upsert_memory', 'delete_memory', 'search_memory', 'create_memory_store', 'delete_memory_store',
]);
const deniedTypes: ReadonlySet<string> = new Set(['denied', 'rejected', 'tool_denied', 'tool_rejected', 'approval_denied', 'approval_rejected', 'tool_execution_denied', 'execution_denied', 'ToolExecutionDenied', 'ApprovalRejected']);
const failedToolStatus: ReadonlySet<string> = new Set(['error', 'failed', 'failure']);

export const userKeys = ['enduser.id', 'user.id', 'user.email', 'langfuse.user.id', 'gen_ai.user.id'] as const;
const agentUserKeys = ['microsoft.agent.user.email', 'microsoft.agent.user.id'] as const;
const sessionKeys = [...genai.session, 'langfuse.session.id', 'gen_ai.session.id'];

export function genaiUsage(attrs: Attrs, rules: CountRules = byConvention): Draft['usage'] {
  return usageOf(
    {
      input: tokens(attrs, genai.input),
      output: tokens(attrs, genai.output),
      cacheRead: tokens(attrs, genai.cacheRead),
      cacheWrite: tokens(attrs, genai.cacheWrite),
      reasoning: tokens(attrs, genai.reasoning),
      total: tokens(attrs, genai.total),
    },
    rules,
  );
}

export function genaiModel(attrs: Attrs): string | undefined {
  return nameOf(attrs, genai.responseModel) ?? nameOf(attrs, genai.requestModel);
}

/** The resource names the agent only where no ancestor can: at the root. */
export function genaiAgent(record: SpanRecord | LogRecord): AgentClaim | undefined {
  const id = nameOf(record.attrs, genai.agentId);
  const name = nameOf(record.attrs, genai.agentName);
  const root = record.signal === 'span' && record.parentSpanId === '' ? resourceAgent(record.resource) : undefined;
  if (id === undefined && name === undefined) return root;
  return { id: id ?? root?.id, name: name ?? root?.name, version: nameOf(record.attrs, genai.agentVersion) ?? root?.version };
}

export function genaiRun(attrs: Attrs): Draft['run'] {
  return runFrom(attrs, sessionKeys, genai.conversation);
}

export function genaiUser(record: SpanRecord | LogRecord): Draft['identity'] {
  const own = claimFrom(record.attrs, 'delegated', userKeys);
  if (own !== undefined) return own;
  // Microsoft Agent 365: the agent has a user account of its own, and no person stands behind it.
  const account = claimFrom(record.attrs, 'own', agentUserKeys);
  if (account !== undefined || record.signal === 'log' || record.parentSpanId !== '') return account;
  return claimFrom(record.resource.attrs, 'delegated', ['enduser.id', 'user.id', 'user.email']);
}

/** What a span is, whatever words its source uses. */
export type Sort = 'model' | 'tool' | 'agent' | 'create' | 'access' | 'structure';

export function genaiSort(attrs: Attrs): Sort {
  const operation = text(attrs, genai.operation);
  if (inference.has(operation)) return 'model';
  if (tools.has(operation)) return 'tool';
  if (operation === 'invoke_agent') return 'agent';
  if (operation === 'create_agent') return 'create';
  if (memory.has(operation)) return 'access';
  if (operation !== '') return 'structure';
  // Older exporters write no operation: a tool has a name, an inference has a request type or counted tokens of a named model.
  if (text(attrs, genai.toolName) !== '') return 'tool';
  if (text(attrs, genai.requestType) !== '') return 'model';
  const model = text(attrs, genai.requestModel) !== '' || text(attrs, genai.responseModel) !== '';
  return model && (tokens(attrs, genai.input) !== undefined || tokens(attrs, genai.output) !== undefined) ? 'model' : 'structure';
}

/** Mastra reports a failed inference as OK with the finish reason `error` (a JSON text there, a list elsewhere). */
function modelOutcome(record: SpanRecord, outcome: Outcome): Outcome {
  if (outcome.status !== 'ok') return outcome;
  const finish = record.attrs['gen_ai.response.finish_reasons'];
  const failed = finish === 'error' || finish === '["error"]' || (Array.isArray(finish) && finish.length === 1 && finish[0] === 'error');
  return failed ? { status: 'error', explicit: true, error: errorOf(['model_error'], [one(record.attrs, 'error.message')]) } : outcome;
}

function toolOutcome(record: SpanRecord, spanSaid: Outcome): Outcome {
  const outcome = withExitCode(record.attrs, spanSaid);
  const type = one(record.attrs, 'error.type');
  const said = text(record.attrs, genai.toolStatus);
  if (deniedTypes.has(type) || deniedTypes.has(said)) return { status: 'denied', explicit: true, error: outcome.error };
  if (said === '') return outcome;
  if (isCancel(said, '')) return { status: 'cancelled', explicit: true, error: outcome.error };
  if (failedToolStatus.has(said)) return outcome.status === 'ok' ? { status: 'error', explicit: true, error: outcome.error } : outcome;
  return outcome.status === 'ok' && said === 'success' ? { status: 'ok', explicit: true } : outcome;
}

export interface SpanReading {
  readonly source: string;
  readonly rules?: CountRules;
  /** what it calls the provider is its own service's name. */
  readonly providerIsService?: boolean;
}

interface Common {
  readonly agent: Draft['agent'];
  readonly run: Draft['run'];
  readonly identity: Draft['identity'];
}

/** A framework's span around a provider SDK's span tells one call twice, hence `joins`. */
function modelTold(record: SpanRecord, common: Common, reading: SpanReading): Told {
  const model = genaiModel(record.attrs);
  const name = model ?? (cleanName(text(record.attrs, genai.operation)) || 'model call');
  return { ...common, role: 'activity', kind: 'model_call', name, model, usage: genaiUsage(record.attrs, reading.rules), billing: reading.providerIsService === true ? billingOf(record.attrs, []) : genaiBilling(record.attrs), joins: 'parent' };
}

function afterPrefix(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

function toolTold(record: SpanRecord, common: Common): Told {
  const name = nameOf(record.attrs, genai.toolName) ?? cleanName(afterPrefix(record.name, 'execute_tool '));
  return { ...common, role: 'activity', kind: 'tool_call', name };
}

function accessTold(record: SpanRecord, common: Common): Told {
  const name = nameOf(record.attrs, genai.dataSource) ?? cleanName(record.name);
  return { ...common, role: 'activity', kind: 'tool_call', name, joins: 'parent' };
}

function agentTold(record: SpanRecord, common: Common, outcome: Outcome): Told {
  const said = cleanName(afterPrefix(record.name, 'invoke_agent '));
  // The Vercel AI SDK names the span after the model when the agent has no name.
  const name = common.agent?.name ?? (said === text(record.attrs, genai.requestModel) || said === 'invoke_agent' ? 'agent run' : said);
  return { ...common, role: 'agent', kind: 'lifecycle', name, taskOutcome: taskOutcomeOf(outcome, record.endUs > 0) };
}

function structureTold(record: SpanRecord, common: Common, outcome: Outcome): Told {
  const root = record.parentSpanId === '';
  return {
    ...common, role: 'structure', kind: 'lifecycle', name: '',
    taskName: nameOf(record.attrs, genai.workflow),
    taskOutcome: root ? taskOutcomeOf(outcome, record.endUs > 0) : undefined,
  };
}

export function genaiSpan(record: SpanRecord, reading: SpanReading, sort: Sort = genaiSort(record.attrs)): Draft {
  const { attrs } = record;
  const common: Common = { agent: genaiAgent(record), run: genaiRun(attrs), identity: genaiUser(record) };
  const finished = sort === 'model' && (attrs['gen_ai.response.finish_reasons'] !== undefined || tokens(attrs, genai.output) !== undefined);
  const outcome = spanOutcome(record, finished || sort === 'agent' || sort === 'structure');
  switch (sort) {
    case 'model':
      return spanDraft(reading.source, record, modelOutcome(record, outcome), modelTold(record, common, reading));
    case 'tool':
      return spanDraft(reading.source, record, toolOutcome(record, outcome), toolTold(record, common));
    case 'access':
      return spanDraft(reading.source, record, outcome, accessTold(record, common));
    case 'create':
      return spanDraft(reading.source, record, outcome, { ...common, role: 'activity', kind: 'lifecycle', name: 'agent created' });
    case 'agent':
      return spanDraft(reading.source, record, outcome, agentTold(record, common, outcome));
    case 'structure':
      return spanDraft(reading.source, record, outcome, structureTold(record, common, outcome));
  }
}

/** Events of an inference carry its span's id: they tell the same call again, or alone when spans are off. */
export function genaiLog(record: LogRecord, source = 'genai/log'): Normalised {
  const event = record.eventName === '' ? one(record.attrs, 'event.name') : record.eventName;
  const details = event === 'gen_ai.client.inference.operation.details';
  if (!details && event !== 'gen_ai.client.operation.exception') {
    return aside(event.startsWith('gen_ai.') ? 'message text or evaluation event' : 'not an agent record');
  }
  if (record.spanId === '' && !details) return aside('exception event outside any span');
  const { attrs } = record;
  const type = one(attrs, 'error.type') || one(attrs, 'exception.type');
  const message = one(attrs, 'exception.message') || one(attrs, 'error.message');
  const failed = !details || type !== '';
  const cancelled = failed && isCancel(type, message);
  const outcome: Outcome = failed ? { status: cancelled ? 'cancelled' : 'error', explicit: true, error: errorOf([type], [message]) } : details ? ok : inferredOk;
  const model = genaiModel(attrs);
  const told = text(attrs, genai.responseId) || `${record.timeUs}:${text(attrs, genai.output)}`;
  const key = record.spanId === '' ? cleanName(`event:${told}`) : `span:${record.spanId}`;
  return drafts(
    logDraft(source, record, outcome, { startUs: record.timeUs, endUs: record.timeUs }, {
      role: 'activity', kind: 'model_call', name: model ?? '', key, model, usage: genaiUsage(attrs), billing: genaiBilling(attrs),
      agent: genaiAgent(record), run: genaiRun(attrs), identity: genaiUser(record),
    }),
  );
}

export const genaiAdapter: Adapter = {
  id: 'genai',
  wanted: [...genaiWanted, ...billingWanted, ...outcomeWanted, ...resourceWanted, ...userKeys, ...agentUserKeys, ...sessionKeys, 'event.name'],
  span: (record) => drafts(genaiSpan(record, { source: 'genai/span' })),
  log: (record) => genaiLog(record),
};

/**
 * The Vercel AI SDK's current telemetry is the convention itself under scope `gen_ai`; the name is kept so that rows say who spoke. An
 * embedding is two nested spans of the same operation, and only the inner ones are counted.
 */
function vercelSort(attrs: Attrs): Sort {
  const outer = text(attrs, genai.operation) === 'embeddings' && tokens(attrs, genai.input) === undefined && attrs['http.response.status_code'] === undefined;
  return outer ? 'structure' : genaiSort(attrs);
}

export const vercelAdapter: Adapter = {
  id: 'vercel-ai-sdk',
  wanted: [],
  span: (record) => drafts(genaiSpan(record, { source: 'vercel-ai-sdk/span' }, vercelSort(record.attrs))),
};
