/** Slow work in many short steps: `ticks` of `ms` each, a checkpoint after every one. Ends at once when it is cancelled. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';

const State = Annotation.Root({ ticks: Annotation(), ms: Annotation(), done: Annotation({ reducer: (_old, now) => now, default: () => 0 }) });

export const graph = new StateGraph(State)
  .addNode('count', async ({ ms, done }, config) => {
    await sleep(ms ?? 500, undefined, { signal: config.signal });
    return { done: done + 1 };
  })
  .addEdge(START, 'count')
  .addConditionalEdges('count', ({ ticks, done }) => (done < (ticks ?? 10) ? 'count' : END), ['count', END])
  .compile()
  .withConfig({ recursionLimit: 1_000 });
