/** What a thread that was read says: records, what is open, what waits. Pure. */
import type { Collected } from '../connector.ts';
import type { OpenQuestion } from './approvals.ts';
import { questionsOf } from './approvals.ts';
import type { ThreadMark } from './checkpoint.ts';
import { answeredInHistory, answeredRecord, askedIn, askedRecord, runRecord, stepRecords, vanishedRecord } from './drafts.ts';
import type { AgentFacts } from './drafts.ts';
import { messagesIn } from './messages.ts';
import { standOf } from './run-outcome.ts';
import type { Around } from './run-outcome.ts';
import { answererOf, isOpen, stepsOf, waitingIn, waits } from './run-view.ts';
import type { ThreadRead, Waiting } from './run-view.ts';
import { checkpointOf } from './shapes.ts';
import type { Run } from './shapes.ts';

export interface OpenWork {
  readonly run: string;
  readonly status: 'running' | 'pending';
  /** last sign of progress; of a delayed run: when it is to begin. */
  readonly sinceUs: number;
  /** pending behind another run of its thread: that is as it should be. */
  readonly behind: boolean;
  /** started by the thread protocol: it can be watched without taking anything away. */
  readonly protocol: boolean;
}

export interface ThreadTold {
  readonly records: readonly Collected[];
  readonly mark: ThreadMark;
  readonly questions: readonly OpenQuestion[];
  readonly work: readonly OpenWork[];
  readonly vanished: number;
}

export interface Teller {
  readonly agentOf: (assistantId: string, run: Run | null) => AgentFacts;
  readonly cancelsApart: boolean;
  readonly nowUs: number;
}

/** A run that changed a little before the thread was last read may have been told too early. */
const overlapUs = 10_000_000;

export function tellThread(read: ThreadRead, mark: ThreadMark | null, updatedUs: number, { agentOf, cancelsApart, nowUs }: Teller): ThreadTold {
  const { runs, states } = read;
  const agent = (run: Run): AgentFacts => agentOf(run.assistant_id, run);
  const waiting = waitingIn(read, nowUs, mark?.waits ?? []);
  const steps = stepsOf(read);
  const around: Around = { read, steps, waiting, cancelsApart };
  const speaks = states.some((state) => messagesIn(state.values).length > 0);
  const wasOpen = new Set(mark?.open.map((one) => one.run));
  const fresh = (run: Run): boolean => mark === null || isOpen(run) || wasOpen.has(run.run_id) || run.updated_at >= mark.updatedUs - overlapUs;
  const vanished = (mark?.open ?? []).filter((one) => runs.every((run) => run.run_id !== one.run));
  const records = [
    ...runs.filter(fresh).map((run) => runRecord(run, standOf(run, around), agent(run))),
    ...steps.flatMap((step) => stepRecords({ step, agent: agent(step.run), stands: standOf(step.run, around), speaks })),
    // What waited when the thread was last read is told by that.
    ...(mark === null ? steps.flatMap((step) => answeredInHistory(step, runs, agent)) : []),
    ...(waiting === null ? [] : askedIn(waiting).map((row) => askedRecord(row, agent(row.run)))),
    ...answered(read, mark, waiting, agent, nowUs),
    ...vanished.map((one) => vanishedRecord({ run_id: one.run, startUs: one.startUs }, agentOf(one.assistant, null), nowUs)),
  ];
  return {
    records, vanished: vanished.length,
    mark: markOf(read, updatedUs, waiting),
    questions: waiting === null ? [] : questionsOf(waiting, agent(waiting.run)),
    work: runs.filter(isOpen).map((run) => workOf(run, read)),
  };
}

function markOf({ threadId, runs, states }: ThreadRead, updatedUs: number, waiting: Waiting | null): ThreadMark {
  const head = states[0];
  const asked = waiting === null ? [] : askedIn(waiting).slice(0, 200);
  return {
    id: threadId, updatedUs, head: head === undefined ? null : checkpointOf(head),
    open: runs.filter((run) => isOpen(run) || waits(waiting, run)).map((run) => ({ run: run.run_id, assistant: run.assistant_id, startUs: Math.min(run.created_at, run.updated_at) })),
    waits: asked.map(({ run, id, name }) => ({ run: run.run_id, id, name })),
  };
}

/** Questions that waited when the thread was last read and wait no more. */
function answered({ runs }: ThreadRead, mark: ThreadMark | null, waiting: Waiting | null, agent: (run: Run) => AgentFacts, nowUs: number): Collected[] {
  const still = new Set(waiting === null ? [] : askedIn(waiting).map(({ run, id }) => `${run.run_id} ${id}`));
  return (mark?.waits ?? []).filter(({ run, id }) => !still.has(`${run} ${id}`)).flatMap(({ run, id, name }) => {
    const asking = runs.find((one) => one.run_id === run);
    return asking === undefined ? [] : [answeredRecord(asking, { id, name }, answererOf(id, asking, runs), agent(asking), nowUs)];
  });
}

function workOf(run: Run, { runs, states }: ThreadRead): OpenWork {
  const running = run.status === 'running';
  return {
    run: run.run_id, status: running ? 'running' : 'pending',
    sinceUs: running ? Math.max(run.created_at, states[0]?.created_at ?? 0) : run.created_at,
    behind: !running && runs.some((other) => other !== run && (other.status === 'running' || (other.status === 'pending' && other.created_at < run.created_at))),
    protocol: run.kwargs['__protocol_stream_run'] === true,
  };
}
