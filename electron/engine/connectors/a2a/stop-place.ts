/** One A2A server as its levers see it: which agent it is, how its tasks are asked for, and whether its list can be all of them. */
import { RuntimeFault } from '../connector.ts';
import type { ConnectorIo, TargetOf } from '../connector.ts';
import { faultFrom } from '../faults.ts';
import type { StopTarget } from '../stopping.ts';
import type { CancelCalls } from './cancelling.ts';
import { CardSource } from './card-source.ts';
import { agentId, chooseInterface } from './card.ts';
import type { Card, Chosen } from './card.ts';
import { noWayTexts, visibilityOf } from './facts.ts';
import { isNotOffered, Link } from './link.ts';
import { getTask, glance } from './listing.ts';
import { readTask } from './task.ts';
import type { WireTask } from './task.ts';

export interface Place { readonly card: Card; readonly chosen: Chosen; readonly agent: string; readonly calls: CancelCalls }

/** Whether every task of the agent is in the list that this credential gets. `note`: why not, or on which word it rests. */
export interface ListSight { readonly lists: boolean; readonly all: boolean; readonly note: string | null }

const sightForMs = 10_000;

export class StopPlace {
  readonly link: Link;
  readonly #io: ConnectorIo;
  readonly #cards: CardSource;
  #sight: { readonly atMs: number; readonly value: ListSight } | null = null;

  constructor(target: TargetOf<'a2a'>, io: ConnectorIo) {
    this.#io = io;
    // SECURITY: everything here goes out with the stop credential, and with no other.
    this.link = new Link(target, { ...io, secret: io.stopSecret });
    this.#cards = new CardSource(target.url, this.link, io);
  }

  /** `fresh`: asks whether the card changed; where that fails, a known card is good enough to stop with. */
  async find({ agents }: StopTarget, fresh: boolean, signal: AbortSignal): Promise<Place> {
    const known = await this.#cards.known(signal);
    const card = fresh ? await this.#cards.fresh(signal).catch((error: unknown) => { if (signal.aborted) throw error; return known; }) : known;
    const agent = agentId(card);
    if (agents !== null && !agents.includes(agent)) throw new RuntimeFault('gone', 'The card at this address names another agent than the one to stop. Nothing was sent.');
    const way = chooseInterface(card, this.#cards.base);
    if (way.t === 'none') throw new RuntimeFault('conflict', `${noWayTexts[way.why]} Nothing was sent.`);
    return { card, chosen: way.chosen, agent, calls: this.#calls(card, way.chosen) };
  }

  async sight({ card, chosen }: Place, signal: AbortSignal): Promise<ListSight> {
    const nowMs = this.#io.clock.now();
    if (this.#sight === null || Math.abs(nowMs - this.#sight.atMs) > sightForMs) this.#sight = { atMs: nowMs, value: await this.#look(card, chosen, signal) };
    return this.#sight.value;
  }

  async #look(card: Card, chosen: Chosen, signal: AbortSignal): Promise<ListSight> {
    if (chosen.speaks === '0.3') return { lists: false, all: false, note: 'The server speaks A2A 0.3, which has no list of tasks: only tasks whose ids are known here can be seen and cancelled.' };
    const hasCredential = (await this.#io.stopSecret()) !== null;
    try {
      const list = { t: 'offered' as const, ...await glance(this.link, chosen, signal) };
      const { visibility, visibilityText } = visibilityOf({ list, card, hasCredential, way: { t: 'found', chosen } });
      if (visibility === 'all') return { lists: true, all: true, note: null };
      if (visibility === 'unknown' && await this.#isApart()) return { lists: true, all: true, note: 'The list is taken for everybody\'s tasks: the stop credential is one of its own, and it is shown tasks that it did not start.' };
      return { lists: true, all: false, note: visibilityText };
    } catch (error) {
      if (!isNotOffered(error)) throw error;
      return { lists: false, all: false, note: 'The server does not offer a list of tasks: only tasks whose ids are known here can be seen and cancelled.' };
    }
  }

  /** A credential that only stops has started no task: what it is shown is somebody else's. */
  async #isApart(): Promise<boolean> {
    const stop = await this.#io.stopSecret();
    // Named but not there: then another one stops.
    const reads = await this.#io.secret().catch(() => null);
    return stop !== null && reads !== null && stop !== reads;
  }

  #calls(card: Card, chosen: Chosen): CancelCalls {
    const { link } = this;
    if (chosen.speaks === '1.0') {
      return { get: (id, signal) => getTask(link, chosen, id, signal), cancel: async (id, signal) => taskOf((await link.call(chosen, 'CancelTask', { id }, signal)).result, id) };
    }
    return {
      get: async (id, signal) => {
        try {
          return taskOf(await link.legacyTask(card, chosen, 'GetTask', id, signal), id);
        } catch (error) {
          if (!signal.aborted && faultFrom(error).kind === 'gone') return null;
          throw error;
        }
      },
      cancel: async (id, signal) => taskOf(await link.legacyTask(card, chosen, 'CancelTask', id, signal), id),
    };
  }
}

function taskOf(value: unknown, id: string): WireTask {
  const task = readTask(value);
  if (task === null || task.id !== id) throw new RuntimeFault('garbage', 'What it gives as the task is none.');
  return task;
}
