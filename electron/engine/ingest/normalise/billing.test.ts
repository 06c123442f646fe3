/** What the price of a call depends on, as each source tells it. Attribute names: OpenTelemetry's registry (openai.*), Anthropic's SDK, Claude Code, OpenInference, the AI SDK. */
import { describe, expect, test } from 'vitest';
import { draftOf, log, span } from './test-records.ts';

const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm', 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 10 };
const billing = (attrs: Parameters<typeof span>[0], from: Parameters<typeof span>[1] = {}) => draftOf(span({ ...chat, ...attrs }, from)).billing;

describe('spans by convention', () => {
  test.each([
    ['the current name', { 'gen_ai.provider.name': 'aws.bedrock' }, { provider: 'aws.bedrock' }],
    ['the older name', { 'gen_ai.system': 'openai' }, { provider: 'openai' }],
    ['both: the current one', { 'gen_ai.system': 'az.ai.openai', 'gen_ai.provider.name': 'azure.ai.openai' }, { provider: 'azure.ai.openai' }],
    ['a tier', { 'gen_ai.provider.name': 'openai', 'openai.response.service_tier': 'flex' }, { provider: 'openai', tier: 'flex' }],
    ['what was served before what was asked for', { 'openai.request.service_tier': 'priority', 'openai.response.service_tier': 'default' }, undefined],
    ['what was asked for, if nothing else is told', { 'openai.request.service_tier': 'priority' }, { tier: 'priority' }],
    ['the usual tiers are none', { 'gen_ai.provider.name': 'openai', 'openai.response.service_tier': 'default' }, { provider: 'openai' }],
    ['a batch of Anthropic', { 'anthropic.response.service_tier': 'batch' }, { tier: 'batch' }],
    ['fast mode', { 'anthropic.usage.speed': 'fast', 'anthropic.response.service_tier': 'standard' }, { tier: 'fast' }],
    ['a region', { 'gen_ai.provider.name': 'aws.bedrock', 'cloud.region': 'eu-central-1' }, { provider: 'aws.bedrock', region: 'eu-central-1' }],
    ['caches kept for an hour', { 'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 40 }, { cacheWrite1h: 40 }],
    ['web searches', { 'anthropic.usage.server_tool_use.web_search_requests': 3 }, { units: { web_search: 3 } }],
    ['nothing', {}, undefined],
    ['counts that are none', { 'anthropic.usage.server_tool_use.web_search_requests': -1, 'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 'many' }, undefined],
    ['control characters', { 'gen_ai.provider.name': 'open\nai' }, { provider: 'open ai' }],
  ])('%s', (_what, attrs, expected) => {
    expect(billing(attrs)).toEqual(expected);
  });

  test('calls of one provider share the object', () => {
    expect(billing({ 'gen_ai.provider.name': 'openai' })).toBe(billing({ 'gen_ai.provider.name': 'openai' }));
  });

  test('thousands of names are cut short and do not stay', () => {
    const name = 'x'.repeat(5000);
    for (let at = 0; at < 2000; at += 1) billing({ 'gen_ai.provider.name': `p${at}` });
    expect(billing({ 'gen_ai.provider.name': name })?.provider).toHaveLength(200);
  });

  test('tools and agents have none', () => {
    expect(draftOf(span({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 't', 'gen_ai.provider.name': 'openai' })).billing).toBeUndefined();
    expect(draftOf(span({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.provider.name': 'openai', 'gen_ai.usage.input_tokens': 5 })).billing).toBeUndefined();
  });
});

describe('other sources', () => {
  test('Strands calls its own service the provider', () => {
    expect(billing({ 'gen_ai.provider.name': 'my-service', 'event_loop.cycle_id': '1' })).toBeUndefined();
    expect(billing({ 'gen_ai.provider.name': 'my-service', 'event_loop.cycle_id': '1', 'openai.response.service_tier': 'flex' })).toEqual({ tier: 'flex' });
  });

  test('OpenInference names who serves before whose API it is, and counts audio', () => {
    const llm = { 'openinference.span.kind': 'LLM', 'llm.model_name': 'm', 'llm.token_count.prompt': 10, 'llm.token_count.completion': 2 };
    expect(draftOf(span({ ...llm, 'llm.provider': 'azure', 'llm.system': 'openai' })).billing).toEqual({ provider: 'azure' });
    expect(draftOf(span({ ...llm, 'llm.system': 'openai', 'llm.token_count.prompt_details.audio': 4, 'llm.token_count.completion_details.audio': 0 })).billing).toEqual({ provider: 'openai', units: { input_audio: 4 } });
  });

  test('the older AI SDK', () => {
    expect(draftOf(span({ 'ai.operationId': 'ai.generateText.doGenerate', 'ai.model.id': 'm', 'ai.model.provider': 'anthropic.messages', 'ai.usage.inputTokens': 1 }, { scope: 'ai' })).billing).toEqual({ provider: 'anthropic.messages' });
  });

  test.each([
    [{ speed: 'normal', cache_creation_tokens: 1500, cache_creation_1h_tokens: 0 }, { cacheWrite1h: 0 }],
    [{ speed: 'normal', cache_creation_tokens: 1500, cache_creation_1h_tokens: 1200 }, { cacheWrite1h: 1200 }],
    [{ speed: 'fast', cache_creation_1h_tokens: 0 }, { tier: 'fast', cacheWrite1h: 0 }],
    [{ speed: 'normal' }, undefined],
  ])('Claude Code %j', (attrs, expected) => {
    const call = { 'session.id': 's', model: 'claude-opus-5-5', input_tokens: 1, output_tokens: 1, request_id: 'r', ...attrs };
    expect(draftOf(log({ ...call, 'event.name': 'api_request' }, { scope: 'com.anthropic.claude_code.events', service: 'claude-code' })).billing).toEqual(expected);
    expect(draftOf(span({ ...call, 'span.type': 'llm_request', success: true }, { scope: 'com.anthropic.claude_code.tracing', service: 'claude-code' })).billing).toEqual(expected);
  });
});
