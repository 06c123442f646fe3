/**
 * Work that leaves a trace outside of the server: each act appends a line with its time to `file`, in the server's own folder. `how` says how
 * it takes a cancel:
 * - `steps` (when left out): `acts` short steps of `ms` each, one act a step, a checkpoint after every one;
 * - `honours`: all acts in one step that looks at its abort signal;
 * - `ignores`: all acts in one step that never looks at it;
 * - `blocks`: all acts in one step that never yields either, so that the whole server stands still.
 * A step `report` follows, with an act of its own, so that one sees whether the next step began. With `tells` each part of the work is told
 * of by telemetry too. With `asks` a person is asked: `first` by the step itself, which goes on when it is answered, or `beside` it.
 */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { teller } from '../tell-acts.mjs';

const State = Annotation.Root({ how: Annotation(), file: Annotation(), acts: Annotation(), ms: Annotation(), tells: Annotation(), asks: Annotation(), done: Annotation({ reducer: (_old, now) => now, default: () => 0 }) });

/** Only a name: whoever may start runs does not choose where on this machine is written. */
function act({ file }, what) {
  if (typeof file === 'string') appendFileSync(path.join(process.env.LANGGRAPH_STATE_FOLDER ?? '.', path.basename(file)), `${new Date().toISOString()} ${what}\n`);
}

function holdStill(ms) {
  const until = Date.now() + ms;
  while (Date.now() < until) Math.sqrt(until);
}

async function sweep(state, config) {
  const { how = 'steps', acts = 20, ms = 250, done } = state;
  if (state.asks === 'first') interrupt('Shall it begin?');
  const most = how === 'steps' ? done + 1 : acts;
  const tell = (state.tells ? await teller(config) : null) ?? ((work) => work());
  for (let one = done; one < most; one++) {
    if (how === 'blocks') holdStill(ms);
    else await sleep(ms, undefined, how === 'ignores' ? {} : { signal: config.signal });
    tell(() => act(state, `part ${one + 1}`));
  }
  return { done: most };
}

export const graph = new StateGraph(State)
  .addNode('sweep', sweep)
  .addNode('report', (state) => {
    act(state, 'report');
    return {};
  })
  .addNode('question', () => {
    interrupt('Is this folder to be kept?');
    return {};
  })
  .addConditionalEdges(START, ({ asks }) => (asks === 'beside' ? ['sweep', 'question'] : ['sweep']), ['sweep', 'question'])
  .addEdge('question', END)
  .addConditionalEdges('sweep', ({ acts = 20, done }) => (done < acts ? 'sweep' : 'report'), ['sweep', 'report'])
  .addEdge('report', END)
  .compile()
  .withConfig({ recursionLimit: 100_000 });
