/**
 * The Vercel AI SDK's older telemetry, scope `ai`: outer spans (`ai.generateText`) repeat tokens and errors of their inner ones
 * (`.doGenerate`), and not even reliably: v5 puts the last step's usage on the root. Only inner spans are counted.
 */
import type { Adapter, Draft, Normalised } from '../draft.ts';
import type { Attrs, SpanRecord } from '../record.ts';
import { billingOf } from './billing.ts';
import { claimFrom, drafts, runFrom, spanDraft, taskOutcomeOf } from './build.ts';
import type { Told } from './build.ts';
import { genaiModel } from './genai.ts';
import { genai } from './genai-names.ts';
import { spanOutcome, withExitCode } from './outcome.ts';
import { nameOf, one, text, tokens } from './read.ts';
import { usageOf } from './usage.ts';

const source = 'vercel-ai-sdk/span';
/** `openai.responses`, `anthropic.messages`, `amazon-bedrock`. */
const providerKeys = ['ai.model.provider', ...genai.provider];
const count = {
  input: ['ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens', ...genai.input],
  uncached: ['ai.usage.inputTokenDetails.noCacheTokens'],
  output: ['ai.usage.outputTokens', 'ai.usage.completionTokens', ...genai.output],
  cacheRead: ['ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens', ...genai.cacheRead],
  cacheWrite: ['ai.usage.inputTokenDetails.cacheWriteTokens', ...genai.cacheWrite],
  reasoning: ['ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens', ...genai.reasoning],
};
const userKeys = ['ai.telemetry.metadata.userId', 'ai.telemetry.metadata.user_id', 'ai.settings.context.userId', 'ai.settings.context.user_id', 'ai.telemetry.metadata.user', 'ai.settings.context.user'];
const sessionKeys = ['ai.telemetry.metadata.sessionId', 'ai.telemetry.metadata.session_id', 'ai.settings.context.sessionId', 'ai.settings.context.session_id', 'session.id'];
const conversationKeys = ['ai.telemetry.metadata.conversationId', 'ai.telemetry.metadata.threadId', 'ai.telemetry.metadata.chatId', 'ai.settings.context.conversationId', 'ai.settings.context.threadId'];

function usage(attrs: Attrs): Draft['usage'] {
  const uncached = tokens(attrs, count.uncached);
  // Version 5 hands on the provider's own figure, and Anthropic's leaves the cache out.
  const provider = one(attrs, 'ai.model.provider');
  const apart = uncached !== undefined || provider.startsWith('anthropic') || provider.includes('bedrock');
  return usageOf(
    { input: uncached ?? tokens(attrs, count.input), output: tokens(attrs, count.output), cacheRead: tokens(attrs, count.cacheRead), cacheWrite: tokens(attrs, count.cacheWrite), reasoning: tokens(attrs, count.reasoning) },
    { inputHasCache: !apart, outputHasReasoning: true },
  );
}

function shared(attrs: Attrs): Pick<Told, 'agent' | 'identity' | 'run'> {
  const name = nameOf(attrs, ['ai.telemetry.functionId', 'resource.name', 'gen_ai.agent.name']);
  return { agent: name === undefined ? undefined : { name }, identity: claimFrom(attrs, 'delegated', userKeys), run: runFrom(attrs, sessionKeys, conversationKeys) };
}

/** `ai.generateText.doGenerate weather-agent` without `ai.operationId`: the first word is the operation. */
function operationOf(record: SpanRecord): string {
  const named = one(record.attrs, 'ai.operationId') || one(record.attrs, 'operation.name') || record.name;
  const space = named.indexOf(' ');
  return space < 0 ? named : named.slice(0, space);
}

function outerSpan(record: SpanRecord, operation: string, common: Pick<Told, 'agent' | 'identity' | 'run'>): Normalised {
  const outcome = spanOutcome(record, true);
  const run = operation.includes('Text') || operation.includes('Object');
  return drafts(spanDraft(source, record, outcome, {
    ...common, role: run ? 'agent' : 'structure', kind: 'lifecycle', name: run ? (common.agent?.name ?? 'agent run') : '', taskOutcome: taskOutcomeOf(outcome, record.endUs > 0),
  }));
}

export function vercelLegacySpan(record: SpanRecord): Normalised {
  const { attrs } = record;
  const common = shared(attrs);
  const operation = operationOf(record);
  if (operation === 'ai.toolCall') {
    return drafts(spanDraft(source, record, withExitCode(attrs, spanOutcome(record, false)), { ...common, role: 'activity', kind: 'tool_call', name: nameOf(attrs, ['ai.toolCall.name']) ?? 'tool' }));
  }
  if (operation.endsWith('.doGenerate') || operation.endsWith('.doStream') || operation.endsWith('.doEmbed') || operation.endsWith('.doRerank')) {
    const model = nameOf(attrs, ['ai.response.model']) ?? genaiModel(attrs) ?? nameOf(attrs, ['ai.model.id']);
    const finished = text(attrs, ['ai.response.finishReason']) !== '';
    return drafts(spanDraft(source, record, spanOutcome(record, finished), { ...common, role: 'activity', kind: 'model_call', name: model ?? 'model call', model, usage: usage(attrs), billing: billingOf(attrs, providerKeys), joins: 'parent' }));
  }
  return outerSpan(record, operation, common);
}

export const vercelLegacyAdapter: Adapter = {
  id: 'vercel-ai-sdk-legacy',
  wanted: [
    ...Object.values(count).flat(), ...userKeys, ...sessionKeys, ...conversationKeys, 'ai.operationId', 'operation.name', 'resource.name', 'ai.telemetry.functionId',
    'ai.toolCall.name', 'ai.response.model', 'ai.response.finishReason', 'ai.model.id', 'ai.model.provider',
  ],
  span: vercelLegacySpan,
};
