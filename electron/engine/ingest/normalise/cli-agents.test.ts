/** Claude Code, Codex and Gemini CLI: each way in which their telemetry misleads, and what is made of it. */
import { describe, expect, test } from 'vitest';
import { normalise } from './normalise.ts';
import { draftOf, log, reasonOf, span } from './test-records.ts';

describe('Claude Code', () => {
  const events = { scope: 'com.anthropic.claude_code.events', service: 'claude-code', version: '2.1.330' };
  const tracing = { scope: 'com.anthropic.claude_code.tracing', service: 'claude-code', version: '2.1.330' };
  const session = { 'session.id': 's', 'user.id': '33e58c-device-hash', 'event.sequence': 7 };
  const result = { ...session, 'event.name': 'tool_result', tool_name: 'Bash', tool_use_id: 'toolu_1', duration_ms: '56' };

  test('log and span of one tool call meet', () => {
    const fromLog = draftOf(log({ ...result, success: 'true' }, events));
    const fromSpan = draftOf(span({ 'span.type': 'tool', 'gen_ai.tool.name': 'Bash', 'gen_ai.tool.call.id': 'toolu_1' }, tracing));
    expect(fromLog.key).toBe('tool:toolu_1');
    expect(fromSpan.key).toBe(fromLog.key);
    expect(fromLog).toMatchObject({ status: 'ok', statusExplicit: true, startUs: 5_000_000 - 56_000, endUs: 5_000_000, agent: { name: 'claude-code', version: '2.1.330' }, run: { kind: 'session', id: 's' } });
    expect(fromSpan).toMatchObject({ status: 'ok', statusExplicit: false });
  });

  test('log and span of one model call meet, with the request id and without', () => {
    const usage = { model: 'm', input_tokens: 12, output_tokens: 60, cache_read_tokens: 8000, cache_creation_tokens: 1500, ttft_ms: 16 };
    const ids: readonly Readonly<Record<string, string>>[] = [{ request_id: 'req_1' }, {}];
    for (const id of ids) {
      const fromLog = draftOf(log({ ...session, ...usage, ...id, 'event.name': 'api_request', cost_usd: 0.010348, cost_usd_micros: 10_348 }, { ...events, timeUs: 5_001_000 }));
      const fromSpan = draftOf(span({ 'span.type': 'llm_request', ...usage, ...id, success: true }, { ...tracing, startUs: 4_000_000, endUs: 5_000_000 }));
      expect(fromSpan.key).toBe(fromLog.key);
      expect(fromLog.usage).toEqual({ inputTokens: 12, outputTokens: 60, cacheReadTokens: 8000, cacheWriteTokens: 1500, reasoningTokens: 0 });
      expect(fromSpan.usage).toEqual(fromLog.usage);
      expect(fromLog.reportedCost).toEqual({ micros: 10_348, currency: 'USD' });
    }
  });

  test('money without micros is read from dollars', () => {
    expect(draftOf(log({ 'event.name': 'api_request', request_id: 'r', cost_usd: '0.0172' }, events)).reportedCost).toEqual({ micros: 17_200, currency: 'USD' });
    expect(draftOf(log({ 'event.name': 'api_request', request_id: 'r', cost_usd: -1 }, events)).reportedCost).toBeUndefined();
  });

  test.each([
    ['accept', 'running', undefined],
    ['reject', 'denied', 5_000_000],
  ])('a decision %s', (decision, status, endUs) => {
    expect(draftOf(log({ ...session, 'event.name': 'tool_decision', decision, tool_name: 'Bash', tool_use_id: 'toolu_1' }, events))).toMatchObject({ key: 'tool:toolu_1', status, statusExplicit: true, endUs });
  });

  test('a person who allows a call is an approval beside it; a setting that allows it is none', () => {
    const allowed = (source: string) => normalise(log({ ...session, 'event.name': 'tool_decision', decision: 'accept', source, tool_name: 'Bash', tool_use_id: 'toolu_1' }, events));
    expect(allowed('user_temporary')).toMatchObject({ drafts: [{ kind: 'tool_call', status: 'running' }, { kind: 'approval', name: 'Bash', status: 'ok', key: 'approval:tool:toolu_1' }] });
    expect(allowed('config')).toMatchObject({ drafts: [{ kind: 'tool_call', status: 'running' }] });
  });

  test('a decision of an old version without a call id', () => {
    expect(reasonOf(log({ ...session, 'event.name': 'tool_decision', decision: 'accept', tool_name: 'Bash' }, events))).toBe('aside: decision without a call id');
    expect(draftOf(log({ ...session, 'event.name': 'tool_decision', decision: 'reject', tool_name: 'Bash' }, events))).toMatchObject({ kind: 'tool_call', status: 'denied', key: 'event:denied:7' });
  });

  test('a refusal told by a span alone joins its tool span', () => {
    expect(draftOf(span({ 'span.type': 'tool.blocked_on_user', decision: 'reject' }, { ...tracing, parentSpanId: 'c'.repeat(16) }))).toMatchObject({ role: 'structure', kind: 'tool_call', joins: 'parent', status: 'denied', statusExplicit: true });
    expect(draftOf(span({ 'span.type': 'tool.blocked_on_user', decision: 'accept' }, tracing)).joins).toBeUndefined();
  });

  test.each([
    [{ success: 'false', error_type: 'ShellError', error: 'Shell command failed' }, 'error'],
    [{ success: 'false', error_type: 'AbortError', error: 'aborted' }, 'cancelled'],
    [{ success: 'false', error: '[Request interrupted by user for tool use]' }, 'cancelled'],
    [{ success: true }, 'ok'],
  ])('a result %o', (attrs, status) => {
    expect(draftOf(log({ ...result, ...attrs }, events)).status).toBe(status);
  });

  test.each([
    ['details on', { tool_name: 'mcp_tool', tool_parameters: '{"mcp_server_name":"crm","mcp_tool_name":"lookup"}' }, 'lookup', undefined],
    ['details off', { tool_name: 'mcp_tool' }, 'mcp_tool', true],
    ['details that are no JSON', { tool_name: 'mcp_tool', tool_parameters: '{"mcp_' }, 'mcp_tool', true],
    ['a prefixed name', { tool_name: 'mcp__crm__delete_customer' }, 'delete_customer', undefined],
    ['a span', { tool_name: 'mcp__crm__x', 'gen_ai.tool.name': 'x' }, 'x', undefined],
  ])('the name of an MCP tool: %s', (_what, attrs, name, placeholder) => {
    expect(draftOf(log({ ...result, success: 'true', ...attrs }, events))).toMatchObject({ name, namePlaceholder: placeholder });
  });

  test.each([
    [{ 'agent.name': 'reviewer', agent_id: 'a7' }, { name: 'reviewer', runId: 'a7' }],
    [{ query_source: 'agent:builtin:general-purpose' }, { name: 'general-purpose', runId: undefined }],
    [{ query_source_safe: 'agent.builtin.general-purpose', agent_id: 'a7' }, { name: 'general-purpose', runId: 'a7' }],
    [{ agent_id: 'a7' }, { name: undefined, runId: 'a7' }],
    [{ query_source: 'sdk' }, { name: 'claude-code', version: '2.1.330', id: undefined }],
  ])('who acted: %o', (attrs, agent) => {
    expect(draftOf(log({ 'event.name': 'api_request', request_id: 'r', ...attrs }, events)).agent).toEqual(agent);
  });

  test.each([
    [{ 'user.email': 'ana@example.com', 'user.account_uuid': 'u' }, { kind: 'borrowed', of: 'ana@example.com', attribute: 'user.email' }],
    [{ 'user.account_uuid': 'u' }, { kind: 'borrowed', of: 'u', attribute: 'user.account_uuid' }],
    [{ 'enduser.id': 'anna' }, { kind: 'delegated', of: 'anna', attribute: 'enduser.id' }],
    [{ 'user.id': '33e58c-device-hash' }, undefined],
  ])('on whose account: %o', (attrs, identity) => {
    expect(draftOf(log({ 'event.name': 'user_prompt', ...attrs }, events)).identity).toEqual(identity);
  });

  test("in a sub-agent's span only the session groups", () => {
    expect(draftOf(span({ 'span.type': 'tool', 'gen_ai.tool.name': 'Bash', tool_use_id: 't', 'session.id': 's', 'gen_ai.conversation.id': 'a7' }, tracing)).run).toEqual({ kind: 'session', id: 's' });
  });

  test('the end of a turn closes what was cut off and claims no success', () => {
    const draft = draftOf(span({ 'span.type': 'interaction', 'gen_ai.operation.name': 'invoke_agent' }, tracing));
    expect(draft).toMatchObject({ role: 'agent', name: 'claude-code', endsSession: true });
    expect(draft.taskOutcome).toBeUndefined();
  });

  test('a request that fails after its retries is one failure', () => {
    const failed = { model: 'm', error: 'Internal server error', status_code: 500, request_id: 'req_9', attempt: 3 };
    const fromLog = draftOf(log({ ...session, ...failed, 'event.name': 'api_error', duration_ms: 8 }, events));
    const fromSpan = draftOf(span({ 'span.type': 'llm_request', ...failed, success: false, error_class: 'server_error' }, { ...tracing, statusCode: 2, statusMessage: 'Internal server error' }));
    expect(fromLog).toMatchObject({ key: 'model:req_9', status: 'error', error: { type: 'http_500', message: 'Internal server error' } });
    expect(fromSpan).toMatchObject({ key: 'model:req_9', status: 'error' });
    expect(reasonOf(log({ ...session, ...failed, 'event.name': 'api_retries_exhausted' }, events))).toBe('aside: repeats an api_error');
  });

  test('the prompt is an event without its text', () => {
    const draft = draftOf(log({ ...session, 'event.name': 'user_prompt', prompt: 'delete everything' }, events));
    expect(draft).toMatchObject({ kind: 'lifecycle', name: 'prompt' });
    expect(JSON.stringify(draft)).not.toContain('delete');
  });

  test.each([
    ['connected', 'MCP server crm connected', 'ok'],
    ['failed', 'MCP server crm failed', 'error'],
  ])('an MCP server %s', (status, name, outcome) => {
    expect(draftOf(log({ ...session, 'event.name': 'mcp_server_connection', server_name: 'crm', status }, events))).toMatchObject({ kind: 'lifecycle', name, status: outcome });
  });

  test('the event may stand in the body alone', () => {
    expect(draftOf(log({ 'session.id': 's', tool_name: 'Bash', tool_use_id: 'toolu_1', success: 'true' }, { service: 'renamed', scope: 'x', body: 'claude_code.tool_result' }))).toMatchObject({ key: 'tool:toolu_1', agent: { name: 'renamed' } });
  });
});

describe('Codex', () => {
  const from = { scope: 'codex_otel.log_only', service: 'codex_exec', eventName: 'event otel/src/events/session_telemetry.rs:703' };
  const conversation = { 'conversation.id': 'c', model: 'gpt-5.5', 'app.version': '0.169.0' };
  const call = { ...conversation, tool_name: 'exec_command', call_id: 'call_1' };
  const counts = { 'event.name': 'codex.sse_event', 'event.kind': 'response.completed', input_token_count: '1250', output_token_count: '60', cached_token_count: 300, cache_write_token_count: 50, reasoning_token_count: 20, tool_token_count: '1310' };

  test('the response is counted once, its total not at all', () => {
    expect(draftOf(log({ ...conversation, ...counts }, from))).toMatchObject({
      kind: 'model_call', name: 'gpt-5.5', agent: { name: 'codex', version: '0.169.0' }, run: { kind: 'conversation', id: 'c' },
      usage: { inputTokens: 900, outputTokens: 60, cacheReadTokens: 300, cacheWriteTokens: 50, reasoningTokens: 20 },
    });
    expect(reasonOf(log({ ...conversation, 'event.name': 'codex.sse_event', 'event.kind': 'response.completed', duration_ms: '0' }, from))).toBe('aside: piece of a streamed answer');
  });

  test.each([
    ['approved', 'running'],
    ['approved_for_session', 'running'],
    ['denied', 'denied'],
    ['abort', 'denied'],
  ])('a decision %s', (decision, status) => {
    expect(draftOf(log({ ...call, 'event.name': 'codex.tool_decision', decision, source: 'User' }, from))).toMatchObject({ key: 'tool:call_1', status });
  });

  test.each([
    ['exit code 0', 'true', 'Chunk ID: 1\nWall time: 0\nProcess exited with code 0\nOutput:\nhi', 'ok', undefined],
    ['exit code 1 in spite of success', 'true', 'Chunk ID: 1\nWall time: 0\nProcess exited with code 1\nOutput:\n', 'error', 'Process exited with code 1'],
    ['the exit code of a patch', 'true', 'Exit code: 2\nWall time: 0 seconds\nOutput:\nno', 'error', 'Process exited with code 2'],
    ['an exit code that the output itself speaks of', 'true', 'Wall time: 0\nOutput:\nExit code: 3 means busy', 'ok', undefined],
    ['the JSON of an older version', 'true', '{"output":"no\\n","metadata":{"exit_code":2,"duration_seconds":0.1}}', 'error', 'Process exited with code 2'],
    ['no exit code at all', 'true', 'Plan updated', 'ok', undefined],
    ['an MCP error', 'false', 'Wall time: 0.0078 seconds\nOutput:\nbackend unavailable', 'error', 'backend unavailable'],
    ['a tool that does not exist', 'false', 'unsupported call: update_plan', 'error', 'unsupported call: update_plan'],
    ['refused by a rule', 'false', 'exec_command failed: CreateProcess { message: "Rejected(\\"rejected: policy forbids commands starting with `rm`\\")" }', 'denied', undefined],
    ['refused by the policy never', 'false', 'approval policy is Never; reject command - you cannot ask for escalated permissions', 'denied', undefined],
    ['aborted', 'false', 'aborted by user after 4.2s', 'cancelled', undefined],
  ])('a result: %s', (_what, success, output, status, message) => {
    const draft = draftOf(log({ ...call, 'event.name': 'codex.tool_result', success, output, duration_ms: '93' }, from));
    expect(draft).toMatchObject({ key: 'tool:call_1', name: 'exec_command', status, startUs: 5_000_000 - 93_000 });
    expect(draft.error?.message).toEqual(message ?? draft.error?.message);
  });

  test('words of a refusal inside the output of a success refuse nothing', () => {
    expect(draftOf(log({ ...call, 'event.name': 'codex.tool_result', success: 'true', output: 'Process exited with code 0\nOutput:\nrejected by user' }, from)).status).toBe('ok');
  });

  test('attempts of one turn that fail alike are one failure', () => {
    const attempt = (n: number, timeUs: number) => draftOf(log({ ...conversation, 'event.name': 'codex.api_request', 'http.response.status_code': 500, 'error.message': 'http 500', attempt: n }, { ...from, timeUs }));
    expect(attempt(0, 600_000_000).key).toBe(attempt(1, 600_200_000).key);
    expect(attempt(0, 600_000_000)).toMatchObject({ kind: 'model_call', status: 'error', error: { type: 'http_500', message: 'http 500' } });
    expect(attempt(0, 600_000_000).key).not.toBe(attempt(0, 1_800_000_000).key);
    expect(reasonOf(log({ ...conversation, 'event.name': 'codex.api_request', 'http.response.status_code': 200 }, from))).toBe('aside: request that was answered: its response is counted');
  });

  test('a sub-agent is a run of the same agent inside the same task', () => {
    const draft = draftOf(log({ ...conversation, 'event.name': 'codex.tool_result', tool_name: 'spawn_agent', call_id: 'x', success: 'true', output: '{"agent_id":"child","nickname":"Lovelace"}' }, from));
    expect(draft.startsRun).toEqual({ kind: 'conversation', id: 'child' });
    expect(draftOf(log({ ...call, 'event.name': 'codex.tool_result', success: 'true', output: '', agent_name: 'Lovelace' }, from)).agent?.name).toBe('codex');
  });

  test('a login lends a person’s account', () => {
    expect(draftOf(log({ ...conversation, 'event.name': 'codex.user_prompt', 'user.email': 'ana@example.com' }, from)).identity).toEqual({ kind: 'borrowed', of: 'ana@example.com', attribute: 'user.email' });
  });

  test('spans are set aside, also under the crate’s other scopes', () => {
    expect(reasonOf(span({}, { scope: 'codex_exec', service: 'codex_exec' }))).toBe('aside: internal span of Codex: its logs tell the same');
    expect(reasonOf(span({}, { scope: 'codex-app-server', service: 'codex-app-server' }))).toBe('aside: internal span of Codex: its logs tell the same');
    expect(draftOf(span({ 'gen_ai.operation.name': 'chat' }, { scope: 'codex-helper', service: 'my-app' })).kind).toBe('model_call');
  });
});

describe('Gemini CLI', () => {
  const from = { scope: 'gemini-cli', service: 'gemini-cli', version: 'v24.21.0' };
  const session = { 'session.id': 's', prompt_id: 's' };
  const response = { ...session, 'event.name': 'gemini_cli.api_response', model: 'gemini-2.5-pro', duration_ms: 119, input_token_count: 900, output_token_count: 35, cached_content_token_count: 200, thoughts_token_count: 15, total_token_count: 950 };

  test('thoughts are billed output that the output leaves out; the version is not the agent’s', () => {
    const draft = draftOf(log(response, from));
    expect(draft).toMatchObject({ kind: 'model_call', name: 'gemini-2.5-pro', startUs: 5_000_000 - 119_000, usage: { inputTokens: 700, outputTokens: 50, cacheReadTokens: 200, cacheWriteTokens: 0, reasoningTokens: 15 } });
    expect(draft.agent).toEqual({ id: undefined, name: 'gemini-cli' });
  });

  test("the router's call counts", () => {
    expect(draftOf(log({ ...response, role: 'utility_router', model: 'gemini-flash-lite' }, from))).toMatchObject({ kind: 'model_call', name: 'gemini-flash-lite' });
  });

  test.each(['gen_ai.client.inference.operation.details', 'gemini_cli.api_request'])('%s repeats a call', (event) => {
    expect(reasonOf(log({ ...session, 'event.name': event, 'gen_ai.usage.input_tokens': 900 }, from))).toBe('aside: repeats a model call');
  });

  test('the same event twice is one, another is another', () => {
    expect(draftOf(log(response, from)).key).toBe(draftOf(log({ ...response }, from)).key);
    expect(draftOf(log(response, { ...from, timeUs: 5_000_001 })).key).not.toBe(draftOf(log(response, from)).key);
  });

  test.each([
    [{ success: true, decision: 'accept' }, 'ok'],
    [{ success: false, decision: 'accept', error: 'no such file', error_type: 'file_not_found' }, 'error'],
    [{ success: false, decision: 'reject', error: 'rejected' }, 'denied'],
    [{ success: false, error: 'policy', error_type: 'policy_violation' }, 'denied'],
    [{ success: false, error: 'User cancelled the operation' }, 'cancelled'],
    [{ success: false, error: 'Tool "x" not found', error_type: 'tool_not_registered' }, 'error'],
  ])('a tool call %o', (attrs, status) => {
    expect(draftOf(log({ ...session, 'event.name': 'gemini_cli.tool_call', function_name: 'x', ...attrs }, from))).toMatchObject({ kind: 'tool_call', name: 'x', status });
  });

  test('an error that is the JSON of an answer', () => {
    const error = '{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}';
    expect(draftOf(log({ ...session, 'event.name': 'gemini_cli.api_error', model: 'g', error, status_code: 503, 'error.type': 'ApiError' }, from)).error).toMatchObject({ type: 'ApiError', message: 'overloaded' });
  });

  test("a sub-agent's records are tied by the prompt's id", () => {
    expect(draftOf(log({ 'session.id': 's', agent_id: 'a9', agent_name: 'investigator', 'event.name': 'gemini_cli.agent.finish', duration_ms: 9, terminate_reason: 'GOAL' }, from))).toMatchObject({ role: 'agent', kind: 'handoff', key: 'agent:a9', agent: { name: 'investigator', runId: 'a9' }, status: 'ok' });
    expect(draftOf(log({ ...response, prompt_id: 'a9#1' }, from)).agent).toEqual({ name: undefined, runId: 'a9' });
    expect(draftOf(log({ ...response, prompt_id: 's########3' }, from)).agent?.name).toBe('gemini-cli');
  });

  test('spans are set aside', () => {
    expect(reasonOf(span({ 'gen_ai.operation.name': 'llm_call', 'gen_ai.usage.input_tokens': 900 }, from))).toBe('aside: span of Gemini CLI: its logs tell the same');
  });
});
