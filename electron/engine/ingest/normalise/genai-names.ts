/**
 * The alias table: every name under which one fact has been exported, current name first. Sources: OpenTelemetry GenAI conventions
 * (current, older), OpenLLMetry's `llm.*`, and what frameworks write in their place.
 */
export const genai = {
  operation: ['gen_ai.operation.name'],
  provider: ['gen_ai.provider.name', 'gen_ai.system'],
  requestModel: ['gen_ai.request.model', 'llm.request.model'],
  responseModel: ['gen_ai.response.model', 'llm.response.model'],
  responseId: ['gen_ai.response.id'],
  requestType: ['llm.request.type'],
  input: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens', 'llm.usage.prompt_tokens'],
  output: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens', 'llm.usage.completion_tokens'],
  total: ['gen_ai.usage.total_tokens', 'llm.usage.total_tokens'],
  cacheRead: [
    'gen_ai.usage.cache_read.input_tokens', 'gen_ai.usage.cache_read_input_tokens', 'gen_ai.usage.cache_read_tokens',
    'gen_ai.usage.cached_tokens', 'gen_ai.usage.input_tokens.cached', 'gen_ai.usage.details.cache_read_tokens',
    'gen_ai.usage.prompt_tokens_details.cached_tokens', 'llm.usage.cache_read_input_tokens',
  ],
  cacheWrite: [
    'gen_ai.usage.cache_creation.input_tokens', 'gen_ai.usage.cache_write.input_tokens', 'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.cache_write_input_tokens', 'gen_ai.usage.cache_write_tokens', 'gen_ai.usage.cache_creation_tokens',
    'gen_ai.usage.input_tokens.cache_write', 'gen_ai.usage.details.cache_write_tokens', 'llm.usage.cache_creation_input_tokens',
  ],
  reasoning: [
    'gen_ai.usage.reasoning.output_tokens', 'gen_ai.usage.reasoning_tokens', 'gen_ai.usage.output_tokens.reasoning',
    'gen_ai.usage.details.reasoning_tokens', 'gen_ai.usage.completion_tokens_details.reasoning_tokens', 'llm.usage.reasoning_tokens',
  ],
  toolName: ['gen_ai.tool.name'],
  toolStatus: ['gen_ai.tool.status', 'tool.status'],
  agentId: ['gen_ai.agent.id'],
  agentName: ['gen_ai.agent.name'],
  agentVersion: ['gen_ai.agent.version'],
  workflow: ['gen_ai.workflow.name'],
  session: ['session.id'],
  conversation: ['gen_ai.conversation.id'],
  finish: ['gen_ai.response.finish_reasons', 'gen_ai.response.finish_reason'],
  dataSource: ['gen_ai.data_source.id', 'db.collection.name', 'gen_ai.memory.store.name'],
  errorType: ['error.type'],
  errorMessage: ['error.message'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export const genaiWanted: readonly string[] = Object.values(genai).flat();
