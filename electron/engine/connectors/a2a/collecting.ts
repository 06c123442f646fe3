/** Reads what changed at the server since the checkpoint, in as few questions as that takes. */
import type { AgentClaim } from '../../ingest/draft.ts';
import type { Batch, Collected, FoundApproval, Refused, StuckWork } from '../connector.ts';
import type { Chosen } from './card.ts';
import { historyIsCut, tellLost, tellTask } from './drafts.ts';
import { changedSince, Effort, getTask, inStates, joined, listedHistory, mostListed } from './listing.ts';
import type { Asking, Listed } from './listing.ts';
import { isTold, readMemory, writeMemory } from './memory.ts';
import type { Known, Memory } from './memory.ts';
import { approvalOf } from './questions.ts';
import { isOpen, isWaiting, openStates, states } from './task.ts';
import type { WireTask } from './task.ts';

/** How far back a new connection reads. */
const firstLookUs = 24 * 3_600_000_000;
/** Tasks whose state changed in the same instant may come into the list after each other. */
const overlapUs = 2_000_000;
/** Changes come by their time; this often all open tasks are looked at whole, for what has no time or is gone. */
const sweepEveryMs = 10_000;
const stuckAfterUs = 120_000_000;
/** Tasks told in one batch, and asked for one by one in one round. */
const mostTasks = 200;
const mostSingles = 60;

export interface Place { readonly chosen: Chosen; readonly agent: AgentClaim }

interface Round { readonly tasks: readonly WireTask[]; readonly lost: readonly string[]; readonly whole: boolean; readonly refused: readonly Refused[]; readonly nowUs: number; readonly swept: boolean; /** a period with more tasks than were read. */ readonly skipped: { readonly fromUs: number; readonly toUs: number } | null; /** how many tasks may still be asked for one by one. */ singles: number; /** when all open tasks were last seen, by the server's clock. */ readonly lookedUs: number }

export class Collecting {
  readonly #asking: Asking;
  readonly #now: () => number;
  /** all open tasks as they were last seen; null: never looked in this life. */
  #open: Map<string, WireTask> | null = null;
  #sweptMs = 0;
  #lookedUs = 0;
  #wasWhole = true;
  #skippedUs = 0;
  #reported: ReadonlyMap<string, number> = new Map();
  #round: Round | null = null;
  #waiting: WireTask[] = [];
  /** the checkpoint that the round goes on from; another one means that a batch of it was not stored. */
  #given: string | null = null;
  /** the server gives tasks without a time of their state: changes cannot be asked for. */
  timeless = false;

  constructor(asking: Asking, now: () => number) {
    this.#asking = asking;
    this.#now = now;
  }

  /** Tasks that go on, for watching. */
  get open(): readonly WireTask[] { return this.#open === null ? [] : [...this.#open.values()]; }

  async collect(checkpoint: string | null, place: Place, signal: AbortSignal): Promise<Batch> {
    if (checkpoint !== this.#given) this.#round = null;
    try {
      const batch = await this.#batch(checkpoint, place, signal);
      this.#given = batch.checkpoint;
      return batch;
    } catch (error) {
      // Half a round is none: it begins anew at the checkpoint.
      this.#round = null;
      throw error;
    }
  }

  async #batch(checkpoint: string | null, place: Place, signal: AbortSignal): Promise<Batch> {
    const memory = readMemory(checkpoint);
    const known = new Map(memory.known);
    const round = this.#round ?? await this.#look(memory, place.chosen, signal);
    if (this.#round === null) this.#waiting = untold(round, known);
    const teller = { agent: place.agent, nowUs: round.nowUs };
    const records: Collected[] = [];
    for (const task of await this.#completed(this.#waiting.splice(0, mostTasks), round, known, place.chosen, signal)) {
      const told = tellTask(task, known.get(task.id), teller);
      records.push(...told.records);
      known.set(task.id, told.known);
    }
    const more = this.#waiting.length > 0;
    this.#round = more ? round : null;
    // Half a list would let what is not on it look withdrawn.
    const common = round.whole ? { records, more, approvals: this.#approvals(known, place.agent), stuck: this.#stuck(known, round.nowUs) } : { records, more, approvals: null, stuck: null };
    if (more) return { ...common, refused: [], gaps: [], checkpoint: writeMemory({ afterUs: memory.afterUs, known }).checkpoint };
    const gaps = [...forgetLost(round, known, teller, records), ...this.#skippedGap(round)];
    const afterUs = round.whole || round.skipped !== null ? latest(round, memory.afterUs) : memory.afterUs;
    prune(known, afterUs, this.timeless);
    const { checkpoint: next, left } = writeMemory({ afterUs, known });
    const refused = left === 0 ? round.refused : [...round.refused, { reason: 'tasks beyond what can be kept in mind at once', count: left, sample: null }];
    return { ...common, refused: this.#unreported(refused, round.swept), gaps, checkpoint: next };
  }

  async #look(memory: Memory, chosen: Chosen, signal: AbortSignal): Promise<Round> {
    const nowMs = this.#now();
    const since = nowMs - this.#sweptMs;
    const sweep = this.#open === null || since >= sweepEveryMs || since < 0;
    // A list that could not be read whole is not fought with at each poll.
    const effort = new Effort(sweep || this.#wasWhole);
    const after = new Date(Math.floor((memory.afterUs === null ? nowMs * 1_000 - firstLookUs : memory.afterUs - overlapUs) / 1_000)).toISOString();
    const changed = this.timeless && sweep ? await inStates(this.#asking, chosen, states.filter((one) => one !== 'unknown'), null, effort, signal) : await changedSince(this.#asking, chosen, after, effort, signal);
    const open = sweep ? await inStates(this.#asking, chosen, openStates, null, effort, signal) : null;
    const nowUs = (changed.serverMs ?? nowMs) * 1_000;
    const tasks = new Map(joined(open === null ? [changed] : [changed, open]).tasks.map((task) => [task.id, task]));
    this.timeless ||= [...tasks.values()].some((task) => task.statusUs === null);
    const round: Round = { tasks: [], lost: [], whole: changed.whole && (open?.whole ?? true), refused: refusals(changed, open), nowUs, swept: sweep, skipped: skippedOf(changed, Date.parse(after) * 1_000), singles: mostSingles, lookedUs: this.#lookedUs };
    const lost: string[] = [];
    if (open !== null && round.whole) {
      for (const id of missing(memory, tasks).slice(0, round.singles)) {
        const task = await getTask(this.#asking, chosen, id, signal);
        round.singles -= 1;
        if (task === null) lost.push(id);
        else tasks.set(id, task);
      }
    }
    if (sweep) this.#sweptMs = nowMs;
    if (open?.whole === true) this.#lookedUs = nowUs;
    this.#wasWhole = round.whole;
    this.#remember(tasks, open?.whole === true);
    return { ...round, tasks: [...tasks.values()], lost };
  }

  #remember(tasks: ReadonlyMap<string, WireTask>, swept: boolean): void {
    const open = swept ? new Map<string, WireTask>() : new Map(this.#open);
    for (const [id, task] of tasks) {
      if (isOpen(task.state)) open.set(id, task);
      else open.delete(id);
    }
    this.#open = open;
  }

  /** Lists leave out artifacts and long histories: a task that ended, or said more than a list tells, is asked for by itself. */
  async #completed(tasks: readonly WireTask[], round: Round, known: ReadonlyMap<string, Known>, chosen: Chosen, signal: AbortSignal): Promise<readonly WireTask[]> {
    const whole: WireTask[] = [];
    for (const task of tasks) {
      const wanted = historyIsCut(task, known.get(task.id), listedHistory) || !isOpen(task.state);
      whole.push(wanted && round.singles-- > 0 ? (await getTask(this.#asking, chosen, task.id, signal)) ?? task : task);
    }
    return whole;
  }

  /** SECURITY: a server that floods makes one gap a minute, not one a poll. */
  #skippedGap({ skipped, nowUs }: Round): Batch['gaps'] {
    if (skipped === null || nowUs - this.#skippedUs < 60_000_000) return [];
    this.#skippedUs = nowUs;
    return [{ ...skipped, text: `The server lists more than ${mostListed} tasks that changed in this time; the older ones of them were not read.` }];
  }

  /** What is refused is refused at each look: counted once, and again where it grew. */
  #unreported(refused: readonly Refused[], swept: boolean): readonly Refused[] {
    const news = refused.flatMap((one) => {
      const more = one.count - (this.#reported.get(one.reason) ?? 0);
      return more > 0 ? [{ ...one, count: more }] : [];
    });
    const before = swept ? new Map<string, number>() : this.#reported;
    this.#reported = new Map([...before, ...refused.map((one): [string, number] => [one.reason, Math.max(one.count, before.get(one.reason) ?? 0)])]);
    return news;
  }

  #approvals(known: ReadonlyMap<string, Known>, agent: AgentClaim): readonly FoundApproval[] {
    return this.open.filter((task) => isWaiting(task.state)).flatMap((task) => approvalOf(task, agent, known.get(task.id)?.seenUs ?? this.#now() * 1_000) ?? []);
  }

  #stuck(known: ReadonlyMap<string, Known>, nowUs: number): readonly StuckWork[] {
    return this.open.filter((task) => !isWaiting(task.state)).flatMap((task) => {
      const sinceUs = task.statusUs ?? known.get(task.id)?.seenUs ?? nowUs;
      if (nowUs - sinceUs < stuckAfterUs) return [];
      return [{ run: { kind: 'run' as const, id: task.id }, sinceUs, text: `The server says "${task.state}", but the task has not changed since.` }];
    });
  }
}

function untold(round: Round, known: ReadonlyMap<string, Known>): WireTask[] {
  return round.tasks.filter((task) => !isTold(task, known.get(task.id))).toSorted((a, b) => (a.statusUs ?? 0) - (b.statusUs ?? 0));
}

/** Tells of tasks that the server forgot, and forgets them too. */
function forgetLost(round: Round, known: Map<string, Known>, teller: Parameters<typeof tellLost>[2], records: Collected[]): Batch['gaps'] {
  let fromUs = round.nowUs;
  for (const id of round.lost) {
    const one = known.get(id);
    if (one === undefined) continue;
    records.push(...tellLost(id, one, teller));
    // Until the last whole look it was seen to be there.
    fromUs = Math.min(fromUs, Math.max(one.statusUs || one.seenUs, round.lookedUs));
    known.delete(id);
  }
  if (round.lost.length === 0) return [];
  const many = round.lost.length === 1 ? 'a task that was' : `${round.lost.length} tasks that were`;
  return [{ fromUs, toUs: round.nowUs, text: `The server no longer shows ${many} at work; how it went on cannot be told. A server that keeps its tasks in memory forgets them when it is restarted; another credential may see other tasks.` }];
}

function skippedOf(changed: Listed, fromUs: number): Round['skipped'] {
  if (!changed.tooMany) return null;
  const oldest = changed.tasks.reduce((least, task) => Math.min(least, task.statusUs ?? least), Number.MAX_SAFE_INTEGER);
  return oldest > fromUs && oldest !== Number.MAX_SAFE_INTEGER ? { fromUs, toUs: oldest } : null;
}

/** Tasks that went on when they were last told, and that no list names now. */
function missing(memory: Memory, tasks: ReadonlyMap<string, WireTask>): string[] {
  return [...memory.known].filter(([id, one]) => isOpen(one.state) && !tasks.has(id)).map(([id]) => id);
}

function refusals(...listed: readonly (Listed | null)[]): readonly Refused[] {
  // The same entries stand in both.
  const bad = Math.max(0, ...listed.map((one) => one?.refused ?? 0));
  const partly = listed.some((one) => one !== null && !one.whole);
  return [
    ...(bad === 0 ? [] : [{ reason: 'entries of the task list that are no tasks', count: bad, sample: null }]),
    ...(partly ? [{ reason: 'a task list that could not be read whole (it changed while it was read, or is too long)', count: 1, sample: null }] : []),
  ];
}

/** SECURITY: a time in the future, by mistake or on purpose, must not make us blind until then. */
function latest(round: Round, beforeUs: number | null): number {
  const newest = round.tasks.reduce((most, task) => Math.max(most, task.statusUs ?? 0), beforeUs ?? 0);
  return Math.min(newest === 0 ? round.nowUs - firstLookUs : newest, round.nowUs);
}

/** What ended long enough ago is never listed again. */
function prune(known: Map<string, Known>, afterUs: number | null, timeless: boolean): void {
  if (timeless || afterUs === null) return;
  for (const [id, one] of known) if (!isOpen(one.state) && one.statusUs < afterUs - 10_000_000) known.delete(id);
}
