/** The LangGraph Agent Server, self-hosted or a deployment on LangSmith, by its own management API. */
import type { AnswerGiven, Batch, Connector, ConnectorIo, ConnectorKind, Discovered, FoundApproval, TargetOf } from '../connector.ts';
import type { Decision } from '../../../../shared/contract.ts';
import { answerQuestion, readApproval } from './answer.ts';
import { openApi } from './api.ts';
import type { Api } from './api.ts';
import { partsOf } from './approvals.ts';
import { checkConnection } from './check-connection.ts';
import { ThreadCollector } from './collect.ts';
import { declaration } from './declaration.ts';
import { discoverAgents, GraphBook } from './discover.ts';
import { factsOf } from './facts.ts';
import { probeFeatures } from './features.ts';
import type { Features } from './features.ts';
import { KnownAgents } from './known-agents.ts';
import { LangGraphStopPort } from './stop-port.ts';
import { watchThreads } from './watch.ts';

class LangGraphConnector implements Connector {
  readonly #target: TargetOf<'langgraph'>;
  readonly #io: ConnectorIo;
  readonly #agents = new KnownAgents();
  readonly #graphs = new GraphBook();
  readonly #threads: ThreadCollector;
  readonly stop: LangGraphStopPort;
  #features: Features | null = null;

  constructor(target: TargetOf<'langgraph'>, io: ConnectorIo) {
    this.#target = target;
    this.#io = io;
    this.stop = new LangGraphStopPort(target, io);
    // Before the server was asked, a run without a word about its failure is not taken for a cancelled one.
    this.#threads = new ThreadCollector({ io, agents: this.#agents, cancelsApart: () => this.#features?.protocolStreams ?? true });
  }

  async discover(signal: AbortSignal): Promise<Discovered> {
    const api = this.#api(signal);
    this.#features = await probeFeatures(api, (await this.#io.secret()) !== null);
    const { agents, complete, refused } = await discoverAgents(api, this.#graphs, this.#agents, this.#io.clock.now());
    const facts = factsOf(this.#features, { identities: this.#threads.identities, work: this.#threads.work, nowUs: this.#nowUs() });
    return { facts, agents, grants: [], complete, refused };
  }

  collect(checkpoint: string | null, signal: AbortSignal): Promise<Batch> {
    return this.#threads.collect(checkpoint, this.#api(signal));
  }

  watch(ring: () => void, signal: AbortSignal): Promise<void> {
    return watchThreads({ api: this.#api(signal), ring, signal, threads: () => this.#threads.watchable, mayWatch: () => this.#features?.protocolStreams === true && this.#features.open === true });
  }

  readApproval(key: string, signal: AbortSignal): Promise<FoundApproval | null> {
    return readApproval(this.#api(signal), this.#agents, key, this.#nowUs());
  }

  answer(key: string, decision: Decision, stillTheSame: (now: FoundApproval) => boolean, signal: AbortSignal): Promise<AnswerGiven> {
    // Whatever came of it, the next turn looks at its thread: one that was deleted shows no change of its own.
    return answerQuestion(this.#api(signal), this.#agents, () => this.#nowUs(), [key, decision, stillTheSame, signal]).finally(() => this.#threads.lookAgain(partsOf(key)?.thread ?? ''));
  }

  test(signal: AbortSignal): ReturnType<Connector['test']> {
    return checkConnection(this.#api(signal), this.#io.clock, this.#io.secret, this.#threads.identities);
  }

  close(): Promise<void> {
    // Every request hangs on a signal of the engine's; there is nothing else to let go of.
    return Promise.resolve();
  }

  #api(signal: AbortSignal): Api {
    return openApi(this.#target, this.#io, AbortSignal.any([signal, this.#io.signal]));
  }

  #nowUs(): number { return this.#io.clock.now() * 1_000; }
}

export const langgraph: ConnectorKind<'langgraph'> = { declaration, open: (target, io) => new LangGraphConnector(target, io) };
