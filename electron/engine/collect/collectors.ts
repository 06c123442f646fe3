/** All collectors: opens one for each connection that asks a runtime, follows what people change, ends them in order. */
import type { RuntimeTarget } from '../../../shared/contract.ts';
import type { ConnectionTest } from '../../../shared/domain.ts';
import { CallFailure } from '../call-failure.ts';
import type { GapKeeper } from '../gap-keeper.ts';
import type { CollectedResult } from '../ingest/collected.ts';
import type { ConnectorIo, Declaration } from '../connectors/connector.ts';
import type { ConnectorKinds } from '../connectors/kinds.ts';
import type { Clock, Log } from '../ports.ts';
import type { RuntimeFact } from '../store/runtime-commands.ts';
import { Collector } from './collector.ts';
import type { CollectorState, RuntimeWriter } from './collector.ts';
import type { Credentials } from './credentials.ts';
import { openRuntime, waitsForConsent } from './open-runtime.ts';
import type { OpenedRuntime } from './open-runtime.ts';
import { runTest } from './run-test.ts';

export interface CollectorsParts {
  readonly history: RuntimeWriter;
  readonly facts: () => Promise<readonly RuntimeFact[]>;
  /** asked for once, when there is something to ask. */
  readonly loadKinds: () => Promise<ConnectorKinds>;
  readonly credentials: Credentials;
  readonly spawn: NonNullable<ConnectorIo['spawn']>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly gaps: Pick<GapKeeper, 'begin' | 'end'>;
  readonly count: (connection: number, reason: string, sample: string | null) => void;
  readonly changed: () => void;
  readonly newApprovals: (fresh: CollectedResult['newApprovals']) => void;
  /** false: an engine that only answers questions asks no runtime by itself. */
  readonly collecting: boolean;
  readonly log: Log;
  readonly clock: Clock;
  readonly random?: () => number;
}

/** What is known of a connection beyond the history, while this engine runs. */
export interface CollectorView {
  /** null: it is not asked by this engine. */
  readonly state: CollectorState | null;
  readonly waitsForConsent: boolean;
  readonly credentialLost: boolean;
  readonly stopCredentialLost: boolean;
  /** null: this build has no connector of the kind. */
  readonly declaration: Declaration | null;
}

/** A connector for one command, with what is to be done when the command is over. */
export interface Borrowed {
  readonly fact: RuntimeFact;
  readonly runtime: OpenedRuntime;
  readonly giveBack: () => Promise<void>;
}

interface Open { readonly collector: Collector; readonly runtime: OpenedRuntime }

export class Collectors {
  readonly #parts: CollectorsParts;
  readonly #open = new Map<number, Open>();
  readonly #facts = new Map<number, RuntimeFact>();
  /** changes to one connection happen one after the other. */
  readonly #changes = new Map<number, Promise<void>>();
  readonly #listeners = new Set<(id: number) => void>();
  #loading: Promise<ConnectorKinds> | null = null;
  #kinds: ConnectorKinds = {};
  #closing = false;

  constructor(parts: CollectorsParts) { this.#parts = parts; }

  async start(): Promise<void> {
    for (const fact of await this.#parts.facts()) {
      // One that cannot be opened must not keep the engine from starting: what the others tell, and what is sent to us, would be lost with it.
      await this.#apply(fact.id, fact).catch((error: unknown) => this.#parts.log.error('a runtime could not be opened', error, { connection: fact.id }));
    }
  }

  /** After every change to a connection. */
  refresh(id: number): Promise<void> { return this.#inTurn(id, async () => this.#apply(id, await this.#read(id))); }

  /** Before a connection goes: nothing may come in for it any more. */
  end(id: number): Promise<void> { return this.#inTurn(id, () => this.#apply(id, null)); }

  view(id: number): CollectorView | null {
    const fact = this.#facts.get(id);
    if (!fact) return null;
    return {
      state: this.#open.get(id)?.collector.state ?? null, waitsForConsent: waitsForConsent(fact.target, fact.consent),
      credentialLost: this.#parts.credentials.isLost(fact.credential), stopCredentialLost: this.#parts.credentials.isLost(fact.stopCredential), declaration: this.#kinds[fact.kind]?.declaration ?? null,
    };
  }

  /** Resolves when the poll has ended; at once where this engine asks nobody. `anew`: agents, grants and features too. */
  async pollNow(id: number, anew = false): Promise<void> { await this.#open.get(id)?.collector.pollNow(anew); }

  async test(id: number, signal: AbortSignal): Promise<ConnectionTest> {
    const fact = await this.#needed(id);
    await this.#load();
    const result = await runTest(this.#opened(fact), signal, this.#parts.clock, this.#parts.log);
    // Where the test found it well again, the schedule need not wait for its time; where not, the screen shall say so now.
    void this.pollNow(id, true);
    return result;
  }

  /** SECURITY: nothing is saved and no command is started: there was no consent yet. */
  async tryTarget(target: RuntimeTarget, readSecret: () => Promise<string | null>, signal: AbortSignal): Promise<ConnectionTest> {
    const opened = openRuntime(target, null, { ...this.#parts, kinds: await this.#load(), readSecret });
    if (!opened) throw notBuiltIn(target.kind);
    return runTest(opened, signal, this.#parts.clock, this.#parts.log);
  }

  /** The connector that already runs, or one for this command alone. */
  async borrow(id: number): Promise<Borrowed> {
    const fact = await this.#needed(id);
    if (!fact.enabled) throw new CallFailure('conflict', `The connection "${fact.name}" is switched off. Nothing was sent; switch it on first.`);
    const open = this.#open.get(id);
    if (open) return { fact, runtime: open.runtime, giveBack: () => Promise.resolve() };
    await this.#load();
    const runtime = this.#opened(fact);
    return { fact, runtime, giveBack: () => runtime.close() };
  }

  /**
   * A connector with requests of its own, for stopping: one that waits for a frozen server must not hold it. The caller closes it. Null: the
   * connection asks no runtime, or this build has no connector of its kind.
   */
  async openBeside(id: number): Promise<OpenedRuntime | null> {
    const fact = await this.#read(id);
    if (fact === null) return null;
    if (!fact.enabled) throw new CallFailure('conflict', `The connection "${fact.name}" is switched off. Nothing was sent; switch it on first.`);
    const kinds = await this.#load();
    return kinds[fact.kind] === undefined ? null : this.#opened(fact);
  }

  /** Where its runtime is asked; null: it has no address, or asks none. */
  async addressOf(id: number): Promise<string | null> {
    const target = (this.#facts.get(id) ?? await this.#read(id))?.target;
    return target !== undefined && 'url' in target ? target.url : null;
  }

  async addresses(): Promise<readonly string[]> {
    return (await this.#parts.facts()).flatMap(({ target }) => ('url' in target ? [target.url] : []));
  }

  /** Told after a connection was changed, switched or removed: what leads to it may lead elsewhere now. */
  onChange(listener: (id: number) => void): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#changes.values());
    await Promise.all([...this.#open.keys()].map((id) => this.#stop(id)));
  }

  async #load(): Promise<ConnectorKinds> {
    this.#loading ??= this.#parts.loadKinds();
    this.#kinds = await this.#loading;
    return this.#kinds;
  }

  #inTurn(id: number, change: () => Promise<void>): Promise<void> {
    const turn = (this.#changes.get(id) ?? Promise.resolve()).then(change);
    const settled = turn.catch(() => undefined).then(() => { if (this.#changes.get(id) === settled) this.#changes.delete(id); });
    this.#changes.set(id, settled);
    return turn;
  }

  async #read(id: number): Promise<RuntimeFact | null> {
    return (await this.#parts.facts()).find((fact) => fact.id === id) ?? null;
  }

  async #needed(id: number): Promise<RuntimeFact> {
    const fact = await this.#read(id);
    if (!fact) throw new CallFailure('not_found', 'There is no such connection to a runtime any more. Nothing was changed.');
    return fact;
  }

  #opened(fact: RuntimeFact): OpenedRuntime {
    const { credentials } = this.#parts;
    const readStopSecret = fact.stopCredential === null ? undefined : () => credentials.read(fact.stopCredential);
    const opened = openRuntime(fact.target, fact.consent, { ...this.#parts, kinds: this.#kinds, readSecret: () => credentials.read(fact.credential), readStopSecret });
    if (!opened) throw notBuiltIn(fact.kind);
    return opened;
  }

  async #apply(id: number, fact: RuntimeFact | null): Promise<void> {
    const kinds = fact === null ? this.#kinds : await this.#load();
    const open = this.#open.get(id);
    const before = this.#facts.get(id);
    const wanted = fact !== null && fact.enabled && this.#parts.collecting && !this.#closing && kinds[fact.kind] !== undefined;
    if (fact === null) this.#facts.delete(id);
    else this.#facts.set(id, fact);
    if (before !== undefined && (fact === null || before.enabled !== fact.enabled || !sameWay(before, fact))) for (const tell of this.#listeners) tell(id);
    if (open && wanted && sameWay(open.collector.fact, fact)) return open.collector.update(fact);
    if (open) await this.#stop(id);
    // What was stored while it ended belongs to the start.
    if (wanted) this.#begin(open ? await this.#read(id) ?? fact : fact);
    this.#parts.changed();
  }

  #begin(fact: RuntimeFact): void {
    const { history, gaps, log, clock, changed, newApprovals, count, random = Math.random } = this.#parts;
    const runtime = this.#opened(fact);
    const collector = new Collector({ fact, runtime, history, gaps, log, clock, random, changed, newApprovals, count: (reason, sample) => count(fact.id, reason, sample) });
    this.#facts.set(fact.id, fact);
    this.#open.set(fact.id, { collector, runtime });
    collector.start();
  }

  async #stop(id: number): Promise<void> {
    const open = this.#open.get(id);
    this.#open.delete(id);
    await open?.collector.close();
  }
}

/** Reached in the same way, so that the collector can go on. */
function sameWay(one: RuntimeFact, other: RuntimeFact): boolean {
  return one.credential === other.credential && one.stopCredential === other.stopCredential && one.consent === other.consent && JSON.stringify(one.target) === JSON.stringify(other.target);
}

function notBuiltIn(kind: string): CallFailure {
  return new CallFailure('unavailable', `This version of Gatehouse cannot ask runtimes of the kind ${kind}. Nothing was changed.`);
}
