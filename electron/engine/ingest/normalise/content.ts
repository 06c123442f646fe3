/**
 * Which attributes hold what people, models and tools said (prompts, messages, arguments, results, commands), as against structure.
 * At content level `none` these values are not stored. Unknown keys of known content families count as content: a new field of a
 * message is a message.
 */
const exact: ReadonlySet<string> = new Set([
  // OpenTelemetry GenAI, OpenLLMetry
  'gen_ai.input.messages', 'gen_ai.output.messages', 'gen_ai.system_instructions', 'gen_ai.tool.definitions', 'gen_ai.tool.description',
  'gen_ai.tool.call.arguments', 'gen_ai.tool.call.result', 'gen_ai.tool.arguments', 'gen_ai.tool.result', 'gen_ai.agent.description',
  'gen_ai.event.content', 'gen_ai.retrieval.documents', 'gen_ai.retrieval.query.text', 'gen_ai.memory.records', 'content', 'message', 'messages',
  'traceloop.entity.input', 'traceloop.entity.output', 'traceloop.prompt.template_variables', 'input', 'output', 'mcp.request.argument', 'mcp.response.value',
  // OpenInference
  'input.value', 'output.value', 'llm.function_call', 'tool.parameters', 'tool.json_schema', 'tool.description', 'tool_call.function.arguments', 'metadata', 'exception.stacktrace',
  // OpenAI Agents bridge
  'openai_agents.input', 'openai_agents.output',
  // Claude Code
  'prompt', 'prompt_text', 'user_prompt', 'response', 'response_text', 'tool_input', 'tool_parameters', 'full_command', 'bash_command', 'file_path', 'new_context', 'body', 'body_ref',
  'tool_output', 'hook_output', 'additional_context',
  // Codex, Gemini CLI
  'arguments', 'function_args', 'request_text', 'llm_request', 'llm_response', 'content_preview', 'reasoning_summary_text', 'reasoning_text',
  // processes: `gemini -p "..."` puts the prompt into the command line
  'process.command', 'process.command_line', 'process.command_args',
]);

const families: readonly string[] = [
  'gen_ai.prompt', 'gen_ai.completion', 'gen_ai.choice', 'llm.prompts', 'llm.completions', 'llm.input_messages', 'llm.output_messages', 'llm.prompt_template',
  'llm.tools', 'llm.request.functions', 'llm.invocation_parameters', 'message.', 'document.', 'retrieval.documents', 'reranker.', 'embedding.embeddings', 'embedding.text',
  'ai.prompt', 'ai.value', 'ai.values', 'ai.embedding', 'ai.response.text', 'ai.response.object', 'ai.response.toolCalls', 'ai.response.reasoning', 'ai.response.files', 'ai.result',
  'ai.toolCall.args', 'ai.toolCall.result', 'ai.schema', 'ai.request.', 'traceloop.prompt.', 'mcp.request.argument.', 'logfire.json_schema', 'gcp.vertex.agent.llm_', 'gcp.vertex.agent.tool_', 'gcp.vertex.agent.data', 'all_messages', 'anthropic.content',
];

/** `mastra.agent_run.input`, `mastra.metadata.body`: the last part says it. */
const mastraParts: ReadonlySet<string> = new Set(['input', 'output', 'body', 'headers', 'messages', 'prompt', 'details', 'tracing', 'loggerVNext', 'metrics']);

export function contentAttributes(key: string): boolean {
  if (exact.has(key)) return true;
  if (key.startsWith('mastra.')) return mastraParts.has(key.slice(key.lastIndexOf('.') + 1));
  return families.some((family) => key.startsWith(family));
}
