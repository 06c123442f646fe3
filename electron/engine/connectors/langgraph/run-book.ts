/**
 * What a stop knows of a server's runs: which thread each is on, how it was last seen, and whether it was ever seen running. The server has
 * no list of runs, so that the book is what makes a stop of a thousand runs cost one request each rather than a search.
 */
import type { StopTarget } from '../stopping.ts';
import { isObject } from '../foreign-json.ts';
import { isOpen } from './run-view.ts';
import type { Run, Thread } from './shapes.ts';
import { textAt } from './shapes.ts';

export interface KnownRun {
  readonly id: string;
  readonly thread: string;
  readonly agent: string;
  readonly graph: string | null;
  /** by the server's clock. */
  readonly createdUs: number;
  readonly updatedUs: number;
  /** as the server last told it; `gone`: it was open and then no longer there. */
  readonly status: string;
  /** `waiting`: it was never seen otherwise than waiting for its turn before it ended; `ended`: it was first seen when it had. */
  readonly seen: 'waiting' | 'running' | 'ended';
  /** it brought input, so that its first step leaves a state; one that goes on from where another stopped leaves none before its step is done. */
  readonly hasInput: boolean;
  /** it writes no states before its end. */
  readonly silent: boolean;
  /** our time when it was first seen ended or gone, milliseconds; null: it is open. */
  readonly endedMs: number | null;
}

export interface KnownThread {
  readonly id: string;
  /** as listed when its runs were last read, by the server's clock; -1: it was not listed. */
  readonly updatedUs: number;
  readonly agent: string | null;
  readonly runs: number;
  readonly open: number;
  readonly readMs: number;
}

export const isOpenRun = (run: KnownRun): boolean => run.status === 'running' || run.status === 'pending';

const mostThreads = 20_000;
const mostEnded = 20_000;

export class Scope {
  readonly runs: ReadonlySet<string> | null;
  readonly agents: ReadonlySet<string> | null;

  constructor(target: StopTarget) {
    this.runs = target.runs === null ? null : new Set(target.runs);
    this.agents = target.agents === null ? null : new Set(target.agents);
  }

  /** Runs are named one by one or by their agents; where both are given, the runs are what is meant. */
  has(run: { readonly id: string; readonly agent: string | null }): boolean {
    if (this.runs !== null) return this.runs.has(run.id);
    return this.agents === null || (run.agent !== null && this.agents.has(run.agent));
  }

  hasAgent(agent: string | null): boolean { return this.runs === null && (this.agents === null || (agent !== null && this.agents.has(agent))); }
}

export class RunBook {
  readonly #runs = new Map<string, KnownRun>();
  readonly #threads = new Map<string, KnownThread>();
  readonly #ofThread = new Map<string, Set<string>>();
  /** the newest change that a whole listing of threads saw, by the server's clock; null: none was whole yet. */
  listedUs: number | null = null;

  /** runs that still waited right before our cancel was sent, and which runs were known to hold their thread then. */
  readonly #heldBack = new Map<string, readonly string[]>();
  /** runs whose cancel the server took from us. */
  readonly #cut = new Set<string>();

  run(id: string): KnownRun | undefined { return this.#runs.get(id); }
  thread(id: string): KnownThread | undefined { return this.#threads.get(id); }
  threads(): Iterable<KnownThread> { return this.#threads.values(); }
  runsOf(thread: string): KnownRun[] { return [...(this.#ofThread.get(thread) ?? [])].flatMap((id) => this.#runs.get(id) ?? []); }
  openIn(scope: Scope): KnownRun[] { return [...this.#runs.values()].filter((run) => isOpenRun(run) && scope.has(run)); }
  endedIn(scope: Scope): KnownRun[] { return [...this.#runs.values()].filter((run) => !isOpenRun(run) && scope.has(run)); }
  /** All runs that are meant are known, so that their threads are all that must be read. */
  knowsAll(scope: Scope): boolean { return scope.runs !== null && [...scope.runs].every((id) => this.#runs.has(id)); }

  /** A thread as it was read; `row`: as it was listed before; null: it was not. */
  take(threadId: string, row: Thread | null, runs: readonly Run[], nowMs: number): void {
    const there = new Set(runs.map((run) => run.run_id));
    for (const run of runs) this.#see(run, nowMs);
    for (const run of this.runsOf(threadId)) if (!there.has(run.id) && isOpenRun(run)) this.#runs.set(run.id, { ...run, status: 'gone', endedMs: nowMs });
    const before = this.#threads.get(threadId);
    const agent = (row === null ? undefined : textAt(row.metadata, 'assistant_id')) ?? before?.agent ?? runs.at(-1)?.assistant_id ?? null;
    // Newest at the end, so that what is forgotten first is what was not read for longest.
    this.#threads.delete(threadId);
    this.#threads.set(threadId, { id: threadId, updatedUs: row?.updated_at ?? before?.updatedUs ?? -1, agent, runs: runs.length, open: runs.filter(isOpen).length, readMs: nowMs });
    this.#forget();
  }

  /** A run as it stood right before it is cancelled. */
  tellBefore(run: Run, nowMs: number): void {
    const holders = this.runsOf(run.thread_id).filter((one) => one.status === 'running' && one.id !== run.run_id).map(({ id }) => id);
    this.#see(run, nowMs);
    if (run.status === 'pending') this.#heldBack.set(run.run_id, holders);
    else this.#heldBack.delete(run.run_id);
  }

  tellCut(id: string): void { this.#cut.add(id); }
  wasCut({ id }: KnownRun): boolean { return this.#cut.has(id); }

  /**
   * That it waited right before the cancel does not tell that it waited when the cancel came: measured, workers that other cancels set free take it
   * in between. Only one run of a thread goes on at a time: one that ran before and ended after it kept it from beginning.
   */
  neverBegan(run: KnownRun): boolean {
    // Of one that is gone it is not known when it ended.
    if (run.seen === 'running' || run.status === 'gone') return false;
    return (this.#heldBack.get(run.id) ?? []).some((id) => {
      const holder = this.#runs.get(id);
      return holder !== undefined && holder.status !== 'gone' && (isOpenRun(holder) || holder.updatedUs >= run.updatedUs);
    });
  }

  takeGone(threadId: string, nowMs: number): void {
    this.take(threadId, null, [], nowMs);
    this.#threads.delete(threadId);
  }

  #see(run: Run, nowMs: number): void {
    const before = this.#runs.get(run.run_id);
    const open = isOpen(run);
    const seen = run.status === 'running' || before?.seen === 'running' ? 'running' : before?.seen ?? (open ? 'waiting' : 'ended');
    this.#runs.set(run.run_id, {
      id: run.run_id, thread: run.thread_id, agent: run.assistant_id, graph: textAt(run.metadata, 'graph_id') ?? textAt(run.kwargs, 'config', 'configurable', 'graph_id') ?? null,
      createdUs: run.created_at, updatedUs: run.updated_at, status: run.status, seen,
      hasInput: (run.kwargs['input'] ?? null) !== null && !isObject(run.kwargs['command']),
      silent: run.kwargs['durability'] === 'exit' || run.kwargs['checkpoint_during'] === false || run.kwargs['temporary'] === true,
      endedMs: open ? null : before?.endedMs ?? nowMs,
    });
    const ids = this.#ofThread.get(run.thread_id);
    if (ids === undefined) this.#ofThread.set(run.thread_id, new Set([run.run_id]));
    else ids.add(run.run_id);
  }

  /** SECURITY: a server with threads and runs without end fills no memory; what is open is kept. */
  #forget(): void {
    for (const thread of this.#threads.values()) {
      if (this.#threads.size <= mostThreads) break;
      if (thread.open === 0) this.#threads.delete(thread.id);
    }
    if (this.#runs.size <= mostEnded * 1.2) return;
    let over = this.#runs.size - mostEnded;
    for (const run of this.#runs.values()) {
      if (over <= 0) break;
      if (isOpenRun(run)) continue;
      over -= 1;
      this.#heldBack.delete(run.id);
      this.#cut.delete(run.id);
      this.#runs.delete(run.id);
      const ids = this.#ofThread.get(run.thread);
      ids?.delete(run.id);
      if (ids?.size === 0) this.#ofThread.delete(run.thread);
    }
  }
}
