/**
 * A local stand-in for a model provider: speaks the chat-completions wire format on loopback and follows a script. Real
 * agents run against it in tests; the texts and token counts are invented, everything else is the agents' own.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedAnswer {
  readonly toolCall?: { readonly name: string; readonly args: unknown };
  readonly text?: string;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

export interface StandInModel {
  readonly url: string;
  /** how many requests were answered */
  readonly served: () => number;
  close(): Promise<void>;
}

function completion(answer: ScriptedAnswer, turn: number): unknown {
  const message = answer.toolCall
    ? { role: 'assistant', content: null, tool_calls: [{ id: `call_${turn}_${answer.toolCall.name}`, type: 'function', function: { name: answer.toolCall.name, arguments: JSON.stringify(answer.toolCall.args) } }] }
    : { role: 'assistant', content: answer.text ?? '' };
  return {
    id: `chatcmpl-${turn}`, object: 'chat.completion', created: 1_790_000_000, model: 'stand-in-1',
    choices: [{ index: 0, message, finish_reason: answer.toolCall ? 'tool_calls' : 'stop' }],
    usage: {
      prompt_tokens: answer.promptTokens, completion_tokens: answer.completionTokens, total_tokens: answer.promptTokens + answer.completionTokens,
      prompt_tokens_details: { cached_tokens: answer.cachedTokens },
    },
  };
}

/** Answers the script's turns in order, then 500 for ever. */
export async function startStandInModel(script: readonly ScriptedAnswer[]): Promise<StandInModel> {
  let turn = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const answer = script[turn];
      turn += 1;
      response.writeHead(answer ? 200 : 500, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ? completion(answer, turn) : { error: { message: 'the script has ended' } }));
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    served: () => turn,
    close: () => new Promise((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }),
  };
}
