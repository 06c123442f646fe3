/**
 * The ledger: usage as sources really tell it, read by the normalisers, priced by the bundled book, held against an amount worked out
 * by hand. One token at $1 per million is one micro-dollar, so every product below is already in micro-dollars.
 *
 * Semantics, by the letter at each case:
 * A  Anthropic: `input_tokens` leaves cache reads and writes out; 5-minute writes 1.25 x, 1-hour writes 2 x, both within cache_creation; output holds thinking.
 *    platform.claude.com/docs/en/build-with-claude/prompt-caching
 * B  Anthropic: batches cost 50 % of all token usage; searches do not get cheaper. platform.claude.com/docs/en/build-with-claude/batch-processing
 * C  Claude Code's monitoring: api_request counts as A does, and comes as a log and as a span. code.claude.com/docs/en/monitoring-usage
 * D  OpenTelemetry GenAI conventions: input_tokens SHOULD include cached ones, output includes reasoning. opentelemetry.io/docs/specs/semconv/gen-ai
 * E  OpenAI: prompt_tokens includes cached_tokens, completion_tokens includes reasoning_tokens, batch and flex cost half.
 *    platform.openai.com/docs/guides/prompt-caching, /guides/reasoning, /guides/flex-processing
 * F  Gemini: promptTokenCount includes cachedContentTokenCount, candidatesTokenCount leaves thoughtsTokenCount out. ai.google.dev/api/generate-content#UsageMetadata
 * G  Long context: beyond the threshold all tokens of the call have the higher price; cached and written input counts towards it. claude.com/pricing, ai.google.dev/gemini-api/docs/pricing
 * H  The price data's own documentation: what has no price of its own is priced as what it is part of; a price per request is charged once a call.
 */
import { describe, expect, test } from 'vitest';
import type { AttrValue, LogRecord, SpanRecord } from '../ingest/record.ts';
import { assemble } from '../ingest/normalise/test-assemble.ts';
import { log, span } from '../ingest/normalise/test-records.ts';
import { PriceBook } from './book.ts';
import { compute } from './price.ts';
import type { PricedUsage } from './price.ts';

type Attributes = Readonly<Record<string, AttrValue>>;
type Records = readonly (SpanRecord | LogRecord)[];

const book = new PriceBook([]);
const dayOf = (text: string): number => Date.parse(text) / 86_400_000;
const autumn = dayOf('2026-10-15');

interface Spent { readonly micros: number; readonly unpriced: number }

/** What the activities of these records cost, each once. */
function spent(records: Records, day = autumn): Spent {
  let micros = 0;
  let unpriced = 0;
  for (const { usage, model, billing } of assemble(records).rows) {
    if (usage === undefined) continue;
    const price = book.find({ provider: billing?.provider ?? '', model: model ?? '', region: billing?.region ?? '', tier: billing?.tier ?? '', day });
    const amount = price === null ? -1 : compute(price, {
      input: usage.inputTokens, output: usage.outputTokens, cacheRead: usage.cacheReadTokens, cacheWrite: usage.cacheWriteTokens, cacheWrite1h: billing?.cacheWrite1h ?? null, reasoning: usage.reasoningTokens, units: billing?.units,
    });
    if (amount < 0) unpriced += 1;
    else micros += amount;
  }
  return { micros, unpriced };
}

let spans = 0;
const nextSpan = (): string => (spans += 1).toString(16).padStart(16, '0');

const claudeLog = (attrs: Attributes): LogRecord => log({ 'session.id': 's', 'event.name': 'api_request', model: 'claude-opus-5-5', ...attrs }, { scope: 'com.anthropic.claude_code.events', service: 'claude-code' });
const claudeSpan = (attrs: Attributes): SpanRecord => span({ 'session.id': 's', 'span.type': 'llm_request', model: 'claude-opus-5-5', success: true, ...attrs }, { scope: 'com.anthropic.claude_code.tracing', service: 'claude-code', spanId: nextSpan() });
const claude = (input_tokens: number, output_tokens: number, cache_read_tokens = 0, cache_creation_tokens = 0, cache_creation_1h_tokens = 0, model = 'claude-opus-5-5'): Attributes => ({ model, request_id: 'req_1', input_tokens, output_tokens, cache_read_tokens, cache_creation_tokens, cache_creation_1h_tokens });

const chat = (provider: string, model: string, input: number, output: number, attrs: Attributes = {}, at: Parameters<typeof span>[1] = {}): SpanRecord =>
  span({ 'gen_ai.operation.name': 'chat', ...(provider === '' ? {} : { 'gen_ai.provider.name': provider }), 'gen_ai.request.model': model, 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': output, ...attrs }, { spanId: nextSpan(), ...at });
const anthropic = (input: number, output: number, attrs: Attributes = {}): SpanRecord => chat('anthropic', 'claude-sonnet-4-5-20250929', input, output, attrs, { scope: 'com.anthropic.sdk.typescript' });
const cached = (read: number, written = 0, kept = 0): Attributes => ({ 'gen_ai.usage.cache_read.input_tokens': read, 'gen_ai.usage.cache_write.input_tokens': written, 'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': kept });
const reasoning = (tokens: number): Attributes => ({ 'gen_ai.usage.reasoning.output_tokens': tokens });
const total = (tokens: number): Attributes => ({ 'gen_ai.usage.total_tokens': tokens });
const tier = (name: string): Attributes => ({ 'openai.response.service_tier': name });
const codex = (attrs: Attributes): LogRecord => log({ 'event.name': 'codex.sse_event', 'event.kind': 'response.completed', 'conversation.id': 'c', model: 'gpt-5', ...attrs }, { scope: 'codex_otel.log_only', service: 'codex_exec' });
const gemini = (attrs: Attributes): LogRecord => log({ 'event.name': 'gemini_cli.api_response', 'session.id': 's', ...attrs }, { scope: 'gemini-cli', service: 'gemini-cli' });
const aiSdk = (provider: string, model: string, attrs: Attributes): SpanRecord => span({ 'ai.operationId': 'ai.generateText.doGenerate', 'ai.model.provider': provider, 'ai.model.id': model, ...attrs }, { scope: 'ai', spanId: nextSpan() });
const openinference = (model: string, attrs: Attributes): SpanRecord => span({ 'openinference.span.kind': 'LLM', 'llm.provider': 'openai', 'llm.model_name': model, ...attrs }, { spanId: nextSpan() });

type Case = readonly [what: string, records: () => Records, micros: number];

describe('Claude Code', () => {
  // claude-opus-5-5: input 4, output 20, cache read 0.2, written for 5 minutes 5, for an hour 8.
  test.each<Case>([
    // 1500 x 4 + 60 x 20 = 6000 + 1200
    ['A uncached', () => [claudeLog(claude(1500, 60))], 7200],
    // 6000 + 1200 + 2000 x 5
    ['A written for 5 minutes', () => [claudeLog(claude(1500, 60, 0, 2000))], 17_200],
    // 1510 x 4 + 61 x 20 + 2000 x 0.2 = 6040 + 1220 + 400
    ['A read', () => [claudeLog(claude(1510, 61, 2000))], 7660],
    // 100 x 4 + 10 x 20 + 2000 x 8 = 400 + 200 + 16000
    ['A written for an hour', () => [claudeLog(claude(100, 10, 0, 2000, 2000))], 16_600],
    // 400 + 200 + 2000 x 5 + 1000 x 8
    ['A written for both', () => [claudeLog(claude(100, 10, 0, 3000, 1000))], 18_600],
    // 12 x 4 + 60 x 20 + 8000 x 0.2 + 1500 x 5 = 48 + 1200 + 1600 + 7500
    ['A read and written', () => [claudeLog(claude(12, 60, 8000, 1500))], 10_348],
    // 1 x 0.2 = 0.2
    ['less than half a micro-dollar is none, but known', () => [claudeLog(claude(0, 0, 1))], 0],
    // 3 x 0.2 = 0.6
    ['more than half is one', () => [claudeLog(claude(0, 0, 3))], 1],
    // once: 7200
    ['C told by log and span', () => [claudeLog(claude(1500, 60)), claudeSpan(claude(1500, 60))], 7200],
    ['C told by span and log', () => [claudeSpan(claude(1500, 60)), claudeLog(claude(1500, 60))], 7200],
    ['C the same log sent twice', () => [claudeLog(claude(1500, 60)), claudeLog(claude(1500, 60))], 7200],
    // the failed attempts carry no usage: 7200
    ['C two failed attempts, then an answer', () => [claudeLog({ 'event.name': 'api_error', request_id: 'req_0', error: 'overloaded', status_code: '529', attempt: 1 }), claudeLog({ 'event.name': 'api_error', request_id: 'req_00', error: 'overloaded', status_code: '529', attempt: 2 }), claudeLog(claude(1500, 60))], 7200],
    // 2 x 7200; the sub-agent's own end repeats its sum and is not counted
    ['C a sub-agent, and the sum it ends with', () => [claudeLog(claude(1500, 60)), claudeLog({ ...claude(1500, 60), request_id: 'req_2', agent_id: 'a1', 'agent.name': 'Explore' }), claudeLog({ 'event.name': 'subagent_completed', agent_id: 'a1', 'agent.name': 'Explore', total_tokens: 1560, input_tokens: 1500, output_tokens: 60 })], 14_400],
    // us.: 1000 x 3.3 + 100 x 16.5 = 3300 + 1650
    ['a name that only Bedrock gives, without a provider', () => [claudeLog(claude(1000, 100, 0, 0, 0, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'))], 4950],
  ])('%s', (_what, records, micros) => {
    expect(spent(records())).toEqual({ micros, unpriced: 0 });
  });

  test('A fast mode has a price of its own, which the book does not have', () => {
    expect(spent([claudeLog({ ...claude(1500, 60), speed: 'fast' })])).toEqual({ micros: 0, unpriced: 1 });
  });
});

describe('long context', () => {
  // claude-sonnet-4-5 up to 200,000: 3, 15, read 0.3, written 3.75; beyond: 6, 22.5, read 0.6, written 7.5.
  // gpt-6-sol up to 272,000: 2, 10; beyond: 4, 15. gemini-2.5-pro up to 200,000: 1.25, 10, read 0.125; beyond: 2.5, 15, read 0.25.
  test.each<Case>([
    // 150000 x 3 + 50000 x 0.3 + 100 x 15 = 450000 + 15000 + 1500
    ['G exactly at the threshold, cached counted', () => [claudeLog(claude(150_000, 100, 50_000, 0, 0, 'claude-sonnet-4-5'))], 466_500],
    // 150001 x 6 + 50000 x 0.6 + 100 x 22.5 = 900006 + 30000 + 2250
    ['G one more', () => [claudeLog(claude(150_001, 100, 50_000, 0, 0, 'claude-sonnet-4-5'))], 932_256],
    // 100000 x 6 + 60000 x 0.6 + 40001 x 7.5 + 10 x 22.5 = 600000 + 36000 + 300007.5 + 225 = 936232.5, half up
    ['G written counts too', () => [claudeLog(claude(100_000, 10, 60_000, 40_001, 0, 'claude-sonnet-4-5'))], 936_233],
    // 250000 x 6 + 100 x 22.5 = 1500000 + 2250
    ['G what Claude Code calls [1m]', () => [claudeLog(claude(250_000, 100, 0, 0, 0, 'claude-sonnet-4-5[1m]'))], 1_502_250],
    // 2 x (199999 x 3 + 15): a threshold is of a call, not of a task
    ['G two calls below stay below', () => [anthropic(199_999, 1), anthropic(199_999, 1)], 1_200_024],
    // 272000 x 2 + 10 x 10
    ['G OpenAI, at', () => [chat('openai', 'gpt-6-sol', 272_000, 10)], 544_100],
    // 272001 x 4 + 10 x 15 = 1088004 + 150
    ['G OpenAI, above', () => [chat('openai', 'gpt-6-sol', 272_001, 10)], 1_088_154],
    // 150000 x 2.5 + 100000 x 0.25 + 100 x 15 = 375000 + 25000 + 1500
    ['G Gemini, above', () => [gemini({ model: 'gemini-2.5-pro', input_token_count: 250_000, cached_content_token_count: 100_000, output_token_count: 100, thoughts_token_count: 0 })], 401_500],
    // flat since 2026-03-13: 250000 x 3 + 100 x 15 = 750000 + 1500
    ['G a model without a threshold', () => [claudeLog(claude(250_000, 100, 0, 0, 0, 'claude-sonnet-4-6'))], 751_500],
  ])('%s', (_what, records, micros) => {
    expect(spent(records())).toEqual({ micros, unpriced: 0 });
  });
});

describe('Anthropic by the conventions: input includes the cache', () => {
  // claude-sonnet-4-5: 3, 15, read 0.3, written 3.75, for an hour 6, a search 0.01.
  test.each<Case>([
    // (5000 - 3000 - 1000) x 3 + 3000 x 0.3 + 1000 x 3.75 + 200 x 15 = 3000 + 900 + 3750 + 3000
    ['A D read and written', () => [anthropic(5000, 200, cached(3000, 1000))], 10_650],
    // 3000 + 900 + 600 x 3.75 + 400 x 6 + 3000 = 3000 + 900 + 2250 + 2400 + 3000
    ['A D partly for an hour', () => [anthropic(5000, 200, cached(3000, 1000, 400))], 11_550],
    // half of 10650
    ['B batch', () => [anthropic(5000, 200, { ...cached(3000, 1000), 'anthropic.response.service_tier': 'batch' })], 5325],
    // 1 x 1.5, half up
    ['B batch, half a micro-dollar', () => [anthropic(1, 0, { 'anthropic.response.service_tier': 'batch' })], 2],
    // 1000 x 3 + 100 x 15 + 3 x 10000
    ['A searches', () => [anthropic(1000, 100, { 'anthropic.usage.server_tool_use.web_search_requests': 3 })], 34_500],
    // (3000 + 1500) / 2 + 3 x 10000
    ['B searches in a batch', () => [anthropic(1000, 100, { 'anthropic.usage.server_tool_use.web_search_requests': 3, 'anthropic.response.service_tier': 'batch' })], 32_250],
    // 3000 + 1500
    ['the usual tier by name', () => [anthropic(1000, 100, { 'anthropic.response.service_tier': 'standard' })], 4500],
    // 1000 x 3 + 200 x 15: thinking is part of output and has no price of its own
    ['A thinking', () => [anthropic(1000, 200, reasoning(80))], 6000],
    // an input of 500 cannot hold 3000: 500 x 3 + 3000 x 0.3 + 100 x 15 = 1500 + 900 + 1500
    ['A an exporter that leaves the cache out', () => [anthropic(500, 100, cached(3000))], 3900],
    // 7100 = 4000 + 100 + 3000: 4000 x 3 + 900 + 1500
    ['A D a total says that the cache is apart', () => [chat('anthropic', 'claude-sonnet-4-5', 4000, 100, { ...cached(3000), ...total(7100) })], 14_400],
    // 4100 = 4000 + 100: 1000 x 3 + 900 + 1500
    ['A D a total says that it is inside', () => [chat('anthropic', 'claude-sonnet-4-5', 4000, 100, { ...cached(3000), ...total(4100) })], 5400],
    // 1000 x 3 + 500 x 0.3 + 100 x 15: version 5 of the AI SDK hands on Anthropic's own figure
    ['A the older AI SDK', () => [aiSdk('anthropic.messages', 'claude-sonnet-4-5', { 'ai.usage.inputTokens': 1000, 'ai.usage.cachedInputTokens': 500, 'ai.usage.outputTokens': 100 })], 4650],
  ])('%s', (_what, records, micros) => {
    expect(spent(records())).toEqual({ micros, unpriced: 0 });
  });

  test('priority has prices that the book does not have', () => {
    expect(spent([anthropic(1000, 100, { 'anthropic.response.service_tier': 'priority' })])).toEqual({ micros: 0, unpriced: 1 });
  });
});

describe('OpenAI', () => {
  // gpt-5: 1.25, 10, cached 0.125. gpt-4o: 2.5, 10, cached 1.25. gpt-4o-mini: 0.15, 0.6, cached 0.075. gpt-6-sol: 2, 10, written 2.5.
  test.each<Case>([
    // 500 x 1.25 + 1500 x 0.125 + 300 x 10 = 625 + 187.5 + 3000 = 3812.5, half up
    ['E cached and reasoning inside', () => [chat('openai', 'gpt-5', 2000, 300, { ...cached(1500), ...reasoning(200) })], 3813],
    // 3812.5 / 2 = 1906.25
    ['E flex', () => [chat('openai', 'gpt-5', 2000, 300, { ...cached(1500), ...reasoning(200), ...tier('flex') })], 1906],
    ['E batch', () => [chat('openai', 'gpt-5', 2000, 300, { ...cached(1500), ...tier('batch') })], 1906],
    // 1000 x 1.25 + 100 x 10
    ['E the usual tier by name', () => [chat('openai', 'gpt-5', 1000, 100, tier('default'))], 2250],
    // 180 = 100 + 50 + 30: 100 x 1.25 + 80 x 10
    ['E a total says that reasoning is apart', () => [chat('openai', 'gpt-5', 100, 50, { ...reasoning(30), ...total(180) })], 925],
    // 50 do not fit into 20: 125 + 70 x 10
    ['E more reasoning than output', () => [chat('openai', 'gpt-5', 100, 20, reasoning(50))], 825],
    // 600 x 2.5 + 400 x 1.25 + 100 x 10 = 1500 + 500 + 1000
    ['E cached at half', () => [chat('openai', 'gpt-4o', 1000, 100, cached(400))], 3000],
    // 10 x 0.15 = 1.5, half up
    ['half a micro-dollar goes up', () => [chat('openai', 'gpt-4o-mini', 10, 0)], 2],
    // 3 x 0.15 = 0.45
    ['0.45 goes down', () => [chat('openai', 'gpt-4o-mini', 3, 0)], 0],
    // 3 x 0.15 + 1 x 0.075 = 0.525: rounded once, not by parts
    ['0.525 goes up', () => [chat('openai', 'gpt-4o-mini', 4, 0, cached(1))], 1],
    // 2000 x 2 + 1000 x 2.5 + 10 x 10
    ['E written caches', () => [chat('openai', 'gpt-6-sol', 3000, 10, cached(0, 1000))], 6600],
    // 1250 + 1000
    ['a model by its day', () => [chat('openai', 'gpt-5-2025-08-07', 1000, 100)], 2250],
    ['by the AI SDK\'s name of the API', () => [chat('openai.responses', 'gpt-5', 1000, 100)], 2250],
    ['without a provider', () => [chat('', 'gpt-5', 1000, 100)], 2250],
    // 1000 x 0.02
    ['embeddings', () => [chat('openai', 'text-embedding-3-small', 1000, 0, { 'gen_ai.operation.name': 'embeddings' })], 20],
    // 400 x 4 + 600 x 32 + 50 x 16 + 150 x 64 = 1600 + 19200 + 800 + 9600
    ['audio inside input and output', () => [openinference('gpt-realtime', { 'llm.token_count.prompt': 1000, 'llm.token_count.prompt_details.audio': 600, 'llm.token_count.completion': 200, 'llm.token_count.completion_details.audio': 150 })], 31_200],
    // 400 x 1.25 + 800 x 0.125 + 40 x 10 = 500 + 100 + 400; the first `completed` carries no counts
    ['E Codex completes a response twice', () => [codex({}), codex({ input_token_count: 1200, cached_token_count: 800, output_token_count: 40, reasoning_token_count: 20, tool_token_count: 1240 })], 1000],
    // sent again in another batch: 1000
    ['Codex, the batch sent again', () => [1, 2].map(() => codex({ input_token_count: 1200, cached_token_count: 800, output_token_count: 40, reasoning_token_count: 20 })), 1000],
    // 500 x 1.25 + 500 x 0.125 + 100 x 10 = 625 + 62.5 + 1000 = 1687.5, half up
    ['E the older AI SDK', () => [aiSdk('openai.responses', 'gpt-5', { 'ai.usage.inputTokens': 1000, 'ai.usage.cachedInputTokens': 500, 'ai.usage.outputTokens': 100 })], 1688],
    // 1000 x 2.5 + 100 x 10
    ['Azure sells at OpenAI\'s prices', () => [chat('azure.ai.openai', 'gpt-4o', 1000, 100)], 3500],
    // 100 x 10: a negative count is none
    ['an impossible count is left out', () => [chat('openai', 'gpt-5', -5, 100)], 1000],
  ])('%s', (_what, records, micros) => {
    expect(spent(records())).toEqual({ micros, unpriced: 0 });
  });

  test('E priority has prices that the book does not have', () => {
    expect(spent([chat('openai', 'gpt-5', 1000, 100, tier('priority'))])).toEqual({ micros: 0, unpriced: 1 });
  });

  // o3: 10 and 40 until 2025-06-09, 2 and 8 from then on.
  test.each([['2025-06-09', 14_000], ['2025-06-10', 2800]])('a price cut holds from its day: %s', (day, micros) => {
    expect(spent([chat('openai', 'o3', 1000, 100)], dayOf(day))).toEqual({ micros, unpriced: 0 });
  });
});

describe('Google', () => {
  test.each<Case>([
    // gemini-2.5-pro: 2000 x 1.25 + 3000 x 0.125 + (100 + 200) x 10 = 2500 + 375 + 3000
    ['F Gemini CLI: cache inside, thoughts outside', () => [gemini({ model: 'gemini-2.5-pro', input_token_count: 5000, cached_content_token_count: 3000, output_token_count: 100, thoughts_token_count: 200, total_token_count: 5300 })], 5875],
    // gemini-2.5-flash: 1000 x 0.3 + (50 + 30) x 2.5 = 300 + 200
    ['F ADK tells thoughts in the response', () => [chat('gcp.vertex.agent', 'gemini-2.5-flash', 1000, 50, { 'gcp.vertex.agent.llm_response': '{"usage_metadata":{"thoughtsTokenCount":30}}' }, { scope: 'gcp.vertex.agent', name: 'call_llm' })], 500],
    // 300 + 250
    ['a path for a name', () => [chat('gcp.vertex_ai', 'publishers/google/models/gemini-2.5-flash', 1000, 100)], 550],
    ['models/', () => [chat('gcp.gemini', 'models/gemini-2.5-flash', 1000, 100)], 550],
    // 3000 + 1500
    ['Claude on Vertex', () => [chat('gcp.vertex_ai', 'claude-sonnet-4-5@20250929', 1000, 100)], 4500],
  ])('%s', (_what, records, micros) => {
    expect(spent(records())).toEqual({ micros, unpriced: 0 });
  });
});

describe('Bedrock, gateways and others', () => {
  test.each<Case>([
    // regional endpoints cost 10 % more: 1000 x 3.3 + 100 x 16.5
    ['Bedrock, regional', () => [chat('aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 1000, 100)], 4950],
    ['Bedrock, an ARN', () => [chat('aws.bedrock', 'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0', 1000, 100)], 4950],
    // 3000 + 1500
    ['Bedrock, global', () => [chat('aws.bedrock', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', 1000, 100)], 4500],
    // nova-pro: 600 x 0.8 + 400 x 0.2 + 50 x 3.2 = 480 + 80 + 160
    ['Bedrock, Nova with a cache', () => [chat('aws.bedrock', 'amazon.nova-pro-v1:0', 1000, 50, cached(400))], 720],
    // 1000 x 5 + 100 x 25
    ['OpenRouter', () => [chat('openrouter', 'anthropic/claude-opus-4.5', 1000, 100)], 7500],
    // 1000 x 1 + 100 x 5
    ['a gateway nobody knows, vendor before the model', () => [chat('my-gateway', 'anthropic/claude-haiku-4-5', 1000, 100)], 1500],
    ['free', () => [chat('mistral', 'devstral-small:free', 1000, 100)], 0],
    // sonar: 1000 x 1 + 100 x 1 + one request of 12 per thousand
    ['H a price per request', () => [chat('perplexity', 'sonar', 1000, 100)], 13_100],
    // 100 x 2 + 200 x 8 + 300 x 3 = 200 + 1600 + 900
    ['H reasoning at its own price', () => [chat('perplexity', 'sonar-deep-research', 100, 500, reasoning(300))], 2700],
    // mistral-large-2411 names no price for cached input: 600 x 2 + 400 x 2 + 100 x 6
    ['H no price for the cache', () => [chat('mistral', 'mistral-large-2411', 1000, 100, cached(400))], 2600],
    // Strands: provider is the service's name; the agent's own sum is not counted: 1250 + 1000
    ['Strands', () => [
      span({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.system': 'my-service', 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100, 'event_loop.cycle_id': '0' }, { spanId: 'd'.repeat(16) }),
      chat('my-service', 'gpt-5', 1000, 100, { 'event_loop.cycle_id': '1' }, { parentSpanId: 'd'.repeat(16) }),
    ], 2250],
  ])('%s', (_what, records, micros) => {
    expect(spent(records())).toEqual({ micros, unpriced: 0 });
  });

  test.each<readonly [string, () => Records]>([
    ['a model that nobody knows', () => [chat('openai', 'gpt-99-omega', 1000, 100)]],
    ['no model', () => [span({ 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 1 })]],
    ['a search where the price names none', () => [chat('aws.bedrock', 'amazon.nova-pro-v1:0', 10, 1, { 'anthropic.usage.server_tool_use.web_search_requests': 1 })]],
  ])('unpriced, never zero: %s', (_what, records) => {
    expect(spent(records())).toEqual({ micros: 0, unpriced: 1 });
  });
});

describe('each call once', () => {
  const parent = 'e'.repeat(16);
  const agent = (attrs: Attributes, spanId = parent, parentSpanId = ''): SpanRecord => span({ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'a', ...attrs }, { spanId, parentSpanId });
  const sums: Attributes = { 'gen_ai.usage.input_tokens': 2000, 'gen_ai.usage.output_tokens': 200 };

  // gpt-5, 1000 in and 100 out: 2250 each.
  test.each<Case>([
    ['the agent\'s own sum beside two calls', () => [agent(sums), chat('openai', 'gpt-5', 1000, 100, {}, { parentSpanId: parent }), chat('openai', 'gpt-5', 1000, 100, {}, { parentSpanId: parent })], 4500],
    ['the sum told before and after', () => [chat('openai', 'gpt-5', 1000, 100, {}, { parentSpanId: parent }), agent(sums), agent(sums)], 2250],
    ['a sub-agent\'s sum inside its parent\'s', () => [agent(sums), agent({ ...sums, 'gen_ai.agent.name': 'sub' }, 'f'.repeat(16), parent), chat('openai', 'gpt-5', 1000, 100, {}, { parentSpanId: 'f'.repeat(16) })], 2250],
    ['a framework\'s span around the SDK\'s', () => [chat('openai', 'gpt-5', 1000, 100, {}, { spanId: 'a1'.repeat(8) }), chat('openai', 'gpt-5', 1000, 100, {}, { parentSpanId: 'a1'.repeat(8) })], 2250],
    ['the same span sent twice', () => [1, 2].map(() => chat('openai', 'gpt-5', 1000, 100, {}, { spanId: 'b2'.repeat(8) })), 2250],
    ['a span and its event', () => [
      chat('openai', 'gpt-5', 1000, 100, {}, { spanId: 'c3'.repeat(8) }),
      log({ 'event.name': 'gen_ai.client.inference.operation.details', 'gen_ai.request.model': 'gpt-5', 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': 100 }, { traceId: 'a'.repeat(32), spanId: 'c3'.repeat(8) }),
    ], 2250],
    ['pieces of a stream', () => [
      ...[200, 400].map((tokens) => span({ 'mastra.span.type': 'model_chunk', 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.output_tokens': tokens }, { scope: '@mastra/otel-exporter', spanId: nextSpan() })),
      chat('openai', 'gpt-5', 1000, 100, { 'mastra.span.type': 'model_inference' }, { scope: '@mastra/otel-exporter' }),
    ], 2250],
    ['the older AI SDK\'s outer span', () => [
      span({ 'ai.operationId': 'ai.generateText', 'ai.usage.inputTokens': 1000, 'ai.usage.outputTokens': 100, 'ai.model.id': 'gpt-5' }, { scope: 'ai', spanId: 'd4'.repeat(8) }),
      span({ 'ai.operationId': 'ai.generateText.doGenerate', 'ai.model.provider': 'openai.chat', 'ai.model.id': 'gpt-5', 'ai.usage.inputTokens': 1000, 'ai.usage.outputTokens': 100 }, { scope: 'ai', parentSpanId: 'd4'.repeat(8) }),
    ], 2250],
    // a call that failed after it had begun to answer was billed: 1250 + 5 x 10
    ['a failed call that tells its usage', () => [chat('openai', 'gpt-5', 1000, 5, { 'error.type': 'stream_error' }, { statusCode: 2 })], 1300],
    ['a failed call that tells none', () => [span({ 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-5', 'error.type': '429' }, { statusCode: 2 })], 0],
  ])('%s', (_what, records, micros) => {
    expect(spent(records())).toEqual({ micros, unpriced: 0 });
  });
});

describe('units that no source tells yet', () => {
  const usage = (counts: Partial<PricedUsage>): PricedUsage => ({ input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: null, reasoning: 0, ...counts });
  test.each<readonly [string, string, string, Partial<PricedUsage>, number]>([
    // 500 x 5 + 1000 x 10 + 4000 x 40 = 2500 + 10000 + 160000
    ['images in', 'openai', 'gpt-image-1', { input: 1500, output: 4000, units: { input_image: 1000 } }, 172_500],
    // 2250 + 2 x 10000 + 4 x 2500
    ['searches of the web and of files', 'openai', 'gpt-5', { input: 1000, output: 100, units: { web_search: 2, file_search: 4 } }, 32_250],
    // 600 x 0.3 + 400 x 1 + 400 x 0.03 + 100 x 0.1 + 10 x 2.5 = 180 + 400 + 12 + 10 + 25
    ['audio in and from the cache', 'google', 'gemini-2.5-flash', { input: 1000, cacheRead: 500, output: 10, units: { input_audio: 400, cache_read_audio: 100 } }, 627],
    // video has no price of its own: 1000 x 1.25
    ['H video at the price of input', 'google', 'gemini-2.5-pro', { input: 1000, units: { input_video: 300 } }, 1250],
    // 2 x 0.36
    ['hours', 'openai', 'whisper-1', { units: { hour: 2 } }, 720_000],
  ])('%s', (_what, provider, model, counts, micros) => {
    const price = book.find({ provider, model, region: '', tier: '', day: autumn });
    if (price === null) throw new Error(`no price for ${model}`);
    expect(compute(price, usage(counts))).toBe(micros);
  });
});
