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

export const cancelRunsLever: Lever = {
  id: 'langgraph.cancel-runs', level: 'cancel', kind: 'cut', title: 'Cancel its runs', reach: 'task',
  step: 'cut', undo: 'not_needed', undoText: 'Nothing is put back: whoever may start runs can let the threads go on from their last state.', repeatable: true, idleOnly: false, wanted: true, pulled: true,
  doesNotStop: [
    'Code of a step that does not look at its abort signal goes on to its own end, while the server already says that the run was cancelled (6.3 of 6.3 seconds measured). The next step does not begin.',
    'A sub-agent that was called inside a tool goes on (7 seconds measured).',
    'A step that never yields holds the whole server: the cancel is answered when the step has ended, and the run then counts as a success.',
    'A run that waits for a person: nothing runs that could be cancelled. Reject its question.',
    'Runs that are started after it, and whoever starts them: a cancel is a pause, not a ban.',
    'What the agent already did outside stays done.',
  ],
};

export const suspendAssistantLever: Lever = {
  id: 'langgraph.suspend-assistant', level: 'suspend', kind: 'drain', title: 'Take the assistant away', reach: 'agent',
  step: 'refuse', undo: 'lossy', undoText: 'Makes the assistant again with the same id, graph, configuration, context, metadata, name and description. The history of its versions and the server\'s list of its past runs are lost.',
  repeatable: true, idleOnly: true, wanted: true, pulled: true,
  doesNotStop: [
    'Runs that go on: it is only pulled when none is open, since deleting the assistant of a run stops nothing and breaks a worker of the server.',
    'Other assistants that run the same graph.',
    'A restart of the server makes the assistants of its own graphs anew.',
    'Whoever may make assistants can make it again.',
  ],
};

/** From the server's documentation: no server that has crons was run. */
export const disableCronsLever: Lever = {
  id: 'langgraph.disable-crons', level: 'suspend', kind: 'drain', title: 'Switch its schedules off', reach: 'agent',
  step: 'disarm', undo: 'exact', undoText: 'Switches on again those schedules that this switched off, and no others.', repeatable: true, idleOnly: false, wanted: true, pulled: true,
  doesNotStop: ['Runs that a schedule already started.', 'Schedules that are kept outside of this server and call it.', 'Whoever may change schedules can switch them on again or make new ones.'],
};

export const revokeKeysLever: Lever = {
  id: 'langgraph.revoke-keys', level: 'revoke', kind: 'catalogue', title: 'Revoke the keys of this server', reach: 'connection',
  step: 'revoke', undo: 'none', undoText: 'The server\'s API has no way to revoke a key: take it out of the server\'s auth handler, or delete it under the API keys in LangSmith. It is given back there too.', repeatable: true, idleOnly: false, wanted: false, pulled: false,
  doesNotStop: ['Runs that go on: they were let in before.', 'Keys that the agents themselves hold for other services.', 'Servers without auth: they ask nobody for a key.'],
};

export const declaration: Declaration = {
  kind: 'langgraph', title: 'LangGraph Agent Server', capabilities, levers: [cancelRunsLever, suspendAssistantLever, revokeKeysLever], pollEveryMs, discoverEveryMs: 60_000, auth: { header: 'x-api-key', scheme: 'plain' },
};
