/**
 * A process and everything that it started, followed over time. Who belongs to it is only what the system proves: a child of a living
 * member, and who lives in a session that a member opened (`setsid`): a session is entered by being born in it alone. So a child that
 * went into its own session is found by its parent, and one whose parent died by having been seen before, or by its session.
 */
import { isSame } from './machine.ts';
import type { Pin, Proc, Processes } from './machine.ts';

export interface SavedTree {
  /** begin of the tree, launchers first. */
  readonly roots: readonly Pin[];
  readonly members: readonly (Pin & { readonly name: string })[];
  readonly sessions: readonly Pin[];
}

export class Tree {
  readonly roots: readonly Pin[];
  /** everybody who was ever seen in it, alive or not. */
  readonly #members = new Map<string, Pin & { readonly name: string }>();
  readonly #alive = new Map<number, Proc>();
  #sessions: Pin[];

  constructor(saved: SavedTree) {
    this.roots = saved.roots;
    for (const root of saved.roots) this.#members.set(keyOf(root), { ...root, name: '' });
    for (const member of saved.members) this.#members.set(keyOf(member), member);
    this.#sessions = [...saved.sessions];
  }

  static of(...roots: readonly Pin[]): Tree {
    return new Tree({ roots, members: [], sessions: [] });
  }

  /** Takes in a new list of the machine's processes; answers who was not known before. `never`: these are not followed, whoever started them. */
  take(processes: Processes, never: ReadonlySet<number>): Proc[] {
    this.#alive.clear();
    const queue: Proc[] = [];
    const children = childrenIn(processes);
    const added: Proc[] = [];
    const add = (proc: Proc): void => {
      if (this.#alive.has(proc.pid) || never.has(proc.pid)) return;
      const key = keyOf(proc);
      if (this.#members.get(key)?.name === undefined) added.push(proc);
      this.#members.set(key, { pid: proc.pid, start: proc.start, name: proc.name });
      this.#alive.set(proc.pid, proc);
      queue.push(proc);
    };
    for (const member of this.#members.values()) {
      const now = processes.get(member.pid);
      if (now !== undefined && isSame(now, member)) add(now);
    }
    // SECURITY: a session's number that was given to another process since then proves nothing any more.
    const sessions = this.#sessions.filter((session) => (processes.get(session.pid)?.start ?? session.start) === session.start);
    for (const { pid } of sessions) for (const proc of processes.values()) if (proc.session === pid) add(proc);
    for (let proc = queue.shift(); proc !== undefined; proc = queue.shift()) {
      // Windows goes on naming a parent that is no more, whose number may be somebody else's by now: nobody is older than who started them.
      for (const child of children.get(proc.pid) ?? []) if (child.startedMs >= proc.startedMs) add(child);
      // It opened this session: all others in it were born there.
      if (proc.session === proc.pid && !sessions.some((known) => isSame(known, proc as Proc))) {
        sessions.push({ pid: proc.pid, start: proc.start });
        for (const other of processes.values()) if (other.session === proc.pid) add(other);
      }
    }
    // The number of a session is only taken while somebody lives in it.
    this.#sessions = sessions.filter(({ pid }) => [...this.#alive.values()].some((proc) => proc.session === pid));
    return added;
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
    return { roots: this.roots, members: [...this.#members.values()], sessions: this.#sessions };
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
