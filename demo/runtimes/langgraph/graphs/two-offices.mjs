/** Two offices are asked at the same time: finance in a step of its own, legal inside a graph of its own. Both answers are kept. */
import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';

const Legal = Annotation.Root({ legal: Annotation() });
const legal = new StateGraph(Legal)
  .addNode('ask_legal', () => ({ legal: interrupt('May we sign?') }))
  .addEdge(START, 'ask_legal').addEdge('ask_legal', END)
  .compile();

const State = Annotation.Root({ legal: Annotation(), finance: Annotation() });

export const graph = new StateGraph(State)
  .addNode('legal_office', legal)
  .addNode('finance_office', () => ({ finance: interrupt('May we pay?') }))
  .addEdge(START, 'legal_office').addEdge(START, 'finance_office')
  .addEdge('legal_office', END).addEdge('finance_office', END)
  .compile();
