/**
 * Mastra's OtelExporter. `mastra.span.type` says what a span is; its operation names go beyond the conventions (`model_generation`
 * wraps the steps, `model_chunk` is one piece of a stream). Tokens stand on `model_inference` only; a failed one is OK with the finish
 * reason `error`. Its logs repeat what spans say.
 */
import type { Adapter, Draft } from '../draft.ts';
import type { SpanRecord } from '../record.ts';
import { aside, claimFrom, drafts, runFrom } from './build.ts';
import { genaiSort, genaiSpan } from './genai.ts';
import type { Sort } from './genai.ts';
import { nameOf, one } from './read.ts';

const sorts: Readonly<Record<string, Sort>> = {
  agent_run: 'agent',
  model_inference: 'model',
  tool_call: 'tool',
  mcp_tool_call: 'tool',
  client_tool_call: 'tool',
  provider_tool_call: 'tool',
  rag_vector_operation: 'access',
  rag_embedding: 'model',
};

function mastraSort(record: SpanRecord): Sort {
  const type = one(record.attrs, 'mastra.span.type');
  const known = Object.hasOwn(sorts, type) ? sorts[type] : undefined;
  if (known !== undefined) return known;
  // Before model_inference existed, model_generation itself was the inference: it is one when it carries counted tokens.
  if (type === 'model_generation' || type === 'llm_generation') return record.attrs['gen_ai.usage.input_tokens'] === undefined ? 'structure' : 'model';
  return type === '' ? genaiSort(record.attrs) : 'structure';
}

/** A sub-agent gets a conversation and a resource id of its own inside the same trace: only the root's say whose work it is. */
function withMetadata(record: SpanRecord, draft: Draft): Draft {
  const root = record.parentSpanId === '';
  const identity = draft.identity ?? claimFrom(record.attrs, 'delegated', root ? ['mastra.metadata.userId', 'mastra.metadata.resourceId'] : ['mastra.metadata.userId']);
  const session = nameOf(record.attrs, ['mastra.metadata.sessionId']);
  if (session !== undefined) return { ...draft, identity, run: { kind: 'session', id: session } };
  return { ...draft, identity, run: root ? (draft.run ?? runFrom(record.attrs, [], ['mastra.metadata.threadId'])) : undefined };
}

export const mastraAdapter: Adapter = {
  id: 'mastra',
  wanted: ['mastra.span.type', 'mastra.metadata.userId', 'mastra.metadata.resourceId', 'mastra.metadata.sessionId', 'mastra.metadata.threadId'],
  span: (record) => {
    if (one(record.attrs, 'mastra.span.type') === 'model_chunk') return aside('piece of a streamed answer');
    return drafts(withMetadata(record, genaiSpan(record, { source: 'mastra/span' }, mastraSort(record))));
  },
  log: () => aside('log line that repeats a span'),
};
