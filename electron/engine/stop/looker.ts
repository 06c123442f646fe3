/** Looks at one connection of an order, again and again, each look with its own deadline: one that is frozen keeps no other from being seen. */
import { CallFailure } from '../call-failure.ts';
import type { StopPort, StopTarget } from '../connectors/stopping.ts';
import type { LeverFact } from '../store/stop-commands.ts';
import { within } from './deadline.ts';
import { isProcessLever } from './joined-port.ts';
import { noProcess } from './judge-input.ts';
import type { ProcessFact } from './judge-input.ts';
import { missedLook, noLooks, tookLook } from './look-track.ts';
import type { LookTrack } from './look-track.ts';
import { holdLeverId } from './plan-input.ts';
import { processAfter } from './process-fact.ts';
import { faultWords } from './pull-fault.ts';
import { leverText } from './pull-lever.ts';
import { behindUs, usOf } from './stop-context.ts';
import type { OrderContext } from './stop-context.ts';
import type { OpenPort } from './stop-port.ts';
import { SignTimes } from './told-times.ts';
import type { WatchedConnection } from './watched.ts';

const lookWithinMs = 4_000;
const mostSigns = 2_000;

export class Looker {
  readonly watched: WatchedConnection;
  track: LookTrack = noLooks;
  readonly #context: OrderContext;
  readonly #levers: () => readonly LeverFact[];
  #looking: Promise<void> | null = null;
  #signsFromUs = 0;
  readonly #signTimes = new SignTimes();
  /** null: no look at its processes came through yet. */
  #process: ProcessFact | null = null;

  constructor(context: OrderContext, watched: WatchedConnection, levers: () => readonly LeverFact[]) {
    this.#context = context;
    this.watched = watched;
    this.#levers = levers;
  }

  /** SECURITY: where processes were to end, silence is taken for nothing before they were looked at: somebody may be left who tells nobody anything. */
  get process(): ProcessFact {
    if (this.#process !== null) return this.#process;
    return this.#pulled(true).some(({ saved }) => saved !== null) ? { ...noProcess, doubt: 'Its processes were not looked at yet.' } : noProcess;
  }

  /** The look that is under way, or a new one. Never rejects. */
  look(sinceUs: number, signal: AbortSignal): Promise<void> {
    this.#looking ??= this.#look(sinceUs, signal).finally(() => { this.#looking = null; });
    return this.#looking;
  }

  async #look(sinceUs: number, signal: AbortSignal): Promise<void> {
    const beganUs = usOf(this.#context.clock);
    let open: OpenPort;
    try {
      open = await within(lookWithinMs, [signal], () => this.#context.ports.open(this.watched.connection));
    } catch (error) {
      if (!signal.aborted) this.#process = blind(this.#process);
      if (!signal.aborted) this.#missed(beganUs, error instanceof CallFailure ? error.message : 'The connection could not be opened.');
      return;
    }
    try {
      await Promise.all([this.#lookAtRuntime(open, sinceUs, signal), this.#lookAtProcess(open, sinceUs, signal)]);
    } finally {
      await open.giveBack();
    }
  }

  async #lookAtRuntime(open: OpenPort, sinceUs: number, signal: AbortSignal): Promise<void> {
    if (this.watched.shows !== 'looks') return;
    const atUs = usOf(this.#context.clock);
    if (open.runtime === null) return this.#missed(atUs, 'Its runtime can no longer be asked: the connection was removed, or has no levers.');
    try {
      const fromUs = Math.max(sinceUs, this.#signsFromUs);
      const shiftUs = behindUs(this.#context.clock);
      const sight = open.mask()(await this.#ask(open, open.runtime, this.watched.target, this.#pulled(false), fromUs - shiftUs, signal));
      const signs = this.#signTimes.take(sight.signs, shiftUs, fromUs, this.track.signs.map(({ sign }) => sign));
      this.track = this.#bounded(tookLook(this.track, { ...sight, signs }, atUs, usOf(this.#context.clock)));
    } catch (error) {
      if (signal.aborted) return;
      const fault = faultWords(error);
      if (fault.ours) this.#context.log.error('a look failed by a mistake of ours', error, { connection: this.watched.connection });
      this.#missed(atUs, leverText(open, fault.text));
    }
    this.#context.onStep('look');
  }

  async #lookAtProcess(open: OpenPort, sinceUs: number, signal: AbortSignal): Promise<void> {
    const pulled = this.#pulled(true);
    if (open.process === null || pulled.length === 0) return;
    const atUs = usOf(this.#context.clock);
    try {
      const sight = await this.#ask(open, open.process, this.watched.target, pulled, sinceUs - behindUs(this.#context.clock), signal);
      this.#process = processAfter(this.process, sight, this.#levers().filter((one) => one.sentUs !== null && isProcessLever(one.plan.leverId)), this.watched, atUs);
    } catch (error) {
      // What is not seen is no proof: it stands as it was last seen, but no longer as gone.
      if (signal.aborted) return;
      if (faultWords(error).ours) this.#context.log.error('a look at processes failed by a mistake of ours', error, { connection: this.watched.connection });
      this.#process = blind(this.#process);
    }
  }

  /** An agent that acts on for hours gives signs without end: the newest decide, and older ones are not asked for again. */
  #bounded(track: LookTrack): LookTrack {
    if (track.signs.length <= mostSigns) return track;
    const signs = track.signs.toSorted((a, b) => a.sign.atUs - b.sign.atUs).slice(-mostSigns / 2);
    this.#signsFromUs = signs[0]?.sign.atUs ?? 0;
    return { ...track, signs };
  }

  #ask(open: OpenPort, port: StopPort, target: StopTarget, pulled: Parameters<StopPort['look']>[2], sinceUs: number, signal: AbortSignal): ReturnType<StopPort['look']> {
    return within(lookWithinMs, [signal, open.signal], (limit) => port.look(target, sinceUs, pulled, limit));
  }

  #pulled(ofProcess: boolean): { leverId: string; saved: string | null }[] {
    return this.#levers().filter((one) => one.sentUs !== null && one.undoState !== 'done' && isProcessLever(one.plan.leverId) === ofProcess && one.plan.leverId !== holdLeverId)
      .map((one) => ({ leverId: one.plan.leverId, saved: one.saved }));
  }

  #missed(atUs: number, text: string): void { this.track = missedLook(this.track, atUs, text); }
}

/** What is not seen is gone no more; who may be of it may live on. */
const blind = (before: ProcessFact | null): ProcessFact | null => (before === null ? null : { ...noProcess, ...(before.doubt === undefined ? {} : { doubt: before.doubt }) });
