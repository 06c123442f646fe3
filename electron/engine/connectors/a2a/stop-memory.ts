/**
 * What was seen of tasks, so that a look can say what changed: signs that the agent acts, and tasks that ended in the server's words only. Times are the
 * server's where they are plausible, else the time of the look that saw the change. Pure but for what it remembers.
 */
import { createHash } from 'node:crypto';
import { quoted } from '../foreign-json.ts';
import type { OpaqueStep, OpenRun, Sign } from '../stopping.ts';
import { isOpen, isWaiting } from './task.ts';
import type { State, WireTask } from './task.ts';

interface Trace {
  task: WireTask;
  /** of the last agent message that is not the status' own; artifacts: null while only lists were read. */
  said: string;
  artifacts: string | null;
  /** the first time that is known of it. */
  beganUs: number;
  /** before the question that last brought it: what changed since came after this. */
  seenUs: number;
  /** the last open state that was seen; null: it was over when it was first seen. */
  lastOpen: State | null;
  endedUs: number | null;
  /** known no more. */
  gone: boolean;
  asked: boolean;
  signs: Sign[];
}

/** When the question left and when its answer was there. */
export interface Asked { readonly fromUs: number; readonly toUs: number; /** artifacts and the whole history were read. */ readonly whole: boolean }

const mostTraces = 6_000;
const mostSigns = 50;
/** A task that was cancelled by another hand in the moment before the command is no clearer than one that we cancelled. */
export const marginUs = 2_000_000;

const lastSaid = (task: WireTask): string => task.history.findLast((one) => one.by === 'agent' && one.id !== task.message?.id)?.id ?? '';
const artifactsOf = (task: WireTask): string => createHash('sha1').update(JSON.stringify(task.raw['artifacts'] ?? [])).digest('base64');
const sameStatus = (a: WireTask, b: WireTask): boolean => a.state === b.state && a.statusUs === b.statusUs && a.message?.id === b.message?.id;
/** The end of a task that did not do what it was to do is no act. */
const speaks = (state: State): boolean => state !== 'canceled' && state !== 'failed' && state !== 'rejected';

export const lineOf = (task: WireTask): string => `${task.state}${task.message === null || task.message.text === '' ? '' : `: ${quoted(task.message.text)}`}`;

export class TaskMemory {
  readonly #traces = new Map<string, Trace>();

  see(task: WireTask, { fromUs, toUs, whole }: Asked): void {
    const before = this.#traces.get(task.id);
    const said = lastSaid(task);
    const artifacts = whole ? artifactsOf(task) : null;
    const plausible = task.statusUs !== null && task.statusUs <= toUs && (before === undefined || task.statusUs >= before.seenUs);
    const changedUs = plausible ? task.statusUs! : toUs;
    const statusUs = task.statusUs === null ? toUs : Math.min(task.statusUs, toUs);
    const over = !isOpen(task.state);
    if (before === undefined) {
      this.#keep({ task, said, artifacts, beganUs: statusUs, seenUs: fromUs, lastOpen: over ? null : task.state, endedUs: over ? statusUs : null, gone: false, asked: false, signs: speaks(task.state) ? [sign(task, statusUs, `The task is ${lineOf(task)}.`)] : [] });
      return;
    }
    if (!sameStatus(before.task, task)) {
      const back = !isOpen(before.task.state) && !over;
      if (speaks(task.state)) this.#sign(before, sign(task, changedUs, `The task ${back ? `went on after it was shown as ${before.task.state}: it ` : ''}is ${lineOf(task)}.`));
      before.endedUs = over ? (isOpen(before.task.state) ? changedUs : before.endedUs ?? changedUs) : null;
    } else if (before.said !== said && said !== '') this.#sign(before, sign(task, toUs, 'The task has a new message of the agent.'));
    else if (artifacts !== null && before.artifacts !== null && artifacts !== before.artifacts) this.#sign(before, sign(task, toUs, 'What the task delivers has changed.'));
    const moved = !sameStatus(before.task, task);
    Object.assign(before, { task, said: said === '' ? before.said : said, artifacts: artifacts ?? (moved ? null : before.artifacts), seenUs: fromUs, lastOpen: over ? before.lastOpen : task.state, gone: false });
  }

  /** The server knows it no more. */
  lose(id: string, nowUs: number): void {
    const trace = this.#traces.get(id);
    if (trace === undefined || trace.gone) return;
    Object.assign(trace, { gone: true, endedUs: trace.endedUs ?? nowUs });
  }

  ask(ids: readonly string[]): void {
    for (const id of ids) {
      const trace = this.#traces.get(id);
      if (trace !== undefined) trace.asked = true;
    }
  }

  /** They were known by then: a memory that is younger must not date them later. */
  knownBy(ids: readonly string[], us: number): void {
    for (const id of ids) {
      const trace = this.#traces.get(id);
      if (trace !== undefined) trace.beganUs = Math.min(trace.beganUs, us);
    }
  }

  knows(id: string): boolean { return this.#traces.has(id); }
  /** Open when it was last seen. */
  isOpen(id: string): boolean {
    const trace = this.#traces.get(id);
    return trace !== undefined && !trace.gone && isOpen(trace.task.state);
  }

  /** Open when they were last seen, or ended since: what a look has to read again. */
  worthALook(sinceUs: number): readonly string[] {
    return [...this.#traces].filter(([, one]) => !one.gone && (isOpen(one.task.state) || (one.endedUs ?? 0) >= sinceUs - marginUs)).map(([id]) => id);
  }

  openRuns(agent: string, wanted: (id: string) => boolean): readonly OpenRun[] {
    return this.#of(wanted).filter((one) => !one.gone && isOpen(one.task.state)).map(({ task, beganUs }): OpenRun => ({
      id: task.id, agent, sinceUs: beganUs, what: lineOf(task), state: isWaiting(task.state) ? 'waiting' : task.state === 'submitted' ? 'queued' : 'running',
    }));
  }

  signs(sinceUs: number, wanted: (id: string) => boolean): readonly Sign[] {
    return this.#of(wanted).flatMap((one) => one.signs.filter(({ atUs }) => atUs >= sinceUs)).toSorted((a, b) => a.atUs - b.atUs);
  }

  /** Ended since the command by the server's word alone, while something was under way. What waited for a person had nothing under way. */
  opaque(sinceUs: number, agent: string, wanted: (id: string) => boolean): readonly OpaqueStep[] {
    return this.#of(wanted).flatMap((one): OpaqueStep[] => {
      const { task, lastOpen, endedUs, gone } = one;
      if (endedUs === null || endedUs < sinceUs - marginUs || (lastOpen !== null && isWaiting(lastOpen))) return [];
      const byWord = gone || task.state === 'canceled' || (one.asked && (task.state === 'failed' || task.state === 'rejected'));
      if (!byWord) return [];
      const what = gone ? 'The server no longer knows the task, which was under way' : `The server shows the task as ${task.state}, though it was under way`;
      return [{ run: task.id, agent, step: null, sinceUs: one.beganUs, text: `${what}: A2A does not tell whether the work behind it has ended.` }];
    });
  }

  #of(wanted: (id: string) => boolean): readonly Trace[] { return [...this.#traces].filter(([id]) => wanted(id)).map(([, one]) => one); }

  #sign(trace: Trace, one: Sign): void {
    trace.signs = [...trace.signs, one].slice(-mostSigns);
  }

  #keep(trace: Trace): void {
    this.#traces.set(trace.task.id, trace);
    if (this.#traces.size <= mostTraces) return;
    // SECURITY: a server that lists without end fills no memory; what ended longest ago goes first, and at last what is oldest.
    const ended = [...this.#traces].filter(([, one]) => one.endedUs !== null).toSorted((a, b) => (a[1].endedUs ?? 0) - (b[1].endedUs ?? 0));
    const drop = (ended.length > 0 ? ended : [...this.#traces]).slice(0, Math.ceil(mostTraces / 10));
    for (const [id] of drop) this.#traces.delete(id);
  }
}

function sign(task: WireTask, atUs: number, what: string): Sign {
  return { atUs, what, run: task.id, denied: false };
}
