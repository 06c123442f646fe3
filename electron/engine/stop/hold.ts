/**
 * The console's own hold, where a runtime has no suspend: every run of the target that begins after the order is cancelled as it appears. It
 * works only while the engine runs, and says so; it goes on after a restart, until a person releases it.
 */
import { auditByEngine } from '../audit-words.ts';
import { CallFailure } from '../call-failure.ts';
import type { LeverReply, OpenRun, Survey } from '../connectors/stopping.ts';
import { publicId } from '../store/ids.ts';
import type { AuditWords } from '../store/runtime-commands.ts';
import type { LeverFact, LeverPatch, NewEvent } from '../store/stop-commands.ts';
import { leftMs, pause, within } from './deadline.ts';
import { isProcessLever } from './joined-port.ts';
import type { OrderBook } from './order-book.ts';
import { faultWords } from './pull-fault.ts';
import { leverText } from './pull-lever.ts';
import { usOf } from './stop-context.ts';
import type { StopContext } from './stop-context.ts';
import type { OpenPort } from './stop-port.ts';

const lookEveryMs = 1_000;
/** A commit may bring the next look forward, but not without end. */
const lookAtMostEveryMs = 250;
const lookWithinMs = 4_000;
const cutWithinMs = 10_000;
/** One that goes on although it was cancelled is cancelled again, but not at every look. */
const againAfterMs = 10_000;
const writeEveryMs = 5_000;
const mostAtOnce = 200;
const mostRemembered = 20_000;
const mostNamed = 5;
const mostBefore = 5_000;
const atOnceUs = 2_000_000;

type HoldState = NonNullable<LeverPatch['hold']>;

export class Hold {
  readonly leverId: number;
  readonly #context: StopContext;
  readonly #book: OrderBook;
  readonly #end = new AbortController();
  /** open before the order, so that they are the cut lever's; null: no look yet. Kept with the lever: a later engine cannot find it out any more. */
  #before: ReadonlySet<string> | null;
  /** run to when it was last cancelled here. */
  readonly #tried = new Map<string, number>();
  readonly #counted = new Set<string>();
  #state: HoldState;
  #writtenMs = Number.NEGATIVE_INFINITY;
  #kick: () => void = () => undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(context: StopContext, book: OrderBook, leverId: number) {
    this.#context = context;
    this.#book = book;
    this.leverId = leverId;
    this.#before = readBefore(book.lever(leverId).saved);
    this.#state = { cancelled: book.lever(leverId).holdCancelled, lastCancelledUs: null, lastLookUs: null, problem: null };
  }

  start(): void { this.#ended = this.#run().catch((error: unknown) => this.#context.log.error('a hold ended by a mistake of ours', error, { order: this.#book.id })); }

  /** Something of the runtime was stored: a new run may be among it. */
  kick(): void { this.#kick(); }

  /** Resolves when it cancels nothing any more. */
  async end(): Promise<void> {
    this.#end.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const signal = AbortSignal.any([this.#end.signal, this.#context.life]);
    while (!signal.aborted) {
      const beganMs = this.#context.clock.now();
      await this.#look(signal);
      if (signal.aborted) return;
      const kicked = new AbortController();
      this.#kick = () => kicked.abort();
      await pause(leftMs(lookAtMostEveryMs, beganMs, this.#context.clock.now()), signal);
      await pause(leftMs(lookEveryMs, beganMs, this.#context.clock.now()), AbortSignal.any([signal, kicked.signal]));
      this.#kick = () => undefined;
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    try {
      const open = await within(lookWithinMs, [signal], () => this.#context.ports.open(this.#lever.connection));
      try {
        await this.#hold(open, AbortSignal.any([signal, open.signal]));
      } finally {
        await open.giveBack();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#problem(error instanceof CallFailure ? error.message : faultWords(error).text);
    }
  }

  get #lever(): LeverFact { return this.#book.lever(this.leverId); }

  async #hold(open: OpenPort, signal: AbortSignal): Promise<void> {
    const { runtime } = open;
    const cut = open.levers.find((one) => one.step === 'cut' && one.reach === 'task' && one.pulled && !isProcessLever(one.id));
    if (cut === undefined || runtime === null) return this.#problem('There is no lever here that ends a single run, so nothing can be held.');
    let survey: Survey;
    try {
      survey = await within(lookWithinMs, [signal], (limit) => runtime.survey(this.#lever.target, limit));
    } catch (error) {
      return this.#problem(leverText(open, `New runs could not be looked for: ${faultWords(error).text}`));
    }
    this.#context.onStep('hold_look');
    const fresh = this.#fresh(survey.runs);
    const problem = survey.complete ? null : leverText(open, `Not all runs could be listed, so some may go on. ${survey.notes[0] ?? ''}`.trim());
    if (fresh.length === 0) return this.#saw(problem, []);
    await this.#cut(open, cut.id, fresh, problem, signal);
  }

  /** What began after the order, as far as the runtime's clock or our own looks tell. */
  #fresh(runs: readonly OpenRun[]): readonly OpenRun[] {
    this.#before ??= this.#openBefore(runs);
    const nowMs = this.#context.clock.now();
    const fresh = runs.filter((run) => !this.#before?.has(run.id) && Math.abs(nowMs - (this.#tried.get(run.id) ?? Number.NEGATIVE_INFINITY)) >= againAfterMs);
    return fresh.slice(0, mostAtOnce);
  }

  /**
   * By the runtime's own times, and its clock may be behind: then what began just after the order looks older than it. At once that is next to
   * nothing; what a later look finds is only believed to be older where nothing was to be cut. What was, is to be cancelled in either case.
   */
  #openBefore(runs: readonly OpenRun[]): ReadonlySet<string> {
    const { commandedUs, intentUs, levers } = this.#book.fact;
    const sinceUs = commandedUs ?? intentUs;
    const isLate = usOf(this.#context.clock) - sinceUs > atOnceUs;
    const wasCut = levers.some((one) => one.connection === this.#lever.connection && one.plan.step === 'cut' && !isProcessLever(one.plan.leverId) && (one.state === 'reported' || one.state === 'unknown'));
    const before = isLate && wasCut ? [] : runs.filter((run) => run.sinceUs < sinceUs).map((run) => run.id);
    void this.#book.after({ levers: [{ id: this.leverId, saved: JSON.stringify({ before: before.slice(0, mostBefore) }) }] });
    return new Set(before);
  }

  async #cut(open: OpenPort, leverId: string, runs: readonly OpenRun[], problem: string | null, signal: AbortSignal): Promise<void> {
    const ids = runs.map((run) => run.id);
    const { target } = this.#lever;
    if (this.#tried.size > mostRemembered) this.#tried.clear();
    for (const id of ids) this.#tried.set(id, this.#context.clock.now());
    try {
      const reply = await within(cutWithinMs, [signal], (limit) => open.port.pull({ leverId, target: { agents: target.agents, runs: ids }, saved: null, attempt: 1 }, limit, () => undefined));
      const done = cancelledOf(reply, ids).filter((id) => !this.#counted.has(id));
      if (this.#counted.size > mostRemembered) this.#counted.clear();
      for (const id of done) this.#counted.add(id);
      const failed = reply.reported === 'refused' ? leverText(open, `The runtime refused to cancel a new run: ${reply.text}`) : problem;
      this.#saw(failed, done);
    } catch (error) {
      // It is not known to be cancelled: tried again at the next look.
      for (const id of ids) this.#tried.delete(id);
      if (!signal.aborted) this.#problem(leverText(open, `${ids.length === 1 ? 'A new run' : `${ids.length} new runs`} could not be cancelled: ${faultWords(error).text}`));
    }
  }

  #problem(text: string): void { this.#write({ ...this.#state, problem: text }, []); }

  #saw(problem: string | null, cancelled: readonly string[]): void {
    const atUs = usOf(this.#context.clock);
    const named = cancelled.slice(0, mostNamed).join(', ') + (cancelled.length > mostNamed ? ` and ${cancelled.length - mostNamed} more` : '');
    const text = `Cancelled ${cancelled.length === 1 ? 'a new run' : `${cancelled.length} new runs`} as ${cancelled.length === 1 ? 'it' : 'they'} appeared: ${named}.`;
    const events: NewEvent[] = cancelled.length === 0 ? [] : [{ atUs, kind: 'hold', lever: this.leverId, by: 'console', text }];
    this.#write({ cancelled: this.#state.cancelled + cancelled.length, lastCancelledUs: cancelled.length > 0 ? atUs : this.#state.lastCancelledUs, lastLookUs: atUs, problem }, events, cancelled.length === 0 ? [] : [this.#audit(text, cancelled.length)]);
  }

  /** One entry for all that one look found. */
  #audit(text: string, runs: number): AuditWords {
    const { id, number, scopeName } = this.#book.fact;
    return auditByEngine({ action: 'stop.hold', subject: publicId('stop', id), outcome: 'done', text: `Hold of stop order ${number} (${scopeName}, ${this.#lever.plan.connectionName}): ${text}`, details: { order: number, runs } });
  }

  #write(next: HoldState, events: readonly NewEvent[], audit: readonly AuditWords[] = []): void {
    const nowMs = this.#context.clock.now();
    const news = events.length > 0 || next.problem !== this.#state.problem || nowMs - this.#writtenMs >= writeEveryMs;
    const worse = next.problem !== null && next.problem !== this.#state.problem;
    this.#state = next;
    // What was cancelled while it was being released was cancelled all the same.
    if (!news || (this.#end.signal.aborted && audit.length === 0)) return;
    this.#writtenMs = nowMs;
    const said = worse && next.problem !== null ? [{ atUs: usOf(this.#context.clock), kind: 'hold' as const, lever: this.leverId, by: 'console', text: `The hold does not work now: ${next.problem}` }] : [];
    void this.#book.after({ levers: [{ id: this.leverId, hold: next }], events: [...events, ...said], audit });
  }
}

function cancelledOf(reply: LeverReply, asked: readonly string[]): readonly string[] {
  if (reply.runs.length > 0) return reply.runs.filter((run) => run.reported === 'stopped' || run.reported === 'accepted').map((run) => run.id);
  return reply.reported === 'stopped' || reply.reported === 'accepted' ? asked : [];
}

function readBefore(saved: string | null): ReadonlySet<string> | null {
  if (saved === null) return null;
  const { before } = JSON.parse(saved) as { readonly before: readonly string[] };
  return new Set(before);
}
