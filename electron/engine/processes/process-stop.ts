/** The stop port of processes: what is there, ending it, and whether it is gone. */
import { RuntimeFault } from '../connectors/connector.ts';
import type { LeverCall, LeverReply, OpenRun, RightCheck, Sight, Sign, StopPort, StopTarget, Survey } from '../connectors/stopping.ts';
import { endTree, stillThere, type Ended, type EndLimits } from './end-tree.ts';
import type { Finder, Found } from './found.ts';
import { isSame } from './machine.ts';
import type { Machine, Proc, Processes } from './machine.ts';
import { readSnapshot, writeSnapshot, type Snapshot } from './saved-tree.ts';
import { together } from './tree.ts';

export interface StopParts {
  readonly machine: Machine;
  readonly finder: Finder;
  readonly never: (processes: Processes) => ReadonlySet<number>;
  readonly levers: readonly string[];
  readonly nowUs: () => number;
  readonly limits?: EndLimits;
  /** a right that is missing is said: false where the runtime's own levers do not need it. */
  readonly tellsRights: boolean;
}

const mostKept = 64;

export class ProcessStop implements StopPort {
  readonly #parts: StopParts;
  /** by the saved text: who was found to belong to it after the command is kept as long as we live. */
  readonly #snapshots = new Map<string, Snapshot>();

  constructor(parts: StopParts) {
    this.#parts = parts;
  }

  async survey(target: StopTarget, signal: AbortSignal): Promise<Survey> {
    const { subjects, notes } = await this.#find(target, signal);
    const whole = target.runs === null ? '' : '. Ends all work of it, not only this task';
    return {
      runs: [], complete: true, schedules: [], residual: [], notes,
      alsoHits: subjects.flatMap(({ leverId, alsoHits }) => alsoHits.map((hit) => ({ leverId, ...hit }))),
      targets: this.#parts.levers.flatMap((leverId) => {
        const its = subjects.filter((subject) => subject.leverId === leverId);
        return its.length === 0 ? [] : [{ leverId, text: `${its.map(({ text }) => text).join('; ')}${whole}` }];
      }),
    };
  }

  async save(leverId: string, target: StopTarget, signal: AbortSignal): Promise<string | null> {
    const subjects = (await this.#find(target, signal)).subjects.filter((subject) => subject.leverId === leverId);
    return subjects.length === 0 ? null : writeSnapshot(together(subjects.map(({ tree }) => tree)), this.#parts.nowUs() / 1_000);
  }

  async pull(call: LeverCall, signal: AbortSignal, tell: (done: number, of: number) => void): Promise<LeverReply> {
    const snapshot = this.#snapshot(call.saved);
    if (snapshot === null) {
      const { notes } = await this.#find(call.target, signal);
      return { reported: 'refused', text: ['No process of this machine is proven to be it; nothing was signalled.', ...notes].join(' '), runs: [], complete: false };
    }
    const { machine, never, limits } = this.#parts;
    const beganUs = this.#parts.nowUs();
    const ended = await endTree({ machine, tree: snapshot.tree, never, signal, tell, ...(limits === undefined ? {} : { limits }) });
    snapshot.doubtful.push(...ended.doubtful);
    if (ended.left.length === 0 && ended.all.length > 0) snapshot.goneUs = beganUs + Math.max(...ended.goneMs.values()) * 1_000;
    return replyTo(ended, snapshot.whole);
  }

  undo(): Promise<string> {
    return Promise.reject(new RuntimeFault('conflict', 'A process that ended cannot be put back. Start it again where it is started.'));
  }

  async look(target: StopTarget, sinceUs: number, pulled: readonly { readonly leverId: string; readonly saved: string | null }[], signal: AbortSignal): Promise<Sight> {
    const open: OpenRun[] = [];
    const signs: Sign[] = [];
    const readBack: { leverId: string; holds: boolean | null; text: string }[] = [];
    const notes: string[] = [];
    const goneUs: (number | null)[] = [];
    for (const { leverId, saved } of pulled.filter((one) => this.#parts.levers.includes(one.leverId))) {
      const snapshot = this.#snapshot(saved);
      if (snapshot === null) {
        readBack.push({ leverId, holds: null, text: 'No process was proven to be it, so none can be looked for.' });
        continue;
      }
      if (!snapshot.whole) notes.push('There were more processes than could be kept, so not all of them can be looked for.');
      const doubtful = await this.#doubtful(snapshot);
      if (doubtful.length > 0) notes.push(doubtText(doubtful));
      const left = await this.#left(snapshot, signal);
      goneUs.push(snapshot.goneUs);
      const { back, others } = await this.#cameBack(leverId, target, snapshot, signal);
      // SECURITY: another process sends for the same agent: that the proven one is gone does not say that the agent is.
      if (others.length > 0) notes.push('Another process sends for it too, which is not proven to be it:', ...others);
      open.push(...left.map((proc) => openRun(proc, 'is alive')), ...back.map(({ proc, agent }) => openRun(proc, 'was started again', agent)));
      signs.push(...back.filter(({ proc }) => proc.startedMs * 1_000 >= sinceUs).map(({ proc }) => ({ atUs: Math.round(proc.startedMs * 1_000), what: `came back: ${wordsOf(proc)} was started`, run: idOf(proc), denied: false })));
      readBack.push({ leverId, holds: left.length === 0 && back.length === 0, text: backText(left, back.map(({ proc }) => proc), snapshot.tree.size) });
    }
    const known = goneUs.filter((us) => us !== null);
    return { atUs: this.#parts.nowUs(), open, complete: notes.length === 0, signs, opaque: [], readBack, notes, ...(known.length > 0 && known.length === goneUs.length ? { goneUs: Math.max(...known) } : {}) };
  }

  async rights(signal: AbortSignal): Promise<readonly RightCheck[]> {
    if (!this.#parts.tellsRights) return [];
    const { subjects, notes, missing } = await this.#find({ agents: null, runs: null }, signal);
    if (missing !== null) return [{ level: 'cancel', result: 'missing', text: missing }];
    if (subjects.length > 0) return [{ level: 'cancel', result: 'ok', text: `Its processes on this machine run under the same account: ${subjects.map(({ text }) => text).join('; ')}.` }];
    return [{ level: 'cancel', result: 'unknown', text: ['No process of this machine is proven to be behind it.', ...notes].join(' ') }];
  }

  async #find(target: StopTarget, signal: AbortSignal): Promise<Found> {
    signal.throwIfAborted();
    const found = await this.#parts.finder.find(target);
    signal.throwIfAborted();
    return found;
  }

  #left({ tree }: Snapshot, signal: AbortSignal): Promise<readonly Proc[]> {
    signal.throwIfAborted();
    return stillThere(this.#parts.machine, tree, this.#parts.never, signal);
  }

  async #doubtful({ doubtful }: Snapshot): Promise<Proc[]> {
    const found = await Promise.all(doubtful.map(async (pin) => [pin, await this.#parts.machine.one(pin.pid)] as const));
    return found.flatMap(([pin, now]) => (now !== null && isSame(now, pin) ? [now] : []));
  }

  /** Processes that are proven to be the same agent's and were not there, or not known, before the command. What was left out on purpose is none of them. */
  async #cameBack(leverId: string, target: StopTarget, { tree, atMs }: Snapshot, signal: AbortSignal): Promise<{ readonly back: readonly { proc: Proc; agent: string | null }[]; readonly others: readonly string[] }> {
    const { subjects, others = [] } = await this.#find(target, signal);
    const back = subjects.filter((subject) => subject.leverId === leverId || subject.tree.alive().some(({ startedMs }) => startedMs > atMs)).flatMap((subject) => subject.tree.alive().filter((proc) => !tree.has(proc)).map((proc) => ({ proc, agent: subject.agent })));
    return { back, others };
  }

  #snapshot(saved: string | null): Snapshot | null {
    if (saved === null) return null;
    const known = this.#snapshots.get(saved) ?? readSnapshot(saved);
    if (known === null) return null;
    this.#snapshots.delete(saved);
    this.#snapshots.set(saved, known);
    for (const [oldest] of this.#snapshots) {
      if (this.#snapshots.size <= mostKept) break;
      this.#snapshots.delete(oldest);
    }
    return known;
  }
}

function replyTo({ all, left, forbidden, goneMs, killed, born, doubtful }: Ended, whole: boolean): LeverReply {
  const gone = all.length - left.length;
  const parts = [
    all.length === 0 ? 'None of its processes was alive any more.' : `${gone} of ${all.length} processes are gone, looked at twice.`,
    killed > 0 ? `${killed} did not end when asked to and ${killed === 1 ? 'was' : 'were'} killed.` : '', born > 0 ? `${born} of them ${born === 1 ? 'was' : 'were'} started after the command.` : '',
    forbidden.length > 0 ? `${forbidden.map(wordsOf).slice(0, 5).join(', ')} may not be signalled by this account.` : '', left.length > 0 ? `Still alive: ${left.slice(0, 5).map(wordsOf).join(', ')}.` : '', whole ? '' : 'There were more processes than could be kept.',
    doubtful.length > 0 ? doubtText(doubtful) : '',
  ];
  const alive = new Set(left.map(({ pid }) => pid));
  return {
    reported: all.length === 0 ? 'nothing_to_stop' : left.length === 0 ? 'stopped' : 'accepted', text: parts.filter((part) => part !== '').join(' '), complete: whole && left.length === 0 && doubtful.length === 0,
    runs: all.slice(0, 200).map((proc) => ({ id: idOf(proc), reported: alive.has(proc.pid) ? 'accepted' : 'stopped', text: `${wordsOf(proc)} ${alive.has(proc.pid) ? 'is still alive' : 'is gone'}`, ms: goneMs.get(proc.pid) ?? 0 })),
  };
}

function backText(left: readonly Proc[], back: readonly Proc[], of: number): string {
  if (left.length > 0) return `${of - left.length} of ${of} processes are gone; alive: ${left.slice(0, 5).map(wordsOf).join(', ')}`;
  if (back.length > 0) return `${of} of ${of} processes are gone, but it came back: ${back.slice(0, 5).map(wordsOf).join(', ')}`;
  return `${of} of ${of} processes are gone, checked twice`;
}

const doubtText = (doubtful: readonly Proc[]): string => `Started right after the command, and who started it is gone: ${doubtful.slice(0, 5).map(wordsOf).join(', ')}. It may be of it; that is not proven, so it was not signalled.`;

const wordsOf = ({ pid, name }: Proc): string => `process ${pid} (${name})`;
const idOf = ({ pid, start }: Proc): string => `process:${pid}:${start}`;
const openRun = (proc: Proc, what: string, agent: string | null = null): OpenRun => ({ id: idOf(proc), agent, state: 'running', sinceUs: Math.round(proc.startedMs * 1_000), what: `${wordsOf(proc)} ${what}` });
