/**
 * OpenInference (Arize): `openinference.span.kind` says what a span is, `llm.token_count.*` counts it. LangChain's spans name the agent
 * only inside the JSON text `metadata`; agents and chains stay OK when their tools fail.
 */
import type { Adapter, AgentClaim, Draft, IdentityClaim, Normalised } from '../draft.ts';
import type { Attrs, SpanRecord } from '../record.ts';
import { drafts, plainSpan, runFrom, spanDraft, taskOutcomeOf } from './build.ts';
import type { Told } from './build.ts';
import { genaiAgent, genaiModel, genaiUsage, genaiUser } from './genai.ts';
import { inferredOk, spanOutcome } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { cleanName, jsonObject, nameOf, one, tokens } from './read.ts';
import { byConvention, usageOf } from './usage.ts';

const kindKey = 'openinference.span.kind';
const modelKeys = ['llm.model_name', 'embedding.model_name', 'reranker.model_name'];
const agentKeys = ['agent.name'];
const count = {
  input: ['llm.token_count.prompt'],
  output: ['llm.token_count.completion'],
  cacheRead: ['llm.token_count.prompt_details.cache_read', 'llm.token_count.prompt_details.cache_input'],
  cacheWrite: ['llm.token_count.prompt_details.cache_write'],
  reasoning: ['llm.token_count.completion_details.reasoning'],
};

interface Metadata {
  readonly agent?: AgentClaim;
  readonly identity?: IdentityClaim;
  readonly run?: Draft['run'];
}

const none: Metadata = {};

function field(object: Readonly<Record<string, unknown>>, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? cleanName(value) : '';
}

function readMetadata(attrs: Attrs): Metadata {
  const object = jsonObject(attrs['metadata']);
  if (object === undefined) return none;
  const agentName = field(object, 'lc_agent_name');
  const user = field(object, 'user_id') || field(object, 'userId');
  const session = field(object, 'session_id') || field(object, 'sessionId');
  const thread = field(object, 'thread_id');
  return {
    agent: agentName === '' ? undefined : { name: agentName },
    identity: user === '' ? undefined : { kind: 'delegated', of: user, attribute: 'metadata' },
    run: session === '' ? (thread === '' ? undefined : { kind: 'conversation', id: thread }) : { kind: 'session', id: session },
  };
}

function usage(attrs: Attrs): Draft['usage'] {
  const own = usageOf(
    { input: tokens(attrs, count.input), output: tokens(attrs, count.output), cacheRead: tokens(attrs, count.cacheRead), cacheWrite: tokens(attrs, count.cacheWrite), reasoning: tokens(attrs, count.reasoning) },
    byConvention,
  );
  return own ?? genaiUsage(attrs);
}

interface Common {
  readonly agent: Draft['agent'];
  readonly identity: Draft['identity'];
  readonly run: Draft['run'];
}

function modelTold(record: SpanRecord, common: Common): Told {
  const model = nameOf(record.attrs, modelKeys) ?? genaiModel(record.attrs);
  return { ...common, role: 'activity', kind: 'model_call', name: model ?? cleanName(record.name), model, usage: usage(record.attrs), joins: 'parent' };
}

/** An AGENT span is named after the agent unless an attribute names it better. */
function agentTold(record: SpanRecord, common: Common, outcome: Outcome): Told {
  const named = nameOf(record.attrs, ['agent.name']) ?? common.agent?.name ?? cleanName(record.name);
  const agent = { ...common.agent, name: named };
  return { ...common, agent, role: 'agent', kind: 'lifecycle', name: named, taskOutcome: taskOutcomeOf(outcome, record.endUs > 0) };
}

function structureTold(record: SpanRecord, common: Common, outcome: Outcome): Told {
  const root = record.parentSpanId === '';
  return { ...common, role: 'structure', kind: 'lifecycle', name: '', taskName: root ? cleanName(record.name) : undefined, taskOutcome: root ? taskOutcomeOf(outcome, record.endUs > 0) : undefined };
}

function common(record: SpanRecord): Common {
  const { attrs } = record;
  const meta = readMetadata(attrs);
  const named = nameOf(attrs, agentKeys);
  const own = genaiAgent(record);
  return {
    agent: meta.agent ?? (named === undefined ? own : { id: own?.id, name: named }),
    identity: genaiUser(record) ?? meta.identity,
    run: runFrom(attrs, ['session.id'], ['gen_ai.conversation.id']) ?? meta.run,
  };
}

export function openinferenceSpan(record: SpanRecord): Normalised {
  const kind = one(record.attrs, kindKey).toUpperCase();
  if (kind === '') return plainSpan(record);
  const shared = common(record);
  const source = 'openinference/span';
  switch (kind) {
    case 'LLM':
    case 'EMBEDDING':
    case 'RERANKER':
      return drafts(spanDraft(source, record, spanOutcome(record, tokens(record.attrs, count.output) !== undefined), modelTold(record, shared)));
    case 'TOOL':
      return drafts(spanDraft(source, record, spanOutcome(record, false), { ...shared, role: 'activity', kind: 'tool_call', name: nameOf(record.attrs, ['tool.name', 'tool_call.function.name']) ?? cleanName(record.name) }));
    case 'RETRIEVER':
      return drafts(spanDraft(source, record, spanOutcome(record, false), { ...shared, role: 'activity', kind: 'tool_call', name: cleanName(record.name), joins: 'parent' }));
    case 'AGENT': {
      const outcome = spanOutcome(record, true);
      return drafts(spanDraft(source, record, outcome, agentTold(record, shared, outcome)));
    }
    default: {
      const outcome = record.statusCode === 2 ? spanOutcome(record, true) : inferredOk;
      return drafts(spanDraft(source, record, outcome, structureTold(record, shared, outcome)));
    }
  }
}

export const openinferenceAdapter: Adapter = {
  id: 'openinference',
  wanted: [kindKey, ...modelKeys, ...agentKeys, ...Object.values(count).flat(), 'metadata', 'tool.name', 'tool_call.function.name'],
  span: openinferenceSpan,
};
