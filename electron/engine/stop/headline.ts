/** One sentence about the agent, not about the console. It never says more than was seen, and nothing that changes while nothing happens: it is stored. */
import type { StopState } from '../../../shared/stop.ts';
import type { LeverFact, OrderFact } from '../store/stop-commands.ts';
import type { Verdict } from './judge-input.ts';
import { clockOf, duration, inert } from './time-words.ts';

export type HeadlineOrder = Pick<OrderFact, 'scope' | 'agents' | 'silenceS' | 'reopened'> & { readonly levers: readonly Pick<LeverFact, 'state'>[] };

/** Before anything was judged. */
export function headlineBefore(state: Extract<StopState, 'waiting_second' | 'withdrawn' | 'stopping'>): string {
  if (state === 'waiting_second') return 'Nothing was sent: it waits for the second operator.';
  return state === 'withdrawn' ? 'Given up before anything was sent.' : 'Stopping: no lever has answered yet.';
}

export function headlineOf(verdict: Verdict, order: HeadlineOrder): string {
  switch (verdict.state) {
    case 'stopping': return stopping(verdict, order);
    case 'still_acting': return stillActing(verdict, order);
    case 'verified': return verified(verdict, order);
    case 'unverified': return unverified(verdict);
  }
}

const isOne = (order: HeadlineOrder): boolean => order.scope.kind === 'task' || order.agents.length === 1;
const subject = (order: HeadlineOrder): string => (order.scope.kind === 'task' ? 'The task' : 'The agent');
const notStopped = (order: HeadlineOrder): string => (isOne(order) ? `${subject(order)} has not stopped.` : `Not all of the ${order.agents.length} agents have stopped.`);

const doneStates: readonly LeverFact['state'][] = ['reported', 'failed', 'unknown', 'skipped'];
function leversSaid({ levers }: HeadlineOrder): string {
  const pulled = levers.filter((one) => one.state !== 'skipped');
  const done = pulled.filter((one) => doneStates.includes(one.state)).length;
  const mute = pulled.filter((one) => one.state === 'failed' || one.state === 'unknown').length;
  if (pulled.length === 0) return 'No lever was pulled.';
  if (done === 0) return pulled.length === 1 ? 'The lever has not answered yet.' : 'No lever has answered yet.';
  if (done < pulled.length) return `${done} of ${pulled.length} levers answered.`;
  if (mute === 0) return pulled.length === 1 ? 'The lever answered.' : 'Every lever answered.';
  return pulled.length === 1 ? 'The lever failed or gave no answer.' : `${mute} of ${pulled.length} levers failed or gave no answer.`;
}

function stopping({ quietSinceUs, stillOpen }: Verdict, order: HeadlineOrder): string {
  if (order.levers.some((one) => !doneStates.includes(one.state))) {
    const said = leversSaid(order);
    return `Stopping: ${said.charAt(0).toLowerCase()}${said.slice(1)}`;
  }
  if (quietSinceUs === null) return stillOpen.length > 0 ? 'Stopping: open work is still shown.' : 'Stopping: not everything was looked at yet.';
  return `Stopping: no act seen since ${clockOf(quietSinceUs)}; ${duration(order.silenceS * 1_000_000)} of silence are needed.`;
}

function stillActing(verdict: Verdict, order: HeadlineOrder): string {
  if (!verdict.reopened && order.reopened === 0) return `${leversSaid(order)} ${notStopped(order)}`;
  const last = verdict.lastActUs === null ? '' : `, last ${clockOf(verdict.lastActUs)}`;
  return isOne(order) ? `${subject(order)} acts again after its stop was verified${last}.` : `Some of the ${order.agents.length} agents act again after their stop was verified${last}.`;
}

function verified(verdict: Verdict, { silenceS }: HeadlineOrder): string {
  if (verdict.verifiedUs === null) return 'Stopped, verified.';
  const quietUs = verdict.verifiedUs - (verdict.containedUs ?? verdict.verifiedUs);
  const denied = verdict.denied === 0 ? '' : `, ${verdict.denied} denied`;
  const silence = quietUs >= silenceS * 1_000_000 ? `no act for ${duration(quietUs)}` : `no act since ${clockOf(verdict.verifiedUs - quietUs)}`;
  const proof = verdict.byProcess ? 'its process is gone' : silence;
  return `Stopped, verified ${clockOf(verdict.verifiedUs)}: ${proof}${denied}.`;
}

function unverified({ notSeen, stillOpen, levers }: Verdict): string {
  const [name] = notSeen;
  if (name !== undefined && levers.length > 0 && levers.every((one) => one.confirmed === 'cannot')) return `Unverified: nothing outside the ${levers.length === 1 ? 'lever' : 'levers'} could be checked.`;
  if (name !== undefined) return notSeen.length === 1 ? `Unverified: what happens behind ${inert(name)} could not be seen well enough.` : `Unverified: ${notSeen.length} connections could not be seen well enough.`;
  return stillOpen.length > 0 ? 'Unverified: work is still open that may go on.' : 'Unverified: no whole window of silence was seen.';
}
