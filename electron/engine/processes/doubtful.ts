/**
 * Who may be of a tree although nothing ties it to it any more: it lives where the tree lived (the same control group, which is inherited), was
 * born since the tree began, and was left to whoever takes in orphans. A daemon that an agent set going before it was first seen looks like that,
 * and so may something else: that is no proof, so nobody is signalled for it; but while it lives nobody can say either that all of the tree is gone.
 */
import type { Machine, Pin, Proc, Processes } from './machine.ts';
import type { Tree } from './tree.ts';

/** Where a tree lives, and since when. */
export interface Nest {
  readonly units: readonly string[];
  /** the earliest start of its roots, as the system counts (`Machine.startOf`). */
  readonly since: number;
}

/** SECURITY: an agent may start as many as it likes; where thousands live, the first ones live. */
const mostAsked = 256;

/** Null: this system tells of no units, so that nobody can be told apart from the rest of the machine. */
export async function nestOf(machine: Machine, tree: Tree, known: Nest | null = null): Promise<Nest | null> {
  const found = await Promise.all(tree.alive().slice(0, mostAsked).map(({ pid }) => machine.unitOf(pid)));
  const units = [...new Set([...known?.units ?? [], ...found.filter((unit) => unit !== null)])];
  if (units.length === 0) return null;
  return { units, since: Math.min(known?.since ?? Infinity, ...tree.roots.map((root) => machine.startOf(root))) };
}

export interface Doubt {
  readonly nest: Nest | null;
  readonly tree: Tree;
  readonly never: ReadonlySet<number>;
  /** who was born later is not meant: by then nobody was left who could have started it. Null: nobody is left out. */
  readonly until: number | null;
}

const mostKnown = 4_096;

export class Doubts {
  readonly #machine: Machine;
  /** looks come twice a second, and whether somebody takes in orphans does not change. */
  readonly #reapers = new Map<string, Promise<boolean>>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  async find(processes: Processes, { nest, tree, never, until }: Doubt): Promise<Proc[]> {
    if (nest === null) return [];
    const machine = this.#machine;
    const born = (proc: Pin): boolean => machine.startOf(proc) >= nest.since && (until === null || machine.startOf(proc) <= until);
    const others = [...processes.values()].filter((proc) => !tree.has(proc) && !never.has(proc.pid) && born(proc));
    const found = await Promise.all(others.map(async ({ pid, parent }) => (await this.#takesOrphans(parent, processes)) && nest.units.includes((await machine.unitOf(pid)) ?? '')));
    return others.filter((_, at) => found[at] === true);
  }

  /** 0: it was put here from outside, which makes no orphan. Who is not in the list has died since, or is hidden from us. */
  #takesOrphans(pid: number, processes: Processes): Promise<boolean> | boolean {
    if (pid <= 1) return pid === 1;
    const parent = processes.get(pid);
    if (parent === undefined || reapers.test(parent.name)) return true;
    const key = `${pid} ${parent.start}`;
    const known = this.#reapers.get(key) ?? this.#machine.details(pid).then((details) => details?.innerPid === 1);
    if (this.#reapers.size >= mostKnown) this.#reapers.clear();
    this.#reapers.set(key, known);
    return known;
  }
}

/** The newest that was seen: whoever is not newer was there. */
export const newestIn = (machine: Machine, processes: Processes): number => Math.max(0, ...[...processes.values()].map((proc) => machine.startOf(proc)));

/** Programs that ask the system to be handed the children of those that died below them; the name is cut by the system. */
const reapers = /^(?:systemd|containerd-shim.*|tini(?:-static)?|dumb-init|docker-init|catatonit|conmon|s6-svscan|runsv.*)$/;
