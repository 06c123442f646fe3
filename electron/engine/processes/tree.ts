/**
 * A process and everything that it started, followed over time. Who belongs to it is only what the system proves: a child of a living
 * member, and who lives in a session or a process group that is all its own: both are entered by being born there. So a child that went
 * into its own session is found by its parent, and one whose parent died by having been seen before, or by its session or group.
 */
import { isSame } from './machine.ts';
import type { Pin, Proc, Processes } from './machine.ts';

export interface SavedTree {
  /** begin of the tree, launchers first. */
  readonly roots: readonly Pin[];
  readonly members: readonly (Pin & { readonly name: string })[];
  readonly own: OwnNumbers;
}

/** Sessions and groups in which nobody lives but members. */
export interface OwnNumbers {
  readonly sessions: readonly number[];
  readonly groups: readonly number[];
  /** when that was seen. */
  readonly atMs: number;
}

const noNumbers: OwnNumbers = { sessions: [], groups: [], atMs: 0 };
/** Numbers go round: what was seen longer ago may be somebody else's now. */
const numbersLastMs = 60_000;

export class Tree {
  readonly roots: readonly Pin[];
  /** everybody who was ever seen in it, alive or not. */
  readonly #members = new Map<string, Pin & { readonly name: string }>();
  readonly #alive = new Map<number, Proc>();
  #own: OwnNumbers;

  constructor(saved: SavedTree) {
    this.roots = saved.roots;
    for (const root of saved.roots) this.#members.set(keyOf(root), { ...root, name: '' });
    for (const member of saved.members) this.#members.set(keyOf(member), member);
    this.#own = saved.own;
  }

  static of(...roots: readonly Pin[]): Tree {
    return new Tree({ roots, members: [], own: noNumbers });
  }

  /** Takes in a new list of the machine's processes. `never`: these are not followed, whoever started them. */
  take(processes: Processes, never: ReadonlySet<number>, nowMs = Date.now()): void {
    this.#alive.clear();
    const children = childrenIn(processes);
    const queue: Proc[] = [];
    const add = (proc: Proc): void => {
      if (this.#alive.has(proc.pid) || never.has(proc.pid)) return;
      this.#members.set(keyOf(proc), { pid: proc.pid, start: proc.start, name: proc.name });
      this.#alive.set(proc.pid, proc);
      queue.push(proc);
    };
    for (const member of this.#members.values()) {
      const now = processes.get(member.pid);
      if (now !== undefined && isSame(now, member)) add(now);
    }
    for (const proc of this.#bornIn(processes, nowMs)) add(proc);
    for (let proc = queue.shift(); proc !== undefined; proc = queue.shift()) {
      // Windows goes on naming a parent that is no more, whose number may be somebody else's by now: nobody is older than who started them.
      for (const child of children.get(proc.pid) ?? []) if (child.startedMs >= proc.startedMs) add(child);
      // It opened this session: all others in it were born there.
      if (proc.session === proc.pid) for (const other of processes.values()) if (other.session === proc.pid) add(other);
    }
    this.#own = this.#ownNow(processes, nowMs);
  }

  /** Those alive when it last took a list in, parents before their children. */
  alive(): Proc[] {
    const depth = (proc: Proc): number => {
      let steps = 0;
      for (let above = this.#alive.get(proc.parent); above !== undefined && above !== proc && steps < deepest; above = this.#alive.get(above.parent)) steps++;
      return steps;
    };
    return [...this.#alive.values()].map((proc) => ({ proc, depth: depth(proc) })).toSorted((a, b) => a.depth - b.depth || a.proc.startedMs - b.proc.startedMs || a.proc.pid - b.proc.pid).map(({ proc }) => proc);
  }

  has(pin: Pin): boolean { return this.#members.has(keyOf(pin)); }

  /** everybody who was ever seen in it. */
  get size(): number { return this.#members.size; }

  /** Forgets who is gone: for trees that are followed as long as an agent lives. */
  forgetGone(): void {
    for (const [key, member] of this.#members) if (!isSame(this.#alive.get(member.pid), member)) this.#members.delete(key);
  }

  saved(): SavedTree {
    return { roots: this.roots, members: [...this.#members.values()], own: this.#own };
  }

  /** SECURITY: a number that was given to another process since then proves nothing any more. */
  #bornIn(processes: Processes, nowMs: number): Proc[] {
    const { sessions, groups, atMs } = this.#own;
    if (nowMs - atMs > numbersLastMs) return [];
    const stillOurs = (number: number): boolean => {
      const leader = processes.get(number);
      return leader === undefined || this.has(leader);
    };
    const [ourSessions, ourGroups] = [new Set<number | null>(sessions.filter(stillOurs)), new Set<number | null>(groups.filter(stillOurs))];
    return [...processes.values()].filter(({ session, group }) => ourSessions.has(session) || ourGroups.has(group));
  }

  #ownNow(processes: Processes, nowMs: number): OwnNumbers {
    const [sessions, groups] = [new Set<number>(), new Set<number>()];
    for (const { session, group } of this.#alive.values()) {
      // 0 and 1 are the system's own, and those of whoever is outside of our container.
      if (session !== null && session > 1) sessions.add(session);
      if (group !== null && group > 1) groups.add(group);
    }
    for (const { pid, session, group } of processes.values()) {
      if (this.#alive.has(pid)) continue;
      if (session !== null) sessions.delete(session);
      if (group !== null) groups.delete(group);
    }
    return { sessions: [...sessions], groups: [...groups], atMs: nowMs };
  }
}

const keyOf = ({ pid, start }: Pin): string => `${pid} ${start}`;
const deepest = 1_000;

function childrenIn(processes: Processes): ReadonlyMap<number, Proc[]> {
  const children = new Map<number, Proc[]>();
  for (const proc of processes.values()) {
    const siblings = children.get(proc.parent);
    if (siblings === undefined) children.set(proc.parent, [proc]);
    else siblings.push(proc);
  }
  return children;
}

/** Who stands above a process, nearest first. */
export function ancestorsOf(pid: number, processes: Processes): Proc[] {
  const above: Proc[] = [];
  for (let proc = processes.get(processes.get(pid)?.parent ?? 0); proc !== undefined && !above.includes(proc); proc = processes.get(proc.parent)) above.push(proc);
  return above;
}

/** SECURITY: what is never signalled, whatever it sends: the system's first process, ourselves, who started us, and what we started. */
export function neverSignalled(ownPid: number, processes: Processes): ReadonlySet<number> {
  const own = processes.get(ownPid);
  const never = new Set([0, 1, ownPid, ...ancestorsOf(ownPid, processes).map(({ pid }) => pid)]);
  if (own === undefined) return never;
  const ours = Tree.of(own);
  ours.take(processes, new Set([0, 1]));
  for (const { pid } of ours.alive()) never.add(pid);
  return never;
}

/** Merges several into one, so that they are ended together. */
export function together(trees: readonly Tree[]): Tree {
  const saved = trees.map((tree) => tree.saved());
  return new Tree({
    roots: saved.flatMap(({ roots }) => roots), members: saved.flatMap(({ members }) => members),
    own: { sessions: saved.flatMap(({ own }) => own.sessions), groups: saved.flatMap(({ own }) => own.groups), atMs: Math.min(...saved.map(({ own }) => own.atMs)) },
  });
}
