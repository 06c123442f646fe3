/** Fails in its second step. */
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';

const State = Annotation.Root({ period: Annotation(), rows: Annotation() });

export const graph = new StateGraph(State)
  .addNode('load', () => ({ rows: 12 }))
  .addNode('compare', ({ period }) => {
    throw new TypeError(`Ledger ${typeof period === 'string' ? period : '2026-10'} is locked by another user`);
  })
  .addEdge(START, 'load').addEdge('load', 'compare').addEdge('compare', END)
  .compile();
