/**
 * Learns which process is behind a socket that brings records. Most bodies cost a look into a map and a comparison: a socket is looked up
 * once, by the first body that comes over it, and what it sends is read in its first bodies and now and then after.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../ports.ts';
import type { BodySample } from './body-sample.ts';
import { isSame, type Machine, type Pin, type Proc, type Processes } from './machine.ts';
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

interface Entry {
  bodies: number;
  nextMs: number;
  who: Promise<Pin | 'hidden' | null> | null;
}

/** A sender that ends closes its socket, but that is noticed a moment later. */
const noticedMs = 30;

export class Senders implements SenderWatch {
  readonly #machine: Machine;
  readonly #book: SenderBook;
  readonly #log: Log;
  readonly #never: (processes: Processes) => ReadonlySet<number>;
  readonly #sockets = new WeakMap<object, Entry>();
  #budget = lookUpsAtOnce;
  #budgetMs = 0;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();
  #followedMs = 0;
  #closed = false;

  constructor(machine: Machine, book: SenderBook, log: Log, never: (processes: Processes) => ReadonlySet<number>) {
    this.#machine = machine;
    this.#book = book;
    this.#log = log;
    this.#never = never;
  }

  body(socket: object & Partial<SocketEnds>, userAgent: string | undefined, connection: number, nowMs: number): SampleTicket | null {
    let entry = this.#sockets.get(socket);
    if (entry !== undefined && nowMs < entry.nextMs) return null;
    if (this.#closed || this.#waiting >= mostWaiting) return null;
    if (entry === undefined) {
      entry = { bodies: 0, nextMs: 0, who: null };
      this.#sockets.set(socket, entry);
    }
    entry.bodies++;
    if (entry.bodies >= firstBodies) entry.nextMs = nowMs + againMs;
    // While the sender still waits for its answer: one that lives for a single body is gone after it.
    const known = entry;
    const looked = this.#queue(async () => {
      const who = await known.who;
      if (who === null || who === 'hidden' || !(await this.#isStill(who))) known.who = this.#mayLookUp(nowMs) ? this.#lookUp(socket) : null;
      await known.who;
    });
    // Only the first one of a socket waits: whoever sends a second one is still there.
    return { looked: known.bodies === 1 ? looked : Promise.resolve(), told: (sample) => { void this.#queue(() => this.#note(known, sample, connection, userAgent ?? '', nowMs)); } };
  }

  /** Everything that was told until now is in the book. */
  settled(): Promise<void> { return this.#last; }

  close(): Promise<void> {
    this.#closed = true;
    return this.settled();
  }

  #queue(run: () => Promise<void>): Promise<void> {
    this.#waiting++;
    this.#last = this.#last.then(run).catch((error: unknown) => this.#log.error('a sender could not be looked up', error)).finally(() => { this.#waiting--; });
    return this.#last;
  }

  #mayLookUp(nowMs: number): boolean {
    this.#budget = Math.min(lookUpsAtOnce, this.#budget + Math.max(0, nowMs - this.#budgetMs) / lookUpEveryMs);
    this.#budgetMs = Math.max(this.#budgetMs, nowMs);
    if (this.#budget < 1) return false;
    this.#budget--;
    return true;
  }

  async #isStill(pin: Pin): Promise<boolean> {
    return isSame((await this.#machine.one(pin.pid)) ?? undefined, pin);
  }

  /** `hidden`: the other end is open, and nobody whom we can see holds it, or several do. */
  async #lookUp(socket: Partial<SocketEnds>): Promise<Pin | 'hidden' | null> {
    const { localPort, remotePort, localAddress, remoteAddress } = socket;
    if (localPort === undefined || remotePort === undefined) return null;
    const ends = { localPort, remotePort, localAddress, remoteAddress };
    // Twice: the system's table of sockets changes while it is read, and may leave one out.
    const owner = await this.#ownerOf(ends) ?? ((await isOpen(socket)) ? await this.#ownerOf(ends) ?? 'hidden' : null);
    if (owner === null || owner === 'hidden') return owner;
    // SECURITY: the number may have gone to another process since: only who holds the socket also after its start was read is its owner.
    return (await this.#machine.ownersOf(ends, [owner.pid])).includes(owner.pid) ? { pid: owner.pid, start: owner.start } : null;
  }

  /** Null: nobody that is seen holds it, or nobody above all others who do. */
  async #ownerOf(ends: SocketEnds): Promise<Proc | null> {
    const owners = await this.#machine.ownersOf(ends, this.#book.known());
    const [only, ...more] = owners;
    return only === undefined ? null : more.length === 0 ? this.#machine.one(only) : topOf(owners, await this.#machine.read());
  }

  async #note(entry: Entry, sample: BodySample, connection: number, userAgent: string, nowMs: number): Promise<void> {
    const who = await entry.who;
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

/** A child that was born with the socket holds it too: then the one above all others is meant. Null: nobody, or nobody above all others. */
export function topOf(pids: readonly number[], processes: Processes): Proc | null {
  const found = pids.map((pid) => processes.get(pid)).filter((proc) => proc !== undefined);
  return found.find((proc) => found.every((other) => other === proc || ancestorsOf(other.pid, processes).includes(proc))) ?? null;
}
