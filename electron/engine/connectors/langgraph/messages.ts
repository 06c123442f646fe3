/** Chat messages as LangChain writes them down, in JavaScript and in Python. */
import type { Usage } from '../../../../shared/domain.ts';
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

/** LangChain's input figure contains the cached part, its output figure the reasoning. */
export function usageIn(message: Json): Usage | undefined {
  const usage = message['usage_metadata'];
  if (!isObject(usage)) return undefined;
  const count = (from: unknown, key: string): number | undefined => {
    const value = isObject(from) ? from[key] : undefined;
    return typeof value === 'number' ? tokens({ [key]: value satisfies AttrValue }, [key]) : undefined;
  };
  return usageOf({
    input: count(usage, 'input_tokens'), output: count(usage, 'output_tokens'), total: count(usage, 'total_tokens'),
    cacheRead: count(usage['input_token_details'], 'cache_read'), cacheWrite: count(usage['input_token_details'], 'cache_creation'),
    reasoning: count(usage['output_token_details'], 'reasoning'),
  }, byConvention);
}

/** The text of a message, for error texts. */
export function textOf(message: Json): string {
  const { content } = message;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (typeof part === 'string' ? part : (textAt(part, 'text') ?? ''))).join('');
}
