/**
 * Asks a person in the middle: `interrupt()` with whatever the input's `ask` is (a plain question when left out; each of a list, one after
 * the other) and keeps the answer.
 * A node before it makes a checkpoint, so that there is progress to see.
 */
import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';

const State = Annotation.Root({
  ask: Annotation(),
  clause: Annotation(),
  answer: Annotation(),
});

export const graph = new StateGraph(State)
  .addNode('read', () => ({ clause: 'Either side may end this contract with 90 days of notice.' }))
  .addNode('question', ({ ask, clause }) => ({ answer: Array.isArray(ask) ? ask.map((one) => interrupt(one)) : interrupt(ask ?? `Does this clause suit us? ${typeof clause === 'string' ? clause : ''}`) }))
  .addNode('file', ({ answer }) => {
    if (answer === 'break') throw new Error('The archive refused the answer');
    return {};
  })
  .addEdge(START, 'read').addEdge('read', 'question').addEdge('question', 'file').addEdge('file', END)
  .compile();
