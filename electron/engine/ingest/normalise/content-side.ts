/** Of texts that agents, models and tools said: which went in (prompts, messages, arguments) and which came out (answers, results). What is known as neither stands by itself. */
import { contentAttributes } from './content.ts';

const inputs: ReadonlySet<string> = new Set([
  'gen_ai.input.messages', 'gen_ai.system_instructions', 'gen_ai.tool.call.arguments', 'gen_ai.tool.arguments', 'gen_ai.retrieval.query.text', 'input', 'input.value', 'traceloop.entity.input', 'openai_agents.input', 'tool.parameters', 'tool_call.function.arguments',
  'prompt', 'prompt_text', 'user_prompt', 'tool_input', 'tool_parameters', 'full_command', 'bash_command', 'file_path', 'arguments', 'function_args', 'request_text', 'llm_request', 'ai.toolCall.args', 'process.command', 'process.command_line', 'process.command_args',
]);
const outputs: ReadonlySet<string> = new Set([
  'gen_ai.output.messages', 'gen_ai.tool.call.result', 'gen_ai.tool.result', 'output', 'output.value', 'traceloop.entity.output', 'openai_agents.output', 'response', 'response_text', 'tool_output', 'hook_output', 'llm_response', 'ai.toolCall.result', 'mcp.response.value', 'reasoning_text', 'reasoning_summary_text',
]);
const inputFamilies: readonly string[] = ['gen_ai.prompt', 'llm.prompts', 'llm.input_messages', 'ai.prompt', 'ai.request.', 'mcp.request.argument', 'gcp.vertex.agent.llm_request', 'gcp.vertex.agent.tool_call_args'];
const outputFamilies: readonly string[] = ['gen_ai.completion', 'gen_ai.choice', 'llm.completions', 'llm.output_messages', 'ai.response.', 'ai.result', 'gcp.vertex.agent.llm_response', 'gcp.vertex.agent.tool_response'];

export type ContentSide = 'input' | 'output' | 'other';

/** null: structure, not content. */
export function contentSide(key: string): ContentSide | null {
  if (!contentAttributes(key)) return null;
  if (inputs.has(key) || inputFamilies.some((family) => key.startsWith(family)) || (key.startsWith('mastra.') && key.endsWith('.input'))) return 'input';
  if (outputs.has(key) || outputFamilies.some((family) => key.startsWith(family)) || (key.startsWith('mastra.') && key.endsWith('.output'))) return 'output';
  return 'other';
}
