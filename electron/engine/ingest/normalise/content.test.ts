import { expect, test } from 'vitest';
import { contentAttributes } from './content.ts';

test.each([
  'gen_ai.input.messages', 'gen_ai.tool.call.arguments', 'gen_ai.tool.call.result', 'gen_ai.completion.0.content', 'gen_ai.prompt.3.content',
  'llm.input_messages.0.message.content', 'input.value', 'output.value', 'metadata', 'ai.prompt.messages', 'ai.toolCall.args', 'ai.response.text',
  'traceloop.entity.input', 'mastra.agent_run.input', 'mastra.metadata.body', 'prompt', 'tool_input', 'arguments', 'output', 'function_args', 'process.command_args',
])('%s is content', (key) => {
  expect(contentAttributes(key)).toBe(true);
});

test.each([
  'gen_ai.operation.name', 'gen_ai.tool.name', 'gen_ai.tool.call.id', 'gen_ai.usage.input_tokens', 'llm.token_count.prompt', 'ai.operationId', 'ai.toolCall.name',
  'ai.usage.inputTokens', 'mastra.span.type', 'mastra.metadata.userId', 'tool_use_id', 'session.id', 'duration_ms', 'error', 'prompt.id', 'response_length', 'input_tokens',
])('%s is structure', (key) => {
  expect(contentAttributes(key)).toBe(false);
});
