/** Which process of this machine sent what: kept as long as the process lives. Pure, but for the trees that are followed with it. */
import type { BodySample, SampledResource } from './body-sample.ts';
import { isSame } from './machine.ts';
import type { Pin, Proc, Processes } from './machine.ts';
import { Tree } from './tree.ts';

/** SECURITY: what is kept of one process, and of how many; senders are strangers. */
const mostSenders = 256;
const mostNamed = 64;
const mostResources = 32;
const mostElsewhere = 512;
/** It may be long between two records of an agent that lives elsewhere. */
const elsewhereLastsMs = 24 * 3_600_000;
/** More agents than are listed. */
const anybody = '*';

/** What a process said on one connection. */
export interface Said {
  /** agents that it named, by key, and the service that named them. */
  readonly agents: Map<string, string>;
  readonly services: Set<string>;
  readonly unnamed: Set<string>;
}

export interface Sender {
  readonly pin: Pin;
  readonly name: string;
  /** as it grew while it was seen: a child whose parent died in between is still known. */
  readonly tree: Tree;
  readonly said: Map<number, Said>;
  readonly resources: Map<string, SampledResource>;
  userAgent: string;
  /** as it was last proven to be an agent's: what it left behind is still that agent's. */
  proven: { readonly title: string; readonly shared: boolean } | null;
  /** when it was last looked at, it passed on what others say; null: nobody has looked. */
  forwards: boolean | null;
  /** it named more than can be kept: nobody can say who it all is. */
  more: boolean;
  lastMs: number;
}

export class SenderBook {
  readonly #senders = new Map<string, Sender>();
  readonly #elsewhere = new Map<string, number>();

  note(proc: Proc, connection: number, sample: BodySample, userAgent: string, nowMs: number): Sender {
    const sender = this.#senders.get(keyOf(proc)) ?? this.#begin(proc);
    sender.lastMs = nowMs;
    sender.userAgent = userAgent;
    const said = sender.said.get(connection) ?? { agents: new Map<string, string>(), services: new Set<string>(), unnamed: new Set<string>() };
    sender.said.set(connection, said);
    for (const { key, service } of sample.agents) said.agents.set(key, service);
    for (const service of sample.services) said.services.add(service);
    for (const service of sample.unnamed) said.unnamed.add(service);
    for (const resource of sample.resources) sender.resources.set(JSON.stringify(resource), resource);
    if (sample.more || said.agents.size > mostNamed || said.services.size > mostNamed || sender.resources.size > mostResources) this.#cut(sender, said);
    return sender;
  }

  /** Records that came over a socket which nobody of this machine is seen to hold, or by somebody who passes them on and is gone: whoever made them may live. */
  noteElsewhere(connection: number, agents: readonly string[], nowMs: number): void {
    for (const agent of agents) {
      const key = JSON.stringify([connection, agent]);
      const lastMs = Math.max(nowMs, this.#elsewhere.get(key) ?? 0);
      this.#elsewhere.delete(key);
      this.#elsewhere.set(key, lastMs);
    }
    drop(this.#elsewhere, mostElsewhere);
  }

  /** Agents that were heard so, and when they last were; null: all of the connection. */
  elsewhere(connection: number, agents: readonly string[] | null, nowMs: number): { readonly agent: string; readonly lastMs: number }[] {
    return [...this.#elsewhere].flatMap(([key, lastMs]) => {
      const [its, agent] = JSON.parse(key) as [number, string];
      return its === connection && (agents === null || agent === anybody || agents.includes(agent)) && nowMs - lastMs <= elsewhereLastsMs ? [{ agent, lastMs }] : [];
    });
  }

  of(connection: number): Sender[] {
    return [...this.#senders.values()].filter((sender) => sender.said.has(connection));
  }

  all(): Sender[] { return [...this.#senders.values()]; }

  known(): number[] { return [...this.#senders.values()].toSorted((a, b) => b.lastMs - a.lastMs).map(({ pin }) => pin.pid); }

  get size(): number { return this.#senders.size; }

  /** Follows the trees of all who live and forgets who does not: those are given back. */
  follow(processes: Processes, never: ReadonlySet<number>): Sender[] {
    const forgotten: Sender[] = [];
    for (const [key, sender] of this.#senders) {
      sender.tree.take(processes, never);
      // What it left behind lives on and is still its: the agent is only gone when nobody of it is left.
      if (!isSame(processes.get(sender.pin.pid), sender.pin) && sender.tree.alive().length === 0) {
        this.#senders.delete(key);
        forgotten.push(sender);
      } else sender.tree.forgetGone();
    }
    return forgotten;
  }

  #begin(proc: Proc): Sender {
    if (this.#senders.size >= mostSenders) this.#dropOldest();
    const pin: Pin = { pid: proc.pid, start: proc.start };
    const sender: Sender = { pin, name: proc.name, tree: Tree.of(pin), said: new Map(), resources: new Map(), userAgent: '', proven: null, forwards: null, more: false, lastMs: 0 };
    this.#senders.set(keyOf(pin), sender);
    return sender;
  }

  #dropOldest(): void {
    let oldest: Sender | null = null;
    for (const sender of this.#senders.values()) if (oldest === null || sender.lastMs < oldest.lastMs) oldest = sender;
    if (oldest !== null) this.#senders.delete(keyOf(oldest.pin));
  }

  #cut(sender: Sender, said: Said): void {
    sender.more = true;
    drop(said.agents, mostNamed);
    drop(said.services, mostNamed);
    drop(said.unnamed, mostNamed);
    drop(sender.resources, mostResources);
  }
}

/** Whom a single body speaks for. */
export function namedBy({ agents, unnamed, more }: BodySample): string[] {
  const named = new Set(agents.map(({ service }) => service));
  return [...agents.map(({ key }) => key), ...unnamed.filter((service) => !named.has(service)), ...(more ? [anybody] : [])];
}

const keyOf = ({ pid, start }: Pin): string => `${pid} ${start}`;

function drop(kept: Set<string> | Map<string, unknown>, most: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(key);
  }
}

/** The agents that a process was heard as on one connection: those that it named, and the service itself where no record of it names one. */
export function agentsOf(said: Said): string[] {
  const named = new Set(said.agents.values());
  return [...said.agents.keys(), ...[...said.unnamed].filter((service) => !named.has(service))];
}
