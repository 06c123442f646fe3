/** Each way in which a framework's telemetry misleads, and what is made of it. */
import { describe, expect, test } from 'vitest';
import { draftOf, log, reasonOf, span } from './test-records.ts';

const parent = { parentSpanId: 'c'.repeat(16) };

describe('Vercel AI SDK', () => {
  const legacy = { scope: 'ai' };
  test('older names: only inner spans are counted', () => {
    const outer = draftOf(span({ 'ai.operationId': 'ai.generateText', 'ai.telemetry.functionId': 'f', 'ai.usage.promptTokens': 5, 'ai.usage.completionTokens': 5 }, legacy));
    expect(outer).toMatchObject({ role: 'agent', name: 'f' });
    expect(outer.usage).toBeUndefined();
    const inner = draftOf(span({ 'ai.operationId': 'ai.generateText.doGenerate', 'ai.telemetry.functionId': 'f', 'ai.model.id': 'm', 'ai.usage.promptTokens': 5, 'ai.usage.completionTokens': 6 }, { ...legacy, ...parent }));
    expect(inner).toMatchObject({ kind: 'model_call', name: 'm', agent: { name: 'f' }, usage: { inputTokens: 5, outputTokens: 6 } });
  });

  test('older names: details of the cache are counted once', () => {
    const usage = { 'ai.usage.inputTokens': 140, 'ai.usage.cachedInputTokens': 40, 'ai.usage.inputTokenDetails.cacheReadTokens': 40, 'ai.usage.inputTokenDetails.noCacheTokens': 100, 'ai.usage.outputTokens': 31, 'ai.usage.reasoningTokens': 12 };
    expect(draftOf(span({ 'ai.operationId': 'ai.streamText.doStream', ...usage }, legacy)).usage).toEqual({ inputTokens: 100, outputTokens: 31, cacheReadTokens: 40, cacheWriteTokens: 0, reasoningTokens: 12 });
  });

  test("version 5 with Anthropic: the provider's input leaves the cache out", () => {
    expect(draftOf(span({ 'ai.operationId': 'ai.generateText.doGenerate', 'ai.model.provider': 'anthropic.messages', 'ai.usage.inputTokens': 900, 'ai.usage.cachedInputTokens': 400, 'ai.usage.outputTokens': 1 }, legacy)).usage).toMatchObject({ inputTokens: 900, cacheReadTokens: 400 });
  });

  test('older names: tools, users, sessions', () => {
    const draft = draftOf(span({ 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 't', 'ai.settings.context.userId': 'u', 'ai.telemetry.metadata.sessionId': 's' }, legacy));
    expect(draft).toMatchObject({ kind: 'tool_call', name: 't', identity: { kind: 'delegated', of: 'u' }, run: { kind: 'session', id: 's' } });
  });

  test('older names: an embedding is two spans and one call', () => {
    expect(draftOf(span({ 'ai.operationId': 'ai.embed', 'ai.usage.tokens': 9 }, legacy))).toMatchObject({ role: 'structure' });
    expect(draftOf(span({ 'ai.operationId': 'ai.embed.doEmbed', 'ai.usage.tokens': 9 }, legacy))).toMatchObject({ kind: 'model_call', usage: { inputTokens: 9 } });
  });

  test('an agent without a name is not called after its model', () => {
    const draft = draftOf(span({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.request.model': 'm' }, { scope: 'gen_ai', name: 'invoke_agent m' }));
    expect(draft).toMatchObject({ role: 'agent', name: 'agent run' });
    expect(draft.agent).toBeUndefined();
  });
});

describe('Mastra', () => {
  const scope = '@mastra/otel-exporter';
  test.each([
    ['model_inference', 'chat', 'model_call'],
    ['tool_call', 'execute_tool', 'tool_call'],
    ['model_generation', 'model_generation', 'lifecycle'],
    ['model_step', 'agent_step', 'lifecycle'],
    ['processor_run', 'processor_run', 'lifecycle'],
  ])('%s', (type, operation, kind) => {
    expect(draftOf(span({ 'mastra.span.type': type, 'gen_ai.operation.name': operation, 'gen_ai.tool.name': type === 'tool_call' ? 't' : '' }, { scope }))).toMatchObject({ kind });
  });

  test('pieces of a stream and logs are set aside', () => {
    expect(reasonOf(span({ 'mastra.span.type': 'model_chunk', 'gen_ai.operation.name': 'model_chunk' }, { scope }))).toBe('aside: piece of a streamed answer');
    expect(reasonOf(log({}, { scope, severity: 17, body: 'tool failed' }))).toBe('aside: log line that repeats a span');
  });

  test("a sub-agent's own conversation does not split the task", () => {
    const inside = { 'mastra.span.type': 'agent_run', 'gen_ai.conversation.id': 'thread-5-uuid', 'mastra.metadata.userId': 'u' };
    expect(draftOf(span(inside, { scope, ...parent })).run).toBeUndefined();
    expect(draftOf(span({ ...inside, 'gen_ai.conversation.id': 'thread-5' }, { scope })).run).toEqual({ kind: 'conversation', id: 'thread-5' });
    expect(draftOf(span({ ...inside, 'mastra.metadata.sessionId': 's' }, { scope, ...parent })).run).toEqual({ kind: 'session', id: 's' });
  });
});

describe('OpenInference', () => {
  const scope = '@arizeai/openinference-instrumentation-langchain';
  const metadata = (extra: object): string => JSON.stringify({ lc_agent_name: 'planner', user_id: 'u', session_id: 's', ...extra });

  test('the agent stands in the metadata text', () => {
    expect(draftOf(span({ 'openinference.span.kind': 'LLM', 'llm.model_name': 'm', 'llm.token_count.prompt': 9, 'llm.token_count.prompt_details.cache_read': 4, metadata: metadata({ langgraph_node: 'model_request' }) }, { scope, ...parent }))).toMatchObject({
      kind: 'model_call', name: 'm', agent: { name: 'planner' }, identity: { kind: 'delegated', of: 'u', attribute: 'metadata' }, run: { kind: 'session', id: 's' }, usage: { inputTokens: 5, cacheReadTokens: 4 },
    });
  });

  test('a sub-agent inherits a wrong name and is known by its chain', () => {
    const chain = draftOf(span({ 'openinference.span.kind': 'CHAIN', metadata: metadata({ langgraph_node: 'tools', langgraph_checkpoint_ns: 'tools:1' }) }, { scope, ...parent, name: 'researcher' }));
    expect(chain).toMatchObject({ role: 'agent', name: 'researcher', agent: { name: 'researcher' } });
    const below = draftOf(span({ 'openinference.span.kind': 'LLM', metadata: metadata({ langgraph_node: 'model_request', langgraph_checkpoint_ns: 'tools:1|model_request:2' }) }, { scope, ...parent }));
    expect(below.agent).toBeUndefined();
  });

  test.each(['tools', 'RunnableLambda', 'ChannelWrite<messages>', '__start__'])('the chain %s is no agent', (name) => {
    expect(draftOf(span({ 'openinference.span.kind': 'CHAIN', metadata: metadata({ langgraph_node: 'tools' }) }, { scope, ...parent, name }))).toMatchObject({ role: 'structure', agent: { name: 'planner' } });
  });

  test('a metadata text that is no JSON names nothing', () => {
    expect(draftOf(span({ 'openinference.span.kind': 'TOOL', 'tool.name': 't', metadata: '{"lc_agent' }, { scope, ...parent }))).toMatchObject({ kind: 'tool_call', name: 't', agent: undefined });
  });

  test.each([
    ['AGENT', 'agent', 'lifecycle'],
    ['RETRIEVER', 'activity', 'tool_call'],
    ['EMBEDDING', 'activity', 'model_call'],
    ['RERANKER', 'activity', 'model_call'],
    ['GUARDRAIL', 'structure', 'lifecycle'],
    ['CHAIN', 'structure', 'lifecycle'],
  ])('%s', (kind, role, activity) => {
    expect(draftOf(span({ 'openinference.span.kind': kind }, { scope, ...parent }))).toMatchObject({ role, kind: activity });
  });

  test('LangChain puts the stack into the message', () => {
    const message = 'gateway rejected\n\nError: gateway rejected\n    at run (agent.mjs:1:2)\n    at main';
    expect(draftOf(span({ 'openinference.span.kind': 'TOOL', 'tool.name': 't' }, { scope, statusCode: 2, statusMessage: message })).error).toEqual({ type: 'Error', message: 'gateway rejected', stackTop: 'at run (agent.mjs:1:2)' });
  });

  test.each(['TOOL', 'CHAIN'])('a %s that carries the GenAI name too is a call of that tool, whichever scope wrote it', (kind) => {
    for (const from of [scope, 'some.scope']) {
      expect(draftOf(span({ 'openinference.span.kind': kind, 'gen_ai.tool.name': 'lookup_order', 'gen_ai.operation.name': 'execute_tool' }, { scope: from, ...parent, name: 'execute_tool lookup_order' }))).toMatchObject({ role: 'activity', kind: 'tool_call', name: 'lookup_order' });
    }
  });

  test('a tool without an attribute that names it is called as its span says', () => {
    expect(draftOf(span({ 'openinference.span.kind': 'TOOL' }, { scope, ...parent, name: 'execute_tool lookup_order' }))).toMatchObject({ kind: 'tool_call', name: 'lookup_order' });
    expect(draftOf(span({ 'openinference.span.kind': 'CHAIN' }, { scope, ...parent, name: 'execute_tool lookup_order' }))).toMatchObject({ role: 'structure' });
  });

  test('a hand-off that is written as a tool', () => {
    expect(draftOf(span({ 'openinference.span.kind': 'TOOL' }, { scope: 'openinference.instrumentation.openai_agents', name: 'handoff to Billing' }))).toMatchObject({ kind: 'handoff', name: 'Billing' });
  });
});

describe('OpenLLMetry', () => {
  const scope = '@traceloop/node-server-sdk';
  test.each([
    ['tool', 'activity', 'tool_call', 'getWeather'],
    ['agent', 'agent', 'lifecycle', 'getWeather'],
    ['task', 'structure', 'lifecycle', ''],
    ['workflow', 'structure', 'lifecycle', ''],
  ])('%s', (kind, role, activity, name) => {
    expect(draftOf(span({ 'traceloop.span.kind': kind, 'traceloop.entity.name': 'getWeather' }, { scope, name: `getWeather.${kind}` }))).toMatchObject({ role, kind: activity, name });
  });

  test('older instrumentations without an operation', () => {
    expect(draftOf(span({ 'llm.request.type': 'chat', 'gen_ai.system': 'OpenAI', 'gen_ai.request.model': 'm', 'gen_ai.usage.prompt_tokens': 3, 'gen_ai.usage.completion_tokens': 2, 'traceloop.association.properties.session_id': 's' }, { scope: '@traceloop/instrumentation-openai' }))).toMatchObject({
      kind: 'model_call', name: 'm', usage: { inputTokens: 3, outputTokens: 2 }, run: { kind: 'session', id: 's' },
    });
  });
});

describe('Strands', () => {
  test('betrays itself by its marks, and its usage on the agent is for life', () => {
    const draft = draftOf(span({ 'gen_ai.event.start_time': 'x', 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'w', 'gen_ai.system': 'my-service', 'gen_ai.usage.input_tokens': 1254 }, { scope: 'my-service', service: 'my-service' }));
    expect(draft).toMatchObject({ source: 'strands/span', role: 'agent', name: 'w' });
    expect(draft.usage).toBeUndefined();
  });

  test('cycles only tie', () => {
    expect(draftOf(span({ 'agent_loop.cycle_id': 'cycle-1' }, { name: 'execute_agent_loop_cycle' }))).toMatchObject({ role: 'structure', source: 'strands/span' });
  });
});

describe('OpenAI Agents bridge', () => {
  const type = 'openai_agents.span.type';
  test.each([
    ['a person refused', {}, { statusCode: 2, statusMessage: 'Tool execution was not approved.: x' }, 'denied'],
    ['told by the error type alone', { 'error.type': 'Tool execution for call_1 was manually rejected by user.' }, {}, 'denied'],
    ['a tool that fails', {}, { statusCode: 2, statusMessage: 'Error running tool' }, 'error'],
    ['a tool that answers with those words', { 'gen_ai.tool.call.result': 'The loan was not approved.' }, {}, 'ok'],
  ])('%s', (_what, attrs, more, status) => {
    expect(draftOf(span({ [type]: 'function', 'gen_ai.tool.name': 't', ...attrs }, more))).toMatchObject({ kind: 'tool_call', status });
  });

  test('hand-offs and tasks', () => {
    expect(draftOf(span({ [type]: 'handoff', 'openai_agents.handoff.to_agent': 'Billing' }))).toMatchObject({ role: 'activity', kind: 'handoff', name: 'Billing' });
    expect(draftOf(span({ [type]: 'task', 'openai_agents.task.name': 'AP', 'gen_ai.workflow.name': 'AP' }))).toMatchObject({ role: 'structure', taskName: 'AP' });
    expect(draftOf(span({ [type]: 'function', 'gen_ai.tool.name': 't', 'gen_ai.workflow.name': 'AP' })).taskName).toBeUndefined();
  });
});

describe('Anthropic SDK', () => {
  const scope = 'com.anthropic.sdk.typescript';
  test('a dropped stream did not succeed', () => {
    expect(draftOf(span({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm', 'gen_ai.request.stream': true }, { scope }))).toMatchObject({ status: 'interrupted' });
  });

  test('an HTTP error has a message even when the span has none', () => {
    expect(draftOf(span({ 'gen_ai.operation.name': 'chat', 'error.type': 'api_error', 'http.response.status_code': 500 }, { scope, statusCode: 2 })).error).toMatchObject({ type: 'api_error', message: 'HTTP 500' });
  });
});

describe('MCP', () => {
  const call = { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'lookup', 'gen_ai.operation.name': 'execute_tool' };
  test('client and server tell one call', () => {
    const ids = { 'mcp.session.id': 's1', 'jsonrpc.request.id': '7' };
    const client = draftOf(span({ ...call, ...ids }, { kind: 3 }));
    const server = draftOf(span({ ...call, ...ids }, { kind: 2, service: 'crm', spanId: 'd'.repeat(16), parentSpanId: 'b'.repeat(16) }));
    expect(client.key).toBe(server.key);
    expect(server.joins).toBe('parent');
    expect(client).toMatchObject({ kind: 'tool_call', name: 'lookup', source: 'mcp/span' });
  });

  test('the name stands in the span name when no attribute has it', () => {
    expect(draftOf(span({ 'mcp.method.name': 'tools/call' }, { name: 'tools/call lookup' }))).toMatchObject({ name: 'lookup', key: `span:${'b'.repeat(16)}` });
  });

  test('a result that is an error', () => {
    expect(draftOf(span({ ...call, 'error.type': 'tool_error' }))).toMatchObject({ status: 'error', error: { type: 'tool_error' } });
  });

  test.each(['initialize', 'tools/list', 'resources/read'])('%s is no tool call', (method) => {
    expect(draftOf(span({ 'mcp.method.name': method }))).toMatchObject({ role: 'structure' });
  });
});

describe('Google ADK', () => {
  const scope = 'gcp.vertex.agent';
  test('counts stand inside the response', () => {
    const response = '{"content":{},"usageMetadata":{"promptTokenCount":140,"cachedContentTokenCount":40,"thoughtsTokenCount":12,"totalTokenCount":170}}';
    expect(draftOf(span({ 'gen_ai.request.model': 'g', 'gen_ai.usage.input_tokens': 140, 'gen_ai.usage.output_tokens': 18, 'gcp.vertex.agent.llm_response': response }, { scope, name: 'call_llm' })).usage).toEqual({ inputTokens: 100, outputTokens: 30, cacheReadTokens: 40, cacheWriteTokens: 0, reasoningTokens: 12 });
  });

  test('a span without attributes broke before it got them', () => {
    expect(draftOf(span({}, { scope, name: 'execute_tool broken' }))).toMatchObject({ kind: 'tool_call', name: 'broken', status: 'error', statusExplicit: false });
  });
});
