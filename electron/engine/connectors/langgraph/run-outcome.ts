/** How a run stands. The runs list and the state say it; thread.status does not. Pure. */
import type { ActivityStatus, TaskOutcome } from '../../../../shared/domain.ts';
import type { Draft } from '../../ingest/draft.ts';
import { cleanName, cleanText } from '../../ingest/normalise/read.ts';
import { isObject } from '../foreign-json.ts';
import { waits } from './run-view.ts';
import type { Step, ThreadRead, Waiting } from './run-view.ts';
import { runOf, textAt } from './shapes.ts';
import type { Run, StepTask } from './shapes.ts';

export interface RunStands {
  readonly outcome: TaskOutcome;
  readonly status: ActivityStatus;
  readonly endUs: number | undefined;
  readonly error?: Draft['error'];
}

/** Without a word about it a graph may take so many steps. */
const usualRecursionLimit = 25;

export interface Around {
  readonly read: ThreadRead;
  readonly steps: readonly Step[];
  readonly waiting: Waiting | null;
  /** The server is of the kind that says `interrupted` of a cancelled run; the others say `error` of it. Probed, never read off a version. */
  readonly cancelsApart: boolean;
}

export function standOf(run: Run, around: Around): RunStands {
  switch (run.status) {
    case 'pending':
    case 'running':
      return { outcome: 'running', status: 'running', endUs: undefined };
    case 'success':
      return whereSucceeded(run, around);
    case 'interrupted':
      if (waits(around.waiting, run)) return { outcome: 'waiting', status: 'running', endUs: undefined };
      return { outcome: 'cancelled', status: 'cancelled', endUs: run.updated_at };
    case 'timeout':
      return { outcome: 'failed', status: 'error', endUs: run.updated_at, error: { type: 'timeout', message: 'The runtime ended the run because it took too long.' } };
    case 'error':
      return whereFailed(run, around);
    default:
      return { outcome: 'unknown', status: 'interrupted', endUs: run.updated_at };
  }
}

/** A run that asks a person is a success to the server; to us it waits, and it ends when somebody answers. */
function whereSucceeded(run: Run, { read, steps, waiting }: Around): RunStands {
  if (waits(waiting, run)) return { outcome: 'waiting', status: 'running', endUs: undefined };
  const answered = steps.find((step) => step.run !== run && runOf(step.state) === run.run_id && step.fromUs === step.run.created_at);
  const next = answered === undefined ? undefined : read.runs.find((other) => other.created_at > run.created_at && other.run_id === answered.run.run_id);
  return { outcome: 'completed', status: 'ok', endUs: Math.max(run.updated_at, next?.created_at ?? 0) };
}

function whereFailed(run: Run, { read, steps, cancelsApart }: Around): RunStands {
  const failed = { outcome: 'failed', status: 'error', endUs: run.updated_at } as const;
  const own = steps.filter((step) => step.run === run);
  for (const step of own.filter((one) => one.untilUs === null)) {
    for (const task of step.tasks) if (task.error !== null && !brokenOff(task, step.tasks)) return { ...failed, error: errorOf(task.error) };
  }
  const configured = isObject(run.kwargs['config']) ? run.kwargs['config']['recursion_limit'] : undefined;
  const limit = typeof configured === 'number' && configured > 0 ? configured : usualRecursionLimit;
  const done = own.filter((step) => step.untilUs !== null).length;
  // Exactly so many: a graph may bring a limit of its own that no run tells, and one that went on past ours has one.
  if (done === limit || (done < limit && stepsByNumber(run, read) === limit)) return { ...failed, error: { type: 'GraphRecursionError', message: `It came to the limit of ${limit} steps (told from the steps: the server keeps no text of it).` } };
  const replacing = read.runs[read.runs.indexOf(run) + 1];
  if (replacing !== undefined && textAt(replacing.original, 'multitask_strategy') === 'rollback' && replacing.created_at <= run.updated_at) return { outcome: 'cancelled', status: 'cancelled', endUs: run.updated_at };
  if (cancelsApart || own.length === 0 || read.states.length === 0) return { ...failed, error: { message: 'The server says that the run failed, but keeps no text of it: no step of it failed. A run that was rolled back looks the same.' } };
  // No step failed and the server has one word for both (2.0.0): broken off from outside, which is what a cancel is.
  return { outcome: 'cancelled', status: 'cancelled', endUs: run.updated_at };
}

/** Of a run that began its thread the server's own count tells, also where its first states are too far back to be read; null: it does not. */
function stepsByNumber(run: Run, { runs, states }: ThreadRead): number | null {
  const newest = runs[0] === run ? states.find((state) => runOf(state) === run.run_id) : undefined;
  const step = newest?.metadata['step'];
  return typeof step === 'number' ? step : null;
}

/** When one of several tasks of a step fails, the server breaks the others off and calls that an error too. */
export function brokenOff(task: StepTask, tasks: readonly StepTask[]): boolean {
  const aborted = (one: StepTask): boolean => one.error !== null && isAbort(one.error);
  return aborted(task) && tasks.some((one) => one.error !== null && !aborted(one));
}

/** What the server writes to a step that it broke off, whatever that step does: the name of an abort, or the bare reason of it (measured beside a step that asks). */
export function isAbort(error: unknown): boolean {
  const { type, message } = errorOf(error);
  return type === 'AbortError' || type === 'CancelledError' || ((type === undefined || type === 'Error') && (message === 'interrupt' || message === 'rollback'));
}

/** JavaScript servers write `{"message","name"}`, Python ones `ValueError('...')`. */
export function errorOf(error: unknown): NonNullable<Draft['error']> {
  let told = error;
  if (typeof error === 'string' && error.startsWith('{')) {
    try {
      told = JSON.parse(error);
    } catch {
      // Text that only looks like JSON is told as it is.
      told = error;
    }
  }
  if (typeof told === 'string') {
    const python = /^([A-Za-z_][\w.]*)\((['"])([\s\S]*)\2,?\)$/.exec(told);
    return python === null ? { message: cleanText(told) } : { type: cleanName(python[1] ?? ''), message: cleanText(python[3] ?? '') };
  }
  const message = textAt(told, 'message') ?? textAt(told, 'error');
  const type = textAt(told, 'name') ?? textAt(told, 'type');
  return { ...(type === undefined ? {} : { type: cleanName(type) }), message: cleanText(message ?? 'The server gives no text.') };
}
