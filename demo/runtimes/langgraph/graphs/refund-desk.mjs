/** LangChain's own agent with its own human-in-the-loop middleware: a refund waits for a person, a look-up does not. */
import { tool } from '@langchain/core/tools';
import { createAgent, humanInTheLoopMiddleware } from 'langchain';
import { z } from 'zod';
import { asked, resultsSince, StandInModel } from '../stand-in-model.mjs';

const model = new StandInModel({
  name: 'stand-in-small-1',
  script: (messages) => {
    const text = asked(messages);
    const orderId = /ORD-\d+/.exec(text)?.[0] ?? 'ORD-77';
    const results = resultsSince(messages);
    if (results.length === 0) return { calls: [{ name: 'get_order', args: { orderId } }] };
    if (results.length === 1) {
      const refund = (amount) => ({ name: 'issue_refund', args: { orderId, amount, currency: 'EUR' } });
      return { calls: text.includes('both') ? [refund(180), { name: 'send_email', args: { to: 'customer@example.com', subject: `Refund for ${orderId}` } }] : [refund(180)] };
    }
    return { text: `Done with ${orderId}: ${results.at(-1)?.text ?? ''}` };
  },
});

const agent = createAgent({
  model,
  tools: [
    tool(async ({ orderId }) => JSON.stringify({ orderId, total: 180, currency: 'EUR' }), { name: 'get_order', description: 'Reads an order.', schema: z.object({ orderId: z.string() }) }),
    tool(async ({ orderId, amount, currency }) => `refunded ${amount} ${currency} for ${orderId}`, {
      name: 'issue_refund', description: 'Pays money back.', schema: z.object({ orderId: z.string(), amount: z.number(), currency: z.string() }),
    }),
    tool(async ({ to }) => `sent to ${to}`, { name: 'send_email', description: 'Writes to a customer.', schema: z.object({ to: z.string(), subject: z.string() }) }),
  ],
  middleware: [humanInTheLoopMiddleware({
    interruptOn: {
      issue_refund: { allowedDecisions: ['approve', 'edit', 'reject'], description: 'A refund moves money to a customer.' },
      send_email: { allowedDecisions: ['approve', 'reject'] },
    },
  })],
});

export const graph = agent.graph;
