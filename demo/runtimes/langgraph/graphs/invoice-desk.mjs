/** A model with a ToolNode of several tools. "... refused" makes the payment fail; the agent then says so and ends well. */
import { setTimeout as sleep } from 'node:timers/promises';
import { tool } from '@langchain/core/tools';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import { z } from 'zod';
import { asked, resultsSince, StandInModel } from '../stand-in-model.mjs';

const tools = [
  tool(async ({ invoiceId }) => JSON.stringify({ invoiceId, amount: 250, supplier: 'Lindqvist AB', status: 'open' }), {
    name: 'get_invoice', description: 'Reads one invoice.', schema: z.object({ invoiceId: z.string() }),
  }),
  tool(async ({ name }) => JSON.stringify({ name, iban: 'SE35 5000 0000 0549 1000 0003' }), {
    name: 'find_supplier', description: 'Looks a supplier up.', schema: z.object({ name: z.string() }),
  }),
  tool(async ({ refused }) => {
    await sleep(30);
    if (refused) throw new Error('Payment gateway refused: the account is blocked');
    return 'paid';
  }, { name: 'send_payment', description: 'Pays an invoice.', schema: z.object({ invoiceId: z.string(), amount: z.number(), refused: z.boolean() }) }),
];

const model = new StandInModel({
  name: 'stand-in-large-1',
  script: (messages) => {
    const text = asked(messages);
    const invoiceId = /INV-\d+/.exec(text)?.[0] ?? 'INV-1001';
    const results = resultsSince(messages);
    if (results.length === 0) return { calls: [{ name: 'get_invoice', args: { invoiceId } }, { name: 'find_supplier', args: { name: 'Lindqvist AB' } }] };
    if (results.length === 2) return { calls: [{ name: 'send_payment', args: { invoiceId, amount: 250, refused: text.includes('refused') } }] };
    return { text: results.at(-1)?.text === 'paid' ? `${invoiceId} is paid.` : `${invoiceId} could not be paid.` };
  },
});

export const graph = new StateGraph(MessagesAnnotation)
  .addNode('agent', async ({ messages }, config) => ({ messages: [await model.invoke(messages, config)] }))
  .addNode('tools', new ToolNode(tools))
  .addEdge(START, 'agent')
  .addConditionalEdges('agent', ({ messages }) => (messages.at(-1)?.tool_calls?.length ? 'tools' : END), ['tools', END])
  .addEdge('tools', 'agent')
  .compile();
