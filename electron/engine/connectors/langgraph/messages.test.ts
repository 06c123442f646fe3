import { describe, expect, it } from 'vitest';
import { billingIn, usageIn } from './messages.ts';

const answer = (usage: Readonly<Record<string, unknown>>, response: Readonly<Record<string, unknown>> = {}) => ({ type: 'ai', content: '', usage_metadata: usage, response_metadata: response });

describe('caches that LangChain tells by how long they are kept', () => {
  // langchain-anthropic sets its own sum to 0 then; input holds both: 100 = 20 + 30 + 50
  const usage = { input_tokens: 100, output_tokens: 10, total_tokens: 110, input_token_details: { cache_read: 0, cache_creation: 0, ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 50 } };
  it('are written all the same', () => {
    expect(usageIn(answer(usage))).toMatchObject({ inputTokens: 20, cacheWriteTokens: 80 });
    expect(billingIn(answer(usage))).toEqual({ cacheWrite1h: 50 });
  });
  it('are not counted twice where the sum stands beside them', () => {
    expect(usageIn(answer({ ...usage, input_token_details: { cache_creation: 80, ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 50 } }))).toMatchObject({ inputTokens: 20, cacheWriteTokens: 80 });
  });
});

it('tells provider, tier and audio, and nothing where nothing is told', () => {
  const usage = { input_tokens: 100, output_tokens: 10, total_tokens: 110, input_token_details: { audio: 40 }, output_token_details: { audio: 5, reasoning: 2 } };
  expect(billingIn(answer(usage, { model_provider: 'openai', service_tier: 'flex' }))).toEqual({ provider: 'openai', tier: 'flex', units: { input_audio: 40, output_audio: 5 } });
  expect(billingIn(answer({ input_tokens: 1, output_tokens: 1 }, { model_provider: 'openai', service_tier: 'default' }))).toEqual({ provider: 'openai' });
  expect(billingIn(answer({ input_tokens: 1, output_tokens: 1 }))).toBeUndefined();
  expect(billingIn({ type: 'ai', content: '', usage_metadata: 7, response_metadata: 'x' })).toBeUndefined();
});
