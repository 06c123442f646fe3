/** One long step that never looks at its abort signal: `ms` of work whatever anybody says, then a second step. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';

const State = Annotation.Root({ ms: Annotation(), exported: Annotation() });

export const graph = new StateGraph(State)
  .addNode('export', async ({ ms }) => {
    await sleep(ms ?? 4_000);
    return { exported: true };
  })
  .addNode('upload', () => ({}))
  .addEdge(START, 'export').addEdge('export', 'upload').addEdge('upload', END)
  .compile();
