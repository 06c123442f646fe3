/** One thread as it was read: its runs in order, its states, and which run did which step. Pure. */
import type { StepTask, Run, ThreadState } from './shapes.ts';
import { checkpointOf, parentOf, runOf } from './shapes.ts';

export interface ThreadRead {
  readonly threadId: string;
  readonly runs: readonly Run[];
  /** states, the newest first; the tasks of each came after it. Empty: nothing of it can be read. */
  readonly states: readonly ThreadState[];
}

/** A step: the tasks of one state, the run that did them, and the state that came out. */
export interface Step {
  readonly state: ThreadState;
  readonly tasks: readonly StepTask[];
  readonly run: Run;
  readonly fromUs: number;
  /** null: no state has come of it (yet). */
  readonly untilUs: number | null;
}

export const isOpen = (run: Run): boolean => run.status === 'running' || run.status === 'pending';

export function inOrder(runs: readonly Run[]): Run[] {
  return runs.toSorted((a, b) => a.created_at - b.created_at || (a.run_id < b.run_id ? -1 : 1));
}

/** The run that came to a stop at the newest state: a run that was cancelled before it began did nothing there. */
export function lastThatRan(runs: readonly Run[], head: ThreadState | undefined): Run | undefined {
  const ran = runs.filter((run) => run.status !== 'pending');
  const last = ran.at(-1);
  const asks = head?.tasks.some((task) => task.interrupts.length > 0) === true;
  if (last === undefined || last.status !== 'interrupted' || !asks) return last;
  return ran.findLast((run) => run.status !== 'interrupted') ?? last;
}

/** Steps that a person's edit of the state made are nobody's work. */
const madeByHand: ReadonlySet<string> = new Set(['update', 'fork']);

export function stepsOf({ runs, states }: ThreadRead): Step[] {
  const byId = new Map(runs.map((run) => [run.run_id, run]));
  const childOf = new Map<string, ThreadState>();
  for (const state of states) {
    const parent = parentOf(state);
    // Newest first: of two that came of one state (a fork), the newest counts.
    if (parent !== null && !childOf.has(parent)) childOf.set(parent, state);
  }
  const last = lastThatRan(runs, states[0]);
  return states.flatMap((state) => {
    const id = checkpointOf(state);
    const child = id === null ? undefined : childOf.get(id);
    if (child !== undefined && madeByHand.has(String(child.metadata['source']))) return [];
    const run = child === undefined ? (state === states[0] ? last : undefined) : byId.get(runOf(child) ?? '');
    const tasks = state.tasks.filter((task) => task.name !== '__start__' || task.error !== null);
    if (run === undefined || tasks.length === 0) return [];
    // A step that waited for an answer is done by the run that brought it.
    return [{ state, tasks, run, fromUs: Math.max(state.created_at ?? 0, run.created_at), untilUs: child === undefined ? null : (child.created_at ?? null) }];
  });
}

export interface Waiting {
  readonly run: Run;
  readonly state: ThreadState;
  /** no task asks: the run stands before a step, by `interrupt_before` or `interrupt_after`. */
  readonly gate: boolean;
}

/** SECURITY: thread.status is not asked: it misses protocol runs and is wrong after a cancel (measured). */
export function waitingIn({ runs, states }: ThreadRead, nowUs: number): Waiting | null {
  const state = states[0];
  if (state === undefined || runs.some((run) => run.status === 'running' || (run.status === 'pending' && run.created_at <= nowUs))) return null;
  const run = lastThatRan(runs, state);
  if (run === undefined || (run.status !== 'success' && run.status !== 'interrupted')) return null;
  if (state.tasks.some((task) => task.interrupts.length > 0)) return { run, state, gate: false };
  const stands = state.next.length > 0 && !state.next.includes('__start__') && state.tasks.every((task) => task.error === null);
  if (!stands) return null;
  // A cancelled run leaves steps before it too; only one that was told to stand there waits.
  return run.status === 'success' || gatesOf(run).some((name) => name === '*' || state.next.includes(name)) ? { run, state, gate: true } : null;
}

export function gatesOf(run: Run): readonly string[] {
  return ['interrupt_before', 'interrupt_after'].flatMap((key) => {
    const value = run.kwargs[key];
    if (value === '*') return ['*'];
    return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
  });
}
