/** What this kind of runtime can do at best, and what its levers were measured not to do. */
import type { Capability, Lever } from '../../../../shared/domain.ts';
import type { Declaration } from '../connector.ts';

export const pollEveryMs = 1_000;

export const capabilities: readonly Capability[] = [
  { name: 'discover', state: 'yes', how: 'poll', lagMs: 60_000, text: 'Its assistants, each of them an agent.' },
  { name: 'activity', state: 'partly', how: 'poll', lagMs: 2_000, text: 'Runs of threads with their steps, model and tool calls. Runs without a thread are only seen while they live; what happens inside a step or a tool is not seen.' },
  { name: 'grants', state: 'partly', how: 'poll', lagMs: 60_000, text: 'Names of the tools that a graph\'s tool nodes hold, and where a person is asked. Not which rights those tools have, nor tools that are called in plain code or by agents inside tools.' },
  { name: 'usage', state: 'partly', how: 'poll', lagMs: 2_000, text: 'Tokens of model answers that stay in a thread\'s messages. Answers that a graph does not keep, calls that failed and runs without a thread are not counted.' },
  { name: 'cost', state: 'no', how: null, lagMs: null, text: 'The server knows no prices.' },
  { name: 'approvals', state: 'yes', how: 'poll', lagMs: 2_000, text: 'Questions of interrupt() and gates before steps. Answered here where the shape of the answer is known.' },
];

export const cancelRun: Lever = {
  id: 'langgraph.cancel-run', level: 'cancel', kind: 'cut', title: 'Cancel the run', reach: 'task',
  step: 'cut', undo: 'not_needed', undoText: 'Whoever may start runs can let the thread go on from its last state.', repeatable: true, idleOnly: false, wanted: true, pulled: true,
  doesNotStop: [
    'Code of a step that does not look at its abort signal goes on to its own end, while the server already says that the run was cancelled (6.3 of 6.3 seconds measured). The next step does not begin.',
    'A sub-agent that was called inside a tool goes on (7 seconds measured).',
    'A step that never yields holds the whole server: the cancel is answered when the step has ended, and the run then counts as a success.',
    'Runs that wait behind it on the same thread: cancelling the running one starts the next within a second. They must be cancelled first, the newest first.',
    'A run that waits for a person: nothing runs that could be cancelled. Reject its question.',
    'Whoever may start runs can let the thread go on from its last state: a cancel is a pause, not a ban.',
    'What the agent already did outside stays done.',
  ],
};

export const cancelRuns: Lever = {
  id: 'langgraph.cancel-runs', level: 'cancel', kind: 'cut', title: 'Cancel many runs at once', reach: 'connection',
  step: 'cut', undo: 'not_needed', undoText: 'Whoever may start runs can let the threads go on from their last state.', repeatable: true, idleOnly: false, wanted: true, pulled: true,
  doesNotStop: [...cancelRun.doesNotStop.slice(0, 3), 'Runs that are started after it.'],
};

export const declaration: Declaration = {
  kind: 'langgraph', title: 'LangGraph Agent Server', capabilities, levers: [cancelRun], pollEveryMs, discoverEveryMs: 60_000, auth: { header: 'x-api-key', scheme: 'plain' },
};
