/**
 * The states of threads as a stop sees them: each new one is a sign that a run acts, and the last one of a run names the steps that were
 * under way when it ended. Times are the server's.
 */
import { isAbort } from './run-outcome.ts';
import type { KnownRun } from './run-book.ts';
import { checkpointOf, parentOf, runOf, textAt } from './shapes.ts';
import type { ThreadState } from './shapes.ts';

export interface TrailState {
  readonly id: string;
  readonly parent: string | null;
  readonly atUs: number;
  readonly run: string | null;
  readonly agent: string | null;
  /** `input`: a run began; `update` and `fork`: a person wrote it. */
  readonly source: string;
  readonly step: number | null;
  /** nodes that come next. */
  readonly next: readonly string[];
  /** of those, the ones of which nothing says that they ended or that they wait for a person. */
  readonly underWay: readonly string[];
  /** of those, the ones that wait for a person: whoever goes on from here does them, and leaves no state before they are done. */
  readonly asking: readonly string[];
  /** it waits for a person here. */
  readonly asks: boolean;
}

export interface Trail {
  /** the newest first. */
  readonly states: readonly TrailState[];
  /** there are older ones that were not read. */
  readonly cut: boolean;
  /** our time when it was last asked for, milliseconds. */
  readonly readMs: number;
}

const mostKept = 60;
const mostTrails = 5_000;

function lite(state: ThreadState): TrailState | null {
  const id = checkpointOf(state);
  if (id === null || state.created_at === null) return null;
  const asks = state.tasks.some((task) => task.interrupts.length > 0);
  const tasksOf = (name: string): ThreadState['tasks'] => state.tasks.filter((task) => task.name === name);
  // What the server broke off together with another step may go on all the same.
  const undone = (task: ThreadState['tasks'][number]): boolean => task.result === null && (task.error === null || isAbort(task.error));
  const going = (name: string): boolean => tasksOf(name).length === 0 || tasksOf(name).some((task) => undone(task) && task.interrupts.length === 0);
  const next = [...new Set(state.next)].filter((name) => name !== '__start__');
  const step = state.metadata['step'];
  return {
    id, parent: parentOf(state), atUs: state.created_at, run: runOf(state) ?? null, agent: textAt(state.metadata, 'assistant_id') ?? null, source: textAt(state.metadata, 'source') ?? '',
    step: typeof step === 'number' ? step : null, next: state.next.slice(0, 100), asks, underWay: next.filter(going).slice(0, 100),
    asking: next.filter((name) => tasksOf(name).some((task) => undone(task) && task.interrupts.length > 0)).slice(0, 100),
  };
}

export class StateTrails {
  readonly #trails = new Map<string, Trail>();

  of(thread: string): Trail | undefined { return this.#trails.get(thread); }

  take(thread: string, read: readonly ThreadState[], whole: boolean, askedMs: number): void {
    const before = this.#trails.get(thread);
    const found = new Map(before?.states.map((state) => [state.id, state]));
    for (const state of read) {
      const one = lite(state);
      // Read again each time: a task's result and its questions come after the state.
      if (one !== null) found.set(one.id, one);
    }
    const states = [...found.values()].toSorted((a, b) => b.atUs - a.atUs || (a.id < b.id ? 1 : -1));
    this.#trails.delete(thread);
    this.#trails.set(thread, { states: states.slice(0, mostKept), cut: states.length > mostKept || (before === undefined ? !whole : before.cut && !whole), readMs: askedMs });
    for (const old of this.#trails.keys()) {
      if (this.#trails.size <= mostTrails) break;
      this.#trails.delete(old);
    }
  }
}

/** `nothing`: no step of it can be under way. `unknown`: the states do not say. */
export type UnderWay = { readonly steps: readonly string[]; readonly sinceUs: number } | 'nothing' | 'unknown';

/** What was under way when a run ended otherwise than by itself. `neverBegan`: another run held its thread until it was cancelled. */
export function underWayOf(run: KnownRun, trail: Trail, neverBegan: boolean): UnderWay {
  const own = ownState(run, trail);
  if (own !== undefined) return stepsAt(own, run, own.underWay);
  if (neverBegan) return 'nothing';
  // Whoever deletes a run deletes its states with it.
  if (run.status === 'gone') return 'unknown';
  const at = trail.states.find((state) => state.atUs <= run.updatedUs);
  if (at === undefined && trail.cut) return 'unknown';
  // Its first step would have left a state; one that writes none before its end is not known.
  if (run.hasInput) return run.silent ? 'unknown' : 'nothing';
  // Measured: a step that asked and was answered is under way again, and its state still shows the question until it is done.
  return at === undefined ? 'unknown' : stepsAt(at, run, [...new Set([...at.underWay, ...at.asking])]);
}

export const ownState = (run: KnownRun, trail: Trail): TrailState | undefined => trail.states.find((state) => state.run === run.id);

function stepsAt(state: TrailState, run: KnownRun, underWay: readonly string[]): UnderWay {
  // The state that took the input stands before the first step: the server writes it and goes on at once.
  const steps = state.source === 'input' && underWay.length === 0 && state.next.length > 0 ? null : underWay;
  if (steps === null) return 'unknown';
  return steps.length === 0 ? 'nothing' : { steps, sinceUs: Math.max(state.atUs, run.createdUs) };
}
