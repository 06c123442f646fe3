/**
 * Cancelling tasks, and what the server says to it. Measured: a call for an agent that ignores the cancellation hangs until the agent's own end,
 * or for ever; a server may say "cancelled" in 3 ms while the work goes on. So each call has a time of its own, then the task itself is asked, and
 * nothing here claims more than the server's words.
 */
import { RuntimeFault } from '../connector.ts';
import { faultFrom } from '../faults.ts';
import { quoted } from '../foreign-json.ts';
import { inLanes } from '../lanes.ts';
import { pause } from '../pause.ts';
import type { LeverReply } from '../stopping.ts';
import { isNotOffered, OperationFault } from './link.ts';
import { isOpen } from './task.ts';
import type { WireTask } from './task.ts';

export interface CancelCalls {
  /** Throws RuntimeFault; the task as the server shows it then. */
  cancel(id: string, signal: AbortSignal): Promise<WireTask>;
  /** null: no such task, or not for this credential. */
  get(id: string, signal: AbortSignal): Promise<WireTask | null>;
}

export interface CancelTimes {
  readonly callMs: number;
  /** asking for the task after the call. */
  readonly askMs: number;
  /** for all of them together: the engine gives up after 30 s, and then nothing of what was said would be known. */
  readonly allMs: number;
}

export const usualTimes: CancelTimes = { callMs: 5_000, askMs: 2_000, allMs: 24_000 };
const lanes = 16;
/** A call that hangs frees its lane after this. */
const freeAfterMs = 1_000;
const rounds = 3;
const againMs = 400;

type RunReply = LeverReply['runs'][number];
/** `fault`: what became of it is not known. */
type One = { readonly id: string; readonly reply: RunReply } | { readonly id: string; readonly fault: RuntimeFault };

/** About us as callers: asking for the task would say the same. */
const ofTheCaller: readonly RuntimeFault['kind'][] = ['credential_missing', 'credential_refused', 'forbidden', 'throttled'];
const worthAnother: readonly RuntimeFault['kind'][] = ['unreachable', 'runtime_error', 'throttled'];

const said = (task: WireTask): string => (task.message === null || task.message.text === '' ? '' : ` It says ${quoted(task.message.text)}.`);

function ofAnswer(task: WireTask): Pick<RunReply, 'reported' | 'text'> {
  if (task.state === 'canceled') return { reported: 'stopped', text: `It reports the task as cancelled.${said(task)}` };
  if (isOpen(task.state)) return { reported: 'accepted', text: `It took the request; the task is still ${task.state}.${said(task)}` };
  return { reported: 'nothing_to_stop', text: `The task had ended: ${task.state}.${said(task)}` };
}

/** The call brought no clear answer; the task was asked for. */
function ofLook(task: WireTask, fault: RuntimeFault | null, { callMs }: CancelTimes): Pick<RunReply, 'reported' | 'text'> | null {
  const why = fault === null ? `It did not answer within ${callMs / 1_000} s` : fault.message.replace(/\.$/, '');
  if (task.state === 'canceled') return { reported: 'stopped', text: `${why}; it shows the task as cancelled.` };
  if (!isOpen(task.state)) return { reported: 'nothing_to_stop', text: `${why}; the task had ended: ${task.state}.` };
  if (fault === null) return { reported: 'accepted', text: `${why}, as agents do that ignore a cancellation; the task is still ${task.state}.` };
  if (fault.kind === 'conflict') return { reported: 'refused', text: `${why}; the task is still ${task.state}.` };
  return null;
}

async function cancelOne(calls: CancelCalls, id: string, times: CancelTimes, signal: AbortSignal): Promise<One> {
  const beganMs = performance.now();
  const replied = ({ reported, text }: Pick<RunReply, 'reported' | 'text'>): One => ({ id, reply: { id, reported, text, ms: Math.round(performance.now() - beganMs) } });
  const limit = AbortSignal.timeout(times.callMs);
  let fault: RuntimeFault | null;
  try {
    return replied(ofAnswer(await calls.cancel(id, AbortSignal.any([signal, limit]))));
  } catch (error) {
    if (signal.aborted) throw error;
    fault = limit.aborted ? null : faultFrom(error);
  }
  if (fault !== null && ofTheCaller.includes(fault.kind)) return { id, fault };
  if (fault instanceof OperationFault && fault.kind === 'gone') return replied({ reported: 'refused', text: fault.message });
  try {
    const task = await calls.get(id, AbortSignal.any([signal, AbortSignal.timeout(times.askMs)]));
    if (task === null) return replied({ reported: 'refused', text: 'It knows no such task, or not for this credential.' });
    const seen = ofLook(task, fault, times);
    if (seen !== null) return replied(seen);
  } catch (error) {
    if (signal.aborted) throw error;
    // Neither the call nor the task brought a word: the first fault says why. What is not offered at all is known even so.
    if (fault !== null && isNotOffered(fault)) return replied({ reported: 'refused', text: fault.message });
  }
  return { id, fault: fault ?? new RuntimeFault('unreachable', `It answered neither the cancellation within ${times.callMs / 1_000} s nor the question for the task after it.`) };
}

const order: readonly LeverReply['reported'][] = ['refused', 'accepted', 'stopped', 'nothing_to_stop'];
const words: Readonly<Record<LeverReply['reported'], string>> = { refused: 'not cancelled', accepted: 'taken, but still at work', stopped: 'reported as cancelled', nothing_to_stop: 'had ended before' };

/** The worst of them is the lever's. */
export function replyOf(runs: readonly RunReply[], left: { readonly unsent: number; readonly faults: readonly RuntimeFault[] }): LeverReply {
  const reported = order.find((one) => runs.some((run) => run.reported === one)) ?? 'nothing_to_stop';
  const counts = order.toReversed().flatMap((one) => { const n = runs.filter((run) => run.reported === one).length; return n === 0 ? [] : [`${n} ${words[one]}`]; });
  const asked = runs.length + left.faults.length + left.unsent;
  const only = asked === 1 ? runs[0] : undefined;
  const missing = [
    ...(left.faults.length === 0 ? [] : [`what became of ${left.faults.length} is not known (${left.faults[0]!.message.replace(/\.$/, '')})`]),
    ...(left.unsent === 0 ? [] : [`${left.unsent} were not asked, since the time was up`]),
  ];
  const text = only?.text ?? (asked === 0 ? 'It shows no open task.' : `Asked to cancel ${asked} task${asked === 1 ? '' : 's'}: ${[...counts, ...missing].join(', ')}.`);
  return { reported, text, runs, complete: missing.length === 0 && !runs.some((run) => run.reported === 'refused') };
}

/** Throws when nothing at all was said to any of them: then it is the caller's to try again. */
export async function cancelAll(calls: CancelCalls, ids: readonly string[], signal: AbortSignal, tell: (done: number, of: number) => void, times: CancelTimes = usualTimes): Promise<LeverReply> {
  const untilMs = performance.now() + times.allMs;
  const replies = new Map<string, RunReply>();
  let faults = new Map<string, RuntimeFault>();
  const begun = new Set<string>();
  for (let round = 1, waiting: readonly string[] = ids; round <= rounds && waiting.length > 0; round++) {
    faults = new Map([...faults].filter(([id]) => !waiting.includes(id)));
    await inLanes(waiting, lanes, async (id) => {
      begun.add(id);
      const one = await cancelOne(calls, id, times, signal);
      if ('reply' in one) replies.set(id, one.reply);
      else faults.set(id, one.fault);
      tell(replies.size, ids.length);
    }, { go: () => !signal.aborted && performance.now() < untilMs, freeAfterMs });
    signal.throwIfAborted();
    // Where nothing went through it is for the engine to wait and try again: it knows how long.
    if (replies.size === 0) break;
    waiting = [...faults].filter(([, fault]) => worthAnother.includes(fault.kind)).map(([id]) => id);
    const waitMs = Math.max(againMs, ...waiting.map((id) => faults.get(id)?.retryAfterMs ?? 0));
    if (waiting.length === 0 || performance.now() + waitMs + times.callMs > untilMs) break;
    await pause(waitMs, signal);
  }
  const [fault] = faults.values();
  if (replies.size === 0 && fault !== undefined) throw fault;
  return replyOf(ids.flatMap((id) => replies.get(id) ?? []), { unsent: ids.filter((id) => !begun.has(id)).length, faults: [...faults.values()] });
}
