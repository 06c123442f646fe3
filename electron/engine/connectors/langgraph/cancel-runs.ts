/**
 * Cancels every open run of a target: on each thread what waits first, the newest before the others, then what runs (cancelling what runs
 * starts what waits behind it within a second). Then it lists again, until two passes find nothing. Nothing is ever deleted: a deleted run
 * goes on, unseen, and a worker of the server is lost for good (measured).
 */
import { RuntimeFault } from '../connector.ts';
import { faultFrom } from '../faults.ts';
import type { Clock } from '../../ports.ts';
import { pause } from '../pause.ts';
import type { LeverReply } from '../stopping.ts';
import { inParallel } from './in-parallel.ts';
import { isOpenRun } from './run-book.ts';
import type { KnownRun, RunBook, Scope } from './run-book.ts';
import { allRuns } from './read-thread.ts';
import { scanRuns } from './scan-runs.ts';
import { lanes } from './stop-api.ts';
import type { StopApi } from './stop-api.ts';

export interface CancelParts {
  readonly api: StopApi;
  readonly book: RunBook;
  readonly scope: Scope;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tell: (done: number, of: number) => void;
}

interface Answer { readonly reported: LeverReply['reported']; readonly text: string; readonly ms: number }

/** In all, which leaves the engine time to hear of it. */
const mostMs = 24_000;
const cleanPasses = 2;
/** Where something cannot be read, passes that find nothing do not become clean by going on. */
const mostEmptyPasses = 4;
const betweenPassesMs = 60;
/** A run that still shows after this is asked for again. */
const againAfterMs = 1_000;
/** A run that is asked for so often and still shows is left to whoever looks: after a crash of the server it would show for ever. */
const mostTimes = 4;
/** A server that does not answer so many in a row is not asked for the rest. */
const mostSilent = lanes;
/**
 * Of so few, each thread is read once more right before: what queued there since the plan would begin when what runs is cancelled. Of more it
 * would double what they cost, and the passes that follow find it.
 */
const mostReadFirst = 100;
const readFirstMs = 300;
const scanBudgetMs = 8_000;

class Cancelling {
  readonly #parts: CancelParts;
  readonly #answers = new Map<string, Answer>();
  /** also of those that were not answered. */
  readonly #tries = new Map<string, { readonly times: number; readonly atMs: number }>();
  #of = 0;
  #silent = 0;
  #throttled = false;
  #fault: RuntimeFault | null = null;
  readonly #failed = new Set<string>();

  constructor(parts: CancelParts) { this.#parts = parts; }

  async run(): Promise<LeverReply> {
    const { book, scope, clock, signal } = this.#parts;
    const untilMs = clock.now() + mostMs;
    // What is known is cut at once; the search for more comes after it.
    const known = book.openIn(scope);
    await this.#cancel(known, known.length <= mostReadFirst);
    let empty = 0;
    let clean = 0;
    while (clean < cleanPasses && empty < mostEmptyPasses && clock.now() < untilMs && !this.#gaveUp() && !this.#nothingWent()) {
      const complete = await this.#scan(untilMs - clock.now());
      if (complete === null) break;
      const open = book.openIn(scope);
      empty = open.length === 0 ? empty + 1 : 0;
      clean = open.length === 0 && complete ? clean + 1 : 0;
      await this.#cancel(open.filter((run) => this.#isDue(run)));
      if (open.length > 0 && open.every((run) => this.#isExhausted(run))) break;
      if (clean < cleanPasses) await pause(betweenPassesMs, signal);
      if (signal.aborted) throw signal.reason;
    }
    return this.#reply(clean >= cleanPasses);
  }

  /** Was all of it listed? null: the server fell silent after some had been cancelled, and what they answered must not be lost. */
  async #scan(leftMs: number): Promise<boolean | null> {
    try {
      return (await scanRuns({ ...this.#parts, budgetMs: Math.min(scanBudgetMs, leftMs) })).complete;
    } catch (error) {
      if (!(error instanceof RuntimeFault) || this.#answers.size === 0 || this.#parts.signal.aborted) throw error;
      this.#fault = error;
      return null;
    }
  }

  #isDue(run: KnownRun): boolean {
    const tried = this.#tries.get(run.id);
    return !this.#isExhausted(run) && (tried === undefined || this.#parts.clock.now() - tried.atMs >= againAfterMs);
  }

  /** A right that is missing does not come by asking again. */
  #isExhausted({ id }: KnownRun): boolean { return this.#answers.get(id)?.reported === 'refused' || (this.#tries.get(id)?.times ?? 0) >= mostTimes; }

  #gaveUp(): boolean { return this.#throttled || this.#silent >= mostSilent; }

  /** Not one was answered: to wait and try again is the engine's, which knows how long. */
  #nothingWent(): boolean { return this.#fault !== null && this.#answers.size === 0; }

  async #cancel(runs: readonly KnownRun[], readFirst = false): Promise<void> {
    this.#of += runs.filter((run) => !this.#answers.has(run.id)).length;
    const byThread = new Map<string, KnownRun[]>();
    for (const run of runs) byThread.set(run.thread, [...(byThread.get(run.thread) ?? []), run]);
    await inParallel([...byThread], lanes, async ([thread, known]) => {
      const ofThread = readFirst ? await this.#readThread(thread, known) : known;
      const waiting = ofThread.filter((run) => run.status === 'pending').toSorted((a, b) => b.createdUs - a.createdUs);
      for (const run of [...waiting, ...ofThread.filter((one) => one.status !== 'pending')]) await this.#cancelOne(run);
    });
  }

  async #readThread(thread: string, known: readonly KnownRun[]): Promise<readonly KnownRun[]> {
    const { api, book, scope, clock, signal } = this.#parts;
    const ids = new Set(known.map((run) => run.id));
    const read = allRuns(api, thread).then(({ items }) => { book.take(thread, null, items, clock.now()); });
    // Only for the order of things: where it cannot be read, or not soon, what is known is cut all the same.
    await Promise.race([read.catch(() => undefined), pause(readFirstMs, signal)]);
    const now = book.runsOf(thread).filter((run) => isOpenRun(run) && scope.has(run));
    this.#of += now.filter((run) => !ids.has(run.id)).length;
    for (const run of known.filter((one) => now.every(({ id }) => id !== one.id))) this.#note(run, clock.now(), ['nothing_to_stop', `The server showed it as ${book.run(run.id)?.status ?? 'gone'} before it was to be cancelled.`]);
    return now;
  }

  async #cancelOne(run: KnownRun): Promise<void> {
    const { api, book, clock, signal } = this.#parts;
    if (this.#gaveUp()) {
      this.#failed.add(run.id);
      return;
    }
    const sentMs = clock.now();
    this.#tries.set(run.id, { times: (this.#tries.get(run.id)?.times ?? 0) + 1, atMs: sentMs });
    try {
      // Of such a run no state tells afterwards whether it ever began.
      if (run.status === 'pending' && (run.silent || !run.hasInput)) book.tellBefore(await api.run(run.thread, run.id), clock.now());
      const status = await api.cancelRun(run.thread, run.id);
      this.#silent = 0;
      this.#failed.delete(run.id);
      if (status >= 200 && status < 300) book.tellCut(run.id);
      this.#note(run, sentMs, status === 202 || status === 204 || status === 200 ? ['accepted', 'The server took the cancel.'] : ['nothing_to_stop', status === 404 ? 'The server has no such run (any more).' : 'The server says that nothing of it can be cancelled (any more).']);
    } catch (error) {
      if (!(error instanceof RuntimeFault) || signal.aborted) throw error;
      this.#fault = error;
      if (error.kind === 'unreachable') this.#silent += 1;
      if (error.kind === 'throttled') this.#throttled = true;
      // Nobody else's run will be allowed to this credential either.
      if (error.kind === 'credential_refused' || error.kind === 'credential_missing') throw error;
      if (error.kind === 'gone') this.#note(run, sentMs, ['nothing_to_stop', 'The server has no such run (any more).']);
      else if (error.kind === 'forbidden') this.#note(run, sentMs, ['refused', error.message]);
      else this.#failed.add(run.id);
    }
  }

  #note(run: KnownRun, sentMs: number, [reported, text]: readonly [LeverReply['reported'], string]): void {
    const { clock, tell } = this.#parts;
    const before = this.#answers.get(run.id);
    this.#answers.set(run.id, { reported, text, ms: before?.ms ?? Math.max(0, clock.now() - sentMs) });
    if (before === undefined) tell(this.#answers.size, Math.max(this.#answers.size, this.#of));
  }

  #reply(clean: boolean): LeverReply {
    const { book } = this.#parts;
    if (this.#answers.size === 0 && this.#fault !== null) throw this.#fault;
    const runs = [...this.#answers].map(([id, { reported, text, ms }]) => {
      const run = book.run(id);
      const ended = reported === 'accepted' && run !== undefined && !isOpenRun(run);
      return { id, ms, reported: ended ? 'stopped' as const : reported, text: ended ? (run.status === 'gone' ? 'The server took the cancel and no longer has the run.' : `The server took the cancel and shows the run as ${run.status}.`) : text };
    });
    const of = (word: LeverReply['reported']): number => runs.filter((run) => run.reported === word).length;
    const [stopped, accepted, refused, nothing] = [of('stopped'), of('accepted'), of('refused'), of('nothing_to_stop')];
    const failed = [...this.#failed].filter((id) => !this.#answers.has(id)).length;
    const parts = [
      stopped > 0 ? `${stopped} ${stopped === 1 ? 'run is' : 'runs are'} shown as ended after the cancel` : null,
      accepted > 0 ? `${accepted} took the cancel and still ${accepted === 1 ? 'shows' : 'show'}` : null,
      refused > 0 ? `${refused} refused` : null, nothing > 0 ? `${nothing} had ended before` : null,
      failed > 0 ? `${failed} gave no answer (${this.#fault?.message ?? 'not sent'})` : null,
    ].filter((one) => one !== null);
    const text = parts.length === 0 ? 'No run of it was open.' : `${parts.join('; ')}.`;
    const reported = refused > 0 && stopped + accepted === 0 ? 'refused' : runs.length === 0 || stopped + accepted + refused === 0 ? 'nothing_to_stop' : accepted > 0 || !clean ? 'accepted' : 'stopped';
    return { reported, runs, complete: clean && failed === 0, text: clean ? text : `${text} Not everything could be listed twice without finding open work.` };
  }
}

export async function cancelRuns(parts: CancelParts): Promise<LeverReply> {
  try {
    return await new Cancelling(parts).run();
  } catch (error) {
    throw parts.signal.aborted ? faultFrom(error) : error;
  }
}
