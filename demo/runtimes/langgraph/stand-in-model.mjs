/**
 * A chat model without a network: a script decides from the messages what it says next. It counts tokens as a real one reports them
 * (input with its cached part), so that usage arrives by the same fields.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage } from '@langchain/core/messages';

/** @typedef {{ text?: string, calls?: { name: string, args: Record<string, unknown> }[] }} Line */

export class StandInModel extends BaseChatModel {
  /** @param {{ name: string, script: (messages: import('@langchain/core/messages').BaseMessage[]) => Line, thinkMs?: number }} fields */
  constructor({ name, script, thinkMs = 20 }) {
    super({});
    this.modelName = name;
    this.script = script;
    this.thinkMs = thinkMs;
  }

  _llmType() {
    return 'stand-in';
  }

  bindTools() {
    return this;
  }

  /** @param {import('@langchain/core/messages').BaseMessage[]} messages @param {{ signal?: AbortSignal }} options */
  async _generate(messages, options) {
    await sleep(this.thinkMs, undefined, { signal: options.signal });
    const { text = '', calls = [] } = this.script(messages);
    const words = messages.reduce((sum, message) => sum + message.text.split(/\s+/).length, 0);
    const input = 400 + words * 2;
    const output = 20 + text.length + calls.length * 15;
    const turn = messages.length;
    const message = new AIMessage({
      id: `msg-${crypto.randomUUID()}`,
      content: text,
      tool_calls: calls.map((call, index) => ({ ...call, id: `call-${crypto.randomUUID().slice(0, 8)}-${index}`, type: 'tool_call' })),
      usage_metadata: { input_tokens: input, output_tokens: output, total_tokens: input + output, input_token_details: { cache_read: turn > 1 ? 300 : 0 } },
      response_metadata: { model_name: this.modelName, finish_reason: calls.length > 0 ? 'tool_calls' : 'stop' },
    });
    return { generations: [{ text, message }] };
  }
}

/** The last thing a person said. @param {import('@langchain/core/messages').BaseMessage[]} messages */
export function asked(messages) {
  return messages.findLast((message) => message.getType() === 'human')?.text ?? '';
}

/** How many tool results came since then. @param {import('@langchain/core/messages').BaseMessage[]} messages */
export function resultsSince(messages) {
  const from = messages.findLastIndex((message) => message.getType() === 'human');
  return messages.slice(from + 1).filter((message) => message.getType() === 'tool');
}
