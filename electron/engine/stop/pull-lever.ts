/**
 * One lever of one order, from what undoing it needs to what the runtime answered: each step is stored before the next is taken, so that an
 * engine that dies in between leaves a record that says how far it came at most.
 */
import type { LeverReply } from '../connectors/stopping.ts';
import { CallFailure } from '../call-failure.ts';
import type { LeverFact, LeverPatch } from '../store/stop-commands.ts';
import { limited, pause, within } from './deadline.ts';
import type { Limited } from './deadline.ts';
import type { OrderBook } from './order-book.ts';
import { faultWords, judgePull } from './pull-fault.ts';
import type { PullFault } from './pull-fault.ts';
import { usOf } from './stop-context.ts';
import type { StopContext } from './stop-context.ts';
import type { OpenPort } from './stop-port.ts';

/** A whole lever, with all its runs and attempts. */
export const leverWithinMs = 30_000;
const saveWithinMs = 8_000;
const openWithinMs = 5_000;
const mostAttempts = 3;
const firstBackoffMs = 400;
const tellEveryMs = 500;
const mostText = 2_000;

const canUndo = ({ undo }: LeverFact['plan']): boolean => undo === 'exact' || undo === 'lossy';

export const leverText = (open: OpenPort, text: string): string => open.mask()(text).slice(0, mostText);

/** Never rejects: what becomes of one lever never keeps another. */
export async function pullLever(context: StopContext, book: OrderBook, id: number): Promise<void> {
  try {
    await new LeverPull(context, book, id).run();
  } catch (error) {
    if (context.life.aborted) return;
    context.log.error('a lever failed', error, { order: book.id, lever: id });
    await settle(context, book, id, { state: book.lever(id).attempts > 0 ? 'unknown' : 'failed' }, 'Gatehouse made a mistake with this lever; its log knows it.');
  }
}

/** `failed`, `unknown` or `skipped`, with the words why. */
export async function settle(context: StopContext, book: OrderBook, id: number, patch: Pick<LeverPatch, 'undoState'> & { readonly state: 'failed' | 'unknown' | 'skipped' }, text: string): Promise<void> {
  const atUs = usOf(context.clock);
  const { title, connectionName } = book.lever(id).plan;
  await book.after({
    levers: [{ id, reportedText: text, ...patch, ...(patch.state === 'skipped' ? {} : { reportedUs: atUs }) }],
    events: [{ atUs, kind: patch.state === 'skipped' ? 'skipped' : 'failed', lever: id, by: 'console', text: `${title} (${connectionName}): ${text}` }],
  });
  context.onStep('reported_written');
}

class LeverPull {
  readonly #context: StopContext;
  readonly #book: OrderBook;
  readonly #id: number;
  #told = 0;
  #toldAtMs = 0;

  constructor(context: StopContext, book: OrderBook, id: number) {
    this.#context = context;
    this.#book = book;
    this.#id = id;
  }

  get #lever(): LeverFact { return this.#book.lever(this.#id); }

  async run(): Promise<void> {
    const open = await this.#open();
    if (open === null) return;
    try {
      const saved = await this.#save(open);
      if (saved === undefined) return;
      await this.#attempts(open, saved);
    } finally {
      await open.giveBack();
    }
  }

  async #open(): Promise<OpenPort | null> {
    try {
      return await within(openWithinMs, [this.#context.life], () => this.#context.ports.open(this.#lever.connection));
    } catch (error) {
      if (this.#context.life.aborted) return null;
      if (!(error instanceof CallFailure)) this.#context.log.error('the way to a lever could not be opened', error, { lever: this.#id });
      await this.#fail('failed', error instanceof CallFailure ? error.message : 'The connection could not be opened. Nothing was sent.');
      return null;
    }
  }

  /** Undefined: it could not be read, so that pulling would change what nobody could put back. */
  async #save(open: OpenPort): Promise<string | null | undefined> {
    const { attempts, saved, plan, target } = this.#lever;
    // What stands there after a first attempt may be our own change: it must not be taken for what was there before.
    if (attempts > 0) return saved;
    this.#context.onStep('saving');
    try {
      const found = await within(saveWithinMs, [open.signal, this.#context.life], (signal) => open.port.save(plan.leverId, target, signal));
      this.#context.onStep('saved');
      return found;
    } catch (error) {
      if (this.#context.life.aborted) return undefined;
      const { text, ours } = faultWords(error);
      if (ours) this.#context.log.error('what undoing needs could not be read', error, { lever: this.#id });
      await this.#fail('failed', `What undoing it needs could not be read, so it was not pulled. ${leverText(open, text)}`);
      return undefined;
    }
  }

  async #attempts(open: OpenPort, saved: string | null): Promise<void> {
    const untilMs = this.#context.clock.now() + leverWithinMs;
    for (let attempt = 1; ; attempt++) {
      if (!await this.#writeSending(saved)) return;
      const call = this.#pull(open, saved, Math.max(1, untilMs - this.#context.clock.now()));
      try {
        return await this.#answered(open, await call.inTime);
      } catch (error) {
        if (this.#context.life.aborted) return;
        const fault = judgePull(error, this.#lever.repeatable, this.#told);
        if (fault.ours) this.#context.log.error('a lever failed by a mistake of ours', error, { order: this.#book.id, lever: this.#id });
        const waitMs = fault.retryAfterMs ?? firstBackoffMs * 2 ** (attempt - 1);
        const last = !fault.again || attempt >= mostAttempts || open.signal.aborted || this.#context.clock.now() + waitMs >= untilMs;
        if (last) return this.#gaveUp(open, fault, call);
        await pause(waitMs, AbortSignal.any([open.signal, this.#context.life]));
        if (this.#context.life.aborted) return;
      }
    }
  }

  /** False: it must not leave. */
  async #writeSending(saved: string | null): Promise<boolean> {
    const { plan, attempts, repeatable } = this.#lever;
    const atUs = usOf(this.#context.clock);
    const undo = saved !== null && canUndo(plan) ? { undoState: 'open' as const } : {};
    try {
      await this.#book.before({
        ...(this.#book.fact.commandedUs === null ? { order: { commandedUs: atUs } } : {}),
        levers: [{ id: this.#id, state: 'sending', saved, sentUs: this.#lever.sentUs ?? atUs, attempts: attempts + 1, ...undo }],
        events: [{ atUs, kind: 'sent', lever: this.#id, by: 'console', text: `${plan.title} (${plan.connectionName}): sent${attempts > 0 ? `, attempt ${attempts + 1}` : ''}.` }],
      });
    } catch {
      // The order's book has logged it. What does no more when sent twice and leaves nothing to undo is let go all the same: to stop comes first.
      if (!repeatable || saved !== null) {
        await this.#fail('failed', 'It could not be written down before it was to leave, so it was not sent: without that record it could be sent twice, or never be undone.');
        return false;
      }
      void this.#book.after({ ...(this.#book.fact.commandedUs === null ? { order: { commandedUs: atUs } } : {}), levers: [{ id: this.#id, state: 'sending', sentUs: this.#lever.sentUs ?? atUs, attempts: attempts + 1 }] });
    }
    this.#context.onStep('sending_written');
    return true;
  }

  #pull(open: OpenPort, saved: string | null, withinMs: number): Limited<LeverReply> {
    const { plan, target, attempts } = this.#lever;
    this.#told = 0;
    const call = limited(withinMs, [open.signal, this.#context.life], (signal) => open.port.pull({ leverId: plan.leverId, target, saved, attempt: attempts }, signal, (done, of) => this.#tell(done, of)));
    queueMicrotask(() => this.#context.onStep('sent'));
    return call;
  }

  /** So that the screen moves while many runs are cancelled. */
  #tell(done: number, of: number): void {
    this.#told = Math.max(this.#told, done);
    const nowMs = this.#context.clock.now();
    if (this.#lever.state !== 'sending' || nowMs - this.#toldAtMs < tellEveryMs) return;
    this.#toldAtMs = nowMs;
    void this.#book.after({ levers: [{ id: this.#id, reportedText: `${done} of ${of} answered so far.` }] });
  }

  async #answered(open: OpenPort, reply: LeverReply, late = false): Promise<void> {
    this.#context.onStep('answered');
    const atUs = usOf(this.#context.clock);
    const { plan, undoState, attempts } = this.#lever;
    // Measured: the first attempt's answer was lost, and the second found nothing left to cancel.
    const before = attempts > 1 && reply.reported === 'nothing_to_stop' ? ` That is the answer to attempt ${attempts}: one before it, whose answer is not known, may have ended what was open.` : '';
    const text = leverText(open, `${late ? 'It answered late: ' : ''}${reply.text}${before}${reply.complete ? '' : ' Not everything could be reached.'}`);
    await this.#book.after({
      ...(this.#book.fact.firstAnswerUs === null ? { order: { firstAnswerUs: atUs } } : {}),
      levers: [{ id: this.#id, state: 'reported', reported: reply.reported, reportedUs: atUs, reportedText: text, ...(undoState === 'open' && reply.reported === 'refused' ? { undoState: 'none' as const } : {}) }],
      events: [{ atUs, kind: 'reported', lever: this.#id, by: 'runtime', text: `${plan.title} (${plan.connectionName}): ${text}` }],
    });
    this.#context.onStep('reported_written');
  }

  async #gaveUp(open: OpenPort, fault: PullFault, call: Limited<LeverReply>): Promise<void> {
    if (!fault.left && this.#lever.attempts === 1) await this.#takeBack();
    await this.#fail(fault.state, leverText(open, fault.left ? fault.text : `Nothing was sent. ${fault.text}`));
    // An answer that comes after all is what the runtime reported; it is no proof then either.
    call.atLast.then((reply) => {
      if (this.#lever.state === 'unknown' && !this.#context.life.aborted) return this.#answered(open, reply, true);
      return undefined;
    }, () => undefined).catch((error: unknown) => this.#context.log.error('a late answer could not be written', error, { lever: this.#id }));
  }

  /** It was written down as on its way, and never left: nothing is to be looked for that came of it. */
  #takeBack(): Promise<void> {
    const others = this.#book.fact.levers.some((one) => one.id !== this.#id && one.sentUs !== null);
    return this.#book.after({ ...(others ? {} : { order: { commandedUs: null } }), levers: [{ id: this.#id, sentUs: null }] });
  }

  #fail(state: 'failed' | 'unknown', text: string): Promise<void> {
    // Where it surely did nothing, nothing is to be put back; where it may have, it stays open.
    const nothing = state === 'failed' && !this.#lever.repeatable;
    return settle(this.#context, this.#book, this.#id, { state, ...(nothing && this.#lever.undoState === 'open' ? { undoState: 'none' as const } : {}) }, text);
  }
}
