/** One sentence about the agent, not about the console. It never says more than was seen. */
import type { StopScope, StopState } from '../../../shared/stop.ts';
import type { Verdict } from './judge-input.ts';
import { clockOf, duration, inert } from './time-words.ts';

export interface HeadlineInput {
  readonly state: StopState;
  readonly scope: StopScope['kind'];
  /** agents of the order. */
  readonly agents: number;
  readonly nowUs: number;
  readonly commandUs: number | null;
  readonly silenceUs: number;
  readonly levers: { readonly all: number; /** reported, failed, unknown or skipped. */ readonly done: number; /** failed, or no answer known. */ readonly failed: number };
  /** null: nothing was judged yet. */
  readonly verdict: Verdict | null;
  /** what keeps it waiting for its second operator, or who gave it up. */
  readonly waitsFor?: string;
}

export function headlineOf(input: HeadlineInput): string {
  switch (input.state) {
    case 'waiting_second': return 'Nothing was sent: it waits for the second operator.';
    case 'withdrawn': return 'Given up before anything was sent.';
    case 'stopping': return stopping(input);
    case 'still_acting': return stillActing(input);
    case 'verified': return verified(input);
    case 'unverified': return unverified(input);
  }
}

const subject = (input: HeadlineInput): string => (input.scope === 'task' ? 'The task' : input.agents === 1 ? 'The agent' : `Not every one of the ${input.agents} agents`);
const notStopped = (input: HeadlineInput): string => (input.scope === 'task' || input.agents === 1 ? `${subject(input)} has not stopped.` : `${subject(input)} has stopped.`);

function stopping(input: HeadlineInput): string {
  const { all, done } = input.levers;
  if (done < all || input.verdict === null) return input.commandUs === null ? 'Stopping: no lever was let go yet.' : `Stopping: ${done} of ${all} levers answered.`;
  const quiet = input.verdict.quietSinceUs;
  return quiet === null ? 'Stopping: open work is still shown.' : `Stopping: no act seen for ${duration(Math.max(0, input.nowUs - quiet))} of ${duration(input.silenceUs)}.`;
}

function stillActing(input: HeadlineInput): string {
  if (input.verdict?.reopened === true) return `It acts again after it was verified${input.verdict.lastActUs === null ? '' : `, last ${clockOf(input.verdict.lastActUs)}`}.`;
  const { all, done, failed } = input.levers;
  const levers = done < all ? `${done} of ${all} levers answered` : failed === 0 ? (all === 1 ? 'The lever answered' : 'Every lever answered') : `${failed} of ${all} levers failed`;
  return `${levers}. ${notStopped(input)}`;
}

function verified({ verdict, silenceUs }: HeadlineInput): string {
  if (verdict?.verifiedUs === null || verdict?.verifiedUs === undefined) return 'Stopped, verified.';
  const quietUs = verdict.verifiedUs - (verdict.containedUs ?? verdict.verifiedUs);
  const denied = verdict.denied === 0 ? '' : `, ${verdict.denied} denied`;
  const proof = quietUs >= silenceUs ? `no act for ${duration(quietUs)}` : 'its process is gone';
  return `Stopped, verified ${clockOf(verdict.verifiedUs)}: ${proof}${denied}.`;
}

function unverified({ verdict }: HeadlineInput): string {
  if (verdict === null) return 'Unverified: nothing outside the lever could be checked.';
  const { notSeen } = verdict;
  const [name] = notSeen;
  if (name !== undefined) return notSeen.length === 1 ? `Unverified: ${inert(name)} could not be seen well enough.` : `Unverified: ${notSeen.length} connections could not be seen well enough.`;
  return verdict.stillOpen.length > 0 ? 'Unverified: work is open that waits for a person.' : 'Unverified: no whole window of silence was seen.';
}
