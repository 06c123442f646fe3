/** One thread as it was read: its runs in order, its states, and which run did which step. Pure. */
import { isObject } from '../foreign-json.ts';
import type { Interrupt, Run, StepTask, ThreadState } from './shapes.ts';
import { checkpointOf, interruptId, parentOf, runOf } from './shapes.ts';

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
  /** the state that came of it. */
  readonly after: ThreadState | null;
  /** the run that began anew from here with other input, and left the step undone. */
  readonly passedBy: Run | null;
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
  return states.flatMap((state) => {
    const tasks = state.tasks.filter((task) => task.name !== '__start__' || task.error !== null);
    if (tasks.length === 0) return [];
    const child = childOf.get(checkpointOf(state) ?? '');
    const source = String(child?.metadata['source']);
    const found = child !== undefined && (source === 'input' || madeByHand.has(source)) ? undoneBy(state, child, runs) : doneBy(state, child, { runs, byId, newest: states[0] });
    if (found === null) return [];
    // A step that waited for an answer is done by the run that brought it.
    return [{ state, tasks, fromUs: Math.max(state.created_at ?? 0, found.run.created_at), ...found }];
  });
}

type StepEnd = Pick<Step, 'run' | 'untilUs' | 'after' | 'passedBy'>;

function doneBy(state: ThreadState, child: ThreadState | undefined, { runs, byId, newest }: { readonly runs: readonly Run[]; readonly byId: ReadonlyMap<string, Run>; readonly newest: ThreadState | undefined }): StepEnd | null {
  const run = child === undefined ? (state === newest ? lastThatRan(runs, newest) : undefined) : byId.get(runOf(child) ?? '');
  return run === undefined ? null : { run, untilUs: child === undefined ? null : (child.created_at ?? null), after: child ?? null, passedBy: null };
}

/** A run that came with input, or a person's edit, went on from here: the step is that of the run that came to a stop before it, by failure, cancel or question. */
function undoneBy(state: ThreadState, child: ThreadState, runs: readonly Run[]): StepEnd | null {
  const next = child.metadata['source'] === 'input' ? runs.findIndex((run) => run.run_id === runOf(child)) : -1;
  const before = (next === -1 ? runs.filter((run) => run.created_at <= (child.created_at ?? 0)) : runs.slice(0, next)).filter((run) => run.status !== 'pending');
  const failed = state.tasks.some((task) => task.error !== null);
  const run = failed ? before.findLast((one) => one.status === 'error') : lastThatRan(before, state);
  if (run === undefined) return null;
  // At a gate, and where a person wrote over it, nobody did anything.
  if (!failed && (next === -1 || (run.status === 'success' && state.tasks.every((task) => task.interrupts.length === 0)))) return null;
  return { run, untilUs: null, after: null, passedBy: runs[next] ?? null };
}

export interface Asked {
  readonly task: StepTask;
  readonly interrupt: Interrupt;
  /** null: the server gave it none. */
  readonly id: string | null;
  /** the run that asked; not the last one when that answered another question only. */
  readonly by: Run;
}

/** A question that waited when the thread was last read. */
export interface KnownQuestion { readonly run: string; readonly id: string }

export interface Waiting {
  /** the run that came to a stop here. */
  readonly run: Run;
  readonly state: ThreadState;
  /** empty: nobody asks, the run stands before a step, by `interrupt_before` or `interrupt_after`. */
  readonly asked: readonly Asked[];
  /** a run goes on that answers another question of the same step: until it has ended the thread takes no answer. */
  readonly busy: boolean;
}

export const isGate = (waiting: Waiting): boolean => waiting.asked.length === 0;
export const waits = (waiting: Waiting | null, run: Run): boolean => waiting !== null && (isGate(waiting) ? waiting.run === run : waiting.asked.some((one) => one.by === run));

/** SECURITY: thread.status is not asked: it misses protocol runs and is wrong after a cancel (measured). */
export function waitingIn({ runs, states }: ThreadRead, nowUs: number, known: readonly KnownQuestion[]): Waiting | null {
  const state = states[0];
  if (state === undefined) return null;
  const begun = runs.filter((run) => run.status !== 'pending' || run.created_at <= nowUs);
  const busy = begun.some(isOpen);
  const run = busy ? begun.at(-1) : lastThatRan(begun, state);
  if (run === undefined || (!busy && run.status !== 'success' && run.status !== 'interrupted')) return null;
  const asked = asksIn(state, begun.slice(0, begun.indexOf(run) + 1), run, known).filter((one) => !busy || one.by !== run);
  if (asked.length > 0) return { run, state, asked, busy };
  // SECURITY: a task of which it is not told what it asks is no gate: going on could answer a question that nobody was shown.
  const stands = !busy && state.next.length > 0 && !state.next.includes('__start__') && state.tasks.every((task) => task.error === null && task.interruptsTold && task.interrupts.length === 0);
  if (!stands) return null;
  // A cancelled run leaves steps before it too; only one that was told to stand there waits.
  return run.status === 'success' || gatesOf(run).some((name) => name === '*' || state.next.includes(name)) ? { run, state, asked: [], busy } : null;
}

function asksIn(state: ThreadState, runs: readonly Run[], last: Run, known: readonly KnownQuestion[]): Asked[] {
  return state.tasks.filter((task) => task.result === null).flatMap((task) => task.interrupts.flatMap((interrupt) => {
    const id = interruptId(interrupt);
    if (id !== null && isAnswered(id, task, state, runs)) return [];
    // A question that was seen before stays with the run that asked it, unless somebody answered it and it is asked anew.
    const before = known.find((one) => one.id === id);
    const asker = before === undefined ? undefined : runs.find((one) => one.run_id === before.run);
    return [{ task, interrupt, id, by: asker !== undefined && answererOf(before?.id ?? '', asker, runs) === undefined ? asker : last }];
  }));
}

/**
 * Of two questions of one step, the one that was answered keeps its interrupt until the other is answered too (measured), and a step that
 * gives nothing back has no result to tell it by. `next` alone does not tell either: it is empty while a step asks its second question.
 */
const isAnswered = (id: string, task: StepTask, { next }: ThreadState, runs: readonly Run[]): boolean =>
  next.length > 0 && !next.includes(task.name) && runs.some((run) => answeredBy(run)?.includes(id) === true);

/** The interrupts that a run answered by their ids; null: it answered whatever asked first, or nothing. */
function answeredBy(run: Run): readonly string[] | null {
  const command = run.kwargs['command'];
  const resume = isObject(command) ? command['resume'] : undefined;
  const ids = isObject(resume) ? Object.keys(resume) : [];
  return ids.length > 0 && ids.every((id) => /^[0-9a-f]{32}$/.test(id)) ? ids : null;
}

/** The first run after the one that asked that did not leave the question open. */
export function answererOf(id: string, asking: Run, runs: readonly Run[]): Run | undefined {
  return runs.slice(runs.indexOf(asking) + 1).find((run) => answeredBy(run)?.includes(id) ?? true);
}

export function gatesOf(run: Run): readonly string[] {
  return ['interrupt_before', 'interrupt_after'].flatMap((key) => {
    const value = run.kwargs[key];
    if (value === '*') return ['*'];
    return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
  });
}
