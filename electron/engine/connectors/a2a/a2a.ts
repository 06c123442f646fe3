/** A2A servers (1.0, and what 0.3 still offers): one agent by its card, its tasks as far as the credential sees them, its questions. */
import type { Client } from '@a2a-js/sdk/client';
import type { Decision } from '../../../../shared/contract.ts';
import type { AgentClaim } from '../../ingest/draft.ts';
import { RuntimeFault } from '../connector.ts';
import type { AnswerGiven, Batch, Connector, ConnectorIo, ConnectorKind, Declaration, Discovered, FoundAgent, FoundApproval, FoundGrant, TargetOf } from '../connector.ts';
import { faultFrom } from '../faults.ts';
import type { StopPort } from '../stopping.ts';
import { Answers, readQuestionNow } from './answering.ts';
import type { Answering } from './answering.ts';
import { CardSource } from './card-source.ts';
import { agentId, chooseInterface, readCard } from './card.ts';
import type { Card, CardSkill, Chosen } from './card.ts';
import { cardLine, credentialLine, failedLine, listLine, signatureLine, skipped, streamLine, versionLine, visibilityLine } from './checks.ts';
import type { Line } from './checks.ts';
import { Collecting } from './collecting.ts';
import { callersLever, cancelLever, declaredCapabilities, factsOf, pollEveryMs } from './facts.ts';
import type { ListState, Probed } from './facts.ts';
import { isNotOffered, Link } from './link.ts';
import { getTask, glance } from './listing.ts';
import { checkSignature } from './signature.ts';
import { A2aStop } from './stop-port.ts';
import { watchTasks } from './watching.ts';

const declaration: Declaration = {
  kind: 'a2a', title: 'A2A agent', capabilities: declaredCapabilities, levers: [cancelLever, callersLever], pollEveryMs, discoverEveryMs: 15_000, auth: { header: 'authorization', scheme: 'bearer' },
};

function grantOf(skill: CardSkill, from: string): FoundGrant {
  const description = skill.description === null || skill.tags.length === 0 ? skill.description : `${skill.description} [${skill.tags.join(', ')}]`;
  return { kind: 'skill', name: skill.name, description, readOnly: null, destructive: null, openWorld: null, idempotent: null, from, ...(skill.source === null ? {} : { source: { format: 'a2a', text: skill.source } }) };
}

class A2aConnector implements Connector {
  readonly stop: StopPort;
  readonly #io: ConnectorIo;
  readonly #target: TargetOf<'a2a'>;
  readonly #link: Link;
  readonly #cards: CardSource;
  readonly #collecting: Collecting;
  readonly #answers = new Answers();
  /** the server said that it has no list of tasks. */
  #listless = false;

  constructor(target: TargetOf<'a2a'>, io: ConnectorIo) {
    this.#io = io;
    this.#target = target;
    this.#link = new Link(target, io);
    this.#cards = new CardSource(target.url, this.#link, io);
    this.#collecting = new Collecting(this.#link, () => io.clock.now());
    this.stop = new A2aStop(target, io);
  }

  async discover(signal: AbortSignal): Promise<Discovered> {
    const card = await this.#cards.fresh(signal);
    const extended = await this.#extended(card, signal);
    const probed = await this.#probe(card, extended.given, signal);
    const agent: FoundAgent = {
      claim: this.#claim(card), aliases: [`a2a.card:${card.url}`], atUs: this.#io.clock.now() * 1_000,
      grants: [...card.skills.map((one) => grantOf(one, 'agent card')), ...extended.skills.map((one) => grantOf(one, 'extended agent card'))],
    };
    const refused = card.skillsRefused === 0 ? [] : [{ reason: 'skills of the card that cannot be read', count: card.skillsRefused, sample: null }];
    return { facts: factsOf(probed), agents: [agent], grants: [], complete: extended.given !== false, refused };
  }

  async collect(checkpoint: string | null, signal: AbortSignal): Promise<Batch> {
    const { card, chosen } = await this.#place(signal);
    const nothing = { records: [], approvals: null, stuck: null, refused: [], checkpoint: checkpoint ?? '{}', more: false, gaps: [] };
    if (chosen === null || chosen.speaks === '0.3' || this.#listless) return nothing;
    try {
      return await this.#collecting.collect(checkpoint, { chosen, agent: this.#claim(card) }, signal);
    } catch (error) {
      if (!isNotOffered(error)) throw error;
      this.#listless = true;
      return nothing;
    }
  }

  watch(ring: () => void, signal: AbortSignal): Promise<void> {
    const client = async (inner: AbortSignal): Promise<Client | null> => {
      try {
        const { card, chosen } = await this.#place(inner);
        return chosen?.speaks === '1.0' && card.streaming ? await this.#link.client(card, chosen) : null;
      } catch {
        // The poll meets the same fault and tells it.
        return null;
      }
    };
    return watchTasks({ open: () => this.#collecting.open, client }, ring, signal);
  }

  async readApproval(key: string, signal: AbortSignal): Promise<FoundApproval | null> {
    return (await readQuestionNow(await this.#answering(signal), key, signal))?.found ?? null;
  }

  async answer(key: string, decision: Decision, stillTheSame: (now: FoundApproval) => boolean, signal: AbortSignal): Promise<AnswerGiven> {
    return this.#answers.answer(await this.#answering(signal), key, decision, stillTheSame, signal);
  }

  async test(signal: AbortSignal): ReturnType<Connector['test']> {
    const began = performance.now();
    let card: Card;
    try {
      card = await this.#cards.fresh(signal);
    } catch (error) {
      if (signal.aborted) throw error;
      return { checks: [failedLine('card', 'Agent card', faultFrom(error), performance.now() - began), skipped('tasks', 'Task list', 'Without a card there is no way to ask for it.')], facts: null };
    }
    const cardMs = performance.now() - began;
    try {
      const extended = await this.#extended(card, signal);
      const listed = performance.now();
      const probed = await this.#probe(card, extended.given, signal);
      const checks: Line[] = [cardLine(probed, cardMs), versionLine(probed), credentialLine(probed), listLine(probed, performance.now() - listed), visibilityLine(probed), signatureLine(probed), streamLine(probed)];
      return { checks, facts: factsOf(probed) };
    } catch (error) {
      if (signal.aborted) throw error;
      const partly = await this.#probed(card, null, null);
      return { checks: [cardLine(partly, cardMs), versionLine(partly), failedLine('tasks', 'Task list', faultFrom(error), null), signatureLine(partly), streamLine(partly)], facts: factsOf(partly) };
    }
  }

  close(): Promise<void> { return Promise.resolve(); }

  #claim(card: Card): AgentClaim & { readonly id: string; readonly name: string } {
    return { id: agentId(card), name: card.name, ...(card.version === null ? {} : { version: card.version }) };
  }

  async #place(signal: AbortSignal): Promise<{ readonly card: Card; readonly chosen: Chosen | null }> {
    const card = await this.#cards.known(signal);
    const way = chooseInterface(card, this.#cards.base);
    return { card, chosen: way.t === 'found' ? way.chosen : null };
  }

  async #answering(signal: AbortSignal): Promise<Answering> {
    const { card, chosen } = await this.#place(signal);
    if (chosen === null || chosen.speaks === '0.3') throw new RuntimeFault('gone', 'This server has no tasks that could be read.');
    return {
      agent: this.#claim(card), nowUs: () => this.#io.clock.now() * 1_000,
      get: (id, inner) => getTask(this.#link, chosen, id, inner), client: () => this.#link.client(card, chosen),
    };
  }

  /** `given` null: none is offered, or nothing could be asked with; false: it was not given to us. */
  async #extended(card: Card, signal: AbortSignal): Promise<{ readonly given: boolean | null; readonly skills: readonly CardSkill[] }> {
    const way = chooseInterface(card, this.#cards.base);
    if (!card.extended || way.t === 'none' || (await this.#io.secret()) === null) return { given: null, skills: [] };
    try {
      const more = readCard(card.url, await this.#link.extendedCard(card, way.chosen, signal));
      return { given: true, skills: more.skills.filter((one) => !card.skills.some((known) => known.id === one.id)) };
    } catch (error) {
      const fault = faultFrom(error);
      if (signal.aborted || fault.kind === 'unreachable' || fault.kind === 'throttled' || fault.kind === 'credential_refused') throw fault;
      return { given: false, skills: [] };
    }
  }

  async #list(chosen: Chosen | null, signal: AbortSignal): Promise<ListState> {
    if (chosen === null) return null;
    if (chosen.speaks === '0.3') return { t: 'not_offered' };
    try {
      const seen = await glance(this.#link, chosen, signal);
      this.#listless = false;
      this.#collecting.timeless ||= seen.tasks.some((task) => task.statusUs === null);
      return { t: 'offered', ...seen };
    } catch (error) {
      if (!isNotOffered(error)) throw error;
      this.#listless = true;
      return { t: 'not_offered' };
    }
  }

  async #probe(card: Card, extended: boolean | null, signal: AbortSignal): Promise<Probed> {
    const way = chooseInterface(card, this.#cards.base);
    return this.#probed(card, await this.#list(way.t === 'found' ? way.chosen : null, signal), extended);
  }

  async #probed(card: Card, listed: ListState, extended: boolean | null): Promise<Probed> {
    let hasCredential = false;
    try {
      hasCredential = (await this.#io.secret()) !== null;
    } catch {
      // Named but not there: as good as none for what is told here; the request itself says what is missing.
      hasCredential = false;
    }
    return {
      card, extended, hasCredential, list: listed, way: chooseInterface(card, this.#cards.base), signature: await checkSignature(card, this.#target.keys ?? []),
      header: this.#link.header, scheme: this.#link.scheme, address: this.#cards.base,
    };
  }
}

export const a2a: ConnectorKind<'a2a'> = { declaration, open: (target, io) => new A2aConnector(target, io) };
