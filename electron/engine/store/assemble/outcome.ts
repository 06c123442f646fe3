/** What a task shows as its outcome, and why (PRODUCT: unknown stays unknown). Pure. */
import { BASIS, KEY_KIND, OUTCOME, STATUS } from '../codes.ts';

/** No record's time within so long: the work is no longer taken to go on. By record time: history that is read in late is old history. */
export const quietUs = 5 * 60_000_000;
/** Open work of a task that was quiet for so long is taken to be interrupted. */
export const interruptedUs = 10 * 60_000_000;
/** Records of the end itself may be stamped a little after it. */
const slackUs = 1_000_000;

export interface OutcomeFacts {
  readonly keyKind: number;
  readonly statedUs: number;
  readonly statedOutcome: number;
  readonly statedBasis: number;
  readonly lastUs: number;
  readonly open: number;
}

/** Only needed once the task is quiet or has ended. */
export interface LastCallFacts {
  /** status of the latest model call; 0: there is none. */
  readonly lastModelStatus: number;
  readonly interrupted: boolean;
  readonly succeeded: boolean;
}

export interface Outcome {
  readonly outcome: number;
  readonly basis: number;
}

/** A statement holds until more happens; a trace has one end, a session may go on after each, of a run the runtime itself has the word. */
export function statementHolds(task: Pick<OutcomeFacts, 'keyKind' | 'statedUs' | 'lastUs'>): boolean {
  return task.statedUs > 0 && (task.keyKind === KEY_KIND.trace || task.keyKind === KEY_KIND.run || task.lastUs <= task.statedUs + slackUs);
}

/** The runtime says that the run goes on: however quiet it is, nothing of it is taken to have ended. */
export function saidToGoOn(task: Pick<OutcomeFacts, 'keyKind' | 'statedUs' | 'statedOutcome'>): boolean {
  return task.keyKind === KEY_KIND.run && task.statedUs > 0 && (task.statedOutcome === OUTCOME.running || task.statedOutcome === OUTCOME.waiting);
}

export function outcomeOf(task: OutcomeFacts, last: LastCallFacts, nowUs: number): Outcome {
  if (statementHolds(task)) {
    // The end of a turn that left a call without its result is no completion.
    const onlyEnded = task.statedOutcome === OUTCOME.completed && task.statedBasis === BASIS.root_ended;
    if (onlyEnded && last.interrupted) return { outcome: OUTCOME.unknown, basis: BASIS.quiet_with_open_work };
    // Nor is the end of a turn whose last model call failed: Claude Code's span stays unset then.
    if (onlyEnded && last.lastModelStatus === STATUS.error) return { outcome: OUTCOME.failed, basis: BASIS.quiet_after_failure };
    return { outcome: task.statedOutcome, basis: task.statedBasis };
  }
  if (task.open > 0) return { outcome: OUTCOME.running, basis: BASIS.open_work };
  if (nowUs - task.lastUs < quietUs) return { outcome: OUTCOME.running, basis: BASIS.recent_activity };
  if (last.interrupted) return { outcome: OUTCOME.unknown, basis: BASIS.quiet_with_open_work };
  if (last.lastModelStatus === STATUS.error) return { outcome: OUTCOME.failed, basis: BASIS.quiet_after_failure };
  if (last.lastModelStatus === STATUS.ok || last.succeeded) return { outcome: OUTCOME.completed, basis: BASIS.quiet_after_success };
  return { outcome: OUTCOME.unknown, basis: BASIS.nothing_known };
}
