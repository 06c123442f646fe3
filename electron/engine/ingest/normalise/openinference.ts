/**
 * OpenInference (Arize): `openinference.span.kind` says what a span is, `llm.token_count.*` counts it. LangChain's spans name the agent
 * only inside the JSON text `metadata`; agents and chains stay OK when their tools fail.
 */
import type { Adapter, AgentClaim, Draft, IdentityClaim, Normalised } from '../draft.ts';
import type { Attrs, SpanRecord } from '../record.ts';
import { billingOf } from './billing.ts';
import { drafts, plainSpan, runFrom, spanDraft, taskOutcomeOf } from './build.ts';
import type { Told } from './build.ts';
import { genaiAgent, genaiModel, genaiUsage, genaiUser } from './genai.ts';
import { genai } from './genai-names.ts';
import { inferredOk, spanOutcome, withExitCode } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { cleanName, dollarsOf, jsonObject, nameOf, one, tokens } from './read.ts';
import { byConvention, usageOf } from './usage.ts';

const kindKey = 'openinference.span.kind';
const modelKeys = ['llm.model_name', 'embedding.model_name', 'reranker.model_name'];
const agentKeys = ['agent.name'];
/** who serves the model before whose API it speaks. */
const providerKeys = ['llm.provider', 'gen_ai.provider.name', 'llm.system', 'gen_ai.system'];
/** US dollars by the OpenInference conventions. */
const moneyKey = 'llm.cost.total';
const count = {
  input: ['llm.token_count.prompt'],
  output: ['llm.token_count.completion'],
  cacheRead: ['llm.token_count.prompt_details.cache_read', 'llm.token_count.prompt_details.cache_input'],
  cacheWrite: ['llm.token_count.prompt_details.cache_write'],
  reasoning: ['llm.token_count.completion_details.reasoning'],
  total: ['llm.token_count.total'],
};

interface Metadata {
  readonly agent?: AgentClaim;
  /** this chain is a LangChain agent's whole run. */
  readonly agentRun?: boolean;
  readonly identity?: IdentityClaim;
  readonly run?: Draft['run'];
}

const none: Metadata = {};

function field(object: Readonly<Record<string, unknown>>, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? cleanName(value) : '';
}

const plumbing = ['Runnable', 'ChannelWrite', 'Branch', '__', 'LangGraph', 'Prompt'];

/**
 * LangChain hands `lc_agent_name` down into sub-agents unchanged. A sub-agent shows only as a chain of its own name inside the node
 * `tools`; everything below it has a nested checkpoint (`tools:...|model_request:...`) and inherits from it.
 */
function langchainAgent(object: Readonly<Record<string, unknown>>, name: string): Pick<Metadata, 'agent' | 'agentRun'> {
  const agentName = field(object, 'lc_agent_name');
  const node = field(object, 'langgraph_node');
  if (node === '') return agentName === '' ? none : { agent: { name: agentName }, agentRun: field(object, 'ls_integration') === 'langchain_create_agent' };
  const chain = cleanName(name);
  if (node === 'tools' && chain !== 'tools' && chain !== '' && !plumbing.some((start) => chain.startsWith(start))) return { agent: { name: chain }, agentRun: true };
  return agentName === '' || field(object, 'langgraph_checkpoint_ns').includes('|') ? none : { agent: { name: agentName } };
}

function readMetadata(attrs: Attrs, chainName: string): Metadata {
  const object = jsonObject(attrs['metadata']);
  if (object === undefined) return none;
  const user = field(object, 'user_id') || field(object, 'userId');
  const session = field(object, 'session_id') || field(object, 'sessionId');
  const thread = field(object, 'thread_id');
  return {
    ...langchainAgent(object, chainName),
    identity: user === '' ? undefined : { kind: 'delegated', of: user, attribute: 'metadata' },
    run: session === '' ? (thread === '' ? undefined : { kind: 'conversation', id: thread }) : { kind: 'session', id: session },
  };
}

function usage(attrs: Attrs): Draft['usage'] {
  const own = usageOf(
    { input: tokens(attrs, count.input), output: tokens(attrs, count.output), cacheRead: tokens(attrs, count.cacheRead), cacheWrite: tokens(attrs, count.cacheWrite), reasoning: tokens(attrs, count.reasoning), total: tokens(attrs, count.total) },
    byConvention,
  );
  return own ?? genaiUsage(attrs);
}

interface Common {
  readonly agent: Draft['agent'];
  readonly agentRun: boolean;
  readonly identity: Draft['identity'];
  readonly run: Draft['run'];
}

function modelTold(record: SpanRecord, common: Common): Told {
  const model = nameOf(record.attrs, modelKeys) ?? genaiModel(record.attrs);
  return { ...common, role: 'activity', kind: 'model_call', name: model ?? cleanName(record.name), model, usage: usage(record.attrs), billing: billingOf(record.attrs, providerKeys), reportedCost: dollarsOf(record.attrs[moneyKey]), joins: 'parent' };
}

/** Exporters that write both conventions in one span name it as GenAI does, `execute_tool x`: the attribute says what the tool is called. */
const toolKeys = ['tool.name', 'tool_call.function.name', ...genai.toolName];
const toolSpan = 'execute_tool ';

/** The OpenAI Agents instrumentation writes a hand-off as a tool. */
function toolTold(record: SpanRecord, common: Common): Told {
  const handoff = 'handoff to ';
  if (record.name.startsWith(handoff)) return { ...common, role: 'activity', kind: 'handoff', name: cleanName(record.name.slice(handoff.length)) };
  return { ...common, role: 'activity', kind: 'tool_call', name: nameOf(record.attrs, toolKeys) ?? cleanName(record.name.startsWith(toolSpan) ? record.name.slice(toolSpan.length) : record.name) };
}

/** An AGENT span is named after the agent unless an attribute names it better. */
function agentTold(record: SpanRecord, common: Common, outcome: Outcome): Told {
  const named = nameOf(record.attrs, agentKeys) ?? common.agent?.name ?? cleanName(record.name);
  const agent = { ...common.agent, name: named };
  return { ...common, agent, role: 'agent', kind: 'lifecycle', name: named, taskName: record.parentSpanId === '' ? cleanName(record.name) : undefined, taskOutcome: taskOutcomeOf(outcome, record.endUs > 0) };
}

function structureTold(record: SpanRecord, common: Common, outcome: Outcome): Told {
  const root = record.parentSpanId === '';
  return { ...common, role: 'structure', kind: 'lifecycle', name: '', taskName: root ? cleanName(record.name) : undefined, taskOutcome: root ? taskOutcomeOf(outcome, record.endUs > 0) : undefined };
}

function common(record: SpanRecord, kind: string): Common {
  const { attrs } = record;
  const meta = readMetadata(attrs, kind === 'CHAIN' ? record.name : '');
  const named = nameOf(attrs, agentKeys);
  const own = genaiAgent(record);
  return {
    agentRun: meta.agentRun === true && kind === 'CHAIN',
    agent: meta.agent ?? (named === undefined ? own : { id: own?.id, name: named }),
    identity: genaiUser(record) ?? meta.identity,
    run: runFrom(attrs, ['session.id'], ['gen_ai.conversation.id']) ?? meta.run,
  };
}

export function openinferenceSpan(record: SpanRecord): Normalised {
  const kind = one(record.attrs, kindKey).toUpperCase();
  if (kind === '') return plainSpan(record);
  const shared = common(record, kind);
  const source = 'openinference/span';
  switch (kind) {
    case 'LLM':
    case 'EMBEDDING':
    case 'RERANKER':
      return drafts(spanDraft(source, record, spanOutcome(record, tokens(record.attrs, count.output) !== undefined), modelTold(record, shared)));
    case 'TOOL':
      return drafts(spanDraft(source, record, withExitCode(record.attrs, spanOutcome(record, false)), toolTold(record, shared)));
    case 'RETRIEVER':
      return drafts(spanDraft(source, record, spanOutcome(record, false), { ...shared, role: 'activity', kind: 'tool_call', name: cleanName(record.name), joins: 'parent' }));
    case 'AGENT': {
      const outcome = spanOutcome(record, true);
      return drafts(spanDraft(source, record, outcome, agentTold(record, shared, outcome)));
    }
    default: {
      // Some write every step as a chain and tell by the GenAI name alone that this one is a tool.
      if (nameOf(record.attrs, genai.toolName) !== undefined && record.name.startsWith(toolSpan)) return drafts(spanDraft(source, record, spanOutcome(record, false), toolTold(record, shared)));
      if (shared.agentRun) {
        const ended = spanOutcome(record, true);
        return drafts(spanDraft(source, record, ended, agentTold(record, shared, ended)));
      }
      const outcome = record.statusCode === 2 ? spanOutcome(record, true) : inferredOk;
      return drafts(spanDraft(source, record, outcome, structureTold(record, shared, outcome)));
    }
  }
}

export const openinferenceAdapter: Adapter = {
  id: 'openinference',
  wanted: [kindKey, ...modelKeys, ...agentKeys, ...Object.values(count).flat(), moneyKey, ...providerKeys, 'metadata', 'tool.name', 'tool_call.function.name'],
  span: openinferenceSpan,
};
