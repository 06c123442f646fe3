/**
 * Ends a tree of processes and finds out whether it is gone. Asked first (TERM), from the top down: whoever could start something again
 * is told before what it started, agents flush their last telemetry and take their own tools along, and an agent whose tool died first
 * would only go on to its next step. Tools live in sessions of their own, so each process is asked by its own number, never a group.
 * What is left after the grace is frozen, looked at once more, and killed: a frozen process starts nothing between the look and the kill.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Doubts, nestOf, type Nest } from './doubtful.ts';
import type { Machine, Proc, Processes } from './machine.ts';
import type { Tree } from './tree.ts';

export interface EndLimits {
  readonly graceMs: number;
  /** at the slowest; at first it looks more often, since what is asked to end may start something else in that moment. */
  readonly lookEveryMs: number;
  /** after the grace, for killing and looking. */
  readonly killMs: number;
}

/** Together less than the five seconds that one call of a lever may take. */
export const endLimits: EndLimits = { graceMs: 3_000, lookEveryMs: 100, killMs: 1_500 };

export interface Ended {
  /** everybody of the tree who lived when it began or was born meanwhile. */
  readonly all: readonly Proc[];
  readonly left: readonly Proc[];
  /** those that we may not signal. */
  readonly forbidden: readonly Proc[];
  /** how long it took until each was seen gone, in milliseconds from the command. */
  readonly goneMs: ReadonlyMap<number, number>;
  readonly killed: number;
  /** born after the command. */
  readonly born: number;
  /** They may be of it (`doubtful.ts`): not signalled, and while they live nobody can say that all of it is gone. */
  readonly doubtful: readonly Proc[];
  /** where it lived, as far as it was seen to. */
  readonly nest: Nest | null;
}

interface Parts {
  readonly machine: Machine;
  readonly tree: Tree;
  readonly never: (processes: Processes) => ReadonlySet<number>;
  readonly signal: AbortSignal;
  readonly tell: (gone: number, of: number) => void;
  /** where it was seen to live before. */
  readonly nest?: Nest | null;
  readonly doubts?: Doubts;
  readonly limits?: EndLimits;
}

class Ending {
  readonly #parts: Parts;
  readonly #limits: EndLimits;
  readonly #since = performance.now();
  readonly #all = new Map<number, Proc>();
  readonly #asked = new Set<number>();
  readonly #forbidden = new Set<number>();
  readonly #killed = new Set<number>();
  readonly #goneMs = new Map<number, number>();
  #began = 0;
  #waits = 0;
  #now: Processes = new Map();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#limits = parts.limits ?? endLimits;
  }

  async run(): Promise<Ended> {
    let left = await this.#look();
    this.#began = this.#all.size;
    const { machine, tree, doubts = new Doubts(machine) } = this.#parts;
    const nest = await nestOf(machine, tree, this.#parts.nest);
    while (left.length > 0 && this.#ms() < this.#limits.graceMs) {
      await this.#ask(left);
      await this.#wait();
      left = await this.#look();
    }
    // What was killed is gone in a moment: looking late would only tell late since when.
    if (left.length > 0) this.#waits = 0;
    // Gone once is not enough: what one that just died had started may only be in the next list.
    let empty = left.length === 0 ? 1 : 0;
    while (empty === 1 || (empty === 0 && this.#ms() < this.#limits.graceMs + this.#limits.killMs)) {
      if (left.length > 0) await this.#kill();
      await this.#wait();
      left = await this.#look();
      empty = left.length === 0 ? empty + 1 : 0;
    }
    const all = [...this.#all.values()];
    const doubtful = await doubts.find(this.#now, { nest, tree, never: this.#parts.never(this.#now), until: null });
    return { all, left, forbidden: all.filter(({ pid }) => this.#forbidden.has(pid)), goneMs: this.#goneMs, killed: this.#killed.size, born: all.length - this.#began, doubtful, nest };
  }

  async #look(): Promise<Proc[]> {
    this.#now = await this.#parts.machine.read();
    this.#parts.tree.take(this.#now, this.#parts.never(this.#now));
    const left = this.#parts.tree.alive();
    for (const proc of left) this.#all.set(proc.pid, proc);
    const alive = new Set(left.map(({ pid }) => pid));
    for (const pid of this.#all.keys()) if (!alive.has(pid) && !this.#goneMs.has(pid)) this.#goneMs.set(pid, Math.round(this.#ms()));
    this.#parts.tell(this.#all.size - left.length, this.#all.size);
    return left;
  }

  async #ask(left: readonly Proc[]): Promise<void> {
    for (const proc of left) {
      if (this.#asked.has(proc.pid)) continue;
      this.#asked.add(proc.pid);
      await this.#send(proc, 'ask');
    }
  }

  /** Never given up in the middle: nobody stays frozen. */
  async #kill(): Promise<void> {
    let left = await this.#look();
    const frozen = new Set<number>();
    // Until a look finds nobody who was not frozen at the look before.
    for (let round = 0; this.#parts.machine.freezes && round < mostRounds; round++) {
      const fresh = left.filter(({ pid }) => !frozen.has(pid));
      if (fresh.length === 0) break;
      for (const proc of fresh) {
        frozen.add(proc.pid);
        await this.#send(proc, 'freeze');
      }
      left = await this.#look();
    }
    for (const proc of left) if (await this.#send(proc, 'kill')) this.#killed.add(proc.pid);
  }

  async #send(proc: Proc, kind: 'ask' | 'freeze' | 'kill'): Promise<boolean> {
    const sent = await this.#parts.machine.signal(proc, kind);
    if (sent === 'not_allowed') this.#forbidden.add(proc.pid);
    return sent === 'sent';
  }

  #ms(): number { return performance.now() - this.#since; }

  #wait(): Promise<void> { return pause(Math.min(this.#limits.lookEveryMs, firstWaitMs * 2 ** this.#waits++), undefined, { signal: this.#parts.signal }); }
}

const mostRounds = 5;
const firstWaitMs = 5;

export function endTree(parts: Parts): Promise<Ended> {
  return new Ending(parts).run();
}

/** Is everybody of it gone? Looked at twice: the second look finds what the last ones started. `seen` is given each list. */
export async function stillThere(machine: Machine, tree: Tree, never: (processes: Processes) => ReadonlySet<number>, signal: AbortSignal, seen: (processes: Processes) => Promise<void> = () => Promise.resolve()): Promise<readonly Proc[]> {
  for (let looks = 0; looks < 2; looks++) {
    if (looks > 0) await pause(betweenLooksMs, undefined, { signal });
    const processes = await machine.read();
    tree.take(processes, never(processes));
    await seen(processes);
    const left = tree.alive();
    if (left.length > 0) return left;
  }
  return [];
}

const betweenLooksMs = 100;
