/** A tool whose process ended with another code than 0 is a failure, whatever `success` and the span's status say: for every source. */
import { expect, test } from 'vitest';
import type { LogRecord, SpanRecord } from '../record.ts';
import { draftOf, log, span } from './test-records.ts';

const exit = { 'process.exit.code': 1 };
const sources: readonly (readonly [string, (attrs: Record<string, number | string>) => SpanRecord | LogRecord])[] = [
  ['spans by convention', (attrs) => span({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'bash', 'gen_ai.tool.status': 'success', ...attrs }, { statusCode: 1 })],
  ['Strands', (attrs) => span({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'bash', 'event_loop.cycle_id': '1', 'gen_ai.tool.status': 'success', ...attrs })],
  ['Mastra', (attrs) => span({ 'mastra.span.type': 'tool_call', 'gen_ai.tool.name': 'bash', ...attrs }, { scope: '@mastra/otel-exporter', statusCode: 1 })],
  ['OpenInference', (attrs) => span({ 'openinference.span.kind': 'TOOL', 'tool.name': 'bash', ...attrs }, { statusCode: 1 })],
  ['OpenLLMetry', (attrs) => span({ 'traceloop.span.kind': 'tool', 'traceloop.entity.name': 'bash', ...attrs }, { statusCode: 1 })],
  ['the older AI SDK', (attrs) => span({ 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 'bash', ...attrs }, { scope: 'ai', statusCode: 1 })],
  ['Claude Code, log', (attrs) => log({ 'event.name': 'tool_result', tool_name: 'Bash', tool_use_id: 't', success: 'true', ...attrs }, { scope: 'com.anthropic.claude_code.events', service: 'claude-code' })],
  ['Claude Code, span', (attrs) => span({ 'span.type': 'tool.execution', 'gen_ai.tool.call.id': 't', success: true, ...attrs }, { scope: 'com.anthropic.claude_code.tracing', service: 'claude-code' })],
  ['Codex', (attrs) => log({ 'event.name': 'codex.tool_result', tool_name: 'exec', call_id: 'c', success: 'true', ...attrs }, { scope: 'codex_otel.log_only', service: 'codex_exec' })],
  ['MCP', (attrs) => span({ 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'bash', ...attrs }, { name: 'tools/call bash', statusCode: 1 })],
  ['Gemini CLI', (attrs) => log({ 'event.name': 'gemini_cli.tool_call', function_name: 'run_shell_command', success: true, ...attrs }, { scope: 'gemini-cli', service: 'gemini-cli' })],
];

test.each(sources)('%s: exit code 1 fails', (_source, record) => {
  expect(draftOf(record(exit))).toMatchObject({ status: 'error', statusExplicit: true, error: { type: 'exit_code', message: 'Process exited with code 1' } });
});

test.each(sources)('%s: exit code 0, or none, does not', (_source, record) => {
  expect(draftOf(record({ 'process.exit.code': 0 })).status).toBe('ok');
  expect(draftOf(record({})).status).toBe('ok');
});

test.each(['process.exit_code', 'exit_code', 'tool.exit_code', 'gen_ai.tool.exit_code'])('%s as a text too', (key) => {
  expect(draftOf(span({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'bash', [key]: '127' })).error).toEqual({ type: 'exit_code', message: 'Process exited with code 127' });
});

test('what was denied or failed by its own words stays so', () => {
  const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'bash', ...exit };
  expect(draftOf(span({ ...tool, 'gen_ai.tool.status': 'denied' })).status).toBe('denied');
  expect(draftOf(span({ ...tool, 'error.type': 'TimeoutError' }, { statusCode: 2, statusMessage: 'took too long' })).error).toMatchObject({ type: 'TimeoutError' });
});

test('an exit code on a model call or an agent says nothing of it', () => {
  expect(draftOf(span({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm', ...exit })).status).toBe('ok');
});

// Codex 0.169 writes the code into the output and success=true beside it.
test.each([
  ['Process exited with code 1\nOutput:\nboom', 'error'],
  ['Exit code: 2\nWall time: 0 seconds\nOutput:\n', 'error'],
  ['{"output":"boom","metadata":{"exit_code":1}}', 'error'],
  ['Exit code: 0\nWall time: 0 seconds\nOutput:\nProcess exited with code 1', 'ok'],
])('Codex output %j', (output, status) => {
  expect(draftOf(log({ 'event.name': 'codex.tool_result', tool_name: 'exec', call_id: 'c', success: 'true', output }, { scope: 'codex_otel.log_only', service: 'codex_exec' })).status).toBe(status);
});
