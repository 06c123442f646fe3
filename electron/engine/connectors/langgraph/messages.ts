/** Chat messages as LangChain writes them down, in JavaScript and in Python. */
import type { Usage } from '../../../../shared/domain.ts';
import { tierOf } from '../../cost/names.ts';
import type { Draft } from '../../ingest/draft.ts';
import { cleanName, tokens } from '../../ingest/normalise/read.ts';
import { byConvention, usageOf } from '../../ingest/normalise/usage.ts';
import type { AttrValue } from '../../ingest/record.ts';
import type { Json } from '../foreign-json.ts';
import { isObject } from '../foreign-json.ts';
import { textAt } from './shapes.ts';

export interface ToolCall { readonly id: string; readonly name: string; readonly args: unknown }

/** SECURITY: a state is as large as its graph likes; beyond this nobody looks through it for messages. */
const mostMessages = 20_000;
const messageTypes: ReadonlySet<string> = new Set(['ai', 'AIMessageChunk', 'tool', 'human', 'system', 'function', 'developer', 'remove']);

const isMessage = (value: unknown): value is Json => isObject(value) && typeof value['type'] === 'string' && messageTypes.has(value['type']) && 'content' in value;
const isAi = (message: Json): boolean => message['type'] === 'ai' || message['type'] === 'AIMessageChunk';

/** Every message in the lists (and single values) of a state or of what a step gave back, in order. */
export function messagesIn(value: unknown): readonly Json[] {
  const found: Json[] = [];
  const look = (one: unknown, depth: number): void => {
    if (found.length >= mostMessages || depth > 3) return;
    if (isMessage(one)) found.push(one);
    else if (Array.isArray(one)) for (const inner of one) look(inner, depth + 1);
    else if (isObject(one)) for (const inner of Object.values(one)) look(inner, depth + 1);
  };
  look(value, 0);
  return found;
}

export const aiIn = (value: unknown): readonly Json[] => messagesIn(value).filter(isAi);
export const toolResultsIn = (value: unknown): readonly Json[] => messagesIn(value).filter((message) => message['type'] === 'tool');
export const messageId = (message: Json): string | undefined => textAt(message, 'id');
export const callIdOf = (message: Json): string | undefined => textAt(message, 'tool_call_id');

export function toolCallsOf(message: Json): readonly ToolCall[] {
  const calls = message['tool_calls'];
  if (!Array.isArray(calls)) return [];
  return calls.slice(0, 1_000).flatMap((call) => {
    const id = textAt(call, 'id');
    const name = textAt(call, 'name');
    return id === undefined || name === undefined ? [] : [{ id, name: cleanName(name), args: isObject(call) ? call['args'] : undefined }];
  });
}

/** Calls that the newest model answer asks for and that have no result yet. */
export function openCalls(values: unknown): readonly ToolCall[] {
  const messages = messagesIn(values);
  const last = messages.findLastIndex(isAi);
  const message = messages[last];
  if (message === undefined) return [];
  const done = new Set(messages.slice(last + 1).map(callIdOf));
  return toolCallsOf(message).filter((call) => !done.has(call.id));
}

export function modelOf(message: Json): string | undefined {
  for (const name of ['model_name', 'model', 'model_id', 'modelId']) {
    const found = textAt(message, 'response_metadata', name);
    if (found !== undefined) return cleanName(found);
  }
  return undefined;
}

function count(from: unknown, key: string): number | undefined {
  const value = isObject(from) ? from[key] : undefined;
  return typeof value === 'number' ? tokens({ [key]: value satisfies AttrValue }, [key]) : undefined;
}

/** Where LangChain tells how long caches are kept, its own sum of them is 0. */
function cacheWritten(details: unknown): number | undefined {
  const sum = count(details, 'cache_creation');
  const byLife = (count(details, 'ephemeral_5m_input_tokens') ?? 0) + (count(details, 'ephemeral_1h_input_tokens') ?? 0);
  return byLife > 0 && (sum ?? 0) === 0 ? byLife : sum;
}

/** LangChain's input figure contains the cached part, its output figure the reasoning. */
export function usageIn(message: Json): Usage | undefined {
  const usage = message['usage_metadata'];
  if (!isObject(usage)) return undefined;
  return usageOf({
    input: count(usage, 'input_tokens'), output: count(usage, 'output_tokens'), total: count(usage, 'total_tokens'),
    cacheRead: count(usage['input_token_details'], 'cache_read'), cacheWrite: cacheWritten(usage['input_token_details']),
    reasoning: count(usage['output_token_details'], 'reasoning'),
  }, byConvention);
}

/** What the price of the answer depends on besides its model and tokens; undefined when it tells none of it. */
export function billingIn(message: Json): Draft['billing'] {
  const usage = message['usage_metadata'];
  const [given, made] = isObject(usage) ? [usage['input_token_details'], usage['output_token_details']] : [];
  const provider = textAt(message, 'response_metadata', 'model_provider');
  const tier = tierOf(textAt(message, 'response_metadata', 'service_tier') ?? '');
  const cacheWrite1h = count(given, 'ephemeral_1h_input_tokens');
  const heard = count(given, 'audio') ?? 0;
  const spoken = count(made, 'audio') ?? 0;
  const units = { ...(heard > 0 ? { input_audio: heard } : {}), ...(spoken > 0 ? { output_audio: spoken } : {}) };
  const billing = {
    ...(provider === undefined ? {} : { provider: cleanName(provider) }), ...(tier === '' ? {} : { tier: cleanName(tier) }), ...(cacheWrite1h === undefined ? {} : { cacheWrite1h }), ...(heard + spoken > 0 ? { units } : {}),
  };
  return Object.keys(billing).length === 0 ? undefined : billing;
}

/** The text of a message, for error texts. */
export function textOf(message: Json): string {
  const { content } = message;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (typeof part === 'string' ? part : (textAt(part, 'text') ?? ''))).join('');
}
