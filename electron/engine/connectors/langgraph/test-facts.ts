/** Runs and states as a server writes them, for tests of what is made of them. Times are seconds after the beginning. */
import type { AgentFacts } from './drafts.ts';
import { run, threadState } from './shapes.ts';
import type { Run, ThreadState } from './shapes.ts';

export const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 1) + seconds * 1_000).toISOString();
export const usAt = (seconds: number): number => Date.parse(at(seconds)) * 1_000;

export function aRun(id: string, status: string, [from, to]: readonly [number, number], kwargs: Record<string, unknown> = {}): Run {
  return run.parse({ run_id: id, thread_id: 't-1', assistant_id: 'a-1', status, created_at: at(from), updated_at: at(to), metadata: { graph_id: 'desk' }, kwargs });
}

export interface StateFacts { readonly id: string; readonly parent?: string; readonly run: string; readonly seconds: number; readonly step?: number; readonly values?: unknown; readonly tasks?: readonly object[]; readonly source?: string }

export function aState({ id, parent, run: runId, seconds, step = 1, values = {}, tasks = [], source = 'loop' }: StateFacts): ThreadState {
  return threadState.parse({
    values, next: tasks.map((task) => ('name' in task ? task.name : '')), tasks: tasks.map((task) => ({ id: `task-${id}`, interrupts: [], error: null, result: null, ...task })),
    metadata: { run_id: runId, source, step }, created_at: at(seconds), checkpoint: { checkpoint_id: id }, parent_checkpoint: parent === undefined ? null : { checkpoint_id: parent },
  });
}

export const desk: AgentFacts = { claim: { id: 'a-1', name: 'desk' }, toolNodes: new Set(['tools']) };
