/**
 * Mastra's OtelExporter. `mastra.span.type` says what a span is; its operation names go beyond the conventions (`model_generation`
 * wraps the steps, `model_chunk` is one piece of a stream). Tokens stand on `model_inference` only. Its logs repeat what spans say.
 */
import type { Adapter, Draft } from '../draft.ts';
import type { SpanRecord } from '../record.ts';
import { aside, claimFrom, drafts } from './build.ts';
import { genaiSort, genaiSpan } from './genai.ts';
import type { Sort } from './genai.ts';
import { one } from './read.ts';

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

function withMetadata(record: SpanRecord, draft: Draft): Draft {
  const identity = draft.identity ?? claimFrom(record.attrs, 'delegated', ['mastra.metadata.userId', 'mastra.metadata.resourceId']);
  const session = draft.run === undefined ? one(record.attrs, 'mastra.metadata.sessionId') || one(record.attrs, 'mastra.metadata.threadId') : '';
  return { ...draft, identity, run: session === '' ? draft.run : { kind: 'session', id: session.slice(0, 200) } };
}

export const mastraAdapter: Adapter = {
  id: 'mastra',
  wanted: ['mastra.span.type', 'mastra.metadata.userId', 'mastra.metadata.resourceId', 'mastra.metadata.sessionId', 'mastra.metadata.threadId'],
  span: (record) => {
    if (one(record.attrs, 'mastra.span.type') === 'model_chunk') return aside('piece of a streamed answer');
    return drafts(withMetadata(record, genaiSpan(record, { source: 'mastra/span', inner: true }, mastraSort(record))));
  },
  log: () => aside('log line that repeats a span'),
};
