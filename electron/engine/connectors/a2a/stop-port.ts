/**
 * Stopping at an A2A server: one lever that cancels tasks, and looks that say what is open and what moved. The protocol knows no suspend and takes
 * no credential away; it shows what the agent says of its tasks, not whether the work behind one has ended.
 */
import { RuntimeFault } from '../connector.ts';
import type { ConnectorIo, TargetOf } from '../connector.ts';
import { faultFrom } from '../faults.ts';
import { inLanes } from '../lanes.ts';
import type { LeverCall, LeverReply, RightCheck, Sight, StopPort, StopTarget, Survey } from '../stopping.ts';
import { cancelAll } from './cancelling.ts';
import { cancelLever } from './facts.ts';
import { isNotOffered, OperationFault } from './link.ts';
import { changedSince, Effort, inStates } from './listing.ts';
import { StopPlace } from './stop-place.ts';
import type { Place } from './stop-place.ts';
import { residualOf } from './stop-residual.ts';
import { marginUs, TaskMemory } from './stop-memory.ts';
import type { State } from './task.ts';

/** Up to so many named tasks are asked for one by one: fewer questions than a list by states. */
const fewRuns = 16;
const lanes = 16;
/** Tasks asked for by themselves in one look. */
const mostSingles = 64;
/** What works is asked for twice: a task that goes from one state to another while the list is read is on one of the pages. */
const openOrder: readonly State[] = ['submitted', 'working', 'input-required', 'auth-required', 'working'];

interface Read { readonly complete: boolean; readonly notes: readonly string[] }

export class A2aStop implements StopPort {
  readonly #place: StopPlace;
  readonly #memory = new TaskMemory();
  readonly #now: () => number;
  #turn = 0;

  constructor(target: TargetOf<'a2a'>, io: ConnectorIo) {
    this.#place = new StopPlace(target, io);
    this.#now = () => io.clock.now() * 1_000;
  }

  survey(target: StopTarget, signal: AbortSignal): Promise<Survey> {
    return this.#guard(signal, async () => {
      const place = await this.#place.find(target, true, signal);
      const read = await this.#read(place, target, null, signal);
      const runs = this.#memory.openRuns(place.agent, wanted(target));
      return {
        runs, complete: read.complete, schedules: [], residual: residualOf(place.card), alsoHits: [], notes: read.notes,
        targets: [{ leverId: cancelLever.id, text: targetText(target, runs.map(({ id }) => id)) }],
      };
    });
  }

  save(): Promise<string | null> { return Promise.resolve(null); }

  pull({ leverId, target }: LeverCall, signal: AbortSignal, tell: (done: number, of: number) => void): Promise<LeverReply> {
    return this.#guard(signal, async () => {
      if (leverId !== cancelLever.id) throw new RuntimeFault('conflict', `There is no lever "${leverId}" here. Nothing was sent.`);
      const place = await this.#place.find(target, false, signal);
      if (target.runs !== null) return this.#cancel(place, target.runs, signal, tell);
      const read = await this.#read(place, target, null, signal);
      if (!(await this.#place.sight(place, signal)).lists) throw new RuntimeFault('conflict', `${read.notes.join(' ')} Nothing was sent.`);
      const reply = await this.#cancel(place, this.#openIds(place, target), signal, tell);
      return { ...reply, complete: reply.complete && read.complete, text: read.complete ? reply.text : `${reply.text} ${read.notes.join(' ')}` };
    });
  }

  undo(): Promise<string> { return Promise.reject(new RuntimeFault('conflict', cancelLever.undoText)); }

  look(target: StopTarget, sinceUs: number, pulled: readonly { readonly leverId: string }[], signal: AbortSignal): Promise<Sight> {
    return this.#guard(signal, async () => {
      const place = await this.#place.find(target, false, signal);
      const { complete, notes } = await this.#read(place, target, sinceUs, signal);
      const mine = wanted(target);
      this.#memory.knownBy(target.runs ?? [], sinceUs);
      const open = this.#memory.openRuns(place.agent, mine);
      const readBack = pulled.filter(({ leverId }) => leverId === cancelLever.id).map(({ leverId }) => ({
        leverId, holds: open.length > 0 ? false : complete ? true : null,
        text: open.length > 0 ? `${open.length} task${open.length === 1 ? ' is' : 's are'} still shown as open.` : complete ? 'No task is shown as open.' : 'No task that can be seen is shown as open.',
      }));
      return { atUs: this.#now(), open, complete, notes, readBack, signs: this.#memory.signs(sinceUs, mine), opaque: this.#memory.opaque(sinceUs, place.agent, mine) };
    });
  }

  /** A task that there cannot be is cancelled: a server that takes that says that it knows no such task, and nothing has changed. */
  async rights(signal: AbortSignal): Promise<readonly RightCheck[]> {
    const level = 'cancel';
    try {
      const place = await this.#place.find({ agents: null, runs: null }, true, signal);
      await place.calls.cancel(crypto.randomUUID(), signal);
      return [{ level, result: 'unknown', text: 'It answers a cancellation of a task that does not exist as if there were one: what it says to a real one proves little.' }];
    } catch (error) {
      if (signal.aborted) throw faultFrom(error);
      return [{ level, ...rightOf(faultFrom(error)) }];
    }
  }

  async #guard<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // Whatever stands for an abort: the contract knows faults only, and a mistake of ours stays one.
      throw signal.aborted ? new RuntimeFault('unreachable', 'It did not answer before the time was up.', { cause: error }) : error;
    }
  }

  async #cancel(place: Place, ids: readonly string[], signal: AbortSignal, tell: (done: number, of: number) => void): Promise<LeverReply> {
    this.#memory.ask(ids);
    return cancelAll(place.calls, ids, signal, tell);
  }

  #openIds(place: Place, target: StopTarget): readonly string[] {
    // What works before what waits.
    return this.#memory.openRuns(place.agent, wanted(target)).toSorted((a, b) => Number(a.state === 'waiting') - Number(b.state === 'waiting')).map(({ id }) => id);
  }

  /** Reads the target into the memory. `sinceUs` null: only what is open. */
  async #read(place: Place, target: StopTarget, sinceUs: number | null, signal: AbortSignal): Promise<Read> {
    const { runs } = target;
    if (runs !== null && runs.length <= fewRuns) return this.#readNamed(place, runs, runs, signal);
    const sight = await this.#place.sight(place, signal);
    if (!sight.lists) return runs === null ? { complete: false, notes: sight.note === null ? [] : [sight.note] } : this.#readNamed(place, runs, runs, signal);
    const whole = await this.#readLists(place, sinceUs, signal);
    const again = this.#unlisted(target, sinceUs, whole.listed);
    const singles = await this.#readNamed(place, again, runs ?? [], signal);
    const partly = whole.complete ? [] : ['The list of tasks could not be read whole: it changed while it was read, or is too long.'];
    if (runs !== null) return { complete: whole.complete && singles.complete, notes: [...partly, ...singles.notes] };
    return { complete: whole.complete && singles.complete && sight.all, notes: [...partly, ...singles.notes, ...(sight.note === null ? [] : [sight.note])] };
  }

  async #readLists({ chosen }: Place, sinceUs: number | null, signal: AbortSignal): Promise<{ readonly complete: boolean; readonly listed: ReadonlySet<string> }> {
    const { link } = this.#place;
    const fromUs = this.#now();
    const open = await inStates(link, chosen, openOrder, null, new Effort(true), signal);
    const skewUs = open.serverMs === null ? 0 : open.serverMs * 1_000 - this.#now();
    // A server tells its clock to the second only: less is no difference.
    const after = sinceUs === null ? null : new Date((sinceUs - marginUs + (Math.abs(skewUs) > 2_000_000 ? skewUs : 0)) / 1_000).toISOString();
    const changed = after === null ? null : await changedSince(link, chosen, after, new Effort(true), signal);
    const toUs = this.#now();
    const tasks = [...open.tasks, ...(changed?.tasks ?? [])].toSorted((a, b) => (a.statusUs ?? 0) - (b.statusUs ?? 0));
    for (const task of tasks) this.#memory.see(task, { fromUs, toUs, whole: false });
    return { complete: open.whole && (changed?.whole ?? true) && open.refused === 0, listed: new Set(open.tasks.map(({ id }) => id)) };
  }

  /** Tasks that no list shows as open now though they were, or that ended since: these by turns, for signs that they go on all the same. */
  #unlisted(target: StopTarget, sinceUs: number | null, listed: ReadonlySet<string>): readonly string[] {
    const mine = wanted(target);
    const open = (target.runs ?? this.#memory.worthALook(sinceUs ?? Number.MAX_SAFE_INTEGER)).filter((id) => mine(id) && !listed.has(id) && (!this.#memory.knows(id) || this.#memory.isOpen(id)));
    if (sinceUs === null) return open;
    const ended = this.#memory.worthALook(sinceUs).filter((id) => mine(id) && !listed.has(id) && !open.includes(id));
    const turn = Array.from({ length: Math.min(ended.length, mostSingles) }, (_, n) => ended[(this.#turn + n) % ended.length]!);
    this.#turn += turn.length;
    return [...open, ...turn];
  }

  /** `must`: of these each one has to be there to call it whole. */
  async #readNamed({ calls }: Place, ids: readonly string[], must: readonly string[], signal: AbortSignal): Promise<Read> {
    const now = ids.slice(0, Math.max(mostSingles * 4, fewRuns));
    const lost: string[] = [];
    await inLanes(now, lanes, async (id) => {
      const fromUs = this.#now();
      const task = await calls.get(id, signal);
      if (task === null) {
        if (must.includes(id) && !this.#memory.knows(id)) lost.push(id);
        this.#memory.lose(id, this.#now());
      } else this.#memory.see(task, { fromUs, toUs: this.#now(), whole: true });
    });
    const notes = [
      ...(lost.length === 0 ? [] : [`The server knows no such task${lost.length === 1 ? '' : 's'}, or not for this credential: ${listOf(lost)}.`]),
      ...(now.length === ids.length ? [] : [`${ids.length - now.length} tasks were not asked for in this look.`]),
    ];
    return { complete: notes.length === 0, notes };
  }
}

function wanted({ runs }: StopTarget): (id: string) => boolean {
  if (runs === null) return () => true;
  const ids = new Set(runs);
  return (id) => ids.has(id);
}

const listOf = (ids: readonly string[]): string => `${ids.slice(0, 3).map((id) => (id.length > 12 ? `${id.slice(0, 8)}…` : id)).join(', ')}${ids.length > 3 ? ` and ${ids.length - 3} more` : ''}`;

function targetText({ runs }: StopTarget, open: readonly string[]): string {
  const ids = runs ?? open;
  const all = runs === null ? ', and whatever else is open when it is pulled' : '';
  return ids.length === 0 ? `No open task that can be named now${all}` : `${ids.length} ${runs === null ? 'open ' : ''}task${ids.length === 1 ? '' : 's'}: ${listOf(ids)}${all}`;
}

function rightOf(fault: RuntimeFault): Pick<RightCheck, 'result' | 'text'> {
  if (fault instanceof OperationFault && fault.kind === 'gone') return { result: 'ok', text: 'It takes a cancellation from this credential: asked for a task that does not exist, it says that it knows no such task. Tasks of other accounts it may still refuse.' };
  if (['credential_missing', 'credential_refused', 'forbidden'].includes(fault.kind)) return { result: 'missing', text: fault.message };
  if (isNotOffered(fault)) return { result: 'missing', text: `The server does not offer to cancel tasks: ${fault.message}` };
  return { result: 'unknown', text: fault.message };
}
