/**
 * Learns which process is behind a socket that brings records. Most bodies cost a look into a map and a comparison: a socket is looked up
 * once, by the first body that comes over it, and what it sends is read in its first bodies and now and then after.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../ports.ts';
import type { BodySample } from './body-sample.ts';
import { isSame, type Machine, type Owners, type Pin, type Proc, type Processes } from './machine.ts';
import type { SampleTicket, SenderWatch, SocketEnds } from './process-ports.ts';
import { forwarded } from './prove.ts';
import { agentsOf, namedBy, type SenderBook } from './sender-book.ts';
import { ancestorsOf } from './tree.ts';

/** So many bodies of a new socket are read, and then one in so long. */
const firstBodies = 4;
const againMs = 10_000;
/** Look-ups read much of /proc, or start a program: somebody who opens a socket for each body must not keep the engine busy with it. */
const lookUpEveryMs = 200;
const lookUpsAtOnce = 20;
const mostWaiting = 16;

/** `hidden`: the other end is open, and nobody whom we can see holds it, or several do. */
type Who = Pin | 'hidden' | null;

interface Entry {
  bodies: number;
  nextMs: number;
  /** as its last body found. */
  who: Promise<Who>;
}

/** A sender that ends closes its socket, but that is noticed a moment later. */
const noticedMs = 30;

export class Senders implements SenderWatch {
  readonly #machine: Machine;
  readonly #book: SenderBook;
  readonly #log: Log;
  readonly #never: (processes: Processes) => ReadonlySet<number>;
  readonly #sockets = new WeakMap<object, Entry>();
  readonly #gate: Gate;
  readonly #underway = new Set<Promise<unknown>>();
  #budget = lookUpsAtOnce;
  #budgetMs = 0;
  /** One note after the other, as they were told: an older view of the processes must not forget whom a newer one brought. */
  #notes: Promise<unknown> = Promise.resolve();
  #followedMs = 0;
  #closed = false;

  constructor(machine: Machine, book: SenderBook, log: Log, never: (processes: Processes) => ReadonlySet<number>) {
    this.#machine = machine;
    this.#book = book;
    this.#log = log;
    this.#never = never;
    this.#gate = new Gate(machine.parallelLookUps);
  }

  body(socket: object & Partial<SocketEnds>, userAgent: string | undefined, connection: number, nowMs: number): SampleTicket | null {
    let entry = this.#sockets.get(socket);
    if (entry !== undefined && nowMs < entry.nextMs) return null;
    if (this.#closed || this.#underway.size >= mostWaiting) return null;
    if (entry === undefined) {
      entry = { bodies: 0, nextMs: 0, who: Promise.resolve(null) };
      this.#sockets.set(socket, entry);
    }
    entry.bodies++;
    if (entry.bodies >= firstBodies) entry.nextMs = nowMs + againMs;
    // While the sender still waits for its answer: one that lives for a single body is gone after it.
    const before = entry.who;
    const who = this.#tracked(before.then((was) => this.#gate.run(() => this.#again(was, socket, nowMs))), null);
    entry.who = who;
    return {
      // Only the first one of a socket waits: whoever sends a second one is still there.
      looked: entry.bodies === 1 ? who.then(() => undefined) : Promise.resolve(),
      told: (sample) => { this.#notes = this.#tracked(this.#notes.then(async () => this.#note(await who, sample, connection, userAgent ?? '', nowMs)), undefined); },
    };
  }

  /** Everything that was told until now is in the book. */
  async settled(): Promise<void> { await Promise.all(this.#underway); }

  close(): Promise<void> {
    this.#closed = true;
    return this.settled();
  }

  #tracked<T>(work: Promise<T>, failed: T): Promise<T> {
    const tracked = work.catch((error: unknown) => {
      this.#log.error('a sender could not be looked up', error);
      return failed;
    }).finally(() => { this.#underway.delete(tracked); });
    this.#underway.add(tracked);
    return tracked;
  }

  #mayLookUp(nowMs: number): boolean {
    this.#budget = Math.min(lookUpsAtOnce, this.#budget + Math.max(0, nowMs - this.#budgetMs) / lookUpEveryMs);
    this.#budgetMs = Math.max(this.#budgetMs, nowMs);
    if (this.#budget < 1) return false;
    this.#budget--;
    return true;
  }

  async #again(was: Who, socket: Partial<SocketEnds>, nowMs: number): Promise<Who> {
    if (was !== null && was !== 'hidden' && (await this.#isStill(was))) return was;
    return this.#mayLookUp(nowMs) ? this.#lookUp(socket) : null;
  }

  async #isStill(pin: Pin): Promise<boolean> {
    return isSame((await this.#machine.one(pin.pid)) ?? undefined, pin);
  }

  async #lookUp(socket: Partial<SocketEnds>): Promise<Who> {
    const { localPort, remotePort, localAddress, remoteAddress } = socket;
    if (localPort === undefined || remotePort === undefined) return null;
    const ends = { localPort, remotePort, localAddress, remoteAddress };
    // Twice: the system's table of sockets changes while it is read, and may leave one out.
    const owner = await this.#ownerOf(ends) ?? ((await isOpen(socket)) ? await this.#ownerOf(ends) ?? 'hidden' : null);
    if (owner === null || owner === 'hidden') return owner;
    const { proc, holds } = owner;
    // SECURITY: the number may have gone to another process since: only who holds the socket also after its start was read is its owner.
    return (await holds(proc.pid)) ? { pid: proc.pid, start: proc.start } : null;
  }

  /** Null: nobody that is seen holds it, or nobody above all others who do. */
  async #ownerOf(ends: SocketEnds): Promise<{ readonly proc: Proc; readonly holds: Owners['holds'] } | null> {
    const { pids, holds } = await this.#machine.ownersOf(ends, this.#book.known());
    const [only, ...more] = pids;
    const proc = only === undefined ? null : more.length === 0 ? await this.#machine.one(only) : topOf(pids, await this.#machine.read());
    return proc === null ? null : { proc, holds };
  }

  async #note(who: Who, sample: BodySample, connection: number, userAgent: string, nowMs: number): Promise<void> {
    if (who === null || sample.services.length === 0) return;
    // SECURITY: it may run on another machine, behind a tunnel or under another account, beside one that is proven here.
    if (who === 'hidden') return this.#book.noteElsewhere(connection, namedBy(sample), nowMs);
    const proc = await this.#machine.one(who.pid);
    if (proc === null || !isSame(proc, who)) return;
    this.#book.note(proc, connection, sample, userAgent, nowMs);
    if (nowMs - this.#followedMs < againMs) return;
    this.#followedMs = nowMs;
    await this.follow();
  }

  /** A child whose parent dies is only known as its if it was seen before. */
  async follow(): Promise<Processes> {
    const processes = await this.#machine.read();
    for (const sender of this.#book.follow(processes, this.#never(processes))) {
      // The tunnel is gone; whoever spoke through it is not.
      if (sender.forwards ?? forwarded(sender, this.#machine.hostName)) for (const [connection, said] of sender.said) this.#book.noteElsewhere(connection, agentsOf(said), sender.lastMs);
    }
    return processes;
  }
}

async function isOpen(socket: Partial<SocketEnds>): Promise<boolean> {
  await pause(noticedMs);
  return socket.readyState === undefined || socket.readyState === 'open';
}

/** So many at once, in the order in which they came. */
class Gate {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((go) => { this.#waiting.push(go); });
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/** A child that was born with the socket holds it too: then the one above all others is meant. Null: nobody, or nobody above all others. */
export function topOf(pids: readonly number[], processes: Processes): Proc | null {
  const found = pids.map((pid) => processes.get(pid)).filter((proc) => proc !== undefined);
  return found.find((proc) => found.every((other) => other === proc || ancestorsOf(other.pid, processes).includes(proc))) ?? null;
}
