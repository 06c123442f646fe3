/** The stop port of processes: what is there, ending it, and whether it is gone. */
import { RuntimeFault } from '../connectors/connector.ts';
import type { LeverCall, LeverReply, OpenRun, RightCheck, Sight, Sign, StopPort, StopTarget, Survey } from '../connectors/stopping.ts';
import { Doubts, nestOf, newestIn } from './doubtful.ts';
import { endTree, stillThere, type Ended, type EndLimits } from './end-tree.ts';
import type { Finder, Found } from './found.ts';
import type { Machine, Proc, Processes } from './machine.ts';
import { readSnapshot, writeSnapshot, type Snapshot } from './saved-tree.ts';
import { together, type Tree } from './tree.ts';

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
  readonly #doubts: Doubts;

  constructor(parts: StopParts) {
    this.#parts = parts;
    this.#doubts = new Doubts(parts.machine);
  }

  async survey(target: StopTarget, signal: AbortSignal): Promise<Survey> {
    const { subjects, notes } = await this.#find(target, signal);
    const whole = target.runs === null ? '' : '. Ends all work of it, not only this task';
    return {
      runs: [], complete: true, schedules: [], residual: [], notes: [...notes, ...await this.#doubtBefore(subjects.map(({ tree }) => tree), target)],
      alsoHits: subjects.flatMap(({ leverId, alsoHits }) => alsoHits.map((hit) => ({ leverId, ...hit }))),
      targets: this.#parts.levers.flatMap((leverId) => {
        const its = subjects.filter((subject) => subject.leverId === leverId);
        return its.length === 0 ? [] : [{ leverId, text: `${its.map(({ text }) => text).join('; ')}${whole}` }];
      }),
    };
  }

  async save(leverId: string, target: StopTarget, signal: AbortSignal): Promise<string | null> {
    const { subjects: all, elsewhere } = await this.#find(target, signal);
    const subjects = all.filter((subject) => subject.leverId === leverId);
    if (subjects.length === 0) return null;
    const { machine } = this.#parts;
    // Where they live is told by who lives, and who is put together anew has not been looked at.
    const nests = await Promise.all(subjects.map(({ tree }) => nestOf(machine, tree)));
    const nest = nests.reduce((all, one) => (all === null || one === null ? all ?? one : { units: [...new Set([...all.units, ...one.units])], since: Math.min(all.since, one.since) }), null);
    return writeSnapshot(together(subjects.map(({ tree }) => tree)), this.#parts.nowUs() / 1_000, nest, elsewhere);
  }

  async pull(call: LeverCall, signal: AbortSignal, tell: (done: number, of: number) => void): Promise<LeverReply> {
    const snapshot = this.#snapshot(call.saved);
    if (snapshot === null) {
      const { notes } = await this.#find(call.target, signal);
      return { reported: 'refused', text: ['No process of this machine is proven to be it; nothing was signalled.', ...notes].join(' '), runs: [], complete: false };
    }
    const { machine, never, limits } = this.#parts;
    const beganUs = this.#parts.nowUs();
    const ended = await endTree({ machine, tree: snapshot.tree, never, signal, tell, nest: snapshot.nest, doubts: this.#doubts, ...(limits === undefined ? {} : { limits }) });
    snapshot.nest = ended.nest;
    const doubtful = await this.#unclaimed(ended.doubtful, call.target);
    if (ended.left.length === 0 && ended.all.length > 0) snapshot.goneUs = beganUs + Math.max(...ended.goneMs.values()) * 1_000;
    return replyTo({ ...ended, doubtful }, snapshot.whole);
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
    const doubts: string[] = [];
    for (const { leverId, saved } of pulled.filter((one) => this.#parts.levers.includes(one.leverId))) {
      const snapshot = this.#snapshot(saved);
      if (snapshot === null) {
        readBack.push({ leverId, holds: null, text: 'No process was proven to be it, so none can be looked for.' });
        continue;
      }
      if (!snapshot.whole) notes.push('There were more processes than could be kept, so not all of them can be looked for.');
      const { left, doubtful } = await this.#left(snapshot, target, signal);
      // SECURITY: nobody can say that all of it is gone while somebody lives who may be of it.
      if (doubtful.length > 0) doubts.push(doubtText(doubtful));
      goneUs.push(snapshot.goneUs);
      const { back, others } = await this.#cameBack(leverId, target, snapshot, signal);
      // SECURITY: another process sends for the same agent: that the proven one is gone does not say that the agent is.
      const besides = [...new Set([...others, ...snapshot.elsewhere])];
      if (besides.length > 0) notes.push('It is heard of by others too, which are not proven to be it:', ...besides);
      open.push(...left.map((proc) => openRun(proc, 'is alive')), ...back.map(({ proc, agent }) => openRun(proc, 'was started again', agent)));
      signs.push(...back.filter(({ proc }) => proc.startedMs * 1_000 >= sinceUs).map(({ proc }) => ({ atUs: Math.round(proc.startedMs * 1_000), what: `came back: ${wordsOf(proc)} was started`, run: idOf(proc), denied: false })));
      readBack.push({ leverId, holds: left.length === 0 && back.length === 0, text: backText(left, back.map(({ proc }) => proc), snapshot.tree.size) });
    }
    const known = goneUs.filter((us) => us !== null);
    notes.push(...doubts);
    return { atUs: this.#parts.nowUs(), open, complete: notes.length === 0, signs, opaque: [], readBack, notes, ...(doubts.length === 0 ? {} : { doubt: doubts.join(' ') }), ...(known.length > 0 && known.length === goneUs.length ? { goneUs: Math.max(...known) } : {}) };
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

  async #left(snapshot: Snapshot, target: StopTarget, signal: AbortSignal): Promise<{ readonly left: readonly Proc[]; readonly doubtful: readonly Proc[] }> {
    signal.throwIfAborted();
    const { machine, never } = this.#parts;
    const { tree, nest, clear } = snapshot;
    const doubtful = new Map<string, Proc>();
    let newest = 0;
    // In both lists: one that starts itself anew again and again is another one in each.
    const left = await stillThere(machine, tree, never, signal, async (processes) => {
      newest = newestIn(machine, processes);
      for (const proc of await this.#doubts.find(processes, { nest, tree, never: never(processes), until: clear })) doubtful.set(idOf(proc), proc);
    });
    const unclaimed = await this.#unclaimed([...doubtful.values()], target);
    // Nobody is left who could start anybody: who comes later, somebody else has started.
    if (left.length === 0 && unclaimed.length === 0) snapshot.clear ??= newest;
    return { left, doubtful: unclaimed };
  }

  async #unclaimed(doubtful: readonly Proc[], target: StopTarget): Promise<readonly Proc[]> {
    const { finder } = this.#parts;
    return doubtful.length === 0 || finder.unclaimed === undefined ? doubtful : finder.unclaimed(doubtful, target);
  }

  /** Said in the plan, before anything is sent. */
  async #doubtBefore(trees: readonly Tree[], target: StopTarget): Promise<string[]> {
    if (trees.length === 0) return [];
    const { machine, never } = this.#parts;
    const processes = await machine.read();
    const found = await Promise.all(trees.map(async (tree) => this.#doubts.find(processes, { nest: await nestOf(machine, tree), tree, never: never(processes), until: null })));
    const doubtful = new Map(found.flat().filter((proc) => !trees.some((tree) => tree.has(proc))).map((proc) => [idOf(proc), proc]));
    const unclaimed = await this.#unclaimed([...doubtful.values()], target);
    return unclaimed.length === 0 ? [] : [doubtText(unclaimed)];
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

function doubtText(doubtful: readonly Proc[]): string {
  const [it, lives] = doubtful.length === 1 ? ['it', 'it lives'] : ['they', 'one of them lives'];
  const names = doubtful.slice(0, 5).map(wordsOf).join(', ') + (doubtful.length > 5 ? ` and ${doubtful.length - 5} more` : '');
  return `Left behind where it lives, by somebody who is gone: ${names}. That ${it} may be of it is not proven, so nothing is signalled; while ${lives}, nobody can say that all of it is gone.`;
}

const wordsOf = ({ pid, name }: Proc): string => `process ${pid} (${name})`;
const idOf = ({ pid, start }: Proc): string => `process:${pid}:${start}`;
const openRun = (proc: Proc, what: string, agent: string | null = null): OpenRun => ({ id: idOf(proc), agent, state: 'running', sinceUs: Math.round(proc.startedMs * 1_000), what: `${wordsOf(proc)} ${what}` });
