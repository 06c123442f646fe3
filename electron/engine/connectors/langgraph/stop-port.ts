/** The levers of a LangGraph server, and the look from outside them. Its own requests with the stop credential; nothing of the collector's is used. */
import type { ConnectorIo, TargetOf } from '../connector.ts';
import { RuntimeFault } from '../connector.ts';
import type { LeverCall, LeverReply, RightCheck, Sight, StopPort, StopTarget, Survey } from '../stopping.ts';
import { cancelRuns } from './cancel-runs.ts';
import { cancelRunsLever, disableCronsLever, suspendAssistantLever } from './declaration.ts';
import { cronsHold, disableCrons, enableCrons, saveCrons } from './disable-crons.ts';
import { stopFeatures } from './features.ts';
import type { StopFeatures } from './features.ts';
import { checkRights } from './rights.ts';
import { RunBook, Scope } from './run-book.ts';
import { scanRuns } from './scan-runs.ts';
import { ServerClock } from './server-clock.ts';
import { StateTrails } from './state-trails.ts';
import { openStopApi } from './stop-api.ts';
import type { StopApi } from './stop-api.ts';
import { lookAtTarget } from './stop-look.ts';
import { assistantsHold, restoreAssistants, saveAssistants, suspendAssistants } from './suspend-assistant.ts';
import { surveyTarget } from './survey.ts';

const featuresGoodMs = 600_000;
/** What is read beside the check of rights, so that a stop finds a book that is up to date. */
const warmBudgetMs = 10_000;
const warmLanes = 3;
const everything: StopTarget = { agents: null, runs: null };

type Pulled = Parameters<StopPort['look']>[2];

export class LangGraphStopPort implements StopPort {
  readonly #target: TargetOf<'langgraph'>;
  readonly #io: ConnectorIo;
  readonly #book = new RunBook();
  readonly #trails = new StateTrails();
  readonly #serverClock = new ServerClock();
  #features: { readonly atMs: number; readonly found: StopFeatures } | null = null;

  constructor(target: TargetOf<'langgraph'>, io: ConnectorIo) {
    this.#target = target;
    this.#io = io;
  }

  async survey(target: StopTarget, signal: AbortSignal): Promise<Survey> {
    const parts = this.#parts(target, signal);
    return surveyTarget({ ...parts, hasCrons: (await this.#know(parts.api)).crons });
  }

  save(leverId: string, target: StopTarget, signal: AbortSignal): Promise<string | null> {
    const parts = this.#parts(target, signal);
    switch (leverId) {
      case suspendAssistantLever.id: return saveAssistants(parts);
      case disableCronsLever.id: return saveCrons(parts.api, parts.scope);
      default: return Promise.resolve(null);
    }
  }

  pull({ leverId, target, saved }: LeverCall, signal: AbortSignal, tell: (done: number, of: number) => void): Promise<LeverReply> {
    const parts = this.#parts(target, signal);
    switch (leverId) {
      case cancelRunsLever.id: return cancelRuns({ ...parts, tell });
      case suspendAssistantLever.id: return suspendAssistants(parts, saved, tell);
      case disableCronsLever.id: return disableCrons(parts.api, saved, () => this.#io.clock.now(), tell);
      default: return Promise.reject(unknownLever(leverId));
    }
  }

  undo(leverId: string, saved: string, signal: AbortSignal): Promise<string> {
    const { api } = this.#parts(everything, signal);
    switch (leverId) {
      case suspendAssistantLever.id: return restoreAssistants(api, saved);
      case disableCronsLever.id: return enableCrons(api, saved);
      default: return Promise.reject(unknownLever(leverId));
    }
  }

  async look(target: StopTarget, sinceUs: number, pulled: Pulled, signal: AbortSignal): Promise<Sight> {
    const parts = this.#parts(target, signal);
    const [sight, readBack] = await Promise.all([
      lookAtTarget({ ...parts, trails: this.#trails }, sinceUs),
      readBackOf(parts.api, pulled),
    ]);
    return { ...sight, readBack };
  }

  async rights(signal: AbortSignal): Promise<readonly RightCheck[]> {
    const parts = this.#parts(everything, signal);
    const crons = await this.#know(parts.api).then((found) => found.crons, (error: unknown) => {
      // A credential that the server does not know at all is told by the checks themselves.
      if (error instanceof RuntimeFault && (error.kind === 'credential_refused' || error.kind === 'credential_missing')) return false;
      throw error;
    });
    const checks = await checkRights(parts.api, crons);
    // Nobody waits for it, and what cannot be read is told by the looks that need it.
    await scanRuns({ ...parts, budgetMs: warmBudgetMs, most: warmLanes }).catch((error: unknown) => { if (!(error instanceof RuntimeFault)) throw error; });
    return checks;
  }

  async #know(api: StopApi): Promise<StopFeatures> {
    const nowMs = this.#io.clock.now();
    if (this.#features === null || nowMs < this.#features.atMs || nowMs - this.#features.atMs > featuresGoodMs) this.#features = { atMs: nowMs, found: await stopFeatures(api) };
    return this.#features.found;
  }

  #parts(target: StopTarget, signal: AbortSignal): { api: StopApi; book: RunBook; scope: Scope; clock: ConnectorIo['clock']; serverClock: ServerClock; signal: AbortSignal } {
    const life = AbortSignal.any([signal, this.#io.signal]);
    return { api: openStopApi(this.#target, this.#io, this.#serverClock, life), book: this.#book, scope: new Scope(target), clock: this.#io.clock, serverClock: this.#serverClock, signal: life };
  }
}

async function readBackOf(api: StopApi, pulled: Pulled): Promise<Sight['readBack']> {
  const read: { leverId: string; holds: boolean | null; text: string }[] = [];
  for (const { leverId, saved } of pulled) {
    if (saved === null) continue;
    if (leverId === suspendAssistantLever.id) read.push({ leverId, ...(await assistantsHold(api, saved)) });
    if (leverId === disableCronsLever.id) read.push({ leverId, ...(await cronsHold(api, saved)) });
  }
  return read;
}

const unknownLever = (id: string): RuntimeFault => new RuntimeFault('garbage', `This kind of server has no lever ${id}. Nothing was sent.`);
