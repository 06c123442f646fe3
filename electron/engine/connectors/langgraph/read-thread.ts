/** Reads one thread as far as it is new: its runs first, then its states, so that a state is never older than what the runs say. */
import { RuntimeFault } from '../connector.ts';
import type { Api, Page } from './api.ts';
import type { ThreadMark } from './checkpoint.ts';
import { inOrder } from './run-view.ts';
import type { ThreadRead } from './run-view.ts';
import { checkpointOf } from './shapes.ts';
import type { Run, ThreadState } from './shapes.ts';

export interface ThreadNews {
  readonly read: ThreadRead;
  /** rows that could not be read. */
  readonly bad: number;
  /** not all of its past could be read: so many runs or states are the most that is. */
  readonly cut: boolean;
}

const runsInPage = 1_000;
const mostRuns = 5_000;
const statesInPage = 20;
const mostStates = 300;

/** `gone`: the thread is not there (any more). `unreadable`: it alone cannot be read; the others can. */
export async function readThread(api: Api, threadId: string, mark: ThreadMark | null, most = mostStates): Promise<ThreadNews | 'gone' | { readonly unreadable: RuntimeFault }> {
  try {
    const runs = await allRuns(api, threadId);
    const since = async (head: string | null): ReturnType<typeof newStates> => newStates(api, threadId, head, runs.items, most).catch((error: unknown) => {
      // Its graph is no longer there: nothing can be told of its steps, and nothing of it can wait.
      if (error instanceof RuntimeFault && error.kind === 'gone') return { items: [], bad: 0, cut: false };
      throw error;
    });
    let states = await since(mark?.head ?? null);
    if (mark !== null && mark.head !== null && failedWithoutWords(runs.items, states.items, mark)) states = await since(null);
    return { read: { threadId, runs: inOrder(runs.items), states: states.items }, bad: runs.bad + states.bad, cut: runs.cut || states.cut };
  } catch (error) {
    if (!(error instanceof RuntimeFault)) throw error;
    if (error.kind === 'gone') return 'gone';
    if (error.kind === 'garbage' || error.kind === 'runtime_error' || error.kind === 'conflict') return { unreadable: error };
    throw error;
  }
}

/** Why such a run ended is told from all of its steps, not from the newest alone. */
function failedWithoutWords(runs: readonly Run[], states: readonly ThreadState[], mark: ThreadMark): boolean {
  const wasOpen = new Set(mark.open.map((one) => one.run));
  return runs.some((run) => run.status === 'error' && wasOpen.has(run.run_id)) && states[0]?.tasks.every((task) => task.error === null) === true;
}

/** The server counts `limit` from the list's start, not from `offset` (1.5.1, 2.0.0): asking for more than is left gets the rest either way. */
export async function allRuns(api: Api, threadId: string): Promise<{ items: Run[]; bad: number; cut: boolean }> {
  const found = new Map<string, Run>();
  let bad = 0;
  for (let offset = 0; offset < mostRuns; offset += runsInPage) {
    const page = await api.runs(threadId, offset, offset + runsInPage).catch((error: unknown) => {
      // Servers that count right may refuse so large a limit; what they gave first were the newest.
      if (offset > 0 && error instanceof RuntimeFault && error.kind === 'conflict') return null;
      throw error;
    });
    if (page === null) break;
    for (const run of page.items) found.set(run.run_id, run);
    bad += page.bad;
    if (page.count < runsInPage) return { items: [...found.values()], bad, cut: false };
  }
  return { items: [...found.values()], bad, cut: true };
}

/** Back to the newest state that is known, that one included: its tasks have been done since. */
async function newStates(api: Api, threadId: string, head: string | null, runs: readonly Run[], most: number): Promise<{ items: ThreadState[]; bad: number; cut: boolean }> {
  if (runs.length === 0) return { items: [], bad: 0, cut: false };
  if (head !== null || most === 1) {
    const state = await api.state(threadId);
    if (most === 1 || checkpointOf(state) === head) return { items: [state], bad: 0, cut: false };
  }
  const items: ThreadState[] = [];
  let bad = 0;
  let size = statesInPage;
  for (let before: string | null = null; items.length < most;) {
    const page: Page<ThreadState> | null = await api.history(threadId, size, before).catch((error: unknown) => {
      // Each state carries all of the thread's values: of large ones twenty are more than one answer may hold.
      if (size > 1 && error instanceof RuntimeFault && error.kind === 'garbage') return null;
      throw error;
    });
    if (page === null) {
      size = 1;
      continue;
    }
    // What stands is told from the newest state. Taken from an older one, work would be shown waiting that has long gone on.
    if (before === null && page.bad > 0 && !(await isNewest(api, threadId, page.items[0]))) throw new RuntimeFault('garbage', 'Its newest state cannot be read.');
    bad += page.bad;
    for (const state of page.items) {
      items.push(state);
      if (head !== null && checkpointOf(state) === head) return { items, bad, cut: false };
    }
    const last = page.items.at(-1);
    before = last === undefined ? null : checkpointOf(last);
    if (page.count < size || before === null) return { items, bad, cut: false };
  }
  return { items, bad, cut: true };
}

async function isNewest(api: Api, threadId: string, state: ThreadState | undefined): Promise<boolean> {
  return state !== undefined && checkpointOf(await api.state(threadId)) === checkpointOf(state);
}
