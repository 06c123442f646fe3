/** What can be done to processes of this machine, and what it does not reach. */
import type { Lever } from '../../../shared/domain.ts';

export const endId = 'process.end';
export const endSharedId = 'process.end-shared';
export const endServerId = 'process.end-server';

const cut = { level: 'cancel', kind: 'cut', step: 'cut', undo: 'none', repeatable: true, idleOnly: false, pulled: true } as const;

/** Measured with command line agents: work on other machines and what was sent already go on, and a supervisor starts it again. */
const leaves = [
  'What it set going elsewhere: on other machines, in containers, in services and schedules of this one.',
  'Requests that it already sent to a model or a tool: the other side may carry them out.',
  'Whoever starts it again: a supervisor, a schedule, a person. That is watched for as long as it sends to Gatehouse.',
  'A process that left its parent and its session, and whose parents ended, before Gatehouse saw it with them: a daemon that the agent set going as it began, for one. It is not signalled. On Linux it is told of where it may be one, and nothing counts as verified while it lives; elsewhere it is not seen.',
];

export const end: Lever = {
  ...cut, id: endId, reach: 'agent', wanted: true, title: 'End its processes on this machine',
  undoText: 'A process that ended cannot be put back: start the agent again.', doesNotStop: leaves,
};

export const endShared: Lever = {
  ...cut, id: endSharedId, reach: 'agent', wanted: false, title: 'End a process that it shares with other agents',
  undoText: 'A process that ended cannot be put back: start it and its agents again.', doesNotStop: leaves,
};

export const endServer: Lever = {
  ...cut, id: endServerId, reach: 'connection', wanted: false, title: 'End the server process on this machine',
  undoText: 'A process that ended cannot be put back: start the server again.',
  doesNotStop: [
    'Work that the server handed to other processes which it did not start, or to other machines.',
    'A process that the server started, that left its session, and whose parents ended. It is not signalled; on Linux nothing counts as verified while one lives that may be such a one.',
    'Runs that are kept in a database: a server that starts again may take them up again.',
    'Requests that it already sent to a model or a tool: the other side may carry them out.',
    'Whoever starts it again: a supervisor, a watcher of its files, a person. That is watched for.',
  ],
};
