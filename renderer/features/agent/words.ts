/** What short codes of the contract mean, in sentences. Pure. */
import type { IdentityKind, OutcomeBasis, Task, TaskOutcome } from '../../../shared/domain.ts';
import { inertString } from '../../ui/agent-text.ts';
import { cutMiddle } from '../../ui/format.ts';
import type { State } from '../../ui/state-shapes.tsx';

export const outcomeLooks: Record<TaskOutcome, { state: State; word: string }> = {
  running: { state: 'running', word: 'Running' },
  waiting: { state: 'waiting', word: 'Waiting' },
  completed: { state: 'completed', word: 'Done' },
  failed: { state: 'failed', word: 'Failed' },
  cancelled: { state: 'cancelled', word: 'Cancelled' },
  unknown: { state: 'unknown', word: 'Unknown' },
};

/** The runtime says that it goes on; nothing shows that it does. */
export const stuckLook: { state: State; word: string } = { state: 'attention', word: 'Stuck' };

export const basisWords: Record<OutcomeBasis, string> = {
  root_ended: 'The outermost activity ended and said so.',
  reported: 'The runtime reported this outcome.',
  open_work: 'Something in it has begun and not ended.',
  recent_activity: 'It acted a short while ago, and nothing says that it ended.',
  quiet_after_success: 'Nothing came for a while, and the last thing seen succeeded. Nobody reported the end.',
  quiet_after_failure: 'Nothing came for a while, and the last thing seen failed. Nobody reported the end.',
  quiet_with_open_work: 'Nothing came for a while, and something in it never ended.',
  marked: 'A person said how it came out.',
  nothing_known: 'Nothing that was seen says how it ended.',
};

export const identitySentences: Record<IdentityKind, { word: string; says: string }> = {
  own: { word: 'Own identity.', says: 'It signs in as itself: what it does stands in its own name.' },
  delegated: { word: 'Delegated identity.', says: 'It acts on behalf of a person, and the records say that it was the agent.' },
  borrowed: { word: 'Borrowed identity.', says: "It signs in with a person's own account: that person's actions and the agent's cannot be told apart." },
  shared: { word: 'Shared identity.', says: 'Several use the same key or account: who acted cannot be told from it.' },
  unknown: { word: 'Identity unknown.', says: 'Nothing in its telemetry says on whose authority it acts.' },
};

/** Between who performed something and the name in its records. */
export const authorityWords: Record<IdentityKind, string> = { own: 'as', delegated: 'on behalf of', borrowed: 'with the account of', shared: 'with the shared account', unknown: 'as' };

const notes: Record<string, string> = {
  clock_skew: "The sender's clock and this machine's differ: the order against other senders may be wrong.",
  clock_skew_corrected: "The sender's clock differed from this machine's; the time shown is corrected.",
  interrupted_inferred: 'No end was seen. That it was interrupted is inferred from what came after, not reported.',
  parent_not_seen: 'It names an activity that it happened inside, and that one was not seen.',
  duration_unknown: 'Its duration was not reported.',
  success_contradicted: 'The sender says that it succeeded; its own result says that it failed. It is counted as failed.',
};

/** A note in words; one that this version does not know is shown as it was written. */
export const noteWords = (note: string): string => notes[note] ?? `${inertString(note.replaceAll('_', ' '), 200)}.`;

/** `claude-code/log`: which reader made the activity from which signal. */
export function sourceWords(source: string): string {
  const [reader = '', signal = ''] = inertString(source, 80).split('/');
  const signals: Record<string, string> = { log: 'log record', logs: 'log record', span: 'span', trace: 'span', metric: 'metric' };
  return signal === '' ? reader : `${signals[signal] ?? signal}, read as ${reader}`;
}

/** A task that nobody named is called by its key: `trace 2c6a65…`. */
export const taskTitle = (task: Pick<Task, 'name' | 'key' | 'keyKind'>): string => (task.name.trim() === '' ? `${task.keyKind} ${cutMiddle(task.key)}` : task.name);

/** The same for a narrow column, where a longer one would lose its end to a second ellipsis. */
export const shortTaskTitle = (task: Pick<Task, 'name' | 'key' | 'keyKind'>): string => (task.name.trim() === '' ? `${task.keyKind} ${cutMiddle(task.key, 5, 3)}` : task.name);
